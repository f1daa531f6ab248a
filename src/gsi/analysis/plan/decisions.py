"""The decisions asked of the council, and the conditions that call for one or for a measure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.plan.catalogue import measures
from gsi.analysis.results import Column, Fact, Section, Table
from gsi.contract.params.measures import Decision, Trigger, facts_of

COLUMNS = ["order", "decision", "text", "evidence", "responsible"]


def decided(sections: Mapping[str, Section], context: Context) -> pd.DataFrame:
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
                    "responsible": _filled(decision.responsible, sections),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def table(decisions: pd.DataFrame) -> Table:
    """The decisions as the council reads them."""
    return Table(
        decisions,
        {
            "order": Column("Orden", "count"),
            "text": Column("Decisión"),
            "evidence": Column("Evidencia"),
            "responsible": Column("Quién responde"),
        },
    )


def holds(trigger: Trigger, sections: Mapping[str, Section]) -> bool:
    """Whether a trigger's rule holds; False when its section is not part of the run."""
    if trigger.fact.split(".")[0] not in sections:
        return False
    fact = fact_of(trigger.fact, sections)
    absent = fact is None or fact.missing
    if trigger.missing is not None:
        return (absent or bool(thin(trigger, sections))) == trigger.missing
    if fact is None or absent:
        return False
    if trigger.equals is not None:
        return bool(fact.value) == trigger.equals
    value = float(fact.value)
    if trigger.below is not None:
        return value < trigger.below
    return trigger.above is not None and value > trigger.above


def thin(trigger: Trigger, sections: Mapping[str, Section]) -> list[str]:
    """The forms of a trigger that some reported, too few to speak for the territory."""
    found = []
    told = sections["delivery"].facts if "delivery" in sections else {}
    for form in trigger.forms:
        by, enough = told.get(f"{form}_by"), told.get(f"{form}_enough")
        if by is not None and not by.missing and enough is not None and not enough.value:
            found.append(form)
    return found


def fact_of(path: str, sections: Mapping[str, Section]) -> Fact | None:
    """The fact ``section.name``; None when the run does not have it."""
    section, name = path.split(".")
    return sections[section].facts.get(name) if section in sections else None


def _asked(decision: Decision, sections: Mapping[str, Section], context: Context) -> bool:
    level = decision.level in (None, context.territory.level)
    named = [*facts_of(decision.text), *facts_of(decision.evidence)]
    named += facts_of(decision.responsible)
    found = [fact_of(path, sections) for path in named]
    known = all(fact is not None and not fact.missing for fact in found)
    return level and known and all(holds(trigger, sections) for trigger in decision.when)


def _filled(template: str, sections: Mapping[str, Section]) -> str:
    for path in facts_of(template):
        template = template.replace("{" + path + "}", str(fact_of(path, sections)))
    return template
