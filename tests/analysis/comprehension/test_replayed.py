"""The table of replayed years that reports print: of today's rules, whole, and as promised."""

from __future__ import annotations

import pytest
from paths import ROOT

from gsi.analysis.comprehension import replayed
from gsi.contract.params import load
from gsi.contract.params.indicators import load_catalogue

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml", None)


def test_the_table_was_made_by_the_rules_of_today() -> None:
    """After a change of breaks, years or rules: ``python -m benchmarks.replay`` makes it again."""
    table = replayed.table()
    assert table["inputs"] == replayed.inputs(CATALOGUE, list(table["by_indicator"]))
    assert {item.series for item in CATALOGUE if item.id in table["by_indicator"]} == set(
        replayed.SERIES
    )


def test_another_break_would_be_noticed() -> None:
    table = replayed.table()
    other = [
        item.model_copy(update={"breaks": (*item.breaks, 2016)}) if item.id == "desercion" else item
        for item in CATALOGUE
    ]
    assert table["inputs"] != replayed.inputs(other, list(table["by_indicator"]))


def test_reports_are_judged_as_the_past_was() -> None:
    plan = load(ROOT / "params")[0].plan
    assert plan.change.false_discovery == replayed.FALSE_DISCOVERY
    assert plan.confidence == replayed.STATED


@pytest.mark.parametrize("level", replayed.LEVELS)
def test_what_is_stated_followed(level: float) -> None:
    band = replayed.band(level)
    assert band["figures"] > 100_000
    assert band["stated"] >= 100 * level - 0.05  # whole cases: at least what the level says
    assert band["inside"] == pytest.approx(band["stated"], abs=replayed.POINTS)


def test_changes_declared_still_stand() -> None:
    changes = replayed.table()["changes"]
    assert changes["all"]["declared"] == sum(
        changes[name]["declared"] for name in ("improved", "worsened")
    )
    assert changes["improved"]["standing"] >= 80 and changes["worsened"]["standing"] >= 80
