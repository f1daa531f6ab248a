"""Figures of departments: of how many of their people, and of those with one municipality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.inputs import indicators
from gsi.inputs.indicators import unfit
from gsi.inputs.readers import education, population, small_area, water

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml")
PEOPLE = "dane/epico_poblacion_municipal_edad_simple_2012_2024.csv.gz"


@pytest.fixture(scope="module")
def projected(real_data: Path) -> pd.DataFrame:
    table = population.read(real_data / PEOPLE).data
    return table[table["municipio"].str[:2].isin(["11", "27", "73"])]


def built(table: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["municipio"].str[:2].isin(["11", "27", "73"])]
    made = indicators.unify(rows, people, CATALOGUE)[0]
    return made[made["area"] == "total"].set_index(["municipio", "indicador", "periodo"])


@pytest.mark.real
def test_a_department_of_few_of_its_people_says_so(
    real_data: Path, projected: pd.DataFrame
) -> None:
    """INS: of Chocó's people, those of municipalities with an index, counted here from the file."""
    made = built(water.read(real_data / "ins" / "irca_calidad_agua.xlsx").data, projected)
    book = pd.read_excel(real_data / "ins" / "irca_calidad_agua.xlsx", sheet_name=None,
                         engine="calamine")  # fmt: skip
    sheet = next(each for each in book.values() if "IRCA" in each.columns)
    places = sheet[sheet["MunicipioCodigo"].astype("str").str.fullmatch(r"\d{4,5}")]
    places = places[pd.to_numeric(places["IRCA"], errors="coerce").notna()]
    epico = pd.read_csv(real_data / PEOPLE)
    everybody = epico.filter(regex="hombres|mujeres").sum(axis=1)
    everybody.index = pd.MultiIndex.from_frame(epico[["dpmp", "ano"]])
    for department, fewest in (("27", 9), ("73", 100)):
        shares = []
        for year in range(2018, 2025):
            mine = places[(places["Año"] == year)]
            codes = mine["MunicipioCodigo"].astype(int)
            codes = codes[codes // 1000 == int(department)]
            of = everybody[everybody.index.get_level_values(1) == year]
            of = of[of.index.get_level_values(0) // 1000 == int(department)]
            share = 100 * of.loc[codes.tolist()].sum() / of.sum()
            shares.append(round(share))
            note = made.loc[(department, "irca", year), "nota"]
            told = f"Los municipios con dato tienen {share:.0f}\N{NO-BREAK SPACE}% de las personas"
            assert (told in note) == bool(unfit.partial(note)) == (share < 80), (department, year)
        assert min(shares) == fewest
    assert made.loc[("27", "irca", 2023), "valor"] == 0  # as published


@pytest.mark.real
def test_the_department_of_one_municipality_has_its_figures(
    real_data: Path, projected: pd.DataFrame, oracles: Path
) -> None:
    """MEN, Bogotá, 2020 and 2021: no sum of other departments can be made of those years."""
    made = built(education.read(real_data / "men" / "MEN_POR_MUNICIPIO_20260406.csv").data,
                 projected)["valor"]  # fmt: skip
    official = pd.read_csv(oracles / "official" / "men_departamento.csv", dtype="str")
    official = official.set_index(["CÓDIGO_DEPARTAMENTO", "AÑO"])
    for when, values in {
        2020: {"transicion": 69.15, "primaria": 93.79, "secundaria": 89.06, "media": 57.30},
        2021: {"transicion": 63.99, "primaria": 89.92, "secundaria": 89.19, "media": 58.84},
    }.items():
        heads = {"transicion": "TRANSICIÓN", "primaria": "PRIMARIA", "secundaria": "SECUNDARIA",
                 "media": "MEDIA"}  # fmt: skip
        for level, value in values.items():
            published = float(official.loc[("11", str(when)), f"COBERTURA_NETA_{heads[level]}"])
            assert published == pytest.approx(value, abs=0.01)
            assert made["11", f"cobertura_neta_{level}", when] == pytest.approx(value, abs=0.01)
            assert ("73", f"cobertura_neta_{level}", when) not in made.index
            assert ("CO", f"cobertura_neta_{level}", when) not in made.index


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "name", "values", "total", "year", "least"),
    [
        ("ipm_departamento.csv", "ipm_sae", "ipm_incidencia_pct", ("dominio", "total"), 2024, 33),
        (
            "pobreza_monetaria_departamento.csv", "pobreza_monetaria_sae", "incidencia_pct",
            ("indicador", "pobreza_monetaria"), 2022, 24,
        ),
    ],
)  # fmt: skip
def test_intervals_made_here_are_as_wide_as_the_published_ones_in_the_median(
    real_data: Path, oracles: Path, file: str, name: str, values: str, total: tuple[str, str],
    year: int, least: int,
) -> None:  # fmt: skip
    """DANE's 95 % limits of departments, as printed with one digit (Chocó 2024: 29.8 to 37.9). One
    correlation for all departments: each is within 1.4 times, as the reports say."""
    sheets = "dane/estimaciones-pobreza-alimentaria-fies-modelo-sae-2022-y-2024.xlsx"
    table = small_area.read(real_data / sheets).data
    people = population.read(real_data / PEOPLE).data
    people = people[people["periodo"] == year]
    made = indicators.unify(table[table["periodo"] == year], people, CATALOGUE)[0]
    made = made[made["indicador"] == name].set_index("municipio")
    official = pd.read_csv(oracles / "official" / file, dtype={"cod_departamento": "str"})
    official = official[(official[total[0]] == total[1]) & (official["anio"] == year)]
    official = official[official["cod_departamento"].ne("00") & official["li_pct"].notna()]
    official = official.assign(place=official["cod_departamento"].str.zfill(2))
    official = official.set_index("place").drop(index="11", errors="ignore")
    assert len(official) >= least - 1
    times = []
    for code, row in official.iterrows():
        ours = made.loc[code]
        assert ours["valor"] == pytest.approx(row[values], abs=0.06), code
        times.append((ours["superior"] - ours["inferior"]) / (row["ls_pct"] - row["li_pct"]))
        assert 1 / 1.4 < times[-1] < 1.4, code
    assert np.median(times) == pytest.approx(1, abs=0.05)
