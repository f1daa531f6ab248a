"""Small-area estimates of food insecurity, monetary and multidimensional poverty (DANE).

The column headed 'Error estandar' is not the same in every sheet. Each sheet also publishes
``cvlog``, the coefficient of variation on the log scale, which by its definition
``cvlog = error / (q · −ln q)`` with ``q = min(p, 1 − p)`` (delta method for −ln q; with p alone it
is the published one only below 50 %) tells whether the column holds a standard
error or a variance; the 95 % interval, ``p ± 1.96 · error``, is the other witness. Where the column
is a variance its root is taken; where the published interval is not that error's, it is computed
again. A cvlog above 30 % is what the file itself calls 'sin calidad': the municipality has no
figure of its own, but its estimate still counts for its department, because all municipalities were
benchmarked together to the departmental figure.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from gsi.ground.locale import number as written
from gsi.ground.workbooks import Row
from gsi.inputs.indicators.aggregates import ESTIMATE, ESTIMATE_ERROR
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems, label
from gsi.inputs.readers.registry import Reader
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, SetAside, set_aside

Z95 = 1.96
UNUSABLE = 0.30
WITHHELD = "No utilizable"  # how the note of a figure without quality begins
TOLERANCE = 0.05
STATISTICS = {
    "Estimación Inseguridad Alimentaria": ("inseguridad_alimentaria", "fies_sae"),
    "Estimación Pobreza Monetaria": ("pobreza_monetaria_sae", "monetaria_sae"),
    "Estimación Pobreza Multidimensional": ("ipm_sae", "ipm_sae"),
}
HEADINGS = {
    "municipio": "Código Municipio",
    "error": "Error estandar",
    "inferior": "Intervalo de Confianza Inferior",
    "superior": "Intervalo de Confianza Superior",
    "cvlog": "cvlog",
}
OWNER = "Código Departamento"
# The same headings as another sheet of the file writes them.
VARIANTS = {
    "cv log": "cvlog",
    "intervalo de confianza limite inferior": "Intervalo de Confianza Inferior",
    "intervalo de confianza limite superior": "Intervalo de Confianza Superior",
}
_YEAR = re.compile(r"\b(19|20)\d{2}\b")


def claims(peek: Peek) -> bool:
    """A sheet with the municipality, one of the three estimates and its interval."""
    return any(
        peek.headed("Código Municipio", statistic, "Error estandar", "Intervalo de Confianza")
        for statistic in STATISTICS
    )


@dataclass(frozen=True)
class Precision:
    """What the error column of a sheet is, and whether its interval agrees with it."""

    column: Literal["error", "variance"]
    interval_agrees: bool


def precision(
    p: pd.Series, error: pd.Series, half: pd.Series, cvlog: pd.Series
) -> Precision | None:
    """Judge a sheet by medians over its rows (shares 0-1); None when no witness agrees.

    ``half`` is half the published interval. The interval decides first, then cvlog.
    """
    usable = (p > 0) & (p < 1) & (error > 0) & (cvlog > 0) & (half > 0)
    p, error, half, cvlog = (s[usable].astype(float) for s in (p, error, half, cvlog))
    if p.empty:
        return None
    least = p.where(p <= 0.5, 1 - p)
    scale = -least * least.map(math.log)
    candidates: dict[Literal["error", "variance"], pd.Series] = {
        "error": error,
        "variance": error**0.5,
    }
    for name, candidate in candidates.items():
        if _near_one(half / (Z95 * candidate)):
            return Precision(name, True)
    for name, candidate in candidates.items():
        if _near_one(candidate / scale / cvlog):
            return Precision(name, False)
    return None


def _near_one(ratio: pd.Series) -> bool:
    return bool(abs(float(ratio.median()) - 1) <= TOLERANCE)


def read(path: Path) -> Part:
    """Table ``indicadores``: percent of people (FIES: of households), error and interval in points.

    Rows with cvlog above 30 %, or an estimate outside 0-100 %, keep their place with a null
    ``valor`` and a ``nota`` that quotes what was published; every row carries the estimate for the
    aggregates of its department.
    """
    problems = Problems(path.name)
    parts: list[pd.DataFrame] = []
    aside: list[SetAside] = []
    notes: list[str] = []
    rows_read = rows_kept = 0
    for sheet, rows in grids.sheets(path, as_stored=True).items():
        statistic = next((m for m in STATISTICS if rows and _has(rows[0], m)), None)
        if statistic is None:
            notes.append(f"Hoja {sheet}: no es una estimación municipal; no se lee.")
            continue
        year = _YEAR.search(sheet)
        if year is None:
            problems.add("el título de la hoja debe llevar el año", sheet, sheet=sheet)
            continue
        table = _sheet(problems, sheet, rows, statistic)
        if table is None:
            continue
        name, series = STATISTICS[statistic]
        judged, sheet_aside, sheet_notes = _judge(problems, sheet, table)
        parts.append(judged.assign(indicador=name, serie=series, periodo=int(year.group())))
        aside += sheet_aside
        notes += sheet_notes
        notes += _footer(sheet, rows, year.group())
        rows_read += len(table)
        rows_kept += len(judged)
    problems.stop()
    data = indicator_rows(pd.concat(parts, ignore_index=True), fuente="dane_sae")
    years = tuple(sorted(data["periodo"].unique().tolist()))
    return Part("indicadores", data, rows_read, rows_kept, tuple(aside), years, tuple(notes))


def _has(header: Row, heading: str) -> bool:
    return any(label(cell).startswith(label(heading)) for cell in header)


def _sheet(problems: Problems, sheet: str, rows: list[Row], statistic: str) -> pd.DataFrame | None:
    """municipio, p, error, inferior, superior, cvlog: shares 0-1 as published."""
    header = [VARIANTS.get(label(cell), cell) for cell in rows[0]]
    found = problems.locate(header, {**HEADINGS, "p": statistic}, sheet)
    if len(found) < len(HEADINGS) + 1:
        return None
    body = [row for row in rows[1:] if code(row[found["municipio"]]) is not None]
    columns = {"municipio": pd.Series([code(row[found["municipio"]]) for row in body], dtype="str")}
    problems.departments(header, OWNER, body, columns["municipio"].tolist(), sheet=sheet)
    for name in ("p", "error", "inferior", "superior", "cvlog"):
        cells = pd.Series([row[found[name]] for row in body], dtype=object)
        columns[name] = problems.numbers(
            cells,
            dots="decimal",
            # An estimate of 0 leaves no interval to compute: its row has no error either.
            failed=name in ("inferior", "superior"),
            sheet=sheet,
            column=str(header[found[name]]),
        )
    return pd.DataFrame(columns)


def _judge(
    problems: Problems, sheet: str, table: pd.DataFrame
) -> tuple[pd.DataFrame, list[SetAside], list[str]]:
    """The sheet's rows in percent, what was set aside, and what was done to its errors."""
    empty = table["p"].isna()
    data = table[~empty].reset_index(drop=True)
    half = (data["superior"] - data["inferior"]) / 2
    verdict = precision(data["p"], data["error"], half, data["cvlog"])
    notes, row_note = [], ""
    error = data["error"]
    lower, upper = data["inferior"], data["superior"]
    if verdict is None:
        problems.add(
            "el error estándar debe corresponder al intervalo o al cvlog publicados",
            "ninguno coincide",
            sheet=sheet,
            column=HEADINGS["error"],
        )
        return data.iloc[:0], [], []
    if verdict.column == "variance":
        error = error**0.5
        notes.append(
            f"Hoja {sheet}: la columna «Error estandar» es una varianza (así lo muestra el cvlog "
            "publicado); el error estándar es su raíz."
        )
    if not verdict.interval_agrees:
        lower, upper = data["p"] - Z95 * error, data["p"] + Z95 * error
        row_note = "Intervalo del 95 % calculado con el error; el publicado no le corresponde."
        notes.append(
            f"Hoja {sheet}: el intervalo publicado no corresponde al error ni a la varianza; se "
            "calcula de nuevo como estimación ± 1,96 errores."
        )
    outside = (data["p"] < 0) | (data["p"] > 1)
    weak = (data["cvlog"] > UNUSABLE) | data["cvlog"].isna() & ~outside
    beyond = (lower < 0) | (upper > 1)
    unusable = weak | outside
    result = pd.DataFrame(
        {
            "municipio": data["municipio"],
            "valor": data["p"] * 100,
            "error_estandar": error * 100,
            "inferior": lower.clip(lower=0) * 100,
            "superior": upper.clip(upper=1) * 100,
        }
    )
    result[ESTIMATE], result[ESTIMATE_ERROR] = result["valor"], result["error_estandar"]
    result.loc[unusable, ["valor", "error_estandar", "inferior", "superior"]] = np.nan
    result["nota"] = [
        _row_note(row_note, share, cv, is_weak, is_outside, is_beyond)
        for share, cv, is_weak, is_outside, is_beyond in zip(
            data["p"], data["cvlog"], weak, outside, beyond, strict=True
        )
    ]
    clipped = int((beyond & ~unusable).sum())
    if clipped:
        notes.append(
            f"Hoja {sheet}: intervalos recortados a 0-100 % porque la aproximación normal los "
            f"sobrepasa: {clipped}."
        )
    reasons = [
        (f"Hoja {sheet}: sin estimación publicada", empty.sum()),
        (
            f"Hoja {sheet}: coeficiente de variación mayor de 30 %, sin calidad según el DANE; "
            "queda sin valor",
            (weak & ~outside).sum(),
        ),
        (f"Hoja {sheet}: estimación fuera de 0-100 %; queda sin valor", outside.sum()),
    ]
    return result, list(set_aside(reasons)), notes


def _row_note(
    base: str, share: float, cv: float, weak: bool, outside: bool, beyond: bool
) -> str | None:
    published = f"valor publicado {written(share * 100, 1)} %"
    if outside:
        return f"{WITHHELD}: estimación fuera de 0-100 %; {published}."
    if weak:
        size = "sin dato" if np.isnan(cv) else f"{written(cv * 100, 1)} %"
        return f"{WITHHELD}: coeficiente de variación {size}, mayor de 30 %; {published}."
    clipped = "Intervalo recortado a 0-100 %." if beyond else ""
    return " ".join(filter(None, [base, clipped])) or None


def _footer(sheet: str, rows: list[Row], year: str) -> list[str]:
    """A sheet's source line that names another year than its title."""
    for row in rows:
        text = str(row[0] or "")
        named = _YEAR.search(text) if label(text).startswith("fuente") else None
        if named and named.group() != year:
            line = " ".join(text.split())
            return [f"Hoja {sheet}: el pie dice «{line}»; se toma el año del título, {year}."]
    return []


READER = Reader(
    source="dane_sae",
    publisher="DANE",
    title="Estimaciones municipales de pobreza e inseguridad alimentaria, modelo de áreas pequeñas "
    "(SAE)",
    kinds=("xlsx",),
    name=re.compile(r"\bsae\b"),
    contents="hojas con Código Municipio, la estimación, Error estandar, el intervalo y cvlog",
    claims=claims,
    read=read,
)
