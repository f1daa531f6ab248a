"""Proposals by declared rules, and decisions that carry their evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import context, rows
from builders import known_noise, make_context, people_of
from example_department import truth

from gsi.analysis.comprehension.priority import priority
from gsi.analysis.comprehension.priority_index import matrix
from gsi.analysis.comprehension.readings import readings
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.context import Context
from gsi.analysis.delivery import delivery
from gsi.analysis.keys.governance import governance
from gsi.analysis.keys.information import information
from gsi.analysis.keys.training import training
from gsi.analysis.plan.alike import alike
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.plan.catalogue import measures
from gsi.analysis.plan.change import change
from gsi.analysis.plan.form import proposed
from gsi.analysis.plan.monitor import monitor
from gsi.analysis.plan.propose import propose
from gsi.analysis.quality import criteria
from gsi.analysis.results import Section, Table, count, flag, percent, text
from gsi.contract.params.indicators import TRANSVERSAL
from gsi.contract.params.measures import facts_of
from gsi.ground.kept import Kept
from gsi.inputs.indicators import CALCULATED, noise


def reported(indicator: str, year: int, value: float, place: str, **more: object) -> dict:
    return {
        "municipio": place, "indicador": indicator, "periodo": year, "valor": value,
        "area": "total", "fuente": "f", "serie": "s",
    } | more  # fmt: skip


def place(*records: dict, moves: pd.DataFrame | None = None, **overrides: object) -> Context:
    noise = {} if moves is None else {"ruido": moves, "poblacion": people_of(m73067=20_000)}
    return make_context(
        {"indicadores": rows("indicadores", *records), **noise},
        "73067",
        names={"73067": "Ataco"},
        overrides={f"plan.proposal.{key}": value for key, value in overrides.items()},
    )


FORMS = Section("quality", {"forms_missing": count(16), "forms_total": count(16)})


def test_target_closes_the_declared_part_of_the_gap() -> None:
    where = place(
        reported("sin_agua", 2018, 58.0, "73067"),
        reported("sin_agua", 2018, 14.0, "73"),
        reported("sin_agua", 2018, 12.0, "CO"),
    )
    (row,) = propose(where, {}).tables["actions"].data.to_dict("records")
    assert row["measure"] == "agua" and row["baseline"] == 58 and row["year"] == 2018
    assert row["target"] == pytest.approx(58 - 0.5 * (58 - 14))  # the department, not the country
    assert row["kind"] == "reduccion" and row["target_year"] == 2027
    assert (row["key"], row["sector"], row["product_unit"]) == (3, "Agua potable", "hogares")


def test_no_gap_no_proposal() -> None:
    better = place(
        reported("bajo_peso", 2018, 5.0, "73067"), reported("bajo_peso", 2018, 9.0, "73")
    )
    assert "actions" not in propose(better, {}).tables
    # A gap smaller than the interval is not a gap anybody could see closed.
    unsure = place(
        reported("pisos", 2018, 12.0, "73067", inferior=6.0, superior=18.0),
        reported("pisos", 2018, 9.0, "73"),
    )
    assert not propose(unsure, {}).facts["any"].value


def test_a_worsened_indicator_goes_first() -> None:
    rows_ = [
        reported("sin_agua", 2018, 20.0, "73067"), reported("sin_agua", 2018, 10.0, "73"),
        reported("desercion", 2018, 3.0, "73067"), reported("desercion", 2024, 7.0, "73067"),
        reported("desercion", 2024, 4.0, "73"),
    ]  # fmt: skip
    still = dict.fromkeys(range(2018, 2025), 4.0)
    moves = pd.concat(
        [
            known_noise("desercion", "s", still, dispersion=4.0),
            known_noise("sin_agua", "s", {2018: 10.0}, dispersion=10.0),
        ]
    )
    where = place(*rows_, moves=moves)
    alone = list(propose(where, {}).tables["actions"].data["measure"])
    assert alone == ["agua", "permanencia"]  # 10/10 deviations against 3/4
    with_change = propose(where, {"change": change(where)}).tables["actions"].data
    assert list(with_change["measure"]) == ["agua", "permanencia"]
    assert "empeoró" in with_change["evidence"].iloc[1]
    heavier = place(*rows_, moves=moves, worsened_bonus=0.5)
    again = propose(heavier, {"change": change(heavier)}).tables["actions"].data
    assert list(again["measure"]) == ["permanencia", "agua"]


def test_facts_of_the_keys_propose_and_silence_proposes_nothing() -> None:
    where = place(reported("pisos", 2018, 1.0, "73067"))
    late = Section("training", {"municipalities_share": percent(60), "completion": percent(95),
                                "courses": count(3)})  # fmt: skip
    chosen = propose(where, {"training": late}).tables["actions"].data
    assert list(chosen["measure"]) == ["formacion_municipios"]
    assert chosen["baseline"].iloc[0] == 60 and chosen["target"].iloc[0] == 90
    # What a key says is of all the data up to the cut, not of one year.
    assert chosen["baseline_text"].iloc[0] == "60,0\N{NO-BREAK SPACE}% (corte de 2024)"
    # A key that was not computed is not the same as a key without information.
    assert "actions" not in propose(where, {}).tables
    silent = propose(where, {"training": Section("training")}).tables["actions"].data
    assert list(silent["measure"]) == ["formacion_reporte"]


def test_limits_on_actions_and_objectives() -> None:
    names = ("sin_agua", "excretas", "barreras_salud", "sin_aseguramiento", "pisos", "desercion")
    records = [reported(n, 2018, 30.0, "73067") for n in names]
    records += [reported(n, 2018, 10.0, "73") for n in names]
    chosen = propose(place(*records), {}).tables["actions"].data
    assert chosen["objective"].value_counts().max() == 2
    assert len(propose(place(*records, actions=1), {}).tables["actions"].data) == 1


def test_what_the_limits_leave_out_is_named_in_its_order() -> None:
    # Floors are of every right and take no seat of the two of health.
    names = ("sin_agua", "excretas", "barreras_salud", "pisos")
    records = [reported(n, 2018, 30.0, "73067") for n in names]
    records += [reported(n, 2018, 10.0 + 2 * k, "73") for k, n in enumerate(names)]
    found = propose(place(*records), {})
    facts, actions = found.facts, found.tables["actions"].data
    assert actions["measure"].tolist() == ["agua", "saneamiento", "vivienda"]
    assert facts["left_out"].value == len(names) - len(actions) == 1
    every = propose(place(*records, per_objective=4), {}).tables["actions"].data
    left = every[~every["measure"].isin(actions["measure"])]["action"]
    assert str(facts["left_out_names"]).casefold() == "; ".join(left).casefold()


def test_the_best_of_each_key_is_chosen_whatever_the_seats_of_its_objective() -> None:
    # Two keys say that they fall short, both of one objective with one seat.
    where = place(reported("pisos", 2018, 1.0, "73067"), per_objective=1)
    short = {
        "training": Section("training", {"municipalities_share": percent(100),
                                         "completion": percent(72.6), "courses": count(3)}),
        "governance": Section("governance", {"kept": percent(50), "commitments": count(8)}),
        "convening": Section("convening", {"conditions_met": count(2)}),
    }  # fmt: skip
    found = propose(where, short)
    actions = found.tables["actions"].data
    assert actions["objective"].unique().tolist() == ["todos_participando"]
    # Of key 5 only the first by the order; the other waits for a seat.
    assert sorted(actions["key"]) == [2, 5] and "formacion_termina" in set(actions["measure"])
    assert found.facts["left_out"].value == 1


def test_a_figure_of_one_zone_is_held_against_that_zone_of_the_department() -> None:
    # As published for 2018: of Tolima the three; of Ataco only the urban zone.
    urban = "Solo la zona urbana: de la rural no hay dato."
    own = [
        reported("irca", 2018, 88.5, "73067", nota=urban),
        reported("irca", 2018, 88.5, "73067", area="cabecera"),
    ]
    total = reported("irca", 2018, 26.1, "73")
    zones = [
        reported("irca", 2018, 22.5, "73", area="cabecera"),
        reported("irca", 2018, 72.4, "73", area="rural"),
    ]
    where = place(*own, total, *zones)
    row = baseline(where).tables["indicators"].data.set_index("indicator").loc["irca"]
    assert row["department"] == 22.5
    assert f"{urban} La referencia es la de la misma zona." in row["remark"]
    (action,) = propose(where, {}).tables["actions"].data.to_dict("records")
    assert action["target"] == pytest.approx(88.5 - 0.5 * (88.5 - 22.5))
    assert "el departamento, 22,5 puntos" in action["evidence"]
    assert action["evidence"].endswith(f"{urban} La referencia es la de la misma zona.")
    assert action["why"] == "Departamento: 22,5 puntos (0-100) (zona urbana)."
    two = make_context(
        {"indicadores": rows("indicadores", *own, total, *zones)},
        "73067",
        names={"73067": "Ataco", "73001": "Ibagué"},
    )
    shown = rights(two).tables["indicators"].data.set_index("indicador").loc["irca"]
    assert shown["departamento"] == 22.5 and shown["value_text"] == "88,5 (zona urbana)"
    # Nothing is held against a total of both zones.
    bare = place(*own, total)
    assert np.isnan(baseline(bare).tables["indicators"].data["department"].iloc[0])
    assert "actions" not in propose(bare, {}).tables
    # A figure of the whole is held against the whole.
    whole = place({**own[0], "nota": ""}, total, *zones)
    assert baseline(whole).tables["indicators"].data["department"].iloc[0] == 26.1


def test_to_ask_for_a_report_takes_no_seat_of_what_lags_behind() -> None:
    names = ("sin_agua", "excretas")
    records = [reported(n, 2018, 30.0, "73067") for n in names]
    records += [reported(n, 2018, 10.0, "73") for n in names]
    actions = propose(place(*records), {"outreach": Section("outreach")}).tables["actions"].data
    assert actions["measure"].tolist()[-1] == "jornadas_reporte"
    assert set(actions["measure"]) == {"agua", "saneamiento", "jornadas_reporte"}
    assert actions["objective"].nunique() == 1


@pytest.mark.parametrize(
    ("indicator", "behind", "said", "of_another"),
    [
        ("registro_civil", (70.0, 95.0), "registro civil", "tarjeta"),
        ("tarjeta_identidad", (70.0, 95.0), "tarjeta de identidad", "registro civil"),
        ("sin_aseguramiento", (30.0, 10.0), "Afiliar", "barreras"),
        ("barreras_salud", (30.0, 10.0), "barreras", "Afiliar"),
        ("educacion_inicial", (30.0, 60.0), "educación inicial", "barreras"),
        ("barreras_primera_infancia", (30.0, 10.0), "barreras", "educación inicial"),
        ("pisos", (30.0, 10.0), "pisos", "paredes"),
        ("paredes", (30.0, 10.0), "paredes", "pisos"),
        ("hacinamiento", (30.0, 10.0), "hacinamiento", "pisos"),
        ("sin_agua", (30.0, 10.0), "fuente mejorada", "calidad"),
        ("irca", (30.0, 10.0), "calidad del agua", "fuente mejorada"),
        ("cobertura_neta_media", (30.0, 60.0), "en media", "transición"),
        ("analfabetismo", (30.0, 10.0), "alfabetización", "básica"),
        ("inasistencia", (30.0, 10.0), "no van a la escuela", "dejar"),
    ],
)
def test_an_action_names_what_its_indicator_measures_and_not_another(
    indicator: str, behind: tuple[float, float], said: str, of_another: str
) -> None:
    """'Mejorar pisos, paredes y espacio' was asked where only the floors were behind."""
    own, reference = behind
    where = place(
        reported(indicator, 2018, own, "73067"), reported(indicator, 2018, reference, "73")
    )
    section = propose(where, {})
    (row,) = section.tables["actions"].data.to_dict("records")
    assert row["indicator"] == indicator
    assert said.lower() in row["action"].lower()
    for words in (row["action"], row["product"]):
        assert of_another.lower() not in words.lower()


def test_a_goal_of_what_only_a_census_measures_says_what_is_followed() -> None:
    """A figure of 2018 with a goal for 2027 and nothing to measure it by."""
    for name, once in (("pisos", True), ("bajo_peso", False)):
        where = place(reported(name, 2018, 30.0, "73067"), reported(name, 2018, 10.0, "73"))
        (row,) = propose(where, {}).tables["actions"].data.to_dict("records")
        told = "La fuente solo tiene 2018: hasta que se repita, se sigue el producto."
        assert (told in row["why"]) == once


def test_who_left_school_and_who_lags_in_it_are_not_one_measure() -> None:
    for name, measure in (("reprobacion", "refuerzo"), ("desercion", "permanencia")):
        where = place(reported(name, 2018, 9.0, "73067"), reported(name, 2018, 3.0, "73"))
        assert propose(where, {}).tables["actions"].data["measure"].tolist() == [measure]


@pytest.fixture(scope="module")
def sections() -> dict[str, Section]:
    here = context("00")
    steps = (information, training, governance, baseline, change, monitor, readings, priority)
    return {found.name: found for found in (step(here) for step in steps)}


def test_example_gives_ordered_decisions_with_evidence(sections: dict[str, Section]) -> None:
    section = propose(context("00"), sections)
    decisions = section.tables["decisions"].data
    assert 1 <= len(decisions) <= 5 and list(decisions["order"]) == list(
        range(1, len(decisions) + 1)
    )
    assert decisions["decision"].iloc[0] == "ajustar_plan"
    assert decisions["evidence"].str.len().min() > 20
    joined = " ".join([*decisions["text"], *decisions["evidence"]])
    assert "{" not in joined and "sin dato" not in joined
    overdue = decisions.set_index("decision").loc["compromisos_vencidos", "text"]
    assert str(len(truth.OVERDUE["2024-12-31"])) in overdue


def test_what_resembles_an_action_of_the_plan_is_told_and_not_to_be_added(
    sections: dict[str, Section],
) -> None:
    """Of the example's plan and the catalogue, read side by side: A05 and the food measure, A08 and
    the places to play, A09 and the civil registry, A13 and the prevention of pregnancy."""
    section = propose(context("00"), sections)
    actions = section.tables["actions"].data.set_index("measure")
    read = {"alimentacion": "A05", "recreacion": "A08", "registro_civil": "A09",
            "sexualidad": "A13", "jornadas": "A07", "rutas_articuladas": "", "pisos": "",
            "adultos": "", "saneamiento": "", "peso_al_nacer": "", "salud_materna": ""}  # fmt: skip
    told = {name: actions["alike"][name] for name in read if name in actions.index}
    assert told == {name: read[name] for name in told} and sum(map(bool, told.values())) >= 3
    for row in actions.itertuples():
        assert ("del plan vigente" in row.why) == bool(row.alike)
    assert section.facts["alike"].value == (actions["alike"] != "").sum()
    # Playing grounds are behind the country's, and no test could tell whether by chance.
    assert "no se sabe si es azar" in actions["order_text"]["recreacion"]
    decisions = section.tables["decisions"].data.set_index("decision")
    if "agregar" in decisions.index:
        first = actions[(actions["alike"] == "") & (actions["group"] == "worse")].iloc[0]
        assert first["action"][1:] in decisions.loc["agregar", "text"]


def test_what_words_no_plan_is_told_by_is_a_parameter() -> None:
    """Water and homes are in nearly every plan: who says so finds no resemblance in them."""
    water = next(item for item in measures(Kept()).measures if item.id == "agua")
    plan = pd.DataFrame(
        [
            {"accion": "A01", "clave": 3, "indicador": "Cobertura",
             "descripcion": "Llevar agua a las veredas"}
        ]
    )  # fmt: skip
    settings = place().params.plan.proposal.resemblance
    assert alike(water.of("sin_agua"), plan, settings) == ["A01"]
    without = settings.model_copy(update={"of_all": (*settings.of_all, "agua")})
    assert alike(water.of("sin_agua"), plan, without) == []
    assert alike(water.of("sin_agua"), plan, settings.model_copy(update={"words": 3})) == []


def test_without_an_adopted_plan_the_first_decision_is_to_adopt_one() -> None:
    where = place(
        reported("sin_agua", 2018, 58.0, "73067"),
        reported("sin_agua", 2018, 14, "CO"),
        moves=known_noise("sin_agua", "s", {2018: 14.0}),
    )
    sections = {"plan": monitor(where), "baseline": baseline(where), "quality": FORMS}
    found = propose(where, sections | {"delivery": delivery(where)})
    decisions = found.tables["decisions"].data
    assert decisions["decision"].tolist() == ["adoptar_plan", "peor", "informacion"]
    evidence = decisions.set_index("decision").loc["informacion", "evidence"]
    assert evidence.endswith(
        "con datos de 2018. Formularios de los que no hay ninguna fila: 16 de 16. "
        "Reportaron alguno: nadie."
    )
    # The sector of the measure of water, not a stand-in.
    assert decisions["responsible"].tolist()[1] == "Sector de agua potable"
    assert not found.facts["adopted"].value


def test_an_action_says_why_it_starts_from_an_earlier_year() -> None:
    """Ataco's food insecurity of 2024 has no quality for DANE: the action started from 2022 without
    a word."""
    note = "El DANE la llama sin calidad."
    for later, told in ((None, f"El dato de 2024 de la misma serie no se usa. {note}"), (58.0, "")):
        where = place(
            reported("sin_agua", 2018, 58.0, "73067"),
            reported("sin_agua", 2018, 14, "CO"),
            reported("sin_agua", 2024, later, "73067", nota=note),
            reported("sin_agua", 2024, 14, "CO"),
            moves=known_noise("sin_agua", "s", {2018: 14.0, 2024: 14.0}),
        )
        (why,) = propose(where, {"plan": monitor(where)}).tables["actions"].data["why"]
        assert why.endswith(told) and ("no se usa" in why) == bool(told)


def test_a_decision_waits_for_all_its_facts() -> None:
    where = place(reported("pisos", 2018, 1.0, "73067"))
    partial = Section("governance", {"any_overdue": flag(True), "overdue": count(3)})
    assert "decisions" not in propose(where, {"governance": partial}).tables


def test_templates_name_facts_that_the_steps_give(sections: dict[str, Section]) -> None:
    """A typo in a template would silence its decision for ever."""
    extra = propose(context("00"), sections)
    known = sections | {"proposal": extra}
    for decision in measures(Kept()).decisions:
        paths = [*facts_of(decision.text), *facts_of(decision.evidence)]
        paths += facts_of(decision.responsible)
        paths += [trigger.fact for trigger in decision.when]
        for path in paths:
            section, name = path.split(".")
            if section in known:
                assert name in known[section].facts, path
    for measure in measures(Kept()).measures:
        if measure.when is not None:
            section, name = measure.when.fact.split(".")
            if section in known:
                assert name in known[section].facts, measure.id


# ── in which order ───────────────────────────────────────────────────────────────────────────


# An only municipality is held against the country.


def spread(**sizes: float) -> pd.DataFrame:
    """The noise of indicators at 2018, with the deviation between municipalities of each."""
    parts = [known_noise(name, "s", {2018: 10.0}, dispersion=size) for name, size in sizes.items()]
    return pd.concat(parts)


def test_the_unit_of_distances_is_the_deviation_between_places_by_their_people() -> None:
    towns = [f"730{number:02d}" for number in range(1, 9)]
    values = [3.0, 8.0, 10.0, 12.0, 15.0, 21.0, 34.0, 55.0]
    people = {f"m{town}": 1_000 * (place + 1) for place, town in enumerate(towns)}
    figures = zip(values, towns, strict=True)
    table = rows("indicadores", *[reported("sin_agua", 2018, v, town) for v, town in figures])
    made = noise.estimated(table, people_of(**people), place().catalogue)
    found = noise.spread(made, "CO", noise.DEPARTMENT)
    # Without departments to tell apart, it is that of the municipalities; numpy's, of weights.
    assert found.level == noise.MUNICIPALITY
    expected = np.sqrt(np.cov(values, aweights=list(people.values()), bias=True))
    assert found.sizes == {("sin_agua", "s", 2018): pytest.approx(expected, rel=0.005)}
    few = noise.estimated(table.head(7), people_of(**people), place().catalogue)
    assert not noise.spread(few, "CO", noise.MUNICIPALITY).sizes


def test_the_order_is_the_distance_in_deviations_not_a_ratio_to_the_reference() -> None:
    """Ataco: fertility is twice the country's and first of the catalogue, water four times."""
    where = place(
        reported("fecundidad_15_19", 2018, 107.4, "73067", numerador=90, denominador=838),
        reported("fecundidad_15_19", 2018, 52.6, "CO", numerador=2_900, denominador=55_133),
        reported("sin_agua", 2018, 58.1, "73067"), reported("sin_agua", 2018, 14.1, "CO"),
        reported("trabajo_infantil", 2018, 3.3, "73067"),
        reported("trabajo_infantil", 2018, 1.4, "CO"),
        moves=spread(fecundidad_15_19=25.0, sin_agua=14.0, trabajo_infantil=1.0),
    )  # fmt: skip
    data = propose(where, {}).tables["actions"].data
    assert data["measure"].tolist() == ["agua", "sexualidad", "trabajo_infantil"]
    assert data["distance"].round(2).tolist() == [3.14, 2.19, 1.9]  # 44/14, 54.8/25, 1.9/1
    assert data["order_text"].iloc[0] == "1. Peor que el país: 3,14 desviaciones"


def test_the_other_indicators_of_a_measure_that_are_behind_are_told() -> None:
    """Ataco: 58.1 % of homes without a source against 14.1, beside the water of the tap; the
    measure is proposed for one of both, and the other was in no action and in no list."""
    records = [
        reported("irca", 2018, 60.0, "73067"), reported("irca", 2018, 20.0, "73"),
        reported("sin_agua", 2018, 58.1, "73067"), reported("sin_agua", 2018, 14.1, "73"),
        reported("excretas", 2018, 90.0, "73067"), reported("excretas", 2018, 10.0, "73"),
    ]  # fmt: skip
    moves = spread(irca=5.0, sin_agua=14.0, excretas=5.0)
    found = propose(place(*records, moves=moves), {})
    actions = found.tables["actions"].data.set_index("measure")
    assert actions.loc["agua", "indicator"] == "irca"
    told = "También lo pide «Hogares sin acceso a fuente de agua mejorada»: 58,1 %"
    why = actions.loc["agua", "why"]
    assert f"{told} en 2018; el departamento, 14,1 %" in why
    assert "También" not in actions.loc["saneamiento", "why"]
    # Left out of the table, it is named with the measure.
    few = propose(place(*records, moves=moves, actions=1), {})
    assert few.tables["actions"].data["measure"].tolist() == ["saneamiento"]
    assert str(few.facts["left_out_names"]).endswith(
        "(también por hogares sin acceso a fuente de agua mejorada)"
    )
    # Not behind its reference: it calls for nothing.
    fine = [*records[:2], reported("sin_agua", 2018, 5.0, "73067"), records[3]]
    (action,) = propose(place(*fine), {}).tables["actions"].data.to_dict("records")
    assert "También" not in action["why"]


def test_a_norm_of_zero_goes_after_what_is_worse_and_after_what_may_be() -> None:
    """Bogotá: low weight is its only 'peor'; far from norms that everybody is far from."""
    names = ("excretas", "barreras_salud", "sin_agua")
    records = [
        *(reported(name, 2018, 9.0, "73067") for name in names),
        reported("excretas", 2018, 12.0, "CO"),  # better than the country
        reported("barreras_salud", 2018, 6.0, "CO"), reported("sin_agua", 2018, 7.9, "CO"),
    ]  # fmt: skip
    moves = pd.concat(
        [
            spread(excretas=1.0, barreras_salud=10.0),
            # Years so restless that nothing is told apart from anything.
            known_noise("sin_agua", "s", {2018: 8.0}, dispersion=1.0, entre_anos=4.0),
        ]
    )
    where = place(*records, moves=moves, per_objective=3)
    data = propose(where, {}).tables["actions"].data
    assert data["group"].tolist() == ["worse", "behind", "norm"]
    assert data["indicator"].tolist() == ["barreras_salud", "sin_agua", "excretas"]
    # The norm is 9 deviations away, and yet last; the country stands beside it.
    assert data["why"].iloc[2].startswith("País: 12,0")
    first = propose(where, {}).facts["first_action"].value
    assert str(first).startswith("acercar la atención en salud")


def test_what_is_worse_than_nobody_is_no_decision() -> None:
    better = place(
        reported("barreras_salud", 2018, 4.3, "73067"), reported("barreras_salud", 2018, 5.0, "CO"),
        moves=spread(barreras_salud=2.0),
    )  # fmt: skip
    sections = {"plan": monitor(better), "baseline": baseline(better), "quality": FORMS}
    found = propose(better, sections | {"delivery": delivery(better)})
    assert found.tables["actions"].data["group"].tolist() == ["norm"]
    assert found.tables["decisions"].data["decision"].tolist() == ["adoptar_plan", "informacion"]


def test_the_starting_point_is_final_and_of_the_series_of_the_baseline() -> None:
    def world(*later: dict) -> pd.Series:
        where = place(
            reported("bajo_peso", 2018, 13.5, "73067"), reported("bajo_peso", 2018, 9.0, "CO"),
            *later,
        )  # fmt: skip
        return propose(where, {}).tables["actions"].data.iloc[0]

    def pair_(year: int, series: str) -> list[dict]:
        return [
            reported("bajo_peso", year, value, code, serie=series)
            for value, code in ((16.1, "73067"), (11.0, "CO"))
        ]

    early = next(i.preliminary_years for i in place().catalogue if i.id == "bajo_peso")
    assert early == (2023,)
    for later in (pair_(2022, "otra"), pair_(2023, "s")):
        found = world(*later)
        assert (found["baseline"], found["year"], found["target"]) == (13.5, 2018, 11.25)
    found = world(*pair_(2022, "s"))
    assert (found["baseline"], found["year"]) == (16.1, 2022)


# ── what may be a ground ─────────────────────────────────────────────────────────────────────

TOWNS = {f"730{number:02d}": f"Municipio {number}" for number in range(1, 21)}


def department(*records: dict, **tables: object) -> Context:
    people = people_of(**{f"m{town}": 20_000 for town in TOWNS})
    found = {"indicadores": rows("indicadores", *records), "poblacion": people} | tables
    return make_context(found, "73", names=TOWNS)


def everywhere(indicator: str, value: float, share: float = 1.0, year: int = 2018) -> list[dict]:
    """The figure in ``share`` of the municipalities."""
    towns = list(TOWNS)[: round(share * len(TOWNS))]
    return [reported(indicator, year, value, town) for town in towns]


@pytest.mark.parametrize(("share", "stands"), [(0.25, False), (0.7, False), (0.8, True)])
def test_what_quality_sets_aside_grounds_nothing(share: float, stands: bool) -> None:
    """A figure far worse than the country's, of a few municipalities, planted in a department."""
    planted = [
        reported("analfabetismo", 2018, 60.0, "73"), reported("analfabetismo", 2018, 10.0, "CO"),
        reported("analfabetismo", 2024, 80.0, "73"), reported("analfabetismo", 2024, 10.0, "CO"),
        *everywhere("analfabetismo", 60.0, share),
        reported("sin_agua", 2018, 10.0, "73"), reported("sin_agua", 2018, 10.0, "CO"),
        *everywhere("sin_agua", 10.0),
    ]  # fmt: skip
    where = department(*planted)
    assert ("analfabetismo" not in criteria.set_aside(where)) == stands
    worse = pd.DataFrame(
        {"indicator": ["analfabetismo"], "verdict": ["worsened"], "year_a": [2018],
         "year_b": [2024]}
    )  # fmt: skip
    changed = Section("change", {}, {"indicators": Table(worse, {})})
    sections = {"change": changed, "baseline": baseline(where), "quality": FORMS}
    found = propose(where, sections | {"delivery": delivery(where)})
    actions = found.tables["actions"].data if "actions" in found.tables else pd.DataFrame()
    assert ("analfabetismo" in set(actions.get("indicator", []))) == stands
    assert found.facts["any_worsened"].value == stands
    decisions = found.tables["decisions"].data
    told = " ".join([*decisions["text"], *decisions["evidence"]])
    assert ("analfabetismo" in told) == stands
    # The headline of rights, and the order of municipalities, ask the same gate.
    seen = rights(where)
    assert seen.facts["worse"].value == int(stands)
    assert seen.facts["comparable"].value == 1 + int(stands)
    # The same everywhere here, it has no weight; what is set aside is not even looked at.
    order = matrix(where)
    assert ("analfabetismo" in {item.id for item in [*order.used, *order.constant]}) == stands


def test_a_municipality_is_not_compared_with_a_department_that_few_make() -> None:
    records = [
        reported("irca", 2018, 30.0, "73001"),
        reported("irca", 2018, 10.0, "73", fuente=CALCULATED),
        *everywhere("irca", 30.0, 0.25)[1:],
    ]  # fmt: skip
    tables = {"indicadores": rows("indicadores", *records)}
    town = make_context(tables, "73001", names=TOWNS)
    assert not propose(town, {}).facts["any"].value
    assert rights(town).facts["comparable"].value == 0
    # Its own figure stands beside the country's.
    tables = {"indicadores": rows("indicadores", *records, reported("irca", 2018, 8.0, "CO"))}
    (row,) = (
        propose(make_context(tables, "73001", names=TOWNS), {})
        .tables["actions"]
        .data.to_dict("records")
    )
    assert (row["indicator"], row["why"]) == ("irca", "País: 8 puntos (0-100).")


def test_a_register_of_reports_is_never_to_be_reduced() -> None:
    """Twice the department's rate of registered violence: the target is attention in time."""
    counting = [item.id for item in place().catalogue if item.counts_reporting]
    assert "violencia_intrafamiliar_0_17" in counting
    records = [
        record
        for name in counting
        for record in (
            reported(name, 2023, 400.0, "73067", numerador=40, denominador=10_000),
            reported(name, 2023, 100.0, "73", numerador=900, denominador=900_000),
            reported(name, 2023, 50.0, "CO"),
        )
    ]
    where = place(*records, actions=40, per_objective=40)
    actions = propose(where, {}).tables["actions"].data.set_index("measure")
    assert set(actions["kind"]) == {"capacidad"} and not set(actions["indicator"]) - {""}
    row = actions.loc["violencia"]
    assert row["outcome"] == "Casos de violencia con medida de protección en el plazo"
    assert row["target"] == 100 and np.isnan(row["baseline"]) and row["rule"] == "attention"
    assert "40 en 2023" in row["evidence"] and "puede ser silencio" in row["why"]
    # The route is of sexual and family violence: both registers are named, and no other.
    assert "presunto delito sexual" in row["why"] and "intrafamiliar" in row["why"]
    assert "interpersonal" not in row["why"]
    # Where the route's cases are known, they are the baseline; when all are in time, nothing.
    for late, known in ((35.0, True), (0.0, False)):
        steps = pd.DataFrame(
            {"route": ["violencia_sexual_familiar"] * 2, "share": [99.0, late],
             "label": ["Recepción de la denuncia", "Medida de protección"]}
        )  # fmt: skip
        told = {"services": Section("services", {}, {"late": Table(steps, {})})}
        table = propose(where, told).tables["actions"].data.set_index("measure")
        assert ("violencia" in table.index) == known
        if known:
            assert table.loc["violencia", "baseline"] == 65
            assert "65,0\N{NO-BREAK SPACE}% hasta 2024" in table.loc["violencia", "evidence"]


def test_no_measure_hangs_on_an_indicator_that_cannot_call_for_it() -> None:
    catalogue = {item.id: item for item in place().catalogue}
    for measure in measures(Kept()).measures:
        for name in measure.indicators:
            assert catalogue[name].direction != "none", name
            assert not catalogue[name].counts_reporting, name
            assert catalogue[name].comparable, name
        if measure.attention:
            assert all(catalogue[name].counts_reporting for name in measure.attention.registers)


def test_an_action_is_of_the_objective_of_what_it_moves() -> None:
    """Walls, which the baseline counts with the homes, filled a seat of health: the plan of Vaupés
    had no water for it."""
    catalogue = {item.id: item for item in place().catalogue}
    for measure in measures(Kept()).measures:
        for name in measure.indicators:
            own = catalogue[name].objective
            assert own in (measure.objective, TRANSVERSAL), (measure.id, name)
        if measure.attention:
            own = {catalogue[name].objective for name in measure.attention.registers}
            assert own == {measure.objective}
    names = ("paredes", "sin_aseguramiento", "sin_agua")
    records = [reported(n, 2018, 30.0, "73067") for n in names]
    records += [reported(n, 2018, 10.0 + 2 * k, "73") for k, n in enumerate(names)]
    section = propose(place(*records), {})
    actions = section.tables["actions"].data.set_index("indicator")
    assert set(actions.index) == set(names)
    assert actions["objective"].to_dict() == {n: catalogue[n].objective for n in names}
    labels = actions["objective_label"]
    assert labels["paredes"] == "Pobreza y hogares (de todos los derechos)"
    assert labels["sin_agua"] == "Todos saludables"
    # The form of a plan has no such objective: what is written there is what it contributes to.
    form = proposed(place(*records), section)
    assert set(form["objetivo"]) == {"todos_saludables"}


def test_what_is_compared_with_no_other_place_grounds_no_goal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Deaths counted where they happened: 20.7 in Bogotá against 12.5, a third of them of children
    who lived elsewhere. Whatever a catalogue of measures asks for."""
    lone = {item.id for item in place().catalogue if not item.comparable}
    assert {"mortalidad_ira_5", "mortalidad_infantil"} <= lone
    given = measures(Kept())
    asking = [
        given.measures[0].model_copy(
            update={"id": name, "indicators": (name,), "when": None, "texts": {}, "key": 3}
        )
        for name in (*sorted(lone), "sin_agua")
    ]
    other = given.model_copy(update={"measures": tuple(asking)})
    monkeypatch.setattr("gsi.analysis.plan.candidates.measures", lambda _kept: other)
    where = place(
        *(
            reported(name, 2018, value, code, numerador=value * 10, denominador=100_000.0)
            for name in (*lone, "sin_agua")
            for code, value in (("73067", 60.0), ("73", 12.0), ("CO", 12.0))
        ),
        actions=40,
        per_objective=40,
    )
    found = propose(where, {})
    assert set(found.tables["actions"].data["indicator"]) == {"sin_agua"}
    assert not found.facts["any_left_out"].value


def test_a_goal_that_the_territory_has_already_seen_says_so() -> None:
    """Births of girls of 10 to 14 in Tolima: 3.0 in 2021, the goal 2.7, and 2.3 and 2.1 before."""
    values = {2017: 2.0, 2018: 3.1, 2019: 2.3, 2020: 2.1, 2021: 3.0}

    def why(name: str, values: dict[int, float]) -> str:
        own = [reported(name, year, value, "73067") for year, value in values.items()]
        last = max(values)
        where = place(*own, reported(name, last, 2.4, "73"))
        (row,) = propose(where, {}).tables["actions"].data.to_dict("records")
        assert row["target"] == pytest.approx((values[last] + 2.4) / 2)
        return row["why"]

    assert why("fecundidad_10_14", values).endswith(
        "Ya estuvo en la meta en 2020: 2,1 por mil mujeres."
    )
    never = {year: max(value, 2.8) for year, value in values.items()}
    assert "Ya estuvo" not in why("fecundidad_10_14", never)
    # Nor what stands before a break, which does not compare.
    breaks = {item.id: item.breaks for item in place().catalogue}["repitencia"]
    assert 2022 in breaks
    assert "Ya estuvo" not in why("repitencia", {2020: 3.0, 2021: 3.0, 2022: 5.0})


def test_one_or_two_cases_are_told_as_cases_and_ground_no_target() -> None:
    def world(cases: int) -> Context:
        rate = cases / 800 * 100_000
        return place(
            reported("homicidio_0_17", 2018, rate, "73067", numerador=cases, denominador=800),
            reported("homicidio_0_17", 2018, 2.0, "73", numerador=8, denominador=400_000),
        )

    for cases, words in ((1, "1 caso"), (2, "2 casos")):
        where = world(cases)
        assert not propose(where, {}).facts["any"].value
        row = baseline(where).tables["indicators"].data.iloc[0]
        assert row["value_text"] == words and "uno o dos casos" in row["remark"]
    many = world(9)
    assert propose(many, {}).tables["actions"].data["measure"].tolist() == ["muerte_violenta"]
    assert baseline(many).tables["indicators"].data["value_text"].iloc[0].startswith("1.125,0")


def test_every_target_says_how_it_is_set_and_the_counts_add_up() -> None:
    late = Section("training", {"municipalities_share": percent(60), "completion": percent(95),
                                "courses": count(3)})  # fmt: skip
    where = place(
        reported("sin_agua", 2018, 58.0, "73067"), reported("sin_agua", 2018, 14.0, "73"),
        reported("delito_sexual_0_17", 2023, 90.0, "73067", numerador=9, denominador=10_000),
    )  # fmt: skip
    found = propose(where, {"training": late, "governance": Section("governance")})
    actions = found.tables["actions"].data.set_index("measure")
    assert actions["rule"].to_dict() == {
        "agua": "gap", "violencia": "attention", "formacion_municipios": "key",
        "convocatoria_reporte": "council",
    }  # fmt: skip
    facts = found.facts
    assert [facts[f"{rule}_targets"].value for rule in ("gap", "attention", "key", "council")] == [
        1, 1, 1, 1
    ]  # fmt: skip
    # Only those of a gap close the declared part of it.
    assert actions.loc["agua", "rule_text"] == (
        "cierra 50\N{NO-BREAK SPACE}% de la distancia con el departamento"
    )
    assert actions.loc["agua", "target"] == pytest.approx(58 - 0.5 * (58 - 14))
    assert facts["gap_references"].value == "el departamento, 1"
    # Cases registered in a year are not cases that wait.
    assert "9 en 2023. Son los que se registraron ese año" in actions.loc["violencia", "why"]


def test_a_figure_has_the_verdict_of_the_rights_and_no_second_one() -> None:
    where = place(reported("sin_agua", 2018, 58.0, "73067"), reported("sin_agua", 2018, 14.0, "CO"))

    def group(period: int, state: str) -> str:
        told = pd.DataFrame({"indicador": ["sin_agua"], "periodo": [period], "estado": [state]})
        given = {"rights": Section("rights", {}, {"indicators": Table(told, {})})}
        return (
            propose(where, given).tables["actions"].data.set_index("measure").loc["agua", "group"]
        )

    own = propose(where, {}).tables["actions"].data.set_index("measure").loc["agua", "group"]
    other = {"worse": "sin diferencia clara", "behind": "peor"}[own]
    assert group(2018, other) != own
    assert group(2017, other) == own  # the verdict of another year's figure is not this one's


def test_what_a_key_starts_from_says_who_reported_it() -> None:
    where = place(reported("pisos", 2018, 1.0, "73067"))
    given = {
        "training": Section("training", {"municipalities_share": percent(60),
                                         "completion": percent(95), "courses": count(3)}),
        "delivery": Section("delivery", {"key_2_partial": flag(True),
                                         "key_2_by": text("1 de 47 municipios, Ataco")}),
    }  # fmt: skip
    (row,) = propose(where, given).tables["actions"].data.to_dict("records")
    assert row["why"].endswith("Reportaron: 1 de 47 municipios, Ataco.")


def test_a_target_of_a_norm_names_the_norm_and_is_counted_apart() -> None:
    where = place(
        reported("sin_agua", 2018, 58.0, "73067"), reported("sin_agua", 2018, 14.0, "73"),
        reported("cobertura_neta_media", 2018, 40.0, "73067"),
        reported("cobertura_neta_media", 2018, 38.0, "73"),
        reported("trabajo_infantil", 2018, 1.0, "73067"),
        reported("trabajo_infantil", 2018, 3.0, "73"),
    )  # fmt: skip
    found = propose(where, {})
    actions = found.tables["actions"].data.set_index("measure")
    assert found.facts["gap_references"].value == "el departamento, 1; la meta de una norma, 2"
    for measure, norm in (("cobertura", "ODS 4.1"), ("trabajo_infantil", "ODS 8.7")):
        for column in ("why", "rule_text", "evidence"):
            assert f"eta de una norma, {norm} (Agenda 2030)" in actions.loc[measure, column]
    assert "norma" not in actions.loc["agua", "why"]


def test_the_plan_says_the_state_of_a_key_with_the_word_of_the_baseline() -> None:
    where = place(reported("pisos", 2018, 1.0, "73067"))
    given = {
        "training": Section("training", {"municipalities_share": percent(60),
                                         "completion": percent(95), "courses": count(3)}),
        "keys": Section("keys", {"key_2_state": text("en desarrollo")}),
    }  # fmt: skip
    (row,) = propose(where, given).tables["actions"].data.to_dict("records")
    assert row["why"] == "Se espera al menos 90,0\N{NO-BREAK SPACE}%. Clave 2: en desarrollo."


def test_what_the_plan_already_has_is_not_proposed_again() -> None:
    records = [
        record
        for name in ("sin_agua", "excretas")
        for record in (reported(name, 2018, 58.0, "73067"), reported(name, 2018, 14.0, "CO"))
    ]
    where = place(*records)
    both = propose(where, {})
    rows_ = proposed(where, both)
    assert list(both.tables["actions"].data["measure"]) == ["agua", "saneamiento"]
    # The council adopts what was proposed, with its own words around.
    adopted = rows_.assign(presupuesto=1e6, indicador=rows_["indicador"].str.upper())
    moves = pd.concat([known_noise(name, "s", {2018: 14.0}) for name in ("sin_agua", "excretas")])
    tables = {
        "indicadores": rows("indicadores", *records),
        "ruido": moves,
        "poblacion": people_of(m73067=20_000),
    }
    whole = make_context(tables | {"plan_accion": adopted}, "73067", names={"73067": "Ataco"})
    again = propose(whole, {"plan": monitor(whole)})
    assert not again.facts["any"].value and again.facts["already"].value == 2
    assert "decisions" not in again.tables or "agregar" not in set(
        again.tables["decisions"].data["decision"]
    )
    half = make_context(
        tables | {"plan_accion": adopted.iloc[:1]}, "73067", names={"73067": "Ataco"}
    )
    rest = propose(half, {"plan": monitor(half)})
    assert list(rest.tables["actions"].data["measure"]) == ["saneamiento"]
    assert rest.facts["already"].value == 1
    decisions = rest.tables["decisions"].data
    assert decisions["decision"].tolist() == ["agregar"]
    assert "saneamiento" in decisions["text"].iloc[0]


def test_what_worsened_is_named_with_the_years_of_its_own_data() -> None:
    where = place(reported("sin_agua", 2018, 1.0, "73067"))
    data = pd.DataFrame(
        {"indicator": ["ipm_sae", "desercion"], "verdict": ["worsened", "worsened"],
         "year_a": [2022, 2018], "year_b": [2024, 2023]}
    )  # fmt: skip
    found = propose(where, {"change": Section("change", {}, {"indicators": Table(data, {})})})
    evidence = found.tables["decisions"].data.set_index("decision").loc["empeoro", "evidence"]
    assert "(estimación de área pequeña) (2022 a 2024)" in evidence
    assert "Deserción intraanual (2018 a 2023)" in evidence and "2018 y 2024" not in evidence


def test_a_published_figure_is_not_held_against_a_mean_made_otherwise() -> None:
    """Water of a department as its institute publishes it, beside our mean of municipalities."""

    def world(country_source: str) -> Context:
        return department(
            reported("irca", 2018, 19.9, "73"),
            reported("irca", 2018, 11.1, "CO", fuente=country_source),
            *everywhere("irca", 15.0),
        )

    assert propose(world("ins"), {}).facts["any"].value
    assert not propose(world(CALCULATED), {}).facts["any"].value


def test_a_register_of_many_years_ago_calls_for_nothing() -> None:
    for last, called in ((2023, True), (2013, False)):
        where = place(
            reported("reclutamiento", last, 20.0, "73067", numerador=1, denominador=5_000)
        )
        found = propose(where, {}).facts["any"].value
        assert found == called, last
