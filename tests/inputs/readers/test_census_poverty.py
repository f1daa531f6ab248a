"""Census IPM 2018 and its privations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.census_poverty import AREAS, PRIVATIONS, read
from gsi.inputs.records import SourceRecord

# data/README.md: Tolima, from the highest; the two lowest.
HIGHEST = {
    "73067": 64.0,  # Ataco
    "73217": 62.1,  # Coyaima
    "73616": 60.5,  # Rioblanco
    "73043": 55.8,  # Anzoátegui
    "73555": 55.4,  # Planadas
    "73347": 54.0,  # Herveo
    "73675": 53.7,  # San Antonio
    "73504": 51.3,  # Ortega
}
LOWEST = {"73001": 14.8, "73275": 17.4}  # Ibagué, Flandes


@pytest.mark.real
def test_tolima_ranking(indicators: pd.DataFrame) -> None:
    rows = indicators[
        (indicators["indicador"] == "ipm_censo")
        & (indicators["area"] == "total")
        & indicators["municipio"].str.startswith("73")
    ].sort_values("valor", ascending=False)
    assert len(rows) == 47
    ranked = dict(zip(rows["municipio"], rows["valor"], strict=True))
    assert dict(list(ranked.items())[:8]) == HIGHEST
    assert dict(reversed(list(ranked.items())[-2:])) == LOWEST
    assert set(rows["periodo"]) == {2018}
    assert set(rows["serie"]) == {"ipm_censo"}


@pytest.mark.real
def test_two_header_rows_and_the_areas(value: Callable[..., Any]) -> None:
    # Abejorral, row 4 of sheet 8: total, cabeceras, centros poblados y rural disperso.
    for area, expected in (("total", 18.9), ("cabecera", 15.1), ("rural", 21.7)):
        assert value("05002", "analfabetismo", 2018, area=area) == expected
    for area, expected in (("total", 40.6), ("cabecera", 24.1), ("rural", 51.4)):
        assert value("05002", "ipm_censo", 2018, area=area) == expected
    assert value("05002", "dependencia", 2018) == 30.2
    assert value("05002", "trabajo_informal", 2018) == 87.5


@pytest.mark.real
def test_all_privations_of_all_municipalities(
    indicators: pd.DataFrame, record: Callable[[str], SourceRecord]
) -> None:
    rows = indicators[(indicators["fuente"] == "dane_ipm_2018") & (indicators["area"] == "total")]
    counts = rows.groupby("indicador")["municipio"].nunique()
    assert set(counts.index) == {"ipm_censo", *PRIVATIONS}
    assert set(counts) == {1121}  # 94663 is not in DIVIPOLA
    assert rows["valor"].between(0, 100).all()
    # '--' where an area has no household counted: 20 in the IPM sheet, 300 in the privations.
    assert (
        "Celdas sin dato (--) en áreas sin hogares censados: 320." in record("dane_ipm_2018").notes
    )


def _book() -> dict[str, list[list[Any]]]:
    names = list(PRIVATIONS.values())
    triple = [cell for name in names for cell in (name, None, None)]
    return {
        "2_IPM": [["ID", "Municipio", "IPM Municipal"], ["73067", "ATACO", 64.0]],
        "4_IPM": [
            ["ID", "Municipio", "IPM", "Cabeceras", "IPM Centros poblados y rural disperso"],
            ["73067", "ATACO", 64.0, "--", 70.5],
        ],
        "6_Priv": [
            [None, None, "Privaciones Municipios"],
            ["ID", "Municipio", *names],
            ["73067", "ATACO", *[10.0] * 15],
        ],
        "8_Priv": [
            ["ID", "Municipio", *triple],
            [None, None, *list(AREAS.values()) * 15],
            ["73067", "ATACO", *[10.0, 8.0, 12.0] * 15],
        ],
    }


def test_a_small_book(tmp_path: Path) -> None:
    part = read(write_xlsx(tmp_path / "ipm.xlsx", _book()))
    assert len(part.data) == 2 + 45  # the cabecera of the IPM has no data
    assert part.data["valor"].sum() == pytest.approx(64 + 70.5 + 15 * 30)


def test_a_total_that_differs_between_sheets_stops(tmp_path: Path) -> None:
    book = _book()
    book["8_Priv"][2][2] = 11.0
    with pytest.raises(UserMistake, match=r"73067, analfabetismo: 10\.0 y 11\.0"):
        read(write_xlsx(tmp_path / "ipm.xlsx", book))


def test_missing_columns_and_words_in_cells_are_told_together(tmp_path: Path) -> None:
    book = _book()
    book["6_Priv"][1][2] = "Otra cosa"
    book["2_IPM"][1][2] = "mucho"
    with pytest.raises(UserMistake) as caught:
        read(write_xlsx(tmp_path / "ipm.xlsx", book))
    assert [finding.where for finding in caught.value.findings] == [
        "ipm.xlsx, hoja 2_IPM, fila 2, columna IPM Municipal",
        "ipm.xlsx, hoja 6_Priv, columna Analfabetismo",
    ]


def test_missing_sheets_are_told(tmp_path: Path) -> None:
    book = _book()
    del book["4_IPM"], book["8_Priv"]
    with pytest.raises(UserMistake) as caught:
        read(write_xlsx(tmp_path / "ipm.xlsx", book))
    assert [finding.rule for finding in caught.value.findings] == [
        "falta la hoja de IPM por área",
        "falta la hoja de privaciones por área",
    ]
