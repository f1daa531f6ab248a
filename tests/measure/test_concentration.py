"""Shares and concentration curves worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gsi.measure import concentration

POOR = pd.Series({"a": 30.0, "b": 10.0, "c": 60.0})
PEOPLE = pd.Series({"a": 50.0, "b": 100.0, "c": 100.0})
NEED = pd.Series({"a": 3.0, "b": 1.0, "c": 2.0})


def test_share_by_hand() -> None:
    assert concentration.share_in(POOR, ["a", "b"]) == pytest.approx(0.4)
    assert concentration.share_in(POOR, []) == 0


def test_unknown_quantities_count_on_neither_side() -> None:
    poor = POOR.copy()
    poor["b"] = np.nan
    assert concentration.share_in(poor, ["a", "b"]) == pytest.approx(1 / 3)
    assert np.isnan(concentration.share_in(poor * 0, ["a"]))


def test_curve_by_hand() -> None:
    curve = concentration.curve(POOR, PEOPLE, NEED)
    assert curve["territory"].tolist()[1:] == ["a", "c", "b"]
    assert curve["people"].tolist() == pytest.approx([0, 0.2, 0.6, 1])
    assert curve["quantity"].tolist() == pytest.approx([0, 0.3, 0.9, 1])


def test_equal_incidence_is_the_diagonal() -> None:
    curve = concentration.curve(0.3 * PEOPLE, PEOPLE, NEED)
    assert curve["quantity"].tolist() == pytest.approx(curve["people"].tolist())


def test_curve_needs_people() -> None:
    with pytest.raises(ValueError, match="positive"):
        concentration.curve(POOR * 0, PEOPLE, NEED)
