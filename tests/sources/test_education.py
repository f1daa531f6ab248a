"""Education statistics of the Ministry."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gsi.errors import UserMistake
from gsi.sources import Reading, SourceRecord
from gsi.sources.education import HEADINGS, RATES, population, read

HEADER = [*HEADINGS.values(), *RATES.values()]


@pytest.mark.real
def test_decimal_comma_and_percent(value: Callable[..., Any]) -> None:
    assert value("05004", "cobertura_neta", 2024) == 56.11
    assert value("05004", "cobertura_neta_transicion", 2024) == 39.53
    assert value("05004", "repitencia", 2024) == 8.41
    assert value("99773", "desercion_secundaria", 2024) == 7.3


@pytest.mark.real
def test_codes_without_leading_zero_are_the_same_municipality(indicators: pd.DataFrame) -> None:
    rows = indicators[
        (indicators["indicador"] == "cobertura_neta") & (indicators["municipio"] == "05001")
    ]
    assert sorted(rows["periodo"]) == list(range(2011, 2025))


@pytest.mark.real
def test_thousands_of_2021(reading: Reading, value: Callable[..., Any]) -> None:
    arguments = ("cobertura_neta", 2021, "denominador")
    assert value("05051", *arguments) == 7740  # published 7.74
    assert value("05313", *arguments) == 2100  # published 2.1
    assert value("05001", *arguments) == 379_616
    assert value("11001", *arguments) == 1_174_274  # published 1,174,274
    assert value("05004", *arguments) == 519
    assert math.isnan(value("70713", *arguments))  # published 13: 13 or 13,000


@pytest.mark.real
def test_populations_of_2021_are_those_of_the_projections(
    reading: Reading, indicators: pd.DataFrame
) -> None:
    """An independent source: DANE's projections of 5-16 in the same year, within 25 %."""
    people = reading.tables["poblacion"]
    people = people[(people["periodo"] == 2021) & people["edad"].between(5, 16)]
    projected = people.groupby("municipio", observed=True)["personas"].sum()
    of_2021 = (indicators["indicador"] == "cobertura_neta") & (indicators["periodo"] == 2021)
    rows = indicators[of_2021].dropna(subset="denominador")
    ratio = rows["denominador"] / rows["municipio"].map(projected).astype(float)
    assert len(ratio) > 1100
    assert ratio.between(0.75, 1.25).all()


@pytest.mark.real
def test_national_rows_are_set_aside(
    indicators: pd.DataFrame, record: Callable[[str], SourceRecord]
) -> None:
    men = indicators[indicators["fuente"] == "men_estadisticas"]
    assert men["municipio"].str.fullmatch(r"\d{5}").all()
    aside = record("men_estadisticas").set_aside[0]
    assert aside.rows == 3
    assert "2019, 2020, 2021" in aside.reason


@pytest.mark.real
def test_two_spellings_and_the_years_are_said(record: Callable[[str], SourceRecord]) -> None:
    men = record("men_estadisticas")
    assert men.years == "2011-2024"
    assert (men.rows_read, men.rows_kept) == (15_707, 15_704)
    spelt = next(note for note in men.notes if "más de una forma" in note)
    assert "Bogotá D.C. / Bogotá, D.C." in spelt
    assert "San Andrés, Providencia" in spelt
    assert "San Andrés. Providencia" in spelt


@pytest.mark.real
def test_coverage_above_100_is_kept_with_a_note(
    indicators: pd.DataFrame, record: Callable[[str], SourceRecord]
) -> None:
    rows = indicators[
        (indicators["fuente"] == "men_estadisticas")
        & indicators["indicador"].str.startswith("cobertura_neta")
        & (indicators["valor"] > 100)
    ]
    assert rows["nota"].str.contains("mayor de 100 %").all()
    assert (
        "Coberturas netas totales mayores de 100 %, conservadas con nota: 2190."
        in record("men_estadisticas").notes
    )


def test_population_text() -> None:
    assert population("24.934", True) == 24_934
    assert population("2.5", True) == 2_500
    assert population("560", True) == 560
    assert math.isnan(population("13", True))
    assert population("13", False) == 13
    with pytest.raises(ValueError, match="not a number"):
        population("2.5", False)


def _write(path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    lines = [";".join(header), *(";".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_small_file(tmp_path: Path) -> None:
    rates = ["101,5%", "", *["1,5%"] * 7]
    path = _write(
        tmp_path / "men.csv",
        ["2024", "5001", "Medellín", "Antioquia", "1000", *rates],
        ["2019", "0", "NACIONAL", "NACIONAL", "9488850", *["10.448%"] * 9],
    )
    part = read(path)
    assert len(part.data) == 8
    assert (part.rows_read, part.rows_kept) == (2, 1)
    first = part.data.set_index("indicador").loc["cobertura_neta"]
    assert (first["valor"], first["denominador"]) == (101.5, 1000)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "men.csv",
        ["2024", "X", "Medellín", "Antioquia", "mil", "mucho", *["1,5%"] * 8],
    )
    with pytest.raises(UserMistake) as caught:
        read(path)
    assert [finding.where.split(", columna ")[1] for finding in caught.value.findings] == [
        "CÓDIGO_MUNICIPIO",
        "COBERTURA_NETA",
        "POBLACIÓN_5_16",
    ]
    header = [name for name in HEADER if name not in ("AÑO", "REPITENCIA")]
    with pytest.raises(UserMistake) as caught:
        read(_write(tmp_path / "men.csv", [], header=header))
    assert [finding.where for finding in caught.value.findings] == [
        "men.csv, columna AÑO",
        "men.csv, columna REPITENCIA",
    ]
