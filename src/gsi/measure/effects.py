"""Effect of an intervention between two cuts: difference-in-differences with clustered errors.

Angrist and Pischke (2009), *Mostly Harmless Econometrics*, ch. 5 and 8. With two cuts the estimate
is the difference of mean changes; it is causal only if both groups would have changed alike, which
two cuts cannot show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Effect:
    """``estimate`` in units of the outcome with its interval (t, clusters − 1 degrees).

    ``baseline_gap``: treated minus compared before; ``treated``, ``compared``: units.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    baseline_gap: float
    treated: int
    compared: int
    clusters: int


def difference_in_differences(
    before: pd.Series,
    after: pd.Series,
    treated: pd.Series,
    weight: pd.Series,
    cluster: pd.Series,
    level: float = 0.95,
) -> Effect:
    """Weighted mean change of the treated minus that of the others; rows aligned, none missing.

    Raises ValueError when a group is empty or there are fewer than two clusters.
    """
    import statsmodels.api as sm

    is_treated = treated.to_numpy(dtype=bool)
    labels, codes = np.unique(cluster.to_numpy(dtype=str), return_inverse=True)
    if is_treated.all() or not is_treated.any() or len(labels) < 2:
        raise ValueError("both groups and at least two clusters are needed")
    change = after.to_numpy(dtype=float) - before.to_numpy(dtype=float)
    weights = weight.to_numpy(dtype=float)
    design = sm.add_constant(is_treated.astype(float))
    fit = sm.WLS(change, design, weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": codes}, use_t=True
    )
    low, high = fit.conf_int(alpha=1 - level)[1]
    start = before.to_numpy(dtype=float)
    gap = np.average(start[is_treated], weights=weights[is_treated]) - np.average(
        start[~is_treated], weights=weights[~is_treated]
    )
    return Effect(
        float(fit.params[1]),
        float(low),
        float(high),
        float(fit.pvalues[1]),
        float(gap),
        int(is_treated.sum()),
        int((~is_treated).sum()),
        len(labels),
    )
