"""Intervals against published values, statsmodels and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from gsi.measure import intervals


def test_wilson_reproduces_the_published_table() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
    low, high = intervals.wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


@settings(deadline=None)  # the first call imports statsmodels
@given(st.integers(1, 10_000), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_agrees_with_statsmodels(n: int, data: st.DataObject, level: float) -> None:
    from statsmodels.stats.proportion import proportion_confint

    x = data.draw(st.integers(0, n))
    assert intervals.wilson(x, n, level) == pytest.approx(
        proportion_confint(x, n, alpha=1 - level, method="wilson"), abs=1e-12
    )


def test_byar_stays_near_the_exact_poisson_interval() -> None:
    from scipy.stats import chi2

    events = np.arange(0, 200)
    low, high = intervals.byar(events, np.full(200, 1000.0), 1000)
    exact_low = np.where(events > 0, chi2.ppf(0.025, 2 * np.maximum(events, 1)) / 2, 0)
    exact_high = chi2.ppf(0.975, 2 * (events + 1)) / 2
    # Public Health England's technical guide: within 0.1 events from 10 events on.
    assert np.abs(low - exact_low)[10:].max() < 0.1
    assert np.abs(high - exact_high)[10:].max() < 0.1
    assert np.abs(low - exact_low).max() < 0.25 and np.abs(high - exact_high).max() < 0.25


def test_rate_without_exposure_and_missing_counts_stay_missing() -> None:
    assert np.isnan(intervals.byar([3, np.nan], [0, 10])).all()
    assert np.isnan(intervals.wilson([0, np.nan], [0, 10])).all()


def test_newcombe_example_and_agreement_with_statsmodels() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, (a): 56/70 − 48/80, method 10.
    low, high = intervals.mover(
        48 / 80, intervals.wilson(48, 80), 56 / 70, intervals.wilson(56, 70)
    )
    assert (low, high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    expected = confint_proportions_2indep(9, 10, 3, 10, method="newcomb", compare="diff")
    assert intervals.mover(
        3 / 10, intervals.wilson(3, 10), 9 / 10, intervals.wilson(9, 10)
    ) == pytest.approx(expected)


def test_difference_of_independent_samples() -> None:
    delta, low, high, p = intervals.difference(18.6, 3.0, 13.8, 4.0)
    assert (delta, low, high) == pytest.approx((-4.8, -14.59982, 4.99982), abs=1e-5)
    assert p == pytest.approx(0.337055, abs=1e-5)  # 2·Φ(−0.96)
    assert intervals.difference([1, 1], 0, [1, 2], 0)[3] == pytest.approx([1, 0])
    assert np.isnan(intervals.difference(1, np.nan, 2, 1)[1])


def test_se_from_interval_is_the_inverse_of_the_interval() -> None:
    assert intervals.se_from_interval(8.04, 11.96) == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(ValueError, match="upper bound"):
        intervals.se_from_interval(2, 1)


def test_p_values_agree_with_independent_tests() -> None:
    from scipy.stats import binomtest
    from statsmodels.stats.proportion import proportions_ztest

    assert intervals.two_proportions(48, 80, 56, 70) == pytest.approx(
        proportions_ztest([48, 56], [80, 70])[1]
    )
    # With equal exposures the null is Binomial(total, 1/2): symmetric, so both p values agree.
    assert intervals.two_rates(8, 500, 20, 500) == pytest.approx(binomtest(20, 28).pvalue)
    assert intervals.two_rates(0, 10, 0, 10) == pytest.approx(1.0)


@pytest.mark.parametrize("call", [(5, 4), (-1, 4)])
def test_impossible_counts_are_refused(call: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="successes"):
        intervals.wilson(*call)


@pytest.mark.parametrize(
    ("events", "mean"), [(0.1, 0.996), (1, 0.99), (3, 0.983), (10, 0.968), (50, 0.96)]
)
def test_byar_covers_at_least_what_it_says(events: float, mean: float) -> None:
    """Exact coverage over Poisson counts: never below 0.95, wide where events are few."""
    counts = np.arange(300)
    low, high = intervals.byar(counts, np.ones(len(counts)))
    found = [
        float(poisson.pmf(counts, rate)[(low <= rate) & (rate <= high)].sum())
        for rate in np.linspace(0.7 * events, 1.3 * events, 301)
    ]
    assert min(found) >= 0.95
    assert np.mean(found) <= mean


@pytest.mark.parametrize(
    ("n", "events"),
    [(n, events) for n in (20, 100, 500) for events in (1, 3, 10, 50) if events <= n / 2],
)
def test_wilson_covers_on_average_what_it_says(n: int, events: int) -> None:
    """Exact coverage over binomial counts around that many events: it swings about 0.95."""
    successes = np.arange(n + 1)
    low, high = intervals.wilson(successes, np.full(n + 1, n))
    found = [
        float(binom.pmf(successes, n, share)[(low <= share) & (share <= high)].sum())
        for share in np.linspace(0.7 * events, 1.3 * events, 301) / n
    ]
    assert np.mean(found) == pytest.approx(0.95, abs=0.0125)
    assert min(found) >= 0.91
