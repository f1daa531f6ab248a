"""Key 2 by hand, and what is planted in the example."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, rows, world
from builders import make_context
from example_department import truth

from gsi.analysis.keys.training import training
from gsi.analysis.results import Column, Section, Table
from gsi.inputs.data import Data


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
    older = people.assign(periodo=2018, personas=[10, 4000])  # another year would give 99.8 %
    people = pd.concat([older, people], ignore_index=True)
    ranking = pd.DataFrame({"municipio": ["73001", "73002"], "status": ["otro", "prioritario"]})
    ranking["need"] = [10.0, 90.0]
    priority = Section("priority", tables={"ranking": Table(ranking, {"status": Column("Estado")})})
    facts = training(make_context({"formacion": formed, "poblacion": people}, "73"), priority).facts
    assert facts["priority_share"].value == pytest.approx(25)
    assert facts["priority_population_share"].value == pytest.approx(50)
    assert facts["population_year"].value == 2024
    assert facts["priority_behind"].value


def test_silence_is_told_apart_from_courses_that_nobody_took() -> None:
    """Three priority municipalities: one reported, one reported an empty course, one nothing."""
    formed = rows(
        "formacion",
        course("A", "73001"),
        course("B", "73002", inscritos=0, certificados=0, mujeres=0),
        course("C", "73067"),
    )
    people = rows(
        "poblacion",
        *(
            {"municipio": code, "periodo": 2024, "sexo": "hombre", "edad": 30, "area": "total",
             "personas": 1000, "fuente": "prueba"}
            for code in ("73001", "73002", "73067", "73616")
        ),
    )  # fmt: skip
    called = {"73001": "otro", "73002": "otro", "73067": "prioritario", "73616": "prioritario"}
    ranking = pd.DataFrame({"municipio": list(called), "status": list(called.values())})
    ranking["need"] = [10.0, 20.0, 30.0, 40.0]
    priority = Section("priority", tables={"ranking": Table(ranking, {"status": Column("Estado")})})
    names = {"73001": "Ibagué", "73002": "Otra", "73067": "Ataco", "73616": "Rioblanco"}
    ctx = make_context({"formacion": formed, "poblacion": people}, "73", names=names)
    facts = training(ctx, priority).facts
    assert facts["reporters"].value == 3
    assert facts["any_idle"].value and facts["idle_names"].value == "Otra"
    assert facts["has_priority_silent"].value and facts["priority_silent"].value == "Rioblanco"


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
    silent = len(NAMES) - section.facts["reporters"].value
    assert silent == 1 and truth.BY_CODE[truth.NO_TRAINING].name in section.facts["by"].value
    # It reported none: what it lacks is not known.
    for table in ("missing", "coverage"):
        assert truth.NO_TRAINING not in set(section.tables[table].data["municipio"])


def needs(**index: float | None) -> Section:
    """A priority section of which only the ranking is read."""
    frame = pd.DataFrame({"municipio": list(index), "need": list(index.values())})
    frame["status"] = "no prioritario"
    return Section("priority", {}, {"ranking": Table(frame, {"need": Column("Índice", "decimal")})})


def people(**number: int) -> pd.DataFrame:
    return rows(
        "poblacion",
        *(
            {"municipio": code, "periodo": 2024, "sexo": "mujer", "edad": 20, "area": "total",
             "personas": many, "fuente": "x"}
            for code, many in number.items()
        ),
    )  # fmt: skip


def test_concentration_over_the_index_by_hand() -> None:
    more = {"certificados": 10, "mujeres": 10}
    tables = {
        "formacion": rows(
            "formacion",
            course("A", "73001", inscritos=30, **more),
            course("A", "73002", inscritos=50, **more),
            course("A", "73003", inscritos=20, **more),
        ),
        "poblacion": people(**{"73001": 1000, "73002": 1000, "73003": 2000}),
    }
    context = make_context(tables, "73")
    priority = needs(**{"73001": 10.0, "73002": 40.0, "73003": 90.0})
    facts = training(context, priority).facts
    # From the neediest: ranks 1/4, 5/8, 7/8; C = 2 (20·1/4 + 50·5/8 + 30·7/8)/100 − 1.
    assert facts["concentration"].value == pytest.approx(2 * (5 + 31.25 + 26.25) / 100 - 1)
    assert facts["needy_half"].value == pytest.approx(20)
    turned = training(context, needs(**{"73001": 90.0, "73002": 40.0, "73003": 10.0})).facts
    assert turned["concentration"].value < 0
    assert not training(context, None).facts["concentration_known"].value
    few = needs(**{"73001": 10.0, "73002": 40.0, "73003": None})
    assert not training(context, few).facts["concentration_known"].value


def test_groups_carry_hours_and_completion_with_its_interval() -> None:
    table = rows(
        "formacion",
        course("A", "73001"),
        course("B", "73001", tipo_agente="comunitario", horas=5, inscritos=60, certificados=30),
        course("C", "73001", tipo_agente="comunitario", horas=20, inscritos=20, certificados=None),
    )
    groups = training(make_context({"formacion": table}, "73001")).tables["groups"].data
    row = groups.set_index("key").loc["comunitario"]
    assert row["hours"] == pytest.approx((60 * 5 + 20 * 20) / 80)
    assert row["completion"] == pytest.approx(50)  # the course without certified does not count
    assert row["completion_text"].startswith("50")
    assert groups.set_index("key").loc["indigena", "completion_text"] == "–"


def test_an_ethnic_group_without_anybody_enrolled_is_named_where_it_lives() -> None:
    drawn = world()
    homes = drawn["hogares"].drop_duplicates("hogar").set_index("hogar")["municipio"]
    people = drawn["personas"]
    people = people[(people["corte"] == 2024) & (people["grupo_etnico"] == "afro")]
    living = people["hogar"].map(homes).value_counts()
    courses = drawn["formacion"]
    reported = set(courses.loc[courses["grupo_etnico"] == "afro", "municipio"])
    town = next(code for code in living.index[living >= 10] if code in reported)
    cut = courses[(courses["municipio"] != town) | (courses["grupo_etnico"] != "afro")]
    base = context()
    for table, found in ((courses, False), (cut.reset_index(drop=True), True)):
        data = Data(drawn | {"formacion": table}, base.territory, NAMES)
        missing = training(replace(base, data=data)).tables["missing"].data
        groups = missing.set_index("municipio")["groups"].get(town, "")
        assert ("Afrocolombiano" in groups) is found


def test_in_the_example_training_goes_where_it_is_needed_least() -> None:
    index = {place.code: -place.condition for place in truth.MUNICIPALITIES}
    facts = training(context(), needs(**index)).facts
    assert facts["concentration"].value > 0
    assert facts["needy_half"].value < 50
