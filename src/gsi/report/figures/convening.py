"""Figures of key 5: ratings against evidence, the network of entities, and its growth."""

from __future__ import annotations

import textwrap

from matplotlib.lines import Line2D

from gsi.analysis.context import Context
from gsi.analysis.results import Section, count, decimal, flag, text, year
from gsi.ground import locale
from gsi.report.figures.picture import Picture, in_a_row
from gsi.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    PALETTE,
    dots,
    legend_outside,
    light_grid,
    new_figure,
)

SCALE = 4
MOST_SECTORS = len(PALETTE)
NAMED = 3  # more labels would cover the net they explain


def conditions(section: Section, context: Context) -> Picture:
    """Each condition of success: what actors rate and what the records show, on one scale 0-4."""
    table = section.tables["conditions"].data
    figure = new_figure(2.9)
    axis = figure.add_subplot()
    marks = {
        "rating": ("Valoran los actores", ORANGE, "o"),
        "score": ("Dicen los registros", BLUE, "D"),
    }
    named = table.assign(label=[textwrap.fill(label, 30) for label in table["label"]])
    dots(axis, named, marks, joined=True)
    axis.set_xlim(-0.15, SCALE + 0.15)
    axis.set_xticks(range(SCALE + 1), ["0\nno existe", "1", "2", "3", "4\nplena"])
    light_grid(axis)
    handles, words = axis.get_legend_handles_labels()
    legend_outside(figure, handles, words, side="upper", at="center", ncols=2)
    return Picture(
        figure,
        {
            "conditions": [
                {"label": text(label), "rating": decimal(rating), "score": decimal(score)}
                for label, rating, score in zip(
                    in_a_row(table["label"]), table["rating"], table["score"], strict=True
                )
            ]
        },
    )


def network(section: Section, context: Context) -> Picture:
    """Entities seen working together; size: how much they connect others; colour: sector."""
    import networkx as nx

    nodes = section.tables["entities"].data
    edges = section.tables["edges"].data
    graph = nx.Graph()
    graph.add_nodes_from(nodes["node"])
    graph.add_weighted_edges_from(edges[["a", "b", "times"]].itertuples(index=False, name=None))
    points = nx.kamada_kawai_layout(graph, weight=None)
    frequent = nodes["label"].value_counts(sort=False)
    order = sorted(frequent.index, key=lambda label: (-int(frequent[label]), label))
    colour = {label: PALETTE[i] if i < MOST_SECTORS else GREY for i, label in enumerate(order)}
    figure = new_figure(3.7)
    axis = figure.add_subplot()
    most = float(edges["times"].max())
    for a, b, times in edges[["a", "b", "times"]].itertuples(index=False, name=None):
        (x, y), (u, v) = points[a], points[b]
        axis.plot([x, u], [y, v], color=LIGHT, linewidth=0.6 + 2.4 * times / most, zorder=1)
    top = max(float(nodes["betweenness"].max()), 1e-9)
    between = nodes["betweenness"].to_numpy(dtype=float)
    for node, label, bridges in zip(nodes["node"], nodes["label"], between, strict=True):
        size = 40 + 460 * bridges / top
        x, y = points[node]
        axis.scatter(x, y, s=size, color=colour[label], edgecolors="white", zorder=2)
    for node, bridges in zip(nodes["node"].head(NAMED), between, strict=False):
        if bridges > 0:
            axis.annotate(
                textwrap.fill(node, 22), points[node], xytext=(0, 9), textcoords="offset points",
                ha="center", va="bottom", fontsize=7.5, color=INK, zorder=3,
                bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
    handles = [
        Line2D([], [], marker="o", linestyle="", color=colour[label], label=label)
        for label in order[:MOST_SECTORS]
    ]
    if len(order) > MOST_SECTORS:
        handles.append(Line2D([], [], marker="o", linestyle="", color=GREY, label="Otros sectores"))
    legend_outside(figure, handles=handles, side="lower", at="center", ncols=4, fontsize=8.5)
    axis.set_axis_off()
    axis.margins(0.08)
    return Picture(
        figure,
        {
            "links": count(len(edges)),
            # The first of those that connect others, where no other connects as much.
            "one_most": flag(bool(between[0] > 0 and (between == between[0]).sum() == 1)),
            "most": text(nodes["node"].iloc[0]),
            "most_links": count(int(nodes["degree"].iloc[0])),
            "sectors": count(len(order)),
        },
    )


def growth(section: Section, context: Context) -> Picture | None:
    """Actors linked up to the end of each year."""
    table = section.tables["growth"].data
    if len(table) < 2:
        return None
    figure = new_figure(2.2)
    axis = figure.add_subplot()
    axis.bar(table["year"], table["actors"], color=BLUE, width=0.6)
    for x, total in zip(table["year"], table["actors"], strict=True):
        axis.text(x, total, locale.number(total), ha="center", va="bottom", fontsize=9)
    axis.set_xticks(table["year"], [str(value) for value in table["year"]])
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.set_ylim(0, float(table["actors"].max()) * 1.15)
    return Picture(
        figure,
        {
            "alone": flag(table["actors"].iloc[0] == 1),
            "years": [
                {"year": year(int(when)), "actors": count(int(total))}
                for when, total in zip(table["year"], table["actors"], strict=True)
            ],
        },
    )
