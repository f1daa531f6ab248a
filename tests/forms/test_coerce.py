"""Cells of each kind, one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from gsi import tables
from gsi.forms.coerce import coerce


def one(cell: Any, table: str, column: str) -> tuple[Any, int]:
    """The value read of a cell and how many problems it has."""
    cells = pd.Series([cell], dtype="object")
    values, problems = coerce(cells, tables.schema(table).column(column))
    return (None if pd.isna(values[0]) else values[0]), sum(len(p.cells) for p in problems)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("05/03/2024", "2024-03-05"),
        ("5/3/2024", "2024-03-05"),
        ("2024-03-05T10:00:00", "2024-03-05"),
        ("05.03.2024", "2024-03-05"),
        (dt.date(2024, 3, 5), "2024-03-05"),
        (45356, "2024-03-05"),
        (45356.75, "2024-03-05"),
        ("45356", "2024-03-05"),
        (dt.datetime(2024, 3, 5, 23, 59), "2024-03-05"),
    ],
)
def test_dates(cell: Any, expected: str) -> None:
    assert one(cell, "formacion", "fecha_inicio") == (pd.Timestamp(expected), 0)


@pytest.mark.parametrize(
    "cell", ["30/02/2024", "2024", 20000, 80000, dt.time(8), "03/2024", True, "13/13/24"]
)
def test_what_is_no_date(cell: Any) -> None:
    assert one(cell, "formacion", "fecha_inicio") == (None, 1)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("Sí", 1), ("no", 0), ("X", 1), (1, 1), (0.0, 0), (True, 1), ("1.0", 1), ("FALSO", 0)],
)
def test_yes_and_no(cell: Any, expected: int) -> None:
    assert one(cell, "personas", "gestante") == (expected, 0)


@pytest.mark.parametrize("cell", [2, "tal vez", dt.datetime(2024, 1, 1)])
def test_what_is_neither_yes_nor_no(cell: Any) -> None:
    assert one(cell, "personas", "gestante") == (None, 1)


@pytest.mark.parametrize(
    ("table", "cell", "expected"),
    [
        ("formacion", 5001, "05001"),
        ("formacion", 5001.0, "05001"),
        ("formacion", "5001", "05001"),
        ("formacion", "05001 Medellín", "05001"),
        ("formacion", "73067 - Ataco", "73067"),
        ("actores", "73 Tolima", "73"),
        ("formacion", 1, "00001"),
        ("formacion", " 73067 ", "73067"),
        ("actores", 5, "05"),
        ("actores", "73", "73"),
        ("actores", 5001, "05001"),
        ("indicadores", "co", "CO"),
    ],
)
def test_codes_get_their_zeros_back(table: str, cell: Any, expected: str) -> None:
    assert one(cell, table, "municipio") == (expected, 0)


@pytest.mark.parametrize("cell", ["Ataco", 730671, "73-067"])
def test_what_is_no_code(cell: Any) -> None:
    assert one(cell, "formacion", "municipio") == (None, 1)


@pytest.mark.parametrize(
    "cell", ["", "  ", None, "\N{NO-BREAK SPACE}", "ND", "n/a", "Sin dato", "NP"]
)
def test_what_is_empty(cell: Any) -> None:
    assert one(cell, "avances", "programado") == (None, 0)


@pytest.mark.parametrize("cell", ["#REF!", "#¡DIV/0!", "#N/A", "#name?"])
@pytest.mark.parametrize("column", ["ejecutado", "fecha_corte", "accion", "soporte"])
def test_errors_of_excel(cell: str, column: str) -> None:
    assert one(cell, "avances", column) == (None, 1)


@pytest.mark.parametrize(
    ("table", "column", "cell", "expected"),
    [
        ("compromisos", "instancia", "Coordinación del Eje Social", "coordinacion_eje_social"),
        ("escenarios", "tipo", "Microterritorio de salud", "microterritorio_salud"),
        ("hogares", "combustible", "Leña o carbón", "lena_o_carbon"),
        ("lecturas", "objetivo", "Todos vivos", "todos_vivos"),
        ("casos", "barrera", "De información", "informacion"),
        ("plan_accion", "tipo_meta", "Reducción anual", "reduccion_anual"),
    ],
)
def test_values_as_people_write_them(table: str, column: str, cell: str, expected: str) -> None:
    assert one(cell, table, column) == (expected, 0)


def test_text_keeps_its_accents_and_numbers_lose_their_point() -> None:
    assert one(" Años  de\nniñez ", "formacion", "tema") == ("Años de niñez", 0)
    assert one(12.0, "formacion", "tema") == ("12", 0)
    assert one("NA", "formacion", "tema") == ("NA", 0)


@pytest.mark.parametrize("cell", [True, dt.datetime(2024, 1, 1), "doce"])
def test_what_is_no_number(cell: Any) -> None:
    assert one(cell, "formacion", "horas") == (None, 1)
