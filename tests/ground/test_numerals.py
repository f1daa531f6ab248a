"""Colombian and programmers' numbers, told apart by their column."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi.ground.locale import number
from gsi.ground.numerals import ANY, Bounds, ascii_digits, parse

DECIMAL, WHOLE = False, True
LONGITUDE, PERCENT = (-82.0, -66.0), (0.0, 100.0)


def values(
    texts: list[str], whole: bool = False, point: bool = False, bounds: Bounds = ANY
) -> list[float]:
    found = parse(pd.Series(texts, dtype="str"), whole=whole, bounds=bounds, decimal_point=point)
    assert not found.wrong.any()
    assert not found.ambiguous.any()
    return found.values.tolist()


@pytest.mark.parametrize(
    ("texts", "whole", "point", "expected"),
    [
        (["1.330.187", "62,1 %", "$ 2.500.000,50"], DECIMAL, False, [1330187.0, 62.1, 2500000.5]),
        (["62.1", "1.234"], DECIMAL, False, [62.1, 1.234]),
        (["1.234"], DECIMAL, False, [1234.0]),
        (["1.234"], DECIMAL, True, [1.234]),
        (["1.234", "5,5"], DECIMAL, True, [1234.0, 5.5]),
        (["1.234", "1,234"], WHOLE, True, [1234.0, 1234.0]),
        (["1,234,567", "2.5", "1,234"], DECIMAL, True, [1234567.0, 2.5, 1234.0]),
        (["1,234"], DECIMAL, False, [1.234]),
        (["0,5", ",5", "-3", "\N{MINUS SIGN}3", "+4"], DECIMAL, False, [0.5, 0.5, -3, -3, 4]),
        (["1.5e3", "2"], DECIMAL, True, [1500.0, 2.0]),
    ],
)
def test_marks_are_decided_for_the_column(
    texts: list[str], whole: bool, point: bool, expected: list[float]
) -> None:
    assert values(texts, whole, point) == expected


@pytest.mark.parametrize(
    ("texts", "bounds", "expected"),
    [
        (["-75.123", "-74.567"], LONGITUDE, [-75.123, -74.567]),
        # A percent cannot have thousands: R and pandas write three decimals.
        (["88.251", "4.251"], PERCENT, [88.251, 4.251]),
        (["88,251", "4,2"], PERCENT, [88.251, 4.2]),
        # Both readings can be, and Colombia's rule holds.
        (["1.234"], (0.0, 1e6), [1234.0]),
    ],
)
def test_what_a_column_can_hold_decides_what_a_dot_is(
    texts: list[str], bounds: Bounds, expected: list[float]
) -> None:
    assert values(texts, bounds=bounds) == expected


def test_years_and_people_have_no_decimals() -> None:
    assert values(["2019", "2,021", "2.022"], WHOLE) == [2019, 2021, 2022]
    assert values(["5100", "5,012", "24.934"], WHOLE) == [5100, 5012, 24934]


def test_spaces_only_separate_thousands() -> None:
    assert values(["1 330 187", "$ 2 500,5", "62,1 %"]) == [1330187, 2500.5, 62.1]


def test_digits_of_other_scripts_are_digits() -> None:
    assert ascii_digits("\N{FULLWIDTH DIGIT SEVEN}\N{ARABIC-INDIC DIGIT THREE}067") == "73067"
    assert ascii_digits("m\N{SUPERSCRIPT TWO}") == "m\N{SUPERSCRIPT TWO}"
    assert values(["\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO},5"]) == [12.5]


@pytest.mark.parametrize(
    "text",
    [
        "veinte",
        "1.23.456",
        "12,5,1",
        "10-12",
        "",
        "1 y 2",
        "3 m2",
        "10 12",
        "5%5",
        "1$",
        "inf",
        "-inf",
        "nan",
        "NaN",
        "1e309",
        "-1e309",
        "1e+400",
        "\N{CHECK MARK}",
        "-",
        "?",
        "10\N{SUPERSCRIPT TWO}",
    ],
)
def test_what_is_no_number_is_wrong(text: str) -> None:
    found = parse(pd.Series([text, "1"], dtype="str"))
    assert found.wrong.tolist() == [True, False]
    assert found.values.isna().tolist() == [True, False]


def test_a_column_that_says_both_leaves_the_doubtful_ones() -> None:
    found = parse(pd.Series(["2,5", "2.55", "1.234"], dtype="str"))
    assert found.ambiguous.tolist() == [False, False, True]
    assert found.values.tolist()[:2] == [2.5, 2.55]


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1), st.integers(0, 2))
def test_what_the_workbook_writes_it_reads(whole: list[int], digits: int) -> None:
    column = WHOLE if digits == 0 else DECIMAL
    exact = [value / 10**digits for value in whole]
    written = [number(value, digits) for value in exact]
    assert values(written, column) == pytest.approx(exact)
