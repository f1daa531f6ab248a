"""Filled forms against everything the contract asks: cells, rows, other sheets, other files.

One rule engine: what can be read goes through the same suites that judge the prepared tables; here
each broken row is only brought back to its file, sheet, row and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from gsi.contract import geography
from gsi.contract.vocabulary import Severity
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs import quality
from gsi.inputs.forms import named
from gsi.inputs.forms.coerce import REVISE
from gsi.inputs.forms.layout import sheet_name
from gsi.inputs.forms.located import Located, Weight
from gsi.inputs.forms.read import Sheet, read_sheets
from gsi.inputs.forms.rules import references
from gsi.inputs.quality.references import looks_into, parameter_of

AWAY = "km_fuera_del_municipio"
# What a rule over a group of rows computes is told at the column where it is mended.
_COMPUTED = {
    "departamento_del_codigo": "departamento",
    "valor_o_numerador": "valor",
    "fuera_de_limites": "valor",
    AWAY: "lon",
    "personas_por_cuarto": "cuartos",
    "jefes_del_hogar": "parentesco",
    "retrocesos": "fecha",
    "suma_ponderador": "ponderador",
}
_REMEDIES = {
    "expect_column_values_to_not_be_null": "Escriba el valor que falta.",
    "expect_column_values_to_be_in_set": "Escoja uno de los valores que admite la columna.",
    "expect_column_values_to_be_between": REVISE,
    "expect_column_values_to_match_regex": "Corrija el código.",
    "expect_column_values_to_be_unique": "Borre la fila repetida o corrija su identificador.",
    "expect_compound_columns_to_be_unique": "Borre la fila repetida o corrija lo que la distingue.",
    "expect_column_pair_values_a_to_be_greater_than_b": "Compare las dos celdas y corrija una.",
    "expect_column_pair_values_to_be_in_set": "Compare las dos celdas y corrija una.",
    "expect_column_pair_values_to_be_equal": "Compare las dos celdas y corrija una.",
}
_UNIQUE = {"expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"}


@dataclass(frozen=True)
class Review:
    """What a check found, in the order of files, sheets, rows and columns.

    ``unverified``: rules that need a table which is not in the files given. ``rows``: by (file,
    sheet), how many rows of data were read, in words; of people, only whether there are.
    """

    problems: list[Located]
    unverified: list[Finding]
    rows: dict[tuple[str, str | None], str]

    @property
    def errors(self) -> list[Located]:
        return [problem for problem in self.problems if problem.weight == "Error"]

    @property
    def advice(self) -> list[Located]:
        return [problem for problem in self.problems if problem.weight == "Aviso"]


def check(paths: Sequence[Path], divipola: pd.DataFrame | None) -> Review:
    """Everything wrong with the forms in ``paths``, taken together as one delivery.

    ``divipola``: the contract's table of codes and names; None leaves its rules unverified. Files
    that cannot be opened are problems too; nothing is raised for the content of a form.
    """
    sheets: list[Sheet] = []
    problems: list[Located] = []
    for path in paths:
        try:
            found, told = read_sheets(path)
        except UserMistake as mistake:
            told = [Located(finding, path.name) for finding in mistake.findings]
            found = []
        sheets += found
        problems += told
    by_table: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        by_table.setdefault(sheet.table, []).append(sheet)
    known = {name: _joined(parts) for name, parts in by_table.items()}
    reported = set(known)
    if divipola is not None and "divipola" not in known:
        known["divipola"] = divipola
    if "divipola" in known:
        names = named.names_of(known["divipola"])
        problems += [found for sheet in sheets for found in named.misnamed(sheet, names)]
    unverified: list[Finding] = []
    for broken in quality.broken_rules(known, reported):
        if broken.rows is None:
            unverified.append(_unverified(broken))
        else:
            located = _located(broken, by_table[broken.table], known[broken.table])
            if broken.rule["kwargs"].get("column") == AWAY:
                located = [_with_slip(item, by_table[broken.table], known) for item in located]
            problems += located
    order = {path.name: position for position, path in enumerate(paths)}
    places = {(sheet.grid.file, sheet.grid.sheet): n for n, sheet in enumerate(sheets)}
    problems.sort(
        key=lambda item: (
            order[item.file],
            places.get((item.file, item.sheet), -1),
            item.row or 0,
            -1 if item.column is None else item.column,
            item.finding,
        )
    )
    rows = {(sheet.grid.file, sheet.grid.sheet): _rows_told(sheet) for sheet in sheets}
    return Review(problems, unverified, rows)


def _rows_told(sheet: Sheet) -> str:
    rows = len(sheet.numbers)
    if not rows:
        return "sin datos"
    if sheet.schema.person_level:
        return "con filas de personas"
    return "1 fila con datos" if rows == 1 else f"{rows} filas con datos"


def _joined(parts: Sequence[Sheet]) -> pd.DataFrame:
    frames = [sheet.frame for sheet in parts]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _unverified(broken: quality.Examined) -> Finding:
    target = looks_into(str(parameter_of(broken.rule["kwargs"])))
    official = target == "divipola"
    return Finding(
        f"tabla {broken.table}",
        f"No se pudo comprobar: {broken.rule['meta']['regla'].removesuffix('.')}",
        "",
        "Indique con --raw la carpeta que tiene la DIVIPOLA."
        if official
        else f"Revise junto con este el archivo que tiene la hoja {sheet_name(target)}.",
    )


def _located(
    broken: quality.Examined, parts: Sequence[Sheet], frame: pd.DataFrame
) -> list[Located]:
    """The broken rows as findings; those told already, by what could not be read, left out."""
    rule = broken.rule
    columns = _columns(rule["kwargs"])
    rows = [
        row
        for row in broken.rows or []
        if not any(_told_already(*_place(parts, row), column) for column in columns)
    ]
    first: Mapping[int, int] = {}
    if rule["type"] in _UNIQUE:
        first = _first_of_its_kind(frame, columns, rows)
        rows = list(first)
    return [_problem(rule, columns, parts, row, first.get(row)) for row in rows]


def _with_slip(
    problem: Located, parts: Sequence[Sheet], known: Mapping[str, pd.DataFrame]
) -> Located:
    """A point outside its municipality, with the correction that would bring it in."""
    sheet = next(s for s in parts if (s.grid.file, s.grid.sheet) == (problem.file, problem.sheet))
    row = sheet.frame.iloc[sheet.numbers.index(problem.row or 0)]
    where = geography.Municipalities.of(known)
    slip = where.correction(str(row["municipio"]), float(row["lon"]), float(row["lat"]))
    if not slip:
        return problem
    return replace(problem, finding=replace(problem.finding, remedy=slip))


def _columns(kwargs: Mapping[str, Any]) -> list[str]:
    columns = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    columns += kwargs.get("column_list", [])
    return [_COMPUTED.get(column, column) for column in columns]


def _place(parts: Sequence[Sheet], row: int) -> tuple[Sheet, int]:
    """The sheet of a row of the joined table, and its row there."""
    for sheet in parts:
        if row < len(sheet.numbers):
            return sheet, row
        row -= len(sheet.numbers)
    raise IndexError(row)


def _told_already(sheet: Sheet, row: int, column: str) -> bool:
    required = any(
        spec.name == column and spec.required and not spec.filled_by_reader
        for spec in sheet.schema.columns
    )
    absent = required and column not in sheet.heading.columns
    return absent or (row, column) in sheet.unreadable


def _first_of_its_kind(
    frame: pd.DataFrame, columns: Sequence[str], rows: Sequence[int]
) -> dict[int, int]:
    """Repeated row → the first row like it; the first itself is not a mistake."""
    seen: dict[tuple[Any, ...], int] = {}
    repeated: dict[int, int] = {}
    values = frame[list(columns)]
    for row in rows:
        key = tuple(None if pd.isna(value) else value for value in values.iloc[row])
        if key in seen:
            repeated[row] = seen[key]
        else:
            seen[key] = row
    return repeated


def _problem(
    rule: Mapping[str, Any],
    columns: Sequence[str],
    parts: Sequence[Sheet],
    row: int,
    like: int | None,
) -> Located:
    sheet, own = _place(parts, row)
    known = [column for column in columns if column in sheet.schema.column_names]
    # Of two cells that disagree, the one written last is where the person is looking; of a pair
    # that another sheet must have, the one that names its row.
    order = sheet.schema.column_names
    pair = "column_A" in rule["kwargs"]
    named = [name for name in known if name in references(sheet.table)] if pair else []
    last = max(named or known, key=order.index, default=None)
    column = last if pair else next(iter(known), None)
    problem = sheet.at(own, column, rule["meta"]["regla"].removesuffix("."), _remedy(rule))
    finding = problem.finding
    if like is not None:
        other, there = _place(parts, like)
        finding = replace(finding, received=f"igual a {_named(other, there, sheet)}")
    elif pair and not sheet.schema.person_level:
        cells = (sheet.at(own, name, "", "").finding.received for name in known)
        told = (f"{sheet.label(n)}: {cell}" for n, cell in zip(known, cells, strict=True))
        finding = replace(finding, received="; ".join(told))
    weight: Weight = "Aviso" if rule["severity"] == Severity.INFO else "Error"
    return replace(problem, finding=finding, weight=weight)


def _named(sheet: Sheet, row: int, seen_from: Sheet) -> str:
    place = f"la fila {sheet.numbers[row]}"
    if sheet is seen_from:
        return place
    same_file = sheet.grid.file == seen_from.grid.file
    return f"{place} de {f'la hoja {sheet.grid.sheet}' if same_file else sheet.grid.place}"


def _remedy(rule: Mapping[str, Any]) -> str:
    parameter = parameter_of(rule["kwargs"])
    if parameter is None:
        return _REMEDIES[rule["type"]]
    target = looks_into(parameter)
    if target == "divipola":
        return "Escoja el código de la lista, o búsquelo con 'gsi territories TEXTO'."
    return f"Corrija el valor, o agregue la fila que falta en la hoja {sheet_name(target)}."
