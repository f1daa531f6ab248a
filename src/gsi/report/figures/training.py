"""Figures of key 2: where training arrived."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, decimal, flag, text
from gsi.ground import locale
from gsi.report.figures.picture import Picture, ends
from gsi.report.figures.style import (
    BLUE,
    LIGHT,
    VERMILION,
    heat_map,
    light_grid,
    new_figure,
    spanish_axis,
)

MOST_ROWS = 40


def coverage(section: Section, context: Context) -> Picture | None:
    """People enrolled per 1,000 inhabitants by municipality; those with none are marked.

    None for a single municipality or without population to divide by.
    """
    table = section.tables["coverage"].data
    known = table.dropna(subset=["rate"]).sort_values(["rate", "name"], ascending=[True, False])
    if len(known) < 2:
        return None
    every, known = len(known), known.head(MOST_ROWS)
    figure = new_figure(0.7 + 0.18 * len(known))
    axis = figure.add_subplot()
    place = np.arange(len(known))
    rates = known["rate"].to_numpy(dtype=float)
    axis.barh(place, rates, color=BLUE, height=0.7)
    top = max(float(rates.max()), 1.0)
    for y, rate in zip(place.tolist(), rates, strict=True):
        none = rate == 0
        axis.text(
            rate + top * 0.01,
            y,
            "ninguna persona inscrita" if none else locale.number(float(rate), 1),
            va="center",
            fontsize=8.5,
            color=VERMILION if none else "black",
        )
    axis.set_yticks(place, known["name"], fontsize=8.5)
    axis.set_xlim(0, top * 1.12)
    axis.set_xlabel("Personas inscritas por cada 1.000 habitantes")
    spanish_axis(axis)
    light_grid(axis)
    idle = int((known["rate"] == 0).sum())
    return Picture(
        figure,
        {
            "all": count(every),
            "drawn": count(len(known)),
            "cut": flag(len(known) < every),
            "idle": count(idle),
            **ends(known["rate"], known["name"], decimal),
        },
    )


def moments(section: Section, context: Context) -> Picture | None:
    """Municipality by number of moments with training: a filled square is a moment covered."""
    from gsi.analysis.keys.training import MOMENTS

    table = section.tables["missing"].data
    lacking = {row.name: set(str(row.moments).split(", ")) for row in table.itertuples()}
    called = section.tables["coverage"].data["name"].tolist()
    if len(called) < 2 or len(called) > MOST_ROWS:
        return None
    figure = new_figure(1.0 + 0.25 * len(called), width=5.5)
    axis = figure.add_subplot()
    labels = list(MOMENTS.values())
    order = sorted(called, key=lambda name: (-len(lacking.get(name, set())), name))
    absent = pd.DataFrame(
        [[label in lacking.get(name, set()) for label in labels] for name in order], order, labels
    )
    heat_map(
        axis, absent.astype(int), absent.replace({True: "–", False: ""}),
        cmap=ListedColormap([BLUE, LIGHT]), vmin=0, vmax=1, cbar=False,
    )  # fmt: skip
    complete = [name for name in called if not lacking.get(name)]
    covered = {label: sum(label not in lacking.get(n, ()) for n in called) for label in labels}
    return Picture(
        figure,
        {
            "drawn": count(len(called)),
            "complete": count(len(complete)),
            "moments": [
                {"label": text(label.lower()), "places": count(places)}
                for label, places in covered.items()
            ],
        },
    )
