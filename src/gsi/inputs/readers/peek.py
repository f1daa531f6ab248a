"""A first look at a file: enough to know whose it is, without reading it whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gsi.inputs.readers import grids
from gsi.inputs.readers.problems import label, spellings

Kind = Literal["csv", "xlsx", "xls", "ods", "geojson"]
ROWS = 16
_KINDS: Mapping[str, Kind] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".geojson": "geojson",
}


@dataclass(frozen=True)
class Peek:
    """The first rows of every sheet, cells as compared labels. A CSV is one sheet named ''.

    For GeoJSON the one row holds the property names of the first feature.
    """

    path: Path
    kind: Kind
    sheets: Mapping[str, tuple[tuple[str, ...], ...]]

    def headed(self, *headings: str) -> bool:
        """Some row of some sheet has, for every heading, a cell that equals or starts with it, as
        it is published or as the API of datos.gov.co names it."""
        wanted = [spellings(heading) for heading in headings]
        starts = [tuple(f"{one} " for one in words) for words in wanted]
        return any(
            all(
                any(c in words or c.startswith(begins) for c in row)
                for words, begins in zip(wanted, starts, strict=True)
            )
            for rows in self.sheets.values()
            for row in rows
        )

    def says(self, *phrases: str) -> bool:
        """Every phrase is part of some cell."""
        cells = [cell for rows in self.sheets.values() for row in rows for cell in row]
        return all(any(label(phrase) in cell for cell in cells) for phrase in phrases)

    @property
    def name(self) -> str:
        """The file's name as it is compared with a reader's name pattern."""
        return label(self.path.name)


def kind_of(path: Path) -> Kind | None:
    """By extension; None for a format the workbook does not read."""
    name = path.name.lower()
    return next((kind for suffix, kind in _KINDS.items() if name.endswith(suffix)), None)


def peek(path: Path, kind: Kind) -> Peek:
    """Look at ``path``. Raises :class:`~gsi.ground.errors.UserMistake` when it cannot be opened."""
    if kind == "csv":
        rows = {"": [tuple(grids.csv_header(path))]}
    elif kind == "geojson":
        rows = {"": [tuple(_properties(path))]}
    elif kind == "ods":
        # Nothing is published in this format: only forms are looked for in it.
        rows = {}
    else:
        rows = grids.sheets(path, ROWS)
    return Peek(
        path,
        kind,
        {
            name: tuple(tuple(label(c) for c in row if c is not None) for row in grid)
            for name, grid in rows.items()
        },
    )


def _properties(path: Path) -> list[str]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        features = document["features"]
        return sorted(features[0]["properties"]) if features else []
    except (ValueError, KeyError, TypeError) as error:
        raise grids.unreadable(path, "GeoJSON (FeatureCollection)") from error
