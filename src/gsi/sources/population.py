"""Municipal population by sex and single year of age: DANE projections compiled by epiCo."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.sources import grids
from gsi.sources.numbers import code, each
from gsi.sources.peek import Peek
from gsi.sources.problems import Problems
from gsi.sources.records import Part
from gsi.sources.registry import Reader

SEXES = {"hombre": "hombres", "mujer": "mujeres"}
OLDEST = 85  # 85 and over
SOURCE = "dane_proyecciones_epico"


def claims(peek: Peek) -> bool:
    """One column a sex and age."""
    return peek.headed("dpmp", "ano", "hombres_0", "mujeres_0")


def read(path: Path) -> Part:
    """Table ``poblacion``: one row a municipality, year, sex and age (85 = 85 and over).

    Text columns are categorical and numbers small integers: 1,122 × 13 years × 172 cells.
    """
    problems = Problems(path.name)
    header = grids.csv_header(path)
    cells = [
        (sex, age, f"{column}_{age}") for sex, column in SEXES.items() for age in range(OLDEST + 1)
    ]
    for name in ("dpmp", "ano", *(c[2] for c in cells)):
        if header.count(name) != 1:
            rule = "está repetida una" if name in header else "falta una"
            problems.add(
                f"{rule} columna del archivo publicado", f"{len(header)} columnas", column=name
            )
    problems.stop()
    rows = sum(1 for _row in grids.csv_rows(path)) - 1  # a cell a column in each, or it raises
    if not rows:
        problems.add("debe traer filas de datos", "solo encabezados")
    problems.stop()
    raw = grids.read_csv(path, dtype={"dpmp": str}, index_col=False)
    codes = each(raw["dpmp"], code)
    for row in codes.index[codes.isna()][:10]:
        problems.add("debe ser un código DIVIPOLA", str(raw.at[row, "dpmp"]), row=int(row) + 2)
    wide = raw[[name for *_, name in cells]]
    for name in wide.columns[~wide.dtypes.map(pd.api.types.is_integer_dtype)]:
        problems.add(
            "debe tener solo números enteros de personas", str(raw[name].dtype), column=name
        )
    for row in raw.index[raw.duplicated(["dpmp", "ano"])][:10]:
        problems.add("municipio y año no se repiten", str(raw.at[row, "dpmp"]), row=int(row) + 2)
    problems.stop()
    people = wide.to_numpy(dtype="int32")
    for row in np.flatnonzero((people < 0).any(axis=1))[:10]:
        problems.add(
            "las personas no pueden ser menos de cero", "un número negativo", row=int(row) + 2
        )
    problems.stop()

    ages = len(cells)
    places = pd.Categorical(codes)
    sexes = pd.Categorical([sex for sex, *_ in cells], categories=list(SEXES))
    data = pd.DataFrame(
        {
            "municipio": pd.Categorical.from_codes(
                np.repeat(places.codes, ages), places.categories
            ),
            "periodo": np.repeat(raw["ano"].to_numpy(dtype="int16"), ages),
            "sexo": pd.Categorical.from_codes(np.tile(sexes.codes, rows), sexes.categories),
            "edad": np.tile(np.array([age for _, age, _ in cells], dtype="int8"), rows),
            "area": _constant("total", rows * ages),
            "personas": people.ravel(),
            "fuente": _constant(SOURCE, rows * ages),
        }
    )
    years = tuple(sorted(raw["ano"].unique().tolist()))
    notes = (f"La edad {OLDEST} reúne {OLDEST} años y más.",)
    return Part("poblacion", data, rows, rows, years=years, notes=notes)


def _constant(value: str, rows: int) -> pd.Series:
    """A categorical column of one value."""
    return pd.Series(pd.Categorical.from_codes(np.zeros(rows, dtype="int8"), pd.Index([value])))


READER = Reader(
    source=SOURCE,
    publisher="DANE (compilación epiCo, licencia MIT)",
    title="Proyecciones de población municipal por sexo y edad simple",
    kinds=("csv",),
    name=re.compile(r"poblacion municipal edad|\bepico\b"),
    contents="las columnas dpmp, ano, hombres_0 … hombres_85 y mujeres_0 … mujeres_85",
    claims=claims,
    read=read,
)
