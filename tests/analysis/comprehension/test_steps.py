"""Small worlds worked by hand: places per child in need, money per person, families withheld."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from builders import make_context
from shapely.geometry import box

from gsi.analysis.comprehension import nearest
from gsi.analysis.comprehension.investment import investment
from gsi.analysis.comprehension.population import population
from gsi.analysis.comprehension.scenarios import scenarios
from gsi.analysis.results import Column, Section, Table
from gsi.inputs import indicators

NAMES = {"73001": "Uno", "73002": "Dos"}

# 73001: 100 children 0-5 and 200 aged 6-17, half poor; 73002: 50 and 50, one in five poor.
PEOPLE = pd.DataFrame(
    [
        ("73001", 2018, "mujer", 3, "total", 100.0, "p"),
        ("73001", 2018, "hombre", 10, "total", 200.0, "p"),
        ("73001", 2018, "mujer", 40, "total", 700.0, "p"),
        ("73002", 2018, "mujer", 5, "total", 50.0, "p"),
        ("73002", 2018, "hombre", 17, "total", 50.0, "p"),
        ("73002", 2018, "hombre", 20, "total", 400.0, "p"),
    ],
    columns=["municipio", "periodo", "sexo", "edad", "area", "personas", "fuente"],
)
POVERTY = pd.DataFrame(
    {
        "municipio": ["73001", "73002"],
        "indicador": "ipm_censo",
        "periodo": 2018,
        "valor": [50.0, 20.0],
        "area": "total",
        "fuente": "d",
        "serie": "ipm_censo",
        "nota": "",
    }
).reindex(columns=indicators.COLUMNS)


def places(*records: tuple[str, str, str, int, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(
        records, columns=["escenario", "municipio", "tipo", "capacidad", "atendidos"]
    )
    frame["atendidos"] = frame["atendidos"].astype("Int64")
    return frame.assign(
        periodo=2018, microterritorio=None, entidad="E", nombre="N", lon=np.nan, lat=np.nan
    )


def test_the_nearest_place_of_a_missing_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """One degree of latitude is 111.2 km."""
    reported = places(
        ("a", "73001", "cdi", 10, 8), ("b", "73001", "cdi", 10, 8), ("c", "73002", "colegio", 9, 9)
    ).assign(lon=-75.0, lat=[4.0, 5.0, 4.5], nombre=["A", "B", "C"])
    squares = gpd.GeoSeries([box(-75.1, 5.4, -74.9, 5.6), box(-75.1, 2.9, -74.9, 3.1)])
    limits = pd.DataFrame({"municipio": list(NAMES), "geometry": squares.to_wkb().to_numpy()})
    tables = {"escenarios": reported, "limites": limits}
    section = scenarios(make_context(tables, "73", names=NAMES))
    table = section.tables["nearest"].data
    # Dos (at 3.0) lacks a CDI: the nearest one is A, at 4.0. Uno (at 5.5) lacks a school: C, 4.5.
    assert table[["municipio", "escenario", "nombre"]].to_numpy().tolist() == [
        ["Dos", "C", "Uno"], ["Uno", "A", "Dos"],
    ]  # fmt: skip
    assert table["km"].tolist() == pytest.approx([111.19, 111.19], abs=0.02)
    assert section.facts["farthest_km"].value == table["km"].max()
    without = scenarios(make_context({"escenarios": reported}, "73", names=NAMES))
    assert "nearest" not in without.tables
    # What does not fit is not left out in silence.
    assert not section.facts["nearest_cut"].value
    monkeypatch.setattr(nearest, "MOST_ROWS", 1)
    facts = scenarios(make_context(tables, "73", names=NAMES)).facts
    assert facts["nearest_cut"].value
    assert (facts["nearest_shown"].value, facts["nearest_all"].value) == (1, 2)


def test_places_per_hundred_children_in_need() -> None:
    reported = places(
        ("a", "73001", "cdi", 10, 8), ("b", "73001", "colegio", 60, None),
        ("c", "73002", "colegio", 10, None),
    )  # fmt: skip
    tables = {"escenarios": reported, "poblacion": PEOPLE, "indicadores": POVERTY}
    section = scenarios(make_context(tables, "73", names=NAMES))
    rows = section.tables["coverage"].data.set_index(["municipio", "tipo"])
    assert rows.loc[("73001", "cdi"), "tasa"] == pytest.approx(100 * 10 / (0.5 * 100))
    assert rows.loc[("73001", "colegio"), "tasa"] == pytest.approx(100 * 60 / (0.5 * 200))
    assert rows.loc[("73002", "cdi"), "estado"] == "sin escenario"
    assert rows.loc[("73001", "colegio"), "estado"] == "sin dato de uso"
    kinds = section.tables["types"].data.set_index("tipo")
    # both municipalities reported: their children count, also where there is no such place
    assert kinds.loc["cdi", "tasa"] == pytest.approx(100 * 10 / (0.5 * 100 + 0.2 * 50))
    assert kinds.loc["cdi", "sin_escenario"] == 1
    assert section.facts["use"].value == pytest.approx(80)
    assert section.facts["children_in_need"].value == pytest.approx(0.5 * 300 + 0.2 * 100)


def test_without_poverty_supply_is_shown_and_the_rate_is_a_gap() -> None:
    tables = {"escenarios": places(("a", "73001", "cdi", 10, 8)), "poblacion": PEOPLE}
    section = scenarios(make_context(tables, "73", names=NAMES))
    assert section.facts["capacity"].value == 10
    assert section.tables["types"].data["tasa"].isna().all()
    assert [gap.table for gap in section.gaps] == ["indicadores"]


def lines(*records: tuple[str, str, str, str, str, float]) -> pd.DataFrame:
    columns = ["municipio", "entidad", "linea", "poblacion", "categoria_derecho", "apropiado"]
    frame = pd.DataFrame(records, columns=columns)
    return frame.assign(
        vigencia=2024, sector="salud", fuente="sgp", obligado=frame["apropiado"] / 2, pagado=0.0
    )


def ranked(**status: str) -> Section:
    data = pd.DataFrame(
        {
            "municipio": [f"73{code}" for code in ("001", "002")],
            "status": [status["uno"], status["dos"]],
            "probability": [90.0, 5.0],
        }
    )
    return Section("priority", tables={"ranking": Table(data, {"municipio": Column("M")})})


MONEY = lines(
    ("73001", "Salud", "Nutrición", "infancia", "existencia", 3_000.0),
    ("73001", "ICBF", "NUTRICION", "infancia", "existencia", 2_000.0),
    ("73002", "Salud", "Nutrición", "infancia", "existencia", 1_000.0),
    ("73", "Gobernación", "Nutrición", "infancia", "existencia", 9_000.0),
)


def test_money_per_vulnerable_person_and_overlap() -> None:
    tables = {"inversion": MONEY, "poblacion": PEOPLE, "indicadores": POVERTY}
    who = ranked(uno="prioritario", dos="no prioritario")
    section = investment(make_context(tables, "73", names=NAMES), who)
    facts = section.facts
    assert facts["total"].value == 15_000
    assert facts["department_lines"].value == 9_000
    assert facts["executed"].value == pytest.approx(50)
    assert (facts["people_year"].value, facts["poverty_year"].value) == (2018, 2018)
    # 500 and 100 people in poverty, of the only year known: the money is of 2024
    assert facts["per_vulnerable_priority"].value == pytest.approx(5_000 / 500)
    assert facts["per_vulnerable_rest"].value == pytest.approx(1_000 / 100)
    assert facts["ratio_priority"].value == pytest.approx(1)
    assert not facts["priority_gets_less"].value
    overlap = section.tables["overlaps"].data
    assert overlap[["municipio", "entidades", "apropiado"]].to_numpy().tolist() == [
        ["73001", "ICBF y Salud", 5_000.0]
    ]
    assert section.tables["without_money"].data["derecho"].tolist() == [
        "desarrollo",
        "ciudadania",
        "proteccion",
    ]


def test_a_municipality_sees_its_own_money_and_the_department_mean() -> None:
    tables = {"inversion": MONEY, "poblacion": PEOPLE, "indicadores": POVERTY}
    who = ranked(uno="prioritario", dos="no prioritario")
    facts = investment(make_context(tables, "73002", names=NAMES), who).facts
    assert facts["total"].value == 1_000
    assert facts["per_vulnerable"].value == pytest.approx(10)
    assert facts["per_vulnerable_department"].value == pytest.approx(6_000 / 600)


def households(with_children: dict[str, int], size: int) -> dict[str, pd.DataFrame]:
    homes, members = [], []
    for code, number in with_children.items():
        for n in range(size):
            home = f"{code}-{n}"
            homes.append((home, code, 2018, 1.0))
            members.append((home, 2018, 4 if n < number else 40))
    return {
        "hogares": pd.DataFrame(homes, columns=["hogar", "municipio", "corte", "peso"]),
        "personas": pd.DataFrame(members, columns=["hogar", "corte", "edad"]),
    }


def test_few_families_with_children_are_withheld_and_cannot_be_recovered() -> None:
    tables = households({"73001": 3, "73002": 20}, 40) | {"poblacion": PEOPLE}
    table = population(make_context(tables, "73", names=NAMES)).tables["families"].data
    shown = table.set_index("municipio")["ninez_parte"]
    assert np.isnan(shown["73001"])
    # with the department's total shown, the other municipality would give the first one back
    assert np.isnan(shown["73002"]) or np.isnan(shown["73"])


def test_families_with_children_are_shares_of_the_weighted_households() -> None:
    tables = households({"73001": 10, "73002": 20}, 40) | {"poblacion": PEOPLE}
    facts = population(make_context(tables, "73", names=NAMES)).facts
    assert facts["families_ninez_share"].value == pytest.approx(100 * 30 / 80)
    own = population(make_context(tables, "73001", names=NAMES)).facts
    assert own["families_ninez_share"].value == pytest.approx(25)
