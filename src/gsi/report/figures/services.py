"""Figures of key 3: the routes, what stops people on them, and targeting errors."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gsi.analysis.context import Context
from gsi.analysis.results import Section, flag, percent, text
from gsi.ground import locale
from gsi.report.figures.picture import Picture, ends, in_a_row
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    VERMILION,
    dots,
    legend_outside,
    light_grid,
    new_figure,
)

COLUMNS = 2


def funnel(section: Section, context: Context) -> Picture | None:
    """Of ten cases that start each route, how many reach each step; at the step where most are
    lost, those that do not go on in another colour. None when no route has enough cases."""
    steps = section.tables["steps"].data
    routes = section.tables["routes"].data.set_index("route")
    told = steps.groupby("route", sort=False)["tenths"].apply(lambda tenths: tenths.notna().all())
    known = told[told].index.tolist()
    if not known:
        return None
    longest = max(int((steps["route"] == key).sum()) for key in known)
    figure, axes = _panels(len(known), 0.5 + 0.27 * longest)
    for axis, key in zip(axes, known, strict=True):
        rows = steps[steps["route"] == key].reset_index(drop=True)
        losing = routes.at[key, "lost_step"]
        place = np.arange(len(rows))[::-1]
        reached = rows["tenths"].to_numpy(dtype=float)
        axis.barh(place, reached, color=BLUE, height=0.68)
        for y, label, here, after in zip(
            place.tolist(), rows["label"], reached, [*reached[1:], np.nan], strict=True
        ):
            word = locale.number(float(here))
            if label == losing:
                word += "  se pierden más"
                if here > after:
                    axis.barh(y, here - after, left=after, color=VERMILION, height=0.68)
            axis.text(here + 0.15, y, word, va="center", fontsize=8.5)
        axis.set_yticks(place, [textwrap.fill(text, 34) for text in rows["label"]], fontsize=7.5)
        axis.set_xlim(0, 17)
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
        axis.set_title(textwrap.fill(str(rows["route_label"].iloc[0]), 34), fontsize=9.5)
    figure.supxlabel(
        "De cada 10 casos que empiezan, cuántos llegan a cada paso. En naranja oscuro: los que no "
        "siguen desde el paso\ndonde más se pierden, porque se perdieron o todavía esperan.",
        fontsize=8.5,
    )
    summary = section.tables["routes"].data
    return Picture(
        figure,
        {
            "routes": [
                {"label": text(label), "finished": text(str(finished))}
                for label, finished in zip(
                    in_a_row(summary["label"]), summary["finished_text"], strict=True
                )
            ],
            "panels": [
                {"label": text(label), "lost": text(str(routes.at[key, "lost_step"]))}
                for label, key in zip(in_a_row(routes.loc[known, "label"]), known, strict=True)
            ],
        },
    )


def barriers(section: Section, context: Context) -> Picture | None:
    """Share of each kind of barrier by route; withheld kinds are named as such."""
    table = section.tables["barriers"].data
    told = table.groupby("route", sort=False)["share"].apply(lambda share: share.notna().any())
    known = told[told].index.tolist()
    if not known:
        return None
    figure, axes = _panels(len(known), 2.1)
    for axis, key in zip(axes, known, strict=True):
        rows = table[table["route"] == key].reset_index(drop=True)
        place = np.arange(len(rows))[::-1]
        top = rows["share"].max()
        for y, share in zip(place.tolist(), rows["share"], strict=True):
            if pd.isna(share):
                axis.text(1, y, "reservado", va="center", fontsize=8, color=GREY)
                continue
            axis.barh(y, share, color=ORANGE if share == top else LIGHT, height=0.68)
            axis.text(share + 1, y, locale.percent(share), va="center", fontsize=8.5)
        axis.set_yticks(place, rows["label"], fontsize=8.5)
        axis.set_xlim(0, 112)
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
        axis.set_title(textwrap.fill(str(rows["route_label"].iloc[0]), 34), fontsize=9.5)
    summary = section.tables["routes"].data
    largest = table[table["route"].isin(known)].groupby("route", sort=False)["share"].max()
    return Picture(
        figure,
        {
            "routes": [
                {
                    "label": text(label),
                    "barrier": text(str(barrier).lower()),
                    "share": percent(largest.get(key), 0),
                }
                for label, barrier, key in zip(
                    in_a_row(summary["label"]), summary["barrier"], summary["route"], strict=True
                )
            ],
        },
    )


def targeting(section: Section, context: Context) -> Picture | None:
    """Eligible people not served and served people not eligible, by municipality."""
    table = section.tables["targeting"].data
    known = table.dropna(subset=["undercoverage"]).sort_values("undercoverage")
    if len(known) < 2 or "undercoverage" not in section.facts:
        return None
    figure = new_figure(1.1 + 0.25 * len(known))
    axis = figure.add_subplot()
    axis.hlines(np.arange(len(known)), 0, 100, color=LIGHT, linewidth=0.8, zorder=0)
    marks = {
        "undercoverage": ("Elegibles sin atender", VERMILION, "o"),
        "leakage": ("Atendidos no elegibles", BLUE, "D"),
    }
    dots(axis, known.iloc[::-1].rename(columns={"name": "label"}), marks, joined=False)
    axis.set_xlim(0, 100)
    axis.xaxis.set_major_formatter(lambda value, _: locale.percent(value))
    axis.set_xlabel("Parte de las personas")
    handles, words = axis.get_legend_handles_labels()
    legend_outside(figure, handles, words, side="lower", at="center", ncols=2)
    light_grid(axis)
    told = known.dropna(subset=["leakage"])
    return Picture(
        figure,
        {
            "missed": ends(known["undercoverage"], known["name"], percent),
            "leaks": flag(not told.empty),
            "leaked": {} if told.empty else ends(told["leakage"], told["name"], percent),
        },
    )


def cascade(section: Section, context: Context) -> Picture:
    """Coverage step by step; a step that no table gives, or that is withheld, is named as such."""
    table = section.tables["cascade"].data.iloc[::-1]
    figure = new_figure(2.3)
    axis = figure.add_subplot()
    place = np.arange(len(table))
    axis.barh(place, 100, color=LIGHT, height=0.62)
    for y, row in zip(place.tolist(), table.to_dict("records"), strict=True):
        if pd.isna(row["share"]):
            axis.text(1, y, row["share_text"], va="center", fontsize=8.5, color=INK)
            continue
        axis.barh(y, row["share"], color=BLUE, height=0.62)
        if not pd.isna(row["low"]):
            axis.hlines(y, row["low"], row["high"], color=INK, linewidth=1.4)
        end = row["share"] if pd.isna(row["high"]) else max(row["share"], row["high"])
        axis.text(end + 1, y, row["share_text"], va="center", fontsize=9)
    axis.set_yticks(place, [textwrap.fill(label, 36) for label in table["label"]])
    axis.set_xlim(0, 100)
    axis.xaxis.set_major_formatter(lambda value, _: locale.percent(value))
    axis.set_xlabel("Parte de las personas que deberían recibir servicios")
    down = table.iloc[::-1]
    return Picture(
        figure,
        {
            "steps": [
                {"label": text(label), "share": text(share)}
                for label, share in zip(in_a_row(down["label"]), down["share_text"], strict=True)
            ]
        },
    )


def barrier_years(section: Section, context: Context) -> Picture:
    """Share of steps at which a case met each barrier: first year and last year told."""
    table = section.tables["barrier_years"].data
    years = [name for name in table.columns if name.isdigit()]
    first, last = years[0], years[-1]
    figure = new_figure(2.7)
    axis = figure.add_subplot()
    marks = {first: (first, GREY, "o"), last: (last, BLUE, "D")}
    dots(axis, table, marks, joined=True)
    axis.set_xlim(-1, float(table[[first, last]].max().max()) * 1.1 + 1)
    axis.xaxis.set_major_formatter(lambda value, _: locale.percent(value))
    axis.set_xlabel("Parte de los pasos en que un caso encontró la barrera")
    light_grid(axis)
    handles, words = axis.get_legend_handles_labels()
    legend_outside(figure, handles, words, side="upper", at="center", ncols=2)
    kinds = table[table["kind"] != "any"]
    return Picture(
        figure,
        {
            "kinds": [
                {"label": text(label), "first": text(first), "last": text(last)}
                for label, first, last in zip(
                    in_a_row(kinds["label"]),
                    kinds[f"{years[0]}_text"],
                    kinds[f"{years[-1]}_text"],
                    strict=True,
                )
            ]
        },
    )


def _panels(number: int, height: float) -> tuple[Figure, list[Axes]]:
    lines = (number + COLUMNS - 1) // COLUMNS
    figure = new_figure(height * lines + 0.3)
    grid = figure.subplots(lines, min(number, COLUMNS), squeeze=False)
    panels = list(grid.flat)
    for spare in panels[number:]:
        spare.set_visible(False)
    for panel in panels:
        panel.tick_params(colors=INK)
    return figure, panels[:number]
