"""Why an indicator has no later figure to compare, or to start a plan from: of another series,
given and not usable, or of a part of its year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gsi.analysis.context import Context
from gsi.ground import frames
from gsi.inputs import indicators
from gsi.inputs.indicators import cuts

NOT_USED = "El dato de {year} de la misma serie no se usa. {note}"


def of_another_series(frame: pd.DataFrame, own: pd.DataFrame) -> list[bool]:
    """Whether later figures of the indicator exist, but of another series."""
    rows = own[own["valor"].notna()]
    last: dict[tuple[str, str], int] = {}
    columns = (frames.values(rows[name]) for name in ("indicador", "serie", "periodo"))
    for indicator, series, period in zip(*columns, strict=True):
        last[indicator, series] = max(int(period), last.get((indicator, series), 0))
    return [
        any(
            indicator == row["indicator"] and series != row["series_a"] and when > row["year_a"]
            for (indicator, series), when in last.items()
        )
        for row in frames.records(frame)
    ]


def emptied(frame: pd.DataFrame, own: pd.DataFrame, last: int) -> list[str]:
    """Of a later figure that its publisher gives and that cannot be used, which and why; ''."""
    rows = own[own["valor"].isna() & own["nota"].notna() & (own["periodo"] <= last)]
    columns = (frames.values(rows[name]) for name in ("indicador", "serie", "periodo", "nota"))
    found = {
        (indicator, series, int(period)): str(note)
        for indicator, series, period, note in zip(*columns, strict=True)
    }
    told = []
    for row in frames.records(frame):
        later = [
            year
            for indicator, series, year in found
            if (indicator, series) == (row["indicator"], row["series_a"]) and year > row["year_a"]
        ]
        year = max(later, default=0)
        note = found.get((row["indicator"], row["series_a"], year), "")
        told.append(NOT_USED.format(year=year, note=note) if note else "")
    return told


def starting(own: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Where a plan starts from: :func:`gsi.inputs.indicators.latest` of the rows ``own``, and the
    whole year before instead of a part of a year where the same series has it: a goal for the end
    of a year that starts from the middle of one would be of two different counts."""
    rows = own.reset_index(drop=True)
    key = ["municipio", "indicador", "serie", "periodo", "area"]
    partial = rows["nota"].map(cuts.of, na_action="ignore").fillna("").ne("")
    if not partial.any():
        return indicators.latest(rows, *_span(context), context.catalogue)
    whole = pd.MultiIndex.from_frame(rows.loc[~partial & rows["valor"].notna(), key])
    earlier = pd.MultiIndex.from_frame(rows[key].assign(periodo=rows["periodo"] - 1))
    rows = rows[~(partial & earlier.isin(whole))]
    return indicators.latest(rows, *_span(context), context.catalogue)


def _span(context: Context) -> tuple[int, int]:
    return context.years.baseline, context.years.follow_up


def part_of_a_year(row: Mapping[Any, Any], own: pd.DataFrame, last: int) -> str:
    """The day of the figure of the year after that of a measured ``row`` which :func:`starting`
    left out; '' where there is none. ``own``: the rows of the territory."""
    after = own[(own["indicador"] == row["indicator"]) & (own["serie"] == row["own_series"])]
    after = after[(after["periodo"] == row["year"] + 1) & after["valor"].notna()]
    if after.empty or row["year"] >= last or cuts.of(row["note"]):
        return ""
    return cuts.of(after["nota"].iloc[-1])
