"""Unsatisfied basic needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import nbi_book, write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.basic_needs import read


@pytest.mark.real
def test_codes_in_two_columns_and_three_header_rows(value: Callable[..., Any]) -> None:
    # Abejorral, row 12 of sheet Municipios.
    assert value("05002", "nbi", 2018) == pytest.approx(13.958914243441644)
    assert value("05002", "nbi", 2018, area="cabecera") == pytest.approx(8.757755013706536)
    assert value("05002", "nbi_miseria", 2018, area="rural") == pytest.approx(1.7947754181544822)


@pytest.mark.real
def test_departments_are_of_the_current_sheet_and_the_country_is_the_total(
    value: Callable[..., Any], indicators: pd.DataFrame
) -> None:
    assert value("05", "nbi", 2018) == 10.73  # 10.67 in Departamento_OLD
    assert value("CO", "nbi", 2018) == pytest.approx(14.27522, abs=1e-5)
    rows = indicators[(indicators["fuente"] == "dane_nbi_2018") & (indicators["area"] == "total")]
    assert rows["municipio"].nunique() == 1121 + 33 + 1


def test_a_small_book(tmp_path: Path) -> None:
    part = read(write_xlsx(tmp_path / "nbi.xlsx", nbi_book()))
    cells = part.data.set_index(["municipio", "indicador", "area"])["valor"]
    assert cells["73067", "nbi_miseria", "rural"] == 16
    assert cells["73", "nbi", "cabecera"] == 8
    assert ("73067", "nbi", "cabecera") not in cells.index
    assert cells["CO", "nbi", "total"] == 1


def test_a_lost_sheet_and_a_lost_header_are_told(tmp_path: Path) -> None:
    book = nbi_book()
    del book["Municipios"], book["Departamento"][3]
    with pytest.raises(UserMistake) as caught:
        read(write_xlsx(tmp_path / "nbi.xlsx", book))
    assert [finding.where for finding in caught.value.findings] == [
        "nbi.xlsx, hoja Departamento",
        "nbi.xlsx, hoja Municipios",
    ]
