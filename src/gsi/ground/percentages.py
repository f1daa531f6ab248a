"""Cells that a spreadsheet shows as percentages: it stores 0.56 where a person reads 56 %.

The file has the number and, in its format, the sign. The columns of forms and of published files
are in percent (0-100): such a cell is read as it is shown.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

# What a format only prints: "quoted" text, \escaped and _spaced characters, [colours and locales].
_PRINTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_STYLES = "xl/styles.xml"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def is_percent(number_format: str | None) -> bool:
    """Whether a number format multiplies by a hundred: ``0.0%``, not ``0" %"``."""
    return "%" in _PRINTED.sub("", number_format or "")


def shown(value: Any, number_format: str | None) -> Any:
    """A cell's value as its format shows it, with the decimals it has: ``0.07`` → ``7.0``."""
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return scaled(value) if numeric and is_percent(number_format) else value


def scaled(value: float) -> float:
    """A hundred times ``value``, moving the point of its decimal digits."""
    return float(Decimal(repr(float(value))).scaleb(2))


def sheet_rows(sheet: Any, percent: bool) -> Iterator[tuple[Any, ...]]:
    """Rows of values of an openpyxl sheet; ``percent``: its book has cells shown as percentages."""
    if not percent:
        yield from sheet.iter_rows(values_only=True)
        return
    for row in sheet.iter_rows():
        yield tuple(shown(cell.value, cell.number_format) for cell in row)


def in_workbook(path: Path) -> bool:
    """Whether some style of an XLSX file shows percentages: only then are styles looked at cell by
    cell. True where the file does not say."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    with zipfile.ZipFile(path) as archive:
        if _STYLES not in archive.namelist():
            return True
        root = ElementTree.fromstring(archive.read(_STYLES))
    space = root.tag.removesuffix("styleSheet")
    formats = {str(key): code for key, code in BUILTIN_FORMATS.items()}
    for item in root.iter(f"{space}numFmt"):
        formats[item.get("numFmtId", "")] = item.get("formatCode", "")
    used = {item.get("numFmtId", "") for item in root.findall(f"{space}cellXfs/{space}xf")}
    return any(is_percent(formats.get(key)) for key in used)


def in_spreadsheet(path: Path) -> dict[str, set[tuple[int, int]]]:
    """Sheet name → 0-based row and column of the cells of an ODS file shown as percentages."""
    found: dict[str, set[tuple[int, int]]] = {}
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        row = 0
        for event, item in ElementTree.iterparse(content, events=("start", "end")):
            if event == "start" and item.tag == f"{_TABLE}table":
                cells = found.setdefault(item.get(f"{_TABLE}name", ""), set())
                row = 0
            elif event == "end" and item.tag == f"{_TABLE}table-row":
                times = int(item.get(f"{_TABLE}number-rows-repeated", 1))
                columns = _percent_columns(item)
                cells |= {(row + more, column) for column in columns for more in range(times)}
                row += times
                item.clear()
    return found


def _percent_columns(row: ElementTree.Element) -> list[int]:
    found: list[int] = []
    column = 0
    for cell in row:
        times = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            found += range(column, column + times)
        column += times
    return found
