"""Files of one indicator each, by municipality and year, as compiled by the Procuraduría.

Vital statistics (prenatal care, low weight, deaths of children), Medicina Legal (violence) and
CNMH (recruitment): columns ``codmpio``, ``anno``, then the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from gsi.contract import limits
from gsi.ground.numerals import Bounds
from gsi.inputs.indicators import zeros
from gsi.inputs.readers import grids
from gsi.inputs.readers.numbers import PEOPLE, YEARS, code
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.problems import Problems
from gsi.inputs.readers.rows import indicator_rows
from gsi.inputs.records import Part, set_aside

KEYS = {"municipio": "codmpio", "periodo": "anno"}
ZERO = zeros.NO_CELL
WHOLE = 0.8  # births of a country do not fall by a fifth in a year
ONLY_CASES = "Solo hay filas donde hubo casos: sin fila no siempre significa cero."


@dataclass(frozen=True)
class Layout:
    """One file's columns. ``columns``: contract column → published heading.

    ``blank_is_zero``: the file lists every year of a municipality and leaves the years without
    cases blank. ``percent_of``: ``valor`` is that percentage of ``denominador``, so that the count
    is known, and a blank where there is a denominator is no case. ``row_note``: said beside every
    figure, but those of the years that have their own in ``year_notes``. ``also``: another
    heading that it must have, where the counts are headed alike in several files. ``partial``: the
    last year may hold some months only; it is set aside where the country's denominator falls below
    :data:`WHOLE` of the year before. ``says``: a phrase of the column 'Nombre del indicador', where
    files are told apart only by it.
    """

    indicator: str
    columns: Mapping[str, str]
    blank_is_zero: bool = False
    percent_of: bool = False
    says: str = ""
    also: str = ""
    partial: bool = False
    note: str = ""
    row_note: str = ""
    year_notes: Mapping[int, str] = field(default_factory=dict)

    def fits(self, peek: Peek) -> bool:
        """The file has these headings and, where there is one, the phrase."""
        headings = [*KEYS.values(), *self.columns.values(), *filter(None, [self.also])]
        return peek.headed(*headings) and (not self.says or peek.says(self.says))


def layout_of(peek: Peek, layouts: tuple[Layout, ...]) -> Layout | None:
    """The layout that fits; the first in the order given."""
    return next((layout for layout in layouts if layout.fits(peek)), None)


def _cut_year(data: pd.DataFrame) -> float:
    """The last year where it is not whole yet; NaN where it is."""
    totals = data.groupby("periodo")["denominador"].sum()
    if len(totals) < 2 or totals.iloc[-1] >= WHOLE * totals.iloc[-2]:
        return float("nan")
    return float(totals.index[-1])


def _within(name: str, layout: Layout) -> Bounds:
    if name == "periodo":
        return YEARS
    return limits.of(layout.indicator) if name == "valor" else PEOPLE


def read_counts(path: Path, layout: Layout, *, fuente: str, serie: str) -> Part:
    """Table ``indicadores`` of one file: numerador, denominador or valor, as far as published."""
    problems = Problems(path.name)
    (sheet, rows), *_ = grids.sheets(path).items()
    found = problems.locate(rows[0], {**KEYS, **layout.columns}, sheet)
    problems.stop()
    body = rows[1:]
    columns = {
        name: problems.numbers(
            pd.Series([row[found[name]] for row in body], dtype=object),
            dots="decimal",
            whole=name != "valor",
            within=_within(name, layout),
            sheet=sheet,
            column=heading,
        )
        for name, heading in {"periodo": KEYS["periodo"], **layout.columns}.items()
    }
    problems.stop()
    data = pd.DataFrame({"municipio": [code(row[found["municipio"]]) for row in body], **columns})
    data["indicador"] = layout.indicator
    unplaced = data["municipio"].isna()
    data = data[~unplaced].reset_index(drop=True)
    data["nota"] = pd.Series(None, index=data.index, dtype="object")
    if layout.blank_is_zero:
        blank = data["numerador"].isna()
        data.loc[blank, "nota"] = ZERO
        data["numerador"] = data["numerador"].fillna(0)
    if layout.percent_of:
        blank = data["valor"].isna() & data["denominador"].gt(0)
        data.loc[blank, "nota"] = ZERO
        data["valor"] = data["valor"].mask(blank, 0.0)
        data["numerador"] = (data["valor"] * data["denominador"] / 100).round()
    if layout.row_note:
        own = data["periodo"].map(layout.year_notes.get).fillna(layout.row_note)
        data["nota"] = (own + " " + data["nota"].fillna("")).str.strip()
    if "denominador" in data:
        data["denominador"] = data["denominador"].where(data["denominador"] > 0)
    measured = "valor" if "valor" in layout.columns else "numerador"
    begun = data["periodo"] == _cut_year(data) if layout.partial else pd.Series(False, data.index)
    unfinished = int(begun.sum())
    data = data[~begun]
    empty = data[measured].isna()
    data = data[~empty].sort_values(["municipio", "periodo"])
    aside = [
        ("Código que no es de un municipio (999, -1 y otros)", int(unplaced.sum())),
        ("Último año con solo una parte de los meses", unfinished),
        ("Sin dato publicado", int(empty.sum())),
    ]
    years = tuple(int(year) for year in sorted(data["periodo"].unique()))
    return Part(
        "indicadores",
        indicator_rows(data, fuente=fuente, serie=serie),
        len(body),
        len(data),
        set_aside(aside),
        years,
        (f"Indicador: {layout.indicator}.", *filter(None, [layout.note])),
    )
