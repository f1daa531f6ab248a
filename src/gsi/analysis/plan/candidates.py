"""What calls for a measure: the gap of an indicator, cases to be attended, or a fact of a key.

Not everything that is counted may be a ground (:mod:`gsi.analysis.plan.grounds`). Where the figure
also counts how much is reported (``counts_reporting``), less of it may be silence: it never gets a
target to fall. Its measure is called for by the cases themselves and its target is how many of them
are attended in time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.changes import rows_of
from gsi.analysis.comprehension.later_figures import emptied, part_of_a_year
from gsi.analysis.context import Context
from gsi.analysis.labels import least, with_unit
from gsi.analysis.plan import order, reached
from gsi.analysis.plan.catalogue import measures
from gsi.analysis.plan.decisions import fact_of, holds, thin
from gsi.analysis.plan.grounds import REFERENCES, Gaps, Grounds
from gsi.analysis.results import Section, write_value
from gsi.contract.params.measures import Attention, Measure
from gsi.contract.vocabulary import RIGHTS
from gsi.ground import locale
from gsi.inputs.indicators import cuts, zones

Rule = Literal["gap", "attention", "key", "council"]
SHORT = {"department": "Departamento", "country": "País"}
RULES: dict[Rule, str] = {
    "gap": "cierra {share} de la distancia con {whose}",
    "attention": "atender a tiempo cada caso",
    "key": "lo que se espera de la clave",
    "council": "la fija el consejo",
}
MINIMUM = "Sin meta: la fuente no dice de cuántos falta el dato, y cada cifra es un mínimo."
APPROXIMATE = "aproximado"
MADE_HERE = "Aproximado: media de los municipios, que puede apartarse de la cifra publicada"
ONE_YEAR = "La fuente solo tiene {year}: hasta que se repita, se sigue el producto."
HALF = "El dato de {year} es del {day}: se parte del último de un año entero."
REACHED = "Ya estuvo en la meta en {year}: {value}."
REGISTERED = "Son los que se registraron ese año, no los que esperan atención."
NOT_A_GOAL = (
    "Lo registrado también cuenta cuánto se denuncia: que baje puede ser silencio. La meta es "
    "atender, no registrar menos."
)


def candidates(
    found: Grounds, sections: Mapping[str, Section], context: Context
) -> list[dict[str, Any]]:
    """Every measure of the catalogue that something calls for, in the catalogue's order."""
    return [
        candidate
        for measure in measures(context.kept).measures
        if (candidate := _candidate(measure, found, sections, context)) is not None
    ]


def _candidate(
    measure: Measure, grounds: Grounds, sections: Mapping[str, Section], context: Context
) -> dict[str, Any] | None:
    """The measure with its baseline, target, place in the order and evidence; None if nothing
    calls it."""
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
    found |= {"worsened": years is not None, "voiced": _voiced(measure.right, sections)}
    # An action is of the objective of what it moves, as the baseline's report tells it.
    own = {item.id: item.objective for item in context.catalogue}
    found["objective"] = own.get(str(found["indicator"]), measure.objective)
    found["score"] = (
        found["distance"]
        + settings.worsened_bonus * found["worsened"]
        + settings.voice_bonus * found["voiced"]
    )
    reference = REFERENCES.get(str(found.get("reference")))
    found["order_text"] = order.basis(found, reference, context)
    extra = [
        words
        for words, said in (
            (f"empeoró de {years}", found["worsened"]),
            (f"los actores nombran {RIGHTS[measure.right].lower()}", found["voiced"]),
        )
        if said
    ]
    found["evidence"] = "; ".join([found["evidence"], *extra]) + "."
    found["why"] = " ".join([found["why"], *(f"{words[0].upper()}{words[1:]}." for words in extra)])
    return {"measure": measure.of(found["indicator"]), "general": measure.action, **found}


def _by_indicator(measure: Measure, gaps: Gaps, context: Context) -> dict[str, Any] | None:
    present = [name for name in measure.indicators if name in gaps]
    if not present:
        return None
    # The gap that stands first in the order is the one that the measure is proposed for.
    indicator = min(present, key=lambda name: order.sort_key(gaps[name]))
    row = gaps[indicator]
    part = context.params.plan.proposal.gap_share
    reference = REFERENCES[str(row["reference"])]
    norm = _norm(indicator, context)
    whose = f"la meta de una norma, {norm}" if row["reference"] == "target" else reference
    share = write_value(100 * part, "percent", 0)
    # Half of the way to where a minimum ends may already have been gone.
    minimum = row["basis"] == "minimum"
    rule: Rule = "council" if minimum else "gap"
    target = np.nan if minimum else float(row["value"] + part * (row["limit"] - row["value"]))
    return {
        "indicator": indicator,
        "outcome": row["name"],
        "unit": row["unit"],
        "baseline": float(row["value"]),
        "year": int(row["year"]),
        "day": cuts.of(row["note"]),
        "minimum": minimum,
        "target": target,
        "rule": rule,
        "rule_text": RULES[rule].format(share=share, whose=whose),
        "kind": "capacidad" if row["direction"] > 0 else "reduccion",
        "reference": row["reference"],
        "group": row["group"],
        "judged": row["judged"],
        "distance": float(row["distance"]),
        "approximate": bool(row["approximate"]),
        "evidence": _told(row, whose),
        "why": " ".join(
            [
                f"{SHORT.get(name, f'Meta de una norma, {norm}')}: "
                f"{least(value_text(row[name], row['unit']), minimum and name != 'target')}"
                f"{_approximately(_of_ours(row, name))}"
                f"{'' if name == 'target' else zones.SHORT.get(zones.note(row['note']), '')}."
                for name in _shown(row)
            ]
            + [MINIMUM] * minimum
            + (_unused(row, context) or _not_repeated(indicator, int(row["year"]), context))
            + _reached(row, target, context)
        ),
    }


def _unused(row: Mapping[Any, Any], context: Context) -> list[str]:
    """Why the action starts from an earlier year, where a later figure is published and cannot be
    used or is of a part of its year."""
    own = rows_of(context, context.territory.code)
    if day := part_of_a_year(row, own, context.years.follow_up):
        return [HALF.format(year=int(row["year"]) + 1, day=day)]
    start = {"indicator": row["indicator"], "series_a": row["own_series"], "year_a": row["year"]}
    return [told for told in emptied(pd.DataFrame([start]), own, context.years.follow_up) if told]


def _reached(row: Mapping[Any, Any], target: float, context: Context) -> list[str]:
    """That the territory was already where the target is, and when last."""
    before = reached.before(row, target, context)
    if before is None:
        return []
    told = f"{value_text(before.value, row['unit'])}{_approximately(before.approximate)}"
    return [REACHED.format(year=before.year, value=told)]


def _not_repeated(name: str, year: int, context: Context) -> list[str]:
    """What is followed where the source has that year alone, as a census."""
    indicator = next(item for item in context.catalogue if item.id == name)
    return [ONE_YEAR.format(year=year)] if indicator.years == str(year) else []


def _norm(name: str, context: Context) -> str:
    """The norm that sets an indicator's target, by its name before the colon: ``ODS 4.1``."""
    indicator = next(item for item in context.catalogue if item.id == name)
    return str(indicator.target_source).partition(":")[0]


def _told(row: Mapping[Any, Any], reference: str) -> str:
    """The figure and its reference, each marked where it is a mean made here."""
    ours = (bool(row["approximate"]), _of_ours(row, str(row["reference"])))
    minimum = row["basis"] == "minimum"
    value, limit = (value_text(row[name], row["unit"]) for name in ("value", "limit"))
    told = (
        f"{row['name']}: {least(value, minimum)} en {int(row['year'])}"
        f"{_cut(row)}{_approximately(ours[0])}; {reference}, "
        f"{least(limit, minimum and row['reference'] != 'target')}{_approximately(ours[1])}"
    )
    zone = zones.note(row["note"]).rstrip(".")
    if zone and row["reference"] != "target":
        zone = f"{zone}. {zones.ALIKE}"
    return ". ".join(filter(None, [told, zone, MADE_HERE if any(ours) else ""]))


def _cut(row: Mapping[Any, Any]) -> str:
    """`` (30 de junio)`` of a figure of a part of its year."""
    day = cuts.of(row["note"])
    return f" ({day})" if day else ""


def _shown(row: Mapping[Any, Any]) -> list[str]:
    """The reference of the gap; before a norm's target, the place's peers, so that the reader sees
    how it stands among them."""
    if row["reference"] != "target":
        return [str(row["reference"])]
    peers = [name for name in ("department", "country") if not np.isnan(row[name])]
    return [*peers[:1], "target"]


def _of_ours(row: Mapping[Any, Any], reference: str) -> bool:
    """Whether a reference is a mean of municipalities not known to be the published figure."""
    return reference != "target" and bool(row[f"{reference}_approximate"])


def _approximately(ours: bool) -> str:
    return f" ({APPROXIMATE})" if ours else ""


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
        "group": "attention",
        "distance": (target - timely) / target,
        "evidence": "; ".join(filter(None, [told, shown])),
        "why": " ".join([*([] if told is None else [f"{told}.", REGISTERED]), NOT_A_GOAL]),
    }


def _registered(names: Collection[str], known: Gaps) -> str | None:
    """The registers that hold cases in the territory, each with how many and when."""
    told = []
    for name in names:
        row = known.get(name)
        if row is None or not row["value"] > 0 or row["old"]:
            continue
        if np.isnan(row["numerator"]):
            figure = value_text(row["value"], row["unit"])
        else:
            figure = write_value(row["numerator"], "count")
        told.append(f"{row['name']}: {figure} en {int(row['year'])}{_cut(row)}")
    return locale.clauses(told) or None


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
    partial = fact_of(f"delivery.key_{measure.key}_partial", sections)
    if partial is not None and partial.value and not trigger.missing:
        of_key += f" Reportaron: {fact_of(f'delivery.key_{measure.key}_by', sections)}."
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
        told = "Sin información reportada"
        if few := thin(trigger, sections):
            who = locale.enumeration([str(fact_of(f"delivery.{f}_by", sections)) for f in few])
            told = f"Información solo de {who}"
        return common | {
            "baseline": np.nan,
            "group": "silence",
            "distance": np.nan,
            "evidence": f"{outcome}: {locale.within(told)}",
            "why": " ".join(filter(None, [f"{told}.", of_key])),
        }
    value = float(fact_of(trigger.fact, sections).value)  # type: ignore[union-attr]
    limit = trigger.below if trigger.below is not None else trigger.above
    limit = float(limit or 0)
    # Of the way there is to what is expected, the part that is missing: up from 0, down from 100.
    whole = 100 - limit if trigger.above is not None and unit == "%" else abs(limit)
    bound = "al menos" if trigger.above is None else "no más de"
    if trigger.above is not None:
        common["kind"] = "reduccion"
    expected = f"Se espera {bound} {value_text(limit, unit)}."
    return common | {
        "baseline": value,
        "group": "key",
        "distance": min(abs(value - limit) / whole, 1.0) if whole else 1.0,
        "evidence": (
            f"{outcome}: {value_text(value, unit)} en el corte de {context.years.follow_up}"
        ),
        "why": " ".join(filter(None, [expected, of_key])),
    }


def _voiced(right: str, sections: Mapping[str, Section]) -> bool:
    """True when the actors' workshops give most votes to the right."""
    fact = fact_of("readings.top_right", sections)
    return fact is not None and not fact.missing and fact.value == RIGHTS[right]


def value_text(value: float, unit: str) -> str:
    """``58,0 %``, ``14 personas``: without decimals where there are none, except shares."""
    return with_unit(value, unit, 0 if unit != "%" and float(value).is_integer() else 1)
