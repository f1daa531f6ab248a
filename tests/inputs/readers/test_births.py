"""Births by age of the mother: DANE's cuadro 7 and the compiled microdata."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.births import GROUPS, read
from gsi.inputs.readers.births_compiled import read as read_compiled
from gsi.inputs.records import Reading, SourceRecord

TITLE = (
    "Nacimientos por grupos de edad de la madre, según departamento y municipio de residencia "
    "de la madre"
)
HEADER = [
    "Departamento y municipio de residencia de la madre",
    "Total",
    "Grupo de edad de la madre",
]
AGES = [None, None, "De 10-14 Años", "De 15-19 Años"]
FACTS = {  # data/README.md
    (2017, "fecundidad_10_14"): 166,
    (2017, "fecundidad_15_19"): 3965,
    (2018, "fecundidad_10_14"): 174,
    (2018, "fecundidad_15_19"): 3684,
}


@pytest.mark.real
@pytest.mark.parametrize(("year", "name"), list(FACTS))
def test_tolima(indicators: pd.DataFrame, value: Callable[..., Any], year: int, name: str) -> None:
    expected = FACTS[year, name]
    assert value("73", name, year, "numerador", fuente="dane_eevv_cuadro7") == expected
    for source in ("dane_eevv_cuadro7", "eevv_ramaral"):
        rows = indicators[
            (indicators["fuente"] == source)
            & (indicators["indicador"] == name)
            & (indicators["periodo"] == year)
            & indicators["municipio"].str.fullmatch(r"73\d{3}")
        ]
        assert len(rows) == 47
        assert rows["numerador"].sum() == expected, source


@pytest.mark.real
@pytest.mark.parametrize("year", [2017, 2018])  # the header row is one lower in 2017
def test_the_header_row_moves(value: Callable[..., Any], year: int) -> None:
    expected = {2017: (6, 79), 2018: (2, 77)}[year]
    found = [value("73067", name, year, "numerador", fuente="dane_eevv_cuadro7") for name in GROUPS]
    assert tuple(found) == expected


@pytest.mark.real
def test_a_district_without_rows_takes_its_total(value: Callable[..., Any]) -> None:
    for place in ("11", "11001"):
        assert (
            value(place, "fecundidad_15_19", 2018, "numerador", fuente="dane_eevv_cuadro7")
            == 10_676
        )


@pytest.mark.real
def test_unknown_places_are_set_aside_and_totals_checked(reading: Reading) -> None:
    records = [r for r in reading.records if r.source == "dane_eevv_cuadro7"]
    assert [r.years for r in records] == ["2017", "2018"]
    for item in records:
        assert item.set_aside[0].rows == 32  # one row of unknown municipality a department
        assert "exterior" in item.set_aside[1].reason
        assert item.notes[0].endswith("con diferencia: 0.")
        assert "coincide con la suma" in item.notes[1]
    codes = reading.tables["indicadores"].query("fuente == 'dane_eevv_cuadro7'")["municipio"]
    assert not codes.str.endswith("999").any()
    assert not codes.str.startswith("75").any()  # foreigners


@pytest.mark.real
def test_the_countrys_births_leave_out_mothers_living_abroad(value: Callable[..., Any]) -> None:
    # Published 2018 total: 5,442; abroad 43; no department known 1.
    births = value("CO", "fecundidad_10_14", 2018, "numerador", fuente="dane_eevv_cuadro7")
    assert births == 5442 - 43 - 1


@pytest.mark.real
def test_women_of_the_compiled_file(
    indicators: pd.DataFrame, record: Callable[[str], SourceRecord]
) -> None:
    rows = indicators[indicators["fuente"] == "eevv_ramaral"]
    tolima = rows[
        rows["municipio"].str.startswith("73")
        & (rows["indicador"] == "fecundidad_15_19")
        & (rows["periodo"] == 2018)
    ]
    assert tolima["denominador"].sum() == 55_895
    assert rows["valor"].isna().all()
    assert (rows["denominador"].dropna() > 0).all()
    assert record("eevv_ramaral").years == "1998-2021"
    assert record("eevv_ramaral").set_aside[0].rows == 215_232 * 6 // 8


def _sheet(
    department: str, *rows: list[Any], total: list[Any], year: str = "Año 2019"
) -> list[list[Any]]:
    return [
        ["CUADRO 7"],
        [TITLE],
        [year],
        [department],
        HEADER,
        AGES,
        ["Total", *total],
        *rows,
        [],
        ["Fuente: DANE - Estadísticas Vitales"],
    ]


def _book(**changed: Any) -> dict[str, list[list[Any]]]:
    return {
        "Indice": [["CUADRO 7"], [TITLE], ["Año 2019"], ["INDICE"]],
        "00": _sheet("", total=[100, 8, 22]),
        "73": _sheet(
            "73 Tolima",
            ["73001 Ibagué", 60, 4, 11],
            ["73067 Ataco", 20, 2, 5],
            ["Sin Información", 5, 1, 1],
            total=[85, 7, 17],
        ),
        "Extranjeros": _sheet("75 Extranjeros", ["862 Venezuela", 15, 1, 5], total=[15, 1, 5]),
        **changed,
    }


def test_a_small_book(tmp_path: Path) -> None:
    part = read(write_xlsx(tmp_path / "n.xlsx", _book()))
    births = part.data.set_index(["municipio", "indicador"])["numerador"]
    assert births["73", "fecundidad_15_19"] == 17
    assert births["73067", "fecundidad_15_19"] == 5
    assert births["CO", "fecundidad_10_14"] == 7
    assert part.years == (2019,)
    assert [item.rows for item in part.set_aside] == [1, 1]


def test_until_2016_the_heading_has_the_name_alone(tmp_path: Path) -> None:
    """The department is the sheet's, and that of its rows; what is abroad is of none."""
    sheet = _sheet("Tolima", ["73001 Ibagué", 60, 4, 11], ["73067 Ataco", 20, 2, 5],
                   total=[80, 6, 16], year="AÑO 2016")  # fmt: skip
    abroad = _sheet("Extranjeros", ["862 Venezuela", 15, 1, 5], total=[15, 1, 5], year="AÑO 2016")
    country = _sheet("Nacional", total=[95, 7, 21], year="AÑO 2016")
    part = read(write_xlsx(tmp_path / "n.xlsx", {"00": country, "73": sheet, "75": abroad}))
    births = part.data.set_index(["municipio", "indicador"])["numerador"]
    assert part.years == (2016,)
    assert births["73", "fecundidad_15_19"] == births["CO", "fecundidad_15_19"] == 16
    assert births["73067", "fecundidad_10_14"] == 2
    assert not any(code.startswith("75") for code, _ in births.index)


def test_a_total_that_does_not_add_up_is_noted_on_its_rows(tmp_path: Path) -> None:
    sheet = _sheet("73 Tolima", ["73067 Ataco", 20, 2, 5], total=[20, 2, 9])
    part = read(write_xlsx(tmp_path / "n.xlsx", _book(**{"73": sheet})))
    notes = part.data[part.data["municipio"].str.startswith("73")]["nota"]
    assert (notes == "El total publicado y la suma difieren: De 15-19 Años: 9 y 5.").all()
    assert part.notes[0].endswith("con diferencia: 1.")
    assert "no coincide" in part.notes[-1]


def test_another_years_sheet_and_a_foreign_municipality_are_told(tmp_path: Path) -> None:
    other = _sheet("05 Antioquia", ["73001 Ibagué", 1, 0, 0], total=[1, 0, 0], year="Año 2018")
    with pytest.raises(UserMistake) as caught:
        read(write_xlsx(tmp_path / "n.xlsx", _book(**{"05": other})))
    assert [finding.rule for finding in caught.value.findings] == [
        "el municipio debe ser del departamento de la hoja",
        "todas las hojas deben ser de un mismo año",
    ]


def test_a_sheet_without_age_groups_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match=r"n\.xlsx, hoja 73"):
        read(write_xlsx(tmp_path / "n.xlsx", _book(**{"73": [[TITLE], ["73001 Ibagué", 1]]})))


def test_no_women_means_no_denominator(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text(
        "mun,year,age,births,population\n73067,2018,10-14,2.0,0.0\n73067,2018,20-24,5.0,80.0\n",
        encoding="utf-8",
    )
    part = read_compiled(path)
    assert len(part.data) == 1
    assert pd.isna(part.data.loc[0, "denominador"])
    assert part.data.loc[0, "numerador"] == 2
    assert part.set_aside[0].rows == 1
