"""How figures become pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from PIL import Image, ImageFilter

from gsi.report.figures.renderer import Canvas, Renderer
from gsi.report.figures.style import (
    DPI,
    bars,
    lay_out,
    light_grid,
    luminance,
    name_rows,
    new_figure,
    png,
    room_of,
    sign,
    spanish_axis,
)


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


def saved(figure: Figure) -> np.ndarray:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return np.asarray(Image.open(buffer).convert("RGB"))


def pixels(figure: Figure) -> np.ndarray:
    picture = Image.open(io.BytesIO(png(figure)))
    assert picture.mode == "RGB"
    return np.asarray(picture)


# What Matplotlib would take for mathematics, one of them wrong.
LIVE = ["Bono de $50.000 a $80.000", "Plan $x_1^2$", r"$\frac{1}{2$ de \alpha", "a_b^c {d}"]


@pytest.mark.parametrize("name", LIVE)
def test_a_name_with_dollars_is_a_name(name: str) -> None:
    """Its letters stand side by side, one after the other, as in any other name: all of them."""

    def drawn_name(text: str) -> np.ndarray:
        figure = new_figure(1.0)
        axis = figure.subplots()
        axis.set_axis_off()
        axis.text(0, 0.5, text)
        dark = np.argwhere(pixels(figure).sum(axis=2) < 600)
        return np.array([dark.min(axis=0), dark.max(axis=0)])

    def width(text: str) -> int:
        (_, left), (_, right) = drawn_name(text)
        return int(right - left)

    # A letter on each side closes in the width of what is between.
    inside = width(f"I{name}I") - width("II")
    each = sum(width(f"I{letter}I") - width("II") for letter in name)
    assert abs(inside - each) <= 2 * len(name)
    assert abs(inside - each) <= 0.05 * each


@pytest.mark.parametrize("place", ["ticks", "title", "legend", "note", "rows"])
def test_no_text_of_a_figure_is_mathematics(place: str) -> None:
    figure = new_figure(3.0)
    axis = figure.subplots()
    axis.barh(range(len(LIVE)), [1, 2, 3, 4], label=LIVE[2])
    if place == "ticks":
        axis.set_yticks(range(len(LIVE)), LIVE)
    elif place == "title":
        axis.set_title(LIVE[2])
        axis.set_xlabel(LIVE[2])
    elif place == "legend":
        figure.legend(loc="outside upper left")
    elif place == "note":
        axis.annotate(LIVE[2], (1, 1))
    else:
        name_rows(axis, range(len(LIVE)), LIVE)
    assert pixels(figure).min() < 255
    for text in figure.findobj(Text):
        assert not text.get_parse_math(), text.get_text()


def test_signs_that_our_font_lacks_come_from_another(recwarn: pytest.WarningsRecorder) -> None:
    figure = new_figure(1.0)
    figure.text(0.1, 0.5, "Ω ж ⚠ ■ [U+6F22]")
    assert pixels(figure).min() < 255
    assert [item for item in recwarn if "lyph" in str(item.message)] == []


def test_one_drawing_gives_the_pixels_of_savefig() -> None:
    def without_letters() -> Figure:
        """Every text takes its room, and none is seen."""
        figure = drawn()
        for text in figure.findobj(Text):
            text.set_alpha(0)
        return figure

    assert np.array_equal(pixels(without_letters()), saved(without_letters()))


def test_letters_stand_where_matplotlib_puts_them() -> None:
    def ink(picture: np.ndarray) -> np.ndarray:
        return picture.min(axis=2) < 100

    def reached(marks: np.ndarray) -> np.ndarray:
        """A pixel around: Matplotlib places letters by parts of a pixel."""
        return np.asarray(Image.fromarray(marks).filter(ImageFilter.MaxFilter(3)))

    ours, theirs = ink(pixels(drawn())), ink(saved(drawn()))
    assert ours.sum() > 5000
    assert not (ours & ~reached(theirs)).any()
    assert not (theirs & ~reached(ours)).any()


def test_the_same_figure_has_the_same_bytes_and_nothing_of_the_machine() -> None:
    data = png(drawn())
    assert data == png(drawn())
    picture = Image.open(io.BytesIO(data))
    assert set(picture.info) == {"dpi", "Description"}
    assert round(picture.info["dpi"][0]) == DPI


def test_a_picture_says_in_words_what_is_drawn_in_it() -> None:
    figure = new_figure(2.0)
    axis = figure.add_subplot()
    axis.barh([0], [3])
    name_rows(axis, [0], ["Niñas\ny niños"])
    axis.set_title("Más → menos")
    said = Image.open(io.BytesIO(png(figure))).info["Description"].split(" | ")
    assert {"Niñas y niños", "Más → menos"} <= set(said)


def test_names_of_rows_stand_where_the_labels_of_ticks_would() -> None:
    names = ["Un nombre muy largo de municipio", "Ataco\nsur", "Rioblanco"]

    def picture(by_ticks: bool) -> np.ndarray:
        figure = new_figure(3.0)
        axis = figure.add_subplot()
        axis.barh(range(3), [1200.5, 300, 45])
        if by_ticks:
            axis.set_yticks(range(3), names, fontsize=8)
        else:
            name_rows(axis, range(3), names, fontsize=8)
        axis.set_title("Personas")
        light_grid(axis)
        return pixels(figure)

    assert np.array_equal(picture(by_ticks=True), picture(by_ticks=False))


def test_axes_have_the_place_that_the_layout_engine_gives_them() -> None:
    def single() -> Figure:
        figure = new_figure(3.0)
        axis = figure.add_subplot()
        axis.plot([0, 1000], [0, 10], label="Personas")
        name_rows(axis, [1, 9], ["Un nombre muy largo de municipio", "Ataco"])
        axis.set_xlim(0, 1000)
        axis.set_xlabel("Puestos")
        axis.set_title("Rango")
        figure.legend(loc="outside lower center")
        figure.legend(loc="outside upper left", title="Leyenda")
        return figure

    ours, theirs = single(), single()
    lay_out(ours)
    theirs.set_dpi(DPI)
    Canvas(theirs)
    theirs.get_layout_engine().execute(theirs)
    assert theirs.axes[0].get_position().y0 > 0.2
    found, expected = (figure.axes[0].get_window_extent().extents for figure in (ours, theirs))
    assert np.abs(found - expected).max() < 1.5  # pixels: their labels moved once more


def test_what_the_renderer_does_not_write_matplotlib_does() -> None:
    """Text turned, in mathematics, in another font or with characters that ours lacks."""

    def figure(words: str, **looks: object) -> Figure:
        empty = new_figure(1.0, 2.0)
        empty.set_layout_engine("none")
        empty.text(0.2, 0.4, words, **looks)
        return empty

    for words, looks in (
        ("Ataco", {"rotation": 45}),
        (r"$\alpha_1$", {}),
        ("Ataco", {"family": "DejaVu Sans"}),
        ("\N{SNOWMAN}", {"family": ["Source Sans Pro", "DejaVu Sans"]}),
    ):
        found = pixels(figure(words, **looks))
        assert (found < 255).any()
        assert np.array_equal(found, saved(figure(words, **looks))), words


def test_bars_are_those_of_barh() -> None:
    def picture(alone: bool) -> np.ndarray:
        figure = new_figure(2.0)
        axis = figure.add_subplot()
        if alone:
            axis.barh([0, 1], [3, -2], height=0.6, color="black")
        else:
            bars(axis, [0, 1], [3, -2], height=0.6, color="black")
        axis.set_xlim(-4, 4)
        axis.set_ylim(-1, 2)
        return pixels(figure)

    assert np.array_equal(picture(alone=True), picture(alone=False))


def test_a_title_beyond_the_rows_names_does_not_touch_them() -> None:
    names = ["85 y más", "0-4"]
    figure = new_figure(3.0)
    axis = figure.add_subplot()
    written = name_rows(axis, [0, 1], names)
    axis.set_ylabel("Edad", labelpad=room_of(names))
    png(figure)
    leftmost = min(text.get_window_extent().x0 for text in written)
    assert axis.yaxis.label.get_window_extent().x1 <= leftmost


def test_a_text_is_laid_out_once_and_measured_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Matplotlib would lay it out again each time that it asks how wide it is."""
    plain, mathematics = "Índice de necesidad", "$x^2$"
    font = FontProperties(family="Source Sans Pro", size=10)
    sizes = RendererAgg(400, 300, DPI).get_text_width_height_descent(plain, font, False)
    asked: list[str] = []

    def theirs(_self: RendererAgg, text: str, *_: object) -> tuple[float, float, float]:
        asked.append(text)
        return 1.0, 1.0, 0.0

    monkeypatch.setattr(RendererAgg, "get_text_width_height_descent", theirs)
    renderer = Renderer(400, 300, DPI)
    assert renderer.get_text_width_height_descent(plain, font, False) == pytest.approx(sizes)
    renderer.get_text_width_height_descent(mathematics, font, "TeX")
    assert asked == [mathematics]


def test_a_sign_is_drawn_as_itself() -> None:
    """≈ is two waves, wider than high, about its middle; a formula's text would be many letters."""
    outline = sign("≈")
    assert (outline.codes == outline.MOVETO).sum() == 2
    (left, bottom), (right, top) = outline.get_extents().get_points()
    assert right - left > top - bottom > 0
    assert left == pytest.approx(-right) and bottom == pytest.approx(-top)


@pytest.mark.parametrize(
    ("colour", "expected"), [("white", 1), ("black", 0), ("#777777", 0.1845), ("#0072B2", 0.1525)]
)
def test_luminance_is_that_of_the_standard(colour: str, expected: float) -> None:
    """The last two: by the formula of WCAG 2.2, by hand."""
    assert luminance(colour) == pytest.approx(expected, abs=6e-4)
