"""A copy of a form with every problem marked in its cell, and all of them on a first sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gsi.ground.files import write_bytes
from gsi.ground.spreadsheet import STAMP, fill, without_clock
from gsi.inputs.forms import looks
from gsi.inputs.forms.grids import open_grids
from gsi.inputs.forms.located import Located

SUFFIX = ".revisado.xlsx"  # gsi.inputs.readers leaves these out
_EXCEL = (".xlsx", ".xlsm")
_SHEET = "Hallazgos"
_COLUMNS = (
    ("N.º", 6),
    ("Hoja", 22),
    ("Celda", 9),
    ("Tipo", 9),
    ("Regla", 58),
    ("Se recibió", 34),
    ("Qué hacer", 58),
)


def marked_copy(path: Path) -> Path:
    """Where the marked copy of a form goes: beside it."""
    excel = path.suffix.lower() in _EXCEL
    return path.with_name((path.stem if excel else path.name) + SUFFIX)


def write_marked(path: Path, problems: Sequence[Located]) -> Path:
    """Write the copy of ``path`` with its ``problems`` marked; the original is never touched.

    A CSV or ODS file is copied into a workbook, each value in its own row and column.
    """
    book = load_workbook(path) if path.suffix.lower() in _EXCEL else _copied(path)
    for problem in problems:
        sheet = _sheet(book, problem)
        if sheet is not None and problem.row is not None:
            _mark(sheet, problem)
    if _SHEET in book.sheetnames:
        del book[_SHEET]
    _list(book, problems)
    stream = io.BytesIO()
    book.save(stream)
    target = marked_copy(path)
    write_bytes(target, without_clock(stream.getvalue(), STAMP))
    return target


def _copied(path: Path) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for grid in open_grids(path):
        sheet = book.create_sheet(grid.sheet or path.stem[:31])
        for number, row in zip(grid.numbers, grid.rows, strict=True):
            for column, value in enumerate(row, start=1):
                fill(sheet.cell(number, column), value)
    return book


def _sheet(book: Workbook, problem: Located) -> Worksheet | None:
    if problem.sheet is not None:
        return book[problem.sheet]
    sheets: list[Worksheet] = book.worksheets
    return sheets[0] if len(sheets) == 1 else None


def _cells(sheet: Worksheet, problem: Located) -> list[Any]:
    """The cell of a problem; every cell of its row where it is about the row."""
    row = problem.row or 1
    if problem.column is not None:
        return [sheet.cell(row, problem.column + 1)]
    return [sheet.cell(row, column) for column in range(1, sheet.max_column + 1)]


def _mark(sheet: Worksheet, problem: Located) -> None:
    cells = _cells(sheet, problem)
    for cell in cells:
        cell.fill = looks.MARKED[problem.weight]
    finding = problem.finding
    text = f"{problem.weight}: {finding.rule}. {finding.remedy}"
    first = cells[0]
    if first.comment:
        text = f"{text}\n\n{first.comment.text}"
    first.comment = Comment(text, "gsi", width=340, height=60 + 17 * (len(text) // 44 + 2))


def _list(book: Workbook, problems: Sequence[Located]) -> None:
    """The first sheet: every finding, with a link to its cell."""
    sheet = book.create_sheet(_SHEET, index=0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    sheet.sheet_properties.tabColor = "D55E00"
    title = f"Hallazgos de la revisión: {len(problems)}"
    looks.dress(sheet.cell(1, 1, title), looks.TITLE)
    note = "Esta es una copia: corrija en el archivo original y revíselo de nuevo."
    looks.dress(sheet.cell(2, 1, note), looks.HELP)
    sheet.row_dimensions[1].height = 27
    for column, (heading, width) in enumerate(_COLUMNS, start=1):
        looks.dress(sheet.cell(4, column, heading), looks.REQUIRED)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, problem in enumerate(problems, start=1):
        row = number + 4
        finding = problem.finding
        place = _sheet(book, problem)
        values = (number, place.title if place is not None and place is not sheet else "",
                  "", problem.weight, finding.rule, finding.received, finding.remedy)  # fmt: skip
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            fill(cell, value or None)
            looks.dress(cell, {**looks.BODY, **looks.CELL})
        sheet.cell(row, 4).fill = looks.MARKED[problem.weight]
        if place is not None and problem.row is not None:
            name = f"{get_column_letter((problem.column or 0) + 1)}{problem.row}"
            looks.link(sheet.cell(row, 3, name), place.title, name)
        longest = max(len(finding.rule) / 56, len(finding.received) / 32, len(finding.remedy) / 56)
        sheet.row_dimensions[row].height = 16 * (int(longest) + 1)
    sheet.freeze_panes = "A5"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "1"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:4"
