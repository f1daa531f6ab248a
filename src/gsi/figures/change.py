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
    verdict, centre = frame["verdict"].astype(str), frame["centre"].to_numpy(float)
    x = np.clip(centre, -LIMIT, LIMIT)
    measured = frame["left"].notna().to_numpy()
    ends = frame.loc[measured, ["left", "right_end"]].astype(float).clip(-LIMIT, LIMIT)
    axis.hlines(
        place[measured], ends["left"], ends["right_end"], linewidth=1.5, capstyle="projecting",
        color=[STYLES[word][0] for word in verdict[measured]],
    )  # fmt: skip
    for word, (colour, marker) in STYLES.items():
        for part, face in ((measured, colour), (~measured, "white")):
            of_both = (verdict == word).to_numpy() & part
            axis.plot(
                x[of_both], place[of_both], marker=marker, color=colour, markersize=7,
                linestyle="none", markerfacecolor=face, markeredgewidth=1.4,
            )  # fmt: skip
    for beyond in np.flatnonzero(np.abs(centre) > LIMIT):
        right = x[beyond] > 0
        axis.annotate(
            "más allá", (x[beyond], place[beyond]), xytext=(-9 if right else 9, 0),
            textcoords="offset points", va="center", fontsize=8, ha="right" if right else "left",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, in_layout=False,
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
