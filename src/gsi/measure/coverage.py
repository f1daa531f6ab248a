"""Where the next service days reach most people: maximal covering location, solved exactly.

Church and ReVelle (1974), "The maximal covering location problem", Papers of the Regional Science
Association 32: choose p sites so that the demand within a radius of at least one is largest.
Solved as a mixed-integer programme by HiGHS (``scipy.optimize.milp``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Plan:
    """Chosen sites in the order that gains most first; ``gains`` and ``covered`` are demand.

    ``gap``: relative distance to the proven optimum (0 when solved to the end).
    """

    sites: list[int]
    gains: list[float]
    covered: float
    gap: float


def haversine_km(
    lon_a: np.ndarray, lat_a: np.ndarray, lon_b: np.ndarray, lat_b: np.ndarray
) -> np.ndarray:
    """Great-circle distance in km between every a (rows) and every b (columns), degrees in."""
    phi_a, phi_b = np.radians(lat_a)[:, None], np.radians(lat_b)[None, :]
    turn = np.radians(lon_b)[None, :] - np.radians(lon_a)[:, None]
    half = np.sin((phi_b - phi_a) / 2) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(turn / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def covering_plan(
    demand: np.ndarray, covers: np.ndarray, days: int, *, seconds: float | None = None
) -> Plan:
    """The ``days`` sites that cover most demand.

    ``demand`` (points,) ≥ 0; ``covers`` (points, sites) bool: point within reach of site.
    Fewer sites are returned when fewer already cover all that can be covered. Raises ValueError
    on shapes or signs, RuntimeError when the solver ends without a solution.
    """
    need = np.asarray(demand, dtype=float)
    reach = np.asarray(covers, dtype=bool)
    if reach.ndim != 2 or reach.shape[0] != len(need) or (need < 0).any() or days < 0:
        raise ValueError("demand must be ≥ 0 with one row of covers a point, days ≥ 0")
    useful = (need > 0) & reach.any(axis=1)
    if days == 0 or not useful.any():
        return Plan([], [], 0.0, 0.0)
    chosen, gap = _solve(need[useful], reach[useful], min(days, reach.shape[1]), seconds)
    return _in_order(need, reach, chosen, gap)


def covered(demand: np.ndarray, covers: np.ndarray, sites: list[int]) -> float:
    """Demand within reach of at least one of ``sites``."""
    reach = np.asarray(covers, dtype=bool)[:, sites].any(axis=1)
    return float(np.asarray(demand, dtype=float)[reach].sum())


def _solve(
    need: np.ndarray, reach: np.ndarray, days: int, seconds: float | None
) -> tuple[list[int], float]:
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    points, sites = reach.shape
    # y_i ≤ Σ_j a_ij x_j; y may stay continuous: it takes its bound at the optimum.
    link = sparse.hstack([-sparse.csr_array(reach.astype(float)), sparse.eye_array(points)])
    budget = np.concatenate([np.ones(sites), np.zeros(points)])[None, :]
    answer = milp(
        c=np.concatenate([np.zeros(sites), -need]),
        integrality=np.concatenate([np.ones(sites), np.zeros(points)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(sparse.csr_array(link), -np.inf, 0),
            LinearConstraint(budget, -np.inf, days),
        ],
        options={} if seconds is None else {"time_limit": seconds},
    )
    if answer.x is None:
        raise RuntimeError(f"the covering model has no solution: {answer.message}")
    gap = float(answer.mip_gap) if answer.mip_gap is not None else 0.0
    return [int(j) for j in np.flatnonzero(answer.x[:sites] > 0.5)], max(gap, 0.0)


def _in_order(need: np.ndarray, reach: np.ndarray, chosen: list[int], gap: float) -> Plan:
    """Order the chosen sites by what each adds to those before it; useless ones are dropped."""
    left, open_sites = need.copy(), list(chosen)
    sites: list[int] = []
    gains: list[float] = []
    while open_sites:
        best = max(open_sites, key=lambda j: (float(left[reach[:, j]].sum()), -j))
        gain = float(left[reach[:, best]].sum())
        if gain <= 0:
            break
        sites.append(best)
        gains.append(gain)
        left[reach[:, best]] = 0
        open_sites.remove(best)
    return Plan(sites, gains, float(sum(gains)), gap)
