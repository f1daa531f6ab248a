"""Which territories are most like one: standardised distance on declared features.

The nearest-neighbours method of CIPFA (Chartered Institute of Public Finance and Accountancy,
'Nearest Neighbours Model') for English councils: features standardised, Euclidean distance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def nearest(features: pd.DataFrame, code: str, number: int) -> pd.Series:
    """Distance from ``code`` to its ``number`` nearest rows, nearest first; equal ones by code.

    ``features``: territory × feature. Root mean square of the differences in standard deviations of
    the feature, so that its size does not depend on how many features there are: 1 is 'one standard
    deviation away in each'. Rows that lack a feature stand apart; features that do not vary say
    nothing and count for nothing. Empty when ``code`` itself lacks one, or when none varies.
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
