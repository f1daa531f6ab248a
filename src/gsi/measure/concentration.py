"""How much of something lives in few places: share in a group, concentration curve.

Kakwani, Wagstaff and van Doorslaer (1997), "Socioeconomic inequalities in health", J. Econometrics
77(1): the curve orders people from the most to the least deprived place.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def share_in(quantity: pd.Series, members: Iterable[str]) -> float:
    """Share of a quantity found in some territories.

    Parameters:
        quantity: index = territory, ≥ 0, in any unit; missing ones count on neither side.
        members: codes of the territories asked for.
    Returns:
        Share in 0-1; NaN when the known total is not positive.
    Source:
        Kakwani, Wagstaff and van Doorslaer (1997): a point of the curve of the module.
    Example:
        >>> share_in(pd.Series({"a": 30.0, "b": 10.0, "c": float("nan")}), ["a", "c"])
        0.75
    """
    known = quantity.dropna()
    total = known.sum()
    if total <= 0:
        return float("nan")
    return float(known[known.index.isin(list(members))].sum() / total)


def curve(quantity: pd.Series, people: pd.Series, need: pd.Series) -> pd.DataFrame:
    """Cumulative shares from the territory with the highest ``need`` to the lowest.

    Parameters:
        quantity, people, need: index = territory; any unit; territories without the three are out.
            Equal needs keep the order of the index.
    Returns:
        Rows: the origin, then one a territory. Columns: ``territory`` (missing at the origin),
        ``people`` and ``quantity``, shares in 0-1.
    Raises:
        ValueError: the total of people or of the quantity is not positive.
    Source:
        Kakwani, Wagstaff and van Doorslaer (1997).
    Example:
        >>> index = ["a", "b"]
        >>> quantity, need = pd.Series([3, 1], index), pd.Series([9, 2], index)
        >>> found = curve(quantity, pd.Series([50, 50], index), need)
        >>> found[["people", "quantity"]].to_numpy().tolist()
        [[0.0, 0.0], [0.5, 0.75], [1.0, 1.0]]
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
