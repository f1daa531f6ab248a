"""No text of outside origin becomes a formula."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from gsi.ground import spreadsheet

DANGEROUS = ["=SUM(A1)", "+1", "-1 punto", "@cmd", "\tx"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    frame = pd.DataFrame({"a": [text, None], "b": [1.5, float("nan")]})
    book = tmp_path / "x.xlsx"
    spreadsheet.write_xlsx(book, frame, ["A", "B"], sheet="Hoja")
    page = load_workbook(book)["Hoja"]
    assert page["A2"].value == text and page["A2"].data_type == "s"
    assert page["B2"].value == 1.5 and page["A3"].value is None and page["B3"].value is None
    plain = tmp_path / "x.csv"
    spreadsheet.write_csv(plain, frame, ["A", "B"])
    assert pd.read_csv(plain)["A"].iloc[0] == "'" + text


def test_harmless_text_is_untouched(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    spreadsheet.write_csv(path, pd.DataFrame({"a": ["Peñas Azules"]}), ["Municipio"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.read_text("utf-8-sig") == "Municipio\nPeñas Azules\n"
