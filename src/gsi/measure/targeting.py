"""Who a programme reaches and who it misses: targeting errors and concentration.

Undercoverage, leakage and the CGH ratio: Coady, Grosh and Hoddinott (2004), *Targeting of
Transfers in Developing Countries*, World Bank, ch. 2. Concentration index: O'Donnell et al.
(2008), *Analyzing Health Equity Using Household Survey Data*, World Bank, ch. 8.

Standard errors: each measure is linearised, that is, replaced by how much one more unit of weight
on each person would move it (Binder and Kovačević, 1995, Survey Methodology 21(2)); for the
concentration index without weights or ties it is the error of Kakwani, Wagstaff and van Doorslaer
(1997), Journal of Econometrics 77(1). The survey design then adds them up by cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from gsi.measure.survey import Design, Ratio


@dataclass(frozen=True)
class Targeting:
    """Targeting errors of a programme; NaN where the denominator is zero.

    Attributes:
        undercoverage: eligible not served / eligible, weighted, 0-1.
        leakage: not eligible served / served, weighted, 0-1.
        eligible, served, both: rows (unweighted), which disclosure control counts.
    Source:
        Coady, Grosh and Hoddinott (2004), ch. 2.
    Example:
        >>> print(targeting([1, 1, 0, 0], [1, 0, 1, 0]))
        Undercoverage 0.50 of 2 eligible; leakage 0.50 of 2 served
    """

    undercoverage: float
    leakage: float
    eligible: int
    served: int
    both: int

    def __str__(self) -> str:
        return (
            f"Undercoverage {self.undercoverage:.2f} of {self.eligible} eligible; "
            f"leakage {self.leakage:.2f} of {self.served} served"
        )


def targeting(eligible: ArrayLike, served: ArrayLike, weight: ArrayLike | None = None) -> Targeting:
    """Targeting errors of one programme.

    Parameters:
        eligible, served: (n,) bool; ``weight``: (n,) > 0, 1 by default.
    Returns:
        Both errors and the rows behind them.
    Source:
        Coady, Grosh and Hoddinott (2004), ch. 2.
    Example:
        >>> targeting([1, 1, 1, 0], [1, 0, 0, 1], [1, 1, 2, 1]).undercoverage
        0.75
    """
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

    1 is what handing out by lot would give. A tie group that straddles the threshold counts in
    proportion to the part of it that falls inside.

    Parameters:
        served: (n,) 0/1; ``welfare``: (n,), higher is better off; ``weight``: (n,) > 0.
        poorest: part of people, in (0, 1].
    Returns:
        The ratio, 0 to 1/poorest; NaN when nobody was served.
    Raises:
        ValueError: ``poorest`` outside (0, 1].
    Source:
        Coady, Grosh and Hoddinott (2004), ch. 2.
    Example:
        All that is served goes to the poorest of four.

        >>> cgh([1, 0, 0, 0], [1, 2, 3, 4], poorest=0.25)
        4.0
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
    threshold = poorest * weights.sum()
    inside = ((threshold - below) / groups["weight"]).clip(0, 1)
    return float((groups["got"] * inside).sum() / got.sum() / poorest)


def concentration_index(
    outcome: ArrayLike, welfare: ArrayLike, weight: ArrayLike | None = None
) -> float:
    """C = 2/(nμ) Σ h_i r_i − 1 with weighted fractional ranks r; negative: among the poor.

    Ties in welfare share the mean rank of their group, so the order of rows cannot matter.

    Parameters:
        outcome: (n,) ≥ 0 (a service received: 0/1); ``welfare``: (n,), higher is better off;
            ``weight``: (n,) > 0.
    Returns:
        C in (−1, 1); NaN when nobody received anything.
    Source:
        O'Donnell et al. (2008), ch. 8, eq. 8.3.
    Example:
        >>> concentration_index([1, 0, 0, 0], [1, 2, 3, 4])
        -0.75
    """
    h = np.asarray(outcome, dtype=float)
    values = np.asarray(welfare, dtype=float)
    weights = _weights(weight, values.shape)
    total = (weights * h).sum()
    if total == 0:
        return float("nan")
    return float(2 * (weights * h * fractional_rank(values, weights)).sum() / total - 1)


def cgh_ratio(served: ArrayLike, welfare: ArrayLike, design: Design, *, poorest: float) -> Ratio:
    """The CGH ratio with its influences; the threshold of the poorest is itself estimated.

    Parameters:
        served, welfare, poorest: as in :func:`cgh`; ``design``: (n,) rows of the survey.
    Returns:
        The ratio, linearised.
    Source:
        Binder and Kovačević (1995), Survey Methodology 21(2).
    Example:
        >>> cgh_ratio([1, 0, 0, 0], [1, 2, 3, 4], Design.of([1, 1, 1, 1]), poorest=0.25).value
        4.0
    """
    got = np.asarray(served, dtype=float)
    values, w = np.asarray(welfare, dtype=float), design.weight
    value = cgh(got, values, w, poorest=poorest)
    total, people = (w * got).sum(), w.sum()
    if total == 0:
        return _ratio(value, np.full(len(w), np.nan), design)
    frame = pd.DataFrame({"welfare": values, "weight": w, "got": w * got})
    groups = frame.groupby("welfare", sort=True).sum()
    upto = groups["weight"].cumsum()
    at = groups.index[int(np.argmax((upto >= poorest * people * (1 - 1e-12)).to_numpy()))]
    tie = groups.loc[at]
    inside = (poorest * people - (upto[at] - tie["weight"])) / tie["weight"]
    rate = (
        tie["got"] / tie["weight"]
    )  # served at the threshold: what moving it takes in or leaves out
    part = np.where(values < at, 1.0, np.where(values == at, inside, 0.0))
    pull = (got * part + rate * (poorest - part) - value * poorest * got) / total / poorest
    return _ratio(value, w * pull, design)


def _ratio(value: float, influence: np.ndarray, design: Design) -> Ratio:
    psu, inverse = np.unique(design.psu, return_inverse=True)
    totals = np.bincount(inverse, weights=influence).astype(np.float64)
    return Ratio(value, psu, totals, len(influence))


def fractional_rank(welfare: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weighted rank: share of people worse off plus half of one's own tie group.

    Parameters:
        welfare: (n,), higher is better off; ``weight``: (n,) > 0.
    Returns:
        (n,) in (0, 1).
    Source:
        Lerman and Yitzhaki (1989), Journal of Econometrics 42(1).
    Example:
        >>> fractional_rank(np.array([5.0, 1.0, 1.0, 9.0]), np.ones(4)).tolist()
        [0.625, 0.25, 0.25, 0.875]
    """
    frame = pd.DataFrame({"welfare": welfare, "weight": weight})
    groups = frame.groupby("welfare", sort=True)["weight"].sum()
    middle = (groups.cumsum() - groups / 2) / groups.sum()
    return frame["welfare"].map(middle).to_numpy(dtype=float)


def _weights(weight: ArrayLike | None, shape: tuple[int, ...]) -> np.ndarray:
    weights = np.ones(shape) if weight is None else np.asarray(weight, dtype=float)
    if weights.shape != shape or not np.isfinite(weights).all() or (weights <= 0).any():
        raise ValueError("weights must be positive and as many as the rows")
    return weights


def _share(weights: np.ndarray, part: np.ndarray, whole: np.ndarray) -> float:
    base = weights[whole].sum()
    return float(weights[part].sum() / base) if base > 0 else float("nan")
