"""Confidence sets of ranks and map classes: published examples and coverage by simulation."""

import numpy as np
import pytest

from gsi.measure.ranks import classes, joint_range, rank_sets
from gsi.measure.robustness import ranks

# PISA 2018, mathematics: mean score and standard error of the 37 OECD countries (OECD, 2019; the
# data of the R package csranks), in the order of the alphabet.
PISA = {
    "Australia": (491.3600252, 1.939833031), "Austria": (498.9423138, 2.970998694),
    "Belgium": (508.0703063, 2.262662011), "Canada": (512.0169429, 2.357475749),
    "Chile": (417.4065563, 2.41588757), "Colombia": (390.9322732, 2.989559274),
    "Czech Republic": (499.4676508, 2.460661531), "Denmark": (509.3983746, 1.735002337),
    "Estonia": (523.4145802, 1.743602224), "Finland": (507.3013618, 1.967920411),
    "France": (495.4075794, 2.320214487), "Germany": (500.0437805, 2.647083096),
    "Greece": (451.3703438, 3.091228197), "Hungary": (481.0826364, 2.319596741),
    "Iceland": (495.1873762, 1.953082603), "Ireland": (499.632894, 2.198621128),
    "Israel": (463.0345488, 3.498563228), "Italy": (486.5898573, 2.780045867),
    "Japan": (526.9732502, 2.471475318), "Korea": (525.933002, 3.121394315),
    "Latvia": (496.1263306, 1.962766789), "Lithuania": (481.1911884, 1.953282039),
    "Luxembourg": (483.421485, 1.097632409), "Mexico": (408.8014734, 2.493225544),
    "Netherlands": (519.2309824, 2.632277885), "New Zealand": (494.489676, 1.705942856),
    "Norway": (500.9637885, 2.219044878), "Poland": (515.6478747, 2.602085176),
    "Portugal": (492.4874062, 2.684570081), "Slovak Republic": (486.1648542, 2.555595707),
    "Slovenia": (508.8975441, 1.363877596), "Spain": (481.3926126, 1.462417763),
    "Sweden": (502.3877022, 2.654250935), "Switzerland": (515.3147131, 2.908003898),
    "Turkey": (453.5077774, 2.260406789), "United Kingdom": (501.7698992, 2.564428111),
    "United States": (478.2447174, 3.235444099),
}  # fmt: skip


def noise(rng: np.random.Generator, errors: np.ndarray, draws: int) -> np.ndarray:
    return rng.normal(0, errors, (draws, len(errors)))


def test_the_published_example_of_csranks() -> None:
    """Its reference page: ten values from 1 to 3, all with error 0.2; rank 1 is the largest."""
    x = np.linspace(1, 3, 10)
    draws = noise(np.random.default_rng(1), np.full(10, 0.2), 40_000)
    low, high = rank_sets(-x, draws, 0.95)
    assert low.tolist() == [7, 6, 5, 4, 3, 2, 1, 1, 1, 1]
    assert high.tolist() == [10, 10, 10, 10, 9, 8, 7, 6, 5, 4]


def test_pisa_as_published() -> None:
    """The vignette of csranks: 12 countries may be among the five best in mathematics; Chile,
    Mexico and Colombia stand apart from all others, Colombia last."""
    names = list(PISA)
    scores, errors = np.array(list(PISA.values())).T
    low, high = rank_sets(-scores, noise(np.random.default_rng(2), errors, 40_000), 0.95)
    sets = dict(zip(names, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    assert (low <= 5).sum() == 12
    assert {name for name, (first, _) in sets.items() if first >= 35} == {
        "Chile",
        "Mexico",
        "Colombia",
    }
    assert sets["Colombia"] == (37, 37)


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_with_equal_places_the_sets_cover_as_often_as_they_say(level: float) -> None:
    """Nobody is lower than anybody: all true ranks are 1, the hardest case. 6,000 worlds, each
    with draws of its own: the standard error of the share is 0.4 points at most."""
    rng = np.random.default_rng(3)
    errors = np.exp(rng.normal(0, 0.5, 8))
    found = [
        (rank_sets(x, noise(rng, errors, 1_000), level)[0] == 1).all()
        for x in noise(rng, errors, 6_000)
    ]
    assert np.mean(found) == pytest.approx(level, abs=0.01)


@pytest.mark.slow
def test_with_places_apart_all_ranks_are_covered() -> None:
    """Correlated errors, places at growing distances: never less than the level says."""
    rng = np.random.default_rng(4)
    true = np.array([0, 0, 0.5, 1, 1, 2, 4, 4.2, 8, 8])
    errors = np.linspace(0.3, 1.2, 10)

    def moved(size: int) -> np.ndarray:
        common = rng.normal(0, 0.7, (size, 1))  # moves all alike: no rank depends on it
        return common + noise(rng, errors, size)

    draws = moved(4_000)
    first = np.array([1 + (true < value).sum() for value in true])
    last = np.array([(true <= value).sum() for value in true])
    hits = []
    for x in true + moved(1_500):
        low, high = rank_sets(x, draws, 0.9)
        hits.append(bool(((low <= first) & (high >= last)).all()))
    assert np.mean(hits) > 0.89


@pytest.mark.slow
def test_surely_and_possibly_among_the_first() -> None:
    """Both are said of all places at once: in nine of ten worlds no 'surely' is wrong and no
    place of the true first four is left out of 'possibly'."""
    rng = np.random.default_rng(5)
    true, errors = np.arange(12) * 0.8, np.full(12, 1.0)
    draws = noise(rng, errors, 4_000)
    first = np.arange(12) < 4
    right, sure = [], 0
    for x in true + noise(rng, errors, 1_000):
        low, high = rank_sets(x, draws, 0.9)
        surely, possibly = high <= 4, low <= 4
        assert (possibly | ~surely).all()
        right.append(not (surely & ~first).any() and not (first & ~possibly).any())
        sure += int(surely.sum())
    assert np.mean(right) > 0.89
    assert sure > 0


def test_what_never_moves_is_told_apart_by_any_difference_and_ties_never() -> None:
    x = np.array([2.0, 1.0, 1.0, 5.0])
    low, high = rank_sets(x, np.tile(x, (10, 1)), 0.9)
    assert low.tolist() == [3, 1, 1, 4]
    assert high.tolist() == [3, 2, 2, 4]
    # Moved together they are still as far apart.
    together = np.tile(x, (50, 1)) + np.random.default_rng(6).normal(size=(50, 1))
    assert [part.tolist() for part in rank_sets(x, together, 0.9)] == [low.tolist(), high.tolist()]


def test_missing_values_are_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        rank_sets(np.array([1.0, np.nan]), np.zeros((3, 2)), 0.9)
    with pytest.raises(ValueError, match="two rows"):
        rank_sets(np.zeros(2), np.zeros((1, 2)), 0.9)


def test_areas_are_in_their_class_as_often_as_the_map_says() -> None:
    """True values and errors known: the share of areas in their true class is the mean
    probability printed, within a point over 400 maps; classes are as few as that needs."""
    rng = np.random.default_rng(8)
    said, hit, counts = [], [], []
    for _ in range(400):
        error = rng.choice([0.1, 0.3, 0.8])
        true = rng.normal(size=40)
        seen = true + rng.normal(0, error, 40)
        # What is known of the true values, given what is seen.
        kept = 1 / (1 + error**2)
        belief = kept * seen + rng.normal(0, error * np.sqrt(kept), (800, 40))
        ties = rng.uniform(size=belief.shape)
        found = classes(ranks(belief, ties), 5, 0.8)
        counts.append(found.number)
        if found.number == 1:
            continue
        place = np.argsort(np.argsort(true))
        said.append(found.correct)
        hit.append(((place * found.number) // 40 + 1 == found.member).mean())
        assert found.correct >= 0.8
    assert np.mean(hit) == pytest.approx(np.mean(said), abs=0.01)
    assert len(set(counts)) > 1


def test_classes_of_a_ranking_without_doubt_and_of_pure_chance() -> None:
    sure = np.tile(np.arange(1, 11), (20, 1))
    found = classes(sure, 5, 0.8)
    assert (found.number, found.correct) == (5, 1.0)
    assert found.member.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    rng = np.random.default_rng(9)
    chance = np.stack([rng.permutation(10) + 1 for _ in range(500)])
    assert classes(chance, 5, 0.8).number == 1


def test_the_joint_range_holds_as_many_whole_rankings_as_it_says() -> None:
    """Against fresh draws of the same choices: 20 pairs of 4,000 draws, within a point."""
    rng = np.random.default_rng(10)
    centre = np.arange(10) * 0.6

    def drawn() -> np.ndarray:
        scores = centre + rng.normal(size=(4_000, 10))
        return ranks(scores, np.zeros(scores.shape))

    held = []
    for _ in range(20):
        low, high = joint_range(drawn(), 0.9)
        fresh = drawn()
        held.append(((fresh >= low) & (fresh <= high)).all(axis=1).mean())
    assert np.mean(held) == pytest.approx(0.9, abs=0.01)


def test_the_joint_range_of_one_ranking_is_that_ranking() -> None:
    low, high = joint_range(np.tile([2, 1, 3], (50, 1)), 0.9)
    assert low.tolist() == high.tolist() == [2, 1, 3]
