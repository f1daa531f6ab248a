"""Intervals against published values, statsmodels and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_rates_agree_with_statsmodels_and_few_events_with_the_exact_test() -> None:
    from scipy.stats import chi2
    from statsmodels.stats.rates import confint_poisson

    events = np.arange(200)
    low, high = intervals.rate(events, np.full(200, 1000.0), 1000)
    score_low, score_high = confint_poisson(events, 1, method="score")
    assert high == pytest.approx(score_high)
    assert low[3:] == pytest.approx(score_low[3:])
    # One-sided exact Poisson limits of 95 %: Ulm (1990), Am. J. Epidemiol. 131(2).
    assert low[:3] == pytest.approx([0, chi2.ppf(0.05, 2) / 2, chi2.ppf(0.05, 4) / 2], abs=1e-12)


def test_shares_are_those_of_wilson_but_next_to_the_ends() -> None:
    # Ends of few: 0.5 * qchisq(0.05, 2 * c(1, 2)) of R, over 50; elsewhere Wilson's.
    low, high = intervals.proportion([1, 2, 48, 25], 50)
    plain_low, plain_high = intervals.wilson([1, 2, 48, 25], 50)
    assert low[:2] == pytest.approx([0.05129 / 50, 0.35536 / 50], rel=1e-4)
    assert high[2] == pytest.approx(1 - 0.35536 / 50, rel=1e-4)
    assert list(high[:2]) == list(plain_high[:2]) and low[2] == plain_low[2]
    assert (low[3], high[3]) == (plain_low[3], plain_high[3])


def test_rate_without_exposure_and_missing_counts_stay_missing() -> None:
    assert np.isnan(intervals.rate([3, np.nan], [0, 10])).all()
    assert np.isnan(intervals.proportion([0, np.nan], [0, 10])).all()


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
