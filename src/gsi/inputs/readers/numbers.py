"""Number cells of published files, and DIVIPOLA codes as text.

One function for every reader. A file says through ``dots`` what a lone dot means in it where its
column does not tell: thousands as Colombia writes, or decimals as programs export.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd

from gsi.ground import numerals
from gsi.ground.numerals import ANY, Bounds

Dots = Literal["thousands", "decimal"]

# Nobody has counted more people than Colombia has, with room for what it may have.
PEOPLE: Bounds = (0, 60_000_000)
YEARS: Bounds = (1990, 2100)
# What publishers write for 'no data'. Not 'nan': that is the result of a computation that failed.
MISSING = frozenset({"", "-", "--", "nd", "na", "n/a", "none", "null", "sin dato"})
_SHEET_ERROR = re.compile(r"(error:\s*)?#[a-z0-9/]+[!?]?", re.IGNORECASE)


def is_sheet_error(value: object) -> bool:
    """True for an error a spreadsheet left in a cell: ``#NUM!``, ``ERROR: #DIV/0!``."""
    return isinstance(value, str) and bool(_SHEET_ERROR.fullmatch(value.strip()))


def numbers(
    cells: pd.Series, dots: Dots = "thousands", *, whole: bool = False, within: Bounds = ANY
) -> tuple[pd.Series, pd.Series]:
    """A column's cells as finite floats, and the mask of those that are no number.

    ``"1.842,6678"`` → 1842.6678; ``"56,11%"`` → 56.11; ``"--"`` → NaN; 12 → 12.0. A percent sign is
    dropped, not applied. The column decides what its dots and commas are
    (:mod:`gsi.ground.numerals`): ``whole`` and ``within`` say what it can hold, ``dots`` what
    stands where nothing tells. Values outside ``within`` are given back. The index is that of
    ``cells``.
    """
    values = pd.Series(math.nan, index=cells.index, dtype="float64")
    plain = _are(cells, int | float) & ~_are(cells, bool)
    values[plain] = cells[plain].astype("float64")
    rest = cells[~plain & cells.notna()]
    missing = {text for text in rest.unique() if _says_missing(text)}
    written = rest[~rest.isin(list(missing))].map(str).astype("str")
    distinct = pd.Series(written.unique(), dtype="str")
    parsed = numerals.parse(distinct, whole=whole, bounds=within, decimal_point=dots == "decimal")
    read = dict(zip(distinct, parsed.values, strict=True))
    values.loc[written.index] = np.array([read[text] for text in written], dtype="float64")
    values = values.where(np.isfinite(values))
    wrong = pd.Series(plain.to_numpy(copy=True), index=cells.index)
    wrong.loc[written.index] = True
    return values, wrong & values.isna()


def _are(cells: pd.Series, kind: Any) -> pd.Series:
    return pd.Series([isinstance(cell, kind) for cell in cells], index=cells.index, dtype=bool)


def _says_missing(cell: Any) -> bool:
    return str(cell).strip().casefold() in MISSING


def count(value: Any) -> float:
    """A cell that counts people or events; NaN where the publisher says there is no data.

    Raises ``ValueError`` for anything but a whole number that can be (:data:`PEOPLE`).
    """
    if isinstance(value, int | float):  # nearly every cell, and a column of one is slow to read
        found, wrong = float(value), isinstance(value, bool) or not math.isfinite(value)
    elif value is None or _says_missing(value):
        return math.nan
    else:
        values, unread = numbers(pd.Series([value], dtype="object"), whole=True)
        found, wrong = float(values.iloc[0]), bool(unread.iloc[0])
    if wrong or not found.is_integer() or not PEOPLE[0] <= found <= PEOPLE[1]:
        raise ValueError(f"not a count: {value!r}")
    return found


def code(value: Any) -> str | None:
    """A DIVIPOLA code of a municipality: ``5001``, ``"5.001"`` → ``"05001"``; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = numerals.code_digits(str(value).strip())
    return text.zfill(5) if re.fullmatch(r"[0-9]{4,5}", text) else None


def each(values: pd.Series, convert: Callable[[Any], Any]) -> pd.Series:
    """``convert`` applied once a distinct value: long columns repeat few values."""
    distinct = {value: convert(value) for value in pd.unique(values)}
    return pd.Series([distinct[value] for value in values], index=values.index)
