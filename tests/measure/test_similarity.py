"""Nearest territories: by hand, against another library, and what must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from gsi.measure.similarity import nearest


def world(seed: int = 1, n: int = 15, k: int = 4) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(n, k)) * [1, 10, 100, 1000][:k]
    return pd.DataFrame(values, [f"{i:05d}" for i in range(n)], list("abcd")[:k])


def test_by_hand() -> None:
    # Standard deviation of a: 2/√… of (0, 1, 2, 5) is 1.8708; b does not vary.
    table = pd.DataFrame({"a": [0.0, 1, 2, 5], "b": 7.0}, list("wxyz"))
    found = nearest(table, "x", 2)
    assert list(found.index) == ["w", "y"]  # equally far: in the order of their codes
    assert found.tolist() == pytest.approx([1 / 1.8708287] * 2)


def test_another_library_finds_the_same() -> None:
    table = world()
    scaled = StandardScaler().fit_transform(table)
    for place, code in enumerate(table.index):
        distance, order = NearestNeighbors(n_neighbors=6).fit(scaled).kneighbors(scaled[[place]])
        found = nearest(table, code, 5)
        assert list(found.index) == list(table.index[order[0][1:]])
        assert found.to_numpy() == pytest.approx(distance[0][1:] / 2)  # root of the 4 features


@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=25, deadline=None)
def test_units_and_order_change_nothing(seed: int, factor: float, shift: float) -> None:
    table = world(seed)
    other = table.assign(b=table["b"] * factor + shift).iloc[::-1]
    pd.testing.assert_series_equal(nearest(table, "00003", 5), nearest(other, "00003", 5))


def test_a_row_without_a_feature_stands_apart() -> None:
    table = world()
    table.loc["00002", "c"] = np.nan
    assert "00002" not in nearest(table, "00001", 14).index
    assert nearest(table, "00002", 5).empty
    assert nearest(table * 0, "00001", 5).empty
