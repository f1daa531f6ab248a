"""Files of one indicator each: vital statistics, violence, recruitment."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx
from paths import ROOT

from gsi.contract.params.indicators import load_catalogue
from gsi.ground.errors import UserMistake
from gsi.inputs.indicators import unify
from gsi.inputs.readers import grids
from gsi.inputs.readers.counts import ZERO
from gsi.inputs.readers.numbers import code
from gsi.inputs.readers.violence import read as read_violence
from gsi.inputs.readers.vital import read as read_vital
from gsi.inputs.records import Reading


def _of(indicators: pd.DataFrame, name: str, year: int) -> pd.DataFrame:
    rows = indicators[(indicators["indicador"] == name) & (indicators["periodo"] == year)]
    return rows[rows["area"] == "total"]


@pytest.mark.real
def test_blank_deaths_are_zeros(real_data: Path, indicators: pd.DataFrame) -> None:
    """Independent: DANE's cuadro 3 of 2018 counts 4,092 + 3,231 + 6 deaths under one year."""
    rows = grids.sheets(real_data / "dane" / "defunciones_cuadro3_2018.xls", only=["00"])["00"]
    total = next(row for row in rows if row[0] == "TOTAL NACIONAL")
    assert sum(total[5:8]) == 7329
    found = _of(indicators, "mortalidad_infantil", 2018)
    # The compilation has the same deaths, those of 27086, no municipality of DIVIPOLA, included.
    assert 7329 - found["numerador"].sum() <= 5
    assert (found.loc[found["nota"].str.endswith(ZERO), "numerador"] == 0).all()
    assert found["nota"].str.endswith(ZERO).sum() > 500


@pytest.mark.real
def test_codes_of_any_length_and_unknown_ones(reading: Reading, value: Callable[..., Any]) -> None:
    assert value("05001", "control_prenatal", 2005, "numerador") == 25_345  # published 5001
    assert value("05001", "mortalidad_ira_5", 2008, "numerador") == 46  # published '05001'
    records = {r.file: r for r in reading.records}
    first = records["ya1-4-control-prenatal.xlsx"].set_aside[0]
    assert (first.reason, first.rows) == ("Código que no es de un municipio (999, -1 y otros)", 38)
    last = records["ya1-4-control-prenatal.xlsx"].set_aside[-1]
    assert last.reason.startswith("Municipio que no está en DIVIPOLA: 05999, 08999")


@pytest.mark.real
def test_low_weight_is_the_published_percentage(value: Callable[..., Any]) -> None:
    arguments = ("05001", "bajo_peso", 2005)
    assert value(*arguments) == pytest.approx(10.4072803222438)
    assert value(*arguments, "denominador") == 33_515
    assert value(*arguments, "numerador") == 3_488


@pytest.mark.real
def test_violence_is_counted_without_the_sources_population(
    reading: Reading, value: Callable[..., Any], real_data: Path
) -> None:
    """Its denominators are of the ages with cases: in Ataco, 2019, the 2,316 persons of 12 to 17
    that the projections have, beside 7,096 of 0 to 17."""
    assert value("05001", "homicidio_0_17", 2018, "numerador") == 45
    assert value("05001", "violencia_interpersonal_0_17", 2015, "numerador") == 862
    people = reading.tables["poblacion"]
    here = people[(people["municipio"] == "73067") & (people["periodo"] == 2019)]
    here = here[(here["area"] == "total") & (here["fuente"] == "dane_proyecciones_epico")]
    of = [here.loc[here["edad"].between(*ages), "personas"].sum() for ages in ((12, 17), (0, 17))]
    assert of == [2_316, 7_096]
    published = set()
    for path in sorted((real_data / "medicina_legal").glob("ya8-*.xlsx")):
        heads, *lines = next(iter(grids.sheets(path).values()))
        rows = [dict(zip(heads, line, strict=True)) for line in lines]
        published |= {
            int(float(row["denominador"]))
            for row in rows
            if "denominador" in row and code(row["codmpio"]) == "73067"
            and int(float(row["anno"])) == 2019 and row["denominador"]
        }  # fmt: skip
    assert 2_316 in published
    assert math.isnan(value("73001", "delito_sexual_0_17", 2018, "denominador"))
    for record in [r for r in reading.records if r.source == "medicina_legal"]:
        assert record.set_aside[0].reason.startswith("Código que no es de un municipio (999")
        assert "sin fila no siempre significa cero" in record.notes[1]


def test_people_of_the_ages_with_cases_are_no_other_count_of_the_people(tmp_path: Path) -> None:
    """As in Ataco: 2 cases beside 300 people of some ages, of 1,000 of 0 to 17."""
    rows = [
        ["codmpio", "anno", "Nombre del indicador", "numerador", "denominador"],
        [73067, 2018, "Tasa de Homicidios en niños, niñas y adolescentes", 2, 300],
    ]
    part = read_violence(write_xlsx(tmp_path / "h.xlsx", {"Sheet 1": rows}))
    people = pd.DataFrame(
        [
            {"municipio": "73067", "periodo": 2018, "sexo": "mujer", "edad": age, "area": "total",
             "personas": 500, "fuente": "dane_proyecciones_epico"}
            for age in (10, 17)
        ]
    )  # fmt: skip
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    unified, disagreements = unify(part.data, people, catalogue)
    assert disagreements.empty
    row = unified.set_index("municipio").loc["73067"]
    assert row["valor"] == pytest.approx(200)
    assert row["nota"] == (
        "La fuente divide por una edición anterior de las proyecciones y, donde en algún grupo de "
        "edad no hubo casos, sin ese grupo; aquí, por todas las personas de 0 a 17 años de la "
        "edición usada."
    )


@pytest.mark.real
def test_what_a_source_divides_by_is_told_of_its_year(real_data: Path) -> None:
    """More people than a municipality has of 0 to 17 are of another edition of the projections;
    where nobody has more, they are those of some ages."""
    epico = pd.read_csv(
        real_data / "dane" / "epico_poblacion_municipal_edad_simple_2012_2024.csv.gz"
    ).set_index(["dpmp", "ano"])
    everybody = epico[[f"{sex}_{age}" for sex in ("hombres", "mujeres") for age in range(18)]]
    beyond: dict[int, int] = {}
    told: dict[int, set[str]] = {}
    for path in sorted((real_data / "medicina_legal").glob("ya8-*.xlsx")):
        raw = pd.read_excel(path, engine="calamine")
        keys = pd.MultiIndex.from_frame(raw[["codmpio", "anno"]])
        own = everybody.sum(axis=1).reindex(keys).to_numpy()
        for year, more in (raw["denominador"] > own + 1).groupby(raw["anno"]).sum().items():
            beyond[int(year)] = beyond.get(int(year), 0) + int(more)
        read = read_violence(path).data
        for year, notes in read.groupby("periodo")["nota"]:
            told.setdefault(int(year), set()).update(notes)
    assert sorted(beyond) == list(range(2015, 2024)) == sorted(told)
    for year, more in beyond.items():
        (note,) = told[year]
        assert ("solo por las personas de las edades" in note) == (more == 0), year
        assert ("una edición anterior" in note) == (year <= 2018), year


@pytest.mark.real
def test_recruitment(value: Callable[..., Any]) -> None:
    assert value("05001", "reclutamiento", 1997, "numerador") == 4


def test_a_word_among_counts_is_told_with_its_row(tmp_path: Path) -> None:
    rows = [
        ["codmpio", "anno", "Nombre del indicador", "numerador"],
        [73067, "2018", "Tasa de Homicidios en niños, niñas y adolescentes", 2],
        [73067, "2019", "Tasa de Homicidios en niños, niñas y adolescentes", "dos"],
    ]
    with pytest.raises(UserMistake) as caught:
        read_violence(write_xlsx(tmp_path / "h.xlsx", {"Sheet 1": rows}))
    assert [finding.where for finding in caught.value.findings] == [
        "h.xlsx, hoja Sheet 1, fila 3, columna numerador"
    ]


def test_a_population_of_zero_is_no_denominator(tmp_path: Path) -> None:
    rows = [["codmpio", "anno", "total_menores_5", "IRA"], ["05001", 2018, 0, None]]
    part = read_vital(write_xlsx(tmp_path / "i.xlsx", {"Sheet 1": rows}))
    assert math.isnan(part.data.loc[0, "denominador"])
    assert part.data.loc[0, ["numerador", "nota"]].tolist() == [0, ZERO]
