"""From counts and published figures to indicators that can be compared."""

from gsi.inputs.indicators.rates import (
    CALCULATED,
    COLUMNS,
    KEY,
    NUMBERS,
    at,
    at_one_year,
    build,
    few_cases,
    latest,
    pair,
    reconcile,
    unify,
)

__all__ = [
    "CALCULATED",
    "COLUMNS",
    "KEY",
    "NUMBERS",
    "at",
    "at_one_year",
    "build",
    "few_cases",
    "latest",
    "pair",
    "reconcile",
    "unify",
]
