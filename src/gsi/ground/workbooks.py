"""Spreadsheets as a person sees them, XLSX, XLS and ODS alike: the one place that opens them.

Cells come as values: an empty one is None, a whole number an int, a day a moment at midnight, what
is shown as ``56 %`` is 56 (:mod:`gsi.ground.percentages`), an error its text (``#DIV/0!``). XLSX
and ODS are read by calamine, ten times as fast as openpyxl; what it does not tell of a cell (its
format, its error, a formula without result) is looked up in the file itself, where there is any.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

from gsi.ground import percentages
from gsi.ground.streamed import Streamed, is_large

Row = tuple[Any, ...]
Place = tuple[int, int]  # 0-based row and column
KINDS = {
    ".xlsx": "libro de Excel (.xlsx)",
    ".xlsm": "libro de Excel (.xlsx)",
    ".xls": "libro de Excel 97-2003 (.xls)",
    ".ods": "libro de LibreOffice (.ods)",
}
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, ElementTree.ParseError)
_REFERENCE = re.compile(rb"""\br=["']([A-Z]+)(\d+)["']""")
_RESULT = re.compile(rb"<(?:\w+:)?v>([^<]+)<")
_CELL = rb"<(?:\w+:)?c\s(?:[^>]*\s)?"
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f[\s>/]")


class Damaged(ValueError):
    """The file is not what its extension says."""

    def __init__(self, path: Path) -> None:
        self.kind = KINDS[path.suffix.lower()]
        super().__init__(f"{path.name}: no {self.kind}")


class Book(Protocol):
    """An open file; ``names`` of its sheets of cells, in order."""

    names: tuple[str, ...]
    serial_dates: bool  # days are counted from 1900 (old Mac workbooks count them from 1904)

    def rows(self, name: str, limit: int | None = None, *, as_stored: bool = False) -> list[Row]:
        """A sheet's rows from the first on screen, all of one width; ``as_stored``: what is shown
        as ``56 %`` is the 0.56 that the cell holds."""

    def pending(self, name: str, /) -> frozenset[Place]:
        """Cells with a formula whose result the file does not hold."""


def open_book(path: Path) -> Book:
    """The file, opened once however often it is asked for in a row. Raises :class:`Damaged`."""
    try:
        state = path.stat()
        return _opened(path, state.st_size, state.st_mtime_ns)
    except _BROKEN as problem:
        raise Damaged(path) from problem


@lru_cache(maxsize=1)
def _opened(path: Path, _size: int, _time: int) -> Book:
    kind = path.suffix.lower()
    if kind == ".xls":
        return _Old(path)
    if kind == ".ods":
        return _Ods(path)
    return Streamed(path) if is_large(path) else _Xlsx(path)


class _Calamine:
    """What XLSX and ODS share."""

    serial_dates = True

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

        self._path, self._error = path, CalamineError
        try:
            self._book = CalamineWorkbook.from_path(path)
        except CalamineError as problem:
            raise Damaged(path) from problem
        self.names = tuple(
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        )
        self._sheets: dict[str, Any] = {}
        self._marked: dict[str, tuple[frozenset[Place], dict[Place, str]]] = {}

    def rows(self, name: str, limit: int | None = None, *, as_stored: bool = False) -> list[Row]:
        try:
            if name not in self._sheets:
                self._sheets[name] = self._book.get_sheet_by_name(name)
                self._marked[name] = self._marks(name)
            found = self._sheets[name].to_python(skip_empty_area=False, nrows=limit)
        except (self._error, *_BROKEN) as problem:
            raise Damaged(self._path) from problem
        percent, errors = self._marked[name]
        for places, change in ((() if as_stored else percent, _hundredfold), (errors, errors.get)):
            for row, column in places:
                if row < len(found) and column < len(found[row]):
                    found[row][column] = change((row, column), found[row][column])
        return [_seen(row) for row in found]

    def pending(self, _name: str, /) -> frozenset[Place]:
        return frozenset()

    def _marks(self, name: str) -> tuple[frozenset[Place], dict[Place, str]]:
        raise NotImplementedError


class _Xlsx(_Calamine):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with zipfile.ZipFile(path) as archive:
            root = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        properties = root.find(f"{_space(root)}workbookPr")
        dated = properties.get("date1904", "0") if properties is not None else "0"
        self.serial_dates = dated.lower() not in ("1", "true")

    def pending(self, name: str, /) -> frozenset[Place]:
        content = self._content(name)
        return frozenset(
            _place(content, cell)
            for cell in _FORMULA.finditer(content)
            if not _RESULT.search(content, cell.end(), _end(content, cell.end()))
        )

    def _marks(self, name: str) -> tuple[frozenset[Place], dict[Place, str]]:
        content = self._content(name)
        errors: dict[Place, str] = {}
        if b't="e"' in content or b"t='e'" in content:
            for cell in re.finditer(_CELL + rb"""t=["']e["'][^>]*>""", content):
                value = _RESULT.search(content, cell.end(), _end(content, cell.end()))
                errors[_place(content, cell)] = value[1].decode() if value else "#N/A"
        if not self._percent:
            return frozenset(), errors
        styles = b"|".join(str(style).encode() for style in sorted(self._percent))
        cells = re.finditer(_CELL + rb"""s=["'](?:%s)["'][^>]*>""" % styles, content)
        return frozenset(_place(content, cell) for cell in cells), errors

    @cached_property
    def _percent(self) -> frozenset[int]:
        return percentages.styles(self._path)

    @cached_property
    def _parts(self) -> dict[str, str]:
        """Sheet → its part of the archive."""
        with zipfile.ZipFile(self._path) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        found = {}
        for sheet in book.iter(f"{_space(book)}sheet"):
            key = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = targets.get(key, "")
            found[sheet.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
        return found

    def _content(self, name: str) -> bytes:
        with zipfile.ZipFile(self._path) as archive:
            return archive.read(self._parts[name])


class _Ods(_Calamine):
    """LibreOffice's own format: it always stores the results of its formulas."""

    def _marks(self, name: str) -> tuple[frozenset[Place], dict[Place, str]]:
        return self._percent.get(name, frozenset()), {}

    @cached_property
    def _percent(self) -> dict[str, frozenset[Place]]:
        return percentages.in_spreadsheet(self._path)


class _Old:
    """XLS, of which calamine tells neither formats nor errors."""

    def __init__(self, path: Path) -> None:
        import xlrd

        try:
            self._book = xlrd.open_workbook(path, on_demand=True, formatting_info=True)
        except (xlrd.XLRDError, xlrd.compdoc.CompDocError, IndexError) as problem:
            raise Damaged(path) from problem
        self._path, self._xlrd = path, xlrd
        self.names = tuple(self._book.sheet_names())
        self.serial_dates = self._book.datemode == 0
        self._percent = {
            position
            for position, style in enumerate(self._book.xf_list)
            if not style.is_style
            and percentages.is_percent(self._book.format_map[style.format_key].format_str)
        }

    def rows(self, name: str, limit: int | None = None, *, as_stored: bool = False) -> list[Row]:
        try:
            sheet = self._book.sheet_by_name(name)
        except (self._xlrd.XLRDError, IndexError, *_BROKEN) as problem:
            raise Damaged(self._path) from problem
        found = []
        for number in range(sheet.nrows if limit is None else min(limit, sheet.nrows)):
            values, kinds = sheet.row_values(number), sheet.row_types(number)
            if self._xlrd.XL_CELL_ERROR in kinds:
                texts = self._xlrd.error_text_from_code
                for column, kind in enumerate(kinds):
                    if kind == self._xlrd.XL_CELL_ERROR:
                        values[column] = texts.get(values[column], "#N/A")
            if self._percent and not as_stored:
                for column, kind in enumerate(kinds):
                    style = sheet.cell_xf_index(number, column)
                    if kind == self._xlrd.XL_CELL_NUMBER and style in self._percent:
                        values[column] = percentages.scaled(values[column])
            found.append(_seen(values))
        return found

    def pending(self, _name: str, /) -> frozenset[Place]:
        return frozenset()


def _seen(row: list[Any]) -> Row:
    """Empty is None, a whole number an int, a day a moment."""
    return tuple(
        [
            (int(cell) if cell.is_integer() else cell)
            if cell.__class__ is float
            else (cell if cell and not cell.isspace() else None)
            if cell.__class__ is str
            else dt.datetime.combine(cell, dt.time())
            if cell.__class__ is dt.date
            else cell
            for cell in row
        ]
    )


def _hundredfold(_place: Place, value: Any) -> Any:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return percentages.scaled(value) if numeric else value


def _space(root: ElementTree.Element) -> str:
    return root.tag.removesuffix("workbook")


def _end(content: bytes, start: int) -> int:
    """Where the cell that is open at ``start`` ends."""
    ends = (content.find(mark, start) for mark in (b"</c>", b":c>"))
    return min((end for end in ends if end >= 0), default=len(content))


def _place(content: bytes, cell: re.Match[bytes]) -> Place:
    """A cell's place: as it says, or where it stands in its row."""
    told = _REFERENCE.search(cell[0])
    if told:
        column = 0
        for letter in told[1]:
            column = column * 26 + letter - 64
        return int(told[2]) - 1, column - 1
    return _counted(content, cell.start())


def _counted(content: bytes, until: int) -> Place:
    """The place of the cell at ``until`` in a sheet whose cells do not say it."""
    row = column = -1
    for tag in re.finditer(rb"<(?:\w+:)?(row|c)\b([^>]*)>", content[: until + 1]):
        said = _REFERENCE.search(tag[0])
        number = re.search(rb"""\br=["'](\d+)["']""", tag[2])
        if tag[1] == b"row":
            row, column = (int(number[1]) - 1 if number else row + 1), -1
        else:
            column = _place(content, tag)[1] if said else column + 1
    return row, column + 1
