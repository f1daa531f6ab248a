"""Hand-worked comparisons: which difference may be called one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from builders import known_noise, make_context, people_of

from gsi.analysis.comprehension.peers import figures
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.comprehension.states import (
    ALIKE,
    BETTER,
    FEW,
    MIXED,
    NOT_COMPARABLE,
    UNJUDGED,
    UNKNOWABLE,
    WORSE,
    compare,
    facts_of,
    unfavourable,
)
from gsi.analysis.results import Section, Table
from gsi.inputs import indicators
from gsi.report.figures.rights import MOST_ROWS, drawn


def table(*records: dict[str, object]) -> pd.DataFrame:
    base = {"area": "total", "fuente": "dane", "nota": "", "periodo": 2018}
    frame = pd.DataFrame([{**base, **record} for record in records])
    return frame.reindex(columns=indicators.COLUMNS).astype(
        dict.fromkeys(indicators.NUMBERS, "float64")
    )


NAMES = {"73001": "Uno", "73002": "Dos"}
PEOPLE = people_of(m73001=15_500, m73002=310_000)


def state(
    indicator: str, own: dict, department: dict, serie: str = "s", **tables: pd.DataFrame
) -> pd.Series:
    frame = table(
        {"municipio": "73001", "indicador": indicator, "serie": serie, **own},
        {"municipio": "73002", "indicador": indicator, "serie": serie, **department},
        {"municipio": "73", "indicador": indicator, "serie": serie, **department},
    )
    given = {"indicadores": frame, "poblacion": PEOPLE, **tables}
    context = make_context(given, "73001", names=NAMES)
    return compare(context, ["73001"]).iloc[0]


@pytest.mark.parametrize(
    ("own", "reference", "expected"),
    [
        (30.0, 20.0, WORSE),
        (20.9, 20.0, ALIKE),  # 4.5 % of the reference does not matter
        (10.0, 20.0, BETTER),
        (0.3, 0.2, ALIKE),  # fifteen households of 5,000 instead of ten
    ],
)
def test_a_full_count_differs_by_chance_of_its_households(own, reference, expected) -> None:
    assert state("trabajo_infantil", {"valor": own}, {"valor": reference})["estado"] == expected


def test_a_mean_that_is_known_to_be_off_is_not_read_finer() -> None:
    """Ours of 'sin agua' is up to 1.5 points away from what DANE would publish."""
    calculated = {"valor": 20.0, "fuente": indicators.CALCULATED}
    assert state("sin_agua", {"valor": 21.4}, calculated)["estado"] == ALIKE
    assert state("sin_agua", {"valor": 23.0}, calculated)["estado"] == WORSE


def test_without_any_error_nothing_is_said() -> None:
    own = {"valor": 70.0, "fuente": "men_estadisticas"}
    assert state("cobertura_neta", own, {"valor": 80.0})["estado"] == UNJUDGED
    moves = known_noise("cobertura_neta", "s", {2018: 80.0})
    assert state("cobertura_neta", own, {"valor": 80.0}, ruido=moves)["estado"] == WORSE
    better = state("cobertura_neta", {"valor": 90.0}, {"valor": 80.0}, ruido=moves)
    assert better["estado"] == BETTER  # here more is better
    restless = known_noise("cobertura_neta", "s", {2018: 80.0}, entre_anos=0.4)
    assert state("cobertura_neta", own, {"valor": 80.0}, ruido=restless)["estado"] == ALIKE


def test_both_published_errors_count() -> None:
    own = {"valor": 30.0, "error_estandar": 5.5}
    assert state("ipm_sae", own, {"valor": 20.0})["estado"] == ALIKE
    own = {"valor": 30.0, "error_estandar": 2.5}
    exact = {"valor": 20.0, "error_estandar": 0.1}
    assert state("ipm_sae", own, exact)["estado"] == WORSE
    # The reference's own error: 10 points of √(2.5² + 5²) are none.
    unsure = {"valor": 20.0, "error_estandar": 5.0}
    row = state("ipm_sae", own, unsure)
    assert row["estado"] == ALIKE and row["p"] == pytest.approx(0.0749, abs=0.01)


def test_counts_give_their_own_error() -> None:
    few = {"valor": 100.0, "numerador": 5, "denominador": 50}
    many = {"valor": 100.0, "numerador": 500, "denominador": 5000}
    whole = {"valor": 60.0, "numerador": 6000, "denominador": 100_000}
    # Three births would be expected, and twice as many would be no surprise.
    assert state("fecundidad_15_19", few, whole)["estado"] == UNKNOWABLE
    row = state("fecundidad_15_19", many, whole)
    assert row["estado"] == WORSE
    assert row["intervalo"] == "calculado"
    assert row["inferior"] < 100 < row["superior"]


def test_no_case_in_a_year_is_no_merit() -> None:
    """Ten deaths would be expected and none came: p is tiny, and the claim is not made."""
    none = {"valor": 0.0, "numerador": 0, "denominador": 10_000}
    whole = {"valor": 100.0, "numerador": 200, "denominador": 200_000}
    row = state("mortalidad_materna", none, whole)
    assert row["p"] < 1e-4 and row["estado"] == ALIKE
    some = {"valor": 40.0, "numerador": 20, "denominador": 50_000}
    assert state("mortalidad_materna", some, whole)["estado"] == BETTER


def test_what_has_no_direction_has_no_state() -> None:
    rows = ({"valor": 300.0, "numerador": 300, "denominador": 100_000},) * 2
    assert state("delito_sexual_0_17", *rows)["estado"] == NOT_COMPARABLE


def test_a_family_is_one_fact() -> None:
    """Seventeen figures of one census that are worse, and one thing apart: two facts."""
    census = ("ipm_censo", "nbi", "hacinamiento", "pisos", "paredes", "rezago")
    frame = table(
        *(
            {"municipio": code, "indicador": name, "serie": "s", "valor": value}
            for name in census
            for code, value in (("73001", 40.0), ("73002", 20.0), ("73", 20.0))
        ),
        {"municipio": "73001", "indicador": "ipm_sae", "serie": "s", "valor": 30.0,
         "error_estandar": 4.0},
        *(
            {"municipio": code, "indicador": "ipm_sae", "serie": "s", "valor": 29.0,
             "error_estandar": 1.0}
            for code in ("73002", "73")
        ),
    )  # fmt: skip
    given = {"indicadores": frame, "poblacion": PEOPLE}
    section = rights(make_context(given, "73001", names=NAMES))
    assert section.facts["comparable"].value == 7 and section.facts["worse"].value == 6
    assert section.facts["facts"].value == 2 and section.facts["facts_worse"].value == 1
    once = section.tables["facts"].data
    assert once["estado"].tolist() == [WORSE, ALIKE]
    assert once["hecho"][0].endswith("y 5 más de la misma familia")
    mixed = facts_of(
        pd.DataFrame(
            {"municipio": "1", "familia": "f", "nombre": ["a", "b", "c"],
             "estado": [WORSE, WORSE, BETTER]}
        )
    )  # fmt: skip
    assert mixed["estado"].tolist() == [MIXED]
    assert mixed["state_text"].tolist() == ["peor en 2 y mejor en 1, de 3"]
    # One coverage of five is better: the family is not said to be.
    one = facts_of(
        pd.DataFrame(
            {"municipio": "1", "familia": "f", "nombre": list("abcde"),
             "estado": [ALIKE, ALIKE, BETTER, ALIKE, ALIKE]}
        )
    )  # fmt: skip
    assert (one["estado"][0], one["state_text"][0]) == (BETTER, "mejor en 1 de 5")
    # The table of objectives adds up to the indicators that the headline counts.
    assert section.tables["objectives"].data["comparables"].sum() == 7


def test_another_year_or_series_is_not_compared() -> None:
    own = {"valor": 30.0}
    assert state("sin_agua", own, {"valor": 20.0, "periodo": 2016})["estado"] == NOT_COMPARABLE
    assert state("sin_agua", own, {"valor": 20.0, "serie": "otra"})["estado"] == NOT_COMPARABLE


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
    out = rights(context).tables["indicators"].data.set_index("indicador")
    assert out.loc["ipm_censo", "tendencia"] == "no comparable"
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


def test_a_rate_of_one_or_two_cases_is_no_level_to_compare() -> None:
    rows_ = pd.DataFrame(
        [
            {"municipio": place, "indicador": "homicidio_0_17", "periodo": 2018, "valor": value,
             "numerador": cases, "denominador": 1000.0, "area": "total", "fuente": "f",
             "serie": "s", "nota": ""}
            for place, value, cases in (("73001", 200.0, 2.0), ("73067", 300.0, 3.0))
        ]
    ).assign(error_estandar=np.nan, inferior=np.nan, superior=np.nan)  # fmt: skip
    where = make_context({"indicadores": rows_}, "73067")
    assert figures(where, ["73001", "73067"])["municipio"].tolist() == ["73067"]


def test_an_only_municipality_is_held_against_the_country() -> None:
    """Bogotá's department is Bogotá: against it nothing could ever differ."""
    frame = table(
        {"municipio": "11001", "indicador": "sin_agua", "serie": "s", "valor": 9.0},
        {"municipio": "11", "indicador": "sin_agua", "serie": "s", "valor": 9.0},
        {"municipio": "CO", "indicador": "sin_agua", "serie": "s", "valor": 26.0},
    )
    people = people_of(m11001=7_400_000)
    tables, names = {"indicadores": frame, "poblacion": people}, {"11001": "Bogotá, D.C."}
    context = make_context(tables, "11001", names=names)
    row = compare(context, ["11001"]).iloc[0]
    assert (row["referencia"], row["estado"]) == (26.0, BETTER)
    assert rights(context).facts["reference"].value == "Colombia"
    assert row["departamento"] != row["departamento"]  # no second name of the same figure


def deaths(cases: float, children: float) -> dict[str, float]:
    return {"valor": 1e5 * cases / children, "numerador": cases, "denominador": children}


def test_where_no_large_difference_would_show_nothing_is_known() -> None:
    """The department has 18 a year per 100,000: in 2,400 children, double is one death and a half's
    is none; in 2,400,000 it is hundreds. Shares as of Ataco, 2018."""
    quiet = {"fuente": indicators.CALCULATED, **deaths(1800, 10_000_000)}
    row = state("mortalidad_materna", deaths(0, 2_400), quiet)
    assert row["estado"] == UNKNOWABLE and "distinguiría" in row["motivo"]
    assert state("mortalidad_materna", deaths(430, 2_400_000), quiet)["estado"] == ALIKE
    # A real difference is told even where a double would not have been.
    assert state("mortalidad_materna", deaths(30, 2_400), quiet)["estado"] == WORSE


@pytest.mark.parametrize("cases", [1.0, 2.0])
def test_one_or_two_cases_have_no_state(cases: float) -> None:
    row = state("mortalidad_materna", deaths(cases, 40_000), deaths(1800, 10_000_000))
    assert (row["estado"], row["motivo"], row["casos"]) == (UNKNOWABLE, FEW, cases)


def test_every_indicator_that_is_not_compared_is_listed_with_its_reason() -> None:
    both = ("73001", "73002", "73")
    frame = table(
        *({"municipio": m, "indicador": "sin_agua", "serie": "s", "valor": v}
          for m, v in zip(both, (30.0, 20.0, 20.0), strict=True)),
        *({"municipio": m, "indicador": "delito_sexual_0_17", "serie": "s", "valor": v}
          for m, v in zip(both, (30.0, 20.0, 20.0), strict=True)),
        *({"municipio": m, "indicador": "mortalidad_infantil", "serie": "s", "valor": v}
          for m, v in zip(both, (30.0, 20.0, 20.0), strict=True)),
        *({"municipio": m, "indicador": "cobertura_neta", "serie": "s", "valor": v}
          for m, v in zip(both, (30.0, 20.0, 20.0), strict=True)),
        *({"municipio": m, "indicador": "excretas", "serie": s, "valor": 20.0}
          for m, s in zip(both, ("s", "otra", "otra"), strict=True)),
    )  # fmt: skip
    section = rights(
        make_context({"indicadores": frame, "poblacion": PEOPLE}, "73001", names=NAMES)
    )
    rows = section.tables["not_compared"].data
    why = {row["nombres"][0][:15]: row["motivo"] for row in rows.to_dict("records")}
    parts = {
        "Exámenes por pr": "mejor o peor", "Mortalidad en m": "No es la tasa oficial",
        "Cobertura neta ": "error", "Hogares con ina": "mismo año",
    }  # fmt: skip
    assert why.keys() == parts.keys() and all(parts[name] in why[name] for name in parts)
    assert rows["indicadores"].sum() == section.facts["not_compared"].value
    facts = section.facts
    with_data = section.tables["objectives"].data["con_dato"].sum()
    assert facts["comparable"].value + facts["not_compared"].value == with_data == 5


def test_the_figure_draws_the_largest_gaps_whichever_way_they_go() -> None:
    """Thirty rows: the twenty farthest from the reference, those of −100 % and +454 % too."""
    gaps = [*np.linspace(-1.0, 0.9, 29), 4.54]
    states = [WORSE if gap > 0.2 else ALIKE for gap in gaps]
    frame = pd.DataFrame({"gravedad": gaps, "estado": states})
    shown = drawn(Section("rights", {}, {"indicators": Table(frame, {})}))["gravedad"]
    assert sorted(shown) == sorted(sorted(gaps, key=abs)[-MOST_ROWS:])
    assert {-1.0, 4.54} <= set(shown)


@pytest.mark.parametrize(
    ("later", "turned", "opposite"),
    [(2.0, 0, 0), (6.0, 1, 0), (20.0, 1, 1)],
)
def test_page_one_says_which_are_no_longer_better_by_their_last_figure(
    later: float, turned: int, opposite: int
) -> None:
    """Better than the department's 6 % in 2018; in 2024 as before, alike, or worse: what the plan
    starts from is on another side than the diagnosis."""
    figures = {("73001", 2018): 2.0, ("73001", 2024): later}
    figures |= {(code, year): 6.0 for code in ("73", "73002") for year in (2018, 2024)}
    rows = table(
        *(
            {"municipio": code, "indicador": "desercion", "serie": "men", "periodo": year,
             "valor": value}
            for (code, year), value in figures.items()
        )
    )  # fmt: skip
    noise = known_noise("desercion", "men", {2018: 6.0, 2024: 6.0}, por_tamano=1.0, entre_anos=0.01)
    context = make_context(
        {"indicadores": rows, "poblacion": PEOPLE, "ruido": noise}, "73001", names=NAMES
    )
    facts = rights(context).facts
    assert facts["facts_better"].value == 1
    assert facts["any_turned"].value == bool(turned)
    assert facts["better_before"].value == turned
    assert facts["better_now_worse"].value == opposite
    assert facts["worse_before"].value == facts["worse_now_better"].value == 0
    if turned:
        assert str(facts["turned_years"]) == "2024"
    started = compare(context, ["73001"], start=True).iloc[0]
    assert started["periodo"] == 2024
    assert (started["estado"] == WORSE) == bool(opposite)
