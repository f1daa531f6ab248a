"""Figure of the actors' reading beside the data."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from gsi.analysis.comprehension.readings import AGREE, NEITHER, ONLY_ACTORS, ONLY_DATA, UNKNOWN
from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, flag, text
from gsi.contract.vocabulary import RIGHTS
from gsi.report.figures.picture import Picture
from gsi.report.figures.style import BLUE, INK, LIGHT, ORANGE, PURPLE, legend_outside, new_figure

# Each verdict has a letter too, so that the figure reads without colour.
VERDICTS = {
    AGREE: ("C", PURPLE, INK),
    ONLY_ACTORS: ("A", ORANGE, INK),
    ONLY_DATA: ("D", BLUE, "white"),
    NEITHER: ("–", LIGHT, INK),
    UNKNOWN: ("?", "#FFFFFF", INK),
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
    codes = grid.map(order.index).to_numpy()
    figure = new_figure(1.3 + 0.2 * len(places))
    axis = figure.add_subplot()
    cmap = ListedColormap([VERDICTS[verdict][1] for verdict in order])
    axis.imshow(codes, aspect="auto", cmap=cmap, vmin=0, vmax=len(order) - 1)
    for (row, column), code in np.ndenumerate(codes):
        letter, _, colour = VERDICTS[order[code]]
        axis.text(column, row, letter, ha="center", va="center", color=colour, fontsize=9)
    axis.set_xticks(range(len(RIGHTS)), list(RIGHTS.values()))
    axis.set_yticks(range(len(places)), places)
    axis.xaxis.tick_top()
    axis.set_xticks(np.arange(-0.5, len(RIGHTS)), minor=True)
    axis.set_yticks(np.arange(-0.5, len(places)), minor=True)
    axis.grid(which="minor", color="white", linewidth=2)
    axis.tick_params(which="minor", length=0)
    axis.spines[:].set_visible(False)
    handles = [
        Patch(facecolor=colour, edgecolor=INK, linewidth=0.4, label=f"{letter}  {verdict}")
        for verdict, (letter, colour, _) in VERDICTS.items()
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
