"""What published files say, apart from what people reported."""

from __future__ import annotations

from typing import Any

import pandas as pd
from builders import make_context
from inputs.quality.worlds import code, good_row, good_tables

from gsi.analysis.comprehension.official import official
from gsi.analysis.results import Section
from gsi.contract import tables

PLACE = code(0)
NAME = "Calidad, cobertura y fortalecimiento de la educación inicial, prescolar, básica y media"
DECEMBER, SEPTEMBER = pd.Timestamp(2023, 12, 31), pd.Timestamp(2024, 9, 30)


def line(**more: Any) -> dict[str, Any]:
    """An executed line of CUIPO at the end of 2023; no value that ``more`` does not give."""
    base = dict.fromkeys(tables.schema("inversion").column_names)
    base |= {"municipio": PLACE, "entidad": "Alcaldía", "linea": "x", "vigencia": 2023,
             "corte": DECEMBER, "tipo_vigencia": "actual", "origen": "cgr_cuipo",
             "sector": "Educación"}  # fmt: skip
    return base | more


LINES = (
    line(programa="2201", linea="CALIDAD, COBERTURA", apropiado=100.0),
    line(programa="2402", linea="VIAS", apropiado=300.0),
    line(programa="2201", obligado=60.0, fuente="sgp"),
    line(programa="2402", obligado=120.0, fuente="propios"),
    line(obligado=20.0, fuente="sgp"),
    line(programa="2201", obligado=7.0, fuente="sgp", tipo_vigencia="reservas"),
    line(programa="2201", obligado=999.0, fuente="sgp", vigencia=2024, corte=SEPTEMBER),
    line(programa="2201", obligado=50.0, origen="dnp_seguimiento_pdt", tipo_vigencia=None),
    line(programa="2201", obligado=5000.0, fuente="sgp", origen=None),  # of a form
)


def made(*lines: dict[str, Any], place: str = PLACE, **more: pd.DataFrame) -> Section:
    world = good_tables(2)
    world["inversion"] = tables.conform("inversion", pd.DataFrame(lines or LINES))
    return official(make_context(world | more, place))


def values(section: Section) -> dict[str, Any]:
    return {name: fact.value for name, fact in section.facts.items()}


def test_money_is_of_the_last_whole_year_and_of_one_publisher() -> None:
    section = made()
    facts = values(section)
    assert facts["money_year"] == 2023  # September of 2024 is not a whole year
    assert (facts["appropriated"], facts["obligated"], facts["executed"]) == (400, 200, 50)
    assert (facts["reserves"], facts["unidentified"]) == (7, 10)
    assert facts["of_follow_up"] is False
    funds = section.tables["funds"].data.set_index("fuente")["obligado"].to_dict()
    assert funds == {"sgp": 80, "propios": 120}
    (row,) = section.tables["programmes"].data.to_dict("records")
    assert (row["programa"], row["nombre"]) == ("2201", NAME)
    assert (row["apropiado"], row["obligado"]) == (100, 60)


def test_dnps_follow_up_stands_where_there_is_no_budget() -> None:
    section = made(LINES[7])
    facts = values(section)
    assert facts["of_follow_up"] is True
    assert (facts["obligated"], facts["appropriated"]) == (50, None)
    assert "apropiado" not in section.tables["programmes"].columns
    assert facts["has_funds"] is False


def test_what_people_reported_is_no_published_figure() -> None:
    section = made(LINES[8])
    assert not section.available
    assert [gap.table for gap in section.gaps] == ["inversion"]


def test_places_of_health_and_students() -> None:
    sites = pd.DataFrame(
        [
            good_row("escenarios", 0)
            | {"escenario": f"reps-{n}", "tipo": "ips", "periodo": 2021, "origen": "minsalud_reps"}
            for n in range(3)
        ]
    )
    offers = pd.DataFrame(
        [
            good_row("servicios", 0)
            | {"servicio": f"men-{kind}-{PLACE}", "cupos_usados": pupils, "periodo": 2024,
               "origen": "men_matricula"}
            for kind, pupils in (("oficial", 75), ("no-oficial", 25))
        ]
    )  # fmt: skip
    section = made(
        LINES[8],
        place=PLACE[:2],
        escenarios=tables.conform("escenarios", sites),
        servicios=tables.conform("servicios", offers),
    )
    facts = values(section)
    assert (facts["health_sites"], facts["health_year"]) == (3, 2021)
    assert facts["health_without"] == [f"Municipio {code(1)}"]
    assert (facts["students"], facts["students_official"]) == (100, 75)
    assert facts["money_known"] is False


def test_a_budget_after_the_follow_up_is_named_and_not_told() -> None:
    """Betania with a report of 2025 and a follow-up in 2024."""
    section = made(line(obligado=9.0, vigencia=2025, corte=pd.Timestamp(2025, 12, 31)))
    facts = values(section)
    assert section.available and facts["money_known"] is False
    assert (facts["later_money"], facts["later_money_year"]) == (["2025"], 2025)
