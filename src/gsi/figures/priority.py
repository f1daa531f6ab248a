"""Figures of the priority territories: map, ranking with intervals, concentration curve."""

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

from gsi import locale
from gsi.comprehension.priority import NOT_PRIORITY, PRIORITY, STATUSES, TO_CONFIRM, UNCLASSIFIABLE
from gsi.context import Context
from gsi.figures.renderer import Drawn, Pixels
from gsi.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    SEQUENTIAL,
    STATUS_COLOURS,
    VERMILION,
    drawn,
    lay_out,
    light_grid,
    name_rows,
    new_figure,
    png,
    spanish_axis,
)
from gsi.results import Fact, Section

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

# Hatches repeat what the colour says, for grey print.
HATCHES = {PRIORITY: "", TO_CONFIRM: "////", NOT_PRIORITY: "", UNCLASSIFIABLE: "xxx"}
MARKERS = {PRIORITY: "o", TO_CONFIRM: "D", NOT_PRIORITY: "s"}
# A municipality that almost no assumption places in the group is paler than the merely doubtful.
RARE = 10.0
PALE = "#D3EAF8"
DASHES = (0, (2.2, 1.2))
GROUP_COLOURS = [VERMILION, BLUE, ORANGE, GREEN]
MAP_HEIGHT = 6.0
OWN_WIDTH = 1.8  # of the territory's outline
# Beyond this many names the map carries places of the ranking instead.
MOST_NAMES = 16
# Rows that fit a page; the table has them all.
MOST_ROWS = 50
SHARES = ("people_share", "poor_share", "children_share")
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


def priority_map(section: Section, context: Context) -> Figure | None:
    """Status by probability, with the names of the priority municipalities; beside it, the index
    and the groups of neighbours.

    None without boundaries: the section already names that gap.
    """
    if context.data.boundaries() is None:
        return None
    ranking = section.tables["ranking"].data
    places = _places(context, ranking)
    key = _key(places, section, context)
    if context.territory.level == "department":
        figure = _maps(places).figure
    else:
        backdrop = context.shared("priority-map", _backdrop, ("limites",), ranking, len(key))
        figure = _outlined(places[places["municipio"] == context.territory.code], backdrop)
    _legend(figure, key)
    return figure


def _places(context: Context, ranking: pd.DataFrame) -> gpd.GeoDataFrame:
    boundaries: Any = context.data.boundaries()
    places = boundaries.merge(ranking, on="municipio", how="left")
    places["status"] = places["status"].fillna(UNCLASSIFIABLE)
    return places


def _maps(places: gpd.GeoDataFrame) -> Maps:
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
    _index(figure, index, places)
    _groups(groups, places)
    words = [*_names(main, places), *_numbers(groups, places)]
    return Maps(figure, [main, index, groups], words)


def _backdrop(context: Context, ranking: pd.DataFrame, entries: int) -> Backdrop:
    """The maps laid out above a legend of so many entries, which each municipality's figure has."""
    figure, axes, words = _maps(_places(context, ranking))
    legend = _legend(figure, [Patch(label="A") for _ in range(entries)])
    canvas = lay_out(figure)
    for artist in (legend, *words):
        artist.set_visible(False)
    under = Pixels.of(drawn(canvas))
    canvas.renderer.clear()
    for word in words:
        word.set_visible(True)
        word.draw(canvas.renderer)
    over = Pixels.of(np.asarray(canvas.buffer_rgba()))
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


def _names(axis: Axes, places: gpd.GeoDataFrame) -> list[Annotation]:
    shown = places[places["status"].isin([PRIORITY, TO_CONFIRM])].sort_values("municipio")
    by_name = len(shown) <= MOST_NAMES
    return [
        _written(
            axis,
            row.geometry,
            textwrap.fill(row["name"], 13) if by_name else locale.number(row["rank"]),
            fontsize=8.5,
            linespacing=0.9,
            fontweight="bold" if row["status"] == PRIORITY else "normal",
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
        words, (point.x, point.y), ha="center", va="center", path_effects=HALO, **looks
    )


def _index(figure: Figure, axis: Axes, places: gpd.GeoDataFrame) -> None:
    scale = mpl.colors.Normalize(places["need"].min(), places["need"].max())
    places.plot(
        ax=axis,
        column="need",
        cmap=SEQUENTIAL,
        norm=scale,
        edgecolor="white",
        linewidth=0.3,
        missing_kwds={"color": LIGHT, "hatch": HATCHES[UNCLASSIFIABLE], "edgecolor": INK},
    )
    axis.set_title("Índice de necesidad (0-100)")
    bar = figure.colorbar(
        mpl.cm.ScalarMappable(scale, SEQUENTIAL), ax=axis, shrink=0.75, aspect=16, pad=0.02
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=9)


def _key(places: gpd.GeoDataFrame, section: Section, context: Context) -> list[Patch | Line2D]:
    """The entries of the legend."""
    facts = section.facts
    doubtful = places[places["status"] == NOT_PRIORITY]["probability"]
    bound = f"{locale.number(RARE)}\N{NO-BREAK SPACE}%"
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
    if context.territory.level == "municipality":
        handles.append(Line2D([], [], color=INK, linewidth=OWN_WIDTH, label=context.territory.name))
    return handles


def _legend(figure: Figure, handles: Sequence[Patch | Line2D]) -> Legend:
    return figure.legend(
        handles=handles, loc="outside lower left", ncols=2, fontsize=9.5, handlelength=1.6
    )


def ranking(section: Section, context: Context) -> Figure:
    """Median place of each municipality with its interval, in the table's order; its place, name
    and probability at the left; the own one in bold. A large department shows the first rows."""
    everyone = section.tables["ranking"].data.dropna(subset="rank")
    own = (everyone["municipio"] == context.territory.code).to_numpy()
    shown = (np.arange(len(everyone)) < MOST_ROWS) | own
    data = everyone[shown].reset_index(drop=True)
    n = len(data)
    figure = new_figure(1.3 + 0.15 * n)
    axis = figure.add_subplot()
    y = np.arange(n)
    size = int(section.facts["group_size"].value)
    axis.axvspan(
        0.5, size + 0.5, color=LIGHT, alpha=0.6, lw=0, label=f"Los primeros {size} puestos"
    )
    for status in STATUSES[:3]:
        part = data["status"] == status
        if part.any():
            axis.hlines(
                y[part],
                data.loc[part, "low"],
                data.loc[part, "high"],
                color=STATUS_COLOURS[status],
                linewidth=2.4,
            )
            axis.plot(
                data.loc[part, "median"],
                y[part],
                linestyle="none",
                marker=MARKERS[status],
                markersize=5.2,
                color=STATUS_COLOURS[status],
                markeredgecolor=INK,
                markeredgewidth=0.6,
                label=status.capitalize(),
            )
    labels = [
        f"{place:.0f}. {name}  {locale.number(probability)}\N{NO-BREAK SPACE}%"
        for place, name, probability in zip(
            data["rank"], data["name"], data["probability"], strict=True
        )
    ]
    for name, code in zip(name_rows(axis, y, labels, fontsize=9), data["municipio"], strict=True):
        name.set_fontweight("bold" if code == context.territory.code else "normal")
    axis.set_ylim(n - 0.4, -0.6)
    last = int(data["high"].max())
    axis.set_xlim(0.5, last + 0.5)
    step = 10 if last > 20 else 5
    axis.set_xticks([1, *range(step, last + 1, step)])
    note = f"\nSe muestran {n} de {len(everyone)} municipios" if n < len(everyone) else ""
    axis.set_xlabel(f"Puesto en el departamento (1: mayor necesidad){note}")
    axis.annotate(
        "Probabilidad",
        (0, 1),
        xytext=(-4, 3),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        fontsize=9,
        fontweight="bold",
    )
    axis.spines["left"].set_visible(False)
    light_grid(axis)
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(
        handles[1:] + handles[:1],
        labels[1:] + labels[:1],
        loc="outside upper left",
        ncols=2,
        fontsize=9.5,
        handlelength=1.4,
    )
    return figure


def concentration(section: Section, context: Context) -> bytes | None:
    """Share of poor people and of children against the share of people, from the highest index
    down, as PNG: one picture for all municipalities of a department. None when population or
    poverty are missing, a gap the section names."""
    if "concentration" not in section.tables:
        return None
    shares = {name: section.facts[name] for name in SHARES}
    return context.kept("concentration", _drawn, section.tables["concentration"].data, shares)


def _drawn(data: pd.DataFrame, shares: Mapping[str, Fact]) -> bytes:
    return png(curves(data, shares))


def curves(data: pd.DataFrame, shares: Mapping[str, Fact]) -> Figure:
    """The picture of :func:`concentration`. ``data``: its table; ``shares``: the :data:`SHARES` of
    the municipalities called prioritarios."""
    figure = new_figure(3.5)
    axis = figure.add_subplot()
    x = np.concatenate([[0], data["people"]])
    axis.plot([0, 100], [0, 100], color=GREY, linewidth=1)
    for column, colour, style, label in (
        ("poor", VERMILION, "-", "Personas en pobreza multidimensional"),
        ("children", BLUE, "--", "Niñas, niños y adolescentes (0-17)"),
    ):
        axis.plot(x, np.concatenate([[0], data[column]]), style, color=colour, lw=2, label=label)
    _group_mark(axis, shares)
    axis.plot([], [], color=GREY, linewidth=1, label="Si todos los municipios fueran iguales")
    axis.set_xlim(0, 100)
    axis.set_ylim(0, 100)
    axis.set_xlabel("Habitantes, desde el municipio con mayor necesidad (% acumulado)")
    axis.set_ylabel("% acumulado")
    for which in ("x", "y"):
        spanish_axis(axis, which)
    light_grid(axis, "both")
    axis.legend(loc="lower right", fontsize=9.5, frameon=True, framealpha=1, edgecolor="white")
    return figure


def _group_mark(axis: Axes, facts: Mapping[str, Fact]) -> None:
    share, poor, children = (facts[name].value for name in SHARES)
    if any(pd.isna(value) for value in (share, poor, children)):
        return
    axis.axvline(share, color=INK, linewidth=0.9, linestyle=":")
    for value, colour in ((poor, VERMILION), (children, BLUE)):
        axis.plot(share, value, "o", color=colour, markeredgecolor="white", markersize=7)
    axis.annotate(
        f"Municipios prioritarios:\n{facts['people_share']} de los habitantes,\n"
        f"{facts['poor_share']} de las personas en pobreza,\n"
        f"{facts['children_share']} de quienes tienen 0-17 años",
        (share, 97),
        xytext=(6, 0),
        textcoords="offset points",
        va="top",
        fontsize=9.5,
        path_effects=HALO,
    )
