"""Countries where nobody changes: panels of counts and shares with known noise between years.

Three worlds: pure chance of counts; noise of each year besides (gamma and logit-normal shocks of
the size that real municipalities show: 10 to 30 % of a rate); a random walk besides that. Rates
move with the country in all of them. Some indicators are published without their counts, as those
of the Ministry of Education are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.inputs.indicators import noise
from gsi.measure import change
from gsi.measure import noise as law
from gsi.measure.noise import Kind

YEARS = np.arange(2011, 2025)
FIRST, LAST = 2018, 2024
WORLDS = ("counts", "years", "walk")
COMPARABLE = np.ones((len(YEARS), len(YEARS)), dtype=bool)


@dataclass(frozen=True)
class Panel:
    """One indicator of all municipalities: matrices municipality × year."""

    kind: Kind
    multiplier: float
    numerator: np.ndarray
    denominator: np.ndarray
    value: np.ndarray
    people: np.ndarray


def people(random: np.random.Generator, places: int) -> np.ndarray:
    """Sizes like Colombia's: a median of 13,000 people, a tenth above 60,000."""
    return np.clip(np.exp(random.normal(np.log(13_000), 1.15, places)), 1_000, 3e6)


def panel(
    random: np.random.Generator,
    world: str,
    kind: Kind,
    size: np.ndarray,
    *,
    base: float,
    part: float,
    multiplier: float,
    noisy: float,
    drift: float,
) -> Panel:
    """``base``: typical rate; ``part``: denominator's share of the people; ``noisy``, ``drift``:
    standard deviations of a year's shock and of a yearly step, in logarithms of rate or odds."""
    places, years = len(size), len(YEARS)
    denominator = np.maximum(np.rint(np.outer(size * part, np.linspace(1, 0.93, years))), 5)
    own = random.normal(0, 0.35, (places, 1))
    country = np.cumsum(random.normal(0, 0.05, years))
    shock = np.zeros((places, years))
    if world in ("years", "walk"):
        shock += random.normal(0, noisy, (places, years))
    if world == "walk":
        shock += np.cumsum(random.normal(0, drift, (places, years)), axis=1)
    if kind == "rate":
        rate = base * np.exp(own + country + shock)
        numerator = random.poisson(rate * denominator).astype(float)
    else:
        odds = base / (1 - base) * np.exp(own + country + shock)
        numerator = random.binomial(denominator.astype(int), odds / (1 + odds)).astype(float)
    value = numerator / denominator * multiplier
    return Panel(kind, multiplier, numerator, denominator, value, size)


def report(
    random: np.random.Generator,
    world: str,
    size: np.ndarray,
    noisy: tuple[float, float] = (0.1, 0.3),
) -> list[Panel]:
    """The indicators of one report: rare and common rates, shares, shares without counts."""
    rates = [
        {"base": 0.010, "part": 0.015, "multiplier": 1e3},  # infant deaths of births
        {"base": 7e-5, "part": 0.08, "multiplier": 1e5},  # deaths by malnutrition
        {"base": 6e-5, "part": 0.30, "multiplier": 1e5},  # homicides
        {"base": 1.4e-3, "part": 0.30, "multiplier": 1e5},  # examinations
        {"base": 7e-4, "part": 0.30, "multiplier": 1e5},  # violence
        {"base": 0.065, "part": 0.042, "multiplier": 1e3},  # births 15-19
        {"base": 0.0025, "part": 0.042, "multiplier": 1e3},  # births 10-14
    ]
    shares = [
        {"base": 0.09, "part": 0.015, "multiplier": 100.0},  # low weight
        {"base": 0.85, "part": 0.015, "multiplier": 100.0},  # prenatal care
        {"base": 0.35, "part": 0.03, "multiplier": 100.0},  # early education
    ]
    hidden = [
        {"base": base, "part": part, "multiplier": 100.0}
        for base, part in (
            (0.03, 0.2), (0.05, 0.08), (0.05, 0.2), (0.03, 0.2), (0.8, 0.2), (0.8, 0.1),
            (0.7, 0.08), (0.45, 0.035), (0.6, 0.017), (0.2, 0.25),
        )
    ]  # fmt: skip
    found = []
    for kind, rows in (("rate", rates), ("share", shares), ("value", hidden)):
        for row in rows:
            shock, drift = random.uniform(*noisy), random.uniform(0.03, 0.1)
            found.append(panel(random, world, kind, size, noisy=shock, drift=drift, **row))
    return found


def levels(one: Panel) -> np.ndarray:
    """The country's common level of each year."""
    return law.common_levels(one.kind, one.value, one.numerator, one.denominator, one.multiplier)


def measured(one: Panel) -> noise.Panel:
    """The panel as the preparation has it."""
    common = levels(one)
    empty = np.full_like(one.value, np.nan)
    g, unit = law.scaled(
        one.kind,
        value=one.value,
        numerator=one.numerator,
        denominator=one.denominator,
        error=empty,
        people=np.repeat(one.people[:, None], len(YEARS), axis=1),
        common=common,
        multiplier=one.multiplier,
    )
    wide = {
        "valor": one.value, "numerador": one.numerator, "denominador": one.denominator,
        "error_estandar": empty,
    }  # fmt: skip
    places = pd.RangeIndex(len(one.people))
    return noise.Panel(
        one.kind, places, YEARS, wide, one.people, common, g, unit, COMPARABLE
    )  # fmt: skip


def rows(one: Panel, first: int = FIRST, last: int = LAST) -> pd.DataFrame:
    """One row a municipality, ready for :func:`gsi.measure.change.predicted`."""
    panel = measured(one)
    known = panel.fitted()
    assert known is not None
    return panel.moves(known, first, last, one.multiplier)


def judged(panels: list[Panel], false_discovery: float = 0.05) -> pd.DataFrame:
    """Every municipality's report: verdicts under one false discovery rate a municipality."""
    parts = []
    for number, one in enumerate(panels):
        found = change.predicted(rows(one))
        parts.append(found.assign(indicator=number, place=np.arange(len(found)), direction=1))
    table = pd.concat(parts, ignore_index=True)
    judged = [change.verdicts(own, false_discovery) for _, own in table.groupby("place", sort=True)]
    return pd.concat(judged, ignore_index=True)


def false_reports(table: pd.DataFrame) -> float:
    """Share of reports with at least one verdict of change."""
    real = table["verdict"].isin(["improved", "worsened", "changed"])
    return float(real.groupby(table["place"]).any().mean())
