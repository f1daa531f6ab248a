"""Figure of the actors' reading beside the data."""

from __future__ import annotations

from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from gsi.analysis.comprehension.readings import AGREE, NEITHER, ONLY_ACTORS, ONLY_DATA, UNKNOWN
from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, text
from gsi.contract.vocabulary import RIGHTS
from gsi.report.figures.picture import Picture
from gsi.report.figures.style import (
    BLUE,
    INK,
    LIGHT,
    ORANGE,
    PURPLE,
    heat_map,
    legend_outside,
    new_figure,
)

# Each verdict has a letter too, so that the figure reads without colour.
VERDICTS = {
    AGREE: ("C", PURPLE),
    ONLY_ACTORS: ("A", ORANGE),
    ONLY_DATA: ("D", BLUE),
    NEITHER: ("–", LIGHT),
    UNKNOWN: ("?", "#FFFFFF"),
}
MOST_MUNICIPALITIES = 30


def comparison(section: Section, context: Context) -> Picture | None:
    """Municipality × right: who sees a problem."""
    table = section.tables["comparison"].data
    every = list(dict.fromkeys(table["nombre"]))
    if not every:
        return None
    places = every[:MOST_MUNICIPALITIES]
    grid = table.pivot(index="nombre", columns="derecho", values="lectura").loc[
        places, list(RIGHTS)
    ]
    order = list(VERDICTS)
    figure = new_figure(1.3 + 0.2 * len(places))
    axis = figure.add_subplot()
    heat_map(
        axis,
        grid.map(order.index).rename(columns=RIGHTS),
        grid.map(lambda verdict: VERDICTS[verdict][0]),
        cmap=ListedColormap([colour for _, colour in VERDICTS.values()]),
        vmin=0, vmax=len(order) - 1, cbar=False, annot_kws={"fontsize": 9},
    )  # fmt: skip
    handles = [
        Patch(facecolor=colour, edgecolor=INK, linewidth=0.4, label=f"{letter}  {verdict}")
        for verdict, (letter, colour) in VERDICTS.items()
    ]
    legend_outside(figure, handles=handles, side="lower", at="center", ncols=2, fontsize=8.5)
    return Picture(
        figure,
        {
            "all": count(len(every)),
            "drawn": count(len(places)),
            "cut": flag(len(places) < len(every)),
            "rights": [
                {
                    "label": text(label.lower()),
                    "agree": count(int((grid[right] == AGREE).sum())),
                    "actors": count(int((grid[right] == ONLY_ACTORS).sum())),
                    "data": count(int((grid[right] == ONLY_DATA).sum())),
                }
                for right, label in RIGHTS.items()
            ],
        },
    )
