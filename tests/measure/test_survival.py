"""Funnels by hand; Kaplan-Meier medians against R and against simulated truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

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


def published() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases and what R's package ``survival`` says of each: ``survival/medians.R`` made both."""
    folder = Path(__file__).parent / "survival"
    return pd.read_csv(folder / "cases.csv"), pd.read_csv(folder / "medians.csv")


CASES_OF_R, MEDIANS_OF_R = published()
# R gives no limit where the whole curve falls at once to zero; we know two.
BEYOND_R = "same_day"


@pytest.mark.parametrize("said", MEDIANS_OF_R.to_dict("records"), ids=MEDIANS_OF_R["case"])
def test_median_and_limits_are_those_of_r(said: dict[str, Any]) -> None:
    rows = CASES_OF_R[CASES_OF_R["case"] == said["case"]]
    found = sv.kaplan_meier_median(rows["time"].to_numpy(), rows["event"].to_numpy(dtype=bool))
    assert (found.n, found.events) == (said["n"], said["events"])
    assert found.median == pytest.approx(said["median"], nan_ok=True)
    if said["case"] != BEYOND_R:
        assert (found.low, found.high) == pytest.approx((said["low"], said["high"]), nan_ok=True)


def test_who_all_move_on_the_same_day_have_that_day_as_interval() -> None:
    assert np.isnan(MEDIANS_OF_R.set_index("case").loc[BEYOND_R, "high"])
    found = sv.kaplan_meier_median(np.full(12, 4.0), np.ones(12, dtype=bool))
    assert (found.median, found.low, found.high) == (4, 4, 4)
    # Of five alike one half may still wait: 1 − 0.025^(1/5) = 0.52.
    few = sv.kaplan_meier_median(np.full(5, 4.0), np.ones(5, dtype=bool))
    assert (few.median, few.low) == (4, 4)
    assert np.isnan(few.high)


def test_a_last_time_with_an_event_is_no_upper_limit() -> None:
    times = np.array([3.0, 5, 8, 12, 20, 31, 40, 44, 52, 60])
    happened = np.array([1, 0, 1, 0, 1, 0, 0, 0, 0, 1], dtype=bool)
    found = sv.kaplan_meier_median(times, happened)
    assert np.isnan(found.high)
    assert found.median == 60


def covered(cases: int, waiting: float, *, whole_days: bool) -> float:
    """Share of 1,500 draws of Weibull waits, some still waiting, whose interval has the median."""
    rng = np.random.default_rng([cases, int(10 * waiting), whole_days])
    draws, inside = 1500, 0
    rounded = np.ceil if whole_days else np.asarray
    for draw in range(draws):
        shape = (0.7, 1.0, 2.0)[draw % 3]
        days = rounded(40 * rng.weibull(shape, cases))
        stop = np.full(cases, np.inf)
        if waiting:
            stop = rounded(rng.exponential(40 / waiting, cases))
        found = sv.kaplan_meier_median(np.minimum(days, stop), days <= stop)
        truth = rounded(40 * np.log(2) ** (1 / shape))
        low, high = np.nan_to_num([found.low, found.high], nan=np.inf)
        inside += bool(low <= truth <= high) or found.events == 0
    return inside / draws


POINT = 0.01
DRAWN = 3 * np.sqrt(0.95 * 0.05 / 1500)  # three standard errors of the simulation


@pytest.mark.parametrize("waiting", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("cases", [50, 100])
def test_the_interval_covers_the_true_median(cases: int, waiting: float) -> None:
    share = covered(cases, waiting, whole_days=False)
    assert share == pytest.approx(0.95, abs=POINT + DRAWN / 3)


@pytest.mark.parametrize("waiting", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("cases", [10, 20, 50])
def test_few_cases_and_whole_days_make_it_hold_more_and_not_less(
    cases: int, waiting: float
) -> None:
    """Its ends are days of cases: with ten or twenty it goes from one to the next, and days that
    cases share only widen it."""
    assert 0.95 - DRAWN <= covered(cases, waiting, whole_days=True) <= 0.985 + DRAWN


@pytest.mark.parametrize(("cases", "exact"), [(10, 0.9443), (20, 0.9734), (50, 0.9511)])
def test_without_waiting_cases_it_holds_what_its_ranks_hold(cases: int, exact: float) -> None:
    """The median lies between the a-th and the b-th of n waits with the probability of a to b - 1
    heads in n tosses (David and Nagaraja 2003, Order Statistics, § 7.1)."""
    found = sv.kaplan_meier_median(np.arange(1.0, cases + 1), np.ones(cases, dtype=bool))
    ranks = binom.cdf(found.high - 1, cases, 0.5) - binom.cdf(found.low - 1, cases, 0.5)
    assert ranks == pytest.approx(exact, abs=5e-5)
    assert covered(cases, 0.0, whole_days=False) == pytest.approx(exact, abs=DRAWN)


def test_a_curve_that_never_halves_has_no_median() -> None:
    result = sv.kaplan_meier_median(np.array([1.0, 9, 9, 9]), np.array([True, False, False, False]))
    assert np.isnan(result.median)
    nothing = sv.kaplan_meier_median(np.array([4.0, 5]), np.array([False, False]))
    assert np.isnan(nothing.median)
    assert (nothing.events, nothing.n) == (0, 2)


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
