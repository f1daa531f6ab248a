"""A break planted in simulated series is found, and ordinary years are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gsi.measure import jumps


def simulated(seed: int, *, years: int = 14, places: int = 300, walk: float = 0.3) -> pd.DataFrame:
    """Territories around their own levels, a country that walks, and noise of every place."""
    draw = np.random.default_rng(seed)
    level = draw.normal(50, 8, places)[:, None]
    country = np.cumsum(draw.normal(0.1, walk, years))[None, :]
    noise = draw.normal(0, 2, (places, years))
    return pd.DataFrame(level + country + noise, columns=range(2011, 2011 + years))


def test_the_step_is_the_median_change_of_the_same_places() -> None:
    values = pd.DataFrame({2018: [1.0, 5.0, 9.0, np.nan], 2019: [2.0, 7.0, 12.0, 90.0]})
    assert jumps.steps(values).to_dict() == {2019: 2.0}
    assert jumps.steps(values.rename(columns={2019: 2020})).empty


@pytest.mark.parametrize("year", [2012, 2018, 2024])
def test_a_planted_break_is_found(year: int) -> None:
    values = simulated(7)
    values.loc[:, year:] += 5
    assert jumps.years(values) == [year]


def test_ordinary_countries_have_none() -> None:
    found = [jumps.years(simulated(seed)) for seed in range(100)]
    assert sum(bool(years) for years in found) <= 5


def test_a_series_that_hardly_moves_does_not_break_at_trifles() -> None:
    values = simulated(3, walk=0.0)
    values.loc[:, 2018:] += 1.0  # many times its scatter, an eighth of what separates places
    assert jumps.years(values) == []


def test_few_years_tell_nothing() -> None:
    values = simulated(5, years=5)
    values.loc[:, 2013:] += 50
    assert jumps.years(values) == []
