"""The noise of an indicator, fitted to all municipalities' panels (:mod:`gsi.measure.noise`).

Composite likelihood over pairs of years (Varin, Reid and Firth 2011, Statistica Sinica 21), the
recent ones counting for more (:data:`HALF_LIFE`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi.measure import few_cases
from gsi.measure.noise import Array, Kind, Noise

FEWEST_UNITS = 8


FEWEST_PAIRS = 60


FEWEST_ONCE = 25


FEWEST_YEARS = 3


MOST_PAIRS = 8_000


# Years after which a move counts for half: what is recorded has become calmer since 2011.
HALF_LIFE = 4.0


LAGS = (1, 2, 3, 4, 6, 8)


# The power of the years is told from the drift's size by as many different spans, at least.
FEWEST_LAGS = 4


LIKELY_GROWTH = 0.4  # log-odds of h / 2 where the search starts


# How far from the start each is looked for, as logarithms: below, a part of the variance is nothing
# beside the others. Beyond some ten thousand degrees of freedom Student's distribution is the
# normal one, and differences of its constants are lost in rounding.
NOTHING, HUGE = -15.0, 10.0
MOST_FREEDOM = 10.0


def fitted(
    kind: Kind, g: Array, unit: Array, years: ArrayLike, comparable: NDArray[np.bool_]
) -> Noise | None:
    """The noise from a panel; None where it is too small to tell.

    Parameters:
        kind: of scale; ``g``, ``unit``: matrices unit × year of :func:`scaled`.
        years: in order; ``comparable``: year × year, whether the series has no break between both.
    Returns:
        The most likely noise.
    Source:
        Varin, Reid and Firth (2011), Statistica Sinica 21 (composite likelihood over pairs).
    Example:
        >>> fitted("value", np.zeros((2, 3)), np.ones((2, 3)), [1, 2, 3], np.ones((3, 3), bool))
    """
    when = np.asarray(years, dtype=np.int64)
    moves, sizes, lags, ends = _pairs(g, unit, when, comparable)
    units = int((np.isfinite(g) & np.isfinite(unit)).any(axis=1).sum())
    cuts = len(np.unique(when[np.isfinite(g).any(axis=0)]))
    # Two cuts of a published error have one thing to estimate: what moves beyond that error.
    once = kind == "published" and cuts < FEWEST_YEARS
    if units < FEWEST_UNITS or len(moves) < (FEWEST_ONCE if once else FEWEST_PAIRS):
        return None
    if not np.any(moves):
        return None
    step = -(-len(moves) // MOST_PAIRS)
    size, level, walk, freedom, growth = _most_likely(
        kind, moves[::step], sizes[::step], lags[::step], _recent(ends[::step]), drifts=not once
    )
    tails = min(freedom, float(units))
    apart = few_cases.between(g, unit) if kind == "rate" else np.nan
    return Noise(kind, size, level, walk, tails, units, len(moves), growth, apart)


def _pairs(
    g: Array, unit: Array, years: NDArray[np.int64], comparable: NDArray[np.bool_]
) -> tuple[Array, Array, Array, Array]:
    moves, sizes, lags, ends = [], [], [], []
    for first in range(len(years)):
        for second in range(first + 1, len(years)):
            lag = int(years[second] - years[first])
            if not comparable[first, second] or (lag not in LAGS and len(years) > FEWEST_YEARS):
                continue
            move, size = g[:, second] - g[:, first], unit[:, first] + unit[:, second]
            known = np.isfinite(move) & np.isfinite(size)
            moves.append(move[known])
            sizes.append(size[known])
            lags.append(np.full(int(known.sum()), float(lag)))
            ends.append(np.full(int(known.sum()), float(years[second])))
    if not moves:
        return np.empty(0), np.empty(0), np.empty(0), np.empty(0)
    moved, sized, spans, ended = (np.concatenate(part) for part in (moves, sizes, lags, ends))
    return moved, sized, spans, ended


def _recent(ends: Array) -> Array:
    """What each move counts for: half of what one :data:`HALF_LIFE` years later does, mean 1."""
    weights = 0.5 ** ((ends.max() - ends) / HALF_LIFE)
    out: Array = weights / weights.mean()
    return out


def _most_likely(
    kind: Kind, moves: Array, sizes: Array, lags: Array, weights: Array, *, drifts: bool
) -> tuple[float, float, float, float, float]:
    from scipy import optimize, special

    squares = float(np.median(moves**2)) / 0.4549  # the median of χ² with one degree of freedom
    squares = squares or float(np.mean(moves**2))
    typical = float(np.median(sizes))
    least = {"rate": 1.0, "share": 1.0, "value": 0.0, "published": 1.0}[kind]

    told = drifts and len(np.unique(lags)) >= FEWEST_LAGS

    def parts(q: Array) -> tuple[float, float, float, float, float]:
        size = 1.0 if kind == "published" else least + float(np.exp(q[0]))
        walk = float(np.exp(q[2])) if drifts else 0.0
        growth = 2 / (1 + float(np.exp(-q[4]))) if told else 1.0
        return size, float(np.exp(q[1])), walk, 2.05 + float(np.exp(q[3])), growth

    # What does not change from one trial to the next; of lags there are but a few.
    squared = moves**2
    spans, of_span = np.unique(lags, return_inverse=True)

    def cost(q: Array) -> tuple[float, Array]:
        """The weighted log-likelihood's negative and its gradient."""
        size, level, walk, freedom, growth = parts(q)
        grown = spans**growth
        variance = size * sizes + 2 * level + (grown * walk)[of_span]
        # log density of Student's distribution of scale √variance, constant left out
        half = (freedom + 1) / 2
        constant = special.gammaln(half) - special.gammaln(freedom / 2) - 0.5 * np.log(freedom)
        far = squared / (variance * freedom)
        tail = np.log1p(far)
        terms = half * tail + 0.5 * np.log(variance)

        pull = half * far / (1 + far)
        by_variance = weights * (0.5 - pull) / variance
        by_span = np.bincount(of_span, by_variance, minlength=len(spans))
        by_freedom = float(weights @ (0.5 * tail - pull / freedom)) - 0.5 * len(moves) * float(
            special.digamma(half) - special.digamma(freedom / 2) - 1 / freedom
        )
        slope = np.zeros(len(q))
        slope[0] = (size - least) * float(by_variance @ sizes)
        slope[1] = 2 * level * float(by_variance.sum())
        slope[2] = walk * float(by_span @ grown)
        slope[3] = (freedom - 2.05) * by_freedom
        if told:
            slope[4] = walk * float(by_span @ (grown * np.log(spans))) * growth * (1 - growth / 2)
        return float(weights @ terms) / len(moves) - constant, slope / len(moves)

    start = np.append(
        np.log([squares / 3 / typical, squares / 6, squares / 30, 4.0]), LIKELY_GROWTH
    )[: 5 if told else 4]
    bounds = np.column_stack([start + NOTHING, start + HUGE])
    bounds[3, 1] = MOST_FREEDOM
    found = optimize.minimize(
        cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-11}
    )
    return parts(found.x)
