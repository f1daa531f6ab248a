"""Key 4: going to the people: who was reached, who was not, and where the next days reach most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gsi.context import Context
from gsi.keys import common
from gsi.keys.common import TOTAL
from gsi.keys.effect import effect
from gsi.keys.next_days import next_days
from gsi.keys.people import people
from gsi.keys.reached import FATES, GROUPS, Reached, decide_reached
from gsi.locale import fold
from gsi.measure import survey
from gsi.results import (
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
    year,
)

WHY = {
    "jornadas": "Sin jornadas reportadas no se sabe dónde han estado las entidades "
    "ni dónde hace falta ir.",
    "atenciones": "Sin atenciones no se sabe cuántas personas distintas recibieron servicios.",
    "personas": "Sin personas identificadas no se sabe cuántas faltan por atender.",
}


def outreach(context: Context) -> Section:
    """Service days, people reached of people identified, next days and effect on living conditions.

    'Reached' is attended in a service day up to the reference date; 'identified' is marked as
    vulnerable at the follow-up cut. Estimates of people carry the weights of their homes.
    """
    gaps = [Gap(name, why) for name, why in WHY.items() if not context.data.has(name)]
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    days = common.until(context.data.own("jornadas"), "fecha", context)
    if not days.empty:
        facts |= _days(days, context, tables)
    facts["days_known"] = flag(not days.empty)
    known = context.data.has("personas") and context.data.has("atenciones")
    rows = people(context) if known else pd.DataFrame()
    identified = rows[rows["vulnerable"].fillna(False).astype(bool)] if known else rows
    if known and context.territory.owns(identified["municipio"]).any():
        identified = identified.reset_index(drop=True)
        facts |= _reached(identified, days, context, tables)
        facts |= _satisfaction(context)
        facts |= effect(context, tables)
        places = tables["microterritories"].data
        withheld = set(places.loc[places["withheld"], "place"])
        facts |= next_days(identified, rows, withheld, context, tables)
    facts["people_known"] = flag("groups" in tables)
    facts.setdefault("effect_known", flag(False))
    facts.setdefault("next_known", flag(False))
    if not tables:
        return Section("outreach", gaps=gaps)
    return Section("outreach", facts, tables, gaps)


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
        simultaneous=("tipo", lambda kind: int((kind == "simultanea").sum())),
        continuity=("tipo", lambda kind: int((kind == "continuidad").sum())),
        entities=("entities", "mean"),
        participation=("participation", "mean"),
    )
    frame = by_place.reindex(common.places(context)).reset_index()
    for name in ("days", "simultaneous", "continuity"):
        frame[name] = frame[name].fillna(0).astype(int)
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
        "simultaneous_days": count(int((days["tipo"] == "simultanea").sum())),
        "continuity_days": count(int((days["tipo"] == "continuidad").sum())),
        "entities_mean": decimal(float(days["entities"].mean())),
        "participation": percent(float(days["participation"].mean()) * 100, 0),
        "participation_known": flag(bool(days["participation"].notna().any())),
        "first_year": year(int(days["fecha"].dt.year.min())),
        "last_year": year(int(days["fecha"].dt.year.max())),
        "municipalities_without": names(frame.loc[frame["days"] == 0, "name"].tolist()),
    }


def _reached(
    identified: pd.DataFrame, days: pd.DataFrame, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    decided = decide_reached(identified, context)
    own = identified[context.territory.owns(identified["municipio"])].reset_index(drop=True)
    tables["groups"] = _groups(own, decided, context)
    tables["microterritories"] = _places(own, days, decided, context)
    lagging = tables["microterritories"].data
    lagging = lagging[lagging["share"].notna()].sort_values(
        ["share", "missing", "place"], ascending=[True, False, True]
    )
    tables["lagging"] = Table(
        lagging.head(10).reset_index(drop=True), tables["microterritories"].columns
    )
    places = tables["microterritories"].data
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


def _groups(own: pd.DataFrame, decided: Reached, context: Context) -> Table:
    """Identified and reached by age group, weighted; withheld where a count of people is."""
    reached, missed = (common.row(decided.groups[fate], context) for fate in FATES)
    frame = _shares(
        [
            (label, own[(own["edad"] >= first) & (own["edad"] <= last)])
            for label, first, last in GROUPS.values()
        ],
        [pd.isna(reached[key]) or pd.isna(missed[key]) for key in GROUPS],
    )
    return Table(frame, {"place": Column("Grupo de edad")} | _SHARE_COLUMNS)


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
    frame = _shares(groups, withheld)
    frame["days"] = [int(visits.get(code, 0)) for code in codes]
    owner: dict[Any, Any] = dict(zip(own["microterritorio"], own["municipio"], strict=True))
    owner |= dict(zip(days["microterritorio"], days["municipio"], strict=True)) if len(days) else {}
    frame["municipio"] = [owner[code] for code in codes]
    frame["name"] = [context.data.names[code] for code in frame["municipio"]]
    columns = {"place": Column("Microterritorio"), "name": Column("Municipio")}
    return Table(frame, columns | {"days": Column("Jornadas", "count")} | _SHARE_COLUMNS)


_SHARE_COLUMNS = {
    "identified_text": Column("Personas identificadas"),
    "share_text": Column("Atendidas en jornadas"),
}


def _shares(groups: list[tuple[str, pd.DataFrame]], withheld: list[bool]) -> pd.DataFrame:
    """Weighted people identified, missing and share reached of each group of rows."""
    rows = []
    for (label, people_here), hide in zip(groups, withheld, strict=True):
        weight = people_here["peso"]
        total, missing = weight.sum(), weight[~people_here["reached"]].sum()
        rows.append(
            {
                "place": label,
                "withheld": hide,
                "identified": np.nan if hide else float(total),
                "missing": np.nan if hide else float(missing),
                "share": np.nan if hide else common.share(total - missing, total),
            }
        )
    frame = pd.DataFrame(rows)
    frame["identified_text"] = common.shown(frame["identified"].round(), frame["withheld"])
    frame["share_text"] = common.shown(frame["share"], frame["withheld"], "percent", 0)
    return frame


def _satisfaction(context: Context) -> dict[str, Fact]:
    """Mean and share satisfied (4 or 5) of the attentions in days that were rated."""
    rated = common.until(context.data.department("atenciones"), "fecha", context)
    rated = rated[rated["jornada"].notna() & rated["satisfaccion"].notna()]
    rated = rated.assign(answer=np.where(rated["satisfaccion"] >= 4, "satisfied", "not_satisfied"))
    table = common.counts(rated, "answer", context, cells=["satisfied", "not_satisfied"])
    mine = common.row(common.decide(table, context), context)
    own = rated[context.territory.owns(rated["municipio"])]
    if pd.isna(mine["satisfied"]) or pd.isna(mine[TOTAL]) or own.empty:
        return {}
    return {
        "satisfaction_known": flag(True),
        "satisfaction": decimal(float(own["satisfaccion"].astype(float).mean())),
        "satisfied_share": percent(common.share(mine["satisfied"], mine[TOTAL]), 0),
        "rated": count(float(mine[TOTAL])),
    }
