"""A form read into the contract's tables, or everything that is wrong with it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gsi import tables
from gsi.errors import Finding, UserMistake
from gsi.forms.coerce import Problem, coerce
from gsi.forms.grids import Grid, blank, open_grids
from gsi.forms.headings import Heading, find_heading, looks_like, table_of
from gsi.forms.identity import IDENTIFIERS, default_key, fingerprints
from gsi.tables import ColumnSpec, TableSchema

# A whole column of the wrong kind is told by its first cells and their number.
_TOLD = 1000
_HIDDEN = "valor no mostrado (dato personal)"
_HEAD_ROWS = 40


def recognise(path: Path) -> list[tuple[str | None, str]]:
    """The forms in a file: (sheet, or None in a CSV; table). Empty when it is no form.

    A sheet is a form when its name (or the name of a file with one sheet) says a table and its
    headings are that table's; incomplete headings are for :func:`read` to tell. Files that cannot
    be opened are no forms here.
    """
    try:
        grids = open_grids(path, _HEAD_ROWS)
    except UserMistake:
        return []
    found = [(grid.sheet, table_of(grid, alone=len(grids) == 1)) for grid in grids]
    return [(sheet, table) for sheet, table in found if table]


def read(path: Path, *, key: bytes | None = None) -> dict[str, pd.DataFrame]:
    """The tables of a form, typed as the contract says, identifiers of people as fingerprints.

    ``key`` of the fingerprints: see :mod:`gsi.forms.identity`. Raises :class:`UserMistake` with
    every finding of every sheet; nothing is returned of a form with findings.
    """
    grids = open_grids(path)
    alone = len(grids) == 1
    findings: list[Finding] = []
    read_tables: dict[str, list[pd.DataFrame]] = {}
    forms = [(grid, table_of(grid, alone)) for grid in grids]
    for grid, table in forms:
        if table:
            found, frame = _read_table(grid, tables.schema(table), key or default_key())
            findings += found
            read_tables.setdefault(table, []).append(frame)
        elif (resembled := looks_like(grid)) and not alone:
            findings.append(
                Finding(
                    grid.place,
                    f"tiene las columnas de la tabla {resembled} pero la hoja se llama distinto",
                    str(grid.sheet),
                    f"Cambie el nombre de la hoja a {resembled}, o quite la hoja.",
                )
            )
    if not read_tables and not findings:
        findings.append(
            Finding(
                path.name,
                "debe ser un formulario: el archivo o la hoja lleva el nombre de una tabla",
                ", ".join(str(grid.sheet or path.stem) for grid in grids) or path.suffix,
                "Use una de estas tablas: " + ", ".join(tables.names()) + ".",
            )
        )
    if findings:
        raise UserMistake(findings)
    return {
        name: parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
        for name, parts in read_tables.items()
    }


@dataclass(frozen=True)
class _Sheet:
    """What is needed to tell where a cell is, as the person sees it."""

    grid: Grid
    heading: Heading
    schema: TableSchema
    numbers: list[int]

    def finding(self, row: int, column: str, problem: Problem, value: Any) -> Finding:
        received = _HIDDEN if self.schema.person_level else _shown(value)
        where = f"{self.grid.place}, fila {self.numbers[row]}, columna {self.label(column)}"
        return Finding(where, problem.rule, received, problem.remedy)

    def label(self, column: str) -> str:
        return self.heading.labels[column]


def _read_table(grid: Grid, schema: TableSchema, key: bytes) -> tuple[list[Finding], pd.DataFrame]:
    heading = find_heading(grid, schema.name)
    if heading.missing:
        return _heading_findings(grid, schema, heading), tables.empty(schema.name)
    start = heading.position + 1
    sheet = _Sheet(grid, heading, schema, grid.numbers[start:])
    raw = grid.rows[start:]
    findings = _heading_findings(grid, schema, heading) + _formulas(sheet)
    pending = {(row, column) for row, column in grid.formulas}
    typed: dict[str, pd.Series] = {}
    for name, index in heading.columns.items():
        spec = schema.column(name)
        cells = pd.Series([row[index] if index < len(row) else None for row in raw], dtype="object")
        values, problems = coerce(cells, spec, decimal_point=grid.decimal_point)
        problems += _empty_essentials(cells, spec, index, sheet, pending)
        findings += _cell_findings(sheet, spec, cells, problems)
        what = IDENTIFIERS.get((schema.name, name))
        typed[name] = fingerprints(values, what, key) if what else values
    if findings:
        return findings, tables.empty(schema.name)
    frame = tables.conform(schema.name, pd.DataFrame(typed))
    for spec in schema.columns:
        if spec.filled_by_reader:
            frame[spec.name] = frame[spec.name].fillna(f"formulario:{grid.file}")
    return findings, frame


def _heading_findings(grid: Grid, schema: TableSchema, heading: Heading) -> list[Finding]:
    number = grid.numbers[heading.position]
    where = f"{grid.place}, fila {number}"
    known = ", ".join(spec.name for spec in schema.columns)

    def told(index: int, text: str) -> str:
        # Without headings, the first row of people would be taken for them.
        return _letter(index) if schema.person_level else text[:60]

    findings = [
        Finding(
            f"{where}, columna {schema.column(name).label} ({name})",
            f"es una columna obligatoria de la tabla {schema.name}",
            "no está en los encabezados",
            "Agregue la columna con su encabezado.",
        )
        for name in heading.missing
    ]
    findings += [
        Finding(
            f"{where}, columna {told(index, text)}",
            f"no es una columna de la tabla {schema.name}",
            "",
            f"Quite la columna o corrija su encabezado. Columnas: {known}.",
        )
        for index, text in heading.unknown
    ]
    findings += [
        Finding(
            f"{where}, columna {told(index, text)}",
            "el encabezado está repetido",
            "",
            "Deje una sola columna con ese encabezado.",
        )
        for index, text in heading.repeated
    ]
    named = {*heading.columns.values(), *(i for i, _ in heading.unknown + heading.repeated)}
    for index in _orphan_columns(grid, heading.position, named):
        findings.append(
            Finding(
                f"{where}, columna {_letter(index)}",
                "hay datos en una columna sin encabezado",
                "",
                "Escriba el encabezado o borre esas celdas.",
            )
        )
    return findings


def _orphan_columns(grid: Grid, position: int, named: set[int]) -> list[int]:
    return sorted(
        {
            index
            for row in grid.rows[position + 1 :]
            if len(row) > len(named) or len(row) > max(named, default=-1) + 1
            for index, cell in enumerate(row)
            if index not in named and not blank(cell)
        }
    )


def _formulas(sheet: _Sheet) -> list[Finding]:
    first = sheet.grid.numbers[sheet.heading.position]
    columns = {index: name for name, index in sheet.heading.columns.items()}
    return [
        Finding(
            f"{sheet.grid.place}, fila {row}, columna {sheet.label(columns[column])}",
            "la fórmula no tiene un resultado guardado",
            "",
            "Abra el archivo en Excel y guárdelo, o pegue el resultado como valor.",
        )
        for row, column in sorted(sheet.grid.formulas)
        if row > first and column in columns
    ]


def _empty_essentials(
    cells: pd.Series, spec: ColumnSpec, index: int, sheet: _Sheet, pending: set[tuple[int, int]]
) -> list[Problem]:
    """Cells without which the row cannot be placed or told from others."""
    if not spec.essential or spec.filled_by_reader:
        return []
    absent = [
        int(row)
        for row in cells.index[cells.map(blank)]
        if (sheet.numbers[int(row)], index) not in pending
    ]
    if not absent:
        return []
    return [Problem(absent, "no puede estar vacía", "Escriba el valor o borre la fila.")]


def _cell_findings(
    sheet: _Sheet, spec: ColumnSpec, cells: pd.Series, problems: list[Problem]
) -> list[Finding]:
    findings = []
    for problem in problems:
        told = problem.cells[:_TOLD]
        findings += [sheet.finding(row, spec.name, problem, cells[row]) for row in told]
        rest = len(problem.cells) - len(told)
        if rest:
            findings.append(
                Finding(
                    f"{sheet.grid.place}, columna {sheet.label(spec.name)}",
                    problem.rule,
                    f"{rest} celdas más con el mismo problema",
                    problem.remedy,
                )
            )
    return findings


def _shown(value: Any) -> str:
    if blank(value):
        return "una celda vacía"
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"


def _letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA, as Excel names its columns."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
