"""Rates, reconciliation, aggregates and the value that stands for a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT

from gsi.contract.params.indicators import Indicator, load_catalogue
from gsi.inputs import indicators
from gsi.inputs.indicators import aggregates, unification, zeros
from gsi.inputs.readers.education import ABOVE

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml")
RAW = ROOT / "data" / "raw" / "ejemplo"
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
    return indicators.unify(frame, population, catalogue)[0].set_index(["municipio", "indicador"])


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


def test_a_total_of_some_municipalities_is_divided_by_the_people_of_those() -> None:
    """5 births among the 100 women of one of two municipalities are 50 per thousand, and not 12.5:
    the other's 300 women were not asked. A total with more cases than those counts others too."""

    def births(total: int, *, both: bool = False) -> pd.DataFrame:
        record = {"indicador": "fecundidad_15_19", "periodo": 2018}
        local = [record | {"municipio": "73001", "numerador": 5}]
        local += [record | {"municipio": "73002", "numerador": 3}] * both
        whole = [record | {"municipio": code, "numerador": total, "denominador": 101}
                 for code in ("73", "CO")]  # fmt: skip
        return rows(*local, *whole)

    out = built(births(5), TWO)
    for owner in ("73", "CO"):
        assert out["valor"][owner, "fecundidad_15_19"] == pytest.approx(50)
    for frame, rate in ((births(7), 17.5), (births(8, both=True), 20)):
        assert built(frame, TWO)["valor"]["73", "fecundidad_15_19"] == pytest.approx(rate)


def test_shares_of_the_department_are_weighted_by_people() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_censo", "periodo": 2018, "valor": 10.0},
        {"municipio": "73002", "indicador": "ipm_censo", "periodo": 2018, "valor": 40.0},
    )
    row = built(frame, TWO).loc[("73", "ipm_censo")]
    assert row["valor"] == pytest.approx((1500 * 10 + 500 * 40) / 2000)
    assert row["fuente"] == indicators.CALCULATED
    assert "peso: personas" in row["nota"]
    assert "Aproximado" in row["nota"]


def test_errors_of_an_aggregate_are_correlated_within_the_department() -> None:
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
    r = next(i.error_correlation for i in CATALOGUE if i.id == "ipm_sae")
    assert r is not None
    assert 0 < r < 1
    parts = np.array([1500 * 2, 500 * 4]) / 2000
    correlated = parts @ np.array([[1, r], [r, 1]]) @ parts
    assert error == pytest.approx(correlated**0.5)
    assert error > np.hypot(*parts)


def test_departments_errors_are_independent_in_the_country() -> None:
    population = people({"73001": {("mujer", 30): 1000}, "05001": {("mujer", 30): 3000}})
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_sae", "periodo": 2018, "valor": 20.0,
         "error_estandar": 2.0},
        {"municipio": "05001", "indicador": "ipm_sae", "periodo": 2018, "valor": 20.0,
         "error_estandar": 4.0},
    )  # fmt: skip
    out = built(frame, population)["error_estandar"]
    assert out["CO", "ipm_sae"] == pytest.approx(np.hypot(1000 * 2, 3000 * 4) / 4000)
    assert out["73", "ipm_sae"] == pytest.approx(2)


def test_a_figure_set_aside_for_its_municipality_counts_in_the_department() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_sae", "periodo": 2022, "valor": 10.0,
         "error_estandar": 1.0},
        {"municipio": "73002", "indicador": "ipm_sae", "periodo": 2022},
    ).assign(estimacion=[10.0, 50.0], error_estimacion=[1.0, 20.0])  # fmt: skip
    out = built(frame, TWO)
    assert np.isnan(out.loc[("73002", "ipm_sae"), "valor"])
    row = out.loc[("73", "ipm_sae")]
    assert row["valor"] == pytest.approx((1500 * 10 + 500 * 50) / 2000)
    assert row["error_estandar"] > 5
    assert (
        "Incluye un territorio cuya cifra propia no tiene calidad según la fuente." in row["nota"]
    )


def test_what_is_published_only_is_not_averaged() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "irca", "periodo": 2018, "valor": 10.0},
        {"municipio": "73002", "indicador": "irca", "periodo": 2018, "valor": 40.0},
        {"municipio": "73", "indicador": "irca", "periodo": 2018, "valor": 33.0},
    )
    out = built(frame, TWO)["valor"]
    assert out["73", "irca"] == 33
    assert ("CO", "irca") not in out.index


def test_levels_of_education_are_weighted_by_their_own_ages() -> None:
    population = people(
        {
            "73001": {("mujer", 5): 100, ("mujer", 12): 900},
            "73002": {("mujer", 5): 300, ("mujer", 12): 100},
        }
    )
    frame = rows(
        *(
            {"municipio": code, "indicador": name, "periodo": 2018, "valor": value,
             "denominador": base}
            for name in ("cobertura_neta_transicion", "cobertura_neta_secundaria", "cobertura_neta")
            for code, value, base in (("73001", 50.0, 1100.0), ("73002", 90.0, 500.0))
        )
    )  # fmt: skip
    out = built(frame, population)["valor"]
    assert out["73", "cobertura_neta_transicion"] == pytest.approx((100 * 50 + 300 * 90) / 400)
    assert out["73", "cobertura_neta_secundaria"] == pytest.approx((900 * 50 + 100 * 90) / 1000)
    # The total has the denominator of its own file, not the projections.
    assert out["73", "cobertura_neta"] == pytest.approx((1100 * 50 + 500 * 90) / 1600)


def test_no_mean_leaves_out_a_municipality_whose_weight_is_unknown() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "ipm_censo", "periodo": 2018, "valor": 10.0},
        {"municipio": "73002", "indicador": "ipm_censo", "periodo": 2018, "valor": 40.0},
        {"municipio": "73003", "indicador": "ipm_censo", "periodo": 2018, "valor": 90.0},
    )
    assert ("73", "ipm_censo") not in built(frame, TWO).index


def test_deaths_where_nobody_was_born_count_in_the_department() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "mortalidad_infantil", "periodo": 2018,
         "numerador": 3.0, "denominador": 500.0},
        {"municipio": "73002", "indicador": "mortalidad_infantil", "periodo": 2018,
         "numerador": 2.0},
    )  # fmt: skip
    row = built(frame, TWO).loc[("73", "mortalidad_infantil")]
    assert (row["numerador"], row["denominador"]) == (5, 500)
    assert row["valor"] == pytest.approx(10)
    assert "Por lugar donde ocurrió el hecho" in row["nota"]


def test_unusable_years_are_not_read_and_preliminary_ones_are_marked() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "cobertura_neta", "periodo": 2014, "valor": 80.0},
        {"municipio": "73001", "indicador": "cobertura_neta", "periodo": 2013, "valor": 80.0},
        {"municipio": "73001", "indicador": "mortalidad_infantil", "periodo": 2023,
         "numerador": 3, "denominador": 500},
    )  # fmt: skip
    out = built(frame, TWO).loc["73001"]
    assert out.loc["cobertura_neta", "periodo"] == 2013
    assert "Dato preliminar." in out.loc["mortalidad_infantil", "nota"]


def test_a_column_holds_one_year() -> None:
    frame = rows(
        *(
            {"municipio": code, "indicador": "inseguridad_alimentaria", "periodo": year,
             "valor": value}
            for code, year, value in (
                ("73001", 2022, 0.4), ("73002", 2022, 0.5), ("73001", 2024, 0.6),
                ("73002", 2024, 0.7), ("73003", 2024, 0.84),
            )
        )
    )  # fmt: skip
    found = indicators.at_one_year(frame, 2022).set_index("municipio")
    assert found["periodo"].tolist() == [2022, 2022]
    assert "73003" not in found.index
    assert indicators.at(frame, 2022).set_index("municipio").loc["73003", "periodo"] == 2024
    # A year that few have does not empty the column.
    assert set(indicators.at_one_year(frame.iloc[1:], 2022)["periodo"]) == {2024}


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
    assert (
        "Otra fuente (DANE, Estadísticas Vitales, compilación de sus microdatos) publica 60,0."
        in (row["nota"])
    )
    filled = births.assign(valor=[60.0, 50.0])
    _, table = indicators.unify(filled, None, CATALOGUE)
    table = table[table["que"] == unification.VALUE]
    assert table[["fuente_usada", "usado", "fuente_otra", "otro"]].to_numpy().tolist() == [
        ["dane_eevv_cuadro7", 50.0, "eevv_ramaral", 60.0]
    ]


def test_coverage_over_a_hundred_is_marked_not_clipped() -> None:
    frame = rows(
        {"municipio": "73001", "indicador": "cobertura_neta", "periodo": 2018, "valor": 121}
    )
    row = built(frame, TWO).loc[("73001", "cobertura_neta")]
    assert row["valor"] == 121
    assert "problema del denominador" in row["nota"]
    # What the source says of its own excess is said once.
    told = built(frame.assign(nota=ABOVE), TWO).loc[("73001", "cobertura_neta")]
    assert told["nota"].count("100 %") == 1 and told["nota"].startswith(ABOVE)


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
    built = indicators.unify(rows, people, catalogue)[0].set_index(["municipio", "periodo"])
    # A department of zeros that nobody wrote says so: of 73001 and 73067, one, and both in 2019.
    told = "Sin fila en la fuente, que cubre el año, y contados como cero: {} de 2."
    assert built.loc[("73", 2018), "nota"].endswith(told.format(1))
    assert built.loc[("73", 2019), "nota"].endswith(told.format(2))
    assert "Sin fila" not in built.loc[("00", 2018), "nota"]
    found = built["valor"]
    assert found[("73067", 2018)] == 0
    assert found[("73", 2018)] == pytest.approx(3 / 2000 * 100_000)
    assert found[("73", 2019)] == 0
    assert found[("CO", 2018)] == pytest.approx(3 / 3000 * 100_000)
    assert found[("00001", 2018)] == pytest.approx(200)
    assert ("00001", 2019) not in found.index


def test_the_zeros_of_a_sum_are_told_whether_row_or_cell_is_missing() -> None:
    """Of four municipalities: one with cases, one with its cell empty, two without a row; and a
    year in which all that there is has its cell empty."""
    codes = ("73001", "73024", "73026", "73067")
    people = pd.DataFrame(
        [
            {"municipio": code, "periodo": year, "sexo": "mujer", "edad": 3, "area": "total",
             "personas": 1000, "fuente": "x"}
            for code in codes
            for year in (2018, 2019)
        ]
    )  # fmt: skip
    rows = pd.DataFrame(
        [
            {"municipio": code, "indicador": "mortalidad_eda_5", "periodo": year,
             "numerador": cases, "area": "total", "fuente": "eevv_procuraduria", "serie": "eevv",
             "nota": note}
            for code, year, cases, note in [
                ("73001", 2018, 3, ""),
                ("73024", 2018, 0, zeros.NO_CELL),
                *((code, 2019, 0, zeros.NO_CELL) for code in codes),
            ]
        ]
    )  # fmt: skip
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    note = indicators.unify(rows, people, catalogue)[0].set_index(["municipio", "periodo"])["nota"]
    said = "que cubre el año, y contados como cero: {} de 4."
    both = f"Sin fila o con la celda vacía en la fuente, {said.format(3)}"
    assert note[("73", 2018)].endswith(both)
    assert note[("73", 2019)].endswith(f"Con la celda vacía en la fuente, {said.format(4)}")


def test_what_a_source_says_of_every_figure_it_says_of_their_sum() -> None:
    """And of whom the sum has nothing, how many; what is said of one figure stays with it."""
    people = pd.DataFrame(
        [
            {"municipio": code, "periodo": 2018, "sexo": "mujer", "edad": 3, "area": "total",
             "personas": size, "fuente": "x"}
            for code, size in (("73001", 9000), ("73024", 900), ("73067", 1))
        ]
    )  # fmt: skip
    all_say = "Incluye mujeres gestantes atendidas por el ICBF."
    rows = pd.DataFrame(
        [
            {"municipio": code, "indicador": "educacion_inicial", "periodo": 2018,
             "numerador": 300, "area": "total", "fuente": "icbf_educacion_inicial",
             "serie": "icbf_men", "nota": f"{all_say}{own}"}
            for code, own in (("73001", " Publicado: 3, sin ceros."), ("73024", ""))
        ]
    )  # fmt: skip
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    note = indicators.unify(rows, people, catalogue)[0].set_index("municipio")["nota"]["73"]
    assert note == (
        f"Suma de los municipios; cubre 100\N{NO-BREAK SPACE}% de las personas. Sin dato: 1 de 3. "
        f"{all_say}"
    )


def _published(place: str, name: str, year: int, value: float, **more: object) -> dict[str, object]:
    base = {"area": "total", "fuente": "dane_ipm_ecv", "serie": "dane_ipm_ecv", "nota": ""}
    return {"municipio": place, "indicador": name, "periodo": year, "valor": value, **base, **more}


def test_a_published_figure_stands_for_the_mean_which_is_told_beside_it() -> None:
    """The country: 13.3 of the municipalities, 12.9 published without the rural Amazonia."""
    places = ("73001", "73067", "05001")
    people = pd.DataFrame(
        {"municipio": places, "periodo": 2022, "sexo": "mujer", "edad": 20, "area": "total",
         "fuente": "f", "personas": [100, 100, 200]}
    )  # fmt: skip
    rows = pd.DataFrame(
        [
            *(
                _published(place, "ipm_sae", 2022, value, fuente="dane_sae", serie="ipm_sae",
                           error_estandar=1.0)
                for place, value in zip(places, (10.0, 11.0, 16.0), strict=True)
            ),
            _published("73", "ipm_ecv", 2022, 10.5),
            _published("05", "ipm_ecv", 2022, 15.2, error_estandar=0.5, inferior=14.2,
                       superior=16.2),
            _published("CO", "ipm_ecv", 2022, 12.9),
            _published("73", "ipm_ecv", 2018, 22.2),
        ]
    )  # fmt: skip
    built = indicators.unify(rows, people, CATALOGUE)[0]
    own = built[built["indicador"] == "ipm_sae"].set_index(["municipio", "periodo"])
    assert ("73", 2018) not in own.index  # no estimate of that year stands below it
    assert own["valor"].loc[[("73", 2022), ("05", 2022), ("CO", 2022)]].tolist() == [
        10.5, 15.2, 12.9,
    ]  # fmt: skip
    assert set(own.loc[[("73", 2022), ("CO", 2022)], "fuente"]) == {"dane_ipm_ecv"}
    assert own.loc[("73", 2022), "nota"] == (
        f"Cifra publicada; la media de los municipios da la misma. {aggregates.ERROR_MADE}"
    )
    assert own.loc[("CO", 2022), "nota"] == (
        "Cifra publicada; la media de los municipios, peso: personas, da 13,3: la publicada deja "
        f"por fuera parte de la zona rural de la Amazonia y la Orinoquia. {aggregates.ERROR_MADE}"
    )
    assert own.loc[("05", 2022), "nota"].endswith("peso: personas, da 16,0.")
    # A published error stands; where none is, that of the mean does.
    assert own.loc[("05", 2022), ["error_estandar", "inferior"]].tolist() == [0.5, 14.2]
    r = next(i.error_correlation for i in CATALOGUE if i.id == "ipm_sae")
    assert own.loc[("73", 2022), "error_estandar"] == pytest.approx(
        np.sqrt((1 - r) * 0.5 + r), abs=1e-9
    )
    assert built[built["indicador"] == "ipm_ecv"]["valor"].tolist() == [15.2, 22.2, 10.5, 12.9]


def test_no_total_of_the_example_mixes_the_people_of_one_set_with_the_cases_of_another() -> None:
    """Every rate of the example's department, against the sums of its own rows."""
    form = pd.read_csv(RAW / "indicadores.csv", dtype={"municipio": str})
    population = pd.read_csv(RAW / "poblacion.csv", dtype={"municipio": str}).assign(fuente="x")
    made = {i.id for i in CATALOGUE if i.population is not None and i.aggregate == "sum"}
    form = form[(form["area"] == "total") & form["indicador"].isin(made)]
    form = form[form["numerador"].notna()]
    built = indicators.unify(
        form.assign(fuente="formulario:indicadores.csv"), population, CATALOGUE
    )[0]
    parts = form[form["municipio"].str.len() == 5].groupby(["indicador", "periodo"])
    sums = parts[["numerador", "denominador"]].sum()
    per = {i.id: i.multiplier for i in CATALOGUE}
    totals = built[built["municipio"] == "00"].set_index(["indicador", "periodo"])
    assert len(totals) >= 18
    for key, total in totals.iterrows():
        right = sums.loc[key, "numerador"] / sums.loc[key, "denominador"] * per[key[0]]
        assert total["valor"] == pytest.approx(right, abs=0.005), key
    assert totals.loc[("fecundidad_15_19", 2018), "valor"] == pytest.approx(63.03, abs=0.005)
    assert totals.loc[("fecundidad_10_14", 2018), "valor"] == pytest.approx(2.15, abs=0.005)
    other = totals.loc[("violencia_intrafamiliar_0_17", 2018), "valor"]
    assert other == pytest.approx(222.4, abs=0.05)
