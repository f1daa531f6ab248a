"""The annexes of official poverty: every figure of the published ones, and the shapes they have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers.catalog import READERS
from gsi.inputs.readers.peek import peek
from gsi.inputs.readers.poverty_annex import MONETARY_READER, READER
from gsi.inputs.readers.registry import match

AREAS = ["Total", "Cabeceras", "Centros poblados \ny rural disperso"]
STATISTICS = ["Estimación", "Error Estándar", "Límite Inferior", "Límite Superior", "CV %"]
TITLE = "Incidencia de Pobreza Multidimensional"


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "reader", "official", "value", "least"),
    [
        ("anex-PMultidimensional-Departamental-2024.xlsx", READER, "ipm_departamento.csv",
         "ipm_incidencia_pct", 686),
        ("anex-PM-Departamental-2023.xlsx", MONETARY_READER,
         "pobreza_monetaria_departamento.csv", "incidencia_pct", 75),
    ],
)  # fmt: skip
def test_every_published_figure_is_read(
    real_data: Path, oracles: Path, file: str, reader: Any, official: str, value: str, least: int
) -> None:
    """Values, errors and limits, of all departments, years and areas."""
    path = real_data.parent / "gestion" / "dane" / file
    if not path.is_file():
        pytest.skip("no está el anexo de pobreza")
    assert match(peek(path, "xlsx"), READERS) is reader
    rows = reader.read(path).data
    table = pd.read_csv(oracles / "official" / official, dtype={"cod_departamento": "str"})
    if "indicador" in table:
        table = table[table["indicador"] == "pobreza_monetaria"].assign(dominio="total")
    table["municipio"] = table["cod_departamento"].replace({"00": "CO"})
    both = rows.drop(columns="indicador").merge(
        table, left_on=["municipio", "periodo", "area"], right_on=["municipio", "anio", "dominio"]
    )
    assert len(both) == len(rows) == least
    ours = ["valor", "error_estandar", "inferior", "superior"]
    for mine, theirs in zip(ours, [value, "error_estandar_pp", "li_pct", "ls_pct"], strict=True):
        assert both[mine].isna().equals(both[theirs].isna())
        assert (both[mine] - both[theirs]).abs().max() == 0


def _departmental() -> dict[str, list[list[Any]]]:
    """Years over areas, and a sheet of intervals; a marked year; a table of women and men."""
    blank: list[list[Any]] = [[None], [None]]
    return {
        "Índice": [["ÍNDICE DE POBREZA MULTIDIMENSIONAL"]],
        "IPM_Departamentos": [
            *blank, [f"{TITLE}\nDepartamentos\n2022-2023"], ["Cifras en porcentaje"],
            ["Departamento", "2022**", None, None, "2023"],
            [None, *AREAS, *AREAS, None],
            ["Tolima", 10.5, 5.4, 22, 12.9, 8, 23.9], ["San Andrés", 8.8, 8.8, None, 5, 5, None],
            [None], ["Fuente: DANE"], ["Nota: (**) Se imputó la asistencia."],
        ],
        "IC_IPM": [
            *blank, [f"IC. {TITLE}\nDepartamentos"],
            ["Cifras en porcentaje", "2023", *[None] * 9],
            ["Departamento", "Total ", *[None] * 4, "Cabeceras"], [None, *STATISTICS * 2],
            ["Tolima", 12.9, 0.93, 11.1, 14.7, 7.2, 8, 1.06, 5.9, 10.1, 13.2],
        ],
        "IPM_Sexo": [
            *blank, [TITLE], ["Cifras en porcentaje", "2023", None],
            ["Departamento", "Sexo", None], [None, "Hombre", "Mujer"], ["Tolima", 12.1, 13.7],
        ],
    }  # fmt: skip


def _cells(part: Any) -> pd.DataFrame:
    return part.data.set_index(["municipio", "periodo", "area"])


def test_years_over_areas_with_the_errors_of_another_sheet(tmp_path: Path) -> None:
    cells = _cells(READER.read(write_xlsx(tmp_path / "a.xlsx", _departmental())))
    assert cells["valor"].to_dict() == {
        ("73", 2022, "total"): 10.5, ("73", 2022, "cabecera"): 5.4, ("73", 2022, "rural"): 22,
        ("73", 2023, "total"): 12.9, ("73", 2023, "cabecera"): 8, ("73", 2023, "rural"): 23.9,
        ("88", 2022, "total"): 8.8, ("88", 2022, "cabecera"): 8.8,
        ("88", 2023, "total"): 5, ("88", 2023, "cabecera"): 5,
    }  # fmt: skip
    assert cells["error_estandar"].dropna().to_dict() == {
        ("73", 2023, "total"): 0.93, ("73", 2023, "cabecera"): 1.06,
    }  # fmt: skip
    assert "Se imputó la asistencia." in cells.loc[("73", 2022, "total"), "nota"]


def test_domains_of_the_country_are_its_areas(tmp_path: Path) -> None:
    """The national annex: areas as rows, the year of the intervals in the title, a blank year."""
    book = {
        "IPM_Dominios": [
            [f"{TITLE}\nPrincipales Dominios\n2016 - 2018"], ["Cifras en Porcentaje"],
            ["Dominio", "Año", None, None], [None, 2016, "2017*", 2018],
            ["Nacional", 17.6, " ", 19.1], ["Cabecera", 11.7, 12, 13.2],
            ["Centros poblados y rural disperso", 36.8, " ", 38.6], [None],
            [f"{TITLE}\nRegiones\n2018"], ["Regiones", "2018"], ["Caribe", 32.9],
        ],
        "IC_IPM": [
            [f"IC. {TITLE}\nPrincipales Dominios\n2018"], ["Dominio", *[None] * 5],
            [None, *STATISTICS], ["Nacional", 19.1, 0.29, 18.6, 19.7, 1.5],
            ["13 Ciudades y A.M.", 11, 0.3, 10, 12, 2],
        ],
    }  # fmt: skip
    part = READER.read(write_xlsx(tmp_path / "a.xlsx", book))
    cells = _cells(part)
    assert cells["valor"].to_dict() == {
        ("CO", 2016, "total"): 17.6, ("CO", 2018, "total"): 19.1, ("CO", 2016, "cabecera"): 11.7,
        ("CO", 2017, "cabecera"): 12, ("CO", 2018, "cabecera"): 13.2, ("CO", 2016, "rural"): 36.8,
        ("CO", 2018, "rural"): 38.6,
    }  # fmt: skip
    assert cells["error_estandar"].dropna().to_dict() == {("CO", 2018, "total"): 0.29}
    assert [item.rows for item in part.set_aside] == [1]


def test_monetary_poverty_is_not_the_extreme_one(tmp_path: Path) -> None:
    def sheet(title: str, value: float) -> list[list[Any]]:
        return [[title], ["Cifras en Porcentaje"], ["Departamento", "Año"], [None, "2023"],
                ["Tolima", value], ["Total Nacional", value]]  # fmt: skip

    title = "Incidencia de la Pobreza Monetaria"
    book = {"IP": sheet(f"{title}\n23 Departamentos y Bogotá", 38.1),
            "IPE": sheet(f"{title} Extrema\n23 Departamentos y Bogotá", 15.8)}  # fmt: skip
    path = write_xlsx(tmp_path / "cualquiera.xlsx", book)
    assert match(peek(path, "xlsx"), READERS) is MONETARY_READER
    cells = _cells(MONETARY_READER.read(path))
    assert cells["valor"].to_dict() == {("73", 2023, "total"): 38.1, ("CO", 2023, "total"): 38.1}
    assert set(cells["indicador"]) == {"pobreza_monetaria_geih"}


def _misspelt(book: dict[str, list[list[Any]]]) -> None:
    book["IPM_Departamentos"][6][0] = "Tolma"


def _other_figure(book: dict[str, list[list[Any]]]) -> None:
    book["IC_IPM"][6][1] = 21.9


def _impossible(book: dict[str, list[list[Any]]]) -> None:
    book["IPM_Departamentos"][6][1] = 105


@pytest.mark.parametrize(
    ("spoil", "rule", "received"),
    [
        (_misspelt, "debe ser un departamento", "Tolma"),
        (_other_figure, "las hojas de un libro dan la misma cifra", "73, 2023, total"),
        (_impossible, "debe estar entre 0 y 100", "105"),
    ],
)
def test_what_is_wrong_is_told(
    tmp_path: Path, spoil: Callable[[dict[str, list[list[Any]]]], None], rule: str, received: str
) -> None:
    book = _departmental()
    spoil(book)
    with pytest.raises(UserMistake) as caught:
        READER.read(write_xlsx(tmp_path / "a.xlsx", book))
    findings = caught.value.findings
    assert any(rule in one.rule and received in one.received for one in findings), findings
