"""Maximal covering location against enumeration of every choice."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from scipy.optimize import linprog

from gsi.measure import covering as cv


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


def every_plan(sites: int, days: int) -> list[list[int]]:
    """Every choice of up to ``days`` days; a site may hold several."""
    return [
        list(plan)
        for number in range(days + 1)
        for plan in combinations_with_replacement(range(sites), number)
    ]


def most_attended(demand: np.ndarray, covers: np.ndarray, plan: list[int], room: float) -> float:
    """Transport of people to days by linear programming: what ``covered`` finds as a flow."""
    if not plan:
        return 0.0
    points, days = len(demand), len(plan)
    inside = covers[:, plan].ravel()
    once, rooms = np.zeros((points, points * days)), np.zeros((days, points * days))
    for i in range(points):
        for j in range(days):
            once[i, i * days + j] = rooms[j, i * days + j] = 1
    answer = linprog(
        -inside.astype(float),
        A_ub=np.vstack([once, rooms]),
        b_ub=np.concatenate([demand, np.full(days, room)]),
        bounds=[(0, None if within else 0) for within in inside],
    )
    return float(-answer.fun)


@pytest.mark.parametrize("seed", range(10))
def test_best_of_all_choices_under_capacity_and_budget(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    points, sites, days = 9, 5, 3
    demand = rng.integers(0, 50, points).astype(float)
    covers = rng.random((points, sites)) < 0.4
    cost = rng.integers(5, 15, sites).astype(float)
    room, budget = float(rng.integers(30, 80)), float(rng.integers(15, 35))
    plan = cv.covering_plan(demand, covers, days, capacity=room, cost=cost, budget=budget)
    best = max(
        most_attended(demand, covers, choice, room)
        for choice in every_plan(sites, days)
        if cost[choice].sum() <= budget
    )
    assert plan.covered == pytest.approx(best)
    assert plan.cost == pytest.approx(cost[plan.sites].sum())
    assert plan.cost <= budget
    assert sum(plan.gains) == pytest.approx(plan.covered)
    assert max(plan.gains, default=0) <= room + 1e-6
    assert plan.gap == 0


@pytest.mark.parametrize("seed", range(6))
def test_people_attended_are_the_transport_problem(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    demand, covers = rng.uniform(0, 50, 12), rng.random((12, 6)) < 0.4
    plan = [int(site) for site in rng.integers(0, 6, 4)]
    found = cv.covered(demand, covers, plan, capacity=37.5)
    assert found == pytest.approx(most_attended(demand, covers, plan, 37.5), rel=1e-6)


def test_a_full_place_gets_a_second_day() -> None:
    demand = np.array([100.0, 30])
    covers = np.array([[1, 0], [0, 1]], dtype=bool)
    plan = cv.covering_plan(demand, covers, 2, capacity=60)
    assert plan.sites == [0, 0]
    assert plan.gains == pytest.approx([60, 40])
    assert cv.covering_plan(demand, covers, 2).sites == [0, 1]


def test_among_equal_plans_the_preferred_sites_win_turn_by_turn() -> None:
    demand, covers = np.full(3, 100.0), np.eye(3, dtype=bool)
    prefer = np.array([[0.5, 0.4, 0.3], [0.9, 0.6, 0.1], [0.2, 0.1, 0.0]])
    plan = cv.covering_plan(demand, covers, 3, capacity=20, prefer=prefer)
    assert plan.sites == [1, 1, 0]
    assert plan.gains == pytest.approx([20, 20, 20])
    # Preference never costs more than a thousandth of what can be reached.
    most = cv.covering_plan(np.array([100.0, 99, 1]), covers, 1, prefer=prefer)
    assert most.sites == [0]
    with pytest.raises(ValueError, match="rising"):
        cv.covering_plan(demand, covers, 3, capacity=20, prefer=prefer[:, ::-1])


def test_money_buys_two_cheap_days_rather_than_a_dear_one() -> None:
    demand = np.array([50.0, 30, 30])
    plan = cv.covering_plan(
        demand, np.eye(3, dtype=bool), 3, cost=np.array([10.0, 5, 5]), budget=10
    )
    assert sorted(plan.sites) == [1, 2]
    none = cv.covering_plan(demand, np.eye(3, dtype=bool), 3, cost=np.full(3, 11.0), budget=10)
    assert none.sites == []


def test_points_of_the_same_sites_are_one() -> None:
    demand = np.array([1.0, 2, 4, 8, 16])
    covers = np.array([[1, 0], [1, 0], [0, 0], [1, 1], [1, 0]], dtype=bool)
    need, reach = cv.grouped(demand, covers)
    found = {tuple(row): value for row, value in zip(reach.tolist(), need.tolist(), strict=True)}
    assert found == {(True, False): 19.0, (True, True): 8.0}


@pytest.mark.parametrize("capacity", [None, 40.0])
def test_a_search_cut_short_says_how_much_may_be_missing(capacity: float | None) -> None:
    rng = np.random.default_rng(9)
    people, places = rng.random((400, 2)) * 60, rng.random((60, 2)) * 60
    covers = np.linalg.norm(people[:, None] - places[None, :], axis=2) < 12
    demand = rng.integers(1, 9, 400).astype(float)
    short = cv.covering_plan(demand, covers, 8, capacity=capacity, nodes=0)
    whole = cv.covering_plan(demand, covers, 8, capacity=capacity)
    assert whole.gap == 0
    assert short.covered <= whole.covered + 1e-6 <= short.bound + 2e-6
    assert short.gap == pytest.approx(max(0.0, 1 - short.covered / short.bound), abs=2e-6)
    unsolved = cv.covering_plan(demand, covers, 8, capacity=capacity, seconds=0.0)
    assert unsolved.sites
    assert unsolved.covered <= whole.covered + 1e-6 <= unsolved.bound + 2e-6
    if capacity is None:
        assert unsolved.gap > 0
        # Greedy never loses more than 1/e of the optimum (Nemhauser, Wolsey and Fisher, 1978).
        assert unsolved.covered >= (1 - 1 / np.e) * whole.covered


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
    one, reach = np.array([1.0]), np.array([[True]])
    with pytest.raises(ValueError, match="demand"):
        cv.covering_plan(np.array([1.0, 2]), reach, 1)
    with pytest.raises(ValueError, match="cost"):
        cv.covering_plan(one, reach, 1, cost=np.array([0.0]))
    with pytest.raises(ValueError, match="capacity"):
        cv.covering_plan(one, reach, 1, capacity=0)


def test_a_degree_of_latitude_is_111_km() -> None:
    zero, one = np.array([0.0]), np.array([1.0])
    assert cv.haversine_km(zero, zero, zero, one)[0, 0] == pytest.approx(111.195, abs=0.001)
    # Bogotá (El Dorado) to Medellín (Rionegro) airports: about 214 km on the great circle.
    distance = cv.haversine_km(
        np.array([-74.1469]), np.array([4.7016]), np.array([-75.4231]), np.array([6.1645])
    )
    assert distance[0, 0] == pytest.approx(215, abs=2)
