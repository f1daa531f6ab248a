"""Figure of the change: which indicators really moved, and which way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from gsi.analysis.context import Context
from gsi.analysis.labels import VERDICTS
from gsi.analysis.results import Section, count, flag, percent, text
from gsi.contract.vocabulary import Verdict
from gsi.ground import locale
from gsi.ground.frames import records
from gsi.report.figures.picture import Picture
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    VERMILION,
    legend_outside,
    light_grid,
    name_rows,
    new_figure,
    spanish_axis,
)
from gsi.report.templates import Facts

LIMIT = 100.0
STYLES = {
    Verdict.WORSENED: (VERMILION, "v"),
    Verdict.IMPROVED: (BLUE, "^"),
    Verdict.CHANGED: (INK, "s"),
    Verdict.NO_CHANGE: (GREY, "o"),
}
UNJUDGED = (Verdict.UNDETECTABLE, Verdict.NOT_JUDGED)


def relative(section: Section) -> pd.DataFrame:
    """Change as percent of the baseline value, oriented so that positive is better.

    ``left`` and ``right_end``: what an unchanged place would show. Indicators whose baseline is 0,
    that have one or two cases in either year, or whose figures are not subtracted (what is counted
    where it happened), have no such percent and are left to the table (the caption says how many);
    those without known direction are not turned.
    """
    frame = section.tables["indicators"].data
    frame = frame[(frame["value_a"] != 0) & ~frame["few_cases"].astype(bool)]
    frame = frame[frame["difference"].notna()]
    frame = frame.reset_index(drop=True)
    turn = frame["direction"].where(frame["direction"] != 0, 1)
    scale = 100 / frame["value_a"].abs() * turn
    moved = pd.DataFrame(
        {"one": frame["expected_low"] * scale, "other": frame["expected_high"] * scale}
    )
    return frame.assign(
        centre=frame["difference"] * scale,
        left=moved[["one", "other"]].min(axis=1, skipna=False),
        right_end=moved[["one", "other"]].max(axis=1, skipna=False),
    )


def forest(section: Section, context: Context) -> Picture | None:
    """Each relative change beside the band of what an unchanged place would show; coloured and
    shaped by verdict, with its value where it passes the axis."""
    frame = relative(section)
    if frame.empty:
        return None
    place = np.arange(len(frame))[::-1]
    figure = new_figure(1.3 + 0.26 * len(frame))
    axis = figure.subplots()
    axis.axvline(0, color=INK, linewidth=0.9)
    verdict, centre = frame["verdict"].astype(str), frame["centre"].to_numpy(float)
    x = np.clip(centre, -LIMIT, LIMIT)
    known = ~verdict.isin(UNJUDGED).to_numpy() & frame["left"].notna().to_numpy()
    ends = frame.loc[known, ["left", "right_end"]].astype(float).clip(-LIMIT, LIMIT)
    axis.hlines(place[known], ends["left"], ends["right_end"], linewidth=6, color=LIGHT, zorder=1)
    for word, (colour, marker) in STYLES.items():
        chosen = (verdict == word).to_numpy()
        axis.plot(
            x[chosen], place[chosen], marker=marker, color=colour, markersize=7, linestyle="none"
        )
    unknown = verdict.isin(UNJUDGED).to_numpy()
    axis.plot(
        x[unknown], place[unknown], marker="o", color=INK, markersize=6, linestyle="none",
        markerfacecolor="white", markeredgewidth=1.2,
    )  # fmt: skip
    for beyond in np.flatnonzero(np.abs(centre) > LIMIT):
        right = centre[beyond] > 0
        words = locale.percent(centre[beyond])
        axis.annotate(
            f"+{words} →" if right else f"← {words}",
            (x[beyond], place[beyond]), xytext=(-9 if right else 9, 0),
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
    handles = [
        Line2D([], [], color=STYLES[v][0], marker=STYLES[v][1], linestyle="none", markersize=7)
        for v in STYLES
        if (verdict == v).any()
    ]
    labels = [VERDICTS[v] for v in STYLES if (verdict == v).any()]
    if unknown.any():
        handles.append(
            Line2D([], [], color=INK, marker="o", linestyle="none", markerfacecolor="white")
        )
        labels.append("no se juzga o no se puede saber")
    if known.any():
        handles.append(Line2D([], [], color=LIGHT, linewidth=6))
        labels.append("lo que se movería sin cambiar")
    legend_outside(figure, handles, labels, side="upper", at="left", ncols=3)
    return Picture(figure, _told(frame, section))


def _told(frame: pd.DataFrame, section: Section) -> Facts:
    left_out = int(section.facts["compared"].value) - len(frame)
    judged = frame[~frame["verdict"].isin(UNJUDGED)]
    turned = judged[judged["direction"] != 0]
    best = turned[turned["centre"] > 0].nlargest(1, "centre")
    worst = turned[turned["centre"] < 0].nsmallest(1, "centre")
    return {
        "drawn": count(len(frame)),
        "left_out": count(left_out),
        "any_left_out": flag(left_out > 0),
        "judged": count(len(judged)),
        "farthest": [
            {
                "better": flag(row["centre"] > 0),
                "name": text(row["name"]),
                "size": percent(abs(row["centre"]), 0),
                "verdict": text(row["verdict_text"]),
            }
            for row in records(pd.concat([best, worst]))
        ],
    }


def _short(name: str, most: int = 52) -> str:
    return name if len(name) <= most else name[: most - 1].rsplit(" ", 1)[0] + "…"
