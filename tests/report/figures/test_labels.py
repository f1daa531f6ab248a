"""Words on a map do not lie on each other."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from gsi.report.figures.labels import apart, text_box
from gsi.report.figures.style import lay_out, new_figure


def written(figure: Figure, points: np.ndarray, names: list[str]) -> list[Annotation]:
    axis = figure.add_subplot()
    axis.set_xlim(0, 10)
    axis.set_ylim(0, 10)
    return [
        axis.annotate(
            name, tuple(point), xytext=(0, 0), textcoords="offset points", ha="center",
            va="center", fontsize=8.5, arrowprops={"arrowstyle": "-"},
        )
        for point, name in zip(points, names, strict=True)
    ]  # fmt: skip


def overlaps(words: list[Annotation], renderer: object) -> int:
    boxes = [text_box(word, renderer) for word in words]  # type: ignore[arg-type]
    return sum(
        one.overlaps(other)
        and min(one.x1, other.x1) - max(one.x0, other.x0) > 0.5
        and min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5
        for i, one in enumerate(boxes)
        for other in boxes[:i]
    )


def test_crowded_names_are_moved_apart_inside_their_map() -> None:
    rng = np.random.default_rng(1)
    figure = new_figure(5)
    points = 5 + rng.normal(0, 0.8, (14, 2))
    words = written(figure, points, [f"Municipio número\n{n}" for n in range(14)])
    renderer = lay_out(figure).get_renderer()
    assert overlaps(words, renderer) > 5
    apart(words, renderer)
    assert overlaps(words, renderer) == 0
    frame = figure.axes[0].bbox
    for word in words:
        box = text_box(word, renderer)
        assert frame.x0 - 1 <= box.x0 and box.x1 <= frame.x1 + 1
        far = np.hypot(*word.xyann) > 9
        assert word.arrow_patch is not None
        assert word.arrow_patch.get_visible() == far


def test_words_with_room_stay_where_they_are() -> None:
    figure = new_figure(5)
    words = written(figure, np.array([[2.0, 2.0], [8.0, 8.0]]), ["Ataco", "Coyaima"])
    apart(words, lay_out(figure).get_renderer())
    assert [word.xyann for word in words] == [(0.0, 0.0), (0.0, 0.0)]
