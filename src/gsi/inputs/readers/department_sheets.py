"""Vital statistics of DANE with one sheet a department and, in it, areas under each municipality.

The header row moves from year to year; code and name share a cell; only the first row of a place
('Total') is read, its areas are parts of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gsi.contract.vocabulary import COUNTRY
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import count
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

BOGOTA = ("11", "11001")
_PLACE = re.compile(r"(\d{5})\s+\S")
_DEPARTMENT = re.compile(r"(\d{2})\s+\S")
_YEAR = re.compile(r"\bano (\d{4})\b")

Counts = dict[str, float]


@dataclass(frozen=True)
class Layout:
    """``columns``: own name → heading of its first column; ``width``: how many columns each spans
    (men, women and undetermined); ``total`` is the whole of a row, in the row above the heading."""

    columns: Mapping[str, str]
    width: int = 1


@dataclass
class Sheet:
    """One department: its total and its municipalities; ``unplaced``, rows of unknown place."""

    department: str
    year: int
    total: Counts
    places: dict[str, Counts] = field(default_factory=dict)
    unplaced: list[Counts] = field(default_factory=list)


def read_sheets(
    path: Path, layout: Layout, *, indicator: str, ratio: Callable[[Counts], tuple[float, float]],
    source: str, series: str, note: str, doubt: Callable[[Counts], str] | None = None,
) -> Part:  # fmt: skip
    """Table ``indicadores`` of one file: numerator and denominator (``ratio`` of the counts).

    A department's row is its published total, unknown municipalities included; the country's is the
    sum of its departments. Published totals are compared with the sum of their rows. ``doubt``:
    what a place's counts say of its own figure, added to the ``note`` of all.
    """
    problems = Problems(path.name)
    found = [_sheet(problems, name, rows, layout) for name, rows in grids.sheets(path).items()]
    departments = [sheet for sheet in found if sheet is not None]
    if not departments and not problems.findings:
        problems.add("debe haber una hoja por departamento", "ninguna")
    years = sorted({sheet.year for sheet in departments})
    if len(years) > 1:
        problems.add("todas las hojas deben ser de un mismo año", ", ".join(map(str, years)))
    problems.stop()
    records = []
    for sheet in departments:
        places = dict(sheet.places)
        if sheet.department == BOGOTA[0] and not places:
            places[BOGOTA[1]] = sheet.total  # a district: the sheet has only its total
        places[sheet.department] = sheet.total
        records += [_record(code, counts, ratio, note, doubt) for code, counts in places.items()]
    whole = {key: sum(sheet.total[key] for sheet in departments) for key in departments[0].total}
    records.append(_record(COUNTRY, whole, ratio, note, doubt))
    data = pd.DataFrame(records, columns=["municipio", "numerador", "denominador", "nota"])
    empty = data["denominador"] <= 0
    data = data[~empty].assign(indicador=indicator, periodo=years[0])
    aside = [
        (
            "Filas «Sin información» de municipio; cuentan en el total del departamento",
            sum(len(sheet.unplaced) for sheet in departments),
        ),
        ("Sin casos en el año: no hay denominador", int(empty.sum())),
    ]
    differ = [sheet.department for sheet in departments if not _adds_up(sheet)]
    notes = (
        f"Totales de {len(departments)} departamentos comparados con la suma de sus municipios; "
        f"con diferencia: {', '.join(differ) or 'ninguno'}.",
        note,
    )
    rows = indicator_rows(data.sort_values("municipio"), fuente=source, serie=series)
    kept = len(rows) - 1
    read = kept + sum(count for _, count in aside)
    return Part("indicadores", rows, read, kept, set_aside(aside), tuple(years), notes)


def _record(
    code: str,
    counts: Counts,
    ratio: Callable[[Counts], tuple[float, float]],
    note: str,
    doubt: Callable[[Counts], str] | None,
) -> tuple[str, float, float, str]:
    own = "" if doubt is None else doubt(counts)
    return (code, *ratio(counts), f"{note} {own}".strip())


def _sheet(problems: Problems, name: str, rows: list[Row], layout: Layout) -> Sheet | None:
    """A department's counts; None for the index, the country and the sheets of no department."""
    if not re.fullmatch(r"\d{2}", name.strip()) or name.strip() == "00":
        return None
    labels = [[label(cell) for cell in row] for row in rows]
    target = label(next(iter(layout.columns.values())))
    header = next((i for i, row in enumerate(labels) if target in row), None)
    if header is None:
        problems.add("falta la fila de encabezados", name, sheet=name)
        return None
    columns = problems.locate(rows[header], layout.columns, name)
    above = labels[header - 1]
    if "total" not in above:
        problems.add("falta una columna del archivo publicado", "ninguna", sheet=name,
                     column="Total")  # fmt: skip
    year = _YEAR.search(" ".join(row[0] for row in labels[:header] if row))
    if year is None:
        problems.add("el encabezado debe decir el año", "ninguno", sheet=name)
    headings = [_DEPARTMENT.match(str(row[0] or "").strip()) for row in rows[:header]]
    # Until 2016 the heading has the name alone, and the code is the sheet's.
    department = next((match.group(1) for match in headings if match), name.strip())
    if len(columns) < len(layout.columns) or "total" not in above or not year:
        return None
    spans = {key: range(start, start + layout.width) for key, start in columns.items()}
    spans["total"] = range(above.index("total"), above.index("total") + 1)
    sheet = Sheet(department, int(year.group(1)), {})
    for position in range(header + 1, len(rows)):
        text = str(rows[position][0] or "").strip()
        if label(text).startswith("fuente"):
            break
        if not text or labels[position][1] != "total":
            continue
        counts = _counts(problems, name, position, rows[position], spans)
        place = _PLACE.match(text)
        if label(text) == "total":
            sheet.total = counts
        elif place and not place.group(1).endswith("999"):
            if place.group(1)[:2] != department:
                problems.add("el municipio debe ser del departamento de la hoja", text, sheet=name)
            sheet.places[place.group(1)] = counts
        else:
            sheet.unplaced.append(counts)
    if not sheet.total:
        problems.add("falta la fila Total", name, sheet=name)
    return sheet


def _counts(
    problems: Problems, name: str, position: int, row: Row, spans: Mapping[str, range]
) -> Counts:
    counts: Counts = {}
    for key, columns in spans.items():
        try:
            counts[key] = sum(count(row[column]) for column in columns)
        except ValueError as error:
            problems.add("debe ser un número", str(error), sheet=name, row=position + 1)
            counts[key] = 0.0
    return counts


def _adds_up(sheet: Sheet) -> bool:
    parts = [*sheet.places.values(), *sheet.unplaced]
    return not parts or all(
        sum(part[key] for part in parts) == value for key, value in sheet.total.items()
    )
