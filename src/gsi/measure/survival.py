"""Routes of care: how far cases get, how long each step takes, where they are lost.

A case is a sequence of rows (case, step, day it reached the step, state). Times between steps are
estimated by Kaplan-Meier (statsmodels), cases still waiting being censored; a case lost before the
next step is a competing end, censored on the day it was last seen, which assumes that lost cases
would have waited like the others: the report says so.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Duration:
    """Median time to an event and its interval (same unit as the input); NaN: not reached."""

    median: float
    low: float
    high: float
    events: int
    n: int


def kaplan_meier_median(time: np.ndarray, event: np.ndarray, level: float = 0.95) -> Duration:
    """Median survival time with its interval by inverted log-log bands (Brookmeyer-Crowley).

    ``time`` (n,) ≥ 0; ``event`` (n,) bool: reached. NaN where the curve never falls to one half
    (median) or the band never does (a bound).
    """
    times = np.asarray(time, dtype=float)
    happened = np.asarray(event, dtype=bool)
    if (times < 0).any():
        raise ValueError("times must not be negative")
    events, n = int(happened.sum()), len(times)
    if events == 0:
        return Duration(float("nan"), float("nan"), float("nan"), 0, n)
    from statsmodels.duration.survfunc import SurvfuncRight

    # A zero time is a same-day step; SurvfuncRight accepts it as a first event time.
    curve = SurvfuncRight(times, happened.astype(int))
    steps = np.asarray(curve.surv_times)
    reached = np.asarray(curve.surv_prob) <= 0.5 + 1e-12
    median = float(steps[reached][0]) if reached.any() else float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = curve.quantile_ci(0.5, alpha=1 - level, method="cloglog")
    if np.isnan(low) and np.isnan(high):
        # The whole band jumps past one half on a single day: the interval is that day.
        low = high = median
    return Duration(median, _finite(low), _finite(high), events, n)


def funnel(cases: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """One row a step, in order: how many cases reached it and what became of them there.

    ``cases``: case, step, state (open/done/lost by the caller's three words already mapped to
    'open', 'done', 'lost'). ``steps``: step, order. Returned columns: step, order, reached,
    done, lost, open. A case that shows at a step has reached every step before it, reported or
    not, so ``reached`` never rises along the route.
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

    ``cases``: case, step, day (datetime64), state; ``steps``: step, order, in any order. One row
    a case and step that has a next one: case, step, next_step, days, event. A case that shows at
    a later step only is not timed on the skipped one. Open cases are censored at ``reference``,
    lost ones on the day they were last seen at the step. Negative spans (a later step dated
    before an earlier one) are left out and counted by the caller through ``days < 0``.
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


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")
