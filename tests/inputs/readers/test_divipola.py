"""DIVIPOLA."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs.readers.made_files import DIVIPOLA

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.divipola import claims, read
from gsi.inputs.readers.peek import peek
from gsi.inputs.records import Reading


@pytest.mark.real
def test_the_country_has_1122_codes_and_tolima_47(reading: Reading) -> None:
    table = reading.tables["divipola"]
    assert len(table) == 1122
    assert (table["departamento"] == "73").sum() == 47
    ataco = table.set_index("municipio").loc["73067"]
    assert (ataco["nombre"], ataco["nombre_departamento"]) == ("ATACO", "TOLIMA")
    assert ataco["lon"] == pytest.approx(-75.4, abs=0.1)
    assert ataco["lat"] == pytest.approx(3.6, abs=0.1)


def test_codes_that_a_spreadsheet_shortened(tmp_path: Path) -> None:
    path = tmp_path / "divipola.csv"
    path.write_text(
        "cod_dpto,dpto,cod_mpio,nom_mpio,longitud,latitud\n5,ANTIOQUIA,5001,MEDELLÍN,-75.5,6.2\n",
        encoding="utf-8",
    )
    table = read(path).data
    assert table.loc[0, ["municipio", "departamento"]].tolist() == ["05001", "05"]


def test_every_missing_column_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "divipola.csv"
    path.write_text("cod_dpto,cod_mpio,nom_mpio,longitud\n73,73067,ATACO,-75\n", encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        read(path)
    places = [finding.where for finding in caught.value.findings]
    assert places == [f"divipola.csv, columna {name}" for name in ("dpto", "latitud")]


def test_wrong_repeated_and_unreadable_cells_are_told_with_their_row(tmp_path: Path) -> None:
    path = tmp_path / "divipola.csv"
    path.write_text(
        DIVIPOLA + "73,TOLIMA,73067,ATACO,MUNICIPIO,-75.3,3.5\n73,TOLIMA,XX,N,MUNICIPIO,oeste,4\n",
        encoding="utf-8",
    )
    with pytest.raises(UserMistake) as caught:
        read(path)
    assert [finding.where for finding in caught.value.findings] == [
        "divipola.csv, fila 5, columna cod_mpio",
        "divipola.csv, fila 4, columna cod_mpio",
        "divipola.csv, fila 5, columna longitud",
    ]


@pytest.mark.parametrize(
    ("others", "own"),
    [
        ((), True),
        (("Tipo: Municipio / Isla / Área no municipalizada", "longitud", "Latitud"), True),
        (("longitud", "Latitud", "Observaciones"), True),
        # Unsatisfied basic needs of the census of 2018: figures after the same four headings.
        (("Necesidades Básicas Insatisfechas por Categorías %",), False),
    ],
)
def test_a_table_of_figures_by_municipality_is_not_the_list_of_municipalities(
    tmp_path: Path, others: tuple[str, ...], own: bool
) -> None:
    portal = ("Código Departamento", "Nombre Departamento", "Código Municipio", "Nombre Municipio")
    path = tmp_path / "tabla.csv"
    path.write_text(",".join((*portal, *others)) + "\n", encoding="utf-8")
    assert claims(peek(path, "csv")) == own
