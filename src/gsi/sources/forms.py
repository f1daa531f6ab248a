"""Forms that people fill in, and boundaries that a territory draws, beside the published files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gsi.sources import boundaries
from gsi.sources.peek import Peek
from gsi.sources.records import Part

PUBLISHER = "Formulario diligenciado por el territorio"
_YEARS = ("periodo", "corte", "vigencia")


def read_form(seen: Peek) -> list[Part]:
    """The contract tables of one form file; empty when the file is no form.

    A GeoJSON whose features have ``municipio`` is the table ``limites``. Raises
    :class:`~gsi.errors.UserMistake` with every finding of a form with mistakes.
    """
    if seen.kind == "geojson":
        return [boundaries.table(seen.path, "municipio")] if seen.headed("municipio") else []
    # Imported here: published files are read without the contract's suites.
    from gsi import forms, tables

    if not forms.recognise(seen.path):
        return []
    found = forms.read(seen.path)
    return [_part(name, found[name], tables.schema(name).title) for name in sorted(found)]


def _part(name: str, data: pd.DataFrame, title: str) -> Part:
    years = {
        int(year) for column in _YEARS if column in data for year in data[column].dropna().unique()
    }
    return Part(name, data, len(data), len(data), years=tuple(sorted(years)), title=title)


def source_of(path: Path) -> str:
    """What rows of a form carry in ``fuente``."""
    return f"formulario:{path.name}"
