"""Tables for a spreadsheet program: same data, same bytes, and no cell becomes a formula.

Text of outside origin that starts with ``=``, ``+``, ``-`` or ``@`` would run as a formula when a
council's secretary opens the file. In XLSX such cells are written as text and marked as quoted; in
CSV, which has no types, an apostrophe goes before them (OWASP, CSV injection).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.ground.files import write_bytes, write_text
from gsi.ground.legible import legible

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
STAMP = dt.datetime(1980, 1, 1)
WIDEST = 60


def write_csv(path: Path, data: pd.DataFrame, headings: Sequence[str]) -> None:
    """UTF-8 with a byte order mark (spreadsheet programs need it for accents)."""
    safe = pd.DataFrame(
        {column: [_csv(value) for value in data[column]] for column in data.columns}, dtype="object"
    )
    text = safe.to_csv(index=False, header=list(headings), lineterminator="\n")
    write_text(path, "\ufeff" + text)


def write_xlsx(path: Path, data: pd.DataFrame, headings: Sequence[str], *, sheet: str) -> None:
    """One sheet with its headings frozen; numbers as numbers, all text as text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, NamedStyle

    book = Workbook()
    page = book.active
    page.title = sheet
    # Styles by name: one of each cell would be looked up among all others, attribute by attribute.
    wrapped = Alignment(wrap_text=True, vertical="top")
    book.add_named_style(NamedStyle("Celda", alignment=wrapped))
    book.add_named_style(NamedStyle("Encabezado", font=Font(bold=True), alignment=wrapped))
    for row, values in enumerate([tuple(headings), *data.itertuples(index=False, name=None)], 1):
        for column, value in enumerate(values, 1):
            cell = page.cell(row, column)
            cell.style = "Encabezado" if row == 1 else "Celda"
            fill(cell, value)
    for column, heading in zip(page.columns, headings, strict=True):
        longest = max(len(str(cell.value or "")) for cell in column)
        page.column_dimensions[column[0].column_letter].width = min(
            max(longest, len(heading)) + 2, WIDEST
        )
    page.freeze_panes = "A2"
    book.properties.creator = "gsi"
    book.properties.created = STAMP
    stream = io.BytesIO()
    book.save(stream)
    write_bytes(path, without_clock(stream.getvalue(), STAMP))


def without_clock(data: bytes, modified: dt.datetime) -> bytes:
    """An XLSX archive with every entry dated at the zip epoch and ``modified`` as given."""
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.xml.functions import fromstring, tostring

    source = zipfile.ZipFile(io.BytesIO(data))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                # openpyxl stamps the moment of saving over whatever was declared.
                properties = DocumentProperties.from_tree(fromstring(content))
                properties.modified = modified
                content = tostring(properties.to_tree())
            archive.writestr(info, content)
    return stream.getvalue()


def fill(cell: Any, value: Any) -> None:
    """Write a value into an openpyxl cell; text stays text, missing stays empty."""
    if not isinstance(value, str) and pd.isna(value):
        return
    if isinstance(value, str):
        value = legible(value)
        cell.value = value
        if value.startswith(FORMULA_STARTS):
            cell.data_type = "s"  # openpyxl takes a leading '=' for a formula
            cell.quotePrefix = True
        return
    cell.value = value.item() if hasattr(value, "item") else value


def _csv(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = legible(value)
    return "'" + value if value.startswith(FORMULA_STARTS) else value
