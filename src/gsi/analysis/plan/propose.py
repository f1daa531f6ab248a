"""From gaps, keys and the actors' reading to proposed actions, and the decisions asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.rights import ASKED
from gsi.analysis.context import Context
from gsi.analysis.keys.common import sector_label
from gsi.analysis.labels import least
from gsi.analysis.plan import both, decisions, order, others, products
from gsi.analysis.plan.alike import alike, covered
from gsi.analysis.plan.candidates import candidates, value_text
from gsi.analysis.plan.grounds import REFERENCES, Grounds, grounds
from gsi.analysis.results import (
    Column,
    Fact,
    Section,
    Table,
    count,
    decimal,
    flag,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.params.measures import Measure
from gsi.contract.vocabulary import KEYS, RIGHTS
from gsi.ground.locale import enumeration, within

PLANNED = "En el plan de desarrollo podrían responder"
FUNDING = {
    "sgp": "Sistema General de Participaciones (SGP)",
    "propios": "Recursos propios",
    "sgr": "Sistema General de Regalías (SGR)",
    "cofinanciacion": "Cofinanciación",
    "otro": "Otra fuente",
}


@step
def propose(context: Context, sections: Mapping[str, Section]) -> Section:
    """Section ``proposal``: actions in priority order and the decisions asked of the council.

    A measure is proposed by the largest gap of its indicators with its reference (the department,
    else the country, else the catalogue's target), by cases to be attended, or by a fact of a key
    (:mod:`gsi.analysis.plan.candidates`), unless the plan in force already has it. Chosen: the best
    measure of each key, then the rest while its objective has fewer than ``per_objective``; all in
    the order of :mod:`gsi.analysis.plan.order`; those that an objective's limit or the number of
    actions leaves out are named. Each is given the products of the plan de desarrollo that could
    answer it (:mod:`gsi.analysis.plan.products`), so that the council cites them. ``sections`` are
    those of the run, by name; one that is not there proposes nothing.
    """
    settings = context.params.plan.proposal
    found = grounds(sections, context)
    called = candidates(found, sections, context)
    plan = context.data.own("plan_accion")
    planned = products.in_force(context)
    fresh = [candidate for candidate in called if not covered(candidate, plan)]
    chosen = _choose(fresh, settings.actions, settings.per_objective)
    differing = both.told(plan, context)
    for item in chosen:
        item["also"] = others.told(item, found.gaps)
        item["alike"] = alike(item["measure"], plan, settings.resemblance)
        answering = products.answering(item["measure"], planned)
        item["cited"], item["named"] = products.cited(answering), products.named(answering)
    actions = _actions(chosen, differing, context)
    facts = _facts(actions, called, fresh, found, context) | _worsened_facts(found, context)
    facts |= _left_out(fresh, chosen, found)
    listed, told = products.tables([item["measure"] for item in chosen], planned)
    facts |= told
    known = dict(sections) | {"proposal": Section("proposal", facts)}
    asked = decisions.decided(known, context)
    facts["decisions"] = count(len(asked))
    facts["any_decision"] = flag(not asked.empty)
    tables: dict[str, Table] = dict(listed)
    if not actions.empty:
        tables |= {"actions": _actions_table(actions), "details": _details_table(actions)}
    if not asked.empty:
        tables["decisions"] = decisions.table(asked)
    return Section("proposal", facts, tables)


def _choose(
    candidates: list[dict[str, Any]], most: int, per_objective: int
) -> list[dict[str, Any]]:
    """The best of each key, then the rest, in order; ties by the catalogue's order.

    An objective's limit holds for the rest: the best of a key has its seat whatever its objective,
    and counts for those that come after. To ask for a report takes no seat of an objective from
    what is known to lag behind.
    """
    ranked = sorted(candidates, key=order.sort_key)
    first: dict[int, dict[str, Any]] = {}
    for item in ranked:
        first.setdefault(item["measure"].key, item)
    leading = {item["measure"].id for item in first.values()}
    queue = [i for i in ranked if i["measure"].id in leading] + [
        i for i in ranked if i["measure"].id not in leading
    ]
    chosen: list[dict[str, Any]] = []
    used: dict[str, int] = {}
    for item in queue:
        objective = item["objective"]
        silent = item["group"] == "silence"
        free = silent or item["measure"].id in leading
        if len(chosen) < most and (free or used.get(objective, 0) < per_objective):
            chosen.append(item)
            used[objective] = used.get(objective, 0) + (not silent)
    return sorted(chosen, key=order.sort_key)


def _actions(
    chosen: list[dict[str, Any]], differing: Mapping[str, Mapping[str, str]], context: Context
) -> pd.DataFrame:
    """Proposed actions in the columns of ``plan_accion``, with their evidence."""
    start, years = context.years.follow_up + 1, context.params.plan.proposal.years
    rows = []
    for position, item in enumerate(chosen, start=1):
        measure: Measure = item["measure"]
        rows.append(
            {
                "order": position,
                "measure": measure.id,
                "key": measure.key,
                "key_label": f"{measure.key}. {KEYS[measure.key]}",
                "right": measure.right,
                "right_label": RIGHTS[measure.right],
                "objective": item["objective"],
                "objective_label": ASKED[item["objective"]][1],
                # What the form of a plan asks for has no objective of all rights.
                "contributes": measure.objective,
                "action": measure.action,
                "indicator": item["indicator"] or "",
                "outcome": item["outcome"],
                "unit": item["unit"],
                "kind": item["kind"],
                "baseline": item["baseline"],
                "year": item["year"],
                "target": item["target"],
                "target_year": start + years - 1,
                "baseline_text": _start(item),
                "target_text": (
                    "la fija el consejo"
                    if np.isnan(item["target"])
                    else _dated(item["target"], item["unit"], start + years - 1)
                ),
                "product": measure.product,
                "product_unit": measure.unit,
                "sector": sector_label(measure.sector),
                "partners": ", ".join(sector_label(name) for name in measure.partners),
                "funding": FUNDING[measure.funding],
                "calendar": f"{start}-{start + years - 1}",
                "why": " ".join([item["why"], *item["also"], *_resembles(item, differing)]),
                "alike": ", ".join(item["alike"]),
                "cited": item["cited"],
                "named": item["named"],
                "product_text": f"{measure.product} ({measure.unit})",
                "group": item["group"],
                "reference": item.get("reference", ""),
                "distance": item["distance"],
                "score": item["score"],
                "order_text": item["order_text"],
                "evidence": item["evidence"],
                "rule": item["rule"],
                "rule_text": item["rule_text"],
            }
        )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["key"])


def _facts(
    actions: pd.DataFrame,
    called: list[dict[str, Any]],
    fresh: list[dict[str, Any]],
    found: Grounds,
    context: Context,
) -> dict[str, Fact]:
    settings = context.params.plan.proposal
    # A decision to begin with something, or to add it to the plan, stands on a figure that is worse
    # beyond chance; what resembles an action of the plan is not to be added but to be looked at.
    resembling = actions[actions["alike"] != ""] if not actions.empty else actions
    worse = actions.drop(resembling.index)
    worse = worse[worse["group"] == "worse"] if not worse.empty else worse
    first = None if worse.empty else worse.iloc[0]
    action = None if first is None else str(first["action"])
    rules = {
        name: int((actions["rule"] == name).sum()) if not actions.empty else 0
        for name in ("gap", "attention", "key", "council")
    }
    already = len(called) - len(fresh)
    return {
        "actions": count(len(actions)),
        "any": flag(not actions.empty),
        "keys": count(actions["key"].nunique()),
        **{f"{name}_targets": count(number) for name, number in rules.items()},
        **{f"any_{name}_target": flag(number > 0) for name, number in rules.items()},
        "most_actions": count(settings.actions),
        "most_by_objective": count(settings.per_objective),
        "voice_bonus": decimal(settings.voice_bonus, 2),
        "worsened_bonus": decimal(settings.worsened_bonus, 2),
        "any_voiced": flag(any(item["voiced"] for item in fresh)),
        "any_worsened_action": flag(any(item["worsened"] for item in fresh)),
        "gap_share": percent(100 * settings.gap_share, 0),
        "gap_references": text(_by_reference(actions)),
        "first_year": year(context.years.follow_up + 1),
        "last_year": year(context.years.follow_up + settings.years),
        "any_worse": flag(first is not None),
        "groups": count(actions["group"].nunique() if not actions.empty else 0),
        **{
            f"any_{name}": flag(not actions.empty and bool((actions["group"] == name).any()))
            for name in ("behind", "norm")
        },
        "any_distance": flag(not actions.empty and bool((actions["rule"] == "gap").any())),
        "among": text(order.among(found.among, context)),
        "first_action": text(None if action is None else action[0].lower() + action[1:]),
        "first_evidence": text(None if first is None else _evidence(first)),
        "first_responsible": text(
            None if first is None else f"Sector de {within(str(first['sector']))}"
        ),
        "adopted": flag(context.data.has("plan_accion")),
        "already": count(already),
        "any_already": flag(already > 0),
        "alike": count(len(resembling)),
        "any_alike": flag(not resembling.empty),
        "alike_names": Fact(
            sorted({code for item in resembling.get("alike", []) for code in item.split(", ")}),
            "names",
        ),
    }


def _evidence(action: pd.Series) -> str:
    """Why to begin with an action, and what the plan de desarrollo already has for it."""
    why = str(action["evidence"])
    return f"{why} {PLANNED}: {action['named']}." if action["named"] else why


def _left_out(
    fresh: list[dict[str, Any]], chosen: list[dict[str, Any]], found: Grounds
) -> dict[str, Fact]:
    """The measures that the data call for and that are not proposed, in the order they have."""
    taken = {item["measure"].id for item in chosen}
    left = [i for i in sorted(fresh, key=order.sort_key) if i["measure"].id not in taken]
    return {
        "left_out": count(len(left)),
        "any_left_out": flag(bool(left)),
        "left_out_names": text("; ".join(others.named(i, found.gaps) for i in left) or None),
    }


def _by_reference(actions: pd.DataFrame) -> str | None:
    """``el país, 3; la meta de una norma, 4``: with what the gaps are; None where there is none."""
    if actions.empty:
        return None
    seen = actions.loc[actions["rule"] == "gap", "reference"].value_counts()
    words = REFERENCES | {"target": "la meta de una norma"}
    return "; ".join(f"{words[n]}, {seen[n]}" for n in words if n in seen) or None


def _worsened_facts(found: Grounds, context: Context) -> dict[str, Fact]:
    """The indicators that worsened and may be asked about, each with the years of its data."""
    named = [
        f"{item.name} ({found.worsened[item.id]})"
        for item in context.catalogue
        if item.id in found.worsened
    ]
    return {
        "worsened": count(len(named)),
        "any_worsened": flag(bool(named)),
        "worsened_names": text("; ".join(named) or None),
    }


def _actions_table(actions: pd.DataFrame) -> Table:
    return Table(
        actions,
        {
            "order": Column("Orden", "count"),
            "action": Column("Acción propuesta"),
            "outcome": Column("Qué debe cambiar"),
            "baseline_text": Column("Punto de partida (año)"),
            "target_text": Column("Meta (año)"),
            "sector": Column("Sector que responde"),
            "why": Column("Por qué"),
            "order_text": Column("Qué la pone en este lugar"),
        },
    )


def _details_table(actions: pd.DataFrame) -> Table:
    return Table(
        actions,
        {
            "order": Column("Orden", "count"),
            "key": Column("Clave", "count"),
            "right_label": Column("Derecho"),
            "objective_label": Column("Objetivo de política"),
            "product_text": Column("Indicador de producto (unidad)"),
            "partners": Column("Corresponsables"),
            "funding": Column("Fuente de recursos"),
            "rule_text": Column("Cómo se fija la meta"),
            "calendar": Column("Años"),
        },
    )


def _resembles(item: Mapping[str, Any], differing: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Which actions of the plan it resembles, with what those that follow its indicator report."""
    codes = item["alike"]
    if not codes:
        return []
    both_values = [differing.get(code, {}).get(str(item["indicator"]), "") for code in codes]
    told = f"Se parece a {enumeration(codes)} del plan vigente: cabe revisar su meta."
    return [told, *filter(None, both_values)]


def _start(item: Mapping[str, Any]) -> str:
    """The figure with its year; what is made of data of several years, with the cut."""
    period = item["year"] if item["indicator"] else f"corte de {item['year']}"
    if item.get("day"):
        period = f"{period}, {item['day']}"
    near = ", aproximado" if item.get("approximate", False) else ""
    told = _dated(item["baseline"], item["unit"], f"{period}{near}")
    return least(told, bool(item.get("minimum")))


def _dated(value: float, unit: str, period: int | str) -> str:
    return "sin dato" if np.isnan(value) else f"{value_text(value, unit)} ({period})"
