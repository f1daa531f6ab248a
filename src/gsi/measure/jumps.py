"""Years in which a whole country moved as its series never does: a break, or a shock to explain.

The step of a year is the median over territories of their change since the year before, so that
neither who reports nor one large place makes it. It is far out when it stands away from the usual
step by many times its usual scatter (median absolute deviation, scaled to a normal's standard
deviation) and by a part of what separates territories: the second keeps series that hardly move
from breaking at trifles.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

MAD_TO_SD = 1.4826
LEAST_STEPS = 5


def steps(values: pd.DataFrame) -> pd.Series:
    """Median change of the territories since the year before.

    Parameters:
        values: index territories, columns years (integers), NaN where there is none; any unit.
    Returns:
        Series, index = the later year of consecutive ones; unit of the values.
    Source:
        Hampel (1974), JASA 69(346): the median, which no single place moves.
    Example:
        >>> steps(pd.DataFrame({2020: [1.0, 2.0, 9.0], 2021: [2.0, 4.0, 9.0]})).to_dict()
        {2021: 1.0}
    """
    columns = {int(str(year)): values[year] for year in values.columns}
    found = {
        year: float((columns[year] - columns[year - 1]).median())
        for year in sorted(columns)
        if year - 1 in columns
    }
    return pd.Series(found, dtype="float64").dropna()


def years(values: pd.DataFrame, *, scatters: float = 5.0, spreads: float = 0.25) -> list[int]:
    """Years whose step since the year before is far out; none with few steps to learn from.

    Parameters:
        values: as in :func:`steps`.
        scatters: how many times the usual scatter.
        spreads: what part of the standard deviation between territories (its median over years).
    Returns:
        The later years, in order.
    Source:
        Hampel (1974), JASA 69(346): distance from the median in median absolute deviations.
    Example:
        >>> level = dict(zip(range(2010, 2020), [5, 5, 6, 5, 5, 30, 30, 31, 30, 30]))
        >>> years(pd.DataFrame({year: [v + 0.0, v + 1.0, v + 2.0] for year, v in level.items()}))
        [2015]
    """
    moved = steps(values)
    if len(moved) < LEAST_STEPS:
        return []
    away = (moved - moved.median()).abs()
    scatter = MAD_TO_SD * float(away.median())
    between = float(np.nanmedian(values.std().to_numpy(dtype="float64")))
    far = (away > scatters * scatter) & (away > spreads * between)
    return [int(year) for year in moved.index[far]]
