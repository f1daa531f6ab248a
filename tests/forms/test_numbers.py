"""Colombian and programmers' numbers, told apart by their column."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi import tables
from gsi.forms.numbers import parse_numbers
from gsi.locale import number

DECIMAL = tables.schema("plan_accion").column("meta")
WHOLE = tables.schema("formacion").column("inscritos")
LONGITUDE = tables.schema("jornadas").column("lon")


def values(texts: list[str], column=DECIMAL, point: bool = False) -> list[float]:
    found = parse_numbers(pd.Series(texts, dtype="str"), column, point)
    assert not found.wrong.any()
    assert not found.ambiguous.any()
    return found.values.tolist()


@pytest.mark.parametrize(
    ("texts", "column", "point", "expected"),
    [
        (["1.330.187", "62,1 %", "$ 2.500.000,50"], DECIMAL, False, [1330187.0, 62.1, 2500000.5]),
        (["62.1", "1.234"], DECIMAL, False, [62.1, 1.234]),
        (["1.234"], DECIMAL, False, [1234.0]),
        (["1.234"], DECIMAL, True, [1.234]),
        (["1.234", "5,5"], DECIMAL, True, [1234.0, 5.5]),
        (["1.234", "1,234"], WHOLE, True, [1234.0, 1234.0]),
        (["1,234,567", "2.5", "1,234"], DECIMAL, True, [1234567.0, 2.5, 1234.0]),
        (["1,234"], DECIMAL, False, [1.234]),
        (["-75.123", "-74.567"], LONGITUDE, False, [-75.123, -74.567]),
        (["0,5", ",5", "-3", "\N{MINUS SIGN}3", "+4"], DECIMAL, False, [0.5, 0.5, -3, -3, 4]),
        (["1.5e3", "2"], DECIMAL, True, [1500.0, 2.0]),
    ],
)
def test_marks_are_decided_for_the_column(
    texts: list[str], column: tables.ColumnSpec, point: bool, expected: list[float]
) -> None:
    assert values(texts, column, point) == expected


@pytest.mark.parametrize("text", ["veinte", "1.23.456", "12,5,1", "10-12", "", "1 y 2", "3 m2"])
def test_what_is_no_number_is_wrong(text: str) -> None:
    found = parse_numbers(pd.Series([text, "1"], dtype="str"), DECIMAL, False)
    assert found.wrong.tolist() == [True, False]
    assert found.values.isna().tolist() == [True, False]


def test_a_column_that_says_both_leaves_the_doubtful_ones() -> None:
    found = parse_numbers(pd.Series(["2,5", "2.55", "1.234"], dtype="str"), DECIMAL, False)
    assert found.ambiguous.tolist() == [False, False, True]
    assert found.values.tolist()[:2] == [2.5, 2.55]


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1), st.integers(0, 2))
def test_what_the_workbook_writes_it_reads(whole: list[int], digits: int) -> None:
    column = WHOLE if digits == 0 else DECIMAL
    exact = [value / 10**digits for value in whole]
    written = [number(value, digits) for value in exact]
    assert values(written, column) == pytest.approx(exact)
