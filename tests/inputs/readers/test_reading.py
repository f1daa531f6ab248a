"""A folder read whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from inputs.readers.made_files import DIVIPOLA

from gsi.ground.errors import UserMistake
from gsi.ground.files import sha256
from gsi.inputs.quality import Verdicts
from gsi.inputs.quality.summary import source_files
from gsi.inputs.readers import read_all
from gsi.inputs.readers.merge import IDENTITY
from gsi.inputs.records import Reading, span

MEN = "AÑO,CÓDIGO_MUNICIPIO,MUNICIPIO,DEPARTAMENTO,POBLACIÓN_5_16,COBERTURA_NETA"
FORM = "municipio,indicador,periodo,valor,area,serie\n73067,huertas,2024,12,total,propia\n"


@pytest.mark.real
def test_every_official_file_is_read_or_named(real_data: Path, reading: Reading) -> None:
    files = {path.name for path in real_data.rglob("*") if path.is_file()} - {"README.md"}
    read = {record.file for record in reading.records}
    named = {line.split(":")[0].split("/")[-1] for line in reading.ignored}
    assert read | named == files
    assert not read & named
    for record in reading.records:
        path = next(real_data.rglob(record.file))
        assert record.sha256 == sha256(path)
        assert record.rows_read >= record.rows_kept > 0
        assert record.publisher
        assert record.title


@pytest.mark.real
def test_people_are_read_as_households_only(reading: Reading) -> None:
    assert "personas" not in reading.tables
    assert len(reading.tables["hogares"]) == 1577


def test_registers_are_left_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "registros").mkdir()
    (tmp_path / "registros" / "sisben.csv").write_text("FEX,PER001,I15,H_5\n", encoding="utf-8")
    assert read_all(tmp_path).ignored == [
        "registros/sisben.csv: registro de personas: se mide donde está, con plan.person_register"
    ]


@pytest.mark.real
def test_keys_do_not_repeat(reading: Reading) -> None:
    found = IDENTITY.keys() & reading.tables.keys()
    assert {"divipola", "poblacion", "indicadores"} <= found
    for name in sorted(found):
        table, key = reading.tables[name], IDENTITY[name]
        key = [*key, "fuente"] if name == "indicadores" else key
        assert not table.duplicated(key).any(), name


@pytest.mark.real
def test_codes_are_of_divipola(reading: Reading) -> None:
    known = set(reading.tables["divipola"]["municipio"])
    known |= {code[:2] for code in known} | {"CO"}
    for name in ("indicadores", "limites", "poblacion"):
        assert set(reading.tables[name]["municipio"].unique()) <= known


def test_copies_other_formats_and_unknown_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    shutil.copy(tmp_path / "a" / "divipola.csv", tmp_path / "copia.csv")
    (tmp_path / "acta.pdf").write_bytes(b"%PDF")
    (tmp_path / "ventas.csv").write_text("mes,total\n1,2\n", encoding="utf-8")
    for note in ("README.md", "a/LÉAME.txt", "Readme"):  # they are about the folder, not data
        (tmp_path / note).write_text("De dónde se bajó cada archivo.", encoding="utf-8")
    (tmp_path / ".oculto.csv").write_text("x", encoding="utf-8")
    (tmp_path / "~$abierto.xlsx").write_bytes(b"lock")
    reading = read_all(tmp_path)
    assert len(reading.tables["divipola"]) == 2
    assert reading.ignored == [
        "acta.pdf: formato que el cuaderno no lee",
        "copia.csv: copia idéntica de a/divipola.csv; se lee una sola vez",
        "ventas.csv: no es una fuente publicada conocida ni un formulario "
        "(sin lector en esta versión)",
    ]


def test_forms_stand_beside_published_files(tmp_path: Path) -> None:
    (tmp_path / "divipola_gdxc-w37w.csv").write_text(DIVIPOLA, encoding="utf-8")
    (tmp_path / "indicadores.csv").write_text(FORM, encoding="utf-8")
    reading = read_all(tmp_path)
    row = reading.tables["indicadores"].iloc[0]
    assert (row["municipio"], row["valor"]) == ("73067", 12)
    assert row["fuente"] == "formulario:indicadores.csv"
    record = reading.records[-1]
    assert (record.source, record.years) == ("formulario:indicadores.csv", "2024")
    assert record.publisher == "Formulario diligenciado por el territorio"


def test_a_form_with_dates_says_its_years(tmp_path: Path) -> None:
    (tmp_path / "compromisos.csv").write_text(
        "compromiso,municipio,instancia,sesion_fecha,descripcion,responsable,vence,estado\n"
        "X-1,73067,consejo,2022-03-01,Revisar,Salud,2026-12-31,pendiente\n"
        "X-2,73067,consejo,2024-03-01,Revisar,Salud,2024-12-31,pendiente\n",
        encoding="utf-8",
    )
    (record,) = read_all(tmp_path).records
    assert record.years == "2022, 2024"  # of the sessions, not of what they promise


def test_a_form_whose_code_and_name_disagree_is_set_aside_and_told(tmp_path: Path) -> None:
    """``73067 Ortega``: which of both places it is of is not guessed, and nothing of it is used."""
    (tmp_path / "divipola_gdxc-w37w.csv").write_text(DIVIPOLA, encoding="utf-8")
    form = tmp_path / "indicadores.csv"
    form.write_text(FORM.replace("73067", "73067 ataco"), encoding="utf-8")
    assert read_all(tmp_path).faulty == []
    form.write_text(FORM.replace("73067", "73067 Ortega"), encoding="utf-8")
    reading = read_all(tmp_path)
    assert "indicadores" not in reading.tables
    (faulty,) = reading.faulty
    assert faulty.file == "indicadores.csv" and faulty.concerns("73067")
    (told,) = faulty.findings
    assert told.received == "73067 Ortega" and "no son del mismo lugar" in told.rule


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "MEN_POR_MUNICIPIO.csv").write_text(MEN + "\n", encoding="utf-8")
    (tmp_path / "libro.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "divipola.csv").write_text("cod_dpto,cod_mpio,nom_mpio\n", encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        read_all(tmp_path)
    assert {finding.where.split(",")[0] for finding in caught.value.findings} == {
        "MEN_POR_MUNICIPIO.csv",
        "libro.xlsx",
        "divipola.csv",
    }


def test_an_official_name_with_other_content_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "epico_2025.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (file,) = read_all(tmp_path).faulty
    assert file.file == "epico_2025.csv"
    assert "por su nombre parece «Proyecciones de población" in file.findings[0].rule


def test_two_versions_of_one_source_stop(tmp_path: Path) -> None:
    (tmp_path / "divipola_2023.csv").write_text(DIVIPOLA, encoding="utf-8")
    changed = DIVIPOLA.replace("ATACO", "ATACO NUEVO")
    (tmp_path / "divipola_2024.csv").write_text(changed, encoding="utf-8")
    with pytest.raises(UserMistake, match=r"divipola_2023.csv y divipola_2024.csv"):
        read_all(tmp_path)


def test_places_outside_divipola_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    (tmp_path / "n.csv").write_text(
        "mun,year,age,births,population\n73067,2018,10-14,2.0,50\n94663,2018,10-14,1.0,9\n",
        encoding="utf-8",
    )
    reading = read_all(tmp_path)
    assert reading.tables["indicadores"]["municipio"].tolist() == ["73067"]
    reasons = [part.reason for part in reading.records[-1].set_aside]
    assert reasons == ["Municipio que no está en DIVIPOLA: 94663 (filas de la tabla)"]


def test_a_file_of_another_department_is_no_source_of_this_one(tmp_path: Path) -> None:
    """Its table has rows of the territory, of another file: that made a source of it, 'completo'
    with nothing of the territory. A file of the country is everybody's, with rows of it or not."""
    head = "mun,year,age,births,population\n"
    rows = "{}001,2018,10-14,2.0,50\n"
    (tmp_path / "boyaca.csv").write_text(head + rows.format(15), encoding="utf-8")
    (tmp_path / "indicadores.csv").write_text(FORM, encoding="utf-8")
    reading = read_all(tmp_path)
    verdicts = Verdicts((), {"indicadores": {"15001": 1, "73067": 1}})
    for codes, files in {
        ("73",): 1,
        ("73067",): 1,
        ("15",): 1,
        ("15001",): 1,
        ("15", "73"): 2,
    }.items():
        assert len(source_files(verdicts, reading.records, codes)) == files, codes
    (tmp_path / "boyaca.csv").write_text(
        head + "".join(rows.format(code) for code in ("05", "08", "13", "15")), encoding="utf-8"
    )
    (national, form) = read_all(tmp_path).records
    assert national.concerns(["73"]) and not form.concerns(["15"])


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert read_all(tmp_path) == Reading()


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    first, second = read_all(tmp_path), read_all(tmp_path)
    assert first.records == second.records
    pd.testing.assert_frame_equal(first.tables["divipola"], second.tables["divipola"])


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([], ""),
        ([2018], "2018"),
        ([2024, 2022], "2022, 2024"),
        ([2011, 2013, 2012, 2018], "2011-2013, 2018"),
    ],
)
def test_years_are_written_as_runs(years: list[int], expected: str) -> None:
    assert span(years) == expected


def test_of_two_equal_files_the_original_is_cited(tmp_path: Path) -> None:
    for name in ("Copia de divipola.csv", "divipola.csv", "divipola (1).csv"):
        (tmp_path / name).write_text(DIVIPOLA, encoding="utf-8")
    found = read_all(tmp_path)
    assert [record.file for record in found.records] == ["divipola.csv"]
    assert all("copia idéntica de divipola.csv" in line for line in found.ignored)
    assert len(found.ignored) == 2


def test_boundaries_under_another_code_are_set_aside(tmp_path: Path) -> None:
    """Two degrees away from DIVIPOLA's point it is told, and the rest is read."""
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")

    def limits(shift: float) -> Reading:
        features = [
            {
                "type": "Feature",
                "properties": {"municipio": code},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [[x + dx, y + dy] for dx, dy in ((0, 0), (0.1, 0), (0.1, 0.1), (0, 0))]
                    ],
                },
            }
            for code, x, y in (("73001", -75.2 + shift, 4.4), ("73067", -75.4, 3.5))
        ]
        document = {"type": "FeatureCollection", "features": features}
        (tmp_path / "limites.geojson").write_text(json.dumps(document), encoding="utf-8")
        return read_all(tmp_path)

    assert sorted(limits(0).tables) == ["divipola", "limites"]
    moved = limits(2)
    assert sorted(moved.tables) == ["divipola"]
    ((file, (finding,)),) = [(item.file, item.findings) for item in moved.faulty]
    assert file == "limites.geojson"
    assert "1 de 2 lejos de él; por ejemplo, 73001 a 2" in finding.received
