"""Rules of DANE's codes."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from paths import ROOT

from gsi.contract import divipola

CODES = ["73", "73067", "CO", "00", "00003", "11001"]


def test_two_digits_are_a_department_and_five_a_place_of_it() -> None:
    codes = pd.Series(CODES, dtype="str")
    assert codes[divipola.is_municipal(codes)].tolist() == ["73067", "00003", "11001"]
    assert codes[divipola.is_departmental(codes)].tolist() == ["73", "CO", "00"]
    assert divipola.departments_of(codes).tolist() == ["73", "73", "CO", "00", "00", "11"]
    assert codes[divipola.is_fictional(codes)].tolist() == ["00", "00003"]
    assert [divipola.department_of(code) for code in CODES] == ["73", "73", "CO", "00", "00", "11"]


def test_an_index_is_told_apart_as_its_series_is() -> None:
    codes = pd.Series(CODES, dtype="str")
    for rule in (divipola.is_municipal, divipola.is_departmental, divipola.is_fictional):
        assert list(rule(pd.Index(codes))) == rule(codes).tolist()


@pytest.mark.parametrize(("code", "unknown"), [("73999", True), ("73000", True), ("73067", False)])
def test_codes_of_no_place(code: str, unknown: bool) -> None:
    assert divipola.is_unknown_place(code) is unknown


def test_there_are_33_departments_in_the_order_of_their_codes() -> None:
    """DANE, DIVIPOLA: 32 departments and Bogotá."""
    assert len(divipola.DEPARTMENTS) == 33
    assert list(divipola.DEPARTMENTS) == sorted(divipola.DEPARTMENTS)


@pytest.mark.parametrize("text", ["73", "73067", "05001"])
def test_codes_that_may_be_of_the_country(text: str) -> None:
    assert divipola.may_be_code(text)


@pytest.mark.parametrize("text", ["00", "00001", "730", "77", "Tolima", "7306"])
def test_texts_that_are_no_code_of_the_country(text: str) -> None:
    assert not divipola.may_be_code(text)


def test_the_rule_of_codes_is_written_once() -> None:
    again = re.compile(
        r"\.str\[:2\]|\.str\.len\(\) (?:==|!=|<) [25]\b|startswith\(EXAMPLE_DEPARTMENT\)"
    )
    found = {
        path.relative_to(ROOT / "src" / "gsi").as_posix()
        for path in (ROOT / "src" / "gsi").rglob("*.py")
        if again.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"contract/divipola.py"}
