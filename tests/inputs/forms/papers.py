"""Forms as officials fill them in, for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

TRAINING = {
    "curso": "C1",
    "nombre": "Lectura de derechos",
    "municipio": "73067",
    "fecha_inicio": "2024-03-01",
    "fecha_fin": "2024-03-15",
    "momento_gestion": "ejecucion",
    "tipo_agente": "publico",
    "horas": 20,
    "inscritos": 30,
    "certificados": 20,
    "mujeres": 15,
    "grupo_etnico": "ninguno",
    "tema": "rutas",
}
PERSON = {
    "persona": "1.105.678.901",
    "hogar": "H-7",
    "corte": 2024,
    "sexo": "mujer",
    "edad": 31,
    "parentesco": "jefe",
}


def book(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """An Excel file with the cells given, row by row."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def sheet_of(*rows: dict[str, Any]) -> list[list[Any]]:
    """Headings (names of columns) and rows."""
    return [list(rows[0]), *([row.get(name) for name in rows[0]] for row in rows)]


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path
