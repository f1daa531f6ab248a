"""What a ranking of estimates can claim: simultaneous confidence sets of ranks, and map classes.

Mogstad, Romano, Shaikh and Wilhelm (2024), "Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91(1):
every pair is compared, the largest studentised difference gives the critical value, and pairs
already told apart leave the family step by step. Besag, Green, Higdon and Mengersen (1995),
"Bayesian computation and stochastic systems", Statistical Science 10(1), for the range that so many
draws keep whole. Dong and Wakefield (2021), "Modeling and
presentation of vaccination coverage estimates using data from household surveys", Vaccine 39(18):
a map shows so many classes that areas are, on average, in their own with a probability stated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Differences of pairs held at once, in single precision.
_BLOCK = 8_000_000


def rank_sets(
    estimates: np.ndarray, draws: np.ndarray, level: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest and highest rank of each territory, for all of them at once with ``level``.

    Rank 1 is the lowest value. True ranks count who is truly lower, so that equal values share a
    rank. Two estimates that no draw moves against each other are told apart if they differ at all.

    Parameters:
        estimates: (n,) without missing values.
        draws: (d, n), d ≥ 2: the estimates as chance would have them, whose deviations from their
            own mean stand for the errors (they may depend on each other).
        level: in (0, 1).
    Returns:
        ``low`` and ``high``, (n,) whole ranks in 1..n.
    Raises:
        ValueError: missing values or fewer than two draws.
    Source:
        Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91(1).
    Example:
        Errors of 1: places at 0 and 1 are not told apart, one at 100 is.

        >>> errors = np.random.default_rng(1).normal(size=(500, 3))
        >>> low, high = rank_sets(np.array([0.0, 1.0, 100.0]), errors, 0.9)
        >>> low.tolist(), high.tolist()
        ([1, 1, 3], [2, 2, 3])
    """
    x, errors = np.asarray(estimates, float), np.asarray(draws, float)
    if errors.ndim != 2 or errors.shape != (len(errors), len(x)) or len(errors) < 2:
        raise ValueError("draws must hold two rows or more, a column for each estimate")
    if np.isnan(x).any() or np.isnan(errors).any():
        raise ValueError("a ranking has no missing values")
    errors = errors - errors.mean(axis=0)
    deviation = _deviations(errors)
    gap = x[None, :] - x[:, None]  # positive where the row is lower
    still = deviation == 0
    lower = still & (gap > _rounding(x))
    scale = np.where(still, 1.0, deviation)
    statistic = np.where(still, -np.inf, gap / scale)
    # Ordered pairs not told apart yet: that the row is lower than the column.
    untold = ~still
    while untold.any():
        bound = np.quantile(_largest(errors, scale, untold), level, method="higher")
        found = untold & (statistic > bound)
        if not found.any():
            break
        lower |= found
        untold &= ~found
    low = 1 + lower.sum(axis=0)
    high = len(x) - lower.sum(axis=1)
    return low.astype(np.int64), high.astype(np.int64)


def _rounding(x: np.ndarray) -> float:
    return 1e-9 * max(1.0, float(np.abs(x).max(initial=0.0)))


def _deviations(errors: np.ndarray) -> np.ndarray:
    """(n, n) standard deviations of the differences; 0 where a pair never moves apart."""
    covariance = np.atleast_2d(np.cov(errors.T))
    variances = np.diag(covariance)
    squared = variances[:, None] + variances[None, :] - 2 * covariance
    # What is left of two equal columns is rounding.
    squared[squared <= 1e-12 * max(float(variances.max(initial=0.0)), 1e-300)] = 0
    out: np.ndarray = np.sqrt(squared)
    return out


def _largest(errors: np.ndarray, scale: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """(d,) of each draw, the largest studentised difference among the ordered ``pairs``."""
    rows, columns = np.nonzero(pairs)
    by = (1 / scale[rows, columns]).astype(np.float32)
    single = errors.astype(np.float32)
    out = np.empty(len(errors))
    size = max(1, _BLOCK // max(len(rows), 1))
    for start in range(0, len(errors), size):
        block = single[start : start + size]
        out[start : start + size] = ((block[:, columns] - block[:, rows]) * by).max(axis=1)
    return out


def joint_range(ranking: np.ndarray, level: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranks such that at least ``level`` of the draws have all of theirs inside.

    Parameters:
        ranking: (d, n) ranks 1..n; ``level``: in (0, 1).
    Returns:
        ``low`` and ``high``, (n,): equal tails, the same for every territory.
    Source:
        Besag, Green, Higdon and Mengersen (1995), Statistical Science 10(1).
    Example:
        >>> low, high = joint_range(np.array([[1, 2]] * 7 + [[2, 1]]), 0.75)
        >>> low.tolist(), high.tolist()
        ([1, 2], [1, 2])
    """
    d, n = ranking.shape
    places = np.arange(1, n + 1)
    below = np.empty((n, n))  # (territory, rank): share of the draws at that rank or lower
    for j in range(n):
        below[j] = np.searchsorted(np.sort(ranking[:, j]), places, side="right") / d
    above = 1 - np.concatenate([np.zeros((n, 1)), below[:, :-1]], axis=1)
    tail = np.minimum(below, above)
    least = tail[np.arange(n), ranking - 1].min(axis=1)
    # Draws with a rank further out than this are the part that is left outside.
    kept = tail >= np.quantile(least, 1 - level, method="lower") - 1e-12
    low = kept.argmax(axis=1) + 1
    high = n - kept[:, ::-1].argmax(axis=1)
    return low.astype(np.int64), high.astype(np.int64)


@dataclass(frozen=True)
class Classes:
    """Equal parts of a ranking that territories can be told to be in.

    Attributes:
        number: of classes; 1: no map of classes says enough.
        member: (n,) class of each territory, 1 = the lowest ranks.
        probability: (n,) that a territory is in its class, 0-1.
        correct: their mean, the average probability of correct classification; 1 with one class.
    Source:
        Dong and Wakefield (2021), Vaccine 39(18).
    Example:
        >>> print(classes(np.array([[1, 2], [1, 2]]), 5, 0.8))
        2 class(es) of 2 territories, right with a mean probability of 1.00
    """

    number: int
    member: NDArray[np.int64]
    probability: NDArray[np.float64]
    correct: float

    def __str__(self) -> str:
        return (
            f"{self.number} class(es) of {len(self.member)} territories, "
            f"right with a mean probability of {self.correct:.2f}"
        )


def classes(ranking: np.ndarray, most: int, least: float) -> Classes:
    """The most classes in which the mean probability of the true one is ``least``.

    A class holds an equal part of the ranks; a territory is put where most draws put it, the lower
    class of equals.

    Parameters:
        ranking: (d, n) ranks 1..n of every draw; ``most``: classes; ``least``: probability, 0-1.
    Returns:
        The classes; one only where no more can be told.
    Source:
        Dong and Wakefield (2021), Vaccine 39(18).
    Example:
        >>> classes(np.array([[1, 2, 3, 4], [2, 1, 4, 3]]), 4, 0.9).member.tolist()
        [1, 1, 2, 2]
    """
    n = ranking.shape[1]
    for number in range(min(most, n), 1, -1):
        # The class of a rank: as equal as whole territories allow.
        of_rank = (np.arange(n) * number) // n
        placed = of_rank[ranking - 1]
        share = np.stack([(placed == k).mean(axis=0) for k in range(number)])
        probability = share.max(axis=0)
        if probability.mean() >= least:
            member = share.argmax(axis=0) + 1
            return Classes(number, member, probability, float(probability.mean()))
    return Classes(1, np.ones(n, np.int64), np.ones(n), 1.0)
