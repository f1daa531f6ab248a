"""Small worlds for tests: a Context from hand-made tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from paths import ROOT

from gsi import params
from gsi.context import Context, Data, Territory, Years
from gsi.params.indicators import load_catalogue


def make_context(
    tables: Mapping[str, pd.DataFrame],
    territory: str = "00",
    *,
    names: Mapping[str, str] | None = None,
    years: tuple[int, int] = (2018, 2024),
    overrides: Mapping[str, Any] | None = None,
) -> Context:
    """A Context over ``tables``; ``overrides`` maps dotted parameter paths to values."""
    settings, _ = params.load(ROOT / "params")
    if overrides:
        tree = settings.model_dump()
        for path, value in overrides.items():
            *parents, last = path.split(".")
            node = tree
            for parent in parents:
                node = node[parent]
            node[last] = value
        settings = params.Parameters.model_validate(tree)
    department = territory[:2]
    if names is None:
        codes: set[str] = set()
        for table in tables.values():
            if "municipio" in table.columns:
                codes |= {c for c in table["municipio"].astype(str) if len(c) == 5}
        names = {code: f"Municipio {code}" for code in sorted(codes) if code[:2] == department}
    level = "department" if len(territory) == 2 else "municipality"
    place = Territory(
        territory, names.get(territory, f"Territorio {territory}"), level, department, "Ejemplo"
    )
    return Context(
        place,
        Years(*years),
        settings,
        Data(tables, place, names),
        load_catalogue(ROOT / "params" / "indicators.yml", None),
    )
