"""The catalogue of measures: its own rules, and its links to the catalogue of indicators."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from paths import ROOT

from gsi.analysis.labels import ALERTS
from gsi.contract.params.indicators import load_catalogue
from gsi.contract.params.measures import facts_of, load_measures
from gsi.ground.errors import UserMistake

PARAMS = ROOT / "params"


def test_the_projects_catalogue_is_sound() -> None:
    catalogue = load_measures(PARAMS)
    known = {indicator.id for indicator in load_catalogue(PARAMS / "indicators.yml", None)}
    named = {
        name
        for measure in catalogue.measures
        for name in (
            *measure.indicators, *(measure.attention.registers if measure.attention else ())
        )
    }  # fmt: skip
    assert named <= known
    assert {measure.key for measure in catalogue.measures} == {1, 2, 3, 4, 5}
    assert set(catalogue.adjustments) == set(ALERTS)


def test_an_indicator_calls_for_one_measure_only() -> None:
    named = [n for measure in load_measures(PARAMS).measures for n in measure.indicators]
    assert len(named) == len(set(named))


def test_a_measure_has_the_objective_of_the_indicators_it_moves() -> None:
    """By hand: no floor lessens hunger, and a day of services keeps nobody alive by itself."""
    objectives = {i.id: i.objective for i in load_catalogue(PARAMS / "indicators.yml", None)}
    apart = {
        # Crowding, floors and walls are living conditions; their measure is a healthy house.
        "vivienda": {"transversal"},
    }
    for measure in load_measures(PARAMS).measures:
        registers = measure.attention.registers if measure.attention else ()
        for name in (*measure.indicators, *registers):
            allowed = {measure.objective, *apart.get(measure.id, set())}
            assert objectives[name] in allowed, (measure.id, name)
    moved = {measure.id: measure.objective for measure in load_measures(PARAMS).measures}
    assert moved["vivienda"] == "todos_saludables"
    assert {moved["jornadas"], moved["jornadas_reporte"]} == {"todos_saludables"}


def test_a_measure_of_several_indicators_says_the_action_of_each(tmp_path: Path) -> None:
    for measure in load_measures(PARAMS).measures:
        actions = {measure.of(name).action for name in measure.indicators}
        assert len(actions) == len(measure.indicators), measure.id
    document = yaml.safe_load((PARAMS / "measures.yml").read_text(encoding="utf-8"))
    housing = next(item for item in document["measures"] if item["id"] == "vivienda")
    del housing["texts"]["paredes"]
    (tmp_path / "measures.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        load_measures(tmp_path)
    assert "texts dice la acción y el producto de cada uno" in str(caught.value)


def test_a_target_by_a_key_is_what_the_key_expects() -> None:
    for measure in load_measures(PARAMS).measures:
        if measure.when is not None and not measure.when.missing:
            limit = measure.when.below if measure.when.above is None else measure.when.above
            assert measure.target == limit, measure.id


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    document = yaml.safe_load((PARAMS / "measures.yml").read_text(encoding="utf-8"))
    document["measures"][0]["key"] = 9
    document["measures"][1]["right"] = "otro"
    document["measures"][3]["when"] = {"fact": "training.completion"}
    document["measures"][2]["extra"] = 1
    (tmp_path / "measures.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        load_measures(tmp_path)
    told = [str(finding) for finding in caught.value.findings]
    assert len(told) == 4
    assert any("una sola regla" in line for line in told)
    assert all("params/measures.yml" in line for line in told)


def test_facts_of_a_template() -> None:
    assert facts_of("Al {plan.cut}: {plan.physical}.") == ["plan.cut", "plan.physical"]
