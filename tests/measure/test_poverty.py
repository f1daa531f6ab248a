"""Alkire-Foster against published worked examples, public data and the official Sisbén flag."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.measure import poverty
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Design

FOUR = pd.DataFrame(
    [[13.1, 14, 4, 1], [15.2, 7, 5, 0], [12.5, 10, 1, 0], [20, 11, 3, 1]], columns=list("abcd")
)
LINES = {"a": 13, "b": 12, "c": 3, "d": 1}


def even(n: int) -> Design:
    return Design.of(np.ones(n))


def four(k: int) -> poverty.Identification:
    deprived = (pd.Series(LINES) > FOUR).astype(int)
    return poverty.identify(deprived, Scheme.of(dict.fromkeys("abcd", 1), Fraction(k, 4)))


@pytest.mark.parametrize(("k", "h", "m0"), [(1, 0.75, 0.4375), (2, 0.5, 0.375), (3, 0.25, 0.25)])
def test_four_people(k: int, h: float, m0: float) -> None:
    who = four(k)
    assert list(who.score) == [0, 2, 4, 1]
    found = poverty.measures(who, even(4))
    assert (found["H"].value, found["M0"].value) == pytest.approx((h, m0))
    assert found["A"].value == pytest.approx(m0 / h)


def test_five_people_with_unequal_weights() -> None:
    rows = pd.DataFrame([[int(c) for c in row] for row in ["1101", "0100", "0010", "0101", "0000"]])
    rows.columns = pd.Index(list("abcd"))
    third, sixth = Fraction(1, 3), Fraction(1, 6)
    scheme = Scheme.of({"a": third, "b": third, "c": sixth, "d": sixth}, third)
    who = poverty.identify(rows, scheme)
    assert [Fraction(int(s), scheme.total) for s in who.score] == [
        Fraction(5, 6), third, sixth, Fraction(1, 2), 0
    ]  # fmt: skip
    found = poverty.measures(who, even(5))
    assert (found["H"].value, found["A"].value, found["M0"].value) == pytest.approx(
        (0.6, 5 / 9, 1 / 3)
    )
    parts = poverty.indicators(who, even(5))
    assert list(parts["censored"]) == pytest.approx([0.2, 0.6, 0, 0.4])
    assert parts["contribution"].sum() == pytest.approx(1)


@pytest.fixture(scope="module")
def public(oracles: Path) -> tuple[pd.DataFrame, Scheme, poverty.Identification, Design]:
    data = pd.read_csv(oracles / "alkire_foster_syn.csv.gz")
    sixth, light = Fraction(1, 6), Fraction(1, 18)
    scheme = Scheme.of(
        dict.fromkeys(["d_nutr", "d_cm", "d_satt", "d_educ"], sixth)
        | dict.fromkeys(["d_elct", "d_sani", "d_wtr", "d_hsg", "d_ckfl", "d_asst"], light),
        Fraction(1, 3),
    )
    who = poverty.identify(data, scheme)
    rows = data[who.complete].reset_index(drop=True)
    return rows, scheme, who, Design.of(rows["weight"], stratum=rows["stratum"], psu=rows["psu"])


def test_public_survey(
    public: tuple[pd.DataFrame, Scheme, poverty.Identification, Design],
) -> None:
    rows, _, who, design = public
    assert len(rows) == 14_903
    found = poverty.measures(who, design)
    assert (found["H"].value, found["A"].value, found["M0"].value) == pytest.approx(
        (0.2828961, 0.4175627, 0.1181268), abs=5e-8
    )
    by_round = poverty.subgroups(who, design, rows["t"])
    assert list(by_round["H"]) == pytest.approx([0.3352166, 0.2308207], abs=5e-8)
    assert list(by_round["M0"]) == pytest.approx([0.1424162, 0.0939513], abs=5e-8)
    # Standard errors of samplics 0.6.1 (Taylor, stratum and psu) on the same rows.
    assert found["M0"].error == pytest.approx(0.0015631164685654983, rel=1e-9)
    assert found["H"].low < found["H"].value < found["H"].high


def test_decomposition_adds_up(
    public: tuple[pd.DataFrame, Scheme, poverty.Identification, Design],
) -> None:
    rows, _, who, design = public
    m0 = poverty.measures(who, design)["M0"].value
    parts = poverty.indicators(who, design)
    assert (parts["weight"] * parts["censored"]).sum() == pytest.approx(m0)
    regions = poverty.subgroups(who, design, rows["region"])
    assert (regions["population_share"] * regions["M0"]).sum() == pytest.approx(m0)
    assert regions["contribution"].sum() == pytest.approx(1)


HUNDREDTHS = {f"I{i}": 10 for i in (1, 2, 7, 8, 9, 10)} | {f"I{i}": 5 for i in (3, 4, 5, 6)}
HUNDREDTHS |= {f"I{i}": 4 for i in range(11, 16)}


@pytest.mark.real
def test_sisben_sample(real_data: Path) -> None:
    (path,) = (real_data / "dnp").glob("Vista_DNP-SISBEN_PERSONAS*.csv")
    people = pd.read_csv(path, decimal=",", thousands=".", dtype={"cod_mpio": str})
    who = poverty.identify(people, Scheme.of(HUNDREDTHS, Fraction(1, 3)))
    assert who.complete.all()
    assert (who.poor == people["H_5"].to_numpy(dtype=bool)).all()
    found = poverty.measures(who, Design.of(people["FEX"]))
    assert (found["H"].value, found["M0"].value) == pytest.approx((0.105918, 0.042292), abs=5e-7)


def test_a_score_of_33_hundredths_is_not_poor() -> None:
    scheme = Scheme.of(HUNDREDTHS, Fraction(1, 3))
    near = pd.DataFrame(0, index=[0, 1], columns=list(HUNDREDTHS))
    near.loc[0, ["I1", "I2", "I3", "I11", "I12"]] = 1  # .10 + .10 + .05 + .04 + .04 = .33
    near.loc[1, ["I1", "I2", "I3", "I4", "I11"]] = 1  # .34
    who = poverty.identify(near, scheme)
    assert list(who.score) == [33, 34] and list(who.poor) == [False, True]


def test_bad_rows_and_weights() -> None:
    scheme = Scheme.of({"a": 1, "b": 1}, Fraction(1, 2))
    who = poverty.identify(pd.DataFrame({"a": [1, None, 0], "b": [0, 1, 0]}), scheme)
    assert list(who.complete) == [True, False, True] and list(who.poor) == [True, False]
    with pytest.raises(ValueError, match="0, 1 or missing"):
        poverty.identify(pd.DataFrame({"a": [2], "b": [0]}), scheme)
    with pytest.raises(ValueError, match="positive"):
        Scheme.of({"a": 0}, Fraction(1, 2))
    with pytest.raises(ValueError, match="cut-off"):
        Scheme.of({"a": 1}, Fraction(0))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=2, max_size=30),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.fractions(Fraction(1, 20), Fraction(1)),
)
def test_properties(rows: list[list[int]], weights: list[int], k: Fraction) -> None:
    data = pd.DataFrame(rows, columns=list("abcd"))
    scheme = Scheme.of(dict(zip("abcd", weights, strict=True)), k)
    who = poverty.identify(data, scheme)
    found = poverty.ratios(who, even(len(data)))
    h, m0 = found["H"].value, found["M0"].value
    assert 0 <= m0 <= h <= 1
    assert m0 >= float(k) * h - 1e-12  # every poor person scores at least k
    # Poverty focus: a non-poor person's improvement changes nothing.
    better = data.copy()
    better.loc[~who.poor] = 0
    assert poverty.ratios(poverty.identify(better, scheme), even(len(data)))[
        "M0"
    ].value == pytest.approx(m0)
    # Dimensional monotonicity: one more deprivation of a poor person never lowers M0.
    worse = data.copy()
    worse.loc[who.poor, "a"] = 1
    assert (
        poverty.ratios(poverty.identify(worse, scheme), even(len(data)))["M0"].value >= m0 - 1e-12
    )
    # A higher cut-off never finds more poor people.
    strictest = poverty.identify(data, Scheme(scheme.units, Fraction(1)))
    assert poverty.ratios(strictest, even(len(data)))["H"].value <= h
