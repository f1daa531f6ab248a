"""The actions of a plan at each cut: progress by kind of target, state, alerts, weighted sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.labels import ALERTS, UNMET
from gsi.contract import versions
from gsi.contract.params.plan import MonitorSettings
from gsi.contract.vocabulary import ProgressState
from gsi.measure import progress

TARGET = 100.0  # percent of the final target


def at_cut(
    plan: pd.DataFrame, reports: pd.DataFrame, cut: pd.Timestamp, settings: MonitorSettings
) -> pd.DataFrame:
    """One row an action of the version in force: state and progress at a cut, in percent.

    ``plan``: every version of the territory. Withdrawn actions are not followed.
    """
    rows = []
    current = versions.at(plan, cut)
    for _, action in current[versions.kept(current)].sort_values("accion").iterrows():
        own = reports[reports["accion"] == action["accion"]]
        now = own[own["fecha_corte"] == cut]
        ended = action["fin"] < cut and not own[own["fecha_corte"] < cut].empty
        if now.empty and ended:
            # A finished action keeps its last report: nothing more was due.
            now = own[own["fecha_corte"] < cut].sort_values("fecha_corte").tail(1)
        rows.append(
            {
                **{
                    name: action[name]
                    for name in (
                        "accion", "clave", "categoria_derecho", "objetivo", "descripcion",
                        "indicador", "unidad", "tipo_meta", "linea_base", "meta", "presupuesto",
                        "ponderador", "responsable", "inicio", "fin",
                    )
                },
                "cut": cut,
                "version": int(versions.version_of(current).iloc[0]),
                **_progress(action, own, now, cut, settings),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _progress(
    action: pd.Series,
    own: pd.DataFrame,
    now: pd.DataFrame,
    cut: pd.Timestamp,
    settings: MonitorSettings,
) -> dict[str, Any]:
    empty = {
        "programmed": np.nan,
        "executed": np.nan,
        "obligated": np.nan,
        "physical": np.nan,
        "final": np.nan,
        "financial": np.nan,
        "unmet": False,
        "fell_back": False,
        "band": "",
    }
    budget = float(action["presupuesto"])
    if now.empty:
        # Obligations are a running sum: what was reported before is still obligated.
        before = own[own["fecha_corte"] < cut].sort_values("fecha_corte")["obligado"].dropna()
        spent = np.nan if before.empty else float(before.iloc[-1])
        empty |= {"obligated": spent, "financial": progress.financial(spent, budget)}
        started = action["inicio"] <= cut
        return empty | {
            "state": ProgressState.NOT_REPORTED if started else ProgressState.NOT_PROGRAMMED
        }
    report = now.iloc[0]
    programmed, executed, obligated = (
        float(report[name]) if pd.notna(report[name]) else float("nan")
        for name in ("programado", "ejecutado", "obligado")
    )
    kind, ended = str(action["tipo_meta"]), action["fin"] <= cut
    base = progress.base_of_year(kind, float(action["linea_base"]), cut, own)
    found = progress.physical(kind, base, programmed, executed)
    final = progress.physical(kind, base, float(action["meta"]), executed)
    return empty | {
        "programmed": programmed,
        "executed": executed,
        "obligated": obligated,
        "physical": found.percent,
        "final": final.percent,
        "financial": progress.financial(obligated, budget),
        "state": found.state,
        "fell_back": progress.fell_back(
            kind, base, executed, closed=bool(ended or _closes_year(cut))
        ),
        "unmet": bool(ended and final.percent < TARGET),
        "band": _band(found.percent, bool(ended and final.percent < TARGET), settings),
    }


def _closes_year(cut: pd.Timestamp) -> bool:
    return (cut.month, cut.day) == (12, 31)


def _band(physical: float, unmet: bool, settings: MonitorSettings) -> str:
    """An action that ended short of its target is in no band: what was programmed is past."""
    if unmet:
        return UNMET
    return "" if np.isnan(physical) else settings.band(physical)


def alert_of(row: pd.Series, settings: MonitorSettings) -> list[str]:
    """Alerts of an action at a cut; less than nothing done is not told twice as money without
    progress. An action that is not programmed yet has none."""
    if row["state"] == ProgressState.NOT_REPORTED:
        return ["no_report"]
    if row["state"] == ProgressState.NOT_PROGRAMMED:
        return ["money_without_progress"] if row["obligated"] > 0 else []
    found = ["ended_unmet"] if row["unmet"] else []
    physical, financial = row["physical"], row["financial"]
    if row["fell_back"]:
        found.append("negative_progress")
    if 0 <= physical < settings.progress_below and financial >= settings.money_from:
        found.append("money_without_progress")
    if physical >= settings.progress_from and financial < settings.money_below:
        found.append("progress_without_money")
    if physical > settings.over or financial > settings.over:
        found.append("over_hundred")
    return found


def alerts(rows: pd.DataFrame, settings: MonitorSettings) -> pd.DataFrame:
    """One row an action, cut and alert."""
    found = []
    for _, row in rows.iterrows():
        for code in alert_of(row, settings):
            found.append(
                {
                    "accion": row["accion"],
                    "cut": row["cut"],
                    "alert": code,
                    "alert_text": ALERTS[code],
                    "descripcion": row["descripcion"],
                    "responsable": row["responsable"],
                    "clave": row["clave"],
                    "physical": row["physical"],
                    "financial": row["financial"],
                }
            )
    columns = [
        "accion", "cut", "alert", "alert_text", "descripcion", "responsable", "clave", "physical",
        "financial",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def weighted(rows: pd.DataFrame, settings: MonitorSettings) -> float:
    """Weighted physical progress of some actions at one cut, in percent."""
    return progress.weighted(
        rows["physical"], rows["ponderador"], rows["state"], settings.aggregate_cap
    )


def financial(rows: pd.DataFrame) -> float:
    """Obligated of the whole budget of some actions, whether they had something programmed or not:
    the shares of two cuts are of the same money."""
    return progress.financial(float(rows["obligated"].sum()), float(rows["presupuesto"].sum()))
