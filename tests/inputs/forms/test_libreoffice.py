"""A form made here and filled in, cell by cell, in LibreOffice (``make_fixtures.py``)."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from inputs.forms.filled import DIVIPOLA, FORMS, filled
from paths import ROOT
from programs import converted

from gsi.inputs import forms
from gsi.inputs import readers as sources
from gsi.inputs.forms import layout
from gsi.inputs.forms.check import check

HERE = ROOT / "tests" / "inputs" / "forms" / "libreoffice"


@pytest.mark.parametrize("name", ["lleno.xlsx", "lleno.ods"])
def test_reads_without_a_finding(name: str) -> None:
    review = check([HERE / name], DIVIPOLA)
    assert review.problems == []
    assert review.unverified == []
    assert len(review.rows) == len(FORMS)


@pytest.mark.parametrize("name", ["lleno.xlsx", "lleno.ods"])
def test_holds_what_was_typed(name: str, tmp_path: Path) -> None:
    path = tmp_path / "formulario.xlsx"
    filled(path, FORMS)
    expected, found = forms.read(path), forms.read(HERE / name)
    assert sorted(found) == sorted(FORMS)
    for table in FORMS:
        pd.testing.assert_frame_equal(found[table], expected[table])


def test_libreoffice_keeps_lists_validation_notes_and_protection() -> None:
    book = openpyxl.load_workbook(HERE / "lleno.xlsx")
    assert book[layout.LISTS_SHEET].sheet_state == "hidden"
    sheet = book["Formación"]
    assert sheet.protection.sheet
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["F"].formula1 == "MAX(DATE(1990,1,1),$E6)"
    assert rules["G"].type == "list"
    assert "El curso no puede terminar antes de empezar." in rules["F"].error
    assert sheet.cell(layout.HEAD_ROW, 2).comment.text.startswith("Código propio del curso.")


def test_forms_in_the_input_folder_are_read_with_the_rest(tmp_path: Path) -> None:
    for name in ("lleno.ods", "lleno.xlsx"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes((HERE / name).read_bytes())
        filled(folder / f"{name}.revisado.xlsx", FORMS)
        reading = sources.read_all(folder)
        assert len(reading.tables["formacion"]) == 2
        assert any("copia marcada" in reason for reason in reading.ignored)


# Comma, quotes, UTF-8, values as shown, every sheet.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All forms, filled in, and each of their sheets saved as CSV in Colombia's Spanish."""
    folder = tmp_path_factory.mktemp("csv")
    filled(folder / "formulario.xlsx", FORMS)
    converted(folder / "formulario.xlsx", CSV, folder)
    return folder


@pytest.mark.parametrize("table", FORMS)
def test_each_form_saved_as_csv_with_its_example_is_read(exported: Path, table: str) -> None:
    """Its example has dates and decimals as Colombia writes them, and is the example still."""
    sheet = layout.sheet_name(table)
    path = exported / f"formulario-{sheet}.csv"
    found = forms.read(path.rename(exported / f"{table}.csv"))[table]
    expected = forms.read(exported / "formulario.xlsx")[table]
    pd.testing.assert_frame_equal(found, expected)
