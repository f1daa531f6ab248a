"""Cuadro 6A (births by weight) and cuadro 3 (deaths): DANE's sheets with areas under each place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.ground.errors import UserMistake
from gsi.inputs.readers import birth_weight, deaths
from gsi.inputs.records import Reading, SourceRecord

BIRTHS = (
    "Nacimientos por peso al nacer, según departamento, municipio y área de residencia de la madre"
)
DEATHS = (
    "Defunciones por grupos de edad y sexo, según departamento, municipio y área donde ocurrió la "
    "defunción"
)
WEIGHTS = ["Menos de 1.000", "1.000 - 1.499", "1.500 - 1.999", "2.000 - 2.499", "2.500 - 2.999",
           "Sin información"]  # fmt: skip


def births_sheet(*rows: tuple[Any, ...], blank: int = 1) -> list[tuple[Any, ...]]:
    """A sheet of Tolima whose header is ``blank`` rows lower."""
    return [
        ("CUADRO 6A",), (BIRTHS,), ("Año 2018",), *[(None,)] * blank, ("73 Tolima",),
        ("Departamento y municipio de residencia de la madre", None, "Total", "Peso en gramos"),
        (None, None, None, *WEIGHTS), *rows, ("Fuente: DANE",),
    ]  # fmt: skip


GOOD = (
    ("Total", "Total", 112, 1, 2, 3, 4, 90, 12),
    (None, "Cabecera municipal", 100, 1, 2, 3, 4, 90, 0),
    ("73001 Ibagué", "Total", 100, 1, 2, 3, 4, 90, 0),
    (None, "Cabecera municipal", 100, 1, 2, 3, 4, 90, 0),
    ("73067 Ataco", "Total", 0, 0, 0, 0, 0, 0, 0),
    ("73999 Sin información", "Total", 12, 0, 0, 0, 0, 0, 12),
)


@pytest.mark.parametrize("blank", [0, 3])
def test_light_births_of_those_with_known_weight(tmp_path: Path, blank: int) -> None:
    part = birth_weight.read(
        write_xlsx(tmp_path / "a.xlsx", {"73": births_sheet(*GOOD, blank=blank)})
    )
    rows = part.data.set_index("municipio")[["numerador", "denominador"]]
    # 12 of unknown weight are in neither part; Ataco had no birth and has no row.
    assert rows.to_dict("index") == {
        "73": {"numerador": 10, "denominador": 100},
        "73001": {"numerador": 10, "denominador": 100},
        "CO": {"numerador": 10, "denominador": 100},
    }
    assert part.years == (2018,)
    assert [(item.rows) for item in part.set_aside] == [1, 1]
    assert part.notes[0].endswith("con diferencia: ninguno.")


def test_a_total_that_does_not_add_up_is_told(tmp_path: Path) -> None:
    wrong = (("Total", "Total", 99, 1, 2, 3, 4, 89, 0), *GOOD[1:])
    part = birth_weight.read(write_xlsx(tmp_path / "a.xlsx", {"73": births_sheet(*wrong)}))
    assert part.notes[0].endswith("con diferencia: 73.")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    bad = births_sheet(("73001 Ibagué", "Total", 100, "mucho", 2, 3, 4, 90, 0))
    other = [row for row in births_sheet(*GOOD) if row != ("Año 2018",)]
    with pytest.raises(UserMistake) as caught:
        birth_weight.read(write_xlsx(tmp_path / "a.xlsx", {"73": bad, "05": other}))
    told = [str(finding) for finding in caught.value.findings]
    for words in ("hoja 73, fila 8: debe ser un número", "hoja 73: falta la fila Total",
                  "hoja 05: el encabezado debe decir el año"):  # fmt: skip
        assert any(words in line for line in told), (words, told)


@pytest.mark.parametrize("heading", ["73 Tolima", "Tolima"])  # with its code, since 2017
def test_deaths_add_the_three_sexes(heading: str, tmp_path: Path) -> None:
    ages = ["Menor 1 año", None, None, "De 1-4 años", None, None, "De 5-14 años", None, None,
            "Edad desconocida"]  # fmt: skip
    rows = [
        (DEATHS,), ("Año 2018",), (heading,),
        ("Código | Área de ocurrencia", None, "TOTAL", "Total", None, None, "Grupo de edad"),
        (None, None, None, None, None, None, *ages, None, None),
        (None, None, None, *["Hombres", "Mujeres", "Indeterminado"] * 5),
        ("TOTAL", "TOTAL", 30, 15, 15, 0, 3, 2, 1, 2, 2, 0, 9, 9, 0, 1, 1, 0),
        ("73001 Ibagué", "TOTAL", 30, 15, 15, 0, 3, 2, 1, 2, 2, 0, 9, 9, 0, 1, 1, 0),
    ]  # fmt: skip
    part = deaths.read(write_xlsx(tmp_path / "a.xlsx", {"73": rows}))
    row = part.data.set_index("municipio").loc["73001"]
    assert (row["numerador"], row["denominador"]) == (10, 28)


def _light(value: Callable[..., Any], place: str, year: int, column: str) -> Any:
    return value(place, "bajo_peso", year, column, fuente=birth_weight.SOURCE)


@pytest.mark.real
def test_published_totals(
    value: Callable[..., Any], record: Callable[[str], SourceRecord], reading: Reading
) -> None:
    # National sheet: 4,092 + 3,231 + 6 under 1 year and 864 + 740 aged 1 to 4; all 236,932, of
    # which 12 of unknown age.
    assert value("CO", "defunciones_5", 2018, "numerador") == 7_329 + 1_604
    assert value("CO", "defunciones_5", 2018, "denominador") == 236_920
    light = partial(_light, value)
    # Sheet of Tolima: 73 + 117 + 222 + 758 of 17,145 births, 289 of unknown weight.
    assert light("73", 2018, "numerador") == 1_170
    assert light("73", 2018, "denominador") == 17_145 - 289
    assert light("73001", 2018, "numerador") == 33 + 49 + 98 + 329
    # The header is one row lower in 2017.
    assert light("73067", 2017, "numerador") == 12
    for source in (birth_weight.SOURCE, deaths.SOURCE):
        assert record(source).notes[0].endswith("con diferencia: ninguno.")
    codes = reading.tables["indicadores"].query("indicador == 'defunciones_5'")["municipio"]
    assert not codes.str.endswith("999").any()


@pytest.mark.real
def test_deaths_are_never_divided_by_births(indicators: pd.DataFrame) -> None:
    rows = indicators[indicators["fuente"] == deaths.SOURCE]
    assert set(rows["serie"]) == {"eevv_ocurrencia"}
    assert (rows["denominador"] >= rows["numerador"]).all()
