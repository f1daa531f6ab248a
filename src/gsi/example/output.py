"""Files with the same bytes every time: plain CSV, and Excel workbooks without the clock."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from gsi import tables
from gsi.files import write_bytes, write_text

# The earliest date a zip entry can bear, and the date the workbooks say they were written.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
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
    write_bytes(path, _without_clock(stream.getvalue()))


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _without_clock(data: bytes) -> bytes:
    """The same archive with every entry dated at the zip epoch, and 'modified' as declared."""
    source = zipfile.ZipFile(io.BytesIO(data))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, _fixed_modified(entry.filename, source.read(entry)))
    return stream.getvalue()


def _fixed_modified(name: str, content: bytes) -> bytes:
    """openpyxl stamps the moment of saving over the declared ``modified``: put it back."""
    if name != "docProps/core.xml":
        return content
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.xml.functions import fromstring, tostring

    properties = DocumentProperties.from_tree(fromstring(content))
    properties.modified = WRITTEN_ON
    return tostring(properties.to_tree())
