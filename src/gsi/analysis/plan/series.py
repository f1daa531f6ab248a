"""The indicators measured three times or more between baseline and follow-up, cut by cut."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.changes import stretches
from gsi.analysis.context import Context
from gsi.analysis.labels import near_text
from gsi.analysis.plan import remarks
from gsi.analysis.results import Column, Table
from gsi.contract.params.indicators import Indicator
from gsi.ground import frames, locale
from gsi.inputs import indicators
from gsi.inputs.indicators import CALCULATED

FEWEST_CUTS = 3
UNCALCULATED = "—"
BREAK = "| "  # before a value that does not compare with the one to its left


def _cuts(rows: pd.DataFrame) -> dict[tuple[str, str], dict[int, float]]:
    """Indicator and series → year → value, the last row of a year; rows of one territory."""
    cuts: dict[tuple[str, str], dict[int, float]] = {}
    columns = (frames.values(rows[name]) for name in ("indicador", "serie", "periodo", "valor"))
    for indicator, series, period, value in zip(*columns, strict=True):
        cuts.setdefault((indicator, series), {})[int(period)] = float(value)
    return cuts


def series_table(frame: pd.DataFrame, own: pd.DataFrame, context: Context) -> Table:
    """Every cut of the indicators measured three times or more, one column a year (a number) and
    one as it is written, ``<year>_text``, which has :data:`BREAK` before a value that does not
    compare with the one to its left; ``broken``: why. A mean made here that is not known to be what
    is published has its mark (``near``: some year is one). Of a department, '—' is a year that the
    source has and whose value cannot be made from its municipalities (``uncalculated``: those
    years, and ``reason``).

    Where a year had one or two cases there is no level to follow, and no row.
    """
    known = {item.id: item for item in context.catalogue}
    years = range(context.years.baseline, context.years.follow_up + 1)
    found = []
    rows = _within_cuts(own, context)
    rare = _rare(rows, context)
    cuts = _cuts(rows)
    made = {key: set(years) for key, years in _cuts(rows[rows["fuente"] == CALCULATED]).items()}
    for row in frames.records(frame):
        values = cuts.get((row["indicator"], row["series_a"]), {})
        if len(values) >= FEWEST_CUTS and row["indicator"] not in rare:
            indicator = known[row["indicator"]]
            means = made.get((row["indicator"], row["series_a"]), set())
            if not remarks.approximate(indicator, context.territory.code):
                means = set()
            written, reason = _marked(values, indicator, means)
            absent = _absent(values, indicator, context)
            written |= dict.fromkeys(absent, UNCALCULATED)
            found.append(
                {key: row[key] for key in ("indicator", "name", "unit")}
                | {str(year): values.get(year, np.nan) for year in years}
                | {f"{year}_text": written.get(year) for year in years}
                | {"broken": reason, "near": bool(means & values.keys())}
                | {"uncalculated": locale.enumeration([str(year) for year in absent])}
                | {"reason": (indicator.break_reason or "") if absent else ""}
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
    cuts, rare = _cuts(rows), _rare(rows, context)
    return [
        str(row["name"])
        for row in frames.records(frame)
        if row["indicator"] in rare
        and len(cuts.get((row["indicator"], row["series_a"]), {})) >= FEWEST_CUTS
    ]


def _absent(values: Mapping[int, float], indicator: Indicator, context: Context) -> list[int]:
    """The years that the source has and whose value of a department cannot be made here."""
    if not context.territory.is_department or indicator.aggregate_years is None:
        return []
    years = range(context.years.baseline, context.years.follow_up + 1)
    return [
        year
        for year in years
        if year not in values
        and year not in indicator.unusable_years
        and indicator.covers(year)
        and not indicator.aggregates(year)
    ]


def _marked(
    values: Mapping[int, float], indicator: Indicator, means: Collection[int]
) -> tuple[dict[int, str], str]:
    """Each year's value as written, with :data:`BREAK` where a stretch of the series begins and
    the mark of those that are ``means``, and the indicator's reason for the break ('' with none
    among the years)."""
    years = sorted(values)
    parts = stretches(indicator, years)
    begins = [now > before for before, now in zip([0, *parts], parts, strict=False)]
    written = {
        year: (BREAK if new else "") + str(near_text(values[year], year in means))
        for year, new in zip(years, begins, strict=True)
    }
    return written, (indicator.break_reason or "") if any(begins) else ""


def uncalculated(series: Table) -> list[str]:
    """The indicators of a department with years that cannot be made here, together where the years
    and the reason are the same."""
    rows = series.data[series.data["uncalculated"] != ""]
    return [
        f"{locale.enumeration(list(part['name']))} ({years})" + (f": {reason}" if reason else "")
        for (years, reason), part in rows.groupby(["uncalculated", "reason"], sort=False)
    ]


def broken(series: Table) -> list[str]:
    """The indicators whose series has a mark, together where the reason is the same."""
    rows = series.data[series.data["broken"] != ""]
    return [
        f"{locale.enumeration(list(part['name']))}: {reason}"
        for reason, part in rows.groupby("broken", sort=False)
    ]
