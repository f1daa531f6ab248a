"""Which rows below the headings are data, and which are not and must be told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from gsi.contract import tables
from gsi.contract.tables import ColumnSpec
from gsi.inputs.forms.coerce import coerce, plain
from gsi.inputs.forms.grids import Grid, blank
from gsi.inputs.forms.headings import MARK, Heading
from gsi.inputs.forms.layout import shown
from gsi.inputs.forms.words import header_slug, slug

_TOTAL = re.compile(r"(?:gran_)?(?:sub)?total(?:es)?(?:_general(?:es)?)?|suma(?:s|toria)?")
_OWN_TO_EACH_PLACE = ("municipio", "microterritorio")

# (position of the row in the grid, rule, remedy)
Told = tuple[int, str, str]


def data_rows(grid: Grid, table: str, heading: Heading) -> tuple[list[int], list[Told]]:
    """Positions in ``grid.rows`` of the rows that are data; what is wrong with the others.

    Of a form made here, the example is left out, and so are rows where nothing was written beside
    the municipality's code that they already had.
    """
    examples = {
        spec.name: (spec, plain(shown(spec, spec.example)))
        for spec in tables.schema(table).columns
        if spec.example is not None
    }
    ours = heading.mark is not None
    unwritten = {heading.columns.get("municipio"), heading.mark} - {None}
    first = next((name for name in heading.columns if name in examples), None)
    kept: list[int] = []
    told: list[Told] = []
    for position in range(heading.position + 1, len(grid.rows)):
        row = grid.rows[position]
        if ours and all(blank(cell) or index in unwritten for index, cell in enumerate(row)):
            continue
        marked = ours and slug(str(_cell(row, heading.mark))) == slug(MARK)
        if marked or (first and plain(_cell(row, heading.columns[first])) == examples[first][1]):
            changed = _changed(row, heading, examples)
            if marked and changed:
                turned = all(_month_first(cell, example) for cell, example in changed)
                told.append((position, *(_MONTH_FIRST if turned else _OVERWRITTEN)))
            elif not marked and not changed:
                told.append((position, *_COPIED))
            if marked or not changed:
                continue
        if _is_total(row, heading.mark):
            told.append((position, *_TOTALS))
        elif _is_heading(row, heading):
            told.append((position, *_HEADINGS))
        else:
            kept.append(position)
    return kept, told


_OVERWRITTEN = (
    "la fila del ejemplo fue cambiada y no se lee",
    "Escriba sus datos en las filas siguientes y deje el ejemplo como estaba.",
)
_MONTH_FIRST = (
    "las fechas del archivo tienen el mes antes del día, como muestra la fila del ejemplo",
    "Guárdelo otra vez con las fechas como dd/mm/aaaa (idioma español de Colombia).",
)
_COPIED = (
    "es la fila del ejemplo del formulario, no un dato",
    "Borre la fila.",
)
_TOTALS = (
    "es una fila de totales: se contaría dos veces",
    "Borre la fila; los totales los calcula el cuaderno.",
)
_HEADINGS = (
    "los encabezados están repetidos en medio de los datos",
    "Borre la fila.",
)


def _cell(row: Sequence[Any], index: int | None) -> Any:
    return row[index] if index is not None and index < len(row) else None


def _changed(
    row: Sequence[Any], heading: Heading, examples: dict[str, tuple[ColumnSpec, str]]
) -> list[tuple[Any, str]]:
    """The cells of the example that do not say what it said, and what that was.

    A CSV writes dates and decimals as its program's language does: they are compared as read.
    """
    cells = [
        (_cell(row, index), *examples[name])
        for name, index in heading.columns.items()
        if name in examples and name not in _OWN_TO_EACH_PLACE
    ]
    return [(cell, told) for cell, spec, told in cells if not _same(cell, spec, told)]


def _same(cell: Any, spec: ColumnSpec, told: str) -> bool:
    if plain(cell) == told:
        return True
    expected = coerce(pd.Series([told], dtype="object"), spec, decimal_point=True)[0]
    return any(
        coerce(pd.Series([cell], dtype="object"), spec, decimal_point=point)[0].equals(expected)
        for point in (False, True)
    )


def _month_first(cell: Any, told: str) -> bool:
    """Whether a cell has the example's day as the United States write it."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", plain(cell))
    return found is not None and told == f"{found[3]}-{found[1]:0>2}-{found[2]:0>2}"


def _is_total(row: Sequence[Any], mark: int | None) -> bool:
    first = next((c for i, c in enumerate(row) if i != mark and not blank(c)), None)
    return isinstance(first, str) and len(first) < 40 and bool(_TOTAL.fullmatch(slug(first)))


def _is_heading(row: Sequence[Any], heading: Heading) -> bool:
    """Whether most of the headings stand again in their own columns."""
    columns = heading.columns
    first = next(iter(columns))
    if not isinstance(_cell(row, columns[first]), str):
        return False
    same = sum(
        isinstance(_cell(row, index), str)
        and header_slug(_cell(row, index)) == header_slug(heading.labels[name])
        for name, index in columns.items()
    )
    return same > len(columns) / 2
