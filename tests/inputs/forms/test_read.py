"""Forms as people really send them; everything wrong is told at once."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from inputs.forms.papers import PERSON, TRAINING, book, sheet_of, text
from paths import ROOT

from gsi.contract import tables
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs import forms


def findings(path: Path) -> list[Finding]:
    with pytest.raises(UserMistake) as mistake:
        forms.read(path)
    return mistake.value.findings


def test_labels_titles_blank_rows_and_typing_habits(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Formación"
    sheet["A1"] = "Registro de formación del departamento"
    sheet.merge_cells("A1:F1")
    headings = [
        "Identificador del curso *",
        "NOMBRE DEL CURSO",
        "codigo  del municipio",
        "Fecha de Inicio (dd/mm/aaaa)",
        "fecha_fin",
        "Momento de la gestion",
        "Tipo de agente",
        "Horas",
        "Personas inscritas",
        "Personas certificadas",
        "mujeres",
        "grupo étnico",
    ]
    for column, heading in enumerate(headings, start=1):
        sheet.cell(4, column, heading)
    day = dt.datetime(2024, 3, 1, 8, 30)
    first = ["C1", " Lectura  ", 5001, day, "15/03/2024", "Comprensión", "PÚBLICO", "40,5", "1.200"]
    sheet.append([*first, 30, 12.0, "Indígena"])
    sheet.append([None, "  "])
    second = ["C2", "Lectura", "73067", "2024-03-01", None, "ejecucion", "Comunitario", 20, 12]
    sheet.append([*second, "sin dato", None, "ninguno"])
    path = tmp_path / "registro.xlsx"
    made.save(path)
    assert forms.recognise(path) == [("Formación", "formacion")]
    found = forms.read(path)["formacion"]
    assert list(found.dtypes) == list(tables.empty("formacion").dtypes)
    assert found["municipio"].tolist() == ["05001", "73067"]
    assert found["nombre"].tolist() == ["Lectura", "Lectura"]
    assert found["fecha_inicio"].tolist() == [pd.Timestamp("2024-03-01")] * 2
    assert found["fecha_fin"].tolist()[0] == pd.Timestamp("2024-03-15")
    assert found["momento_gestion"].tolist() == ["comprension", "ejecucion"]
    assert found["tipo_agente"].tolist() == ["publico", "comunitario"]
    assert found["horas"].tolist() == [40.5, 20.0]
    assert found["inscritos"].tolist() == [1200, 12]
    assert found["grupo_etnico"].tolist() == ["indigena", "ninguno"]
    assert found["certificados"].isna().tolist() == [False, True]
    assert found["tema"].isna().all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_encodings_and_separators(tmp_path: Path, encoding: str, mark: str) -> None:
    row = TRAINING | {"nombre": "Años de niñez", "momento_gestion": "Ejecución"}
    lines = [mark.join(str(cell) for cell in cells) for cells in sheet_of(row)]
    path = text(tmp_path / "formacion_2024.csv", "\r\n".join(lines), encoding)
    assert forms.recognise(path) == [(None, "formacion")]
    found = forms.read(path)["formacion"]
    assert found.loc[0, "nombre"] == "Años de niñez"
    assert found.loc[0, "horas"] == 20.0


def test_excels_own_line_is_a_setting(tmp_path: Path) -> None:
    lines = ["sep=;", *(";".join(str(cell) for cell in cells) for cells in sheet_of(TRAINING))]
    path = text(tmp_path / "formacion.csv", "\r\n".join(lines), "utf-8")
    assert forms.recognise(path) == [(None, "formacion")]
    assert forms.read(path)["formacion"].loc[0, "horas"] == 20.0
    # Excel does not show that line: the first row of data is row 2 there.
    lines[-1] = lines[-1].replace("20", "veinte", 1)
    text(path, "\r\n".join(lines), "utf-8")
    assert all("fila 2" in finding.where for finding in findings(path))


def test_a_tick_is_yes_in_the_table(tmp_path: Path) -> None:
    marks = {"discapacidad": "✓", "gestante": "✗", "asiste": "?"}
    path = text(
        tmp_path / "personas.csv",
        "\n".join(";".join(str(cell) for cell in cells) for cells in sheet_of(PERSON | marks)),
    )
    found = forms.read(path)["personas"]
    assert (found.loc[0, "discapacidad"], found.loc[0, "gestante"]) == (1, 0)
    assert found["asiste"].isna().all()


def test_every_wrong_cell_is_a_finding_with_its_place(tmp_path: Path) -> None:
    bad = TRAINING | {
        "curso": None,
        "municipio": "Ataco",
        "fecha_inicio": "31/02/2024",
        "momento_gestion": "después",
        "horas": "veinte",
        "inscritos": 30.5,
        "certificados": "#REF!",
    }
    path = book(tmp_path / "formacion.xlsx", {"formacion": [["Título"], *sheet_of(TRAINING, bad)]})
    told = {finding.where.split("columna ")[1]: finding for finding in findings(path)}
    assert set(told) == {key for key in bad if bad[key] != TRAINING[key]}
    assert all(f.where.startswith("formacion.xlsx, hoja formacion, fila 4,") for f in told.values())
    assert told["fecha_inicio"].received == "31/02/2024"
    assert "fecha" in told["fecha_inicio"].rule
    assert "Comprensión, Formulación" in told["momento_gestion"].rule
    assert told["municipio"].received == "Ataco"
    assert "entero" in told["inscritos"].rule
    assert "error de Excel" in told["certificados"].rule
    assert told["curso"].received == "una celda vacía"


def test_many_wrong_cells_are_that_many_findings(tmp_path: Path) -> None:
    rows = [
        TRAINING | {"curso": f"C{n}", "horas": "muchas", "fecha_fin": "ayer"} for n in range(150)
    ]
    path = book(tmp_path / "formacion.xlsx", {"formacion": sheet_of(*rows)})
    told = findings(path)
    assert len(told) == 300
    assert len({finding.where for finding in told}) == 300


def test_a_whole_wrong_column_ends_in_a_count(tmp_path: Path) -> None:
    rows = [TRAINING | {"curso": f"C{n}", "horas": "x"} for n in range(1200)]
    lines = [";".join(str(cell) for cell in cells) for cells in sheet_of(*rows)]
    told = findings(text(tmp_path / "formacion.csv", "\n".join(lines)))
    assert len(told) == 1001
    assert told[-1].received == "200 celdas más con el mismo problema"


def test_person_values_are_never_told(tmp_path: Path) -> None:
    bad = PERSON | {
        "edad": "treinta y uno",
        "sexo": "1105678901",
        "corte": "31/12/24",
        "persona": None,
    }
    path = book(tmp_path / "personas.xlsx", {"personas": sheet_of(PERSON, bad)})
    told = findings(path)
    assert len(told) == 4
    assert {finding.received for finding in told} == {"valor no mostrado (dato personal)"}
    words = " ".join(map(str, told))
    assert "1105678901" not in words
    assert "treinta" not in words


def test_people_without_headings_are_not_told_as_headings(tmp_path: Path) -> None:
    path = book(tmp_path / "personas.xlsx", {"personas": [list(PERSON.values())] * 2})
    words = " ".join(map(str, findings(path)))
    assert "obligatoria" in words
    assert "1.105.678.901" not in words
    assert "columna A" in words


def test_identifiers_become_fingerprints_alike_in_every_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GSI_HASH_KEY", raising=False)
    day = {"fecha": "2024-03-01", "sector": "salud", "municipio": "73067", "servicio": "x"}
    path = book(
        tmp_path / "registro.xlsx",
        {
            "personas": sheet_of(PERSON, PERSON | {"persona": "01105678901"}),
            "atenciones": sheet_of({"atencion": "T1", "persona": 1105678901, **day}),
        },
    )
    found = forms.read(path)
    people = found["personas"]["persona"]
    assert people.nunique() == 1
    assert people[0] == found["atenciones"].loc[0, "persona"]
    assert len(people[0]) == 20
    assert "1105678901" not in people[0]
    assert found["atenciones"].loc[0, "atencion"] == "T1"
    other = forms.read(path, key=b"secreta")["personas"]["persona"]
    assert other[0] != people[0]
    monkeypatch.setenv("GSI_HASH_KEY", "secreta")
    assert forms.read(path)["personas"]["persona"][0] == other[0]


def test_headings_unknown_missing_repeated_and_absent(tmp_path: Path) -> None:
    headings = ["curso", "nombre", "municipio", "Nombre del curso", "Salón", None]
    sheet = [*headings], ["C1", "Curso", "73067", "otra vez", "12", "suelto"]
    told = findings(book(tmp_path / "formacion.xlsx", {"formacion": sheet}))
    words = {finding.where.split("columna ")[1]: finding.rule for finding in told}
    assert words["Salón"] == "no es una columna de la tabla formacion"
    assert words["Nombre del curso"] == "el encabezado está repetido"
    assert words["F"] == "hay datos en una columna sin encabezado"
    missing = {where for where, rule in words.items() if "obligatoria" in rule}
    assert "Fecha de inicio (fecha_inicio)" in missing
    assert len(missing) == 6


def test_formulas_without_a_stored_result_are_told(tmp_path: Path) -> None:
    rows = sheet_of(TRAINING | {"horas": "=10+10", "inscritos": "=SUM(A1:A2)"})
    told = findings(book(tmp_path / "formacion.xlsx", {"formacion": rows}))
    assert [finding.where.split("columna ")[1] for finding in told] == ["horas", "inscritos"]
    assert "fórmula" in told[0].rule


def test_a_sheet_that_looks_like_a_table_is_told(tmp_path: Path) -> None:
    sheets = {"formacion": sheet_of(TRAINING), "Hoja2": sheet_of(TRAINING), "Ayuda": [["Lea"]]}
    (told,) = findings(book(tmp_path / "registro.xlsx", sheets))
    assert told.where == "registro.xlsx, hoja Hoja2"
    assert "formacion" in told.rule


def test_sheets_of_one_table_are_put_together(tmp_path: Path) -> None:
    sheets = {
        "formacion 2023": sheet_of(TRAINING),
        "formacion 2024": sheet_of(TRAINING | {"curso": "C2"}),
    }
    found = forms.read(book(tmp_path / "registro.xlsx", sheets))
    assert found["formacion"]["curso"].tolist() == ["C1", "C2"]


def test_provenance_is_written_only_where_the_reader_writes_it(tmp_path: Path) -> None:
    row = {"municipio": "73067", "indicador": "Huertas Caseras", "periodo": 2024, "valor": "62,1"}
    row |= {"area": "total", "serie": "propia"}
    found = forms.read(book(tmp_path / "indicadores.xlsx", {"indicadores": sheet_of(row)}))
    table = found["indicadores"]
    assert table.loc[0, "fuente"] == "formulario:indicadores.xlsx"
    assert table.loc[0, "indicador"] == "huertas_caseras"
    line = {
        "municipio": "73",
        "entidad": "Alcaldía",
        "sector": "salud",
        "linea": "Agua",
        "poblacion": "Primera infancia",
        "categoria_derecho": "Protección",
        "fuente": "SGP",
        "vigencia": 2024,
        "apropiado": "$ 2.500.000",
    }
    found = forms.read(book(tmp_path / "inversion.xlsx", {"inversion": sheet_of(line)}))
    money = found["inversion"].iloc[0]
    assert (money["fuente"], money["apropiado"], money["municipio"]) == ("sgp", 2.5e6, "73")
    assert (money["poblacion"], money["categoria_derecho"]) == ("primera_infancia", "proteccion")


def test_lists_and_the_strategys_labels(tmp_path: Path) -> None:
    visit = {"jornada": "J1", "municipio": "73067", "fecha": "01-03-2024", "tipo": "Simultánea"}
    visit |= {"entidades": " ICBF ; ESE;; Alcaldía"}
    step = {"ruta": "Niños y niñas en situación de discapacidad", "municipio": "73067"}
    step |= {"paso": "Valoración médica", "nombre": "Valoración", "orden": 1, "entidad": "ESE"}
    step |= {"sector": "salud"}
    path = book(tmp_path / "r.xlsx", {"jornadas": sheet_of(visit), "rutas": sheet_of(step)})
    found = forms.read(path)
    assert found["jornadas"].loc[0, "entidades"] == "ICBF;ESE;Alcaldía"
    assert found["rutas"].loc[0, "ruta"] == "discapacidad"
    assert found["rutas"].loc[0, "paso"] == "valoracion_medica"


@pytest.mark.parametrize(
    ("name", "headings", "expected"),
    [
        ("formacion_2024.csv", list(TRAINING), "formacion"),
        ("02 Formación.csv", list(TRAINING), "formacion"),
        ("formacion.csv", ["otra", "cosa"], "formacion"),
        ("registro.csv", list(TRAINING), None),
        ("divipola_gdxc-w37w.csv", ["cod_dpto", "dpto", "cod_mpio", "nom_mpio"], None),
    ],
)
def test_forms_are_told_from_other_files(
    tmp_path: Path, name: str, headings: list[str], expected: str | None
) -> None:
    path = text(tmp_path / name, ",".join(headings) + "\n1,2\n")
    assert forms.recognise(path) == ([(None, expected)] if expected else [])


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    broken = tmp_path / "formacion.xlsx"
    broken.write_bytes(b"no es un libro")
    assert forms.recognise(broken) == []
    (told,) = findings(broken)
    assert "libro de Excel" in told.rule
    binary = tmp_path / "formacion.csv"
    binary.write_bytes(b"\x00\x01")
    assert "texto" in findings(binary)[0].rule
    assert "formulario" in findings(text(tmp_path / "otro.csv", "a,b\n1,2\n"))[0].rule


def test_the_file_that_the_report_asks_for_is_read_as_it_says(tmp_path: Path) -> None:
    """No blank form offers ``indicadores``: the report names the file and its columns."""
    report = " ".join((ROOT / "reports" / "_metodo.qmd").read_text(encoding="utf-8").split())
    asked = re.search(
        r"archivo `([a-z.]+)` en la carpeta de datos, con las columnas ([^(]+)\(", report
    )
    assert asked is not None
    columns = re.findall(r"`(\w+)`", asked[2])
    cells = {"municipio": "73067", "indicador": "registro_civil", "periodo": "2024",
             "valor": "95,5", "area": "total", "serie": "registraduria"}  # fmt: skip
    row = ";".join(cells[name] for name in columns)
    path = text(tmp_path / asked[1], ";".join(columns) + f"\n{row}\n")
    assert forms.read(path)["indicadores"]["valor"].tolist() == [95.5]


@pytest.mark.real
def test_official_files_are_no_forms(real_data: Path) -> None:
    for path in sorted(real_data.rglob("*.csv")):
        assert forms.recognise(path) == [], path.name


def test_a_large_register_is_read_whole(tmp_path: Path) -> None:
    """How long it takes: ``python -m benchmarks tables``."""
    rows = 100_000
    data = pd.DataFrame({name: [value] * rows for name, value in PERSON.items()})
    data["persona"] = [f"{1_000_000_000 + n}" for n in range(rows)]
    data.to_csv(tmp_path / "personas.csv", sep=";", index=False)
    found = forms.read(tmp_path / "personas.csv")["personas"]
    assert found["persona"].nunique() == rows
