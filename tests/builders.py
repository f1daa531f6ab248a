"""Small worlds for tests: a Context from hand-made tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from paths import ROOT

from gsi.analysis.context import Context
from gsi.contract import params
from gsi.contract import tables as contract
from gsi.contract.params.indicators import load_catalogue
from gsi.contract.territory import Territory, Years
from gsi.inputs.data import NOISE, Data
from gsi.inputs.indicators import noise


def _with_origin(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """What people reported: as a preparation has it, where published files may give rows too."""
    if name not in contract.names() or not contract.schema(name).mixed:
        return table
    return table if contract.ORIGIN in table else table.assign(**{contract.ORIGIN: None})


def make_context(
    tables: Mapping[str, pd.DataFrame],
    territory: str = "00",
    *,
    names: Mapping[str, str] | None = None,
    years: tuple[int, int] = (2018, 2024),
    overrides: Mapping[str, Any] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Context:
    """A Context over ``tables``; ``overrides`` maps dotted parameter paths to values; ``kinds``:
    what those places are that are no municipality."""
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
    tables = {name: _with_origin(name, table) for name, table in tables.items()}
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    return Context(
        place,
        Years(*years),
        settings,
        Data(tables, place, names, kinds=kinds),
        [item.unbroken() for item in catalogue] if place.fictional else catalogue,
    )


def people_of(**places: int) -> pd.DataFrame:
    """``poblacion`` of places named as ``m73067``, all of one age."""
    return pd.DataFrame(
        {
            "municipio": [place[1:] for place in places], "periodo": 2018, "sexo": "mujer",
            "edad": 5, "area": "total", "personas": list(places.values()), "fuente": "p",
        }
    )  # fmt: skip


def with_noise(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables, with the noise that their own panels show, as a preparation has it."""
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    found = noise.estimated(tables["indicadores"], tables.get("poblacion"), catalogue)
    return {**tables, NOISE: found}


def known_noise(
    indicator: str, series: str, common: Mapping[int, float], kind: str = "value", **values: float
) -> pd.DataFrame:
    """Noise as a preparation has it: of years (``entre_anos``) and drift, on the scale of roots."""
    plain = {
        "por_tamano": 0.0, "entre_anos": 0.01, "deriva": 0.0, "exponente": 1.0,
        "entre_lugares": float("nan"), "libertad": 20.0,
        "unidades": 1000.0, "pares": 10_000.0, "dispersion": float("nan"),
    }  # fmt: skip
    rows = pd.DataFrame({"periodo": list(common), "comun": list(common.values())})
    return rows.assign(
        municipio="CO", indicador=indicator, serie=series, nivel=noise.MUNICIPALITY, clase=kind,
        **plain | values,
    )[noise.COLUMNS]  # fmt: skip
