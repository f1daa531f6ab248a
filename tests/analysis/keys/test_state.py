"""The state of a key follows its declared rules, step by step."""

from __future__ import annotations

import pandas as pd
import pytest
from analysis.keys.worlds import context, rows
from builders import make_context, people_of

from gsi.analysis.delivery import delivery
from gsi.analysis.keys import state
from gsi.analysis.keys.convening import convening
from gsi.analysis.keys.outreach import outreach
from gsi.analysis.keys.services import services
from gsi.analysis.keys.state import SECTIONS, states
from gsi.analysis.keys.training import training
from gsi.analysis.plan.catalogue import measures
from gsi.analysis.plan.decisions import holds
from gsi.analysis.results import Section, count, flag, percent
from gsi.contract.params.measures import Trigger
from gsi.ground.kept import Kept
from gsi.inputs.data import Data


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


def key_1(share: float, **facts: bool) -> tuple[str, str]:
    section = Section(
        "information",
        {"publications": count(9), "indicators_share": percent(share)}
        | {name: flag(value) for name, value in facts.items()},
    )
    found = states(make_context({}, "73", names={"73001": "Ibagué"}), {"information": section})
    return str(found.facts["key_1_state"].value), str(found.facts["key_1_lift"].value)


def test_key_1_is_not_consolidated_with_the_indicators_missing() -> None:
    """34 of 57 indicators: homes measured twice do not make up for the rest."""
    measured = {"households_available": True, "compared": True}
    state, lift = key_1(100 * 34 / 57 + 1, **measured)
    assert state == "en desarrollo" and "completar los indicadores" in lift
    assert key_1(40, **measured)[0] == "incipiente"
    assert key_1(95, **measured) == (
        "consolidada", "mantener lo logrado y medirlo en el próximo corte"
    )  # fmt: skip


def measured(*codes: str, people: dict[str, int] | None = None) -> tuple[Section, Section]:
    """Key 1 and who reported, of a department of four where ``codes`` measured their homes."""
    homes = rows("hogares", *({"hogar": f"h{code}", "municipio": code} for code in codes))
    tables = {"hogares": homes}
    if people:
        tables["poblacion"] = people_of(**{f"m{code}": size for code, size in people.items()})
    place = make_context(tables, "73", names={f"7300{n}": f"M{n}" for n in range(1, 5)})
    section = Section(
        "information",
        {"publications": count(9), "indicators_share": percent(70), "households": count(120)}
        | {"households_available": flag(True)},
    )
    return states(place, {"information": section}), delivery(place)


def test_what_a_minority_reported_does_not_lift_the_key_of_a_department() -> None:
    """One municipality of many that measured its homes made the whole department 'en desarrollo',
    and nobody was asked any more how homes would be measured."""
    keys, _ = measured("73001")
    assert keys.facts["key_1_state"].value == "incipiente" and keys.facts["key_1_thin"].value
    assert (
        keys.facts["key_1_lift"].value
        == "reportar «Hogares» en más municipios (hoy, 1 de 4 municipios, M1)"
    )
    assert "registro: sí (1 de 4 municipios, M1)" in keys.facts["key_1_evidence"].value
    keys, _ = measured("73001", "73002")  # half of them
    assert keys.facts["key_1_state"].value == "en desarrollo" and not keys.facts["any_thin"].value
    assert "(2 de 4" not in keys.facts["key_1_evidence"].value
    sizes = {"73001": 700, "73002": 100, "73003": 100, "73004": 100}
    assert measured("73001", people=sizes)[0].facts["key_1_state"].value == "en desarrollo"
    assert measured("73002", people=sizes)[0].facts["key_1_state"].value == "incipiente"


def test_who_reported_is_worked_out_once_for_each_set_of_forms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    real = state.placed

    def counted(data: Data, name: str) -> pd.Series:
        asked.append(name)
        return real(data, name)

    monkeypatch.setattr(state, "placed", counted)
    assert measured("73001")[0].facts["key_1_thin"].value
    assert asked == ["hogares"]  # two of its rules, their thinness and their evidence


def test_what_a_minority_reported_is_still_asked_of_the_council() -> None:
    asked = Trigger(fact="information.households", missing=True, forms=("hogares",))
    information = Section("information", {"households": count(120)})
    for codes, called in ((("73001",), True), (("73001", "73002"), False)):
        keys, who = measured(*codes)
        assert holds(asked, {"information": information, "delivery": who, "keys": keys}) is called
    sections = {"information": Section("information", {"households": count(None)})}
    assert holds(asked, sections)


def test_no_measure_is_proposed_for_what_consolidates_a_key() -> None:
    """The same figure cannot be an achievement in one report and a gap in the other."""
    required = {
        rule.fact: rule.at_least
        for rules in context().params.keys.states.values()
        for rule in rules.consolidada
    }
    same = {"governance.kept": "convening.commitments_kept"}
    compared = 0
    for measure in measures(Kept()).measures:
        if measure.when is None or measure.when.below is None:
            continue
        fact = same.get(measure.when.fact, measure.when.fact)
        if fact in required:
            compared += 1
            assert measure.when.below <= required[fact], measure.id
    assert compared >= 6


def test_nothing_reported_is_not_inexistent() -> None:
    result = states(make_context({}, "73", names={"73001": "Ibagué"}), {})
    assert result.facts["unknown"].value == 5
    assert set(result.tables["states"].data["state"]) == {"sin información"}


def test_what_was_not_reported_is_not_inexistent_beside_other_tables() -> None:
    """People and care reported, days of service not: whether there were any is not known."""
    section = Section("outreach", {"reached_share": percent(23)})
    ctx = make_context({}, "73", names={"73001": "Ibagué"})
    facts = states(ctx, {"outreach": section}).facts
    assert facts["key_4_state"].value == "sin información"
    assert facts["inexistente"].value == 0 and facts["unknown"].value == 5
    none = Section("outreach", {"days": count(0), "reached_share": percent(23)})
    assert states(ctx, {"outreach": none}).facts["key_4_state"].value == "inexistente"


def test_nobody_is_told_to_open_or_do_what_may_be_there() -> None:
    rows = states(make_context({}, "73", names={"73001": "Ibagué"}), {}).tables["states"].data
    for lift in rows["lift"]:
        assert lift.startswith(("Reportar ", "Reunir "))


def test_what_would_lift_it_is_what_it_does_not_meet_yet() -> None:
    section = Section(
        "training",
        {"courses": count(3), "municipalities_share": percent(60), "moments": count(1)},
    )
    ctx = make_context({}, "73", names={"73001": "Ibagué"})
    facts = states(ctx, {"training": section}).facts
    assert facts["key_2_lift"].value == "ligar los cursos al menos a dos momentos de la gestión"
    assert "Cursos reportados: 3" in facts["key_2_evidence"].value


def test_every_fact_the_rules_name_exists_in_the_example() -> None:
    ctx = context()
    sections = {
        section.name: section
        for section in (
            training(ctx),
            services(ctx),
            outreach(ctx, Section("priority")),
            convening(ctx),
        )
    }
    for key, rules in ctx.params.keys.states.items():
        for level in ("incipiente", "en_desarrollo", "consolidada"):
            for rule in getattr(rules, level):
                name, fact = rule.fact.split(".")
                assert name == SECTIONS[key]
                if name in sections:
                    assert fact in sections[name].facts
