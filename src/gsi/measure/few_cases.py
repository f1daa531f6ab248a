"""What an unchanged place shows next of something rare: whole cases, and few of them.

A place had x cases where the common rate would have given E, and is to give F. Its own rate, over
the common one, is known from those cases and from how unlike places are (a gamma of variance
``between``: κ = 1/between), and moves by itself with the noise of :mod:`gsi.measure.noise`:

    θ = (κ + x)/(κ + E);  next ~ negative binomial, mean μ = F θ, variance μ + μ² r
    r = 1/(κ + x) + 4 v/θ + (a − 1)/μ,   v = (2 b + kʰ w) · factor · ν/(ν − 2)

(Clayton and Kaldor 1987, Biometrics 43(3), for the rate; v is on the scale of roots, where θ moves
by 2 √θ; ν/(ν − 2) is the variance of Student's distribution.) Who had many cases by luck is thus
expected to have fewer, and none is not expected to stay none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
LEAST = 1e-9
LEAST_BETWEEN, WIDEST_BETWEEN = 1e-6, 4.0  # a variance; the logarithm of one
MOST_EXPECTED = 60.0
SMALL_COUNT = 3 / 8  # added to cases before their root is taken (Anscombe 1948)


@dataclass(frozen=True)
class Next:
    """Negative binomial of the next cases: ``mean`` μ and ``spread`` r, arrays alike."""

    mean: Array
    spread: Array

    def band(self, level: float) -> tuple[Array, Array, Array]:
        """Lowest and highest number of cases of the equal-tailed band, and what it truly holds.

        Whole cases: it holds ``level`` or more; all of it where nothing but none is likely.
        """
        from scipy.stats import nbinom

        size, chance = self._law()
        low = nbinom.ppf((1 - level) / 2, size, chance)
        high = nbinom.ppf((1 + level) / 2, size, chance)
        holds = nbinom.cdf(high, size, chance) - nbinom.cdf(low - 1, size, chance)
        return low, high, holds

    def tested(self, cases: ArrayLike) -> Array:
        """Two-sided p of so many cases: the smaller tail, doubled."""
        from scipy.stats import nbinom

        size, chance = self._law()
        y = np.asarray(cases, dtype=np.float64)
        tail = np.minimum(nbinom.cdf(y, size, chance), nbinom.sf(y - 1, size, chance))
        return np.asarray(np.minimum(1.0, 2 * tail), dtype=np.float64)

    def _law(self) -> tuple[Array, Array]:
        size = 1 / np.maximum(self.spread, LEAST)
        return size, size / (size + self.mean)


def following(
    cases: ArrayLike,
    expected: ArrayLike,
    following_expected: ArrayLike,
    *,
    between: ArrayLike,
    over: ArrayLike,
    moved: ArrayLike,
) -> Next:
    """The module's law. ``cases`` x, ``expected`` E, ``following_expected`` F at the common rates;
    ``over`` a (1: Poisson), ``moved`` v. NaN where a part is missing."""
    x, first, second, variance, a, v = (
        np.asarray(part, dtype=np.float64)
        for part in (cases, expected, following_expected, between, over, moved)
    )
    kappa = 1 / variance
    rate = (kappa + x) / (kappa + first)
    mean = second * rate
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = 1 / (kappa + x) + 4 * v / rate + np.maximum(a - 1, 0) / mean
    return Next(mean, spread)


def between(g: Array, unit: Array) -> float:
    """Variance of places' rates over the common one, beyond chance; ``kind`` 'rate'.

    ``g``, ``unit``: matrices unit × year of :func:`gsi.measure.noise.scaled`. Most likely variance
    of the gamma that :func:`following` takes the rates of places from, told by those that it judges
    (:data:`MOST_EXPECTED`): moments are those of the large ones, which are more alike.
    """
    from scipy import optimize, special

    expected = 1 / (4 * unit)
    known = np.isfinite(g) & (expected > 0) & (expected <= MOST_EXPECTED)
    expected = expected[known]
    cases = np.maximum(g[known] ** 2 * expected - SMALL_COUNT, 0.0)
    if not len(cases):
        return LEAST_BETWEEN

    def cost(log_variance: float) -> float:
        kappa = float(np.exp(-log_variance))
        terms = special.gammaln(cases + kappa) + cases * np.log(expected)
        terms -= (cases + kappa) * np.log(expected + kappa)
        return -float(terms.sum() + len(cases) * (kappa * np.log(kappa) - special.gammaln(kappa)))

    found = optimize.minimize_scalar(
        cost, bounds=(float(np.log(LEAST_BETWEEN)), WIDEST_BETWEEN), method="bounded"
    )
    return float(np.exp(found.x))
