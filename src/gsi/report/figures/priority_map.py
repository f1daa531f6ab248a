"""Maps of the priority territories: statuses, classes of the index, groups of neighbours."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Affine2D

from gsi.analysis.comprehension.priority_status import (
    NOT_PRIORITY,
    PRIORITY,
    STATUSES,
    TO_CONFIRM,
    UNCLASSIFIABLE,
)
from gsi.analysis.context import Context
from gsi.analysis.results import Fact, Section, count
from gsi.ground import locale
from gsi.report.figures.labels import apart
from gsi.report.figures.picture import Picture
from gsi.report.figures.renderer import Canvas, Drawn, Pixels
from gsi.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    STATUS_COLOURS,
    VERMILION,
    drawn,
    lay_out,
    legend_outside,
    new_figure,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

# Hatches repeat what the colour says, for grey print.
HATCHES = {PRIORITY: "", TO_CONFIRM: "////", NOT_PRIORITY: "", UNCLASSIFIABLE: "xxx"}
# A municipality that almost no assumption places in the group is paler than the merely doubtful.
RARE = 10.0
PALE = "#D3EAF8"
DASHES = (0, (2.2, 1.2))
GROUP_COLOURS = [VERMILION, BLUE, ORANGE, GREEN]
MAP_HEIGHT = 6.0
TALL = "Ñq"  # about as high and as low as the letters of a name go
OWN_WIDTH = 1.8  # of the territory's outline
# Beyond this many names the map carries places of the ranking instead.
MOST_NAMES = 16
# What the maps say of the index, alike in all reports of a department.
CLASSES = ("classes", "classes_correct", "group_size")
# Steps of one colour: none is a grey that means no data, and each prints lighter than the last.
STEPS = "Blues"
PARTS = {2: "mitades", 3: "tercios", 4: "cuartos", 5: "quintos"}
HALO = [withStroke(linewidth=2.6, foreground="white")]


class Maps(NamedTuple):
    """The three maps of a department, and the names and numbers written on them."""

    figure: Figure
    axes: list[Axes]
    words: list[Annotation]


class Backdrop(NamedTuple):
    """What a department's municipalities share of their map: what lies under the own one's outline
    and over it, and what takes each map's coordinates to pixels."""

    under: Pixels
    over: Pixels
    transforms: list[np.ndarray]


def priority_map(section: Section, context: Context) -> Picture | None:
    """Status by probability, with the names of the priority municipalities; beside it, the index
    and the groups of neighbours.

    None without boundaries: the section already names that gap.
    """
    if context.data.boundaries() is None:
        return None
    ranking = section.tables["ranking"].data
    told = {
        "others": count(int((ranking["status"] == NOT_PRIORITY).sum())),
        "groups": count(ranking["cluster"].nunique()),
    }
    return Picture(_mapped(section, context, ranking), told)


def _mapped(section: Section, context: Context, ranking: pd.DataFrame) -> Figure:
    places = _places(context, ranking)
    key = _key(places, section, context)
    if context.territory.is_department:
        maps = _maps(places, section.facts)
        _legend(maps.figure, key)
        _settle(maps)
        return maps.figure
    shared = {name: section.facts[name] for name in CLASSES}
    words = _alike(key)
    backdrop = context.shared("priority-map", _backdrop, ("limites",), ranking, shared, words)
    figure = _outlined(places[places["municipio"] == context.territory.code], backdrop)
    _legend(figure, key)
    return figure


def _places(context: Context, ranking: pd.DataFrame) -> gpd.GeoDataFrame:
    boundaries: Any = context.data.boundaries()
    places = boundaries.merge(ranking, on="municipio", how="left")
    places["status"] = places["status"].fillna(UNCLASSIFIABLE)
    return places


def _maps(places: gpd.GeoDataFrame, facts: Mapping[str, Fact]) -> Maps:
    figure = new_figure(MAP_HEIGHT)
    grid = figure.add_gridspec(2, 2, width_ratios=[1.7, 1])
    main, index, groups = (
        figure.add_subplot(grid[:, 0]),
        figure.add_subplot(grid[0, 1]),
        figure.add_subplot(grid[1, 1]),
    )
    for axis in (main, index, groups):
        axis.set_axis_off()
        # The box keeps its size whatever the department's shape: titles and names have room.
        axis.set_adjustable("datalim")
    _statuses(main, places)
    main.set_title("Probabilidad de ser prioritario")
    _index(figure, index, places, facts)
    _groups(groups, places)
    words = [
        *_names(main, places, int(facts["group_size"].value)),
        *_numbers(groups, places),
    ]
    return Maps(figure, [main, index, groups], words)


def _settle(maps: Maps) -> Canvas:
    """Lay the maps out for good and move the words that lie on others."""
    canvas = lay_out(maps.figure)
    apart(maps.words, canvas.get_renderer())
    return canvas


def _alike(key: Sequence[Patch | Line2D]) -> tuple[str, ...]:
    """The words of a municipality's legend, but for its own name: alike in all of a department."""
    return (*(str(handle.get_label()) for handle in key[:-1]), TALL)


def _backdrop(
    context: Context, ranking: pd.DataFrame, facts: Mapping[str, Fact], words: Sequence[str]
) -> Backdrop:
    """The maps laid out above a legend of these words, as tall as that of each municipality."""
    maps = _maps(_places(context, ranking), facts)
    figure, axes, written = maps
    legend = _legend(figure, [Patch(label=word) for word in words])
    canvas = _settle(maps)
    for artist in (legend, *written):
        artist.set_visible(False)
    under = Pixels.of(drawn(canvas))
    canvas.renderer.clear()
    for word in written:
        word.set_visible(True)
        word.draw(canvas.renderer)
    over = Pixels.of(canvas.pixels())
    return Backdrop(under, over, [axis.transData.get_affine().get_matrix() for axis in axes])


def _outlined(own: gpd.GeoDataFrame, backdrop: Backdrop) -> Figure:
    figure = new_figure(MAP_HEIGHT)
    figure.set_layout_engine("none")
    figure.add_artist(Drawn(backdrop.under, zorder=0))
    rings = [ring.coords for ring in own.boundary.explode()]
    for matrix in backdrop.transforms:
        figure.add_artist(
            LineCollection(rings, colors=INK, linewidths=OWN_WIDTH, transform=Affine2D(matrix))
        )
    figure.add_artist(Drawn(backdrop.over, zorder=3))
    return figure


def _groups(axis: Axes, places: gpd.GeoDataFrame) -> None:
    """Priority municipalities joined by borders, one colour and number a group; hot spots of the
    local Moran outlined."""
    axis.set_title("Grupos de vecinos prioritarios")
    places.plot(ax=axis, color=LIGHT, edgecolor="white", linewidth=0.3)
    alone = places[(places["status"] == PRIORITY) & places["cluster"].isna()]
    if not alone.empty:
        alone.plot(ax=axis, color=GREY, edgecolor="white", linewidth=0.3)
    for number, part in places.groupby("cluster"):
        colour = GROUP_COLOURS[(int(number) - 1) % len(GROUP_COLOURS)]
        part.plot(ax=axis, color=colour, edgecolor="white", linewidth=0.3)
    hot = places[places["hot_spot"] == True]  # noqa: E712  (missing where there is no ranking)
    if not hot.empty:
        hot.dissolve().boundary.plot(ax=axis, color=INK, linewidth=1.4, linestyle=DASHES)


def _statuses(axis: Axes, places: gpd.GeoDataFrame) -> None:
    rare = (places["status"] == NOT_PRIORITY) & (places["probability"] < RARE)
    for status in STATUSES:
        part = places[places["status"] == status]
        if not part.empty:
            part.plot(
                ax=axis,
                color=np.where(rare[part.index], PALE, STATUS_COLOURS[status]).tolist(),
                hatch=HATCHES[status],
                edgecolor=INK if HATCHES[status] else "white",
                linewidth=0.3,
            )
    places.boundary.plot(ax=axis, color="white", linewidth=0.7)


def _names(axis: Axes, places: gpd.GeoDataFrame, size: int) -> list[Annotation]:
    """Names of the municipalities that may be among the first ``size``, bold where they surely are;
    their places in the ranking where they are many."""
    shown = places[places["status"].isin([PRIORITY, TO_CONFIRM])].sort_values("municipio")
    by_name = len(shown) <= MOST_NAMES
    return [
        _written(
            axis,
            row.geometry,
            textwrap.fill(row["name"], 13) if by_name else locale.number(row["rank"]),
            fontsize=8.5,
            linespacing=0.9,
            fontweight="bold" if row["high"] <= size else "normal",
        )
        for _, row in shown.iterrows()
    ]


def _numbers(axis: Axes, places: gpd.GeoDataFrame) -> list[Annotation]:
    """The number of the group of each municipality that has one."""
    grouped = places[places["cluster"].notna()].sort_values(["cluster", "municipio"])
    return [
        _written(axis, row.geometry, f"{row['cluster']:.0f}", fontsize=8, fontweight="bold")
        for _, row in grouped.iterrows()
    ]


def _written(axis: Axes, place: BaseGeometry, words: str, **looks: Any) -> Annotation:
    point = place.representative_point()
    return axis.annotate(
        words,
        (point.x, point.y),
        xytext=(0, 0),
        textcoords="offset points",
        ha="center",
        va="center",
        path_effects=HALO,
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
        **looks,
    )


def _index(figure: Figure, axis: Axes, places: gpd.GeoDataFrame, facts: Mapping[str, Fact]) -> None:
    """The parts of the ranking that the data tell apart, the first the one of most need."""
    number = int(facts["classes"].value)
    places.plot(
        ax=axis,
        color=LIGHT,
        hatch=HATCHES[UNCLASSIFIABLE],
        edgecolor=INK,
        linewidth=0.3,
    )
    known = places[places["class"].notna()]
    colours = [mpl.colormaps[STEPS](x) for x in np.linspace(0.95, 0.25, number)]
    scale = mpl.colors.ListedColormap(colours)
    shades = [colours[int(k) - 1] for k in known["class"]]
    known.plot(ax=axis, color=shades, edgecolor="white", linewidth=0.3)
    if number < 2:
        axis.set_title("Índice de necesidad:\nno se distinguen clases")
        return
    axis.set_title(
        f"Necesidad, por {PARTS[number]}: cada territorio\nestá en el suyo con probabilidad\n"
        f"media de {facts['classes_correct']}",
        fontsize=9.5,
    )
    edges = mpl.colors.BoundaryNorm(np.arange(0.5, number + 1), number)
    bar = figure.colorbar(
        mpl.cm.ScalarMappable(edges, scale), ax=axis, shrink=0.75, aspect=16, pad=0.02
    )
    bar.outline.set_visible(False)
    bar.ax.invert_yaxis()
    bar.set_ticks(range(1, number + 1), labels=["1: mayor", *map(str, range(2, number + 1))])
    bar.ax.tick_params(labelsize=9, length=0)
    bar.ax.minorticks_off()


def _key(places: gpd.GeoDataFrame, section: Section, context: Context) -> list[Patch | Line2D]:
    """The entries of the legend."""
    facts = section.facts
    doubtful = places[places["status"] == NOT_PRIORITY]["probability"]
    bound = locale.percent(RARE)
    entries = [
        (PRIORITY, STATUS_COLOURS[PRIORITY], f"Prioritario: {facts['certain']} o más"),
        (TO_CONFIRM, STATUS_COLOURS[TO_CONFIRM], f"Por confirmar: {facts['possible']} o más"),
        (NOT_PRIORITY, STATUS_COLOURS[NOT_PRIORITY], f"No prioritario: {bound} o más"),
        (NOT_PRIORITY, PALE, f"No prioritario: menos de {bound}"),
        (UNCLASSIFIABLE, STATUS_COLOURS[UNCLASSIFIABLE], "No clasificable: faltan datos"),
    ]
    present = set(places["status"])
    absent = {PALE} if not (doubtful < RARE).any() else set()
    absent |= {STATUS_COLOURS[NOT_PRIORITY]} if not (doubtful >= RARE).any() else set()
    handles: list[Patch | Line2D] = [
        Patch(
            facecolor=colour,
            hatch=HATCHES[status],
            edgecolor=INK if HATCHES[status] else colour,
            linewidth=0.3,
            label=label,
        )
        for status, colour, label in entries
        if status in present and colour not in absent
    ]
    if ((places["status"] == PRIORITY) & places["cluster"].isna()).any():
        handles.append(Patch(facecolor=GREY, label="Prioritario sin vecino prioritario"))
    if (places["hot_spot"] == True).any():  # noqa: E712
        handles.append(
            Line2D([], [], color=INK, linewidth=1.4, linestyle=DASHES,
                   label="Foco: necesidad alta rodeada de alta")
        )  # fmt: skip
    if places["cluster"].notna().any():
        groups = int(places["cluster"].max())
        label = "1: grupo de vecinos" if groups == 1 else f"1 a {groups}: grupos de vecinos"
        handles.append(Patch(facecolor=GROUP_COLOURS[0], label=label))
    named = places[places["status"].isin([PRIORITY, TO_CONFIRM])]
    size = facts["group_size"]
    if (named["high"] <= size.value).any():
        bold = f"En negrilla: entre los {size} primeros, con {facts['interval']} de confianza"
        handles.append(Line2D([], [], linestyle="none", label=bold))
    if len(named) > MOST_NAMES:
        handles.append(Line2D([], [], linestyle="none", label="Número: puesto por su necesidad"))
    if not context.territory.is_department:
        handles.append(Line2D([], [], color=INK, linewidth=OWN_WIDTH, label=context.territory.name))
    return handles


def _legend(figure: Figure, handles: Sequence[Patch | Line2D]) -> Legend:
    return legend_outside(
        figure, handles=handles, side="lower", at="left", ncols=2, fontsize=9.5, handlelength=1.6
    )
