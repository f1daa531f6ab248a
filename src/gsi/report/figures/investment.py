"""Figure of the money against the need."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Patch

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, money
from gsi.ground import locale
from gsi.report.figures.picture import Picture, ends
from gsi.report.figures.style import (
    GREY,
    INK,
    STATUS_COLOURS,
    legend_outside,
    light_grid,
    new_figure,
)

MOST_MUNICIPALITIES = 30
THOUSAND = 1000


def per_vulnerable(section: Section, context: Context) -> Picture | None:
    """Pesos per vulnerable person by municipality, coloured by priority; a line at the mean of
    those of the department that reported, where several did. None where no amount per person is
    known."""
    if section.facts["per_vulnerable"].missing:
        return None
    table = section.tables["municipalities"].data
    known = table.dropna(subset=["por_persona"]).sort_values("por_persona", ascending=False)
    every, known = len(known), known.tail(MOST_MUNICIPALITIES)
    several = section.facts["has_department_reporters"].value
    mean = float(section.facts["per_vulnerable_department"].value) / THOUSAND if several else 0.0
    figure = new_figure(1.3 + 0.2 * len(known))
    axis = figure.add_subplot()
    place = np.arange(len(known))
    values = known["por_persona"].to_numpy() / THOUSAND
    colours = [STATUS_COLOURS.get(state, GREY) for state in known["estado"]]
    axis.barh(place, values, color=colours, height=0.7)
    limit = max(float(values.max()), mean)
    for y, value in zip(place.tolist(), values, strict=True):
        axis.text(
            value + limit * 0.01,
            y,
            locale.number(value),
            va="center",
            fontsize=8.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    if several:
        axis.axvline(mean, color=INK, linestyle="--", linewidth=1)
        label = f"los {section.facts['department_reporters']} que reportaron: {locale.number(mean)}"
        axis.text(mean, len(known) - 0.35, label, fontsize=8.5, ha="center")
    axis.set_ylim(-0.6, len(known) + 0.1)
    axis.set_yticks(place, known["nombre"])
    axis.set_xlim(0, limit * 1.12)
    axis.xaxis.set_major_formatter(lambda value, _: locale.number(value))
    axis.set_xlabel(f"Miles de pesos por persona vulnerable, {section.facts['year']}")
    light_grid(axis)
    present = [state for state in STATUS_COLOURS if (known["estado"] == state).any()]
    legend_outside(
        figure,
        handles=[Patch(color=STATUS_COLOURS[state], label=state) for state in present],
        side="lower", at="center", ncols=4, fontsize=8.5,
    )  # fmt: skip
    return Picture(
        figure,
        {
            "all": count(every),
            "drawn": count(len(known)),
            "cut": flag(len(known) < every),
            **ends(known["por_persona"], known["nombre"], money),
        },
    )
