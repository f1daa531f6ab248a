"""The adopted plan followed up: progress at each cut, weighted sums, alerts, what to adjust."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.labels import ALERTS, OUTLOOKS, TARGETS
from gsi.analysis.plan import both
from gsi.analysis.plan.adjustments import adjusted, log_table, versions_table
from gsi.analysis.plan.catalogue import measures
from gsi.analysis.plan.cuts import alerts as alerts_of
from gsi.analysis.plan.cuts import at_cut, financial, weighted
from gsi.analysis.plan.outlook import outlooks
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    date,
    flag,
    money,
    percent,
    text,
    write_value,
)
from gsi.analysis.steps import step
from gsi.contract import versions
from gsi.contract.params.plan import MonitorSettings
from gsi.contract.vocabulary import KEYS, OBJECTIVES, RIGHTS, OutlookState, ProgressState

NO_PLAN = Gap("plan_accion", "sin un plan reportado no hay a qué hacer seguimiento")
UNSAID = (OutlookState.UNCERTAIN, OutlookState.SINGLE, OutlookState.NONE)
REPORTED = (ProgressState.MEASURED, ProgressState.MET_AT_BASE, ProgressState.UNDEFINED)
NO_REPORTS = Gap("avances", "sin reportes de avance no se sabe si el plan se cumple")


@step
def monitor(context: Context) -> Section:
    """Section ``plan``: the adopted plan at its cuts up to the end of the follow-up year.

    Physical progress is against what was programmed to each cut; progress to the final target and
    financial progress are against the whole action.
    """
    every = context.data.versions()
    if every.empty:
        return Section("plan", gaps=[NO_PLAN])
    plan = versions.at(every, common.reference(context))
    plan = plan[versions.kept(plan)].sort_values("accion", ignore_index=True)
    if plan.empty:
        return Section("plan", gaps=[NO_PLAN])
    facts = _plan_facts(plan) | _version_facts(plan)
    until = every[every["fecha_adopcion"].isna()
                  | (every["fecha_adopcion"] <= common.reference(context))]  # fmt: skip
    changed = adjusted(until)
    facts |= {"adjustments": count(len(changed)), "any_adjustment": flag(not changed.empty)}
    tables = {
        "adopted": _adopted(plan),
        "versions": versions_table(until),
        "adjustments": log_table(changed),
    }
    settings = context.params.plan.monitor
    reports = common.until(context.data.own("avances"), "fecha_corte", context)
    found = [
        part
        for cut in sorted(reports["fecha_corte"].unique())
        if not (part := at_cut(every, reports, pd.Timestamp(cut), settings)).empty
    ]
    if not found:
        return Section("plan", facts | {"followed": flag(False)}, tables, [NO_REPORTS])
    rows, last = pd.concat(found, ignore_index=True), found[-1].reset_index(drop=True)
    cut = last["cut"].iloc[0]
    alerts = alerts_of(rows, settings)
    ahead = outlooks(last, reports, cut, settings.forecast_confidence)
    return Section(
        "plan",
        facts
        | {"followed": flag(True)}
        | _facts(rows, last, alerts, context)
        | _outlook_facts(ahead, settings),
        tables
        | {
            "progress": _progress_table(last.merge(ahead, on="accion", validate="1:1")),
            "keys": _sums(last, "clave", settings),
            "objectives": _sums(last, "objetivo", settings),
            "cuts": _cuts_table(rows, settings),
            "alerts": _alerts_table(alerts, cut),
            "adjust": _adjust(
                alerts, cut, measures(context.kept).adjustments, both.told(last, context)
            ),
        },
    )


def _plan_facts(plan: pd.DataFrame) -> dict[str, Fact]:
    return {
        "actions": count(len(plan)),
        "budget": money(float(plan["presupuesto"].sum())),
        "first_day": date(plan["inicio"].min().date()),
        "last_day": date(plan["fin"].max().date()),
        "keys": count(int(plan["clave"].nunique())),
        "keys_missing": _clauses([KEYS[k] for k in KEYS if k not in set(plan["clave"])]),
        "all_keys": flag(set(KEYS) <= set(plan["clave"])),
    }


def _version_facts(plan: pd.DataFrame) -> dict[str, Fact]:
    """Which version holds, when it was adopted and by which record; unknown where not written."""
    day, record = plan["fecha_adopcion"].min(), plan["acta"].dropna()
    return {
        "version": count(int(versions.version_of(plan).iloc[0])),
        "adopted_on": date(None if pd.isna(day) else day.date()),
        "dated": flag(not pd.isna(day)),
        "record": Fact(None if record.empty else str(record.iloc[0]), "text"),
    }


def _outlook_facts(ahead: pd.DataFrame, settings: MonitorSettings) -> dict[str, Fact]:
    """How many actions end in each way at the present pace."""
    facts: dict[str, Fact] = {
        f"outlook_{state}": count(int((ahead["outlook"] == state).sum())) for state in OUTLOOKS
    }
    going = ahead[~ahead["outlook"].isin([OutlookState.MET, OutlookState.UNMET])]
    unlikely = ahead[ahead["outlook"] == OutlookState.UNLIKELY]
    return facts | {
        "outlook_open": count(len(going)),
        "any_open": flag(not going.empty),
        "outlook_unsaid": count(int(going["outlook"].isin(UNSAID).sum())),
        "any_unlikely": flag(not unlikely.empty),
        "unlikely_names": Fact(list(unlikely["accion"]), "names"),
        "forecast_confidence": percent(100 * settings.forecast_confidence, 0),
    }


def _clauses(values: list[str]) -> Fact:
    """A list of names with the first letter in lower case, as it stands inside a sentence."""
    return Fact([value[0].lower() + value[1:] for value in values], "names")


def _facts(
    rows: pd.DataFrame, last: pd.DataFrame, alerts: pd.DataFrame, context: Context
) -> dict[str, Fact]:
    settings = context.params.plan.monitor
    cut = last["cut"].iloc[0]
    now = alerts[alerts["cut"] == cut]
    physical = weighted(last, settings)
    measured = last["physical"].notna()
    facts: dict[str, Fact] = {
        "cut": date(cut.date()),
        "cuts": count(rows["cut"].nunique()),
        "several_cuts": flag(rows["cut"].nunique() > 1),
        "physical": percent(physical),
        "band": Fact(None if np.isnan(physical) else settings.band(physical), "text"),
        "financial": percent(financial(last)),
        "obligated": money(float(last["obligated"].sum())),
        "measured": count(int(measured.sum())),
        "not_programmed": count(int((last["state"] == ProgressState.NOT_PROGRAMMED).sum())),
        "not_reported": count(int((last["state"] == ProgressState.NOT_REPORTED).sum())),
        "alerts": count(len(now)),
        "alerts_text": text(_alerts_text(now) or None),
        "bands": text(settings.bands_text()),
        "ended_unmet": count(int(last["unmet"].sum())),
        "any_alert": flag(not now.empty),
        "any_event": flag(not alerts.empty),
        "actions_to_adjust": count(now["accion"].nunique()),
        "cap": percent(settings.aggregate_cap, 0),
        "money_from": percent(settings.money_from, 0),
        "progress_below": percent(settings.progress_below, 0),
        "progress_from": percent(settings.progress_from, 0),
        "money_below": percent(settings.money_below, 0),
    }
    cuts = sorted(rows["cut"].unique())
    if len(cuts) > 1:
        before = rows[rows["cut"] == cuts[-2]]
        facts["physical_before"] = percent(weighted(before, settings))
        facts["cut_before"] = date(pd.Timestamp(cuts[-2]).date())
    return facts


def _alerts_text(now: pd.DataFrame) -> str:
    """How many alerts of each kind: ``sin reporte, 1; retroceso, 2``."""
    kinds = now["alert"].value_counts()
    return "; ".join(f"{ALERTS[code]}, {kinds[code]}" for code in ALERTS if code in kinds)


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
        ProgressState.NOT_PROGRAMMED: "NP",
        ProgressState.NOT_REPORTED: "sin reporte",
        ProgressState.UNDEFINED: "no se puede calcular",
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
            "outlook_text": Column("Al terminar, a este ritmo"),
        },
    )


def _sums(last: pd.DataFrame, by: str, settings: MonitorSettings) -> Table:
    """Weighted physical and financial progress by key or by objective."""
    rows = []
    for value, part in last.groupby(by, sort=True):
        label = f"{value}. {KEYS[int(str(value))]}" if by == "clave" else OBJECTIVES[str(value)][1]
        physical = weighted(part, settings)
        rows.append(
            {
                by: value,
                "label": label,
                "actions": len(part),
                "weight": float(part["ponderador"].sum()),
                "physical": physical,
                "financial": financial(part),
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
        physical = weighted(part, settings)
        found.append(
            {
                "cut": pd.Timestamp(str(cut)).date(),
                "version": int(part["version"].iloc[0]),
                "physical": physical,
                "financial": financial(part),
                "band": "—" if np.isnan(physical) else settings.band(physical),
                "actions": len(part),
                "not_programmed": int((part["state"] == ProgressState.NOT_PROGRAMMED).sum()),
                "reported": int(part["state"].isin(REPORTED).sum()),
            }
        )
    return Table(
        pd.DataFrame(found),
        {
            "cut": Column("Corte", "date"),
            "version": Column("Versión del plan", "count"),
            "physical": Column("Avance físico", "percent", 1),
            "band": Column("Banda"),
            "financial": Column("Avance financiero", "percent", 1),
            "actions": Column("Acciones del plan", "count"),
            "not_programmed": Column("Sin programar (NP)", "count"),
            "reported": Column("Con avance reportado", "count"),
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


def _adjust(
    alerts: pd.DataFrame,
    cut: pd.Timestamp,
    remedies: Mapping[str, str],
    differing: Mapping[str, Mapping[str, str]],
) -> Table:
    """Actions to adjust after the last cut, how long they have been in alert, and what to do;
    ``differing``: of :func:`gsi.analysis.plan.both.told`."""
    now = alerts[alerts["cut"] == cut]
    times = alerts.groupby(["accion", "alert"])["cut"].nunique()
    frame = now.assign(
        times=[
            int(times[(action, code)])
            for action, code in zip(now["accion"], now["alert"], strict=True)
        ],
        remedy=[
            " ".join([remedies[code], *differing.get(action, {}).values()])
            for action, code in zip(now["accion"], now["alert"], strict=True)
        ],
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
