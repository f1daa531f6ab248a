"""Where an action arrives at its present pace, and how far that can be trusted.

Two simple models, by what the kind of target measures:

* **Path** (``acumulado``, ``capacidad``, ``reduccion``, ``reduccion_anual``): a level that moves
  from a known start. Steady pace with independent shocks, dE = r·dt + σ·dW (random walk with
  drift). Over n stretches of lengths τ (sum T) with moves D: r = ΣD / T;
  s² = Σ (D − r·τ)² / τ / (n − 1); h days ahead the expected value is E + r·h and its prediction
  variance s²·h·(1 + h/T), with Student's t of n − 1 degrees of freedom. With equal stretches it is
  the drift method of Hyndman and Athanasopoulos, *Forecasting: Principles and Practice* (3rd ed.),
  section 5.5, with t quantiles in place of normal ones.
* **Period** (``stock``, ``flujo``): each cut is judged on its own; the next executed/programmed
  ratio is predicted from the earlier ones: mean ± t·s·√(1 + 1/n).

One stretch or one ratio gives a pace and no uncertainty. A spread of exactly zero gives none
either: not having seen variation is not knowing that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from gsi.measure import progress

State = Literal["met", "unmet", "likely", "unlikely", "uncertain", "single", "none"]
STATES: tuple[State, ...] = ("met", "unmet", "likely", "unlikely", "uncertain", "single", "none")


@dataclass(frozen=True)
class Prediction:
    """Expected value and its prediction interval.

    Attributes:
        value: in the unit of what is predicted.
        low, high, error: NaN where there is no uncertainty to tell.
        freedom: degrees of freedom of Student's t.
    Source:
        Hyndman and Athanasopoulos, *Forecasting* (3rd ed., 2021), § 5.5.
    Example:
        >>> print(path([0, 1], [0, 5], 2, 0.8))
        10 (no interval)
    """

    value: float
    low: float
    high: float
    error: float
    freedom: int

    def __str__(self) -> str:
        return f"{self.value:g} ({_range(self.low, self.high)})"


@dataclass(frozen=True)
class Outlook:
    """How an action ends.

    Attributes:
        state: the verdict; ``value``, ``low``, ``high``: in the target's unit.
        probability: of meeting the target under the model, 0-1.
        reports: those used.
    Source:
        The module's two models.
    Example:
        >>> print(Outlook("likely", 120.0, 104.0, 136.0, 0.97, 5))
        likely: 120 (104 to 136), probability 0.97, 5 report(s)
    """

    state: State
    value: float
    low: float
    high: float
    probability: float
    reports: int

    def __str__(self) -> str:
        return (
            f"{self.state}: {self.value:g} ({_range(self.low, self.high)}), "
            f"probability {self.probability:.2g}, {self.reports} report(s)"
        )


def _range(low: float, high: float) -> str:
    return "no interval" if np.isnan(low) else f"{low:g} to {high:g}"


UNKNOWN = float("nan")


def path(times: ArrayLike, values: ArrayLike, horizon: float, level: float) -> Prediction:
    """The level at ``horizon`` of a random walk with drift.

    Parameters:
        times, values: (n,), n ≥ 2, from the start on; times increase, all in one unit of time.
        horizon: the time asked for; ``level``: in (0, 1).
    Returns:
        The prediction; two points give a pace and no uncertainty.
    Raises:
        ValueError: fewer than two points or times that do not increase.
    Source:
        Hyndman and Athanasopoulos (2021), § 5.5, with t quantiles.
    Example:
        Moves of 1 and 3: pace 2, s² = 2; two steps ahead s²·2·(1 + 2/2) = 8.

        >>> found = path([0, 1, 2], [0, 1, 4], 4, 0.8)
        >>> found.value, round(found.error**2, 6), found.freedom
        (8.0, 8.0, 1)
    """
    when, seen = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    stretch, move = np.diff(when), np.diff(seen)
    if len(move) < 1 or (stretch <= 0).any():
        raise ValueError("a path needs two points at increasing times")
    total, ahead = float(stretch.sum()), horizon - float(when[-1])
    pace = float(move.sum()) / total
    expected, freedom = float(seen[-1]) + pace * ahead, len(move) - 1
    if freedom == 0:
        return Prediction(expected, UNKNOWN, UNKNOWN, UNKNOWN, 0)
    spread = float((((move - pace * stretch) ** 2) / stretch).sum()) / freedom
    return _with_interval(expected, np.sqrt(spread * ahead * (1 + ahead / total)), freedom, level)


def repeated(ratios: ArrayLike, level: float) -> Prediction:
    """The next of some independent ratios of one distribution.

    Parameters:
        ratios: (n,), n ≥ 1; ``level``: in (0, 1).
    Returns:
        Mean ± t·s·√(1 + 1/n); one ratio gives no uncertainty.
    Raises:
        ValueError: no ratio.
    Source:
        Prediction interval of a normal sample: Hahn and Meeker (1991), § 4.7.
    Example:
        >>> found = repeated([1.0, 3.0], 0.8)
        >>> found.value, round(found.error**2, 6)
        (2.0, 3.0)
    """
    seen = np.asarray(ratios, dtype=np.float64)
    if not len(seen):
        raise ValueError("no ratio to predict from")
    expected, freedom = float(seen.mean()), len(seen) - 1
    if freedom == 0:
        return Prediction(expected, UNKNOWN, UNKNOWN, UNKNOWN, 0)
    error = float(seen.std(ddof=1)) * np.sqrt(1 + 1 / len(seen))
    return _with_interval(expected, error, freedom, level)


def _with_interval(expected: float, error: float, freedom: int, level: float) -> Prediction:
    # Rounding leaves a crumb where the pace never varied.
    if error <= 1e-9 * max(abs(expected), 1.0):
        return Prediction(expected, UNKNOWN, UNKNOWN, UNKNOWN, freedom)
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * float(error)
    return Prediction(expected, expected - half, expected + half, float(error), freedom)


def outlook(
    kind: str,
    base: float,
    target: float,
    start: pd.Timestamp,
    end: pd.Timestamp,
    cut: pd.Timestamp,
    reports: pd.DataFrame,
    level: float,
    *,
    whole: bool = False,
) -> Outlook:
    """How an action of ``kind`` ends if its pace goes on, seen from ``cut``.

    ``met``/``unmet``: known already (ended, or a path's target reached). ``likely``/``unlikely``:
    the whole interval at ``level`` meets or misses the target; ``uncertain``: it holds both.
    ``single``: a pace without uncertainty. ``none``: nothing to go by.

    Parameters:
        kind: one of :data:`gsi.measure.progress.KINDS`; ``base``, ``target``: in its unit.
        start, end: of the action; ``cut``: the day it is seen from.
        reports: ``fecha_corte``, ``programado``, ``ejecutado`` of the action. Reports after
            the cut, not after the start, without execution, or of nothing programmed (NP) are
            left out.
        level: in (0, 1).
        whole: of what is counted in whole units the interval is the whole units that hold it, one
            to each side of the expected at least, and the verdict is of that interval.
    Returns:
        The verdict with the value it rests on.
    Raises:
        ValueError: an unknown kind.
    Source:
        The module's two models.
    Example:
        >>> day = pd.Timestamp
        >>> seen = pd.DataFrame({"fecha_corte": [day("2024-07-01")], "programado": [50.0],
        ...                      "ejecutado": [110.0]})
        >>> outlook("acumulado", 0, 100, day("2024-01-01"), day("2024-12-31"), day("2024-08-01"),
        ...         seen, 0.8).state
        'met'
    """
    if kind not in progress.KINDS:
        raise ValueError(f"unknown kind of target: {kind}")
    day = reports["fecha_corte"]
    used = reports[
        (day <= cut) & (day > start) & reports["ejecutado"].notna() & reports["programado"].notna()
    ].sort_values("fecha_corte")
    n = len(used)
    if n == 0 or np.isnan(target):
        return Outlook("none", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, n)
    last = float(used["ejecutado"].iloc[-1])
    sign = -1.0 if kind in progress.FALLING else 1.0
    period = kind in ("stock", "flujo")
    reached = sign * (last - target) >= 0
    if end <= cut or (reached and not period):
        return Outlook("met" if reached else "unmet", last, UNKNOWN, UNKNOWN, UNKNOWN, n)
    if period:
        programmed = used["programado"].to_numpy(np.float64)
        valid = programmed != 0
        if not valid.any():
            return Outlook("none", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, n)
        ratio = used["ejecutado"].to_numpy(np.float64)[valid] / programmed[valid]
        found = _scaled(repeated(ratio, level), target)
    else:
        # A running sum starts from nothing; the other kinds from their base.
        first = 0.0 if kind == "acumulado" else base
        if np.isnan(first):
            return Outlook("none", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, n)
        days = (used["fecha_corte"] - start).dt.days.to_numpy(np.float64)
        found = path(
            [0.0, *days], [first, *used["ejecutado"].astype("float64")], (end - start).days, level
        )
    if np.isnan(found.error):
        return Outlook("single", found.value, UNKNOWN, UNKNOWN, UNKNOWN, n)
    low, high = _in_whole_units(found) if whole else (found.low, found.high)
    if kind == "acumulado":
        low = max(low, last)  # a running sum does not fall
    elif min(target, used["ejecutado"].min()) >= 0 and not base < 0:
        low = max(low, 0.0)  # days, places and rates are not negative
    chance = float(stats.t.cdf(sign * (found.value - target) / found.error, found.freedom))
    worst, best = (low, high) if sign > 0 else (high, low)
    state: State = "uncertain"
    if sign * (worst - target) >= 0:
        state = "likely"
    elif sign * (best - target) < 0:
        state = "unlikely"
    return Outlook(state, found.value, low, high, chance, n)


def _in_whole_units(found: Prediction) -> tuple[float, float]:
    """The whole units that hold the interval, one to each side of the expected at least."""
    told = float(np.round(found.value))
    # A crumb of rounding is not one unit more.
    low, high = np.floor(round(found.low, 9)), np.ceil(round(found.high, 9))
    return min(float(low), told - 1), max(float(high), told + 1)


def _scaled(found: Prediction, by: float) -> Prediction:
    return Prediction(
        found.value * by, found.low * by, found.high * by, found.error * abs(by), found.freedom
    )
