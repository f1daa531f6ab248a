"""Matched difference-in-differences against means, t tests and published degrees of freedom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from gsi.measure.balance import entropy_balance
from gsi.measure.effects import (
    FewClusters,
    clustered_contrast,
    difference_in_differences,
    effective_clusters,
)


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


def singletons(values: np.ndarray, treated: np.ndarray):  # type: ignore[no-untyped-def]
    design = np.column_stack([treated.astype(float), np.ones(len(treated))])
    return clustered_contrast(values, design, np.ones(len(treated)), np.arange(len(treated)))


def test_alone_in_their_cluster_the_error_is_the_one_of_welch() -> None:
    rng = np.random.default_rng(1)
    treated = np.arange(30) < 3
    values = rng.normal(size=30) * np.where(treated, 3, 1)
    found = singletons(values, treated)
    parts = [values[treated == side] for side in (True, False)]
    assert found.estimate == pytest.approx(parts[0].mean() - parts[1].mean())
    assert found.error == pytest.approx(
        np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
    )


def test_degrees_of_freedom_of_a_published_example() -> None:
    # Imbens and Kolesár (2016), Review of Economics and Statistics 98(4): 3 treated of 30, the
    # Bell-McCaffrey degrees of freedom are 2.5; their formula for a binary regressor.
    treated = np.arange(30) < 3
    found = singletons(np.random.default_rng(2).normal(size=30), treated)
    assert round(found.df, 1) == 2.5
    few, many = 3, 27
    expected = 30**2 * (few - 1) * (many - 1) / (few**2 * (few - 1) + many**2 * (many - 1))
    assert found.df == pytest.approx(expected)


def test_equal_clusters_treated_whole_are_a_t_test_of_cluster_means() -> None:
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(12), 7)
    treated = cluster < 6
    values = rng.normal(size=84) + rng.normal(size=12)[cluster]
    design = np.column_stack([treated.astype(float), np.ones(84)])
    found = clustered_contrast(values, design, np.ones(84), cluster)
    means = pd.Series(values).groupby(cluster).mean().to_numpy()
    test = ttest_ind(means[:6], means[6:])
    assert found.estimate / found.error == pytest.approx(test.statistic)
    assert found.df == pytest.approx(test.df)
    assert found.p_value == pytest.approx(test.pvalue)


def test_the_error_is_unbiased_under_its_working_model() -> None:
    # Mean of the estimated variance over 4,000 draws of independent errors, weighted regression.
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(8), [2, 3, 5, 5, 8, 10, 12, 15])
    n = len(cluster)
    design = np.column_stack([rng.random(n) < 0.4, np.ones(n), rng.normal(size=n)]).astype(float)
    weight = rng.uniform(0.3, 3, n)
    bread = np.linalg.inv((design * weight[:, None]).T @ design)
    exact = (bread @ (design * weight[:, None] ** 2).T @ design @ bread)[0, 0]
    found = [
        clustered_contrast(rng.normal(size=n), design, weight, cluster).error ** 2
        for _ in range(1500)
    ]
    assert np.mean(found) == pytest.approx(exact, rel=0.06)


def test_balanced_covariates_do_not_move_the_estimate() -> None:
    data = panel()
    columns = [data[name] for name in ("before", "after", "treated", "weight", "cluster")]
    x = np.column_stack([data["before"], np.random.default_rng(5).normal(size=len(data))])
    matched = difference_in_differences(*columns, covariates=x)
    weight = entropy_balance(x, data["treated"].to_numpy(), data["weight"].to_numpy()).weight
    change, treated = data["after"] - data["before"], data["treated"]
    means = [
        np.average(change[treated == side], weights=weight[treated == side])
        for side in (True, False)
    ]
    assert matched.estimate == pytest.approx(means[0] - means[1], abs=1e-4)
    assert matched.unmatched == pytest.approx(estimate(data).estimate)
    assert matched.balance < 1e-6 < matched.imbalance


def selected(seed: int) -> pd.DataFrame:
    """The worse off are treated more often and would have improved more anyway."""
    rng = np.random.default_rng(seed)
    n, cluster = 600, np.repeat(np.arange(20), 30)
    before = rng.normal(50, 10, n)
    treated = rng.random(n) < 1 / (1 + np.exp(-(before - 50) / 10))
    after = before - 0.3 * (before - 40) - 4.0 * treated + rng.normal(0, 3, n)
    after += rng.normal(0, 1, 20)[cluster]
    return pd.DataFrame(
        {"before": before, "after": after, "treated": treated, "weight": rng.uniform(1, 3, n),
         "cluster": cluster}
    )  # fmt: skip


def test_matching_takes_out_what_the_groups_were_before() -> None:
    inside = naive = 0
    for seed in range(100):
        data = selected(seed)
        columns = [data[name] for name in ("before", "after", "treated", "weight", "cluster")]
        matched = difference_in_differences(*columns, covariates=data[["before"]])
        plain = difference_in_differences(*columns)
        inside += matched.low <= -4.0 <= matched.high
        naive += plain.low <= -4.0 <= plain.high
    assert inside >= 90
    assert naive < 20


def test_the_truth_is_covered_as_often_as_promised() -> None:
    inside = sum(
        (result := estimate(panel(seed))).low <= -4.0 <= result.high for seed in range(100)
    )
    assert inside >= 90


def silent(
    clusters: int, treated: int, rng: np.random.Generator, *, uneven: bool, whole: bool
) -> pd.DataFrame:
    """A panel where nothing happened but shocks to homes and to their clusters (three tenths)."""
    sizes = np.full(clusters, 6)
    if uneven:
        sizes = np.clip(np.round(rng.lognormal(np.log(6), 0.7, clusters)), 2, 40).astype(int)
    cluster = np.repeat(np.arange(clusters), sizes)
    n = len(cluster)
    reached = np.isin(cluster, rng.choice(clusters, treated, replace=False))
    if not whole:
        first = np.r_[True, cluster[1:] != cluster[:-1]]
        reached &= first | (rng.random(n) < 0.5)
    change = np.sqrt(0.3) * rng.normal(size=clusters)[cluster] + np.sqrt(0.7) * rng.normal(size=n)
    before = rng.normal(50, 10, n)
    return pd.DataFrame(
        {"before": before, "after": before + change, "treated": reached,
         "weight": rng.uniform(1, 3, n) if uneven else 1.0, "cluster": cluster}
    )  # fmt: skip


def alarms(clusters: int, treated: int, draws: int) -> int:
    """How often an effect is told of none; what cannot be concluded is no alarm."""
    rng = np.random.default_rng([clusters, treated])
    found = 0
    for draw in range(draws):
        data = silent(clusters, treated, rng, uneven=draw % 2 == 0, whole=draw % 4 < 2)
        try:
            result = estimate(data)
        except FewClusters:
            continue
        found += not result.low <= 0 <= result.high
    return found


def test_one_treated_cluster_concludes_nothing() -> None:
    assert [alarms(clusters, 1, 40) for clusters in (12, 20, 40)] == [0, 0, 0]
    data = silent(20, 1, np.random.default_rng(1), uneven=False, whole=True)
    with pytest.raises(FewClusters):
        estimate(data)
    # Nor one compared cluster, whoever is treated.
    with pytest.raises(FewClusters):
        estimate(data.assign(treated=~data["treated"]))


@pytest.mark.parametrize(("weights", "worth"), [([1, 1, 1], 3), ([49, 1], 2500 / 2402), ([7], 1)])
def test_what_clusters_are_worth(weights: list[float], worth: float) -> None:
    found = effective_clusters(np.array(weights, dtype=float), np.arange(len(weights)))
    assert found == pytest.approx(worth)


@pytest.mark.slow
@pytest.mark.parametrize("treated", [2, 3, 5])
def test_few_treated_clusters_keep_the_false_alarms_low(treated: int) -> None:
    draws = 400
    rates = [alarms(clusters, treated, draws) / draws for clusters in (12, 20, 40)]
    assert np.mean(rates) <= 0.06
    assert max(rates) <= 0.06 + 2 * np.sqrt(0.06 * 0.94 / draws)


def test_a_missing_group_is_refused() -> None:
    data = panel()
    data["treated"] = True
    with pytest.raises(ValueError, match="both groups"):
        estimate(data)
