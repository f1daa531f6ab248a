"""Before normalisation: screen, treat outliers, orient.

Steps 3 to 5 of the OECD-JRC Handbook on Constructing Composite Indicators (2008).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from gsi.measure.composite.model import Composite, verb


def data_share(composite: Composite) -> pd.Series:
    """Share of the indicators that each territory has, weighted as the index weighs them.

    Parameters:
        composite: values and tree.
    Returns:
        Index = territory, 0-1.
    Source:
        OECD-JRC Handbook (2008), step 3.
    Example:
        >>> meta = pd.DataFrame(
        ...     {"parent": ["", "index", "index"], "weight": [1, 3, 1], "direction": [1, 1, -1]},
        ...     index=["index", "a", "b"],
        ... )
        >>> raw = Composite(pd.DataFrame({"a": [1.0, 2.0, None], "b": [4.0, 6.0, 8.0]}), meta)
        >>> data_share(raw).tolist()
        [1.0, 1.0, 0.25]
    """
    weights = effective_weights(composite.meta)
    present = composite.values[composite.indicators].notna()
    return (present * weights[composite.indicators]).sum(axis=1) / weights.sum()


def effective_weights(meta: pd.DataFrame) -> pd.Series:
    """Weight of each indicator in the index: product of the shares up the tree.

    Parameters:
        meta: of a :class:`Composite`.
    Returns:
        Index = indicator; sums to 1.
    Source:
        OECD-JRC Handbook (2008), step 6.
    Example:
        >>> meta = pd.DataFrame(
        ...     {"parent": ["", "index", "index"], "weight": [1, 3, 1], "direction": [1, 1, -1]},
        ...     index=["index", "a", "b"],
        ... )
        >>> raw = Composite(pd.DataFrame({"a": [1.0, 2.0, None], "b": [4.0, 6.0, 8.0]}), meta)
        >>> effective_weights(meta).to_dict()
        {'a': 0.75, 'b': 0.25}
    """
    total = meta.groupby("parent")["weight"].transform("sum")
    share = (meta["weight"] / total).to_dict()
    parent = meta["parent"].to_dict()
    leaves = [code for code in meta.index if code not in set(parent.values())]

    def product(code: str) -> float:
        above = parent[code]
        return float(share[code]) * (product(above) if above else 1.0)

    return pd.Series({code: product(code) for code in leaves}, dtype=float)


@verb
def screen(composite: Composite, *, minimum_share: float) -> Composite:
    """Keep the territories that have enough data.

    Parameters:
        composite: values; ``minimum_share``: of the weighted data, 0-1.
    Returns:
        The composite, with fewer rows.
    Source:
        OECD-JRC Handbook (2008), step 3.
    Example:
        >>> meta = pd.DataFrame(
        ...     {"parent": ["", "index", "index"], "weight": [1, 3, 1], "direction": [1, 1, -1]},
        ...     index=["index", "a", "b"],
        ... )
        >>> raw = Composite(pd.DataFrame({"a": [1.0, 2.0, None], "b": [4.0, 6.0, 8.0]}), meta)
        >>> len(screen(raw, minimum_share=0.5).values)
        2
    """
    # A share of 0.9 is often 0.8999… after a product of weights.
    keep = data_share(composite) >= minimum_share - 1e-9
    return replace(composite, values=composite.values[keep])


@verb
def treat_outliers(
    composite: Composite, *, skewness: float, kurtosis: float, max_points: int
) -> Composite:
    """Winsorise the indicators whose distribution is too skewed and too peaked at once.

    While |skewness| and excess kurtosis (both bias-corrected, as in SPSS and SAS) reach the
    limits, the most extreme value takes the next one's place. Order is kept; ties appear.

    Parameters:
        composite: values; ``skewness``, ``kurtosis``: limits (2 and 3.5 in the Handbook).
        max_points: values moved in an indicator, at most.
    Returns:
        The composite, treated.
    Source:
        OECD-JRC Handbook (2008), step 5.
    Example:
        >>> meta = pd.DataFrame(
        ...     {"parent": ["", "index", "index"], "weight": [1, 3, 1], "direction": [1, 1, -1]},
        ...     index=["index", "a", "b"],
        ... )
        >>> raw = Composite(pd.DataFrame({"a": [1.0, 2.0, None], "b": [4.0, 6.0, 8.0]}), meta)
        >>> treat_outliers(raw, skewness=2, kurtosis=3.5, max_points=5).values["b"].tolist()
        [4.0, 6.0, 8.0]
    """
    values = composite.values.copy()
    for code in composite.indicators:
        column = winsorise(values[code].to_numpy(float), skewness, kurtosis, max_points)
        values[code] = column
    return replace(composite, values=values)


def winsorise(x: np.ndarray, skewness: float, kurtosis: float, max_points: int) -> np.ndarray:
    """One indicator of :func:`treat_outliers`.

    Parameters:
        x: (n,); NaN stay NaN; ``skewness``, ``kurtosis``, ``max_points``: as there.
    Returns:
        (n,) in the same unit.
    Source:
        OECD-JRC Handbook (2008), step 5; Joanes and Gill (1998), The Statistician 47(1).
    Example:
        >>> winsorise(np.array([1, 2, 3, 4, 5, 6, 7, 90.0]), 2, 3.5, 5).max()
        np.float64(7.0)
    """
    x = x.copy()
    while True:
        known = x[~np.isnan(x)]
        skew, kurt = _moments(known)
        if not (abs(skew) >= skewness and kurt >= kurtosis):
            return x
        extreme = known.max() if skew > 0 else known.min()
        rest = known[known != extreme]
        # Values already moved sit at the extreme: they count again with the next one.
        points = int((known == extreme).sum())
        if points > max_points or rest.size == 0:
            return x
        x[x == extreme] = rest.max() if skew > 0 else rest.min()


def _moments(x: np.ndarray) -> tuple[float, float]:
    """Skewness G1 and excess kurtosis G2 (Joanes and Gill, 1998, The Statistician 47(1))."""
    n = len(x)
    spread = np.ptp(x) if n else 0.0
    # A constant column has no shape; rounding would otherwise divide noise by noise.
    if n < 4 or spread <= 1e-12 * max(1.0, float(np.abs(x).max())):
        return 0.0, 0.0
    z = (x - x.mean()) / x.std()
    g1, g2 = (z**3).mean(), (z**4).mean() - 3
    skew = g1 * np.sqrt(n * (n - 1)) / (n - 2)
    kurt = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return float(skew), float(kurt)


@verb
def orient(composite: Composite) -> Composite:
    """Turn every indicator so that more is better (values × direction); directions become +1.

    Parameters:
        composite: values and tree.
    Returns:
        The composite, turned.
    Source:
        OECD-JRC Handbook (2008), step 5.
    Example:
        >>> meta = pd.DataFrame(
        ...     {"parent": ["", "index", "index"], "weight": [1, 3, 1], "direction": [1, 1, -1]},
        ...     index=["index", "a", "b"],
        ... )
        >>> raw = Composite(pd.DataFrame({"a": [1.0, 2.0, None], "b": [4.0, 6.0, 8.0]}), meta)
        >>> orient(raw).values["b"].tolist()
        [-4.0, -6.0, -8.0]
    """
    meta = composite.meta.copy()
    codes = composite.indicators
    values = composite.values.copy()
    values[codes] = values[codes] * meta.loc[codes, "direction"]
    if "target" in meta:
        meta.loc[codes, "target"] = meta.loc[codes, "target"] * meta.loc[codes, "direction"]
    meta.loc[codes, "direction"] = 1
    return replace(composite, values=values, meta=meta)
