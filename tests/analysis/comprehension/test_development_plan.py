"""The plan de desarrollo: what has no report is not zero; needs meet products by objective."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from builders import make_context
from inputs.quality.worlds import code, good_row, good_tables

from gsi.analysis.comprehension.development_plan import development_plan
from gsi.analysis.results import Section, Table
from gsi.contract import tables

PLACE = code(0)
REPORT = pd.Timestamp(2025, 12, 31)


def rows(table: str, *changes: dict[str, Any]) -> pd.DataFrame:
    return tables.conform(table, pd.DataFrame([good_row(table, 0) | change for change in changes]))


def product(number: int, programme: str, **more: Any) -> dict[str, Any]:
    indicator = f"{programme}{number:05d}"
    return {
        "codigo_sispt": f"IP-{number}",
        "programa": programme,
        "producto": indicator[:7],
        "indicador": indicator,
        **more,
    }


def told(number: int, programme: str, **more: Any) -> dict[str, Any]:
    made = product(number, programme)
    made["codigos_sispt"] = made.pop("codigo_sispt")
    return made | {"fecha_informe": REPORT, "corte": pd.Timestamp(2024, 12, 31)} | more


PLAN = rows(
    "plan_desarrollo",
    product(1, "4102", recursos=100.0),
    product(2, "2201", recursos=300.0),
    product(3, "2402", recursos=600.0),  # roads: of no declared programme
    product(1, "4102", recursos=7.0, periodo=2025),
)
PROGRESS = rows(
    "avance_plan_desarrollo",
    told(1, "4102", programado=10.0, ejecutado=12.0),
    told(2, "2201", programado=10.0, ejecutado=7.9),
    told(4, "2201", programado=10.0, ejecutado=0.0),
    told(5, "2201", programado=10.0, ejecutado=None, reportado=0),
    told(6, "2201", programado=0.0, ejecutado=0.0),
    told(3, "2402", programado=10.0, ejecutado=0.0),
    told(1, "4102", programado=10.0, ejecutado=1.0, fecha_informe=pd.Timestamp(2025, 6, 30)),
    told(1, "4102", programado=10.0, ejecutado=5.0, periodo=2025),
    told(1, "4102", seguimiento="financiero", programado=80.0, obligado=60.0),
    told(2, "2201", seguimiento="financiero", programado=900.0, obligado=None, reportado=0),
)
OBJECTIVES = [
    ("existencia", "ninguno_sin_familia", "peor en 1 de 1", 1, 1),
    ("desarrollo", "ninguno_sin_educacion", "peor en 0 de 2", 2, 0),
    ("desarrollo", "todos_jugando", "peor en 1 de 1", 1, 1),
    ("ciudadania", "todos_registrados", "sin dato", 0, 0),
    ("transversal", "transversal", "peor en 3 de 3", 3, 3),
]
RIGHTS = Section(
    "rights",
    {},
    {
        "objectives": Table(
            pd.DataFrame(
                OBJECTIVES, columns=["derecho", "objetivo", "estado", "comparables", "peor"]
            ),
            {},
        )
    },
)


def section(**given: pd.DataFrame) -> Section:
    world = good_tables(1)
    for name in ("plan_desarrollo", "avance_plan_desarrollo"):
        world[name] = given.get(name, tables.empty(name))
    return development_plan(make_context(world, PLACE), RIGHTS)


@pytest.fixture(scope="module")
def whole() -> Section:
    return section(plan_desarrollo=PLAN, avance_plan_desarrollo=PROGRESS)


def test_what_is_programmed_for_childhood_is_told_apart(whole: Section) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert (facts["year"], facts["products"], facts["chosen"]) == (2024, 3, 2)
    assert (facts["money"], facts["chosen_money"], facts["chosen_share"]) == (1000, 400, 40)


def test_progress_counts_only_what_was_reported(whole: Section) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert facts["report_year"] == 2024
    # Of four targets programmed in declared programmes: 12/10, 7.9/10, 0/10 and one without report.
    assert [facts[name] for name in ("targets", "reported", "unreported")] == [4, 3, 1]
    assert [facts[name] for name in ("met", "late", "not_started")] == [1, 2, 1]
    assert (facts["obligated"], facts["programmed_reported"]) == (60, 80)
    assert (facts["paid_reported"], facts["paid_unreported"]) == (1, 1)
    assert facts["obligated_share"] == 75
    assert facts["later"] == ["2025"]
    late = whole.tables["alerts"].data
    assert late["codigos"].tolist() == ["IP-4", "IP-2"]
    schools = whole.tables["programmes"].data.set_index("programa").loc["2201"]
    assert (schools["metas"], schools["con_reporte"], schools["cumplidas"]) == (3, 2, 0)
    assert pd.isna(schools["obligado"])


def test_needs_without_a_product_and_products_without_a_need(whole: Section) -> None:
    facts = {name: fact.value for name, fact in whole.facts.items()}
    assert facts["needs"] == 2  # living conditions are of no objective
    assert facts["needs_without"] == ["Todos jugando"]
    assert facts["unneeded"] == ["Ninguno sin educación"]
    reading = whole.tables["needs"].data.set_index("objetivo")["lectura"]
    assert reading.tolist() == [
        "necesidad con productos",
        "productos sin necesidad medida",
        "necesidad sin producto",
        "sin producto",
    ]


def test_one_of_the_two_files_is_enough(whole: Section) -> None:
    followed = section(avance_plan_desarrollo=PROGRESS)
    assert not followed.facts["has_plan"].value and followed.facts["has_report"].value
    assert followed.tables["needs"].data["productos"].tolist() == [1, 4, 0, 0]
    assert [gap.table for gap in followed.gaps] == ["plan_desarrollo"]
    planned = section(plan_desarrollo=PLAN)
    assert not planned.facts["has_report"].value
    assert "metas" not in planned.tables["programmes"].columns
    assert [gap.table for gap in planned.gaps] == ["avance_plan_desarrollo"]
    nothing = section()
    assert not nothing.available
    assert [gap.table for gap in nothing.gaps] == ["plan_desarrollo"]


def test_a_departments_plan_is_not_its_municipalities() -> None:
    world = good_tables(1)
    context = make_context(world | {"plan_desarrollo": PLAN}, PLACE[:2])
    assert context.data.own("plan_desarrollo").empty
