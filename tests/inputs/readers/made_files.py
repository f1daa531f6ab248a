"""Small files made by hand for the tests of the readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write_xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook of those rows."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


DIVIPOLA = """cod_dpto,dpto,cod_mpio,nom_mpio,tipo_municipio,longitud,latitud
73,TOLIMA,73001,IBAGUÉ,MUNICIPIO,-75.19,4.43
73,TOLIMA,73067,ATACO,MUNICIPIO,-75.38,3.59
"""

NBI_AREAS = ["Total", *[None] * 6, "Cabeceras ", *[None] * 6, "Centros Poblados y Rural Disperso"]
NBI_NAMES = ["Prop de Personas en NBI (%)", "Prop de Personas en miseria", *["Componente"] * 5]


def nbi_book() -> dict[str, list[list[Any]]]:
    """Unsatisfied basic needs of Ataco and its department, as DANE lays them out."""
    return {
        "Departamento": [
            ["Necesidades Básicas Insatisfechas (NBI) CNPV 2018"],
            ["Departamentos", None, *NBI_AREAS],
            ["Código Departamento", "Nombre Departamento"],
            [None, None, *NBI_NAMES * 3],
            ["73", "TOLIMA", *range(1, 22)],
            ["Fuente: DANE"],
        ],
        "Municipios": [
            [None, None, None, None, *NBI_AREAS],
            ["Código Departamento", "Nombre", "Código Municipio", "Nombre"],
            [None, None, None, None, *NBI_NAMES * 3],
            ["73", "TOLIMA", "067", "ATACO", *range(1, 8), *["-"] * 7, *range(15, 22)],
            ["00", "TOTAL", "000", "TOTAL", *range(1, 22)],
        ],
    }
