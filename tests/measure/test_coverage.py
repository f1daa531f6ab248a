"""Maximal covering location against enumeration of every choice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from gsi.measure import coverage as cv


@pytest.mark.parametrize("seed", range(12))
def test_best_of_all_choices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand = rng.integers(0, 50, 14).astype(float)
    covers = rng.random((14, 8)) < 0.25
    plan = cv.covering_plan(demand, covers, 3)
    best = max(cv.covered(demand, covers, list(sites)) for sites in combinations(range(8), 3))
    assert plan.covered == pytest.approx(best)
    assert cv.covered(demand, covers, plan.sites) == pytest.approx(best)
    assert sum(plan.gains) == pytest.approx(best)
    assert plan.gains == sorted(plan.gains, reverse=True)
    assert plan.gap == 0


def test_greedy_would_lose() -> None:
    # The middle site covers most (8), yet the two ends together cover all 14.
    demand = np.array([3.0, 4, 4, 3])
    covers = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    plan = cv.covering_plan(demand, covers, 2)
    assert sorted(plan.sites) == [0, 2]
    assert plan.covered == 14


def test_sites_that_add_nobody_are_not_proposed() -> None:
    plan = cv.covering_plan(np.array([5.0, 0]), np.array([[1, 1], [0, 1]], dtype=bool), 2)
    assert len(plan.sites) == 1
    assert plan.gains == [5.0]


def test_nothing_to_cover() -> None:
    plan = cv.covering_plan(np.array([0.0]), np.array([[True]]), 2)
    assert plan == cv.Plan([], [], 0.0, 0.0)


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match="demand"):
        cv.covering_plan(np.array([1.0, 2]), np.array([[True]]), 1)


def test_a_degree_of_latitude_is_111_km() -> None:
    zero, one = np.array([0.0]), np.array([1.0])
    assert cv.haversine_km(zero, zero, zero, one)[0, 0] == pytest.approx(111.195, abs=0.001)
    # Bogotá (El Dorado) to Medellín (Rionegro) airports: about 214 km on the great circle.
    distance = cv.haversine_km(
        np.array([-74.1469]), np.array([4.7016]), np.array([-75.4231]), np.array([6.1645])
    )
    assert distance[0, 0] == pytest.approx(215, abs=2)
