"""Figure of the change: which indicators really moved, and which way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gsi.context import Context
from gsi.figures.style import (
    BLUE,
    GREY,
    INK,
    VERMILION,
    light_grid,
    name_rows,
    new_figure,
    spanish_axis,
)
from gsi.plan.labels import VERDICTS
from gsi.results import Section

LIMIT = 100.0
STYLES = {"worsened": (VERMILION, "v"), "improved": (BLUE, "^"), "no_change": (GREY, "o")}


def relative(section: Section) -> pd.DataFrame:
    """Change as percent of the baseline value, oriented so that positive is better.

    Indicators whose baseline is 0 have no such percent and are left to the table.
    """
    frame = section.tables["indicators"].data
    frame = frame[frame["value_a"] != 0].reset_index(drop=True)
    scale = 100 / frame["value_a"].abs() * frame["direction"]
    moved = pd.DataFrame(
        {
            "centre": frame["difference"] * scale,
            "one": frame["difference_low"] * scale,
            "other": frame["difference_high"] * scale,
        }
    )
    return frame.assign(
        centre=moved["centre"],
        left=moved[["one", "other"]].min(axis=1, skipna=False),
        right_end=moved[["one", "other"]].max(axis=1, skipna=False),
    )


def forest(section: Section, context: Context) -> Figure:
    """Relative change with its interval, coloured and shaped by verdict; arrows pass the axis."""
    frame = relative(section)
    place = np.arange(len(frame))[::-1]
    figure = new_figure(1.3 + 0.26 * len(frame))
    axis = figure.subplots()
    axis.axvline(0, color=INK, linewidth=0.9)
    for position, verdict, centre, left, right in zip(
        place,
        frame["verdict"].astype(str),
        frame["centre"].astype(float),
        frame["left"].astype(float),
        frame["right_end"].astype(float),
        strict=True,
    ):
        colour, marker = STYLES[verdict]
        measured = not np.isnan(left)
        if measured:
            ends = np.clip([left, right], -LIMIT, LIMIT)
            axis.plot(ends, [position, position], color=colour, linewidth=1.5)
        x = float(np.clip(centre, -LIMIT, LIMIT))
        axis.plot(
            x, position, marker=marker, color=colour, markersize=7, linestyle="none",
            markerfacecolor=colour if measured else "white", markeredgewidth=1.4,
        )  # fmt: skip
        if abs(centre) > LIMIT:
            axis.annotate(
                "más allá", (x, position), xytext=(-9 * np.sign(x), 0),
                textcoords="offset points", va="center", fontsize=8,
                ha="right" if x > 0 else "left",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    name_rows(axis, place, [_short(name) for name in frame["name"]])
    axis.set_ylim(-0.7, len(frame) - 0.3)
    axis.set_xlim(-LIMIT * 1.04, LIMIT * 1.04)
    axis.set_xlabel("Cambio frente al valor de base (%): a la derecha, mejor")
    axis.spines["left"].set_visible(False)
    light_grid(axis)
    spanish_axis(axis)
    present = [verdict for verdict in STYLES if (frame["verdict"] == verdict).any()]
    handles = [
        Line2D([], [], color=STYLES[v][0], marker=STYLES[v][1], linestyle="none", markersize=7)
        for v in present
    ]
    labels = [VERDICTS[v] for v in present]
    if frame["left"].isna().any():
        handles.append(
            Line2D([], [], color=INK, marker="o", linestyle="none", markerfacecolor="white")
        )
        labels.append("sin error publicado")
    figure.legend(handles, labels, loc="outside upper left", ncols=4)
    return figure


def _short(name: str, most: int = 52) -> str:
    return name if len(name) <= most else name[: most - 1].rsplit(" ", 1)[0] + "…"
