"""Cells as people type them → values of the contract's types; what cannot be read, with why.

Everything works on whole columns: texts are parsed once a distinct value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gsi.forms.grids import blank
from gsi.forms.numbers import parse_numbers
from gsi.forms.words import identifier, slug
from gsi.tables import ColumnSpec

EXCEL_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#¡REF!",
                "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NULO!", "#¡NUM!"}  # fmt: skip
# What the forms' lists offer: the code with all its digits, and the name.
CODE_AND_NAME = re.compile(r"(\d{5}|\d{2})[ \-–:,.]+([^\W\d_].*)")
_SERIAL_FROM, _SERIAL_TO = 32874, 73415  # 1990-01-01, 2100-12-31
_ABSENT = {"", "nd", "n_d", "na", "n_a", "sin_dato", "sin_informacion", "np"}
_YES = {"1", "1_0", "si", "s", "x", "verdadero", "true"}
_NO = {"0", "0_0", "no", "n", "falso", "false"}


@dataclass(frozen=True)
class Problem:
    """Cells of a column (index labels) that break the same rule."""

    cells: list[int]
    rule: str
    remedy: str


Coerced = tuple[pd.Series, list[Problem]]


def coerce(
    cells: pd.Series,
    column: ColumnSpec,
    *,
    decimal_point: bool = False,
    serial_dates: bool = True,
) -> Coerced:
    """A column of raw cells (object) as the contract's type; unreadable cells come back missing.

    ``decimal_point``: the file separates columns with commas, so that a lone dot is decimal.
    ``serial_dates``: a whole number in a column of dates is a day counted from 1900, as Excel
    stores a date whose format was lost in pasting.
    """
    cells = cells.mask(cells.map(blank), None)
    broken = cells.map(lambda cell: isinstance(cell, str) and cell.strip().upper() in EXCEL_ERRORS)
    problems = _problem(
        broken, "la celda tiene un error de Excel", "Corrija la fórmula o escriba el valor."
    )
    cells = cells.mask(broken, None)
    if column.kind not in ("codigo", "texto", "lista") or column.values:
        cells = cells.mask(cells.map(_says_absent), None)
    match column.kind:
        case "numero":
            typed, more = _numbers(cells, column, decimal_point)
        case "entero":
            typed, more = _whole(cells, column, decimal_point)
        case "fecha":
            typed, more = _dates(cells, serial_dates)
        case "binario":
            typed, more = _binary(cells)
        case "lista":
            typed, more = _texts(cells, _list_of)
        case "codigo":
            typed, more = _codes(cells, column)
        case _:
            typed, more = _words(cells, column)
    return typed, problems + more


def _says_absent(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) < 20 and slug(cell) in _ABSENT


def _problem(mask: pd.Series, rule: str, remedy: str) -> list[Problem]:
    where = mask.fillna(False).astype(bool)
    return [Problem([int(i) for i in mask.index[where]], rule, remedy)] if where.any() else []


def _by_value(texts: pd.Series, parse: Callable[[str], Any]) -> pd.Series:
    """``parse`` applied once a distinct text; missing stays missing."""
    return texts.map({text: parse(text) for text in texts.dropna().unique()})


def _is_text(cells: pd.Series) -> pd.Series:
    return cells.map(lambda cell: isinstance(cell, str)).astype(bool)


def _is_number(cells: pd.Series) -> pd.Series:
    return cells.map(
        lambda cell: isinstance(cell, int | float) and not isinstance(cell, bool)
    ).astype(bool)


def _numeric(cells: pd.Series, column: ColumnSpec, decimal_point: bool) -> Coerced:
    texts, plain = _is_text(cells), _is_number(cells)
    values = pd.Series(float("nan"), index=cells.index, dtype="float64")
    values[plain] = cells[plain].astype("float64")
    parsed = parse_numbers(cells[texts].astype("str"), column, decimal_point)
    values[texts] = parsed.values
    wrong = (cells.notna() & ~texts & ~plain) | parsed.wrong.reindex(cells.index, fill_value=False)
    problems = _problem(wrong, "debe ser un número", "Escriba solo el número, sin palabras.")
    doubtful = parsed.ambiguous.reindex(cells.index, fill_value=False)
    problems += _problem(
        doubtful,
        "el número puede leerse de dos maneras (el punto o la coma puede ser de miles o decimal)",
        "Use en toda la columna coma para los decimales y no separe los miles.",
    )
    return values, problems


def _numbers(cells: pd.Series, column: ColumnSpec, decimal_point: bool) -> Coerced:
    return _numeric(cells, column, decimal_point)


def _whole(cells: pd.Series, column: ColumnSpec, decimal_point: bool) -> Coerced:
    values, problems = _numeric(cells, column, decimal_point)
    broken = values.notna() & ((values % 1 != 0) | (values.abs() > 2**53))
    problems += _problem(broken, "debe ser un número entero", "Escriba el número sin decimales.")
    return values.mask(broken).astype("Int64"), problems


def _dates(cells: pd.Series, serials: bool) -> Coerced:
    texts = _is_text(cells)
    calendar = cells.map(lambda cell: isinstance(cell, dt.date)).astype(bool)
    values = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
    days = cells[calendar].map(lambda cell: dt.datetime(cell.year, cell.month, cell.day))
    values[calendar] = days.astype("datetime64[us]")
    parsed = _by_value(cells[texts].astype("str").str.strip(), _date)
    values[texts] = parsed.astype("datetime64[us]")
    if serials:
        values = values.fillna(_from_serials(cells))
    return values, _problem(
        cells.notna() & values.isna(),
        "debe ser una fecha que exista",
        "Escríbala como dd/mm/aaaa (por ejemplo 05/03/2024) o dé a la celda formato de fecha.",
    )


def _from_serials(cells: pd.Series) -> pd.Series:
    """Days from Excel's origin (its 1900 had a 29 February), where they fall in 1990-2100."""
    numbers = cells.where(_is_number(cells) | _is_text(cells))
    days = pd.to_numeric(numbers, errors="coerce").astype("float64") // 1
    days = days.where(days.between(_SERIAL_FROM, _SERIAL_TO))
    return (pd.Timestamp("1899-12-30") + pd.to_timedelta(days, unit="D")).astype("datetime64[us]")


def _date(text: str) -> dt.datetime | None:
    """ISO or day first; with slashes, dashes or dots; a time after the date is left out."""
    day = text.split("T")[0].split(" ")[0]
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(day, form)
        except ValueError:
            continue
    return None


def _binary(cells: pd.Series) -> Coerced:
    texts = cells.map(plain, na_action="ignore")
    known = {**dict.fromkeys(_YES, 1), **dict.fromkeys(_NO, 0)}
    values = _by_value(texts, lambda text: known.get(slug(text))).astype("Int64")
    return values, _problem(
        cells.notna() & values.isna(), "debe ser 1 (sí) o 0 (no)", "Escriba 1 o 0."
    )


def _words(cells: pd.Series, column: ColumnSpec) -> Coerced:
    if column.values is None:
        return _texts(cells, identifier if column.identifier else plain)
    allowed = {slug(value): value for value in column.values}
    texts, problems = _texts(cells, lambda text: text)
    values = _by_value(texts, lambda text: allowed.get(identifier(text))).astype("str")
    problems += _problem(
        texts.notna() & values.isna(),
        "solo admite: " + ", ".join(column.labels or column.values),
        "Escriba uno de esos valores (las tildes y las mayúsculas no importan).",
    )
    return values, problems


def _codes(cells: pd.Series, column: ColumnSpec) -> Coerced:
    if column.pattern is None:
        return _texts(cells, identifier if column.identifier else plain)
    short = column.name == "departamento" or "{2}" in column.pattern
    long = column.name != "departamento"
    texts, problems = _texts(cells, lambda text: _divipola(text, short=short, long=long))
    broken = texts.notna() & ~texts.str.fullmatch(column.pattern).fillna(False).astype(bool)
    problems += _problem(
        broken,
        "debe ser un código DIVIPOLA"
        + (" de dos dígitos" if not long else " de cinco dígitos (o dos, de un departamento)")
        if short
        else "debe ser un código DIVIPOLA de cinco dígitos",
        "Escriba el código, no el nombre; por ejemplo 05001.",
    )
    return texts.mask(broken), problems


def _divipola(text: str, *, short: bool, long: bool) -> str:
    """The code of ``73067 Ataco``; the leading zeros that Excel takes away are given back."""
    code = plain(text).upper()
    named = CODE_AND_NAME.fullmatch(code)
    if named:
        return named[1]
    if not code.isdigit():
        return code
    if short and (len(code) <= 2 or not long):
        return code.zfill(2)
    return code.zfill(5)


def _texts(cells: pd.Series, clean: Callable[[str], str]) -> Coerced:
    texts = cells.map(plain, na_action="ignore").astype("str")
    values = _by_value(texts, clean).astype("str")
    return values.mask(values == ""), []


def plain(cell: Any) -> str:
    """A cell as its text: whole numbers without ``.0``, dates in ISO, single spaces."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return " ".join(str(cell).split())


def _list_of(text: str) -> str:
    return ";".join(part for part in (item.strip() for item in text.split(";")) if part)
