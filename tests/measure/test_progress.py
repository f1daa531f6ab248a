"""Every kind of target as worked by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi.measure import progress

NAN = float("nan")


@pytest.mark.parametrize(
    ("kind", "base", "programmed", "executed", "percent"),
    [
        ("stock", 40, 40, 38, 95),  # keep 40 health posts open: 38 are
        ("flujo", 900, 1200, 900, 75),  # 1,200 children fed this year: 900 were
        ("acumulado", 0, 80, 60, 75),  # 80 agents trained since the start: 60
        ("acumulado", 0, 80, 0, 0),
        ("capacidad", 100, 160, 130, 50),  # from 100 to 160 places: 30 of the 60 are there
        ("capacidad", 100, 160, 85, -25),  # places were lost
        ("capacidad", 100, 160, 190, 150),
        ("reduccion", 20, 12, 16, 50),  # from 20 % to 12 %: 4 of the 8 points
        ("reduccion", 20, 12, 22, -25),  # it rose
        ("reduccion", 20, 12, 10, 125),
        ("reduccion_anual", 30, 27, 28, 200 / 3),  # 2 of this year's 3 points
    ],
)
def test_kinds(kind: str, base: float, programmed: float, executed: float, percent: float) -> None:
    found = progress.physical(kind, base, programmed, executed)
    assert found.percent == pytest.approx(percent) and found.state == "measured"


def test_not_programmed_is_not_zero() -> None:
    found = progress.physical("acumulado", 0, NAN, 12)
    assert found.state == "not_programmed" and math.isnan(found.percent)
    states = pd.Series(["measured", "not_programmed"])
    # Were NP a zero, this would be 40.
    assert progress.weighted(pd.Series([80, NAN]), pd.Series([50, 50]), states, cap=100) == 80


def test_silence_counts_as_zero() -> None:
    assert progress.physical("flujo", 0, 10, NAN).state == "not_reported"
    states = pd.Series(["measured", "not_reported"])
    assert progress.weighted(pd.Series([80, NAN]), pd.Series([50, 50]), states, cap=100) == 40


@pytest.mark.parametrize(
    ("kind", "base", "target", "kept", "lost"),
    [("capacidad", 60, 60, 60, 59), ("capacidad", 70, 60, 61, 50), ("reduccion", 8, 10, 9, 12)],
)
def test_target_already_met_at_the_baseline(
    kind: str, base: float, target: float, kept: float, lost: float
) -> None:
    still, gone = (progress.physical(kind, base, target, value) for value in (kept, lost))
    assert (still.percent, still.state) == (100, "met_at_base")
    assert (gone.percent, gone.state) == (0, "met_at_base")


def test_zero_denominators() -> None:
    assert progress.physical("acumulado", 0, 0, 5).state == "undefined"
    assert progress.physical("capacidad", NAN, 5, 5).state == "undefined"
    assert math.isnan(progress.financial(5, 0)) and math.isnan(progress.financial(NAN, 10))
    assert progress.financial(30, 120) == 25
    undefined = pd.Series(["undefined"])
    assert math.isnan(progress.weighted(pd.Series([NAN]), pd.Series([1]), undefined, cap=100))


def test_unknown_kind() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        progress.physical("otro", 0, 1, 1)


def test_the_base_of_an_annual_reduction_is_last_years_level() -> None:
    reports = pd.DataFrame(
        {
            "fecha_corte": pd.to_datetime(["2023-06-30", "2023-12-31", "2024-06-30"]),
            "ejecutado": [29.0, 27.0, 26.5],
        }
    )
    cut = pd.Timestamp("2024-12-31")
    assert progress.base_of_year("reduccion_anual", 30, cut, reports) == 27
    assert progress.base_of_year("reduccion_anual", 30, pd.Timestamp("2023-12-31"), reports) == 30
    assert progress.base_of_year("reduccion", 30, cut, reports) == 30


def test_one_actions_excess_does_not_pay_for_anothers_delay() -> None:
    percent, weight = pd.Series([300.0, 0.0, -50.0]), pd.Series([50.0, 25.0, 25.0])
    assert progress.weighted(percent, weight, pd.Series(["measured"] * 3), cap=100) == 50


@given(
    st.sampled_from(progress.KINDS),
    st.floats(1, 100),
    st.floats(1, 100),
    st.floats(0, 200),
)
def test_reaching_what_was_programmed_is_100(
    kind: str, base: float, programmed: float, executed: float
) -> None:
    assert progress.physical(kind, base, programmed, programmed).percent == pytest.approx(100)
    found = progress.physical(kind, base, programmed, executed)
    better = executed - 1 if kind in progress.FALLING else executed + 1
    assert progress.physical(kind, base, programmed, better).percent >= found.percent
