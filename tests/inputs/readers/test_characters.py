"""Characters that no document can show, where they come in: read legibly, and told."""

from __future__ import annotations

from pathlib import Path

from inputs.readers.made_files import DIVIPOLA

from gsi.inputs.readers import read_all
from gsi.inputs.records import Substitute


def test_names_are_read_in_letters_that_documents_have(tmp_path: Path) -> None:
    text = DIVIPOLA.replace("ATACO", "ATACO\u200b")
    (tmp_path / "divipola.csv").write_text(text, encoding="utf-8")
    reading = read_all(tmp_path)
    assert "ATACO" in reading.tables["divipola"]["nombre"].str.upper().tolist()
    (record,) = reading.records
    assert record.substitutes == (Substitute("U+200B", ""),)


def test_a_form_keeps_its_rows_and_says_what_stands_for_what(tmp_path: Path) -> None:
    (tmp_path / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    form = (
        "municipio,indicador,periodo,valor,area,serie,nota\n"
        "73067,huertas,2024,12,total,propia,Uno\uf0b7 dos 漢\n"
        "73001,huertas,2024,15,total,propia,Tres \x01\n"
    )
    (tmp_path / "indicadores.csv").write_text(form, encoding="utf-8")
    reading = read_all(tmp_path)
    notes = reading.tables["indicadores"]["nota"].dropna().tolist()
    assert sorted(notes) == ["Tres [U+0001]", "Uno• dos [U+6F22]"]
    told = {record.table: record.substitutes for record in reading.records}
    assert told["divipola"] == ()
    assert told["indicadores"] == (
        Substitute("U+0001", "[U+0001]"),
        Substitute("U+6F22", "[U+6F22]"),
        Substitute("U+F0B7", "•"),
    )
