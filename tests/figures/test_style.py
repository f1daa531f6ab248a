"""How figures become pictures."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from gsi.figures.style import DPI, light_grid, name_rows, new_figure, png, spanish_axis


def drawn() -> Figure:
    """Two panels, long labels, a legend outside and a note: all that a layout has to fit."""
    figure = new_figure(3.0)
    for number, axis in enumerate(figure.subplots(1, 2, sharey=True)):
        axis.barh(range(3), [1200.5, 300, 45], label="Personas")
        axis.set_yticks(range(3), ["Un nombre muy largo de municipio", "Ataco", "Rioblanco"])
        axis.set_title(f"Panel {number}")
        axis.annotate("nota", (300, 1), xytext=(5, 5), textcoords="offset points")
        spanish_axis(axis)
        light_grid(axis)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside upper left")
    return figure


def test_one_drawing_gives_the_pixels_of_savefig() -> None:
    buffer = io.BytesIO()
    drawn().savefig(buffer, format="png", dpi=DPI)
    expected = Image.open(buffer).convert("RGB")
    picture = Image.open(io.BytesIO(png(drawn())))
    assert picture.mode == "RGB"
    assert np.array_equal(np.asarray(picture), np.asarray(expected))


def test_the_same_figure_has_the_same_bytes_and_nothing_of_the_machine() -> None:
    data = png(drawn())
    assert data == png(drawn())
    picture = Image.open(io.BytesIO(data))
    assert set(picture.info) == {"dpi"}
    assert round(picture.info["dpi"][0]) == DPI


def test_names_of_rows_stand_where_the_labels_of_ticks_would() -> None:
    names = ["Un nombre muy largo de municipio", "Ataco\nsur", "Rioblanco"]

    def picture(by_ticks: bool) -> bytes:
        figure = new_figure(3.0)
        axis = figure.add_subplot()
        axis.barh(range(3), [1200.5, 300, 45])
        if by_ticks:
            axis.set_yticks(range(3), names, fontsize=8)
        else:
            name_rows(axis, range(3), names, fontsize=8)
        axis.set_title("Personas")
        light_grid(axis)
        return png(figure)

    assert picture(by_ticks=True) == picture(by_ticks=False)
