"""Departments by the names that publications give them where they write no code."""

from __future__ import annotations

from gsi.contract.divipola import DEPARTMENTS
from gsi.contract.vocabulary import COUNTRY
from gsi.inputs.readers.problems import label

_WRITTEN = DEPARTMENTS | {COUNTRY: "Nacional|Total Nacional|Colombia"}
CODES = {label(name): code for code, names in _WRITTEN.items() for name in names.split("|")}


def code_of(name: object) -> str | None:
    """The code of a department, or the country's; None for any other name."""
    return CODES.get(label(name))
