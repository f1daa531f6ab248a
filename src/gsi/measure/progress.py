"""Progress of an action by its kind of target, and its weighted sum.

Kinds of target (tipo_meta), base B, executed E, reference P (programmed to date, or final target):

    stock, flujo, acumulado     E / P                 (a level kept, a period's flow, a running sum)
    capacidad                   (E − B) / (P − B)     (what is added to the base)
    reduccion                   (B − E) / (B − P)     (what is taken from the base)
    reduccion_anual             the same, B being the level at the end of the year before

Source: kinds of target of the national follow-up of plans (DNP, Sinergia and Kit de planeación
territorial). Not programmed (NP, a missing reference) is not zero: it takes no part in any sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Kind = Literal["stock", "flujo", "acumulado", "capacidad", "reduccion", "reduccion_anual"]
State = Literal["measured", "not_programmed", "not_reported", "met_at_base", "undefined"]
RATIO = ("stock", "flujo", "acumulado")
FALLING = ("reduccion", "reduccion_anual")
KINDS = (*RATIO, "capacidad", *FALLING)


@dataclass(frozen=True)
class Progress:
    """How far an action got.

    Attributes:
        percent: of the reference (may be negative or over 100; NaN unless there is one).
        state: why there is a percent, or none.
    Example:
        >>> print(physical("stock", 0, 80, 60))
        75.0 % (measured)
    """

    percent: float
    state: State

    def __str__(self) -> str:
        percent = "no percent" if np.isnan(self.percent) else f"{self.percent:.1f} %"
        return f"{percent} ({self.state})"


def physical(kind: str, base: float, reference: float, executed: float) -> Progress:
    """Progress of ``executed`` towards ``reference``, as the kind of target asks.

    A missing reference is NP; a missing execution was not reported. Where the base already meets
    the reference, nothing was left to do: 100 while it is still met and 0 once it is lost
    ('met_at_base'). A zero reference of a ratio has no percent ('undefined').

    Parameters:
        kind: one of :data:`KINDS`; ``base``, ``reference``, ``executed``: in the target's unit.
    Returns:
        Percent and its state.
    Raises:
        ValueError: an unknown kind.
    Source:
        The module's formulas (DNP, Sinergia).
    Example:
        From 20 down to 5, with 11 reached: 9 of 15.

        >>> physical("reduccion", 20, 5, 11).percent
        60.0
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of target: {kind}")
    if np.isnan(reference):
        return Progress(float("nan"), "not_programmed")
    if np.isnan(executed):
        return Progress(float("nan"), "not_reported")
    if kind in RATIO:
        if reference == 0:
            return Progress(float("nan"), "undefined")
        return Progress(100 * executed / reference, "measured")
    sign = -1.0 if kind in FALLING else 1.0
    distance = sign * (reference - base)
    if np.isnan(distance):
        return Progress(float("nan"), "undefined")
    if distance <= 0:
        kept = sign * (executed - reference) >= 0
        return Progress(100.0 if kept else 0.0, "met_at_base")
    return Progress(100 * sign * (executed - base) / distance, "measured")


def fell_back(kind: str, base: float, executed: float, *, closed: bool) -> bool:
    """Whether ``executed`` is worse than the base, whatever kind the target is.

    What is done in a period is held against that of another period once it is ``closed``: half a
    year does not fall back from a whole one.

    Parameters:
        kind: one of :data:`KINDS`; ``base``, ``executed``: in the target's unit, NaN if not known.
        closed: the period is over.
    Returns:
        True only where both are known.
    Source:
        The module's kinds of target.
    Example:
        >>> fell_back("reduccion", 20, 22, closed=False), fell_back("flujo", 100, 40, closed=False)
        (True, False)
    """
    if np.isnan(base) or np.isnan(executed) or (kind == "flujo" and not closed):
        return False
    return executed > base if kind in FALLING else executed < base


def financial(obligated: float, budget: float) -> float:
    """Obligated of the definitive budget.

    Parameters:
        obligated, budget: in one currency.
    Returns:
        Percent; NaN without report or budget.
    Source:
        Budget execution as of the national follow-up of plans (DNP, Kit de planeación territorial).
    Example:
        >>> financial(30.0, 120.0)
        25.0
    """
    if np.isnan(obligated) or np.isnan(budget) or budget == 0:
        return float("nan")
    return 100 * obligated / budget


def base_of_year(kind: str, base: float, cut: pd.Timestamp, reports: pd.DataFrame) -> float:
    """The base of a cut: for ``reduccion_anual`` the last level reported in an earlier year.

    Parameters:
        kind: one of :data:`KINDS`; ``base``: the plan's own; ``cut``: the day.
        reports: ``fecha_corte`` and ``ejecutado`` of the action.
    Returns:
        The base, in the target's unit. Every other kind, and the first year, keep the plan's own.
    Source:
        The module's kinds of target.
    Example:
        >>> days = pd.to_datetime(["2023-12-31", "2024-06-30"])
        >>> seen = pd.DataFrame({"fecha_corte": days, "ejecutado": [15.0, 14.0]})
        >>> base_of_year("reduccion_anual", 20.0, pd.Timestamp("2024-12-31"), seen)
        15.0
    """
    if kind != "reduccion_anual":
        return base
    earlier = reports[
        (reports["fecha_corte"].dt.year < cut.year) & reports["ejecutado"].notna()
    ].sort_values("fecha_corte")
    return base if earlier.empty else float(earlier["ejecutado"].iloc[-1])


def weighted(percent: pd.Series, weight: pd.Series, state: pd.Series, cap: float) -> float:
    """Weighted mean progress of actions that had something programmed.

    Each action counts between 0 and ``cap`` (one action's excess does not pay for another's
    delay); an action that should have reported and did not counts 0, so that silence never helps.
    NP and undefined ones take no part.

    Parameters:
        percent, weight, state: one row an action; percents, weights ≥ 0, :data:`State`.
        cap: the most that an action counts, in percent.
    Returns:
        Percent; NaN when no action is left or their weights are 0.
    Source:
        National follow-up of plans (DNP, Kit de planeación territorial): weighted, capped progress.
    Example:
        >>> state = pd.Series(["measured", "not_reported", "not_programmed"])
        >>> percent = pd.Series([150.0, float("nan"), float("nan")])
        >>> weighted(percent, pd.Series([1, 1, 8]), state, 100)
        50.0
    """
    counted = state.isin(["measured", "met_at_base", "not_reported"])
    values = percent[counted].fillna(0.0).clip(0.0, cap)
    weights = weight[counted]
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total > 0 else float("nan")
