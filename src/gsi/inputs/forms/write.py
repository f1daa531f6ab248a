"""Forms as Excel workbooks, made from the suites: a guide, one sheet a table, the lists."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gsi.contract import tables
from gsi.contract.tables import ColumnSpec
from gsi.contract.vocabulary import ROUTES
from gsi.ground.files import write_bytes
from gsi.ground.spreadsheet import STAMP, fill, without_clock
from gsi.inputs.forms import looks, rules
from gsi.inputs.forms.guide import write_guide
from gsi.inputs.forms.layout import (
    EXAMPLE_ROW,
    FIRST_ROW,
    GUIDE_SHEET,
    HEAD_ROW,
    HELP_ROW,
    LEGEND_ROW,
    LISTS_SHEET,
    MARK,
    MARK_HEADING,
    START,
    TITLE_ROW,
    Place,
    asked,
    example_value,
    place_label,
    sheet_name,
    shown,
    takes_departments,
)

_FORMATS = {"fecha": "dd/mm/yyyy", "codigo": "@", "texto": "@", "lista": "@"}
_WIDTHS = {"fecha": 14, "entero": 13, "numero": 16, "binario": 13, "codigo": 18, "lista": 34}
_LONG_TEXTS = {"descripcion", "enunciado", "evidencia", "contenido", "procedimiento"}
_TABS = ("0072B2", "009E73", "E69F00")
_CENTRED = ("fecha", "binario")
_LINE = 15  # points
_MORE = 200  # rows left below those a pre-filled form brings


@dataclass
class _Lists:
    """The hidden sheet that holds what the drop-down lists offer, one column a list."""

    sheet: Worksheet
    known: dict[tuple[Any, ...], str]

    def source(self, heading: str, values: Sequence[Any]) -> str:
        """The range of a list, written the first time it is asked for."""
        key = tuple(values)
        if key not in self.known:
            column = len(self.known) + 1
            letter = get_column_letter(column)
            looks.dress(self.sheet.cell(1, column, heading), looks.BOLD)
            for row, value in enumerate(key, start=2):
                fill(self.sheet.cell(row, column), value)
            self.sheet.column_dimensions[letter].width = 30
            self.known[key] = f"{LISTS_SHEET}!${letter}$2:${letter}${len(key) + 1}"
        return self.known[key]


def write_form(
    path: Path,
    data: Mapping[str, pd.DataFrame],
    place: Place,
    *,
    title: str,
    team: str = "",
    rows: int = 1000,
    prefilled: int = 0,
    example: bool = True,
) -> None:
    """An Excel form with one sheet for each of ``data``'s tables, pre-filled with its rows.

    ``data``: contract table → rows with the contract's columns and types (none, for a blank form).
    What is chosen from a list is written as people read it; :func:`gsi.inputs.forms.read` gives
    back the same values. ``rows`` have lists and validation (always some more than ``data``
    brings); the first ``prefilled`` empty ones of a municipality already bear its code.
    ``example``: a marked row, which the reader leaves out. Same arguments, same bytes. Raises
    ``KeyError`` for a table outside the contract, ``ValueError`` for a column outside it.
    """
    book = Workbook()
    guide = book.active
    guide.title = GUIDE_SHEET
    lists = _Lists(book.create_sheet(LISTS_SHEET), {})
    for number, (table, frame) in enumerate(data.items()):
        sheet = book.create_sheet(sheet_name(table), index=number + 1)
        sheet.sheet_properties.tabColor = _TABS[number % len(_TABS)]
        wanted = max(rows, len(frame) + _MORE if len(frame) else 0)
        _draw(sheet, table, place, example=example)
        _fill_rows(sheet, table, tables.conform(table, frame), place, prefilled)
        _validate(sheet, table, place, lists, set(data), FIRST_ROW + wanted - 1)
    write_guide(guide, list(data), place, title=title, team=team, example=example)
    lists.sheet.sheet_state = "hidden"
    lists.sheet.protection.sheet = True
    book.properties.creator = "gsi"
    book.properties.title = title
    book.properties.created = STAMP
    stream = io.BytesIO()
    book.save(stream)
    write_bytes(path, without_clock(stream.getvalue(), STAMP))


def _draw(sheet: Worksheet, table: str, place: Place, *, example: bool) -> None:
    """Titles, headings with their notes, the example, and what keeps them in place."""
    schema = tables.schema(table)
    columns = asked(table)
    person = " Datos personales: no envíe este archivo por correo." if schema.person_level else ""
    legend = (
        "Los encabezados con * son obligatorios. Ponga el cursor sobre un encabezado para leer qué "
        "significa." + (f" La fila marcada {MARK} no se lee." if example else "")
    )
    for row, text, look, height in (
        (TITLE_ROW, f"{schema.title} · {place.territory.name}", looks.TITLE, 27),
        (HELP_ROW, schema.description.replace("`", "") + person, looks.HELP, 18),
        (LEGEND_ROW, legend, looks.LEGEND, 18),
    ):
        looks.dress(sheet.cell(row, 1, text), look)
        sheet.row_dimensions[row].height = height
    looks.dress(sheet.cell(HEAD_ROW, 1, MARK_HEADING), looks.LEGEND)
    sheet.cell(HEAD_ROW, 1).alignment = looks.EXAMPLE["alignment"]
    sheet.column_dimensions["A"].width = 14
    for number, spec in enumerate(columns, start=2):
        _head(sheet, number, spec)
        if example:
            cell = sheet.cell(EXAMPLE_ROW, number)
            fill(cell, shown(spec, example_value(spec, place)))
            looks.dress(cell, looks.EXAMPLE)
            if spec.kind in _CENTRED:
                cell.alignment = looks.CENTRED["alignment"]
            cell.number_format = _format(spec)
        dimension = sheet.column_dimensions[get_column_letter(number)]
        if spec.name == "municipio":
            longest = max(len(place_label(code)) for code in place.codes)
            dimension.width = max(dimension.width, longest + 3)
        dimension.protection = looks.UNLOCKED
        dimension.number_format = _format(spec)
        looks.dress(dimension, looks.CENTRED if spec.kind in _CENTRED else looks.CELL)
    sheet.row_dimensions[HEAD_ROW].height = 48
    for row, mark in ((EXAMPLE_ROW, MARK if example else ""), (FIRST_ROW, START)):
        looks.dress(sheet.cell(row, 1, mark or None), looks.MARKER)
    sheet.row_dimensions[EXAMPLE_ROW].height = 32
    # The rows above the data stay locked: a column's own style would unlock their empty cells.
    for row in (TITLE_ROW, HELP_ROW, LEGEND_ROW, *(() if example else (EXAMPLE_ROW,))):
        for number in range(2, len(columns) + 2):
            looks.dress(sheet.cell(row, number), looks.LOCKED)
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, 3)
    _protect(sheet)
    _print_setup(sheet, len(columns))


def _head(sheet: Worksheet, number: int, spec: ColumnSpec) -> None:
    cell = sheet.cell(HEAD_ROW, number, spec.label + (" *" if spec.required else ""))
    looks.dress(cell, looks.REQUIRED if spec.required else looks.OPTIONAL)
    text = rules.note(spec)
    cell.comment = Comment(text, "gsi", width=340, height=60 + 17 * (len(text) // 48 + 4))
    offered = rules.choices(spec)
    width = 44 if spec.name in _LONG_TEXTS else _WIDTHS.get(spec.kind, 24)
    if offered:
        width = max(13, min(max(len(str(value)) for value in offered) + 4, 40))
    sheet.column_dimensions[get_column_letter(number)].width = width


def _format(spec: ColumnSpec) -> str:
    """Money with its thousands apart; codes and words as text, so that no zero is lost."""
    if spec.unit == "pesos":
        return "#,##0"
    return _FORMATS.get(spec.kind, "General")


def _protect(sheet: Worksheet) -> None:
    """Headings locked without a password; what helps to fill in stays allowed."""
    guard = sheet.protection
    guard.sheet = True
    for allowed in ("formatColumns", "formatRows", "formatCells", "sort", "autoFilter",
                    "insertRows", "selectLockedCells", "selectUnlockedCells"):  # fmt: skip
        setattr(guard, allowed, False)


def _print_setup(sheet: Worksheet, columns: int) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "5" if columns > 12 else "1"  # oficio, carta
    sheet.page_setup.fitToWidth = 2 if columns > 14 else 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.8
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "Página &P de &N"


def _fill_rows(
    sheet: Worksheet, table: str, frame: pd.DataFrame, place: Place, prefilled: int
) -> None:
    columns = asked(table)
    names = {code.code: place_label(code) for code in place.codes}
    for offset, row in enumerate(frame.itertuples(index=False)):
        lines = 1
        for number, spec in enumerate(columns, start=2):
            value = getattr(row, spec.name)
            if spec.name == "municipio" and value in names:
                value = names[value]
            written = shown(spec, value)
            _write(sheet, FIRST_ROW + offset, number, spec, written)
            if isinstance(written, str):
                width = sheet.column_dimensions[get_column_letter(number)].width
                lines = max(lines, len(textwrap.wrap(written, max(int(width) - 2, 8))))
        if lines > 1:
            # Programs other than Excel do not make a row as high as its wrapped text.
            sheet.row_dimensions[FIRST_ROW + offset].height = _LINE * lines + 2
    if place.territory.is_department or "municipio" not in frame.columns:
        return
    position = [spec.name for spec in columns].index("municipio")
    own = names[place.territory.code]
    for empty in range(FIRST_ROW + len(frame), FIRST_ROW + prefilled):
        _write(sheet, empty, position + 2, columns[position], own)


def _write(sheet: Worksheet, row: int, number: int, spec: ColumnSpec, value: Any) -> None:
    cell = sheet.cell(row, number)
    fill(cell, value)
    cell.protection = looks.UNLOCKED
    cell.number_format = _format(spec)
    looks.dress(cell, looks.CENTRED if spec.kind in _CENTRED else looks.CELL)


def _validate(
    sheet: Worksheet, table: str, place: Place, lists: _Lists, held: set[str], last: int
) -> None:
    within = rules.references(table)
    for spec in asked(table):
        letter = rules.column_letter(table, spec.name)
        offered, is_open = _offered(table, spec, place)
        target = within.get(spec.name)
        if offered:
            source = lists.source(f"{spec.label} ({tables.schema(table).title})", offered)
            rule: Any = rules.from_list(source, spec, open_ended=is_open)
        elif target in held and target is not None:
            rule = rules.from_list(_filled_cells(target, spec.name), spec, open_ended=True)
        else:
            rule = rules.typed(table, spec)
        if rule is not None:
            sheet.add_data_validation(rule)
            rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")


def _filled_cells(table: str, column: str) -> str:
    """The cells of a column of another sheet down to its last filled one."""
    letter = rules.column_letter(table, column)
    there = f"'{sheet_name(table)}'!${letter}${FIRST_ROW}"
    filled = f"{there}:${letter}$10000"
    return f"OFFSET({there},0,0,MAX(1,COUNTA({filled})),1)"


def _offered(table: str, spec: ColumnSpec, place: Place) -> tuple[Sequence[Any], bool]:
    """The values of a column's list, and whether others may be written."""
    closed = rules.choices(spec)
    if closed:
        return closed, False
    if spec.name == "municipio":
        departments = takes_departments(table)
        offered = [c for c in place.codes if departments or not c.is_department]
        return [place_label(code) for code in offered], False
    if spec.name == "microterritorio":
        return place.microterritories, True
    if spec.name == "ruta":
        return list(ROUTES.values()), True
    return (), True
