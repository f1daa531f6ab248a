"""Rows of a table as plain values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.ground import frames


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "municipio": pd.Series(["73067", None], dtype="str"),
            "personas": pd.Series([3, 4], dtype="int32"),
            "valor": [1.5, np.nan],
            "peor": [True, False],
            "sexo": pd.Categorical(["mujer", "hombre"]),
            "fecha": pd.to_datetime(["2024-01-31", "2024-02-29"]),
        }
    ).set_axis([7, 9])


def test_records_are_those_of_the_library() -> None:
    ours, theirs = frames.records(table()), table().to_dict("records")
    pd.testing.assert_frame_equal(pd.DataFrame(ours), pd.DataFrame(theirs))
    for row, other in zip(ours, theirs, strict=True):
        assert list(row) == list(other)
        assert [type(value) for value in row.values()] == [type(v) for v in other.values()]


def test_a_table_without_rows_has_no_records() -> None:
    assert frames.records(table().iloc[:0]) == []


def test_values_are_pythons_own() -> None:
    assert [type(value) for value in frames.values(table()["personas"])] == [int, int]
    assert frames.values(table()["sexo"]) == ["mujer", "hombre"]
