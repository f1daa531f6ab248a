"""Proposals by declared rules, and decisions that carry their evidence."""

from __future__ import annotations

import pytest
from builders import make_context
from keys.worlds import context, rows

from gsi.comprehension.priority import priority
from gsi.comprehension.readings import readings
from gsi.context import Context
from gsi.example import truth
from gsi.kept import Kept
from gsi.keys.governance import governance
from gsi.keys.information import information
from gsi.keys.training import training
from gsi.params.measures import facts_of
from gsi.plan.baseline import baseline
from gsi.plan.catalogue import measures
from gsi.plan.change import change
from gsi.plan.monitor import monitor
from gsi.plan.propose import propose
from gsi.results import Section, count, flag, percent


def reported(indicator: str, year: int, value: float, place: str, **more: object) -> dict:
    return {
        "municipio": place, "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": "s",
    } | more  # fmt: skip


def place(*records: dict, **overrides: object) -> Context:
    return make_context(
        {"indicadores": rows("indicadores", *records)},
        "73067",
        names={"73067": "Ataco"},
        overrides={f"plan.proposal.{key}": value for key, value in overrides.items()},
    )


def test_target_closes_the_declared_part_of_the_gap() -> None:
    where = place(
        reported("sin_agua", 2018, 58.0, "73067"),
        reported("sin_agua", 2018, 14.0, "73"),
        reported("sin_agua", 2018, 12.0, "CO"),
    )
    (row,) = propose(where, {}).tables["actions"].data.to_dict("records")
    assert row["measure"] == "agua" and row["baseline"] == 58 and row["year"] == 2018
    assert row["target"] == pytest.approx(58 - 0.5 * (58 - 14))  # the department, not the country
    assert row["kind"] == "reduccion" and row["target_year"] == 2027
    assert (row["key"], row["sector"], row["product_unit"]) == (3, "Agua potable", "hogares")


def test_no_gap_no_proposal() -> None:
    better = place(
        reported("bajo_peso", 2018, 5.0, "73067"), reported("bajo_peso", 2018, 9.0, "73")
    )
    assert "actions" not in propose(better, {}).tables
    # A gap smaller than the interval is not a gap anybody could see closed.
    unsure = place(
        reported("pisos", 2018, 12.0, "73067", inferior=6.0, superior=18.0),
        reported("pisos", 2018, 9.0, "73"),
    )
    assert not propose(unsure, {}).facts["any"].value


def test_a_worsened_indicator_goes_first() -> None:
    rows_ = [
        reported("sin_agua", 2018, 20.0, "73067"), reported("sin_agua", 2018, 10.0, "73"),
        reported("desercion", 2018, 3.0, "73067"), reported("desercion", 2024, 7.0, "73067"),
        reported("desercion", 2024, 4.0, "73"),
    ]  # fmt: skip
    where = place(*rows_)
    alone = list(propose(where, {}).tables["actions"].data["measure"])
    assert alone == ["agua", "permanencia"]  # 10/10 against 3/4
    with_change = propose(where, {"change": change(where)}).tables["actions"].data
    assert list(with_change["measure"]) == ["agua", "permanencia"]
    assert "empeoró" in with_change["evidence"].iloc[1]
    heavier = place(*rows_, worsened_bonus=0.5)
    again = propose(heavier, {"change": change(heavier)}).tables["actions"].data
    assert list(again["measure"]) == ["permanencia", "agua"]


def test_facts_of_the_keys_propose_and_silence_proposes_nothing() -> None:
    where = place(reported("pisos", 2018, 1.0, "73067"))
    late = Section("training", {"municipalities_share": percent(60), "completion": percent(95),
                                "courses": count(3)})  # fmt: skip
    chosen = propose(where, {"training": late}).tables["actions"].data
    assert list(chosen["measure"]) == ["formacion_municipios"]
    assert chosen["baseline"].iloc[0] == 60 and chosen["target"].iloc[0] == 100
    # A key that was not computed is not the same as a key without information.
    assert "actions" not in propose(where, {}).tables
    silent = propose(where, {"training": Section("training")}).tables["actions"].data
    assert list(silent["measure"]) == ["formacion_reporte"]


def test_limits_on_actions_and_objectives() -> None:
    names = ("sin_agua", "excretas", "barreras_salud", "sin_aseguramiento", "pisos", "desercion")
    records = [reported(n, 2018, 30.0, "73067") for n in names]
    records += [reported(n, 2018, 10.0, "73") for n in names]
    chosen = propose(place(*records), {}).tables["actions"].data
    assert chosen["objective"].value_counts().max() == 2
    assert len(propose(place(*records, actions=1), {}).tables["actions"].data) == 1


@pytest.fixture(scope="module")
def sections() -> dict[str, Section]:
    here = context("00")
    steps = (information, training, governance, baseline, change, monitor, readings, priority)
    return {found.name: found for found in (step(here) for step in steps)}


def test_example_gives_ordered_decisions_with_evidence(sections: dict[str, Section]) -> None:
    section = propose(context("00"), sections)
    decisions = section.tables["decisions"].data
    assert 1 <= len(decisions) <= 5 and list(decisions["order"]) == list(
        range(1, len(decisions) + 1)
    )
    assert decisions["decision"].iloc[0] == "ajustar_plan"
    assert decisions["evidence"].str.len().min() > 20
    joined = " ".join([*decisions["text"], *decisions["evidence"]])
    assert "{" not in joined and "sin dato" not in joined
    overdue = decisions.set_index("decision").loc["compromisos_vencidos", "text"]
    assert str(len(truth.OVERDUE["2024-12-31"])) in overdue


def test_without_an_adopted_plan_the_first_decision_is_to_adopt_one() -> None:
    where = place(reported("sin_agua", 2018, 58.0, "73067"), reported("sin_agua", 2018, 14, "73"))
    found = propose(where, {"plan": monitor(where), "baseline": baseline(where)})
    decisions = found.tables["decisions"].data
    assert decisions["decision"].tolist() == ["adoptar_plan", "peor", "informacion"]
    assert not found.facts["adopted"].value


def test_a_decision_waits_for_all_its_facts() -> None:
    where = place(reported("pisos", 2018, 1.0, "73067"))
    partial = Section("governance", {"any_overdue": flag(True), "overdue": count(3)})
    assert "decisions" not in propose(where, {"governance": partial}).tables


def test_templates_name_facts_that_the_steps_give(sections: dict[str, Section]) -> None:
    """A typo in a template would silence its decision for ever."""
    extra = propose(context("00"), sections)
    known = sections | {"proposal": extra}
    for decision in measures(Kept()).decisions:
        paths = [*facts_of(decision.text), *facts_of(decision.evidence)]
        paths += [trigger.fact for trigger in decision.when]
        for path in paths:
            section, name = path.split(".")
            if section in known:
                assert name in known[section].facts, path
    for measure in measures(Kept()).measures:
        if measure.when is not None:
            section, name = measure.when.fact.split(".")
            if section in known:
                assert name in known[section].facts, measure.id
