"""F4: the concept map of the strategy, drawn from the run."""

from __future__ import annotations

import textwrap
from typing import Any

import networkx as nx
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from gsi.analysis.comprehension.concept_map import COLUMNS, DOUBTFUL, KNOWN, UNKNOWN
from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, names, text
from gsi.report.figures.picture import Picture, in_a_row
from gsi.report.figures.style import BLUE, GREY, INK, new_figure

HEIGHT = 5.2
BOX = 0.168  # box width; the five columns and the arrows between them fill 0-1
# All is drawn within the axis: nothing of it needs measuring to lay the figure out, nor to find the
# axis' limits (artists, not patches).
INSIDE: dict[str, Any] = {"in_layout": False}
LOOKS = {
    KNOWN: ("#E3EEF7", BLUE, "-"),
    DOUBTFUL: ("#FFFFFF", BLUE, "--"),
    UNKNOWN: ("#FFFFFF", GREY, ":"),
}


def draw(section: Section, context: Context) -> Picture:
    """Five columns of boxes, from territories to products; arrows where the run has a link."""
    nodes = section.tables["nodes"].data
    edges = section.tables["edges"].data
    graph = nx.DiGraph()
    for record in nodes.to_dict("records"):
        node = {str(key): value for key, value in record.items()}
        graph.add_node(node["id"], layer=COLUMNS.index(node["column"]), **node)
    graph.add_edges_from(edges[["from", "to"]].itertuples(index=False, name=None))
    position = _layout(graph)
    figure = new_figure(HEIGHT)
    axis = figure.add_subplot()
    axis.set_axis_off()
    axis.set_xlim(-0.008, 1.008)
    axis.set_ylim(-0.115, 1.03)
    for start, end in sorted(graph.edges):
        axis.add_artist(
            FancyArrowPatch(
                (position[start][0] + BOX / 2, position[start][1]),
                (position[end][0] - BOX / 2, position[end][1]),
                arrowstyle="-|>", mutation_scale=6, color=GREY, linewidth=0.6, alpha=0.75,
                connectionstyle="arc3", zorder=1, **INSIDE,
            )
        )  # fmt: skip
    for name, (x, y) in position.items():
        _box(axis, x, y, graph.nodes[name])
    for layer, title in enumerate(COLUMNS):
        x = BOX / 2 + layer * (1 - BOX) / (len(COLUMNS) - 1)
        axis.text(x, 1.02, title, ha="center", va="top", fontsize=10, fontweight="bold", color=INK,
                  **INSIDE)  # fmt: skip
    for place, (state, (face, edge, line)) in enumerate(LOOKS.items()):
        x = 0.16 + 0.27 * place
        axis.add_artist(
            FancyBboxPatch((x, -0.085), 0.03, 0.022, boxstyle="round,pad=0.004", facecolor=face,
                           edgecolor=edge, linestyle=line, linewidth=1, **INSIDE)
        )  # fmt: skip
        axis.text(x + 0.045, -0.074, state, va="center", fontsize=8.5, **INSIDE)
    return Picture(
        figure,
        {
            "nodes": count(len(nodes)),
            "known": count(int((nodes["state"] == KNOWN).sum())),
            "doubtful": count(int((nodes["state"] == DOUBTFUL).sum())),
            "unknown": count(int((nodes["state"] == UNKNOWN).sum())),
            "columns": [
                {
                    "label": text(label),
                    "shown": names(
                        [f"«{one}»" for one in nodes.query("column == @column")["label"]]
                    ),
                }
                for label, column in zip(in_a_row(COLUMNS), COLUMNS, strict=True)
            ],
        },
    )


def _layout(graph: nx.DiGraph) -> dict[str, tuple[float, float]]:
    """Columns by layer, rows in the table's order: the same data give the same drawing."""
    position = {}
    for layer in range(len(COLUMNS)):
        names = [name for name, data in graph.nodes(data=True) if data["layer"] == layer]
        for row, name in enumerate(names):
            y = 0.93 - (row + 0.5) * 0.95 / len(names)
            position[name] = (BOX / 2 + layer * (1 - BOX) / (len(COLUMNS) - 1), y)
    return position


def _box(axis, x: float, y: float, node: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    face, edge, line = LOOKS[node["state"]]
    label = textwrap.wrap(node["label"], 19)
    detail = textwrap.wrap(node["detail"], 22)
    height = 0.034 * len(label) + 0.029 * len(detail) + 0.026
    axis.add_artist(
        FancyBboxPatch((x - BOX / 2 + 0.004, y - height / 2), BOX - 0.008, height,
                       boxstyle="round,pad=0.004,rounding_size=0.01", facecolor=face,
                       edgecolor=edge, linestyle=line, linewidth=1, zorder=2, **INSIDE)
    )  # fmt: skip
    top = y + height / 2 - 0.011
    axis.text(x, top, "\n".join(label), ha="center", va="top", fontsize=7.8, fontweight="bold",
              color=INK, zorder=3, linespacing=1.12, **INSIDE)  # fmt: skip
    axis.text(x, top - 0.034 * len(label), "\n".join(detail), ha="center", va="top", fontsize=7,
              color=INK if node["state"] != UNKNOWN else GREY, zorder=3,
              linespacing=1.12, **INSIDE)  # fmt: skip
