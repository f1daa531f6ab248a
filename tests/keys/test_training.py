"""Key 2 by hand, and what is planted in the example."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import make_context

from gsi.example import truth
from gsi.keys.training import training
from gsi.results import Column, Section, Table
from keys.worlds import context, rows


def course(code: str, place: str, **more: object) -> dict[str, object]:
    return {
        "curso": code, "nombre": "Curso", "municipio": place, "fecha_inicio": "2023-03-01",
        "momento_gestion": "ejecucion", "tipo_agente": "publico", "horas": 10, "inscritos": 40,
        "certificados": 30, "mujeres": 20, "grupo_etnico": "ninguno",
    } | more  # fmt: skip


def test_coverage_hours_and_completion_by_hand() -> None:
    table = rows(
        "formacion",
        course("A", "73001"),
        course("B", "73002", tipo_agente="comunitario", horas=5, inscritos=60, certificados=None),
        course("C", "73002", fecha_inicio="2026-01-01"),  # after the reference date
    )
    section = training(make_context({"formacion": table}, "73"))
    facts = section.facts
    assert facts["enrolled"].value == 100
    assert facts["person_hours"].value == 40 * 10 + 60 * 5
    # Only the finished course counts: 30 of 40, Wilson 95 % interval 59.8 to 85.8.
    assert facts["completion"].value == pytest.approx(75)
    assert facts["completion_low"].value == pytest.approx(59.8, abs=0.1)
    assert facts["completion_high"].value == pytest.approx(85.8, abs=0.1)
    assert facts["community_share"].value == pytest.approx(60)
    assert facts["moments"].value == 1


def test_few_people_are_not_told_apart_in_any_report() -> None:
    table = rows(
        "formacion",
        course("A", "73001", inscritos=4, certificados=4, mujeres=2, grupo_etnico="indigena"),
        course("A", "73001", inscritos=36, certificados=30, mujeres=18),
        course("A", "73002", inscritos=50, certificados=40, mujeres=25),
    )
    for code in ("73", "73001", "73002"):
        groups = training(make_context({"formacion": table}, code)).tables["groups"].data
        told = groups.set_index("key")["enrolled"]
        hidden = groups.set_index("key")["withheld"]
        assert hidden["indigena"] or told["indigena"] == 0
        # The total is published, so the other group must go as well.
        assert hidden["ninguno"] == hidden["indigena"]


def test_reach_against_priority_by_hand() -> None:
    small = {"inscritos": 25, "certificados": 20, "mujeres": 10}
    formed = rows("formacion", course("A", "73001", inscritos=75), course("B", "73002", **small))
    people = rows(
        "poblacion",
        *(
            {"municipio": code, "periodo": 2024, "sexo": "mujer", "edad": 30, "area": "total",
             "personas": 1000, "fuente": "prueba"}
            for code in ("73001", "73002")
        ),
    )  # fmt: skip
    people["sexo"] = "hombre"
    ranking = pd.DataFrame({"municipio": ["73001", "73002"], "status": ["otro", "prioritario"]})
    priority = Section("priority", tables={"ranking": Table(ranking, {"status": Column("Estado")})})
    facts = training(make_context({"formacion": formed, "poblacion": people}, "73"), priority).facts
    assert facts["priority_share"].value == pytest.approx(25)
    assert facts["priority_population_share"].value == pytest.approx(50)
    assert facts["reach_ratio"].value == pytest.approx(0.5)
    assert facts["priority_behind"].value


def test_a_subtotal_above_the_enrolled_is_not_used() -> None:
    table = rows("formacion", course("A", "73001", certificados=90, mujeres=50))
    facts = training(make_context({"formacion": table}, "73001")).facts
    assert facts["enrolled"].value == 40
    assert facts["completion"].missing
    assert facts["women_share"].missing


def test_a_territory_without_courses_says_what_is_missing() -> None:
    section = training(make_context({}, "73", names={"73001": "Ibagué"}))
    assert not section.available
    assert [gap.table for gap in section.gaps] == ["formacion"]


def test_the_planted_place_without_courses_is_found() -> None:
    section = training(context())
    assert section.facts["municipalities_missing"].value == [truth.BY_CODE[truth.NO_TRAINING].name]
    first = section.tables["missing"].data.iloc[0]
    assert first["municipio"] == truth.NO_TRAINING
    assert first["lacking"] == 6
