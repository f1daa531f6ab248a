"""Early education of ICBF and the Ministry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.early_education import read
from gsi.inputs.records import SourceRecord

HEADER = 'FECHA_CORTE,COD_DANE_MUNICIPIO,"INDICADOR 3.\nTOTAL EDUCACIÓN INICIAL\nICBF + MEN"\n'


@pytest.mark.real
def test_headings_with_line_breaks(value: Callable[..., Any]) -> None:
    assert value("73067", "educacion_inicial", 2018, "numerador") == 823
    assert value("73067", "educacion_inicial", 2022, "numerador") == 1502


@pytest.mark.real
def test_a_cut_in_june_is_said(
    value: Callable[..., Any], record: Callable[[str], SourceRecord]
) -> None:
    assert "gestantes" in value("73067", "educacion_inicial", 2018, "nota")
    assert value("73067", "educacion_inicial", 2023, "nota").endswith("Corte parcial: 30-06-2023.")
    assert record("icbf_educacion_inicial").years == "2015-2023"


def test_a_municipality_under_another_department_is_told(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    text = f"COD_DANE_DEPARTAMENTO,{HEADER}70,31-12-2015,73067,8\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistake, match="73067 en el departamento 70"):
        read(path)


def test_wrong_dates_codes_and_counts_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text(HEADER + "2015,X,muchos\n", encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        read(path)
    assert len(caught.value.findings) == 3
