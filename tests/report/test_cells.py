"""What a cell of a notebook shows of a frame."""

from __future__ import annotations

import pandas as pd

from gsi.report.cells import written


def test_numbers_are_written_as_reports_write_them_and_labels_by_their_names() -> None:
    frame = pd.DataFrame(
        {"a": [1234.56, None], "b": [True, False], "c": ["uno", ""]}, index=["73067", "73001"]
    )
    table = written(frame, {"a": 2}, rows={"73067": "Ataco"}, columns={"a": "Tasa"})
    assert table.index.tolist() == ["Ataco", "73001"]
    assert table.to_dict("list") == {
        "Tasa": ["1.234,56", "sin dato"],
        "b": ["sí", "no"],
        "c": ["uno", "sin dato"],
    }
    assert written(frame[["a"]], 0)["a"].tolist() == ["1.235", "sin dato"]


def test_a_frame_without_rows_or_with_columns_of_one_name_stays_so() -> None:
    assert written(pd.DataFrame({"a": []})).to_dict("list") == {"a": []}
