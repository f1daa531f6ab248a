"""Confidence intervals and tests for proportions, rates and differences.

Every function takes scalars or arrays that broadcast together and returns float arrays (0-d for
scalars). A missing input gives a missing output; an impossible one (more successes than trials,
negative counts) raises ``ValueError``.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]


def quantile(level: float) -> float:
    """Two-sided standard normal quantile.

    Parameters:
        level: confidence, strictly between 0 and 1.
    Returns:
        z such that a standard normal lies within ±z with probability ``level``.
    Raises:
        ValueError: ``level`` outside (0, 1).
    Source:
        Abramowitz and Stegun (1964), 26.2; computed by ``scipy.special.ndtri``.
    Example:
        >>> round(quantile(0.95), 4)
        1.96
    """
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    return float(ndtri(0.5 + level / 2))


def wilson(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Wilson score interval of a proportion.

    Parameters:
        successes, n: counts that broadcast together, 0 ≤ successes ≤ n.
        level: confidence, in (0, 1).
    Returns:
        ``low`` and ``high``, in 0-1, of the broadcast shape; NaN where ``n`` is 0.
    Raises:
        ValueError: successes below 0 or above ``n``.
    Source:
        Wilson (1927), JASA 22; recommended for small n by Brown, Cai and DasGupta (2001),
        Statistical Science 16(2), eq. 4.
    Example:
        Newcombe (1998), Statistics in Medicine 17(8), table I: 81 of 263.

        >>> low, high = wilson(81, 263)
        >>> round(float(low), 4), round(float(high), 4)
        (0.2553, 0.3662)
    """
    x, trials = np.broadcast_arrays(_floats(successes), _floats(n))
    _require(~((x < 0) | (x > trials)), "successes must lie between 0 and n")
    z = quantile(level)
    size = np.where(trials > 0, trials, np.nan)
    p = x / size
    centre = (p + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2))
    # The score bounds are exactly 0 and 1 at the ends; rounding must not leave 1e-18 there.
    low = np.where(x == 0, np.where(np.isnan(half), np.nan, 0.0), centre - half)
    high = np.where(x == size, 1.0, centre + half)
    return low, high


def proportion(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Interval of a proportion: Wilson's, with its ends next to 0 and 1 mended.

    The lower end of one or two successes is that of :func:`_few`, and so the upper one of one or
    two failures: Wilson's alone holds a share of one in a thousand in 84 of 100 samples.

    Parameters:
        successes, n: counts that broadcast together, 0 ≤ successes ≤ n.
        level: confidence, in (0, 1).
    Returns:
        ``low`` and ``high``, in 0-1, of the broadcast shape; NaN where ``n`` is 0.
    Raises:
        ValueError: successes below 0 or above ``n``.
    Source:
        Brown, Cai and DasGupta (2001), Statistical Science 16(2), § 4.1.1 (with two counts mended
        at every size, where they mend a third from n = 51 on: the mean coverage is nearer its
        level).
    Example:
        One success: the lower end is −ln 0.95 over n.

        >>> low, high = proportion(1, 100)
        >>> round(float(low) * 100, 4)
        0.0513
    """
    x, trials = np.broadcast_arrays(_floats(successes), _floats(n))
    low, high = wilson(x, trials, level)
    size = np.where(trials > 0, trials, np.nan)
    failures = trials - x
    low = np.where(_is_few(x) & (x <= failures), _few(x, level) / size, low)
    high = np.where(_is_few(failures) & (failures <= x), 1 - _few(failures, level) / size, high)
    return low, high


def rate(
    events: ArrayLike, exposure: ArrayLike, multiplier: float = 1.0, level: float = 0.95
) -> tuple[Array, Array]:
    """Score interval of a Poisson rate.

    The rates that a score test does not refuse: x + z²/2 ± z √(x + z²/4), the limit of Wilson's
    interval for rare events; the lower end of one or two events is that of :func:`_few`, and 0
    that of none.

    Parameters:
        events: counts ≥ 0; ``exposure``: people or years ≥ 0; they broadcast together.
        multiplier: what the rate is told per (1,000; 100,000).
        level: confidence, in (0, 1).
    Returns:
        ``low`` and ``high`` per ``multiplier``; NaN where ``exposure`` is 0.
    Raises:
        ValueError: negative events or exposure.
    Source:
        Brown, Cai and DasGupta (2003), Statistica Sinica 13, § 3 (score intervals of exponential
        families, recommended for counts).
    Example:
        No event in 1,000 people: up to z² events.

        >>> low, high = rate(0, 1000, multiplier=1000)
        >>> float(low), round(float(high), 3)
        (0.0, 3.841)
    """
    count, base = np.broadcast_arrays(_floats(events), _floats(exposure))
    _require(~((count < 0) | (base < 0)), "events and exposure must not be negative")
    z = quantile(level)
    base = np.where(base > 0, base, np.nan)
    centre, half = count + z**2 / 2, z * np.sqrt(count + z**2 / 4)
    low = np.where(_is_few(count), _few(count, level), np.maximum(centre - half, 0.0))
    low = np.where(count == 0, 0.0, low)
    return low / base * multiplier, (centre + half) / base * multiplier


def _is_few(count: Array) -> NDArray[np.bool_]:
    few: NDArray[np.bool_] = (count == 1) | (count == 2)
    return few


def _few(count: Array, level: float) -> Array:
    """The mean that so many events or more have with probability 1 − ``level`` (Poisson)."""
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(np.maximum(count, 1), 1 - level), dtype=np.float64)


def difference(
    a: ArrayLike, se_a: ArrayLike, b: ArrayLike, se_b: ArrayLike, level: float = 0.95
) -> tuple[Array, Array, Array, Array]:
    """``b − a`` of independent samples, by normal theory: Var(b − a) = se_a² + se_b².

    Parameters:
        a, b: values in one unit; ``se_a``, ``se_b``: their standard errors ≥ 0.
        level: confidence, in (0, 1).
    Returns:
        Difference, ``low``, ``high`` (unit of the values) and two-sided p. With both errors 0, p
        is 1 for equal values and 0 otherwise (the limit of the test as the errors vanish).
    Raises:
        ValueError: a negative standard error.
    Source:
        Cox and Hinkley (1974), *Theoretical Statistics*, § 4.
    Example:
        >>> delta, low, high, p = difference(10, 3, 20, 4)
        >>> float(delta), round(float(low), 2), round(float(high), 2), round(float(p), 4)
        (10.0, 0.2, 19.8, 0.0455)
    """
    from scipy.special import ndtr

    delta = _floats(b) - _floats(a)
    first, second = _floats(se_a), _floats(se_b)
    _require(~((first < 0) | (second < 0)), "standard errors must not be negative")
    error = np.hypot(first, second)
    half = quantile(level) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where((error == 0) & (delta == 0), 0.0, np.abs(delta) / error)
    return delta, delta - half, delta + half, 2 * ndtr(-score)


def se_from_interval(low: ArrayLike, high: ArrayLike, level: float = 0.95) -> Array:
    """Standard error that a published symmetric interval implies: (high − low) / 2z.

    Parameters:
        low, high: bounds, low ≤ high; ``level``: their confidence, in (0, 1).
    Returns:
        Standard errors in the unit of the bounds.
    Raises:
        ValueError: an upper bound below the lower one.
    Source:
        Higgins and others (2023), *Cochrane Handbook*, § 6.5.2.2.
    Example:
        >>> round(float(se_from_interval(8.04, 11.96)), 3)
        1.0
    """
    lower, upper = _floats(low), _floats(high)
    _require(~(upper < lower), "the upper bound must not be below the lower one")
    return (upper - lower) / (2 * quantile(level))


def two_proportions(
    successes_a: ArrayLike, n_a: ArrayLike, successes_b: ArrayLike, n_b: ArrayLike
) -> Array:
    """Test of equal proportions: score test with the pooled variance.

    Parameters:
        successes_a, n_a, successes_b, n_b: counts that broadcast together.
    Returns:
        Two-sided p; NaN where a sample is empty.
    Source:
        Agresti (2013), *Categorical Data Analysis*, § 3.2 (the square of z is Pearson's χ²).
    Example:
        χ² = 4 with one degree of freedom.

        >>> round(float(two_proportions(40, 100, 60, 100)), 4)
        0.0047
    """
    from scipy.special import ndtr

    x, n, y, m = (_floats(v) for v in (successes_a, n_a, successes_b, n_b))
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x + y) / (n + m)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        delta = y / m - x / n
        score = np.where((error == 0) & (delta == 0), 0.0, np.abs(delta) / error)
    p: Array = 2 * ndtr(-score)
    return p


def two_rates(
    events_a: ArrayLike, exposure_a: ArrayLike, events_b: ArrayLike, exposure_b: ArrayLike
) -> Array:
    """Test of equal Poisson rates: exact, conditional on the total, doubled tail.

    Given the total, events in ``b`` are Binomial(total, exposure_b / (exposure_a + exposure_b)).

    Parameters:
        events_a, exposure_a, events_b, exposure_b: counts and people that broadcast together.
    Returns:
        Two-sided p, at most 1; NaN where an exposure is missing.
    Source:
        Przyborowski and Wilenski (1940), Biometrika 31.
    Example:
        None against five at equal exposures: 2 · (1/2)⁵.

        >>> float(two_rates(0, 1000, 5, 1000))
        0.0625
    """
    from scipy.stats import binom

    x, n, y, m = (_floats(v) for v in (events_a, exposure_a, events_b, exposure_b))
    total, share = x + y, m / (n + m)
    tail = np.minimum(binom.cdf(y, total, share), binom.sf(y - 1, total, share))
    p: Array = np.minimum(1.0, 2 * tail)
    return p


def _floats(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float64)


def _require(condition: NDArray[np.bool_], message: str) -> None:
    if not np.all(condition):
        raise ValueError(message)
