"""What the value of an indicator can be: the bounds of the project's catalogue, for what has only
an indicator's name in its hands (a reader, a rule over a table)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gsi.contract import tables
from gsi.contract.divipola import department_of
from gsi.ground.errors import UserMistake
from gsi.ground.numerals import ANY, Bounds


def of(indicator: str, place: str = "") -> Bounds:
    """The least and the greatest value, in the catalogue's unit; anything finite for an indicator
    that the catalogue does not have.

    ``place``: a DIVIPOLA code, whose department may change the catalogue or add to it.
    """
    return _catalogue(tables.suites_folder().parent / "params", department_of(place)).get(
        indicator, ANY
    )


@cache
def _catalogue(folder: Path, department: str) -> dict[str, Bounds]:
    from gsi.contract.params.indicators import load_catalogue

    if not department:
        return {one.id: one.limits for one in load_catalogue(folder / "indicators.yml")}
    own = folder / f"indicators-{department}.yml"
    if not own.is_file():
        return _catalogue(folder, "")
    try:
        return {one.id: one.limits for one in load_catalogue(folder / "indicators.yml", own)}
    except UserMistake:  # the department's own order stops with it; others do not need the file
        return _catalogue(folder, "")
