"""The project's catalogue of measures, read once."""

from __future__ import annotations

from functools import cache

from gsi.contract.params.measures import FILE, Catalogue, load_measures
from gsi.contract.tables import suites_folder
from gsi.ground.kept import Kept


@cache
def measures(kept: Kept) -> Catalogue:
    """``params/measures.yml`` of the project that the contract's suites belong to."""
    folder = suites_folder().parent / "params"
    return kept.parsed("measures", lambda: load_measures(folder), [folder / FILE])
