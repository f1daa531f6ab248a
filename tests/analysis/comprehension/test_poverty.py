"""Which measure of poverty is told, whose it is, and what stands beside it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from builders import make_context
from paths import ROOT

from gsi.analysis.comprehension import people, poverty
from gsi.analysis.comprehension.priority_index import matrix
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.comprehension.states import compare
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.results import Fact
from gsi.contract.params.indicators import load_catalogue
from gsi.inputs import indicators
from gsi.inputs.indicators.aggregates import ERROR_MADE

NAMES = {"73001": "Uno", "73002": "Dos", "73003": "Tres"}


def table(*records: dict[str, object]) -> pd.DataFrame:
    base = {"area": "total", "fuente": "dane", "nota": ""}
    frame = pd.DataFrame([{**base, **record} for record in records])
    frame["serie"] = frame["indicador"]
    return frame.reindex(columns=indicators.COLUMNS).astype(
        dict.fromkeys(indicators.NUMBERS, "float64")
    )


def row(place: str, name: str, year: int, value: float, **more: object) -> dict[str, object]:
    return {"municipio": place, "indicador": name, "periodo": year, "valor": value, **more}


MADE = {"fuente": indicators.CALCULATED}
TOLIMA = table(
    row("73", "ipm_censo", 2018, 28.0, **MADE),
    row("CO", "ipm_censo", 2018, 26.1, **MADE),
    row("73", "ipm_sae", 2022, 17.9, error_estandar=0.9, inferior=16.1, superior=19.7, **MADE),
    row("73", "nbi", 2018, 12.22, fuente="dane_nbi_2018"),
    row("73001", "ipm_censo", 2018, 64.0),
    row("73001", "ipm_sae", 2022, 30.0, error_estandar=4.0, inferior=22.0, superior=38.0),
    *(row(place, "ipm_censo", 2018, 20.0) for place in ("73002", "73003")),
    *(row(place, "ipm_sae", 2022, 15.0) for place in ("73002", "73003")),
)


def told(place: str, frame: pd.DataFrame = TOLIMA) -> dict[str, Fact]:
    context = make_context({"indicadores": frame}, place, names=NAMES)
    return poverty.facts(context, compare(context, [place]))


def test_a_departments_census_mean_is_called_a_mean_and_the_official_stands_beside() -> None:
    facts = told("73")
    assert (facts["poverty"].value, facts["poverty_year"].value) == (28.0, 2018)
    assert facts["census_poverty"].value
    assert facts["cnpv_poverty"].value
    assert facts["mean_poverty"].value
    assert facts["reference_mean_poverty"].value
    assert (facts["survey_poverty"].value, facts["survey_poverty_year"].value) == (17.9, 2022)
    # Municipal estimates were benchmarked to the department's own survey figure.
    assert facts["survey_poverty_official"].value


def test_a_municipalitys_estimate_is_not_called_the_official_figure() -> None:
    facts = told("73001")
    assert facts["poverty"].value == 64.0
    assert not facts["mean_poverty"].value
    assert facts["survey_poverty"].value == 30.0
    assert not facts["survey_poverty_official"].value
    assert (facts["survey_poverty_low"].value, facts["survey_poverty_high"].value) == (22.0, 38.0)


def test_the_last_estimate_stands_beside_the_one_of_the_baseline() -> None:
    """Tolima: 10.5 % in 2022 and 12.6 % in 2024, both published; the lower alone would flatter."""
    later = TOLIMA[(TOLIMA["indicador"] == "ipm_sae") & (TOLIMA["municipio"] == "73")]
    later = later.assign(periodo=2024, valor=19.9)
    facts = told("73", pd.concat([TOLIMA, later], ignore_index=True))
    assert (facts["survey_poverty"].value, facts["survey_poverty_year"].value) == (17.9, 2022)
    assert facts["survey_poverty_last"].value == 19.9
    assert facts["survey_poverty_last_year"].value == 2024
    # Side by side, both with their interval or none.
    bounds = [facts[f"survey_poverty{part}_low"].missing for part in ("", "_last")]
    assert len(set(bounds)) == 1
    assert told("73")["survey_poverty_last"].missing


def test_what_a_department_typed_is_not_called_official() -> None:
    own = (TOLIMA["indicador"] == "ipm_sae") & (TOLIMA["municipio"] == "73")
    typed = TOLIMA.assign(fuente=TOLIMA["fuente"].mask(own, "formulario:indicadores.csv"))
    facts = told("73", typed)
    assert facts["survey_poverty"].value == 17.9
    assert not facts["survey_poverty_official"].value


def test_without_the_estimate_no_official_number_is_told() -> None:
    facts = told("73", TOLIMA[TOLIMA["indicador"] != "ipm_sae"])
    assert not facts["has_survey_poverty"].value
    assert facts["survey_poverty"].missing
    assert not facts["survey_poverty_official"].value


def test_where_the_census_lacks_the_estimate_is_named_and_not_told_twice() -> None:
    facts = told("73", TOLIMA[TOLIMA["indicador"] != "ipm_censo"])
    assert facts["poverty"].value == 17.9
    assert not facts["census_poverty"].value
    assert not facts["has_survey_poverty"].value


def test_the_measures_stand_side_by_side_with_how_each_comes_to_be() -> None:
    context = make_context({"indicadores": TOLIMA}, "73", names=NAMES)
    section = rights(context)
    rows = section.tables["poverty"].data.set_index(["indicador", "anio"])
    assert rows["valor"].to_dict() == {
        ("ipm_censo", 2018): 28.0, ("ipm_sae", 2022): 17.9, ("nbi", 2018): 12.22,
    }  # fmt: skip
    assert rows["obtenida"].to_dict() == {
        ("ipm_censo", 2018): "media de los municipios por su población, aproximada",
        ("ipm_sae", 2022): "media de los municipios por su población, igual a la publicada; "
        "el intervalo se calculó aquí con los errores de cada uno, y el DANE no publica el "
        "intervalo",
        ("nbi", 2018): "publicada",
    }
    assert rows["value_text"]["ipm_sae", 2022] == "17,9\N{NO-BREAK SPACE}% (16,1 a 19,7)"
    assert section.facts["has_poverty_measures"].value
    assert section.facts["has_needs_measure"].value
    assert not section.facts["has_monetary_measure"].value


def test_small_area_estimates_say_that_they_are_modelled_or_withheld() -> None:
    frame = pd.concat([TOLIMA, table(row("73001", "ipm_sae", 2024, float("nan")))])
    context = make_context({"indicadores": frame}, "73001", names=NAMES)
    rows = poverty.measures(context).data.set_index(["indicador", "anio"])["obtenida"]
    assert rows["ipm_sae", 2022] == "estimada con un modelo"
    assert rows["ipm_sae", 2024] == "sin calidad: no se publica"
    assert rows["ipm_censo", 2018] == "publicada"


def test_municipalities_are_compared_at_one_year() -> None:
    """San José de Pare: 0.61 of 2022 was unreliable, and 2024 stood in a column of 2022."""
    frame = table(
        *(
            row(place, "inseguridad_alimentaria", year, value)
            for place, year, value in (
                ("73001", 2022, 40.0), ("73002", 2022, 50.0), ("73001", 2024, 45.0),
                ("73002", 2024, 55.0), ("73003", 2024, 84.0),
            )
        ),
        *(row(place, "ipm_sae", 2022, 20.0) for place in ("73001", "73002")),
        row("73003", "ipm_sae", 2024, 60.0),
    )  # fmt: skip
    context = make_context({"indicadores": frame}, "73", names=NAMES)
    data = matrix(context)
    column = "inseguridad_alimentaria"
    if column in data.values:
        assert set(data.years[column].dropna()) == {2022}
        assert pd.isna(data.values.loc["73003", column])
    poor = people.poverty(context)
    assert poor["periodo"].tolist() == [2022, 2022]
    assert "73003" not in poor.index


def test_the_official_departmental_figure_stands_where_few_municipalities_have_their_own() -> None:
    """Vaupés: most of its municipalities have no estimate of their own."""
    weak = (TOLIMA["indicador"] == "ipm_sae") & (TOLIMA["municipio"].str.len() == 5)
    facts = told("73", TOLIMA.assign(valor=TOLIMA["valor"].mask(weak)))
    assert facts["survey_poverty"].value == 17.9
    assert facts["survey_poverty_official"].value
    assert facts["poverty"].value == 28.0


def test_a_department_of_one_municipality_has_its_figure_and_no_mean() -> None:
    frame = table(
        row("11", "ipm_censo", 2018, 9.0, **MADE), row("11001", "ipm_censo", 2018, 9.0),
        row("11", "ipm_sae", 2022, 3.8, error_estandar=0.5, inferior=2.8, superior=4.8, **MADE),
        row("11001", "ipm_sae", 2022, 3.8, error_estandar=0.5, inferior=2.8, superior=4.8),
        row("CO", "ipm_censo", 2018, 26.1, **MADE),
    )  # fmt: skip
    context = make_context({"indicadores": frame}, "11", names={"11001": "Bogotá"})
    facts = poverty.facts(context, compare(context, ["11"]))
    assert not facts["mean_poverty"].value
    assert facts["reference_mean_poverty"].value
    told = poverty.measures(context).data.set_index("indicador")["obtenida"]
    assert told["ipm_censo"] == "publicada"
    # 3.8 is what the DANE published for it (oracles/official); page 1 calls it official too.
    assert told["ipm_sae"] == (
        "estimada con un modelo, igual a la cifra publicada del departamento"
    )
    assert facts["survey_poverty_official"].value


ECV = {"fuente": "dane_ipm_ecv"}
READ = pd.concat(
    [
        TOLIMA[~((TOLIMA["municipio"] == "73") & (TOLIMA["indicador"] == "ipm_sae"))],
        table(
            row("73", "ipm_sae", 2022, 10.5, error_estandar=0.9, inferior=8.7, superior=12.3,
                **ECV),
            row("73", "ipm_ecv", 2018, 22.2, **ECV), row("73", "ipm_ecv", 2022, 10.5, **ECV),
            row("73", "ipm_ecv", 2023, 12.9, **ECV), row("CO", "ipm_ecv", 2018, 19.1, **ECV),
        ),
    ]
)  # fmt: skip


def test_the_official_figure_of_the_census_year_stands_beside_where_it_is_read() -> None:
    """Tolima: 28.0 of the census, 22.2 of the ECV, both of 2018."""
    facts = told("73", READ)
    assert (facts["poverty"].value, facts["poverty_year"].value) == (28.0, 2018)
    assert (facts["survey_poverty"].value, facts["survey_poverty_year"].value) == (22.2, 2018)
    assert facts["survey_poverty_official"].value and facts["survey_same_year"].value
    assert facts["official_reference"].value == 19.1  # the country's
    context = make_context({"indicadores": READ}, "73", names=NAMES)
    shown = poverty.measures(context)
    rows = shown.data.set_index(["indicador", "anio"])["obtenida"]
    named = shown.data.set_index(["indicador", "anio"])["medida"]
    assert named["ipm_sae", 2022] == named["ipm_ecv", 2018] != named["ipm_censo", 2018]
    flags = poverty.told(shown, context)
    assert flags["has_official_measure"].value and not flags["has_survey_measure"].value
    survey = "publicada, Encuesta Nacional de Calidad de Vida (ECV)"
    assert rows["ipm_sae", 2022] == survey == rows["ipm_ecv", 2018]
    assert ("ipm_ecv", 2022) not in rows.index and ("ipm_ecv", 2023) not in rows.index


def test_a_municipality_keeps_its_estimate_and_its_department_has_the_official_figure() -> None:
    facts = told("73001", READ)
    assert facts["survey_poverty"].value == 30.0 and not facts["survey_poverty_official"].value
    assert not facts["survey_same_year"].value
    assert facts["official_reference"].value == 22.2
    assert told("73001")["official_reference"].missing
    context = make_context({"indicadores": READ}, "73001", names=NAMES)
    assert "ipm_ecv" not in set(poverty.measures(context).data["indicador"])


ERROR = {"error_estandar": 0.9, "inferior": 16.1, "superior": 19.7}


@pytest.mark.parametrize(
    ("name", "place", "year", "said"),
    [
        # DANE's annex of the IPM by department has limits of 2023 and 2024 only; that of monetary
        # poverty, of 23 departments and Bogotá.
        ("ipm_sae", "73", 2022, "y el DANE no publica el intervalo"),
        (
            "ipm_sae",
            "73",
            2024,
            "y el que publica el DANE puede ser hasta 1,4 veces más ancho o más angosto",
        ),
        ("ipm_sae", "97", 2022, "y el DANE no publica el intervalo"),
        (
            "pobreza_monetaria_sae",
            "73",
            2022,
            "y el que publica el DANE puede ser hasta 1,4 veces más ancho o más angosto",
        ),
        ("pobreza_monetaria_sae", "97", 2022, "y el DANE no publica el intervalo"),
        # Of which no annex was seen.
        ("pobreza_monetaria_sae", "73", 2024, "con los errores de cada uno"),
    ],
)
def test_an_interval_made_here_is_held_against_a_published_one_only_where_there_is_one(
    name: str, place: str, year: int, said: str
) -> None:
    frame = table(row(place, name, year, 17.9, **ERROR, **MADE))
    names = {f"{place}001": "Uno", f"{place}161": "Dos"}
    context = make_context({"indicadores": frame}, place, names=names)
    told = poverty.measures(context).data.set_index(["indicador", "anio"])["obtenida"][name, year]
    assert "el intervalo se calculó aquí" in told and told.endswith(said)


def test_a_published_figure_with_an_error_made_here_says_so() -> None:
    note = f"Cifra publicada; la media de los municipios da la misma. {ERROR_MADE}"
    frame = table(row("73", "ipm_sae", 2022, 17.9, fuente="dane_ipm_ecv", nota=note, **ERROR))
    context = make_context({"indicadores": frame}, "73", names=NAMES)
    told = poverty.measures(context).data.set_index("indicador")["obtenida"]["ipm_sae"]
    assert told == (
        "publicada, Encuesta Nacional de Calidad de Vida (ECV); el intervalo se calculó aquí con "
        "los errores de los municipios, y el DANE no publica el intervalo"
    )
    basis = baseline(context).tables["indicators"].data.set_index("indicator")["basis_text"]
    assert basis["ipm_sae"] == "calculado con los errores de los municipios"


@pytest.mark.real
@pytest.mark.parametrize(
    ("file", "name", "low", "kind", "whole"),
    [
        ("ipm_departamento.csv", "ipm_sae", "li_pct", "dominio", "total"),
        ("pobreza_monetaria_departamento.csv", "pobreza_monetaria_sae", "li_pct", "indicador",
         "pobreza_monetaria"),
    ],
)  # fmt: skip
def test_the_catalogue_knows_which_intervals_are_published(
    oracles: Path, file: str, name: str, low: str, kind: str, whole: str
) -> None:
    known = {item.id: item for item in load_catalogue(ROOT / "params" / "indicators.yml", None)}
    rows = pd.read_csv(oracles / "official" / file, dtype={"cod_departamento": "str"})
    rows = rows[(rows[kind] == whole) & (rows["cod_departamento"] != "00") & (rows["anio"] > 2018)]
    declared = 0
    for record in rows.to_dict("records"):
        given = known[name].interval_given(record["cod_departamento"], record["anio"])
        if given is not None:
            declared += 1
            assert given == pd.notna(record[low]), record
    assert declared >= 40
