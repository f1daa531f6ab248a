"""Rows that are no data, in forms that were made here and in those that were not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from inputs.forms.filled import filled
from inputs.forms.papers import TRAINING, book, sheet_of
from openpyxl.utils.datetime import MAC_EPOCH

from gsi.ground.errors import UserMistake
from gsi.inputs import forms


@pytest.mark.parametrize(
    ("word", "is_total"),
    [
        ("Total", True),
        ("TOTALES", True),
        ("Gran total", True),
        ("Total general", True),
        ("Subtotal", True),
        ("Suma", True),
        ("Totalidad de los cursos", False),
        ("Sumapaz", False),
        ("Curso total", False),
    ],
)
def test_rows_of_totals(word: str, is_total: bool, tmp_path: Path) -> None:
    last = dict.fromkeys(TRAINING) | {"curso": word, "horas": 20}
    good = TRAINING | {"curso": word}
    path = book(
        tmp_path / "formacion.xlsx",
        {"formacion": sheet_of(TRAINING, last if is_total else good)},
    )
    if not is_total:
        assert len(forms.read(path)["formacion"]) == 2
        return
    with pytest.raises(UserMistake) as mistake:
        forms.read(path)
    (told,) = mistake.value.findings
    assert told.where == "formacion.xlsx, hoja formacion, fila 3"
    assert "totales" in told.rule


def test_the_example_may_be_deleted_and_the_forms_column_too(tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    filled(path, ["formacion"])
    whole = forms.read(path)["formacion"]
    made = openpyxl.load_workbook(path)
    sheet = made["Formación"]
    sheet.delete_rows(5)
    made.save(path)
    assert forms.read(path)["formacion"].equals(whole)
    sheet.delete_cols(1)
    for row in range(7, sheet.max_row + 1):
        sheet.cell(row, 3).value = None
    made.save(path)
    assert forms.read(path)["formacion"].equals(whole)


def test_a_code_alone_is_a_row_only_where_no_form_wrote_it(tmp_path: Path) -> None:
    lonely = dict.fromkeys(TRAINING) | {"municipio": "73067"}
    path = book(tmp_path / "formacion.xlsx", {"formacion": sheet_of(TRAINING, lonely)})
    with pytest.raises(UserMistake) as mistake:
        forms.read(path)
    assert {finding.where.split(",")[2] for finding in mistake.value.findings} == {" fila 3"}


@pytest.mark.parametrize("serial", [45352, 45352.5, "45352"])
def test_dates_pasted_as_serial_numbers(serial: object, tmp_path: Path) -> None:
    path = book(
        tmp_path / "formacion.xlsx", {"formacion": sheet_of(TRAINING | {"fecha_inicio": serial})}
    )
    found = forms.read(path)["formacion"].loc[0, "fecha_inicio"]
    assert found == dt.datetime(2024, 3, 1)


def test_serial_numbers_of_old_mac_books_are_not_guessed(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.epoch = MAC_EPOCH
    sheet = made.active
    sheet.title = "formacion"
    for row in sheet_of(TRAINING | {"fecha_inicio": 43890}):
        sheet.append(row)
    path = tmp_path / "formacion.xlsx"
    made.save(path)
    with pytest.raises(UserMistake) as mistake:
        forms.read(path)
    assert "fecha" in mistake.value.findings[0].rule


AS_LIBREOFFICE_WRITES_IT = """\
No escriba en esta columna,Identificador de la acción *,Fecha de corte *,programado,ejecutado
EJEMPLO,EJEMPLO-1,{example},80,76
Escriba aquí →,A-1,{own},"80,5","76,25"
"""


def test_the_example_of_a_csv_is_the_example_however_its_dates_are_written(tmp_path: Path) -> None:
    path = tmp_path / "avances.csv"
    path.write_text(AS_LIBREOFFICE_WRITES_IT.format(example="30/06/2024", own="05/07/2024"))
    found = forms.read(path)["avances"]
    assert found["accion"].tolist() == ["A-1"]
    assert found.loc[0, "fecha_corte"] == dt.datetime(2024, 7, 5)
    assert found.loc[0, "programado"] == 80.5


def test_an_example_with_the_month_first_tells_how_the_file_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "avances.csv"
    path.write_text(AS_LIBREOFFICE_WRITES_IT.format(example="06/30/2024", own="07/05/2024"))
    with pytest.raises(UserMistake) as mistake:
        forms.read(path)
    (told,) = mistake.value.findings
    assert "el mes antes del día" in told.rule
    assert told.where == "avances.csv, fila 2"
