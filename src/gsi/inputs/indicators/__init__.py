"""From counts and published figures to indicators that can be compared."""

from gsi.inputs.indicators.rates import (
    CALCULATED,
    COLUMNS,
    NUMBERS,
    at,
    at_one_year,
    few_cases,
    latest,
    pair,
    preliminary,
    unify,
)
from gsi.inputs.indicators.reconciliation import KEY

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
    "preliminary",
    "unify",
]
