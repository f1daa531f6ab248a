"""Figures of the priority territories: ranking with its possible places, concentration curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gsi.analysis.comprehension.priority_status import NOT_PRIORITY, PRIORITY, STATUSES, TO_CONFIRM
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Fact,
    Section,
    count,
    decimal,
    flag,
    percent,
    text,
    write_value,
)
from gsi.contract import places
from gsi.ground.frames import records
from gsi.report.figures.picture import Picture
from gsi.report.figures.priority_map import HALO
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    STATUS_COLOURS,
    VERMILION,
    legend_outside,
    light_grid,
    name_rows,
    new_figure,
    png,
    spanish_axis,
)

MARKERS = {PRIORITY: "o", TO_CONFIRM: "D", NOT_PRIORITY: "s"}
# Rows that fit a page; the table has them all.
MOST_ROWS = 50
MOST_TOLD = 3  # that the alternative text tells one by one
SHARES = ("people_share", "poor_share", "children_share")


def ranking(section: Section, context: Context) -> Picture:
    """Median place of each municipality with its possible places, in the order of the index; its
    place, name and probability at the left; the own one in bold. A large department shows the first
    rows."""
    everyone = section.tables["ranking"].data.dropna(subset="rank")
    own = (everyone["municipio"] == context.territory.code).to_numpy()
    shown = (np.arange(len(everyone)) < MOST_ROWS) | own
    data = everyone[shown].reset_index(drop=True)
    n = len(data)
    figure = new_figure(1.3 + 0.15 * n)
    axis = figure.add_subplot()
    y = np.arange(n)
    size = int(section.facts["group_size"].value)
    axis.axvspan(
        0.5, size + 0.5, color=LIGHT, alpha=0.6, lw=0, label=f"Los primeros {size} puestos"
    )
    for status in STATUSES[:3]:
        part = data["status"] == status
        if part.any():
            axis.hlines(
                y[part],
                data.loc[part, "low"],
                data.loc[part, "high"],
                color=STATUS_COLOURS[status],
                linewidth=2.4,
            )
            axis.plot(
                data.loc[part, "median"],
                y[part],
                linestyle="none",
                marker=MARKERS[status],
                markersize=5.2,
                color=STATUS_COLOURS[status],
                markeredgecolor=INK,
                markeredgewidth=0.6,
                label=status.capitalize(),
            )
    labels = [
        f"{place:.0f}. {name}  {write_value(probability, 'probability')}"
        for place, name, probability in zip(
            data["rank"], data["name"], data["probability"], strict=True
        )
    ]
    for name, code in zip(name_rows(axis, y, labels, fontsize=9), data["municipio"], strict=True):
        name.set_fontweight("bold" if code == context.territory.code else "normal")
    axis.set_ylim(n - 0.4, -0.6)
    last = int(data["high"].max())
    axis.set_xlim(0.5, last + 0.5)
    step = 10 if last > 20 else 5
    axis.set_xticks([1, *range(step, last + 1, step)])
    many = places.many(context.data.kinds)
    whole = places.counted(len(everyone), context.data.kinds)
    note = f"\nSe muestran {n} de {whole}" if n < len(everyone) else ""
    axis.set_xlabel(
        "Puesto en el departamento (1: mayor necesidad); línea: puestos posibles,\n"
        f"con {section.facts['interval']} de confianza para todos los {many} a la vez{note}"
    )
    axis.annotate(
        "Probabilidad",
        (0, 1),
        xytext=(-4, 3),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        fontsize=9,
        fontweight="bold",
    )
    axis.spines["left"].set_visible(False)
    light_grid(axis)
    handles, labels = axis.get_legend_handles_labels()
    legend_outside(
        figure,
        handles[1:] + handles[:1],
        labels[1:] + labels[:1],
        side="upper",
        at="left",
        ncols=2,
        fontsize=9.5,
        handlelength=1.4,
    )
    return Picture(
        figure,
        {
            "all": count(len(everyone)),
            "drawn": count(n),
            "cut": flag(n < len(everyone)),
            "first": [
                {
                    "name": text(row["name"]),
                    "median": decimal(row["median"], 0),
                    "low": count(int(row["low"])),
                    "high": count(int(row["high"])),
                }
                for row in records(everyone.head(MOST_TOLD))
            ],
        },
    )


def concentration(section: Section, context: Context) -> Picture:
    """Share of poor people and of children against the share of people, from the highest index
    down, as PNG: one picture for all municipalities of a department."""
    data = section.tables["concentration"].data
    shares = {name: section.facts[name] for name in SHARES}
    people = np.concatenate([[0], data["people"]])
    half = {
        of: float(np.interp(50, people, np.concatenate([[0], data[of]])))
        for of in ("poor", "children")
    }
    return Picture(
        context.kept("concentration", _drawn, data, shares),
        {"half_poor": percent(half["poor"], 0), "half_children": percent(half["children"], 0)},
    )


def _drawn(data: pd.DataFrame, shares: Mapping[str, Fact]) -> bytes:
    return png(curves(data, shares))


def curves(data: pd.DataFrame, shares: Mapping[str, Fact]) -> Figure:
    """The picture of :func:`concentration`. ``data``: its table; ``shares``: the :data:`SHARES` of
    the municipalities called prioritarios."""
    figure = new_figure(3.5)
    axis = figure.add_subplot()
    x = np.concatenate([[0], data["people"]])
    axis.plot([0, 100], [0, 100], color=GREY, linewidth=1)
    for column, colour, style, label in (
        ("poor", VERMILION, "-", "Personas en pobreza multidimensional"),
        ("children", BLUE, "--", "Niñas, niños y adolescentes (0-17)"),
    ):
        axis.plot(x, np.concatenate([[0], data[column]]), style, color=colour, lw=2, label=label)
    _group_mark(axis, shares)
    axis.plot([], [], color=GREY, linewidth=1, label="Si todos fueran iguales")
    axis.set_xlim(0, 100)
    axis.set_ylim(0, 100)
    axis.set_xlabel("Habitantes, desde donde hay mayor necesidad (% acumulado)")
    axis.set_ylabel("% acumulado")
    for which in ("x", "y"):
        spanish_axis(axis, which)
    light_grid(axis, "both")
    axis.legend(loc="lower right", fontsize=9.5, frameon=True, framealpha=1, edgecolor="white")
    return figure


def _group_mark(axis: Axes, facts: Mapping[str, Fact]) -> None:
    share, poor, children = (facts[name].value for name in SHARES)
    if any(pd.isna(value) for value in (share, poor, children)):
        return
    axis.axvline(share, color=INK, linewidth=0.9, linestyle=":")
    for value, colour in ((poor, VERMILION), (children, BLUE)):
        axis.plot(share, value, "o", color=colour, markeredgecolor="white", markersize=7)
    axis.annotate(
        f"Los prioritarios:\n{facts['people_share']} de los habitantes,\n"
        f"{facts['poor_share']} de las personas en pobreza multidimensional,\n"
        f"{facts['children_share']} de quienes tienen 0-17 años",
        (share, 97),
        xytext=(6, 0),
        textcoords="offset points",
        va="top",
        fontsize=9.5,
        path_effects=HALO,
    )
