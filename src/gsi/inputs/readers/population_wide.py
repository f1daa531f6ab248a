"""Municipal population by area, sex and single year of age, as DANE publishes it: wide workbooks.

``PPED-AreaSexoEdadMun-…`` has its headings in two rows («Hombres 0 años»), those before it
(``DCD-area-sexo-edad-proypoblacion-Mun-…``) in one («Hombres_0»). Which of MPIO and DPMP is the
code and which the name changes with the year: the one that has five digits is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.ground.locale import fold
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids, population
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code, count
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SOURCE = "dane_proyecciones"
PLACES = ("MPIO", "DPMP")
YEAR, AREA = "AÑO", "ÁREA GEOGRÁFICA"
AREAS = {"total": "total", "cabecera": "cabecera", "centros poblados": "rural", "resto": "rural",
         "rural": "rural"}  # fmt: skip
_AGE = re.compile(r"(hombres|mujeres) (\d+)(?: (?:anos?))?(?: y mas)?(?: anos?)?")
_HEADING = 30  # rows within which it stands
_TOLD = 10


def claims(peek: Peek) -> bool:
    """Its columns of place, year and area, and one a sex and age, in that row or the next."""
    return peek.headed(*PLACES, YEAR, AREA) and peek.says("hombres 0", "mujeres 0")


def read(path: Path) -> Part:
    """Table ``poblacion``: total, cabecera and rural, ages 85 and over together.

    Read a row at a time: the file of the country has 84,000 rows of 300 columns.
    """
    problems = Problems(path.name)
    for sheet in grids.sheets(path, _HEADING):
        part = _read(path, sheet, problems)
        if part is not None:
            return part
    raise grids.unreadable(path, "proyecciones de población del DANE")


def _read(path: Path, sheet: str, problems: Problems) -> Part | None:
    rows = enumerate(grids.each_row(path, sheet), start=1)
    heading = _heading(rows)
    if heading is None:
        return None
    at, ages, body = heading
    problems.sheet = sheet
    for name, by_age in ages.items():
        lacking = [age for age in range(population.OLDEST + 1) if age not in by_age]
        if lacking:
            problems.add("falta una columna del archivo publicado", f"{len(by_age)} edades",
                         column=f"{name} {lacking[0]}")  # fmt: skip
    problems.stop()
    groups = [by_age[age] for by_age in ages.values() for age in range(population.OLDEST + 1)]
    columns = [position for group in groups for position in group]
    starts = np.cumsum([0, *map(len, groups[:-1])])
    codes: list[str] = []
    years: list[int] = []
    areas: list[str] = []
    people: list[np.ndarray] = []
    wrong = 0
    width = max([*at.values(), *columns]) + 1
    for number, cells in body:
        row = cells + (None,) * (width - len(cells))
        zone = _zone(row[at[AREA]])
        place = next((found for name in PLACES if (found := code(row[at[name]]))), None)
        if zone is None and place is None:
            continue  # a note below the table, or a blank row
        try:
            if zone is None or place is None:
                raise ValueError(f"{row[at[PLACES[0]]]}, {row[at[AREA]]}")
            year = int(count(row[at[YEAR]]))
            if not YEARS[0] <= year <= YEARS[1]:
                raise ValueError(str(year))
            figures = _people(row, columns, starts)
        except ValueError as problem:
            wrong += 1
            if wrong <= _TOLD:
                problems.add("cada fila trae código de municipio, año, área y personas en números "
                             "enteros", str(problem)[:60], row=number)  # fmt: skip
            continue
        codes.append(place)
        years.append(year)
        areas.append(zone)
        people.append(figures)
    if not people and not wrong:
        problems.add("debe traer filas de datos", "solo encabezados")
    problems.stop()
    frame = pd.DataFrame({"municipio": codes, "periodo": years, "area": areas})
    for row in frame.index[frame.duplicated()][:_TOLD]:
        problems.add("municipio, año y área no se repiten", ", ".join(map(str, frame.loc[row])))
    problems.stop()
    return population.long(frame["municipio"], frame["periodo"], frame["area"],
                           np.stack(people), population.UNKNOWN)  # fmt: skip


def _heading(
    rows: Iterator[tuple[int, Row]],
) -> tuple[dict[str, int], dict[str, dict[int, list[int]]], Iterator[tuple[int, Row]]] | None:
    """Where the columns are, those of each age by sex, and the rows below; None where there is no
    heading among the first rows."""
    at: dict[str, int] = {}
    for number, row in rows:
        labels = [label(cell) if cell is not None else "" for cell in row]
        wanted = {name: label(name) for name in (*PLACES, YEAR, AREA)}
        if not at and all(text in labels for text in wanted.values()):
            at = {name: labels.index(text) for name, text in wanted.items()}
        if at:
            ages: dict[str, dict[int, list[int]]] = {"hombres": {}, "mujeres": {}}
            for position, text in enumerate(labels):
                if match := _AGE.fullmatch(text):
                    age = min(int(match[2]), population.OLDEST)
                    ages[match[1]].setdefault(age, []).append(position)
            if all(ages.values()):
                return at, ages, rows
        if number >= _HEADING:
            return None
    return None


def _people(row: Row, columns: list[int], starts: np.ndarray) -> np.ndarray:
    """One figure a sex and age; ``starts``: where the ages of each begin among ``columns``."""
    cells = [row[position] for position in columns]
    if not all(cell.__class__ is int and 0 <= cell <= PEOPLE[1] for cell in cells):
        cells = [count(cell) for cell in cells]
        if any(cell != cell for cell in cells):
            raise ValueError("una celda sin dato")
    return np.add.reduceat(np.array(cells, dtype="int32"), starts)


def _zone(cell: object) -> str | None:
    text = fold(str(cell or ""))
    return next((zone for words, zone in AREAS.items() if text.startswith(words)), None)


READER = Reader(
    source=SOURCE,
    publisher="DANE",
    title="Proyecciones de población municipal por área, sexo y edad",
    kinds=("xlsx", "xls"),
    name=re.compile(r"areasexoedadmun|area sexo edad proypoblacion mun"),
    contents="las columnas MPIO, DPMP, AÑO, ÁREA GEOGRÁFICA y una por sexo y edad simple",
    claims=claims,
    read=read,
)
