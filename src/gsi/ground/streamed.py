"""Rows of a large XLSX, one after another: a workbook of the country does not fit in memory.

calamine, which reads the others, holds a sheet whole: the population of every municipality by year
and age is 25 million cells. openpyxl is slower and holds a row.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from gsi.ground import percentages

Row = tuple[Any, ...]
LARGE = 200 * 2**20  # bytes of a sheet's XML


def is_large(path: Path) -> bool:
    """Whether some sheet is too large to be held whole. Raises what :mod:`zipfile` does."""
    with zipfile.ZipFile(path) as archive:
        return any(
            entry.file_size > LARGE
            for entry in archive.infolist()
            if entry.filename.startswith("xl/worksheets/")
        )


class Streamed:
    """An XLSX whose sheets are read a row at a time; cells are those of
    :mod:`gsi.ground.workbooks`."""

    def __init__(self, path: Path) -> None:
        from openpyxl import load_workbook

        self._path = path
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            self.names = tuple(sheet.title for sheet in book.worksheets)
            self.serial_dates = book.epoch.year < 1904
        finally:
            book.close()

    def each(self, name: str, *, as_stored: bool = False) -> Iterator[Row]:
        """A sheet's rows from the first on screen, as long as each is."""
        from openpyxl import load_workbook

        book = load_workbook(self._path, read_only=True, data_only=True)
        try:
            sheet = book[name]
            sheet.reset_dimensions()  # some programs declare others than there are
            for row in sheet.iter_rows():
                yield tuple(map(_stored if as_stored else _shown, row))
        finally:
            book.close()

    def rows(self, name: str, limit: int | None = None, *, as_stored: bool = False) -> list[Row]:
        """The first rows, or all, of one width."""
        found = list(islice(self.each(name, as_stored=as_stored), limit))
        width = max(map(len, found), default=0)
        return [row + (None,) * (width - len(row)) for row in found]

    def pending(self, name: str) -> frozenset[tuple[int, int]]:  # noqa: ARG002
        return frozenset()  # no form is this large


def _shown(cell: Any) -> Any:
    value = _stored(cell)
    if value.__class__ not in (int, float) or not percentages.is_percent(cell.number_format):
        return value
    return percentages.scaled(value)


def _stored(found: Any) -> Any:
    """Empty is None, a whole number an int, a day a moment."""
    cell = found.value
    if cell.__class__ is str:
        return cell if cell and not cell.isspace() else None
    if cell.__class__ is float and cell.is_integer():
        return int(cell)
    return dt.datetime.combine(cell, dt.time()) if cell.__class__ is dt.date else cell
