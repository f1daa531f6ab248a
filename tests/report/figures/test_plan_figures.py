"""Figures of key 1, baseline, change and plan: they draw what the section says, in Spanish."""

from __future__ import annotations

import io

import numpy as np
import pytest
from analysis.keys.worlds import context
from example_department import truth
from matplotlib.figure import Figure

from gsi.analysis.keys.information import information
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.plan.change import change
from gsi.analysis.plan.monitor import monitor
from gsi.report.figures import baseline as baseline_figures
from gsi.report.figures import change as change_figures
from gsi.report.figures import information as information_figures
from gsi.report.figures import plan as plan_figures
from gsi.report.figures.picture import Picture


def shown(picture: Picture | None) -> Figure:
    assert picture is not None and isinstance(picture.figure, Figure)
    return picture.figure


def words(figure: Figure) -> str:
    import matplotlib.text

    figure.draw_without_rendering()
    return " ".join(t.get_text() for t in figure.findobj(matplotlib.text.Text))


def drawn(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=40, metadata={"Software": None})
    return buffer.getvalue()


def test_before_and_after_shows_both_years_and_four_factors() -> None:
    here = context("00")
    section = information(here)
    text = words(shown(information_figures.before_after(section, here)))
    assert "2018" in text and "2024" in text and "Calidad de la vivienda" in text
    assert drawn(shown(information_figures.municipalities(section, here))) == drawn(
        shown(information_figures.municipalities(section, here))
    )


@pytest.mark.parametrize("code", ["00", "00010"])
def test_profile_has_a_row_an_indicator(code: str) -> None:
    here = context(code)
    section = baseline(here)
    figure = shown(baseline_figures.profile(section, here))
    labels = [t.get_text() for axis in figure.axes for t in axis.texts]
    told = baseline_figures.shown(section)
    assert len(labels) == len(told) + told["right"].nunique()
    # Each row stands under the heading of its right.
    (axis,) = figure.axes
    height = {text.get_text(): text.get_position()[1] for text in axis.texts}
    for right, rows in told.groupby("right"):
        below = [height[name] for name in rows["name"] if name in height]
        assert below and max(below) < height[right]
        others = [height[other] for other in told["right"].unique() if other != right]
        assert not any(min(below) < other < height[right] for other in others)
    assert ("Departamento" in words(figure)) == (code == "00010")


def test_forest_is_oriented_so_that_better_is_to_the_right() -> None:
    section = change(context(truth.WORSENED_FOOD_SECURITY))
    frame = change_figures.relative(section)
    worse = frame["verdict"] == "worsened"
    assert worse.any() and (frame.loc[worse, "centre"] < 0).all()
    assert (frame.loc[frame["verdict"] == "improved", "centre"] > 0).all()
    # What worsened lies outside the band of an unchanged place, on its left.
    assert (frame.loc[worse, "centre"] < frame.loc[worse, "left"]).all()
    assert np.isfinite(frame["centre"]).all()
    figure = shown(change_figures.forest(section, context(truth.WORSENED_FOOD_SECURITY)))
    (legend,) = figure.legends
    said = {text.get_text() for text in legend.get_texts()}
    assert {"empeoró", "no se juzga o no se puede saber", "lo que se movería sin cambiar"} <= said


def test_plan_figures_name_the_actions_in_alert() -> None:
    here = context("00")
    section = monitor(here)
    text = words(shown(plan_figures.alerts(section, here)))
    assert "A04" in text and "A13" in text and "A02" not in text
    assert "91\N{NO-BREAK SPACE}%" in words(shown(plan_figures.progress(section, here)))
