"""Does a figure differ from its reference? Both have an error, and many are compared at once.

The reference of a municipality is its department, that of a department the country: the place is
part of it. Counts are compared with those of the *rest* of the reference, so that the two are
independent. What years add to chance (:mod:`gsi.measure.noise`, the level of one year) counts too.
Indicators of one family, such as the fifteen privations of one census, are one fact: the false
discovery rate is controlled over families first and then within those found (Benjamini and
Bogomolov 2014, J. R. Statist. Soc. B 76(1); a family's p is that of Simes 1986, Biometrika 73(3)).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gsi.measure import intervals, noise
from gsi.measure.change import FEW_EVENTS, adjusted

Array = NDArray[np.float64]


def compared(rows: pd.DataFrame) -> Array:
    """Test of no difference from the reference, row by row.

    Parameters:
        rows: ``kind`` of :mod:`gsi.measure.noise`, or 'households' for a share of a full count;
            value, numerator, denominator, error, people and the same with ``reference_``;
            multiplier; ``part`` (bool: the place is in the reference) and ``weight`` (its share of
            the reference's people; missing: not known); ``variance_size``, ``variance_level``,
            ``freedom``; ``reference_size``, ``reference_level`` (the noise of the reference's own
            level; missing: none).
    Returns:
        (n,) two-sided p; NaN where nothing tells the error.
    Source:
        Anscombe (1948), Biometrika 35, for the scale of counts; Smyth (2004) for the noise.
    Example:
        Published means 10 ± 3 and 20 ± 4 of places apart: z = 2.

        >>> row = {name: [np.nan] for name in NEEDED} | {
        ...     "kind": ["published"], "value": [10.0], "error": [3.0], "reference_value": [20.0],
        ...     "reference_error": [4.0], "part": [False],
        ... }
        >>> round(float(compared(pd.DataFrame(row))[0]), 3)
        0.046
    """
    out = np.full(len(rows), np.nan)
    if rows.empty:
        return out
    for kind, test in _TESTS.items():
        mask = (rows["kind"] == kind).to_numpy()
        if mask.any():
            part = {name: rows.loc[mask, name].to_numpy(np.float64) for name in NEEDED}
            out[mask] = test(part)
    return out


def lone_level(p: ArrayLike, family: ArrayLike, false_discovery: float) -> Array:
    """The p that a row would have to pass if it alone differed (see :func:`different`).

    Parameters:
        p: (n,) missing where not tested; ``family``: (n,) labels; ``false_discovery``: in (0, 1).
    Returns:
        (n,) the rate over the families tested and over the rows tested of its own.
    Source:
        Benjamini and Bogomolov (2014), J. R. Statist. Soc. B 76(1).
    Example:
        >>> lone_level([0.5, 0.5, 0.5], ["a", "a", "b"], 0.1).tolist()
        [0.025, 0.025, 0.05]
    """
    known = ~np.isnan(np.asarray(p, dtype=np.float64))
    labels, place = np.unique(np.asarray(family), return_inverse=True)
    rows = np.bincount(place[known], minlength=len(labels))
    out: Array = false_discovery / (max((rows > 0).sum(), 1) * np.maximum(rows, 1)[place])
    return out


def detectable(
    rows: pd.DataFrame, level: ArrayLike, factor: float, finest: ArrayLike
) -> NDArray[np.bool_]:
    """Whether a large difference of each row of :func:`compared` would be told from none.

    Large: the reference divided or multiplied by ``factor``, inside ``lowest`` and ``highest``
    (columns). Where neither is told, that no difference was found says nothing of the place.

    Parameters:
        rows: of :func:`compared`, with ``lowest`` and ``highest``.
        level: (n,) p to pass (:func:`lone_level`); ``factor``: > 1.
        finest: (n,) the least that counts, in the value's unit.
    Returns:
        (n,) bool.
    Source:
        Power of the test of :func:`compared`; Cohen (1988), *Statistical Power Analysis*, ch. 1.
    Example:
        >>> detectable(pd.DataFrame(), [], 2.0, []).tolist()
        []
    """
    if rows.empty:
        return np.zeros(0, dtype=bool)
    part = rows["part"].to_numpy(bool)
    counted = rows["kind"].isin(["rate", "share", "households"])
    share = (rows["denominator"] / rows["reference_denominator"]).where(counted, rows["weight"])
    share = share.where(part, 0.0).fillna(0.0)
    seen = np.zeros(len(rows), dtype=bool)
    for end in (rows["reference_value"] / factor, rows["reference_value"] * factor):
        value = end.clip(lower=rows["lowest"], upper=rows["highest"])
        events = (value * rows["denominator"] / rows["multiplier"]).round()
        # The rest of the reference stays as it is.
        moved = rows.assign(
            value=value,
            numerator=events,
            reference_value=rows["reference_value"] + share * (value - rows["value"]),
            reference_numerator=rows["reference_numerator"]
            + np.where(part, events - rows["numerator"], 0.0),
        )
        beyond = (value - moved["reference_value"]).abs().to_numpy(np.float64)
        seen |= (compared(moved) <= np.asarray(level)) & (beyond > np.asarray(finest))
    return seen


def _counted(part: dict[str, Array], *, share: bool) -> Array:
    x, n, y, m = _rest(part)
    base = y / m
    lone = {"denominator": n, "numerator": x, "value": x, "error": x, "people": n}
    other = {"denominator": m, "numerator": y, "value": y, "error": y, "people": m}
    kind: noise.Kind = "share" if share else "rate"
    (own, unit), (reference, unit_reference) = (
        noise.scaled(kind, common=base, multiplier=1.0, **side) for side in (lone, other)
    )
    variance = _own_noise(part, unit) + _reference_noise(part, unit_reference)
    p = noise.tested(own - reference, np.sqrt(variance), part["freedom"])
    few = (x + np.minimum(y, n * base) <= FEW_EVENTS) & (x <= n if share else True)
    exact = np.full(len(x), np.nan)
    if few.any():
        exact[few] = intervals.two_rates(x[few], n[few], y[few], m[few])
    out: Array = np.fmax(p, exact)
    return out


def _rate(part: dict[str, Array]) -> Array:
    return _counted(part, share=False)


def _share(part: dict[str, Array]) -> Array:
    return _counted(part, share=True)


def _value(part: dict[str, Array]) -> Array:
    own, reference = (np.sqrt(part[name]) for name in ("value", "reference_value"))
    variance = _own_noise(part, 1 / part["people"])
    variance += _reference_noise(part, 1 / part["reference_people"])
    return noise.tested(own - reference, np.sqrt(variance), part["freedom"])


def _published(part: dict[str, Array]) -> Array:
    """A mean of which the place is a known part: v − R = (1 − w) (v − rest)."""
    weight = np.where(part["part"] > 0, np.nan_to_num(part["weight"]), 0.0)
    error, whole = part["error"], part["reference_error"]
    rest = np.maximum(whole**2 - (weight * error) ** 2, 0)
    # What is not known of a reference counts as no error of its own, as with a full count.
    variance = ((1 - weight) * error) ** 2 + np.where(np.isnan(rest), 0.0, rest)
    difference = part["value"] - part["reference_value"]
    return noise.tested(difference, np.sqrt(variance), np.full(len(error), noise.NORMAL))


def _households(part: dict[str, Array]) -> Array:
    """A share of a full count: chance of so many households; the reference is so much larger."""
    return intervals.two_proportions(*_whole(part))


def _whole(part: dict[str, Array]) -> tuple[Array, Array, Array, Array]:
    n, m = part["denominator"], part["reference_denominator"]
    x = part["value"] / 100 * n
    whole = np.where(np.isnan(m), 1e9, m)
    y = part["reference_value"] / 100 * whole
    inside = (part["part"] > 0) & ~np.isnan(m)
    rest = np.where(inside, whole - n, whole)
    events = np.where(inside, np.clip(y - x, 0, rest), y)
    rest = np.where(rest > 0, rest, np.nan)
    return x, n, events, rest


def _rest(part: dict[str, Array]) -> tuple[Array, Array, Array, Array]:
    x, n = part["numerator"], part["denominator"]
    y, m = part["reference_numerator"], part["reference_denominator"]
    inside = part["part"] > 0
    y, m = np.where(inside, y - x, y), np.where(inside, m - n, m)
    fit = (n > 0) & (m > 0) & (y > 0) & (x >= 0)
    gap = np.where(fit, 1.0, np.nan)
    return x * gap, n * gap, y * gap, m * gap


def _own_noise(part: dict[str, Array], unit: Array) -> Array:
    return part["variance_size"] * unit + part["variance_level"]


def _reference_noise(part: dict[str, Array], unit: Array) -> Array:
    size = np.where(np.isnan(part["reference_size"]), 1.0, part["reference_size"])
    return np.nan_to_num(size * unit) + np.nan_to_num(part["reference_level"])


_TESTS = {
    "rate": _rate,
    "share": _share,
    "value": _value,
    "published": _published,
    "households": _households,
}
_SIDE = ("value", "numerator", "denominator", "error", "people")
NEEDED = (
    *_SIDE,
    *(f"reference_{name}" for name in _SIDE),
    *("multiplier", "part", "weight", "variance_size", "variance_level", "freedom"),
    *("reference_size", "reference_level"),
)


def simes(p: ArrayLike) -> float:
    """p of 'none of these differs': min p(i) · n / i of the ordered known ones.

    Parameters:
        p: (n,) p values, missing allowed.
    Returns:
        The p of all together; NaN with none.
    Source:
        Simes (1986), Biometrika 73(3).
    Example:
        >>> simes([0.01, 0.04, float("nan")])
        0.02
    """
    found = adjusted(p)
    known = found[~np.isnan(found)]
    return float(known.min()) if len(known) else float("nan")


def different(p: ArrayLike, family: ArrayLike, false_discovery: float) -> NDArray[np.bool_]:
    """Which rows differ, families counted once; a row without p does not.

    Parameters:
        p: (n,) p values; ``family``: (n,) labels; ``false_discovery``: in (0, 1).
    Returns:
        (n,) bool.
    Source:
        Benjamini and Bogomolov (2014), J. R. Statist. Soc. B 76(1).
    Example:
        >>> different([0.001, 0.9, 0.9], ["a", "b", "c"], 0.05).tolist()
        [True, False, False]
    """
    values, names = np.asarray(p, dtype=np.float64), np.asarray(family)
    labels, place = np.unique(names, return_inverse=True)
    whole = np.array([simes(values[place == number]) for number in range(len(labels))])
    chosen = adjusted(whole) <= false_discovery
    tested = int((~np.isnan(whole)).sum())
    out = np.zeros(len(values), dtype=bool)
    for number in np.flatnonzero(chosen):
        mask = place == number
        level = false_discovery * int(chosen.sum()) / tested
        out[mask] = adjusted(values[mask]) <= level
    return out
