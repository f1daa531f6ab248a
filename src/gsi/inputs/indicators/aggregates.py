"""What a department and the country have, from their municipalities: as the catalogue declares.

Three things decide: numerators over denominators where both are known ('sum'); else a mean of
municipal values by the weight that the catalogue names ('weighted'); nothing where only the
publisher can give it. A figure that its publisher sets aside for the municipality itself
(:data:`ESTIMATE`) still counts here: small-area estimates were benchmarked together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.contract.divipola import (
    CAPITAL_DISTRICT,
    department_of,
    departments_of,
    is_departmental,
    is_fictional,
    is_municipal,
)
from gsi.contract.params.indicators import Indicator
from gsi.contract.projections import People
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Area
from gsi.ground import locale
from gsi.inputs.indicators import unfit, zeros
from gsi.inputs.indicators.unification import FORM

CALCULATED = "calculo_gsi"
# Columns that a reader may add to its rows: a figure that counts for its department although the
# municipality's own is not published, and its standard error. They end here.
ESTIMATE, ESTIMATE_ERROR = "estimacion", "error_estimacion"
Z95 = 1.959964  # standard normal quantile of a 95 % interval, the level the sources publish
# A mean leaves out a municipality of unknown weight where it is at most one in a hundred.
WITHOUT_WEIGHT = 0.01
# Said of a published figure whose error is that of our mean.
ERROR_MADE = "Su publicador no da el error: es el de los municipios, calculado aquí."
# Half of the last digit of a figure published with one.
PUBLISHED_DIGITS = 0.051
# Sentences of one figure alone, even where two say the same; the place is told of the sum itself.
_OWN = (zeros.EMPTY, "Otra fuente", "Publicado:", "Por lugar donde", "Sin peso registrado")
_PLACE = ["municipio", "indicador", "periodo", "area"]
_KEY = ["owner", "indicador", "periodo", "serie"]


def with_official(frame: pd.DataFrame, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    """``frame`` with the published figures of departments and the country in the indicator that
    they are of, in the years that its municipalities have: those of a survey that the catalogue
    names (:class:`~gsi.contract.params.indicators.Official`)."""
    parts = [frame]
    for indicator in catalogue:
        if indicator.official is None:
            continue
        rows = frame[(frame["indicador"] == indicator.official.figure) & frame["valor"].notna()]
        rows = rows[is_departmental(rows["municipio"]) & (rows["area"] == Area.TOTAL)]
        own = frame[frame["indicador"] == indicator.id]
        years = set(own.loc[is_municipal(own["municipio"]), "periodo"])
        rows = rows[
            rows["periodo"].isin(sorted(years)) & ~rows["periodo"].isin(indicator.unusable_years)
        ]
        given = pd.MultiIndex.from_frame(own.loc[own["valor"].notna(), ["municipio", "periodo"]])
        there = pd.MultiIndex.from_frame(rows[["municipio", "periodo"]]).isin(given)
        if len(rows := rows[~there]):
            empty = own["municipio"].isin(rows["municipio"]) & own["valor"].isna()
            parts[0] = parts[0].drop(index=own.index[empty])
            parts.append(rows.assign(indicador=indicator.id, serie=indicator.series))
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else frame


def beside(frame: pd.DataFrame, ours: pd.DataFrame, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    """``frame`` with what our mean of the municipalities says in the note of each published figure
    of a department or the country that takes its place, and its error where none is published.

    ``ours``: those of :func:`make`.
    """
    known = {i.id: i for i in catalogue if i.aggregate == "weighted"}
    ours = ours[ours["indicador"].isin(sorted(known))]
    pairs = frame.reset_index(names="row").merge(ours, on=_PLACE, suffixes=("", "_ours"))
    pairs = pairs[pairs["valor"].notna() & is_departmental(pairs["municipio"])].set_index("row")
    if pairs.empty:
        return frame
    bare = pairs["error_estandar"].isna() & pairs["error_estandar_ours"].notna()
    told = [
        " ".join(filter(None, [row["nota"], _told(row, known[row["indicador"]]), bare_note]))
        for row, bare_note in zip(
            pairs.to_dict("records"), bare.map({True: ERROR_MADE, False: ""}), strict=True
        )
    ]
    error = pairs["error_estandar"].mask(bare, pairs["error_estandar_ours"])
    ends = np.array([known[name].limits for name in pairs["indicador"]])
    low = (pairs["valor"] - Z95 * error).clip(lower=ends[:, 0])
    high = (pairs["valor"] + Z95 * error).clip(upper=ends[:, 1])
    out = frame.copy()
    out.loc[pairs.index, "nota"] = told
    out.loc[pairs.index, "error_estandar"] = error
    out.loc[pairs.index, "inferior"] = pairs["inferior"].mask(bare, low)
    out.loc[pairs.index, "superior"] = pairs["superior"].mask(bare, high)
    return out


def error_made(note: Any) -> bool:
    """Whether the note of a published figure says that its error was made here."""
    return isinstance(note, str) and ERROR_MADE in note


def _told(row: Mapping[Any, Any], indicator: Indicator) -> str:
    """What a note says of our mean beside the published figure of :func:`beside`."""
    assert indicator.weight is not None
    if abs(row["valor"] - row["valor_ours"]) <= PUBLISHED_DIGITS:
        return "Cifra publicada; la media de los municipios da la misma."
    why = ""
    if indicator.official is not None and row["municipio"] == COUNTRY:
        why = f": {indicator.official.differs}"
    mean = locale.number(row["valor_ours"], 1)
    made = f"la media de los municipios, peso: {indicator.weight.name}, da {mean}"
    return f"Cifra publicada; {made}{why}."


def make(frame: pd.DataFrame, people: People, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    """Rows (area total) of departments and the country, published or not (:func:`beside`).

    ``frame``: the columns of ``indicadores`` and, perhaps, :data:`ESTIMATE` and its error.
    """
    rows = frame[is_municipal(frame["municipio"]) & (frame["area"] == Area.TOTAL)]
    value, error = rows["valor"], rows["error_estandar"]
    if ESTIMATE in rows:
        set_aside = value.isna() & rows[ESTIMATE].notna()
        value, error = value.fillna(rows[ESTIMATE]), error.fillna(rows[ESTIMATE_ERROR])
    else:
        set_aside = pd.Series(False, index=rows.index)
    # Cases where nothing of the denominator was published: deaths where nobody was born.
    bare = rows["numerador"].notna() & rows["denominador"].isna() & value.isna()
    bare &= ~rows["fuente"].str.startswith(FORM)
    rows = rows.assign(value=value.mask(bare, 0.0), error=error, set_aside=set_aside, bare=bare)
    rows = rows[rows["value"].notna()]
    years = np.sort(people.table.index.get_level_values("periodo").unique().to_numpy())
    nearest = {p: int(years[np.abs(years - p).argmin()]) for p in rows["periodo"].unique()}
    rows["year"] = rows["periodo"].map(nearest)
    everybody = people.count()
    rows["people"] = _looked_up(everybody, rows)
    positions = rows.groupby("indicador").indices
    parts = []
    for indicator in catalogue:
        if indicator.id not in positions or indicator.aggregate not in ("sum", "weighted"):
            continue
        mine = rows.iloc[positions[indicator.id]]
        years_made = [year for year in mine["periodo"].unique() if indicator.aggregates(int(year))]
        # What a department of one municipality has needs no sum: it is that municipality's.
        alone = departments_of(mine["municipio"]) == CAPITAL_DISTRICT
        summed = mine["periodo"].isin(years_made)
        mine = mine.assign(summed=summed)[summed | alone]
        weight = _weights(indicator, mine, people)
        if indicator.aggregate == "sum" and indicator.population is None:
            weight = np.where(mine["bare"], 0.0, weight)
        else:
            mine, weight = mine[~mine["bare"]], weight[~mine["bare"].to_numpy(dtype=bool)]
        parts.append(mine.assign(weight=weight))
    if not any(len(part) for part in parts):
        return frame.iloc[:0]
    rows = pd.concat(parts, ignore_index=True)
    within = departments_of(rows["municipio"])
    known = {indicator.id: indicator for indicator in catalogue}
    country = ((within != EXAMPLE_DEPARTMENT) & rows["summed"]).to_numpy(dtype=bool)
    return pd.concat(
        [
            _group(rows.assign(owner=within, within=within), known, everybody),
            _group(rows[country].assign(owner=COUNTRY, within=within[country]), known, everybody),
        ],
        ignore_index=True,
    )


def _weight_error(indicator: Indicator, place: str) -> float:
    if department_of(place) == EXAMPLE_DEPARTMENT:
        return 0.0
    error = indicator.distance(place)
    return float("nan") if error is None else error


def _looked_up(counted: pd.Series, rows: pd.DataFrame) -> np.ndarray:
    place = pd.MultiIndex.from_arrays([rows["municipio"], rows["year"]])
    return counted.reindex(place).to_numpy(dtype="float64")


def _weights(indicator: Indicator, rows: pd.DataFrame, people: People) -> np.ndarray:
    """What each municipality counts for; NaN where it is not known."""
    own = rows["denominador"].to_numpy(dtype="float64")
    own = np.where(own > 0, own, np.nan)
    base = indicator.population if indicator.aggregate == "sum" else None
    if indicator.weight is not None:
        base = indicator.weight.population
        if base is not None:
            return _looked_up(people.count(base.ages, base.sexes), rows)
    if base is None:
        return own
    # A share reported without its counts is weighted by the people it speaks of.
    projected = _looked_up(people.count(base.ages, base.sexes), rows)
    return np.where(np.isnan(own), projected, own)


def _group(
    rows: pd.DataFrame, known: Mapping[str, Indicator], everybody: pd.Series
) -> pd.DataFrame:
    """One row an owner, indicator, period and series."""
    # Groups by number: comparing texts of half a million rows is most of the work.
    group = rows.groupby(_KEY, sort=True).ngroup().to_numpy()
    named = rows[_KEY].assign(group=group).drop_duplicates("group").set_index("group").sort_index()
    weighed = rows["weight"].notna().to_numpy(dtype=bool)
    missing = 1 - pd.Series(weighed.astype("float64")).groupby(group).mean()
    rows, group = rows[weighed], group[weighed]
    weight, error = rows["weight"], rows["error"]
    share = weight / weight.groupby(group).transform("sum")
    cells = pd.DataFrame(
        {
            "numerador": rows["numerador"],
            "denominador": rows["denominador"],
            "weighted": weight * rows["value"],
            "weight": weight,
            "people": rows["people"],
            "counted": rows["numerador"].notna() & (rows["denominador"].gt(0) | rows["bare"]),
            "squares": (share * error) ** 2,
            "known_error": error.notna(),
            "set_aside": rows["set_aside"],
            "absent": zeros.absent(rows["nota"]),
            "zeros": zeros.supplied(rows["nota"]),
            "size": 1.0,
        }
    ).astype("float64")
    sums = cells.groupby(group).sum()
    # Errors within a department have one correlation, and are independent between departments.
    part = (share * error).groupby([group, rows["within"].to_numpy()]).sum() ** 2
    sums["shared"] = part.groupby(level=0).sum()
    sums["year"] = rows["year"].groupby(group).first()
    sums["common"] = _common(rows["nota"], group).reindex(sums.index).fillna("")
    sums = named.join(sums, how="inner")
    sums["missing"] = missing.reindex(sums.index)
    sums = sums[sums["weight"] > 0].reset_index(drop=True)
    place = pd.MultiIndex.from_frame(sums[["owner", "year"]])
    sums["covered"] = sums["people"] / everybody.reindex(place).to_numpy()
    sums["places"] = _places(everybody).reindex(place).to_numpy()
    of = [known[name] for name in sums["indicador"]]
    least = np.array([indicator.minimum_coverage for indicator in of])
    enough = (sums["covered"] >= least) & (sums["missing"] <= WITHOUT_WEIGHT)
    sums = sums[enough].reset_index(drop=True)
    of = [indicator for indicator, kept in zip(of, enough, strict=True) if kept]
    per = pd.Series(
        [(i.multiplier if i.aggregate == "sum" else None) or np.nan for i in of], dtype="float64"
    )
    counted = (sums["counted"] == sums["size"]) & per.notna()
    rate = sums["numerador"] / sums["denominador"] * per
    value = rate.where(counted, sums["weighted"] / sums["weight"])
    error = _error(of, sums)
    limits = [indicator.limits for indicator in of]
    low, high = (value + sign * Z95 * error for sign in (-1, 1))
    return pd.DataFrame(
        {
            "municipio": sums["owner"].astype("str"),
            "indicador": sums["indicador"],
            "periodo": sums["periodo"],
            "valor": value,
            "numerador": sums["numerador"].where(counted),
            "denominador": sums["denominador"].where(counted),
            "error_estandar": error,
            "inferior": low.clip(lower=pd.Series([ends[0] for ends in limits], dtype="float64")),
            "superior": high.clip(upper=pd.Series([ends[1] for ends in limits], dtype="float64")),
            "area": "total",
            "fuente": CALCULATED,
            "serie": sums["serie"],
            "nota": [
                _note(indicator, row, bool(count))
                for indicator, row, count in zip(of, sums.to_dict("records"), counted, strict=True)
            ],
        }
    )


def _places(everybody: pd.Series) -> pd.Series:
    """How many municipalities with people each department and the country has a year."""
    code, when = (everybody.index.get_level_values(name) for name in ("municipio", "periodo"))
    local = is_municipal(code) & everybody.notna().to_numpy()
    real = local & ~is_fictional(code)
    owner = [*departments_of(code[local]), *[COUNTRY] * int(real.sum())]
    year = [*when[local], *when[real]]
    return pd.Series(1, index=pd.MultiIndex.from_arrays([owner, year])).groupby(level=[0, 1]).sum()


def _common(notes: pd.Series, group: np.ndarray) -> pd.Series:
    """Group → the sentences that the source says of every figure it writes there: what holds for
    all of them holds for their sum."""
    said = pd.DataFrame({"group": group, "note": notes.fillna("").to_numpy()})
    said = said[~zeros.absent(said["note"])].drop_duplicates()
    silent = said.loc[said["note"] == "", "group"]
    said = said[~said["group"].isin(silent)]
    found = {}
    for number, texts in said.groupby("group")["note"]:
        first, *others = (unfit.sentences(text) for text in texts)
        kept = [s for s in first if all(s in other for other in others)]
        found[number] = " ".join(s for s in kept if not s.startswith(_OWN))
    return pd.Series(found, dtype="str")


def _error(of: Sequence[Indicator], sums: pd.DataFrame) -> pd.Series:
    """Standard error of a weighted mean whose terms are equally correlated in each department:
    (1 - r) sum (w s)² + r sum over departments (sum w s)²."""
    correlation = [np.nan if i.error_correlation is None else i.error_correlation for i in of]
    r = pd.Series(correlation, index=sums.index, dtype="float64")
    variance = (1 - r) * sums["squares"] + r * sums["shared"]
    return (variance**0.5).where(sums["known_error"] == sums["size"])


def _note(indicator: Indicator, row: Mapping[Any, Any], counted: bool) -> str:
    covers = f"; cubre {locale.percent(100 * float(row['covered']))} de las personas."
    if counted or indicator.weight is None:
        text = "Suma de los municipios" if counted else "Media de los municipios por su población"
        parts = [text + covers]
        if indicator.place == "occurrence":
            parts.append("Por lugar donde ocurrió el hecho, no de residencia.")
        size = int(row["size"])
        if (places := int(row["places"])) > size:
            parts.append(f"Sin dato: {locale.number(places - size)} de {locale.number(places)}.")
        rows = int(row["absent"])
        parts.append(zeros.told(rows, int(row["zeros"]) - rows, locale.number(size)))
        parts.append(str(row["common"]))
        return " ".join(filter(None, parts))
    when = ""
    if indicator.weight.population is not None and row["year"] != row["periodo"]:
        when = f" de {row['year']}"
    parts = [f"Media de los municipios, peso: {indicator.weight.name}{when}{covers}"]
    aside = int(row["set_aside"])
    if aside:
        who = "un territorio" if aside == 1 else f"{aside} territorios"
        parts.append(f"Incluye {who} cuya cifra propia no tiene calidad según la fuente.")
    error = _weight_error(indicator, str(row["owner"]))
    if np.isnan(error):
        parts.append("Aproximado: no se conoce su distancia con la cifra publicada.")
    elif error:
        digits = locale.number(error, 1)
        parts.append(f"Aproximado: la cifra publicada puede diferir hasta {digits} puntos.")
    return " ".join(parts)
