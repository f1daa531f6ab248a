"""Number text and codes."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi.ground import frames
from gsi.ground.locale import number as written
from gsi.inputs.readers.numbers import Dots, code, count, is_sheet_error, numbers
from gsi.inputs.readers.problems import Problems


def number(cell: object, dots: Dots = "thousands") -> float:
    """A cell alone in its column; fails when it is no number."""
    values, wrong = numbers(pd.Series([cell], dtype="object"), dots)
    assert not wrong.iloc[0]
    return float(values.iloc[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("56,11%", 56.11),
        ("0%", 0),
        ("1.842,6678201", 1842.6678201),
        ("1842,66", 1842.66),
        ("24.934", 24934),
        ("1.330.187", 1330187),
        ("1,174,274", 1174274),
        ("-3,5", -3.5),
        ("\u22123,5", -3.5),
        (" 12 ", 12),
        ("1\u00a0842,5", 1842.5),
        ("05", 5),
        (12, 12),
        (2.5, 2.5),
    ],
)
def test_colombian_text(text: object, expected: float) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("2.1%", 2.1), ("239.0", 239), ("5.4e-05", 5.4e-5)])
def test_dots_as_decimals_where_the_file_says_so(text: str, expected: float) -> None:
    assert number(text, "decimal") == expected


@pytest.mark.parametrize("text", ["", "-", "--", "ND", "sin dato", None, "  "])
def test_missing_marks(text: object) -> None:
    assert math.isnan(number(text))


@pytest.mark.parametrize(
    "text",
    [
        *("doce", "1.2.3", "12a", "1,2,3", "nan", "inf", "1e309", "#NUM!", "#DIV/0!"),
        *("ERROR: #VALUE!", "✓", "?", True, math.inf, math.nan),
    ],
)
def test_what_is_no_finite_number_is_wrong(text: object) -> None:
    values, wrong = numbers(pd.Series([text], dtype="object"))
    assert (math.isnan(values.iloc[0]), wrong.iloc[0]) == (True, True)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["88.251", "4.2"], [88.251, 4.2]),  # 4.2 can only be decimal
        (["1.75"], [1.75]),
        (["24.934", "56,11"], [24934, 56.11]),
        (["24.934", "1.330.187"], [24934, 1330187]),
        (["1,842.66", "1,842"], [1842.66, 1842]),
    ],
)
def test_the_column_decides_what_its_dots_are(texts: list[str], expected: list[float]) -> None:
    assert numbers(pd.Series(texts))[0].tolist() == expected


def test_a_percent_has_no_thousands() -> None:
    values, wrong = numbers(pd.Series(["88.251", "4.251%"]), within=(0, 300))
    assert (values.tolist(), wrong.any()) == ([88.251, 4.251], False)


def test_a_column_that_writes_in_both_ways_leaves_what_may_be_two_numbers() -> None:
    _, wrong = numbers(pd.Series(["2,5", "2.55", "1.234"]))
    assert wrong.tolist() == [False, False, True]


def told(cells: list[object], **options: Any) -> list[tuple[str, str, str]]:
    problems = Problems("a.csv")
    values = problems.numbers(pd.Series(cells, dtype="object"), column="C", **options)
    assert values.isna().sum() == len(cells) - 1  # each list has one good cell
    return [(item.where, item.rule, item.received) for item in problems.findings]


def test_what_a_column_cannot_hold_is_told_with_its_first_row() -> None:
    assert told(["56,1", "250", "-39,99"], within=(0, 100)) == [
        (
            "a.csv, fila 3, columna C",
            "debe estar entre 0 y 100 (2 celdas no lo están)",
            "250; -39,99",
        )
    ]
    assert told([2019, 2019.5, "x"], whole=True, within=(1990, 2100)) == [
        ("a.csv, fila 4, columna C", "debe ser un número (1 celda no lo es)", "x"),
        ("a.csv, fila 3, columna C", "debe ser un número entero (1 celda no lo es)", "2019.5"),
    ]
    assert told(["1", "1e309", "inf", "nan", "#DIV/0!"]) == [
        ("a.csv, fila 3, columna C", "debe ser un número (4 celdas no lo son)",
         "1e309; inf; nan; #DIV/0!")
    ]  # fmt: skip
    assert told(["1", "#DIV/0!"], failed=True) == []


@pytest.mark.parametrize(("cell", "expected"), [(12, 12), (12.0, 12), ("1.234", 1234), ("7", 7)])
def test_counts(cell: object, expected: float) -> None:
    assert count(cell) == expected
    assert math.isnan(count("-"))


@pytest.mark.parametrize("cell", [-1, 2.5, True, math.inf, math.nan, 10**9, "doce", "#NUM!"])
def test_what_nobody_counts(cell: object) -> None:
    with pytest.raises(ValueError, match="not a count"):
        count(cell)


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_come_back_as_the_locale_writes_them(value: int) -> None:
    assert number(written(value)) == value


@given(st.integers(-(10**8), 10**8), st.integers(1, 4))
def test_decimals_come_back_as_the_locale_writes_them(units: int, digits: int) -> None:
    value = units / 10**digits
    assert number(written(value, digits)) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5001, "05001"),
        (5001.0, "05001"),
        ("5001", "05001"),
        ("05001", "05001"),
        (73067, "73067"),
        (999, None),
        ("0", None),
        (-1, None),
        ("#TODOS", None),
        (None, None),
        ("730670", None),
        ("73067.0", "73067"),
        ("73.067", "73067"),
        ("5,001", "05001"),
        ("٧٣٠٦٧", "73067"),
        (True, None),
    ],
)
def test_codes(value: object, expected: str | None) -> None:
    assert code(value) == expected


def test_each_keeps_order_and_index() -> None:
    values = pd.Series(["5001", "73067", "5001"], index=[3, 1, 2])
    assert frames.each(values, code).to_dict() == {3: "05001", 1: "73067", 2: "05001"}


def test_sheet_errors() -> None:
    assert is_sheet_error("ERROR: #DIV/0!")
    assert not is_sheet_error("#TODOS los municipios")
