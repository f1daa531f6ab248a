"""Variance-based effects against an analytic function and against another library."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import sobol_indices

from gsi.measure.sensitivity import sobol

NAMES = ["x1", "x2", "x3"]


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990): (n, 3) uniform in ±π → (n, 1)."""
    return (np.sin(x[:, [0]]) + 7 * np.sin(x[:, [1]]) ** 2
            + 0.1 * x[:, [2]] ** 4 * np.sin(x[:, [0]]))  # fmt: skip


def pages(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    out = {}
    for j, name in enumerate(NAMES):
        mixed = a.copy()
        mixed[:, j] = b[:, j]
        out[name] = ishigami(mixed)
    return out


@pytest.fixture(scope="module")
def samples() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(-np.pi, np.pi, (2, 2**16, 3))
    return a, b


def test_ishigami_has_its_known_effects(samples) -> None:
    a, b = samples
    found = sobol(ishigami(a), ishigami(b), pages(a, b))
    # Closed form for a = 7, b = 0.1 (Sobol and Levitan, 1999).
    p4 = np.pi**4
    v1, v2, v13 = 0.5 * (1 + 0.1 * p4 / 5) ** 2, 7**2 / 8, 0.1**2 * p4**2 * 8 / 225
    whole = v1 + v2 + v13
    first = [v1 / whole, v2 / whole, 0]
    total = [(v1 + v13) / whole, v2 / whole, v13 / whole]
    assert found["first"].tolist() == pytest.approx(first, abs=0.02)
    assert found["total"].tolist() == pytest.approx(total, abs=0.02)
    assert first == pytest.approx([0.3139, 0.4424, 0], abs=1e-4)  # as printed in the literature


def test_another_library_gives_the_same_estimates(samples) -> None:
    a, b = samples
    made = pages(a, b)
    other = sobol_indices(
        func={
            "f_A": ishigami(a).T,
            "f_B": ishigami(b).T,
            "f_AB": np.stack([made[name].T for name in NAMES]),
        },
        n=len(a),
    )
    found = sobol(ishigami(a), ishigami(b), made)
    assert found["first"].to_numpy() == pytest.approx(np.ravel(other.first_order), rel=1e-9)
    assert found["total"].to_numpy() == pytest.approx(np.ravel(other.total_order), rel=1e-9)


def test_several_outputs_count_by_their_variance(samples) -> None:
    """(x1, 2·x2): variances 1 to 4, no interaction."""
    a, b = samples

    def outputs(x: np.ndarray) -> np.ndarray:
        return x[:, :2] * [1.0, 2.0]

    mixed = {}
    for j, name in enumerate(NAMES):
        x = a.copy()
        x[:, j] = b[:, j]
        mixed[name] = outputs(x)
    found = sobol(outputs(a), outputs(b), mixed)
    assert found["first"].tolist() == pytest.approx([0.2, 0.8, 0], abs=0.02)
    assert found["total"].tolist() == pytest.approx([0.2, 0.8, 0], abs=0.02)


def test_what_never_varies_has_no_effect() -> None:
    same = np.ones((10, 3))
    found = sobol(same, same, {"x": same})
    expected = pd.DataFrame({"first": [0.0], "total": [0.0]}, index=["x"])
    pd.testing.assert_frame_equal(found, expected)
