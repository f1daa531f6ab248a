"""Differences, their errors and verdicts, against independent results."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gsi.measure import change

NAN = float("nan")
SETTINGS = {"false_discovery": 0.05, "material_points": 1.0, "material_share": 0.05}


def pair(**values: object) -> dict[str, object]:
    row: dict[str, object] = {f"{part}_{s}": NAN for part in change.PARTS for s in "ab"}
    return row | {"multiplier": NAN, "share": True, "direction": -1} | values


def judged(*rows: dict[str, object]) -> pd.DataFrame:
    return change.verdicts(change.differences(pd.DataFrame(rows)), **SETTINGS)


def test_published_errors() -> None:
    found = judged(
        pair(value_a=30.0, error_a=1.0, value_b=22.0, error_b=1.5),
        pair(value_a=30.0, error_a=3.0, value_b=26.0, error_b=4.0),
        pair(value_a=22.0, error_a=1.0, value_b=30.0, error_b=1.0),
    )
    assert list(found["verdict"]) == ["improved", "no_change", "worsened"]
    assert set(found["basis"]) == {"published"}
    assert found["difference_low"][1] == pytest.approx(-4 - 1.959964 * 5)
    assert found["p"][1] == pytest.approx(0.42371, abs=1e-5)  # 2·Φ(−0.8)


def test_an_interval_stands_for_its_error() -> None:
    by_error = judged(pair(value_a=30.0, error_a=1.0, value_b=22.0, error_b=1.5))
    z = 1.959963984540054
    by_interval = judged(
        pair(value_a=30.0, low_a=30 - z, high_a=30 + z, value_b=22.0, low_b=22 - 1.5 * z,
             high_b=22 + 1.5 * z)
    )  # fmt: skip
    assert by_interval["p"][0] == pytest.approx(by_error["p"][0])


def test_counts_of_a_share_use_newcombe() -> None:
    # Newcombe (1998) table II (a): 56/70 and 48/80, 0.0524 to 0.3339.
    found = judged(
        pair(value_a=60.0, numerator_a=48, denominator_a=80, value_b=80.0, numerator_b=56,
             denominator_b=70, multiplier=100.0, direction=1)
    )  # fmt: skip
    assert found["basis"][0] == "proportion" and found["verdict"][0] == "improved"
    assert (found["difference_low"][0], found["difference_high"][0]) == pytest.approx(
        (5.24, 33.39), abs=5e-3
    )


def test_counts_of_a_rate_are_not_read_without_enough_cases() -> None:
    few = pair(value_a=30.0, numerator_a=3, denominator_a=100, value_b=10.0, numerator_b=1,
               denominator_b=100, multiplier=1000.0, share=False)  # fmt: skip
    many = {k: v * 100 if k.startswith(("num", "den")) else v for k, v in few.items()}
    found = judged(few, many)
    assert list(found["basis"]) == ["rate", "rate"]
    assert list(found["verdict"]) == ["no_change", "improved"]
    assert found["difference_low"][0] < 0 < found["difference_high"][0]


def test_coverage_above_100_is_no_proportion() -> None:
    found = judged(
        pair(value_a=104.0, numerator_a=104, denominator_a=100, value_b=98.0, numerator_b=98,
             denominator_b=100, multiplier=100.0, direction=1)
    )  # fmt: skip
    assert found["basis"][0] == "none" and np.isnan(found["p"][0])
    assert found["verdict"][0] == "worsened"  # six points pass the materiality threshold


def test_without_errors_the_materiality_threshold_decides() -> None:
    found = judged(
        pair(value_a=90.0, value_b=90.9, direction=1),
        pair(value_a=90.0, value_b=91.1, direction=1),
        pair(value_a=10.0, value_b=9.6, share=False),
        pair(value_a=10.0, value_b=9.4, share=False),
        pair(value_a=10.0),
        pair(value_a=0.0, value_b=0.0, share=False),
    )
    assert list(found["verdict"]) == [
        "no_change", "improved", "no_change", "improved", "not_comparable", "no_change"
    ]  # fmt: skip
    assert set(found["basis"]) == {"none"}


def test_many_indicators_raise_the_bar() -> None:
    row = pair(value_a=30.0, error_a=1.0, value_b=26.9, error_b=1.0)  # p = 0.028 alone
    null = pair(value_a=30.0, error_a=1.0, value_b=30.2, error_b=1.0)
    assert judged(row)["verdict"][0] == "improved"
    assert judged(row, *[null] * 20)["verdict"][0] == "no_change"


@given(hnp.arrays(float, st.integers(1, 40), elements=st.floats(0, 1)))
def test_adjusted_p_values_agree_with_statsmodels(p: np.ndarray) -> None:
    from statsmodels.stats.multitest import multipletests

    assert change.adjusted(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert list(np.isnan(change.adjusted([0.5, NAN]))) == [False, True]


def test_an_interval_for_every_basis() -> None:
    rows = pd.DataFrame(
        [
            {"value": 50.0, "numerator": 5, "denominator": 10, "multiplier": 100.0, "share": True},
            {"value": 3.0, "numerator": 3, "denominator": 1e3, "multiplier": 1e3, "share": False},
            {"value": 50.0, "error": 2.0, "share": True},
            {"value": 50.0, "low": 45.0, "high": 57.0, "share": True},
            {"value": 50.0, "share": True},
        ]
    ).reindex(columns=[*change.PARTS, "multiplier", "share"])
    found = change.with_intervals(rows)
    assert list(found["basis"]) == ["proportion", "rate", "published", "published", "none"]
    assert (found["low"][0], found["high"][0]) == pytest.approx((23.659, 76.341), abs=1e-3)
    assert (found["low"][3], found["high"][3]) == (45.0, 57.0)
    assert np.isnan(found["low"][4])


def test_year_to_year_by_hand() -> None:
    # Moves 1, −2, 1, 20 (a break), 2: the median size is 2; 2 / 0.6744898.
    error, freedom = change.year_to_year([5.0, 6, 4, 5, 25, 27])
    assert error == pytest.approx(2 / 0.6744897502) and freedom == 2.5
    for unusable in ([], [1.0, 2.0], [3.0, 3, 3, 3]):
        assert np.isnan(change.year_to_year(unusable)).all()


@pytest.mark.parametrize("years", [6, 8, 12])
def test_year_to_year_interval_is_on_the_safe_side(years: int) -> None:
    """Nothing changed: the interval of the difference holds zero at least as often as it says."""
    random, worlds = np.random.default_rng(3), 3000
    series = random.standard_normal((worlds, years))
    noise, freedom = np.array([change.year_to_year(row) for row in series]).T
    pairs = pd.DataFrame(
        {f"{part}_{side}": np.full(worlds, NAN) for part in change.PARTS for side in "ab"}
        | {"multiplier": NAN, "share": False, "noise": noise, "freedom": freedom}
    ).assign(value_a=series[:, -1], value_b=random.standard_normal(worlds))
    found = change.differences(pairs)
    inside = ((found["difference_low"] <= 0) & (found["difference_high"] >= 0)).mean()
    assert set(found["basis"]) == {"series"}
    assert 0.945 <= inside <= 0.985
    assert ((found["p"] > 0.05) == (found["difference_low"] * found["difference_high"] < 0)).all()


def test_a_published_error_goes_before_the_series() -> None:
    found = judged(
        pair(value_a=30.0, error_a=1.0, value_b=22.0, error_b=1.5, noise=9.0, freedom=3.0)
    )
    assert list(found["basis"]) == ["published"]


def test_what_looks_like_change_is_revision_and_change() -> None:
    # Frozen 30; the source now says 34 of the same year; 28 at the follow-up.
    (row,) = change.decomposed([30.0], [34.0], [28.0]).to_dict("records")
    assert row == {"seen": -2.0, "revision": 4.0, "real": -6.0}
