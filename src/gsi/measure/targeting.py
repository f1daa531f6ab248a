"""Who a programme reaches and who it misses: targeting errors and concentration.

Undercoverage, leakage and the CGH ratio: Coady, Grosh and Hoddinott (2004), *Targeting of
Transfers in Developing Countries*, World Bank, ch. 2. Concentration index: O'Donnell et al.
(2008), *Analyzing Health Equity Using Household Survey Data*, World Bank, ch. 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Targeting:
    """Weighted shares in 0-1; NaN where the denominator is zero.

    ``undercoverage``: eligible not served / eligible. ``leakage``: not eligible served / served.
    ``eligible``, ``served``, ``both``: rows (unweighted), which disclosure control counts.
    """

    undercoverage: float
    leakage: float
    eligible: int
    served: int
    both: int


def targeting(eligible: ArrayLike, served: ArrayLike, weight: ArrayLike | None = None) -> Targeting:
    """Targeting errors of one programme; three arrays of shape (n,), the first two boolean."""
    is_eligible = np.asarray(eligible, dtype=bool)
    is_served = np.asarray(served, dtype=bool)
    weights = _weights(weight, is_eligible.shape)
    return Targeting(
        undercoverage=_share(weights, is_eligible & ~is_served, is_eligible),
        leakage=_share(weights, ~is_eligible & is_served, is_served),
        eligible=int(is_eligible.sum()),
        served=int(is_served.sum()),
        both=int((is_eligible & is_served).sum()),
    )


def cgh(
    served: ArrayLike, welfare: ArrayLike, weight: ArrayLike | None = None, *, poorest: float
) -> float:
    """Share of the served who are among the poorest ``poorest`` of people, over ``poorest``.

    1 is what handing out by lot would give. ``welfare``: higher is better off. A tie group that
    straddles the cut counts in proportion to the part of it that falls inside.
    """
    if not 0 < poorest <= 1:
        raise ValueError("poorest must lie in (0, 1]")
    values = np.asarray(welfare, dtype=float)
    weights = _weights(weight, values.shape)
    got = weights * np.asarray(served, dtype=float)
    if got.sum() == 0:
        return float("nan")
    frame = pd.DataFrame({"welfare": values, "weight": weights, "got": got})
    groups = frame.groupby("welfare", sort=True).sum()
    below = groups["weight"].cumsum() - groups["weight"]
    cut = poorest * weights.sum()
    inside = ((cut - below) / groups["weight"]).clip(0, 1)
    return float((groups["got"] * inside).sum() / got.sum() / poorest)


def concentration_index(
    outcome: ArrayLike, welfare: ArrayLike, weight: ArrayLike | None = None
) -> float:
    """C = 2/(nμ) Σ h_i r_i − 1 with weighted fractional ranks r; negative: among the poor.

    ``outcome`` ≥ 0 (a service received: 0/1), ``welfare``: higher is better off. Ties in welfare
    share the mean rank of their group, so the order of rows cannot matter. NaN when nobody
    received anything.
    """
    h = np.asarray(outcome, dtype=float)
    values = np.asarray(welfare, dtype=float)
    weights = _weights(weight, values.shape)
    total = (weights * h).sum()
    if total == 0:
        return float("nan")
    return float(2 * (weights * h * fractional_rank(values, weights)).sum() / total - 1)


def fractional_rank(welfare: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted rank in (0, 1): share of people worse off plus half of one's own tie group."""
    frame = pd.DataFrame({"welfare": welfare, "weight": weight})
    groups = frame.groupby("welfare", sort=True)["weight"].sum()
    middle = (groups.cumsum() - groups / 2) / groups.sum()
    return frame["welfare"].map(middle).to_numpy(dtype=float)


def concentration_curve(
    outcome: ArrayLike, welfare: ArrayLike, weight: ArrayLike | None = None
) -> pd.DataFrame:
    """Cumulative shares ``people`` and ``outcome`` (0-1) from the poorest, from (0, 0)."""
    values = np.asarray(welfare, dtype=float)
    weights = _weights(weight, values.shape)
    frame = pd.DataFrame(
        {"welfare": values, "people": weights, "outcome": weights * np.asarray(outcome, float)}
    )
    steps = frame.groupby("welfare", sort=True).sum().cumsum()
    shares = steps / steps.iloc[-1]
    origin = pd.DataFrame({"people": [0.0], "outcome": [0.0]})
    return pd.concat([origin, shares], ignore_index=True)


def _weights(weight: ArrayLike | None, shape: tuple[int, ...]) -> np.ndarray:
    weights = np.ones(shape) if weight is None else np.asarray(weight, dtype=float)
    if weights.shape != shape or not np.isfinite(weights).all() or (weights <= 0).any():
        raise ValueError("weights must be positive and as many as the rows")
    return weights


def _share(weights: np.ndarray, part: np.ndarray, whole: np.ndarray) -> float:
    base = weights[whole].sum()
    return float(weights[part].sum() / base) if base > 0 else float("nan")
