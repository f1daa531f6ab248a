"""The official files, read once for every test of this folder; small files made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gsi.inputs.readers import read_all
from gsi.inputs.records import Reading, SourceRecord


@pytest.fixture(scope="session")
def reading(real_data: Path) -> Reading:
    """Everything the folder of official files gives."""
    return read_all(real_data)


@pytest.fixture(scope="session")
def indicators(reading: Reading) -> pd.DataFrame:
    """The long table of all sources."""
    return reading.tables["indicadores"]


@pytest.fixture
def value(indicators: pd.DataFrame) -> Callable[..., Any]:
    """One cell of ``indicadores``; fails when the row is not exactly one."""

    def look(
        municipio: str, indicador: str, periodo: int, column: str = "valor", **more: str
    ) -> Any:
        more = {"area": "total", **more}
        rows = indicators[
            (indicators["municipio"] == municipio)
            & (indicators["indicador"] == indicador)
            & (indicators["periodo"] == periodo)
        ]
        for name, wanted in more.items():
            rows = rows[rows[name] == wanted]
        assert len(rows) == 1, f"{len(rows)} rows for {municipio} {indicador} {periodo}"
        return rows.iloc[0][column]

    return look


@pytest.fixture
def record(reading: Reading) -> Callable[[str], SourceRecord]:
    """The first record of a source."""

    def look(source: str) -> SourceRecord:
        return next(item for item in reading.records if item.source == source)

    return look
