"""Rates, reconciliation, aggregates and the value that stands for a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT

from gsi import indicators
from gsi.params.indicators import Indicator, load_catalogue

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml")
SERIES = {i.id: i.series for i in CATALOGUE}


def rows(*records: dict[str, object]) -> pd.DataFrame:
    base = {"area": "total", "fuente": "prueba", "nota": ""}
    frame = pd.DataFrame([{**base, **record} for record in records])
    if "serie" not in frame:
        frame["serie"] = frame["indicador"].map(SERIES)
    return frame.reindex(columns=indicators.COLUMNS)


def people(sizes: dict[str, dict[tuple[str, int], float]], year: int = 2018) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (code, year, sex, age, "total", size, "proyecciones")
            for code, cells in sizes.items()
            for (sex, age), size in cells.items()
        ],
        columns=["municipio", "periodo", "sexo", "edad", "area", "personas", "fuente"],
    )


def built(
    frame: pd.DataFrame, population: pd.DataFrame | None, catalogue: list[Indicator] = CATALOGUE
) -> pd.DataFrame:
    return indicators.build(frame, population, catalogue).set_index(["municipio", "indicador"])


TWO = people(
    {
        "73001": {("mujer", 15): 60, ("mujer", 19): 40, ("mujer", 20): 900, ("hombre", 16): 500},
        "73002": {("mujer", 17): 300, ("hombre", 40): 200},
    }
)


def test_rate_divides_by_the_women_of_that_age_and_year() -> None:
    births = rows(
        {"municipio": "73001", "indicador": "fecundidad_15_19", "periodo": 2018, "numerador": 5},
        {"municipio": "73002", "indicador": "fecundidad_15_19", "periodo": 2018, "numerador": 3},
    )
    out = built(births, TWO)["valor"]
    assert out["73001", "fecundidad_15_19"] == pytest.approx(1000 * 5 / 100)
    assert out["73002", "fecundidad_15_19"] == pytest.approx(1000 * 3 / 300)
    # the department adds births and women, it does not average rates
    assert out["73", "fecundidad_15_19"] == pytest.approx(1000 * 8 / 400)
    assert out["CO", "fecundidad_15_19"] == pytest.approx(1000 * 8 / 400)


def test_without_population_of_that_year_the_source_denominator_stays() -> None:
    births = rows(
        {
            "municipio": "73001",
            "indicador": "fecundidad_15_19",
            "periodo": 1999,
            "numerador": 5,
            "denominador": 50,
        }
    )
    assert built(births, TWO)["valor"]["73001", "fecundidad_15_19"] == pytest.approx(100)


def test_another_denominator_of_the_source_is_replaced_and_said() -> None:
    cases = rows(
        {
            "municipio": "73001",
            "indicador": "fecundidad_15_19",
            "periodo": 2018,
            "numerador": 5,
            "denominador": 200,
            "valor": 25,
        }
    )
    row = built(cases, TWO).loc[("73001", "fecundidad_15_19")]
    assert (row["denominador"], row["valor"]) == (100, 50)
    assert "otro denominador" in row["nota"]


def test_shares_of_the_department_are_weighted_by_people() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_censo", "periodo": 2018, "valor": 10.0},
        {"municipio": "73002", "indicador": "ipm_censo", "periodo": 2018, "valor": 40.0},
    )
    row = built(frame, TWO).loc[("73", "ipm_censo")]
    assert row["valor"] == pytest.approx((1500 * 10 + 500 * 40) / 2000)
    assert row["fuente"] == indicators.CALCULATED
    assert "ponderado por población" in row["nota"]


def test_error_of_an_aggregate_is_that_of_a_weighted_mean() -> None:
    frame = rows(
        *(
            {
                "municipio": code,
                "indicador": "ipm_sae",
                "periodo": 2018,
                "valor": 20.0,
                "error_estandar": error,
            }
            for code, error in (("73001", 2.0), ("73002", 4.0))
        )
    )
    error = built(frame, TWO).loc[("73", "ipm_sae"), "error_estandar"]
    assert error == pytest.approx(np.hypot(1500 * 2, 500 * 4) / 2000)


def test_an_aggregate_needs_enough_of_the_population() -> None:
    frame = rows({"municipio": "73002", "indicador": "ipm_censo", "periodo": 2018, "valor": 40.0})
    assert "73" not in built(frame, TWO).index.get_level_values("municipio")


def test_the_fictional_department_never_enters_the_country() -> None:
    population = pd.concat([TWO, people({"00001": {("mujer", 30): 1e6}})])
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_censo", "periodo": 2018, "valor": 10.0},
        {"municipio": "73002", "indicador": "ipm_censo", "periodo": 2018, "valor": 10.0},
        {"municipio": "00001", "indicador": "ipm_censo", "periodo": 2018, "valor": 90.0},
        {"municipio": "CO", "indicador": "ipm_censo", "periodo": 2018, "valor": 77.0},
    )
    frame.loc[[2, 3], "fuente"] = "ejemplo"
    out = built(frame, population)["valor"]
    assert out["CO", "ipm_censo"] == pytest.approx(10)
    assert out["00", "ipm_censo"] == pytest.approx(90)


def test_a_published_aggregate_is_not_recalculated() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_censo", "periodo": 2018, "valor": 10.0},
        {"municipio": "73002", "indicador": "ipm_censo", "periodo": 2018, "valor": 40.0},
        {"municipio": "73", "indicador": "ipm_censo", "periodo": 2018, "valor": 33.0},
    )
    assert built(frame, TWO).loc[("73", "ipm_censo"), "valor"] == 33


def test_preferred_source_wins_and_the_disagreement_is_kept() -> None:
    births = rows(
        {
            "municipio": "73001",
            "indicador": "fecundidad_15_19",
            "periodo": 2018,
            "numerador": 6,
            "fuente": "eevv_ramaral",
        },
        {
            "municipio": "73001",
            "indicador": "fecundidad_15_19",
            "periodo": 2018,
            "numerador": 5,
            "fuente": "dane_eevv_cuadro7",
        },
    )
    row = built(births, TWO).loc[("73001", "fecundidad_15_19")]
    assert (row["fuente"], row["numerador"]) == ("dane_eevv_cuadro7", 5)
    assert "Otra fuente (eevv_ramaral) publica 60,0." in row["nota"]
    filled = births.assign(valor=[60.0, 50.0])
    _, table = indicators.reconcile(filled, CATALOGUE)
    assert table[["fuente", "valor", "fuente_otra", "valor_otra"]].to_numpy().tolist() == [
        ["dane_eevv_cuadro7", 50.0, "eevv_ramaral", 60.0]
    ]


def test_coverage_over_a_hundred_is_marked_not_clipped() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "cobertura_neta", "periodo": 2018, "valor": 121}
    )
    row = built(frame, TWO).loc[("73001", "cobertura_neta")]
    assert row["valor"] == 121
    assert "problema del denominador" in row["nota"]


def test_small_denominators_are_marked() -> None:
    births = rows(
        {
            "municipio": "73001",
            "indicador": "bajo_peso",
            "periodo": 2018,
            "numerador": 2,
            "denominador": 20,
        }
    )
    row = built(births, TWO).loc[("73001", "bajo_peso")]
    assert row["valor"] == pytest.approx(10)
    assert "Denominador pequeño" in row["nota"]


YEARS = rows(
    *(
        {"municipio": "73001", "indicador": "desercion", "periodo": year, "valor": float(year)}
        for year in (2011, 2016, 2020, 2023)
    )
)


@pytest.mark.parametrize(
    ("asked", "used"), [(2016, 2016), (2019, 2016), (2010, 2011), (2024, 2023)]
)
def test_value_of_a_year_is_the_latest_before_or_the_first_after(asked: int, used: int) -> None:
    assert indicators.at(YEARS, asked)["periodo"].tolist() == [used]


def test_pair_takes_the_latest_later_period_of_the_same_series() -> None:
    both = indicators.pair(YEARS, 2018, 2022).set_index("moment")["periodo"]
    assert both.to_dict() == {"baseline": 2016, "follow_up": 2020}
    other = YEARS.assign(serie=["men", "men", "otra", "otra"])
    assert indicators.pair(other, 2018, 2024)["moment"].tolist() == ["baseline"]


@settings(deadline=None, max_examples=15)
@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.integers(1, 100_000)), min_size=1, max_size=8, unique=True
    ),
    st.randoms(use_true_random=False),
)
def test_aggregate_stays_between_its_municipalities_and_ignores_order(cells, random) -> None:
    codes = [f"73{n:03d}" for n in range(len(cells))]
    population = people({c: {("mujer", 30): n} for c, (_, n) in zip(codes, cells, strict=True)})
    frame = rows(
        *(
            {"municipio": code, "indicador": "ipm_censo", "periodo": 2018, "valor": value}
            for code, (value, _) in zip(codes, cells, strict=True)
        )
    )
    value = built(frame, population).loc[("73", "ipm_censo"), "valor"]
    values = [value for value, _ in cells]
    assert min(values) - 1e-9 <= value <= max(values) + 1e-9
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order].reset_index(drop=True)
    assert built(shuffled, population).loc[("73", "ipm_censo"), "valor"] == pytest.approx(value)


def test_a_source_that_writes_only_cases_gives_zero_where_it_has_no_row() -> None:
    """Without the zeros, a department's rate would stand on the municipalities with cases alone."""
    people = pd.DataFrame(
        [
            {"municipio": code, "periodo": year, "sexo": "mujer", "edad": 10, "area": "total",
             "personas": 1000, "fuente": "x"}
            for code in ("73001", "73067", "05001", "00001")
            for year in (2018, 2019)
        ]
    )  # fmt: skip
    rows = pd.DataFrame(
        [
            {"municipio": code, "indicador": "homicidio_0_17", "periodo": year, "numerador": cases,
             "area": "total", "fuente": source, "serie": "medicina_legal"}
            for code, year, cases, source in [
                ("73001", 2018, 3, "medicina_legal"),
                ("05001", 2019, 1, "medicina_legal"),
                ("00001", 2018, 2, "formulario:indicadores.csv"),
            ]
        ]
    )  # fmt: skip
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    found = indicators.build(rows, people, catalogue).set_index(["municipio", "periodo"])["valor"]
    assert found[("73067", 2018)] == 0
    assert found[("73", 2018)] == pytest.approx(3 / 2000 * 100_000)
    assert found[("73", 2019)] == 0
    assert found[("CO", 2018)] == pytest.approx(3 / 3000 * 100_000)
    assert found[("00001", 2018)] == pytest.approx(200)
    assert ("00001", 2019) not in found.index
