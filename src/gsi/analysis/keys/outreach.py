"""Key 4: going to the people: who was reached, who was not, and where the next days reach most."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.common import TOTAL
from gsi.analysis.keys.effect import effect
from gsi.analysis.keys.next_days import next_days
from gsi.analysis.keys.persons import persons
from gsi.analysis.keys.reached import CONTACTS, DIMENSIONS, FATES, Reached, decide_reached
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    decimal,
    flag,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.tables import schema
from gsi.contract.vocabulary import ServiceDay
from gsi.ground.locale import enumeration, fold
from gsi.measure import survey

KINDS = {ServiceDay.SIMULTANEOUS: "Simultáneas", ServiceDay.CONTINUITY: "De continuidad"}
ANSWERS = ("satisfied", "not_satisfied")
WHY = {
    "jornadas": "Sin jornadas reportadas no se sabe dónde han estado las entidades "
    "ni dónde hace falta ir.",
    "atenciones": "Sin atenciones no se sabe cuántas personas distintas recibieron servicios.",
    "personas": "Sin personas identificadas no se sabe cuántas faltan por atender.",
}


@step
def outreach(context: Context, priority: Section) -> Section:
    """Service days, people reached of people identified, next days and effect on living conditions.

    'Reached' is attended in a service day up to the reference date; 'identified' is marked as
    vulnerable at the follow-up cut. Estimates of people carry the weights of their homes. Days
    and people are of the municipalities that reported them (:mod:`gsi.analysis.delivery`); the next
    days go first to the municipalities that ``priority`` calls prioritarios.
    """
    gaps = [Gap(name, why) for name, why in WHY.items() if not context.data.has(name)]
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    days = common.until(context.data.own("jornadas"), "fecha", context)
    if not days.empty:
        facts |= _days(days, context, tables)
    facts["days_known"] = flag(not days.empty)
    known = context.data.has("personas") and context.data.has("atenciones")
    rows = persons(context) if known else pd.DataFrame()
    identified = rows[rows["vulnerable"].fillna(False).astype(bool)] if known else rows
    if known and context.territory.owns(identified["municipio"]).any():
        identified = identified.reset_index(drop=True)
        facts |= _reached(identified, days, context, tables)
        facts |= _satisfaction(context, tables)
        facts |= effect(context, tables)
        places = tables["microterritories"].data
        withheld = set(places.loc[places["withheld"], "place"])
        facts |= next_days(
            identified, rows, withheld, context, tables, priority, shown="not_reached" in facts
        )
    facts["people_known"] = flag("groups" in tables)
    facts.setdefault("effect_known", flag(False))
    facts.setdefault("next_known", flag(False))
    if not facts["next_known"].value:
        facts.setdefault("next_why", text(_no_people(context)))
    if not tables:
        return Section("outreach", gaps=gaps)
    return Section("outreach", facts, tables, gaps)


def _no_people(context: Context) -> str:
    """Why nobody is known who could be gone to."""
    lacking = [
        f"«{schema(n).title}»" for n in ("personas", "atenciones") if not context.data.has(n)
    ]
    if not lacking:
        return "ninguna de las personas reportadas está identificada como vulnerable"
    several = "faltan las tablas" if len(lacking) > 1 else "falta la tabla"
    return f"{several} {enumeration(lacking)}"


def _days(days: pd.DataFrame, context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """Service days held, and which of the relevant entities came.

    Relevant on a day: the entities linked by then (table ``actores``, kind 'entidad') to the
    municipality or to the whole department.
    """
    called = common.entity_names(context)
    present = [
        {called.get(fold(name), name) for name in common.split_list(cell)}
        for cell in days["entidades"]
    ]
    entities = context.data.department("actores")
    entities = entities[entities["tipo"] == "entidad"]
    came = []
    for who, (_, day) in zip(present, days.iterrows(), strict=True):
        linked = entities["fecha_vinculacion"] <= day["fecha"]
        here = entities["municipio"].isin([day["municipio"], context.territory.department])
        relevant = set(entities.loc[linked & here, "nombre"])
        came.append(len(who & relevant) / len(relevant) if relevant else np.nan)
    days = days.assign(entities=[len(who) for who in present], participation=came)
    by_place = days.groupby("municipio").agg(
        days=("jornada", "nunique"),
        simultaneous=("tipo", lambda kind: int((kind == ServiceDay.SIMULTANEOUS).sum())),
        continuity=("tipo", lambda kind: int((kind == ServiceDay.CONTINUITY).sum())),
        entities=("entities", "mean"),
        participation=("participation", "mean"),
    )
    held = delivery.delivered(days, context)
    frame = by_place.reindex(held.reported).rename_axis("municipio").reset_index()
    frame["participation"] *= 100
    frame.insert(1, "name", [context.data.names[code] for code in frame["municipio"]])
    tables["days"] = Table(
        frame,
        {
            "name": Column("Municipio"),
            "days": Column("Jornadas", "count"),
            "simultaneous": Column("Simultáneas", "count"),
            "continuity": Column("De continuidad", "count"),
            "entities": Column("Entidades por jornada", "decimal", 1),
            "participation": Column("Entidades presentes de las relevantes", "percent", 0),
        },
    )
    return {
        "days": count(int(days["jornada"].nunique())),
        "simultaneous_days": count(int((days["tipo"] == ServiceDay.SIMULTANEOUS).sum())),
        "continuity_days": count(int((days["tipo"] == ServiceDay.CONTINUITY).sum())),
        "entities_mean": decimal(float(days["entities"].mean())),
        "participation": percent(float(days["participation"].mean()) * 100, 0),
        "participation_known": flag(bool(days["participation"].notna().any())),
        "first_year": year(int(days["fecha"].dt.year.min())),
        "last_year": year(int(days["fecha"].dt.year.max())),
        "several_years": flag(days["fecha"].dt.year.nunique() > 1),
        **delivery.facts(held, context, "days_"),
    }


def _reached(
    identified: pd.DataFrame, days: pd.DataFrame, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    decided = decide_reached(identified, context)
    own = identified[context.territory.owns(identified["municipio"])].reset_index(drop=True)
    tables["groups"] = _groups(decided, context)
    tables["microterritories"] = _places(own, days, decided, context)
    lagging = tables["microterritories"].data
    lagging = lagging[lagging["share"].notna()].sort_values(
        ["share", "missing", "place"], ascending=[True, False, True]
    )
    tables["lagging"] = Table(
        lagging.head(10).reset_index(drop=True), tables["microterritories"].columns
    )
    # Where no day was reported at all, nobody knows which places had one.
    places = tables["microterritories"].data
    places = places[places["days"].notna()]
    unvisited = places.loc[places["days"] == 0, "place"].tolist()
    mine = decided.municipality.counts.loc[common.row_of(context)]
    facts: dict[str, Fact] = {
        "year": year(context.years.follow_up),
        "microterritories": count(len(places)),
        "microterritories_visited": count(len(places) - len(unvisited)),
        "microterritories_share": percent(
            common.share(len(places) - len(unvisited), len(places)), 0
        ),
        "unvisited": names(unvisited),
        "any_unvisited": flag(bool(unvisited)),
        **delivery.facts(delivery.delivered(own, context), context, "people_"),
    }
    if mine.isna().any():
        return facts
    design = survey.Design.of(own["peso"], stratum=own["municipio"], psu=own["upm"])
    estimate = survey.interval(
        survey.ratio(own["reached"], None, design),
        design,
        context.params.keys.confidence,
        bounded=True,
    )
    weight = own["peso"]
    facts |= {
        "share_known": flag(True),
        "identified": count(float(weight.sum())),
        "reached": count(float(weight[own["reached"]].sum())),
        "not_reached": count(float(weight[~own["reached"]].sum())),
        "reached_share": percent(estimate.value * 100, 0),
        "reached_low": percent(estimate.low * 100, 0),
        "reached_high": percent(estimate.high * 100, 0),
    }
    again = common.row(decided.repeated, context)
    if not pd.isna(again["repeated"]):
        repeated = weight[own["times"] > 1].sum() / weight[own["reached"]].sum()
        facts["repeated_known"] = flag(True)
        facts["repeated_share"] = percent(float(repeated) * 100, 0)
    return facts


def _groups(decided: Reached, context: Context) -> Table:
    """Identified, reached and come back by age group, sex and ethnic group, weighted.

    A share is withheld where the count of people behind one of its sides is.
    """
    mine = decided.rows.loc[context.territory.owns(decided.rows["municipio"])]
    parts = []
    for name, (title, labels) in DIMENSIONS.items():
        reached, missed = (common.row(decided.groups[name, fate], context) for fate in FATES)
        back = common.row(decided.contacts[name], context)
        frame = _shares(
            [(labels[key], mine[mine[name] == key]) for key in labels],
            [pd.isna(reached[key]) or pd.isna(missed[key]) for key in labels],
            [any(pd.isna(back[key, contact]) for contact in CONTACTS) for key in labels],
        )
        frame.insert(0, "dimension", title)
        frame.insert(1, "key", list(labels))
        people = mine[name].value_counts()
        parts.append(frame[[key in people.index for key in labels]])
    return Table(
        pd.concat(parts, ignore_index=True),
        {"dimension": Column("Según"), "place": Column("Grupo")} | _SHARE_COLUMNS,
    )


def _places(own: pd.DataFrame, days: pd.DataFrame, decided: Reached, context: Context) -> Table:
    """Identified and reached by micro-territory; every micro-territory with people or days."""
    visits = days.groupby("microterritorio")["jornada"].nunique() if len(days) else pd.Series()
    inside = own[own["microterritorio"].notna()]
    codes = sorted(set(inside["microterritorio"]) | {str(code) for code in visits.index})
    withheld = [
        code in decided.place_mask.index and bool(decided.place_mask.loc[code].any())
        for code in codes
    ]
    groups = [(code, inside[inside["microterritorio"] == code]) for code in codes]
    back = [
        code not in decided.back_mask.index
        or bool(decided.back_mask.loc[code, list(CONTACTS)].any())
        for code in codes
    ]
    frame = _shares(groups, withheld, back)
    owner: dict[Any, Any] = dict(zip(own["microterritorio"], own["municipio"], strict=True))
    owner |= dict(zip(days["microterritorio"], days["municipio"], strict=True)) if len(days) else {}
    frame["municipio"] = [owner[code] for code in codes]
    known = frame["municipio"].isin(set(days["municipio"]) if len(days) else set())
    frame["days"] = pd.Series([visits.get(code, 0) for code in codes], dtype="Int64").where(known)
    frame["name"] = [context.data.names[code] for code in frame["municipio"]]
    columns = {"place": Column("Microterritorio"), "name": Column("Municipio")}
    return Table(frame, columns | {"days": Column("Jornadas", "count")} | _SHARE_COLUMNS)


_SHARE_COLUMNS = {
    "identified_text": Column("Personas identificadas"),
    "share_text": Column("Atendidas en jornadas"),
    "back_text": Column("Volvieron a otra"),
}


def _shares(
    groups: list[tuple[str, pd.DataFrame]], withheld: list[bool], back: list[bool]
) -> pd.DataFrame:
    """Weighted people identified, missing and share reached of each group of rows.

    ``back_share``: of those reached, who came to a second day; withheld where ``back`` says.
    """
    rows = []
    for (label, people_here), hide, few in zip(groups, withheld, back, strict=True):
        weight = people_here["peso"]
        total, missing = weight.sum(), weight[~people_here["reached"]].sum()
        returned = weight[people_here["times"] > 1].sum()
        rows.append(
            {
                "place": label,
                "withheld": hide,
                "identified": np.nan if hide else float(total),
                "missing": np.nan if hide else float(missing),
                "share": np.nan if hide else common.share(total - missing, total),
                "back_withheld": bool((hide or few) and (total > missing or hide)),
                "back_share": np.nan if hide or few else common.share(returned, total - missing),
            }
        )
    frame = pd.DataFrame(rows)
    frame["identified_text"] = common.shown(frame["identified"].round(), frame["withheld"])
    frame["share_text"] = common.shown(frame["share"], frame["withheld"], "percent", 0)
    frame["back_text"] = common.shown(frame["back_share"], frame["back_withheld"], "percent", 0)
    frame["back_text"] = frame["back_text"].where(frame["back_text"] != "sin dato", "–")
    return frame


def _by_kind(
    rated: pd.DataFrame, own: pd.DataFrame, hidden: pd.DataFrame, context: Context
) -> Table:
    """Mean and share well rated by kind of service day, of the territory."""
    cells = list(product(KINDS, ANSWERS))
    table = common.counts(rated, ["kind", "answer"], context, cells=cells)
    decided = common.row(common.decide(table, context, hidden.reindex(table.index)), context)
    rows = []
    for kind, label in KINDS.items():
        here = own[own["kind"] == kind]
        hide = any(pd.isna(decided[kind, answer]) for answer in ANSWERS)
        rows.append(
            {
                "kind": kind,
                "label": label,
                "withheld": hide,
                "mean": np.nan if hide or here.empty else float(here["satisfaccion"].mean()),
                "share": np.nan
                if hide
                else common.share(int((here["answer"] == ANSWERS[0]).sum()), len(here)),
            }
        )
    frame = pd.DataFrame(rows)
    frame["mean_text"] = common.shown(frame["mean"], frame["withheld"], "decimal", 1)
    frame["share_text"] = common.shown(frame["share"], frame["withheld"], "percent", 0)
    return Table(
        frame,
        {
            "label": Column("Jornadas"),
            "mean_text": Column("Calificación promedio (1 a 5)"),
            "share_text": Column("Atenciones bien calificadas"),
        },
    )


def _satisfaction(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """Mean and share well rated of the attentions in days; adds table ``satisfaction`` by kind."""
    rated = common.until(context.data.department("atenciones"), "fecha", context)
    rated = rated[rated["jornada"].notna() & rated["satisfaccion"].notna()]
    good = rated["satisfaccion"] >= context.params.keys.services.satisfied_from
    kind = context.data.department("jornadas").set_index("jornada")["tipo"]
    rated = rated.assign(answer=np.where(good, *ANSWERS), kind=rated["jornada"].map(kind))
    whole = common.decide(common.counts(rated, "answer", context, cells=ANSWERS), context)
    mine = common.row(whole, context)
    own = rated[context.territory.owns(rated["municipio"])]
    known = rated[rated["kind"].isin(list(KINDS))]
    if len(known) == len(rated):
        tables["satisfaction"] = _by_kind(known, own, whole.mask[[TOTAL]], context)
    if pd.isna(mine["satisfied"]) or pd.isna(mine[TOTAL]) or own.empty:
        return {}
    return {
        "satisfaction_known": flag(True),
        "satisfaction": decimal(float(own["satisfaccion"].astype(float).mean())),
        "satisfied_share": percent(common.share(mine["satisfied"], mine[TOTAL]), 0),
    }
