"""The inputs with faults that people met (``expect.md`` in each): what is right of every one.

Each has a test of its own where its kind is mended; here the files themselves are read.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from paths import ROOT

from gsi.analysis.plan.adopt import adopt
from gsi.contract.territories import Territories
from gsi.ground.errors import UserMistake
from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.readers import read_all
from gsi.inputs.records import Reading

pytestmark = pytest.mark.real
# Told elsewhere: what a damaged workbook is told, and which counts are withheld.
APART = {"damaged-xlsx", "disclosure-small-sum"}
TOLIMA = ["73001", "73067", "73217", "73616"]
Look = Callable[[Reading], None]


def rows(reading: Reading, **wanted: object) -> pd.DataFrame:
    found = reading.tables["indicadores"]
    for name, value in wanted.items():
        found = found[found[name] == value]
    return found


def one(reading: Reading, column: str, **wanted: object) -> float:
    (value,) = rows(reading, **wanted)[column]
    return float(value)


def four_places(reading: Reading) -> None:
    table = reading.tables["divipola"].set_index("municipio")
    assert list(table.index) == TOLIMA
    assert (table.at["73001", "lon"], table.at["73001", "lat"]) == (-75.23225, 4.443149)
    assert not reading.ignored and not reading.faulty


def decomposed(reading: Reading) -> None:
    assert len(reading.tables["divipola"]) == 4
    territories = Territories(reading.tables["divipola"])
    for name in ("Ibague\N{COMBINING ACUTE ACCENT}", "Ibagué", "IBAGUE"):
        assert territories.resolve(name).code == "73001"


def births_of_2016(reading: Reading) -> None:
    given = {"73": (4, 26), "73001": (1, 12), "73067": (2, 9), "73217": (1, 5)}
    for code, figures in given.items():
        for name, births in zip(("fecundidad_10_14", "fecundidad_15_19"), figures, strict=True):
            assert one(reading, "numerador", municipio=code, indicador=name, periodo=2016) == births
    assert one(reading, "numerador", municipio="CO", indicador="fecundidad_10_14") == 4
    light = {"73": (12, 96), "73001": (8, 58), "73067": (4, 38)}
    for code, (low, known) in light.items():
        assert one(reading, "numerador", municipio=code, indicador="bajo_peso") == low
        assert one(reading, "denominador", municipio=code, indicador="bajo_peso") == known


def days(reading: Reading) -> None:
    table = reading.tables["formacion"]
    found = {pd.Timestamp(day) for name in ("fecha_inicio", "fecha_fin") for day in table[name]}
    assert found == {pd.Timestamp(2024, 3, 4), pd.Timestamp(2024, 5, 6)}


def spellings(reading: Reading) -> None:
    assert set(reading.tables["formacion"]["municipio"]) <= {"73067", "00067", "67"}
    told = [finding for file in reading.faulty for finding in file.findings]
    assert len(told) + len(reading.tables["formacion"]) == 12  # a file each: nothing silent
    assert all("código DIVIPOLA" in finding.rule for finding in told)


def no_rows(reading: Reading) -> None:
    assert reading.tables["formacion"].empty and reading.tables["compromisos"].empty


def swapped(reading: Reading) -> None:
    ((finding,),) = [file.findings for file in reading.faulty]
    assert "Colombia" in finding.rule and "va primero la longitud" in finding.remedy
    assert "limites" not in reading.tables


def marks(reading: Reading) -> None:
    people = reading.tables["personas"]
    for name in ("discapacidad", "identificada_vulnerable"):
        assert set(people[name]) <= {0, 1} and people[name].notna().all()


def rates(reading: Reading) -> None:
    """As the portal gave them until 2023."""
    coverage = {2019: (88.2, 5100), 2020: (87.1, 5050), 2021: (86.9, 5012)}
    dropout = {2019: 4.25, 2020: 3.1, 2021: 3.9}
    for year, (rate, people) in coverage.items():
        which = {"indicador": "cobertura_neta", "periodo": year}
        assert one(reading, "valor", **which) == rate
        assert one(reading, "denominador", **which) == people
        assert one(reading, "valor", indicador="desercion", periodo=year) == dropout[year]
    assert set(rows(reading)["periodo"]) == {2019, 2020, 2021}


def three_decimals(reading: Reading) -> None:
    assert one(reading, "valor", indicador="cobertura_neta", periodo=2019) == 88.251
    assert rows(reading)["valor"].max() < 100


def in_a_workbook(reading: Reading) -> None:
    assert one(reading, "valor", indicador="cobertura_neta", periodo=2023) == 88.2
    assert not reading.ignored and not reading.faulty


def polygons(reading: Reading) -> None:
    assert reading.tables["limites"]["municipio"].nunique() == 4
    assert not reading.faulty


def plane(reading: Reading) -> None:
    ((first, *_),) = [file.findings for file in reading.faulty]
    assert "4720000" in first.received and "EPSG:4326" in first.remedy


def one_municipality(reading: Reading) -> None:
    places = reading.tables["divipola"]
    assert places.query("departamento == '11'")["municipio"].tolist() == ["11001"]
    assert reading.tables["indicadores"].query("municipio == '11001'")["indicador"].nunique() == 17


def plan(reading: Reading) -> None:
    table = reading.tables["plan_desarrollo"]
    assert set(table["municipio"]) == {"73067"} and set(table["codigo_sispt"]) == {"IP-1", "IP-2"}
    first = table[(table["codigo_sispt"] == "IP-1") & (table["periodo"] == 2024)].iloc[0]
    assert (first["indicador"], first["meta_cuatrienio"], first["programado"]) == (
        "190502400", 8, 2,
    )  # fmt: skip


def by_area(reading: Reading) -> None:
    people = reading.tables["poblacion"]
    ataco = people[(people["municipio"] == "73067") & (people["periodo"] == 2018)]
    total = ataco[ataco["area"] == "total"]
    young = total[total["edad"] <= 17].groupby("sexo", observed=True)["personas"].sum()
    assert young.to_dict() == {"hombre": 108, "mujer": 54}
    before = total[total["edad"] < 85].groupby("sexo", observed=True)["personas"].sum()
    oldest = total[total["edad"] == 85].set_index("sexo")["personas"]
    assert (before + oldest).to_dict() == {"hombre": 357, "mujer": 303}  # the file's own totals
    assert set(people["area"].unique()) == {"total", "cabecera", "rural"}
    assert set(people["periodo"].unique()) == {2018, 2024}
    parts = ataco[ataco["area"] != "total"]["personas"].sum()
    assert total["personas"].sum() == parts == 660


def ties(reading: Reading) -> None:
    table = reading.tables["indicadores"]
    assert table["municipio"].nunique() == 12 and table["indicador"].nunique() == 17
    assert set(table.query("indicador == 'trabajo_infantil'")["valor"]) == {0}


CASES: dict[str, Look | None] = {
    "csv-sep-line": four_places,
    "csv-utf16": four_places,
    "divipola-1000-rows": None,
    "divipola-nfd": decomposed,
    "divipola-portal-export": four_places,
    "eevv-2010-2016-heading": births_of_2016,
    "forms-1904-dates": days,
    "forms-code-spellings": spellings,
    "forms-header-only": no_rows,
    "geojson-lat-lon-swapped": swapped,
    "ignored-files-untold": None,
    "marks-in-yes-no": marks,
    "men-decimal-point": rates,
    "men-decimal-point-3-digits": three_decimals,
    "men-xlsx": in_a_workbook,
    "mgn-2020-headings": polygons,
    "mgn-4686": polygons,
    "mgn-9377-no-crs": plane,
    "one-municipality-department": one_municipality,
    "plan-indicativo-sispt": plan,
    "population-dane-wide": by_area,
    "ties-and-constants": ties,
}


def test_every_case_is_here(cases: Path) -> None:
    assert {path.name for path in cases.iterdir() if path.is_dir()} - APART == set(CASES)


@pytest.mark.parametrize("name", [name for name, look in CASES.items() if look])
def test_a_case_gives_what_is_right(name: str, cases: Path, tmp_path: Path) -> None:
    look = CASES[name]
    assert look is not None
    for path in (cases / name).iterdir():
        if path.name != "expect.md":
            shutil.copyfile(path, tmp_path / path.name)
    look(read_all(tmp_path))


def test_a_divipola_of_1000_rows_stops(cases: Path, real_data: Path, tmp_path: Path) -> None:
    for path in real_data.rglob("*"):
        if path.suffix in (".xlsx", ".geojson", ".csv") and "divipola" not in path.name:
            (tmp_path / path.name).symlink_to(path)
    shutil.copyfile(
        cases / "divipola-1000-rows" / "divipola_gdxc-w37w.csv", tmp_path / "divipola.csv"
    )
    with pytest.raises(UserMistake) as stopped:
        read_all(tmp_path)
    (finding,) = stopped.value.findings
    assert "faltan 122" in finding.received and "$limit=5000" in finding.remedy


def test_a_plan_of_sispt_is_not_adopted_and_told_what_it_is(cases: Path, tmp_path: Path) -> None:
    for name in ("params", "expectations"):
        (tmp_path / name).symlink_to(ROOT / name)
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copyfile(cases / "csv-sep-line" / "divipola.csv", raw / "divipola.csv")
    project = Project(tmp_path, raw, tmp_path / "processed", tmp_path / "out")
    (path,) = (cases / "plan-indicativo-sispt").glob("*.xlsx")
    with pytest.raises(UserMistake) as told:
        adopt(project, store.prepare(project), path)
    (finding,) = told.value.findings
    assert finding.received.startswith("el plan indicativo de SisPT")
    for word in ("clave", "derecho", "indicador", "tipo de meta", "ponderador"):
        assert word in finding.rule
