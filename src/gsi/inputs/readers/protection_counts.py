"""Adolescents who entered the system of penal responsibility (SRPA), and processes to restore
rights (PARD), by department and year (ICBF, compiled by the Procuraduría).

Departments alone: nothing of them is told of a municipality.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gsi.contract.vocabulary import COUNTRY
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS
from gsi.inputs.readers.peek import Peek, kind_of, peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part

SOURCE = "icbf_procuraduria"
NOTE = "Se publica por departamento: no dice nada de cada municipio."


@dataclass(frozen=True)
class Layout:
    """``column``: the count of all who entered; the others of the file are monthly means."""

    indicator: str
    column: str
    series: str


LAYOUTS = (
    Layout("srpa", "ingresos_totales", "icbf_srpa"),
    Layout("pard", "procesos", "icbf_pard"),
)


def _layout(seen: Peek) -> Layout | None:
    return next((one for one in LAYOUTS if seen.headed("coddepto", "anno", one.column)), None)


def claims(seen: Peek) -> bool:
    """The department's code, the year and one of the counts."""
    return _layout(seen) is not None


def read(path: Path) -> Part:
    """Table ``indicadores``: departments, and the country as their sum."""
    problems = Problems(path.name)
    kind = kind_of(path)
    layout = _layout(peek(path, kind)) if kind else None
    if layout is None:
        raise grids.unreadable(path, "indicador del ICBF por departamento")
    headings = {"municipio": "coddepto", "periodo": "anno", "numerador": layout.column}
    raw = grids.table(path, problems, *headings.values())
    found = problems.locate(list(raw.columns), headings)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, at].str.strip() for name, at in found.items()})
    data["municipio"] = data["municipio"].str.zfill(2)
    for row in data.index[~data["municipio"].str.fullmatch(r"\d{2}").astype(bool)][:10]:
        problems.add("debe ser un código de departamento", str(data.at[row, "municipio"]),
                     row=int(row) + 2, column="coddepto")  # fmt: skip
    for name, within in (("periodo", YEARS), ("numerador", PEOPLE)):
        data[name] = problems.numbers(data[name], dots="decimal", whole=True, within=within,
                                      column=headings[name])  # fmt: skip
    for row in data.index[data.duplicated(["municipio", "periodo"])][:10]:
        problems.add("departamento y año no se repiten", str(data.at[row, "municipio"]),
                     row=int(row) + 2)  # fmt: skip
    problems.stop()
    data = data.dropna(subset=["numerador"])
    country = data.groupby("periodo", as_index=False)["numerador"].sum()
    rows = pd.concat([data, country.assign(municipio=COUNTRY)], ignore_index=True)
    rows = rows.assign(indicador=layout.indicator, nota=NOTE)
    made = indicator_rows(
        rows.sort_values(["municipio", "periodo"]), fuente=SOURCE, serie=layout.series
    )
    years = tuple(sorted(int(year) for year in data["periodo"].unique()))
    return Part("indicadores", made, len(raw), len(data), (), years, (NOTE,))


READER = Reader(
    source=SOURCE,
    publisher="ICBF (compilación de la Procuraduría)",
    title="Ingresos al SRPA y procesos de restablecimiento de derechos, por departamento",
    kinds=("xlsx", "csv", "xls"),
    name=re.compile(r"\bya9 [1234]\b"),
    contents="las columnas coddepto, anno e ingresos_totales o procesos",
    claims=claims,
    read=read,
)
