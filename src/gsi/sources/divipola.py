"""DIVIPOLA: the codes and names of every department and municipality (DANE)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi import geography
from gsi.sources import grids
from gsi.sources.numbers import code, each
from gsi.sources.peek import Peek
from gsi.sources.problems import Problems
from gsi.sources.records import Part
from gsi.sources.registry import Reader

HEADINGS = {
    "departamento": "cod_dpto",
    "nombre_departamento": "dpto",
    "municipio": "cod_mpio",
    "nombre": "nom_mpio",
    "lon": "longitud",
    "lat": "latitud",
}


def claims(peek: Peek) -> bool:
    """The headings of datos.gov.co gdxc-w37w."""
    return peek.headed("cod_dpto", "cod_mpio", "nom_mpio")


def read(path: Path) -> Part:
    """Table ``divipola``: codes and names as published, ``lon`` and ``lat`` in degrees."""
    problems = Problems(path.name)
    raw = grids.csv_table(path)
    found = problems.locate(list(raw.columns), HEADINGS)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, found[name]].str.strip() for name in HEADINGS})
    data["municipio"] = each(data["municipio"], code)
    for row in data.index[data["municipio"].isna()]:
        problems.add(
            "debe ser un código DIVIPOLA de cinco dígitos",
            str(raw.iat[row, found["municipio"]]),
            row=int(row) + 2,
            column=HEADINGS["municipio"],
        )
    for row in data.index[data["municipio"].notna() & data["municipio"].duplicated()]:
        problems.add(
            "el código de municipio no se repite",
            str(data.at[row, "municipio"]),
            row=int(row) + 2,
            column=HEADINGS["municipio"],
        )
    for name in ("lon", "lat"):
        data[name] = problems.numbers(
            data[name], dots="decimal", within=geography.BOX[name], column=HEADINGS[name]
        )
    problems.stop()
    data["departamento"] = data["municipio"].str[:2]
    columns = ["municipio", "nombre", "departamento", "nombre_departamento", "lon", "lat"]
    return Part("divipola", data[columns], len(raw), len(data))


READER = Reader(
    source="divipola",
    publisher="DANE",
    title="DIVIPOLA: códigos de municipios (datos.gov.co gdxc-w37w)",
    kinds=("csv",),
    name=re.compile(r"divipola|gdxc w37w"),
    contents="las columnas cod_dpto, dpto, cod_mpio, nom_mpio, longitud y latitud",
    claims=claims,
    read=read,
)
