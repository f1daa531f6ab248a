"""Key 5: who takes part, who connects sectors, and the seven conditions of success."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.evidence import day_sectors, evidence, whose_sessions
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
    year,
)
from gsi.analysis.results import text as words
from gsi.analysis.steps import step
from gsi.ground.locale import fold
from gsi.measure.network import Network, co_presence, collapse, network

CONDITIONS = {
    1: "Decisión política",
    2: "Liderazgo de bienestar social, salud y educación",
    3: "Apropiación de los agentes",
    4: "Resultados a corto plazo",
    5: "Trabajo articulado",
    6: "Plan flexible y con seguimiento",
    7: "Mecanismo de coordinación",
}
LEVELS = {"municipal": "Municipal", "departamental": "Departamental", "nacional": "Nacional"}
HALF = 50.0  # percent of service days below which a nuclear sector is called absent
SCALE = 4  # ratings go from 0 to 4
WHY = {
    "actores": "Sin el directorio de actores no se sabe quién participa ni quién falta.",
    "convocatoria": "Sin las valoraciones no se conoce la lectura de los actores "
    "sobre las siete condiciones de éxito.",
}


@step
def convening(context: Context) -> Section:
    """Ratings held against evidence, actors and their growth, and the network between sectors."""
    gaps = [Gap(name, why) for name, why in WHY.items() if not context.data.has(name)]
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    found = evidence(context)
    rated = common.until(context.data.own("convocatoria"), "fecha", context)
    if not rated.empty or any(not np.isnan(value) for value in found.values()):
        facts |= _conditions(rated, found, context, tables)
    facts["conditions_known"] = flag("conditions" in tables)
    facts["rated"] = flag(not rated.empty)
    facts["year"] = year(context.years.follow_up)
    linked = common.until(context.data.own("actores"), "fecha_vinculacion", context)
    if not linked.empty:
        facts |= _actors(linked, context, tables)
    facts["actors_known"] = flag(not linked.empty)
    facts |= _nuclear(context, tables)
    facts |= _network(context, tables)
    if not tables:
        return Section("convening", gaps=gaps)
    return Section("convening", facts, tables, gaps)


def _conditions(
    rated: pd.DataFrame, found: dict[int, float], context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    settings = context.params.keys.convening
    latest = rated.sort_values("fecha").drop_duplicates(
        ["municipio", "actor", "condicion"], keep="last"
    )
    rows = []
    for condition, label in CONDITIONS.items():
        mine = latest[latest["condicion"] == condition]
        rule = settings.evidence[condition]
        value = found[condition]
        score = min(value / rule.full, 1.0) * SCALE
        rating = float(mine["valoracion"].astype(float).mean()) if len(mine) else float("nan")
        gap = rating - score
        rows.append(
            {
                "condition": condition,
                "label": label,
                "rating": rating,
                "raters": int(mine["actor"].nunique()),
                "latest": mine["fecha"].max().date().isoformat() if len(mine) else None,
                "evidence_label": f"{rule.label}, {whose_sessions(context)}"
                if condition == 1
                else rule.label,
                "evidence": value,
                "evidence_text": "sin dato"
                if np.isnan(value)
                else str(
                    decimal(value, int(value % 1 != 0)) if condition == 1 else percent(value, 0)
                ),
                "score": score,
                "gap": gap,
                "reading": _reading(gap, rating, score, settings.disagreement),
                "met": bool(score >= settings.sufficient * SCALE),
            }
        )
    frame = pd.DataFrame(rows)
    tables["conditions"] = Table(
        frame,
        {
            "label": Column("Condición"),
            "rating": Column("Valoración (de 0 a 4)", "decimal", 1),
            "evidence_label": Column("Qué se mira"),
            "evidence_text": Column("Resultado"),
            "reading": Column("Lectura"),
        },
    )
    over = frame[frame["gap"] >= settings.disagreement]
    under = frame[frame["gap"] <= -settings.disagreement]
    return {
        "conditions_met": count(int(frame["met"].sum())),
        **delivery.facts(delivery.delivered(rated, context), context, "rated_"),
        "rated_shown": flag(context.territory.is_department and not rated.empty),
        "overrated": names(over["label"].str.lower().tolist()),
        "any_overrated": flag(not over.empty),
        "underrated": names(under["label"].str.lower().tolist()),
        "any_underrated": flag(not under.empty),
        "commitments_kept": percent(found[7], 0),
    }


def _reading(gap: float, rating: float, score: float, limit: float) -> str:
    """How rating and evidence meet, in words."""
    if np.isnan(rating) and np.isnan(score):
        return "sin dato"
    if np.isnan(rating):
        return "sin valoración"
    if np.isnan(score):
        return "sin evidencia"
    if gap >= limit:
        return "los actores ven más de lo que se registra"
    if gap <= -limit:
        return "se registra más de lo que los actores ven"
    return "coinciden"


def _actors(linked: pd.DataFrame, context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    linked = linked.assign(
        sector=linked["sector"].map(common.sector_key), year=linked["fecha_vinculacion"].dt.year
    )
    first = int(linked["year"].min())
    years = range(first, context.years.follow_up + 1)
    total = [int((linked["year"] <= y).sum()) for y in years]
    tables["growth"] = Table(
        pd.DataFrame({"year": list(years), "actors": total}),
        {"year": Column("Año", "year"), "actors": Column("Actores vinculados", "count")},
    )
    levels = pd.crosstab(linked["sector"], linked["nivel"])
    levels = levels.reindex(columns=list(LEVELS), fill_value=0)
    levels["actors"] = levels.sum(axis=1)
    frame = levels.reset_index().sort_values(["actors", "sector"], ascending=[False, True])
    frame.columns.name = None
    frame["label"] = frame["sector"].map(common.sector_label)
    tables["actors"] = Table(
        frame.reset_index(drop=True),
        {"label": Column("Sector")}
        | {key: Column(label, "count") for key, label in LEVELS.items()}
        | {"actors": Column("Total", "count")},
    )
    # A municipality also counts on the entities linked for the whole department.
    wide = common.until(context.data.department("actores"), "fecha_vinculacion", context)
    wide = wide[wide["municipio"] == context.territory.department]
    entities = pd.concat([linked[linked["tipo"] == "entidad"], wide[wide["tipo"] == "entidad"]])
    present = {common.sector_key(sector) for sector in entities["sector"]}
    nuclear = [common.sector_key(name) for name in context.params.keys.convening.nuclear_sectors]
    missing = [common.sector_label(name) for name in nuclear if name not in present]
    return {
        **delivery.facts(delivery.delivered(linked, context), context, "actors_"),
        "actors": count(len(linked)),
        "actors_first_year": year(first),
        "actors_year": year(context.years.follow_up),
        "actors_first": count(total[0]),
        "sectors": count(int(linked["sector"].nunique())),
        "community_actors": count(int(linked["tipo"].isin(["comunidad", "organizacion"]).sum())),
        "nuclear_present": count(len(nuclear) - len(missing)),
        "nuclear_missing": names(missing),
        "any_nuclear_missing": flag(bool(missing)),
    }


def _nuclear(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """Nuclear sectors: entities linked, municipalities that reported their actors with one of
    their own and without, service days attended.

    Adds table ``nuclear``. ``absent``: nuclear sectors at fewer than half of the service days.
    """
    days = day_sectors(context)
    wide = common.until(context.data.department("actores"), "fecha_vinculacion", context)
    wide = wide[wide["tipo"] == "entidad"]
    wide = wide.assign(key=wide["sector"].map(common.sector_key))
    if wide.empty and not days:
        return {"nuclear_known": flag(False)}
    linked = common.until(context.data.own("actores"), "fecha_vinculacion", context)
    places = delivery.delivered(linked, context).reported
    here = wide[wide["municipio"].isin([*common.places(context), context.territory.department])]
    rows: list[dict[str, Any]] = []
    for name in map(common.sector_key, context.params.keys.convening.nuclear_sectors):
        mine = here[here["key"] == name]
        without = [code for code in places if code not in set(mine["municipio"])]
        rows.append(
            {
                "sector": name,
                "label": common.sector_label(name),
                "entities": int(mine["nombre"].nunique()),
                "own": len(places) - len(without),
                "without": len(without),
                "days": common.share(sum(name in present for present in days), len(days)),
            }
        )
    frame = pd.DataFrame(rows)
    columns = {
        "label": Column("Sector nuclear"),
        "entities": Column("Entidades vinculadas", "count"),
        "own": Column(f"Con entidad propia, de {delivery.counted(len(places), context)}", "count"),
        "days": Column("Jornadas a las que fue", "percent", 0),
    }
    if not context.territory.is_department or not places:
        del columns["own"]
    tables["nuclear"] = Table(frame, columns)
    absent = [f"{row['label']} ({percent(row['days'], 0)})" for row in rows if row["days"] < HALF]
    return {
        "nuclear_known": flag(True),
        "absent": names(absent),
        "any_absent": flag(bool(absent)),
    }


def meetings(context: Context) -> list[list[str]]:
    """Entities seen together: in a service day, or answering for the same action of the plan."""
    days = common.until(context.data.own("jornadas"), "fecha", context)
    found = [common.split_list(cell) for cell in days["entidades"]]
    plan = context.data.own("plan_accion")
    for leader, others in zip(plan["responsable"], plan["corresponsables"], strict=True):
        found.append([str(leader), *common.split_list(others)])
    if not found:
        return []
    called = common.entity_names(context)
    return [[called.get(fold(name), name) for name in group] for group in found]


def _network(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    edges = co_presence(meetings(context))
    if edges.empty:
        return {"network_known": flag(False)}
    whole = network(edges)
    of = common.entity_sectors(context)
    sector: dict[Any, str] = {node: of.get(fold(node), "") for node in whole.nodes["node"]}
    nodes = whole.nodes.assign(sector=whole.nodes["node"].map(sector))
    nodes["label"] = nodes["sector"].map(
        lambda key: common.sector_label(key) if key else "Sin sector"
    )
    nodes = nodes.sort_values(["betweenness", "node"], ascending=[False, True], ignore_index=True)
    tables["entities"] = Table(
        nodes,
        {
            "node": Column("Entidad"),
            "label": Column("Sector"),
            "degree": Column("Entidades con las que trabaja", "count"),
            "betweenness": Column("Intermediación (0-1)", "decimal", 2),
        },
    )
    tables["edges"] = Table(
        edges,
        {
            "a": Column("Entidad"),
            "b": Column("Con"),
            "times": Column("Veces juntas", "count"),
        },
    )
    tables["levels"] = _levels(edges, context)
    sectors = _sectors(whole, edges, sector)
    tables["sectors"] = Table(
        sectors,
        {
            "label": Column("Sector"),
            "entities": Column("Entidades", "count"),
            "partners": Column("Sectores con los que trabaja", "count"),
            "bridging": Column("Parte de los puentes", "percent", 0),
            "parts": Column("Grupos si faltara", "count"),
        },
    )
    known = {
        "network_known": flag(True),
        "network_entities": count(len(nodes)),
    }
    if sectors.empty:
        return known | {"connecting_known": flag(False)}
    top = sectors.iloc[0]
    return known | {
        "connecting_known": flag(bool(top["bridging"] > 0)),
        "connecting_sector": words(str(top["label"]) if top["bridging"] > 0 else None),
        "connecting_share": percent(float(top["bridging"]), 0),
        "connecting_parts": count(int(top["parts"])),
        "connecting_breaks": flag(int(top["parts"]) > whole.components),
    }


def _levels(edges: pd.DataFrame, context: Context) -> Table:
    """Pairs of entities that work together, by the levels of government of both."""
    actors = context.data.department("actores").dropna(subset=["nivel"]).sort_values("actor")
    level = {fold(str(n)): str(v) for n, v in zip(actors["nombre"], actors["nivel"], strict=True)}
    found: dict[tuple[str, ...], list[int]] = {}
    for a, b, times in edges[["a", "b", "times"]].itertuples(index=False, name=None):
        ends = [level.get(fold(str(end)), "") for end in (a, b)]
        if all(end in LEVELS for end in ends):
            pair = tuple(sorted(ends, key=list(LEVELS).index))
            found.setdefault(pair, []).append(int(times))
    pairs = [(a, b) for a, b in combinations_with_replacement(LEVELS, 2)]
    frame = pd.DataFrame(
        {
            "label": [
                LEVELS[a] if a == b else f"{LEVELS[a]} y {LEVELS[b].lower()}" for a, b in pairs
            ],
            "pairs": [len(found.get(pair, [])) for pair in pairs],
            "times": [sum(found.get(pair, [])) for pair in pairs],
        }
    )
    return Table(
        frame,
        {
            "label": Column("Niveles"),
            "pairs": Column("Parejas de entidades", "count"),
            "times": Column("Veces juntas", "count"),
        },
    )


def _sectors(whole: Network, edges: pd.DataFrame, sector: dict[Any, str]) -> pd.DataFrame:
    """Sectors by the share of bridges (betweenness) their entities hold, the largest first.

    ``parts``: connected groups that would remain without the sector's entities.
    """
    between = whole.nodes.set_index("node")["betweenness"]
    pairs = collapse(edges, sector)
    rows = []
    for name in sorted(set(sector.values()) - {""}):
        inside = sorted(node for node, its in sector.items() if its == name)
        others = sorted(set(sector) - set(inside))
        left = edges[~edges["a"].isin(inside) & ~edges["b"].isin(inside)]
        touching = pairs[(pairs["a"] == name) | (pairs["b"] == name)]
        partners = (set(touching["a"]) | set(touching["b"])) - {name, ""}
        rows.append(
            {
                "sector": name,
                "label": common.sector_label(name),
                "entities": len(inside),
                "partners": len(partners),
                "bridging": common.share(float(between[inside].sum()), float(between.sum())),
                "parts": network(left, others).components,
            }
        )
    frame = pd.DataFrame(
        rows, columns=["sector", "label", "entities", "partners", "bridging", "parts"]
    )
    return frame.sort_values(["bridging", "sector"], ascending=[False, True], ignore_index=True)
