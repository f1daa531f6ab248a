"""What published files say, apart from what people reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import make_context
from inputs.quality.worlds import code, good_row, good_tables

from gsi.analysis.comprehension.official import official
from gsi.analysis.results import Section
from gsi.contract import mga, tables
from gsi.inputs import programmes
from gsi.inputs.readers import budget_national, education, enrolment, health_places

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


def sites(*rows: tuple[str, int, str]) -> pd.DataFrame:
    """Institutions of the REPS: code, year and day of the list."""
    made_of = [
        good_row("escenarios", 0)
        | {"escenario": f"reps-{number}", "tipo": "ips", "periodo": when,
           "origen": "minsalud_reps", "nota": f"Corte del REPS: {day}."}
        for number, when, day in rows
    ]  # fmt: skip
    return tables.conform("escenarios", pd.DataFrame(made_of))


def pupils(official_: int, other: int, when: int = 2024) -> pd.DataFrame:
    """The compilation of enrolment by sector."""
    made_of = [
        good_row("servicios", 0)
        | {"servicio": f"men-{kind}-{PLACE}", "cupos_usados": number, "periodo": when,
           "origen": "men_matricula"}
        for kind, number in (("oficial", official_), ("no-oficial", other))
    ]  # fmt: skip
    return tables.conform("servicios", pd.DataFrame(made_of))


def coverage(*rows: tuple[str, int, float]) -> pd.DataFrame:
    """The ministry's dropout: its denominator is the whole enrolment."""
    made_of = [
        good_row("indicadores", 0)
        | {"municipio": place, "indicador": "desercion", "periodo": when, "denominador": number,
           "fuente": "men_estadisticas", "serie": "men"}
        for place, when, number in rows
    ]  # fmt: skip
    return tables.conform("indicadores", pd.DataFrame(made_of))


def test_a_list_of_providers_is_no_list_of_sites_and_only_the_last_cut_counts() -> None:
    """Chía: 83 providers in March 2021 and 86 in June 2022 are 86 by their main site, not 169."""
    both = sites(
        ("1000000001", 2021, "2021-03-06"),
        ("1000000002", 2021, "2021-03-06"),
        ("1000000001", 2022, "2022-02-01"),
        ("1000000002", 2022, "2022-02-01"),
        ("1000000001", 2022, "2022-06-16"),
    )
    facts = values(made(LINES[8], place=PLACE[:2], escenarios=both))
    assert (facts["health_places"], facts["health_of_sites"]) == (1, False)
    assert str(facts["health_cut"]) == "2022-06-16"
    assert facts["health_without"] == [f"Municipio {code(1)}"]
    with_sites = sites(
        ("1000000001", 2022, "2022-06-16"),
        ("100000000101", 2022, "2022-06-16"),
        ("100000000102", 2022, "2022-06-16"),
    )
    facts = values(made(LINES[8], escenarios=with_sites))
    assert (facts["health_places"], facts["health_of_sites"]) == (2, True)


def test_a_compilation_that_holds_a_part_of_the_students_is_not_their_enrolment() -> None:
    """25 of each 100: neither the number nor the part of each sector is told of the place."""
    whole = coverage((PLACE, 2024, 400.0), (code(1), 2024, 600.0), (PLACE, 2023, 390.0))
    facts = values(made(LINES[8], indicadores=whole, servicios=pupils(75, 25)))
    assert (facts["students"], facts["students_year"], facts["by_sector"]) == (400, 2024, False)
    assert "students_official" not in facts
    assert (facts["part"], facts["part_share"]) == (100, 25)
    facts = values(made(LINES[8], indicadores=whole, servicios=pupils(300, 90)))
    assert (facts["by_sector"], facts["part_known"]) == (True, False)
    assert facts["students_official"] == pytest.approx(100 * 300 / 390)
    facts = values(made(LINES[8], place=PLACE[:2], indicadores=whole))
    assert (facts["students"], facts["students_of"]) == (1000, None)


def test_a_compilation_that_nothing_checks_is_not_their_enrolment() -> None:
    facts = values(made(LINES[8], servicios=pupils(75, 25)))
    assert (facts["students_known"], facts["by_sector"]) == (False, False)
    assert (facts["part"], facts["part_share"]) == (100, None)


def test_health_insurance_is_a_source_of_its_own_and_the_large_line_is_named() -> None:
    """Most of what a small municipality invests is the subsidised health insurance."""
    pays = "SERVICIO DE APOYO FINANCIERO PARA LA ATENCION EN SALUD A LA POBLACION"
    section = made(
        line(linea=pays, obligado=48.0, fuente="otro",
             fuente_publicada="OTROS RECURSOS ADMINISTRADOS POR ADRES"),
        line(linea=pays, obligado=27.0, fuente="sgp",
             fuente_publicada="SGP-SALUD-REGIMEN SUBSIDIADO"),
        line(linea="VIA", obligado=25.0, fuente="otro", fuente_publicada="CREDITO"),
    )  # fmt: skip
    funds = section.tables["funds"].data.set_index("fuente")["obligado"].to_dict()
    assert funds == {"sgp": 27, "otro": 25, "adres": 48}
    facts = values(section)
    assert (facts["biggest_share"], facts["biggest_insurance"]) == (75, True)
    assert facts["biggest_line"] == pays.lower()
    assert (facts["unidentified"], facts["has_programmes"]) == (100, False)


def test_an_appropriation_in_one_programme_where_nothing_is_spent_is_not_used() -> None:
    wrong = (
        line(programa="4003", linea="AGUA", apropiado=99.0),
        line(programa="4503", linea="RIESGO", apropiado=1.0),
        line(programa="4003", obligado=4.0, fuente="sgp"),
        line(obligado=84.0, fuente="sgp"),
    )
    facts = values(made(*wrong))
    assert (facts["has_misfiled"], facts["executed"]) == (True, None)
    facts = values(made(*wrong[:3], line(programa="4003", obligado=20.0, fuente="sgp")))
    assert (facts["has_misfiled"], facts["executed"]) == (False, 24)


def test_a_later_year_that_is_not_whole_is_told() -> None:
    facts = values(made())
    assert (facts["partial_year"], facts["partial_obligated"]) == (2024, 999)
    assert str(facts["partial_cut"]) == "2024-09-30"
    assert not values(made(*LINES[:5]))["has_partial_year"]


@pytest.mark.real
def test_what_is_published_of_chia_libano_and_la_guajira(
    real_data: Path, real_management: Path, project_root: Path
) -> None:
    """Against the published files, read here again; the ministry's students are people × gross
    coverage of its own file."""
    path = real_data / "men" / "MEN_POR_MUNICIPIO_20260406.csv"
    men = pd.read_csv(path, dtype="str").set_index("CÓDIGO_MUNICIPIO")
    men = men[men["AÑO"] == "2024"]
    gross = men["COBERTURA_BRUTA"].str.strip("%").str.replace(",", ".").astype(float)
    enrolled = men["POBLACIÓN_5_16"].astype(float) * gross / 100
    known = education.read(path).data
    known = education.read(path).data
    listed = enrolment.read(real_management / "procuraduria" / "ya2-7-matriculados-tipo.xlsx").data
    health = [
        health_places.read(real_management / "minsalud" / name)[0].data
        for name in ("REPS_IPS_corte20210306.csv.gz",
                     "ugc5-acjp_Listado_IPS_nivel_complejidad_corte20220616.csv.gz")
    ]  # fmt: skip
    money = programmes.completed(
        pd.concat([
            budget_national.read(path).data
            for path in sorted((real_management / "cgr").glob("*gastos*.csv.gz"))
        ], ignore_index=True),
        mga.load(project_root / "params"),
    )  # fmt: skip
    world = {
        "indicadores": tables.conform("indicadores", known),
        "servicios": tables.conform("servicios", listed),
        "escenarios": tables.conform("escenarios", pd.concat(health)),
        "inversion": tables.conform("inversion", money),
    }
    for place, providers, part in (("25175", 86, 51), ("73411", 6, 27), ("44", 214, 25)):
        mine = {
            name: table[table["municipio"].str.startswith(place[:2])]
            for name, table in world.items()
        }
        facts = values(official(make_context(mine, place)))
        truth = enrolled[enrolled.index.str.startswith(place)]
        assert facts["students"] == pytest.approx(truth.sum(), abs=len(truth))
        assert round(facts["part_share"]) == part and not facts["by_sector"]
        assert (facts["health_places"], facts["health_of_sites"]) == (providers, False)
        if place == "73411":
            section = official(make_context(mine, place))
            funds = section.tables["funds"].data.set_index("fuente")["obligado"]
            assert round(funds["adres"] / 1e6) == 20_851
            assert round(funds.sum()) == 43_833_125_143
            assert round(facts["biggest_share"]) == 81 and facts["biggest_insurance"]
            assert facts["has_misfiled"] and facts["executed"] is None
            assert round(facts["unidentified"], 1) == 99.2
            assert (facts["partial_year"], round(facts["partial_obligated"] / 1e6)) == (
                2023,
                38_520,
            )


def test_a_budget_after_the_follow_up_is_named_and_not_told() -> None:
    """Betania with a report of 2025 and a follow-up in 2024."""
    section = made(line(obligado=9.0, vigencia=2025, corte=pd.Timestamp(2025, 12, 31)))
    facts = values(section)
    assert section.available and facts["money_known"] is False
    assert (facts["later_money"], facts["later_money_year"]) == (["2025"], 2025)
