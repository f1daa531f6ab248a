"""Municipal multidimensional poverty of the 2018 census and its fifteen privations (DANE)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from gsi.contract import limits
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part

# The file carries no year in its sheets: the measure exists for this census only.
CENSUS = 2018
SERIES = "ipm_censo"
INCIDENCE = "ipm_censo"
PRIVATIONS = {
    "analfabetismo": "Analfabetismo",
    "bajo_logro": "Bajo logro educativo",
    "barreras_primera_infancia": "Barreras a servicios para cuidado de la primera infancia",
    "barreras_salud": "Barreras de acceso a servicios de salud",
    # The census could not measure long-term unemployment: dependency stands in for it.
    "dependencia": "Tasa de dependencia",
    "hacinamiento": "Hacinamiento crítico",
    "excretas": "Inadecuada eliminación de excretas",
    "inasistencia": "Inasistencia escolar",
    "paredes": "Material inadecuado de paredes exteriores",
    "pisos": "Material inadecuado de pisos",
    "rezago": "Rezago escolar",
    "sin_agua": "Sin acceso a fuente de agua mejorada",
    "sin_aseguramiento": "Sin aseguramiento en salud",
    "trabajo_infantil": "Trabajo infantil",
    "trabajo_informal": "Trabajo informal",
}
AREAS = {"total": "Total", "cabecera": "Cabeceras", "rural": "Centros poblados y rural disperso"}
_AREA_INCIDENCE = {
    ("total", INCIDENCE): "IPM",
    ("cabecera", INCIDENCE): "Cabeceras",
    ("rural", INCIDENCE): "IPM Centros poblados y rural disperso",
}


def claims(peek: Peek) -> bool:
    """A sheet of municipal IPM and one of privations."""
    return peek.headed("ID", "Municipio", "IPM Municipal") and peek.headed(
        "ID", "Municipio", "Bajo logro educativo"
    )


def read(path: Path) -> Part:
    """Table ``indicadores``: percent of people (IPM) or households (privations) by area, 2018.

    The sheets are found by their headings. Total comes from the sheets without areas; the sheets
    by area give cabecera and rural, and their total must agree.
    """
    problems = Problems(path.name)
    grid = grids.sheets(path)
    plain = {("total", name): heading for name, heading in PRIVATIONS.items()}
    kinds: dict[str, Callable[[list[list[str]]], bool]] = {
        "IPM municipal": lambda h: "ipm municipal" in h[0],
        "IPM por área": lambda h: "ipm" in h[0] and "cabeceras" in h[0],
        "privaciones": lambda h: "bajo logro educativo" in h[1] and "cabeceras" not in h[1],
        "privaciones por área": lambda h: "bajo logro educativo" in h[0] and "cabeceras" in h[1],
    }
    chosen: dict[str, str] = {}
    for kind, test in kinds.items():
        heads = {
            sheet: [[label(cell) for cell in row] for row in rows[:2]]
            for sheet, rows in grid.items()
            if len(rows) > 1
        }
        match = [sheet for sheet, head in heads.items() if test(head)]
        if match:
            chosen[kind] = match[0]
        else:
            problems.add(f"falta la hoja de {kind}", ", ".join(grid))
    problems.stop()

    parts = [
        _long(problems, chosen["IPM municipal"], grid, 0, {("total", INCIDENCE): "IPM Municipal"}),
        _long(problems, chosen["IPM por área"], grid, 0, _AREA_INCIDENCE),
        _long(problems, chosen["privaciones"], grid, 1, plain),
        _by_area(problems, chosen["privaciones por área"], grid),
    ]
    problems.stop()
    every = pd.concat(parts, ignore_index=True)
    key = ["municipio", "indicador", "area"]
    spread = every.groupby(key, as_index=False)["valor"].agg(["min", "max"])
    for row in spread[spread["min"] < spread["max"]].itertuples():
        problems.add(
            "el total coincide en la hoja municipal y en la hoja por área",
            f"{row.municipio}, {row.indicador}: {row.min} y {row.max}",
        )
    problems.stop()
    every = every.drop_duplicates(key)
    absent = every["valor"].isna()
    data = indicator_rows(
        every[~absent].assign(periodo=CENSUS).sort_values(key), fuente="dane_ipm_2018", serie=SERIES
    )
    rows = sum(len(part["municipio"].unique()) for part in parts)
    notes = (
        f"Celdas sin dato (--) en áreas sin hogares censados: {int(absent.sum())}.",
        "«Tasa de dependencia» reemplaza en el censo al desempleo de larga duración.",
        "Se calcula con los hogares efectivamente censados: la omisión censal varía entre "
        "municipios. No es comparable con las estimaciones de área pequeña de 2022 y 2024.",
    )
    return Part("indicadores", data, rows, rows, years=(CENSUS,), notes=notes)


def _long(
    problems: Problems,
    sheet: str,
    grid: dict[str, list[Row]],
    heading_row: int,
    wanted: dict[tuple[str, str], str],
) -> pd.DataFrame:
    """Columns named in ``wanted`` → municipio, area, indicador, valor."""
    rows = grid[sheet]
    names = {" ".join(key): heading for key, heading in wanted.items()}
    found = problems.locate(rows[heading_row], names, sheet)
    columns = {key: found[" ".join(key)] for key in wanted if " ".join(key) in found}
    return _melt(problems, sheet, rows, heading_row + 1, columns)


def _by_area(problems: Problems, sheet: str, grid: dict[str, list[Row]]) -> pd.DataFrame:
    """Two header rows: the privation over three columns, then total, cabecera and rural."""
    rows = grid[sheet]
    starts = problems.locate(rows[0], PRIVATIONS, sheet)
    columns: dict[tuple[str, str], int] = {}
    for name, start in starts.items():
        group = [label(cell) for cell in rows[1][start : start + len(AREAS)]]
        if group == [label(area) for area in AREAS.values()]:
            columns |= {(area, name): start + i for i, area in enumerate(AREAS)}
        else:
            problems.add(
                "bajo cada privación van Total, Cabeceras y Centros poblados y rural disperso",
                ", ".join(group),
                sheet=sheet,
                row=2,
                column=PRIVATIONS[name],
            )
    return _melt(problems, sheet, rows, 2, columns)


def _melt(
    problems: Problems,
    sheet: str,
    rows: list[Row],
    first: int,
    columns: dict[tuple[str, str], int],
) -> pd.DataFrame:
    body = [row for row in rows[first:] if code(row[0]) is not None]
    codes = [code(row[0]) for row in body]
    parts = [
        pd.DataFrame(
            {
                "municipio": codes,
                "area": area,
                "indicador": name,
                "valor": problems.numbers(
                    pd.Series([row[column] for row in body], dtype=object),
                    within=limits.of(name),
                    sheet=sheet,
                    column=str(rows[first - 1][column]),
                    first_row=first + 1,
                ),
            }
        )
        for (area, name), column in columns.items()
    ]
    if not parts:
        return pd.DataFrame(columns=["municipio", "area", "indicador", "valor"])
    return pd.concat(parts, ignore_index=True)


READER = Reader(
    source="dane_ipm_2018",
    publisher="DANE",
    title="Medida de pobreza multidimensional municipal de fuente censal, CNPV 2018 (anexo)",
    kinds=("xlsx",),
    name=re.compile(r"anexo censal pobreza"),
    contents="hojas con las columnas ID, Municipio, «IPM Municipal» y las quince privaciones",
    claims=claims,
    read=read,
)
