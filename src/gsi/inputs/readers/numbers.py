"""Number cells of published files, and DIVIPOLA codes as text.

One function for every reader. A file says through ``dots`` what a lone dot means in it where its
column does not tell: thousands as Colombia writes, or decimals as programs export.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
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
_NUMERIC = frozenset({"integer", "floating", "mixed-integer-float"})
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
    plain = _numeric(cells)
    values = np.full(len(cells), np.nan)
    wrong = plain.copy()
    values[plain] = cells[plain].astype("float64")
    at = np.flatnonzero(~plain & cells.notna().to_numpy())
    texts = cells.iloc[at]
    if not pd.api.types.is_string_dtype(texts):
        texts = texts.map(str)
    codes, distinct = pd.factorize(texts)  # long columns repeat few texts
    missing = np.array([_says_missing(text) for text in distinct], dtype=bool)
    written = pd.Series(distinct[~missing], dtype="str")
    read = np.full(len(distinct), np.nan)
    read[~missing] = numerals.parse(
        written, whole=whole, bounds=within, decimal_point=dots == "decimal"
    ).values
    values[at], wrong[at] = read[codes], ~missing[codes]
    values[~np.isfinite(values)] = np.nan
    return (
        pd.Series(values, index=cells.index),
        pd.Series(wrong & np.isnan(values), index=cells.index),
    )


def _numeric(cells: pd.Series) -> np.ndarray:
    """Which cells are numbers, NaN among them: that is a computation that failed, not a blank."""
    if pd.api.types.is_string_dtype(cells.dtype) and cells.dtype != object:
        return np.zeros(len(cells), dtype=bool)
    if pd.api.types.infer_dtype(cells, skipna=True) in _NUMERIC:
        return np.array([cell is not None for cell in cells], dtype=bool)
    return np.array(
        [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells], dtype=bool
    )


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


@lru_cache(1 << 12)
def code(value: Any) -> str | None:
    """A DIVIPOLA code of a municipality: ``5001``, ``"5.001"`` → ``"05001"``; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = numerals.code_digits(str(value).strip())
    return text.zfill(5) if re.fullmatch(r"[0-9]{4,5}", text) else None
