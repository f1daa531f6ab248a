"""The indicators measured three times or more between baseline and follow-up, cut by cut."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.subtracted import doubted, stretches
from gsi.analysis.context import Context
from gsi.analysis.labels import near_text
from gsi.analysis.plan import remarks
from gsi.analysis.results import Column, Table
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import Area
from gsi.ground import frames, locale
from gsi.inputs import indicators
from gsi.inputs.indicators import CALCULATED, cuts, unfit

FEWEST_CUTS = 3
UNCALCULATED = "—"
PARTIAL = "los municipios con dato tienen menos de {least} de las personas"
BREAK = "| "  # before a value that does not compare with the one to its left


def _cuts(rows: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Indicator and series → its figures, years in order, the last row of a year; rows of one
    territory."""
    last = rows.drop_duplicates(["indicador", "serie", "periodo"], keep="last")
    return {
        (str(name), str(series)): part.sort_values("periodo", ignore_index=True)
        for (name, series), part in last.groupby(["indicador", "serie"])
    }


def series_table(frame: pd.DataFrame, own: pd.DataFrame, context: Context) -> Table:
    """Every cut of the indicators measured three times or more, one column a year (a number) and
    one as it is written, ``<year>_text``, which has :data:`BREAK` before a value that does not
    compare with the one to its left, and the day of the cut of a part of the year; ``broken``: why.
    A mean made here that is not known to be what is published has its mark (``near``: some year is
    one). Of a department, '—' is a year that the source has and whose value cannot be made from its
    municipalities, or is of few of its people (``uncalculated``: those years, and ``reason``).

    Where a year had one or two cases there is no level to follow, and no row.
    """
    known = {item.id: item for item in context.catalogue}
    years = range(context.years.baseline, context.years.follow_up + 1)
    found = []
    rows = _within_cuts(own, context)
    rare = _rare(rows, context)
    series = _cuts(rows)
    for row in frames.records(frame):
        part = series.get((row["indicator"], row["series_a"]), rows.iloc[:0])
        indicator = known[row["indicator"]]
        few = part["nota"].map(unfit.partial) != ""
        least = PARTIAL.format(least=locale.percent(100 * indicator.minimum_coverage))
        partial = dict.fromkeys(part.loc[few, "periodo"].astype(int), least)
        part = part[~few].reset_index(drop=True)
        if len(part) >= FEWEST_CUTS and row["indicator"] not in rare:
            means = part["fuente"] == CALCULATED
            if not remarks.approximate(indicator, context.territory.code):
                means = means & False
            written, reason = _marked(part, indicator, means)
            values = dict(zip(part["periodo"].astype(int), part["valor"], strict=True))
            absent = _absent(row, values, indicator, context) | partial
            written |= dict.fromkeys(absent, UNCALCULATED)
            found.append(
                {key: row[key] for key in ("indicator", "name")}
                | {"unit": f"{row['unit']}, al menos" if row["minimum"] else row["unit"]}
                | {str(year): values.get(year, np.nan) for year in years}
                | {f"{year}_text": written.get(year) for year in years}
                | {"broken": reason, "near": bool(means.any())}
                | {"uncalculated": locale.enumeration([str(year) for year in sorted(absent)])}
                | {"reason": "; ".join(dict.fromkeys(filter(None, absent.values())))}
            )
    columns = ["indicator", "name", "unit", *(str(year) for year in years)]
    columns += [*(f"{year}_text" for year in years), "broken", "near", "uncalculated", "reason"]
    data = pd.DataFrame(found, columns=columns)
    shown = [str(year) for year in years if not data[str(year)].isna().all()]
    return Table(
        data,
        {"name": Column("Indicador"), "unit": Column("Unidad")}
        | {f"{year}_text": Column(year) for year in shown},
    )


def _within_cuts(own: pd.DataFrame, context: Context) -> pd.DataFrame:
    """The figures of the years from the baseline to the follow-up."""
    years = range(context.years.baseline, context.years.follow_up + 1)
    return own[own["valor"].notna() & own["periodo"].isin(years)]


def _rare(rows: pd.DataFrame, context: Context) -> set[str]:
    """The indicators that in some year are a rate of one or two cases."""
    multipliers = {item.id: item.multiplier for item in context.catalogue}
    per = rows["indicador"].map(multipliers).astype("float64")
    return set(rows.loc[indicators.few_cases(rows["numerador"], per), "indicador"])


def rare_series(frame: pd.DataFrame, own: pd.DataFrame, context: Context) -> list[str]:
    """The names of those measured often enough and not shown as a series for it."""
    rows = _within_cuts(own, context)
    found, rare = _cuts(rows), _rare(rows, context)
    return [
        str(row["name"])
        for row in frames.records(frame)
        if row["indicator"] in rare
        and len(found.get((row["indicator"], row["series_a"]), ())) >= FEWEST_CUTS
    ]


def _absent(
    row: Mapping[Any, Any], values: Collection[int], indicator: Indicator, context: Context
) -> dict[int, str]:
    """The years that the source has and whose value of a department cannot be made here, with the
    reason where it is known."""
    if not context.territory.is_department or indicator.aggregate not in ("sum", "weighted"):
        return {}
    table = context.data.department("indicadores")
    table = table[(table["indicador"] == row["indicator"]) & (table["serie"] == row["series_a"])]
    table = table[(table["area"] == Area.TOTAL) & table["municipio"].isin(list(context.data.names))]
    table = table[table["valor"].notna()]
    found = {}
    for year in range(context.years.baseline, context.years.follow_up + 1):
        given = set(table.loc[table["periodo"] == year, "municipio"])
        if year in values or year in indicator.unusable_years:
            continue
        if indicator.covers(year) and not indicator.aggregates(year):
            found[year] = indicator.break_reason or ""
        elif given:
            found[year] = _unweighted(given, year, context)
    return found


def _unweighted(given: Collection[str], year: int, context: Context) -> str:
    """Which municipalities with a figure have nobody in the projections to weigh them by."""
    rows = context.data.department("poblacion")
    people = set(rows.loc[(rows["periodo"] == year) & (rows["personas"] > 0), "municipio"])
    if not people:
        return ""
    names = [context.data.names[code] for code in sorted(given) if code not in people]
    if not names:
        return ""
    have = "tiene" if len(names) == 1 else "tienen"
    return f"{locale.enumeration(names)} {have} dato y no {have} población en las proyecciones"


def _marked(
    part: pd.DataFrame, indicator: Indicator, means: pd.Series
) -> tuple[dict[int, str], str]:
    """Each year's value as written, with :data:`BREAK` where a stretch of the series begins, the
    mark of those that are ``means`` and the day of a partial cut; and the reasons for the breaks
    ('' with none among the years)."""
    parts, reasons = stretches(indicator, part)
    begins = [now > before for before, now in zip([0, *parts], parts, strict=False)]
    written = {}
    columns = (part["periodo"], part["valor"], part["nota"], begins, means)
    for year, value, note, new, mean in zip(*columns, strict=True):
        day = cuts.of(note)
        text = (BREAK if new else "") + str(near_text(float(value), bool(mean)))
        written[int(year)] = f"{text} ({day})" if day else text
    told = [*dict.fromkeys(filter(None, reasons)), *doubted(indicator, part)]
    return written, "; ".join(told)


def uncalculated(series: Table) -> list[str]:
    """The indicators of a department with years that cannot be made here, together where the years
    and the reason are the same."""
    rows = series.data[series.data["uncalculated"] != ""]
    return [
        f"{locale.enumeration(list(part['name']))} ({years})" + (f": {reason}" if reason else "")
        for (years, reason), part in rows.groupby(["uncalculated", "reason"], sort=False)
    ]


def elsewhere_series(series: Table, context: Context) -> list[str]:
    """The names of those that count deaths where they occurred, not those of who lives there."""
    apart = {i.id for i in context.catalogue if i.place == "occurrence" and not i.comparable}
    rows = series.data
    return [str(name) for name in rows.loc[rows["indicator"].isin(apart), "name"]]


def broken(series: Table) -> list[str]:
    """The indicators whose series has a mark, together where the reason is the same."""
    rows = series.data[series.data["broken"] != ""]
    return [
        f"{locale.enumeration(list(part['name']))}: {reason}"
        for reason, part in rows.groupby("broken", sort=False)
    ]
