"""Rows under headings, all on one pair of axes: a pair for each heading costs as much as the rest
of a figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from gsi.report.figures.style import LIGHT

# In rows: what a heading takes above its block, how far it stands over it, what separates it from
# the block before, and what a block has beyond the middle of its first and of its last row.
HEADING, LIFT, GAP, EDGE = 1.3, 0.42, 0.3, 0.7
GRID_ZORDER, FOOT_ZORDER = 0.5, 2.5


def rows_high(sizes: Sequence[int]) -> float:
    """How many rows of a figure's height those blocks take, their headings included."""
    return sum(size - 1 + 2 * EDGE + HEADING for size in sizes) - GAP


def stack(
    axis: Axes, headings: Sequence[str], sizes: Sequence[int], *, foot: str, fontsize: float
) -> list[np.ndarray]:
    """The places of each block's rows, from the top; headings, feet and the grid are drawn.

    The axis' horizontal limits and ticks are set before. ``foot``: colour of the line under each
    block.
    """
    left, right = axis.get_xlim()
    places, bounds = [], []
    top = 0.0
    for heading, size in zip(headings, sizes, strict=True):
        top -= HEADING
        axis.text(left, top + LIFT, heading, fontsize=fontsize, fontweight="bold", in_layout=False)
        places.append(top - EDGE - np.arange(size))
        bottom = places[-1][-1] - EDGE
        bounds.append((bottom, top))
        top = bottom
    axis.set_ylim(top, -GAP)
    axis.set_yticks([])
    axis.spines[["left", "bottom"]].set_visible(False)
    _lines(
        axis, [[(x, a), (x, b)] for x in axis.get_xticks() for a, b in bounds], LIGHT, GRID_ZORDER
    )
    _lines(axis, [[(left, a), (right, a)] for a, _ in bounds], foot, FOOT_ZORDER)
    return places


def _lines(
    axis: Axes, segments: list[list[tuple[float, float]]], colour: str, zorder: float
) -> None:
    axis.add_collection(
        LineCollection(
            segments, colors=colour, linewidths=0.8, zorder=zorder, clip_on=False, in_layout=False
        ),
        autolim=False,
    )
