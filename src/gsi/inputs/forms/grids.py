"""The cells of a CSV or XLSX file as they are, with the row numbers a person sees in Excel."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from gsi.ground import percentages
from gsi.ground.delimited import SAMPLE, TEXT, dialect_of
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.locale import western_digits

FORMATS = (".xlsx", ".xlsm", ".ods", ".csv")


@dataclass(frozen=True)
class Grid:
    """One sheet: ``rows`` without blank ones, ``numbers`` their 1-based rows in the file.

    ``formulas`` are (row, 0-based column) of formulas whose result the file does not hold.
    ``decimal_point``: a comma-separated file, where a single dot can only be a decimal point.
    ``serial_dates``: days are counted from 1900 (old Mac workbooks count them from 1904).
    """

    file: str
    sheet: str | None
    rows: list[tuple[Any, ...]]
    numbers: list[int]
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    decimal_point: bool = False
    serial_dates: bool = True

    @property
    def place(self) -> str:
        return f"{self.file}, hoja {self.sheet}" if self.sheet else self.file


def open_grids(path: Path, first_rows: int | None = None) -> list[Grid]:
    """The sheets of a file; only their first rows when ``first_rows``.

    Raises :class:`UserMistake` when the file cannot be read as what its extension says; returns
    nothing for extensions outside :data:`FORMATS`.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return [_csv_grid(path, first_rows)]
    if suffix in (".xlsx", ".xlsm"):
        return list(_workbook_grids(path, first_rows))
    if suffix == ".ods":
        return _ods_grids(path, first_rows)
    return []


def blank(value: Any) -> bool:
    """An empty cell, or one with only spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


def _csv_grid(path: Path, first_rows: int | None) -> Grid:
    data = path.read_bytes()
    if first_rows is not None and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Headings are near the top; a file of millions of rows is not decoded to look at them.
        cut = data.find(b"\n", SAMPLE)
        data = data[: cut + 1] if cut >= 0 else data
    try:
        dialect = dialect_of(data, whole=True)
        text = data.decode(dialect.encoding)
    except ValueError as problem:
        raise UserMistake(_unreadable(path.name, TEXT)) from problem
    lines = io.StringIO(text, newline="")
    for _ in range(dialect.skip):
        lines.readline()
    reader = csv.reader(lines, delimiter=dialect.separator)
    try:
        rows, numbers = _without_blank(reader, first_rows)
    except csv.Error as problem:
        raise UserMistake(_unreadable(path.name, "un archivo CSV bien formado")) from problem
    return Grid(path.name, None, rows, numbers, decimal_point=dialect.separator == ",")


def _workbook_grids(path: Path, first_rows: int | None) -> Iterator[Grid]:
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import WINDOWS_EPOCH
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError, OSError)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except broken as problem:
        raise UserMistake(_unreadable(path.name, "un libro de Excel (.xlsx)")) from problem
    percent = percentages.in_workbook(path)
    with_formulas = first_rows is None and _has_formulas(path)
    formulas = load_workbook(path, read_only=True) if with_formulas else None
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # the declared size is often wrong
            rows, numbers = _without_blank(
                (tuple(row) for row in percentages.sheet_rows(sheet, percent)), first_rows
            )
            pending = _pending(formulas[sheet.title], sheet) if formulas else frozenset()
            yield Grid(
                path.name,
                sheet.title,
                rows,
                numbers,
                pending,
                serial_dates=book.epoch == WINDOWS_EPOCH,
            )
    except broken as problem:
        raise UserMistake(_unreadable(path.name, "un libro de Excel (.xlsx)")) from problem
    finally:
        book.close()
        if formulas:
            formulas.close()


def _ods_grids(path: Path, first_rows: int | None) -> list[Grid]:
    """LibreOffice's own format: it always stores the results of its formulas."""
    from python_calamine import CalamineError, load_workbook

    try:
        with load_workbook(path) as book:
            sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
            percent = percentages.in_spreadsheet(path)
            return [
                Grid(
                    path.name,
                    name,
                    *_without_blank(_ods_rows(sheet, percent.get(name, set())), first_rows),
                )
                for name, sheet in sheets
            ]
    except (CalamineError, zipfile.BadZipFile, KeyError, ParseError, OSError) as problem:
        raise UserMistake(_unreadable(path.name, "un libro de LibreOffice (.ods)")) from problem


def _ods_rows(sheet: Any, percent: set[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(sheet.to_python(skip_empty_area=False)):
        yield tuple(
            None
            if cell == ""
            else percentages.scaled(cell)
            if (number, column) in percent and isinstance(cell, int | float)
            else cell
            for column, cell in enumerate(row)
        )


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(
            b"<f>" in content or b"<f " in content or b"<f/" in content
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
            for content in (archive.read(name),)
        )


def _pending(written: Any, computed: Any) -> frozenset[tuple[int, int]]:
    """Cells with a formula and no stored result (a file saved by a program, never by Excel)."""
    written.reset_dimensions()
    found = set()
    pairs = zip(
        written.iter_rows(values_only=True), computed.iter_rows(values_only=True), strict=True
    )
    for number, (formulas, values) in enumerate(pairs, start=1):
        for column, formula in enumerate(formulas):
            is_formula = (isinstance(formula, str) and formula.startswith("=")) or (
                formula is not None and hasattr(formula, "ref")
            )
            if is_formula and values[column] is None:
                found.add((number, column))
    return frozenset(found)


def _without_blank(rows: Any, first_rows: int | None) -> tuple[list[tuple[Any, ...]], list[int]]:
    kept: list[tuple[Any, ...]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, start=1):
        if all(blank(value) for value in row):
            continue
        kept.append(tuple(western_digits(c) if isinstance(c, str) else c for c in row))
        numbers.append(number)
        if first_rows is not None and len(kept) == first_rows:
            break
    return kept, numbers


def _unreadable(file: str, expected: str) -> Finding:
    return Finding(
        file,
        f"debe ser {expected}",
        "un archivo dañado o de otro tipo",
        "Ábralo en Excel y guárdelo de nuevo como .xlsx o como CSV UTF-8.",
    )
