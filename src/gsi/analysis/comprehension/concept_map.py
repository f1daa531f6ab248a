"""F4: the strategy's concept map, drawn from what this run found.

Territories → populations → rights → keys → products. Tables ``nodes`` (id, column, label, detail,
state) and ``edges`` (from, to); facts ``nodes``, ``edges``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import pandas as pd

from gsi.analysis.comprehension.states import WORSE
from gsi.analysis.context import Context
from gsi.analysis.results import Column, Section, Table, count
from gsi.analysis.steps import step
from gsi.contract import places
from gsi.contract.vocabulary import KEYS, RIGHTS, PriorityStatus

COLUMNS = ("Territorios", "Poblaciones", "Derechos", "Claves", "Productos")
KNOWN, DOUBTFUL, UNKNOWN = "con evidencia", "por confirmar", "sin dato"

# What a key is known by: tables of the workbook and what their rows are. The first is known by the
# indicators with a figure, as many as the section of rights tells.
KEY_TABLES = {
    2: ("formacion", "curso", "cursos"),
    3: ("servicios", "servicio", "servicios"),
    4: ("jornadas", "jornada", "jornadas"),
    5: ("actores", "actor", "actores"),
}
# Which of the map's populations an indicator's age group speaks of.
GROUP_POPULATIONS = {
    "todos": ("children", "youth", "families"),
    "familias": ("families",),
    "ninez": ("children",),
    "primera_infancia": ("children",),
    "infancia": ("children",),
    "adolescencia": ("children",),
    "jovenes_estrategia": ("youth",),
    "juventud_ley": ("youth",),
}
PRODUCTS = (("linea_base", "Línea de base"), ("plan", "Plan de acción y seguimiento"))
MOST_NAMES = 4

Node: TypeAlias = tuple[str, str, str, str, str]


@step
def concept_map(context: Context, *sections: Section) -> Section:
    """The map of a territory from its sections ``priority``, ``population``, ``scope``, ``rights``.

    A section that is not given leaves its nodes as 'sin dato'.
    """
    by = {section.name: section for section in sections}
    nodes = [
        *_territories(context, by),
        *_populations(by),
        *_rights(by),
        *_keys(context, by),
        *_products(context),
    ]
    table = pd.DataFrame(nodes, columns=["id", "column", "label", "detail", "state"])
    edges = _edges(context, table, by.get("rights"))
    return Section(
        "concept_map",
        {"nodes": count(len(table)), "edges": count(len(edges))},
        {
            "nodes": Table(
                table,
                {
                    "column": Column("Parte"),
                    "label": Column("Elemento"),
                    "detail": Column("Qué se encontró"),
                    "state": Column("Estado"),
                },
            ),
            "edges": Table(edges, {"from": Column("De"), "to": Column("A")}),
        },
    )


def _territories(context: Context, by: dict[str, Section]) -> list[Node]:
    place = context.territory
    section = by.get("scope", Section("scope"))
    nodes: list[Node] = []
    if not place.is_department:
        status = section.facts.get("own_status")
        detail = str(status) if status else UNKNOWN
        nodes.append(("territory", COLUMNS[0], place.name, detail, _certain(detail)))
        micro = section.facts.get("micro_likely")
        if micro is not None and not micro.missing:
            nodes.append(("micro", COLUMNS[0], "Microterritorios", _few(micro.value), KNOWN))
        return nodes
    several = places.many(context.data.kinds).capitalize()
    for key, label, state in (
        ("territories_likely", f"{several} prioritarios", KNOWN),
        ("territories_confirm", f"{several} por confirmar", DOUBTFUL),
    ):
        fact = section.facts.get(key)
        if fact is not None and not fact.missing:
            nodes.append((key, COLUMNS[0], label, _few(fact.value), state))
    if not nodes:
        nodes.append(("territory", COLUMNS[0], place.name, "sin territorios priorizados", UNKNOWN))
    return nodes


def _populations(by: dict[str, Section]) -> list[Node]:
    facts = by.get("scope", Section("scope")).facts
    nodes = []
    for key, label in (("children", "0 a 17 años"), ("youth", "18 a 26 años")):
        fact = facts.get(key)
        found = fact is not None and not fact.missing
        detail = f"{fact} personas" if found else UNKNOWN
        nodes.append((key, COLUMNS[1], label, detail, KNOWN if found else UNKNOWN))
    share = by.get("population", Section("population")).facts.get("families_ninez_share")
    if share is not None and not share.missing:
        detail, state = f"{share} de los hogares con niñez", KNOWN
    else:
        # The word of the scope's paragraph: without a survey of homes they are to be confirmed.
        detail = str(facts["families"]) if "families" in facts else UNKNOWN
        state = _certain(detail)
    nodes.append(("families", COLUMNS[1], "Sus familias", detail, state))
    return nodes


def _rights(by: dict[str, Section]) -> list[Node]:
    section = by.get("scope", Section("scope"))
    certainty: dict[str, str] = {}
    if "certainty" in section.tables:
        rows = section.tables["certainty"].data
        rows = rows[rows["componente"] == "Derechos"]
        certainty = dict(zip(rows["elemento"], rows["certeza"], strict=True))
    return [
        (right, COLUMNS[2], label, word := certainty.get(label, UNKNOWN), _certain(word))
        for right, label in RIGHTS.items()
    ]


def _keys(context: Context, by: dict[str, Section]) -> list[Node]:
    told = by.get("rights", Section("rights")).facts.get("indicators")
    sizes = {1: ("indicadores", 0 if told is None else int(told.value))}
    for key, (name, column, noun) in KEY_TABLES.items():
        own = context.data.own(name)
        sizes[key] = noun, own[column].nunique() if not own.empty else 0
    nodes = []
    for key, (noun, size) in sizes.items():
        detail = f"{noun}: {size}" if size else UNKNOWN
        state = KNOWN if size else UNKNOWN
        nodes.append((f"key_{key}", COLUMNS[3], f"{key}. {KEYS[key]}", detail, state))
    return nodes


def _products(context: Context) -> list[Node]:
    years = context.years
    plan = context.data.own("plan_accion")
    details = {
        "linea_base": (f"corte {years.baseline}", KNOWN),
        "plan": ((f"acciones: {len(plan)}", KNOWN) if len(plan) else ("por adoptar", DOUBTFUL)),
    }
    return [(key, COLUMNS[4], label, *details[key]) for key, label in PRODUCTS]


def _edges(context: Context, nodes: pd.DataFrame, rights: Section | None) -> pd.DataFrame:
    """From each part to the next, between elements that are known.

    A population leads to a right when an indicator of its age group is worse than the reference;
    a right leads to a key when an action of the plan says so. Without indicators or without a plan
    every known element leads to every one of the next part.
    """
    chosen = {
        (COLUMNS[1], COLUMNS[2]): _worse_groups(rights),
        (COLUMNS[2], COLUMNS[3]): _planned(context),
    }
    pairs = []
    for here, there in pairwise(COLUMNS):
        starts = nodes.loc[(nodes["column"] == here) & (nodes["state"] != UNKNOWN), "id"]
        ends = nodes.loc[(nodes["column"] == there) & (nodes["state"] != UNKNOWN), "id"]
        links = chosen.get((here, there), set())
        pairs += [
            (start, end) for start in starts for end in ends if not links or (start, end) in links
        ]
    return pd.DataFrame(pairs, columns=["from", "to"])


def _worse_groups(rights: Section | None) -> set[tuple[str, str]]:
    if rights is None or "indicators" not in rights.tables:
        return set()
    rows = rights.tables["indicators"].data
    rows = rows[(rows["estado"] == WORSE) & rows["derecho"].isin(list(RIGHTS))]
    return {
        (population, right)
        for group, right in zip(rows["grupo"], rows["derecho"], strict=True)
        for population in GROUP_POPULATIONS[group]
    }


def _planned(context: Context) -> set[tuple[str, str]]:
    plan = context.data.own("plan_accion")
    pairs = zip(plan["categoria_derecho"], plan["clave"], strict=True)
    return {(str(right), f"key_{int(key)}") for right, key in pairs}


def _certain(word: str) -> str:
    if word in {PriorityStatus.PRIORITY, "muy probable", "probable"}:
        return KNOWN
    return UNKNOWN if word in {UNKNOWN, PriorityStatus.UNCLASSIFIABLE} else DOUBTFUL


def _few(values: list[str]) -> str:
    """At most a few names, then how many more."""
    shown = ", ".join(values[:MOST_NAMES])
    rest = len(values) - MOST_NAMES
    return f"{shown} y {rest} más" if rest > 0 else shown
