"""What a person types, and the territory meant."""

from __future__ import annotations

import pandas as pd
import pytest

from gsi.contract.territories import Territories, proper_name
from gsi.ground.errors import UserMistake

ROWS = [
    ("05030", "AMAGÁ", "05", "ANTIOQUIA"),
    ("05059", "ARMENIA", "05", "ANTIOQUIA"),
    ("05129", "CALDAS", "05", "ANTIOQUIA"),
    ("11001", "BOGOTÁ, D.C.", "11", "BOGOTÁ, D.C."),
    ("17001", "MANIZALES", "17", "CALDAS"),
    ("18610", "SAN JOSÉ DEL FRAGUA", "18", "CAQUETÁ"),
    ("63001", "ARMENIA", "63", "QUINDÍO"),
    ("73067", "ATACO", "73", "TOLIMA"),
    ("73616", "RIOBLANCO", "73", "TOLIMA"),
    ("73675", "SAN ANTONIO", "73", "TOLIMA"),
    ("73678", "SAN LUIS", "73", "TOLIMA"),
]


@pytest.fixture(scope="module")
def territories() -> Territories:
    columns = ["municipio", "nombre", "departamento", "nombre_departamento"]
    return Territories(pd.DataFrame(ROWS, columns=columns))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("73", "73"),
        ("Tolima", "73"),
        ("TOLIMA", "73"),
        ("73067", "73067"),
        ("ataco", "73067"),
        (" Ataco ", "73067"),
        ("amaga", "05030"),
        ("Armenia, Quindío", "63001"),
        ("armenia quindio", "63001"),
        ("Armenia (Antioquia)", "05059"),
        ("san antonio", "73675"),
    ],
)
def test_codes_and_names(territories: Territories, text: str, code: str) -> None:
    assert territories.resolve(text).code == code


def message(territories: Territories, text: str) -> str:
    with pytest.raises(UserMistake) as caught:
        territories.resolve(text)
    assert len(caught.value.findings) == 1
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_an_ambiguous_name_lists_the_candidates(territories: Territories) -> None:
    both = message(territories, "Armenia")
    assert "05059 Armenia, Antioquia" in both
    assert "63001 Armenia, Quindío" in both
    mixed = message(territories, "caldas")
    assert "17 Caldas" in mixed
    assert "05129 Caldas, Antioquia" in mixed
    assert "11001" in message(territories, "bogota")


def test_part_of_a_name_lists_the_candidates(territories: Territories) -> None:
    text = message(territories, "San")
    for code in ("18610", "73675", "73678"):
        assert code in text


def test_the_start_of_a_word_comes_before_letters_inside_one() -> None:
    rows = [("85001", "YOPAL", "85", "CASANARE"), ("73678", "SAN LUIS", "73", "TOLIMA")]
    columns = ["municipio", "nombre", "departamento", "nombre_departamento"]
    text = message(Territories(pd.DataFrame(rows, columns=columns)), "san")
    assert "73678" in text
    assert "Casanare" not in text


def test_unknown_codes_and_names(territories: Territories) -> None:
    assert "73999" in message(territories, "73999")
    assert "DIVIPOLA" in message(territories, "73999")
    assert "¿Quiso decir 73616 Rioblanco, Tolima?" in message(territories, "riublanco")
    assert "xyz" in message(territories, "xyz")
    assert "--raw" in message(territories, "")


def test_search(territories: Territories) -> None:
    assert [place.code for place in territories.search("736")] == ["73616", "73675", "73678"]
    assert [place.code for place in territories.search("quindío")] == ["63", "63001"]
    assert len(territories.search("")) == len(ROWS) + 6


def test_municipalities(territories: Territories) -> None:
    assert [place.code for place in territories.municipalities("73")] == [
        "73067", "73616", "73675", "73678",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SAN JOSÉ DEL FRAGUA", "San José del Fragua"),
        ("BOGOTÁ, D.C.", "Bogotá, D.C."),
        ("LA PRIMAVERA", "La Primavera"),
        ("MIRITÍ - PARANÁ", "Mirití - Paraná"),
        ("NORTE DE SANTANDER", "Norte de Santander"),
        ("Santa Fé de Antioquia", "Santa Fé de Antioquia"),
    ],
)
def test_names_as_people_write_them(name: str, expected: str) -> None:
    assert proper_name(name) == expected
