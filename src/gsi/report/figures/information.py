"""Figures of key 1: poverty and living conditions before and after."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from gsi.analysis.context import Context
from gsi.analysis.delivery import delivered
from gsi.analysis.results import Section, count, flag, percent, text, year
from gsi.contract.vocabulary import Verdict
from gsi.report.figures.picture import Picture, ends, in_a_row
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    legend_outside,
    light_grid,
    new_figure,
    spanish_axis,
)


def before_after(section: Section, context: Context) -> Picture | None:
    """Left: people in poverty, all and by area. Right: the ICV and its factors, as reached share.

    Dots with intervals, baseline above follow-up. None without both cuts of both measures.
    """
    if not all(section.facts[key].value for key in ("compared", "poverty_shown", "living_shown")):
        return None
    poverty = pd.concat(
        [
            section.tables["poverty"].data.query("key == 'H'").assign(label="Todo el territorio"),
            section.tables["poverty_areas"].data,
        ],
        ignore_index=True,
    )
    living = section.tables["living"].data.copy()
    for column in ("baseline", "follow_up"):
        for part in (column, f"{column}_low", f"{column}_high"):
            living[part] = living[part] / living["maximum"] * 100
    living["label"] = living["name"].where(living["key"] != "total", "Condiciones de vida (ICV)")
    figure = new_figure(3.5)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1])
    _dumbbells(left, poverty, section)
    left.set_xlabel("Personas en pobreza multidimensional (%)")
    left.set_xlim(left=0)
    _dumbbells(right, living, section)
    right.set_xlabel("Puntos alcanzados de los posibles (%)")
    right.set_xlim(right=100)
    legend_outside(figure, *left.get_legend_handles_labels(), side="upper", at="left", ncols=2)
    silent = delivered(context.data.own("hogares"), context).silent
    return Picture(
        figure,
        {
            "some": flag(bool(silent)),
            "areas": [
                {"label": text(label), "before": percent(before), "after": percent(after)}
                for label, before, after in _rows(poverty)
            ],
            "factors": [
                {"label": text(label), "before": percent(before, 0), "after": percent(after, 0)}
                for label, before, after in _rows(living)
            ],
        },
    )


def municipalities(section: Section, context: Context) -> Picture | None:
    """People in poverty in each municipality at both cuts, worst baseline first."""
    frame = section.tables["municipalities"].data
    if "baseline" not in frame or not section.facts["compared"].value:
        return None
    frame = frame[frame["baseline"].notna() | frame["follow_up"].notna()]
    figure = new_figure(1.2 + 0.30 * len(frame))
    axis = figure.subplots()
    _dumbbells(axis, frame, section)
    axis.set_xlabel("Personas en pobreza multidimensional (%)")
    axis.set_xlim(left=0)
    axis.margins(x=0.02)
    legend_outside(figure, *axis.get_legend_handles_labels(), side="upper", at="left", ncols=2)
    both = frame.dropna(subset=["baseline", "follow_up"])
    return Picture(
        figure,
        {
            "drawn": count(len(frame)),
            "both": count(len(both)),
            "improved": count(int((both["verdict"] == Verdict.IMPROVED).sum())),
            "worsened": count(int((both["verdict"] == Verdict.WORSENED).sum())),
            "cuts": [
                {
                    "year": year(section.facts[cut].value),
                    **ends(known, frame.loc[known.index, "label"], percent),
                }
                for cut, known in (
                    ("baseline_cut", frame["baseline"].dropna()),
                    ("follow_up_cut", frame["follow_up"].dropna()),
                )
                if len(known)
            ],
        },
    )


def _rows(frame: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """Label, baseline and follow-up of each row drawn."""
    yield from zip(in_a_row(frame["label"]), frame["baseline"], frame["follow_up"], strict=True)


def _dumbbells(axis: Axes, frame: pd.DataFrame, section: Section) -> None:
    positions = np.arange(len(frame))[::-1]
    series = (
        ("baseline", str(section.facts["baseline_cut"]), ORANGE, "o", 0.14),
        ("follow_up", str(section.facts["follow_up_cut"]), BLUE, "s", -0.14),
    )
    for moment, label, colour, marker, shift in series:
        value = frame[moment].to_numpy(dtype=float)
        if np.isnan(value).all():
            continue
        spread = np.abs(
            np.vstack([frame[f"{moment}_low"], frame[f"{moment}_high"]]).astype(float) - value
        )
        axis.errorbar(
            value,
            positions + shift,
            xerr=np.nan_to_num(spread),
            fmt=marker,
            color=colour,
            markersize=5.5,
            elinewidth=1.3,
            label=label,
        )
    for position in positions:
        axis.axhline(position, color=GREY, linewidth=0.4, zorder=0)
    axis.set_yticks(positions, _wrapped(frame["label"]))
    axis.set_ylim(-0.6, len(frame) - 0.4)
    axis.spines["left"].set_visible(False)
    axis.tick_params(axis="y", labelcolor=INK)
    light_grid(axis)
    spanish_axis(axis)


def _wrapped(labels: pd.Series, width: int = 22) -> list[str]:
    return ["\n".join(textwrap.wrap(str(label), width)) for label in labels]
