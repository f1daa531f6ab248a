"""Empirical Bayes against PySAL and against worlds whose true rates are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.measure.smoothing import empirical_bayes


def world(
    rng: np.random.Generator, places: int, mean: float, spread: float
) -> tuple[pd.Series, pd.Series, np.ndarray]:
    """Births of municipalities of very different size, events around a true rate of each."""
    base = np.exp(rng.normal(6, 1.2, places)).round() + 20
    true = rng.gamma(1 / spread**2, mean * spread**2, places)
    return pd.Series(rng.poisson(base * true), dtype=float), pd.Series(base), true


def test_rates_are_those_of_pysal() -> None:
    from esda.smoothing import Empirical_Bayes

    for seed in range(20):
        events, base, _ = world(np.random.default_rng(seed), 40, 0.03, 0.5)
        expected = Empirical_Bayes(events.to_numpy()[:, None], base.to_numpy()[:, None]).r.ravel()
        assert empirical_bayes(events, base)["smoothed"].to_numpy() == pytest.approx(expected)


@pytest.mark.parametrize(("mean", "spread"), [(0.06, 0.3), (0.03, 0.3)])
def test_smoothed_rates_are_nearer_the_truth_and_say_how_near(mean: float, spread: float) -> None:
    """Over 300 departments of 40 municipalities, at rates like those of adolescent births: the
    squared error falls by a quarter at least, and 1.96 errors cover what they say. Below some five
    events a place in the mean, the truth is skewed and they cover 0.88: see the docstring."""
    rng = np.random.default_rng(7)
    raw, smooth, covered = [], [], []
    for _ in range(300):
        events, base, true = world(rng, 40, mean, spread)
        found = empirical_bayes(events, base)
        raw.append((base * (found["raw"] - true) ** 2).sum() / base.sum())
        smooth.append((base * (found["smoothed"] - true) ** 2).sum() / base.sum())
        covered.append((abs(found["smoothed"] - true) < 1.96 * found["error"]).mean())
    assert np.mean(smooth) < 0.75 * np.mean(raw)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.01)


def test_a_single_case_in_a_small_place_is_no_extreme() -> None:
    """One death among 40 births is 25 per thousand where 11 is usual: nearly all of it chance."""
    base = pd.Series([40.0, *[2000.0] * 20])
    events = pd.Series([1.0, *np.linspace(4, 40, 20).round()])
    found = empirical_bayes(events, base)
    assert found["raw"].idxmax() == 0
    assert found["smoothed"].idxmax() != 0
    assert found.loc[0, "own"] < 0.1 < found.loc[1, "own"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(31, 5000)), min_size=2, max_size=30),
    st.booleans(),
)
def test_between_the_raw_rate_and_the_common_one(
    counts: list[tuple[int, int]], share: bool
) -> None:
    events = pd.Series([float(y) for y, _ in counts])
    base = pd.Series([float(n) for _, n in counts])
    found = empirical_bayes(events, base, share=share)
    common = events.sum() / base.sum()
    low, high = np.minimum(found["raw"], common), np.maximum(found["raw"], common)
    assert ((found["smoothed"] >= low - 1e-12) & (found["smoothed"] <= high + 1e-12)).all()
    assert found["own"].between(0, 1).all()
    # Of two places the larger keeps more of its own figure.
    assert found["own"].corr(base, method="spearman") >= 0 or found["own"].nunique() == 1


def test_what_is_missing_stays_missing() -> None:
    found = empirical_bayes(pd.Series([3.0, np.nan, 2.0]), pd.Series([100.0, 50.0, np.nan]))
    assert found["smoothed"].notna().tolist() == [True, False, False]
    assert empirical_bayes(pd.Series([np.nan]), pd.Series([1.0])).isna().all(axis=None)
