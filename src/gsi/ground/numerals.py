"""Numbers written as text: ``1.330.187``, ``62,1 %``, ``$ 2.500.000``, and also ``62.1``.

In Colombia the comma is decimal and the dot separates thousands; programs write the contrary. One
number may not tell (``1.234``), its column usually does, so marks are decided for the column. Used
by the forms and by the readers of published files.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

Bounds = tuple[float, float]
ANY: Bounds = (-math.inf, math.inf)
_NUMBER = r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?"
_SPACED = r"\d\s+\d"
_SPACE_GROUPS = r"[+-]?\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?"


@dataclass(frozen=True)
class Numbers:
    """Parsed values (finite, or missing), and the masks of what is no number and of what could be
    two numbers."""

    values: pd.Series
    wrong: pd.Series
    ambiguous: pd.Series


def ascii_digits(text: str) -> str:
    """Digits of another script or width as 0-9; everything else as it is."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def code_digits(text: str) -> str:
    """A DIVIPOLA code that a program wrote as a number, ``73067.0``, ``73.067`` or ``5,001``, as
    its digits; any other text as it is, its digits 0-9."""
    found = ascii_digits(text)
    grouped = re.fullmatch(r"(\d{1,2})[.,](\d{3})", found)
    if grouped:
        return grouped[1] + grouped[2]
    return found.removesuffix(".0") if re.fullmatch(r"\d{1,5}\.0", found) else found


def parse(
    texts: pd.Series, *, whole: bool = False, bounds: Bounds = ANY, decimal_point: bool = False
) -> Numbers:
    """Texts (str, none missing) as float64.

    ``whole``: the column holds whole numbers, where a mark before three digits can only group.
    ``bounds``: what its values can be (inclusive), which tells ``88.251`` from 88,251 in a percent;
    values outside are given back all the same. ``decimal_point``: where nothing tells, a lone dot
    is decimal (a file written by a program); otherwise Colombia's rule holds.
    """
    if all(text.isascii() and text.isdigit() for text in texts):  # most columns: nothing to decide
        digits = texts.astype("float64")
        finite = pd.Series(np.isfinite(digits), index=texts.index)
        return Numbers(digits.where(finite), ~finite, pd.Series(False, index=texts.index))
    plain = texts.map({text: _bare(text) for text in texts.unique()}).astype("str")
    number = plain.str.fullmatch(_NUMBER)
    dot = _role(plain[number], ".", ",")
    comma = _role(plain[number], ",", ".")
    decimal, unclear = _decimal_mark(dot, comma, decimal_point, whole, bounds, plain[number])
    values = pd.Series(float("nan"), index=texts.index, dtype="float64")
    values[number] = pd.to_numeric(_normalised(plain[number], decimal), errors="coerce")
    values = values.where(np.isfinite(values))  # 1e309 is more than a float holds
    doubtful = pd.Series(False, index=texts.index)
    doubtful[number] = unclear
    # "1.23.456": digits that no rule of grouping explains.
    wrong = ~number | (values.isna() & ~doubtful)
    return Numbers(values.mask(doubtful), wrong, doubtful)


def _bare(text: str) -> str:
    """The number without its unit ($ before, % after) nor spaces between thousands; '' where the
    spaces stand elsewhere: 10 12 is two numbers."""
    found = ascii_digits(text).strip().replace("\N{MINUS SIGN}", "-").removesuffix("%").rstrip()
    sign = found[:1] if found[:1] in ("+", "-") else ""
    found = sign + found[len(sign) :].lstrip().removeprefix("$").lstrip()
    if re.search(_SPACED, found) and not re.fullmatch(_SPACE_GROUPS, found):
        return ""
    return re.sub(r"\s", "", found)


def _role(plain: pd.Series, mark: str, other: str) -> pd.Series:
    """What each text says of ``mark``: 'decimal', 'thousands', 'either' or '' (not there)."""
    m, o = f"\\{mark}", f"\\{other}"
    role = pd.Series("", index=plain.index, dtype="str")
    once = plain.str.count(m) == 1
    there = plain.str.contains(mark, regex=False)
    grouped = plain.str.fullmatch(rf"[+-]?[1-9]\d{{0,2}}(?:{m}\d{{3}})+(?:{o}\d+)?")
    last = plain.str.fullmatch(rf"[+-]?[\d{o}]*{m}\d*(?:[eE][+-]?\d+)?")
    other_too = plain.str.contains(other, regex=False)
    role[there & grouped & ((plain.str.count(m) > 1) | other_too)] = "thousands"
    role[there & once & last & (other_too | ~grouped)] = "decimal"
    role[there & once & grouped & ~other_too] = "either"
    return role


def _decimal_mark(
    dot: pd.Series,
    comma: pd.Series,
    decimal_point: bool,
    whole: bool,
    bounds: Bounds,
    plain: pd.Series,
) -> tuple[pd.Series, pd.Series]:
    """The decimal mark of each text, and which texts cannot be told."""
    mark = pd.Series(",", index=dot.index, dtype="str")
    mark[(dot == "decimal") | (comma == "thousands")] = "."
    unclear = pd.Series(False, index=dot.index)
    either_dot, either_comma = dot == "either", comma == "either"
    sure_comma = bool(((comma == "decimal") | (dot == "thousands")).any())
    sure_dot = bool(((dot == "decimal") | (comma == "thousands")).any())
    if whole:  # a whole number has no decimals: the mark can only group
        mark[either_comma] = "."
        return mark, unclear
    if sure_comma and sure_dot:
        return mark, either_dot | either_comma
    if sure_dot:
        mark[either_dot | either_comma] = "."
    elif not sure_comma and (decimal_point or _only_fits_as_decimal(plain[either_dot], bounds)):
        mark[either_dot] = "."
    return mark, unclear


def _only_fits_as_decimal(plain: pd.Series, bounds: Bounds) -> bool:
    """Whether reading the dots as thousands leaves the column's bounds (a longitude of -75.123)."""
    if plain.empty:
        return False
    grouped = pd.to_numeric(plain.str.replace(".", "", regex=False))
    return bool((~grouped.between(*bounds)).any())


def _normalised(plain: pd.Series, decimal: pd.Series) -> pd.Series:
    """Texts Python reads: grouping marks out, the decimal mark a point; '' where they misgroup."""
    by_comma = plain.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    by_point = plain.str.replace(",", "", regex=False)
    well = pd.Series(False, index=plain.index)
    for mark, group in ((",", "."), (".", ",")):
        whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:\{group}\d{{3}})+)?"
        form = rf"[+-]?{whole}(?:\{mark}\d*)?(?:[eE][+-]?\d+)?"
        well |= (decimal == mark) & plain.str.fullmatch(form)
    return by_comma.where(decimal == ",", by_point).where(well, "")
