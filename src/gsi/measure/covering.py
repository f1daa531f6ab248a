"""Where the next service days reach most people: maximal covering location, solved exactly.

Church and ReVelle (1974), "The maximal covering location problem", Papers of the Regional Science
Association 32: choose p sites so that the demand within a radius of at least one is largest. With
a capacity, a site may hold several days and each attends so many people (Current and Storbeck,
1988, Environment and Planning B 15(4)); with a budget the days may cost no more. Solved as a
mixed-integer programme by HiGHS (``scipy.optimize.milp``).

Points within reach of the same sites are one point to the model: people become as many rows as
there are different sets of sites. A greedy choice is kept when the solver, stopped early, has none
better; the bound on the optimum is the solver's or, if lower, the one of the greedy choice
(Nemhauser, Wolsey and Fisher, 1978, Mathematical Programming 14), so a gap is always told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gsi.measure.covering_model import Problem, grouped, reached, solved

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

EARTH_KM = 6371.0088
NODES = 20_000
"""Branches explored before the best plan found is returned with its gap: no clock decides."""
SETTLED = 1e-6
"""A relative gap that counts as none (the solver's own tolerance)."""
YIELDS = 1e-3
"""Part of the demand that a plan may lose, at most, for days at preferred sites."""


@dataclass(frozen=True)
class Plan:
    """Service days in the order that gains most first.

    Attributes:
        sites: the site of each day; with a capacity a site may come more than once.
        gains: demand that each day adds; ``covered``: demand of all.
        gap: how much of ``bound`` may be missing, 0-1 (0 when solved to the end).
        cost: of all days, 0 without costs; ``bound``: demand that no plan can exceed.
    Source:
        Church and ReVelle (1974), Papers of the Regional Science Association 32.
    Example:
        >>> print(covering_plan(np.array([5.0, 3.0]), np.eye(2, dtype=bool), 1))
        1 day(s) reach 5 (gap 0.0 %, cost 0)
    """

    sites: list[int]
    gains: list[float]
    covered: float
    gap: float
    cost: float = 0.0
    bound: float = 0.0

    def __str__(self) -> str:
        return (
            f"{len(self.sites)} day(s) reach {self.covered:g} "
            f"(gap {100 * self.gap:.1f} %, cost {self.cost:g})"
        )


def haversine_km(
    lon_a: np.ndarray, lat_a: np.ndarray, lon_b: np.ndarray, lat_b: np.ndarray
) -> np.ndarray:
    """Great-circle distance between every a (rows) and every b (columns).

    Parameters:
        lon_a, lat_a: (n,) degrees; ``lon_b``, ``lat_b``: (m,) degrees.
    Returns:
        (n, m) km on a sphere.
    Source:
        Sinnott (1984), Sky and Telescope 68(2).
    Example:
        A quarter of the equator.

        >>> one = np.array([0.0])
        >>> round(float(haversine_km(one, one, np.array([90.0]), one)[0, 0]))
        10008
    """
    phi_a, phi_b = np.radians(lat_a)[:, None], np.radians(lat_b)[None, :]
    turn = np.radians(lon_b)[None, :] - np.radians(lon_a)[:, None]
    half = np.sin((phi_b - phi_a) / 2) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(turn / 2) ** 2
    out: np.ndarray = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return out


def covering_plan(
    demand: np.ndarray,
    covers: np.ndarray,
    days: int,
    *,
    capacity: float | None = None,
    cost: np.ndarray | None = None,
    budget: float | None = None,
    prefer: np.ndarray | None = None,
    nodes: int = NODES,
    seconds: float | None = None,
) -> Plan:
    """The ``days`` service days that reach most demand.

    Fewer days are returned when fewer already reach all that can be, or when no other can be paid.

    Parameters:
        demand: (points,) ≥ 0; ``covers``: (points, sites) bool, point within reach of site.
        days: how many, ≥ 0.
        capacity: demand a day attends, all within reach by default.
        cost: (sites,) > 0 of a day there; ``budget``: for all of them.
        prefer: (sites, days) in 0-1, never rising along a row: how much the first, second… day at a
            site is preferred among plans that reach the same, within ``YIELDS``.
        nodes: branches explored.
        seconds: limits the solver by the clock (measurements only: where it stops depends on the
            machine).
    Returns:
        The best plan found, with its gap.
    Raises:
        ValueError: shapes or signs that do not fit.
    Source:
        Church and ReVelle (1974); Current and Storbeck (1988), Environment and Planning B 15(4).
    Example:
        The middle site reaches both sides.

        >>> covers = np.array([[True, True, False], [False, True, True]])
        >>> covering_plan(np.array([10.0, 7.0]), covers, 1).sites
        [1]
    """
    need = np.asarray(demand, dtype=np.float64)
    reach = np.asarray(covers, dtype=bool)
    if reach.ndim != 2 or reach.shape[0] != len(need) or (need < 0).any() or days < 0:
        raise ValueError("demand must be ≥ 0 with one row of covers a point, days ≥ 0")
    sites = reach.shape[1]
    price = np.zeros(sites) if cost is None else np.asarray(cost, dtype=np.float64)
    if price.shape != (sites,) or (cost is not None and not (price > 0).all()):
        raise ValueError("every site needs a cost above 0")
    if (capacity is not None and capacity <= 0) or (budget is not None and budget < 0):
        raise ValueError("capacity must be > 0 and budget ≥ 0")
    turns = 1 if capacity is None else max(days, 1)
    liking = np.zeros((sites, turns)) if prefer is None else np.asarray(prefer, np.float64)
    liking = liking[:, :turns]
    if liking.shape != (sites, turns) or (np.diff(liking, axis=1) > 0).any() or (liking < 0).any():
        raise ValueError("prefer needs a row a site and a column a day, never rising")
    need, reach = grouped(need, reach)
    limit = float("inf") if budget is None else float(budget)
    if days == 0 or not len(need) or not (price <= limit).any():
        return Plan([], [], 0.0, 0.0)
    room = float("inf") if capacity is None else capacity * days
    bonus = liking * YIELDS * min(float(need.sum()), room) / days
    problem = Problem(need, reach, days, capacity, price, limit, bonus)
    chosen = _greedy(problem)
    bound = _ceiling(problem, chosen)
    # With rooms for all, the days would reach no fewer: a smaller model whose bound also holds.
    stages = [problem]
    if capacity is not None:
        stages.insert(0, replace(problem, capacity=None, bonus=np.zeros((sites, 1))))
    extra = _preference(problem)
    for stage in stages:
        if problem.merit(chosen) >= bound * (1 - SETTLED):
            break
        better, highest = solved(stage, nodes, None if seconds is None else seconds / len(stages))
        bound = min(bound, highest + (0.0 if stage is problem else extra))
        if better is not None and problem.merit(better) > problem.merit(chosen):
            chosen = better
    return _in_order(problem, chosen, bound)


def covered(
    demand: np.ndarray, covers: np.ndarray, sites: list[int], capacity: float | None = None
) -> float:
    """Demand that days at ``sites`` reach.

    Parameters:
        demand, covers: as in :func:`covering_plan`; ``sites``: of the days (a site may come again).
        capacity: demand a day attends.
    Returns:
        Demand, each point counted once.
    Source:
        Church and ReVelle (1974).
    Example:
        >>> covered(np.array([10.0, 7.0]), np.array([[True], [True]]), [0], capacity=12)
        12.0
    """
    need, reach = np.asarray(demand, dtype=np.float64), np.asarray(covers, dtype=bool)
    none, days = np.zeros(reach.shape[1]), len(sites)
    bonus = np.zeros((reach.shape[1], days))
    return reached(Problem(need, reach, days, capacity, none, float("inf"), bonus), sites)


def _greedy(problem: Problem) -> list[int]:
    """Best day first, by people and by people per peso; the better of both choices."""
    choices = [_fill(problem, per_cost=False)]
    if np.isfinite(problem.budget):
        choices.append(_fill(problem, per_cost=True))
    return max(choices, key=problem.merit)


def _fill(problem: Problem, *, per_cost: bool) -> list[int]:
    left, money = problem.need.copy(), problem.budget
    held = np.zeros(problem.reach.shape[1], dtype=int)
    choices = problem.reach.sum(axis=1)
    sites: list[int] = []
    for _ in range(problem.days):
        gain = left @ problem.reach
        if problem.capacity is not None:
            gain = np.minimum(gain, problem.capacity)
        turn = np.minimum(held, problem.repeats - 1)
        gain = np.where(gain > 0, gain + problem.bonus[np.arange(len(held)), turn], 0.0)
        gain = np.where((held < problem.repeats) & (problem.cost <= money), gain, 0.0)
        worth = gain / problem.cost if per_cost else gain
        best = int(np.argmax(worth))
        if gain[best] <= 0:
            break
        sites.append(best)
        held[best] += 1
        money -= problem.cost[best]
        here = np.flatnonzero(problem.reach[:, best])
        if problem.capacity is None:
            left[here] = 0
            continue
        # Those with fewest other sites first: the others may still be attended elsewhere.
        here = here[np.argsort(choices[here], kind="stable")]
        before = np.cumsum(left[here]) - left[here]
        left[here] -= np.clip(problem.capacity - before, 0, left[here])
    return sites


def _ceiling(problem: Problem, sites: list[int]) -> float:
    """What no plan can exceed: all demand, all rooms, or the best that can be added to ``sites``.

    Coverage has diminishing returns, so a plan adds to ``sites`` at most what its days would add
    one by one; without a capacity those gains are exact, with one they are taken from nothing.
    """
    room = float("inf") if problem.capacity is None else problem.capacity * problem.days
    start, left = 0.0, problem.need
    if problem.capacity is None:
        done = problem.reach[:, sites].any(axis=1)
        start, left = float(left[done].sum()), np.where(done, 0.0, left)
    gain = left @ problem.reach
    if problem.capacity is not None:
        turns = np.arange(problem.days)[:, None] * problem.capacity
        gain = np.clip(gain[None, :] - turns, 0, problem.capacity).ravel()
    best = float(np.sort(gain)[::-1][: problem.days].sum())
    return min(float(problem.need.sum()), room, start + best) + _preference(problem)


def _preference(problem: Problem) -> float:
    """The most that preference can add."""
    return float(np.sort(problem.bonus.ravel())[::-1][: problem.days].sum())


def _in_order(problem: Problem, chosen: list[int], bound: float) -> Plan:
    """Order the days by what each adds to those before it; those that add nobody are dropped."""
    rest = sorted(chosen)
    sites: list[int] = []
    gains: list[float] = []
    so_far = 0.0
    while rest:
        reach = {site: reached(problem, [*sites, site]) for site in dict.fromkeys(rest)}
        best = max(
            reach,
            key=lambda site: (
                reach[site] + float(problem.bonus[site, sites.count(site)]),
                -site,
            ),
        )
        if reach[best] - so_far <= SETTLED * so_far:
            break
        sites.append(best)
        gains.append(reach[best] - so_far)
        so_far = reach[best]
        rest.remove(best)
    merit = problem.merit(sites)
    bound = max(bound, merit)
    gap = 1 - merit / bound if bound > 0 else 0.0
    cost = float(problem.cost[sites].sum()) if sites else 0.0
    return Plan(sites, gains, so_far, gap if gap > SETTLED else 0.0, cost, bound)
