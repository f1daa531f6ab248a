"""Hamilton-Perry: worked by hand, and the populations whose future is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gsi.measure.cohort import hamilton_perry


def people(men: list[float], women: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"hombre": men, "mujer": women}, dtype=float)


def test_cohorts_by_hand() -> None:
    """Ages 0, 1, 2 and 3+; two years. Nobody is of childbearing age: births stay as they are."""
    first = people([100, 80, 60, 40], [100, 80, 60, 40])
    last = people([90, 70, 50, 60], [90, 70, 80, 60])
    found = hamilton_perry(first, last, 2, births_trend=True)
    # Age 2 was age 0: 90 × 50/100. Open age: (70 + 50 + 60) × 60/(80 + 60 + 40).
    assert found["hombre"].tolist() == pytest.approx([90, 70, 45, 60])
    # Women: age 2 = 90 × 80/100; open: (70 + 80 + 60) × 60/180.
    assert found["mujer"].tolist() == pytest.approx([90, 70, 72, 70])


def test_births_follow_the_women_and_the_trend_of_their_ratio() -> None:
    # Every age has 10 men and 10 women, then half as many children under 6.
    first = people([10.0] * 86, [10.0] * 86)
    last = first.copy()
    last.loc[:5] = 5.0
    found = hamilton_perry(first, last, 6, births_trend=True)
    # Women of 15-49 stay 350; the ratio halved, and halves again.
    assert found.loc[15:49, "mujer"].sum() == pytest.approx(350)
    assert found.loc[:5].to_numpy() == pytest.approx(np.full((6, 2), 2.5))
    # Twice as many women of 15-49: twice as many children for the same ratio.
    first.loc[9:43, "mujer"] = 10.0
    last.loc[9:43, "mujer"] = 20.0
    grown = hamilton_perry(first, last, 6, births_trend=True)
    women = [table.loc[15:49, "mujer"].sum() for table in (first, last, grown)]
    children = [table.loc[:5].sum().sum() for table in (first, last, grown)]
    ratios = [number / mother for number, mother in zip(children, women, strict=True)]
    assert ratios[2] / ratios[1] == pytest.approx(ratios[1] / ratios[0])


def test_without_the_trend_children_follow_the_women_alone() -> None:
    first = people([10.0] * 86, [10.0] * 86)
    last = first.copy()
    last.loc[:5] = 5.0
    last.loc[9:43, "mujer"] = 20.0
    found = hamilton_perry(first, last, 6, births_trend=False)
    women = [table.loc[15:49, "mujer"].sum() for table in (last, found)]
    children = [table.loc[:5].sum().sum() for table in (last, found)]
    assert children[1] / children[0] == pytest.approx(women[1] / women[0])
    # Those already born are the same in both forms.
    other = hamilton_perry(first, last, 6, births_trend=True)
    pd.testing.assert_frame_equal(found.loc[6:], other.loc[6:])


@pytest.mark.parametrize("trend", [False, True])
def test_a_stationary_population_stays(trend: bool) -> None:
    life = np.round(1000 * 0.99 ** np.arange(86))
    life[85] = life[80:85].sum()
    same = people(list(life), list(life))
    pd.testing.assert_frame_equal(hamilton_perry(same, same, 6, births_trend=trend), same)


@pytest.mark.parametrize("trend", [False, True])
def test_constant_growth_goes_on(trend: bool) -> None:
    """A stable population that grows 10 % in the interval grows 10 % again, at every age."""
    life = 1000 * 0.985 ** np.arange(86)
    first = people(list(life), list(life))
    found = hamilton_perry(first, first * 1.1, 6, births_trend=trend)
    pd.testing.assert_frame_equal(found, first * 1.21)


def test_what_cannot_be_projected_is_told() -> None:
    table = people([1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="every single age"):
        hamilton_perry(table, table.iloc[1:], 1, births_trend=False)
    with pytest.raises(ValueError, match="interval"):
        hamilton_perry(table, table, 5, births_trend=False)


def test_an_empty_cohort_is_carried_over() -> None:
    first, last = people([0, 5, 5], [0, 5, 5]), people([3, 4, 5], [3, 4, 5])
    assert hamilton_perry(first, last, 1, births_trend=False).loc[1, "hombre"] == 3
