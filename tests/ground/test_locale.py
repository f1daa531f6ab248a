"""Numbers and lists as Colombia writes them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi.ground import locale


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1330187, 0, "1.330.187"),
        (64.0, 1, "64,0"),
        (62.05, 1, "62,1"),
        (2.675, 2, "2,68"),
        (-0.04, 1, "0,0"),
        (-3.25, 1, "−3,3"),
        (999.5, 0, "1.000"),
        (1e-7, 3, "0,000"),
        (1e21, 0, "1.000.000.000.000.000.000.000"),
    ],
)
def test_numbers(value: float, digits: int, expected: str) -> None:
    assert locale.number(value, digits) == expected


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_a_number_reads_back(value: int, digits: int) -> None:
    text = locale.number(value, digits).replace(".", "").replace(",", ".").replace("−", "-")
    assert float(text) == value


def test_dates() -> None:
    assert locale.date(dt.date(2025, 3, 4)) == "4 de marzo de 2025"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], ""),
        (["Ataco"], "Ataco"),
        (["Ataco", "Coyaima"], "Ataco y Coyaima"),
        (["Ataco", "Coyaima", "Rioblanco"], "Ataco, Coyaima y Rioblanco"),
        (["Ataco", "Ibagué"], "Ataco e Ibagué"),
        (["agua", "hielo"], "agua y hielo"),
        (["Honda", "Íquira"], "Honda e Íquira"),
    ],
)
def test_enumerations(items: list[str], expected: str) -> None:
    assert locale.enumeration(items) == expected


def test_fold_ignores_accents_case_and_spaces() -> None:
    assert locale.fold("  ANZOÁTEGUI  del   Ñame ") == "anzoategui del name"


@pytest.mark.parametrize(
    ("preposition", "name", "expected"),
    [
        ("a", "el país", "al país"),
        ("de", "el país del ejemplo", "del país del ejemplo"),
        ("a", "Tolima", "a Tolima"),
        ("a", "El Guamo", "a El Guamo"),
        ("de", "la meta", "de la meta"),
        ("en", "el país", "en el país"),
    ],
)
def test_articles_contract(preposition: str, name: str, expected: str) -> None:
    assert locale.contracted(preposition, name) == expected


def test_after_a_semicolon_a_sentence_goes_on() -> None:
    parts = ["Sin dato publicado", "Municipio que no está", "DANE, dos filas", "73067 repetido"]
    assert locale.clauses(parts) == (
        "Sin dato publicado; municipio que no está; DANE, dos filas; 73067 repetido"
    )
    assert locale.clauses([]) == ""


def test_a_percentage_is_never_cut_from_its_sign() -> None:
    assert locale.percent(62.05, 1) == "62,1\N{NO-BREAK SPACE}%"
    assert locale.percent(-0.4) == "0\N{NO-BREAK SPACE}%"
