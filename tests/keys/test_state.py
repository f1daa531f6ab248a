"""The state of a key follows its declared rules, step by step."""

from __future__ import annotations

import pytest
from builders import make_context

from gsi.keys.convening import convening
from gsi.keys.outreach import outreach
from gsi.keys.services import services
from gsi.keys.state import SECTIONS, states
from gsi.keys.training import training
from gsi.results import Section, count, percent
from keys.worlds import context


def one(**facts: object) -> str:
    section = Section("training", {key: count(value) for key, value in facts.items()})  # type: ignore[arg-type]
    result = states(make_context({}, "73", names={"73001": "Ibagué"}), {"training": section})
    return str(result.facts["key_2_state"].value)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"courses": 0}, "inexistente"),
        ({"courses": 1}, "incipiente"),
        ({"courses": 9, "municipalities_share": 50, "moments": 1}, "incipiente"),
        ({"courses": 9, "municipalities_share": 50, "moments": 2}, "en desarrollo"),
        ({"courses": 9, "municipalities_share": 90, "moments": 4}, "en desarrollo"),
        (
            {"courses": 9, "municipalities_share": 90, "moments": 4, "completion": 80},
            "consolidada",
        ),
        # A higher state needs the lower ones too.
        ({"courses": 0, "municipalities_share": 99, "moments": 4, "completion": 99}, "inexistente"),
    ],
)
def test_the_rules_by_hand(facts: dict[str, float], state: str) -> None:
    assert one(**facts) == state


def test_nothing_reported_is_not_inexistent() -> None:
    result = states(make_context({}, "73", names={"73001": "Ibagué"}), {})
    assert result.facts["unknown"].value == 5
    assert set(result.tables["states"].data["state"]) == {"sin información"}


def test_what_would_lift_it_is_what_it_does_not_meet_yet() -> None:
    section = Section(
        "training",
        {"courses": count(3), "municipalities_share": percent(60), "moments": count(1)},
    )
    ctx = make_context({}, "73", names={"73001": "Ibagué"})
    facts = states(ctx, {"training": section}).facts
    assert facts["key_2_lift"].value == "Ligar los cursos al menos a dos momentos de la gestión"
    assert "Cursos reportados: 3" in facts["key_2_evidence"].value


def test_every_fact_the_rules_name_exists_in_the_example() -> None:
    ctx = context()
    sections = {
        section.name: section
        for section in (training(ctx), services(ctx), outreach(ctx), convening(ctx))
    }
    for key, rules in ctx.params.keys.states.items():
        for level in ("incipiente", "en_desarrollo", "consolidada"):
            for rule in getattr(rules, level):
                name, fact = rule.fact.split(".")
                assert name == SECTIONS[key]
                if name in sections:
                    assert fact in sections[name].facts
