"""Water quality risk index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.water import read
from gsi.inputs.records import SourceRecord


@pytest.mark.real
def test_department_rows_areas_and_decimal_dots(value: Callable[..., Any]) -> None:
    assert value("13", "irca", 2024) == 11.3  # '#TODOS'
    assert value("13001", "irca", 2024) == 2.8
    assert value("13001", "irca", 2024, area="cabecera") == 2.9
    assert value("18", "irca", 2024, area="cabecera") == 6.6


@pytest.mark.real
def test_no_data_is_no_row_and_the_second_sheet_is_not_read(
    indicators: pd.DataFrame, record: Callable[[str], SourceRecord]
) -> None:
    irca = indicators[indicators["fuente"] == "ins_irca"]
    rural = irca[(irca["municipio"] == "13030") & (irca["periodo"] == 2024)]
    assert set(rural["area"]) == {"total", "cabecera"}  # the rural cell is 'ND'
    assert irca["valor"].between(0, 100).all()
    assert any("Hoja1" in note for note in record("ins_irca").notes)


@pytest.mark.real
def test_a_total_that_is_one_zones_says_so(indicators: pd.DataFrame) -> None:
    irca = indicators[(indicators["fuente"] == "ins_irca") & (indicators["area"] == "total")]
    ataco = irca[irca["municipio"] == "73067"].set_index("periodo")["nota"]
    urban = "Solo la zona urbana: de la rural no hay dato."
    assert all(urban == ataco[year] for year in range(2018, 2025))
    assert not ataco[[2007, 2013, 2017]].str.contains("zona", na=False).any()  # no zone published


@pytest.mark.real
def test_a_total_of_two_zones_of_different_risk_says_both(indicators: pd.DataFrame) -> None:
    """La Guajira's 11.6 is the tap of its towns: rural water, known of three places, has 63.5."""
    irca = indicators[(indicators["fuente"] == "ins_irca") & (indicators["area"] == "total")]
    notes = irca.set_index(["municipio", "periodo"])["nota"]
    assert notes["44", 2018] == (
        "Zona urbana, 10,0 (bajo); zona rural, 63,5 (alto), con dato de 3 de los 15 que reportan: "
        "el total junta las muestras de las dos."
    )
    assert notes["11", 2018].startswith("Zona urbana, 1,9 (sin riesgo); zona rural, 22,5 (medio):")


def test_a_note_of_one_zone_claims_no_more_than_the_cells(tmp_path: Path) -> None:
    header = ["DepartamentoCodigo", "MunicipioCodigo", "Año", "IRCA", "IRCAurbano", "IRCArural"]
    cells = {
        2018: (88.5, 88.5, "ND"), 2019: (40, "ND", 40), 2020: (50, 40, "ND"),
        2021: (50, "ND", "ND"), 2022: (40, 40, 40),
    }  # fmt: skip
    rows = [header, *(["73", "73067", year, *row] for year, row in cells.items())]
    data = read(write_xlsx(tmp_path / "irca.xlsx", {"Data": rows})).data
    notes = data[data["area"] == "total"].set_index("periodo")["nota"].dropna().to_dict()
    assert notes == {
        2018: "Solo la zona urbana: de la rural no hay dato.",
        2019: "Solo la zona rural: de la urbana no hay dato.",
    }
    assert data.loc[data["area"] != "total", "nota"].isna().all()


def test_a_municipality_under_another_department_is_told(tmp_path: Path) -> None:
    header = ["DepartamentoCodigo", "MunicipioCodigo", "Año", "IRCA", "IRCAurbano", "IRCArural"]
    rows = [header, ["73", "#TODOS", 2024, 5, 5, 5], [5, "73067", 2024, 5, 5, 5]]
    with pytest.raises(UserMistake) as caught:
        read(write_xlsx(tmp_path / "irca.xlsx", {"Data": rows}))
    (told,) = caught.value.findings
    assert told.where == "irca.xlsx, hoja Data, fila 3, columna DepartamentoCodigo"
    assert told.received == "73067 en el departamento 05"


def test_missing_columns_are_told(tmp_path: Path) -> None:
    rows = [["DepartamentoCodigo", "MunicipioCodigo", "IRCA"], ["73", "73067", 5]]
    with pytest.raises(UserMistake) as caught:
        read(write_xlsx(tmp_path / "irca.xlsx", {"Data": rows}))
    assert [finding.where for finding in caught.value.findings] == [
        "irca.xlsx, hoja Data, columna Año",
        "irca.xlsx, hoja Data, columna IRCAurbano",
        "irca.xlsx, hoja Data, columna IRCArural",
    ]
