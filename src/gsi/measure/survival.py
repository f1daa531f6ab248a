"""Routes of care: how far cases get, how long each step takes, where they are lost.

A case is a sequence of rows (case, step, day it reached the step, state). Times between steps are
estimated by Kaplan-Meier, cases still waiting being censored; a case lost before the
next step is a competing end, censored on the day it was last seen, which assumes that lost cases
would have waited like the others: the report says so.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

_SAME = 1e-9  # products of fractions that are one half differ from it by less


@dataclass(frozen=True)
class Duration:
    """Median time to an event and its interval (same unit as the input).

    NaN where there is none: ``median``, the curve never falls to one half; ``low`` and ``high``,
    the band never does. Without ``high`` the median may be as long as one likes.

    Attributes:
        median, low, high: times; ``events``: reached; ``n``: all.
    Source:
        Brookmeyer and Crowley (1982), Biometrics 38(1).
    Example:
        >>> print(Duration(12.0, 8.0, float("nan"), 30, 41))
        Median 12 (8 to nan); 30 events of 41
    """

    median: float
    low: float
    high: float
    events: int
    n: int

    def __str__(self) -> str:
        return (
            f"Median {self.median:g} ({self.low:g} to {self.high:g}); "
            f"{self.events} events of {self.n}"
        )


def kaplan_meier_median(time: np.ndarray, event: np.ndarray, level: float = 0.95) -> Duration:
    """Median survival time; its interval by inverting the log-log band.

    As R's ``survival`` does it (``conf.type = "log-log"``): a curve or a limit that stays at one
    half gives the middle of that stretch, and where the curve falls to zero the band has no upper
    limit. Two limits R leaves out are known there: zero is below one half, so ``low`` is that day
    at the latest; and where nobody had been censored the binomial limit of none of n (Clopper and
    Pearson, 1934, Biometrika 26(4)) holds.

    Parameters:
        time: (n,) ≥ 0; ``event``: (n,) bool, reached (else censored); ``level``: in (0, 1).
    Returns:
        Median and limits in the unit of ``time``.
    Raises:
        ValueError: a negative time.
    Source:
        Kaplan and Meier (1958), JASA 53(282); the band, with Greenwood's variance of log S:
        Kalbfleisch and Prentice (2002), 1.4.3; its inversion: Brookmeyer and Crowley (1982).
    Example:
        Remission in weeks under 6-MP (Freireich et al. 1963): a median of 23.

        >>> weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
        >>> ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
        >>> kaplan_meier_median(np.array(weeks), np.array(ended)).median
        23.0
    """
    from scipy.stats import norm

    times = np.asarray(time, dtype=float)
    happened = np.asarray(event, dtype=bool)
    if (times < 0).any():
        raise ValueError("times must not be negative")
    days = np.unique(times[happened])
    if len(days) == 0:
        return Duration(float("nan"), float("nan"), float("nan"), 0, len(times))
    at_risk = np.array([int((times >= day).sum()) for day in days])
    events = np.array([int((happened & (times == day)).sum()) for day in days])
    curve = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events)))) / np.abs(np.log(curve))
        width = norm.ppf(0.5 + level / 2) * spread
        low, high = curve ** np.exp(width), curve ** np.exp(-width)
    gone = at_risk == events
    low[gone], high[gone] = 0.0, np.nan
    if gone[-1] and happened.all():
        high[-1] = 1 - (0.5 - level / 2) ** (1 / len(times))
    end = float(times.max())
    return Duration(
        _halved(days, curve, end),
        _halved(days, low, end),
        _halved(days, high, end),
        int(events.sum()),
        len(times),
    )


def _halved(days: np.ndarray, curve: np.ndarray, end: float) -> float:
    """First day on which a step curve is at one half or less; the middle of a stretch at it."""
    below = np.flatnonzero(curve <= 0.5 + _SAME)
    if len(below) == 0:
        return float("nan")
    first = below[0]
    if curve[first] < 0.5 - _SAME:
        return float(days[first])
    left = np.flatnonzero(~(curve >= 0.5 - _SAME))
    return float((days[first] + (days[left[0]] if len(left) else end)) / 2)


def funnel(cases: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """How many cases reached each step and what became of them there.

    A case that shows at a step has reached every step before it, reported or not, so ``reached``
    never rises along the route.

    Parameters:
        cases: case, step, state ('open', 'done', 'lost'); ``steps``: step, order.
    Returns:
        One row a step, in order: step, order, reached, done, lost, open (cases).
    Source:
        Cascade of care: Gardner et al. (2011), Clinical Infectious Diseases 52(6).
    Example:
        >>> cases = pd.DataFrame({"case": [1, 1, 2], "step": ["a", "b", "a"],
        ...                       "state": ["done", "open", "lost"]})
        >>> found = funnel(cases, pd.DataFrame({"step": ["a", "b"], "order": [1, 2]}))
        >>> found[["reached", "done", "lost", "open"]].to_numpy().tolist()
        [[2, 1, 1, 0], [1, 0, 0, 1]]
    """
    order = steps.set_index("step")["order"]
    known = cases[cases["step"].isin(order.index)].copy()
    known["order"] = known["step"].map(order)
    furthest = known.groupby("case")["order"].max()
    rows = []
    for step, position in order.sort_values(kind="stable").items():
        here = known[known["step"] == step]
        passed = set(furthest[furthest > position].index)
        here = here[~here["case"].isin(passed)]
        reached = int((furthest >= position).sum())
        lost, still = int((here["state"] == "lost").sum()), int((here["state"] == "open").sum())
        rows.append(
            {
                "step": step,
                "order": int(position),
                "reached": reached,
                "done": reached - lost - still,
                "lost": lost,
                "open": still,
            }
        )
    return pd.DataFrame(rows, columns=["step", "order", "reached", "done", "lost", "open"])


def step_times(cases: pd.DataFrame, steps: pd.DataFrame, reference: pd.Timestamp) -> pd.DataFrame:
    """Days each case spent between a step and the next one of the route.

    A case that shows at a later step only is not timed on the skipped one. Open cases are censored
    at ``reference``, lost ones on the day they were last seen at the step. Negative spans (a later
    step dated before an earlier one) are kept: the caller counts and drops them (``days < 0``).

    Parameters:
        cases: case, step, day (datetime64), state; ``steps``: step, order, in any order.
        reference: the day up to which cases are followed.
    Returns:
        One row a case and step that has a next one: case, step, next_step, days, event.
    Source:
        Kalbfleisch and Prentice (2002), ch. 8: a competing end is censored.
    Example:
        >>> cases = pd.DataFrame({"case": [1, 1], "step": ["a", "b"], "state": ["done", "open"],
        ...                       "day": pd.to_datetime(["2024-01-01", "2024-01-11"])})
        >>> steps = pd.DataFrame({"step": ["a", "b"], "order": [1, 2]})
        >>> step_times(cases, steps, pd.Timestamp("2024-12-31"))[["days", "event"]].values.tolist()
        [[10, True]]
    """
    ordered = steps.sort_values("order", kind="stable")["step"].tolist()
    first = (
        cases.sort_values("day")
        .groupby(["case", "step"], sort=True)
        .agg(day=("day", "min"), state=("state", "last"))
    )
    rows = []
    for current, following in itertools.pairwise(ordered):
        if current not in first.index.get_level_values("step"):
            continue
        here = first.xs(current, level="step")
        there = (
            first.xs(following, level="step")["day"]
            if following in first.index.get_level_values("step")
            else pd.Series(dtype="datetime64[ns]")
        )
        joined = here.join(there.rename("arrival"), how="left")
        event = joined["arrival"].notna()
        # A case done here that never shows at the next step was not due there any more.
        due = event | joined["state"].isin(["open", "lost"])
        joined, event = joined[due], event[due]
        end = joined["arrival"].where(event, reference)
        end = end.where(event | (joined["state"] != "lost"), joined["day"])
        days = (end - joined["day"]).dt.days
        rows.append(
            pd.DataFrame(
                {
                    "case": joined.index,
                    "step": current,
                    "next_step": following,
                    "days": days.to_numpy(),
                    "event": event.to_numpy(),
                }
            )
        )
    columns = ["case", "step", "next_step", "days", "event"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
