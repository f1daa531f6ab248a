"""Births and deaths that nobody registered are no merit."""

from __future__ import annotations

from typing import Any

import pytest
from analysis.comprehension.test_states import PEOPLE, table
from builders import known_noise, make_context
from paths import ROOT

from gsi.analysis.comprehension.changes import MORE_REGISTERED, judged
from gsi.analysis.comprehension.completeness import UNREGISTERED, adjusted, contradicted, facts
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.comprehension.states import BETTER, UNKNOWABLE, WORSE, compare
from gsi.analysis.context import Context
from gsi.analysis.plan.baseline import baseline
from gsi.contract.params.indicators import load_catalogue
from gsi.ground.errors import UserMistake
from gsi.measure.completeness import corrected

TABLE = "comprehension.rights.completeness.departments"
NAMES = {"27001": "Uno", "27002": "Dos"}


def births(own: float, others: float, department: str = "27", known: Any = None) -> Context:
    """Births to 15-19 of 5,000 women of a municipality, and of 20,000 of its department."""
    names = {department + code[2:]: name for code, name in NAMES.items()}
    place, other = names
    rows = table(
        *(
            {
                "municipio": code, "indicador": "fecundidad_15_19", "serie": "eevv",
                "numerador": rate * women / 1000, "denominador": women, "valor": rate,
            }
            for code, rate, women in (
                (place, own, 5_000), (other, others, 15_000), (department, others, 20_000)
            )
        )
    )  # fmt: skip
    people = PEOPLE.assign(municipio=PEOPLE["municipio"].str.replace("73", department, n=1))
    overrides = None if known is None else {TABLE: {department: known}}
    return make_context(
        {"indicadores": rows, "poblacion": people}, place, names=names, overrides=overrides
    )


def state(context: Context) -> str:
    return str(compare(context, [context.territory.code])["estado"].iloc[0])


def test_fewer_births_where_not_all_are_registered_are_not_better() -> None:
    complete = {"births": 0.97, "source": "prueba"}
    short = {"births": 0.8, "source": "prueba"}
    assert state(births(30, 60, "73")) == BETTER
    assert state(births(30, 60)) == UNKNOWABLE  # Chocó, of which nothing is known
    assert state(births(30, 60, known=complete)) == BETTER
    assert state(births(30, 60, known=short)) == UNKNOWABLE
    assert state(births(30, 60, "73", known=short)) == UNKNOWABLE
    # Missing cases hide nothing that is worse.
    assert state(births(120, 60)) == WORSE
    # Deaths alone say nothing of births: the department stays as it was without.
    assert state(births(30, 60, "73", known={"deaths": 0.5, "source": "prueba"})) == BETTER
    assert state(births(30, 60, known={"deaths": 0.99, "source": "prueba"})) == UNKNOWABLE


def test_the_report_says_which_and_puts_the_missing_beside() -> None:
    context = births(30, 60, known={"births": 0.8, "source": "Encuesta X"})
    states = compare(context, [context.territory.code])
    told = facts(states, context)
    assert told["registration_low"].value and not told["registration_unknown"].value
    assert told["births_registered"].value == pytest.approx(80)
    assert told["registration_source"].value == "Encuesta X"
    shown = adjusted(states, context).data
    assert shown["publicada"].tolist() == [60] and shown["corregida"].tolist() == [75]
    unknown = births(30, 60)
    told = facts(compare(unknown, [unknown.territory.code]), unknown)
    assert told["registration_unknown"].value and not told["registration_low"].value
    states = compare(unknown, [unknown.territory.code])
    assert states["motivo"].tolist() == [UNREGISTERED]
    elsewhere = births(30, 60, "73")
    told = facts(compare(elsewhere, [elsewhere.territory.code]), elsewhere)
    assert not told["registration_unknown"].value and not told["registration_low"].value


def test_a_table_given_in_the_parameters_reaches_the_report() -> None:
    """From the parameter to the section: no 'mejor', the reason, and the rate with the missing."""
    section = rights(births(30, 60, known={"births": 0.8, "source": "Encuesta X"}))
    assert section.facts["registration_low"].value
    assert section.tables["completeness"].data["corregida"].tolist() == [75]
    rows = section.tables["not_compared"].data
    assert rows["motivo"].tolist() == [UNREGISTERED]
    assert section.facts["facts_better"].value == 0
    complete = rights(births(30, 60, known={"births": 0.97, "source": "Encuesta X"}))
    assert complete.facts["facts_better"].value == 1
    assert not complete.facts["registration_low"].value


def test_a_rate_over_registered_births_is_corrected_by_both() -> None:
    # 20 deaths per 1,000 births; 8 of 10 deaths and 9 of 10 births registered: 22.5.
    assert corrected(20, 0.8, 0.9) == pytest.approx(22.5)
    with pytest.raises(ValueError, match="completeness"):
        corrected(20, 0.0)


def test_which_rates_it_holds_for_is_what_the_catalogue_counts() -> None:
    from gsi.analysis.comprehension.completeness import lacking

    context = births(30, 60)
    rules = context.params.comprehension.rights.completeness
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml", None)
    held = {item.id for item in catalogue if lacking(item, "97", rules)}
    assert {"fecundidad_10_14", "mortalidad_ira_5", "mortalidad_materna"} <= held
    assert not held & {"bajo_peso", "control_prenatal", "homicidio_0_17", "cobertura_neta"}


def test_a_table_without_its_source_is_refused() -> None:
    with pytest.raises((UserMistake, ValueError)):
        births(30, 60, known={"births": 0.8})


@pytest.mark.parametrize(
    ("department", "later", "verdict"),
    [
        ("73", 45.0, "improved"),
        ("27", 45.0, "changed"),
        ("73", 180.0, "worsened"),
        ("27", 180.0, "changed"),
    ],
)
def test_what_changes_of_births_may_be_their_registration(
    department: str, later: float, verdict: str
) -> None:
    names = {department + code[2:]: name for code, name in NAMES.items()}
    place = next(iter(names))
    rows = table(
        *(
            {
                "municipio": code, "indicador": "fecundidad_15_19", "serie": "eevv",
                "periodo": year, "numerador": rate * 5, "denominador": 5_000, "valor": rate,
            }
            for code in names
            for year, rate in ((2018, 90.0), (2021, later))
        )
    )  # fmt: skip
    noise = known_noise(
        "fecundidad_15_19", "eevv", {2018: 60.0, 2021: 60.0}, "rate", por_tamano=1.0,
        entre_anos=0.001, entre_lugares=0.1,
    )  # fmt: skip
    people = PEOPLE.assign(municipio=PEOPLE["municipio"].str.replace("73", department, n=1))
    tables = {"indicadores": rows, "poblacion": people, "ruido": noise}
    found = judged(make_context(tables, place, names=names)).iloc[0]
    assert found["verdict"] == verdict, found["reason"]
    reason = UNREGISTERED if later < 90 else MORE_REGISTERED
    assert (reason in found["reason"]) == (verdict == "changed")


@pytest.mark.parametrize(("repeaters", "expected"), [(1.9, BETTER), (2.6, UNKNOWABLE)])
def test_few_failed_is_no_merit_where_more_repeat_the_next_year(
    repeaters: float, expected: str
) -> None:
    """Bogotá, 2018: 0.33 % failed and 1.65 % dropped out, and in 2019 2.62 % repeated the year."""
    place = "73001"
    figures = [
        ("reprobacion", 2018, 0.33, place), ("desercion", 2018, 1.65, place),
        ("repitencia", 2019, repeaters, place), ("reprobacion", 2018, 5.5, "73"),
        ("reprobacion", 2018, 5.6, "73002"),
    ]  # fmt: skip
    rows = table(
        *(
            {"municipio": code, "indicador": name, "serie": "men", "periodo": year, "valor": value}
            for name, year, value, code in figures
        )
    )
    noise = known_noise("reprobacion", "men", {2018: 5.5}, por_tamano=1.0, entre_anos=0.01)
    tables = {"indicadores": rows, "poblacion": PEOPLE, "ruido": noise}
    context = make_context(tables, place, names={"73001": "Uno", "73002": "Dos"})
    found = compare(context, [place]).set_index("indicador").loc["reprobacion"]
    assert found["estado"] == expected, found["motivo"]
    said = "repitieron más estudiantes"
    assert (said in found["motivo"]) == (expected == UNKNOWABLE)
    shown = baseline(context).tables["indicators"].data.set_index("indicator")
    assert (said in shown.loc["reprobacion", "remark"]) == (expected == UNKNOWABLE)


@pytest.mark.parametrize(("repeaters", "judged_too"), [(1.9, True), (2.6, False)])
def test_what_grew_from_a_figure_set_aside_is_not_judged(
    repeaters: float, judged_too: bool
) -> None:
    """Bogotá's failing, 0.33 % in 2018 and 6.9 % in 2024: the baseline sets the first aside."""
    place = "73001"
    figures = [
        ("reprobacion", 2018, 0.33, place), ("reprobacion", 2024, 6.9, place),
        ("desercion", 2018, 1.65, place), ("repitencia", 2019, repeaters, place),
        *(("reprobacion", 2018, 5.5, code) for code in ("73", "CO", "73002")),
        *(("reprobacion", 2024, 5.5, code) for code in ("73", "CO", "73002")),
    ]  # fmt: skip
    rows = table(
        *(
            {"municipio": code, "indicador": name, "serie": "men", "periodo": year, "valor": value}
            for name, year, value, code in figures
        )
    )
    noise = known_noise("reprobacion", "men", {2018: 5.5, 2024: 5.5}, por_tamano=1.0)
    tables = {"indicadores": rows, "poblacion": PEOPLE, "ruido": noise}
    context = make_context(tables, place, names={"73001": "Uno", "73002": "Dos"})
    found = judged(context).set_index("indicator").loc["reprobacion"]
    assert (found["verdict"] != "not_judged") == judged_too, found["reason"]
    said = found["reason"].startswith("En 2018 puede faltar registro: al año siguiente")
    assert said != judged_too


# Of the ministry's file: Bogotá, and the mean of the country by its enrolment.
REPEATERS = {2016: 3.73, 2017: 0.14, 2018: 0.33, 2019: 2.62, 2020: 3.75, 2021: 3.29}
OF_ALL = {2016: 2.52, 2017: 2.60, 2018: 1.91, 2019: 2.02, 2020: 4.99, 2021: 4.58}


def repeating(
    own: dict[int, float], country: dict[int, float] = OF_ALL, students: float = 800_000
) -> Context:
    rows = table(
        *(
            {"municipio": code, "indicador": "repitencia", "serie": "men", "periodo": year,
             "valor": value, "denominador": base}
            for code, values, base in (
                ("73001", own, students), ("73002", country, 2e5), ("73", country, 1e6),
                ("CO", country, 9e6),
            )
            for year, value in values.items()
        )
    )  # fmt: skip
    noise = known_noise("repitencia", "men", country, por_tamano=1.0, entre_anos=0.01)
    tables = {"indicadores": rows, "poblacion": PEOPLE, "ruido": noise}
    return make_context(tables, "73001", names={"73001": "Uno", "73002": "Dos"})


def test_few_repeaters_between_years_of_many_are_no_merit() -> None:
    """Bogotá, 2018: 0.33 % repeated the year; 2.62 % the next, when the country hardly moved."""
    context = repeating(REPEATERS)
    found = compare(context, ["73001"]).set_index("indicador").loc["repitencia"]
    assert found["estado"] == UNKNOWABLE
    assert (
        "al año siguiente la cifra del mismo lugar fue 2,6 y un año después 3,8"
        in (found["motivo"])
    )
    doubted = {(code, year) for code, name, year in contradicted(context) if name == "repitencia"}
    assert doubted == {("73001", 2017), ("73001", 2018)}
    assert (
        "2,6"
        in baseline(context)
        .tables["indicators"]
        .data.set_index("indicator")
        .loc["repitencia", "remark"]
    )


@pytest.mark.parametrize(
    ("own", "country", "students"),
    [
        # What the whole country rose is no gap of the place.
        ({2018: 0.33, 2019: 2.62, 2020: 3.75}, {2018: 1.0, 2019: 8.0, 2020: 9.0}, 800_000),
        # One high year alone may be the one that is wrong.
        ({2018: 0.33, 2019: 2.62, 2020: 0.40}, OF_ALL, 800_000),
        # One of 200 students, and then four: as chance has it.
        ({2018: 0.5, 2019: 2.0, 2020: 5.0}, OF_ALL, 200),
        ({2018: 0.9, 2019: 1.0, 2020: 2.5}, OF_ALL, 800_000),
    ],
)
def test_what_chance_or_the_country_explains_is_no_gap_of_registration(
    own: dict[int, float], country: dict[int, float], students: float
) -> None:
    assert contradicted(repeating(own, country, students)) == {}
