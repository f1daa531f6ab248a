"""Rows of the long table ``indicadores``, typed alike by every reader."""

from __future__ import annotations

import pandas as pd

from gsi.inputs.indicators.aggregates import ESTIMATE, ESTIMATE_ERROR

COLUMNS = [
    "municipio",
    "indicador",
    "periodo",
    "valor",
    "numerador",
    "denominador",
    "error_estandar",
    "inferior",
    "superior",
    "area",
    "fuente",
    "serie",
    "nota",
]
# What a reader may add for aggregates only (:mod:`gsi.inputs.indicators.aggregates`).
EXTRA = (ESTIMATE, ESTIMATE_ERROR)
_NUMBERS = ("valor", "numerador", "denominador", "error_estandar", "inferior", "superior")


def indicator_rows(data: pd.DataFrame, *, fuente: str, serie: str | None = None) -> pd.DataFrame:
    """``data`` with the columns of ``indicadores`` in order; absent ones are null.

    ``data`` brings at least municipio, indicador, periodo; ``area`` defaults to 'total'. Units are
    the catalogue's (percent in 0-100). ``serie`` may come as a column instead.
    """
    full = data.assign(fuente=fuente)
    if serie is not None:
        full["serie"] = serie
    if "area" not in full:
        full["area"] = "total"
    for name in _NUMBERS:
        full[name] = full[name].astype("float64") if name in full else float("nan")
    if "nota" not in full:
        full["nota"] = None
    full["periodo"] = full["periodo"].astype("int64")
    for name in ("municipio", "indicador", "area", "fuente", "serie", "nota"):
        full[name] = full[name].astype("str")
    more = [name for name in EXTRA if name in full]
    return full[[*COLUMNS, *more]].reset_index(drop=True)
