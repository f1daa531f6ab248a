"""Files opened as they are."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import warnings
import zipfile
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import openpyxl.chart
import pytest
import xlrd
from hypothesis import given
from hypothesis import strategies as st
from inputs.readers.made_files import write_xlsx

from gsi.ground import workbooks
from gsi.ground.errors import UserMistake
from gsi.inputs.readers import grids


def test_rows_keep_their_number_and_width(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"h": [[], ["a", "b", "c"], ["1"], [], []]})
    assert grids.sheets(path) == {"h": [(None,) * 3, ("a", "b", "c"), ("1", None, None)]}


def test_only_the_sheets_and_rows_asked_for(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"x": [["1"], ["2"]], "y": [["3"]]})
    assert grids.sheets(path, limit=1, only=["x"]) == {"x": [("1",)]}


@pytest.mark.real
def test_thousands_of_empty_rows_are_dropped(real_data: Path) -> None:
    path = real_data / "dane" / "anexo-censal-pobreza-municipal-2018.xlsx"
    rows = grids.sheets(path, only=["6_Privaciones IPM Dpt-Mpio"])["6_Privaciones IPM Dpt-Mpio"]
    assert len(rows) == 1124


@pytest.mark.real
def test_a_wrong_declared_size_does_not_cut_columns(real_data: Path) -> None:
    (rows,) = grids.sheets(real_data / "ins" / "ya4-2-mortalidad-ira.xlsx", limit=2).values()
    assert rows[0] == ("codmpio", "anno", "total_menores_5", "IRA", "tasa_IRA")


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv.gz"])
def test_a_damaged_file_is_a_users_mistake(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(UserMistake, match=f"{name}: debe poder abrirse"):
        grids.csv_table(path) if name.endswith("gz") else grids.sheets(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"AÑO{separator}VALOR\n2024{separator}ñ\n".encode(encoding))
    table = grids.csv_table(path)
    assert table.to_dict("list") == {"AÑO": ["2024"], "VALOR": ["ñ"]}


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_excels_own_line_says_the_separator_and_is_no_heading(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = "sep=|\r\nA,B|C\r\n1|2\r\n".encode("cp1252")
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert grids.csv_header(path) == ["A,B", "C"]
    assert grids.csv_table(path).to_dict("list") == {"A,B": ["1"], "C": ["2"]}


def test_decimal_commas_are_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", encoding="utf-8")
    assert grids.csv_table(path).iloc[0].tolist() == ["1,5", "2,5", "3,5"]


CELL = st.text(st.sampled_from('ab1 ;,\n\r"ñ٣#='), max_size=4)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=2, max_size=5), st.booleans())
def test_columns_have_the_cells_that_rows_have(rows: list[list[str]], quoted: bool) -> None:
    """Read by columns and by Python's own reader of rows."""
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    text = stream.getvalue()
    found = grids._columns(text, ",")
    expected = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    assert found is not None
    assert [list(found.columns), *found.to_numpy().tolist()] == expected


@pytest.mark.parametrize("text", ["a,b\n1\n", "a,b\n1,2,3\n", "a,b\n1,\0\n", "a,b\n \n1,2\n", "\n"])
def test_a_row_with_another_number_of_cells_is_left_to_the_careful_way(text: str) -> None:
    assert grids._columns(text, ",") is None


@pytest.mark.parametrize("data", [b"a,b\n1,\0\n", b"a,b\n" + b"1,2\n" * 20000 + b"1,\xf1\n"])
def test_what_is_no_text_is_told_by_its_cause(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UserMistake, match="UTF-8, UTF-16 o Windows-1252"):
        grids.csv_table(path)


def test_a_heading_with_line_breaks_in_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b'a,"b\nc",d\n1,2,3\n'))
    assert grids.csv_header(path) == ["a", "b\nc", "d"]


def test_a_character_cut_by_the_sample_is_not_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"v\n" + b"x" * 65533 + "ñ".encode() * 10 + b"\n")
    assert grids.csv_table(path).iat[0, 0].endswith("ññ")


def _book(path: Path, cells: dict[str, object]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Datos"
    for place, value in cells.items():
        book.active[place] = value
    book.create_chartsheet("Gráfico").add_chart(openpyxl.chart.BarChart())
    book.create_sheet("Oculta")["B3"] = "x"
    book["Oculta"].sheet_state = "hidden"
    book.save(path)
    return path


CELLS = {
    "B2": " Año\nde corte ", "C2": "Ñandú", "B4": 7, "C4": 0.1, "D4": 5.0, "E4": True,
    "F4": dt.datetime(2024, 3, 5), "G4": dt.datetime(2024, 3, 5, 13, 30), "H4": "05001",
    "B9": -3, "C9": 123456789012,
}  # fmt: skip


def by_openpyxl(path: Path, limit: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """The same file by another library, cell by cell."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        found = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found[sheet.title] = list(islice(sheet.iter_rows(values_only=True), limit))
        book.close()
    return found


def test_cells_are_those_that_openpyxl_reads(tmp_path: Path) -> None:
    path = _book(tmp_path / "libro.xlsx", CELLS)
    for limit in (None, 4):
        quick, thorough = grids.sheets(path, limit), by_openpyxl(path, limit)
        assert list(quick) == list(thorough) == ["Datos", "Oculta"]
        for name, rows in quick.items():
            assert _cells(rows) == _cells(thorough[name])
            assert {place: type(cell) for place, cell in _cells(rows).items()} == {
                place: type(cell) for place, cell in _cells(thorough[name]).items()
            }
    assert list(grids.sheets(path, only={"Datos"})) == ["Datos"]


def test_an_error_left_in_a_cell_is_read_as_such(tmp_path: Path) -> None:
    path = _book(tmp_path / "libro.xlsx", {"A1": "valor", "A2": 1, "A3": "=1/0"})
    # A program that saves no result of a formula writes its error so.
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(
        rb'<c r="A3"[^>]*>.*?</c>', b'<c r="A3" t="e"><v>#DIV/0!</v></c>', parts[sheet]
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert grids.sheets(path)["Datos"] == [("valor",), (1,), ("#DIV/0!",)]


def _cells(rows: list[grids.Row]) -> dict[tuple[int, int], object]:
    """What is written, by its place; how many empty columns follow differs."""
    return {
        (i, j): cell for i, row in enumerate(rows) for j, cell in enumerate(row) if cell is not None
    }


def test_official_books_are_read_as_openpyxl_reads_them(real_data: Path) -> None:
    """All their first cells, errors as their text; formats aside (stored values)."""
    paths = sorted(real_data.rglob("*.xlsx"))
    assert len(paths) > 5
    for path in paths:
        quick = grids.sheets(path, 40, as_stored=True)
        slow = by_openpyxl(path, 40)
        assert quick.keys() == slow.keys()
        for name, rows in quick.items():
            assert _cells(rows) == _cells(slow[name]), (path.name, name)


def test_cells_that_do_not_say_their_place_are_counted(tmp_path: Path) -> None:
    """The standard lets a writer leave out every reference of a row and of a cell."""
    path = _book(tmp_path / "libro.xlsx", {"A1": "valor", "B1": "x", "B2": 0.5, "C3": "=1/0"})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row><c t="inlineStr"><is><t>valor</t></is></c><c><v>1</v></c></row>'
        b'<row r="4"><c><v>7</v></c><c t="e"><v>#DIV/0!</v></c><c><f>A1</f></c></row>'
        b"<row><c><f>A1</f><v>5</v></c></row></sheetData></worksheet>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    book = workbooks.open_book(path)
    none = (None, None)
    assert book.rows("Datos") == [
        ("valor", 1), none, none, (7, "#DIV/0!"), (5, None),
    ]  # fmt: skip
    assert book.pending("Datos") == {(3, 2)}


def test_an_error_of_an_old_workbook_is_no_number() -> None:
    """XLS keeps errors as codes: #DIV/0! is 7 there (MS-XLS 2.5.10)."""
    sheet = SimpleNamespace(
        nrows=1,
        row_values=lambda _row: ["a", 7, 7.0, 1, 42],
        row_types=lambda _row: [1, xlrd.XL_CELL_ERROR, 2, 2, xlrd.XL_CELL_ERROR],
    )
    old = workbooks._Old.__new__(workbooks._Old)
    old._book = SimpleNamespace(sheet_by_name=lambda _name: sheet)
    old._xlrd, old._percent = xlrd, set()
    assert old.rows("h") == [("a", "#DIV/0!", 7, 1, "#N/A")]
