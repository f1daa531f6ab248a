"""Which territories are most like one: standardised distance on declared features.

The nearest-neighbours method of CIPFA (Chartered Institute of Public Finance and Accountancy,
'Nearest Neighbours Model') for English councils: features standardised, Euclidean distance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def nearest(features: pd.DataFrame, code: str, number: int) -> pd.Series:
    """Distance from a territory to those most like it.

    Root mean square of the differences in standard deviations of the feature, so that its size does
    not depend on how many features there are: 1 is 'one standard deviation away in each'. Rows that
    lack a feature stand apart; features that do not vary count for nothing.

    Parameters:
        features: territory × feature, any units.
        code: the territory; ``number``: how many neighbours.
    Returns:
        Series of distances, nearest first, equal ones by code. Empty when ``code`` itself lacks a
        feature, or when none varies.
    Source:
        CIPFA, 'Nearest Neighbours Model': standardised features, Euclidean distance.
    Example:
        >>> sizes = pd.DataFrame({"size": [1.0, 2.0, 6.0]}, ["a", "b", "c"])
        >>> nearest(sizes, "a", 1).round(3).to_dict()
        {'b': 0.463}
    """
    known = features.dropna().astype("float64")
    spread = known.std(ddof=0)
    known = known.loc[:, spread > 0] / spread[spread > 0]
    if code not in known.index or known.shape[1] == 0:
        return pd.Series(dtype="float64", index=pd.Index([], dtype=features.index.dtype))
    others = known.drop(index=code)
    distance = np.sqrt(((others - known.loc[code]) ** 2).mean(axis=1))
    order = np.lexsort((distance.index.astype(str), distance.round(12)))
    closest: pd.Series = distance.iloc[order].head(number)
    return closest
