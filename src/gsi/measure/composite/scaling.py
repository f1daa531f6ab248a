"""Put indicators on one positive scale: min-max, z-score, rank, distance to target.

Arrays are ``(..., territories, indicators)``, oriented (more is better); statistics run over the
territories, NaN apart. Every result is positive for usual data, so that geometric and harmonic
means are defined. OECD-JRC Handbook (2008), step 5.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gsi.measure.composite.model import Composite, verb

METHODS = ("minmax", "zscore", "rank", "target")


def minmax(x: np.ndarray) -> np.ndarray:
    """Worst territory 0, best 100.

    Parameters:
        x: (…, territories, indicators), oriented; a constant indicator is 50 (it separates nobody).
    Returns:
        0-100, of the same shape.
    Source:
        OECD-JRC Handbook (2008), step 5.
    Example:
        >>> minmax(np.array([[1.0], [2.0], [5.0]])).ravel().tolist()
        [0.0, 25.0, 100.0]
    """
    low = np.nanmin(x, axis=-2, keepdims=True)
    span = np.nanmax(x, axis=-2, keepdims=True) - low
    return 100 * _divide(x - low, span, 0.5)


def zscore(x: np.ndarray) -> np.ndarray:
    """Mean 100, standard deviation 10.

    Parameters:
        x: (…, territories, indicators), oriented.
    Returns:
        Scores, of the same shape.
    Source:
        Mazziotta and Pareto (2016), Social Indicators Research 127(3).
    Example:
        >>> zscore(np.array([[1.0], [3.0]])).ravel().tolist()
        [90.0, 110.0]
    """
    centred = x - np.nanmean(x, axis=-2, keepdims=True)
    return 100 + 10 * _divide(centred, np.nanstd(x, axis=-2, keepdims=True), 0.0)


def rank(x: np.ndarray) -> np.ndarray:
    """Average rank as a percentage of the known values.

    Parameters:
        x: (…, territories, indicators), oriented.
    Returns:
        (0, 100], the best has the highest; of the same shape.
    Source:
        OECD-JRC Handbook (2008), step 5.
    Example:
        >>> rank(np.array([[1.0], [1.0], [3.0], [np.nan]])).ravel().tolist()
        [50.0, 50.0, 100.0, nan]
    """
    from scipy.stats import rankdata

    missing = np.isnan(x)
    # Missing values go last, where they do not touch the ranks of the known ones.
    order = rankdata(np.where(missing, np.inf, x), axis=-2)
    known = (~missing).sum(axis=-2, keepdims=True)
    share: np.ndarray = np.divide(order, known, out=np.full(x.shape, np.nan), where=~missing)
    return 100 * share


def to_target(x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """100 at or beyond the target, 0 for the territory farthest from it.

    Parameters:
        x: (…, territories, indicators), oriented; ``target``: (indicators,) in their units.
    Returns:
        0-100, of the same shape.
    Source:
        OECD-JRC Handbook (2008), step 5 (distance to a reference).
    Example:
        >>> to_target(np.array([[0.0], [5.0], [12.0]]), np.array([10.0])).ravel().tolist()
        [0.0, 50.0, 100.0]
    """
    gap = np.maximum(target - x, 0)
    return 100 - 100 * _divide(gap, np.nanmax(gap, axis=-2, keepdims=True), 0.0)


def _divide(x: np.ndarray, y: np.ndarray, when_zero: float) -> np.ndarray:
    """x / y; where y is zero, ``when_zero`` for the known values."""
    constant = np.broadcast_to(y == 0, x.shape) & ~np.isnan(x)
    out = x / np.where(y == 0, 1, y)
    out[constant] = when_zero
    return out


def apply(x: np.ndarray, method: str, target: np.ndarray | None = None) -> np.ndarray:
    """One of :data:`METHODS` by name.

    Parameters:
        x: (…, territories, indicators), oriented; ``method``: its name.
        target: (indicators,), for 'target' only.
    Returns:
        Of the same shape, on the method's scale.
    Raises:
        ValueError: an unknown method, or 'target' without a target for every indicator.
    Source:
        OECD-JRC Handbook (2008), step 5.
    Example:
        >>> apply(np.array([[1.0], [2.0]]), "minmax").ravel().tolist()
        [0.0, 100.0]
    """
    match method:
        case "minmax":
            return minmax(x)
        case "zscore":
            return zscore(x)
        case "rank":
            return rank(x)
        case "target":
            if target is None or np.isnan(target).any():
                raise ValueError("distance to target needs a target for every indicator")
            return to_target(x, target)
    raise ValueError(f"unknown normalisation '{method}'; known: {', '.join(METHODS)}")


@verb
def normalise(composite: Composite, *, method: str) -> Composite:
    """Normalise every indicator, after :func:`~gsi.measure.composite.prepare.orient`.

    Parameters:
        composite: oriented; ``method``: one of :data:`METHODS`.
    Returns:
        The composite on the method's scale.
    Raises:
        ValueError: indicators that are not oriented.
    Source:
        OECD-JRC Handbook (2008), step 5.
    Example:
        >>> import pandas as pd
        >>> meta = pd.DataFrame({"parent": ["", "index"], "weight": [1, 1], "direction": [1, 1]},
        ...                     index=["index", "water"])
        >>> raw = Composite(pd.DataFrame({"water": [1.0, 3.0]}), meta)
        >>> normalise(raw, method="minmax").values["water"].tolist()
        [0.0, 100.0]
    """
    codes = composite.indicators
    if (composite.meta.loc[codes, "direction"] != 1).any():
        raise ValueError("orient the indicators before normalising them")
    meta = composite.meta
    target = meta.loc[codes, "target"].to_numpy(float) if "target" in meta else None
    values = composite.values.copy()
    values[codes] = apply(values[codes].to_numpy(float), method, target)
    return replace(composite, values=values)
