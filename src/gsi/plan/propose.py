"""From gaps, keys and the actors' reading to proposed actions, and the decisions asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.context import Context
from gsi.keys.common import sector_label
from gsi.params.measures import Decision, Measure, Trigger, facts_of
from gsi.plan.baseline import measured
from gsi.plan.catalogue import measures
from gsi.plan.labels import with_unit
from gsi.results import Column, Fact, Section, Table, count, flag, percent, text, year
from gsi.steps import step
from gsi.vocabulary import KEYS, OBJECTIVES, RIGHTS

# Indicator → its value, reference and gap, with the columns of its measured row.
Gaps = Mapping[str, Mapping[Any, Any]]
REFERENCES = {"department": "el departamento", "country": "el país", "target": "la meta"}
SHORT = {"department": "Departamento", "country": "País", "target": "Meta de referencia"}
FUNDING = {
    "sgp": "SGP",
    "propios": "Recursos propios",
    "sgr": "Regalías (SGR)",
    "cofinanciacion": "Cofinanciación",
    "otro": "Otra fuente",
}


@step
def propose(context: Context, sections: Mapping[str, Section]) -> Section:
    """Section ``proposal``: actions in priority order and the decisions asked of the council.

    A measure is proposed by the largest gap of its indicators with its reference (the department,
    else the country, else the catalogue's target) or by a fact of a key. Order: severity in 0-1,
    plus a bonus if the indicator worsened and if the actors name its right; first the best measure
    of each key, then the rest, at most ``per_objective`` an objective. ``sections`` are those of
    the run, by name; one that is not there proposes nothing.
    """
    settings = context.params.plan.proposal
    gaps = _gaps(context)
    worsened = _worsened(sections)
    candidates = [
        found
        for measure in measures(context.kept).measures
        if (found := _candidate(measure, gaps, worsened, sections, context)) is not None
    ]
    chosen = _choose(candidates, settings.actions, settings.per_objective)
    actions = _actions(chosen, context)
    facts = _facts(actions, len(candidates), context)
    known = dict(sections) | {"proposal": Section("proposal", facts)}
    decisions = _decisions(known, context)
    facts["decisions"] = count(len(decisions))
    facts["any_decision"] = flag(not decisions.empty)
    return Section(
        "proposal",
        facts,
        (
            {}
            if actions.empty
            else {"actions": _actions_table(actions), "details": _details_table(actions)}
        )
        | ({} if decisions.empty else {"decisions": _decisions_table(decisions)}),
    )


# ── measures ─────────────────────────────────────────────────────────────────────────────────


def _gaps(context: Context) -> Gaps:
    """Each indicator behind its reference: latest value known up to the follow-up, limit and gap.

    ``gap`` is positive when worse than the reference; ``severity`` = gap / |reference|, in 0-1.
    """
    frame = measured(context, context.years.follow_up)
    frame = frame[frame["value"].notna()].set_index("indicator")
    settings = context.params.plan.proposal
    rows = []
    for name, row in frame.to_dict("index").items():
        for reference in REFERENCES:
            limit = float(row[reference])
            gap = (limit - row["value"]) * row["direction"]
            least = settings.worse_points if row["share"] else settings.worse_share * abs(limit)
            if np.isnan(gap) or gap < least or gap <= 0:
                continue
            if row["low"] <= limit <= row["high"]:
                # Not told apart from the reference: no gap to close that anybody could see closed.
                continue
            severity = 1.0 if limit == 0 else min(gap / abs(limit), 1.0)
            if reference == "target":
                # A norm's target stands far from everybody: it never outranks being behind peers.
                severity /= 2
            rows.append(
                {"indicator": name, "reference": reference, "limit": limit, "gap": gap,
                 "severity": severity}
            )  # fmt: skip
            break
    columns = ["indicator", "reference", "limit", "gap", "severity"]
    found = frame.join(pd.DataFrame(rows, columns=columns).set_index("indicator"), how="inner")
    return {str(name): row for name, row in found.to_dict("index").items()}


def _candidate(
    measure: Measure,
    gaps: Gaps,
    worse: Collection[str],
    sections: Mapping[str, Section],
    context: Context,
) -> dict[str, Any] | None:
    """The measure with its baseline, target, severity and evidence; None if nothing calls it."""
    found = (
        _by_indicator(measure, gaps, context)
        if measure.indicators
        else _by_fact(measure, sections, context)
    )
    if found is None:
        return None
    settings = context.params.plan.proposal
    worsened = found["indicator"] in worse
    voiced = _voiced(measure.right, sections)
    found["score"] = (
        found["severity"] + settings.worsened_bonus * worsened + settings.voice_bonus * voiced
    )
    extra = [
        words
        for words, holds in (
            ("empeoró desde la línea de base", worsened),
            (f"los actores nombran {RIGHTS[measure.right].lower()}", voiced),
        )
        if holds
    ]
    found["evidence"] = "; ".join([found["evidence"], *extra]) + "."
    found["why"] = " ".join([found["why"], *(f"{words[0].upper()}{words[1:]}." for words in extra)])
    return {"measure": measure, "worsened": worsened, "voiced": voiced, **found}


def _by_indicator(measure: Measure, gaps: Gaps, context: Context) -> dict[str, Any] | None:
    present = [name for name in measure.indicators if name in gaps]
    if not present:
        return None
    indicator = max(present, key=lambda name: gaps[name]["severity"])
    row = gaps[indicator]
    target = row["value"] + context.params.plan.proposal.gap_share * (row["limit"] - row["value"])
    reference = REFERENCES[str(row["reference"])]
    return {
        "indicator": indicator,
        "outcome": row["name"],
        "unit": row["unit"],
        "baseline": float(row["value"]),
        "year": int(row["year"]),
        "target": float(target),
        "kind": "capacidad" if row["direction"] > 0 else "reduccion",
        "severity": float(row["severity"]),
        "evidence": (
            f"{row['name']}: {_value(row['value'], row['unit'])} en {int(row['year'])}; "
            f"{reference}, {_value(row['limit'], row['unit'])}"
        ),
        "why": f"{SHORT[str(row['reference'])]}: {_value(row['limit'], row['unit'])}.",
    }


def _by_fact(
    measure: Measure, sections: Mapping[str, Section], context: Context
) -> dict[str, Any] | None:
    trigger = measure.when
    if trigger is None or not _holds(trigger, sections):
        return None
    outcome, unit = str(measure.outcome), str(measure.outcome_unit)
    common = {
        "indicator": None,
        "outcome": outcome,
        "unit": unit,
        "year": context.years.follow_up,
        "target": np.nan if measure.target is None else measure.target,
        "kind": "capacidad",
    }
    if trigger.missing:
        return common | {
            "baseline": np.nan,
            "severity": context.params.plan.proposal.missing_severity,
            "evidence": f"{outcome}: sin información reportada",
            "why": "Sin información reportada.",
        }
    value = float(_fact(trigger.fact, sections).value)  # type: ignore[union-attr]
    limit = trigger.below if trigger.below is not None else trigger.above
    severity = 1.0 if not limit else min(abs(value - limit) / abs(limit), 1.0)
    if trigger.above is not None:
        common["kind"] = "reduccion"
    return common | {
        "baseline": value,
        "severity": severity,
        "evidence": f"{outcome}: {_value(value, unit)} en {context.years.follow_up}",
        "why": "Lejos de lo esperado en la clave.",
    }


def _worsened(sections: Mapping[str, Section]) -> set[str]:
    """The indicators that are worse now than at the baseline."""
    change = sections.get("change")
    if change is None or "indicators" not in change.tables:
        return set()
    data = change.tables["indicators"].data
    return set(data.loc[data["verdict"] == "worsened", "indicator"])


def _voiced(right: str, sections: Mapping[str, Section]) -> bool:
    """True when the actors' workshops give most votes to the right."""
    fact = _fact("readings.top_right", sections)
    return fact is not None and not fact.missing and fact.value == RIGHTS[right]


def _choose(
    candidates: list[dict[str, Any]], most: int, per_objective: int
) -> list[dict[str, Any]]:
    """The best of each key first, then by score; ties by the catalogue's order."""
    ranked = sorted(candidates, key=lambda item: -item["score"])
    first: dict[int, dict[str, Any]] = {}
    for item in ranked:
        first.setdefault(item["measure"].key, item)
    leading = {item["measure"].id for item in first.values()}
    ordered = [i for i in ranked if i["measure"].id in leading] + [
        i for i in ranked if i["measure"].id not in leading
    ]
    chosen: list[dict[str, Any]] = []
    used: dict[str, int] = {}
    for item in ordered:
        objective = item["measure"].objective
        if len(chosen) < most and used.get(objective, 0) < per_objective:
            chosen.append(item)
            used[objective] = used.get(objective, 0) + 1
    return sorted(chosen, key=lambda item: -item["score"])


def _actions(chosen: list[dict[str, Any]], context: Context) -> pd.DataFrame:
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
                "objective": measure.objective,
                "objective_label": OBJECTIVES[measure.objective][1],
                "action": measure.action,
                "indicator": item["indicator"] or "",
                "outcome": item["outcome"],
                "unit": item["unit"],
                "kind": item["kind"],
                "baseline": item["baseline"],
                "year": item["year"],
                "target": item["target"],
                "target_year": start + years - 1,
                "baseline_text": _dated(item["baseline"], item["unit"], item["year"]),
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
                "why": item["why"],
                "product_text": f"{measure.product} ({measure.unit})",
                "score": item["score"],
                "severity": item["severity"],
                "evidence": item["evidence"],
                "from_gap": bool(measure.indicators),
            }
        )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["key"])


def _facts(actions: pd.DataFrame, candidates: int, context: Context) -> dict[str, Fact]:
    settings = context.params.plan.proposal
    gaps = actions[actions["from_gap"]] if not actions.empty else actions
    first = None if gaps.empty else gaps.iloc[0]
    action = None if first is None else str(first["action"])
    return {
        "actions": count(len(actions)),
        "any": flag(not actions.empty),
        "candidates": count(candidates),
        "keys": count(actions["key"].nunique()),
        "gap_share": percent(100 * settings.gap_share, 0),
        "first_year": year(context.years.follow_up + 1),
        "last_year": year(context.years.follow_up + settings.years),
        "any_gap": flag(first is not None),
        "first_action": text(None if action is None else action[0].lower() + action[1:]),
        "first_evidence": text(None if first is None else str(first["evidence"])),
        "adopted": flag(context.data.has("plan_accion")),
    }


def _actions_table(actions: pd.DataFrame) -> Table:
    return Table(
        actions,
        {
            "order": Column("Orden", "count"),
            "action": Column("Acción propuesta"),
            "outcome": Column("Qué debe cambiar"),
            "baseline_text": Column("Hoy (año)"),
            "target_text": Column("Meta (año)"),
            "sector": Column("Responde"),
            "why": Column("Por qué"),
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
            "calendar": Column("Años"),
        },
    )


# ── decisions ────────────────────────────────────────────────────────────────────────────────


def _decisions(sections: Mapping[str, Section], context: Context) -> pd.DataFrame:
    """The first decisions whose conditions hold and whose facts are known, filled in."""
    rows: list[dict[str, object]] = []
    for decision in measures(context.kept).decisions:
        if len(rows) == context.params.plan.proposal.decisions:
            break
        if _asked(decision, sections, context):
            rows.append(
                {
                    "order": len(rows) + 1,
                    "decision": decision.id,
                    "text": _filled(decision.text, sections),
                    "evidence": _filled(decision.evidence, sections),
                    "responsible": decision.responsible,
                }
            )
    return pd.DataFrame(rows, columns=["order", "decision", "text", "evidence", "responsible"])


def _asked(decision: Decision, sections: Mapping[str, Section], context: Context) -> bool:
    level = decision.level in (None, context.territory.level)
    named = [*facts_of(decision.text), *facts_of(decision.evidence)]
    known = all((fact := _fact(path, sections)) is not None and not fact.missing for path in named)
    return level and known and all(_holds(trigger, sections) for trigger in decision.when)


def _decisions_table(decisions: pd.DataFrame) -> Table:
    return Table(
        decisions,
        {
            "order": Column("Orden", "count"),
            "text": Column("Decisión"),
            "evidence": Column("Evidencia"),
            "responsible": Column("Quién responde"),
        },
    )


def _holds(trigger: Trigger, sections: Mapping[str, Section]) -> bool:
    """Whether a trigger's rule holds; False when its section is not part of the run."""
    if trigger.fact.split(".")[0] not in sections:
        return False
    fact = _fact(trigger.fact, sections)
    absent = fact is None or fact.missing
    if trigger.missing is not None:
        return absent == trigger.missing
    if fact is None or absent:
        return False
    if trigger.equals is not None:
        return bool(fact.value) == trigger.equals
    value = float(fact.value)
    if trigger.below is not None:
        return value < trigger.below
    return trigger.above is not None and value > trigger.above


def _fact(path: str, sections: Mapping[str, Section]) -> Fact | None:
    section, name = path.split(".")
    return sections[section].facts.get(name) if section in sections else None


def _filled(template: str, sections: Mapping[str, Section]) -> str:
    for path in facts_of(template):
        template = template.replace("{" + path + "}", str(_fact(path, sections)))
    return template


def _value(value: float, unit: str) -> str:
    return with_unit(value, unit, 0 if unit != "%" and float(value).is_integer() else 1)


def _dated(value: float, unit: str, period: int) -> str:
    return "sin dato" if np.isnan(value) else f"{_value(value, unit)} ({period})"
