"""What is wrong with a file stops that file, and is told; only the DIVIPOLA stops the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from inputs.readers.made_files import DIVIPOLA, write_xlsx

from gsi.ground.errors import InputsChanged, UserMistake
from gsi.inputs.readers import education, read_all, reading
from gsi.inputs.records import Faulty, Reading

RAMARAL = "mun,year,age,births,population\n"
HEADER = [*education.HEADINGS.values(), *education.RATES.values(), education.GROSS]
MEN = ",".join(HEADER) + "\n"


def men(code: int = 73067, year: int = 2018, **other: str) -> str:
    """A row of MEN; ``other`` puts a text in a column."""
    row = {"AÑO": str(year), "CÓDIGO_MUNICIPIO": str(code), "MUNICIPIO": "A", "DEPARTAMENTO": "T"}
    row |= {"POBLACIÓN_5_16": "4000", "DESERCIÓN": "1", "REPITENCIA": "4"} | other
    return ",".join(row.get(name, "50") for name in HEADER) + "\n"


GOOD = men()


def folder(tmp_path: Path, divipola: str = DIVIPOLA, **files: str) -> Path:
    """``files``: name of a CSV → its text."""
    (tmp_path / "divipola.csv").write_text(divipola, encoding="utf-8")
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def only_faulty(found: Reading) -> Faulty:
    (file,) = found.faulty
    return file


def test_a_faulty_file_is_set_aside_whole_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = MEN + GOOD + men(year=2019, COBERTURA_NETA_SECUNDARIA="muchos", REPITENCIA="x")
    births = RAMARAL + "73067,2018,10-14,2.0,50\n"
    found = read_all(folder(tmp_path, men_por_municipio=bad, n=births))
    file = only_faulty(found)
    assert file.file == "men_por_municipio.csv"
    assert [finding.where for finding in file.findings] == [
        "men_por_municipio.csv, fila 3, columna COBERTURA_NETA_SECUNDARIA",
        "men_por_municipio.csv, fila 3, columna REPITENCIA",
    ]
    assert set(found.tables["indicadores"]["fuente"]) == {"eevv_ramaral"}
    assert [record.file for record in found.records] == ["divipola.csv", "n.csv"]


@pytest.mark.parametrize(
    ("text", "where", "rule"),
    [
        (MEN, "", "debe traer filas de datos"),
        ("", "men_por_municipio.csv", "por su nombre parece"),
        (MEN + GOOD + "2019,73067,Ataco\n", "fila 3", "una celda por columna"),
        (MEN + GOOD.replace("50", "50,7", 1), "fila 2", "una celda por columna"),
        (MEN.replace("REPITENCIA", "OTRA") + GOOD, "REPITENCIA", "falta una columna"),
    ],
)
def test_what_an_official_csv_may_lack(tmp_path: Path, text: str, where: str, rule: str) -> None:
    file = only_faulty(read_all(folder(tmp_path, men_por_municipio=text)))
    told = [str(finding) for finding in file.findings]
    assert any(where in line and rule in line for line in told), told


def test_a_column_twice_is_not_chosen(tmp_path: Path) -> None:
    text = MEN.replace("\n", ",DESERCIÓN\n") + GOOD.replace("\n", ",9\n")
    file = only_faulty(read_all(folder(tmp_path, men_por_municipio=text)))
    assert file.findings[0].where.endswith("columna DESERCIÓN")
    assert "repetida" in file.findings[0].rule


def test_empty_cells_at_the_end_of_a_row_are_no_mistake(tmp_path: Path) -> None:
    found = read_all(folder(tmp_path, men_por_municipio=MEN + GOOD.replace("\n", ",,\n")))
    assert found.faulty == []
    values = found.tables["indicadores"].set_index("indicador")["valor"]
    assert values["desercion"] == 1
    assert values["repitencia"] == 4


@pytest.mark.parametrize("digits", ["７３０６７", "٧٣٠٦٧", "७३०६७"])
def test_digits_of_any_script_are_read(tmp_path: Path, digits: str) -> None:
    births = RAMARAL + f"{digits},2018,10-14,2.0,50\n"
    form = "compromiso,municipio,instancia,sesion_fecha,descripcion,responsable,vence,estado\n"
    form += f"X-1,{digits},consejo,2024-02-01,Revisar,Salud,2024-12-31,pendiente\n"
    found = read_all(folder(tmp_path, n=births, compromisos=form))
    assert found.faulty == []
    assert found.tables["indicadores"]["municipio"].tolist() == ["73067"]
    assert found.tables["compromisos"]["municipio"].tolist() == ["73067"]


def test_digits_of_any_script_are_read_in_a_workbook(tmp_path: Path) -> None:
    folder(tmp_path)
    write_xlsx(
        tmp_path / "ya10-2.xlsx", {"1": [("codmpio", "anno", "reclu"), ("７３０６７", 2010, 1)]}
    )
    assert read_all(tmp_path).tables["indicadores"]["municipio"].tolist() == ["73067"]


def test_a_municipality_under_another_department_stops(tmp_path: Path) -> None:
    moved = DIVIPOLA.replace("73,TOLIMA,73067", "05,ANTIOQUIA,73067")
    with pytest.raises(UserMistake, match="73067 en el departamento 05"):
        read_all(folder(tmp_path, moved))


def test_a_form_says_whose_it_is(tmp_path: Path) -> None:
    form = "compromiso,municipio,instancia,sesion_fecha,descripcion,responsable,vence,estado\n"
    form += "X-1,73067,consejo,31/02/2024,Revisar,Salud,2024-12-31,pendiente\n"
    found = read_all(folder(tmp_path, compromisos=form, men_por_municipio=MEN))
    assert {file.file: file.places for file in found.faulty} == {
        "compromisos.csv": ("73067",),
        "men_por_municipio.csv": (),
    }
    theirs = {code: [f.file for f in found.faulty if f.concerns(code)] for code in ("73", "73001")}
    assert theirs == {
        "73": ["compromisos.csv", "men_por_municipio.csv"],
        "73001": ["men_por_municipio.csv"],
    }


def test_two_versions_are_both_set_aside_and_the_other_years_stay(tmp_path: Path) -> None:
    raw = folder(
        tmp_path,
        a=RAMARAL + "73067,2018,10-14,2.0,50\n",
        b=RAMARAL + "73067,2018,10-14,3.0,50\n",
        c=RAMARAL + "73067,2019,10-14,4.0,50\n",
    )
    found = read_all(raw)
    assert [file.file for file in found.faulty] == ["a.csv", "b.csv"]
    assert "no pueden dar valores distintos" in found.faulty[0].findings[0].rule
    assert found.tables["indicadores"]["numerador"].tolist() == [4]
    assert [record.file for record in found.records] == ["c.csv", "divipola.csv"]


def test_an_official_table_in_another_format_is_told(tmp_path: Path) -> None:
    folder(tmp_path)
    rows = [["dpmp", "ano", "hombres_0", "mujeres_0"], ["73067", 2024, 180, 171]]
    write_xlsx(tmp_path / "descarga.xlsx", {"epiCo": rows})
    (finding,) = only_faulty(read_all(tmp_path)).findings
    assert "Proyecciones de población" in finding.rule
    assert "que se lee de un archivo CSV" in finding.rule
    assert finding.received == "un archivo XLSX"


def test_damage_that_no_reader_foresaw_is_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write_xlsx(tmp_path / "formacion.xlsx", {"formacion": [["curso"], *[["x"]] * 400]})
    data = bytearray(whole.read_bytes())
    middle = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[middle : middle + 40] = b"\xff" * 40  # the compressed stream does not open
    whole.write_bytes(data)
    assert only_faulty(read_all(folder(tmp_path))).file == "formacion.xlsx"
    whole.unlink()

    def deep(_path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr(reading, "_read", lambda path: deep(path) if "hondo" in path.name else "x")
    (tmp_path / "hondo.geojson").write_text("[[[[", encoding="utf-8")
    (finding,) = only_faulty(read_all(tmp_path)).findings
    assert "RecursionError" in finding.received


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    raw = folder(tmp_path, n=RAMARAL)
    (raw / "n.csv").chmod(0)
    (finding,) = only_faulty(read_all(raw)).findings
    assert finding.received == "un archivo sin permiso de lectura"


def test_a_file_that_vanishes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = folder(tmp_path, n=RAMARAL + "73067,2018,10-14,2.0,50\n")
    there = reading._read

    def gone(path: Path) -> object:
        if path.name == "n.csv":
            path.unlink()
        return there(path)

    monkeypatch.setattr(reading, "_read", gone)
    with pytest.raises(InputsChanged, match=r"desapareció n\.csv"):
        read_all(raw)


CUT = [f"73,TOLIMA,{code},LUGAR,MUNICIPIO,-75.2,4.4\n" for code in range(73001, 73011)]
HEADING = DIVIPOLA.partition("\n")[0] + "\n"


def births(*codes: int) -> str:
    return RAMARAL + "".join(f"{code},2018,10-14,2.0,50\n" for code in codes)


def enrolment(*codes: int) -> str:
    return MEN + "".join(map(men, codes))


def test_a_divipola_that_was_cut_stops_with_the_cause_and_the_remedy(tmp_path: Path) -> None:
    raw = folder(tmp_path, HEADING + "".join(CUT[:6]), n=births(*range(73001, 73011)))
    with pytest.raises(UserMistake) as caught:
        read_all(raw)
    (finding,) = caught.value.findings
    assert finding.where == "divipola.csv"
    assert "6 municipios; faltan 4 que están en n.csv: 73007, 73008, 73009" in finding.received
    assert "?$limit=5000" in finding.remedy


def test_one_municipality_that_two_sources_have_is_enough(tmp_path: Path) -> None:
    raw = folder(tmp_path, HEADING + CUT[0], n=births(73001, 73002), m=enrolment(73001, 73002))
    with pytest.raises(UserMistake, match=r"falta 1 que está en m\.csv, n\.csv: 73002"):
        read_all(raw)


def test_codes_that_come_and_go_mean_nothing_or_are_strays_do_not_stop(tmp_path: Path) -> None:
    known = (94663, 27493, 27086, 73999, 73000)
    raw = folder(tmp_path, n=births(73067, 73002, *known), m=enrolment(73067, *known))
    found = read_all(raw)
    assert set(found.tables["indicadores"]["municipio"]) == {"73067"}
    reasons = [part.reason for record in found.records for part in record.set_aside]
    assert any("73002" in reason for reason in reasons)


@pytest.mark.real
def test_the_portals_first_thousand_rows_stop(real_data: Path, tmp_path: Path) -> None:
    """As the portal's API gives it: 122 municipalities are missing, 6 of them Tolima's."""
    lines = (real_data / "dane" / "divipola_gdxc-w37w.csv").read_text(encoding="utf-8-sig")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "divipola.csv").write_text("\n".join(lines.splitlines()[:1001]), encoding="utf-8")
    for name in ("anexo-censal-pobreza-municipal-2018.xlsx", "CNPV-2018-NBI.xlsx"):
        (raw / name).symlink_to(real_data / "dane" / name)
    with pytest.raises(UserMistake) as caught:
        read_all(raw)
    (finding,) = caught.value.findings
    assert finding.received.startswith("1.000 municipios; faltan 122 ")
    assert "está cortada" in finding.received.lower()
