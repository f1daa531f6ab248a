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
    """Days in the order that gains most first; ``gains``, ``covered`` and ``bound`` are demand.

    ``sites``: the site of each day; with a capacity a site may come more than once. ``cost``: of
    all days, 0 without costs. ``bound``: what no plan can exceed; ``gap``: how much of it may be
    missing (0 when solved to the end).
    """

    sites: list[int]
    gains: list[float]
    covered: float
    gap: float
    cost: float = 0.0
    bound: float = 0.0


@dataclass(frozen=True)
class _Problem:
    need: Array
    reach: Flags
    days: int
    capacity: float | None
    cost: Array
    budget: float
    bonus: Array

    @property
    def repeats(self) -> int:
        """Days a site may hold."""
        return int(self.bonus.shape[1])

    def merit(self, sites: list[int]) -> float:
        """What the plan is chosen by: demand attended and the little that preference adds."""
        places, times = np.unique(np.asarray(sites, dtype=int), return_counts=True)
        turns = zip(places.tolist(), times.tolist(), strict=True)
        return reached(self, sites) + sum(float(self.bonus[j, :n].sum()) for j, n in turns)


def haversine_km(
    lon_a: np.ndarray, lat_a: np.ndarray, lon_b: np.ndarray, lat_b: np.ndarray
) -> np.ndarray:
    """Great-circle distance in km between every a (rows) and every b (columns), degrees in."""
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
    """The ``days`` days that reach most demand.

    ``demand`` (points,) ≥ 0; ``covers`` (points, sites) bool: point within reach of site;
    ``capacity``: demand a day attends, all within reach by default; ``cost`` (sites,) > 0 of a
    day there, with ``budget`` for all of them. ``prefer`` (sites, days) in 0-1, never rising along
    a row: how much the first, second… day at a site is preferred among plans that reach the same,
    within ``YIELDS``. Fewer days are returned when fewer already reach all that can be, or when
    no other can be paid. ``seconds`` limits the solver by the clock (measurements only: where it
    stops depends on the machine). Raises ValueError on shapes or signs.
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
    problem = _Problem(need, reach, days, capacity, price, limit, bonus)
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
        better, highest = _solve(stage, nodes, None if seconds is None else seconds / len(stages))
        bound = min(bound, highest + (0.0 if stage is problem else extra))
        if better is not None and problem.merit(better) > problem.merit(chosen):
            chosen = better
    return _in_order(problem, chosen, bound)


def covered(
    demand: np.ndarray, covers: np.ndarray, sites: list[int], capacity: float | None = None
) -> float:
    """Demand that days at ``sites`` (a site may come again) reach, each up to ``capacity``."""
    need, reach = np.asarray(demand, dtype=np.float64), np.asarray(covers, dtype=bool)
    none, days = np.zeros(reach.shape[1]), len(sites)
    bonus = np.zeros((reach.shape[1], days))
    return reached(_Problem(need, reach, days, capacity, none, float("inf"), bonus), sites)


def grouped(need: Array, reach: Flags) -> tuple[Array, Flags]:
    """One point for all with the same sites within reach; points without demand or sites go."""
    useful = (need > 0) & reach.any(axis=1)
    packed = np.packbits(reach[useful], axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    total = np.bincount(group.ravel(), weights=need[useful], minlength=len(first))
    return total.astype(np.float64), reach[useful][first]


def reached(problem: _Problem, sites: list[int]) -> float:
    """Demand that days at ``sites`` attend: covered, or the largest flow from people to days."""
    need, reach = problem.need, problem.reach
    if not sites:
        return 0.0
    if problem.capacity is None:
        return float(need[reach[:, sites].any(axis=1)].sum())
    from scipy import sparse
    from scipy.sparse.csgraph import maximum_flow

    places, times = np.unique(np.asarray(sites), return_counts=True)
    inside = reach[:, places]
    useful = inside.any(axis=1)
    people, inside = need[useful], inside[useful]
    room = problem.capacity * times
    # The algorithm counts in whole units; small totals are cut fine enough not to be seen.
    whole = bool((people % 1 == 0).all() and (room % 1 == 0).all() and people.sum() < 2**30)
    scale = 1.0 if whole else 2**30 / max(float(people.sum()), float(room.sum()))
    points, many = len(people), len(places)
    rows, columns = np.nonzero(inside)
    tail = np.concatenate([np.zeros(points), rows + 1, np.arange(many) + 1 + points])
    head = np.concatenate(
        [np.arange(points) + 1, columns + 1 + points, np.full(many, points + many + 1)]
    )
    size = np.rint(np.concatenate([people, people[rows], room]) * scale).astype(np.int32)
    graph = sparse.csr_array(
        (size, (tail.astype(np.int32), head.astype(np.int32))),
        shape=(points + many + 2, points + many + 2),
    )
    return float(maximum_flow(graph, 0, points + many + 1).flow_value / scale)


def _greedy(problem: _Problem) -> list[int]:
    """Best day first, by people and by people per peso; the better of both choices."""
    choices = [_fill(problem, per_cost=False)]
    if np.isfinite(problem.budget):
        choices.append(_fill(problem, per_cost=True))
    return max(choices, key=problem.merit)


def _fill(problem: _Problem, *, per_cost: bool) -> list[int]:
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


def _ceiling(problem: _Problem, sites: list[int]) -> float:
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


def _preference(problem: _Problem) -> float:
    """The most that preference can add."""
    return float(np.sort(problem.bonus.ravel())[::-1][: problem.days].sum())


def _solve(problem: _Problem, nodes: int, seconds: float | None) -> tuple[list[int] | None, float]:
    """Sites of the days found, or None, and the bound that the solver proved."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    # In parts of what there is: numbers of very different size unsettle the solver.
    unit = float(problem.need.sum())
    need, bonus, reach = problem.need / unit, problem.bonus / unit, problem.reach
    points, sites = reach.shape
    if problem.capacity is None:
        # y_i ≤ Σ_j a_ij x_j; y may stay continuous: it takes its bound at the optimum.
        served, upper, gain = points, np.ones(points), need
        link = sparse.hstack([-sparse.csr_array(reach.astype(float)), sparse.eye_array(points)])
        rules = [LinearConstraint(sparse.csr_array(link), -np.inf, 0)]
    else:
        # f_e: part of the demand of point i attended at site j, for every pair within reach.
        rows, columns = np.nonzero(reach)
        served, upper, gain = len(rows), np.ones(len(rows)), need[rows]
        edge = np.arange(served)
        once = sparse.csr_array((np.ones(served), (rows, sites + edge)), (points, sites + served))
        room = sparse.csr_array(
            (
                np.concatenate([need[rows] * unit / problem.capacity, np.full(sites, -1.0)]),
                (
                    np.concatenate([columns, np.arange(sites)]),
                    np.concatenate([sites + edge, np.arange(sites)]),
                ),
            ),
            (sites, sites + served),
        )
        # Nobody is attended where no day is held (implied, but it makes the relaxation tight).
        held = sparse.csr_array(
            (
                np.concatenate([np.ones(served), -np.ones(served)]),
                (np.tile(edge, 2), np.concatenate([sites + edge, columns])),
            ),
            (served, sites + served),
        )
        rules = [
            LinearConstraint(once, -np.inf, 1),
            LinearConstraint(room, -np.inf, 0),
            LinearConstraint(held, -np.inf, 0),
        ]
    turns = problem.repeats
    # x_j = Σ_k z_jk: the days of a site one by one, each as preferred as its turn is.
    each = sparse.hstack(
        [
            sparse.eye_array(sites),
            sparse.csr_array((sites, served)),
            -sparse.kron(sparse.eye_array(sites), np.ones((1, turns))),
        ]
    )
    wide = [
        LinearConstraint(
            sparse.hstack([rule.A, sparse.csr_array((rule.A.shape[0], sites * turns))]).tocsr(),
            rule.lb,
            rule.ub,
        )
        for rule in rules
    ]
    days = np.concatenate([np.ones(sites), np.zeros(served + sites * turns)])
    wide += [
        LinearConstraint(sparse.csr_array(each), 0, 0),
        LinearConstraint(days[None, :], -np.inf, problem.days),
    ]
    if np.isfinite(problem.budget):
        money = np.concatenate([problem.cost / problem.budget, np.zeros(served + sites * turns)])
        wide.append(LinearConstraint(money[None, :], -np.inf, 1))
    options: dict[str, float] = {"node_limit": nodes, "mip_rel_gap": 0.0}
    if seconds is not None:
        options["time_limit"] = seconds
    answer = milp(
        c=np.concatenate([np.zeros(sites), -gain, -bonus.ravel()]),
        integrality=days,
        bounds=Bounds(
            0, np.concatenate([np.full(sites, float(turns)), upper, np.ones(sites * turns)])
        ),
        constraints=wide,
        options=options,
    )
    proved = answer.mip_dual_bound
    bound = float("inf") if proved is None or not np.isfinite(proved) else -float(proved) * unit
    if answer.x is None:
        return None, bound
    times = np.rint(answer.x[:sites]).astype(int)
    return [int(site) for site in np.repeat(np.arange(sites), times)], bound


def _in_order(problem: _Problem, chosen: list[int], bound: float) -> Plan:
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
