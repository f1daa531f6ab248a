"""Published figures of departments and the country in an export of TerriData (DNP).

An export holds one theme (dimension or subcategory) of every entity: only the indicators are taken
whose figure is known to be the publisher's own measure of the catalogue's, in the years for which
it is. Rows of municipalities are those of the files that this workbook reads already.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from gsi.contract import limits
from gsi.contract.divipola import department_of
from gsi.contract.vocabulary import COUNTRY
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import YEARS, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

SOURCE = "dnp_terridata"
HEADINGS = {
    "entidad": "Código Entidad", "indicador": "Indicador", "valor": "Dato Numérico",
    "periodo": "Año",
}  # fmt: skip
OF_THE_CENSUS = frozenset({2018})
# 2015-2017 are recomputed on another population, and 2020-2021 are on a third one.
OF_THE_MINISTRY = frozenset({2018, 2019, *range(2022, 2100)})
# Indicator as TerriData names it → the catalogue's, its series and the years that are the same
# measure. Not here: dropout (0.2-0.3 points off the Ministry's own), infant mortality (adjusted and
# plain rates in one series) and low weight (2018 is another indicator).
WANTED = {
    "indice de pobreza multidimensional ipm censo": ("ipm_censo", "ipm_censo", OF_THE_CENSUS),
    "indice de necesidades basicas insatisfechas nbi": ("nbi", "nbi_censo", OF_THE_CENSUS),
    "cobertura neta en educacion total": ("cobertura_neta", "men", OF_THE_MINISTRY),
    "cobertura neta en educacion media": ("cobertura_neta_media", "men", OF_THE_MINISTRY),
}
_COUNTRY = "01001"  # no municipality has it: Antioquia is 05


def claims(peek: Peek) -> bool:
    """The headings of an export, and an indicator that is wanted somewhere below them."""
    if not peek.headed("Código Entidad", "Dimensión", "Subcategoría", "Indicador", "Dato Numérico"):
        return False
    return any(
        label(row[at]) in WANTED
        for rows in _sheets(peek.path).values()
        for at in [_position(rows)]
        if at is not None
        for row in rows[1:]
    )


def read(path: Path) -> Part:
    """Table ``indicadores``: departments (2 digits) and the country, in the catalogue's unit."""
    problems = Problems(path.name)
    parts: list[pd.DataFrame] = []
    rows_read = 0
    for sheet, rows in _sheets(path).items():
        if _position(rows) is None:
            continue
        found = problems.locate(rows[0], HEADINGS, sheet)
        if len(found) < len(HEADINGS):
            continue
        # Below the headings of some exports stands a row of filling: it has no entity.
        body = [(number, row) for number, row in enumerate(rows[1:], start=2)
                if row[found["entidad"]] is not None]  # fmt: skip
        rows_read += len(body)
        parts.append(_figures(problems, sheet, found, body))
    problems.stop()
    every = pd.concat(parts, ignore_index=True)
    reasons = {
        "other": "Indicadores que no se toman de TerriData",
        "municipality": "Filas de municipios: se leen de los archivos de quien las publica",
        "year": "Años que TerriData calcula con otra base o que son de otro censo",
        "empty": "Sin dato",
    }
    aside = set_aside([(why, (every["aside"] == name).sum()) for name, why in reasons.items()])
    data = every[every["aside"] == ""].drop_duplicates(["municipio", "indicador", "periodo"])
    data = data.sort_values(["municipio", "indicador", "periodo"])
    rows_kept = int((every["aside"] == "").sum())
    made = indicator_rows(data.drop(columns="aside"), fuente=SOURCE)
    years = tuple(sorted(made["periodo"].unique().tolist()))
    return Part("indicadores", made, rows_read, rows_kept, aside, years)


def _figures(
    problems: Problems, sheet: str, found: dict[str, int], body: list[tuple[int, Row]]
) -> pd.DataFrame:
    """municipio, indicador, serie, periodo, valor, and why a row is set aside ('': it is not)."""
    parts = []
    named = [label(row[found["indicador"]]) for _, row in body]
    rest = sum(name not in WANTED for name in named)
    parts.append(pd.DataFrame({"aside": ["other"] * rest}))
    for name, (indicator, series, years) in WANTED.items():
        mine = [row for (_, row), written in zip(body, named, strict=True) if written == name]
        if not mine:
            continue
        first = body[named.index(name)][0]
        cells = {key: pd.Series([row[at] for row in mine], dtype=object)
                 for key, at in found.items()}  # fmt: skip
        when = problems.numbers(cells["periodo"], whole=True, within=YEARS, sheet=sheet,
                                column=HEADINGS["periodo"], first_row=first)  # fmt: skip
        values = problems.numbers(cells["valor"], within=limits.of(indicator), sheet=sheet,
                                  column=HEADINGS["valor"], first_row=first)  # fmt: skip
        places = [_place(cell) for cell in cells["entidad"]]
        aside = [
            "municipality" if place is None else "empty" if pd.isna(value)
            else "" if year in years else "year"
            for place, year, value in zip(places, when, values, strict=True)
        ]  # fmt: skip
        parts.append(
            pd.DataFrame(
                {"municipio": places, "indicador": indicator, "serie": series, "periodo": when,
                 "valor": values, "aside": aside}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _place(cell: object) -> str | None:
    """A department's code or the country's; None for a municipality or a region."""
    digits = code(cell)
    if digits == _COUNTRY:
        return COUNTRY
    return department_of(digits) if digits is not None and digits.endswith("000") else None


def _sheets(path: Path) -> dict[str, list[Row]]:
    if path.suffix.lower() in (".xlsx", ".xls"):
        return grids.sheets(path)
    return {"": [tuple(row) for row in grids.csv_rows(path)]}


def _position(rows: list[Row]) -> int | None:
    """Where the indicators' names stand in a sheet of data; None in any other sheet."""
    labels = [label(cell) for cell in rows[0]] if rows else []
    target = label(HEADINGS["indicador"])
    return labels.index(target) if target in labels else None


READER = Reader(
    source=SOURCE,
    publisher="Departamento Nacional de Planeación",
    title="TerriData, cifras publicadas de los departamentos y del país",
    kinds=("xlsx", "csv"),
    name=re.compile(r"\bterridata dim\w*"),
    contents="las columnas Código Entidad, Indicador, Dato Numérico y Año",
    claims=claims,
    read=read,
)
