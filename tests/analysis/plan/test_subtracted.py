"""Which years of an indicator are subtracted: of one base, one zone and one date of the year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import rows
from builders import known_noise, make_context, people_of
from paths import ROOT

from gsi.analysis.plan.change import change
from gsi.analysis.plan.propose import propose
from gsi.analysis.results import Section
from gsi.contract.params.indicators import load_catalogue
from gsi.inputs.indicators import cuts, zones
from gsi.inputs.readers import early_education

YEARS = range(2012, 2025)
PEOPLE = people_of(m73067=20_000, m73001=500_000)
NAMES = {"73067": "Ataco", "73001": "Ibagué"}
URBAN = zones.ONLY["cabecera"]
JUNE = "Corte parcial: 30 de junio de 2023."


def reported(indicator: str, year: int, value: float, place: str = "73067", **more: object) -> dict:
    return {
        "municipio": place, "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": "irca", "nota": "",
    } | more  # fmt: skip


def changed(*records: dict, place: str = "73067", **more: object) -> Section:
    tables = {
        "indicadores": rows("indicadores", *records), "poblacion": PEOPLE,
        "ruido": known_noise("irca", "irca", dict.fromkeys(YEARS, 20.0)),
    }  # fmt: skip
    return change(make_context(tables, place, names=NAMES, **more))


def test_the_department_changes_in_the_same_zone() -> None:
    """INS, Tolima: urban 22.5 → 15.4 (−7.1), all 26.1 → 15.8 (−10.3); of Ataco only the urban."""
    department = [
        reported("irca", year, value, "73", area=area)
        for area, values in {"total": (26.1, 15.8), "cabecera": (22.5, 15.4)}.items()
        for year, value in zip((2018, 2024), values, strict=True)
    ]
    own = [reported("irca", 2018, 88.5, nota=URBAN), reported("irca", 2024, 64.6, nota=URBAN)]
    (row,) = changed(*own, *department).tables["indicators"].data.to_dict("records")
    assert row["department"] == pytest.approx(15.4 - 22.5)
    assert row["reason_text"].startswith(f"{URBAN} {zones.ALIKE}.")
    whole = [{**record, "nota": ""} for record in own]
    (row,) = changed(*whole, *department).tables["indicators"].data.to_dict("records")
    assert row["department"] == pytest.approx(15.8 - 26.1) and URBAN not in row["reason_text"]


def test_two_zones_are_not_subtracted() -> None:
    section = changed(
        reported("irca", 2018, 88.5, nota=URBAN),
        reported("irca", 2021, 30.0),
        reported("irca", 2024, 10.0),
    )
    assert section.tables["indicators"].data.empty
    (row,) = section.tables["not_comparable"].data.to_dict("records")
    assert row["reason"] == (
        "No se restan 2018 y 2024: el dato de 2018 es solo de la zona urbana y el de 2024, de las "
        "dos zonas."
    )
    (series,) = section.tables["series"].data.to_dict("records")
    assert [series[f"{year}_text"] for year in (2018, 2021, 2024)] == ["88,5", "| 30,0", "10,0"]
    assert "el dato de 2018 es solo de la zona urbana" in section.facts["broken_series"].value


def test_a_department_of_few_of_its_people_is_no_series() -> None:
    """INS gives Chocó 0.0 of 2023, which is Quibdó's alone."""
    few = "Los municipios con dato tienen 24\N{NO-BREAK SPACE}% de las personas, y no se juzga."
    values = {2018: 25.1, 2020: 22.0, 2022: 24.0, 2023: 0.0, 2024: 44.8}
    records = [
        reported("irca", year, value, "73", nota=few if year > 2022 else "")
        for year, value in values.items()
    ]
    section = changed(*records, place="73")
    assert section.tables["indicators"].data.empty
    (row,) = section.tables["not_comparable"].data.to_dict("records")
    assert row["reason"] == (
        "No se restan 2018 y 2024: los municipios con dato tienen, de las personas, "
        "24\N{NO-BREAK SPACE}% en 2024."
    )
    (series,) = section.tables["series"].data.to_dict("records")
    assert [series[f"{year}_text"] for year in (2022, 2023, 2024)] == ["24,0", "—", "—"]
    assert section.facts["series_uncalculated"].value == (
        "Índice de riesgo de la calidad del agua (IRCA) (2023 y 2024): los municipios con dato "
        "tienen menos de 80\N{NO-BREAK SPACE}% de las personas"
    )
    # Of no year: no row at all, and the reason stands with what is not compared.
    none = changed(*({**record, "nota": few} for record in records), place="73")
    assert none.tables["series"].data.empty and len(none.tables["not_comparable"].data) == 1


def test_the_day_of_a_part_of_a_year_stands_beside_it() -> None:
    def attended(year: int, value: float, place: str, note: str = "") -> dict:
        counts = {"numerador": value * 100, "denominador": 10_000.0}
        return reported("educacion_inicial", year, value, place, nota=note, serie="icbf_men",
                        **counts)  # fmt: skip

    records = [
        attended(year, value - (place == "73067"), place, note)
        for place in ("73067", "73")
        for year, value, note in ((2021, 36.5, ""), (2022, 35.9, ""), (2023, 31.7, JUNE))
    ]
    section = changed(*records, years=(2022, 2023))
    (row,) = section.tables["not_comparable"].data.to_dict("records")
    assert row["reason"] == (
        "No se restan 2022 y 2023: el dato de 2022 es del 31 de diciembre y el de 2023, del 30 de "
        "junio."
    )
    (series,) = changed(*records, years=(2021, 2023)).tables["series"].data.to_dict("records")
    assert series["2023_text"] == "| 30,7 (30 de junio)" and series["2022_text"] == "| 34,9"
    tables = {"indicadores": rows("indicadores", *records), "poblacion": PEOPLE}
    (action,) = (
        propose(make_context(tables, "73067", names=NAMES), {})
        .tables["actions"]
        .data.to_dict("records")
    )
    assert action["indicator"] == "educacion_inicial"
    # A goal for the end of a year starts from the end of one.
    assert action["baseline_text"] == "34,9\N{NO-BREAK SPACE}% (2022)"
    assert action["target"] == pytest.approx((34.9 + 35.9) / 2)
    told = "El dato de 2023 es del 30 de junio: se parte del último de un año entero."
    assert told in action["why"]
    # Where there is no other, from what there is, with its day.
    alone = [record for record in records if record["periodo"] != 2022]
    tables = {"indicadores": rows("indicadores", *alone), "poblacion": PEOPLE}
    found = propose(make_context(tables, "73067", names=NAMES), {}).tables["actions"].data
    assert found["baseline_text"].iloc[0].endswith("(2023, 30 de junio)")
    assert "en 2023 (30 de junio)" in found["evidence"].iloc[0]


def test_a_total_of_two_zones_says_what_each_was() -> None:
    """INS, Tolima: 26.1 → 15.8, and in the urban zone 22.5 → 15.4: a third of it is how many of the
    samples were of the rural one."""
    hides = ": el total junta las muestras de las dos."
    zoned = {
        2018: "Zona urbana, 22,5 (riesgo medio); zona rural, 72,4 (riesgo alto), con dato de 1 de "
        "los 47 que reportan",
        2024: "Zona urbana, 15,4 (riesgo medio); zona rural, 41,2 (riesgo alto), con dato de 3 de "
        "los 47 que reportan",
    }

    def reason(*noted: int) -> str:
        records = [
            reported("irca", year, value, "73",
                     nota=f"Publicada. {zoned[year]}{hides} Otra." if year in noted else "")
            for year, value in ((2018, 26.1), (2024, 15.8))
        ]  # fmt: skip
        (row,) = changed(*records, place="73").tables["indicators"].data.to_dict("records")
        return str(row["reason_text"])

    first, last = (f"{year}, z{zoned[year][1:]}" for year in (2018, 2024))
    assert f"En {first}; en {last}{hides}" in reason(2018, 2024)
    assert f"En {last}{hides}" in reason(2024) and "2018" not in reason(2024)
    assert "zona" not in reason()


def test_why_a_year_is_not_judged_says_which_year() -> None:
    """Tolima's net coverage: 98.5 and 97.1 are judged on page 1; over 100 are 2021 and 2022."""
    values = {2018: 98.5, 2019: 98.0, 2021: 101.1, 2022: 100.3, 2023: 97.5, 2024: 97.1}
    records = [reported("inasistencia", year, value) for year, value in values.items()]
    told = changed(*records).facts["broken_series"].value
    assert told.endswith(
        ": en 2021 y 2022, pasa de 100\N{NO-BREAK SPACE}%: la población por la que se divide es "
        "menor que la real, y no se juzga"
    )


@pytest.mark.real
def test_the_preschool_of_the_ministry_enters_until_2022(real_data: Path) -> None:
    """Municipalities whose first child of the Ministry's part is of each year, from the file."""
    raw = pd.read_csv(real_data / "icbf" / "Educacion_Inicial.csv", dtype="str")
    raw.columns = [" ".join(name.split()) for name in raw.columns]
    men = next(name for name in raw.columns if name.startswith("INDICADOR 2"))
    some = raw[raw[men].str.strip().ne("0") & raw[men].notna()]
    first = some.groupby("COD_DANE_MUNICIPIO")["FECHA_CORTE"].agg(lambda d: min(d.str[-4:]))
    years = first.value_counts().to_dict()
    assert years == {"2019": 112, "2020": 154, "2021": 680, "2022": 72, "2023": 19}
    catalogue = {i.id: i for i in load_catalogue(ROOT / "params" / "indicators.yml")}
    known = catalogue["educacion_inicial"]
    # More than one in a hundred municipalities begins to count another thing.
    entered = {int(year) for year, places in years.items() if places > 11.22}
    part = early_education.read(real_data / "icbf" / "Educacion_Inicial.csv").data
    partial = set(part.loc[part["nota"].map(cuts.of) != "", "periodo"])
    assert partial == {2023} and set(part["nota"].map(cuts.of)) == {"", "30 de junio"}
    assert entered - partial == set(known.breaks)
    assert not any(known.comparable_years(year - 1, year) for year in known.breaks)
    assert np.isfinite(part["numerador"]).all()
