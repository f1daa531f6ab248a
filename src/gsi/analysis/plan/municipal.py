"""The plans of a department's municipalities: each is its municipality's, none the department's."""

from __future__ import annotations

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.plan.cuts import at_cut, weighted
from gsi.analysis.results import Column, Fact, Section, Table, count, flag, names, text
from gsi.analysis.steps import step
from gsi.contract import places, versions
from gsi.ground.locale import enumeration

COLUMNS = ["municipio", "name", "version", "adopted_on", "actions", "budget", "cut", "physical"]


@step
def municipal_plans(context: Context) -> Section:
    """Section ``plans``: which municipalities of a department have a plan, and how each goes.

    One row a municipality with a plan in force at the end of the follow-up year: version, day it
    was adopted, actions, budget (pesos), last cut and weighted physical progress there (percent;
    empty without reports). Nothing in a municipality's own report.
    """
    if not context.territory.is_department:
        return Section("plans")
    every = context.data.versions(whole=True)
    reports = common.until(context.data.department("avances"), "fecha_corte", context)
    rows = [
        row
        for code in common.places(context)
        if (row := _row(code, every[every["municipio"] == code], reports, context)) is not None
    ]
    data = pd.DataFrame(rows, columns=COLUMNS)
    # Who has no mayor and no council is asked for no plan; one reported all the same counts.
    kinds = context.data.kinds
    asked = {code: kinds[code] for code in {*places.governed(kinds), *data["municipio"]}}
    facts = {
        "with_plan": count(len(data)),
        "asked": text(places.counted(len(asked), asked)),
        **_ungoverned(context),
        "any": flag(not data.empty),
        # An only municipality without a plan is the department itself.
        "shown": flag(len(common.places(context)) > 1 or not data.empty),
        "names": names(list(data["name"])),
    }
    return Section("plans", facts, {} if data.empty else {"municipal": _table(data)})


def _ungoverned(context: Context) -> dict[str, Fact]:
    """Who of the department has no mayor and no council, in words that begin a sentence."""
    kinds = context.data.kinds
    without = {code: kind for code, kind in kinds.items() if code not in places.governed(kinds)}
    named = enumeration([context.data.names[code] for code in without])
    several = len(without) > delivery.MOST_NAMES
    told = places.counted(len(without), without) if several else named
    return {
        "ungoverned": text(told or None),
        "one_ungoverned": flag(len(without) == 1),
        "several_ungoverned": flag(len(without) > 1),
    }


def _row(
    code: str, every: pd.DataFrame, reports: pd.DataFrame, context: Context
) -> dict[str, object] | None:
    """A municipality's plan in force; None where it has none. ``every``: all its versions."""
    if every.empty:
        return None
    plan = versions.at(every, common.reference(context))
    plan = plan[versions.kept(plan)]
    if plan.empty:
        return None
    own = reports[reports["accion"].isin(every["accion"])]
    adopted = plan["fecha_adopcion"].min()
    row: dict[str, object] = {
        "municipio": code,
        "name": context.data.names[code],
        "version": int(versions.version_of(plan).iloc[0]),
        "adopted_on": None if pd.isna(adopted) else adopted.date(),
        "actions": len(plan),
        "budget": float(plan["presupuesto"].sum()),
        "cut": None,
        "physical": float("nan"),
    }
    if not own.empty:
        cut, settings = own["fecha_corte"].max(), context.params.plan.monitor
        row["cut"] = cut.date()
        row["physical"] = weighted(at_cut(every, own, cut, settings), settings)
    return row


def _table(data: pd.DataFrame) -> Table:
    return Table(
        data,
        {
            "name": Column("Municipio"),
            "version": Column("Versión", "count"),
            "adopted_on": Column("Adoptado el", "date"),
            "actions": Column("Acciones", "count"),
            "budget": Column("Presupuesto", "money"),
            "cut": Column("Último corte", "date"),
            "physical": Column("Avance físico", "percent", 0),
        },
    )
