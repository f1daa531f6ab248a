"""A department where one municipality, or two, filled in the forms and the others were silent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, rows, world
from builders import make_context
from example_department import truth
from paths import ROOT

from gsi.analysis import delivery
from gsi.analysis.comprehension.investment import investment
from gsi.analysis.comprehension.population import population
from gsi.analysis.comprehension.priority import priority
from gsi.analysis.comprehension.readings import readings
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.comprehension.scenarios import scenarios
from gsi.analysis.comprehension.scope import scope
from gsi.analysis.context import Context
from gsi.analysis.keys.convening import convening
from gsi.analysis.keys.evidence import evidence
from gsi.analysis.keys.governance import governance
from gsi.analysis.keys.outreach import outreach
from gsi.analysis.keys.services import services
from gsi.analysis.keys.training import training
from gsi.analysis.results import Section
from gsi.contract import tables
from gsi.contract.params.indicators import load_catalogue
from gsi.inputs import indicators
from gsi.inputs.data import Data
from gsi.report.figures import investment as investment_figures
from gsi.report.figures import outreach as outreach_figures
from gsi.report.figures import scenarios as scenarios_figures

# One municipality of the example that reported every form; another for worlds of two.
ONE, OTHER = "00005", "00010"
OFFICIAL = ("divipola", "limites", "indicadores", "poblacion")
# Facts that are to name the silent ones.
TOLD = ("priority_silent",)


@cache
def left(*codes: str) -> dict[str, pd.DataFrame]:
    """The example's tables with the forms of those places only, official tables whole."""
    found = {}
    whole = world()
    for name, table in whole.items():
        if name in OFFICIAL:
            found[name] = table
        elif "municipio" in table:
            found[name] = table[table["municipio"].isin(codes)].reset_index(drop=True)
    for name, (key, parent) in Data.PARENTS.items():
        table = whole[name]
        found[name] = table[table[key].isin(found[parent][key])].reset_index(drop=True)
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml")
    found["indicadores"] = indicators.unify(whole["indicadores"], whole["poblacion"], catalogue)[0]
    return found


def seen(territory: str, *codes: str) -> Context:
    return make_context(left(*codes), territory, names=NAMES)


@cache
def ranked(territory: str) -> Section:
    """The priority index: it reads no form."""
    return priority(seen(territory))


@cache
def sections(territory: str, *codes: str) -> Mapping[str, Section]:
    """Every section that is made from forms."""
    context = seen(territory, *codes)
    who = ranked(territory)
    made = [step(context) for step in (scenarios, readings, services, convening, governance)]
    made += [step(context, who) for step in (outreach, training, investment)]
    made.append(delivery.delivery(context))
    return {section.name: section for section in made}


# Numbers of the department that can only be those of the one that reported.
SAME = {
    "scenarios": ["places", "capacity", "served", "use", "children_in_need", "lowest_rate"],
    "readings": ["statements", "participants", "top_right_share", "agree_count"],
    "training": ["courses", "enrolled", "completion", "moments", "community_share"],
    "services": ["offers", "places", "places_used", "articulated", "undercoverage", "leakage"],
    "outreach": ["days", "entities_mean", "identified", "reached", "reached_share",
                 "microterritories", "microterritories_visited", "satisfied_share"],
    "convening": ["actors", "community_actors", "conditions_met", "network_entities"],
    "governance": ["commitments", "fulfilled", "due", "kept", "overdue"],
    "investment": ["total", "executed", "vulnerable", "per_vulnerable", "lines"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in SAME for key in SAME[name]])
def test_where_one_reported_the_department_says_what_that_one_says(name: str, key: str) -> None:
    whole, own = (sections(code, ONE)[name].facts[key] for code in ("00", ONE))
    assert not own.missing
    assert whole.value == pytest.approx(own.value)


def test_no_evidence_of_a_condition_counts_the_silent() -> None:
    whole, own = (evidence(seen(code, ONE)) for code in ("00", ONE))
    assert whole == pytest.approx(own, nan_ok=True)


@pytest.mark.parametrize("codes", [(ONE,), (ONE, OTHER)])
def test_no_row_and_no_sentence_speaks_of_a_silent_municipality(codes: tuple[str, ...]) -> None:
    silent = [name for code, name in NAMES.items() if code not in codes]
    for section in sections("00", *codes).values():
        words = [str(fact) for key, fact in section.facts.items() if not key.endswith(TOLD)]
        for table in section.tables.values():
            words += [cell for cells in table.cells().values() for cell in cells]
        assert [name for name in silent if any(name in each for each in words)] == []


def test_the_only_one_is_neither_first_nor_last() -> None:
    made = sections("00", ONE)
    assert not made["scenarios"].facts["lowest_compared"].value
    assert not made["investment"].facts["has_lowest"].value
    assert not made["investment"].facts["has_department_reporters"].value
    assert not made["investment"].facts["has_priority_ratio"].value
    assert not made["training"].facts["reach_known"].value
    assert not made["training"].facts["concentration_known"].value
    assert (made["scenarios"].tables["types"].data["sin_escenario"] == 0).all()
    own = sections(ONE, ONE)
    assert not own["investment"].facts["has_department_reporters"].value


def test_of_two_that_reported_the_ranks_are_of_two() -> None:
    made = sections("00", ONE, OTHER)
    money = made["investment"]
    assert money.facts["has_lowest"].value
    by_place = money.tables["municipalities"].data.set_index("nombre")["por_persona"]
    assert money.facts["lowest_names"].value == [by_place.idxmin()]
    assert money.facts["department_reporters"].value == 2
    own = {code: sections(code, ONE, OTHER)["investment"] for code in (ONE, OTHER)}
    assert all(section.facts["has_department_reporters"].value for section in own.values())
    # The money of both over the people of both, from each one's own report.
    paid = sum(section.facts["total"].value for section in own.values())
    people = sum(section.facts["vulnerable"].value for section in own.values())
    assert money.facts["per_vulnerable"].value == pytest.approx(paid / people)
    assert money.facts["vulnerable"].value == pytest.approx(people)


def test_each_section_says_who_stands_behind_it() -> None:
    made = sections("00", ONE)
    name = NAMES[ONE]
    for section, key in (
        ("scenarios", "by"), ("readings", "by"), ("training", "by"), ("investment", "by"),
        ("governance", "by"), ("services", "offer_by"), ("services", "people_by"),
        ("services", "routes_by"), ("outreach", "days_by"), ("outreach", "people_by"),
        ("convening", "actors_by"), ("convening", "rated_by"), ("delivery", "by"),
    ):  # fmt: skip
        assert made[section].facts[key].value == f"1 de 12 municipios, {name}", (section, key)


def test_the_state_of_a_key_says_whose_forms_it_shows() -> None:
    facts = sections("00", ONE)["delivery"].facts
    for key in delivery.KEY_FORMS:
        assert facts[f"key_{key}_by"].value == f"1 de 12 municipios, {NAMES[ONE]}"
        assert facts[f"key_{key}_partial"].value
    own = sections(ONE, ONE)["delivery"].facts
    assert own["by"].value == "el municipio"
    assert not own["partial"].value


def test_all_that_reported_something_did_not_report_everything() -> None:
    """Palma & Roble delivered the fewest of the twelve of the example, whose tables are counted."""
    place = make_context(world(), "00", names=NAMES)
    forms = place.params.forms.order
    made = {
        code: sum(code in set(delivery.placed(place.data, name)["municipio"]) for name in forms)
        for code in NAMES
    }
    facts = delivery.delivery(place).facts
    assert facts["uneven"].value and str(facts["fewest_names"]) == "Palma & Roble"
    least, most = facts["fewest"].value, facts["most"].value
    assert least == min(made.values()) == made[truth.UNCLASSIFIABLE]
    assert most == max(made.values()) > least


def test_the_matrix_has_who_reported_what() -> None:
    context = seen("00", ONE, OTHER, "00")
    section = delivery.delivery(context)
    matrix = section.tables["matrix"].data
    assert matrix["municipio"].tolist() == ["00", ONE, OTHER]
    for form in context.params.forms.order:
        codes = set(delivery.placed(context.data, form)["municipio"])
        assert [cell == "•" for cell in matrix[form]] == [c in codes for c in matrix["municipio"]]
    forms = section.tables["forms"].data.set_index("form")
    assert forms["municipalities"].to_dict() == {
        form: int((matrix.loc[matrix["municipio"] != "00", form] == "•").sum())
        for form in context.params.forms.order
    }
    assert section.facts["by"].value == (
        f"el departamento y 2 de 12 municipios, {NAMES[ONE]} y {NAMES[OTHER]}"
    )


@pytest.mark.parametrize(
    ("codes", "names", "said"),
    [
        (["73001"], ["73001"], "su único municipio"),
        (["73001", "73002"], ["73001", "73002"], "los 2 municipios"),
        (["73001", "73002"], ["73001"], "1 de 2 municipios, Uno"),
        (["73001", "73002"], ["73"], "solo el departamento"),
        (["73001", "73002"], ["73", "73002"], "el departamento y 1 de 2 municipios, Dos"),
        ([f"73{n:03}" for n in range(1, 21)], [f"73{n:03}" for n in range(2, 21)],
         "19 de 20 municipios, todos menos Uno"),
        ([f"73{n:03}" for n in range(1, 21)], [f"73{n:03}" for n in range(8, 21)],
         "13 de 20 municipios"),
        (["73001"], [], None),
    ],
)  # fmt: skip
def test_who_reported_in_words(codes: list[str], names: list[str], said: str | None) -> None:
    called = dict.fromkeys(codes, "Otro") | {"73001": "Uno", "73002": "Dos"}
    context = make_context({}, "73", names={code: called[code] for code in codes})
    assert delivery.of(names, context).by(context) == said


def test_people_of_a_place_without_attentions_are_not_called_unattended() -> None:
    attended = left(ONE, OTHER)["atenciones"]
    attended = attended[attended["municipio"] == ONE].reset_index(drop=True)
    both = left(ONE, OTHER) | {"atenciones": attended}
    context = make_context(both, "00", names=NAMES)
    made = (services(context), outreach(context, Section("priority")))
    for section, key in zip(made, ("undercoverage", "reached_share"), strict=True):
        mine, alone = section.facts[key], sections(ONE, ONE)[section.name].facts[key]
        assert mine.value == pytest.approx(alone.value)


def test_without_days_reported_no_place_is_called_unvisited() -> None:
    held = left(ONE, OTHER)
    days = held["jornadas"]
    cut = held | {"jornadas": days[days["municipio"] == ONE].reset_index(drop=True)}
    context = make_context(cut, "00", names=NAMES)
    section = outreach(context, Section("priority"))
    codes = set(section.tables["microterritories"].data.query("days == 0")["municipio"])
    assert codes <= {ONE}
    assert set(section.facts["unvisited"].value) <= set(truth.BY_CODE[ONE].places)
    assert outreach_figures.reached(section, context) is not None


def test_what_is_missing_is_not_what_was_reported() -> None:
    """People and cases reported, without points on a map and without the steps of the routes."""
    held = {
        name: table
        for name, table in left(ONE).items()
        if name not in ("jornadas", "escenarios", "rutas")
    }
    context = make_context(held, "00", names=NAMES)
    why = str(outreach(context, Section("priority")).facts["next_why"])
    assert "Escenarios de atención" in why and "Personas" not in why and "Hogares" not in why
    facts = services(context).facts
    assert facts["only_cases"].value
    assert not facts["only_routes"].value and not facts["no_routes"].value
    assert not facts["routes_known"].value
    unasked = {name: table for name, table in held.items() if name != "atenciones"}
    section = outreach(make_context(unasked | {"jornadas": left(ONE)["jornadas"]}, "00",
                                    names=NAMES), Section("priority"))  # fmt: skip
    assert str(section.facts["next_why"]) == "falta la tabla «Atenciones»"


def test_a_department_without_sessions_of_its_own_does_not_count_none() -> None:
    facts = sections("00", ONE)["governance"].facts
    assert not facts["own_known"].value
    assert facts["sessions_council"].missing
    assert "sessions" not in sections("00", ONE)["governance"].tables
    assert sections("00", ONE, "00")["governance"].facts["own_known"].value


def test_the_scope_says_of_what_its_shares_speak() -> None:
    context = make_context(left(*NAMES), "00", names=NAMES)
    spoken = readings(context)
    made = scope(
        context, ranked("00"), population(context), scenarios(context), rights(context), spoken
    )
    told = made.tables["certainty"].data
    evidence_ = told.loc[told["componente"] == "Derechos", "evidencia"]
    several = len(truth.PRIORITY)
    assert evidence_.str.startswith(f"En los {several} municipios prioritarios, ").all()
    votes = left(*NAMES)["lecturas"]
    votes = votes[votes["municipio"].isin(truth.PRIORITY)]
    share = votes.groupby("categoria_derecho")["votos"].sum() / votes["votos"].sum()
    assert f"{100 * share['desarrollo']:.0f}\N{NO-BREAK SPACE}% de los votos" in evidence_.iloc[1]


def test_figures_are_drawn_for_one_that_reported() -> None:
    context, made = seen("00", ONE), sections("00", ONE)
    for draw, name in (
        (scenarios_figures.coverage, "scenarios"),
        (investment_figures.per_vulnerable, "investment"),
        (outreach_figures.reached, "outreach"),
    ):
        figure = draw(made[name], context).figure
        words = [text.get_text() for axis in figure.axes for text in axis.texts]
        assert not any("departamento:" in word for word in words)


def test_a_commitment_of_nobody_is_no_delivery() -> None:
    held = rows("compromisos")
    context = make_context({"compromisos": held}, "73", names={"73001": "Uno"})
    section = delivery.delivery(context)
    assert not section.facts["any"].value
    # Nobody is named where nobody reported.
    assert section.facts["by"].missing
    assert not any(fact.value for key, fact in section.facts.items() if key.endswith("partial"))
    assert not section.tables
    assert tables.schema("compromisos").purpose
