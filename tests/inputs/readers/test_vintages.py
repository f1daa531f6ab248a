"""One table as its publisher has given it in several years and formats: the same values of each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from inputs.readers.made_files import write_xlsx

from gsi.inputs.readers import read_all
from gsi.inputs.readers.problems import label, spellings

Rows = list[list[str]]
DIVIPOLA: Rows = [
    ["cod_dpto", "dpto", "cod_mpio", "nom_mpio", "tipo_municipio", "longitud", "latitud"],
    ["73", "TOLIMA", "73001", "IBAGUÉ", "MUNICIPIO", "-75.232250", "4.443149"],
    ["73", "TOLIMA", "73067", "ATACO", "MUNICIPIO", "-75.382300", "3.590764"],
    ["05", "ANTIOQUIA", "05001", "MEDELLÍN", "MUNICIPIO", "-75.581775", "6.246631"],
]
PORTAL = ["Código Departamento", "Nombre Departamento", "Código Municipio", "Nombre Municipio",
          "Tipo: Municipio / Isla / Área no municipalizada", "longitud", "Latitud"]  # fmt: skip
MEN: Rows = [
    ["AÑO", "CÓDIGO_MUNICIPIO", "MUNICIPIO", "CÓDIGO_DEPARTAMENTO", "DEPARTAMENTO",
     "POBLACIÓN_5_16", "COBERTURA_NETA", "COBERTURA_NETA_TRANSICIÓN", "COBERTURA_NETA_PRIMARIA",
     "COBERTURA_NETA_SECUNDARIA", "COBERTURA_NETA_MEDIA", "COBERTURA_BRUTA", "DESERCIÓN",
     "DESERCIÓN_SECUNDARIA", "REPROBACIÓN", "REPITENCIA"],
    ["2019", "73067", "Ataco", "73", "Tolima", "5100", "88.2", "61.5", "90.75", "70.1", "33.4",
     "95.1", "4.25", "5.5", "7.1", "3.02"],
    ["2020", "73067", "Ataco", "73", "Tolima", "5050", "87.1", "60.5", "89.5", "70.9", "34.8",
     "95.5", "3.1", "4.0", "6.5", "2.95"],
]  # fmt: skip
REPS: Rows = [
    ["CodigoPrestador", "NombrePrestador", "CodigoHabilitacionSede", "NombreSede",
     "TipoIdentificacion", "NaturalezaJuridica", "MunicipioSede", "ClasePrestadorDesc",
     "FechaCorte"],
    ["7306700100", "HOSPITAL", "730670010001", "PUESTO DE SALUD SANTIAGO", "NI", "Pública",
     "73067", "Instituciones Prestadoras de Servicios de Salud - IPS",
     "Fecha corte REPS: Mar 12 2026  3:11PM"],
]  # fmt: skip
EARLY: Rows = [
    ["FECHA_CORTE", "COD_DANE_DEPARTAMENTO", "COD_DANE_MUNICIPIO",
     "INDICADOR 1.\nEDUCACIÓN INICIAL ICBF",
     "INDICADOR 2. NIÑOS Y NIÑAS EN PREESCOLAR CON EDUCACIÓN INICIAL",
     "INDICADOR 3. TOTAL EDUCACIÓN INICIAL ICBF + MEN"],
    ["31-12-2022", "73", "73067", "300", "120", "420"],
]  # fmt: skip
BIRTHS: Rows = [
    ["mun", "year", "age", "births", "population"],
    ["73067", "2018", "10-14", "2.0", "901"], ["73067", "2018", "15-19", "55.0", "873"],
]  # fmt: skip
CASES: Rows = [
    ["divipola", "Departamento", "Municipio", "anio", "mes", "cantidad"],
    *(["73067", "TOLIMA", "ATACO", "2024", str(month), "2"] for month in range(1, 13)),
    ["05001", "ANTIOQUIA", "MEDELLÍN", "2024", "3", "41"],
]
PENAL: Rows = [
    ["coddepto", "anno", "ingresos_totales", "SRPA_1", "tasa"],
    ["05", "2024", "900", "12.5", "1.39"], ["73", "2024", "140", "27", "19.29"],
]  # fmt: skip
ETHNIC: Rows = [
    ["COD_DPTO", "COD_DPTO-MPIO", "AÑO", "ÁREA GEOGRÁFICA", "Total", "Indígena",
     "Gitano(a) o Rrom", "Raizal del Archipiélago de San Andrés, Providencia y Santa Catalina",
     "Palenquero(a) de San Basilio", "Negro(a), mulato(a), afrodescendiente, afrocolombiano(a)",
     "Ningún grupo étnico-racial"],
    ["73", "73067", "2018", "Total", "19330", "1493", "0", "0", "0", "218", "17619"],
]  # fmt: skip
SCHOOLS: Rows = [
    ["año", "secretaria", "codigomunicipio", "codigoestablecimiento", "nombreestablecimiento"],
    ["2016", "TOLIMA", "73067", "173067000011", "INSTITUCIÓN EDUCATIVA SANTIAGO PÉREZ"],
]  # fmt: skip
OFFICES: Rows = [
    ["c_digo_dane_municipio", "comisarias_ley_2126_100_000", "nombre_comisaria",
     "horario_de_atenci_n", "longitud_de_ubicaci_n_de", "latitud_de_ubicaci_n_de_la"],
    ["73067", "1", "Comisaría de Familia de Ataco", "8 a 5", "-75.3823", "3.590764"],
]  # fmt: skip
TABLES = {
    "divipola": DIVIPOLA, "men": MEN, "reps": REPS, "inicial": EARLY, "nacimientos": BIRTHS,
    "sivigila": CASES, "srpa": PENAL, "etnia": ETHNIC, "establecimientos": SCHOOLS,
    "comisarias": OFFICES,
}  # fmt: skip
NUMBER = re.compile(r"-?\d+\.\d+")


def delimited(rows: Rows, separator: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def body(rows: Rows, change: Callable[[str], Any]) -> list[list[Any]]:
    return [list(rows[0]), *([change(cell) for cell in row] for row in rows[1:])]


def comma(cell: str) -> str:
    return cell.replace(".", ",") if NUMBER.fullmatch(cell) else cell


def field(heading: str) -> str:
    """As the API of datos.gov.co names a column."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


def typed(cell: str) -> Any:
    """As a spreadsheet keeps it: codes lose their zeros, and dates are dates."""
    if re.fullmatch(r"\d+", cell):
        return int(cell)
    if re.fullmatch(r"\d{2}-\d{2}-\d{4}", cell):
        return dt.datetime.strptime(cell, "%d-%m-%Y")
    return float(cell) if NUMBER.fullmatch(cell) else cell


def as_text(encoding: str, separator: str, first: str = "") -> Callable[[Path, Rows], Path]:
    def write(folder: Path, rows: Rows) -> Path:
        path = folder / "descarga.csv"
        path.write_bytes((first + delimited(rows, separator)).encode(encoding))
        return path

    return write


def with_comma(folder: Path, rows: Rows) -> Path:
    return as_text("cp1252", ";")(folder, body(rows, comma))


def from_the_api(folder: Path, rows: Rows) -> Path:
    return as_text("utf-8", ",")(folder, [[field(name) for name in rows[0]], *rows[1:]])


def decomposed(folder: Path, rows: Rows) -> Path:
    path = folder / "descarga.csv"
    path.write_text(unicodedata.normalize("NFD", delimited(rows)), encoding="utf-8")
    return path


def workbook(folder: Path, rows: Rows) -> Path:
    return write_xlsx(folder / "descarga.xlsx", {"Hoja 1": body(rows, typed)})


def workbook_of_texts(folder: Path, rows: Rows) -> Path:
    return write_xlsx(folder / "descarga.xlsx", {"Hoja 1": body(rows, comma)})


def under_titles(folder: Path, rows: Rows) -> Path:
    above = [["Ministerio"], [None], ["Publicado en 2026"]]
    sheets = {"Presentación": [["Esta hoja no trae datos"]], "Datos": above + body(rows, typed)}
    return write_xlsx(folder / "descarga.xlsx", sheets)


VARIANTS = {
    "semicolon": as_text("utf-8", ";"),
    "pipe": as_text("utf-8", "|"),
    "tab": as_text("utf-8", "\t"),
    "setting of Excel": as_text("cp1252", ";", "sep=;\r\n"),
    "byte order mark": as_text("utf-8-sig", ","),
    "UTF-16": as_text("utf-16", "\t"),
    "Windows-1252": as_text("cp1252", ";"),
    "decimal comma": with_comma,
    "decomposed accents": decomposed,
    "API field names": from_the_api,
    "workbook": workbook,
    "workbook of texts": workbook_of_texts,
    "workbook with titles": under_titles,
}


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    found = read_all(folder)
    assert not found.faulty, [str(finding) for file in found.faulty for finding in file.findings]
    assert not found.ignored
    return {name: table.drop(columns="nombre", errors="ignore").reset_index(drop=True)
            for name, table in found.tables.items()}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", TABLES)
def test_every_vintage_gives_the_same_values(name: str, variant: str, tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    for folder in (plain, other):
        folder.mkdir()
    (plain / "descarga.csv").write_text(delimited(TABLES[name]), encoding="utf-8")
    VARIANTS[variant](other, TABLES[name])
    expected, found = tables(plain), tables(other)
    assert expected and sorted(found) == sorted(expected)
    for table, rows in expected.items():
        pd.testing.assert_frame_equal(found[table], rows)


def test_the_values_that_all_of_them_give(tmp_path: Path) -> None:
    """Of the table as it stands here, so that all may not be wrong alike."""
    for name, rows in TABLES.items():
        workbook(tmp_path, rows).rename(tmp_path / f"{name}.xlsx")
    found = read_all(tmp_path).tables
    places = found["divipola"].set_index("municipio")
    assert places.loc["05001", ["lon", "lat"]].tolist() == [-75.581775, 6.246631]
    rows = found["indicadores"].set_index(["indicador", "periodo"])
    assert rows.loc[("cobertura_neta", 2019), ["valor", "denominador"]].tolist() == [88.2, 5100]
    assert rows.loc[("desercion", 2020), "valor"] == 3.1
    assert rows.loc[("educacion_inicial", 2022), "numerador"] == 420
    assert rows.loc[("fecundidad_15_19", 2018), "numerador"] == 55
    assert set(found["escenarios"]["municipio"]) == {"73067"} and len(found["escenarios"]) == 3
    office = found["escenarios"].query("tipo == 'comisaria_familia'").iloc[0]
    assert (office["lon"], office["lat"]) == (-75.3823, 3.590764)
    flat = found["indicadores"].set_index(["municipio", "indicador"])["numerador"]
    assert flat["73067", "desnutricion_aguda_5"] == 24
    assert flat["73", "srpa"] == 140 and flat["73067", "poblacion_indigena"] == 1493


@pytest.mark.parametrize("how", ["csv", "xlsx"])
def test_divipola_as_the_button_of_the_portal_gives_it(how: str, tmp_path: Path) -> None:
    """Its headings are for people and its coordinates have a decimal comma."""
    rows = [PORTAL, *body(DIVIPOLA, comma)[1:]]
    if how == "csv":
        path = tmp_path / "DIVIPOLA-_Códigos_municipios_20250809.csv"
        path.write_text(delimited(rows), encoding="utf-8")
    else:
        write_xlsx(tmp_path / "descarga.xlsx", {"DIVIPOLA": rows})
    found = read_all(tmp_path)
    assert not found.ignored
    ibague = found.tables["divipola"].set_index("municipio").loc["73001"]
    assert (ibague["nombre"], ibague["tipo"]) == ("IBAGUÉ", "municipio")
    assert (ibague["lon"], ibague["lat"]) == (-75.23225, 4.443149)


def test_an_older_divipola_has_no_coordinates(tmp_path: Path) -> None:
    rows = [row[:5] for row in [PORTAL, *DIVIPOLA[1:]]]
    (tmp_path / "d.csv").write_text(delimited(rows), encoding="utf-8")
    table = read_all(tmp_path).tables["divipola"]
    assert len(table) == 3 and table[["lon", "lat"]].isna().all(axis=None)


def test_findings_of_a_workbook_tell_sheet_and_row(tmp_path: Path) -> None:
    """Of the rows on screen, titles counted."""
    wrong = [*MEN[:2], [*MEN[2][:6], "ochenta", *MEN[2][7:]]]
    under_titles(tmp_path, wrong)
    (file,) = read_all(tmp_path).faulty
    assert [finding.where for finding in file.findings] == [
        "descarga.xlsx, hoja Datos, fila 6, columna COBERTURA_NETA"
    ]


@pytest.mark.parametrize(
    ("heading", "name"),
    [("AÑO", "a_o"), ("CÓDIGO_MUNICIPIO", "c_digo_municipio"), ("POBLACIÓN_5_16",
     "poblaci_n_5_16"), ("DESERCIÓN_TRANSICIÓN", "deserci_n_transici_n")],
)  # fmt: skip
def test_the_names_of_the_api_are_known(heading: str, name: str) -> None:
    """Those that nudc-7mev has (api/views/nudc-7mev.json)."""
    assert label(name) in spellings(heading)
