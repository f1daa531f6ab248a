"""A form written from the suites: what it offers, what it protects, what comes back from it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from paths import ROOT

from gsi.contract import params, tables
from gsi.contract.territory import Territory
from gsi.inputs import forms
from gsi.inputs.forms import layout, rules
from gsi.inputs.forms.identity import IDENTIFIERS
from gsi.inputs.forms.words import identifier

DEPARTMENT = Territory("00", "Departamento de Ejemplo", "department", "00", "Ejemplo")
TOWN = Territory("00003", "Villa Ceñida", "municipality", "00", "Ejemplo")
PLACE = forms.Place.of(TOWN, [DEPARTMENT, TOWN], ["00003-02", "00003-01"])
SETTINGS = params.load(ROOT / "params")[0].forms
TABLES = list(SETTINGS.order)


@pytest.fixture(scope="module")
def example() -> dict[str, pd.DataFrame]:
    """The filled forms of the embedded example, the registers of people with a form of visits."""
    folder = ROOT / "data" / "raw" / "ejemplo"
    found: dict[str, pd.DataFrame] = {}
    for path in [*sorted(folder.glob("*.xlsx")), folder / "atenciones.csv", folder / "casos.csv"]:
        found |= forms.read(path)
    return found


def test_every_label_offered_is_understood() -> None:
    asked = [table for table in tables.names() if tables.schema(table).purpose]
    assert len(asked) > 10
    for table in asked:
        for spec in tables.schema(table).columns:
            for value, label in zip(spec.values or (), spec.labels or (), strict=True):
                assert identifier(label) == value


@pytest.mark.parametrize("table", TABLES)
def test_example_rows_are_whole_and_valid(table: str) -> None:
    from gsi.inputs.quality import validate

    schema = tables.schema(table)
    assert schema.purpose.endswith(".")
    row = {spec.name: spec.example for spec in schema.columns}
    if "municipio" in row:
        row["municipio"] = "00003"
    unknown = {spec.name for spec in layout.asked(table) if spec.example is None}
    assert unknown <= {"municipio", "microterritorio", "estrato", "upm"}
    frame = pd.DataFrame([row])
    for spec in schema.columns:
        if spec.kind == "fecha":
            frame[spec.name] = pd.to_datetime(frame[spec.name])
    divipola = {"municipio": ["00003"], "nombre": ["V"], "departamento": ["00"]}
    known = pd.DataFrame({**divipola, "nombre_departamento": ["E"]})
    failed = validate({table: frame, "divipola": known}).failed()
    assert [item.rule for item in failed if item.verified and item.table == table] == (
        ["Los ponderadores de las acciones de un mismo territorio deberían sumar 100."]
        if table == "plan_accion"
        else []
    )


@pytest.mark.parametrize("table", [name for name in TABLES if name not in ("hogares", "personas")])
def test_rows_written_come_back(
    table: str, example: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    frame = example[table].head(40).reset_index(drop=True)
    path = tmp_path / "formulario.xlsx"
    forms.write_form(path, {table: frame}, PLACE, title="Prueba", rows=60, prefilled=60)
    read = forms.read(path)[table]
    hidden = [column for name, column in IDENTIFIERS if name == table]
    pd.testing.assert_frame_equal(
        read.drop(columns=hidden), frame.drop(columns=hidden), check_dtype=False
    )


def test_blank_form_reads_as_empty_tables(tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    blank = {name: tables.empty(name) for name in TABLES}
    forms.write_form(path, blank, PLACE, title="Todo", team="Planeación", prefilled=20)
    found = forms.read(path)
    assert sorted(found) == sorted(TABLES)
    assert all(len(frame) == 0 for frame in found.values())


def test_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        forms.write_form(
            tmp_path / name, {"formacion": tables.empty("formacion")}, PLACE, title="F"
        )
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_a_sheet_offers_and_protects(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    held = ["jornadas", "atenciones", "formacion", "compromisos"]
    forms.write_form(
        path, {name: tables.empty(name) for name in held}, PLACE, title="F", rows=50, prefilled=10
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == layout.GUIDE_SHEET
    assert book[layout.LISTS_SHEET].sheet_state == "hidden"
    sheet = book["Formación"]
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "C5"
    headings = [cell.value for cell in sheet[layout.HEAD_ROW]]
    assert headings[1:4] == [
        "Identificador del curso *",
        "Nombre del curso *",
        "Código del municipio *",
    ]
    assert all(cell.comment for cell in sheet[layout.HEAD_ROW][1:])
    assert all(cell.protection.locked for row in sheet["A1:N5"] for cell in row)
    assert not sheet.column_dimensions["C"].protection.locked
    assert [row[3].value for row in sheet.iter_rows(min_row=6, max_row=16)] == [
        *["00003 Villa Ceñida"] * 10,
        None,
    ]
    found = validations(sheet)
    assert found["G"].type == "list"
    lists = book[layout.LISTS_SHEET]
    (letter,) = {found["G"].formula1.split("$")[1]}
    offered = [lists[f"{letter}{row}"].value for row in range(2, 6)]
    assert offered == ["Comprensión", "Formulación", "Ejecución", "Seguimiento"]
    assert found["E"].type == "date"
    assert found["F"].formula1 == "MAX(DATE(1990,1,1),$E6)"
    assert found["K"].formula2 == 'IF($J6="",10000000,$J6)'
    assert "no pueden ser más que las inscritas" in found["K"].error
    assert validations(book["Compromisos"])["B"].formula1.startswith("COUNTIF(")
    visits = validations(book["Atenciones"])
    assert "'Jornadas de servicios'!$B$6" in visits["D"].formula1
    assert visits["D"].errorStyle == "warning"
    for name in held:
        for rule in validations(book[layout.sheet_name(name)]).values():
            assert len(rule.error) <= 255
            assert len(rule.prompt) <= 255
            assert len(rule.errorTitle) <= 32
            assert len(rule.promptTitle) <= 32


def validations(sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, object]:
    """Column letter → its rule."""
    return {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}


def test_outside_text_never_becomes_a_formula(tmp_path: Path) -> None:
    frame = tables.empty("compromisos")
    frame.loc[0] = {
        "compromiso": "C-1",
        "municipio": "00003",
        "instancia": "consejo",
        "sesion_fecha": dt.datetime(2024, 3, 1),
        "descripcion": '=HYPERLINK("http://x")',
        "responsable": "Salud",
        "vence": dt.datetime(2024, 6, 1),
        "estado": "pendiente",
    }
    path = tmp_path / "f.xlsx"
    forms.write_form(path, {"compromisos": frame}, PLACE, title="F")
    cell = openpyxl.load_workbook(path)["Compromisos"]["F6"]
    assert cell.data_type == "s"
    assert forms.read(path)["compromisos"].loc[0, "descripcion"] == '=HYPERLINK("http://x")'


def test_a_table_outside_the_contract(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        forms.write_form(tmp_path / "f.xlsx", {"otra": pd.DataFrame()}, PLACE, title="F")
    assert list(tmp_path.iterdir()) == []


def test_notes_say_what_a_column_means() -> None:
    note = rules.note(tables.schema("formacion").column("momento_gestion"))
    assert "Momento de la gestión al que sirve el curso." in note
    assert "Obligatoria." in note
    assert "Comprensión; Formulación; Ejecución; Seguimiento." in note


def test_a_row_is_as_high_as_its_wrapped_text(tmp_path: Path) -> None:
    frame = tables.empty("compromisos")
    frame.loc[0] = {"compromiso": "C-1", "municipio": "00003", "descripcion": "Entregar. " * 30}
    frame.loc[1] = {"compromiso": "C-2", "municipio": "00003", "descripcion": "Entregar."}
    path = tmp_path / "f.xlsx"
    forms.write_form(path, {"compromisos": frame}, PLACE, title="F")
    rows = openpyxl.load_workbook(path)["Compromisos"].row_dimensions
    assert rows[6].height > 90
    assert rows[7].height is None
