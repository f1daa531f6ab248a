"""Cells shown as percentages are read as they are shown: in forms and in published files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi.ground import percentages
from gsi.inputs import forms
from gsi.inputs.readers import grids

HEADINGS = ["indicador", "municipio", "periodo", "area", "valor", "numerador", "denominador"]
HEADINGS += ["serie", "fuente"]
ROW = ["recreacion", "73067", 2024, "total"]
# What a person sees in a column in percent, and what a spreadsheet keeps: the value and its format.
CELLS = [(56.0, 0.56, "0%"), (7.0, 0.07, "0.00%"), (56.11, 0.5611, '#,##0.00" "%;[Red]-0%'),
         (0.56, 0.56, "General"), (56.0, 56, "0.0"), (12.5, 12.5, '0.0" %"'), (9.0, 9, r"0\%"),
         (0.5, "0,5 %", "General"), (0.5, 0.005, "0.0%")]  # fmt: skip

MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "indicadores"
    sheet.append(HEADINGS)
    for place, (_, stored, written) in enumerate(CELLS):
        sheet.append([*ROW[:2], 2024 - place, ROW[3], stored, None, None, "registro", "Alcaldía"])
        sheet.cell(sheet.max_row, 5).number_format = written
    book.save(path)
    return path


def test_a_form_is_read_as_the_spreadsheet_shows_it(tmp_path: Path) -> None:
    found = forms.read(workbook(tmp_path / "indicadores.xlsx"))["indicadores"]
    found = found.sort_values("periodo", ascending=False)
    assert found["valor"].tolist() == [seen for seen, _, _ in CELLS]


def test_a_published_book_is_read_as_it_is_shown_or_as_it_is_stored(tmp_path: Path) -> None:
    path = workbook(tmp_path / "anexo.xlsx")
    values = [row[4] for row in grids.sheets(path)["indicadores"][1:]]
    seen = [value for value, _, _ in CELLS]
    assert [value for value in values if not isinstance(value, str)] == [*seen[:7], seen[8]]
    stored = [row[4] for row in grids.sheets(path, as_stored=True)["indicadores"][1:]]
    assert stored == [value for _, value, _ in CELLS]


def test_a_libreoffice_form_is_read_as_it_shows_it(tmp_path: Path) -> None:
    """Repeated rows and columns of an ODS file stand for the cells that they are."""
    names = "".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0" '
        for short in ("office", "table", "text")
    )

    def cell(value: object, kind: str = "string", times: int = 1) -> str:
        number = "" if kind == "string" else f' office:value="{value}"'
        return (
            f'<table:table-cell office:value-type="{kind}"{number} '
            f'table:number-columns-repeated="{times}"><text:p>{value}</text:p></table:table-cell>'
        )

    def row(*cells: str, times: int = 1) -> str:
        inside = "".join(cells)
        return f'<table:table-row table:number-rows-repeated="{times}">{inside}</table:table-row>'

    body = row(*map(cell, HEADINGS)) + row("<table:table-cell/>", times=3)
    for year, value, kind in ((2024, 0.56, "percentage"), (2023, 0.56, "float")):
        before = [cell(ROW[0]), cell(ROW[1]), cell(year, "float"), cell(ROW[3])]
        body += row(*before, cell(value, kind), cell(value, kind, 2), cell("registro"), cell("A"))
    content = (
        f'<office:document-content {names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="indicadores">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "indicadores.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    found = forms.read(path)["indicadores"].set_index("periodo")
    assert found.loc[2024, ["valor", "numerador", "denominador"]].tolist() == [56, 56, 56]
    assert found.loc[2023, ["valor", "numerador", "denominador"]].tolist() == [0.56, 0.56, 0.56]


@given(st.decimals(min_value=-1000, max_value=1000, places=6))
def test_the_digits_are_those_typed(typed: object) -> None:
    """Whoever typed 7,07 % finds 7.07, not 7.070000000000001."""
    number = float(str(typed))
    assert percentages.scaled(float(str(typed.scaleb(-2)))) == number  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "percent"), [("0%", True), ("0.00 %", True), ('0" %"', False), (r"0\%", False),
                          ("General", False), (None, False), ('[Red]0.0%;"-"', True)]
)  # fmt: skip
def test_which_formats_multiply_by_a_hundred(code: str | None, percent: bool) -> None:
    assert percentages.is_percent(code) == percent
