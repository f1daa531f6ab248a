"""The project's catalogue of measures, read once."""

from __future__ import annotations

from functools import cache

from gsi.params.measures import Catalogue, load_measures
from gsi.tables import suites_folder


@cache
def measures() -> Catalogue:
    """``params/measures.yml`` of the project that the contract's suites belong to."""
    return load_measures(suites_folder().parent / "params")
