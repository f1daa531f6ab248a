"""A table's rows and columns as plain Python values, where a table has no operation for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd


class Shown(pd.DataFrame):
    """A table for a notebook to show: each cell whole, where pandas cuts it after 50 characters."""

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, str]:
        with pd.option_context("display.max_colwidth", None):
            html = self.to_html(
                max_rows=pd.get_option("display.max_rows"),
                max_cols=pd.get_option("display.max_columns"),
                notebook=True,
            )
        return {"text/html": html, "text/plain": repr(self)}


def values(column: pd.Series) -> list[Any]:
    """The column's values, missing ones as the column has them.

    A text column iterated as such makes each text through Arrow; at once, it takes a tenth.
    """
    return column.to_numpy(dtype=object).tolist()


def each(column: pd.Series, convert: Callable[[Any], Any]) -> pd.Series:
    """``convert`` applied once a distinct value: long columns repeat few values."""
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    made = pd.Series([convert(value) for value in distinct])
    return made.take(codes).set_axis(column.index)


def order(table: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """One number a row (int64) that orders the rows as these columns do, none of them missing, and
    is equal where they are."""
    key = np.zeros(len(table), dtype="int64")
    for name in columns:
        codes, distinct = pd.factorize(table[name], sort=True)
        key = key * len(distinct) + codes
    return key


def records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Column → value, a dictionary a row: ``to_dict("records")`` in a quarter of its time."""
    names = list(table.columns)
    columns = [values(column) for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def years(column: pd.Series) -> list[int]:
    """The years of a column of dates or of years, each once, in order; missing ones left out."""
    known = column.dropna()
    found = known.dt.year if pd.api.types.is_datetime64_any_dtype(known) else known
    return sorted({int(year) for year in found.unique()})
