"""Cells that a spreadsheet shows as percentages: it stores 0.56 where a person reads 56 %.

The file has the number and, in its format, the sign. The columns of forms and of published files
are in percent (0-100): such a cell is read as it is shown.
"""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

# What a format only prints: "quoted" text, \escaped and _spaced characters, [colours and locales].
_PRINTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_STYLES = "xl/styles.xml"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def is_percent(number_format: str | None) -> bool:
    """Whether a number format multiplies by a hundred: ``0.0%``, not ``0" %"``."""
    return "%" in _PRINTED.sub("", number_format or "")


def scaled(value: float) -> float:
    """A hundred times ``value``, moving the point of its decimal digits."""
    return float(Decimal(repr(float(value))).scaleb(2))


def styles(path: Path) -> frozenset[int]:
    """The positions of an XLSX file's cell styles that show percentages."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    with zipfile.ZipFile(path) as archive:
        if _STYLES not in archive.namelist():
            return frozenset()
        root = ElementTree.fromstring(archive.read(_STYLES))
    space = root.tag.removesuffix("styleSheet")
    formats = {str(key): code for key, code in BUILTIN_FORMATS.items()}
    for item in root.iter(f"{space}numFmt"):
        formats[item.get("numFmtId", "")] = item.get("formatCode", "")
    cells = root.findall(f"{space}cellXfs/{space}xf")
    return frozenset(
        position
        for position, style in enumerate(cells)
        if is_percent(formats.get(style.get("numFmtId", "")))
    )


def in_spreadsheet(path: Path) -> dict[str, frozenset[tuple[int, int]]]:
    """Sheet name → 0-based row and column of the cells of an ODS file shown as percentages."""
    found: dict[str, set[tuple[int, int]]] = {}
    cells: set[tuple[int, int]] = set()
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
    return {name: frozenset(cells) for name, cells in found.items()}


def _percent_columns(row: ElementTree.Element) -> list[int]:
    found: list[int] = []
    column = 0
    for cell in row:
        times = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            found += range(column, column + times)
        column += times
    return found
