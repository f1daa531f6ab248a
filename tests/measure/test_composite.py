"""Composite index: the ASEM oracle, hand-worked cases, and properties that must always hold."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gsi.measure import composite as ci
from gsi.measure.composite import aggregation, scaling
from gsi.measure.composite.prepare import winsorise

TREE = {"a": "left", "b": "left", "c": "right", "left": "index", "right": "index", "index": ""}


def meta(weights: dict[str, float] | None = None, **directions: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parent": list(TREE.values()),
            "weight": [(weights or {}).get(code, 1.0) for code in TREE],
            "direction": [directions.get(code, 1) for code in TREE],
        },
        index=list(TREE),
    )


def composite(rows: list[list[float]], **directions: int) -> ci.Composite:
    index = [f"t{i}" for i in range(len(rows))]
    return ci.Composite(pd.DataFrame(rows, index, ["a", "b", "c"], float), meta(**directions))


def index_of(chain: ci.Composite, scale: str = "minmax", mean: str = "arithmetic") -> pd.Series:
    chain = ci.normalise(ci.orient(chain), method=scale)
    return ci.aggregate(chain, method=mean).values["index"]


def prepared(folder: Path) -> ci.Composite:
    """The recipe's preparation: sizes per area, energy, GDP or people, then the group's mean."""
    data = pd.read_csv(folder / "asem_data.csv").set_index("uCode")
    described = pd.read_csv(folder / "asem_meta.csv").set_index("iCode")
    nodes = described[described["Type"].isin(["Indicator", "Aggregate"])]
    table = pd.DataFrame(
        {
            "parent": nodes["Parent"].fillna("").astype("str"),
            "weight": nodes["Weight"],
            "direction": nodes["Direction"],
        }
    )
    codes = list(nodes.index[nodes["Type"] == "Indicator"])
    values = data[codes].astype(float)
    for code, denominator in nodes["Denominator"].dropna().items():
        values[code] /= data[denominator]
    values = values.fillna(values.groupby(data["EurAsia_group"]).transform("mean"))
    return ci.Composite(values, table)


def asem(folder: Path) -> ci.Composite:
    chain = ci.screen(prepared(folder), minimum_share=0.9)
    chain = ci.treat_outliers(chain, skewness=2, kurtosis=3.5, max_points=5)
    return ci.aggregate(ci.normalise(ci.orient(chain), method="minmax"), method="arithmetic")


def test_asem_index_is_the_published_one(oracles: Path) -> None:
    index = asem(oracles).values["Index"]
    published = {"CHE": 68.38, "NLD": 64.82, "DNK": 64.80, "NOR": 64.47, "BEL": 63.54, "SWE": 63.0}
    assert index.nlargest(6).round(2).to_dict() == published
    assert list(index.nlargest(6).index) == list(published)
    assert round(index["IND"], 2) == 39.79
    assert index.rank(ascending=False)["IND"] == 45


def test_replaying_the_log_gives_the_same_values(oracles: Path) -> None:
    done = asem(oracles)
    verbs = [step.verb for step in done.log]
    assert verbs == ["screen", "treat_outliers", "orient", "normalise", "aggregate"]
    again = prepared(oracles)
    for step in done.log:
        again = getattr(ci, step.verb)(again, **step.arguments)
    pd.testing.assert_frame_equal(again.values, done.values)


def test_verbs_leave_their_input_alone() -> None:
    chain = composite([[1, 2, 3], [4, 5, 6], [9, 1, 2]], b=-1)
    before = chain.values.copy()
    index_of(chain)
    pd.testing.assert_frame_equal(chain.values, before)
    assert chain.log == ()
    with pytest.raises(FrozenInstanceError):
        chain.log = ()  # type: ignore[misc]


def test_arguments_go_by_name_because_the_log_holds_them() -> None:
    with pytest.raises(TypeError, match="by name"):
        ci.screen(composite([[1, 2, 3]]), 0.5)  # type: ignore[misc]


def test_min_max_by_hand() -> None:
    index = index_of(composite([[0, 10, 1], [5, 0, 3], [10, 5, 2]], b=-1))
    # a: 0 50 100; b reversed: 0 100 50; left: 0 75 75; c: 0 100 50; index: mean of both
    assert index.tolist() == [0, 87.5, 62.5]


def test_weights_count_within_their_level() -> None:
    chain = ci.Composite(composite([[0, 1, 0], [1, 0, 1]]).values, meta({"a": 3.0, "right": 2.0}))
    # left: t0 = 25, t1 = 75; right: 0, 100; index = (left + 2 right) / 3
    assert index_of(chain).tolist() == pytest.approx([25 / 3, 275 / 3])
    assert ci.effective_weights(chain.meta).to_dict() == pytest.approx(
        {"a": 0.25, "b": 1 / 12, "c": 2 / 3}
    )


def test_a_missing_value_leaves_the_mean_to_its_siblings() -> None:
    index = index_of(composite([[0, np.nan, 0], [10, 5, 1], [5, 0, 1]]))
    assert index["t0"] == 0
    assert index["t1"] == 100


def test_screen_weighs_what_is_missing() -> None:
    chain = composite([[np.nan, 1, 2], [1, 1, np.nan], [1, 2, 3]])
    # 'a' is a quarter of the index, 'c' a half
    assert ci.data_share(chain).tolist() == pytest.approx([0.75, 0.5, 1])
    assert list(ci.screen(chain, minimum_share=0.75).values.index) == ["t0", "t2"]


def test_aggregations_by_hand() -> None:
    x, w = [np.array([[4.0, 2.0]]), np.array([[9.0, 2.0]])], np.array([[1.0, 1.0]])
    assert aggregation.arithmetic(x, w)[0].tolist() == [6.5, 2]
    assert aggregation.geometric(x, w, 1)[0].tolist() == pytest.approx([6, 2])
    assert aggregation.harmonic(x, w, 1)[0].tolist() == pytest.approx([72 / 13, 2])


def test_copeland_by_hand() -> None:
    # Condorcet: A beats B on two of three, B beats C on two of three, A beats C on two of three
    x = [np.array([[3.0, 2.0, 1.0]]), np.array([[3.0, 1.0, 2.0]]), np.array([[1.0, 3.0, 2.0]])]
    # A>B (j0,j1), A>C (j0,j1), B vs C: B wins j0 and j2
    assert aggregation.copeland(x, np.ones((1, 3)))[0].tolist() == [100, 50, 0]
    # Enough weight on the third indicator turns it round: B first, A last
    assert aggregation.copeland(x, np.array([[1.0, 1.0, 3.0]]))[0].tolist() == [0, 100, 50]


@pytest.mark.parametrize("n", [1, 7, 64, 65, 150])  # 64 rows are compared at once
def test_copeland_equals_the_vote_counted_pair_by_pair(n: int) -> None:
    rng = np.random.default_rng(1)
    draws, k = 2, 5
    x = [rng.integers(0, 4, (1 if j < 3 else draws, n)).astype(float) for j in range(k)]
    x[1][0, 2 % n] = np.nan
    w = rng.integers(1, 4, (draws, k)).astype(float)
    expected = np.empty((draws, n))
    for d in range(draws):
        column = [values[min(d, len(values) - 1)] for values in x]
        for i in range(n):
            net = 0
            for other in range(n):
                favour = sum(w[d, j] for j in range(k) if column[j][i] > column[j][other])
                against = sum(w[d, j] for j in range(k) if column[j][i] < column[j][other])
                net += int(favour > against) - int(favour < against)
            expected[d, i] = 50 + 50 * net / max(n - 1, 1)
    assert aggregation.copeland(x, w) == pytest.approx(expected)


def test_a_child_equal_in_all_draws_stands_for_all() -> None:
    rng = np.random.default_rng(1)
    x, w = [rng.uniform(1, 9, (1, 9)) for _ in range(5)], rng.uniform(0.5, 1, (7, 5))
    many = [np.repeat(values, 7, axis=0) for values in x]
    assert np.array_equal(aggregation.copeland(x, w), aggregation.copeland(many, w))
    for mean in (aggregation.geometric, aggregation.harmonic):
        assert np.array_equal(mean(x, w, 1.0), mean(many, w, 1.0))


def test_a_harsher_mean_compensates_less() -> None:
    chain = composite([[50, 50, 50], [100, 100, 0], [0, 0, 100], [60, 40, 50]])
    scores = {mean: index_of(chain, mean=mean)["t1"] for mean in aggregation.METHODS[:3]}
    assert scores["arithmetic"] > scores["geometric"] > scores["harmonic"]


def test_scales_by_hand() -> None:
    x = np.array([[1.0], [2.0], [3.0], [np.nan]])
    assert scaling.minmax(x).ravel()[:3].tolist() == [0, 50, 100]
    assert scaling.rank(x).ravel()[:3].tolist() == pytest.approx([100 / 3, 200 / 3, 100])
    z = scaling.zscore(x).ravel()[:3]
    assert z.mean() == pytest.approx(100)
    assert z.std() == pytest.approx(10)
    assert scaling.to_target(x, np.array([2.5])).ravel()[:3] == pytest.approx([0, 200 / 3, 100])
    for scale in (scaling.minmax, scaling.rank, scaling.zscore):
        assert np.isnan(scale(x)[3, 0])


def test_a_constant_indicator_separates_nobody() -> None:
    x = np.full((4, 1), 7.0)
    for method in ("minmax", "zscore", "rank"):
        assert len(set(scaling.apply(x, method).ravel())) == 1


def test_distance_to_target_asks_for_every_target() -> None:
    with pytest.raises(ValueError, match="target"):
        scaling.apply(np.ones((3, 1)), "target")


def test_normalise_wants_oriented_values() -> None:
    with pytest.raises(ValueError, match="orient"):
        ci.normalise(composite([[1, 2, 3], [2, 3, 4]], a=-1), method="minmax")


def test_winsorising_moves_only_the_extreme_and_keeps_order() -> None:
    x = np.array([*np.linspace(0, 1, 20), 50.0])
    treated = winsorise(x, 2, 3.5, 5)
    assert treated[-1] == 1
    assert np.array_equal(treated[:-1], x[:-1])
    assert np.array_equal(winsorise(-x, 2, 3.5, 5), -treated)
    assert np.array_equal(winsorise(x, 2, 3.5, 0), x)


def test_tree_errors_are_named() -> None:
    loop = pd.DataFrame(
        {"parent": ["y", "x", "y"], "weight": 1.0, "direction": 1}, index=["x", "y", "leaf"]
    )
    with pytest.raises(ValueError, match="loop"):
        aggregation.Tree.of(loop)
    with pytest.raises(ValueError, match="positive"):
        ci.Composite(composite([[1, 2, 3]]).values, meta({"a": 0.0}))
    with pytest.raises(ValueError, match="does not describe"):
        ci.Composite(pd.DataFrame({"zz": [1.0]}), meta())


# Whole numbers: a unit change may not turn a rounding error into a difference.
MATRICES = arrays(
    float, st.tuples(st.integers(3, 9), st.just(3)), elements=st.integers(-500, 500).map(float)
)


def frame(x: np.ndarray) -> ci.Composite:
    return composite([list(row) for row in x], b=-1)


@given(MATRICES, st.integers(1, 1000), st.integers(-1000, 1000))
@settings(max_examples=40, deadline=None)
def test_min_max_index_ignores_units(x: np.ndarray, factor: int, shift: int) -> None:
    other = x.copy()
    other[:, 1] = factor * x[:, 1] + shift
    pd.testing.assert_series_equal(index_of(frame(x)), index_of(frame(other)))


@given(MATRICES, st.sampled_from(["minmax", "rank"]), st.sampled_from(aggregation.METHODS))
@settings(max_examples=50, deadline=None)
def test_order_of_rows_changes_nothing(x: np.ndarray, scale: str, mean: str) -> None:
    straight, turned = frame(x), frame(x)
    turned = ci.Composite(straight.values.iloc[::-1], straight.meta)
    back = index_of(turned, scale, mean).iloc[::-1]
    pd.testing.assert_series_equal(index_of(straight, scale, mean), back)


@given(
    MATRICES,
    st.integers(1, 400),
    st.integers(0, 2),
    # Not zscore: moving an outlier inward shrinks the deviation and can widen a gap.
    st.sampled_from(["minmax", "rank"]),
    st.sampled_from(aggregation.METHODS),
)
@settings(max_examples=60, deadline=None)
def test_a_better_indicator_never_costs_a_place(
    x: np.ndarray, gain: int, j: int, scale: str, mean: str
) -> None:
    before = index_of(frame(x), scale, mean)
    better = x.copy()
    better[0, j] += -gain if j == 1 else gain  # 'b' is better when lower
    after = index_of(frame(better), scale, mean)
    was_below = before.iloc[1:] < before.iloc[0] - 1e-9
    assert (after.iloc[1:][was_below] <= after.iloc[0] + 1e-9).all()


@given(
    MATRICES, st.sampled_from(["minmax", "rank", "zscore"]), st.sampled_from(aggregation.METHODS)
)
@settings(max_examples=60, deadline=None)
def test_a_dominated_territory_never_scores_above(x: np.ndarray, scale: str, mean: str) -> None:
    # Row 0 dominates row 1: at least as good everywhere ('b' is better when lower).
    x[0] = [max(x[0, 0], x[1, 0]), min(x[0, 1], x[1, 1]), max(x[0, 2], x[1, 2])]
    index = index_of(frame(x), scale, mean)
    assert index.iloc[0] >= index.iloc[1] - 1e-9
