"""Figures of the populations: the pyramid and the groups now and projected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns

from gsi.analysis.comprehension.population import BAND
from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, percent, text, year
from gsi.ground import locale
from gsi.ground.frames import records
from gsi.report.figures.picture import Picture, in_a_row
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    SKY,
    bars,
    legend_outside,
    light_grid,
    name_rows,
    new_figure,
    room_of,
    spanish_axis,
)

YOUNGEST_GROUPS = ("primera_infancia", "infancia", "adolescencia", "jovenes_estrategia")


def pyramid(section: Section, context: Context) -> Picture:
    """Men to the left, women to the right; the projection as an outline over the baseline."""
    table = section.tables["pyramid"].data
    years = sorted(table["periodo"].unique())
    base = table[table["periodo"] == years[0]].sort_values("age_order")
    later = table[table["periodo"] == years[-1]].sort_values("age_order")
    figure = new_figure(3.6)
    axis = figure.add_subplot()
    place = np.arange(len(base))
    ages = {"y": place, "bins": len(base), "binrange": (-0.5, len(base) - 0.5)}
    steps: dict[str, Any] = {**ages, "element": "step", "ax": axis}
    for sex, side, colour, label in (
        ("hombre", -1, BLUE, "Hombres"), ("mujer", 1, ORANGE, "Mujeres"),
    ):  # fmt: skip
        sns.histplot(
            **steps, weights=side * base[sex], color=colour, alpha=1, linewidth=0,
            label=f"{label}, {years[0]}",
        )  # fmt: skip
        if len(years) > 1:
            sns.histplot(
                **steps, weights=side * later[sex], color=INK, fill=False, linewidth=1.1,
                label=f"{years[-1]} (proyección)" if side > 0 else None,
            )  # fmt: skip
    bounds = place[1:] - 0.5
    axis.hlines(bounds, -base["hombre"][1:], base["mujer"][1:], color="white", linewidth=1.2)
    axis.axvline(0, color="white", linewidth=1)
    largest = max(float(table[["hombre", "mujer"]].max().max()), 1.0)
    for age, words in ((18, "0 a 17 años"), (27, "18 a 26 años")):
        y = age / BAND - 0.5
        axis.axhline(y, color=INK, linewidth=0.8, linestyle="--")
        axis.text(largest * 1.34, y - 0.12, words, ha="right", va="top", fontsize=8.5)
    name_rows(axis, place, base["edades"])
    axis.set_ylabel("Edad (años cumplidos)", labelpad=room_of(base["edades"]))
    axis.set_ylim(-1, len(base))
    axis.set_xlabel("Personas")
    axis.set_xlim(-largest * 1.35, largest * 1.35)
    axis.xaxis.set_major_formatter(lambda value, _: locale.number(abs(value)))
    light_grid(axis)
    axis.legend(loc="upper right", fontsize=8.5)
    return Picture(
        figure,
        {
            "largest": [
                {
                    "year": year(int(most["periodo"])),
                    "ages": text(most["edades"]),
                    "people": count(most["people"]),
                }
                for most in map(_largest, (base, later)[: len(years)])
                if most
            ]
        },
    )


def _largest(rows: pd.DataFrame) -> dict[str, Any] | None:
    """A year's most numerous ages, the youngest of those alike, as a row with ``people``; None
    where no ages are known of both sexes."""
    counted = rows.assign(people=rows["hombre"] + rows["mujer"]).dropna(subset=["people"])
    return max(records(counted), key=lambda row: row["people"], default=None)


def groups(section: Section, context: Context) -> Picture:
    """People of each group of the strategy in each year known, with the change written."""
    table = section.tables["groups"].data
    table = table[table["grupo"].isin(YOUNGEST_GROUPS)].iloc[::-1]
    facts = section.facts
    first, last = (int(facts[key].value) for key in ("year", "follow_up_year"))
    columns: list[tuple[str, str | None, str, str]] = [("personas", None, BLUE, str(first))]
    if last > first:
        columns.append(("personas_seguimiento", "cambio", SKY, f"{last} (proyección publicada)"))
    if facts["horizon_known"].value:
        own = "cálculo propio" if facts["horizon_own"].value else "proyección publicada"
        label = f"{facts['horizon_year']} ({own})"
        columns.append(("horizonte", "change_ahead", GREY, label))
    figure = new_figure(1.3 + 0.28 * len(columns) * len(table))
    axis = figure.add_subplot()
    place = np.arange(len(table))
    height = 0.8 / len(columns)
    limit = float(table[[column for column, *_ in columns]].max().max())
    for order, (column, change, colour, label) in enumerate(columns):
        y = place + height * ((len(columns) - 1) / 2 - order)
        bars(axis, y, table[column], height=height, color=colour, label=label)
        words = [locale.number(value) for value in table[column]]
        if change:
            words = [
                f"{word} ({'+' if moved > 0 else ''}{locale.percent(moved, 1)})"
                for word, moved in zip(words, table[change], strict=True)
            ]
        for where, value, word in zip(y, table[column], words, strict=True):
            axis.text(value + limit * 0.01, where, word, va="center", fontsize=8.5)
    name_rows(axis, place, table["etiqueta"])
    axis.set_ylim(-0.6, len(table) - 0.4)
    axis.set_xlim(0, limit * 1.28)
    axis.set_xlabel("Personas (cambio desde el año anterior del gráfico)")
    spanish_axis(axis)
    light_grid(axis)
    legend_outside(figure, side="upper", at="right", ncols=3, fontsize=8.5)
    return Picture(
        figure,
        {
            "groups": [
                {
                    "label": text(label),
                    "years": [
                        {
                            "people": count(row[column]),
                            "rose": flag(bool(change and row[change] > 0)),
                            "change": percent(row[change] if change else None),
                        }
                        for column, change, *_ in columns
                    ],
                }
                for label, row in zip(
                    in_a_row(table["etiqueta"].iloc[::-1]), records(table.iloc[::-1]), strict=True
                )
            ]
        },
    )
