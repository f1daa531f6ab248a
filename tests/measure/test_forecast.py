"""Forecast at the present pace: published formula, another library, simulated truth, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from gsi.measure.forecast import outlook, path, repeated

START = pd.Timestamp("2024-01-01")


def seen(*rows: tuple[int, float | None, float | None]) -> pd.DataFrame:
    """Reports as (days from the start, programmed, executed)."""
    return pd.DataFrame(
        {
            "fecha_corte": [START + pd.Timedelta(days=day) for day, _, _ in rows],
            "programado": pd.Series([p for _, p, _ in rows], dtype="float64"),
            "ejecutado": pd.Series([e for _, _, e in rows], dtype="float64"),
        }
    )  # fmt: skip


def look(
    kind: str, target: float, rows: pd.DataFrame, *, base: float = 0, end: int = 400, cut: int = 200
):
    return outlook(
        kind, base, target, START, START + pd.Timedelta(days=end),
        START + pd.Timedelta(days=cut), rows, 0.8,
    )  # fmt: skip


def test_equal_stretches_are_the_published_drift_method() -> None:
    # Hyndman and Athanasopoulos, section 5.5: sigma_h = sigma·sqrt(h (1 + h / (T − 1))), with
    # sigma the residual deviation about the drift; T − 1 stretches.
    values = np.array([3.0, 5.0, 4.5, 8.0, 9.0, 12.5])
    drift = (values[-1] - values[0]) / 5
    residual = np.diff(values) - drift
    sigma = np.sqrt((residual**2).sum() / 4)
    for h in (1, 3, 10):
        found = path(range(6), values, 5 + h, 0.9)
        assert found.value == pytest.approx(values[-1] + h * drift)
        assert found.error == pytest.approx(sigma * np.sqrt(h * (1 + h / 5)))
        assert found.high == pytest.approx(found.value + stats.t.ppf(0.95, 4) * found.error)


def test_unequal_stretches_agree_with_weighted_least_squares() -> None:
    times, values = np.array([0.0, 90, 250, 365, 500]), np.array([10.0, 14, 31, 33, 47])
    stretch, move, ahead = np.diff(times), np.diff(values), 300.0
    fit = sm.OLS(move / np.sqrt(stretch), np.sqrt(stretch)).fit()
    told = fit.get_prediction([np.sqrt(ahead)]).summary_frame(alpha=0.2).iloc[0] * np.sqrt(ahead)
    found = path(times, values, 800, 0.8)
    assert found.value == pytest.approx(47 + told["mean"])
    assert (found.low, found.high) == pytest.approx(
        (47 + told["obs_ci_lower"], 47 + told["obs_ci_upper"])
    )


@pytest.mark.parametrize("reports", [2, 3, 6])
def test_interval_holds_the_simulated_truth_as_often_as_it_says(reports: int) -> None:
    random, worlds = np.random.default_rng(7), 4000
    times = np.array([0, 40, 130, 200, 290, 330, 420])[: reports + 1]
    end, inside = float(times[-1] + 250), 0
    for _ in range(worlds):
        stretch = np.diff(np.append(times, end))
        walk = np.cumsum(
            0.3 * stretch + 2 * np.sqrt(stretch) * random.standard_normal(len(stretch))
        )
        found = path(times, np.append(0, walk[:-1]), end, 0.8)
        inside += found.low <= walk[-1] <= found.high
    assert inside / worlds == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / worlds))


def test_next_ratio_is_the_textbook_prediction_interval() -> None:
    ratios = [0.9, 1.1, 1.0, 0.8]
    found = repeated(ratios, 0.95)
    # t(3; 0.975) = 3.182446; s = 0.1290994.
    assert found.value == pytest.approx(0.95)
    assert found.high - found.value == pytest.approx(3.182446 * 0.1290994 * np.sqrt(1.25), rel=1e-5)


def test_a_running_sum_by_hand() -> None:
    # 50 in 100 days, 30 in the next 100: pace 0.4 a day; 200 days more: 80 + 80 = 160.
    # s² = (50 − 40)²/100 + (30 − 40)²/100 = 2; variance 2·200·(1 + 200/200) = 800.
    found = look("acumulado", 200, seen((100, 60, 50), (200, 120, 80)))
    assert found.value == pytest.approx(160) and found.reports == 2
    half = stats.t.ppf(0.9, 1) * np.sqrt(800)
    assert found.high == pytest.approx(160 + half)
    assert found.low == 80  # a running sum does not fall below what is done
    assert found.state == "uncertain"
    assert found.probability == pytest.approx(stats.t.cdf(-40 / np.sqrt(800), 1))


@pytest.mark.parametrize(
    ("kind", "base", "target", "rows", "state"),
    [
        ("acumulado", 0, 100, seen((100, 50, 50), (200, 90, 101)), "met"),
        ("acumulado", 0, 1000, seen((100, 50, 50), (200, 90, 99)), "unlikely"),
        ("acumulado", 0, 150, seen((100, 50, 50), (200, 90, 99)), "likely"),
        ("capacidad", 10, 20, seen((100, 12, 11.5), (200, 14, 14.9)), "uncertain"),
        ("capacidad", 10, 13.5, seen((100, 11, 11), (200, 12, 12.1)), "likely"),
        ("reduccion", 24, 10, seen((100, 20, 20), (200, 16, 15.9)), "likely"),
        ("reduccion", 24, 10, seen((100, 20, 23), (200, 16, 22.2)), "unlikely"),
        ("reduccion_anual", 62, 50, seen((100, 60, 63), (200, 58, 64.1)), "unlikely"),
        ("stock", 4, 9, seen((100, 6, 5), (200, 9, 8.9)), "uncertain"),
        ("flujo", 0, 300, seen((100, 140, 70), (200, 300, 151)), "unlikely"),
        ("flujo", 0, 300, seen((100, 140, 70)), "single"),
        ("acumulado", 0, 300, seen((100, 140, 70)), "single"),
        ("acumulado", 0, 300, seen((100, 50, 50), (200, 100, 100)), "single"),  # never varied
        ("acumulado", 0, 300, seen((100, None, 0)), "none"),  # NP
        ("acumulado", 0, 300, seen((100, 50, None)), "none"),
        ("acumulado", 0, float("nan"), seen((100, 50, 50)), "none"),
        ("capacidad", float("nan"), 300, seen((100, 50, 50)), "none"),
        ("stock", 0, 9, seen((100, 0, 3)), "none"),  # nothing to divide by
        ("acumulado", 0, 300, seen((-10, 50, 50)), "none"),  # before its start
        ("acumulado", 0, 300, seen((300, 50, 50)), "none"),  # after the cut
    ],
)
def test_what_can_be_said(
    kind: str, base: float, target: float, rows: pd.DataFrame, state: str
) -> None:
    assert look(kind, target, rows, base=base).state == state


def test_an_action_that_ended_has_an_outcome_and_no_forecast() -> None:
    rows = seen((100, 140, 70), (150, 300, 290))
    assert look("flujo", 300, rows, end=160).state == "unmet"
    assert look("flujo", 290, rows, end=160).state == "met"


def test_odd_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        look("otra", 1, seen())
    with pytest.raises(ValueError, match="increasing"):
        path([0, 0], [1, 2], 5, 0.8)
    with pytest.raises(ValueError, match="no ratio"):
        repeated([], 0.8)
