"""Words on a map that would lie on each other are moved apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

# Where a word may go, in its own heights and widths: near places first, all in a fixed order.
_RINGS = (0.0, 0.6, 1.0, 1.5, 2.1, 2.8, 3.6)
_TURNS = 12
# A word this near its place needs no line to it, in points.
_NEAR = 9.0


def apart(words: Sequence[Annotation], renderer: RendererBase) -> None:
    """Move ``words``, written at an offset of 0 points from their place, so that none lies on
    another; a line goes from a word moved far to its place.

    The first keep their place; of the next each takes the nearest free one. Where none is free it
    takes the one that covers least. The figure must have its final layout.
    """
    taken: list[Bbox] = []
    for word in words:
        axes, figure = word.axes, word.get_figure(root=True)
        if axes is None or figure is None:
            raise ValueError("a word to be moved stands on axes of a figure")
        points = 72 / figure.dpi
        box = text_box(word, renderer).frozen()
        frame = axes.bbox.padded(0)
        best, least = (0.0, 0.0), np.inf
        for shift in _shifts(box):
            moved = box.translated(*shift)
            outside = _area(moved) - _shared(moved, frame)
            cover = outside + sum(_shared(moved, other) for other in taken)
            if cover < least - 1e-6:
                best, least = shift, cover
            if least <= 1e-6:
                break
        taken.append(box.translated(*best))
        offset = (best[0] * points, best[1] * points)
        word.set_position(offset)
        if word.arrow_patch is not None:
            word.arrow_patch.set_visible(float(np.hypot(*offset)) > _NEAR)


def text_box(word: Annotation, renderer: RendererBase) -> Bbox:
    """Where the words are, in pixels: an annotation's own extent has its line too."""
    word.update_positions(renderer)
    return Text.get_window_extent(word, renderer)


def _shifts(box: Bbox) -> list[tuple[float, float]]:
    found = [(0.0, 0.0)]
    for ring in _RINGS[1:]:
        for turn in np.linspace(0, 2 * np.pi, _TURNS, endpoint=False):
            # Half the width is as far as the whole height: words are long.
            across, up = np.sin(turn) * (box.width / 2 + box.height / 2), np.cos(turn) * box.height
            found.append((float(ring * across), float(ring * up)))
    return found


def _area(box: Bbox) -> float:
    return float(box.width * box.height)


def _shared(one: Bbox, other: Bbox) -> float:
    both = Bbox.intersection(one, other)
    return 0.0 if both is None else _area(both)
