"""The state of each key: declared rules over the facts of the sections, evidence beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.delivery import NOBODY, Delivery, delivered, enough, placed, together
from gsi.analysis.results import Column, Fact, Section, Table, count, flag, text
from gsi.analysis.steps import step
from gsi.contract import places
from gsi.contract.params.keys import LEVELS, KeyRules, Requirement
from gsi.contract.tables import schema
from gsi.contract.vocabulary import KEYS
from gsi.ground.locale import clauses, enumeration, within

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
    'inexistente': silence about days of service does not say that there were none. What a minority
    of a department's municipalities reported (``keys.quorum``) does not lift its key beyond the
    first state: a few do not say what the department has. ``key_<n>_thin``: that this holds it
    back.
    """
    rows = []
    voices = _Voices(context)
    for key, rules in sorted(context.params.keys.states.items()):
        section = sections.get(SECTIONS[key])
        known = section is not None and section.available
        rows.append(_state(key, rules, sections, known, voices))
    frame = pd.DataFrame(rows)
    facts: dict[str, Fact] = {}
    for row in rows:
        prefix = f"key_{row['key']}"
        facts |= {
            f"{prefix}_state": text(str(row["state"])),
            f"{prefix}_evidence": text(str(row["evidence"])),
            f"{prefix}_lift": text(within(str(row["lift"]))),
            f"{prefix}_thin": flag(bool(row["thin"])),
            f"{prefix}_known": flag(row["state"] != NO_INFORMATION),
            f"{prefix}_complete": flag(row["state"] == LABELS["consolidada"]),
        }
    for label, name in (*((value, key) for key, value in LABELS.items()), (NONE, NONE)):
        facts[name] = count(int((frame["state"] == label).sum()))
    facts["any_thin"] = flag(bool(frame["thin"].any()))
    facts["unknown"] = count(int((frame["state"] == NO_INFORMATION).sum()))
    columns = {
        "label": Column("Clave"),
        "state": Column("Estado"),
        "lift": Column("Qué la haría avanzar"),
    }
    return Section("keys", facts, {"states": Table(frame, columns)})


class _Voices:
    """Who stands behind what forms tell, and whether they are enough to speak of the place."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.places = places.many(context.data.kinds)
        self._few: dict[tuple[str, ...], Delivery | None] = {}

    def few(self, rule: Requirement) -> Delivery | None:
        """Who reported, where they are fewer than the quorum; None where they are enough."""
        if not rule.forms:
            return None
        forms = tuple(rule.forms)
        if forms not in self._few:
            of = [delivered(placed(self._context.data, name), self._context) for name in forms]
            found = together(of, self._context)
            self._few[forms] = None if enough(found, self._context) else found
        return self._few[forms]

    def by(self, found: Delivery) -> str:
        """Who they are, in words."""
        return found.by(self._context) or NOBODY


def _state(
    key: int, rules: KeyRules, sections: Mapping[str, Section], known: bool, voices: _Voices
) -> dict[str, str | int]:
    row: dict[str, str | int] = {"key": key, "label": f"{key}. {KEYS[key]}", "thin": 0}
    silent = any(_fact(rule, sections).missing for rule in rules.incipiente)
    if not known:
        return row | {"state": NO_INFORMATION, "evidence": "sin dato", "lift": rules.unreported}
    state, pending = NONE, list[Requirement]()
    for level in LEVELS:
        asked: list[Requirement] = getattr(rules, level)
        thin = {rule.fact: few for rule in asked if (few := voices.few(rule)) and few.reported}
        pending = [rule for rule in asked if rule.fact in thin or not _meets(rule, sections)]
        if pending:
            break
        state = LABELS[level]
    read = {
        rule.fact: f"{rule.evidence}: {_told(rule, sections, voices)}"
        for level in LEVELS
        for rule in getattr(rules, level)
    }
    held = [rule for rule in pending if rule.fact in thin and _meets(rule, sections)]
    lifts = [_more(rule, voices) if rule in held else rule.lift for rule in pending]
    lift = clauses(list(dict.fromkeys(lifts)))
    if silent:
        state, lift, held = NO_INFORMATION, rules.unreported, []
    return row | {
        "thin": int(bool(held)),
        "state": state,
        "evidence": clauses(list(read.values())),
        "lift": lift or "Mantener lo logrado y medirlo en el próximo corte",
    }


def _told(rule: Requirement, sections: Mapping[str, Section], voices: _Voices) -> str:
    """The value of a fact, and who reported it where they are few."""
    fact = _fact(rule, sections)
    few = None if fact.missing else voices.few(rule)
    return str(fact) if few is None or not few.reported else f"{fact} ({voices.by(few)})"


def _more(rule: Requirement, voices: _Voices) -> str:
    """What would lift a key that only wants more municipalities behind its figure."""
    titles = enumeration([f"«{schema(name).title}»" for name in rule.forms])
    few = voices.few(rule)
    by = "" if few is None else f" (hoy, {voices.by(few)})"
    return f"Reportar {titles} en más {voices.places}{by}"


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
