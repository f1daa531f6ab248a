"""Forms filled in by a person, well and badly, for the tests.

A *way* of being wrong takes a good row (or a heading, or a sheet) and spoils it. Each has its own
row and, where it spoils a heading, its own sheet, so that all can stand in one file.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from gsi.contract import tables
from gsi.contract.territory import Territory
from gsi.inputs import forms
from gsi.inputs.forms import layout

DEPARTMENT = Territory("00", "Ejemplo", "department", "00", "Ejemplo")
TOWN = Territory("00003", "Villa Ceñida", "municipality", "00", "Ejemplo")
PLACE = forms.Place.of(TOWN, [DEPARTMENT, TOWN], ["00003-01", "00003-02"])
DIVIPOLA = pd.DataFrame(
    {
        "municipio": ["00003"],
        "nombre": ["Villa Ceñida"],
        "departamento": ["00"],
        "nombre_departamento": ["Ejemplo"],
        "lon": [-75.12],
        "lat": [3.46],
    }
)
FORMS = [name for name in tables.names() if tables.schema(name).purpose]
# What tells one row from another, and what must agree with another sheet.
_OWN = {
    "lecturas": {"enunciado": "En la vereda {n} falta agua."},
    "inversion": {"linea": "Atención primaria {n}"},
    "avances": {"accion": "A-1", "fecha_corte": dt.datetime(2024, 6, 30)},
    "personas": {"persona": "100000{n}", "hogar": "H-1", "parentesco": "Otro"},
    "hogares": {"hogar": "H-{n}"},
    "actores": {"actor": "ACT-{n}"},
    "convocatoria": {"actor": "ACT-{n}"},
    "casos": {"caso": "CA-{n}", "paso": "p1"},
    "rutas": {"paso": "p{n}", "orden": "{n}"},
    "plan_accion": {"accion": "A-{n}", "ponderador": 50},
    "jornadas": {"jornada": "J-{n}"},
    "atenciones": {"atencion": "AT-{n}", "persona": "1000001", "jornada": "J-1"},
    "compromisos": {"compromiso": "C-{n}"},
    "formacion": {"curso": "F-{n}"},
    "servicios": {"servicio": "S-{n}"},
    "escenarios": {"escenario": "E-{n}"},
}
Spoil = Callable[[Worksheet, int], None]


@dataclass(frozen=True)
class Way:
    """``column``: the label of the column told, or None for a row; ``rule``: words of the rule."""

    name: str
    table: str
    spoil: Spoil
    column: str | None
    rule: str
    at_heading: bool = False


def good(table: str, n: int) -> dict[str, Any]:
    """A row as a person writes it: what the lists offer, dates, numbers."""
    row = {
        spec.name: layout.shown(spec, layout.example_value(spec, PLACE))
        for spec in layout.asked(table)
    }
    own = {k: v.format(n=n) if isinstance(v, str) else v for k, v in _OWN[table].items()}
    row |= own
    if table == "avances":
        row["fecha_corte"] += dt.timedelta(days=n)
    if table == "personas" and n == 1:
        row["parentesco"] = "Jefe"
    if table == "rutas":
        row["orden"] = n
    return row


def column_of(sheet: Worksheet, label: str) -> int:
    """The position (1-based) of a heading."""
    for cell in sheet[layout.HEAD_ROW]:
        if str(cell.value).removesuffix(" *") == label:
            return cell.column
    raise KeyError(label)


def write_row(sheet: Worksheet, number: int, table: str, values: dict[str, Any]) -> None:
    for spec in layout.asked(table):
        sheet.cell(number, column_of(sheet, spec.label)).value = values.get(spec.name)


@cache
def _blank(names: tuple[str, ...]) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.xlsx"
        data = {name: tables.empty(name) for name in names}
        forms.write_form(path, data, PLACE, title="Prueba", rows=100, prefilled=60)
        return path.read_bytes()


def filled(path: Path, names: Sequence[str], ways: Sequence[Way] = ()) -> list[tuple[Way, int]]:
    """Write a form with two good rows a sheet and one spoiled row a way; where each way stands."""
    book = openpyxl.load_workbook(io.BytesIO(_blank(tuple(names))))
    after = {}
    for table in names:
        sheet = book[layout.sheet_name(table)]
        for n in (1, 2):
            write_row(sheet, layout.FIRST_ROW + n - 1, table, good(table, n))
        after[table] = layout.FIRST_ROW + 2
    placed = []
    for way in ways:
        sheet = book[layout.sheet_name(way.table)]
        row = after[way.table]
        if way.at_heading:
            way.spoil(sheet, layout.HEAD_ROW)
            placed.append((way, layout.HEAD_ROW))
            continue
        write_row(sheet, row, way.table, good(way.table, row))
        way.spoil(sheet, row)
        after[way.table] += 1
        placed.append((way, row))
    book.save(path)
    return placed


def put(label: str, value: Any) -> Spoil:
    """Write ``value`` in a column of the row."""

    def spoil(sheet: Worksheet, row: int) -> None:
        sheet.cell(row, column_of(sheet, label)).value = value

    return spoil


def all_of(*spoils: Spoil) -> Spoil:
    def spoil(sheet: Worksheet, row: int) -> None:
        for one in spoils:
            one(sheet, row)

    return spoil


def copy_row(source: int, *, mark: bool = False) -> Spoil:
    """The row becomes a copy of another one of the sheet."""

    def spoil(sheet: Worksheet, row: int) -> None:
        for column in range(1 if mark else 2, sheet.max_column + 1):
            sheet.cell(row, column).value = sheet.cell(source, column).value

    return spoil


def only(label: str, value: Any, **others: Any) -> Spoil:
    """The row holds nothing else."""

    def spoil(sheet: Worksheet, row: int) -> None:
        for column in range(2, sheet.max_column + 1):
            sheet.cell(row, column).value = None
        put(label, value)(sheet, row)
        for name, other in others.items():
            put(name, other)(sheet, row)

    return spoil


def overwrite_example(sheet: Worksheet, row: int) -> None:
    copy_row(row)(sheet, layout.EXAMPLE_ROW)
    for column in range(2, sheet.max_column + 1):
        sheet.cell(row, column).value = None


def heading(label: str, text: str | None) -> Spoil:
    """Change a heading's text."""

    def spoil(sheet: Worksheet, row: int) -> None:
        sheet.cell(row, column_of(sheet, label)).value = text

    return spoil


def beyond(row: int, text: str) -> Spoil:
    """Write past the last column of the form."""

    def spoil(sheet: Worksheet, _row: int) -> None:
        sheet.cell(row, sheet.max_column + 1).value = text

    return spoil
