"""Early education of ICBF and the Ministry."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.ground.errors import UserMistake
from gsi.inputs.readers.early_education import read
from gsi.inputs.records import SourceRecord

HEADER = 'FECHA_CORTE,COD_DANE_MUNICIPIO,"INDICADOR 3.\nTOTAL EDUCACIÓN INICIAL\nICBF + MEN"\n'


@pytest.mark.real
def test_headings_with_line_breaks(value: Callable[..., Any]) -> None:
    assert value("73067", "educacion_inicial", 2018, "numerador") == 823
    assert value("73067", "educacion_inicial", 2022, "numerador") == 1502


@pytest.mark.real
def test_a_cut_in_june_is_said(
    value: Callable[..., Any], record: Callable[[str], SourceRecord]
) -> None:
    assert "gestantes" in value("73067", "educacion_inicial", 2018, "nota")
    note = value("73067", "educacion_inicial", 2023, "nota")
    assert note.endswith("Corte parcial: 30 de junio de 2023.")
    assert record("icbf_educacion_inicial").years == "2015-2023"


def test_years_without_the_ministrys_part_are_told_and_a_series_of_their_own(
    tmp_path: Path,
) -> None:
    """No place has it, one of three, two of three."""
    lines = [
        f"31-12-{year},{place},80,{men},{80 + men}"
        for year, some in ((2018, 0), (2019, 1), (2020, 2))
        for position, place in enumerate(("73001", "73024", "73067"))
        for men in (20 if position < some else 0,)
    ]
    part = read(_file(tmp_path / "e.csv", lines))
    notes = part.data.set_index(["municipio", "periodo"])["nota"]
    assert notes["73001", 2018].endswith("Solo del ICBF: sin el preescolar del MEN.")
    assert notes["73001", 2019].endswith(
        "Con el preescolar del MEN de 1 de los 3 municipios de la fuente."
    )
    assert "preescolar" not in notes["73001", 2020]


@pytest.mark.real
def test_years_of_another_content_are_not_compared(real_data: Path) -> None:
    """The years in which one in fifty municipalities has its first child of the Ministry's part,
    counted in the file with the standard library, are the breaks of the catalogue."""
    with (real_data / "icbf" / "Educacion_Inicial.csv").open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    column = next(name for name in rows[0] if name.startswith("INDICADOR 2"))
    first: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row["FECHA_CORTE"][-4:]):
        if row[column].strip() not in ("", "0"):
            first.setdefault(row["COD_DANE_MUNICIPIO"], int(row["FECHA_CORTE"][-4:]))
    entered = Counter(first.values())
    assert [entered[year] for year in range(2018, 2024)] == [0, 112, 154, 680, 72, 19]
    places = len({row["COD_DANE_MUNICIPIO"] for row in rows})
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml")
    indicator = next(each for each in catalogue if each.id == "educacion_inicial")
    for year in range(2016, 2024):
        more = entered[year] > places / 50
        assert indicator.comparable_years(year - 1, year) != more, year


def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text(HEADER + "31-06-2022,73067,8\n", encoding="utf-8")
    with pytest.raises(UserMistake, match="31-06-2022"):
        read(path)


def test_a_municipality_under_another_department_is_told(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    text = f"COD_DANE_DEPARTAMENTO,{HEADER}70,31-12-2015,73067,8\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistake, match="73067 en el departamento 70"):
        read(path)


def test_wrong_dates_codes_and_counts_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text(HEADER + "2015,X,muchos\n", encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        read(path)
    assert len(caught.value.findings) == 3


def _file(path: Path, rows: list[str]) -> Path:
    parts = (
        '"INDICADOR 1.\nEDUCACIÓN INICIAL ICBF\n(Incluye Mujeres Gestantes)",'
        '"INDICADOR 2.\nNIÑOS Y NIÑAS EN PREESCOLAR CON EDUCACIÓN INICIAL",'
    )
    head = HEADER.replace('"INDICADOR 3', f'{parts}"INDICADOR 3')
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def _written(count: int) -> str:
    """A count of Colombia's thousands dot read as a decimal point, its dot then dropped."""
    return (
        str(count)
        if count < 1000
        else f"{count / 1000:.3f}".rstrip("0").rstrip(".").replace(".", "")
    )


def test_zeros_that_a_file_lost_are_put_back(tmp_path: Path) -> None:
    """Every total comes back from what the loss leaves of it and of its parts, and only those."""
    random = Random(7)
    truth, lines = {}, []
    for place in range(5001, 5121):
        size = random.randint(1100, 9000)
        for year in range(2015, 2024):
            first, second = int(size * random.uniform(0.9, 1.1)), random.randint(0, 400)
            truth[f"{place:05d}", year] = first + second
            cells = (first, second, first + second)
            shown = [_written(cell) if year < 2021 else str(cell) for cell in cells]
            lines.append(f"31-12-{year},{place:05d},{','.join(shown)}")
    lost = sum(_written(count) != str(count) for (_, year), count in truth.items() if year < 2021)
    assert lost > 30
    part = read(_file(tmp_path / "e.csv", lines))
    found = part.data.set_index(["municipio", "periodo"])["numerador"].to_dict()
    assert found == truth
    told = part.data["nota"].str.contains("Publicado: ")
    assert told.sum() == lost
    assert f"Totales corregidos: {lost}." in part.notes[-1] and "2015-2020" in part.notes[-1]


def test_a_total_that_is_not_its_parts_is_set_aside(tmp_path: Path) -> None:
    path = _file(tmp_path / "e.csv", ["31-12-2022,73067,80,20,100", "31-12-2022,73001,80,20,10"])
    part = read(path)
    assert part.data["municipio"].tolist() == ["73067"]
    assert [(aside.reason, aside.rows) for aside in part.set_aside] == [
        ("El total publicado no es la suma de sus dos partes", 1)
    ]


@pytest.mark.real
def test_zeros_that_the_published_file_lost(value: Callable[..., Any], real_data: Path) -> None:
    """Totals by hand from the file's own parts and years, and the sign of the loss in all."""
    hand = {
        ("88001", 2020): 1680,  # 1.551 + 129, written 168
        ("73001", 2019): 17150,  # 12.489 + 4.661, written 1715
        ("76001", 2019): 38460,
        ("25126", 2019): 1200,  # 850 + 350, written 12
        ("86001", 2019): 2280,  # 2.100 + 180, written 21 + 180 = 228
        ("76001", 2020): 44075,  # 34.525 + 9.550: the total is right, a part is not
        ("05001", 2018): 67210,  # 48.175 in 2017, 59.894 in 2019, written 6721
        ("11001", 2016): 141000,  # 115.572 and 169.402 around, written 141
        ("08001", 2020): 48390,
        ("50568", 2016): 613,  # 600 before and 2.041 after: not known to have lost any
    }
    for (place, year), count in hand.items():
        assert value(place, "educacion_inicial", year, "numerador") == count, (place, year)
    assert "Publicado: 168," in value("88001", "educacion_inicial", 2020, "nota")
    data = read(real_data / "icbf" / "Educacion_Inicial.csv").data
    large = data[data["numerador"] >= 1000]
    tens = (large["numerador"] % 10 == 0).groupby(large["periodo"]).mean()
    # One in ten ends in zero, as of any counts; in the file, none until 2020.
    assert tens.between(0.05, 0.17).all()
