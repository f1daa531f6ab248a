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
