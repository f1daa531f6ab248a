"""Where things stand on a form's sheet: what the writer draws is what the reader looks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gsi.contract import tables
from gsi.contract.tables import ColumnSpec
from gsi.contract.territory import Territory
from gsi.contract.vocabulary import ROUTES, ColumnKind
from gsi.inputs.forms.headings import MARK, MARK_HEADING, named_table

__all__ = ["MARK", "MARK_HEADING"]

TITLE_ROW, HELP_ROW, LEGEND_ROW, HEAD_ROW, EXAMPLE_ROW, FIRST_ROW = 1, 2, 3, 4, 5, 6
START = "Escriba aquí →"
GUIDE_SHEET = "LÉAME"
LISTS_SHEET = "Listas"
_LONGEST_SHEET = 31


@dataclass(frozen=True)
class Place:
    """Where a form is filled in: the territory, the codes its rows may bear, its microterritories.

    ``codes``: territories offered in the lists, the territory itself among them.
    """

    territory: Territory
    codes: tuple[Territory, ...]
    microterritories: tuple[str, ...] = ()

    @classmethod
    def of(cls, territory: Territory, codes: Sequence[Territory], micro: Sequence[str]) -> Place:
        """With codes and microterritories in order, once each."""
        ordered = sorted({place.code: place for place in codes}.items())
        return cls(territory, tuple(place for _, place in ordered), tuple(sorted(set(micro))))


def sheet_name(table: str) -> str:
    """The table's title where the reader recognises it and Excel allows it; else its name."""
    title = tables.schema(table).title
    if len(title) <= _LONGEST_SHEET and (named_table(title) or ("", False))[0] == table:
        return title
    return table.capitalize()


def asked(table: str) -> list[ColumnSpec]:
    """The columns a person fills in."""
    given = tables.schema(table).columns
    return [spec for spec in given if not (spec.filled_by_reader or spec.published)]


def takes_departments(table: str) -> bool:
    """Whether a row may belong to a whole department."""
    pattern = tables.schema(table).column("municipio").pattern or ""
    return "{2}" in pattern


def place_label(place: Territory) -> str:
    """What the lists offer and the reader understands: ``73067 Ataco``."""
    return f"{place.code} {place.name}"


def example_value(spec: ColumnSpec, place: Place) -> Any:
    """The example of a column, with the territory's own code and microterritory."""
    if spec.name == "municipio":
        owned = [code for code in place.codes if not code.is_department]
        return place_label(owned[0] if owned else place.territory)
    if spec.name == "microterritorio":
        return next(iter(place.microterritories), None)
    if spec.kind == ColumnKind.DATE and spec.example is not None:
        return dt.datetime.fromisoformat(str(spec.example))
    return spec.example


def shown(spec: ColumnSpec, value: Any) -> Any:
    """A contract value as the form's lists offer it."""
    if value is None or pd.isna(value):
        return None
    if spec.values and spec.labels and value in spec.values:
        return spec.labels[spec.values.index(value)]
    if spec.name == "ruta":
        return ROUTES.get(value, value)
    if spec.kind == ColumnKind.BINARY:
        return "Sí" if value else "No"
    if spec.kind == ColumnKind.DATE:
        return pd.Timestamp(value).to_pydatetime()
    return value
