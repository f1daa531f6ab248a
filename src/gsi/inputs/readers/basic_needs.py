"""Unsatisfied basic needs (NBI) by department, municipality and area, census 2018 (DANE)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.contract import limits
from gsi.contract.vocabulary import COUNTRY
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part

CENSUS = 2018
INDICATORS = {"nbi": "Prop de Personas en NBI", "nbi_miseria": "Prop de Personas en miseria"}
AREAS = {"total": "Total", "cabecera": "Cabeceras", "rural": "Centros Poblados y Rural Disperso"}
# The book also keeps an older computation of the departments, 'Departamento_OLD'.
SHEETS = ("Departamento", "Municipios")


def claims(peek: Peek) -> bool:
    """The book's own title."""
    return peek.says("necesidades basicas insatisfechas", "cnpv 2018")


def read(path: Path) -> Part:
    """Table ``indicadores``: percent of people, with departments and country as published."""
    problems = Problems(path.name)
    book = grids.sheets(path)
    parts = []
    for sheet in SHEETS:
        if sheet in book:
            parts.append(_sheet(problems, sheet, book[sheet]))
        else:
            problems.add("falta una hoja", ", ".join(book), sheet=sheet)
    problems.stop()
    every = pd.concat(parts, ignore_index=True)
    # The country closes both sheets: the municipal one has more decimals.
    every = every.drop_duplicates(["municipio", "indicador", "area"], keep="last")
    rows = every["municipio"].nunique()
    absent = every["valor"].isna()
    data = indicator_rows(
        every[~absent].assign(periodo=CENSUS).sort_values(["municipio", "indicador", "area"]),
        fuente="dane_nbi_2018",
        serie="nbi_censo",
    )
    notes = [f"Celdas sin dato en áreas sin población: {int(absent.sum())}."]
    unused = [sheet for sheet in book if sheet not in SHEETS]
    if unused:
        notes.append(f"Hojas que no se leen: {', '.join(unused)}.")
    return Part("indicadores", data, rows, rows, years=(CENSUS,), notes=tuple(notes))


def _sheet(problems: Problems, sheet: str, rows: list[Row]) -> pd.DataFrame:
    """Three header rows: area, 'por categorías', then the indicators once an area."""
    labels = [[label(cell) if cell is not None else "" for cell in row] for row in rows]
    last = next((i for i, row in enumerate(labels) if label(INDICATORS["nbi"]) in _starts(row)), 0)
    if last < 2:
        problems.add("falta la fila «Prop de Personas en NBI (%)»", sheet, sheet=sheet)
        return pd.DataFrame()
    places = [i for i, text in enumerate(labels[last - 1]) if text.startswith("codigo ")]
    starts = [
        labels[last - 2].index(label(a)) for a in AREAS.values() if label(a) in labels[last - 2]
    ]
    if len(starts) < len(AREAS) or not places:
        problems.add("faltan los encabezados de código o de área", sheet, sheet=sheet)
        return pd.DataFrame()
    body = [row for row in rows[last + 1 :] if _place(row, places)]
    parts = []
    for area, start in zip(AREAS, starts, strict=True):
        found = problems.locate(rows[last][start : start + 7], INDICATORS, sheet)
        for name, offset in found.items():
            cells = pd.Series([row[start + offset] for row in body], dtype=object)
            values = problems.numbers(
                cells,
                dots="decimal",
                within=limits.of(name),
                sheet=sheet,
                column=INDICATORS[name],
                first_row=last + 2,
            )
            codes = [_place(row, places) for row in body]
            parts.append(
                pd.DataFrame({"municipio": codes, "area": area, "indicador": name, "valor": values})
            )
    return pd.concat(parts, ignore_index=True)


def _starts(row: list[str]) -> list[str]:
    return [text.removesuffix(" %") for text in row]


def _place(row: Row, places: list[int]) -> str | None:
    """Department and municipality codes stand in two columns; 00 000 is the country."""
    digits = "".join(str(row[i] or "").strip() for i in places)
    if not re.fullmatch(r"\d{2}|\d{5}", digits):
        return None
    return COUNTRY if set(digits) == {"0"} else digits


READER = Reader(
    source="dane_nbi_2018",
    publisher="DANE",
    title="Necesidades básicas insatisfechas (NBI), CNPV 2018",
    kinds=("xlsx",),
    name=re.compile(r"\bnbi\b"),
    contents="las hojas Departamento y Municipios con «Prop de Personas en NBI (%)»",
    claims=claims,
    read=read,
)
