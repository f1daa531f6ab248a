"""Figure of the scenarios: places per 100 children in need."""

from __future__ import annotations

import textwrap

import numpy as np

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, decimal, flag, text
from gsi.ground import locale
from gsi.report.figures.picture import Picture, ends, in_a_row
from gsi.report.figures.style import BLUE, GREY, LIGHT, VERMILION, heat_map, light_grid, new_figure

MOST_MUNICIPALITIES = 20
WIDEST = 200.0  # a rate beyond this is drawn as the darkest and written as it is


def coverage(section: Section, context: Context) -> Picture | None:
    """Municipality × kind of place for a department; one bar a kind for a municipality. None where
    no kind has both places and children in need."""
    if not section.facts["has_lowest"].value:
        return None
    if not context.territory.is_department:
        return _bars(section)
    table = section.tables["coverage"].data
    table = table[table["tipo"] != "otro"]
    rates = table.pivot(index="nombre", columns="tipo", values="tasa")
    kinds = list(dict.fromkeys(table["tipo"]))
    labels = dict(zip(table["tipo"], table["etiqueta"], strict=True))
    order = rates[kinds].rank().mean(axis=1).sort_values(kind="stable").index[:MOST_MUNICIPALITIES]
    values = rates.loc[order, kinds].rename(columns=lambda kind: textwrap.fill(labels[kind], 16))
    figure = new_figure(1.4 + 0.2 * len(order))
    axis = figure.add_subplot()
    heat_map(
        axis, values.clip(0, WIDEST), values.map(_cell), cmap="cividis", vmin=0, vmax=WIDEST,
        annot_kws={"fontsize": 8},
        cbar_kws={"label": "Cupos por 100 niñas y niños en necesidad", "shrink": 0.7, "pad": 0.02},
    )  # fmt: skip
    axis.tick_params(axis="x", labelsize=8)
    figure.axes[-1].yaxis.label.set_fontsize(8.5)
    cells = table[table["nombre"].isin(order)].dropna(subset=["tasa"])
    called = cells["etiqueta"] + " de " + cells["nombre"]
    return Picture(
        figure,
        {
            "all": count(len(rates)),
            "drawn": count(len(order)),
            "cut": flag(len(order) < len(rates)),
            **ends(cells["tasa"], called, lambda rate: decimal(rate, 0)),
        },
    )


def _bars(section: Section) -> Picture:
    table = section.tables["types"].data
    table = table[table["tipo"] != "otro"].iloc[::-1]
    figure = new_figure(0.9 + 0.42 * len(table))
    axis = figure.add_subplot()
    place = np.arange(len(table))
    low = table["tasa"].fillna(0) < 50
    axis.barh(place, table["tasa"].fillna(0), color=np.where(low, VERMILION, BLUE), height=0.62)
    limit = max(float(table["tasa"].max()), 100.0)
    for y, rate, use in zip(place.tolist(), table["tasa"], table["uso"], strict=True):
        used = "" if np.isnan(use) else f"; uso {locale.percent(use)}"
        word = "sin dato" if np.isnan(rate) else f"{locale.number(rate, 1)}{used}"
        axis.text(
            (0 if np.isnan(rate) else rate) + limit * 0.01, y, word, va="center", fontsize=8.5
        )
    axis.axvline(100, color=GREY, linestyle="--", linewidth=1)
    axis.set_yticks(place, table["etiqueta"])
    axis.set_xlim(0, limit * 1.22)
    axis.set_xlabel("Cupos por cada 100 niñas y niños en necesidad (línea: uno por cada uno)")
    light_grid(axis)
    axis.spines["left"].set_color(LIGHT)
    down = table.iloc[::-1]
    return Picture(
        figure,
        {
            "kinds": [
                {"label": text(label), "rate": decimal(rate)}
                for label, rate in zip(in_a_row(down["etiqueta"]), down["tasa"], strict=True)
            ]
        },
    )


def _cell(rate: float) -> str:
    return "sin dato" if np.isnan(rate) else locale.number(rate)
