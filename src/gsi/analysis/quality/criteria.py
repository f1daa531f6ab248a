"""How far each indicator can be used in a territory: five questions, one verdict.

- complete: the share of municipalities of which the source writes a figure that can be used (what
  its publisher calls without quality cannot); a zero counted where it writes nothing
  (:mod:`gsi.inputs.indicators.zeros`) makes none incomplete, and is told, nor does a place without
  a share because it has none of what is shared out: the others add up to the published total;
- on time: how many years before the baseline it is;
- consistent: of its figures that two sources give, the share in which they differ;
- plausible: the share of its figures that cannot be (outside the catalogue's bounds, or a share
  over 100 %);
- comparable: whether the last figure of the same series up to the follow-up may be subtracted.

An indicator that is not complete is not classifiable: a territory cannot be told from another by
what most of them do not report. A department's figure that its publisher gives is not made of its
municipalities', and is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gsi.analysis.results import Column, Fact, Table, count, flag, names, percent
from gsi.contract.divipola import is_municipal
from gsi.contract.places import many
from gsi.contract.vocabulary import Area
from gsi.ground import frames, locale
from gsi.inputs import indicators
from gsi.inputs.indicators import unification, zeros

if TYPE_CHECKING:
    from gsi.analysis.context import Context

UNUSABLE = "no clasificable"
OBSERVED = "con observaciones"
COMPLETE = "completo"
ALONE = "sin otra fuente"
# So many are named in a sentence; more are counted.
MOST_NAMED = 4
# Counts are whole numbers: less than this apart they are the same.
_SAME_COUNT = 0.5
COLUMNS = [
    "indicator", "name", "source", "coverage", "counted", "shared", "period", "age", "disagreement",
    "implausible", "comparable",
]  # fmt: skip
_JUDGED = ("municipio", "periodo", "valor", "denominador", "serie", "fuente", "written")


def set_aside(context: Context) -> dict[str, str]:
    """Indicator → why its figures cannot ground a decision, a target or a headline here.

    The gate that every such use asks. It looks at the territory's whole department: what most of
    its municipalities do not report tells neither the department from the country nor one of them
    from it. A department's figure that its publisher gives is not made of theirs, and stands
    whatever they have; what ranks them asks :func:`scarce`.
    """
    return context.shared("set_aside", _set_aside, ("indicadores",))


def scarce(context: Context) -> dict[str, str]:
    """Indicator → the coverage, too small, of the department's municipalities in the year used."""
    return context.shared("scarce", _scarce, ("indicadores",))


def _set_aside(context: Context) -> dict[str, str]:
    given = _given(context)
    return {name: why for name, why in scarce(context).items() if name not in given}


def _scarce(context: Context) -> dict[str, str]:
    rows = context.data.department("indicadores")
    rows = rows[(rows["area"] == Area.TOTAL) & rows["municipio"].isin(list(context.data.names))]
    at = _by_id(indicators.at(rows, context.years.baseline))
    known = _by_id(rows[rows["valor"].notna() | rows["numerador"].notna()])
    whole = _department(context)
    found = {}
    for indicator in context.catalogue:
        if indicator.id in at:
            period = _period(at[indicator.id], whole.get(indicator.id), context.years.baseline)
            mine = known[indicator.id]
            covered = _coverage(mine, period, len(context.data.names))
            if _all_shared(mine, period, whole.get(indicator.id)):
                covered = 100.0
            if covered < 100 * context.params.plan.quality.coverage:
                found[indicator.id] = _covering(covered)
    return found


def _department(context: Context) -> dict[str, dict[Any, Any]]:
    """Indicator → the department's own row at the baseline."""
    rows = context.data.department("indicadores")
    mine = rows[rows["municipio"] == context.territory.department]
    at = indicators.at(mine, context.years.baseline)
    return {str(row["indicador"]): row for row in frames.records(at)}


def _given(context: Context) -> set[str]:
    """The indicators whose figure of the department is what its publisher gives, or the same."""
    rows = _department(context)
    found = set()
    for indicator in context.catalogue:
        row = rows.get(indicator.id)
        if row is None or unification.is_form(str(row["fuente"])):
            continue
        made = row["fuente"] == indicators.CALCULATED
        read = indicator.aggregate == "published" and not made
        # A mean of some is not the published one; estimates of a model enter it all, also those
        # whose municipality's own is not published.
        whole_mean = not made or indicator.error_correlation is not None
        published = indicator.published(context.territory.department, made)
        if read or (published and whole_mean):
            found.add(indicator.id)
    return found


def _period(rows: Mapping[str, np.ndarray], whole: Mapping[Any, Any] | None, baseline: int) -> int:
    """The year of the department's figure (``whole``) where it has one; else that which most
    municipalities have at the baseline, of equals the one that stands for it."""
    if whole is not None:
        return int(whole["periodo"])
    modes = [int(year) for year in _most_frequent(rows["periodo"])]
    past = [year for year in modes if year <= baseline]
    return max(past) if past else min(modes)


def _coverage(known: Mapping[str, np.ndarray], period: int, places: int) -> float:
    """Share (0-100) of the municipalities that have the figure of a year, or its cases where there
    is nobody to divide them by."""
    return 100 * len(set(known["municipio"][known["periodo"] == period])) / places


def _all_shared(
    known: Mapping[str, np.ndarray], period: int, whole: Mapping[Any, Any] | None
) -> bool:
    """Whether the denominators of the municipalities of a year are the published one of their
    department (``whole``, its row): whoever has no row, or no share, has none of it."""
    if whole is None or whole["fuente"] == indicators.CALCULATED:
        return False
    if unification.is_form(str(whole["fuente"])) or int(whole["periodo"]) != period:
        return False
    same = (known["periodo"] == period) & (known["serie"] == whole["serie"])
    total = float(whole["denominador"])
    found = float(np.nansum(known["denominador"][same]))
    return total > 0 and abs(found - total) < _SAME_COUNT


def _written(known: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those that the source writes."""
    return {name: values[known["written"]] for name, values in known.items()}


def _covering(share: float) -> str:
    return f"cobertura {locale.percent(share)}"


def none() -> pd.DataFrame:
    """The table of :func:`by_indicator` of a territory without indicators."""
    return pd.DataFrame(columns=[*COLUMNS, "verdict", "why"])


def by_indicator(context: Context) -> pd.DataFrame:
    """One row an indicator of the catalogue with data in the territory.

    Columns: indicator, name, source, coverage (0-100, of what the source writes), counted (with the
    zeros counted where it writes nothing), shared (what the municipalities add up to, all of the
    department's, or ''), period, age (years before the baseline, negative after
    it), disagreement (share 0-100 of its figures that two sources give, NaN where none is),
    implausible (share 0-100), comparable, verdict, why.
    """
    rows = _municipal(context)
    at = _by_id(indicators.at(rows, context.years.baseline))
    known_rows = _by_id(rows[rows["valor"].notna()])
    there = _by_id(rows[rows["valor"].notna() | rows["numerador"].notna()])
    places = _places(context)
    whole = _department(context) if context.territory.is_department else {}
    given = _given(context) if whole else set()
    differences = _differences(context)
    found = []
    for indicator in context.catalogue:
        if indicator.id not in at:
            continue
        mine, known = at[indicator.id], known_rows[indicator.id]
        period = _period(mine, whole.get(indicator.id), context.years.baseline)
        counted = _coverage(there[indicator.id], period, len(places))
        shared = counted < 100 and _all_shared(there[indicator.id], period, whole.get(indicator.id))
        value, periods = known["valor"], known["periodo"]
        low, high = indicator.limits
        impossible = (value < low) | (value > high)
        if indicator.is_share:  # also where publishers do give more, as net coverage
            impossible |= value > 100
        later = (periods > period) & (periods <= context.years.follow_up)
        later &= known["serie"] == mine["serie"][0]
        last = int(periods[later].max()) if later.any() else period
        found.append(
            {
                "indicator": indicator.id,
                "name": indicator.name,
                "source": str(min(_most_frequent(mine["fuente"]))),
                "coverage": _coverage(_written(there[indicator.id]), period, len(places)),
                "counted": 100.0 if shared else counted,
                "shared": (indicator.denominator or "") if shared else "",
                "period": period,
                "age": context.years.baseline - period,
                "disagreement": differences.get(indicator.id, np.nan),
                "implausible": _percent(impossible.sum(), len(value)),
                "comparable": last > period and indicator.comparable_years(period, last),
            }
        )
    frame = pd.DataFrame(found, columns=COLUMNS)
    judged = [_judge(row, context, given) for row in frames.records(frame)]
    return frame.assign(
        verdict=pd.Series([verdict for verdict, _ in judged], dtype="str"),
        why=pd.Series([why for _, why in judged], dtype="str"),
    )


def facts(frame: pd.DataFrame, least: float) -> dict[str, Fact]:
    """Counts by verdict, the observed ones by name where they are few, and the unusable ones
    written with their reason. ``least``: the share (0-1) of municipalities below which they are."""
    unusable = frame[frame["verdict"] == UNUSABLE]
    observed = frame.loc[frame["verdict"] == OBSERVED, "name"].tolist()
    return {
        "indicators_judged": count(len(frame)),
        "has_judged": flag(len(frame) > 0),
        "indicators_complete": count(int((frame["verdict"] == COMPLETE).sum())),
        "indicators_observed": count(int((frame["verdict"] == OBSERVED).sum())),
        "observed_names": names(observed if len(observed) <= MOST_NAMED else []),
        "indicators_unusable": count(len(unusable)),
        "has_unusable": flag(not unusable.empty),
        "least_coverage": percent(100 * least, 0),
        "unusable": names(
            [f"{row['name']} ({row['why']})" for row in frames.records(unusable)]
        ),
    }  # fmt: skip


def indicator_table(frame: pd.DataFrame) -> Table:
    """The verdicts, the worst first."""
    order = {UNUSABLE: 0, OBSERVED: 1, COMPLETE: 2}
    shown = frame.assign(
        _order=frame["verdict"].map(order),
        disagreement_text=[differing(value) for value in frame["disagreement"]],
        comparable_text=["sí" if value else "no" for value in frame["comparable"]],
        verdict_text=[
            f"{verdict}: {why}" if verdict != COMPLETE else verdict
            for verdict, why in zip(frame["verdict"], frame["why"], strict=True)
        ],
    ).sort_values(["_order", "name"], ignore_index=True)
    return Table(
        shown.drop(columns="_order"),
        {
            "name": Column("Indicador"),
            "coverage": Column(
                "Con cifra escrita y que se puede usar, ese año (% de municipios)", "decimal", 0
            ),
            "period": Column("Año", "year"),
            "disagreement_text": Column("Otra fuente da otro valor (% de los que dan dos)"),
            "implausible": Column("Imposibles (%)", "decimal", 1),
            "comparable_text": Column("Se repite"),
            "verdict_text": Column("Valoración"),
        },
    )


def differing(share: float) -> str:
    """A share of figures that another source gives differently; NaN where there is no other."""
    return ALONE if np.isnan(share) else locale.number(share, 1)


def _differences(context: Context) -> dict[str, float]:
    """Indicator → of the figures of the municipalities that two sources give, the share (0-100) in
    which some other differs from the one used."""
    rows = context.data.compared()
    rows = rows[rows["que"].isin((unification.VALUE, *unification.AGREED))]
    rows = rows[is_municipal(rows["municipio"]) & (rows["area"] == Area.TOTAL)]
    rows = rows.assign(apart=rows["que"] == unification.VALUE)
    figures = rows.groupby(["indicador", "municipio", "periodo"])["apart"].any()
    return {str(name): 100 * float(v) for name, v in figures.groupby(level=0).mean().items()}


def _judge(row: Mapping[Any, Any], context: Context, given: set[str]) -> tuple[str, str]:
    limits = context.params.plan.quality
    value = {name: float(row[name]) for name in
             ("coverage", "counted", "age", "disagreement", "implausible")}  # fmt: skip
    reasons = []
    if value["counted"] < 100 * limits.coverage:
        why = _covering(value["counted"])
        if row["indicator"] not in given:
            return UNUSABLE, why
        reasons.append(f"{why}; la del departamento es la publicada")
    elif value["coverage"] < 100 * limits.coverage:
        zero = locale.percent(value["counted"] - value["coverage"])
        called = f"{zero} de los {many(context.data.kinds)} sin cifra escrita"
        reasons.append(
            f"{called}: los demás suman el total publicado del departamento ({row['shared']})"
            if row["shared"]
            else f"{called}, contados como cero"
            if len(_places(context)) > 1
            else "sin cifra escrita: se cuenta como cero"
        )
    if value["age"] > context.params.plan.baseline.oldest_years:
        reasons.append(f"dato de {row['period']}")
    if value["disagreement"] > 100 * limits.disagreement:
        share = locale.number(value["disagreement"])
        reasons.append(
            f"otra fuente difiere en {share}\N{NO-BREAK SPACE}% de los datos que dan dos fuentes"
        )
    if value["implausible"] > 100 * limits.implausible:
        share = locale.number(value["implausible"])
        reasons.append(f"{share}\N{NO-BREAK SPACE}% de los datos son imposibles")
    if reasons:
        return OBSERVED, "; ".join(reasons)
    return COMPLETE, ""


def _by_id(rows: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    """Indicator → column → the values of its rows, in order: a loop over arrays costs a tenth of
    one over tables."""
    rows = rows.assign(written=~zeros.supplied(rows["nota"]))
    columns = {name: rows[name].to_numpy() for name in _JUDGED}
    return {
        str(key): {name: values[positions] for name, values in columns.items()}
        for key, positions in rows.groupby("indicador").indices.items()
    }


def _most_frequent(values: np.ndarray) -> list[Any]:
    """The mode, or modes."""
    counts = Counter(values.tolist())
    most = max(counts.values())
    return [value for value, times in counts.items() if times == most]


def _municipal(context: Context) -> pd.DataFrame:
    rows = context.data.own("indicadores")
    own = is_municipal(rows["municipio"]) & (rows["area"] == Area.TOTAL)
    return rows[own].reset_index(drop=True)


def _places(context: Context) -> list[str]:
    if not context.territory.is_department:
        return [context.territory.code]
    return list(context.data.names)


def _percent(part: int, whole: int) -> float:
    return 100 * float(part) / whole if whole else float(np.nan)
