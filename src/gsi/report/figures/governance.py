"""Figure of governance: commitments of each entity, fulfilled, open and overdue."""

from __future__ import annotations

import textwrap

import numpy as np

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag
from gsi.ground import locale
from gsi.report.figures.picture import Picture
from gsi.report.figures.style import BLUE, LIGHT, VERMILION, legend_outside, new_figure

MOST_ENTITIES = 15


def commitments(section: Section, context: Context) -> Picture:
    """Stacked bars by entity; the overdue ones last and marked."""
    every = section.tables["entities"].data
    table = every.head(MOST_ENTITIES).iloc[::-1]
    open_ones = table["commitments"] - table["fulfilled"] - table["overdue"]
    figure = new_figure(1.0 + 0.3 * len(table))
    axis = figure.add_subplot()
    place = np.arange(len(table))
    left = np.zeros(len(table))
    parts = (
        ("Cumplidos", table["fulfilled"], BLUE, "white"),
        ("Abiertos, en plazo", open_ones, LIGHT, "black"),
        ("Vencidos", table["overdue"], VERMILION, "white"),
    )
    for label, values, colour, ink in parts:
        axis.barh(place, values, left=left, color=colour, height=0.68, label=label)
        for y, start, value in zip(place.tolist(), left, values, strict=True):
            if value:
                axis.text(
                    start + value / 2, y, locale.number(value), ha="center", va="center",
                    color=ink, fontsize=8.5,
                )  # fmt: skip
        left = left + values.to_numpy(dtype=float)
    names = [textwrap.shorten(name, 40, placeholder="…") for name in table["entity"]]
    axis.set_yticks(place, names)
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    legend_outside(figure, side="lower", at="center", ncols=3)
    return Picture(
        figure,
        {
            "entities": count(len(every)),
            "drawn": count(len(table)),
            "cut": flag(len(table) < len(every)),
            "fulfilled": count(int(table["fulfilled"].sum())),
            "open": count(int(open_ones.sum())),
            "overdue": count(int(table["overdue"].sum())),
        },
    )
