"""The project's catalogue of measures, read once."""

from __future__ import annotations

from functools import cache

from gsi.kept import Kept
from gsi.params.measures import FILE, Catalogue, load_measures
from gsi.tables import suites_folder


@cache
def measures(kept: Kept) -> Catalogue:
    """``params/measures.yml`` of the project that the contract's suites belong to."""
    folder = suites_folder().parent / "params"
    return kept.parsed("measures", lambda: load_measures(folder), [folder / FILE])
