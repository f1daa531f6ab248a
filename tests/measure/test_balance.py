"""Entropy balancing against its defining properties and a general-purpose optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from gsi.measure.balance import NotComparable, entropy_balance


def groups(seed: int, n: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    treated = rng.random(n) < 1 / (1 + np.exp(-x[:, 0]))
    return x, treated, rng.uniform(0.5, 2, n)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_means_are_equal_and_totals_kept(seed: int) -> None:
    x, treated, weight = groups(seed)
    found = entropy_balance(x, treated, weight)
    target = np.average(x[treated], axis=0, weights=weight[treated])
    reached = np.average(x[~treated], axis=0, weights=found.weight[~treated])
    assert np.allclose(reached, target, atol=1e-5)
    assert (found.weight > 0).all()
    assert np.allclose(found.weight[treated], weight[treated])
    assert found.weight[~treated].sum() == pytest.approx(weight[treated].sum())
    assert found.effective <= (~treated).sum()


def test_the_weights_are_the_closest_to_their_own_that_balance() -> None:
    x, treated, weight = groups(4, 40)
    found = entropy_balance(x, treated, weight)
    q = weight[~treated] / weight[~treated].sum()
    target = np.average(x[treated], axis=0, weights=weight[treated])
    z = x[~treated] - target
    best = minimize(
        lambda p: float(np.sum(p * np.log(p / q))),
        q,
        jac=lambda p: np.log(p / q) + 1,
        bounds=[(1e-9, 1)] * len(q),
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1, "jac": lambda p: np.ones(len(p))},
            {"type": "eq", "fun": lambda p: p @ z, "jac": lambda p: z.T},
        ],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert best.success
    mine = found.weight[~treated] / found.weight[~treated].sum()
    assert np.allclose(mine, best.x, atol=1e-4)


def test_one_binary_covariate_is_reweighting_of_cells() -> None:
    x = np.array([[1.0], [1], [1], [0], [1], [0], [0], [0]])
    treated = np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
    found = entropy_balance(x, treated, np.ones(8))
    # Three in four treated have it: the only compared one that has it stands for three of four.
    assert np.allclose(found.weight[4:], [3, 1 / 3, 1 / 3, 1 / 3], atol=1e-5)
    assert found.effective == pytest.approx(16 / (9 + 3 / 9), rel=1e-5)


def test_columns_that_say_nothing_new_are_left_out() -> None:
    x, treated, weight = groups(5)
    more = np.column_stack([x, np.ones(len(x)), x[:, 0] * 2 + 1, x[:, 1] + x[:, 2]])
    found = entropy_balance(more, treated, weight)
    assert found.kept == [0, 1, 2]
    assert np.allclose(found.weight, entropy_balance(x, treated, weight).weight)


def test_where_no_compared_unit_is_it_is_said() -> None:
    x = np.array([[5.0], [6], [1], [2]])
    with pytest.raises(NotComparable, match="reach"):
        entropy_balance(x, np.array([True, True, False, False]), np.ones(4))
    with pytest.raises(NotComparable, match="both"):
        entropy_balance(x, np.ones(4, dtype=bool), np.ones(4))
