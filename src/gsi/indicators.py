"""From the rows that readers give to indicators that can be compared: rates, reconciliation,
aggregates of department and country, and the value that stands for a year.

Frames have the columns of the contract's table ``indicadores``; values are in the catalogue's unit
(percentages in 0-100, rates per multiplier).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi import frames, locale, unification
from gsi.params.indicators import Indicator
from gsi.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT

KEY = ["municipio", "indicador", "periodo", "area"]
NUMBERS = ["valor", "numerador", "denominador", "error_estandar", "inferior", "superior"]
TEXTS = ["fuente", "serie", "nota"]
COLUMNS = [*KEY[:3], *NUMBERS, "area", *TEXTS]
CALCULATED = "calculo_gsi"

# Two publications of one figure are said to disagree beyond what rounding explains.
ROUNDING = 0.005
# Up to so many cases are told as cases, not as a rate.
FEW_CASES = 2
Z95 = 1.959964  # standard normal quantile of a 95 % interval, the level the sources publish


def build(
    indicadores: pd.DataFrame, poblacion: pd.DataFrame | None, catalogue: Sequence[Indicator]
) -> pd.DataFrame:
    """Rates computed, sources reconciled, department (2 digits) and country rows added.

    ``indicadores`` and ``poblacion`` follow the contract; one row a municipality, indicator, period
    and area comes out, sorted. Indicators outside the catalogue pass through without aggregates.
    Without ``poblacion`` no rate on projections and no aggregate is computed: the share of people
    that an aggregate covers would not be known.
    """
    return unify(indicadores, poblacion, catalogue)[0]


def unify(
    indicadores: pd.DataFrame, poblacion: pd.DataFrame | None, catalogue: Sequence[Indicator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What :func:`build` gives, and the disagreements of sources (``unification.COLUMNS``)."""
    people = People.of(poblacion) if poblacion is not None and not poblacion.empty else None
    frame = _without_fiction(_prepared(indicadores))
    if people is not None:
        frame = _with_zeros(frame, people, catalogue)
    frame, bases = _rates(frame, people, catalogue)
    frame, differ = reconcile(frame, catalogue)
    found = [part for part in (_listed(differ), bases) if not part.empty]
    if people is not None:
        made = _aggregates(frame, people, catalogue)
        # A department's row without a value gives way to the one computed here.
        frame = pd.concat([made, frame], ignore_index=True).drop_duplicates(KEY)
    frame = _remarks(frame, catalogue)
    disagreements = pd.concat(found, ignore_index=True) if found else unification.empty()
    return (
        frame.sort_values(KEY, ignore_index=True)[COLUMNS],
        disagreements.sort_values(unification.COLUMNS, ignore_index=True),
    )


def _listed(differ: pd.DataFrame) -> pd.DataFrame:
    """The disagreements of :func:`reconcile` as ``unification.COLUMNS``."""
    names = {
        "valor": "usado",
        "fuente": "fuente_usada",
        "valor_otra": "otro",
        "fuente_otra": "fuente_otra",
    }
    return differ.rename(columns=names).assign(que=unification.VALUE)[unification.COLUMNS]


@dataclass(frozen=True)
class People:
    """Population as a table: index (municipio, periodo), columns (sexo, edad); area total."""

    table: pd.DataFrame
    source: str

    @classmethod
    def of(cls, poblacion: pd.DataFrame) -> People:
        """From the contract's ``poblacion``; areas are added up where no total is given."""
        rows = total_area(poblacion)
        rows = rows[rows["municipio"].str.len() == 5]
        table = (
            rows.groupby(["municipio", "periodo", "sexo", "edad"])["personas"]
            .sum()
            .unstack(["sexo", "edad"])
            .sort_index(axis=1)
        )
        return cls(_with_sums(table), ", ".join(sorted(rows["fuente"].unique())))

    def count(self, ages: tuple[int, int] = (0, 85), sexes: Sequence[str] = ()) -> pd.Series:
        """People of those completed ages (both inclusive); index (municipio, periodo).

        Departments and the country are there too, as sums of their municipalities.
        """
        sexo = self.table.columns.get_level_values("sexo")
        edad = self.table.columns.get_level_values("edad")
        chosen = (edad >= ages[0]) & (edad <= ages[1])
        if sexes:
            chosen &= sexo.isin(list(sexes))
        return self.table.loc[:, chosen].sum(axis=1, min_count=1)


def _with_sums(table: pd.DataFrame) -> pd.DataFrame:
    code = table.index.get_level_values("municipio")
    when = table.index.get_level_values("periodo")
    real = ~code.str.startswith(EXAMPLE_DEPARTMENT)
    departments = table.groupby([code.str[:2], when]).sum(min_count=1)
    country = table[real].groupby([pd.Index([COUNTRY] * real.sum()), when[real]]).sum(min_count=1)
    whole = pd.concat([table, departments, country])
    whole.index = whole.index.set_names(["municipio", "periodo"])
    return whole


def total_area(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of area 'total' of each municipality and period; else its cabecera and rural rows."""
    is_total = frame["area"] == "total"
    if is_total.all():
        return frame
    place = pd.MultiIndex.from_frame(frame[["municipio", "periodo"]])
    with_total = place.isin(place[is_total.to_numpy()].unique())
    return frame[is_total.to_numpy() | ~with_total]


def reconcile(
    frame: pd.DataFrame, catalogue: Sequence[Indicator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a municipality, indicator, period and area, and the table of disagreements.

    The row kept has a value, is of the catalogue's series and comes first by the rule of
    :mod:`gsi.unification` (official, preferred, latest). A disagreement (beyond rounding, 0.5 % of
    the value kept) is also written in the kept row's ``nota``.
    """
    order = {
        (indicator.id, source): place
        for indicator in catalogue
        for place, source in enumerate(indicator.preference)
    }
    series = {indicator.id: indicator.series for indicator in catalogue}
    keys = zip(frame["indicador"], frame["fuente"], strict=True)
    reach = unification.vintages(frame)
    places = {
        key: number
        for number, key in enumerate(
            sorted(
                set(keys),
                key=lambda key: unification.order(key[1], order.get(key, len(order)), reach),
            )
        )
    }
    keys = zip(frame["indicador"], frame["fuente"], strict=True)
    ranked = frame.assign(
        _empty=frame["valor"].isna(),
        _other=frame["serie"] != frame["indicador"].map(series).fillna(frame["serie"]),
        _rank=[places[key] for key in keys],
    ).sort_values([*KEY, "_empty", "_other", "_rank"], ignore_index=True)
    ranked = ranked.drop(columns=["_empty", "_other", "_rank"])
    repeated = ranked.duplicated(KEY)
    kept = ranked[~repeated].reset_index(drop=True)
    pairs = kept[[*KEY, "valor", "fuente"]].merge(
        ranked.loc[repeated, [*KEY, "valor", "fuente"]], on=KEY, suffixes=("", "_otra")
    )
    distance = (pairs["valor"] - pairs["valor_otra"]).abs()
    differ = pairs[distance > ROUNDING * pairs["valor"].abs() + 1e-9].reset_index(drop=True)
    if differ.empty:
        return kept, differ
    notes = differ.assign(
        texto=[
            f"Otra fuente ({source}) publica {locale.number(value, 1)}."
            for source, value in zip(differ["fuente_otra"], differ["valor_otra"], strict=True)
        ]
    )
    texts = notes.groupby(KEY)["texto"].agg(" ".join)
    place = pd.MultiIndex.from_frame(kept[KEY])
    said = pd.Series(texts.reindex(place).to_numpy(), index=kept.index)
    return kept.assign(nota=_add(kept["nota"], said.notna(), said.fillna("").astype("str"))), differ


def at(indicadores: pd.DataFrame, year: int, *, area: str = "total") -> pd.DataFrame:
    """The value that stands for ``year``: one row a municipality and indicator.

    The latest period up to ``year``; where there is none, the earliest after it. The period used is
    in ``periodo``: show it beside the value.
    """
    rows = indicadores[(indicadores["area"] == area) & indicadores["valor"].notna()]
    distance = np.where(
        rows["periodo"] <= year, year - rows["periodo"], 10_000 + rows["periodo"] - year
    )
    rows = rows.assign(_distance=distance).sort_values(
        ["municipio", "indicador", "_distance", "fuente"], ignore_index=True
    )
    return (
        rows.drop_duplicates(["municipio", "indicador"])
        .drop(columns="_distance")
        .reset_index(drop=True)
    )


def few_cases(numerator: pd.Series, multiplier: pd.Series) -> pd.Series:
    """Whether a figure is a rate of one or two cases, which says that they were, not how often."""
    return multiplier.notna() & numerator.between(1, FEW_CASES)


def pair(
    indicadores: pd.DataFrame, baseline: int, follow_up: int, *, area: str = "total"
) -> pd.DataFrame:
    """Both moments of each municipality and indicator, long, column ``moment`` added.

    ``baseline`` rows are those of :func:`at`; ``follow_up`` rows are the latest period of the same
    series after the baseline's and not after ``follow_up``. An indicator with no such period has
    only its baseline row.
    """
    before = at(indicadores, baseline, area=area)
    link = ["municipio", "indicador", "serie"]
    rows = indicadores[
        (indicadores["area"] == area)
        & indicadores["valor"].notna()
        & (indicadores["periodo"] <= follow_up)
    ]
    start = dict(zip(_keys(before, link), frames.values(before["periodo"]), strict=True))
    since = [start.get(key, follow_up) for key in _keys(rows, link)]
    after = (
        rows[rows["periodo"] > np.array(since, dtype="int64")]
        .sort_values([*link, "periodo", "fuente"])
        .drop_duplicates(link, keep="last")
    )
    both = pd.concat(
        [before.assign(moment="baseline"), after.assign(moment="follow_up")], ignore_index=True
    )
    return both.sort_values(["municipio", "indicador", "moment"], ignore_index=True)


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(frames.values(rows[name]) for name in columns), strict=True)


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reindex(columns=COLUMNS)
    for column in NUMBERS:
        frame[column] = frame[column].astype("float64")
    for column in ["municipio", "indicador", "area", *TEXTS]:
        frame[column] = frame[column].astype("str").fillna("")
    frame["periodo"] = frame["periodo"].astype("int64")
    return frame.reset_index(drop=True)


def _without_fiction(frame: pd.DataFrame) -> pd.DataFrame:
    """The example's country rows go once real municipalities are read: there is one country."""
    place = frame["municipio"]
    fictional = place.str.startswith(EXAMPLE_DEPARTMENT)
    real = (place.str.len() == 5) & ~fictional
    only = set(frame.loc[fictional, "fuente"]) - set(frame.loc[real, "fuente"])
    drop = (place == COUNTRY) & frame["fuente"].isin(sorted(only)) & bool(real.any())
    return frame[~drop].reset_index(drop=True)


def _with_zeros(
    frame: pd.DataFrame, people: People, catalogue: Sequence[Indicator]
) -> pd.DataFrame:
    """Rows of no case, for the sources that write none: without them only the municipalities with
    cases would stand in a department's denominator. A form says nothing of who did not fill it.
    """
    published = ~frame["fuente"].str.startswith("formulario:")
    parts = [frame]
    for indicator in catalogue:
        rows = frame[(frame["indicador"] == indicator.id) & published & (frame["area"] == "total")]
        rows = rows[rows["municipio"].str.len() == 5]
        if not indicator.absent_is_zero or rows.empty:
            continue
        covered = set(rows["municipio"].str[:2])
        place = people.table.index
        code = place.get_level_values("municipio")
        wanted = place[(code.str.len() == 5) & code.str[:2].isin(covered)]
        wanted = wanted[wanted.get_level_values("periodo").isin(rows["periodo"].unique())]
        absent = wanted.difference(pd.MultiIndex.from_frame(rows[["municipio", "periodo"]]))
        source = rows.drop_duplicates(["periodo", "fuente", "serie"]).set_index("periodo")
        new = absent.to_frame(index=False).join(source[["fuente", "serie"]], on="periodo")
        new = new.assign(
            indicador=indicator.id,
            numerador=0.0,
            area="total",
            nota="Sin fila en la fuente, que cubre el año: cero casos.",
        )
        parts.append(_prepared(new))
    return pd.concat(parts, ignore_index=True)


def _rates(
    frame: pd.DataFrame, people: People | None, catalogue: Sequence[Indicator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rates on one population base, and where a source divides by other people."""
    bases = []
    parts = [frame[~frame["indicador"].isin({i.id for i in catalogue if i.multiplier})]]
    for indicator in catalogue:
        rows = frame[frame["indicador"] == indicator.id]
        if indicator.multiplier is None or rows.empty:
            continue
        base, nota = rows["denominador"], rows["nota"]
        if people is not None and indicator.population is not None:
            counted = people.count(indicator.population.ages, indicator.population.sexes)
            places = pd.MultiIndex.from_frame(rows[["municipio", "periodo"]])
            projected = pd.Series(counted.reindex(places).to_numpy(), index=rows.index)
            use = projected.notna() & rows["numerador"].notna() & (rows["area"] == "total")
            differs = use & base.notna() & ((base - projected).abs() > ROUNDING * projected)
            sentence = f"La fuente usa otro denominador; aquí, {people.source}."
            nota = _add(nota, differs, sentence)
            bases.append(
                rows.loc[differs, KEY].assign(
                    que=unification.POPULATION,
                    usado=projected[differs],
                    fuente_usada=people.source,
                    otro=base[differs],
                    fuente_otra=rows.loc[differs, "fuente"],
                )[unification.COLUMNS]
            )
            base = projected.where(use, base)
        elif indicator.population is not None:
            # Without projections there is no base of every indicator: nothing is divided.
            base = base.where(rows["valor"].notna())
        computed = rows["numerador"] / base.where(base > 0) * indicator.multiplier
        published = rows["valor"]
        differs = (published - computed).abs() > ROUNDING * computed.abs() + 0.05
        own = differs & base.eq(rows["denominador"])
        nota = _add(nota, own, "El valor publicado no coincide con su fórmula: se recalculó.")
        changed = computed.notna() & (differs | published.isna())
        errors = {c: rows[c].where(~changed) for c in ("error_estandar", "inferior", "superior")}
        parts.append(
            rows.assign(valor=computed.fillna(published), denominador=base, nota=nota, **errors)
        )
    listed = pd.concat(bases, ignore_index=True) if bases else unification.empty()
    return pd.concat(parts, ignore_index=True), listed


def _aggregates(
    frame: pd.DataFrame, people: People, catalogue: Sequence[Indicator]
) -> pd.DataFrame:
    """Rows of departments and the country where the source publishes none (area total)."""
    known = {indicator.id: indicator for indicator in catalogue}
    rows = frame[
        (frame["municipio"].str.len() == 5)
        & (frame["area"] == "total")
        & frame["valor"].notna()
        & frame["indicador"].isin(list(known))
    ]
    weights = people.count().rename("_people")
    weights = weights[weights.index.get_level_values("municipio").str.len() == 5]
    years = np.sort(weights.index.get_level_values("periodo").unique().to_numpy())
    nearest = {p: int(years[np.abs(years - p).argmin()]) for p in rows["periodo"].unique()}
    rows = rows.assign(_year=rows["periodo"].map(nearest))
    rows = rows.join(weights, on=["municipio", "_year"])
    rows["_multiplier"] = _numbers(
        rows["indicador"], {key: i.multiplier for key, i in known.items()}
    )
    rows["_weighted"] = rows["valor"] * rows["_people"]
    counts = rows["numerador"].notna() & rows["denominador"].gt(0) & rows["_multiplier"].notna()
    rows["_counts"] = counts
    rows["_weight"] = rows["_people"].where(rows["_weighted"].notna())
    rows["_error"] = (rows["_weight"] * rows["error_estandar"]) ** 2
    known_rows = frame[(frame["municipio"].str.len() == 2) & frame["valor"].notna()]
    published = pd.MultiIndex.from_frame(known_rows[KEY])
    country = ~rows["municipio"].str.startswith(EXAMPLE_DEPARTMENT)
    owned = [rows.assign(_owner=rows["municipio"].str[:2]), rows[country].assign(_owner=COUNTRY)]
    parts = [_group(part, weights, known) for part in owned if not part.empty]
    if not parts:
        return frame.iloc[:0]
    made = pd.concat(parts, ignore_index=True)
    return made[~pd.MultiIndex.from_frame(made[KEY]).isin(published)]


def _group(rows: pd.DataFrame, weights: pd.Series, known: dict[str, Indicator]) -> pd.DataFrame:
    by = ["_owner", "indicador", "periodo", "serie"]
    sums = (
        rows.groupby(by, sort=True)
        .agg(
            numerador=("numerador", "sum"),
            denominador=("denominador", "sum"),
            weighted=("_weighted", "sum"),
            weight=("_weight", "sum"),
            error=("_error", "sum"),
            errors=("_error", "count"),
            size=("_error", "size"),
            counts=("_counts", "all"),
            year=("_year", "first"),
        )
        .reset_index()
    )
    whole = weights.reset_index()
    code = whole["municipio"].str[:2]
    if (sums["_owner"] == COUNTRY).all():
        whole = whole[code != EXAMPLE_DEPARTMENT].assign(_owner=COUNTRY)
    else:
        whole = whole.assign(_owner=code)
    totals = whole.groupby(["_owner", "periodo"])["_people"].sum()
    place = pd.MultiIndex.from_frame(sums[["_owner", "year"]])
    covered = sums["weight"] / totals.reindex(place).to_numpy()
    least = _numbers(sums["indicador"], {key: i.minimum_coverage for key, i in known.items()})
    sums, covered = sums[covered >= least], covered[covered >= least]
    multiplier = _numbers(sums["indicador"], {key: i.multiplier for key, i in known.items()})
    rate = sums["numerador"] / sums["denominador"].where(sums["counts"]) * multiplier
    mean = sums["weighted"] / sums["weight"]
    note = np.where(sums["counts"], "Suma de los municipios", "Promedio municipal ponderado")
    note = np.where(sums["counts"], note, np.char.add(note.astype(str), " por población"))
    moved = np.where(sums["year"] == sums["periodo"], "", " de " + sums["year"].astype("str"))
    texts = [
        f"{text}{'' if counted else when}; cubre {locale.number(100 * share)} % de las personas."
        + (" Error con municipios independientes." if known_errors else "")
        for text, when, counted, share, known_errors in zip(
            note, moved, sums["counts"], covered, sums["errors"] == sums["size"], strict=True
        )
    ]
    # Independent errors: the sources publish no covariance between municipalities.
    error = (np.sqrt(sums["error"]) / sums["weight"]).where(sums["errors"] == sums["size"])
    value = rate.where(sums["counts"], mean)
    return pd.DataFrame(
        {
            "municipio": sums["_owner"],
            "indicador": sums["indicador"],
            "periodo": sums["periodo"],
            "valor": value,
            "numerador": sums["numerador"].where(sums["counts"]),
            "denominador": sums["denominador"].where(sums["counts"]),
            "error_estandar": error,
            "inferior": (value - Z95 * error).clip(lower=0),
            "superior": value + Z95 * error,
            "area": "total",
            "fuente": CALCULATED,
            "serie": sums["serie"],
            "nota": texts,
        }
    )


def _remarks(frame: pd.DataFrame, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    smallest = _numbers(frame["indicador"], {i.id: i.smallest_denominator for i in catalogue})
    shares = frame["indicador"].isin([i.id for i in catalogue if i.is_share])
    few = frame["denominador"] < smallest
    nota = _add(frame["nota"], few, "Denominador pequeño: léase con cautela.")
    over = shares & (frame["valor"] > 100)
    return frame.assign(nota=_add(nota, over, "Más de 100 %: problema del denominador."))


def _numbers(ids: pd.Series, values: Mapping[str, float | None]) -> pd.Series:
    """One float an id, NaN where it has none; float also for no rows at all."""
    return pd.Series([values.get(key) for key in ids], index=ids.index, dtype="float64")


def _add(nota: pd.Series, where: pd.Series, sentence: str | pd.Series) -> pd.Series:
    """Notes with a sentence (one for all, or one a row) added where asked."""
    return nota.where(~where, (nota + " " + sentence).str.strip()).astype("str")
