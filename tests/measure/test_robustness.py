"""Robustness: what cannot move stays, what is planted is found, chance is not priority."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.measure import composite as ci
from gsi.measure import robustness as rb
from gsi.measure import simulation as sm

EVERYTHING = sm.Assumptions(
    normalisation=("minmax", "zscore", "rank"),
    aggregation=("arithmetic", "geometric", "harmonic", "copeland"),
    weight_noise=0.5,
    left_out=True,
    sampling=False,
)


def prepared(x: np.ndarray, blocks: int = 3) -> ci.Composite:
    n, k = x.shape
    codes = [f"i{j}" for j in range(k)]
    blocks = min(blocks, k)
    meta = pd.DataFrame(
        {
            "parent": [f"b{j % blocks}" for j in range(k)] + ["index"] * blocks + [""],
            "weight": 1.0,
            "direction": 1,
        },
        index=[*codes, *[f"b{b}" for b in range(blocks)], "index"],
    )
    return ci.Composite(pd.DataFrame(x, [f"t{i:03d}" for i in range(n)], codes), meta)


def some(n: int, k: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, k))


def test_reference_equals_the_chain_of_verbs() -> None:
    chain = prepared(some(20, 9))
    for scale in ("minmax", "zscore", "rank"):
        for mean in ("arithmetic", "geometric", "harmonic", "copeland"):
            model = sm.Model(chain, sm.Assumptions((scale,), (mean,), 0, False, False))
            verbs = ci.aggregate(ci.normalise(chain, method=scale), method=mean)
            assert model.reference() == pytest.approx(verbs.values["index"].to_numpy())


def test_without_assumptions_nothing_moves() -> None:
    still = sm.Assumptions(("minmax",), ("arithmetic",), 0, False, False)
    model = sm.Model(prepared(some(12, 6)), still)
    draws = model.draw(np.random.default_rng(1), 50)
    scores = model.scores(draws)
    assert (scores == model.reference()).all()
    result = rb.summarise(rb.ranks(scores, draws.ties), 3, model.territories)
    assert sorted(result["median"]) == list(range(1, 13))
    assert result["probability"].isin([0, 1]).all()
    assert result["probability"].sum() == 3
    found = rb.effects(model, draws, model.draw(np.random.default_rng(2), 50))
    assert (found["shift"] == 0).all()
    assert (found[["first", "total"]].drop("all") == 0).all(axis=None)


def test_same_seed_same_draws() -> None:
    model = sm.Model(prepared(some(10, 6)), EVERYTHING)
    first, second = (model.scores(model.draw(np.random.default_rng(5), 200)) for _ in range(2))
    assert np.array_equal(first, second)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_dominated_territory_never_scores_above_its_dominator(seed: int) -> None:
    x = np.random.default_rng(seed).integers(0, 12, (8, 6)).astype(float)
    x[0] = np.maximum(x[0], x[1])
    model = sm.Model(prepared(x), EVERYTHING)
    scores = model.scores(model.draw(np.random.default_rng(seed), 200))
    assert (scores[:, 0] >= scores[:, 1] - 1e-9).all()


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_dominated_territory_never_ranks_above_its_dominator_at_any_draw(seed: int) -> None:
    # Few distinct values: scores tie often, and chance alone would turn some pairs round.
    x = np.random.default_rng(seed).integers(0, 3, (9, 4)).astype(float)
    model = sm.Model(prepared(x), EVERYTHING)
    draws = model.draw(np.random.default_rng(seed), 200)
    places = rb.ranks(model.scores(draws), draws.ties)
    for i in range(9):
        for j in range(9):
            if (x[i] >= x[j]).all() and (x[i] > x[j]).any():
                # Rank 1 is the most deprived: the dominated one comes first.
                assert (places[:, j] < places[:, i]).all()


def test_dominated_by_hand() -> None:
    x = np.array([[3.0, 3.0], [3.0, 2.0], [1.0, 9.0], [1.0, 2.0], [3.0, np.nan], [1.0, np.nan]])
    assert sm.dominated(x).tolist() == [2, 1, 1, 0, 1, 0]
    assert sm.dominated(np.ones((4, 2))).tolist() == [0, 0, 0, 0]


def test_order_of_territories_does_not_move_probabilities() -> None:
    x = some(16, 8)
    model, turned = (
        sm.Model(prepared(x), EVERYTHING),
        sm.Model(prepared(x[::-1]), EVERYTHING),
    )
    draws = model.draw(np.random.default_rng(2), 300)
    assert turned.scores(draws)[:, ::-1] == pytest.approx(model.scores(draws))


def test_probabilities_add_up_to_the_group() -> None:
    model = sm.Model(prepared(some(20, 8)), EVERYTHING)
    draws = model.draw(np.random.default_rng(2), 400)
    result = rb.summarise(rb.ranks(model.scores(draws), draws.ties), 5, model.territories)
    assert result["probability"].sum() == pytest.approx(5)


def test_equal_territories_share_the_probability() -> None:
    model = sm.Model(prepared(np.ones((8, 4))), EVERYTHING)
    draws = model.draw(np.random.default_rng(4), 2000)
    result = rb.summarise(rb.ranks(model.scores(draws), draws.ties), 2, model.territories)
    # 2000 draws of a quarter: five standard errors are 0.048
    assert (result["probability"] - 0.25).abs().max() < 0.05


def test_sampling_error_alone_gives_the_normal_probability() -> None:
    """Two territories 1 apart, both with error 1: P(order kept) = Φ(1/√2) = 0.7602."""
    chain = prepared(np.array([[0.0], [1.0]]), blocks=1)
    only_error = sm.Assumptions(("rank",), ("arithmetic",), 0, False, True)
    errors = pd.DataFrame(1.0, chain.values.index, chain.indicators)
    model = sm.Model(chain, only_error, errors)
    draws = model.draw(np.random.default_rng(8), 20_000)
    result = rb.summarise(rb.ranks(model.scores(draws), draws.ties), 1, model.territories)
    assert result["probability"].iloc[0] == pytest.approx(0.7602, abs=0.012)


def test_simulated_values_keep_their_natural_limits() -> None:
    chain = prepared(np.array([[0.0], [0.0], [5.0]]), blocks=1)
    errors = pd.DataFrame([[3.0], [3.0], [0.0]], chain.values.index, chain.indicators)
    only_error = sm.Assumptions(("minmax",), ("arithmetic",), 0, False, True)
    model = sm.Model(chain, only_error, errors, {"i0": (0.0, 1.0)})
    scores = model.scores(model.draw(np.random.default_rng(8), 500))
    # Above 1 nothing is possible, so the third one is never overtaken.
    assert (scores[:, 2] >= scores[:, :2].max(axis=1)).all()


def test_leaving_an_indicator_out_equals_an_index_without_it() -> None:
    x = some(9, 6)
    model = sm.Model(prepared(x), sm.Assumptions(("minmax",), ("arithmetic",), 0, True, False))
    draws = model.draw(np.random.default_rng(1), 100)
    seen = {int(j) for j in draws.left_out}
    assert seen == set(range(-1, 6))
    scores = model.scores(draws)
    for j in range(6):
        chain = prepared(x)
        part = ci.Composite(chain.values.drop(columns=f"i{j}"), chain.meta.drop(index=f"i{j}"))
        expected = ci.aggregate(ci.normalise(part, method="minmax"), method="arithmetic")
        for row in scores[draws.left_out == j]:
            assert row == pytest.approx(expected.values["index"].to_numpy())


def test_effects_find_the_assumption_that_moves() -> None:
    # Indicators that disagree: with equal weights nothing else than weights can be varied here.
    model = sm.Model(
        prepared(some(15, 6)),
        sm.Assumptions(("minmax",), ("arithmetic",), 0.9, False, False),
    )
    rng = np.random.default_rng(1)
    found = rb.effects(model, model.draw(rng, 200), model.draw(rng, 200))
    assert found.loc["weights", "shift"] > 0
    assert found.loc["all", "shift"] == found.loc["weights", "shift"]
    others = ["normalisation", "aggregation", "left_out", "sampling"]
    assert (found.loc[others, ["shift", "first", "total"]] == 0).all(axis=None)
    # The only thing that varies explains everything; 200 draws leave its estimate ± 0.2.
    assert found.loc["weights", "total"] == pytest.approx(1, abs=0.2)
    assert found.loc["weights", "first"] == pytest.approx(1, abs=0.3)


def test_exchanging_takes_one_assumption_and_leaves_the_rest() -> None:
    model = sm.Model(prepared(some(9, 6)), EVERYTHING)
    rng = np.random.default_rng(3)
    a, b = model.draw(rng, 30), model.draw(rng, 30)
    for name in sm.ASSUMPTIONS:
        mixed = a.exchange(b, name)
        assert np.array_equal(getattr(mixed, name), getattr(b, name))
        for other in {*sm.ASSUMPTIONS, "ties"} - {name}:
            assert np.array_equal(getattr(mixed, other), getattr(a, other))


def test_effects_of_two_choices_are_those_worked_out_over_all_of_them() -> None:
    """Two scales × two means: with four equally likely cells the exact effects are the analysis of
    variance of the four rankings."""
    assumptions = sm.Assumptions(("minmax", "rank"), ("arithmetic", "copeland"), 0, False, False)
    model = sm.Model(prepared(some(12, 7, seed=8) ** 3), assumptions)
    cells = sm.Draws(
        np.ones((4, len(model.weights))),
        np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]),
        np.full(4, -1), np.full(4, -1), np.zeros((4, 12)),
    )  # fmt: skip
    table = rb.ranks(model.scores(cells), cells.ties).reshape(2, 2, 12).astype(float)
    variance = table.var(axis=(0, 1)).sum()
    first = {
        "normalisation": table.mean(axis=1).var(axis=0).sum() / variance,
        "aggregation": table.mean(axis=0).var(axis=0).sum() / variance,
    }
    rng = np.random.default_rng(5)
    found = rb.effects(model, model.draw(rng, 8000), model.draw(rng, 8000))
    for name, other in (("normalisation", "aggregation"), ("aggregation", "normalisation")):
        assert found.loc[name, "first"] == pytest.approx(first[name], abs=0.05)
        assert found.loc[name, "total"] == pytest.approx(1 - first[other], abs=0.05)


def test_agreement_is_fair_without_signal() -> None:
    """p-values of unrelated blocks are uniform: mean 1/2, a twentieth below 0.05."""
    rng = np.random.default_rng(11)
    p = [rb.agreement(pd.DataFrame(rng.normal(size=(20, 5))), 99, rng) for _ in range(200)]
    # 200 uniforms: mean 0.5 ± 4 × 0.0204; count below 0.05 is Binomial(200, .05), P(> 21) < 0.001
    assert abs(np.mean(p) - 0.5) < 0.082
    assert sum(value <= 0.05 for value in p) <= 21


def test_agreement_sees_a_common_cause() -> None:
    rng = np.random.default_rng(11)
    cause = rng.normal(size=(20, 1))
    blocks = pd.DataFrame(cause + rng.normal(size=(20, 5)))
    blocks.iloc[3, 2] = np.nan
    assert rb.agreement(blocks, 199, rng) <= 0.01


def test_agreement_of_one_block_cannot_be_tested() -> None:
    rng = np.random.default_rng(1)
    assert np.isnan(rb.agreement(pd.DataFrame({"a": [1.0, 2, 3], "b": 1.0}), 99, rng))


def test_free_weights_share_the_whole_in_any_way() -> None:
    """Of two branches each has every share alike: its mean is a half and its deciles are tenths."""
    model = sm.Model(prepared(some(6, 4), blocks=2), EVERYTHING)
    draws = model.draw(np.random.default_rng(3), 20_000)
    branches = [code for code, parent in model_meta(model).items()]
    moved = rb.free(model, draws, branches, np.random.default_rng(4))
    places = [model.tree.codes.index(code) for code in branches]
    weights = moved.weights[:, places] * model.weights[places]
    share = weights[:, 0] / weights.sum(axis=1)
    assert np.quantile(share, np.arange(1, 10) / 10) == pytest.approx(
        np.arange(1, 10) / 10, abs=0.015
    )
    others = [j for j in range(len(model.weights)) if j not in places]
    assert (moved.weights[:, others] == draws.weights[:, others]).all()


def model_meta(model: sm.Model) -> dict[str, int]:
    """The two branches under the root of a model."""
    root = model.tree.codes[model.root]
    children = next(kids for parent, kids in model.tree.steps if model.tree.codes[parent] == root)
    return {model.tree.codes[k]: k for k in children}


def test_counted_ranks_answer_for_a_group_of_any_size() -> None:
    rng = np.random.default_rng(8)
    ranking = np.array([rng.permutation(9) + 1 for _ in range(400)])
    counts = rb.counted(ranking)
    assert (counts.sum(axis=0) == 400).all() and (counts.sum(axis=1) == 400).all()
    for group in range(1, 10):
        told = rb.summarise(ranking, group, pd.RangeIndex(9))["probability"]
        assert rb.within(counts, group).tolist() == told.tolist()


def test_without_each_is_the_ranking_of_a_model_that_lacks_it() -> None:
    still = sm.Assumptions(("minmax",), ("arithmetic",), 0, False, False)
    x = some(9, 4)
    model = sm.Model(prepared(x, blocks=1), still)
    draws = model.draw(np.random.default_rng(5), 3)
    found = rb.without_each(model, draws)
    assert list(found) == model.indicators
    for j, code in enumerate(model.indicators):
        rest = sm.Model(prepared(np.delete(x, j, axis=1), blocks=1), still)
        first = set(np.argsort(rest.reference())[:3])
        assert set(np.flatnonzero(rb.within(found[code], 3) == 1)) == first
