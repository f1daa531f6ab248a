"""Linearised errors against samplics, the jackknife, a bootstrap and closed forms."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gsi.measure import survey
from gsi.measure.survey import Design


def synthetic(oracles: Path) -> pd.DataFrame:
    data = pd.read_csv(oracles / "alkire_foster_syn.csv.gz")
    data = data[[c for c in data if c != "year"]].dropna().reset_index(drop=True)
    heavy = ["d_nutr", "d_cm", "d_satt", "d_educ"]
    light = ["d_elct", "d_sani", "d_wtr", "d_hsg", "d_ckfl", "d_asst"]
    score = data[heavy].sum(axis=1) * 3 + data[light].sum(axis=1)
    data["poor"] = (3 * score >= 18).astype(float)
    data["censored"] = score / 18 * data["poor"]
    data["uneven"] = 0.5 + (np.arange(len(data)) % 7) / 2
    return data


@pytest.mark.parametrize(
    ("weight", "numerator", "denominator", "value", "error"),
    [
        # samplics 0.6.1, TaylorEstimator with stratum and psu, on the same 14,903 rows.
        ("weight", "poor", None, 0.2828960611957324, 0.003609334576007309),
        ("weight", "censored", None, 0.11812684992581657, 0.0015631164685654983),
        ("weight", "censored", "poor", 0.4175627240143369, 0.0013290301090149639),
        ("uneven", "poor", None, 0.2832986646983829, 0.003951093892440892),
        ("uneven", "censored", "poor", 0.4180779251539555, 0.0015121526248465763),
    ],
)
def test_ratio_agrees_with_samplics(
    oracles: Path, weight: str, numerator: str, denominator: str | None, value: float, error: float
) -> None:
    data = synthetic(oracles)
    design = Design.of(data[weight], stratum=data["stratum"], psu=data["psu"])
    estimate = survey.ratio(data[numerator], data[denominator] if denominator else None, design)
    assert estimate.value == pytest.approx(value, abs=1e-12)
    assert survey.standard_error(estimate, design) == pytest.approx(error, rel=1e-9)


def test_a_domain_keeps_the_whole_design(oracles: Path) -> None:
    data = synthetic(oracles)
    design = Design.of(data["weight"], stratum=data["stratum"], psu=data["psu"])
    estimate = survey.ratio(data["poor"], None, design, (data["area"] == 0).to_numpy())
    assert estimate.value == pytest.approx(0.2856425702811245, abs=1e-12)  # samplics 0.6.1
    assert survey.standard_error(estimate, design) == pytest.approx(0.0057268155366295564, rel=1e-9)


def test_equal_weights_without_clusters_is_the_textbook_mean() -> None:
    y = np.array([3.0, 5.0, 8.0, 9.0, 14.0])
    design = Design.of(np.full(5, 20.0))
    estimate = survey.interval(survey.ratio(y, None, design), design)
    assert estimate.error == pytest.approx(y.std(ddof=1) / np.sqrt(5))
    assert (estimate.df, estimate.psus) == (4, 5)
    assert estimate.high - estimate.value == pytest.approx(2.7764451 * estimate.error)


def small_survey() -> tuple[pd.DataFrame, Design]:
    rng = np.random.default_rng(7)
    strata = np.repeat(np.arange(12), 60)
    psu = np.tile(np.repeat(np.arange(10), 6), 12)  # labels repeat across strata
    effect = rng.normal(0, 0.7, (12, 10))[strata, psu]
    frame = pd.DataFrame(
        {
            "y": (rng.normal(size=720) + effect > 0.4).astype(float),
            "x": rng.integers(1, 7, 720).astype(float),
            "w": rng.uniform(1, 4, 720),
            "stratum": strata,
            "psu": psu,
        }
    )
    frame["y"] *= frame["x"]
    return frame, Design.of(frame["w"], stratum=frame["stratum"], psu=frame["psu"])


def replicate_value(frame: pd.DataFrame, weight: np.ndarray) -> float:
    return float((weight * frame["y"]).sum() / (weight * frame["x"]).sum())


def test_linearisation_agrees_with_the_delete_one_psu_jackknife() -> None:
    frame, design = small_survey()
    estimate = survey.ratio(frame["y"], frame["x"], design)
    variance = 0.0
    for stratum in range(12):
        inside = (frame["stratum"] == stratum).to_numpy()
        for psu in range(10):
            gone = inside & (frame["psu"] == psu).to_numpy()
            weight = np.where(gone, 0, np.where(inside, frame["w"] * 10 / 9, frame["w"]))
            variance += 9 / 10 * (replicate_value(frame, weight) - estimate.value) ** 2
    assert survey.standard_error(estimate, design) == pytest.approx(np.sqrt(variance), rel=0.01)


def test_linearisation_agrees_with_a_rescaled_bootstrap() -> None:
    frame, design = small_survey()
    estimate = survey.ratio(frame["y"], frame["x"], design)
    rng = np.random.default_rng(11)
    key = (frame["stratum"] * 10 + frame["psu"]).to_numpy()
    values = []
    for _ in range(1500):
        # Rao and Wu (1988): draw n_h − 1 PSUs with replacement, rescale by n_h / (n_h − 1).
        draws = rng.multinomial(9, np.full(10, 0.1), size=12).ravel()
        values.append(replicate_value(frame, frame["w"].to_numpy() * draws[key] * 10 / 9))
    # A bootstrap error of 1,500 replicates is itself known to about 1/√3000 = 1.8 %.
    assert survey.standard_error(estimate, design) == pytest.approx(np.std(values), rel=0.055)


def test_difference_in_a_panel_uses_the_covariance() -> None:
    before = np.array([0, 0, 1, 1, 1, 0, 1, 0], dtype=float)
    after = np.array([0, 0, 1, 0, 1, 0, 0, 0], dtype=float)
    households = np.arange(8)
    design = Design.of(np.ones(16), psu=np.concatenate([households, households]))
    values, second = np.concatenate([before, after]), np.repeat([False, True], 8)
    change = survey.ratio(values, None, design, second).minus(
        survey.ratio(values, None, design, ~second)
    )
    paired = after - before
    assert change.value == pytest.approx(paired.mean())
    assert survey.standard_error(change, design) == pytest.approx(paired.std(ddof=1) / np.sqrt(8))


def test_what_the_design_cannot_say_is_missing() -> None:
    design = Design.of([1, 1, 1], psu=["a", "a", "b"])
    only_a = np.array([True, True, False])
    estimate = survey.interval(survey.ratio([1, 0, 1], None, design, only_a), design)
    assert estimate.value == 0.5 and np.isnan(estimate.error) and np.isnan(estimate.low)
    assert np.isnan(survey.p_value(estimate))
    everyone = survey.interval(survey.ratio([1, 1, 1], None, design), design, bounded=True)
    assert everyone.value == 1 and np.isnan(everyone.high)
    assert np.isnan(survey.ratio([1, 0, 1], [0, 0, 0], design).value)
    with pytest.raises(ValueError, match="weights"):
        Design.of([1, 0])


def test_a_lonely_psu_adds_variance() -> None:
    frame, _ = small_survey()
    lonely = frame[(frame["stratum"] > 0) | (frame["psu"] == 0)]
    design = Design.of(lonely["w"], stratum=lonely["stratum"], psu=lonely["psu"])
    estimate = survey.ratio(lonely["y"], lonely["x"], design)
    position = int(np.flatnonzero(design.stratum_of_psu == 0)[0])
    rest = np.flatnonzero(design.stratum_of_psu != 0)
    others = survey.Ratio(estimate.value, rest, np.delete(estimate.influence, position), 0)
    assert survey.standard_error(estimate, design) ** 2 == pytest.approx(
        survey.standard_error(others, design) ** 2 + estimate.influence[position] ** 2
    )
