"""The words drawn in figures keep the rules of the reports' language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from analysis.keys.worlds import context
from matplotlib.figure import Figure
from matplotlib.text import Text
from prose import faults

from gsi.analysis.context import Context
from gsi.analysis.keys.information import information
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.plan.change import change
from gsi.analysis.plan.monitor import monitor
from gsi.report.figures import baseline as baseline_figures
from gsi.report.figures import change as change_figures
from gsi.report.figures import information as information_figures
from gsi.report.figures import plan as plan_figures
from gsi.report.figures.picture import Picture

# Initials that the list of every report says.
SAID = frozenset(["DANE", "FIES", "ICV", "IPM", "IRCA", "SAE"])


def drawn(figure: Figure) -> str:
    """Every text of a figure, each a sentence of its own."""
    figure.draw_without_rendering()
    return " | ".join(text.get_text() for text in figure.findobj(Text) if text.get_text())


DRAWINGS: dict[str, Callable[[Context], Picture | None]] = {
    "before-after": lambda c: information_figures.before_after(information(c), c),
    "profile": lambda c: baseline_figures.profile(baseline(c), c),
    "forest": lambda c: change_figures.forest(change(c), c),
    "alerts": lambda c: plan_figures.alerts(monitor(c), c),
    "progress": lambda c: plan_figures.progress(monitor(c), c),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_words_of_figures_keep_the_rules(name: str) -> None:
    picture = DRAWINGS[name](context("00"))
    assert picture is not None and isinstance(picture.figure, Figure)
    assert faults(drawn(picture.figure), SAID) == []


def test_a_fault_drawn_is_found() -> None:
    figure = Figure()
    figure.subplots().set_title("Lo que va a el municipio")
    assert len(faults(drawn(figure))) == 1
