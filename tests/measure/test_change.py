"""Differences, their errors and verdicts, against independent results."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gsi.measure import change

NAN = float("nan")


def row(kind: str, a: dict, b: dict, **more: object) -> dict[str, object]:
    """A row of :func:`change.predicted` without noise between years, unless ``more`` says so."""
    parts = ("value", "numerator", "denominator", "error", "common", "people")
    sides = {
        f"{name}{suffix}": side.get(name, NAN)
        for name in parts
        for suffix, side in (("_a", a), ("_b", b))
    }
    plain = {
        "kind": kind, "multiplier": 1000.0, "lag": 1.0, "variance_size": 1.0, "variance_level": 0.0,
        "variance_walk": 0.0, "units": 1e6, "factor": 1.0, "freedom": 1e6, "growth": 1.0,
        "between": NAN, "direction": -1,
    }  # fmt: skip
    return plain | sides | more


def judged(*rows: dict[str, object], finest: float = 0.0) -> pd.DataFrame:
    return change.verdicts(change.predicted(pd.DataFrame(rows)), 0.05, finest)


def published(a: float, error_a: float, b: float, error_b: float, **more: object) -> dict:
    sides = ({"value": v, "error": e, "common": 0.0} for v, e in ((a, error_a), (b, error_b)))
    return row("published", *sides, **more)


def test_published_errors() -> None:
    found = judged(
        published(30.0, 1.0, 22.0, 1.5),
        published(30.0, 3.0, 26.0, 4.0),
        published(22.0, 1.0, 30.0, 1.0),
        published(22.0, 1.0, 30.0, 1.0, direction=0),
        published(22.0, NAN, 30.0, 1.0),
        published(22.0, 1.0, NAN, 1.0),
    )
    assert list(found["verdict"]) == [
        "improved", "no_change", "worsened", "changed", "not_judged", "not_comparable"
    ]  # fmt: skip
    assert found["p"][1] == pytest.approx(0.42371, abs=1e-5)  # 2·Φ(−0.8)
    # An unchanged place would show within 1.96 · 5 of the first value.
    assert found["expected_high"][1] == pytest.approx(1.959964 * 5, abs=1e-4)


def test_the_countrys_movement_is_not_the_places() -> None:
    """Repetition went 1.37, 1.47, 5.24 in the country's median: who went along did not worsen."""
    size = {"people": 10_000.0}

    def one(last: float, **more: object) -> pd.Series:
        sides = ({"value": 1.5, "common": 1.47}, {"value": last, "common": 5.24})
        kept = {"variance_size": 0.0, "variance_level": 0.04, "freedom": 12.0} | more
        return judged(row("value", *(side | size for side in sides), **kept)).iloc[0]

    along, beyond, behind = one(5.3), one(12.0), one(2.2)
    assert along["verdict"] == "no_change" and along["expected"] == pytest.approx(3.8, abs=0.1)
    assert beyond["verdict"] == "worsened"
    # It rose, and far less than the country: that is neither worse nor better.
    assert behind["p"] < 0.05 and behind["verdict"] == "no_change"


def test_few_cases_must_pass_the_exact_test() -> None:
    """0 and 5 cases in equal populations: exact two-sided p is 2 / 2⁵, whatever the roots say."""
    a = {"value": 0.0, "numerator": 0, "denominator": 1000, "common": 2.0}
    b = {"value": 5.0, "numerator": 5, "denominator": 1000, "common": 2.0}
    found = judged(row("rate", a, b))
    assert found["p"][0] == pytest.approx(2 / 32)
    # If the country doubled, five of the second year weigh less: 2 · (2/3)⁵.
    found = judged(row("rate", a, b | {"common": 4.0}))
    assert found["p"][0] == pytest.approx(2 * (2 / 3) ** 5)
    assert found["verdict"][0] == "no_change"


def test_shares_of_many_are_judged_as_newcombe_would() -> None:
    """56/70 and 48/80 of Newcombe (1998): a difference; a tenth of each is none."""

    def pair(scale: float) -> dict:
        return row(
            "share",
            {"value": 60.0, "numerator": 48 * scale, "denominator": 80 * scale, "common": 70.0},
            {"value": 80.0, "numerator": 56 * scale, "denominator": 70 * scale, "common": 70.0},
            multiplier=100.0, direction=1,
        )  # fmt: skip

    found = judged(pair(1))
    from statsmodels.stats.proportion import proportions_ztest

    assert found["p"][0] == pytest.approx(proportions_ztest([48, 56], [80, 70])[1], abs=0.03)
    assert judged(pair(1))["verdict"][0] == "improved"
    assert judged(pair(0.1))["verdict"][0] == "no_change"


def test_noise_between_years_makes_a_change_of_many_cases_none() -> None:
    a = {"value": 40.0, "numerator": 4000, "denominator": 100_000, "common": 40.0}
    b = {"value": 44.0, "numerator": 4400, "denominator": 100_000, "common": 40.0}
    poisson = judged(row("rate", a, b))
    assert poisson["verdict"][0] == "worsened" and poisson["p"][0] < 1e-4
    # Rates of single years vary by 10 %: on the scale of roots, b = 0.05².
    assert judged(row("rate", a, b, variance_level=0.0025))["verdict"][0] == "no_change"
    # The same through six years of drift.
    assert judged(row("rate", a, b, variance_walk=0.001, lag=6.0))["verdict"][0] == "no_change"


def test_without_noise_known_nothing_is_said() -> None:
    """60 students falling to 48 got a verdict from a rule of one point."""
    found = judged(
        row("value", {"value": 60.0}, {"value": 48.0}, variance_size=NAN, direction=1),
        row(None, {"value": 60.0}, {"value": 48.0}, direction=1),
    )
    assert list(found["verdict"]) == ["not_judged", "not_judged"]
    assert list(found["difference"]) == [-12.0, -12.0]


def test_a_coarse_figure_is_not_read_finer_than_it_is() -> None:
    assert judged(published(30.0, 0.1, 28.0, 0.1))["verdict"][0] == "improved"
    assert judged(published(30.0, 0.1, 28.0, 0.1), finest=2.5)["verdict"][0] == "no_change"


def test_many_indicators_raise_the_bar() -> None:
    one = published(30.0, 1.0, 26.9, 1.0)  # p = 0.028 alone
    null = published(30.0, 1.0, 30.2, 1.0)
    assert judged(one)["verdict"][0] == "improved"
    assert judged(one, *[null] * 20)["verdict"][0] == "no_change"


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


def test_what_looks_like_change_is_revision_and_change() -> None:
    # Frozen 30; the source now says 34 of the same year; 28 at the follow-up.
    (row,) = change.decomposed([30.0], [34.0], [28.0]).to_dict("records")
    assert row == {"seen": -2.0, "revision": 4.0, "real": -6.0}


def knowable(*rows: dict[str, object], factor: float = 2.0) -> pd.DataFrame:
    """Rows with bounds 0-100, judged as a report judges them."""
    frame = change.predicted(pd.DataFrame(rows).assign(lowest=0.0, highest=100.0))
    seen = change.detectable(frame, 0.05, factor)
    return change.within(change.verdicts(frame, 0.05, None, seen))


def test_what_no_large_change_would_show_in_is_not_known() -> None:
    """Ataco's water: an unchanged place would show anything from −87 to 169 on a scale of 0-100."""
    found = knowable(published(88.5, 46.0, 64.6, 46.0), published(88.5, 3.0, 84.0, 3.0))
    assert list(found["verdict"]) == ["undetectable", "no_change"]
    assert found["expected_low"][0] == -88.5 and found["expected_high"][0] == pytest.approx(11.5)
    assert found["expected_high"][1] == pytest.approx(1.959964 * 18**0.5, abs=1e-4)


def test_a_few_cases_are_known_where_their_double_would_show() -> None:
    """By the exact law: 2·P(X ≥ 2x) of 2x + x cases in halves is below 5 % from x = 14 on."""

    def place(cases: float) -> dict[str, object]:
        size = {"denominator": 10_000.0, "common": cases / 10, "people": 10_000.0}
        side = {"value": cases / 10, "numerator": cases} | size
        return row("rate", side, side, multiplier=1000.0, units=1e6)

    from scipy.stats import binom

    exact = {x: bool(2 * binom.sf(2 * x - 1, 3 * x, 0.5) <= 0.05) for x in (8, 10, 12, 14, 20)}
    assert exact[12] is not exact[14]
    assert {x: knowable(place(x))["verdict"][0] == "no_change" for x in exact} == exact
    # No case, in a place where the country would have a fifth of one.
    none = {"value": 0.0, "numerator": 0.0, "denominator": 100.0, "common": 2.0, "people": 100.0}
    assert knowable(row("rate", none, none))["verdict"][0] == "undetectable"


def test_a_change_found_is_told_however_wide_the_band() -> None:
    found = knowable(published(40.0, 12.0, 95.0, 1.0), *[published(50.0, 1.0, 50.0, 1.0)] * 3)
    assert found["verdict"][0] == "worsened"


@given(st.floats(0.5, 60), st.floats(1, 99), st.integers(1, 30))
def test_who_is_judged_could_have_changed(error: float, value: float, rows: int) -> None:
    """Property: a row called unchanged shows a change when it doubles or halves, and alone."""
    frame = knowable(*[published(value, error, value, error)] * rows)
    judged = (frame["verdict"] == "no_change").all()
    threshold = 0.05 / rows
    from scipy.stats import norm

    reach = norm.isf(threshold / 2) * error * 2**0.5
    farthest = max(value / 2, min(2 * value, 100) - value)
    assert judged == bool(farthest >= reach) or abs(farthest - reach) < 1e-3 * reach
