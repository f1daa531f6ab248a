"""Rows of a table as plain Python values, for loops that a table has no operation for."""

from __future__ import annotations

from typing import Any

import pandas as pd


def values(column: pd.Series) -> list[Any]:
    """The column's values, missing ones as the column has them.

    A text column iterated as such makes each text through Arrow; at once, it takes a tenth.
    """
    return column.to_numpy(dtype=object).tolist()


def records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Column → value, a dictionary a row: ``to_dict("records")`` in a quarter of its time."""
    names = list(table.columns)
    columns = [values(column) for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
