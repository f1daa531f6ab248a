"""A what-if beside the report: what is written, and the difference that a reader would compute."""

from __future__ import annotations

import pytest

from gsi.analysis.results import (
    Fact,
    Gap,
    Section,
    count,
    decimal,
    flag,
    money,
    names,
    percent,
    probability,
    text,
)
from gsi.contract.params import Override
from gsi.report.what_if import DIFFERENCE, NOTHING, OTHER, REPORT, WHAT, beside, difference


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (count(12), count(15), "+3"),
        (count(1200), count(0), "−1.200"),
        (decimal(7.04, 1), decimal(7.06, 1), "+0,1"),  # 7,0 and 7,1: as they are written
        (decimal(7.06, 1), decimal(7.14, 1), "sin cambio"),
        (percent(31.6), percent(30.1), "−1,5 puntos"),
        (percent(31, 0), percent(32, 0), "+1 punto"),
        (probability(99.6), probability(98.2), "−2 puntos"),
        (money(2_000_000), money(2_500_000), "+500.000"),
        (names(["Ataco", "Coyaima"]), names(["Coyaima", "Rioblanco"]), "entran: Rioblanco; salen: Ataco"),  # noqa: E501
        (names(["Ataco"]), names(["Ataco", "Icononzo", "Ibagué"]), "entran: Icononzo e Ibagué"),
        (names(["A", "B"]), names(["B", "A"]), "cambia el orden"),
        (flag(True), flag(False), "cambia"),
        (text("a"), text("a"), "sin cambio"),
        (count(None), count(3), "aparece"),
        (names(["Ataco"]), names([]), "desaparece"),
        (count(None), text(None), "sin cambio"),
    ],
)  # fmt: skip
def test_a_difference_is_the_one_between_what_is_written(
    first: Fact, second: Fact, told: str
) -> None:
    assert difference(first, second) == told


def test_the_parameters_come_first_and_then_each_fact() -> None:
    report = Section("priority", {"group_size": count(12), "priority_names": names(["Ataco"])})
    other = Section("priority", {"group_size": count(15)})
    assumed = [Override("priority.group_share", 0.25, 0.3), Override("years.baseline", 2018, 2015)]
    words = {"group_size": "Municipios del grupo", "priority_names": "Prioritarios"}
    table = beside(report, other, words, assumed)
    assert not isinstance(table, list)
    assert list(table.columns) == [WHAT, REPORT, OTHER, DIFFERENCE]
    assert table.to_numpy().tolist() == [
        ["Parámetro priority.group_share", "0,25", "0,3", ""],
        ["Parámetro years.baseline", "2018", "2015", ""],
        ["Municipios del grupo", "12", "15", "+3"],
        ["Prioritarios", "Ataco", "sin dato", "desaparece"],
    ]


def test_a_gap_is_told_instead() -> None:
    gone = Section("training", gaps=[Gap("formacion", "sin ella no se sabe quién falta.")])
    assert beside(gone, gone, {}, []) == ["Falta formacion: sin ella no se sabe quién falta."]
    none = Section("training", {"reach_known": flag(False)})
    assert beside(none, none, {"priority_share": "Parte"}, []) == [NOTHING]
