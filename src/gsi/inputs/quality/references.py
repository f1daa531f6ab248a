"""Rules that look into another table: the value sets injected into a suite as its parameters.

A suite writes ``{"$PARAMETER": "municipios"}`` where the allowed values are whatever another table
reported. Here each parameter names that table and how its values are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from gsi.contract.divipola import department_of
from gsi.contract.vocabulary import COUNTRY


def _municipalities(places: pd.DataFrame) -> list[Any]:
    return sorted(places["municipio"].dropna().unique())


def _with_departments(places: pd.DataFrame) -> list[Any]:
    codes = _municipalities(places)
    return sorted({*codes, *(department_of(code) for code in codes)})


def _pairs(first: str, second: str) -> Callable[[pd.DataFrame], list[Any]]:
    def take(table: pd.DataFrame) -> list[Any]:
        known = table[[first, second]].dropna().drop_duplicates()
        return sorted(zip(known[first].tolist(), known[second].tolist(), strict=True))

    return take


def _values(column: str) -> Callable[[pd.DataFrame], list[Any]]:
    return lambda table: sorted(table[column].dropna().unique())


# parameter → (table it looks into, how the values are taken)
REFERENCES: dict[str, tuple[str, Callable[[pd.DataFrame], list[Any]]]] = {
    "municipios": ("divipola", _municipalities),
    "municipios_y_departamentos": ("divipola", _with_departments),
    "territorios": ("divipola", lambda table: [*_with_departments(table), COUNTRY]),
    "hogares_corte": ("hogares", _pairs("hogar", "corte")),
    "rutas_paso": ("rutas", _pairs("ruta", "paso")),
    "jornadas": ("jornadas", _values("jornada")),
    "acciones": ("plan_accion", _values("accion")),
}


def parameter_of(kwargs: Mapping[str, Any]) -> str | None:
    """The parameter an expectation needs, if any."""
    for value in kwargs.values():
        if isinstance(value, dict) and "$PARAMETER" in value:
            return str(value["$PARAMETER"])
    return None


def looks_into(parameter: str) -> str:
    """The table a parameter takes its values from."""
    return REFERENCES[parameter][0]


def known_values(parameter: str, tables: Mapping[str, pd.DataFrame]) -> list[Any] | None:
    """The values of a parameter; None when its table was not reported."""
    table = tables.get(looks_into(parameter))
    if table is None or table.empty:
        return None
    return REFERENCES[parameter][1](table)
