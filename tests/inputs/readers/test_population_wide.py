"""DANE's own projections: an area, a sex and a year of age a column, in two layouts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from inputs.readers.made_files import DIVIPOLA, write_xlsx

from gsi.ground import streamed, workbooks
from gsi.ground.errors import UserMistake
from gsi.inputs.readers import population, population_wide, read_all

AGES = range(101)
Sheet = list[list[Any]]


def figures(men: int, women: int) -> list[int]:
    return [men + age for age in AGES] + [women + age for age in AGES]


def of_2018(rows: Sheet) -> Sheet:
    """PPED-AreaSexoEdadMun-2018-2042: headings in rows 8 and 9, code in MPIO, total columns."""
    ages = [f"{sex} {age} {'años y más' if age == 100 else 'año' if age == 1 else 'años'}"
            for sex in ("Hombres", "Mujeres") for age in AGES]  # fmt: skip
    return [
        ["PROYECCIONES DE POBLACIÓN"], ["POR ÁREA, SEXO Y EDAD"], *([[None]] * 5),
        ["DP", "DPNOM", "MPIO", "DPMP", "AÑO", "ÁREA GEOGRÁFICA"],
        [*([None] * 6), "Total", "Hombres", "Mujeres", *ages],
        *([code[:2], "X", code, "Nombre", year, area, 0, 0, 0, *cells]
          for code, year, area, *cells in rows),
        [None], ["Fuente: DANE. Proyecciones de población."],
    ]  # fmt: skip


def of_2005(rows: Sheet) -> Sheet:
    """DCD-area-sexo-edad-proypoblacion-Mun-2005-2017: one row, code in DPMP as a number."""
    ages = [f"{sex}_{age}{' y más' if age == 100 else ''}"
            for sex in ("Hombres", "Mujeres", "Total") for age in AGES]  # fmt: skip
    return [
        ["PROYECCIONES DE POBLACIÓN"], *([[None]] * 10),
        ["DP", "DPNOM", "DPMP", "MPIO", "AÑO", "ÁREA GEOGRÁFICA", *ages, "Total Hombres"],
        *([int(code[:2]), "X", int(code), "Nombre", year, area, *cells, *cells[:101], 0]
          for code, year, area, *cells in rows),
    ]  # fmt: skip


def rows(year: int) -> Sheet:
    return [
        ["73067", year, "Cabecera Municipal", *figures(2, 1)],
        ["73067", year, "Centros Poblados y Rural Disperso", *figures(4, 2)],
        ["73067", year, "Total", *(a + b for a, b in zip(figures(2, 1), figures(4, 2),
                                                        strict=True))],
        ["05001", year, "Total", *figures(900, 950)],
    ]  # fmt: skip


LAYOUTS = {2024: of_2018, 2011: of_2005}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("year", LAYOUTS)
def test_every_layout_gives_people_by_area(
    year: int, large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the workbook is read a row at a time."""
    if large:
        monkeypatch.setattr(streamed, "LARGE", 100)
    (tmp_path / "divipola.csv").write_text(
        DIVIPOLA + "05,ANTIOQUIA,05001,MEDELLÍN,MUNICIPIO,-75.58,6.25\n", encoding="utf-8"
    )
    path = write_xlsx(tmp_path / "proyecciones.xlsx", {"Pob": LAYOUTS[year](rows(year))})
    assert isinstance(workbooks.open_book(path), streamed.Streamed) is large
    found = read_all(tmp_path)
    assert not found.faulty and not found.ignored
    people = found.tables["poblacion"].set_index(["municipio", "area", "sexo", "edad"])["personas"]
    assert people["73067", "cabecera", "hombre", 3] == 5
    assert people["73067", "rural", "mujer", 10] == 12
    assert people["73067", "total", "hombre", 3] == 5 + 7
    assert people["05001", "total", "mujer", 85] == sum(950 + age for age in range(85, 101))
    assert len(people) == 4 * 2 * 86  # the totals of sexes and of ages are no people
    assert set(found.tables["poblacion"]["periodo"]) == {year}


def test_an_edition_is_told_by_the_people_of_the_country() -> None:
    known = dict(list(population.REVISED.items())[:3])
    assert population.edition(known, 1122, population.UNKNOWN) == "dane_proyecciones_2025"
    assert population.edition({2024: 1}, 1122, population.UNKNOWN) == population.UNKNOWN
    assert population.edition({2024: 1}, 3, population.UNKNOWN) == population.UNKNOWN
    assert population.edition({2011: 1}, 1122, population.UNKNOWN) == population.SOURCE


@pytest.mark.parametrize("bad", [None, "sin dato", -1, 2.5])
def test_a_cell_that_counts_nobody_is_told_with_its_row(bad: Any, tmp_path: Path) -> None:
    wrong = rows(2024)
    wrong[1][20] = bad
    path = write_xlsx(tmp_path / "p.xlsx", {"Pob": of_2018(wrong)})
    with pytest.raises(UserMistake) as told:
        population_wide.read(path)
    (finding,) = told.value.findings
    assert finding.where == "p.xlsx, hoja Pob, fila 11"


def test_a_row_twice_and_a_lost_age_are_told(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "p.xlsx", {"Pob": of_2018([*rows(2024), rows(2024)[0]])})
    with pytest.raises(UserMistake, match="no se repiten"):
        population_wide.read(path)
    sheet = [row[:40] for row in of_2018(rows(2024))]
    sheet[8][39] = "Mujeres 0 años"
    path = write_xlsx(tmp_path / "q.xlsx", {"Pob": sheet})
    with pytest.raises(UserMistake, match="falta una columna"):
        population_wide.read(path)


def test_streamed_rows_are_those_of_a_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [["a", " ", 1.0, 2.5], [None], [pd.Timestamp(2024, 3, 4).to_pydatetime(), True]]
    path = write_xlsx(tmp_path / "p.xlsx", {"A": cells, "B": [[1]]})
    share = openpyxl.load_workbook(path)
    share["A"]["D1"].number_format = "0.0%"
    share.save(path)
    whole = {name: workbooks.open_book(path).rows(name) for name in ("A", "B")}
    stored = workbooks.open_book(path).rows("A", as_stored=True)
    assert (whole["A"][0][3], stored[0][3]) == (250, 2.5)
    monkeypatch.setattr(streamed, "LARGE", 100)
    book = workbooks.open_book(path.rename(tmp_path / "q.xlsx"))
    assert isinstance(book, streamed.Streamed) and book.names == ("A", "B")
    assert {name: book.rows(name) for name in book.names} == whole
    assert book.rows("A", 1) == whole["A"][:1]
    assert book.rows("A", as_stored=True) == stored
