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
    """Percent of the reference (may be negative or over 100; ``nan`` unless there is one)."""

    percent: float
    state: State


def physical(kind: str, base: float, reference: float, executed: float) -> Progress:
    """Progress of ``executed`` towards ``reference``, as the kind of target asks.

    A missing reference is NP; a missing execution was not reported. Where the base already meets
    the reference, nothing was left to do: 100 while it is still met and 0 once it is lost
    ('met_at_base'). A zero reference of a ratio has no percent ('undefined').
    Raises ``ValueError`` on an unknown kind.
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
    """
    if np.isnan(base) or np.isnan(executed) or (kind == "flujo" and not closed):
        return False
    return executed > base if kind in FALLING else executed < base


def financial(obligated: float, budget: float) -> float:
    """Obligated of the definitive budget, in percent; ``nan`` without report or budget."""
    if np.isnan(obligated) or np.isnan(budget) or budget == 0:
        return float("nan")
    return 100 * obligated / budget


def base_of_year(kind: str, base: float, cut: pd.Timestamp, reports: pd.DataFrame) -> float:
    """The base of a cut: for ``reduccion_anual`` the last level reported in an earlier year.

    ``reports``: ``fecha_corte`` and ``ejecutado`` of the action. Every other kind, and the first
    year, keep the plan's own base.
    """
    if kind != "reduccion_anual":
        return base
    earlier = reports[
        (reports["fecha_corte"].dt.year < cut.year) & reports["ejecutado"].notna()
    ].sort_values("fecha_corte")
    return base if earlier.empty else float(earlier["ejecutado"].iloc[-1])


def weighted(percent: pd.Series, weight: pd.Series, state: pd.Series, cap: float) -> float:
    """Weighted mean progress in percent of actions that had something programmed.

    Each action counts between 0 and ``cap`` (one action's excess does not pay for another's
    delay); an action that should have reported and did not counts 0, so that silence never helps.
    NP and undefined ones take no part; ``nan`` when none is left or their weights are 0.
    """
    counted = state.isin(["measured", "met_at_base", "not_reported"])
    values = percent[counted].fillna(0.0).clip(0.0, cap)
    weights = weight[counted]
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total > 0 else float("nan")
