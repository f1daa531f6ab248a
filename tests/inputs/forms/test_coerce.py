"""Cells of each kind, one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gsi.contract import tables
from gsi.inputs.forms.coerce import coerce
from gsi.inputs.forms.grids import blank
from gsi.inputs.forms.words import slug


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
    [
        *[(mark, 1) for mark in ("Sí", "Si", "SI", "sí", "✓", "✔", "✔\ufe0f", "☑", "●", "X", "x")],
        *[(mark, 0) for mark in ("no", "No", "NO.", "✗", "✘", "-", "–", "0", "FALSO")],
        *[(1, 1), (0.0, 0), (True, 1), (False, 0), ("1", 1), ("1.0", 1), ("1,0", 1), ("\uf0fc", 1)],
    ],
)
def test_yes_and_no(cell: Any, expected: int) -> None:
    assert one(cell, "personas", "gestante") == (expected, 0)


@pytest.mark.parametrize("cell", ["?", "¿?", " ? "])
def test_what_nobody_knows_is_missing(cell: Any) -> None:
    assert one(cell, "personas", "gestante") == (None, 0)


@pytest.mark.parametrize(
    "cell", [2, -1, "-1", "tal vez", "¿Sí?", "no?", "★", "+", "…", dt.datetime(2024, 1, 1)]
)
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


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("73067.0", "73067"),  # pandas, of a column with blanks
        ("73.067", "73067"),  # datos.gov.co
        ("73,067", "73067"),
        ("5.001", "05001"),
        (73.067, "73067"),
        ("5001.0", "05001"),
        ("\N{FULLWIDTH DIGIT SEVEN}3067", "73067"),
        ("٧٣٠٦٧", "73067"),
    ],
)
def test_codes_written_as_numbers_are_the_same_codes(cell: Any, expected: str) -> None:
    assert one(cell, "formacion", "municipio") == (expected, 0)


@pytest.mark.parametrize(
    "cell", ["Ataco", 730671, "73-067", "73.06", 73.06, "730.67", "073067", True, "✓", "-"]
)
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


@pytest.mark.parametrize(
    "cell", [float("inf"), -float("inf"), 1e309, "inf", "Infinity", "nan", "1e309", "-", "✓", "?"]
)
@pytest.mark.parametrize("column", ["horas", "inscritos"])
def test_what_no_amount_can_be(cell: Any, column: str) -> None:
    assert one(cell, "formacion", column) == (None, 1)


@pytest.mark.parametrize(
    "cell", ["05/03/2024 o 06/03/2024", "05/03/0024", "05/03/1924", dt.date(2224, 3, 5), "-", "✓"]
)
def test_a_date_is_whole_and_of_our_time(cell: Any) -> None:
    assert one(cell, "formacion", "fecha_inicio") == (None, 1)


@pytest.mark.parametrize(
    "cell", ["05/03/2024 14:30", "5/3/2024 2:30 p. m.", "2024-03-05T10:00:00Z"]
)
def test_the_time_of_a_date_is_left_out(cell: str) -> None:
    assert one(cell, "formacion", "fecha_inicio") == (pd.Timestamp("2024-03-05"), 0)


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("personas", "sexo", "✓"),
        ("personas", "sexo", "¿mujer?"),
        ("escenarios", "tipo", "-"),
        ("casos", "paso", "★"),
        ("actores", "municipio", "✓"),
        ("rutas", "ruta", "?"),
    ],
)
def test_a_word_without_letters_is_told(table: str, column: str, cell: str) -> None:
    assert one(cell, table, column) == (None, 1)


CELLS = st.one_of(
    st.text(min_size=1, max_size=12),
    st.text(alphabet="✓✗?¿-–.,;:/ 0123456789eE+%$xXnNsSiIíaA", min_size=1, max_size=8),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
)
# What the guide says for 'no data', after its signs are taken out.
SAID = {"nd", "n_d", "na", "n_a", "sin_dato", "sin_informacion", "np"}


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_cell_with_something_in_it_is_never_missing_in_silence(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(tables.names()))
    columns = [c for c in tables.schema(name).columns if c.kind != "geometria"]
    column = data.draw(st.sampled_from(columns))
    cell = data.draw(CELLS)
    assume(not blank(cell))
    value, told = one(cell, name, column.name)
    if value is None and not told:
        assert slug(str(cell)) in SAID or (column.kind == "binario" and "?" in str(cell))
