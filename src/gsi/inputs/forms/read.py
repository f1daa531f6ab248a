"""A form read into the contract's tables, or everything that is wrong with it at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.contract import limits, tables
from gsi.contract.tables import ColumnSpec, TableSchema
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.locale import number
from gsi.inputs.forms.coerce import REVISE, Problem, coerce
from gsi.inputs.forms.grids import Grid, blank, open_grids
from gsi.inputs.forms.headings import Heading, find_heading, looks_like, table_of
from gsi.inputs.forms.identity import IDENTIFIERS, default_key, fingerprints
from gsi.inputs.forms.located import Located, column_letter
from gsi.inputs.forms.rows import data_rows

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

    ``key`` of the fingerprints: see :mod:`gsi.inputs.forms.identity`. Raises :class:`UserMistake`
    with every finding of every sheet; nothing is returned of a form with findings.
    """
    return joined(whole(path, key=key))


def whole(path: Path, *, key: bytes | None = None) -> list[Sheet]:
    """The sheets of a form without mistakes; :class:`UserMistake` with every one it has."""
    sheets, problems = read_sheets(path, key=key)
    findings = [located.finding for located in problems]
    if findings:
        raise UserMistake(findings)
    return sheets


def joined(sheets: list[Sheet]) -> dict[str, pd.DataFrame]:
    """The tables that the sheets are of, each in one piece."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for sheet in sheets:
        parts.setdefault(sheet.table, []).append(sheet.frame)
    return {
        name: frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        for name, frames in parts.items()
    }


@dataclass
class Sheet:
    """A sheet as a table: its typed rows, and where each stands as the person sees it.

    ``frame`` has the contract's columns; cells that could not be read are missing in it and listed
    in ``unreadable`` as (row of the frame, column). ``numbers`` are the file's rows.
    """

    grid: Grid
    heading: Heading
    schema: TableSchema
    numbers: list[int]
    raw: list[tuple[Any, ...]]
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    unreadable: set[tuple[int, str]] = field(default_factory=set)

    @property
    def table(self) -> str:
        return self.schema.name

    def at(self, row: int, column: str | None, rule: str, remedy: str) -> Located:
        """A finding about a cell of the frame (or a whole row), told without a person's data."""
        index = self.heading.columns.get(column) if column else None
        value = None
        if index is not None and index < len(self.raw[row]):
            value = self.raw[row][index]
        received = _HIDDEN if self.schema.person_level else _shown(value)
        place = f", columna {self.label(column)}" if column else ""
        return self.told(self.numbers[row], index, place, rule, received if column else "", remedy)

    def told(
        self, number: int, index: int | None, place: str, rule: str, received: str, remedy: str
    ) -> Located:
        """A finding at a row of the file."""
        where = f"{self.grid.place}, fila {number}{place}"
        finding = Finding(where, rule, received, remedy)
        return Located(finding, self.grid.file, self.grid.sheet, number, index)

    def label(self, column: str) -> str:
        """The heading as it was written; the contract's where the file lacks the column."""
        written = self.heading.labels.get(column) or self.schema.column(column).label
        return written.rstrip(" *")


def read_sheets(path: Path, *, key: bytes | None = None) -> tuple[list[Sheet], list[Located]]:
    """Every form sheet of a file as far as it can be read, and everything that cannot.

    Raises :class:`UserMistake` only when the file itself cannot be opened.
    """
    grids = open_grids(path)
    alone = len(grids) == 1
    sheets: list[Sheet] = []
    problems: list[Located] = []
    for grid in grids:
        table = table_of(grid, alone)
        if table:
            sheet, found = _read_table(grid, tables.schema(table), key or default_key())
            sheets.append(sheet)
            problems += found
        elif (resembled := looks_like(grid)) and not alone:
            finding = Finding(
                grid.place,
                f"tiene las columnas de la tabla {resembled} pero la hoja se llama distinto",
                str(grid.sheet),
                f"Cambie el nombre de la hoja a {resembled}, o quite la hoja.",
            )
            problems.append(Located(finding, grid.file, grid.sheet))
    if not sheets and not problems:
        finding = Finding(
            path.name,
            "debe ser un formulario: el archivo o la hoja lleva el nombre de una tabla",
            ", ".join(str(grid.sheet or path.stem) for grid in grids) or path.suffix,
            "Use una de estas tablas: " + ", ".join(tables.names()) + ".",
        )
        problems.append(Located(finding, path.name))
    return sheets, problems


def _read_table(grid: Grid, schema: TableSchema, key: bytes) -> tuple[Sheet, list[Located]]:
    heading = find_heading(grid, schema.name)
    problems = _heading_problems(grid, schema, heading)
    if heading.unread(schema.name):
        return Sheet(grid, heading, schema, [], [], tables.empty(schema.name)), problems
    kept, strange = data_rows(grid, schema.name, heading)
    numbers = [grid.numbers[position] for position in kept]
    sheet = Sheet(grid, heading, schema, numbers, [grid.rows[position] for position in kept])
    problems += [
        sheet.told(grid.numbers[position], None, "", rule, "", remedy)
        for position, rule, remedy in strange
    ]
    problems += _formulas(sheet)
    pending = {(row, column) for row, column in grid.formulas}
    typed: dict[str, pd.Series] = {}
    for name, index in heading.columns.items():
        spec = schema.column(name)
        cells = pd.Series(
            [row[index] if index < len(row) else None for row in sheet.raw], dtype="object"
        )
        values, found = coerce(
            cells, spec, decimal_point=grid.decimal_point, serial_dates=grid.serial_dates
        )
        found += _empty_essentials(cells, spec, index, sheet, pending)
        sheet.unreadable |= {(row, name) for problem in found for row in problem.cells}
        sheet.unreadable |= {
            (row, name) for row, number in enumerate(numbers) if (number, index) in pending
        }
        problems += _cell_problems(sheet, spec, found)
        what = IDENTIFIERS.get((schema.name, name))
        typed[name] = fingerprints(values, what, key) if what else values
    frame = tables.conform(schema.name, pd.DataFrame(typed, index=pd.RangeIndex(len(numbers))))
    for spec in schema.columns:
        if spec.filled_by_reader:
            frame[spec.name] = frame[spec.name].fillna(f"formulario:{grid.file}")
    sheet.frame = frame
    return sheet, problems + _impossible_values(sheet)


def _impossible_values(sheet: Sheet) -> list[Located]:
    """Values of indicators outside what their indicator can be; they are taken out of the frame."""
    if sheet.table != "indicadores" or "valor" not in sheet.heading.columns:
        return []
    found = []
    columns = (sheet.frame[name] for name in ("indicador", "municipio", "valor"))
    for row, (indicator, place, value) in enumerate(zip(*columns, strict=True)):
        low, high = limits.of(str(indicator), str(place))
        if value < low or value > high:
            rule = f"debe estar entre {number(low)} y {number(high)}, que es lo que puede valer"
            found.append(sheet.at(row, "valor", f"{rule} {indicator}", REVISE))
            sheet.unreadable.add((row, "valor"))
            sheet.frame.loc[row, "valor"] = float("nan")
    return found


def _heading_problems(grid: Grid, schema: TableSchema, heading: Heading) -> list[Located]:
    number = grid.numbers[heading.position] if grid.numbers else 1
    where = f"{grid.place}, fila {number}"
    known = ", ".join(spec.name for spec in schema.columns if not spec.published)

    def located(index: int | None, column: str, rule: str, received: str, remedy: str) -> Located:
        finding = Finding(f"{where}, columna {column}", rule, received, remedy)
        return Located(finding, grid.file, grid.sheet, number, index)

    def told(index: int, text: str) -> str:
        # Without headings, the first row of people would be taken for them.
        return column_letter(index) if schema.person_level else text[:60]

    problems = [
        located(
            None,
            f"{schema.column(name).label} ({name})",
            f"es una columna obligatoria de la tabla {schema.name}",
            "no está en los encabezados",
            "Agregue la columna con su encabezado.",
        )
        for name in heading.missing
    ]
    problems += [
        located(
            index,
            told(index, text),
            f"no es una columna de la tabla {schema.name}",
            "",
            f"Quite la columna o corrija su encabezado. Columnas: {known}.",
        )
        for index, text in heading.unknown
    ]
    problems += [
        located(
            index,
            told(index, text),
            "el encabezado está repetido",
            "",
            "Deje una sola columna con ese encabezado.",
        )
        for index, text in heading.repeated
    ]
    named = {*heading.columns.values(), *(i for i, _ in heading.unknown + heading.repeated)}
    if heading.mark is not None:
        named.add(heading.mark)
    problems += [
        located(
            index,
            column_letter(index),
            "hay datos en una columna sin encabezado",
            "",
            "Escriba el encabezado o borre esas celdas.",
        )
        for index in _orphan_columns(grid, heading.position, named)
    ]
    return problems


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


def _formulas(sheet: Sheet) -> list[Located]:
    first = sheet.grid.numbers[sheet.heading.position]
    columns = {index: name for name, index in sheet.heading.columns.items()}
    return [
        sheet.told(
            row,
            column,
            f", columna {sheet.label(columns[column])}",
            "la fórmula no tiene un resultado guardado",
            "",
            "Abra el archivo en Excel y guárdelo, o pegue el resultado como valor.",
        )
        for row, column in sorted(sheet.grid.formulas)
        if row > first and column in columns
    ]


def _empty_essentials(
    cells: pd.Series, spec: ColumnSpec, index: int, sheet: Sheet, pending: set[tuple[int, int]]
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


def _cell_problems(sheet: Sheet, spec: ColumnSpec, problems: list[Problem]) -> list[Located]:
    found = []
    for problem in problems:
        told = problem.cells[:_TOLD]
        found += [sheet.at(row, spec.name, problem.rule, problem.remedy) for row in told]
        rest = len(problem.cells) - len(told)
        if rest:
            finding = Finding(
                f"{sheet.grid.place}, columna {sheet.label(spec.name)}",
                problem.rule,
                f"{rest} celdas más con el mismo problema",
                problem.remedy,
            )
            found.append(Located(finding, sheet.grid.file, sheet.grid.sheet))
    return found


def _as_typed(value: Any) -> str:
    """Dates and decimals as the spreadsheet shows them in Colombia."""
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return str(value)


def _shown(value: Any) -> str:
    if blank(value):
        return "una celda vacía"
    text = " ".join(_as_typed(value).split())
    return text if len(text) <= 60 else text[:59] + "…"
