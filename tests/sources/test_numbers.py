"""Number text and codes."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi.locale import number as written
from gsi.sources.numbers import code, each, is_sheet_error, number


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


@pytest.mark.parametrize(
    "text", ["", "-", "--", "ND", "nan", "#NUM!", "#DIV/0!", "ERROR: #VALUE!", None, "  "]
)
def test_missing_marks(text: object) -> None:
    assert math.isnan(number(text))


@pytest.mark.parametrize("text", ["1.75", "2.1%", "1,842.66", "doce", "1.2.3", "12a", "1,2,3"])
def test_what_cannot_be_known_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(text)


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
    ],
)
def test_codes(value: object, expected: str | None) -> None:
    assert code(value) == expected


def test_each_keeps_order_and_index() -> None:
    values = pd.Series(["5001", "73067", "5001"], index=[3, 1, 2])
    assert each(values, code).to_dict() == {3: "05001", 1: "73067", 2: "05001"}


def test_sheet_errors() -> None:
    assert is_sheet_error("ERROR: #DIV/0!")
    assert not is_sheet_error("#TODOS los municipios")
