"""Facts of the official files for Tolima, read straight from the files they were published in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import make_context
from paths import ROOT

from gsi.analysis.comprehension.population import population
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.comprehension.scope import scope
from gsi.analysis.results import Column, Section, Table
from gsi.contract.params.indicators import load_catalogue
from gsi.inputs import indicators
from gsi.measure.cohort import hamilton_perry

pytestmark = pytest.mark.real


def people_of(real_data: Path, department: str) -> pd.DataFrame:
    """``poblacion`` of a department, read straight from the published file."""
    wide = pd.read_csv(
        real_data / "dane" / "epico_poblacion_municipal_edad_simple_2012_2024.csv.gz",
        dtype={"dpmp": "str"},
    )
    wide = wide.assign(municipio=wide["dpmp"].str.zfill(5)).copy()
    wide = wide[wide["municipio"].str.startswith(department)]
    ages = [column for column in wide if column.startswith(("hombres_", "mujeres_"))]
    long = wide.melt(["municipio", "ano"], ages, "clave", "personas")
    long[["sexo", "edad"]] = long["clave"].str.split("_", expand=True)
    return pd.DataFrame(
        {
            "municipio": long["municipio"],
            "periodo": long["ano"],
            "sexo": long["sexo"].map({"hombres": "hombre", "mujeres": "mujer"}),
            "edad": long["edad"].astype(int),
            "area": "total",
            "personas": long["personas"].astype(float),
            "fuente": "dane_proyecciones_epico",
        }
    )


@pytest.fixture(scope="module")
def tolima(real_data: Path) -> dict[str, pd.DataFrame]:
    people = people_of(real_data, "73")
    births = pd.read_csv(
        real_data / "dane" / "nacimientos_mujer_edad_municipio_1998_2021.csv.gz",
        dtype={"mun": "str"},
    )
    births = births[births["age"].isin(["10-14", "15-19"])]
    births["municipio"] = births["mun"].str.zfill(5)
    births = births[births["municipio"].str.startswith("73")]
    raw = pd.DataFrame(
        {
            "municipio": births["municipio"],
            "indicador": "fecundidad_" + births["age"].str.replace("-", "_"),
            "periodo": births["year"],
            "numerador": births["births"],
            "area": "total",
            "fuente": "eevv_ramaral",
            "serie": "eevv_residencia",
        }
    )
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml")
    return {"poblacion": people, "indicadores": indicators.unify(raw, people, catalogue)[0]}


def test_people_of_tolima_in_2018(tolima) -> None:
    facts = population(make_context(tolima, "73")).facts
    found = {
        key: facts[key].value for key in ("total", "ninez", "jovenes_estrategia", "juventud_ley")
    }
    assert found == {
        "total": 1_330_187,
        "ninez": 371_547,
        "jovenes_estrategia": 189_717,
        "juventud_ley": 319_638,
    }
    assert (str(facts["ninez"]), facts["year"].value) == ("371.547", 2018)


def test_people_of_ataco_in_2018(tolima) -> None:
    facts = population(make_context(tolima, "73067")).facts
    assert [
        facts[key].value for key in ("total", "ninez", "jovenes_estrategia", "juventud_ley")
    ] == [
        19_330,
        7_201,
        2_650,
        4_672,
    ]


def test_births_to_girls_and_adolescents(tolima) -> None:
    facts = rights(make_context(tolima, "73")).facts
    assert (facts["births_15_19"].value, facts["births_10_14"].value) == (3_684, 174)
    earlier = rights(make_context(tolima, "73", years=(2017, 2024))).facts
    assert (earlier["births_15_19"].value, earlier["births_10_14"].value) == (3_965, 166)


def test_the_same_method_one_interval_earlier_misses_by_little(tolima) -> None:
    """2015 and 2018 carried on to 2024, against the published projection (0-17)."""
    section = population(make_context(tolima, "73"))
    assert section.facts["horizon_own"].value
    assert section.facts["horizon_year"].value == 2030
    assert abs(section.facts["back_test_error"].value) < 5
    rows = section.tables["groups"].data.set_index("grupo")
    # Those of 0-5 in 2024 are 6-11 in 2030; few die and the rest is migration.
    now, then = rows.loc["primera_infancia", "personas_seguimiento"], rows["horizonte"]
    assert then["infancia"] == pytest.approx(now, rel=0.1)


def test_whom_the_projection_repeats_is_told_of_the_years_it_counts(tolima) -> None:
    facts = population(make_context(tolima, "73")).facts
    assert (facts["born_ages"].value, facts["ratios_year"].value) == ("0 a 2 años", 2021)
    shorter = population(make_context(tolima, "73", years=(2019, 2024))).facts
    assert (shorter["born_ages"].value, shorter["ratios_year"].value) == ("menos de 1 año", 2023)


def test_the_join_of_two_series_is_told_where_it_shows(tolima) -> None:
    """Tolima's people, by the published file: +0.4 % in 2019, +1.4 % in 2020, +0.6 % in 2021."""
    facts = population(make_context(tolima, "73")).facts
    assert facts["has_seam"].value and facts["seam"].value == 2020
    assert facts["seam_growth"].value == pytest.approx(1.4, abs=0.05)
    assert facts["seam_beside"].value == pytest.approx(0.6, abs=0.05)
    later = population(make_context(tolima, "73", years=(2020, 2024))).facts
    assert not later["has_seam"].value


def test_all_groups_take_the_form_that_erred_less_for_children(tolima) -> None:
    """For each municipality, against both forms made apart from the published file."""
    people = tolima["poblacion"]
    wide = people.pivot_table(
        index=["municipio", "periodo", "edad"], columns="sexo", values="personas"
    )
    ages = {"primera_infancia": (0, 5), "ninez": (0, 17)}
    errors: dict[str, list[tuple[float, float, float]]] = {key: [] for key in ages}
    for code in sorted(people["municipio"].unique())[:12]:
        past, now, then = (wide.loc[(code, year)] for year in (2015, 2018, 2024))
        forms = []
        for trend in (False, True):
            halfway = hamilton_perry(past, now, 3, births_trend=trend)
            forms.append(hamilton_perry(now, halfway, 3, births_trend=trend))
        section = population(make_context(tolima, code))
        rows, facts = section.tables["groups"].data.set_index("grupo"), section.facts
        told, missed = {}, {}
        for key, (low, high) in ages.items():
            truth = then.loc[low:high].sum().sum()
            missed[key] = [100 * (form.loc[low:high].sum().sum() / truth - 1) for form in forms]
            told[key] = rows.loc[key, "error"]
        used = int(np.argmin(np.abs(missed["ninez"])))
        for key, both in missed.items():
            assert told[key] == pytest.approx(both[used])
        assert facts["births_kept"].value == (used == 0)
        assert facts["early_error"].value == pytest.approx(abs(told["primera_infancia"]))
        assert facts["early_over"].value == (told["primera_infancia"] > 0)
        errors["ninez"].append((abs(told["ninez"]), *map(abs, missed["ninez"])))
        parts = ["primera_infancia", "infancia", "adolescencia"]
        assert rows.loc[parts, "horizonte"].sum() == pytest.approx(rows.loc["ninez", "horizonte"])
    chosen, usual, trend = np.mean(errors["ninez"], axis=0)
    assert chosen <= min(usual, trend)
    # No form is the better one everywhere: both are taken.
    assert {usual < trend for sizes in errors.values() for _, usual, trend in sizes} == {
        True,
        False,
    }


def test_a_published_year_is_not_computed_again(tolima) -> None:
    section = population(make_context(tolima, "73", years=(2012, 2018)))
    assert not section.facts["horizon_own"].value
    people = tolima["poblacion"]
    children = people[(people["periodo"] == 2024) & (people["edad"] <= 17)]["personas"].sum()
    assert section.facts["ninez_horizon"].value == children


# The municipalities of Antioquia with a probability of 80 % or more, and four with less.
CALLED = [
    *("05040", "05051", "05055", "05091", "05093", "05120", "05125", "05134", "05234", "05250"),
    *("05284", "05361", "05475", "05480", "05483", "05490", "05495", "05543", "05628", "05659"),
    *("05665", "05790", "05837", "05842", "05847", "05854", "05873", "05895"),
]
TO_CONFIRM = ["05044", "05647", "05893", "05038"]


def test_page_1_of_antioquia_counts_the_people_of_all_it_calls(real_data: Path) -> None:
    """15 of 28 are written; what follows is of the 28 that are called: 254.252 and 98.378 people
    of the published projection, not those of 15 nor, with those to confirm, of 32."""
    tables = {"poblacion": people_of(real_data, "05")}
    context = make_context(tables, "05")
    words = ["prioritario"] * len(CALLED) + ["por confirmar"] * len(TO_CONFIRM)
    ranking = pd.DataFrame({"municipio": [*CALLED, *TO_CONFIRM], "status": words})
    ranking = ranking.assign(name=ranking["municipio"], probability=90.0, poverty=50.0)
    ranking = ranking.assign(children=1.0, people=1.0)
    nothing = Section("nothing")
    who = Section("priority", {}, {"ranking": Table(ranking, {"name": Column("Municipio")})})
    made = scope(context, who, population(context), nothing, nothing, nothing)
    facts = made.facts
    assert len(facts["likely_named"].value) == 15
    assert (facts["likely_more"].value, facts["confirm_more"].value) == (13, 4)
    assert (facts["children"].value, facts["youth"].value) == (254_252, 98_378)
    # Everybody who is called stands in the table that the paragraph sends to.
    assert set(made.tables["territories"].data["municipio"]) == {*CALLED, *TO_CONFIRM}
