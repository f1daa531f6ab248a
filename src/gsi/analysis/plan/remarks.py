"""What a reader should know of a figure of the baseline, as short sentences beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from gsi.analysis.context import Context
from gsi.analysis.quality import criteria
from gsi.analysis.results import write_value
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import Area
from gsi.ground import locale
from gsi.inputs.indicators import zones
from gsi.inputs.readers.small_area import WITHHELD

WHOLE = "cubre 100\N{NO-BREAK SPACE}%"
MINIMUM = (
    "Es un mínimo, y va sin intervalo: la fuente cuenta los casos sin dato como si no lo fueran. "
    "La cifra publicada ha sido hasta {points} puntos mayor."
)
FEW_CASES = "Con uno o dos casos, una tasa no dice qué tan frecuente es."


def of(row: Mapping[Any, Any], indicator: Indicator, base: int, context: Context) -> str:
    """What a reader should know of a figure, as short sentences; empty when nothing."""
    if np.isnan(row["value"]):
        return ""
    note = str(row["note"])
    if row["calculated"]:
        note = _naming(_beyond_made(note), _without(row, context), context)
    remarks = [note]
    if zones.note(row["note"]) and not np.isnan(row["department"]):
        remarks.append(f"{zones.ALIKE}.")
    if indicator.caution:
        remarks.append(indicator.caution)
    if points := indicator.at_least(row["own_series"]):
        remarks.append(MINIMUM.format(points=write_value(points, "decimal", 1)))
    if row["approximate"]:
        remarks.append(row["approximate"])
    if row["few_cases"]:
        remarks.append(FEW_CASES)
    if row["old"]:
        remarks.append(f"Dato de {int(row['year'])}: anterior en varios años a {base}.")
    if row["year"] > base:
        remarks.append(f"Dato de {int(row['year'])}: posterior a {base}.")
    half = (row["high"] - row["low"]) / 2
    wide = half > context.params.plan.baseline.wide_interval * abs(row["value"])
    if wide and not row["few_cases"]:
        remarks.append("Muy incierto.")
    return " ".join(filter(None, remarks))


def _beyond_made(note: str) -> str:
    """The note of an aggregate made here without how it was made, which the section says once, and
    without how far it may be, which the row says; whom it lacks stays."""
    made, *rest = note.split(". ")
    kept = [part.rstrip(".") for part in rest if not part.startswith("Aproximado")]
    _, _, whom = made.rstrip(".").partition("; ")
    if made and WHOLE not in made:
        # The row itself says how an approximate mean was made: here, whom it has.
        approximate = len(kept) < len(rest)
        kept.insert(0, whom[:1].upper() + whom[1:] if approximate and whom else made.rstrip("."))
    return " ".join(f"{part}." for part in kept)


def _without(row: Mapping[Any, Any], context: Context) -> list[str]:
    """The places of the department, with people that year, that a figure made of theirs lacks: its
    source gives nothing of them."""
    rows = context.data.department("indicadores")
    rows = rows[(rows["indicador"] == row["indicator"]) & (rows["periodo"] == row["year"])]
    rows = rows[(rows["serie"] == row["own_series"]) & (rows["area"] == Area.TOTAL)]
    # What its publisher withholds is in the mean of all.
    told = rows["valor"].notna() | rows["numerador"].notna()
    told |= rows["nota"].fillna("").str.contains(WITHHELD, regex=False)
    people = context.data.department("poblacion")
    lived = people.loc[people["periodo"] == row["year"], "municipio"].unique()
    there = [code for code in context.data.names if code in lived or not len(lived)]
    lacking = set(there) - set(rows.loc[told, "municipio"])
    return [context.data.names[code] for code in there if code in lacking]


def _naming(note: str, lacking: list[str], context: Context) -> str:
    """The note of an aggregate that names whom it lacks, where they are few."""
    if not 0 < len(lacking) <= criteria.MOST_NAMED or not context.territory.is_department:
        return note
    rest = re.sub(r" ?Sin dato: [\d.]+ de [\d.]+\.", "", note).strip()
    return f"{rest} Sin dato de {locale.enumeration(lacking)}.".strip()


def apart(why: str | None, official: bool) -> str:
    """The sentence that says that a figure cannot be classified; '' when it can.

    ``official``: the department's own figure is the published one; it is its municipalities' that
    are incomplete.
    """
    if why is None:
        return ""
    if official:
        return f"Por municipios, {criteria.UNUSABLE}: {why}; la del departamento es la publicada."
    return f"{criteria.UNUSABLE.capitalize()}: {why}."


def approximate(indicator: Indicator, place: str) -> str:
    if indicator.weight is None or indicator.reproduces(place):
        return ""
    return f"Aproximado: media de los municipios, peso: {indicator.weight.name}."
