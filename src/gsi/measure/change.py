"""Is a change real? Each move against what an unchanged place would show, many at once.

A figure is compared with the predictive distribution of an unchanged municipality of its size
(:mod:`gsi.measure.noise`): sampling or counting error, noise between years and drift, the country's
own movement removed; rates of few cases with that of whole cases (:mod:`gsi.measure.few_cases`).
Counts must also pass the exact conditional test, which no approximation to few cases stands in for.
The false discovery rate is controlled over all that is judged.

A figure from a full count has no sampling error: its interval describes how much cases vary from
year to year by chance alone, as is usual with vital statistics (Brillinger 1986, Biometrics 42(4)).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gsi.measure import few_cases, intervals, noise

Array = NDArray[np.float64]
PARTS = ("value", "numerator", "denominator", "error", "low", "high")
VERDICTS = (
    *("improved", "worsened", "changed", "no_change"),
    *("undetectable", "not_judged", "not_comparable"),
)
FEW_EVENTS = 60  # up to so many cases in both years together, the exact test is asked too


def with_intervals(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Single values with their error and interval.

    Parameters:
        rows: value, numerator, denominator, error, low, high (missing allowed), multiplier (of
            numerator/denominator; missing when unknown), share (bool: a proportion in percent).
        level: in (0, 1).
    Returns:
        The rows with ``low``, ``high``, ``error`` and ``basis``: 'published', 'proportion', 'rate'
        or 'none'. A published interval stays as published.
    Source:
        :mod:`gsi.measure.intervals`; Brillinger (1986), Biometrics 42(4), for full counts.
    Example:
        >>> row = {"value": 30.0, "error": 1.0, "multiplier": np.nan, "share": True}
        >>> none = dict.fromkeys(("numerator", "denominator", "low", "high"), np.nan)
        >>> found = with_intervals(pd.DataFrame([row | none]))
        >>> round(float(found["low"][0]), 2), found["basis"][0]
        (28.04, 'published')
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


def predicted(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """What an unchanged place would show, and how likely the move seen is for it.

    Parameters:
        rows: ``kind`` of :mod:`gsi.measure.noise`; with suffixes ``_a`` and ``_b`` value,
            numerator, denominator, error, common (the country's level) and people; multiplier (of
            numerator/denominator); the :func:`gsi.measure.noise.columns`, and ``lag`` in years.
        level: in (0, 1).
    Returns:
        The rows with ``difference``; ``expected``, ``expected_low``, ``expected_high``
        (differences, in the value's unit); ``stated`` (``level``, and more where so few cases are
        expected that no narrower band holds it); ``carried``, the move of who follows the country;
        ``net``, the sign of the move beyond what is expected; ``p``. A row that lacks a part has
        its difference and no p.
    Source:
        Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1); Przyborowski and Wilenski (1940).
    Example:
        Published 10 ± 3 and 20 ± 4 with nothing else that moves: 1.96 errors of 5.

        >>> row = dict.fromkeys(_NEEDED, np.nan) | {
        ...     "value_a": 10.0, "value_b": 20.0, "error_a": 3.0, "error_b": 4.0, "common_a": 0.0,
        ...     "common_b": 0.0, "lag": 4.0, "factor": 1.0, "freedom": 1e6,
        ... } | noise.columns(noise.published(10**9, 10**9), 1.0, 1e6)
        >>> found = predicted(pd.DataFrame([row | {"kind": "published"}])).iloc[0]
        >>> round(float(found["expected_high"]), 2), round(float(found["p"]), 4)
        (9.8, 0.0455)
    """
    out = rows.assign(difference=rows["value_b"] - rows["value_a"])
    for name in ("expected", "expected_low", "expected_high", "stated", "carried", "net", "p"):
        out[name] = np.nan
    for kind in noise.KINDS:
        mask = (rows["kind"] == kind).to_numpy()
        if mask.any():
            found = _of_kind(kind, rows[mask], level)
            for name, values in found.items():
                out.loc[mask, name] = values
    return out


def within(rows: pd.DataFrame) -> pd.DataFrame:
    """Bands inside what can be: none beyond ``lowest`` or ``highest``.

    Parameters:
        rows: of :func:`predicted`, with ``lowest`` and ``highest`` (the value's unit).
    Returns:
        The rows with ``expected_low`` and ``expected_high`` clipped.
    Source:
        Parameter space of a proportion: Brown, Cai and DasGupta (2001), Statistical Science 16(2).
    Example:
        >>> row = {"value_a": 3.0, "lowest": 0.0, "highest": 100.0, "expected_low": -5.0,
        ...        "expected_high": 5.0}
        >>> within(pd.DataFrame([row]))["expected_low"].tolist()
        [-3.0]
    """
    least, most = (rows[name] - rows["value_a"] for name in ("lowest", "highest"))
    clipped = {
        name: rows[name].clip(lower=least, upper=most) for name in ("expected_low", "expected_high")
    }
    return rows.assign(**clipped)


def detectable(
    rows: pd.DataFrame, false_discovery: float, factor: float, finest: ArrayLike | None = None
) -> NDArray[np.bool_]:
    """Whether a large change of each row of :func:`predicted` would be told from none.

    Large: the value an unchanged place would show divided by ``factor``, or multiplied by it (from
    the country's level where that is larger), inside ``lowest`` and ``highest``. Told: it passes
    the test that the row would have to pass if it alone had changed (``false_discovery`` over the
    number of rows tested, as :func:`adjusted` asks of the first), and ``finest``. Where neither is
    told, that no change was found says nothing of the place.

    Parameters:
        rows: of :func:`predicted`, with ``lowest`` and ``highest``.
        false_discovery: in (0, 1); ``factor``: > 1; ``finest``: (n,) in the value's unit.
    Returns:
        (n,) bool; a row without p is not detectable.
    Source:
        Power of the test of :func:`predicted`; Cohen (1988), *Statistical Power Analysis*, ch. 1.
    Example:
        >>> rows = pd.DataFrame({"p": [np.nan], "value_a": [1.0], "expected": [0.0],
        ...                      "common_b": [1.0]})
        >>> detectable(rows, 0.05, 2.0).tolist()
        [False]
    """
    tested = int(rows["p"].notna().sum())
    unmoved = rows["value_a"] + rows["expected"]
    level = unmoved.clip(lower=rows["common_b"].fillna(-np.inf))
    smallest = np.nan_to_num(np.asarray(0.0 if finest is None else finest, dtype=np.float64))
    seen = np.zeros(len(rows), dtype=bool)
    if not tested:
        return seen
    for end in (unmoved / factor, level * factor):
        value = end.clip(lower=rows["lowest"], upper=rows["highest"])
        cases = (value * rows["denominator_b"] / rows["multiplier"]).round()
        moved = predicted(rows.assign(value_b=value, numerator_b=cases))
        beyond = (value - unmoved).abs().to_numpy(np.float64)
        seen |= (moved["p"] <= false_discovery / tested).to_numpy(bool) & (beyond > smallest)
    return seen & rows["p"].notna().to_numpy(bool)


def _of_kind(kind: noise.Kind, rows: pd.DataFrame, level: float) -> dict[str, Array]:
    part = {name: rows[name].to_numpy(np.float64) for name in _NEEDED}
    multiplier = part["multiplier"]
    (before, unit_a), (after, unit_b) = (
        noise.scaled(
            kind,
            value=part["value" + side],
            numerator=part["numerator" + side],
            denominator=part["denominator" + side],
            error=part["error" + side],
            people=part["people" + side],
            common=part["common" + side],
            multiplier=multiplier,
        )
        for side in ("_a", "_b")
    )
    between_years = 2 * part["variance_level"]
    between_years += part["variance_walk"] * part["lag"] ** part["growth"]
    variance = part["variance_size"] * (unit_a + unit_b) + between_years
    variance *= (1 + np.pi / (2 * part["units"])) * part["factor"]
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    p = noise.tested(after - before, error, part["freedom"])
    half = noise.reach(level, part["freedom"]) * error

    def at(g: Array) -> Array:
        return noise.unscaled(
            kind,
            g,
            denominator=part["denominator_b"],
            common=part["common_b"],
            multiplier=multiplier,
        )

    start = part["value_a"]
    found = {
        "expected": at(before) - start,
        "expected_low": at(before - half) - start,
        "expected_high": at(before + half) - start,
        "stated": np.full(len(rows), level),
        "carried": at(before) - start,
        "net": np.sign(after - before),
        "p": p,
    }
    if kind == "rate":
        found = _of_few(part, found, between_years, level)
    if kind in ("rate", "share"):
        found["p"] = np.fmax(found["p"], _exact(kind, part))
    return found


def _of_few(
    part: dict[str, Array], found: dict[str, Array], between_years: Array, level: float
) -> dict[str, Array]:
    """``found`` with the rows of few cases judged by whole cases."""
    multiplier, n, m = part["multiplier"], part["denominator_a"], part["denominator_b"]
    tails = part["freedom"] / (part["freedom"] - 2)
    law = few_cases.following(
        part["numerator_a"],
        n * part["common_a"] / multiplier,
        m * part["common_b"] / multiplier,
        between=part["between"],
        over=part["variance_size"],
        moved=between_years * part["factor"] * np.where(tails > 0, tails, np.nan),
    )
    few = (part["numerator_a"] + law.mean <= FEW_EVENTS) & (law.mean > 0) & np.isfinite(law.spread)
    few &= np.isfinite(found["p"])
    if not few.any():
        return found
    law = few_cases.Next(law.mean[few], law.spread[few])
    cases, start = part["numerator_b"][few], part["value_a"][few]
    low, high, holds = law.band(level)
    out = {name: values.copy() for name, values in found.items()}
    for name, count in (("expected", law.mean), ("expected_low", low), ("expected_high", high)):
        out[name][few] = count / m[few] * multiplier[few] - start
    out["stated"][few] = holds
    out["net"][few] = np.sign(cases - law.mean)
    out["p"][few] = law.tested(cases)
    return out


def _exact(kind: noise.Kind, part: dict[str, Array]) -> Array:
    """p of the conditional test of few cases at the country's rates; NaN where cases are many.

    For shares, of the rarer of having it and not: the Poisson law is wider than the binomial.
    """
    x, y, n, m = (part[name] for name in _COUNTED)
    first, second = (part["common" + side] / part["multiplier"] for side in ("_a", "_b"))
    if kind == "share":
        turned = x + y > (n + m) / 2
        x, y = np.where(turned, n - x, x), np.where(turned, m - y, y)
        first = np.where(turned, 1 - first, first)
        second = np.where(turned, 1 - second, second)
    few = (x + y <= FEW_EVENTS) & (n * first > 0) & (m * second > 0) & (x >= 0) & (y >= 0)
    out = np.full(len(x), np.nan)
    if few.any():
        out[few] = intervals.two_rates(x[few], (n * first)[few], y[few], (m * second)[few])
    return out


_NEEDED = (
    *(
        name + side
        for name in ("value", "numerator", "denominator", "error", "common", "people")
        for side in ("_a", "_b")
    ),
    *("multiplier", "variance_size", "variance_level", "variance_walk", "growth", "between"),
    *("units", "factor", "freedom", "lag"),
)
_COUNTED = ("numerator_a", "numerator_b", "denominator_a", "denominator_b")


def verdicts(
    table: pd.DataFrame,
    false_discovery: float,
    finest: ArrayLike | None = None,
    detectable: ArrayLike | None = None,
) -> pd.DataFrame:
    """What is said of each change.

    A change is real when its adjusted p is at most ``false_discovery``, the place moved that way
    itself and not only against the country, and by more than ``finest``.

    Parameters:
        table: of :func:`predicted`, with ``direction``: +1 when higher is better, −1 when lower is,
            0 when nobody knows ('changed').
        false_discovery: in (0, 1); ``finest``: (n,) in the value's unit (missing: none).
        detectable: (n,) bool, all by default.
    Returns:
        The rows with ``p_adjusted`` and ``verdict`` (:data:`VERDICTS`). Without p: 'not_judged';
        without difference: 'not_comparable'; not real where no change would have been
        (``detectable``): 'undetectable'.
    Source:
        Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57(1).
    Example:
        >>> rows = pd.DataFrame({"p": [0.001, 0.5], "difference": [4.0, 1.0], "expected": [0, 0],
        ...                      "net": [1.0, 1.0], "direction": [-1, 1]})
        >>> verdicts(rows, 0.05)["verdict"].tolist()
        ['worsened', 'no_change']
    """
    p = adjusted(table["p"])
    difference = table["difference"].to_numpy(np.float64)
    beyond = np.abs(difference - table["expected"].to_numpy(np.float64))
    smallest = np.nan_to_num(np.asarray(0.0 if finest is None else finest, dtype=np.float64))
    real = (p <= false_discovery) & (difference * table["net"].to_numpy(np.float64) > 0)
    real &= beyond > smallest
    way = np.sign(difference) * table["direction"].to_numpy(np.float64)
    blind = ~np.asarray(True if detectable is None else detectable, dtype=bool)
    verdict = np.select(
        [np.isnan(difference), np.isnan(p), ~real & blind, ~real, way > 0, way < 0],
        ["not_comparable", "not_judged", "undetectable", "no_change", "improved", "worsened"],
        "changed",
    )
    return table.assign(p_adjusted=p, verdict=verdict)


def decomposed(frozen: ArrayLike, revised: ArrayLike, follow_up: ArrayLike) -> pd.DataFrame:
    """What looks like change since a frozen baseline, split: ``seen`` = ``revision`` + ``real``.

    Parameters:
        frozen, revised: the baseline as it was frozen and as the source tells it today.
        follow_up: the later figure; all (n,), in one unit.
    Returns:
        ``seen``; ``revision``, the source corrected its past; ``real``, both of the same vintage.
    Source:
        Croushore (2011), Journal of Economic Literature 49(1), on data vintages.
    Example:
        >>> decomposed([10.0], [12.0], [15.0]).values.tolist()
        [[5.0, 2.0, 3.0]]
    """
    first, now, last = (np.asarray(v, dtype=np.float64) for v in (frozen, revised, follow_up))
    return pd.DataFrame({"seen": last - first, "revision": now - first, "real": last - now})


def adjusted(p: ArrayLike) -> Array:
    """p values adjusted for the false discovery rate; missing ones stay and do not count.

    Parameters:
        p: (n,) p values.
    Returns:
        (n,) adjusted, at most 1.
    Source:
        Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57(1).
    Example:
        >>> adjusted([0.01, 0.04, 0.03, float("nan")]).round(3).tolist()
        [0.03, 0.04, 0.04, nan]
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


def _counts(rows: pd.DataFrame) -> tuple[Array, Array, Array]:
    x, n, m = (
        rows[name].to_numpy(np.float64) for name in ("numerator", "denominator", "multiplier")
    )
    return x, n, m


def _bounds(name: str, x: Array, n: Array, multiplier: Array, level: float) -> tuple[Array, Array]:
    if name == "proportion":
        low, high = intervals.proportion(x, n, level)
        return low * multiplier, high * multiplier
    low, high = intervals.rate(x, n, 1.0, level)
    return low * multiplier, high * multiplier
