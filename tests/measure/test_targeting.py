"""Targeting errors and concentration against hand-worked cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.measure import survey
from gsi.measure import targeting as tg


def test_errors_by_hand() -> None:
    # 4 eligible, 3 of them not served; 2 served, 1 of them not eligible.
    result = tg.targeting([1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 1, 0])
    assert (result.undercoverage, result.leakage) == (0.75, 0.5)
    assert (result.eligible, result.served, result.both) == (4, 2, 1)


def test_weights_count_people_not_rows() -> None:
    result = tg.targeting([1, 1, 0], [1, 0, 1], [3, 1, 2])
    assert result.undercoverage == pytest.approx(1 / 4)
    assert result.leakage == pytest.approx(2 / 5)


def test_no_eligible_and_no_served_have_no_rate() -> None:
    result = tg.targeting([0, 0], [0, 0])
    assert np.isnan(result.undercoverage)
    assert np.isnan(result.leakage)


def test_cgh_by_hand() -> None:
    # Ten people ranked; the poorest four hold 3 of the 5 served: 0.6 / 0.4.
    served = [1, 1, 1, 0, 1, 0, 0, 0, 0, 1]
    assert tg.cgh(served, range(10), poorest=0.4) == pytest.approx(1.5)


def test_cgh_splits_a_tie_in_proportion() -> None:
    # All tied: the poorest 40 % hold 40 % of whatever is handed out.
    assert tg.cgh([1, 0, 1, 0], [7, 7, 7, 7], poorest=0.4) == pytest.approx(1.0)


def test_concentration_index_by_hand() -> None:
    # Ranks 1/8, 3/8, 5/8, 7/8; the two poorest served: 2/(4·0.5)·(0.5) − 1.
    assert tg.concentration_index([1, 1, 0, 0], [1, 2, 3, 4]) == pytest.approx(-0.5)
    assert tg.concentration_index([0, 0, 1, 1], [1, 2, 3, 4]) == pytest.approx(0.5)
    assert tg.concentration_index([1, 1, 1, 1], [1, 2, 3, 4]) == pytest.approx(0.0)


def test_concentration_index_is_the_covariance_formula() -> None:
    rng = np.random.default_rng(7)
    h, welfare = rng.poisson(2, 300).astype(float), rng.normal(size=300)
    rank = (np.argsort(np.argsort(welfare)) + 0.5) / 300
    # Kakwani, Wagstaff and van Doorslaer (1997): C = 2 cov(h, r) / μ.
    expected = 2 * np.cov(h, rank, bias=True)[0, 1] / h.mean()
    assert tg.concentration_index(h, welfare) == pytest.approx(expected)


def test_index_is_twice_the_area_above_the_curve() -> None:
    rng = np.random.default_rng(8)
    h, welfare = rng.integers(0, 2, 200), rng.integers(0, 40, 200)
    weight = rng.uniform(0.5, 3, 200)
    # O'Donnell et al. (2008), ch. 7: cumulative shares from the poorest, a point a welfare level.
    levels = np.unique(welfare)
    people = [0, *(weight[welfare <= level].sum() for level in levels)]
    outcome = [0, *((weight * h)[welfare <= level].sum() for level in levels)]
    area = np.trapezoid(np.array(outcome) / outcome[-1], np.array(people) / people[-1])
    assert tg.concentration_index(h, welfare, weight) == pytest.approx(1 - 2 * area)


def sample(seed: int, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A few served people with tied scores and uneven weights."""
    rng = np.random.default_rng(seed)
    welfare = rng.integers(0, 15, n).astype(float)
    served = (rng.random(n) < 0.7 - 0.03 * welfare).astype(float)
    served[0] = 1.0
    return served, welfare, rng.uniform(0.5, 3, n)


@pytest.mark.parametrize("seed", range(5))
def test_influences_are_the_derivatives_by_weight(seed: int) -> None:
    served, welfare, weight = sample(seed)
    design = survey.Design.of(weight)
    ratio = tg.cgh_ratio(served, welfare, design, poorest=0.4)
    step = 1e-6
    for person in range(len(weight)):
        ends = []
        for sign in (1, -1):
            moved = weight.copy()
            moved[person] += sign * step
            ends.append(tg.cgh(served, welfare, moved, poorest=0.4))
        slope = (ends[0] - ends[1]) / (2 * step)
        assert ratio.influence[person] == pytest.approx(weight[person] * slope, abs=1e-7)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(12)
    towns, people = 400, 30
    level = rng.normal(0, 1, towns)
    welfare = (level[:, None] + rng.normal(0, 1, (towns, people))).round(1)
    served = rng.random((towns, people)) < 1 / (1 + np.exp(0.5 + 0.8 * welfare))
    truth = tg.cgh(served.ravel(), welfare.ravel(), poorest=0.4)
    inside, draws = 0, 200
    for _ in range(draws):
        drawn = rng.choice(towns, 50)
        h, scores = served[drawn].ravel(), welfare[drawn].ravel()
        design = survey.Design.of(np.ones(len(h)), psu=np.repeat(np.arange(50), people))
        found = survey.interval(tg.cgh_ratio(h, scores, design, poorest=0.4), design)
        inside += found.low <= truth <= found.high
    assert inside >= 0.90 * draws


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 5), st.integers(1, 4)), min_size=2, max_size=30
    )
)
def test_a_weight_is_that_many_rows_and_order_is_nothing(
    people: list[tuple[bool, int, int]],
) -> None:
    h, welfare, weight = (np.array(part) for part in zip(*people, strict=True))
    if not h.any():
        return
    repeated = np.repeat(np.arange(len(h)), weight)[::-1]
    assert tg.concentration_index(h, welfare, weight) == pytest.approx(
        tg.concentration_index(h[repeated], welfare[repeated]), abs=1e-12
    )
    assert tg.cgh(h, welfare, weight, poorest=0.4) == pytest.approx(
        tg.cgh(h[repeated], welfare[repeated], poorest=0.4)
    )


def test_what_is_no_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        tg.concentration_index([1, 0], [1, 2], [1, 0])
    with pytest.raises(ValueError, match="poorest"):
        tg.cgh([1], [1], poorest=0)
