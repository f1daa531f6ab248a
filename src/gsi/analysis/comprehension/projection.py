"""People some years ahead, where no source publishes them, and by how much the same method errs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import people
from gsi.analysis.comprehension.people import GROUPS, OLDEST
from gsi.analysis.results import Fact, count, flag, text
from gsi.measure import cohort

# Cohorts keep what happened to them in so many years at most before the last known one: the series
# joins two editions at 2019 and 2020, and an interval across them would carry the join on as if
# people had come. A test holds what comes of it against DANE's own 2030.
RECENT = 3
EVERYBODY = "todas"


@dataclass(frozen=True)
class Tested:
    """The variant of the projection that is used, and by how much it erred for a group (%)."""

    births_trend: bool
    error: float


# With the births trend or without it → people by age and sex.
Variants = Mapping[bool, pd.DataFrame]


def horizon(own: pd.DataFrame, first: int, last: int) -> tuple[int, Variants | None, bool]:
    """As many years after the follow-up as this is after the baseline: that year, its people, and
    whether they are computed here because no source publishes them.

    People: None where the two years are the same, or lack single ages.
    """
    when = 2 * last - first
    if (own["periodo"] == when).any():
        published = by_age(own, [when])[when]
        return when, None if published is None else {False: published}, False
    variants = _variants(own, last, last - first) if last > first else None
    return when, variants, variants is not None


def span(interval: int) -> int:
    """Years of the ratios that carry people over an interval: the most that divide it, up to
    :data:`RECENT`."""
    return max(years for years in range(1, RECENT + 1) if interval % years == 0)


def born(own: pd.DataFrame, first: int, last: int) -> dict[str, Fact]:
    """Whom the projection repeats without the births' trend: those born in the years of the ratios,
    so many of each age; the newborn are fewer where births fall."""
    years = span(last - first)
    mean = float(people.counts(own, last, (0, years - 1)).sum()) / years
    newborn = float(people.counts(own, last, (0, 0)).sum())
    return {
        "born_ages": text(f"0 a {years - 1} años" if years > 1 else "menos de 1 año"),
        "born_mean": count(mean),
        "newborn": count(newborn),
        "newborn_fewer": flag(newborn < mean),
    }


def _variants(own: pd.DataFrame, when: int, interval: int) -> Variants | None:
    """People ``interval`` years after ``when`` by what happened just before it; None where single
    ages are not known."""
    years = span(interval)
    ages = by_age(own, (when - years, when))
    past, now = ages[when - years], ages[when]
    if past is None or now is None:
        return None
    return {
        trend: cohort.ahead(past, now, years, interval // years, births_trend=trend)
        for trend in (False, True)
    }


def back_test(own: pd.DataFrame, first: int, last: int) -> dict[str, Tested]:
    """Group → the variant that, from what was known at the baseline, fell nearer to the follow-up
    as published in people of 0-17, and how much it erred for the group: with a variant for each,
    they would not add up.

    Empty where the population just before the baseline is not known.
    """
    then = by_age(own, [last])[last]
    guesses = _variants(own, first, last - first) if last > first else None
    if then is None or guesses is None:
        return {}

    def error(trend: bool, low: int, high: int) -> float:
        return change(size(then, low, high), size(guesses[trend], low, high))

    used = min(guesses, key=lambda trend: abs(error(trend, *people.NINEZ)))
    ages = {key: (low, high) for key, (_, low, high) in GROUPS.items()}
    return {
        key: Tested(used, error(used, low, high))
        for key, (low, high) in {**ages, EVERYBODY: (0, OLDEST)}.items()
    }


def ahead(variants: Variants | None, tested: Tested | None, low: int, high: int) -> float:
    """People of those ages at the horizon, by the variant that the back test chose: without one,
    the method's usual form."""
    if variants is None:
        return np.nan
    return size(variants[tested is not None and tested.births_trend], low, high)


def by_age(own: pd.DataFrame, years: Sequence[int]) -> dict[int, pd.DataFrame | None]:
    """Year → people by single age and sex; None where any age is missing."""
    rows = own[own["periodo"].isin(years)]
    sums = rows.groupby(["periodo", "edad", "sexo"])["personas"].sum().unstack("sexo")
    sums = sums.reindex(columns=["hombre", "mujer"])
    found: dict[Any, pd.DataFrame | None] = dict.fromkeys(years)
    for when, table in sums.groupby(level="periodo"):
        whole = table.droplevel("periodo").reindex(range(OLDEST + 1))
        found[when] = whole.astype("float64") if whole.notna().all(axis=None) else None
    return found


def size(people_by_age: pd.DataFrame, low: int, high: int) -> float:
    return float(people_by_age.loc[low:high].sum().sum())


def change(before: float, after: float) -> float:
    return (after / before - 1) * 100 if before else np.nan
