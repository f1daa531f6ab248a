"""The ICV against ordinary principal components, a known truth, and its frozen scores."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.measure import living_conditions as icv

SIZES = {"water": 4, "walls": 4, "school": 5, "crowding": 3, "fuel": 4, "noise": 3}


def households(n: int, shift: float = 0.0, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """Ordered categories of a hidden condition (one variable is noise) and the condition."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(shift, 1, n)
    data = {}
    for name, size in SIZES.items():
        signal = 0.0 if name == "noise" else 1.0
        steps = np.linspace(-1.2, 1.2, size - 1)
        data[name] = np.digitize(signal * hidden + rng.normal(0, 0.6, n), steps).astype(float)
    return pd.DataFrame(data), hidden


def fitted(data: pd.DataFrame) -> icv.Scores:
    return icv.fit(data, SIZES, np.ones(len(data)))


def test_binary_variables_give_ordinary_principal_components() -> None:
    # With two categories every quantification is linear, so the solution is the first
    # eigenvector of the correlation matrix: an independent algorithm.
    rng = np.random.default_rng(5)
    hidden = rng.normal(size=4000)
    data = pd.DataFrame(
        {f"v{i}": (hidden + rng.normal(0, s, 4000) > 0.3 * i).astype(float) for i, s in
         enumerate([0.5, 0.8, 1.1, 1.6])}
    )  # fmt: skip
    scores = icv.fit(data, dict.fromkeys(data.columns, 2), np.ones(4000))
    values, vectors = np.linalg.eigh(np.corrcoef(data.to_numpy().T))
    loadings = np.abs(vectors[:, -1]) * np.sqrt(values[-1])
    assert list(scores.loadings.values()) == pytest.approx(loadings, abs=1e-4)
    assert scores.explained == pytest.approx(values[-1] / 4, abs=1e-6)
    index = icv.score(data, scores).sum(axis=1)
    component = (data - data.mean()) / data.std(ddof=0) @ vectors[:, -1]
    assert abs(np.corrcoef(index, component)[0, 1]) == pytest.approx(1, abs=1e-6)


def test_it_orders_households_as_the_hidden_condition() -> None:
    data, hidden = households(3000)
    index = icv.score(data, fitted(data)).sum(axis=1)
    assert pd.Series(hidden).corr(index, method="spearman") > 0.88
    scores = fitted(data)
    assert scores.points["noise"][-1] < min(
        scores.points[name][-1] for name in SIZES if name != "noise"
    )


def test_worst_is_0_best_is_100_and_steps_never_fall() -> None:
    data, _ = households(1500)
    scores = fitted(data)
    ends = pd.DataFrame([dict.fromkeys(SIZES, 0), {k: size - 1 for k, size in SIZES.items()}])
    assert list(icv.score(ends, scores).sum(axis=1)) == pytest.approx([0, 100])
    for points in scores.points.values():
        assert points[0] == 0 and (np.diff(points) >= 0).all()


def test_frozen_scores_find_a_planted_change_that_new_scores_hide() -> None:
    before, _ = households(4000)
    after, _ = households(4000, shift=0.5, seed=4)
    frozen = fitted(before)
    kept = icv.Scores.from_dict(frozen.as_dict())
    assert kept == frozen
    first, second = (icv.score(d, frozen).sum(axis=1) for d in (before, after))
    # What 0.5 of hidden condition is worth in points, from the baseline households alone.
    worth = 0.5 * np.polyfit(households(4000)[1], first, 1)[0]
    change = second.mean() - first.mean()
    assert change == pytest.approx(worth, rel=0.12)
    assert icv.score(before, frozen).equals(icv.score(before, kept))
    refitted = icv.score(after, fitted(after)).sum(axis=1)
    assert abs((refitted.mean() - first.mean()) - worth) > abs(change - worth)


def test_missing_is_neutral_and_unseen_takes_the_lower_neighbour() -> None:
    data, _ = households(2000)
    data.loc[data["water"] == 2, "water"] = 1
    scores = fitted(data)
    assert scores.points["water"][2] == scores.points["water"][1]
    absent = data.assign(walls=np.where(np.arange(2000) % 3 == 0, np.nan, data["walls"]))
    partial = fitted(absent)
    given = absent["walls"].notna()
    points = icv.score(absent, partial)["walls"]
    # The neutral value is the mean of those who have the variable: it moves nobody.
    assert points[~given].iloc[0] == pytest.approx(points[given].mean())


def test_a_constant_variable_scores_nothing() -> None:
    data, _ = households(500)
    data["fuel"] = 3.0
    scores = fitted(data)
    assert set(scores.points["fuel"]) == {0.0} and scores.loadings["fuel"] == 0


def test_what_cannot_be_scaled_is_refused() -> None:
    data, _ = households(50)
    with pytest.raises(ValueError, match="vary"):
        icv.fit(data * 0, SIZES, np.ones(50))
    with pytest.raises(ValueError, match="weights"):
        icv.fit(data, SIZES, np.zeros(50))
    with pytest.raises(ValueError, match="whole numbers from 0 to 3"):
        icv.fit(data.assign(water=9), SIZES, np.ones(50))
    with pytest.raises(ValueError, match="settle"):
        icv.fit(data, SIZES, np.ones(50), iterations=1)


def test_bands() -> None:
    assert list(icv.banded([0, 1, 4.9, 5, 20], [1, 5])) == [0, 1, 1, 2, 2]
    assert list(icv.banded([0, 1, 2, 7], [1, 2, 3], descending=True)) == [3, 2, 1, 0]
    assert np.isnan(icv.banded([np.nan], [1]))[0]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(list(SIZES)))
def test_a_better_category_never_lowers_the_index(row: int, variable: str) -> None:
    data, _ = households(400)
    scores = fitted(data)
    one = data.iloc[[row % 400]]
    better = one.assign(**{variable: (one[variable] + 1).clip(upper=SIZES[variable] - 1)})
    gain = icv.score(better, scores).sum(axis=1) - icv.score(one, scores).sum(axis=1)
    assert gain.iloc[0] >= 0


def test_a_published_table_scores_as_it_says() -> None:
    data = pd.DataFrame({"a": [0.0, 1.0, 2.0, np.nan], "b": [1.0, 0.0, 1.0, 1.0]})
    points = {"a": (0.0, 20.0, 60.0), "b": (0.0, 40.0)}
    scores = icv.official(data, points, [1.0, 1.0, 2.0, 1.0], "Entidad, 2020")
    found = icv.score(data, scores)
    assert found["a"].tolist() == [0, 20, 60, 35]  # a missing one: (0 + 20 + 2·60) / 4
    assert found.sum(axis=1).tolist() == [40, 20, 100, 75]
    assert icv.Scores.from_dict(scores.as_dict()) == scores
    with pytest.raises(ValueError, match="never fall"):
        icv.official(data, points | {"b": (1.0, 0.5)}, np.ones(4), "Entidad")


def test_two_opposed_variables_have_no_common_condition() -> None:
    data, _ = households(400)
    water = data["water"]
    for other in (3 - water, 3 - np.roll(np.sort(water), 1)[np.argsort(np.argsort(water))]):
        pair = pd.DataFrame({"a": water, "b": other})
        with pytest.raises(icv.NoCommonCondition):
            icv.fit(pair, {"a": 4, "b": 4}, np.ones(len(pair)))
    # A third one that goes with the first decides, and the opposed one gets no points.
    three = pd.DataFrame({"a": water, "b": 3 - water, "c": data["walls"]})
    scores = icv.fit(three, {"a": 4, "b": 4, "c": 4}, np.ones(len(three)))
    assert scores.points["b"] == pytest.approx((0, 0, 0, 0))
    two = icv.fit(three[["a", "c"]], {"a": 4, "c": 4}, np.ones(len(three)))
    for name in ("a", "c"):
        assert scores.points[name] == pytest.approx(two.points[name], abs=1e-3)


def test_opposed_pairs_that_cancel_out_are_told_apart_from_a_condition() -> None:
    # a and b go together and against c and d: their plain sum is constant.
    rng = np.random.default_rng(2)
    hidden = rng.normal(size=500)
    a, b = ((hidden + rng.normal(0, 0.3, 500) > 0).astype(float) for _ in range(2))
    data = pd.DataFrame({"a": a, "b": b, "c": 1 - a, "d": 1 - b})
    scores = icv.fit(data, dict.fromkeys("abcd", 2), np.ones(500))
    kept = {name for name, points in scores.points.items() if points[-1] > 0}
    assert kept in ({"a", "b"}, {"c", "d"})
    assert sum(scores.loadings[name] ** 2 for name in kept) == pytest.approx(
        1 + np.corrcoef(a, b)[0, 1], abs=1e-6
    )
