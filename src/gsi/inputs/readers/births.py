"""Births by age group of the mother and her municipality of residence (DANE, cuadro 7).

One sheet a department; the header row moves from year to year; code and name share a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gsi.contract.vocabulary import COUNTRY
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import count
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

SERIES = "eevv_residencia"
GROUPS = {"fecundidad_10_14": "De 10-14 Años", "fecundidad_15_19": "De 15-19 Años"}
BOGOTA = ("11", "11001")
_PLACE = re.compile(r"(\d{5})\s+\S")
_DEPARTMENT = re.compile(r"(\d{2})\s+\S")
_OF_SHEET = re.compile(r"\s*\d{2}\s*")
_YEAR = re.compile(r"\bano (\d{4})\b")

Counts = dict[str, float]


def claims(peek: Peek) -> bool:
    """The table's own title."""
    return peek.says("nacimientos por grupos de edad de la madre", "residencia de la madre")


@dataclass
class Sheet:
    """One sheet read: ``department`` is None for the country, foreigners and unknown."""

    name: str
    department: str | None
    year: int | None
    total: Counts
    places: dict[str, Counts] = field(default_factory=dict)
    unplaced: list[Counts] = field(default_factory=list)


def read(path: Path) -> Part:
    """Table ``indicadores``: births as ``numerador`` by municipality, department and country.

    A department's row is the published total, births of unknown municipality included. The
    country's row adds the departments: the published national total also counts mothers living
    abroad. Totals are checked against the sum of their rows; a difference is noted, and the
    department's rows carry it.
    """
    problems = Problems(path.name)
    sheets = [
        sheet
        for name, rows in grids.sheets(path).items()
        if (sheet := _sheet(problems, name, rows)) is not None
    ]
    departments = [sheet for sheet in sheets if sheet.department]
    years = {sheet.year for sheet in sheets if sheet.year}
    if len(years) != 1:
        problems.add("todas las hojas deben ser de un mismo año", str(sorted(years)))
    if not departments:
        problems.add("debe haber una hoja por departamento", ", ".join(s.name for s in sheets))
    problems.stop()

    differ = {s.name: text for s in departments if (text := _difference(s))}
    records = []
    for sheet in departments:
        note = differ.get(sheet.name)
        places = dict(sheet.places)
        if sheet.department == BOGOTA[0] and not places:
            places[BOGOTA[1]] = sheet.total  # a district: the sheet has only its total
        for place, counts in [(str(sheet.department), sheet.total), *places.items()]:
            records += [(place, name, counts[name], note) for name in GROUPS]
    for name in GROUPS:
        note = "Suma de los departamentos; no incluye madres residentes en el exterior."
        records.append((COUNTRY, name, sum(s.total[name] for s in departments), note))
    (year,) = sorted(years)
    long = pd.DataFrame(records, columns=["municipio", "indicador", "numerador", "nota"])
    long = long.assign(periodo=year).sort_values(["municipio", "indicador"])
    data = indicator_rows(long, fuente="dane_eevv_cuadro7", serie=SERIES)

    elsewhere = [s for s in sheets if s.department is None and s.name != _country(sheets)]
    aside = [
        (
            "Filas «Sin información» de municipio (999); cuentan en el total del departamento",
            sum(len(s.unplaced) for s in departments),
        ),
        (
            "Madres residentes en el exterior o sin departamento de residencia",
            sum(max(1, len(s.places) + len(s.unplaced)) for s in elsewhere),
        ),
    ]
    kept = sum(max(1, len(s.places)) for s in departments)
    notes = [
        f"Totales de {len(departments)} departamentos comparados con la suma de sus municipios; "
        f"con diferencia: {len(differ)}."
    ]
    notes += [f"Hoja {name}: {text}" for name, text in sorted(differ.items())]
    notes += _national(sheets, departments, elsewhere)
    read_rows = kept + sum(rows for _, rows in aside)
    return Part("indicadores", data, read_rows, kept, set_aside(aside), (int(year),), tuple(notes))


def _sheet(problems: Problems, name: str, rows: list[Row]) -> Sheet | None:
    """The sheet's counts, or None for the index."""
    labels = [[label(cell) for cell in row] for row in rows]
    target = label(GROUPS["fecundidad_10_14"])
    header = next((i for i, row in enumerate(labels) if target in row), None)
    if header is None:
        if not any(row and row[0] == "indice" for row in labels):
            problems.add("falta la fila de grupos de edad de la madre", name, sheet=name)
        return None
    columns = problems.locate(rows[header], GROUPS, name)
    if len(columns) < len(GROUPS):
        return None
    above = " ".join(row[0] for row in labels[:header] if row)
    year = _YEAR.search(above)
    if year is None:
        problems.add("el encabezado debe decir el año", "ninguno", sheet=name)
    heading = next(
        (m for row in rows[:header] if (m := _DEPARTMENT.match(str(row[0] or "").strip()))), None
    )
    # Until 2016 the heading has the name alone, and the code is the sheet's.
    coded = heading.group(1) if heading else name.strip() if _OF_SHEET.fullmatch(name) else None
    department = coded if _is_department(rows[:header], name) and coded != "00" else None
    sheet = Sheet(name, department, int(year.group(1)) if year else None, {})
    for text, counts in _body(problems, name, rows, header, columns):
        place = _PLACE.match(text)
        if label(text) in ("total", "total nacional"):
            sheet.total = counts
        elif place and not place.group(1).endswith("999") and department:
            if place.group(1)[:2] != department:
                problems.add("el municipio debe ser del departamento de la hoja", text, sheet=name)
            sheet.places[place.group(1)] = counts
        else:
            sheet.unplaced.append(counts)
    if not sheet.total:
        problems.add("falta la fila Total", name, sheet=name)
        return None
    return sheet


def _is_department(head: list[Row], sheet: str) -> bool:
    """Foreigners and 'sin información' also bear a two-digit heading in some years."""
    text = label(" ".join(str(row[0] or "") for row in head)) + " " + label(sheet)
    return not any(
        word in text
        for word in ("extranjeros", "exterior", "sin informacion", "pais de residencia")
    )


def _body(
    problems: Problems, name: str, rows: list[Row], header: int, columns: dict[str, int]
) -> Iterator[tuple[str, Counts]]:
    """First cell and counts of every row down to the source line."""
    for position in range(header + 1, len(rows)):
        text = str(rows[position][0] or "").strip()
        if label(text).startswith("fuente"):
            return
        if not text:
            continue
        counts: Counts = {}
        for group, column in columns.items():
            try:
                counts[group] = count(rows[position][column])
            except ValueError as error:
                problems.add(
                    "debe ser un número de nacimientos", str(error), sheet=name, row=position + 1
                )
                counts[group] = 0.0
        yield text, counts


def _difference(sheet: Sheet) -> str:
    """How the published total differs from its rows, as a sentence; empty when it does not."""
    parts = [*sheet.places.values(), *sheet.unplaced]
    if not parts:
        return ""
    wrong = []
    for name, heading in GROUPS.items():
        added = sum(part[name] for part in parts)
        if added != sheet.total[name]:
            wrong.append(f"{heading}: {sheet.total[name]:.0f} y {added:.0f}")
    return f"El total publicado y la suma difieren: {'; '.join(wrong)}." if wrong else ""


def _country(sheets: list[Sheet]) -> str | None:
    """The national sheet: titled 00."""
    return next((s.name for s in sheets if s.name.strip() in ("0", "00")), None)


def _national(sheets: list[Sheet], departments: list[Sheet], elsewhere: list[Sheet]) -> list[str]:
    total = next((s.total for s in sheets if s.name == _country(sheets)), None)
    if total is None:
        return []
    added = {name: sum(s.total[name] for s in [*departments, *elsewhere]) for name in GROUPS}
    agrees = "coincide" if added == total else "no coincide"
    return [
        f"El total nacional publicado {agrees} con la suma de departamentos, exterior y sin "
        "información."
    ]


READER = Reader(
    source="dane_eevv_cuadro7",
    publisher="DANE",
    title="Estadísticas Vitales, cuadro 7: nacimientos por grupos de edad de la madre, según "
    "departamento y municipio de residencia de la madre",
    kinds=("xls", "xlsx"),
    name=re.compile(r"nacimientos cuadro7|nacimientos cuadro 7"),
    contents="el título «Nacimientos por grupos de edad de la madre» y una hoja por departamento",
    claims=claims,
    read=read,
)
