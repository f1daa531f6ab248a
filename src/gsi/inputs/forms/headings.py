"""Which table a sheet is, and which of its columns each heading names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gsi.contract import tables
from gsi.contract.vocabulary import ColumnKind
from gsi.inputs.forms.grids import Grid, blank
from gsi.inputs.forms.words import header_slug, slug

# The first column of a form made here: it marks the example, and nobody writes there.
MARK_HEADING = "No escriba en esta columna"
MARK = "EJEMPLO"
# Titles and instructions may stand above the headings.
_SEARCHED = 15
# A file named like a table is a form of it when it has at least this part of its headings:
# official files are named like tables too (divipola_gdxc-w37w.csv) and have other headings.
_LIKENESS = 0.4


@dataclass(frozen=True)
class Heading:
    """Where the headings of a table are: position in ``grid.rows``, columns found, the rest.

    ``mark``: the column of a form made here that marks the example; None in any other file.
    """

    position: int
    columns: dict[str, int]
    labels: dict[str, str]
    unknown: list[tuple[int, str]]
    repeated: list[tuple[int, str]]
    missing: list[str]
    mark: int | None = None

    def unread(self, table: str) -> bool:
        """Whether too few of the required headings are there to read what is below them."""
        required = required_columns(table)
        return len(required) - len(self.missing) < _LIKENESS * len(required)


@cache
def _names_of(table: str) -> dict[str, str]:
    """Slug of a column's name or label → its name."""
    return {
        header_slug(text): spec.name
        for spec in tables.schema(table).columns
        if not spec.published
        for text in (spec.label, spec.name)
    }


@cache
def required_columns(table: str) -> tuple[str, ...]:
    """The columns a form must have (provenance is written by the reader)."""
    return tuple(
        spec.name
        for spec in tables.schema(table).columns
        if spec.required and not spec.filled_by_reader
    )


@cache
def _table_names() -> dict[str, str]:
    readable = [name for name in tables.names() if not _has_geometry(name)]
    by_length = sorted(readable, key=len, reverse=True)
    return {slug(name): name for name in by_length}


def _has_geometry(table: str) -> bool:
    return any(spec.kind == ColumnKind.GEOMETRY for spec in tables.schema(table).columns)


def named_table(name: str) -> tuple[str, bool] | None:
    """The table a file or sheet name says, and whether it says only that.

    ``formacion_2024``, ``02 Formación`` and ``Plan de acción`` are recognised.
    """
    found = re.sub(r"^\d+_", "", slug(name))
    for known, table in _table_names().items():
        if found == known:
            return table, True
        if found.startswith(f"{known}_"):
            return table, False
    return None


def table_of(grid: Grid, alone: bool) -> str | None:
    """The table of a sheet: by the sheet's name, or the file's when it has one sheet only."""
    names = [grid.sheet] if grid.sheet else []
    if alone:
        names.append(Path(grid.file).stem)
    for name in names:
        found = named_table(name or "")
        if found is None or not grid.rows:
            continue
        table, exactly = found
        heading = find_heading(grid, table)
        if exactly or not heading.unread(table):
            return table
    return None


def looks_like(grid: Grid) -> str | None:
    """The table whose required headings are all on a sheet that is not named like it."""
    complete = [
        table
        for table in _table_names().values()
        if grid.rows and not find_heading(grid, table).missing
    ]
    return max(complete, key=lambda table: len(required_columns(table)), default=None)


def find_heading(grid: Grid, table: str) -> Heading:
    """The row, among the first ones, that names most columns of the table."""
    candidates = [
        _heading(grid, table, position) for position in range(min(_SEARCHED, len(grid.rows)))
    ]
    return max(candidates, key=lambda heading: (len(heading.columns), -heading.position))


def _heading(grid: Grid, table: str, position: int) -> Heading:
    known = _names_of(table)
    columns: dict[str, int] = {}
    labels: dict[str, str] = {}
    unknown: list[tuple[int, str]] = []
    repeated: list[tuple[int, str]] = []
    mark: int | None = None
    for index, cell in enumerate(grid.rows[position]):
        if blank(cell):
            continue
        text = _text(cell)
        name = known.get(header_slug(text))
        if header_slug(text) == header_slug(MARK_HEADING):
            mark = index
        elif name is None:
            unknown.append((index, text))
        elif name in columns:
            repeated.append((index, text))
        else:
            columns[name] = index
            labels[name] = text
    missing = [name for name in required_columns(table) if name not in columns]
    return Heading(position, columns, labels, unknown, repeated, missing, mark)


def _text(cell: Any) -> str:
    return " ".join(str(cell).split())
