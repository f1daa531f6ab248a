"""Files with the same bytes every time: plain CSV, and Excel workbooks without the clock."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.contract import tables
from gsi.ground.files import write_bytes
from gsi.ground.spreadsheet import without_clock, write_text

# The date the workbooks say they were written.
WRITTEN_ON = dt.datetime(2025, 1, 15, 8, 0, 0)
TITLE_ROWS = 2
BLANK_AFTER = 12


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Comma-separated UTF-8 with the contract's column names; empty cells are missing values."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """A form as municipalities send it: title, blank row, Spanish headings, rows, a blank one.

    ``sheets`` maps tables of the contract to their rows. Dates are Excel dates.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        schema = tables.schema(name)
        sheet = book.create_sheet(name)
        sheet.append([f"{schema.title} (datos de ejemplo, ficticios)"])
        sheet["A1"].font = Font(bold=True, size=14)
        sheet.append([])
        sheet.append([schema.column(column).label for column in table.columns])
        for cell in sheet[TITLE_ROWS + 1]:
            cell.font = Font(bold=True)
        for position, row in enumerate(table.itertuples(index=False, name=None)):
            if position == BLANK_AFTER:
                sheet.append([])
            sheet.append([_cell(value) for value in row])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, dt.date):
                    cell.number_format = "dd/mm/yyyy"
        for column in sheet.columns:
            sheet.column_dimensions[column[TITLE_ROWS].column_letter].width = 18
        sheet.freeze_panes = sheet.cell(TITLE_ROWS + 2, 1)
    book.properties.creator = "Departamento Ejemplo"
    book.properties.created = book.properties.modified = WRITTEN_ON
    stream = io.BytesIO()
    book.save(stream)
    write_bytes(path, without_clock(stream.getvalue(), WRITTEN_ON))


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
