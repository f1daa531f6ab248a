"""Funnels by hand; Kaplan-Meier medians against a published data set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gsi.measure import survival as sv

# Freireich et al. (1963), Blood 21; remission weeks of 42 leukaemia patients, the standard example
# of Kaplan-Meier (e.g. Klein and Moeschberger, 2003, table 1.2).
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_medians_of_the_leukaemia_trial() -> None:
    placebo = sv.kaplan_meier_median(np.array(PLACEBO), np.ones(21, dtype=bool))
    assert (placebo.median, placebo.low, placebo.high) == (8, 4, 11)
    treated = sv.kaplan_meier_median(np.array(TREATED), np.array(RELAPSED, dtype=bool))
    assert (treated.median, treated.low) == (23, 13)
    assert np.isnan(treated.high)
    assert (treated.events, treated.n) == (9, 21)


def test_a_curve_that_never_halves_has_no_median() -> None:
    result = sv.kaplan_meier_median(np.array([1.0, 9, 9, 9]), np.array([True, False, False, False]))
    assert np.isnan(result.median)
    nothing = sv.kaplan_meier_median(np.array([4.0, 5]), np.array([False, False]))
    assert np.isnan(nothing.median)
    assert (nothing.events, nothing.n) == (0, 2)


def test_a_band_that_jumps_past_one_half_has_that_day_as_interval() -> None:
    times = np.array([1.0] * 40 + [2.0] * 5 + [3.0])
    result = sv.kaplan_meier_median(times, np.ones(46, dtype=bool))
    assert (result.median, result.low, result.high) == (1, 1, 1)


def test_negative_times_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        sv.kaplan_meier_median(np.array([-1.0]), np.array([True]))


STEPS = pd.DataFrame({"step": ["b", "a", "c"], "order": [2, 1, 3]})
CASES = pd.DataFrame(
    [
        ("uno", "a", "2024-01-01", "done"),
        ("uno", "b", "2024-01-11", "done"),
        ("uno", "c", "2024-01-16", "done"),
        ("dos", "a", "2024-02-01", "done"),
        ("dos", "b", "2024-02-21", "lost"),
        ("tres", "a", "2024-12-01", "open"),
        ("cuatro", "b", "2024-05-01", "open"),
    ],
    columns=["case", "step", "day", "state"],
).assign(day=lambda frame: pd.to_datetime(frame["day"]))


def test_funnel_by_hand() -> None:
    table = sv.funnel(CASES, STEPS)
    assert table["step"].tolist() == ["a", "b", "c"]
    # 'cuatro' shows first at b, so it went through a as well.
    assert table["reached"].tolist() == [4, 3, 1]
    assert table["lost"].tolist() == [0, 1, 0]
    assert table["open"].tolist() == [1, 1, 0]
    assert (table["reached"] == table[["done", "lost", "open"]].sum(axis=1)).all()


def test_step_times_by_hand() -> None:
    times = sv.step_times(CASES, STEPS, pd.Timestamp("2024-12-31"))
    first = times[times["step"] == "a"].set_index("case")
    assert first.loc["uno", ["days", "event"]].tolist() == [10, True]
    assert first.loc["dos", ["days", "event"]].tolist() == [20, True]
    assert first.loc["tres", ["days", "event"]].tolist() == [30, False]
    assert "cuatro" not in first.index
    second = times[times["step"] == "b"].set_index("case")
    assert second.loc["uno", ["days", "event"]].tolist() == [5, True]
    assert second.loc["dos", ["days", "event"]].tolist() == [0, False]
    assert second.loc["cuatro", ["days", "event"]].tolist() == [244, False]
