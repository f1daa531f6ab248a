"""Difference-in-differences against the difference of means and a hand-made cluster variance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from gsi.measure.effects import difference_in_differences


def panel(seed: int = 3, effect: float = -4.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 400
    cluster = rng.integers(0, 20, n)
    treated = rng.random(n) < 0.4
    before = rng.normal(50, 10, n) + 3 * treated
    after = before - 2 + effect * treated + rng.normal(0, 3, n) + rng.normal(0, 1, 20)[cluster]
    return pd.DataFrame(
        {"before": before, "after": after, "treated": treated, "weight": rng.uniform(1, 3, n),
         "cluster": [f"c{code}" for code in cluster]}
    )  # fmt: skip


def estimate(data: pd.DataFrame):  # type: ignore[no-untyped-def]
    columns = ("before", "after", "treated", "weight", "cluster")
    return difference_in_differences(*(data[name] for name in columns))


def test_it_is_the_difference_of_weighted_mean_changes() -> None:
    data = panel()
    change = data["after"] - data["before"]
    means = [
        np.average(
            change[data["treated"] == state], weights=data.loc[data["treated"] == state, "weight"]
        )
        for state in (True, False)
    ]
    result = estimate(data)
    assert result.estimate == pytest.approx(means[0] - means[1])
    assert result.clusters == 20
    assert result.treated + result.compared == 400


def test_the_interval_is_the_cluster_sandwich() -> None:
    data = panel()
    x = np.column_stack([np.ones(len(data)), data["treated"]]).astype(float)
    w, y = data["weight"].to_numpy(), (data["after"] - data["before"]).to_numpy()
    bread = np.linalg.inv(x.T @ (x * w[:, None]))
    beta = bread @ x.T @ (w * y)
    score = x * (w * (y - x @ beta))[:, None]
    sums = pd.DataFrame(score).groupby(data["cluster"]).sum().to_numpy()
    groups, n, k = len(sums), len(data), 2
    scale = groups / (groups - 1) * (n - 1) / (n - k)
    error = np.sqrt((bread @ (sums.T @ sums) @ bread)[1, 1] * scale)
    half = t.ppf(0.975, groups - 1) * error
    result = estimate(data)
    assert result.low == pytest.approx(result.estimate - half)
    assert result.high == pytest.approx(result.estimate + half)


def test_the_truth_is_covered_as_often_as_promised() -> None:
    inside = sum(
        (result := estimate(panel(seed))).low <= -4.0 <= result.high for seed in range(100)
    )
    assert inside >= 90


def test_a_missing_group_is_refused() -> None:
    data = panel()
    data["treated"] = True
    with pytest.raises(ValueError, match="both groups"):
        estimate(data)
