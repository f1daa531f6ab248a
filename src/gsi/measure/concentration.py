"""How much of something lives in few places: share in a group, concentration curve.

Kakwani, Wagstaff and van Doorslaer (1997), "Socioeconomic inequalities in health", J. Econometrics
77(1): the curve orders people from the most to the least deprived place.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def share_in(quantity: pd.Series, members: Iterable[str]) -> float:
    """Share (0-1) of ``quantity`` (index = territory) found in ``members``; NaN when it is zero
    in total. Territories without a known quantity count on neither side."""
    known = quantity.dropna()
    total = known.sum()
    if total <= 0:
        return float("nan")
    return float(known[known.index.isin(list(members))].sum() / total)


def curve(quantity: pd.Series, people: pd.Series, need: pd.Series) -> pd.DataFrame:
    """Cumulative shares (0-1) from the territory with the highest ``need`` to the lowest.

    Rows: the origin, then one a territory with the three values known. Columns: ``territory``
    (missing at the origin), ``people`` and ``quantity``. Equal needs keep the order of the index.
    """
    data = pd.DataFrame({"quantity": quantity, "people": people, "need": need}).dropna()
    data = data.sort_values("need", ascending=False, kind="stable")
    totals = data[["people", "quantity"]].sum()
    if (totals <= 0).any():
        raise ValueError("the curve needs a positive total of people and of the quantity")
    cumulative = data[["people", "quantity"]].cumsum() / totals
    origin = pd.DataFrame({"people": [0.0], "quantity": [0.0]}, index=pd.Index([np.nan]))
    out = pd.concat([origin, cumulative])
    out.insert(0, "territory", [None, *data.index])
    return out.reset_index(drop=True)
