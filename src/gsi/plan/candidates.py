"""What calls for a measure: the gap of an indicator, cases to be attended, or a fact of a key.

Not everything that is counted may be a ground. What quality sets aside
(:func:`gsi.quality.criteria.set_aside`) is none, nor is a rate of one or two cases. Where the
figure also counts how much is reported (``counts_reporting``), less of it may be silence: it never
gets a target to fall. Its measure is called for by the cases themselves and its target is how many
of them are attended in time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from gsi.context import Context
from gsi.params.measures import Attention, Measure
from gsi.plan.baseline import measured
from gsi.plan.catalogue import measures
from gsi.plan.decisions import fact_of, holds
from gsi.plan.labels import with_unit
from gsi.quality import criteria
from gsi.results import Section, write_value
from gsi.vocabulary import RIGHTS

# Indicator → its value, reference and gap, with the columns of its measured row.
Gaps = Mapping[str, Mapping[Any, Any]]
Rule = Literal["gap", "attention", "key", "council"]
REFERENCES = {"department": "el departamento", "country": "el país", "target": "la meta"}
SHORT = {"department": "Departamento", "country": "País", "target": "Meta de referencia"}
RULES: dict[Rule, str] = {
    "gap": "cierra {share} de la distancia con {reference}",
    "attention": "atender a tiempo cada caso",
    "key": "lo que se espera de la clave",
    "council": "la fija el consejo",
}
NOT_A_GOAL = (
    "Este registro también cuenta cuánto se denuncia: que baje puede ser silencio. La meta es "
    "atender, no registrar menos."
)


@dataclass(frozen=True)
class Grounds:
    """What a territory's measures may be called for by.

    ``known``: indicator → its measured row, those set aside left out; ``gaps``: of those behind
    their reference; ``worsened``: indicator → the years between which it did (``2018 a 2023``).
    """

    known: Gaps
    gaps: Gaps
    worsened: Mapping[str, str]


def grounds(sections: Mapping[str, Section], context: Context) -> Grounds:
    """The territory's figures that may ground a proposal or a decision."""
    frame = measured(context, context.years.follow_up)
    frame = frame[frame["value"].notna()]
    apart = criteria.set_aside(context)
    own = context.territory.level == "department"
    if own:
        frame = frame[~frame["indicator"].isin(list(apart))]
    else:
        # A municipality's own figure stands; the department's, which few make, is no reference.
        frame = frame.assign(
            department=frame["department"].mask(frame["indicator"].isin(list(apart)))
        )
    frame = _comparable(frame, context)
    known = {str(row["indicator"]): row for row in frame.to_dict("records")}
    counting = {item.id for item in context.catalogue if item.counts_reporting}
    out = counting | (set(apart) if own else set())
    worsened = {n: years for n, years in _worsened(sections).items() if n not in out}
    behind = {n: row for n, row in known.items() if n not in counting}
    return Grounds(known, _gaps(behind, context), worsened)


def _comparable(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Without references made in another way: a published figure of a department is not held
    against a mean that we make of municipalities and that is not known to be the published one."""
    approximate = [
        item.id
        for item in context.catalogue
        if item.is_approximate or item.aggregate in ("published", "none")
    ]
    other = (
        frame["indicator"].isin(approximate) & ~frame["calculated"] & frame["country_calculated"]
    )
    if context.territory.level == "municipality":
        return frame
    return frame.assign(country=frame["country"].mask(other))


def candidates(
    found: Grounds, sections: Mapping[str, Section], context: Context
) -> list[dict[str, Any]]:
    """Every measure of the catalogue that something calls for, in the catalogue's order."""
    return [
        candidate
        for measure in measures(context.kept).measures
        if (candidate := _candidate(measure, found, sections, context)) is not None
    ]


def _gaps(known: Gaps, context: Context) -> Gaps:
    """Each indicator behind its reference: limit and gap beside its row.

    ``gap`` is positive when worse than the reference; ``severity`` = gap / |reference|, in 0-1.
    """
    settings = context.params.plan.proposal
    found = {}
    for name, row in known.items():
        if row["few_cases"]:
            continue
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
            found[name] = {
                **row, "reference": reference, "limit": limit, "gap": gap, "severity": severity
            }  # fmt: skip
            break
    return found


def _candidate(
    measure: Measure, grounds: Grounds, sections: Mapping[str, Section], context: Context
) -> dict[str, Any] | None:
    """The measure with its baseline, target, severity and evidence; None if nothing calls it."""
    if measure.indicators:
        found = _by_indicator(measure, grounds.gaps, context)
    elif measure.attention is not None:
        found = _by_attention(measure, measure.attention, grounds.known, sections, context)
    else:
        found = _by_fact(measure, sections, context)
    if found is None:
        return None
    settings = context.params.plan.proposal
    years = grounds.worsened.get(str(found["indicator"]))
    voiced = _voiced(measure.right, sections)
    found["score"] = (
        found["severity"]
        + settings.worsened_bonus * (years is not None)
        + settings.voice_bonus * voiced
    )
    extra = [
        words
        for words, said in (
            (f"empeoró de {years}", years is not None),
            (f"los actores nombran {RIGHTS[measure.right].lower()}", voiced),
        )
        if said
    ]
    found["evidence"] = "; ".join([found["evidence"], *extra]) + "."
    found["why"] = " ".join([found["why"], *(f"{words[0].upper()}{words[1:]}." for words in extra)])
    return {"measure": measure, "worsened": years is not None, "voiced": voiced, **found}


def _by_indicator(measure: Measure, gaps: Gaps, context: Context) -> dict[str, Any] | None:
    present = [name for name in measure.indicators if name in gaps]
    if not present:
        return None
    indicator = max(present, key=lambda name: gaps[name]["severity"])
    row = gaps[indicator]
    part = context.params.plan.proposal.gap_share
    reference = REFERENCES[str(row["reference"])]
    share = write_value(100 * part, "percent", 0)
    return {
        "indicator": indicator,
        "outcome": row["name"],
        "unit": row["unit"],
        "baseline": float(row["value"]),
        "year": int(row["year"]),
        "target": float(row["value"] + part * (row["limit"] - row["value"])),
        "rule": "gap",
        "rule_text": RULES["gap"].format(share=share, reference=reference),
        "kind": "capacidad" if row["direction"] > 0 else "reduccion",
        "severity": float(row["severity"]),
        "evidence": (
            f"{row['name']}: {value_text(row['value'], row['unit'])} en {int(row['year'])}; "
            f"{reference}, {value_text(row['limit'], row['unit'])}"
        ),
        "why": f"{SHORT[str(row['reference'])]}: {value_text(row['limit'], row['unit'])}.",
    }


def _by_attention(
    measure: Measure,
    attention: Attention,
    known: Gaps,
    sections: Mapping[str, Section],
    context: Context,
) -> dict[str, Any] | None:
    """Called for by cases that are registered, or attended late; never by how many there are."""
    told = _registered(attention.registers, known)
    timely = _in_time(attention, sections)
    if told is None and np.isnan(timely):
        return None
    target = np.nan if measure.target is None else measure.target
    if timely >= target:
        return None
    unit = str(measure.outcome_unit)
    shown = f"{measure.outcome}: " + (
        "sin información reportada"
        if np.isnan(timely)
        else f"{value_text(timely, unit)} hasta {context.years.follow_up}"
    )
    severity = (
        context.params.plan.proposal.missing_severity
        if np.isnan(timely) or np.isnan(target)
        else (target - timely) / target
    )
    return {
        "indicator": None,
        "outcome": str(measure.outcome),
        "unit": unit,
        "baseline": timely,
        "year": context.years.follow_up,
        "target": target,
        "rule": "council" if np.isnan(target) else "attention",
        "rule_text": RULES["council" if np.isnan(target) else "attention"],
        "kind": "capacidad",
        "severity": float(severity),
        "evidence": "; ".join(filter(None, [told, shown])),
        "why": " ".join(filter(None, [None if told is None else f"{told}.", NOT_A_GOAL])),
    }


def _registered(names: Collection[str], known: Gaps) -> str | None:
    """The registers that hold cases in the territory, with how many and when."""
    rows = [
        row
        for name in names
        if (row := known.get(name)) is not None and row["value"] > 0 and not row["old"]
    ]
    if not rows:
        return None
    row = max(rows, key=lambda each: float(np.nan_to_num(each["numerator"])))
    if np.isnan(row["numerator"]):
        figure = value_text(row["value"], row["unit"])
    else:
        figure = write_value(row["numerator"], "count")
    return f"{row['name']}: {figure} en {int(row['year'])}"


def _in_time(attention: Attention, sections: Mapping[str, Section]) -> float:
    """Percent of the cases that left the route's step within its deadline; NaN when not told."""
    services = sections.get("services")
    if attention.route is None or services is None or "late" not in services.tables:
        return float("nan")
    late = services.tables["late"].data
    steps = late[late["route"] == attention.route]
    steps = steps[steps["label"].str.lower().str.contains(str(attention.step), regex=False)]
    return float("nan") if steps.empty else 100 - float(steps["share"].iloc[0])


def _by_fact(
    measure: Measure, sections: Mapping[str, Section], context: Context
) -> dict[str, Any] | None:
    trigger = measure.when
    if trigger is None or not holds(trigger, sections):
        return None
    outcome, unit = str(measure.outcome), str(measure.outcome_unit)
    state = fact_of(f"keys.key_{measure.key}_state", sections)
    # The state of a key is one fact: the plan says the word of the baseline.
    of_key = "" if state is None else f"Clave {measure.key}: {state}."
    common = {
        "indicator": None,
        "outcome": outcome,
        "unit": unit,
        "year": context.years.follow_up,
        "target": np.nan if measure.target is None else measure.target,
        "rule": "council" if measure.target is None else "key",
        "rule_text": RULES["council" if measure.target is None else "key"],
        "kind": "capacidad",
    }
    if trigger.missing:
        return common | {
            "baseline": np.nan,
            "severity": context.params.plan.proposal.missing_severity,
            "evidence": f"{outcome}: sin información reportada",
            "why": " ".join(filter(None, ["Sin información reportada.", of_key])),
        }
    value = float(fact_of(trigger.fact, sections).value)  # type: ignore[union-attr]
    limit = trigger.below if trigger.below is not None else trigger.above
    severity = 1.0 if not limit else min(abs(value - limit) / abs(limit), 1.0)
    bound = "al menos" if trigger.above is None else "no más de"
    if trigger.above is not None:
        common["kind"] = "reduccion"
    expected = f"Se espera {bound} {value_text(float(limit or 0), unit)}."
    return common | {
        "baseline": value,
        "severity": severity,
        "evidence": f"{outcome}: {value_text(value, unit)} en {context.years.follow_up}",
        "why": " ".join(filter(None, [expected, of_key])),
    }


def _worsened(sections: Mapping[str, Section]) -> dict[str, str]:
    """The indicators that are worse than at their baseline, with the years of their own data."""
    change = sections.get("change")
    if change is None or "indicators" not in change.tables:
        return {}
    data = change.tables["indicators"].data
    rows = data[data["verdict"] == "worsened"]
    return {
        str(name): f"{int(first)} a {int(last)}"
        for name, first, last in zip(rows["indicator"], rows["year_a"], rows["year_b"], strict=True)
    }


def _voiced(right: str, sections: Mapping[str, Section]) -> bool:
    """True when the actors' workshops give most votes to the right."""
    fact = fact_of("readings.top_right", sections)
    return fact is not None and not fact.missing and fact.value == RIGHTS[right]


def value_text(value: float, unit: str) -> str:
    """``58,0 %``, ``14 personas``: without decimals where there are none, except shares."""
    return with_unit(value, unit, 0 if unit != "%" and float(value).is_integer() else 1)


def covered(candidate: Mapping[str, Any], plan: pd.DataFrame) -> bool:
    """Whether the plan in force has an action on what the measure would change, or the measure."""
    action = _folded(candidate["measure"].action)
    outcome = _folded(candidate["outcome"])
    return any(
        _folded(text).startswith(action) or _folded(indicator) == outcome
        for text, indicator in zip(plan["descripcion"], plan["indicador"], strict=True)
    )


def _folded(text: str) -> str:
    return " ".join(str(text).casefold().split())
