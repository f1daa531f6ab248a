"""Making the compared homes look like the treated ones before anything happened: entropy balancing.

Each compared unit gets the weight closest to its own (in Kullback-Leibler distance) with which the
means of the covariates equal those of the treated: Hainmueller (2012), "Entropy Balancing for
Causal Effects", Political Analysis 20(1). The balance is exact and needs no caliper, no number of
neighbours and no random order of matching, so the same data always give the same weights; it is
consistent when either the propensity is logistic or the untreated outcome linear in the covariates
(Zhao and Percival, 2017, Journal of Causal Inference 5(1)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EXACT = 1e-6
"""Largest difference of means, in standard deviations, of covariates called balanced."""
FURTHEST = 1e4
"""Tilts beyond this (a standard deviation multiplies odds by e to it) lead nowhere."""


class NotComparable(ValueError):
    """No positive weights of the compared units give the means of the treated.

    Example:
        >>> issubclass(NotComparable, ValueError)
        True
    """


@dataclass(frozen=True)
class Balance:
    """Weights that make both groups alike, and how alike they are.

    Attributes:
        weight: (n,) own weights of the treated, balanced ones of the compared (same total).
        before, after: largest absolute difference of a covariate's means, in standard deviations.
        effective: equally weighted compared units worth the same, (Σw)²/Σw² (Kish).
        kept: columns of the covariates that were independent and varied.
    Source:
        Hainmueller (2012), Political Analysis 20(1).
    Example:
        >>> print(Balance(np.ones(4), 0.5, 0.0, 1.8, [0]))
        Balanced on 1 covariate(s): largest difference 0.50 → 0.00 sd; 1.8 effective compared
    """

    weight: Array
    before: float
    after: float
    effective: float
    kept: list[int]

    def __str__(self) -> str:
        return (
            f"Balanced on {len(self.kept)} covariate(s): largest difference "
            f"{self.before:.2f} → {self.after:.2f} sd; {self.effective:.1f} effective compared"
        )


def entropy_balance(covariates: Array, treated: NDArray[np.bool_], weight: Array) -> Balance:
    """Balance the compared on covariates against the treated, whose weights stay.

    Parameters:
        covariates: (n, k), any units; columns without variation, or that others already give, are
            left out.
        treated: (n,) bool; ``weight``: (n,) > 0.
    Returns:
        The weights and how far they balance.
    Raises:
        NotComparable: a group is empty, or the treated lie where no compared unit does.
    Source:
        Hainmueller (2012), Political Analysis 20(1), eq. 4-6.
    Example:
        The treated have a mean of 2; of 1 and 4, that takes weights 2/3 and 1/3.

        >>> found = entropy_balance(
        ...     np.array([[2.0], [1.0], [4.0]]), np.array([True, False, False]), np.ones(3)
        ... )
        >>> found.weight.round(3).tolist()
        [1.0, 0.667, 0.333]
    """
    x = np.asarray(covariates, dtype=np.float64)
    w = np.asarray(weight, dtype=np.float64)
    if treated.all() or not treated.any():
        raise NotComparable("both groups are needed")
    centre = np.average(x[treated], axis=0, weights=w[treated])
    # Spread of everybody: homes of one group may all be alike in something.
    spread = np.sqrt(np.average((x - np.average(x, axis=0, weights=w)) ** 2, axis=0, weights=w))
    kept = _independent((x - centre) / np.where(spread > 0, spread, 1.0))
    z = (x[:, kept] - centre[kept]) / spread[kept]
    compared = z[~treated]
    own = w[~treated] / w[~treated].sum()
    tilted = _tilt(compared, own)
    after = float(np.abs(tilted @ compared).max(initial=0.0))
    if not after <= EXACT:
        raise NotComparable("the compared do not reach the means of the treated")
    out = w.copy()
    out[~treated] = tilted * w[treated].sum()
    before = float(np.abs(own @ compared).max(initial=0.0))
    return Balance(out, before, after, float(1 / np.sum(tilted**2)), kept)


def _independent(z: Array) -> list[int]:
    """Columns that add to those before them, the constant first."""
    basis = [np.full(len(z), 1 / np.sqrt(len(z)))]
    kept = []
    for column in range(z.shape[1]):
        left = z[:, column].copy()
        size = float(np.linalg.norm(left))
        for _ in range(2):  # twice is enough (Kahan and Parlett)
            for direction in basis:
                left -= (left @ direction) * direction
        if size > 0 and np.linalg.norm(left) > 1e-8 * size:
            basis.append(left / np.linalg.norm(left))
            kept.append(column)
    return kept


def _tilt(z: Array, own: Array) -> Array:
    """Minimise the convex dual log Σ own·exp(zλ): at the minimum the tilted means are zero.

    Newton steps with halving; only a direction in which the means cannot be reached makes λ grow
    without end, and the caller sees it in the means.
    """
    lam = np.zeros(z.shape[1])
    value, p = _dual(z, own, lam)
    for _ in range(200):
        gradient = p @ z
        if np.abs(gradient).max(initial=0.0) <= EXACT / 100:
            break
        hessian = (z * p[:, None]).T @ z - np.outer(gradient, gradient)
        if not np.isfinite(hessian).all() or np.abs(lam).max() > FURTHEST:
            break
        step = np.linalg.lstsq(hessian, -gradient, rcond=1e-12)[0]
        size = 1.0
        while size > 1e-10:
            trial, tilted = _dual(z, own, lam + size * step)
            if trial <= value + 1e-4 * size * float(gradient @ step):
                break
            size /= 2
        else:
            break
        lam, value, p = lam + size * step, trial, tilted
    return p


def _dual(z: Array, own: Array, lam: Array) -> tuple[float, Array]:
    exponent = z @ lam
    top = float(exponent.max())
    raw = own * np.exp(exponent - top)
    total = float(raw.sum())
    return top + float(np.log(total)), raw / total
