"""Exports of TerriData: in the shape of a published one (TerriData_Dim2_Sub3.xlsx)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from inputs.readers.made_files import write_xlsx

from gsi.inputs.readers.catalog import READERS, UNREAD
from gsi.inputs.readers.peek import peek
from gsi.inputs.readers.registry import match
from gsi.inputs.readers.terridata import READER

HEADINGS = [
    "Código Departamento", "Departamento", "Código Entidad", "Entidad", "Dimensión",
    "Subcategoría", "Indicador", "Dato Numérico", "Dato Cualitativo", "Año", "Mes", "Fuente",
    "Unidad de Medida",
]  # fmt: skip
POVERTY = "Índice de pobreza multidimensional - IPM (Censo)"
NET = "Cobertura neta en educación - Total"


def rows(*given: tuple[Any, str, str, int]) -> list[list[Any]]:
    padding = [*[None] * 6, "a" * 40, *[None] * 4, "a" * 40, None]
    made = [
        ["01", "Colombia", entity, "Colombia", "Pobreza", "Sub", name, value, None, str(year), "12",
         "DANE", "Porcentaje (el valor está multiplicado por 100)"]
        for entity, name, value, year in given
    ]  # fmt: skip
    return [HEADINGS, padding, *made]


BOOK = rows(
    (1001, POVERTY, "25,62", 2018), (1001, POVERTY, "49,00", 2005), (41000, POVERTY, "32,48", 2018),
    (41001, POVERTY, "19,10", 2018), (41000, NET, "94,28", 2018), (41000, NET, "92,25", 2020),
    (41000, NET, "95,64", 2016), ("41000", "Tasa de deserción", "4,21", 2018),
    (73000, POVERTY, None, 2018),
)  # fmt: skip


def test_published_figures_of_departments_and_the_country(tmp_path: Path) -> None:
    """As TerriData gives them for Huila and Colombia."""
    path = write_xlsx(tmp_path / "descarga.xlsx", {"Hoja01": BOOK, "Notas": [["nada"]]})
    assert match(peek(path, "xlsx"), READERS) is READER
    part = READER.read(path)
    found = part.data.set_index(["municipio", "indicador", "periodo"])["valor"].to_dict()
    assert found == {
        ("CO", "ipm_censo", 2018): 25.62, ("41", "ipm_censo", 2018): 32.48,
        ("41", "cobertura_neta", 2018): 94.28,
    }  # fmt: skip
    assert (part.rows_read, part.rows_kept) == (9, 3)
    assert sum(item.rows for item in part.set_aside) == 6
    assert part.data["serie"].tolist() == ["men", "ipm_censo", "ipm_censo"]


def test_the_same_in_a_csv_with_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "TerriData_Dim4.csv"
    with path.open("w", encoding="cp1252", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([["" if c is None else c for c in row] for row in [BOOK[0], *BOOK[2:]]])
    assert match(peek(path, "csv"), READERS) is READER
    assert len(READER.read(path).data) == 3


def test_an_export_of_another_theme_is_named_and_not_read(tmp_path: Path) -> None:
    people = rows((1001, "Población total de hombres", "23.573.287,00", 2018))
    seen = peek(write_xlsx(tmp_path / "TerriData_Dim2_Sub3.xlsx", {"Datos": people}), "xlsx")
    assert match(seen, READERS) is None
    assert [one.title for one in UNREAD if one.claims(seen)] == ["TerriData del DNP"]


@pytest.mark.real
def test_the_real_export_is_of_another_theme(real_data: Path) -> None:
    path = real_data.parent / "gestion" / "dnp" / "TerriData_Dim2_Sub3.xlsx"
    if not path.is_file():
        pytest.skip("no está la exportación de TerriData")
    assert match(peek(path, "xlsx"), READERS) is None
