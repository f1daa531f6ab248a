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
    """Negative binomial of the next cases.

    Attributes:
        mean: μ, cases; array.
        spread: r, so that the variance is μ + μ² r; array of the same shape.
    Source:
        Clayton and Kaldor (1987), Biometrics 43(3).
    Example:
        >>> print(Next(np.array([4.0]), np.array([0.25])))
        Next cases of 1 place(s): mean 4, variance 8
    """

    mean: Array
    spread: Array

    def __str__(self) -> str:
        variance = self.mean + self.mean**2 * self.spread
        told = ", ".join(
            f"{name} {np.nanmean(part):g}" if np.isfinite(part).any() else f"{name} unknown"
            for name, part in (("mean", self.mean), ("variance", variance))
        )
        return f"Next cases of {np.size(self.mean)} place(s): {told}"

    def band(self, level: float) -> tuple[Array, Array, Array]:
        """Lowest and highest number of cases of the equal-tailed band, and what it truly holds.

        Parameters:
            level: what the band holds at least, in (0, 1).
        Returns:
            ``low``, ``high`` (whole cases) and the probability between them: ``level`` or more, and
            all of it where nothing but none is likely.
        Source:
            Quantiles of the negative binomial; Johnson, Kemp and Kotz (2005), ch. 5.
        Example:
            >>> low, high, holds = Next(np.array([2.0]), np.array([1e-12])).band(0.95)
            >>> float(low[0]), float(high[0]), bool(holds[0] >= 0.95)
            (0.0, 5.0, True)
        """
        from scipy.stats import nbinom

        size, chance = self._law()
        low = nbinom.ppf((1 - level) / 2, size, chance)
        high = nbinom.ppf((1 + level) / 2, size, chance)
        holds = nbinom.cdf(high, size, chance) - nbinom.cdf(low - 1, size, chance)
        return low, high, holds

    def tested(self, cases: ArrayLike) -> Array:
        """Two-sided p of so many cases: the smaller tail, doubled.

        Parameters:
            cases: counts, of the shape of ``mean``.
        Returns:
            p, at most 1.
        Source:
            As the conditional test of :func:`gsi.measure.intervals.two_rates`.
        Example:
            Poisson of mean 2 (no spread): none is seen with probability e⁻².

            >>> round(float(Next(np.array([2.0]), np.array([0.0])).tested([0])[0]), 4)
            0.2707
        """
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
    """The module's law of the next cases.

    Parameters:
        cases: x; ``expected``, ``following_expected``: E and F at the common rates, in cases.
        between: variance of the places' rates over the common one, > 0.
        over: a, the overdispersion of counts (1: Poisson); ``moved``: v, on the scale of roots.
    Returns:
        The law of each place; NaN where a part is missing.
    Source:
        Clayton and Kaldor (1987), Biometrics 43(3).
    Example:
        κ = 1: (1 + 5)/(1 + 2) is twice the common rate.

        >>> law = following([5], [2.0], [3.0], between=[1.0], over=[1.0], moved=[0.0])
        >>> float(law.mean[0])
        6.0
    """
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

    Most likely variance of the gamma that :func:`following` takes the rates of places from, told by
    those that it judges (:data:`MOST_EXPECTED`): moments are those of the large ones, which are
    more alike.

    Parameters:
        g, unit: matrices place × year of :func:`gsi.measure.noise.scaled`.
    Returns:
        The variance of rates over the common one, :data:`LEAST_BETWEEN` at least.
    Source:
        Clayton and Kaldor (1987), Biometrics 43(3).
    Example:
        Nothing known: the least.

        >>> between(np.full((2, 2), np.nan), np.full((2, 2), np.nan)) == LEAST_BETWEEN
        True
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
