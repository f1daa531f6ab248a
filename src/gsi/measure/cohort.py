"""A population some years ahead, from two of its past: the Hamilton-Perry method.

Hamilton and Perry (1962), "A short method for projecting population by age from one decennial
census to another", Social Forces 41(2); Swanson, Schlottmann and Schmidt (2010), "Forecasting the
population of census tracts by age and sex", Popul. Res. Policy Rev. 29(1). Each cohort keeps the
ratio of its last interval (deaths and migration together). Those born in the interval follow the
women of childbearing age; the ratio between both stays, as in the method's usual form, or goes on
changing as it did in the last interval. Which of them errs less depends on the age group and on the
place: where births fall the usual form overstates the youngest, but the trend adds their error to
that of the older ones, which often points the other way. A back test chooses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

CHILDBEARING = (15, 49)


def hamilton_perry(
    first: pd.DataFrame, last: pd.DataFrame, years: int, *, births_trend: bool
) -> pd.DataFrame:
    """People by single age ``years`` after ``last``, itself ``years`` after ``first``.

    A cohort with nobody at the start has no ratio: it is carried over unchanged.

    Parameters:
        first, last: people; index = completed age 0..w, the last one open ('w and over'); columns
            = sexes, ``mujer`` among them.
        years: length of the interval, 1..w.
        births_trend: children per woman go on changing as between both; else they stay as in
            ``last``.
    Returns:
        People, shaped as ``last``.
    Raises:
        ValueError: an age is missing, or ``years`` is not between 1 and w.
    Source:
        Hamilton and Perry (1962); Swanson, Schlottmann and Schmidt (2010).
    Example:
        A cohort that lost a tenth loses a tenth again.

        >>> ages = range(61)
        >>> first = pd.DataFrame({"mujer": 100.0, "hombre": 100.0}, index=ages)
        >>> last = first * 0.9
        >>> after = hamilton_perry(first, last, 5, births_trend=False)
        >>> round(float(after.loc[30, "mujer"]), 6)
        81.0
    """
    ages = np.arange(len(last))
    if not (first.index.equals(last.index) and np.array_equal(last.index, ages)):
        raise ValueError("both populations need every single age from 0 to the open one")
    oldest = len(ages) - 1
    if not 1 <= years <= oldest:
        raise ValueError("the interval must be between one year and the oldest age")
    out = pd.DataFrame(0.0, last.index, last.columns)
    before, now = first.astype("float64"), last.astype("float64")
    for sex in last.columns:
        start, end = before[sex].to_numpy(), now[sex].to_numpy()
        size = oldest - years
        # Ages 0..w-y-1 move to y..w-1; all those older end in the open age.
        ratio = _ratio(end[years:oldest], start[:size])
        out.loc[years : oldest - 1, sex] = end[:size] * ratio
        open_ratio = _ratio(end[[oldest]], start[size:].sum(keepdims=True))
        out.loc[oldest, sex] = float(end[size:].sum() * open_ratio[0])
    # Those born in the interval: so many per woman of childbearing age.
    mothers, born = slice(*CHILDBEARING), slice(0, years - 1)
    women = [float(table.loc[mothers, "mujer"].sum()) for table in (before, now, out)]
    children = [float(table.loc[born].sum().sum()) for table in (before, now)]
    growth = 1.0
    if min(*women[:2], *children) > 0:
        ratios = [number / mother for number, mother in zip(children, women[:2], strict=True)]
        growth = women[2] / women[1] * (ratios[1] / ratios[0] if births_trend else 1.0)
    out.loc[born] = now.loc[born].to_numpy() * growth
    return out


def ahead(
    first: pd.DataFrame, last: pd.DataFrame, years: int, steps: int, *, births_trend: bool
) -> pd.DataFrame:
    """People ``steps`` × ``years`` after ``last``: :func:`hamilton_perry` over and over.

    Each step keeps the ratios of the step before, and so those between ``first`` and ``last``.

    Parameters:
        first, last, years, births_trend: as :func:`hamilton_perry`.
        steps: how many intervals of ``years``, 1 or more.
    Returns:
        People, shaped as ``last``.
    Raises:
        ValueError: as :func:`hamilton_perry`.
    Source:
        Hamilton and Perry (1962), applied again to what it gave.
    Example:
        A cohort that lost a tenth in five years loses 19 % in ten.

        >>> ages = range(61)
        >>> first = pd.DataFrame({"mujer": 100.0, "hombre": 100.0}, index=ages)
        >>> after = ahead(first, first * 0.9, 5, 2, births_trend=False)
        >>> round(float(after.loc[30, "mujer"]), 6)
        72.9
    """
    before, now = first, last
    for _ in range(steps):
        before, now = now, hamilton_perry(before, now, years, births_trend=births_trend)
    return now


def _ratio(end: np.ndarray, start: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.divide(end, start, out=np.ones_like(end), where=start > 0)
    return out
