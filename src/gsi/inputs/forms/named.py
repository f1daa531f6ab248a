"""Cells like ``73067 Ortega``: the code is read, and the name must be of the same place."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from gsi.inputs.forms.coerce import CODE_AND_NAME
from gsi.inputs.forms.located import Located
from gsi.inputs.forms.read import Sheet
from gsi.inputs.forms.words import slug
from gsi.inputs.records import Named, same_place

RULE = "el código y el nombre del municipio no son del mismo lugar"
REMEDY = "Escoja el municipio de la lista, o escriba solo el código correcto."


def names_of(divipola: pd.DataFrame) -> dict[str, str]:
    """Code of a municipality or department → its name as it is compared."""
    names = dict(zip(divipola["municipio"], divipola["nombre"], strict=True))
    names |= dict(zip(divipola["departamento"], divipola["nombre_departamento"], strict=True))
    return {code: slug(name) for code, name in names.items()}


def misnamed(sheet: Sheet, known: dict[str, str]) -> list[Located]:
    """The cells of a sheet whose name is another place's."""
    return [
        sheet.at(row, "municipio", RULE, REMEDY)
        for row, code, name in _written(sheet)
        if code in known and not same_place(name, known[code])
    ]


def places_named(sheets: list[Sheet]) -> tuple[Named, ...]:
    """Each code and name that the sheets write together, once, where it first stands."""
    found: dict[tuple[str, str], Named] = {}
    for sheet in sheets:
        for row, code, name in _written(sheet):
            if (code, name) not in found:
                found[code, name] = Named(
                    code, name, sheet.at(row, "municipio", RULE, REMEDY).finding
                )
    return tuple(found.values())


def _written(sheet: Sheet) -> Iterator[tuple[int, str, str]]:
    """Row of the frame, code and name of each cell that has both."""
    index = sheet.heading.columns.get("municipio")
    if index is None:
        return
    for row, cells in enumerate(sheet.raw):
        cell = cells[index] if index < len(cells) else None
        parts = CODE_AND_NAME.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if parts:
            yield row, parts[1], slug(parts[2])
