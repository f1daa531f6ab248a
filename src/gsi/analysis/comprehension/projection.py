"""People some years ahead, where no source publishes them, and by how much the same method errs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import people
from gsi.analysis.comprehension.people import GROUPS, OLDEST
from gsi.analysis.results import Fact, count, flag, percent, text
from gsi.analysis.results import year as year_of
from gsi.inputs.indicators import unification
from gsi.measure import cohort

# Cohorts keep what happened to them in so many years at most before the last known one: the series
# joins two editions at 2019 and 2020, and an interval across them would carry the join on as if
# people had come. A test holds what comes of it against DANE's own 2030.
RECENT = 3
EVERYBODY = "todas"
# By so many points more than in the years beside it the year of a join must grow, to be told.
JUMP = 0.5
# (source, baseline, follow-up) → median distance of the 33 departments' total of 2030 from DANE's
# of July 2025 (%), and in how many it is over 5 %.
PUBLISHED_SINCE = {("dane_proyecciones_epico", 2018, 2024): (2.8, 8)}


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


def born(first: int, last: int) -> dict[str, Fact]:
    """Whom the projection repeats without the births' trend: those whom the source projects as born
    in the years of the ratios."""
    years = span(last - first)
    return {"born_ages": text(f"0 a {years - 1} años" if years > 1 else "menos de 1 año")}


def distance(own: pd.DataFrame, first: int, last: int) -> dict[str, Fact]:
    """How far the same calculation fell from what was published since, in all departments."""
    sources = set(own["fuente"].unique())
    found = next((PUBLISHED_SINCE.get((source, first, last)) for source in sources), None)
    median, far = found or (None, None)
    return {
        "has_distance": flag(found is not None),
        "distance": percent(median),
        "distance_far": count(far),
    }


def seam(own: pd.DataFrame, first: int, last: int) -> dict[str, Fact]:
    """The year, after the first and up to the last, in which the file joins two series, where the
    territory's people grow then more than in the years beside it."""
    seams = [when for source, when in unification.SEAMS.items() if (own["fuente"] == source).any()]
    when = next((each for each in sorted(seams) if first < each <= last), None)
    sizes = own.groupby("periodo")["personas"].sum()
    growth = {
        year: 100 * (sizes.get(year, np.nan) / sizes.get(year - 1, np.nan) - 1)
        for year in ((when - 1, when, when + 1) if when else ())
    }
    beside = max((value for year, value in growth.items() if year != when), default=np.nan)
    shows = when is not None and growth[when] - beside > JUMP
    return {
        "has_seam": flag(shows),
        "seam": year_of(when if shows else None),
        "seam_growth": percent(growth[when] if shows and when else None),
        "seam_beside": percent(beside if shows else None),
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
