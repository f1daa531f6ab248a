"""Numbers typed as text: ``1.330.187``, ``62,1 %``, ``$ 2.500.000``, and also ``62.1``.

In Colombia the comma is decimal and the dot separates thousands; programs write the contrary. One
number may not tell (``1.234``), its column usually does, so marks are decided for the column.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from gsi.tables import ColumnSpec

_NUMBER = r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?"


@dataclass(frozen=True)
class Numbers:
    """Parsed values, and the masks of what is no number and of what could be two numbers."""

    values: pd.Series
    wrong: pd.Series
    ambiguous: pd.Series


def parse_numbers(texts: pd.Series, column: ColumnSpec, decimal_point: bool) -> Numbers:
    """Texts (str, none missing) as float64.

    ``decimal_point``: where nothing tells, a lone dot is decimal (a comma-separated file) unless
    the column holds whole numbers; otherwise Colombia's rule holds.
    """
    plain = texts.str.replace(r"[\s$%]", "", regex=True)
    plain = plain.str.replace("\N{MINUS SIGN}", "-")
    number = plain.str.fullmatch(_NUMBER)
    dot = _role(plain[number], ".", ",")
    comma = _role(plain[number], ",", ".")
    decimal, unclear = _decimal_mark(dot, comma, decimal_point, column, plain[number])
    values = pd.Series(float("nan"), index=texts.index, dtype="float64")
    values[number] = pd.to_numeric(_normalised(plain[number], decimal), errors="coerce")
    doubtful = pd.Series(False, index=texts.index)
    doubtful[number] = unclear
    # "1.23.456": digits that no rule of grouping explains.
    wrong = ~number | (values.isna() & ~doubtful)
    return Numbers(values.mask(doubtful), wrong, doubtful)


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
    dot: pd.Series, comma: pd.Series, decimal_point: bool, column: ColumnSpec, plain: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """The decimal mark of each text, and which texts cannot be told."""
    mark = pd.Series(",", index=dot.index, dtype="str")
    mark[(dot == "decimal") | (comma == "thousands")] = "."
    unclear = pd.Series(False, index=dot.index)
    either_dot, either_comma = dot == "either", comma == "either"
    sure_comma = bool(((comma == "decimal") | (dot == "thousands")).any())
    sure_dot = bool(((dot == "decimal") | (comma == "thousands")).any())
    if column.kind == "entero":  # a whole number has no decimals: the mark can only group
        mark[either_comma] = "."
        return mark, unclear
    if sure_comma and sure_dot:
        return mark, either_dot | either_comma
    if sure_dot:
        mark[either_dot | either_comma] = "."
    elif not sure_comma and (decimal_point or _only_fits_as_decimal(plain[either_dot], column)):
        mark[either_dot] = "."
    return mark, unclear


def _only_fits_as_decimal(plain: pd.Series, column: ColumnSpec) -> bool:
    """Whether reading the dots as thousands leaves the column's bounds (a longitude of -75.123)."""
    if plain.empty:
        return False
    grouped = pd.to_numeric(plain.str.replace(".", "", regex=False))
    low = -float("inf") if column.minimum is None else column.minimum
    high = float("inf") if column.maximum is None else column.maximum
    return bool((~grouped.between(low, high)).any())


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
