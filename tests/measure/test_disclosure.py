"""Suppression: what the rule says by hand, and no cell recoverable by linear programming."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gsi.measure.disclosure import Suppression, suppress


def with_totals(inner: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(inner)
    frame["total"] = frame.sum(axis=1)
    frame.loc["total"] = frame.sum(axis=0)
    return frame


def bounds(frame: pd.DataFrame, mask: pd.DataFrame) -> dict[tuple[int, int], tuple[float, float]]:
    """Smallest and largest value of each withheld cell that the published ones allow."""
    values, withheld = frame.to_numpy(dtype=float), mask.to_numpy()
    rows, columns = values.shape
    equations = []
    for i in range(rows):
        line = np.zeros((rows, columns))
        line[i, :-1], line[i, -1] = 1, -1
        equations.append(line.ravel())
    for j in range(columns):
        line = np.zeros((rows, columns))
        line[:-1, j], line[-1, j] = 1, -1
        equations.append(line.ravel())
    limits = [
        (1, None) if hidden else (value, value)
        for value, hidden in zip(values.ravel(), withheld.ravel(), strict=True)
    ]
    found = {}
    for i, j in np.argwhere(withheld):
        cost = np.zeros(rows * columns)
        cost[i * columns + j] = 1
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * cost, A_eq=np.array(equations), b_eq=np.zeros(len(equations)), bounds=limits
            )
            # status 3: unbounded, so the cell has no largest value at all
            ends.append(np.inf if answer.status == 3 else sign * answer.fun)
        found[int(i), int(j)] = (ends[0], ends[1])
    return found


def test_small_counts_go_and_zeros_stay() -> None:
    frame = with_totals(np.array([[0, 40, 30], [25, 3, 60], [50, 70, 80]]))
    result = suppress(frame, 10, rows_total="total", columns_total="total")
    assert result.mask.loc[1, 1]
    assert result.counts.loc[0, 0] == 0
    assert result.counts.loc["total", "total"] == frame.loc["total", "total"]
    # 3 is alone in its row and column: at least a rectangle of four must go with it.
    assert result.mask.to_numpy().sum() == 4


def test_nothing_small_nothing_withheld() -> None:
    frame = with_totals(np.array([[10, 40], [25, 13]]))
    result = suppress(frame, 10, rows_total="total", columns_total="total")
    assert not result.mask.to_numpy().any()
    assert result.counts.equals(frame.astype("Int64"))


def test_two_ones_beside_a_published_cell_are_not_enough() -> None:
    # Row total 52 with 50 published leaves 2 for two cells known to be at least 1.
    frame = with_totals(np.array([[50, 1, 1], [40, 40, 40], [30, 30, 30]]))
    result = suppress(frame, 10, rows_total="total", columns_total="total")
    for low, high in bounds(frame, result.mask).values():
        assert high - low >= 1


def test_totals_outside_the_table_count_as_known() -> None:
    frame = pd.DataFrame({"casos": [5, 20, 30]}, index=["a", "b", "c"])
    result = suppress(frame, 10)
    assert result.mask["casos"].tolist() == [True, True, False]


def test_rates_of_withheld_counts_are_withheld() -> None:
    frame = with_totals(np.array([[5, 40], [25, 13]]))
    result = suppress(frame, 10, rows_total="total", columns_total="total")
    rates = frame / 100
    assert result.hide(rates).isna().equals(result.mask)


def test_cells_withheld_elsewhere_stay_withheld_and_get_company() -> None:
    frame = with_totals(np.array([[30, 40], [25, 13]]))
    hidden = pd.DataFrame({"total": [True]}, index=[0])
    result = suppress(frame, 10, rows_total="total", columns_total="total", hidden=hidden)
    assert result.mask.loc[0, "total"]
    for low, high in bounds(frame, result.mask).values():
        assert high > low


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"a": [1.5]}), "whole"),
        (pd.DataFrame({"a": [-1]}), "whole"),
        (pd.DataFrame({"a": [None, 2]}), "missing"),
    ],
)
def test_what_is_not_a_count_is_refused(frame: pd.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        suppress(frame, 10)


def test_totals_that_do_not_add_up_are_refused() -> None:
    frame = pd.DataFrame({"a": [20], "b": [30], "total": [60]})
    with pytest.raises(ValueError, match="total differs"):
        suppress(frame, 10, rows_total="total")


tables = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.sampled_from([0, 0, 1, 2, 5, 9, 10, 14, 40]), min_size=columns, max_size=columns
            ),
            min_size=rows,
            max_size=rows,
        )
    )
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(tables, st.sampled_from([3, 10]))
def test_no_withheld_cell_can_be_worked_out(inner: list[list[int]], threshold: int) -> None:
    frame = with_totals(np.array(inner))
    result: Suppression = suppress(frame, threshold, rows_total="total", columns_total="total")
    small = (frame > 0) & (frame < threshold)
    assert not (small & ~result.mask).to_numpy().any()
    assert not (result.mask & (frame == 0)).to_numpy().any()
    for low, high in bounds(frame, result.mask).values():
        assert high - low > 0.5
