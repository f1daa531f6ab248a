"""Figures of the follow-up: progress by key, and the actions that ask for attention."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.lines import Line2D

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, percent, text
from gsi.ground import locale
from gsi.ground.frames import records
from gsi.report.figures.picture import Picture
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    VERMILION,
    legend_outside,
    light_grid,
    new_figure,
    spanish_axis,
)

TOP = 125.0
MOST_TOLD = 10  # actions that the alternative text tells one by one


def progress(section: Section, context: Context) -> Picture:
    """Weighted physical progress and financial progress of each key."""
    frame = section.tables["keys"].data
    place = np.arange(len(frame))[::-1]
    figure = new_figure(1.1 + 0.62 * len(frame))
    axis = figure.subplots()
    for column, label, colour, hatch, shift in (
        ("physical", "Avance físico", BLUE, "", 0.19),
        ("financial", "Avance financiero", ORANGE, "///", -0.19),
    ):
        values = frame[column].to_numpy(dtype=float)
        axis.barh(
            place + shift, np.nan_to_num(values), height=0.34, color=colour, hatch=hatch,
            edgecolor="white", label=label,
        )  # fmt: skip
        for position, value in zip(place + shift, values, strict=True):
            written = "sin dato" if np.isnan(value) else locale.percent(value)
            axis.text(max(np.nan_to_num(value), 0) + 1, position, written, va="center", fontsize=9)
    axis.set_yticks(place, ["\n".join(textwrap.wrap(label, 28)) for label in frame["label"]])
    axis.set_xlim(0, 108)
    axis.spines["left"].set_visible(False)
    light_grid(axis)
    spanish_axis(axis, suffix=" %")
    legend_outside(figure, side="upper", at="left", ncols=2)
    return Picture(
        figure,
        {
            "keys": [
                {
                    "label": text(row["label"]),
                    "physical": percent(row["physical"], 0),
                    "financial": percent(row["financial"], 0),
                }
                for row in records(frame)
            ]
        },
    )


def alerts(section: Section, context: Context) -> Picture:
    """Each action by physical and financial progress; those in alert are named.

    Shaded: spent without progress (below), progress without spending (above left).
    """
    settings = context.params.plan.monitor
    frame = section.tables["progress"].data
    frame = frame[frame["physical"].notna() & frame["financial"].notna()]
    flagged = set(section.tables["adjust"].data["accion"])
    figure = new_figure(4.2)
    axis = figure.subplots()
    low = min(-12.0, float(frame["physical"].min()) - 8)
    axis.axhspan(low, 0, color=LIGHT, alpha=0.6, linewidth=0)
    axis.fill_between(
        [settings.money_from, 105], low, settings.progress_below, color=VERMILION, alpha=0.10
    )
    axis.fill_between(
        [-3, settings.money_below], settings.progress_from, TOP, color=ORANGE, alpha=0.15
    )
    axis.axhline(100, color=GREY, linewidth=0.9, linestyle="--")
    axis.text(
        104, settings.progress_below - 3, "dinero sin avance", ha="right", va="top", fontsize=9
    )
    axis.text(-2, TOP - 3, "avance\nsin dinero", ha="left", va="top", fontsize=9)
    axis.text(50, low + 2, "avance negativo", ha="center", va="bottom", fontsize=9)
    for code, physical, financial in zip(
        frame["accion"].astype(str),
        frame["physical"].astype(float),
        frame["financial"].astype(float),
        strict=True,
    ):
        alert = code in flagged
        x, y = min(financial, 103.0), min(physical, TOP - 5)
        axis.plot(
            x, y, marker="^" if physical > TOP else "o", color=VERMILION if alert else BLUE,
            markersize=9 if alert else 7, alpha=0.95, linestyle="none",
        )  # fmt: skip
        if alert:
            right = financial > 60
            axis.annotate(
                f"{code} ({locale.percent(physical)})", (x, y), xytext=(-8 if right else 8, 0),
                textcoords="offset points", ha="right" if right else "left", va="center",
                fontsize=9, color=INK,
            )  # fmt: skip
    axis.set_xlim(-3, 105)
    axis.set_ylim(low, TOP)
    axis.set_xlabel("Avance financiero (obligado del presupuesto)")
    axis.set_ylabel("Avance físico (de lo programado)")
    spanish_axis(axis, "x", suffix=" %")
    spanish_axis(axis, "y", suffix=" %")
    handles = [
        Line2D([], [], marker="o", color=colour, linestyle="none", markersize=8)
        for colour in (VERMILION, BLUE)
    ]
    legend_outside(figure, handles, ["con alerta", "sin alerta"], side="upper", at="left", ncols=2)
    named = frame[frame["accion"].isin(flagged)]
    return Picture(
        figure,
        {
            "drawn": count(len(frame)),
            "cut": flag(len(named) > MOST_TOLD),
            "any_named": flag(not named.empty),
            "named": [
                {
                    "code": text(row["accion"]),
                    "physical": percent(row["physical"], 0),
                    "financial": percent(row["financial"], 0),
                }
                for row in records(named.head(MOST_TOLD))
            ],
        },
    )
