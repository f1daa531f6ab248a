"""The IPM from sums of cells, held against the row-by-row measures and public data."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.measure import poverty
from gsi.measure.breakdown import breakdown
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Design

UNITS = {"a": 3, "b": 2, "c": 1, "d": 1}


def people(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({name: rng.integers(0, 2, n) for name in UNITS})
    return frame.assign(
        weight=rng.uniform(0.5, 30, n),
        stratum=rng.integers(0, 3, n),
        psu=rng.integers(0, 6, n),
        region=rng.choice(["norte", "sur", "oriente"], n),
        sex=rng.choice([1, 2], n),
    )


def test_public_survey(oracles: Path) -> None:
    """Published figures, and standard errors of samplics 0.6.1 on the same rows."""
    data = pd.read_csv(oracles / "alkire_foster_syn.csv.gz")
    scheme = Scheme.of(
        dict.fromkeys(["d_nutr", "d_cm", "d_satt", "d_educ"], Fraction(1, 6))
        | dict.fromkeys(
            ["d_elct", "d_sani", "d_wtr", "d_hsg", "d_ckfl", "d_asst"], Fraction(1, 18)
        ),
        Fraction(1, 3),
    )
    found = breakdown(
        data, scheme, data["weight"], data[["t"]], stratum=data["stratum"], psu=data["psu"]
    )
    table = found.measures.set_index(["group", "value"])
    whole = table.loc[("", "")]
    assert (whole["H"], whole["A"], whole["M0"]) == pytest.approx(
        (0.2828961, 0.4175627, 0.1181268), abs=5e-8
    )
    assert whole["M0_error"] == pytest.approx(0.0015631164685654983, rel=1e-9)
    assert found.incomplete == 97 and whole["rows"] == 14_903
    assert list(table.loc["t"]["H"]) == pytest.approx([0.3352166, 0.2308207], abs=5e-8)
    assert list(table.loc["t"]["M0"]) == pytest.approx([0.1424162, 0.0939513], abs=5e-8)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(2, 60),
    st.integers(0, 10_000),
    st.fractions(Fraction(1, 7), Fraction(1)),
    st.booleans(),
)
def test_the_same_as_row_by_row(n: int, seed: int, k: Fraction, clustered: bool) -> None:
    data = people(n, seed)
    scheme = Scheme.of(UNITS, k)
    labels = {"stratum": data["stratum"], "psu": data["psu"] if clustered else None}
    found = breakdown(data, scheme, data["weight"], data[["region", "sex"]], **labels)
    who = poverty.identify(data, scheme)
    design = Design.of(data["weight"], **labels)
    for group in ("region", "sex"):
        expected = poverty.subgroups(who, design, data[group])
        mine = found.measures[found.measures["group"] == group].reset_index(drop=True)
        numbers = [c for c in expected if c not in ("group",)]
        pd.testing.assert_frame_equal(
            mine[numbers], expected[numbers], check_dtype=False, rtol=1e-9, atol=1e-12
        )
    parts = poverty.indicators(who, design, (data["region"] == "sur").to_numpy())
    here = found.indicators[found.indicators["value"] == "sur"].reset_index(drop=True)
    if len(here):
        assert here["censored"].tolist() == pytest.approx(parts["censored"].tolist())
        assert here["headcount"].tolist() == pytest.approx(parts["headcount"].tolist())
        assert int(here["poor_rows"].iloc[0]) == int(
            (who.poor & who.deprived[:, 0] & (data["region"] == "sur").to_numpy()).sum()
        )


def test_missing_indicators_leave_people_out_and_missing_labels_belong_to_no_group() -> None:
    data = people(200)
    data["a"] = data["a"].astype("Int64").where(data.index > 9)
    data["region"] = data["region"].where(data.index % 10 > 0)
    found = breakdown(data, Scheme.of(UNITS, Fraction(1, 3)), data["weight"], data[["region"]])
    assert found.incomplete == 10
    table = found.measures
    assert table.loc[table["group"] == "", "rows"].item() == 190
    assert table.loc[table["group"] == "region", "rows"].sum() == 171
    assert table.loc[table["group"] == "region", "contribution"].sum() == pytest.approx(1)
    whole = found.indicators[found.indicators["group"] == ""]
    assert whole["contribution"].sum() == pytest.approx(1)


def test_what_is_refused() -> None:
    data = people(5)
    scheme = Scheme.of(UNITS, Fraction(1, 3))
    with pytest.raises(ValueError, match="0, 1 or missing"):
        breakdown(data.assign(a=2), scheme, data["weight"], data[["sex"]])
    with pytest.raises(ValueError, match="weights"):
        breakdown(data, scheme, data["weight"] * 0, data[["sex"]])


@pytest.mark.parametrize("width", [15, 16, 17, 33])
def test_many_indicators(width: int) -> None:
    rng = np.random.default_rng(width)
    names = [f"i{number}" for number in range(width)]
    data = pd.DataFrame(rng.integers(0, 2, (80, width)), columns=names)
    scheme = Scheme.of({name: number + 1 for number, name in enumerate(names)}, Fraction(1, 2))
    group = pd.DataFrame({"g": rng.integers(0, 3, 80)})
    found = breakdown(data, scheme, np.ones(80), group)
    who = poverty.identify(data, scheme)
    design = Design.of(np.ones(80))
    expected = poverty.measures(who, design)
    whole = found.measures.iloc[0]
    assert (whole["H"], whole["M0"]) == pytest.approx((expected["H"].value, expected["M0"].value))
    parts = poverty.indicators(who, design)
    mine = found.indicators[found.indicators["group"] == ""]
    assert mine["censored"].tolist() == pytest.approx(parts["censored"].tolist())
    with pytest.raises(ValueError, match="at most 40"):
        wide = pd.DataFrame(np.ones((2, 41), dtype=int), columns=[f"x{i}" for i in range(41)])
        breakdown(
            wide, Scheme.of(dict.fromkeys(wide, 1), Fraction(1, 2)), np.ones(2), group.head(2)
        )
