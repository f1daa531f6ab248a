"""Water quality risk index, IRCA (INS)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.contract import limits
from gsi.contract.divipola import departments_of, is_municipal
from gsi.ground import locale
from gsi.inputs.indicators import zones
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import YEARS, code
from gsi.inputs.readers.peek import Peek, kind_of
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

PLACES = {
    "departamento": "DepartamentoCodigo",
    "municipio": "MunicipioCodigo",
    "periodo": "Año",
}
AREAS = {"total": "IRCA", "cabecera": "IRCAurbano", "rural": "IRCArural"}
WHOLE_DEPARTMENT = "#TODOS"
# Resolución 2115 de 2007, artículo 15: the level of risk from its upper bound.
LEVELS = {5: "sin riesgo", 14: "bajo", 35: "medio", 80: "alto", 100: "inviable sanitariamente"}
PRINTED = 0.1  # points: the last digit of the published figures


def claims(peek: Peek) -> bool:
    """Codes and the three indices, in the workbook or the CSV of datos.gov.co nxt2-39c3."""
    return peek.headed("DepartamentoCodigo", "MunicipioCodigo", *AREAS.values())


def read(path: Path) -> Part:
    """Table ``indicadores``: points 0-100, by area; '#TODOS' rows are the department's. A
    total that is the figure of one zone, or of two of different levels of risk, says so in its
    note.

    Only the first sheet with the headings is read: others repeat part of it.
    """
    problems = Problems(path.name)
    if kind_of(path) == "csv":
        book = {"": [tuple(row) for row in grids.csv_rows(path)]}
    else:
        book = grids.sheets(path)
    headed = [s for s, rows in book.items() if rows and label("IRCA") in map(label, rows[0])]
    if not headed:
        problems.add("falta la hoja con la columna IRCA", ", ".join(book))
    problems.stop()
    sheet, rows = headed[0], book[headed[0]]
    found = problems.locate(rows[0], {**PLACES, **AREAS}, sheet)
    problems.stop()
    body = rows[1:]
    places = [_place(row[found["departamento"]], row[found["municipio"]]) for row in body]
    problems.departments(rows[0], PLACES["departamento"], body, places, sheet=sheet)
    years = problems.numbers(
        pd.Series([row[found["periodo"]] for row in body], dtype=object),
        whole=True,
        within=YEARS,
        sheet=sheet,
        column="Año",
    )
    parts = []
    for area, heading in AREAS.items():
        cells = pd.Series([row[found[area]] for row in body], dtype=object)
        values = problems.numbers(
            cells, dots="decimal", within=limits.of("irca"), sheet=sheet, column=heading
        )
        parts.append(
            pd.DataFrame({"municipio": places, "periodo": years, "area": area, "valor": values})
        )
    problems.stop()
    by_area = [part["valor"] for part in parts]
    parts[0]["nota"] = _one_zone(*by_area).fillna(_two_zones(parts[0], *by_area[1:]))
    every = pd.concat(parts, ignore_index=True)
    unplaced = sum(place is None for place in places)
    absent = every["municipio"].notna() & every["valor"].isna()
    every = every[every["municipio"].notna() & every["valor"].notna()]
    data = indicator_rows(
        every.assign(indicador="irca").sort_values(["municipio", "periodo", "area"]),
        fuente="ins_irca",
        serie="irca",
    )
    notes = [f"Celdas sin dato (ND): {int(absent.sum())}."]
    notes += [
        f"Hoja {other}: repite parte de {sheet}; no se lee." for other in book if other != sheet
    ]
    return Part(
        "indicadores",
        data,
        len(body),
        len(body) - unplaced,
        set_aside([("Código que no es de un municipio ni de un departamento", unplaced)]),
        tuple(sorted(data["periodo"].unique().tolist())),
        tuple(notes),
    )


def _one_zone(total: pd.Series, urban: pd.Series, rural: pd.Series) -> pd.Series:
    """What says that a total is one zone's: only that zone has a figure, and it is the same."""
    notes = pd.Series(None, index=total.index, dtype=object)
    for area, zone, other in (("cabecera", urban, rural), ("rural", rural, urban)):
        notes[other.isna() & (zone - total).abs().le(PRINTED / 2)] = zones.ONLY[area]
    return notes


def _two_zones(rows: pd.DataFrame, urban: pd.Series, rural: pd.Series) -> pd.Series:
    """What says that a total hides two zones of different levels of risk; in a department, also how
    many municipalities have a figure of the rural one."""
    levels = [np.searchsorted(list(LEVELS), zone.to_numpy("float64")) for zone in (urban, rural)]
    apart = urban.notna() & rural.notna() & (levels[0] != levels[1])
    names = list(LEVELS.values())
    place = rows["municipio"].astype("str")
    year_of = rows["periodo"].astype("str") + departments_of(place)
    towns = is_municipal(place) & rows["valor"].notna()
    known, every = (rural[towns].groupby(year_of).agg(how) for how in ("count", "size"))
    notes = pd.Series(None, index=rows.index, dtype=object)
    for at in rows.index[apart]:
        told = [
            f"{zone}, {locale.number(float(value[at]), 1)} ({names[level[at]]})"
            for zone, value, level in zip(("urbana", "rural"), (urban, rural), levels, strict=True)
        ]
        text = f"Zona {told[0]}; zona {told[1]}"
        here = year_of[at]
        if len(place[at]) == 2 and every.get(here, 0) > 1:
            text += f", con dato de {known[here]} de los {every[here]} que reportan"
        notes[at] = f"{text}: el total junta las muestras de las dos."
    return notes


def _place(department: object, municipality: object) -> str | None:
    if municipality == WHOLE_DEPARTMENT:
        digits = str(department).strip()
        return digits.zfill(2) if digits.isdigit() else None
    return code(municipality)


READER = Reader(
    source="ins_irca",
    publisher="Instituto Nacional de Salud",
    title="Índice de riesgo de la calidad del agua para consumo humano (IRCA) por municipio",
    kinds=("csv", "xlsx"),
    name=re.compile(r"\birca\b"),
    contents="las columnas DepartamentoCodigo, MunicipioCodigo, Año, IRCA, IRCAurbano e IRCArural",
    claims=claims,
    read=read,
)
