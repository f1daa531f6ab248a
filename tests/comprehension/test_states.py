"""Hand-worked comparisons: which difference may be called one."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import make_context

from gsi import indicators
from gsi.comprehension.rights import rights
from gsi.comprehension.states import (
    ALIKE,
    BETTER,
    IMPROVES,
    NOT_COMPARABLE,
    ONCE,
    STEADY,
    WORSE,
    WORSENS,
    compare,
    unfavourable,
)


def table(*records: dict[str, object]) -> pd.DataFrame:
    base = {"area": "total", "fuente": "dane", "nota": "", "periodo": 2018}
    frame = pd.DataFrame([{**base, **record} for record in records])
    return frame.reindex(columns=indicators.COLUMNS).astype(
        dict.fromkeys(indicators.NUMBERS, "float64")
    )


def state(indicator: str, own: dict, department: dict, serie: str = "s") -> pd.Series:
    frame = table(
        {"municipio": "73001", "indicador": indicator, "serie": serie, **own},
        {"municipio": "73", "indicador": indicator, "serie": serie, **department},
    )
    context = make_context({"indicadores": frame}, "73001", names={"73001": "Uno"})
    return compare(context, ["73001"]).iloc[0]


@pytest.mark.parametrize(
    ("indicator", "own", "reference", "expected"),
    [
        ("sin_agua", 30.0, 20.0, WORSE),
        ("sin_agua", 20.9, 20.0, ALIKE),  # 4.5 % of the reference
        ("sin_agua", 10.0, 20.0, BETTER),
        ("cobertura_neta", 70.0, 80.0, WORSE),  # here more is better
        ("cobertura_neta", 90.0, 80.0, BETTER),
    ],
)
def test_without_error_a_relative_difference_decides(indicator, own, reference, expected) -> None:
    assert state(indicator, {"valor": own}, {"valor": reference})["estado"] == expected


def test_a_published_interval_that_reaches_the_reference_is_no_difference() -> None:
    own = {"valor": 30.0, "inferior": 19.0, "superior": 41.0}
    assert state("ipm_sae", own, {"valor": 20.0})["estado"] == ALIKE
    own = {"valor": 30.0, "inferior": 25.0, "superior": 35.0}
    assert state("ipm_sae", own, {"valor": 20.0})["estado"] == WORSE


def test_counts_give_their_own_interval() -> None:
    few = {"valor": 100.0, "numerador": 5, "denominador": 50}
    many = {"valor": 100.0, "numerador": 500, "denominador": 5000}
    assert state("fecundidad_15_19", few, {"valor": 60.0})["estado"] == ALIKE
    row = state("fecundidad_15_19", many, {"valor": 60.0})
    assert row["estado"] == WORSE
    assert row["intervalo"] == "calculado"
    assert row["inferior"] < 100 < row["superior"]


def test_another_year_or_series_is_not_compared() -> None:
    own = {"valor": 30.0}
    assert state("sin_agua", own, {"valor": 20.0, "periodo": 2016})["estado"] == NOT_COMPARABLE
    assert state("sin_agua", own, {"valor": 20.0, "serie": "otra"})["estado"] == NOT_COMPARABLE


def follow(indicator: str, before: dict, after: dict) -> str:
    frame = table(
        {"municipio": "73001", "indicador": indicator, "serie": "s", **before},
        {"municipio": "73001", "indicador": indicator, "serie": "s", "periodo": 2023, **after},
    )
    context = make_context({"indicadores": frame}, "73001", names={"73001": "Uno"})
    return compare(context, ["73001"])["tendencia"].iloc[0]


def test_trend_needs_the_same_series_and_a_change_beyond_the_error() -> None:
    assert follow("desercion", {"valor": 5.0}, {"valor": 4.0}) == IMPROVES
    assert follow("cobertura_neta", {"valor": 90.0}, {"valor": 80.0}) == WORSENS
    assert follow("desercion", {"valor": 5.0}, {"valor": 5.1}) == STEADY
    assert follow("desercion", {"valor": 5.0}, {"valor": 1.0, "serie": "otra"}) == ONCE
    with_error = {"valor": 30.0, "error_estandar": 4.0}
    assert follow("ipm_sae", with_error, {"valor": 24.0, "error_estandar": 4.0}) == STEADY
    assert follow("ipm_sae", with_error, {"valor": 10.0, "error_estandar": 4.0}) == IMPROVES


def test_census_poverty_is_never_followed_by_the_small_area_estimate() -> None:
    frame = table(
        {"municipio": "73001", "indicador": "ipm_censo", "serie": "ipm_censo", "valor": 60.0},
        *(
            {
                "municipio": "73001",
                "indicador": "ipm_sae",
                "serie": "ipm_sae",
                "periodo": year,
                "valor": value,
            }
            for year, value in ((2022, 30.0), (2024, 20.0))
        ),
    )
    context = make_context({"indicadores": frame}, "73001", names={"73001": "Uno"})
    out = compare(context, ["73001"]).set_index("indicador")
    assert out.loc["ipm_censo", "tendencia"] == ONCE
    assert out.loc["ipm_sae", "cambio"] == pytest.approx(-10)
    facts = rights(context).facts
    assert (facts["poverty"].value, facts["poverty_year"].value) == (60.0, 2018)


def test_a_territory_without_any_measure_of_poverty_has_the_same_facts_missing() -> None:
    """As a municipality younger than the census: its report must not show what was not computed."""
    coverage = {"indicador": "cobertura_neta", "serie": "cobertura_neta", "valor": 60.0}
    with_it = {"indicador": "ipm_censo", "serie": "ipm_censo", "valor": 60.0}
    found = {}
    for code, rows in (("73001", (coverage, with_it)), ("73002", (coverage,))):
        frame = table(*({"municipio": code, **row} for row in rows))
        context = make_context({"indicadores": frame}, code, names={code: "Uno"})
        found[code] = rights(context).facts
    assert found["73001"].keys() == found["73002"].keys()
    assert [facts["has_poverty"].value for facts in found.values()] == [True, False]
    named = [name for name in found["73002"] if name.startswith("poverty")]
    assert "poverty_reference" in named
    assert all(found["73002"][name].missing for name in named)


def test_only_clear_differences_are_weighed() -> None:
    rows = pd.DataFrame({"estado": [WORSE, WORSE, BETTER, ALIKE, ALIKE, ALIKE]})
    assert unfavourable(rows) == pytest.approx(2 / 3)
    assert unfavourable(rows[rows["estado"] == ALIKE]) == 0
    assert pd.isna(unfavourable(rows.iloc[:0]))
