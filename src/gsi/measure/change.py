"""Is a change real? Differences with their interval, p value and verdict, many at once.

Where the error comes from, in this order: published standard errors or intervals; counts of a
share (Newcombe interval, score test); counts of a rate (Byar limits combined by MOVER, exact
conditional test); how much the series used to move from one year to the next
(:func:`year_to_year`); nothing. A figure from a full count has no sampling error: its interval
describes how much cases vary from year to year by chance alone, as is usual with vital statistics
(Brillinger 1986, Biometrics 42(4)).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from gsi.measure import intervals

Array = NDArray[np.float64]
PARTS = ("value", "numerator", "denominator", "error", "low", "high")
VERDICTS = ("improved", "worsened", "no_change", "not_comparable")


def with_intervals(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """``low``, ``high``, ``error`` and ``basis`` of single values.

    ``rows``: value, numerator, denominator, error, low, high (missing allowed), multiplier (of
    numerator/denominator; missing when unknown), share (bool: a proportion in percent). ``basis``:
    'published', 'proportion', 'rate' or 'none'. A published interval stays as published.
    """
    out = rows.copy()
    error = rows["error"].to_numpy(np.float64)
    low, high = rows["low"].to_numpy(np.float64), rows["high"].to_numpy(np.float64)
    value = rows["value"].to_numpy(np.float64)
    given = ~np.isnan(low) & ~np.isnan(high)
    implied = np.full(len(rows), np.nan)
    implied[given] = intervals.se_from_interval(low[given], high[given], level)
    error = np.where(np.isnan(error), implied, error)
    half = intervals.quantile(level) * error
    low = np.where(given | np.isnan(error), low, value - half)
    high = np.where(given | np.isnan(error), high, value + half)
    basis = np.where(np.isnan(error), "none", "published").astype(object)
    x, n, multiplier = _counts(rows)
    counted = np.isnan(error) & (x >= 0) & (n > 0) & (multiplier > 0)
    # Over 100 % (net coverage) the numerator is not part of the denominator: not a proportion.
    binomial = counted & rows["share"].to_numpy(bool) & (x <= n)
    poisson = counted & ~rows["share"].to_numpy(bool)
    for mask, name in ((binomial, "proportion"), (poisson, "rate")):
        if mask.any():
            bounds = _bounds(name, x[mask], n[mask], multiplier[mask], level)
            low[mask], high[mask] = bounds
            basis[mask] = name
    return out.assign(error=error, low=low, high=high, basis=basis)


def differences(pairs: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """``difference`` (second − first), ``difference_low``, ``difference_high``, ``p``, ``basis``.

    ``pairs`` holds the columns of :func:`with_intervals` twice, with suffixes ``_a`` and ``_b``,
    and ``multiplier`` and ``share`` once; samples are independent. Where either side has no error,
    ``noise`` and ``freedom`` (of :func:`year_to_year`, optional columns) give bounds and p and
    ``basis`` is 'series'; without them it is 'none' and bounds and p are missing.
    """
    first, second = (_side(pairs, suffix, level) for suffix in ("_a", "_b"))
    a, b = first["value"].to_numpy(np.float64), second["value"].to_numpy(np.float64)
    same = (first["basis"] == second["basis"]).to_numpy()
    basis = np.where(same, first["basis"], "none").astype(object)
    low, high, p = (np.full(len(pairs), np.nan) for _ in range(3))
    mask = basis == "published"
    if mask.any():
        _, low[mask], high[mask], p[mask] = intervals.difference(
            a[mask],
            first["error"].to_numpy(np.float64)[mask],
            b[mask],
            second["error"].to_numpy(np.float64)[mask],
            level,
        )
    tests = {"proportion": intervals.two_proportions, "rate": intervals.two_rates}
    for name, test in tests.items():
        mask = basis == name
        if not mask.any():
            continue
        x, n, multiplier = (v[mask] for v in _counts(first))
        y, m, _ = (v[mask] for v in _counts(second))
        # From the counts themselves: a published value is rounded.
        low[mask], high[mask] = intervals.mover(
            x / n * multiplier,
            _bounds(name, x, n, multiplier, level),
            y / m * multiplier,
            _bounds(name, y, m, multiplier, level),
        )
        p[mask] = test(x, n, y, m)
    if "noise" in pairs.columns:
        noise, freedom = (pairs[name].to_numpy(np.float64) for name in ("noise", "freedom"))
        mask = (basis == "none") & ~np.isnan(noise) & ~np.isnan(b - a)
        half = stats.t.ppf((1 + level) / 2, freedom[mask]) * noise[mask]
        low[mask], high[mask] = (b - a)[mask] - half, (b - a)[mask] + half
        p[mask] = 2 * stats.t.sf(np.abs(b - a)[mask] / noise[mask], freedom[mask])
        basis[mask] = "series"
    return pairs.assign(
        difference=b - a, difference_low=low, difference_high=high, p=p, basis=basis
    )


def year_to_year(values: ArrayLike) -> tuple[float, float]:
    """Standard error of the difference of two years of a series, and its degrees of freedom.

    ``values``: consecutive years before the change. The median size of the yearly moves over
    0.6745, the median of |N(0, 1)|: the median moving range of control charts for individual
    values (Wheeler, *Understanding Variation*, 1993), which one break of the series, such as a
    new base of population, does not inflate. (n − 1)/2 degrees of freedom keep the interval on
    the safe side. ``nan`` with fewer than three years or where the median move is zero.
    """
    seen = np.asarray(values, dtype=np.float64)
    size = float(np.median(np.abs(np.diff(seen)))) if len(seen) >= 3 else 0.0
    if size == 0:
        return float("nan"), float("nan")
    return size / float(stats.norm.ppf(0.75)), (len(seen) - 1) / 2


def decomposed(frozen: ArrayLike, revised: ArrayLike, follow_up: ArrayLike) -> pd.DataFrame:
    """What looks like change since a frozen baseline, split: ``seen`` = ``revision`` + ``real``.

    ``revision``: the source corrected its past; ``real``: both values of the same vintage.
    """
    first, now, last = (np.asarray(v, dtype=np.float64) for v in (frozen, revised, follow_up))
    return pd.DataFrame({"seen": last - first, "revision": now - first, "real": last - now})


def adjusted(p: ArrayLike) -> Array:
    """p values adjusted for the false discovery rate; missing ones stay and do not count.

    Source: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57(1).
    """
    values = np.asarray(p, dtype=np.float64)
    out = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")[::-1]]
    ranks = np.arange(len(order), 0, -1)
    if len(order):
        scaled = values[order] * len(order) / ranks
        out[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return out


def verdicts(
    table: pd.DataFrame, *, false_discovery: float, material_points: float, material_share: float
) -> pd.DataFrame:
    """``p_adjusted`` and ``verdict`` of each row of :func:`differences`.

    ``direction``: +1 when higher is better, −1 when lower is; ``share``: a percentage. With errors
    a change is real when its adjusted p value is at most ``false_discovery``. Without them it is
    reported from a materiality threshold on: ``material_points`` for percentages, or
    ``material_share`` of the first value; ``basis`` 'none' says so. A missing difference is
    'not_comparable'.
    """
    p = adjusted(table["p"])
    difference = table["difference"].to_numpy(np.float64)
    threshold = np.where(
        table["share"].to_numpy(bool),
        material_points,
        material_share * np.abs(table["value_a"].to_numpy(np.float64)),
    )
    tested = ~np.isnan(p)
    real = np.where(tested, p <= false_discovery, (np.abs(difference) >= threshold))
    real &= difference != 0
    better = difference * table["direction"].to_numpy(np.float64) > 0
    verdict = np.where(real, np.where(better, "improved", "worsened"), "no_change")
    verdict = np.where(np.isnan(difference), "not_comparable", verdict)
    return table.assign(p_adjusted=p, verdict=verdict)


def _side(pairs: pd.DataFrame, suffix: str, level: float) -> pd.DataFrame:
    columns: dict[str, Any] = {part: pairs[part + suffix] for part in PARTS}
    side = pd.DataFrame(columns | {"multiplier": pairs["multiplier"], "share": pairs["share"]})
    return with_intervals(side, level)


def _counts(rows: pd.DataFrame) -> tuple[Array, Array, Array]:
    x, n, m = (
        rows[name].to_numpy(np.float64) for name in ("numerator", "denominator", "multiplier")
    )
    return x, n, m


def _bounds(name: str, x: Array, n: Array, multiplier: Array, level: float) -> tuple[Array, Array]:
    if name == "proportion":
        low, high = intervals.wilson(x, n, level)
        return low * multiplier, high * multiplier
    low, high = intervals.byar(x, n, 1.0, level)
    return low * multiplier, high * multiplier
