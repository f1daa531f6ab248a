"""Official poverty of departments and the country: the annexes of DANE's press releases.

Two families, one shape. Multidimensional poverty (Encuesta de Calidad de Vida): the departmental
annex (``anex-PMultidimensional-Departamental-…``) and the national one
(``anex-PMultidimensional-…``, whose rows are domains). Monetary poverty (Gran Encuesta Integrada
de Hogares): ``anex-PM-Departamental-…`` and ``anex-PM-…``. Sheets and title rows differ from one
year to another, so a table is known by what stands above it: its title ('Incidencia de Pobreza …'),
a row that begins with 'Departamento' or 'Dominio', and up to two rows of years, areas and
'Estimación', 'Error Estándar' and limits. Tables of privations, sex, regions or extreme poverty are
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gsi.contract import limits
from gsi.contract.divipola import DEPARTMENTS
from gsi.contract.vocabulary import COUNTRY
from gsi.ground import locale
from gsi.ground.workbooks import Row
from gsi.inputs.readers import grids
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

MULTIDIMENSIONAL, MONETARY = "ipm_ecv", "pobreza_monetaria_geih"
SOURCES = {MULTIDIMENSIONAL: "dane_ipm_ecv", MONETARY: "dane_pobreza_monetaria"}
# The catalogue's indicator that each stands beside: what can be of one can be of the other.
BESIDE = {MULTIDIMENSIONAL: "ipm_sae", MONETARY: "pobreza_monetaria_sae"}
TITLES = {
    MULTIDIMENSIONAL: re.compile(r"(ic )?(para la )?incidencia de (la )?pobreza multidimensional"),
    MONETARY: re.compile(r"(ic )?(para la )?incidencia de (la )?pobreza monetaria(?! extrema)"),
}
# Tables of the same title for a part of the people.
_PARTS = re.compile(
    r"\b(sexo|hombres?|mujer\w*|jef\w+|edad|extrema|ocupad\w+|educativ\w+|regiones)\b"
)
# Where it writes no codes: the country, and departments by each of their names.
_NAMED = DEPARTMENTS | {COUNTRY: "Nacional|Total Nacional|Colombia"}
CODES = {label(name): code for code, names in _NAMED.items() for name in names.split("|")}
OWNERS = ("departamento", "departamentos", "dominio", "dominios")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(\**)")
_STATISTICS = {
    "estimacion": "valor", "error": "error_estandar", "limite inferior": "inferior",
    "limite superior": "superior", "cv": "",
}  # fmt: skip
IDENTITY = ["municipio", "periodo", "area"]
NUMBERS = ["valor", "error_estandar", "inferior", "superior"]
# Both sheets are published with one decimal.
ROUNDING = 0.051


@dataclass
class Table:
    """One table of a sheet: its title, the columns' meaning and the rows, with their numbers."""

    sheet: str
    columns: dict[int, tuple[int, str, str, str]]
    body: list[tuple[int, Row]] = field(default_factory=list)


def claims_multidimensional(peek: Peek) -> bool:
    """A table of incidence by department or domain, of multidimensional poverty."""
    return _claims(peek, "incidencia de pobreza multidimensional")


def claims_monetary(peek: Peek) -> bool:
    """The same, of monetary poverty."""
    return _claims(peek, "incidencia de la pobreza monetaria")


def _claims(peek: Peek, title: str) -> bool:
    for rows in peek.sheets.values():
        cells = [cell for row in rows for cell in row]
        if any(title in cell for cell in cells) and any(row and row[0] in OWNERS for row in rows):
            return True
    return False


def read_multidimensional(path: Path) -> Part:
    """Table ``indicadores``: percent of people, by area; errors of the years that have them."""
    return _read(path, MULTIDIMENSIONAL)


def read_monetary(path: Path) -> Part:
    """Table ``indicadores``: percent of people whose income is below the line."""
    return _read(path, MONETARY)


def _read(path: Path, indicator: str) -> Part:
    problems = Problems(path.name)
    parts: list[pd.DataFrame] = []
    other: set[str] = set()
    notes: dict[str, str] = {}
    for sheet, rows in grids.sheets(path).items():
        for table in _tables(sheet, rows, TITLES[indicator]):
            found, strange = _figures(problems, table, indicator)
            parts.append(found)
            other |= strange
        notes |= _footnotes(rows)
    if not parts:
        rule = "falta una tabla de incidencia por departamento o por dominio"
        problems.add(rule, "ninguna")
    problems.stop()
    every = pd.concat(parts, ignore_index=True)
    data = _joined(problems, every)
    problems.stop()
    data["nota"] = [
        f"Año marcado {mark} por el DANE. {notes.get(mark, '')}".strip() if mark else None
        for mark in data.pop("mark")
    ]
    source = SOURCES[indicator]
    made = indicator_rows(data.assign(indicador=indicator), fuente=source, serie=source)
    reason = f"Dominios que no son el país ni un departamento: {', '.join(sorted(other))}"
    years = tuple(sorted(made["periodo"].unique().tolist()))
    aside = set_aside([(reason, len(other))])
    return Part("indicadores", made, len(made) + len(other), len(made), aside, years)


def _tables(sheet: str, rows: list[Row], title: re.Pattern[str]) -> Iterator[Table]:
    """The sheet's tables under such a title."""
    at = 0
    while at < len(rows):
        if not rows[at] or label(rows[at][0] or "") not in OWNERS:
            at += 1
            continue
        first = at
        if (
            first
            and label(rows[first - 1][0] or "").startswith("cifras")
            and any(cell is not None for cell in rows[first - 1][1:])
        ):
            first -= 1
        last = at
        while last + 1 < len(rows) and _blank(rows[last + 1][0]) and not _empty(rows[last + 1]):
            last += 1
        body = []
        at = last + 1
        while at < len(rows) and _empty(rows[at]):
            at += 1
        while at < len(rows) and not _blank(rows[at][0]):
            body.append((at + 1, rows[at]))
            at += 1
        said, header = _title(rows[:first]), rows[first : last + 1]
        heads = " ".join(label(cell) for row in header for cell in row if cell is not None)
        if title.match(label(said)) and not _PARTS.search(f"{label(said)} {heads}"):
            yield Table(sheet, _columns(header, said), body)


def _title(above: Sequence[Row]) -> str:
    """The nearest text above a table that is no unit."""
    for row in reversed(above):
        text = str(row[0] or "").strip()
        if text and not label(text).startswith("cifras"):
            return text
    return ""


def _columns(header: Sequence[Row], title: str) -> dict[int, tuple[int, str, str, str]]:
    """Position → year, its mark, area and statistic; columns of no year are left out.

    A heading stands once over all the columns that it heads.
    """
    of_title = _YEAR.findall(title)
    found = {}
    heads: list[list[str]] = [[] for _ in header]
    for row, cells in zip(heads, header, strict=True):
        said = ""
        for cell in cells:
            said = said if _blank(cell) else str(cell)
            row.append(said)
    for position in range(1, len(header[-1])):
        if _blank(header[-1][position]):
            continue
        texts = [row[position] for row in heads]
        years = [match for text in texts for match in _YEAR.findall(text)]
        years = years or (of_title if len(of_title) == 1 else [])
        named = label(" ".join(texts))
        kind = next((to for word, to in _STATISTICS.items() if re.search(rf"\b{word}\b", named)),
                    "valor")  # fmt: skip
        if years and kind:
            year, mark = years[-1]
            found[position] = (int(year), mark, _area(named), kind)
    return found


def _area(named: str) -> str:
    if re.search(r"\bcabeceras?\b", named):
        return "cabecera"
    return "rural" if re.search(r"\b(rural|centros poblados)\b", named) else "total"


def _figures(problems: Problems, table: Table, indicator: str) -> tuple[pd.DataFrame, set[str]]:
    """Rows of :data:`IDENTITY`, statistic and value; and the names that are no place of ours."""
    places: list[tuple[str, str] | None] = []
    strange: set[str] = set()
    domains = _has_country(table)
    for number, row in table.body:
        name = " ".join(str(row[0]).split())
        code = CODES.get(label(name))
        if code is not None:
            places.append((code, ""))
        elif domains and label(name) in ("cabecera", "cabeceras"):
            places.append((COUNTRY, "cabecera"))
        elif domains and label(name).startswith("centros poblados"):
            places.append((COUNTRY, "rural"))
        else:
            places.append(None)
            if domains:
                strange.add(name)
            else:
                problems.add("debe ser un departamento", name, sheet=table.sheet, row=number)
    parts = []
    for position, (year, mark, area, kind) in table.columns.items():
        cells = pd.Series([row[position] for _, row in table.body], dtype=object)
        within = limits.of(BESIDE[indicator]) if kind != "error_estandar" else (0.0, 100.0)
        values = problems.numbers(
            cells, dots="decimal", within=within, sheet=table.sheet, column=f"{year}",
            first_row=table.body[0][0] if table.body else 1,
        )  # fmt: skip
        parts += [
            {"municipio": place[0], "periodo": year, "area": place[1] or area, "mark": mark,
             "kind": kind, "value": value, "sheet": table.sheet}
            for place, value in zip(places, values, strict=True)
            if place is not None and pd.notna(value)
        ]  # fmt: skip
    return pd.DataFrame(parts), strange


def _has_country(table: Table) -> bool:
    """Whether the rows are domains of the country and not departments."""
    return any(label(row[0]) == "nacional" for _, row in table.body)


def _joined(problems: Problems, every: pd.DataFrame) -> pd.DataFrame:
    """One row a place, year and area: the estimate, and the error of the sheet that has it."""
    cells = every.groupby([*IDENTITY, "kind"])["value"]
    spread = cells.max() - cells.min()
    apart = spread[spread > 2 * ROUNDING]
    if len(apart):
        place, year, area, _ = apart.index[0]
        problems.add(
            "las hojas de un libro dan la misma cifra",
            f"{len(apart)} distintas; por ejemplo {place}, {year}, {area}: por "
            f"{locale.number(float(apart.iloc[0]), 1)} puntos",
        )
    # The sheet of incidences comes before that of intervals, whose estimate is the same rounded.
    wide = cells.first().unstack("kind").reindex(columns=NUMBERS)
    marks = every.groupby(IDENTITY)["mark"].max()
    wide = wide[wide["valor"].notna()].assign(mark=marks)
    return wide.reset_index().sort_values(IDENTITY, ignore_index=True)


def _footnotes(rows: Sequence[Row]) -> dict[str, str]:
    """Mark of a year (``**``) → what the sheet says of it."""
    found = {}
    for row in rows:
        text = " ".join(str(row[0] or "").split())
        match = re.match(r"Nota:?\s*\((\*+)\)\s*(.+)", text)
        if match:
            found[match.group(1)] = match.group(2)
    return found


def _blank(cell: object) -> bool:
    return cell is None or not str(cell).strip()


def _empty(row: Row) -> bool:
    return all(_blank(cell) for cell in row)


READER = Reader(
    source=SOURCES[MULTIDIMENSIONAL],
    publisher="DANE",
    title="Pobreza multidimensional oficial de los departamentos y del país, Encuesta Nacional de "
    "Calidad de Vida (anexos)",
    kinds=("xlsx", "xls"),
    name=re.compile(r"\banex pmultidimensional\b"),
    contents="una tabla «Incidencia de Pobreza Multidimensional» por departamento o por dominio",
    claims=claims_multidimensional,
    read=read_multidimensional,
)
MONETARY_READER = Reader(
    source=SOURCES[MONETARY],
    publisher="DANE",
    title="Pobreza monetaria oficial de los departamentos y del país, Gran Encuesta Integrada de "
    "Hogares (anexos)",
    kinds=("xlsx", "xls"),
    name=re.compile(r"\banex pm\b"),
    contents="una tabla «Incidencia de la Pobreza Monetaria» por departamento o por dominio",
    claims=claims_monetary,
    read=read_monetary,
)
