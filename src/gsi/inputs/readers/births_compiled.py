"""Births and women by five-year age and municipality, 1998-2021: DANE microdata compiled."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.ground import frames
from gsi.inputs.readers import grids
from gsi.inputs.readers.births import SERIES
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

HEADINGS = {
    "municipio": "mun",
    "periodo": "year",
    "edad": "age",
    "numerador": "births",
    "denominador": "population",
}
GROUPS = {"10-14": "fecundidad_10_14", "15-19": "fecundidad_15_19"}
NO_WOMEN = "La fuente publica cero mujeres en este grupo: sin denominador."


def claims(peek: Peek) -> bool:
    """Municipality, year, age group, births and women."""
    return peek.headed("mun", "year", "age", "births", "population")


def read(path: Path) -> Part:
    """Table ``indicadores``: births (numerador) and women (denominador) of 10-14 and 15-19."""
    problems = Problems(path.name)
    raw = grids.table(path, problems, *HEADINGS.values())
    found = problems.locate(list(raw.columns), HEADINGS)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, found[name]].str.strip() for name in HEADINGS})
    for name in ("periodo", "numerador", "denominador"):
        data[name] = problems.numbers(
            data[name],
            dots="decimal",
            whole=True,
            within=YEARS if name == "periodo" else PEOPLE,
            column=HEADINGS[name],
        )
    data["municipio"] = frames.each(data["municipio"], code)
    for row in data.index[data["municipio"].isna()][:10]:
        problems.add(
            "debe ser un código DIVIPOLA", str(raw.iat[row, found["municipio"]]), row=int(row) + 2
        )
    problems.stop()
    data["indicador"] = data["edad"].map(GROUPS)
    other = data["indicador"].isna()
    data = data[~other].copy()
    nobody = data["denominador"] == 0
    data["nota"] = None
    data.loc[nobody, "nota"] = NO_WOMEN
    data.loc[nobody, "denominador"] = float("nan")
    years = tuple(int(year) for year in sorted(data["periodo"].unique()))
    rows = indicator_rows(
        data.drop(columns="edad").sort_values(["municipio", "indicador", "periodo"]),
        fuente="eevv_ramaral",
        serie=SERIES,
    )
    aside = [("Madres de 20 años y más: fuera de los indicadores del catálogo", int(other.sum()))]
    notes = (f"Filas con cero mujeres, sin denominador: {int(nobody.sum())}.",)
    return Part("indicadores", rows, len(raw), len(data), set_aside(aside), years, notes)


READER = Reader(
    source="eevv_ramaral",
    publisher="DANE (compilación Ramaral et al., licencia CC BY 4.0)",
    title="Nacimientos y mujeres por grupo quinquenal de edad y municipio, 1998-2021",
    kinds=("csv", "xlsx", "xls"),
    name=re.compile(r"nacimientos mujer edad municipio"),
    contents="las columnas mun, year, age, births y population",
    claims=claims,
    read=read,
)
