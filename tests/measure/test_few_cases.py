"""The next cases of something rare: textbook laws at the ends, and simulated places between."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, poisson

from gsi.measure import change, few_cases, noise

PLACES = 40_000


def test_where_all_places_are_alike_it_is_the_poisson_law_of_the_common_rate() -> None:
    law = few_cases.following([0, 7], [2.0, 2.0], [3.0, 3.0], between=1e-9, over=1.0, moved=0.0)
    assert law.mean == pytest.approx([3, 3])
    assert law.tested([8, 8]) == pytest.approx(2 * poisson.sf(7, 3), rel=1e-4)
    low, high, holds = law.band(0.95)
    assert (low[0], high[0]) == tuple(poisson.ppf([0.025, 0.975], 3))
    assert holds[0] == pytest.approx(poisson.cdf(high[0], 3) - poisson.cdf(low[0] - 1, 3), rel=1e-4)


def test_between_places_it_is_the_gamma_posterior_by_hand() -> None:
    """κ = 2: 5 cases where 1 was expected are 7/3 of the common rate, and 1/7 of it squared."""
    law = few_cases.following(5.0, 1.0, 2.0, between=0.5, over=1.0, moved=0.0)
    assert float(law.mean) == pytest.approx(14 / 3)
    assert float(law.spread) == pytest.approx(1 / 7)
    assert law.tested(12) == pytest.approx(2 * nbinom.sf(11, 7, 7 / (7 + 14 / 3)))


@pytest.mark.parametrize("expected", [0.1, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("moved", [0.0, 0.01])
def test_the_band_holds_as_much_as_it_states(expected: float, moved: float) -> None:
    random = np.random.default_rng([int(10 * expected), int(1000 * moved)])
    rate = random.gamma(2.0, 0.5, PLACES)
    cases = random.poisson(expected * rate)
    later = np.maximum(np.sqrt(rate) + random.normal(0, np.sqrt(moved), PLACES), 0) ** 2
    following = random.poisson(1.1 * expected * later)
    law = few_cases.following(
        cases, expected, 1.1 * expected, between=0.5, over=1.0, moved=moved
    )  # fmt: skip
    for level in (0.5, 0.8, 0.95):
        low, high, holds = law.band(level)
        inside = (low <= following) & (following <= high)
        assert (holds >= level - 1e-9).all()
        assert inside.mean() == pytest.approx(holds.mean(), abs=0.015)


def test_how_unlike_places_are_is_what_was_planted() -> None:
    random = np.random.default_rng(4)
    size = np.exp(random.normal(0.5, 0.5, (4000, 1))) * np.ones((1, 6))
    rate = random.gamma(4.0, 0.25, (4000, 1))
    for spread, true in ((rate, 0.25), (np.ones_like(rate), 0.0)):
        cases = random.poisson(size * spread)
        g, unit = noise.scaled(
            "rate", value=cases / size, numerator=cases, denominator=size,
            error=np.full_like(size, np.nan), people=size, common=np.ones(6), multiplier=1.0,
        )  # fmt: skip
        assert few_cases.between(g, unit) == pytest.approx(true, abs=0.03)


def test_small_places_are_as_unlike_as_small_places_are() -> None:
    """Deaths by pneumonia: of places with few expected most have none and some have many, while
    the large ones are alike; moments, which the large ones decide, said 0.28."""
    random = np.random.default_rng(12)
    size = np.concatenate([np.full(1000, 0.6), np.full(40, 300.0)])[:, None] * np.ones((1, 8))
    alike = np.repeat((0.6, 20.0), (1000, 40))[:, None]
    rate = random.gamma(alike, 1 / alike)
    cases = random.poisson(size * rate)
    g, unit = noise.scaled(
        "rate", value=cases / size, numerator=cases, denominator=size,
        error=np.full_like(size, np.nan), people=size, common=np.ones(8), multiplier=1.0,
    )  # fmt: skip
    apart = few_cases.between(g, unit)
    assert apart == pytest.approx(1 / 0.6, abs=0.25)
    law = few_cases.following(cases[:1000, 0], 0.6, 0.6, between=apart, over=1.0, moved=0.0)
    low, high, holds = law.band(0.5)
    inside = (low <= cases[:1000, 1]) & (cases[:1000, 1] <= high)
    assert inside.mean() == pytest.approx(holds.mean(), abs=0.03)


def row(cases: float, following: float, between: float = 0.5) -> dict[str, object]:
    sides = {
        f"{name}{side}": value
        for side, count in (("_a", cases), ("_b", following))
        for name, value in {
            "value": count, "numerator": count, "denominator": 1000.0, "error": np.nan,
            "common": 1.0, "people": 20_000.0,
        }.items()
    }  # fmt: skip
    plain = {
        "kind": "rate", "multiplier": 1000.0, "lag": 1.0, "variance_size": 1.0, "growth": 1.0,
        "variance_level": 0.0, "variance_walk": 0.0, "between": between, "units": 1e6,
        "factor": 1.0, "freedom": 1e6, "direction": -1,
    }  # fmt: skip
    return sides | plain


def test_who_had_many_by_luck_is_expected_to_have_fewer() -> None:
    """Five cases where one is usual: that two follow is what an unchanged place shows."""
    found = change.predicted(pd.DataFrame([row(5, 2), row(0, 0), row(0, 6)]))
    assert found["expected"][0] == pytest.approx(7 / 3 - 5)
    assert found["expected_low"][0] <= -3 <= found["expected_high"][0]
    assert found["p"][0] > 0.5
    # A place without a case has a rate all the same: 2/3 of the common one, and 0 to 3 cases.
    assert found["expected"][1] == pytest.approx(2 / 3)
    assert (found["expected_low"][1], found["expected_high"][1]) == (0, 3)
    assert found["stated"][1] >= 0.95
    # Nobody's luck stands in for the exact test: none and six in equal populations, 2 / 2⁶.
    assert found["p"][2] == pytest.approx(2 / 64)
    assert list(change.verdicts(found, 0.05)["verdict"])[:2] == ["no_change", "no_change"]
