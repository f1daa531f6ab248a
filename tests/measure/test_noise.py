"""What is estimated is what was planted, on the scale where it was planted."""

from __future__ import annotations

import numpy as np
import pytest
import unchanged as world
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.measure import noise, noise_fit

NAN = np.nan
ALL = np.ones((14, 14), dtype=bool)


def simulated(level: float, walk: float, freedom: float | None = None, places: int = 800):
    random = np.random.default_rng(5)
    scale = 1.0 if freedom is None else np.sqrt(freedom / random.chisquare(freedom, (places, 1)))
    size = world.people(random, places)
    unit = np.repeat((1 / size)[:, None], 14, axis=1)
    g = random.normal(0, np.sqrt(300 * unit + level)) * scale
    g += np.cumsum(random.normal(0, np.sqrt(walk), (places, 14)), axis=1) * scale
    return g, unit


@pytest.mark.parametrize(("level", "walk"), [(0.04, 0.0), (0.0, 0.02), (0.03, 0.01)])
def test_level_and_drift_are_told_apart(level: float, walk: float) -> None:
    found = noise_fit.fitted("value", *simulated(level, walk), world.YEARS, ALL)
    assert found is not None
    assert found.level == pytest.approx(level, abs=0.008)
    # Of one year, level and drift are nearly one; what both make over some years is told better.
    assert found.walk == pytest.approx(walk, abs=0.005)
    for span in (1, 4):
        between = 2 * level + walk * span
        assert found.between_years(span) == pytest.approx(between, rel=0.15)
    assert found.size == pytest.approx(300, rel=0.35)


def test_ways_of_their_own_are_no_random_walk() -> None:
    """Each place keeps its own slope: moves of k years vary as k²; a walk's vary as k."""
    random = np.random.default_rng(9)
    size = world.people(random, 800)
    unit = np.repeat((1 / size)[:, None], 14, axis=1)
    chance = random.normal(0, np.sqrt(100 * unit))
    slope = random.normal(0, 0.1, (800, 1)) * np.arange(14)
    found = noise_fit.fitted("value", chance + slope, unit, world.YEARS, ALL)
    walk = noise_fit.fitted("value", *simulated(0.0, 0.02), world.YEARS, ALL)
    assert found is not None and walk is not None
    assert found.growth == pytest.approx(2, abs=0.15)
    assert found.between_years(6) == pytest.approx((0.1 * 6) ** 2, rel=0.15)
    assert walk.growth == pytest.approx(1, abs=0.15)


def test_years_that_have_become_calmer_are_believed() -> None:
    """Four noisy years of 0.08 and ten of 0.02: next year's noise is 0.02, the mean is 0.037."""
    random = np.random.default_rng(6)
    level = np.repeat((0.08, 0.02), (4, 10))
    g = random.normal(0, 1, (800, 14)) * np.sqrt(level)
    found = noise_fit.fitted("value", g, np.full((800, 14), 1e-9), world.YEARS, ALL)
    assert found is not None
    assert float(found.variance(2e-9, 1)) / 2 == pytest.approx(0.02, abs=0.006)


def test_restless_places_give_heavy_tails() -> None:
    calm = noise_fit.fitted("value", *simulated(0.04, 0.0), world.YEARS, ALL)
    mixed = noise_fit.fitted("value", *simulated(0.04, 0.0, freedom=5), world.YEARS, ALL)
    assert calm is not None and mixed is not None
    assert mixed.freedom == pytest.approx(5, abs=2) and calm.freedom > 20


def test_a_restless_past_widens_the_scale_by_hand() -> None:
    law = noise.Noise("value", 0.0, 0.5, 0.0, 6.0, 10**9, 100)
    # Moves 2, −2, 2: z² = 4 each; they share years, so three count as two.
    squares = noise.history(law, np.array([0.0, 2, 0, 2]), np.zeros(4), [1, 2, 3, 4], [True] * 3)
    assert squares == pytest.approx([4, 4, 4])
    factor, freedom = noise.moderated(law, squares)
    assert (factor, freedom) == pytest.approx(((6 + 8) / 8, 8))
    broken = noise.history(law, np.array([0.0, 2, 0]), np.zeros(3), [1, 2, 3], [True, False])
    assert len(broken) == 1


def test_too_small_a_panel_tells_nothing() -> None:
    g, unit = simulated(0.04, 0.0, places=5)
    assert noise_fit.fitted("value", g, unit, world.YEARS, ALL) is None
    g, unit = simulated(0.04, 0.0, places=40)
    assert noise_fit.fitted("value", g[:, :2], unit[:, :2], world.YEARS[:2], ALL[:2, :2]) is None


def test_the_common_level_ignores_who_enters() -> None:
    values = np.array([[4.0, 9.0, 16.0], [4.0, 9.0, 16.0], [NAN, 100.0, 121.0]])
    empty = np.full_like(values, NAN)
    found = noise.common_levels("value", values, empty, empty, NAN)
    assert found == pytest.approx([4, 9, 16])
    counted = noise.common_levels(
        "rate", np.zeros((2, 2)), np.array([[1.0, 2], [3, 4]]), np.array([[10.0, 10], [30, 40]]),
        1000.0,
    )  # fmt: skip
    assert counted == pytest.approx([100, 120])


@pytest.mark.parametrize("kind", ["rate", "share", "value", "published"])
def test_the_scale_goes_back_and_forth(kind: noise.Kind) -> None:
    parts = {"value": 12.5, "numerator": 25, "denominator": 200, "error": 1.0, "people": 500.0}
    g, _ = noise.scaled(kind, **parts, common=11.0, multiplier=100.0)
    back = noise.unscaled(kind, g, denominator=200, common=11.0, multiplier=100.0)
    assert back == pytest.approx(12.5)


# Medians of all municipalities, 2011-2024, of the file of the Ministry of Education.
REPETITION = [0.94, 0.90, 0.98, 1.12, 1.49, 1.33, 1.55, 1.37, 1.47, 5.24, 4.63, 6.36, 8.85, 8.32]
DROPOUT = [3.75, 3.73, 3.18, 2.71, 2.83, 3.41, 2.81, 2.70, 2.83, 2.04, 3.49, 3.90, 3.47, 3.24]
FAILURE = [0.83, 2.52, 2.26, 0.19, 4.12, 4.30, 4.69, 5.01, 5.35, 6.08, 6.49, 6.49, 6.51, 5.60]


def _jumps(levels: list[float], times: float = 8.0) -> list[int]:
    """Years in which a country's level moved many times its usual yearly move, on the scale of
    roots: a whole country does not change so in a year; what is counted, or how, did."""
    moves = np.abs(np.diff(np.sqrt(levels)))
    return [int(y) for y in np.array(world.YEARS[1:])[moves > times * np.median(moves)]]


def test_a_jump_of_the_whole_country_is_a_break_of_the_catalogue() -> None:
    known = {i.id: i for i in load_catalogue(ROOT / "params" / "indicators.yml", None)}
    assert _jumps(REPETITION) == [2020]
    assert 2020 in known["repitencia"].breaks
    assert _jumps(DROPOUT) == [] == list(known["desercion"].breaks)
    failure = known["reprobacion"]
    declared = {*failure.breaks, *failure.unusable_years}
    assert {2014, 2015} <= set(_jumps(FAILURE)) <= declared
    assert not known["repitencia"].comparable_years(2018, 2024)
    assert known["repitencia"].comparable_years(2018, 2019)
