"""What the value of an indicator can be: the bounds of the project's catalogue, for what has only
an indicator's name in its hands (a reader, a rule over a table)."""

from __future__ import annotations

from functools import cache

from gsi import tables
from gsi.numerals import ANY, Bounds


def of(indicator: str) -> Bounds:
    """The least and the greatest value, in the catalogue's unit; anything finite for an indicator
    that the catalogue does not have."""
    return _catalogue().get(indicator, ANY)


@cache
def _catalogue() -> dict[str, Bounds]:
    from gsi.params.indicators import load_catalogue

    path = tables.suites_folder().parent / "params" / "indicators.yml"
    return {indicator.id: indicator.limits for indicator in load_catalogue(path)}
