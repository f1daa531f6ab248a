"""The fictional department in memory, drawn once for all tests of the keys."""

from __future__ import annotations

from functools import cache
from typing import Any

import example_department as example
import pandas as pd
from builders import make_context
from example_department import World, truth

from gsi.analysis.context import Context
from gsi.contract import tables

NAMES = {place.code: place.name for place in truth.MUNICIPALITIES}


@cache
def world(effect: float = truth.EFFECT) -> dict[str, pd.DataFrame]:
    """Every table of the example, with the contract's types."""
    drawn = example.tables(World(effect=effect))
    return {name: tables.conform(name, rows) for name, rows in drawn.items()}


def context(territory: str = "00", effect: float = truth.EFFECT, **overrides: Any) -> Context:
    """The example seen from a territory; ``overrides`` use __ for the dots of a path."""
    paths = {path.replace("__", "."): value for path, value in overrides.items()}
    return make_context(world(effect), territory, names=NAMES, overrides=paths)


def rows(name: str, *records: dict[str, Any]) -> pd.DataFrame:
    """A hand-made table of the contract."""
    frame = pd.DataFrame(list(records))
    for column in tables.schema(name).columns:
        if column.kind == "fecha" and column.name in frame:
            frame[column.name] = pd.to_datetime(frame[column.name])
    return tables.conform(name, frame)
