"""The covering problem as a programme and as a flow; :mod:`gsi.measure.covering` plans with it.

Church and ReVelle (1974), "The maximal covering location problem", Papers of the Regional Science
Association 32; with a capacity, Current and Storbeck (1988), Environment and Planning B 15(4).
Points within reach of the same sites are one point to the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """Where days may be held and whom they reach.

    Attributes:
        need: (points,) demand; ``reach``: (points, sites) bool, point within reach of site.
        days: how many; ``capacity``: demand that a day attends, None for all within reach.
        cost: (sites,) of a day there; ``budget``: for all of them, infinite for none.
        bonus: (sites, turns) demand that the preference of a site's first, second… day is worth.
    Source:
        Church and ReVelle (1974); Current and Storbeck (1988).
    Example:
        >>> one = np.ones((1, 1))
        >>> Problem(one[0], one > 0, 1, None, one[0], 1.0, one).merit([0])
        2.0
    """

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
        """What the plan is chosen by: demand attended and the little that preference adds.

        Parameters:
            sites: of the days.
        Returns:
            Demand.
        Source:
            Church and ReVelle (1974).
        Example:
            >>> one = np.ones((1, 1))
            >>> Problem(one[0], one > 0, 1, None, one[0], 1.0, 0.5 * one).merit([0])
            1.5
        """
        places, times = np.unique(np.asarray(sites, dtype=int), return_counts=True)
        turns = zip(places.tolist(), times.tolist(), strict=True)
        return reached(self, sites) + sum(float(self.bonus[j, :n].sum()) for j, n in turns)


def grouped(need: Array, reach: Flags) -> tuple[Array, Flags]:
    """One point for all with the same sites within reach; points without demand or sites go.

    Parameters:
        need: (points,) ≥ 0; ``reach``: (points, sites) bool.
    Returns:
        Both, with a row a set of sites.
    Source:
        Exact aggregation of demand: Church and Murray (2009), *Business Site Selection, Location
        Analysis and GIS*.
    Example:
        >>> grouped(np.array([2.0, 3.0]), np.array([[True], [True]]))[0].tolist()
        [5.0]
    """
    useful = (need > 0) & reach.any(axis=1)
    packed = np.packbits(reach[useful], axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    total = np.bincount(group.ravel(), weights=need[useful], minlength=len(first))
    return total.astype(np.float64), reach[useful][first]


def reached(problem: Problem, sites: list[int]) -> float:
    """Demand that days at ``sites`` attend: covered, or the largest flow from people to days.

    Parameters:
        problem: demand, reach, days and limits; ``sites``: of the days.
    Returns:
        Demand.
    Source:
        Dinic (1970), maximum flow, by ``scipy.sparse.csgraph``.
    Example:
        >>> reach, none = np.ones((2, 1), bool), np.zeros(1)
        >>> case = Problem(np.array([2.0, 3.0]), reach, 1, 4.0, none, np.inf, np.zeros((1, 1)))
        >>> reached(case, [0])
        4.0
    """
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


def solved(problem: Problem, nodes: int, seconds: float | None) -> tuple[list[int] | None, float]:
    """The days of the mixed-integer programme, and the bound that the solver proved.

    Parameters:
        problem: points already grouped (:func:`grouped`).
        nodes: branches explored; ``seconds``: limit by the clock, None for none.
    Returns:
        Sites of the days found, or None, and the demand (with preference) that no plan exceeds.
    Source:
        Church and ReVelle (1974), solved by HiGHS (``scipy.optimize.milp``).
    Example:
        >>> reach = np.array([[True, True, False], [False, True, True]])
        >>> solved(Problem(np.array([5.0, 3.0]), reach, 1, None, np.zeros(3), np.inf,
        ...                np.zeros((3, 1))), 100, None)
        ([1], 8.0)
    """
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
