"""From counts and published figures to indicators that can be compared."""

from gsi.inputs.indicators.rates import (
    CALCULATED,
    COLUMNS,
    KEY,
    NUMBERS,
    at,
    at_one_year,
    few_cases,
    latest,
    pair,
    unify,
)

__all__ = [
    "CALCULATED",
    "COLUMNS",
    "KEY",
    "NUMBERS",
    "at",
    "at_one_year",
    "few_cases",
    "latest",
    "pair",
    "unify",
]
