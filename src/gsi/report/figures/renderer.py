"""The renderer of the figures: Matplotlib's, which writes each text of ours once.

Matplotlib reads a font from its file glyph by glyph, through Python, and lays a text out each time
that it measures or draws it; then it draws each glyph by itself. Half of the time of a figure went
there. Here fonts are in memory, and what is measured is at once an image.
"""

from __future__ import annotations

import io
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import font_source_sans_pro
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

FAMILY = "Source Sans Pro"
FALLBACK = "DejaVu Sans"  # comes with Matplotlib; has the signs and alphabets that ours lacks
FILES = tuple(
    Path(font_source_sans_pro.__file__).parent / "files" / f"SourceSansPro-{style}.ttf"
    for style in ("Regular", "Bold")
)
SUBPIXEL = 64  # FreeType's parts of a pixel


class Face:
    """A font of ours, in memory. A copy of the process may use it too: it reads no file."""

    def __init__(self, path: Path) -> None:
        self.font = FT2Font(io.BytesIO(path.read_bytes()))
        self.characters = {chr(code) for code in self.font.get_charmap()}


class Written(NamedTuple):
    """A line of text: its measures in pixels, and its image, whose row ``baseline`` is the first
    under the line that letters stand on."""

    width: float
    height: float
    descent: float
    image: np.ndarray
    baseline: int


FACES = {str(path.resolve()): Face(path) for path in FILES}


@cache
def add_fonts() -> None:
    """Let Matplotlib know the fonts, for what is drawn or measured by others."""
    for path in FILES:
        fontManager.addfont(str(path))


class Renderer(RendererAgg):
    """Matplotlib's renderer to pixels. Text that is not horizontal, that is mathematics, in another
    font or with characters that ours lacks is drawn as Matplotlib does. ``lines``: every line of
    text that it drew; what was drawn before and is laid on (:class:`Drawn`) is none of them."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._written: dict[tuple[str, int], Written | None] = {}
        self._faces: dict[int, Face | None] = {}
        self.lines: set[str] = set()

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        written = None if ismath else self._write(s, prop)
        if written is not None:
            return written[:3]
        measured: Any = super().get_text_width_height_descent  # without types of its own
        size: tuple[float, float, float] = measured(s, prop, ismath)
        return size

    def draw_text(  # type: ignore[no-untyped-def]
        self, gc, x, y, s, prop, angle, ismath=False, mtext=None
    ) -> None:
        self.lines.add(s)
        written = None if ismath or angle else self._write(s, prop)
        if written is None:
            drawn: Any = super().draw_text
            drawn(gc, x, y, s, prop, angle, ismath, mtext)
            return
        # The letters' colour, as opaque as they cover each pixel; images count from the bottom.
        ink = np.empty((*written.image.shape, 4), np.uint8)
        *colour, opacity = gc.get_rgb()
        ink[:, :, :3] = np.rint(255 * np.array(colour))
        # What is drawn with a transparency of its own gets that from the context.
        ink[:, :, 3] = written.image * (opacity / (gc.get_alpha() or 1))
        bottom = round(y) + len(written.image) - written.baseline
        self.draw_image(gc, round(x), self.height - bottom, ink[::-1])

    def _face(self, prop: FontProperties) -> Face | None:
        key = hash(prop)
        if key not in self._faces:
            found: Any = fontManager.findfont(prop)
            self._faces[key] = FACES.get(found.path)
        return self._faces[key]

    def _write(self, text: str, prop: FontProperties) -> Written | None:
        key = text, hash(prop)
        if key not in self._written:
            face = self._face(prop)
            self._written[key] = (
                self._laid_out(text, face.font, prop)
                if face is not None and face.characters.issuperset(text)
                else None
            )
        return self._written[key]

    def _laid_out(self, text: str, font: FT2Font, prop: FontProperties) -> Written:
        font.set_size(prop.get_size_in_points(), self.dpi)
        # Without a space the image would begin with the first letter's ink, rounded apart from the
        # other letters, and not where the text does.
        blank = "" if " " in text else " "
        unwanted, _ = _measured(font, blank)
        width, height = _measured(font, text + blank)
        descent = font.get_descent()
        font.draw_glyphs_to_bitmap(antialiased=True)
        measures = ((width - unwanted) / SUBPIXEL, height / SUBPIXEL, descent / SUBPIXEL)
        return Written(*measures, font.get_image(), (height - descent) // SUBPIXEL + 1)


def _measured(font: FT2Font, text: str) -> tuple[int, int]:
    font.clear()
    font.set_text(text, 0.0, flags=get_hinting_flag())
    return font.get_width_height()


class Canvas(FigureCanvasAgg):
    """A canvas with that renderer, for one drawing: the figure's size is settled before."""

    def get_renderer(self) -> Renderer:
        return self._renderer

    def pixels(self) -> np.ndarray:
        """What is on it: height × width × 4 (RGBA), until it is drawn on again."""
        shown: Any = self.buffer_rgba
        return np.asarray(shown())

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(*self.get_width_height(physical=True), self.figure.dpi)


class Pixels(NamedTuple):
    """A part of a figure that was drawn before: the lowest row first, as renderers take it, and
    where its lower left corner is."""

    rows: np.ndarray
    left: int
    bottom: int

    @classmethod
    def of(cls, drawn: np.ndarray) -> Pixels:
        """A copy of what has ink in a whole figure's pixels."""
        rows = drawn[::-1]
        ink = rows[:, :, 3] > 0
        if not ink.any():
            return cls(rows[:0, :0].copy(), 0, 0)
        (bottom, *_, top), (left, *_, right) = (np.flatnonzero(ink.any(axis)) for axis in (1, 0))
        return cls(rows[bottom : top + 1, left : right + 1].copy(), int(left), int(bottom))


class Drawn(Artist):
    """What was drawn before, laid on a figure as it is; Matplotlib would sample an image anew."""

    def __init__(self, pixels: Pixels, zorder: float) -> None:
        super().__init__()
        self._pixels = pixels
        self.set_zorder(zorder)

    def draw(self, renderer: RendererBase) -> None:
        """Lay it on."""
        if not self._pixels.rows.size:
            return
        context = renderer.new_gc()
        renderer.draw_image(context, self._pixels.left, self._pixels.bottom, self._pixels.rows)
        context.restore()
