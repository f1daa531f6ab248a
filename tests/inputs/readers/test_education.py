"""Education statistics of the Ministry."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.education import GROSS, HEADINGS, RATES, people, read
from gsi.inputs.readers.problems import Problems
from gsi.inputs.records import Reading, SourceRecord

HEADER = [*HEADINGS.values(), *RATES.values(), GROSS]


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
    assert value("70713", *arguments) == 13_000  # published 13; around it, some 13,000
    assert value("68147", *arguments) == 1_000  # published 1


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
    assert len(ratio) == rows["municipio"].nunique() == 1121
    assert ratio.between(0.75, 1.25).all()


@pytest.mark.real
def test_populations_of_departments_in_2021_are_the_ministrys(
    indicators: pd.DataFrame, oracles: Path
) -> None:
    path = oracles / "official" / "men_departamento.csv"
    table = pd.read_csv(path, dtype={"CÓDIGO_DEPARTAMENTO": "str"})
    theirs = table[table["AÑO"] == 2021].set_index("CÓDIGO_DEPARTAMENTO")["POBLACIÓN_5_16"]
    of_2021 = (indicators["indicador"] == "cobertura_neta") & (indicators["periodo"] == 2021)
    rows = indicators[of_2021]
    ours = rows.groupby(rows["municipio"].str[:2])["denominador"].sum()
    assert len(theirs) == 33
    assert (ours.reindex(theirs.index) == theirs).all()


@pytest.mark.real
def test_a_rate_of_nobody_is_not_read(indicators: pd.DataFrame) -> None:
    rates = ["desercion", "desercion_secundaria", "reprobacion", "repitencia"]
    rows = indicators[indicators["indicador"].isin(rates)]
    known = rows["denominador"].dropna()
    assert len(known) > 60_000
    assert (known > 0).all()


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


def _people(texts: list[str], years: list[int], places: list[str] | None = None) -> list[float]:
    problems = Problems("men.csv")
    where = pd.Series(places or [f"{number:05d}" for number in range(len(texts))])
    found = people(pd.Series(texts), pd.Series(years, dtype="float64"), where, problems)
    problems.stop()
    return found.tolist()


def test_people_of_a_year_that_lost_its_zeros() -> None:
    found = _people(["24.934", "2.5", "560", "13", "1,174,274", "13"], [2021] * 5 + [2020])
    assert found[:3] == [24_934, 2_500, 560]
    assert math.isnan(found[3])
    assert found[4:] == [1_174_274, 13]


def test_the_years_around_tell_13_from_13000() -> None:
    texts = ["24.934", "13", "12800", "13", "14", "519", "530", "519", "480000"]
    years = [2021, 2021, 2020, 2021, 2022, 2021, 2020, 2021, 2022]
    places = ["a", "b", "b", "c", "c", "d", "d", "e", "e"]
    found = _people(texts, years, places)
    assert [found[1], found[3], found[5], found[7]] == [13_000, 13, 519, 519_000]


def test_people_as_programs_and_the_portal_of_2023_write_them() -> None:
    assert _people(["5100.0", "519.0"], [2021, 2021]) == [5100, 519]
    assert _people(["5100", "5,012"], [2020, 2021]) == [5100, 5012]
    with pytest.raises(UserMistake, match="debe ser un número entero"):
        _people(["5100", "5,01"], [2020, 2021])


def _write(path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    # A row of rates only has the gross coverage of a hundred.
    whole = [[*row, *["100%"] * (len(HEADER) - len(row))] if row else row for row in rows]
    lines = [";".join(header), *(";".join(row) for row in whole)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_small_file(tmp_path: Path) -> None:
    rates = ["101,5%", "", *["1,5%"] * 7]
    path = _write(
        tmp_path / "men.csv",
        ["2024", "5001", "Medellín", "Antioquia", "1000", *rates, "120%"],
        ["2019", "0", "NACIONAL", "NACIONAL", "9488850", *["10.448%"] * 10],
    )
    part = read(path)
    assert len(part.data) == 8
    assert (part.rows_read, part.rows_kept) == (2, 1)
    first = part.data.set_index("indicador").loc["cobertura_neta"]
    assert (first["valor"], first["denominador"]) == (101.5, 1000)
    # The official enrolment is not in the file: all of it, from gross coverage.
    assert part.data.set_index("indicador").loc["desercion", "denominador"] == 1200


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


def test_a_municipality_under_another_department_is_told(tmp_path: Path) -> None:
    header = [*HEADER, "CÓDIGO_DEPARTAMENTO"]
    rates = ["90%"] * 10
    people_ = ["Ataco", "Tolima", "1000"]
    good = ["2024", "73067", *people_, *rates, "73"]
    bad = ["2023", "73067", *people_, *rates, "5"]
    assert len(read(_write(tmp_path / "men.csv", good, header=header)).data) == 9
    with pytest.raises(UserMistake) as caught:
        read(_write(tmp_path / "men.csv", good, bad, header=header))
    (told,) = caught.value.findings
    assert told.where == "men.csv, fila 3, columna CÓDIGO_DEPARTAMENTO"
    assert told.received == "73067 en el departamento 05"


def test_decimal_points_and_years_with_a_comma(tmp_path: Path) -> None:
    """The portal's file until 2023: '108.5' without percent sign, '2,021' and '5,012'."""
    path = tmp_path / "men.csv"
    rows = [
        ["2019", "73067", "Ataco", "Tolima", "5100", "88.2", *["61.5"] * 4, "4.25", *["5.5"] * 3],
        ["2020", "73067", "Ataco", "Tolima", "5050", "87.1", *["60.5"] * 4, "3.1", *["4"] * 3],
        ["2,021", "73067", "Ataco", "Tolima", "5,012", "86.9", *["59.9"] * 4, "3.9", *["4.6"] * 3],
    ]
    lines = [HEADER[:-1], *rows]  # the file of then, cut before gross coverage
    path.write_text(
        "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), encoding="utf-8"
    )
    data = read(path).data.set_index(["indicador", "periodo"])
    assert data.loc["cobertura_neta", "valor"].to_dict() == {2019: 88.2, 2020: 87.1, 2021: 86.9}
    assert data.loc["desercion", "valor"].to_dict() == {2019: 4.25, 2020: 3.1, 2021: 3.9}
    assert data.loc["cobertura_neta", "denominador"].to_dict() == {
        2019: 5100,
        2020: 5050,
        2021: 5012,
    }


def test_three_decimals_are_no_thousands(tmp_path: Path) -> None:
    rates = ["88.251", "61.502", "90.753", "70.111", "33.432", "4.251", "5.512", "7.113", "3.021"]
    path = _write(tmp_path / "men.csv", ["2019", "73067", "Ataco", "Tolima", "5100", *rates])
    data = read(path).data.set_index("indicador")
    assert data["valor"].to_dict() == dict(zip(RATES, map(float, rates), strict=True))
    assert (data["nota"].fillna("") == "").all()


@pytest.mark.parametrize("bad", ["88251", "-3,2%", "inf", "1e309", "nan"])
def test_an_impossible_rate_is_told_with_its_row(tmp_path: Path, bad: str) -> None:
    good = ["2019", "73067", "Ataco", "Tolima", "5100", *["1,5%"] * 9]
    path = _write(tmp_path / "men.csv", good, [*good[:5], bad, *good[6:]])
    with pytest.raises(UserMistake) as caught:
        read(path)
    (finding,) = caught.value.findings
    assert finding.where == "men.csv, fila 3, columna COBERTURA_NETA"
    assert finding.received == bad


def test_a_file_without_gross_coverage_has_rates_without_denominator(tmp_path: Path) -> None:
    header = [name for name in HEADER if name != GROSS]
    path = tmp_path / "men.csv"
    row = ["2019", "73067", "Ataco", "Tolima", "5100", *["88,2%"] * 5, *["4,25%"] * 4]
    path.write_text("\n".join(";".join(line) for line in (header, row)), encoding="utf-8")
    part = read(path)
    data = part.data.set_index("indicador")
    assert (data.at["cobertura_neta", "denominador"], data.at["desercion", "valor"]) == (5100, 4.25)
    assert math.isnan(data.at["desercion", "denominador"])
    assert any("Sin la columna COBERTURA_BRUTA" in note for note in part.notes)
