"""One look for every figure: fonts from a package, colours safe in print and for colour-blind."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, NullLocator

from gsi.ground import locale
from gsi.report.figures.renderer import FALLBACK, FAMILY, Canvas, Renderer, add_fonts

# Okabe & Ito (2008), the palette recommended for colour-vision deficiency.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
YELLOW = "#F0E442"
INK = "#1F2A37"
GREY = "#9AA5B1"
LIGHT = "#E4E8EC"
PALETTE = [BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW]

# Statuses of priority: hue and lightness both differ, so it reads in grey print too.
STATUS_COLOURS = {
    "prioritario": VERMILION,
    "por confirmar": ORANGE,
    "no prioritario": SKY,
    "no clasificable": LIGHT,
}
SEQUENTIAL = "cividis_r"

WIDTH = 7.0  # inches: the text width of the page
DPI = 160
# The luminance on which white and black stand out alike; seaborn takes more for dark.
EVEN = 0.179
NAME_PAD = 3.5  # points between the names of rows and their axis, as a tick's
# Half the time of zlib's own choice, for a file hardly larger.
COMPRESSION = 3
COLOURS = 3  # red, green and blue
SIDES = {"upper", "lower"}  # where a legend is outside the axes
# Where axes are before their labels are measured, left, bottom, width and height: near enough to
# where they come to be for the same ticks.
USUAL = (0.35, 0.1, 0.63, 0.8)
# A picture as wide as the text, and no taller than a page leaves beside its caption.
TALLEST = 1.19


@cache
def _prepare() -> None:
    add_fonts()
    mpl.rcParams.update(
        {
            "font.family": [FAMILY, FALLBACK],
            # A name with two dollars is a name.
            "text.parse_math": False,
            "font.size": 10,
            "text.color": INK,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 10.5,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            # On the top edge, where a title goes by itself when no ticks are there: it need not
            # measure the ticks to know.
            "axes.titley": 1.0,
            "axes.grid": False,
            "axes.axisbelow": True,
            "axes.unicode_minus": True,
            "xtick.color": INK,
            "ytick.color": INK,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "legend.frameon": False,
            "figure.facecolor": "white",
            "svg.hashsalt": "gsi",
            "hatch.linewidth": 0.6,
        }
    )


def new_figure(height: float = 3.6, width: float = WIDTH) -> Figure:
    """An empty figure in the workbook's style; sizes in inches, cut to what fits on a page."""
    _prepare()
    return Figure(figsize=(width, min(height, TALLEST * width)), layout="constrained")


def png(figure: Figure) -> bytes:
    """The figure as PNG without alpha, with its words as its description; no date and no software,
    which would change the bytes.

    ``savefig`` draws a figure twice, the first time only to lay it out; here it is laid out and
    drawn once, by one renderer, which measures each text once.
    """
    canvas = lay_out(figure)
    pixels = drawn(canvas)
    return _encoded(pixels, words(figure, canvas.get_renderer().lines))


def words(figure: Figure, lines: Collection[str]) -> str:
    """The texts of a figure of which all the ``lines`` were drawn, each a sentence of its own."""
    texts = (text.get_text() for text in figure.findobj(Text))
    told = (text.split("\n") for text in texts if text.strip())
    return " | ".join(" ".join(text) for text in told if all(line in lines for line in text))


def lay_out(figure: Figure) -> Canvas:
    """Give everything its place, for good, in the pixels of a page; what it is to be drawn on."""
    figure.set_dpi(DPI)
    canvas = Canvas(figure)
    layout = figure.get_layout_engine()
    _place_empty_labels(figure)
    if isinstance(layout, ConstrainedLayoutEngine) and _is_single(figure):
        _fit(figure, canvas.get_renderer(), layout)
    elif layout is not None:
        layout.execute(figure)
    if layout is not None:
        figure.set_layout_engine("none")
    return canvas


def _is_single(figure: Figure) -> bool:
    """One pair of axes of free shape, with nothing around but its labels, and legends above or
    below."""
    return (
        len(figure.axes) == 1
        and figure.axes[0].get_subplotspec() is not None
        and figure.axes[0].get_aspect() == "auto"
        and not figure.texts
        and {side for _, side in _outside(figure)} <= SIDES
    )


def legend_outside(figure: Figure, *what: Any, side: str, at: str, **looks: Any) -> Legend:
    """The figure's legend outside its axes, ``side`` upper or lower, ``at`` left, center or right;
    the rest is that of Matplotlib's."""
    place: Any = f"outside {side} {at}"
    legend: Legend = figure.legend(*what, loc=place, **looks)
    legend.set_gid(side)
    return legend


def _outside(figure: Figure) -> list[tuple[Any, str | None]]:
    """The figure's legends and on which side of the axes each is; None: over them."""
    return [(legend, legend.get_gid()) for legend in figure.legends]


def _fit(figure: Figure, renderer: Renderer, layout: ConstrainedLayoutEngine) -> None:
    """Give the only axes the room that their labels and the legends leave.

    The layout engine would solve equations and measure all twice, for axes whose labels move
    other axes.
    """
    (axes,) = figure.axes
    axes.set_position(USUAL)
    to_figure = figure.transFigure.inverted()
    labelled: Any = axes.get_tightbbox(renderer, for_layout_only=True)
    outer, inner = labelled.transformed(to_figure), axes.get_position()
    pad_x, pad_y = (layout.get()["w_pad"], layout.get()["h_pad"]) / figure.get_size_inches()
    taken = dict.fromkeys(SIDES, pad_y)
    for legend, side in _outside(figure):
        room = legend.get_tightbbox(renderer).transformed(to_figure).height + 2 * pad_y
        taken[side] = max(taken[side], room + pad_y)
    left = pad_x + inner.x0 - outer.x0
    right = 1 - pad_x + inner.x1 - outer.x1
    bottom = taken["lower"] + inner.y0 - outer.y0
    top = 1 - taken["upper"] + inner.y1 - outer.y1
    axes.set_position((left, bottom, right - left, top - bottom))


def drawn(canvas: Canvas) -> np.ndarray:
    """Its pixels, height × width × red, green, blue and alpha, until it is drawn on again."""
    drawing: Any = canvas.draw
    drawing()
    return canvas.pixels()


def _place_empty_labels(figure: Figure) -> None:
    """An axis' label without words takes no room: its ticks need not be measured to place it."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)


def _encoded(pixels: np.ndarray, description: str) -> bytes:
    """``pixels``, height × width × 4 bytes, as PNG without the fourth; ``description``: what it
    says, for those who look for it in the file (a chunk ``iTXt`` of PNG, uncompressed).

    Rows are not filtered: image libraries choose a filter for each row of true colour, which takes
    longer than compressing and makes files of flat colour larger.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * COLOURS), np.uint8)  # a row begins with its filter: none
    for colour in range(COLOURS):  # one at a time, which is faster than three bytes of each pixel
        rows[:, 1 + colour :: COLOURS] = pixels[:, :, colour]
    metre = round(DPI / 0.0254)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", metre, metre, 1)),
        (b"iTXt", b"Description\0\0\0es\0\0" + description.encode()),
        (b"IDAT", zlib.compress(rows.data, COMPRESSION)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def name_rows(
    axis: Axes, places: Iterable[float], names: Iterable[str], **looks: Any
) -> list[Text]:
    """Write ``names`` left of the vertical axis, at ``places``, where its ticks' labels would be.

    A tick is three lines and two texts, remade and measured at every turn, of which a row shows
    one text. ``looks``: properties of text. An axis with names has no room for a title of its own.
    """
    axis.yaxis.set_major_locator(NullLocator())
    transform, vertical, horizontal = axis.get_yaxis_text1_transform(NAME_PAD)
    return [
        axis.text(0, y, name, transform=transform, va=vertical, ha=horizontal, **looks)
        for y, name in zip(places, names, strict=True)
    ]


def room_of(names: Iterable[str]) -> float:
    """Points that :func:`name_rows` takes for ``names`` of the usual size, for a title beyond."""
    letters = max((len(name) for name in names), default=0)
    return (
        NAME_PAD + letters * float(mpl.rcParams["font.size"]) / 2
    )  # a digit is half as wide as high


def bars(
    axis: Axes, places: Iterable[float], lengths: Iterable[float], height: float, **looks: Any
) -> None:
    """Horizontal bars from 0, as one object: a bar of ``barh`` is an object each, measured and
    drawn by itself. The axis' limits are the caller's."""
    half = height / 2
    corners = [
        [(0, y - half), (length, y - half), (length, y + half), (0, y + half)]
        for y, length in zip(places, lengths, strict=True)
    ]
    axis.add_collection(PolyCollection(corners, linewidth=0, **looks), autolim=False)


@cache
def sign(character: str) -> Path:
    """A character as a marker. ``$…$`` would not do: a name with two dollars is no formula here,
    and the marker would be those dollars and what is between them."""
    outline = TextPath((0, 0), character, prop=FontProperties(family=FALLBACK))
    middle = outline.get_extents().get_points().mean(axis=0)
    return Path(outline.vertices - middle, outline.codes)


def dots(
    axis: Axes, rows: pd.DataFrame, columns: Mapping[str, tuple[str, str, str]], *, joined: bool
) -> None:
    """Each row's values on one scale, the first row on top, named by ``label``: a mark for each of
    two ``columns`` (its words, its colour, its sign), ``joined`` by a line where both are known.
    The legend is the caller's."""
    if joined:
        known = rows[list(columns)].notna().all(axis=1).to_numpy()
        ends = rows.loc[known, list(columns)].to_numpy(dtype=float)
        axis.hlines(np.flatnonzero(known), *ends.T, color=GREY, linewidth=2, zorder=1)
    looks = {words: (colour, marker) for words, colour, marker in columns.values()}
    long = rows.rename(columns={name: words for name, (words, *_) in columns.items()})
    sns.scatterplot(
        long.melt("label", list(looks), "whose"), x="value", y="label", hue="whose", style="whose",
        palette={words: colour for words, (colour, _) in looks.items()},
        markers={words: marker for words, (_, marker) in looks.items()},
        s=56, linewidth=0, zorder=2, ax=axis,
    )  # fmt: skip
    if (legend := axis.get_legend()) is not None:
        legend.remove()
    axis.set(xlabel="", ylabel="")


def heat_map(axis: Axes, values: pd.DataFrame, words: pd.DataFrame, **looks: Any) -> None:
    """A cell a row and column, coloured by ``values`` (a missing one stays blank) with its
    ``words``; columns are named on top. ``looks``: of ``seaborn.heatmap``."""
    sns.heatmap(values, annot=words, fmt="", ax=axis, linewidths=2, linecolor="white", **looks)
    (cells,) = axis.collections
    for word, colour in zip(axis.texts, cells.get_facecolor(), strict=True):
        word.set_color(INK if luminance(colour) > EVEN else "white")
    axis.xaxis.tick_top()
    axis.tick_params(labelrotation=0)
    axis.set(xlabel="", ylabel="")


def luminance(colour: Any) -> float:
    """Relative luminance, 0-1, of a colour (WCAG 2.2)."""
    parts = np.asarray(mpl.colors.to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def spanish_axis(axis: Axes, which: str = "x", digits: int = 0, suffix: str = "") -> None:
    """Write an axis' ticks as ``1.330`` or ``62,1 %``."""

    def write(value: float, _position: int) -> str:
        return locale.number(value, digits) + suffix

    getattr(axis, f"{which}axis").set_major_formatter(FuncFormatter(write))


def light_grid(axis: Axes, which: str = "x") -> None:
    """Hairlines to read values by, behind the data."""
    axis.grid(axis=which, color=LIGHT, linewidth=0.8)  # type: ignore[arg-type]
