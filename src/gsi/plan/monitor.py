"""The adopted plan followed up: progress at each cut, weighted sums, alerts, what to adjust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.context import Context
from gsi.keys import common
from gsi.measure import progress
from gsi.params.plan import MonitorSettings
from gsi.plan.catalogue import measures
from gsi.plan.labels import ALERTS, TARGETS
from gsi.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    date,
    decimal,
    flag,
    money,
    percent,
    write_value,
)
from gsi.vocabulary import KEYS, OBJECTIVES, RIGHTS

NO_PLAN = Gap("plan_accion", "sin un plan adoptado no hay a qué hacer seguimiento")
NO_REPORTS = Gap("avances", "sin reportes de avance no se sabe si el plan se cumple")
ADJUST = tuple(code for code in ALERTS if code != "not_programmed")
"""Alerts that ask for an adjustment; an action not yet programmed asks for none."""


def monitor(context: Context) -> Section:
    """Section ``plan``: the adopted plan at its cuts up to the end of the follow-up year.

    Physical progress is against what was programmed to each cut; progress to the final target and
    financial progress are against the whole action.
    """
    if not context.data.has("plan_accion"):
        return Section("plan", gaps=[NO_PLAN])
    plan = context.data.own("plan_accion").sort_values("accion", ignore_index=True)
    facts: dict[str, Fact] = {
        "actions": count(len(plan)),
        "budget": money(float(plan["presupuesto"].sum())),
        "first_day": date(plan["inicio"].min().date()),
        "last_day": date(plan["fin"].max().date()),
        "keys": count(int(plan["clave"].nunique())),
        "keys_missing": _clauses([KEYS[k] for k in KEYS if k not in set(plan["clave"])]),
        "all_keys": flag(set(KEYS) <= set(plan["clave"])),
    }
    reports = common.until(context.data.own("avances"), "fecha_corte", context)
    adopted = {"adopted": _adopted(plan)}
    if reports.empty:
        return Section("plan", facts | {"followed": flag(False)}, adopted, [NO_REPORTS])
    settings = context.params.plan.monitor
    cuts = sorted(reports["fecha_corte"].unique())
    rows = pd.concat(
        [_at_cut(plan, reports, pd.Timestamp(cut), settings) for cut in cuts], ignore_index=True
    )
    last = rows[rows["cut"] == pd.Timestamp(cuts[-1])].reset_index(drop=True)
    alerts = _alerts(rows, settings)
    return Section(
        "plan",
        facts | {"followed": flag(True)} | _facts(rows, last, alerts, context),
        adopted
        | {
            "progress": _progress_table(last),
            "keys": _sums(last, "clave", settings),
            "objectives": _sums(last, "objetivo", settings),
            "cuts": _cuts_table(rows, settings),
            "alerts": _alerts_table(alerts, last["cut"].iloc[0]),
            "adjust": _adjust(alerts, last["cut"].iloc[0], measures().adjustments),
        },
    )


def _clauses(values: list[str]) -> Fact:
    """A list of names with the first letter in lower case, as it stands inside a sentence."""
    return Fact([value[0].lower() + value[1:] for value in values], "names")


def _at_cut(
    plan: pd.DataFrame, reports: pd.DataFrame, cut: pd.Timestamp, settings: MonitorSettings
) -> pd.DataFrame:
    """One row an action: state, physical, final and financial progress at a cut."""
    rows = []
    for _, action in plan.iterrows():
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
        "band": "",
    }
    if now.empty:
        # Obligations are a running sum: what was reported before is still obligated.
        before = own[own["fecha_corte"] < cut].sort_values("fecha_corte")["obligado"].dropna()
        empty["obligated"] = np.nan if before.empty else float(before.iloc[-1])
        started = action["inicio"] <= cut
        return empty | {"state": "not_reported" if started else "not_programmed"}
    report = now.iloc[0]
    programmed, executed, obligated = (
        float(report[name]) if pd.notna(report[name]) else float("nan")
        for name in ("programado", "ejecutado", "obligado")
    )
    kind = str(action["tipo_meta"])
    base = progress.base_of_year(kind, float(action["linea_base"]), cut, own)
    found = progress.physical(kind, base, programmed, executed)
    final = progress.physical(kind, base, float(action["meta"]), executed)
    return empty | {
        "programmed": programmed,
        "executed": executed,
        "obligated": obligated,
        "physical": found.percent,
        "final": final.percent,
        "financial": progress.financial(obligated, float(action["presupuesto"])),
        "state": found.state,
        "band": "" if np.isnan(found.percent) else settings.band(found.percent),
    }


def alert_of(row: pd.Series, settings: MonitorSettings) -> list[str]:
    """Alerts of an action at a cut; a setback is not told twice as money without progress."""
    if row["state"] == "not_reported":
        return ["no_report"]
    if row["state"] == "not_programmed":
        spent = row["obligated"] > 0
        return ["money_without_progress"] if spent else ["not_programmed"]
    found = []
    physical, financial = row["physical"], row["financial"]
    if physical < 0:
        found.append("negative_progress")
    elif physical < settings.progress_below and financial >= settings.money_from:
        found.append("money_without_progress")
    if physical >= settings.progress_from and financial < settings.money_below:
        found.append("progress_without_money")
    if physical > settings.over or financial > settings.over:
        found.append("over_hundred")
    return found


def _alerts(rows: pd.DataFrame, settings: MonitorSettings) -> pd.DataFrame:
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


def _facts(
    rows: pd.DataFrame, last: pd.DataFrame, alerts: pd.DataFrame, context: Context
) -> dict[str, Fact]:
    settings = context.params.plan.monitor
    cut = last["cut"].iloc[0]
    now = alerts[(alerts["cut"] == cut) & alerts["alert"].isin(ADJUST)]
    physical = _weighted(last, settings)
    measured = last["physical"].notna()
    facts: dict[str, Fact] = {
        "cut": date(cut.date()),
        "cuts": count(rows["cut"].nunique()),
        "several_cuts": flag(rows["cut"].nunique() > 1),
        "physical": percent(physical),
        "band": Fact(None if np.isnan(physical) else settings.band(physical), "text"),
        "financial": percent(_financial(last)),
        "obligated": money(float(last["obligated"].sum())),
        "measured": count(int(measured.sum())),
        "not_programmed": count(int((last["state"] == "not_programmed").sum())),
        "not_reported": count(int((last["state"] == "not_reported").sum())),
        "alerts": count(len(now)),
        "any_alert": flag(not now.empty),
        "any_event": flag(not alerts.empty),
        "actions_to_adjust": count(now["accion"].nunique()),
        "cap": percent(settings.aggregate_cap, 0),
        "money_from": percent(settings.money_from, 0),
        "progress_below": percent(settings.progress_below, 0),
        "progress_from": percent(settings.progress_from, 0),
        "money_below": percent(settings.money_below, 0),
    }
    for code in ALERTS:
        facts[f"alert_{code}"] = count(int((alerts[alerts["cut"] == cut]["alert"] == code).sum()))
    cuts = sorted(rows["cut"].unique())
    if len(cuts) > 1:
        before = rows[rows["cut"] == cuts[-2]]
        facts["physical_before"] = percent(_weighted(before, settings))
        facts["cut_before"] = date(pd.Timestamp(cuts[-2]).date())
        facts["physical_gain"] = decimal(physical - _weighted(before, settings), 1)
    return facts


def _weighted(rows: pd.DataFrame, settings: MonitorSettings) -> float:
    return progress.weighted(
        rows["physical"], rows["ponderador"], rows["state"], settings.aggregate_cap
    )


def _financial(rows: pd.DataFrame) -> float:
    """Obligated of the budget of actions that had something programmed."""
    counted = rows[rows["state"] != "not_programmed"]
    budget = float(counted["presupuesto"].sum())
    return progress.financial(float(counted["obligated"].sum()), budget)


def _adopted(plan: pd.DataFrame) -> Table:
    frame = plan.assign(
        key_label=plan["clave"].map(lambda key: f"{key}. {KEYS[int(key)]}"),
        right_label=plan["categoria_derecho"].map(RIGHTS),
        objective_label=plan["objetivo"].map(lambda name: OBJECTIVES[name][1]),
        kind_label=plan["tipo_meta"].map(TARGETS),
        target_text=[
            f"de {_plain(base)} a {_plain(target)} {unit}"
            for base, target, unit in zip(
                plan["linea_base"], plan["meta"], plan["unidad"], strict=True
            )
        ],
    )
    return Table(
        frame,
        {
            "accion": Column("Acción"),
            "descripcion": Column("Qué se va a hacer"),
            "clave": Column("Clave", "count"),
            "indicador": Column("Indicador"),
            "target_text": Column("Meta"),
            "responsable": Column("Responsable"),
            "presupuesto": Column("Presupuesto", "money"),
        },
    )


def _plain(value: float) -> str:
    return write_value(value, "decimal", 0 if float(value).is_integer() else 1)


def _progress_table(last: pd.DataFrame) -> Table:
    states = {
        "not_programmed": "NP",
        "not_reported": "sin reporte",
        "undefined": "no se puede calcular",
    }
    frame = last.assign(
        physical_text=[
            states.get(state) or write_value(value, "percent", 0)
            for state, value in zip(last["state"], last["physical"], strict=True)
        ],
        band_text=last["band"].where(last["band"] != "", "—"),
    ).sort_values(["clave", "accion"], ignore_index=True)
    return Table(
        frame,
        {
            "accion": Column("Acción"),
            "descripcion": Column("Qué se va a hacer"),
            "physical_text": Column("Avance físico"),
            "band_text": Column("Banda"),
            "final": Column("De la meta final", "percent", 0),
            "financial": Column("Avance financiero", "percent", 0),
            "responsable": Column("Responsable"),
        },
    )


def _sums(last: pd.DataFrame, by: str, settings: MonitorSettings) -> Table:
    """Weighted physical and financial progress by key or by objective."""
    rows = []
    for value, part in last.groupby(by, sort=True):
        label = f"{value}. {KEYS[int(str(value))]}" if by == "clave" else OBJECTIVES[str(value)][1]
        physical = _weighted(part, settings)
        rows.append(
            {
                by: value,
                "label": label,
                "actions": len(part),
                "weight": float(part["ponderador"].sum()),
                "physical": physical,
                "financial": _financial(part),
                "band": "—" if np.isnan(physical) else settings.band(physical),
            }
        )
    return Table(
        pd.DataFrame(rows),
        {
            "label": Column("Clave" if by == "clave" else "Objetivo de política"),
            "actions": Column("Acciones", "count"),
            "weight": Column("Peso en el plan", "decimal", 0),
            "physical": Column("Avance físico", "percent", 0),
            "financial": Column("Avance financiero", "percent", 0),
            "band": Column("Banda"),
        },
    )


def _cuts_table(rows: pd.DataFrame, settings: MonitorSettings) -> Table:
    found = []
    for cut, part in rows.groupby("cut", sort=True):
        physical = _weighted(part, settings)
        found.append(
            {
                "cut": pd.Timestamp(str(cut)).date(),
                "physical": physical,
                "financial": _financial(part),
                "band": "—" if np.isnan(physical) else settings.band(physical),
                "reported": int(part["state"].isin(["measured", "met_at_base", "undefined"]).sum()),
                "actions": len(part),
            }
        )
    return Table(
        pd.DataFrame(found),
        {
            "cut": Column("Corte", "date"),
            "physical": Column("Avance físico", "percent", 1),
            "band": Column("Banda"),
            "financial": Column("Avance financiero", "percent", 1),
            "reported": Column("Acciones con avance reportado", "count"),
            "actions": Column("Acciones del plan", "count"),
        },
    )


def _alerts_table(alerts: pd.DataFrame, cut: pd.Timestamp) -> Table:
    """Alerts of every cut, the last cut's first."""
    order = {code: place for place, code in enumerate(ALERTS)}
    frame = alerts.assign(_order=alerts["alert"].map(order), _old=alerts["cut"] != cut)
    frame = frame.sort_values(
        ["_old", "cut", "_order", "accion"], ascending=[True, False, True, True], ignore_index=True
    ).drop(columns=["_order", "_old"])
    frame["cut"] = [moment.date() for moment in frame["cut"]]
    return Table(
        frame,
        {
            "cut": Column("Corte", "date"),
            "accion": Column("Acción"),
            "descripcion": Column("Qué se va a hacer"),
            "alert_text": Column("Alerta"),
            "physical": Column("Avance físico", "percent", 0),
            "financial": Column("Avance financiero", "percent", 0),
            "responsable": Column("Responsable"),
        },
    )


def _adjust(alerts: pd.DataFrame, cut: pd.Timestamp, remedies: Mapping[str, str]) -> Table:
    """Actions to adjust after the last cut, how long they have been in alert, and what to do."""
    now = alerts[(alerts["cut"] == cut) & alerts["alert"].isin(ADJUST)]
    times = alerts.groupby(["accion", "alert"])["cut"].nunique()
    frame = now.assign(
        times=[
            int(times[(action, code)])
            for action, code in zip(now["accion"], now["alert"], strict=True)
        ],
        remedy=now["alert"].map(dict(remedies)),
        _order=now["alert"].map({code: place for place, code in enumerate(ALERTS)}),
    )
    frame = frame.sort_values(["_order", "accion"], ignore_index=True)
    return Table(
        frame[
            ["accion", "descripcion", "alert", "alert_text", "times", "remedy", "responsable",
             "physical", "financial"]
        ],
        {
            "accion": Column("Acción"),
            "descripcion": Column("Qué se va a hacer"),
            "alert_text": Column("Por qué"),
            "times": Column("Cortes en alerta", "count"),
            "remedy": Column("Ajuste que se propone"),
            "responsable": Column("Responsable"),
        },
    )  # fmt: skip
