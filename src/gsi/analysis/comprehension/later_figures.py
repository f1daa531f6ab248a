"""Why an indicator has no later figure to compare: of another series, or given and not usable."""

from __future__ import annotations

import pandas as pd

from gsi.ground import frames

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
