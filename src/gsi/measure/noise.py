"""How much a figure moves from one year to another where nothing changed.

A municipality's figure moves for three reasons that are no change of its own: the country moves;
few cases make chance large; and years differ (a strike, a campaign, how well it was reported),
partly for one year (level), partly for good (drift). Their sizes are estimated for each indicator
from **all** municipalities' panels, on a scale where they do not depend on the level:

=========== ================================================== ==========================
kind        scale ``g`` (the country's common level removed)    ``unit``: one over the size
=========== ================================================== ==========================
rate        √((x + 3/8) / E), E = n · common rate              1 / (4 E)
share       asin √((x + 3/8)/(n + 3/4)) − the common one's     1 / (4 n + 2)
value       √value − √common level                             1 / people
published   value − common level                               published standard error²
=========== ================================================== ==========================

(Anscombe 1948, Biometrika 35 for both transforms of counts; the square root for values without
counts is the scale of highest likelihood among value, root and logarithm in every indicator of the
Ministry of Education and the water index.) The move of an unchanged municipality over k years is

    g(t + k) − g(t) = s · T,   s² = a (unit(t) + unit(t + k)) + 2 b + kʰ w

with T of Student's distribution with ``freedom``: municipalities are not equally restless, and
their variances spread around s² as a scaled inverse χ² (the model of Smyth 2004, Stat. Appl. Genet.
Mol. Biol. 3(1)). A municipality's own past moves then moderate its scale (:func:`moderated`). With
``h`` = 1 the drift is a random walk; where places go each its own way for years (people that a
projection gets ever more wrong, under the coverage of schools) it is nearer 2. ``a`` is at least 1
for counts (Poisson or binomial is the least there is) and 1 for published errors. Few cases are not
judged on that scale but by :mod:`gsi.measure.few_cases`, for which ``between`` says how unlike the
places' rates are. Fitted by composite likelihood over pairs of years, the recent ones counting for
more (:data:`HALF_LIFE`): how restless figures are changes with the years. With two cuts only, what
municipalities moved beyond their published errors is all taken for noise: it cannot be told from
change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi.measure import few_cases

Array = NDArray[np.float64]
Kind = Literal["rate", "share", "value", "published"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NORMAL = 1e6  # degrees of freedom that stand for the normal distribution
# Consecutive moves share a year: their squares correlate by 1/4 where the level alone varies.
SHARED_YEARS = 1.5


@dataclass(frozen=True)
class Noise:
    """The noise of one indicator at one level of territory.

    Attributes:
        kind: of scale; ``size``, ``level``, ``walk``, ``growth``: a, b, w and h of the module.
        freedom: of Student's distribution; ``units``, ``pairs``: what they were estimated from.
        between: variance of the places' rates over the common one
            (:func:`gsi.measure.few_cases.between`); NaN for what is no rate.
    Source:
        Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1).
    Example:
        >>> print(published(40, 80))
        published: a = 1, b = 0, w = 0 (40 units, 80 pairs)
    """

    kind: Kind
    size: float
    level: float
    walk: float
    freedom: float
    units: int
    pairs: int
    growth: float = 1.0
    between: float = np.nan

    def __str__(self) -> str:
        parts = f"a = {self.size:g}, b = {self.level:g}, w = {self.walk:g}"
        return f"{self.kind}: {parts} ({self.units} units, {self.pairs} pairs)"

    def variance(self, units: ArrayLike, lag: ArrayLike) -> Array:
        """s² of the module, with the error of the common level, a median of so many units.

        Parameters:
            units: unit(t) + unit(t + k); ``lag``: the years between; they broadcast together.
        Returns:
            Variance on the scale of :func:`scaled`.
        Source:
            Smyth (2004); variance of a median, π/2n: Kendall and Stuart (1977), § 10.
        Example:
            >>> round(float(Noise("rate", 2, 1, 0.5, 9, 10**9, 99).variance(3, 4)), 6)
            10.0
        """
        own = self.size * np.asarray(units, dtype=np.float64)
        moved = own + self.between_years(lag)
        return moved * (1 + np.pi / (2 * self.units))

    def between_years(self, lag: ArrayLike) -> Array:
        """The part of s² that no number of cases makes smaller.

        Parameters:
            lag: years between.
        Returns:
            2 b + kʰ w.
        Source:
            The module's formula.
        Example:
            >>> float(Noise("rate", 2, 1, 0.5, 9, 40, 99).between_years(4))
            4.0
        """
        years = np.asarray(lag, dtype=np.float64)
        return 2 * self.level + self.walk * years**self.growth


def scaled(
    kind: Kind,
    *,
    value: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    error: ArrayLike,
    people: ArrayLike,
    common: ArrayLike,
    multiplier: ArrayLike,
) -> tuple[Array, Array]:
    """``g`` and ``unit`` of each figure (module's table).

    Parameters:
        kind: of scale; ``value``, ``numerator``, ``denominator``, ``error``, ``people``: figures.
        common: the country's common level in the unit of the value.
        multiplier: what numerator/denominator is multiplied by (100 for a share).
    Returns:
        ``g`` and ``unit``; NaN where a part is missing.
    Source:
        Anscombe (1948), Biometrika 35.
    Example:
        >>> none = {"numerator": 1, "denominator": 1, "people": 1, "multiplier": 1}
        >>> g, unit = scaled("published", value=12.0, error=2.0, common=10.0, **none)
        >>> float(g), float(unit)
        (2.0, 4.0)
    """
    y, x, n, se, size, c, times = (
        np.asarray(part, dtype=np.float64)
        for part in (value, numerator, denominator, error, people, common, multiplier)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "rate":
            expected = n * c / times
            expected = np.where(expected > 0, expected, np.nan)
            return np.sqrt((x + few_cases.SMALL_COUNT) / expected), 1 / (4 * expected)
        if kind == "share":
            n = np.where(n > 0, n, np.nan)
            share = np.clip((x + few_cases.SMALL_COUNT) / (n + 2 * few_cases.SMALL_COUNT), 0, 1)
            middle = np.arcsin(np.sqrt(np.clip(c / times, 0, 1)))
            return np.arcsin(np.sqrt(share)) - middle, 1 / (4 * n + 2)
        if kind == "value":
            size = np.where(size > 0, size, np.nan)
            return np.sqrt(np.maximum(y, 0)) - np.sqrt(np.maximum(c, 0)), 1 / size
        return y - c, se**2


def unscaled(
    kind: Kind, g: ArrayLike, *, denominator: ArrayLike, common: ArrayLike, multiplier: ArrayLike
) -> Array:
    """The value that stands at ``g``: :func:`scaled` turned round.

    Parameters:
        kind: of scale; ``g``: on it; ``denominator``, ``common``, ``multiplier``: as there.
    Returns:
        In the unit of ``common``; never below what it can be.
    Source:
        Anscombe (1948), Biometrika 35.
    Example:
        >>> side = {"value": 30.0, "numerator": 30, "error": 0, "people": 100}
        >>> g, _ = scaled("share", denominator=100, common=20.0, multiplier=100, **side)
        >>> round(float(unscaled("share", g, denominator=100, common=20.0, multiplier=100)), 6)
        30.0
    """
    at, n, c, times = (
        np.asarray(part, dtype=np.float64) for part in (g, denominator, common, multiplier)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "rate":
            events = n * c / times * np.maximum(at, 0) ** 2 - few_cases.SMALL_COUNT
            cases: Array = np.maximum(events, 0) / n
            return cases * times
        if kind == "share":
            angle = at + np.arcsin(np.sqrt(np.clip(c / times, 0, 1)))
            share = np.sin(np.clip(angle, 0, np.pi / 2)) ** 2
            events = share * (n + 2 * few_cases.SMALL_COUNT) - few_cases.SMALL_COUNT
            return np.clip(events / n, 0, 1) * times
        if kind == "value":
            return np.maximum(at + np.sqrt(np.maximum(c, 0)), 0) ** 2
        return at + c


def common_levels(
    kind: Kind,
    values: Array,
    numerators: Array,
    denominators: Array,
    multiplier: float,
) -> Array:
    """The country's common level of each year.

    Counts: all cases over all people. Without counts: the median of the first year, moved on by the
    median move of those measured in both years (on the scale of :func:`scaled`), so that a
    municipality that enters or leaves moves nothing.

    Parameters:
        kind: of scale; ``multiplier``: of numerator/denominator.
        values, numerators, denominators: matrices unit × year (years in order, NaN where missing).
    Returns:
        (years,) in the unit of the value; NaN before the first year with a figure.
    Source:
        Chained index of matched units: ILO (2004), *CPI Manual*, ch. 9.
    Example:
        >>> none = np.full((2, 2), np.nan)
        >>> values = np.array([[1.0, 2.0], [3.0, np.nan]])
        >>> common_levels("published", values, none, none, 1.0).tolist()
        [2.0, 3.0]
    """
    if kind in ("rate", "share"):
        both = ~np.isnan(numerators) & ~np.isnan(denominators)
        events = np.where(both, numerators, 0).sum(axis=0)
        people = np.where(both, denominators, 0).sum(axis=0)
        out = np.full(values.shape[1], np.nan)
        np.divide(events * multiplier, people, out=out, where=people > 0)
        return out
    root = kind == "value"
    seen = np.sqrt(np.maximum(values, 0)) if root else values
    out = np.full(values.shape[1], np.nan)
    last = -1
    for year in range(values.shape[1]):
        known = ~np.isnan(seen[:, year])
        if last >= 0:
            known &= ~np.isnan(seen[:, last])
        if not known.any():
            continue
        if last < 0:
            out[year] = np.median(seen[known, year])
        else:
            out[year] = out[last] + np.median(seen[known, year] - seen[known, last])
        last = year
    return np.maximum(out, 0) ** 2 if root else out


def published(units: int, pairs: int) -> Noise:
    """No noise but the published error.

    Parameters:
        units, pairs: what it was seen in.
    Returns:
        a = 1, and nothing between years.
    Source:
        Normal theory of independent estimates.
    Example:
        >>> published(40, 80).size
        1.0
    """
    return Noise("published", 1.0, 0.0, 0.0, NORMAL, units, pairs)


def history(noise: Noise, g: Array, unit: Array, years: ArrayLike, known: ArrayLike) -> Array:
    """A unit's own standardised past moves.

    Parameters:
        noise: of the indicator; ``g``, ``unit``, ``years``: one unit's past in order, (n,).
        known: (n − 1,) for each move, whether both ends are comparable.
    Returns:
        z² of each move between neighbouring years used.
    Source:
        Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1).
    Example:
        >>> own = Noise("value", 0.0, 0.5, 0.0, 9, 10**9, 99)
        >>> history(own, np.array([0.0, 2.0]), np.array([1.0, 1.0]), [2020, 2021], [True]).round(6)
        array([4.])
    """
    lag = np.diff(np.asarray(years, dtype=np.float64))
    move, size = np.diff(g), unit[:-1] + unit[1:]
    use = np.asarray(known, dtype=bool) & np.isfinite(move) & np.isfinite(size)
    return move[use] ** 2 / noise.variance(size[use], lag[use])


def moderated(noise: Noise, squares: Array) -> tuple[float, float]:
    """How restless a unit is, once its past is known.

    Parameters:
        noise: of the indicator; ``squares``: those of :func:`history`.
    Returns:
        Factor of the scale's variance, and degrees of freedom: posterior of a scaled inverse χ²
        prior; neighbouring moves share a year, so they count 1/1.5 each.
    Source:
        Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1), eq. 3.
    Example:
        >>> moderated(Noise("value", 0, 1, 0, 4.0, 40, 99), np.array([1.0, 1.0, 1.0]))
        (1.0, 6.0)
    """
    return _moderated(noise, float(squares.sum()), len(squares))


def _moderated(noise: Noise, squares: float, moves: int) -> tuple[float, float]:
    count = moves / SHARED_YEARS
    factor = (noise.freedom + squares / SHARED_YEARS) / (noise.freedom + count)
    return factor, noise.freedom + count


def columns(noise: Noise | None, factor: ArrayLike, freedom: ArrayLike) -> dict[str, ArrayLike]:
    """What :func:`gsi.measure.change.predicted` needs of the noise; missing where it is unknown.

    Parameters:
        noise: of the indicator, or None; ``factor``, ``freedom``: of :func:`moderated`.
    Returns:
        Columns by name.
    Source:
        The module's formula.
    Example:
        >>> columns(published(40, 80), 1.0, 9.0)["variance_size"]
        1.0
    """
    parts = {
        "variance_size": "size", "variance_level": "level", "variance_walk": "walk",
        "growth": "growth", "between": "between", "units": "units",
    }  # fmt: skip
    found: dict[str, ArrayLike] = {
        name: np.nan if noise is None else float(getattr(noise, part))
        for name, part in parts.items()
    }
    return found | {"factor": factor, "freedom": freedom}


def tested(move: ArrayLike, error: ArrayLike, freedom: ArrayLike) -> Array:
    """Two-sided p of a move against Student's distribution of scale ``error``.

    Parameters:
        move, error: (n,) in one unit; ``freedom``: degrees of freedom.
    Returns:
        (n,) p.
    Source:
        Student (1908), Biometrika 6(1).
    Example:
        >>> round(float(tested(2.228, 1.0, 10)), 3)
        0.05
    """
    from scipy import special

    score = np.abs(np.asarray(move, dtype=np.float64) / np.asarray(error, dtype=np.float64))
    return cast(Array, 2 * special.stdtr(np.asarray(freedom, dtype=np.float64), -score))


def reach(level: float, freedom: ArrayLike) -> Array:
    """How many errors the two-sided interval of ``level`` reaches, as :func:`tested` judges.

    Parameters:
        level: in (0, 1); ``freedom``: degrees of freedom.
    Returns:
        Quantiles of Student's distribution.
    Source:
        Student (1908), Biometrika 6(1).
    Example:
        >>> round(float(reach(0.95, 10)), 3)
        2.228
    """
    from scipy import special

    return cast(Array, special.stdtrit(np.asarray(freedom, dtype=np.float64), (1 + level) / 2))
