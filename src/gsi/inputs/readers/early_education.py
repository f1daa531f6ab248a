"""Children with early education under comprehensive care (ICBF and Ministerio de Educación)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.ground import frames
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part

SOURCE = "icbf_educacion_inicial"
HEADINGS = {
    "corte": "FECHA_CORTE",
    "municipio": "COD_DANE_MUNICIPIO",
    "numerador": "INDICADOR 3. TOTAL EDUCACIÓN INICIAL ICBF + MEN",
}
OWNER = "COD_DANE_DEPARTAMENTO"
PREGNANT = "Incluye mujeres gestantes atendidas por el ICBF."
_CUT = re.compile(r"(\d{2})-(\d{2})-(\d{4})")


def claims(peek: Peek) -> bool:
    """Headings that hold line breaks."""
    return peek.headed("FECHA_CORTE", "COD_DANE_MUNICIPIO", HEADINGS["numerador"])


def read(path: Path) -> Part:
    """Table ``indicadores``: people attended (ICBF + MEN) as numerador; its date of cut in nota."""
    problems = Problems(path.name)
    raw = grids.csv_table(path)
    found = problems.locate(list(raw.columns), HEADINGS)
    problems.stop()
    data = pd.DataFrame({name: raw.iloc[:, found[name]].str.strip() for name in HEADINGS})
    data["numerador"] = problems.numbers(
        data["numerador"], whole=True, within=PEOPLE, column=HEADINGS["numerador"]
    )
    data["municipio"] = frames.each(data["municipio"], code)
    for row in data.index[data["municipio"].isna()][:10]:
        problems.add(
            "debe ser un código DIVIPOLA", str(raw.iat[row, found["municipio"]]), row=row + 2
        )
    problems.departments(list(raw.columns), OWNER, raw.to_numpy(), data["municipio"].tolist())
    dates = {text: _CUT.fullmatch(text) for text in data["corte"].unique()}
    for text in [text for text, date in dates.items() if date is None]:
        problems.add("debe ser una fecha día-mes-año", text, column=HEADINGS["corte"])
    problems.stop()
    found_dates = {text: date.groups() for text, date in dates.items() if date}
    data["periodo"] = [int(found_dates[text][2]) for text in data["corte"]]
    part_year = {
        text: "" if (day, month) == ("31", "12") else f" Corte parcial: {day}-{month}-{year}."
        for text, (day, month, year) in found_dates.items()
    }
    data["nota"] = [PREGNANT + part_year[text] for text in data["corte"]]
    data["indicador"] = "educacion_inicial"
    rows = indicator_rows(
        data.drop(columns="corte").sort_values(["municipio", "periodo"]),
        fuente=SOURCE,
        serie="icbf_men",
    )
    years = tuple(sorted(data["periodo"].unique().tolist()))
    notes = (
        f"{PREGNANT} El indicador 4 (concurrencia) trae errores de hoja de cálculo y no se lee.",
        *(text.strip() for text in part_year.values() if text),
    )
    return Part("indicadores", rows, len(raw), len(data), years=years, notes=notes)


READER = Reader(
    source=SOURCE,
    publisher="ICBF y Ministerio de Educación Nacional",
    title="Educación inicial en el marco de la atención integral, por municipio",
    kinds=("csv",),
    name=re.compile(r"educacion inicial"),
    contents="las columnas FECHA_CORTE, COD_DANE_MUNICIPIO e INDICADOR 3",
    claims=claims,
    read=read,
)
