"""The cells of a CSV or XLSX file as they are, with the row numbers a person sees in Excel."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gsi.ground import workbooks
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
    return _book_grids(path, first_rows) if suffix in FORMATS else []


def blank(value: Any) -> bool:
    """An empty cell, or one with only spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


def _csv_grid(path: Path, first_rows: int | None) -> Grid:
    data = path.read_bytes()
    if first_rows is not None and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Headings are near the top; a file of millions of rows is not decoded to look at them.
        end = data.find(b"\n", SAMPLE)
        data = data[: end + 1] if end >= 0 else data
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


def _book_grids(path: Path, first_rows: int | None) -> list[Grid]:
    try:
        book = workbooks.open_book(path)
        return [
            Grid(
                path.name,
                name,
                *_without_blank(book.rows(name), first_rows),
                # Numbers of rows as they are told, from 1.
                frozenset((row + 1, column) for row, column in book.pending(name))
                if first_rows is None
                else frozenset(),
                serial_dates=book.serial_dates,
            )
            for name in book.names
        ]
    except workbooks.Damaged as problem:
        raise UserMistake(_unreadable(path.name, f"un {problem.kind}")) from problem


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
