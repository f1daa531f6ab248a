"""Notified malnutrition, processes of ICBF and ethnic groups: whose rows, and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inputs.readers.made_files import write_xlsx
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.ground import workbooks
from gsi.ground.errors import UserMistake
from gsi.inputs.readers import ethnic_groups, malnutrition, protection_counts, vital

CATALOGUE = {item.id: item for item in load_catalogue(ROOT / "params" / "indicators.yml")}
HEAD = ["divipola", "Departamento", "Municipio", "anio", "mes", "cantidad"]
GROUPS = [
    "Total", "Indígena", "Gitano(a) o Rrom",
    "Raizal del Archipiélago de San Andrés, Providencia y Santa Catalina",
    "Palenquero(a) de San Basilio", "Negro(a), mulato(a), afrodescendiente, afrocolombiano(a)",
    "Ningún grupo étnico-racial",
]  # fmt: skip


def month(code: str, number: int, cases: int, year: int = 2024) -> list[Any]:
    return [code, None, None, year, number, cases]


def counted(part: Any) -> dict[tuple[str, int], float]:
    rows = part.data
    return dict(zip(zip(rows["municipio"], rows["periodo"], strict=True), rows["numerador"],
                    strict=True))  # fmt: skip


def test_cases_are_of_the_year_and_of_who_lives_there(tmp_path: Path) -> None:
    rows = [month("73001", number, 1) for number in range(1, 13)]
    rows += [month("11101", 3, 5), month("11001", 3, 2), month("05000", 2, 4),
             month("01004", 1, 7), month("A3056", 1, 1),
             month("14001", 1, 1), month("73001", 12, 9, 2018)]  # fmt: skip
    sheets = {"Hoja1": [["Suma de cantidad"], ["Filtro"]], "Sheet1": [HEAD, *rows],
              "Hoja2": [HEAD, month("05001", 12, 34, 2025)]}  # fmt: skip
    part = malnutrition.read(write_xlsx(tmp_path / "s.xlsx", sheets))
    assert counted(part) == {
        ("73001", 2024): 12, ("73", 2024): 12,
        ("11001", 2024): 7, ("11", 2024): 7,  # a locality is the district
        ("05", 2024): 4,  # of no municipality: its department's
        ("CO", 2024): 12 + 5 + 2 + 4 + 7 + 1 + 1,  # residents abroad too
    }  # fmt: skip
    assert part.years == (2024,)  # of 2018 there is a month
    assert [item.rows for item in part.set_aside] == [1, 4]
    assert CATALOGUE["desnutricion_aguda_5"].counts_reporting


def test_a_month_twice_is_told(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "s.xlsx", {"A": [HEAD, month("73001", 1, 1), month("73001", 1, 2)]}
    )
    with pytest.raises(UserMistake, match="no se repiten"):
        malnutrition.read(path)


def test_figures_of_a_department_are_of_no_municipality(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "ya9-1.xlsx", {"datos": [
        ["coddepto", "anno", "ingresos_totales", "SRPA_1", "tasa"],
        ["05", 2024, 900, 12.5, 1.4], ["73", 2024, 140, 27, 19.2],
    ]})  # fmt: skip
    part = protection_counts.read(path)
    assert counted(part) == {("05", 2024): 900, ("73", 2024): 140, ("CO", 2024): 1040}
    assert set(part.data["indicador"]) == {"srpa"}
    assert part.data["nota"].str.contains("no dice nada de cada municipio").all()


def ethnic(path: Path, *rows: list[Any]) -> Path:
    title = [None] * 7 + ["Pertenencia Étnico-Racial"]
    head = ["COD_DPTO", "DEPARTAMENTO", "COD_DPTO-MPIO", "MUNICIPIO", "AÑO", "ÁREA GEOGRÁFICA"]
    body = [[code[:2], "X", code, "Y", *rest] for code, *rest in rows]
    return write_xlsx(path, {"Municipal": [title, [*head, *GROUPS], *body]})


def test_people_of_a_group_are_those_of_the_census_year(tmp_path: Path) -> None:
    path = ethnic(
        tmp_path / "e.xlsx",
        ["88001", 2018, "Total", 100, 1, 0, 60, 2, 17, 20],
        ["88001", 2018, "Centros Poblados y Rural Disperso", 40, 0, 0, 30, 1, 4, 5],
        ["88001", 2035, "Total", 200, 2, 0, 120, 4, 34, 40],
    )
    part = ethnic_groups.read(path)
    rows = part.data.set_index(["indicador", "area"])[["numerador", "denominador"]]
    assert rows.loc[("poblacion_afro", "total")].tolist() == [79, 100]
    assert rows.loc[("poblacion_afro", "rural")].tolist() == [35, 40]
    assert rows.loc[("poblacion_indigena", "total")].tolist() == [1, 100]
    assert part.years == (2018,) and [item.rows for item in part.set_aside] == [1]


def test_groups_that_do_not_add_up_are_told_with_their_row(tmp_path: Path) -> None:
    path = ethnic(tmp_path / "e.xlsx", ["88001", 2018, "Total", 100, 1, 0, 60, 2, 17, 21])
    with pytest.raises(UserMistake) as told:
        ethnic_groups.read(path)
    (finding,) = told.value.findings
    assert finding.where == "e.xlsx, hoja Municipal, fila 3, columna Total"


def test_a_year_of_some_months_is_set_aside(tmp_path: Path) -> None:
    """Births of 2025 are half of those of 2024: a rate of it would be of those months."""
    head = ["codmpio", "anno", "denominador", "numerador", "tasa_mortalidad_menores_5"]
    rows = [["73067", 2023, 220, 3, 13.6], ["73067", 2024, 193, None, None],
            ["73067", 2025, 99, None, None], ["-1", 2024, 6, 1, 16.0]]  # fmt: skip
    part = vital.read(write_xlsx(tmp_path / "ya1-3.xlsx", {"datos": [head, *rows]}))
    assert part.years == (2023, 2024)
    assert part.data["numerador"].tolist() == [3, 0]  # a blank of a year that it covers
    assert set(part.data["indicador"]) == {"mortalidad_5"}
    assert [item.reason for item in part.set_aside][1].startswith("Último año")


@pytest.mark.real
def test_published_figures(real_management: Path) -> None:
    """Check figures of the publishers' own totals."""
    cases = counted(malnutrition.read(real_management / "icbf"
                    / "SIVIGILA_113_desnutricion_mensual_2019-2025.xlsx"))  # fmt: skip
    assert (cases["CO", 2024], cases["CO", 2023]) == (24_655, 23_286)
    assert [cases["73001", year] for year in (2019, 2023, 2024)] == [58, 78, 117]
    part = ethnic_groups.read(
        real_management / "dane" / "anex-DCD-Proypoblacion-PerteneniaEtnicoRacialmun.xlsx"
    )
    rows = part.data.set_index(["municipio", "indicador", "area"])
    ataco = rows.loc[("73067", "poblacion_indigena", "total")]
    assert (ataco["numerador"], ataco["denominador"]) == (1_493, 19_330)
    folder = real_management / "procuraduria"
    entered = counted(protection_counts.read(folder / "ya9-1-detencion-privativa.xlsx"))
    assert (entered["73", 2024], entered["73", 2025], entered["CO", 2024]) == (140, 145, 6_137)
    restored = counted(protection_counts.read(folder / "ya9-3-trabajo-infantil.xlsx"))
    assert (restored["73", 2024], restored["CO", 2024]) == (1_602, 54_950)


@pytest.mark.real
def test_deaths_under_5_are_the_countrys(real_management: Path) -> None:
    """As cuadro 3 of DANE has in 2018; births by residence, as cuadro 7 has (257 in Ataco)."""
    path = real_management / "procuraduria" / "ya1-3-mortalidad.xlsx"
    data = vital.read(path).data
    rows = workbooks.open_book(path).rows("datos")[1:]
    nowhere = {  # -1 in some years, 3 in others
        year: sum(row[3] or 0 for row in rows if row[1] == str(year) and len(row[0]) < 4)
        for year in (2018, 2022)
    }
    deaths = data.groupby("periodo")["numerador"].sum()
    assert deaths[2018] + nowhere[2018] == 8_933
    assert deaths[2022] + nowhere[2022] == 8_360
    of_2018 = data[data["periodo"] == 2018].set_index("municipio")
    assert of_2018.at["73067", "denominador"] == 257
    assert data["periodo"].max() == 2024
