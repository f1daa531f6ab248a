"""What the comparison of municipalities may claim: ties, constants, sources, few cases, lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis.comprehension.test_priority import (
    CATALOGUE,
    FICTIONAL,
    POOR,
    QUICK,
    USED,
    fictional,
    indicadores,
    poblacion,
    world,
)
from builders import make_context
from scipy.stats import poisson

from gsi.analysis.comprehension import priority_index as pi
from gsi.analysis.comprehension import priority_ranking as pr
from gsi.analysis.comprehension.peers import peers
from gsi.analysis.comprehension.population import population
from gsi.analysis.comprehension.priority import priority
from gsi.analysis.comprehension.scope import _seen, scope
from gsi.analysis.context import Context
from gsi.analysis.results import Column, Gap, Section, Table, flag, probability, text
from gsi.measure import robustness as rb
from gsi.report.figures import priority as figures

NOTHING = Section("none")
NOTHING_COMPARED = Section("priority", gaps=[Gap("", "No hay entre cuáles comparar.")])


def framed(context: Context) -> Section:
    return scope(context, priority(context), population(context), NOTHING, NOTHING, NOTHING)


def test_equal_municipalities_share_their_place_and_nobody_is_named_alone() -> None:
    values = fictional(POOR)
    worst = values.loc["00001"] + 8 * np.where([i.direction == "lower" for i in USED], 1, -1)
    for code in ("00001", "00002", "00006"):
        values.loc[code] = worst
    section = priority(world(values))
    ranking = section.tables["ranking"].data.set_index("municipio")
    assert ranking.loc[["00001", "00002", "00006"], "rank"].tolist() == [1, 1, 1]
    assert ranking["rank"].iloc[3] == 4
    assert section.facts["top_names"].value == ["Lugar 1", "Lugar 2", "Lugar 6"]
    assert section.facts["top_shared"].value
    assert not section.facts["top_alone"].value
    # The reference group still has its size, however its members are tied.
    assert ranking["member"].sum() == section.facts["group_size"].value
    own = priority(world(values, "00002")).facts
    assert own["own_rank"].value == 1
    assert own["own_shared"].value


def test_what_is_the_same_everywhere_has_no_weight_and_is_named() -> None:
    values = fictional(POOR)
    values["trabajo_infantil"] = 0.0
    section = priority(world(values))
    facts = section.facts
    name = next(i.name for i in USED if i.id == "trabajo_infantil")
    assert facts["constant_names"].value == [name]
    assert facts["heaviest_name"].value != name
    assert "trabajo_infantil" not in set(section.tables["indicators"].data["indicator"])
    # It separated nobody: the order is that of an index without it.
    without = priority(world(values.drop(columns="trabajo_infantil")))
    columns = ["municipio", "rank", "status"]
    expected = without.tables["ranking"].data[columns]
    pd.testing.assert_frame_equal(section.tables["ranking"].data[columns], expected)


def test_outliers_that_leave_nothing_but_one_value_are_no_indicator() -> None:
    """One case in twenty municipalities is drawn in to the others: then all are the same."""
    values = fictional(POOR)
    values["trabajo_infantil"] = 0.0
    values.loc["00009", "trabajo_infantil"] = 50.0
    facts = priority(world(values)).facts
    assert facts["has_constant"].value
    assert facts["indicators"].value == len(USED) - 1


def test_an_error_that_a_census_shares_is_no_agreement() -> None:
    """Nothing is true; a census that errs by places moves all that is counted in it. Objective by
    objective that looks like agreement in most worlds; source by source in one of twenty."""
    context = world(fictional([]), maps=False)
    settings, base = context.params.priority, pi.matrix(context)
    census = [i.id for i in base.used if i.family == "censo_2018"]
    assert len(census) > 10
    objectives = {i.id: i.objective for i in base.used}
    by_objective, by_source, worlds = 0, 0, 80
    few = settings.agreement.model_copy(update={"permutations": 199})
    settings = settings.model_copy(update={"agreement": few})
    for seed in range(worlds):
        rng = np.random.default_rng([99, seed])
        values = fictional([], seed)[list(base.values.columns)]
        # 15 % of what is counted, the same in all of a place's figures.
        worse = pd.Series({i.id: 1 if i.direction == "lower" else -1 for i in base.used})
        shared = rng.normal(0, 6, len(values))
        values[census] += shared[:, None] * worse[census].to_numpy()
        data = replace(base, values=values)
        scored = pi.rescored(pi.screened(data, settings), settings)
        p, sources = pr._agreement(scored, data, settings, rng)
        by_source += p <= settings.agreement.alpha
        leaves = scored.values[census]
        blocks = leaves.T.groupby(pd.Series(objectives)[census]).mean().T
        by_objective += rb.agreement(blocks, 199, rng) <= settings.agreement.alpha
    assert sources >= 3
    assert by_objective / worlds > 0.6
    # Binomial(80, 0.05): mean 4, P(> 11) = 0.0006
    assert by_source <= 11


def test_what_one_register_gives_is_one_source() -> None:
    """Coverage and dropout are columns of one file of MEN; the small-area estimates are made with
    the census; rates of births, low weight and deaths are of the vital statistics."""
    settings = world(fictional(POOR)).params.priority.agreement
    witness = {i.id: settings.witness(i.family) for i in CATALOGUE}
    for one in CATALOGUE:
        for other in CATALOGUE:
            if one.source == other.source or set(one.preference) & set(other.preference):
                assert witness[one.id] == witness[other.id], (one.id, other.id)
    assert witness["cobertura_neta_media"] == witness["desercion"] == witness["reprobacion"]
    assert witness["ipm_censo"] == witness["inseguridad_alimentaria"] == witness["nbi"]
    assert witness["fecundidad_15_19"] == witness["bajo_peso"] == witness["mortalidad_eda_5"]
    assert len({witness[i] for i in ("ipm_censo", "desercion", "bajo_peso", "irca")}) == 4

    everything = fictional(POOR)
    assert priority(world(everything)).facts["sources"].value == 3
    births = [i.id for i in USED if i.observed == "births"]
    assert priority(world(everything.drop(columns=births))).facts["sources"].value == 2


def test_one_source_alone_calls_nobody() -> None:
    census = [i.id for i in USED if i.family == "censo_2018"]
    section = priority(world(fictional(POOR)[census]))
    assert section.facts["one_source"].value
    assert not section.facts["agree"].value
    assert section.facts["priority_names"].missing
    # They are still the ones to look at first.
    assert set(section.facts["to_confirm_names"].value) >= {"Lugar 1", "Lugar 2"}


def test_the_indicator_that_decides_is_named() -> None:
    """The poor of this world are poor in child labour alone, which weighs a quarter."""
    values = fictional([])
    values.loc[POOR, "trabajo_infantil"] += 55
    section = priority(world(values))
    facts = section.facts
    assert facts["depends"].value
    assert facts["depends_on"].value == "Hogares con trabajo infantil"
    assert facts["depends_weight"].value == pytest.approx(25, abs=0.1)
    ranking = section.tables["ranking"].data
    reach = set(ranking.loc[ranking["probability"] >= 80, "name"])
    assert facts["reach_count"].value == len(reach)
    assert set(facts["depends_names"].value) <= reach
    # An index that never had it calls other places.
    without = priority(world(values.drop(columns="trabajo_infantil"))).tables["ranking"].data
    still = set(without.loc[without["probability"] >= 80, "name"]) & reach
    assert len(facts["depends_names"].value) >= len(reach) - len(still) - 1
    table = section.tables["without_each"].data
    assert (table["kept"] + table["lost"] == len(reach)).all()
    assert len(table) == facts["indicators"].value
    assert facts["free_kept"].value <= len(reach)


def test_a_rate_of_few_births_is_helped_and_the_counts_stay() -> None:
    values = fictional(POOR)
    births = pd.Series(np.linspace(40, 78, 20).round(), values.index) * 20
    women = pd.Series(20_000.0, values.index)
    women["00009"], births["00009"] = 20.0, 4.0  # 200 per thousand, of four births
    values["fecundidad_15_19"] = 1000 * births / women
    rows = indicadores(values)
    made = rows["indicador"] == "fecundidad_15_19"
    rows.loc[made, "numerador"] = rows.loc[made, "municipio"].map(births)
    rows.loc[made, "denominador"] = rows.loc[made, "municipio"].map(women)
    before = rows.copy()
    context = make_context({"indicadores": rows}, "00", names=FICTIONAL, overrides=QUICK)
    data = pi.matrix(context)
    used = data.values["fecundidad_15_19"]
    assert values["fecundidad_15_19"].idxmax() == "00009"
    assert used.idxmax() != "00009"
    assert abs(used["00009"] - 1000 * births.sum() / women.sum()) < 15
    # Four births say little: the truth may well be that of the others.
    assert poisson.sf(3, 20 * used["00009"] / 1000) > 0.025
    others = used.drop("00009")
    assert others.to_numpy() == pytest.approx(
        values["fecundidad_15_19"].drop("00009").to_numpy(), rel=0.05
    )
    section = priority(context)
    assert section.facts["smoothed_names"].value == [
        next(i.name for i in CATALOGUE if i.id == "fecundidad_15_19")
    ]
    shown = section.tables["smoothed"].data
    assert shown["municipio"].iloc[0] == "00009"
    assert shown["raw"].iloc[0] == pytest.approx(200)
    assert shown["own"].iloc[0] < 20
    assert len(section.tables["rates"].data) == 20
    own = replace(context, territory=world(values, "00009").territory)
    assert priority(own).tables["smoothed"].data["municipio"].tolist() == ["00009"]
    pd.testing.assert_frame_equal(rows, before)


def test_what_follows_a_list_is_counted_in_the_list() -> None:
    most = {"comprehension.scope.named_municipalities": 2}
    context = world(fictional(POOR), **most)
    section = framed(context)
    facts = section.facts
    assert len(facts["likely_named"].value) == 2
    assert facts["has_likely_more"].value
    assert facts["likely_more"].value == len(POOR) - 2
    # However many are written, the list is of all of them, and so is what is counted.
    named = facts["territories_likely"].value
    assert set(named) == {FICTIONAL[code] for code in POOR}
    assert facts["territories_counted"].value == len(POOR)
    people = poblacion()
    inside = people[people["municipio"].isin(list(POOR))]
    children = inside[inside["edad"] <= 17]["personas"].sum()
    assert facts["children"].value == children
    table = section.tables["territories"].data
    likely = table["status"] == "prioritario"
    assert table.loc[likely, "children"].sum() == children
    assert set(table.loc[likely, "name"]) == set(named)
    assert table["probability"].is_monotonic_decreasing
    whole = framed(world(fictional(POOR))).facts
    assert whole["children"].value == children
    assert not whole["has_likely_more"].value


def test_the_surest_are_named_first() -> None:
    """Antioquia named Peque (95 %) and left out Tarazá (99,95 %), which the index puts after it."""
    codes = list(FICTIONAL)[:4]
    ranking = pd.DataFrame(
        {
            "municipio": codes, "name": [FICTIONAL[code] for code in codes],
            "status": ["prioritario"] * 3 + ["por confirmar"],
            "probability": [95.0, 99.95, 100.0, 60.0], "poverty": 50.0, "children": 1.0,
            "people": 1.0,
        }
    )  # fmt: skip
    context = world(fictional(POOR), **{"comprehension.scope.named_municipalities": 2})
    who = Section("priority", {}, {"ranking": Table(ranking, {"name": Column("Municipio")})})
    made = scope(context, who, population(context), NOTHING, NOTHING, NOTHING)
    order = [FICTIONAL[codes[place]] for place in (2, 1, 0, 3)]
    assert made.facts["likely_named"].value == order[:2]
    assert made.facts["likely_more"].value == 1
    assert made.facts["confirm_more"].value == 1 and not made.facts["has_confirm_named"].value
    assert made.tables["territories"].data["name"].tolist() == order


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"one_source": flag(False)}, "las fuentes independientes no coinciden"),
        ({"one_source": flag(True)}, "todos los indicadores salen de una sola fuente"),
    ],
)
def test_the_evidence_says_why_who_reaches_the_probability_is_to_be_confirmed(facts, why) -> None:
    """Chocó's six have 91 to 98 %: their evidence was 'probabilidad de 50 % o más'."""
    codes = list(FICTIONAL)[:3]
    ranking = pd.DataFrame(
        {
            "municipio": codes, "name": [FICTIONAL[code] for code in codes],
            "status": ["por confirmar"] * 3, "probability": [98.0, 91.0, 60.0], "poverty": 50.0,
            "children": 1.0, "people": 1.0,
        }
    )  # fmt: skip
    context = world(fictional(POOR))
    who = Section("priority", facts, {"ranking": Table(ranking, {"name": Column("Municipio")})})
    made = scope(context, who, population(context), NOTHING, NOTHING, NOTHING)
    rows = made.tables["certainty"].data
    told = rows[rows["componente"] == "Territorios"].set_index("elemento")["evidencia"]
    nbsp = "\N{NO-BREAK SPACE}"
    both = f"{FICTIONAL[codes[0]]} y {FICTIONAL[codes[1]]}"
    assert told[both] == f"probabilidad de 80{nbsp}% o más, pero {why}"
    last = f"probabilidad de 50{nbsp}% o más y menos de 80{nbsp}%"
    assert told[FICTIONAL[codes[2]]] == last
    # In the municipality's own report too, and only where that is the reason.
    for code, chance in zip(codes, (98.0, 91.0, 60.0), strict=True):
        here = world(fictional(POOR), code)
        own = {"own_status": text("por confirmar"), "own_probability": probability(chance)}
        alone = replace(who, facts=facts | own)
        made = scope(here, alone, population(here), NOTHING, NOTHING, NOTHING)
        first = made.tables["certainty"].data.iloc[0]
        assert first["certeza"] == "por confirmar"
        assert first["evidencia"].endswith(why) == (chance >= 80)


@pytest.mark.parametrize(
    ("states", "word"),
    [
        # As Bogotá: 15 clear differences, none of them unfavourable: nothing points to it.
        (["mejor"] * 15, "no señalado"),
        (["mejor"] * 4 + ["peor"], "por confirmar"),
        (["mejor"] * 2 + ["peor"] * 3, "probable"),
        (["sin diferencia clara"] * 5, "por confirmar"),
    ],
)
def test_a_right_that_nothing_points_to_is_not_to_be_confirmed(states, word) -> None:
    schools = next(i for i in CATALOGUE if i.right == "desarrollo")
    rows = pd.DataFrame({"estado": states})
    rows = rows.assign(indicador=schools.id, derecho="desarrollo", objetivo=schools.objective)
    context = world(fictional(POOR), "00001")
    told = Section("rights", {}, {"indicators": Table(rows, {"estado": Column("Estado")})})
    made = scope(context, NOTHING_COMPARED, population(context), NOTHING, told, NOTHING)
    certainty = made.tables["certainty"].data.set_index("elemento")
    assert certainty.loc["Desarrollo", "certeza"] == word
    assert f"desarrollo ({word})" in made.facts["rights_written"].value


@pytest.mark.parametrize(("size", "word"), [(1, "un solo municipio"), (2, "2 municipios")])
def test_nothing_is_said_of_a_comparison_that_was_not_made(size: int, word: str) -> None:
    names = dict(list(FICTIONAL.items())[:size])
    tables = {
        "indicadores": indicadores(fictional([]).loc[list(names)]),
        "poblacion": poblacion(),
    }
    for territory in ("00", "00001"):
        section = framed(make_context(tables, territory, names=names))
        assert not section.facts["compared"].value
        assert word in section.facts["why_not"].value
        place = section.tables["certainty"].data.iloc[0]
        assert word in place["evidencia"]
        assert place["certeza"] == "no aplica"
        assert "sobresale" not in place["elemento"]
    # Nor is the other one called its like.
    own = make_context(tables, "00001", names=names)
    assert not peers(own, priority(own)).available


def test_many_indicators_of_one_census_are_one_witness() -> None:
    """Nine worse figures of one census against one better of another source: a tie of sources."""
    rows = pd.DataFrame(
        {
            "derecho": "existencia",
            "objetivo": "todos_vivos",
            "estado": ["peor"] * 9 + ["mejor"],
            "indicador": [f"c{n}" for n in range(9)] + ["b"],
        }
    )
    family = {f"c{n}": "censo" for n in range(9)} | {"b": "nacimientos"}
    share, worse, clear, sources, living = _seen(rows, family)["existencia"]
    assert (share, worse, clear, sources, living) == (0.5, 9, 10, 2, 0)


def test_the_figure_has_the_order_of_the_places() -> None:
    context = world(fictional([], seed=5, gap=6.0))
    section = priority(context)
    figure: Any = figures.ranking(section, context).figure
    figure.canvas.draw()
    labels = [text.get_text() for text in figure.axes[0].texts if ". Lugar" in text.get_text()]
    places = [int(label.split(".")[0]) for label in labels]
    assert places == sorted(places)
    assert len(places) == 20
    assert not any(" 100" in label or label.endswith(" 0\N{NO-BREAK SPACE}%") for label in labels)
