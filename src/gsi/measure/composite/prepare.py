"""Before normalisation: denominate, impute, screen, treat outliers, orient.

Steps 3 to 5 of the OECD-JRC Handbook on Constructing Composite Indicators (2008).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from gsi.measure.composite.model import Composite, verb


def data_share(composite: Composite) -> pd.Series:
    """Share (0-1) of the indicators that each territory has, weighted as the index weighs them."""
    weights = effective_weights(composite.meta)
    present = composite.values[composite.indicators].notna()
    return (present * weights[composite.indicators]).sum(axis=1) / weights.sum()


def effective_weights(meta: pd.DataFrame) -> pd.Series:
    """Weight of each indicator in the index (sums to 1): product of the shares up the tree."""
    total = meta.groupby("parent")["weight"].transform("sum")
    share = (meta["weight"] / total).to_dict()
    parent = meta["parent"].to_dict()
    leaves = [code for code in meta.index if code not in set(parent.values())]

    def product(code: str) -> float:
        above = parent[code]
        return float(share[code]) * (product(above) if above else 1.0)

    return pd.Series({code: product(code) for code in leaves}, dtype=float)


@verb
def denominate(
    composite: Composite, *, denominators: pd.DataFrame, by: Mapping[str, str]
) -> Composite:
    """Divide indicator ``i`` by the column ``by[i]`` of ``denominators`` (territory × column)."""
    values = composite.values.copy()
    for indicator, denominator in by.items():
        values[indicator] = values[indicator] / denominators[denominator].reindex(values.index)
    return replace(composite, values=values)


@verb
def impute_group_mean(composite: Composite, *, groups: pd.Series) -> Composite:
    """Fill a missing value with the mean of the territory's group, where the group has one."""
    values = composite.values
    means = values.groupby(groups.reindex(values.index)).transform("mean")
    return replace(composite, values=values.fillna(means))


@verb
def screen(composite: Composite, *, minimum_share: float) -> Composite:
    """Keep the territories that have at least ``minimum_share`` (0-1) of the weighted data."""
    # A share of 0.9 is often 0.8999… after a product of weights.
    keep = data_share(composite) >= minimum_share - 1e-9
    return replace(composite, values=composite.values[keep])


@verb
def treat_outliers(
    composite: Composite, *, skewness: float, kurtosis: float, max_points: int
) -> Composite:
    """Winsorise the indicators whose distribution is too skewed and too peaked at once.

    While |skewness| and excess kurtosis (both bias-corrected, as in SPSS and SAS) reach the
    limits, the most extreme value takes the next one's place, at most ``max_points`` values per
    indicator (OECD-JRC Handbook, step 5; limits 2 and 3.5 there). Order is kept; ties appear.
    """
    values = composite.values.copy()
    for code in composite.indicators:
        column = winsorise(values[code].to_numpy(float), skewness, kurtosis, max_points)
        values[code] = column
    return replace(composite, values=values)


def winsorise(x: np.ndarray, skewness: float, kurtosis: float, max_points: int) -> np.ndarray:
    """The array (n,) of :func:`treat_outliers`; NaN stay NaN."""
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
    """Turn every indicator so that more is better (values × direction); directions become +1."""
    meta = composite.meta.copy()
    codes = composite.indicators
    values = composite.values.copy()
    values[codes] = values[codes] * meta.loc[codes, "direction"]
    if "target" in meta:
        meta.loc[codes, "target"] = meta.loc[codes, "target"] * meta.loc[codes, "direction"]
    meta.loc[codes, "direction"] = 1
    return replace(composite, values=values, meta=meta)
