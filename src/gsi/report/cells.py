"""Frames as a cell of a notebook shows them: numbers in es-CO, rows and columns by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gsi.analysis.results import Column
from gsi.ground import frames, locale


def written(
    frame: pd.DataFrame,
    digits: int | Mapping[str, int] = 1,
    *,
    rows: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """``frame`` as text, in its order: numbers with ``digits`` decimals (or those of each column;
    1 where it names none), what is missing as 'sin dato', and labels as ``rows`` and ``columns``
    call them.
    """
    places = digits if isinstance(digits, Mapping) else dict.fromkeys(frame.columns, digits)
    cells = {
        name: [_cell(value, places.get(name, 1)) for value in frames.values(frame[name])]
        for name in frame.columns
    }
    text = pd.DataFrame(cells, index=frame.index, columns=frame.columns)
    named = text.rename(index=dict(rows or {}), columns=dict(columns or {}))
    named.index.names, named.columns.name = [None] * named.index.nlevels, None
    return frames.Shown(named)


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, str):
        return value or locale.MISSING
    if isinstance(value, bool):
        return Column("", "flag").write(value)
    return Column("", "decimal", digits).write(value)
