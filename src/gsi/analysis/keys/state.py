"""The state of each key: declared rules over the facts of the sections, evidence beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Section, Table, count, flag, text
from gsi.analysis.steps import step
from gsi.contract.params.keys import LEVELS, KeyRules, Requirement
from gsi.contract.vocabulary import KEYS
from gsi.ground.locale import clauses, within

NO_INFORMATION = "sin información"
NONE = "inexistente"
LABELS = {
    "incipiente": "incipiente",
    "en_desarrollo": "en desarrollo",
    "consolidada": "consolidada",
}
SECTIONS = {1: "information", 2: "training", 3: "services", 4: "outreach", 5: "convening"}


@step
def states(context: Context, sections: Mapping[str, Section]) -> Section:
    """State of the five keys from the saved ``sections`` (by name; an absent one is unknown).

    A key has the highest state whose requirements, and those of the states below it, are met.
    Where what the first state asks for was not reported it is 'sin información', which is not
    'inexistente': silence about days of service does not say that there were none.
    """
    rows = []
    for key, rules in sorted(context.params.keys.states.items()):
        section = sections.get(SECTIONS[key])
        known = section is not None and section.available
        rows.append(_state(key, rules, sections, known))
    frame = pd.DataFrame(rows)
    facts: dict[str, Fact] = {}
    for row in rows:
        prefix = f"key_{row['key']}"
        facts |= {
            f"{prefix}_state": text(str(row["state"])),
            f"{prefix}_evidence": text(str(row["evidence"])),
            f"{prefix}_lift": text(within(str(row["lift"]))),
            f"{prefix}_known": flag(row["state"] != NO_INFORMATION),
            f"{prefix}_complete": flag(row["state"] == LABELS["consolidada"]),
        }
    for label, name in (*((value, key) for key, value in LABELS.items()), (NONE, NONE)):
        facts[name] = count(int((frame["state"] == label).sum()))
    facts["unknown"] = count(int((frame["state"] == NO_INFORMATION).sum()))
    columns = {
        "label": Column("Clave"),
        "state": Column("Estado"),
        "lift": Column("Qué la haría avanzar"),
    }
    return Section("keys", facts, {"states": Table(frame, columns)})


def _state(
    key: int, rules: KeyRules, sections: Mapping[str, Section], known: bool
) -> dict[str, str | int]:
    row: dict[str, str | int] = {"key": key, "label": f"{key}. {KEYS[key]}"}
    silent = any(_fact(rule, sections).missing for rule in rules.incipiente)
    if not known:
        return row | {"state": NO_INFORMATION, "evidence": "sin dato", "lift": rules.unreported}
    state, pending = NONE, list[Requirement]()
    for level in LEVELS:
        pending = [rule for rule in getattr(rules, level) if not _meets(rule, sections)]
        if pending:
            break
        state = LABELS[level]
    read = {
        rule.fact: f"{rule.evidence}: {_fact(rule, sections)}"
        for level in LEVELS
        for rule in getattr(rules, level)
    }
    lift = clauses(list(dict.fromkeys(rule.lift for rule in pending)))
    if silent:
        state, lift = NO_INFORMATION, rules.unreported
    return row | {
        "state": state,
        "evidence": clauses(list(read.values())),
        "lift": lift or "Mantener lo logrado y medirlo en el próximo corte",
    }


def _fact(rule: Requirement, sections: Mapping[str, Section]) -> Fact:
    name, key = rule.fact.split(".")
    section = sections.get(name)
    missing = Fact(None, "text")
    return missing if section is None else section.facts.get(key, missing)


def _meets(rule: Requirement, sections: Mapping[str, Section]) -> bool:
    fact = _fact(rule, sections)
    if fact.missing:
        return False
    value = float(fact.value)
    return not math.isnan(value) and value >= rule.at_least
