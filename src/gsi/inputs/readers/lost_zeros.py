"""Counts whose thousands dot was once taken for a decimal point: ``1.680`` became 1.68, then 168.

What gives it away is a column in which no count of a thousand or more ends in zero. Each such count
may then be what it says, or one to three zeros more; a sum of two counts that lost theirs one by
one no longer adds up, and where it still does, a place falls to a tenth of itself for one year.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

# A count starts to have a dot here, and so many of them ending in zero are lost at most.
THOUSAND, MOST = 1000, 3
# By chance, none of so many counts ends in zero once in 40.000.
ENOUGH = 100
# A place's count is told from a tenth of it when it is so near the years around, and the tenth is
# twice as far from them: 613 beside 600 and 2.041 stays.
NEAR = math.sqrt(5)
# A total that does not add up is wrong as written: the nearest of those ten times apart.
TENTH = math.sqrt(10)
# So many years before and after say how large a place's count is.
AROUND = 3


def years(counts: pd.DataFrame, period: pd.Series) -> list[int]:
    """The years in which no count ends in zero that should have, of all columns together."""
    found = []
    for year in sorted(int(value) for value in period.unique()):
        cells = counts[(period == year).to_numpy()].to_numpy().ravel()
        large = cells[cells >= THOUSAND]
        if len(large) >= ENOUGH and not (large % 10 == 0).any():
            found.append(year)
    return found


def stripped(count: float) -> float:
    """What the loss leaves of a count."""
    if count < THOUSAND:
        return count
    for _ in range(MOST):
        if count % 10:
            break
        count //= 10
    return count


def originals(written: float) -> list[float]:
    """The counts that may have been written so; the first is the one written."""
    more = [written * 10**zeros for zeros in range(1, MOST + 1)]
    return [written, *(count for count in more if stripped(count) == written)]


def restored(
    place: pd.Series, period: pd.Series, parts: pd.DataFrame, total: pd.Series, lost: Sequence[int]
) -> pd.Series:
    """The totals as they were: of the originals that add up to one written so, that nearest to the
    place's own years around; NaN where none adds up, or several do and none is near.

    ``parts`` has one column each of two parts. In the years ``lost``, a total that adds up as
    written is changed only for one within :data:`NEAR` times the median of up to :data:`AROUND`
    years before and after (:data:`TENTH` where it does not add up). In the other years, it stands
    where it adds up.
    """
    usual = _usual(place, period, total)
    out = total.astype("float64").copy()
    first, second = (parts[name] for name in parts.columns)
    adds = first + second == total
    for index in total.index:
        near = _within(total[index], usual[index])
        if adds[index] and (near or period[index] not in lost):
            continue
        sums = {
            a + b
            for a in originals(first[index])
            for b in originals(second[index])
            if period[index] in lost and stripped(a + b) == total[index]
        }
        limit = NEAR if adds[index] else TENTH
        fits = [count for count in sums if _within(count, usual[index], limit)]
        if fits:
            out[index] = min(fits, key=lambda count: abs(math.log(count / usual[index])))
        elif not adds[index]:
            out[index] = sums.pop() if len(sums) == 1 else math.nan
    return out


def _usual(place: pd.Series, period: pd.Series, total: pd.Series) -> pd.Series:
    """The median of each place's years around each of its years; NaN where it has no other."""
    out = pd.Series(math.nan, index=total.index)
    ordered = total.to_frame("total").assign(place=place, period=period)
    for _, rows in ordered.sort_values(["place", "period"]).groupby("place"):
        values = rows["total"].to_numpy()
        for at, index in enumerate(rows.index):
            beside = np.r_[values[max(at - AROUND, 0) : at], values[at + 1 : at + 1 + AROUND]]
            out[index] = np.median(beside) if len(beside) else math.nan
    return out


def _within(count: float, usual: float, limit: float = NEAR) -> bool:
    return count > 0 and usual > 0 and usual / limit <= count <= usual * limit
