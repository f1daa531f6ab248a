"""Cells as people type them → values of the contract's types; what cannot be read, with why.

Everything works on whole columns: texts are parsed once a distinct value.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi.contract import geography
from gsi.contract.tables import ColumnSpec
from gsi.contract.vocabulary import ColumnKind
from gsi.ground.locale import fold, number
from gsi.ground.numerals import ascii_digits, code_digits, parse
from gsi.inputs.forms.grids import blank
from gsi.inputs.forms.words import identifier, slug

EXCEL_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#¡REF!",
                "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NULO!", "#¡NUM!"}  # fmt: skip
# What the forms' lists offer: the code with all its digits, and the name.
CODE_AND_NAME = re.compile(r"(\d{5}|\d{2})[ \-–:,.]+([^\W\d_].*)")
REVISE = "Revise el valor y su unidad, y corríjalo."
_SERIAL_FROM, _SERIAL_TO = 32874, 73415  # 1990-01-01, 2100-12-31
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_TIME = r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?\s*m\.?|Z|[+-]\d{2}:?\d{2})?"
_ABSENT = {"nd", "n_d", "na", "n_a", "sin_dato", "sin_informacion", "np"}
# U+F0FC and U+F0FB are the tick and the cross of Wingdings, as Word pastes them.
_YES = {"1", "1.0", "1,0", "si", "s", "x", "verdadero", "true", *"✓✔☑●√\uf0fc"}
_NO = {"0", "0.0", "0,0", "no", "n", "falso", "false", *"✗✘-–—\uf0fb"}
_UNKNOWN = {"?", "¿?", "??"}


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
    broken = cells.map(_is_error)
    problems = _problem(
        broken, "la celda tiene un error de Excel", "Corrija la fórmula o escriba el valor."
    )
    cells = cells.mask(broken, None)
    if column.kind not in (ColumnKind.CODE, ColumnKind.TEXT, ColumnKind.LIST) or column.values:
        cells = cells.mask(cells.map(_says_absent), None)
    match column.kind:
        case ColumnKind.NUMBER:
            typed, more = _numbers(cells, column, decimal_point)
        case ColumnKind.WHOLE:
            typed, more = _whole(cells, column, decimal_point)
        case ColumnKind.DATE:
            typed, more = _dates(cells, serial_dates)
        case ColumnKind.BINARY:
            typed, more = _binary(cells)
        case ColumnKind.LIST:
            typed, more = _texts(cells, _list_of)
        case ColumnKind.CODE:
            typed, more = _codes(cells, column)
        case _:
            typed, more = _words(cells, column)
    return typed, problems + more


def _is_error(cell: Any) -> bool:
    """Excel's errors; a number that is none (a workbook may hold NaN) would pass for no cell."""
    if isinstance(cell, float):
        return math.isnan(cell)
    return isinstance(cell, str) and cell.strip().upper() in EXCEL_ERRORS


def _says_absent(cell: Any) -> bool:
    """The words for 'no data' that the guide names; symbols alone are none: they are told."""
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
    values = values.where(np.isfinite(values))
    parsed = parse(
        cells[texts].astype("str"),
        whole=column.kind == ColumnKind.WHOLE,
        bounds=(
            -math.inf if column.minimum is None else column.minimum,
            math.inf if column.maximum is None else column.maximum,
        ),
        decimal_point=decimal_point,
    )
    values[texts] = parsed.values
    doubtful = parsed.ambiguous.reindex(cells.index, fill_value=False)
    wrong = cells.notna() & values.isna() & ~doubtful
    problems = _problem(wrong, "debe ser un número", "Escriba solo el número, sin palabras.")
    problems += _problem(
        doubtful,
        "el número puede leerse de dos maneras (el punto o la coma puede ser de miles o decimal)",
        "Use en toda la columna coma para los decimales y no separe los miles.",
    )
    if column.bounded:
        problems += _outside(values, column)
        values = values.mask(_beyond(values, column))
    return values, problems


def _beyond(values: pd.Series, column: ColumnSpec) -> pd.Series:
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    inside = values.between(low, high, inclusive="right" if column.exclusive_minimum else "both")
    return values.notna() & ~inside


def _outside(values: pd.Series, column: ColumnSpec) -> list[Problem]:
    """Impossible values, those of one likely slip together."""
    beyond = values[_beyond(values, column)]
    slips = {value: geography.slip(column.name, value) for value in beyond.unique()}
    problems = []
    for remedy in dict.fromkeys(slips.values()):
        mask = beyond.map(lambda value, told=remedy: slips[value] == told)
        problems += _problem(mask, _between(column), remedy or REVISE)
    return problems


def _between(column: ColumnSpec) -> str:
    low, high = column.minimum, column.maximum
    if column.exclusive_minimum:
        return f"debe ser mayor que {_end(low)} y no pasar de {_end(high)}"
    return f"debe estar entre {_end(low)} y {_end(high)}"


def _end(bound: float | None) -> str:
    return "∞" if bound is None else number(bound)


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
    problems = _problem(
        cells.notna() & values.isna(),
        "debe ser una fecha que exista",
        "Escríbala como dd/mm/aaaa (por ejemplo 05/03/2024) o dé a la celda formato de fecha.",
    )
    strange = values.notna() & ~values.dt.year.between(_FIRST_YEAR, _LAST_YEAR)
    problems += _problem(
        strange,
        f"la fecha debe estar entre {_FIRST_YEAR} y {_LAST_YEAR}",
        "Revise el año, con sus cuatro cifras.",
    )
    return values.mask(strange), problems


def _from_serials(cells: pd.Series) -> pd.Series:
    """Days from Excel's origin (its 1900 had a 29 February), where they fall in 1990-2100."""
    numbers = cells.where(_is_number(cells) | _is_text(cells))
    days = pd.to_numeric(numbers, errors="coerce").astype("float64") // 1
    days = days.where(days.between(_SERIAL_FROM, _SERIAL_TO))
    return (pd.Timestamp("1899-12-30") + pd.to_timedelta(days, unit="D")).astype("datetime64[us]")


def _date(text: str) -> dt.datetime | None:
    """ISO or day first; with slashes, dashes or dots; a time after the date is left out."""
    day = re.sub(_TIME + "$", "", ascii_digits(text), flags=re.IGNORECASE)
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(day, form)
        except ValueError:
            continue
    return None


def _binary(cells: pd.Series) -> Coerced:
    """Words and marks are compared whole: ``¿Sí?`` and ``-1`` are neither yes nor no."""
    texts = cells.map(lambda cell: _mark(plain(cell)), na_action="ignore").astype("str")
    cells = cells.mask(texts.isin(_UNKNOWN), None)
    known = {**dict.fromkeys(_YES, 1), **dict.fromkeys(_NO, 0)}
    values = _by_value(texts, known.get).astype("Int64")
    return values, _problem(
        cells.notna() & values.isna(),
        "debe ser 1 (sí) o 0 (no)",
        "Escriba Sí o No (o 1 o 0; ✓ o X es sí); si no se sabe, deje la celda vacía o escriba ?.",
    )


def _mark(text: str) -> str:
    """A mark without the sign that makes it an emoji, a word without accents or full stop."""
    found = ascii_digits(text).replace("\ufe0f", "").replace("\ufe0e", "")
    return fold(found).strip().removesuffix(".") if len(found) > 1 else fold(found)


def _words(cells: pd.Series, column: ColumnSpec) -> Coerced:
    if column.values is None:
        return _texts(cells, identifier if column.identifier else plain)
    allowed = {slug(value): value for value in column.values}
    texts, problems = _texts(cells, lambda text: text)
    # A word that is doubted ('¿urbano?') is not that word.
    values = _by_value(
        texts, lambda text: None if "?" in text else allowed.get(identifier(text))
    ).astype("str")
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
    cells = cells.map(lambda cell: str(cell) if isinstance(cell, bool) else cell)
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
    """The code of ``73067 Ataco``; the leading zeros that Excel takes away are given back, and the
    mark that it puts in (``73.067``, ``73067.0``) is taken out."""
    code = code_digits(plain(text).upper())
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
    emptied = values == ""
    return values.mask(emptied), _problem(
        emptied & (texts != ""),
        "debe tener letras o números",
        "Escriba el valor con palabras, o deje la celda vacía si no se sabe.",
    )


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
