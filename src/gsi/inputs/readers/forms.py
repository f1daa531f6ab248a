"""Forms that people fill in, and boundaries that a territory draws, beside the published files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from gsi.contract import tables
from gsi.ground import frames
from gsi.inputs.readers import boundaries
from gsi.inputs.readers.peek import Peek
from gsi.inputs.records import Part

PUBLISHER = "Formulario diligenciado por el territorio"
_DATES = ("periodo", "fecha")  # of the tables whose date decides nothing
_OF_PLACE = re.compile(r"(\d{5}|\d{2})-")  # how the forms made here are named


def read_form(seen: Peek) -> list[Part]:
    """The contract tables of one form file; empty when the file is no form.

    A GeoJSON whose features have ``municipio`` is the table ``limites``. Raises
    :class:`~gsi.ground.errors.UserMistake` with every finding of a form with mistakes.
    """
    if seen.kind == "geojson":
        return [boundaries.table(seen.path, "municipio")] if seen.headed("municipio") else []
    # Imported here: published files are read without the contract's suites.
    from gsi.inputs import forms
    from gsi.inputs.forms.named import places_named
    from gsi.inputs.forms.read import joined, whole

    if not forms.recognise(seen.path):
        return []
    sheets = whole(seen.path)
    found, named = joined(sheets), places_named(sheets)
    return [
        replace(_part(name, found[name], tables.schema(name).title), named=named)
        for name in sorted(found)
    ]


def places_of(path: Path) -> tuple[str, ...]:
    """The codes of the territories that a form with mistakes is of, as far as it can be read, and
    as it is named; empty where it does not say."""
    from gsi.inputs import forms

    named = _OF_PLACE.match(path.name)
    found = {named[1]} if named else set()
    try:
        sheets = forms.read_sheets(path)[0]
    except Exception:  # what is wrong with it is told already
        sheets = []
    for sheet in sheets:
        if "municipio" in sheet.frame:
            found |= set(sheet.frame["municipio"].dropna())
    return tuple(sorted(found))


def _part(name: str, data: pd.DataFrame, title: str) -> Part:
    return Part(name, data, len(data), len(data), years=_years(name, data), title=title)


def _years(name: str, data: pd.DataFrame) -> tuple[int, ...]:
    """The years that its rows are of; none of a table without dates."""
    column = tables.DATED.get(name) or next((one for one in _DATES if one in data), None)
    if column is None or column not in data:
        return ()
    return tuple(frames.years(data[column]))


def source_of(path: Path) -> str:
    """What rows of a form carry in ``fuente``."""
    return f"formulario:{path.name}"
