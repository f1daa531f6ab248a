"""Number text as Colombian files write it, and DIVIPOLA codes as text.

One function for every reader. A file says through ``dots`` what a lone dot means in it, because
``24.934`` alone does not tell: thousands as Colombia writes, or decimals as programs export.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Literal

import pandas as pd

Dots = Literal["thousands", "decimal"]

MISSING = frozenset({"", "-", "--", "nd", "na", "n/a", "nan", "none", "null", "sin dato"})
_SHEET_ERROR = re.compile(r"(error:\s*)?#[a-z0-9/]+[!?]?", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?\d+")
_COLOMBIAN = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_DOT_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
# Two commas or more cannot be decimal marks: 1,174,274 is a count in English grouping.
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3}){2,}")
_DOT_DECIMAL = re.compile(r"[+-]?\d+\.\d+(e[+-]?\d+)?|[+-]?\d+e[+-]?\d+", re.IGNORECASE)


def is_sheet_error(value: object) -> bool:
    """True for an error a spreadsheet left in a cell: ``#NUM!``, ``ERROR: #DIV/0!``."""
    return isinstance(value, str) and bool(_SHEET_ERROR.fullmatch(value.strip()))


def number(value: Any, dots: Dots = "thousands") -> float:
    """``"1.842,6678"`` → 1842.6678; ``"56,11%"`` → 56.11; ``"--"`` → NaN; 12 → 12.0.

    A percent sign is dropped, not applied. ``dots`` says what a dot without a comma means.
    Missing marks and spreadsheet errors give NaN. Raises ValueError for any other text.
    """
    if value is None or value is pd.NA:
        return math.nan
    if isinstance(value, int | float):
        return float(value)
    text = re.sub(r"[\s\u00a0\u202f]", "", str(value)).replace("\u2212", "-").removesuffix("%")
    if (
        text.casefold() in MISSING
        or str(value).strip().casefold() in MISSING
        or is_sheet_error(text)
    ):
        return math.nan
    if _PLAIN.fullmatch(text):
        return float(text)
    if _COLOMBIAN.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _COMMA_GROUPS.fullmatch(text):
        return float(text.replace(",", ""))
    if dots == "thousands" and _DOT_GROUPS.fullmatch(text):
        return float(text.replace(".", ""))
    if dots == "decimal" and _DOT_DECIMAL.fullmatch(text):
        return float(text)
    raise ValueError(f"not a number: {value!r}")


def code(value: Any) -> str | None:
    """A municipality's DIVIPOLA code: ``5001``, ``5001.0``, ``"5001"`` → ``"05001"``; else None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return text.zfill(5) if re.fullmatch(r"\d{4,5}", text) else None


def each(values: pd.Series, convert: Callable[[Any], Any]) -> pd.Series:
    """``convert`` applied once a distinct value: long columns repeat few values."""
    distinct = {value: convert(value) for value in pd.unique(values)}
    return pd.Series([distinct[value] for value in values], index=values.index)
