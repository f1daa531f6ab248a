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
FEWEST_UNITS = 8
FEWEST_PAIRS = 60
FEWEST_ONCE = 25
FEWEST_YEARS = 3
MOST_PAIRS = 8_000
# Years after which a move counts for half: what is recorded has become calmer since 2011.
HALF_LIFE = 4.0
LAGS = (1, 2, 3, 4, 6, 8)
NORMAL = 1e6  # degrees of freedom that stand for the normal distribution
# The power of the years is told from the drift's size by as many different spans, at least.
FEWEST_LAGS = 4
LIKELY_GROWTH = 0.4  # log-odds of h / 2 where the search starts
# Consecutive moves share a year: their squares correlate by 1/4 where the level alone varies.
SHARED_YEARS = 1.5


@dataclass(frozen=True)
class Noise:
    """The noise of one indicator at one level of territory.

    ``size``, ``level``, ``walk`` and ``growth`` are a, b, w and h of the module; ``units`` and
    ``pairs`` are what they were estimated from. ``between``: variance of the places' rates over the
    common one (:mod:`gsi.measure.few_cases`); NaN for what is no rate.
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

    def variance(self, units: ArrayLike, lag: ArrayLike) -> Array:
        """s² of the module; ``units`` is unit(t) + unit(t + k), ``lag`` the years between.

        The common level is a median of so many units and has an error of its own.
        """
        own = self.size * np.asarray(units, dtype=np.float64)
        moved = own + self.between_years(lag)
        return moved * (1 + np.pi / (2 * self.units))

    def between_years(self, lag: ArrayLike) -> Array:
        """The part of s² that no number of cases makes smaller."""
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
    """``g`` and ``unit`` of each figure (module's table); NaN where a part is missing.

    ``common`` is the country's common level in the unit of the value; ``multiplier`` is what
    numerator/denominator is multiplied by (100 for a share).
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
    """The value (in the unit of ``common``) that stands at ``g``; never below what it can be."""
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
    """The country's common level of each year, in the unit of the value.

    Matrices unit × year (years in order, NaN where missing). Counts: all cases over all people.
    Without counts: the median of the first year, moved on by the median move of those measured in
    both years (on the scale of :func:`scaled`), so that a municipality that enters or leaves moves
    nothing. NaN before the first year with a figure.
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


def fitted(
    kind: Kind, g: Array, unit: Array, years: ArrayLike, comparable: NDArray[np.bool_]
) -> Noise | None:
    """The noise from a panel; None where it is too small to tell.

    ``g`` and ``unit``: matrices unit × year of :func:`scaled`; ``years`` in order; ``comparable``:
    year × year, whether the series has no break between both.
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


def published(units: int, pairs: int) -> Noise:
    """No noise but the published error."""
    return Noise("published", 1.0, 0.0, 0.0, NORMAL, units, pairs)


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

    def cost(q: Array) -> float:
        size, level, walk, freedom, growth = parts(np.clip(q, -60, 60))
        variance = size * sizes + 2 * level + (spans**growth * walk)[of_span]
        # log density of Student's distribution of scale √variance, constant left out
        half = (freedom + 1) / 2
        constant = special.gammaln(half) - special.gammaln(freedom / 2) - 0.5 * np.log(freedom)
        terms = half * np.log1p(squared / (variance * freedom)) + 0.5 * np.log(variance)
        return float(weights @ terms - len(moves) * constant)

    start = np.append(
        np.log([squares / 3 / typical, squares / 6, squares / 30, 4.0]), LIKELY_GROWTH
    )[: 5 if told else 4]
    corners = np.vstack([start, start + 0.5 * np.eye(len(start))])
    found = optimize.minimize(
        cost,
        start,
        method="Nelder-Mead",
        options={"maxiter": 900, "xatol": 1e-2, "fatol": 0.5, "initial_simplex": corners},
    )
    return parts(np.clip(found.x, -60, 60))


def history(noise: Noise, g: Array, unit: Array, years: ArrayLike, known: ArrayLike) -> Array:
    """A unit's own standardised past moves, z² of each move between neighbouring years used.

    ``g``, ``unit``, ``years``: one unit's past in order; ``known``: for each move, whether both
    ends are comparable.
    """
    lag = np.diff(np.asarray(years, dtype=np.float64))
    move, size = np.diff(g), unit[:-1] + unit[1:]
    use = np.asarray(known, dtype=bool) & np.isfinite(move) & np.isfinite(size)
    return move[use] ** 2 / noise.variance(size[use], lag[use])


def moderated(noise: Noise, squares: Array) -> tuple[float, float]:
    """Factor of the scale's variance, and degrees of freedom, once the unit's past is known.

    ``squares``: those of :func:`history`. Posterior of a scaled inverse χ² prior with ``freedom``
    (Smyth 2004, eq. 3); neighbouring moves share a year, so they count 1/1.5 each.
    """
    return _moderated(noise, float(squares.sum()), len(squares))


def _moderated(noise: Noise, squares: float, moves: int) -> tuple[float, float]:
    count = moves / SHARED_YEARS
    factor = (noise.freedom + squares / SHARED_YEARS) / (noise.freedom + count)
    return factor, noise.freedom + count


def columns(noise: Noise | None, factor: ArrayLike, freedom: ArrayLike) -> dict[str, ArrayLike]:
    """What :func:`gsi.measure.change.predicted` needs of the noise; missing where it is unknown."""
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
    """Two-sided p of a move against Student's distribution of scale ``error``."""
    from scipy import special

    score = np.abs(np.asarray(move, dtype=np.float64) / np.asarray(error, dtype=np.float64))
    return cast(Array, 2 * special.stdtr(np.asarray(freedom, dtype=np.float64), -score))


def reach(level: float, freedom: ArrayLike) -> Array:
    """How many errors the two-sided interval of ``level`` reaches, as :func:`tested` judges."""
    from scipy import special

    return cast(Array, special.stdtrit(np.asarray(freedom, dtype=np.float64), (1 + level) / 2))
