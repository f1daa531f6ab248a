"""What the generator of the example planted is what the comprehension phase finds."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import example_department as example
import pandas as pd
import pytest
from builders import make_context, with_noise
from example_department import truth
from matplotlib.collections import LineCollection
from paths import ROOT

from gsi.analysis.comprehension.concept_map import concept_map
from gsi.analysis.comprehension.investment import investment
from gsi.analysis.comprehension.population import population
from gsi.analysis.comprehension.priority import priority
from gsi.analysis.comprehension.readings import AGREE, NOT_SAID, ONLY_ACTORS, readings
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.comprehension.scenarios import scenarios
from gsi.analysis.comprehension.scope import scope
from gsi.analysis.comprehension.states import COMPARED
from gsi.analysis.context import Context
from gsi.analysis.results import Section, Table, names, text
from gsi.contract.params.indicators import TRANSVERSAL, load_catalogue
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS
from gsi.ground import locale
from gsi.inputs import indicators
from gsi.report.figures import concept_map as map_figures
from gsi.report.figures import investment as investment_figures
from gsi.report.figures import population as population_figures
from gsi.report.figures import readings as readings_figures
from gsi.report.figures import rights as rights_figures
from gsi.report.figures import scenarios as scenarios_figures

NAMES = {m.code: m.name for m in truth.MUNICIPALITIES}
TARGETS = ("00", truth.LITTLE_MONEY)


@pytest.fixture(scope="module")
def world() -> dict[str, pd.DataFrame]:
    tables = example.tables()
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml")
    built = indicators.unify(tables["indicadores"], tables["poblacion"], catalogue)[0]
    said = tables["lecturas"].assign(fecha=pd.to_datetime(tables["lecturas"]["fecha"]))
    return with_noise(tables | {"indicadores": built, "lecturas": said})


@pytest.fixture(scope="module")
def sections(world: dict[str, pd.DataFrame]) -> dict[str, dict[str, Section]]:
    return {code: everything(make_context(world, code, names=NAMES)) for code in TARGETS}


def everything(context: Context) -> dict[str, Section]:
    made = {"priority": priority(context)}
    for step in (population, rights, scenarios, readings):
        made[step.__name__] = step(context)
    parts = ("priority", "population", "scenarios", "rights", "readings")
    made["scope"] = scope(context, *(made[name] for name in parts))
    made["investment"] = investment(context, made["priority"])
    made["concept_map"] = concept_map(context, *made.values())
    return made


def test_scope_names_the_planted_territories_and_only_them(sections) -> None:
    facts = sections["00"]["scope"].facts
    named = set(facts["territories_likely"].value)
    assert named == {truth.BY_CODE[code].name for code in truth.PRIORITY}
    assert facts["several_likely"].value
    assert "desarrollo (muy probable)" in facts["rights_written"].value


def test_a_right_without_any_data_is_not_among_the_priorities(world) -> None:
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml")
    citizen = {item.id for item in catalogue if item.right == "ciudadania"}
    rows = world["indicadores"]
    fewer = world | {"indicadores": rows[~rows["indicador"].isin(citizen)]}
    context = make_context(fewer, "00", names=NAMES)
    nothing = Section("nothing")
    parts = (priority(context), population(context), nothing, rights(context), nothing)
    facts = scope(context, *parts).facts
    assert "ciudadanía" not in str(facts["rights_written"]) and facts["any_right"].value
    assert facts["rights_no_data"].value == ["ciudadanía"]
    assert facts["families"].value == "probable"


def test_population_groups_add_up_to_the_table(sections, world) -> None:
    facts = sections["00"]["population"].facts
    rows = world["poblacion"].query("periodo == 2018 and area == 'total'")
    assert facts["total"].value == rows["personas"].sum()
    assert facts["ninez"].value == rows.query("edad <= 17")["personas"].sum()
    thirds = sum(facts[key].value for key in ("primera_infancia", "infancia", "adolescencia"))
    assert thirds == facts["ninez"].value
    pyramid = sections["00"]["population"].tables["pyramid"].data
    assert pyramid.query("periodo == 2018")[["hombre", "mujer"]].sum().sum() == facts["total"].value


def test_readings_agree_where_planted(sections) -> None:
    table = sections["00"]["readings"].tables["comparison"].data.set_index(["municipio", "derecho"])
    for code in truth.PRIORITY:
        assert table.loc[(code, truth.READING_AGREES), "lectura"] == AGREE
    assert table.loc[truth.READING_ONLY_ACTORS, "lectura"] == ONLY_ACTORS


def test_an_objective_nobody_speaks_of_is_found_in_the_data(sections) -> None:
    table = sections["00"]["readings"].tables["objectives"].data
    assert (table["lectura"] == NOT_SAID).all()
    assert truth.READING_ONLY_DATA in set(zip(table["municipio"], table["objetivo"], strict=True))


def test_the_planted_lack_of_places_is_the_lowest_rate(sections) -> None:
    code, kind = truth.SCENARIO_DEFICIT
    rows = sections["00"]["scenarios"].tables["coverage"].data
    rows = rows[rows["tipo"] == kind]
    assert rows.loc[rows["tasa"].idxmin(), "municipio"] == code


def test_money_does_not_follow_need_and_the_overlap_is_found(sections) -> None:
    section = sections["00"]["investment"]
    assert section.facts["lowest_names"].value == [truth.BY_CODE[truth.LITTLE_MONEY].name]
    assert section.facts["ratio_priority"].value < 1
    # The people said are those the money said is divided by.
    facts = section.facts
    assert facts["vulnerable"].value * facts["per_vulnerable"].value == pytest.approx(
        facts["total"].value - facts["department_lines"].value
    )
    overlaps = section.tables["overlaps"].data
    keys = ["municipio", "poblacion", "categoria_derecho"]
    assert overlaps[keys].to_numpy().tolist() == [list(truth.OVERLAP)]
    assert overlaps["cuantas"].tolist() == [3]


def test_the_twelve_objectives_have_a_row_and_absent_ones_are_named(sections) -> None:
    section = sections["00"]["rights"]
    table = section.tables["objectives"].data
    # The last row is of living conditions, which belong to no single right.
    assert table["objetivo"].tolist() == [*OBJECTIVES, "transversal"]
    empty = table.loc[table["con_dato"] == 0, "etiqueta"].tolist()
    assert section.facts["without_data"].value == empty
    assert len(section.gaps) == len(empty)


def test_a_municipality_is_compared_with_its_department(sections) -> None:
    facts = sections[truth.LITTLE_MONEY]["rights"].facts
    assert facts["reference"].value == "Ejemplo"
    assert facts["poverty"].value > facts["poverty_reference"].value
    assert facts["worse"].value > facts["better"].value
    frame = sections[truth.LITTLE_MONEY]["scope"]
    assert frame.facts["own_status"].value == "prioritario"
    places = frame.tables["microterritories"].data["microterritorio"]
    assert sorted(places) == truth.BY_CODE[truth.LITTLE_MONEY].places


def test_no_small_count_of_households_is_published(sections, world) -> None:
    homes = world["hogares"].query("corte == 2018").set_index("hogar")
    people = world["personas"].query("corte == 2018 and edad <= 5")
    counts = homes[homes.index.isin(people["hogar"])]["municipio"].value_counts()
    table = sections["00"]["population"].tables["families"].data.set_index("municipio")
    size = homes["municipio"].value_counts()
    for code, number in counts.items():
        shown = pd.notna(table.loc[code, "primera_infancia_parte"])
        risky = 0 < number < 10 or 0 < size[code] - number < 10
        assert not (shown and risky)


def test_sections_can_be_saved_and_hold_no_person(sections, tmp_path, world) -> None:
    identifiers = set(world["personas"]["persona"]) | set(world["hogares"]["hogar"])
    speakers = set(world["lecturas"]["actor"])
    for made in sections.values():
        for section in made.values():
            for path in section.save(tmp_path):
                if path.suffix == ".json":
                    text = path.read_text(encoding="utf-8")
                    assert not any(name in text for name in speakers)
            assert Section.load(tmp_path, section.name).facts.keys() == section.facts.keys()
            for table in section.tables.values():
                strings = table.data.select_dtypes(["str", "object"]).astype(str)
                values = set(strings.to_numpy().ravel().tolist())
                assert not values & identifiers
                if section.name == "readings":
                    assert not values & speakers


def test_the_map_leads_from_territories_to_products(sections) -> None:
    for made in sections.values():
        edges = made["concept_map"].tables["edges"].data
        nodes = made["concept_map"].tables["nodes"].data
        assert set(nodes.loc[nodes["column"] == "Derechos", "id"]) == set(RIGHTS)
        reached = set(nodes.loc[nodes["column"] == "Territorios", "id"])
        for _ in range(4):
            reached |= set(edges.loc[edges["from"].isin(reached), "to"])
        assert "linea_base" in reached


@pytest.mark.parametrize("code", TARGETS)
def test_figures_are_drawn_the_same_twice(sections, world, code) -> None:
    context = make_context(world, code, names=NAMES)
    made = sections[code]
    for draw, section in (
        (population_figures.pyramid, made["population"]),
        (population_figures.groups, made["population"]),
        (rights_figures.distances, made["rights"]),
        (scenarios_figures.coverage, made["scenarios"]),
        (readings_figures.comparison, made["readings"]),
        (investment_figures.per_vulnerable, made["investment"]),
        (map_figures.draw, made["concept_map"]),
    ):
        first, second = draw(section, context), draw(section, context)
        assert shape(first.figure) == shape(second.figure)
        assert first.facts == second.facts


def test_each_row_of_the_rights_figure_has_the_line_of_its_years(sections, world) -> None:
    section = sections["00"]["rights"]
    figure = rights_figures.distances(section, make_context(world, "00", names=NAMES)).figure
    # A line joins only years that compare: coverage of 2020 and 2021 is of another population.
    shown = section.tables["series"].data
    shown = shown[shown["indicador"].isin(rights_figures.drawn(section)["indicador"])]
    years = shown.groupby(["indicador", "tramo"])["periodo"].nunique()
    drawn = [
        len(line)
        for axis in figure.axes
        for lines in axis.collections
        if not axis.axison and isinstance(lines, LineCollection)
        for line in lines.get_segments()
    ]
    assert drawn
    assert sorted(drawn) == sorted(years[years > 1])
    words = " ".join(text.get_text() for axis in figure.axes for text in axis.texts)
    rows = section.tables["indicators"].data
    worst = rows.loc[rows["gravedad"].idxmax()]
    assert locale.number(worst["valor"], 1) in words


def test_a_distance_beyond_the_axis_is_marked_with_its_value(sections, world) -> None:
    """Half of Ataco's rows ended at the same edge, +454 % among them."""
    section = sections["00"]["rights"]
    table = section.tables["indicators"]
    known = table.data["gravedad"].notna() & table.data["estado"].isin(COMPARED)
    first, second = table.data.index[known][:2]
    data = table.data.assign(gravedad=table.data["gravedad"].clip(-0.9, 0.9))
    data.loc[[first, second], "gravedad"] = [4.54, -1.2]
    far = replace(section, tables=dict(section.tables) | {"indicators": Table(data, table.columns)})
    figure = rights_figures.distances(far, make_context(world, "00", names=NAMES)).figure
    words = [text.get_text() for axis in figure.axes for text in axis.texts]
    nbsp = "\N{NO-BREAK SPACE}"
    marked = {word for word in words if "→" in word or "←" in word}
    assert marked == {f"← −120{nbsp}%", f"+454{nbsp}% →"}


def test_the_table_of_objectives_adds_up_to_what_the_headline_counts(sections) -> None:
    """Living conditions are of no single right, and were left out without a note."""
    for code in TARGETS:
        section = sections[code]["rights"]
        table = section.tables["objectives"].data
        for column, fact in (("con_dato", "indicators"), ("comparables", "comparable"),
                             ("peor", "worse"), ("mejor", "better")):  # fmt: skip
            assert table[column].sum() == section.facts[fact].value


def test_the_life_course_counts_what_it_names(sections) -> None:
    section = sections["00"]["rights"]
    states = section.tables["indicators"].data
    table = section.tables["life_course"].data.set_index("grupo")
    compared = states[states["estado"].isin(["peor", "mejor", "sin diferencia clara"])]
    for right in RIGHTS:
        assert table[f"{right}_comparados"].sum() == (compared["derecho"] == right).sum()
        rows = compared[(compared["derecho"] == right) & (compared["estado"] == "peor")]
        assert table[f"{right}_peores"].sum() == len(rows)
        for group, part in rows.groupby("grupo"):
            name = part.sort_values("gravedad")["nombre"].iloc[-1]
            assert table.loc[group, right].startswith(f"{name} (peor en {len(part)} de ")


def test_population_ahead_has_the_weight_of_its_parts(sections) -> None:
    facts = sections["00"]["population"].facts
    assert (facts["horizon_year"].value, facts["horizon_own"].value) == (2030, True)
    parts = [
        facts[f"{key}_horizon"].value for key in ("primera_infancia", "infancia", "adolescencia")
    ]
    assert sum(parts) == pytest.approx(facts["ninez_horizon"].value)
    share = facts["ninez_horizon_share"].value
    assert 0 < share < facts["ninez_share"].value + 5


def shape(figure) -> str:
    """Everything written in the figure, and how much is drawn, in order."""
    figure.draw_without_rendering()
    axes = figure.get_axes()
    words = [text.get_text() for axis in axes for text in axis.texts]
    drawn = [len(axis.get_children()) for axis in axes]
    assert sum(drawn) > 10
    return json.dumps([words, drawn, figure.get_size_inches().tolist()])


def test_nothing_reported_is_a_named_gap_each(world) -> None:
    context = make_context({}, "00", names=NAMES)
    made = everything(context)
    for name, table in (
        ("population", "poblacion"),
        ("rights", "indicadores"),
        ("scenarios", "escenarios"),
        ("readings", "lecturas"),
        ("investment", "inversion"),
    ):
        assert not made[name].available
        assert table in [gap.table for gap in made[name].gaps]
    assert made["scope"].facts["has_likely"].value is False
    assert made["scope"].facts["any_right"].value is False
    assert made["scope"].facts["families"].value == "por confirmar"
    assert map_figures.draw(made["concept_map"], context).figure.get_axes()


def test_the_map_calls_places_what_they_are() -> None:
    """Vaupés has areas that are no municipality: a node called them so."""
    asked = Section("scope", {"territories_likely": names(["Pacoa"])})
    areas = {"97001": "municipio", "97511": "área no municipalizada"}
    for kinds, word in ((areas, "Territorios"), ({"97001": "municipio"}, "Municipios")):
        called = dict.fromkeys(kinds, "Mitú")
        there = make_context({}, "97", names=called, kinds=kinds)
        nodes = concept_map(there, asked).tables["nodes"].data.set_index("id")
        assert nodes.loc["territories_likely", "label"] == f"{word} prioritarios"


def test_the_map_says_of_families_what_the_scope_says() -> None:
    """'por confirmar' on page 1 was 'sin dato' in the map."""
    there = make_context({}, "97", names={"97001": "Mitú"})
    asked = Section("scope", {"families": text("por confirmar")})
    row = concept_map(there, asked).tables["nodes"].data.set_index("id").loc["families"]
    assert (row["detail"], row["state"]) == ("por confirmar", "por confirmar")
    assert (
        concept_map(there).tables["nodes"].data.set_index("id").loc["families", "state"]
        == "sin dato"
    )


def test_an_objective_has_the_states_of_its_figures_where_none_is_judged(sections) -> None:
    """Not comparable is what is not compared at all: not what was compared and not judged."""
    section = sections["00"]["rights"]
    states = section.tables["indicators"].data
    objectives = section.tables["objectives"].data.set_index("objetivo")
    undecided = objectives[(objectives["comparables"] == 0) & (objectives["con_dato"] > 0)]
    for name, row in undecided.iterrows():
        own = set(states.loc[states["objetivo"] == name, "estado"])
        assert all(state in row["estado"] for state in own), name
        assert (row["estado"] == "no comparable") == (own == {"no comparable"}), name
    assert objectives.loc["todos_jugando", "estado"] == "no se puede juzgar"
    # Nor is there a most unfavourable one, which is not that nothing is known.
    assert objectives.loc["todos_jugando", "worst_indicator"] == "no se puede decir"
    assert objectives["worst_indicator"].isna().sum() == (objectives["con_dato"] == 0).sum()


def test_the_evidence_of_a_right_and_the_table_of_objectives_count_alike(sections) -> None:
    """Housing is of a right and of no objective: the evidence says how many it adds."""
    made = sections[truth.LITTLE_MONEY]
    table = made["rights"].tables["objectives"].data
    worse = table[table["derecho"] != TRANSVERSAL].groupby("derecho")["peor"].sum()
    rows = made["scope"].tables["certainty"].data
    told = rows[rows["componente"] == "Derechos"].set_index("elemento")["evidencia"]
    seen = 0
    for right, label in RIGHTS.items():
        if found := re.search(r"desfavorables: (\d+)(?:, (\d+) de ellas)?", told[label]):
            seen += 1
            assert int(found[1]) - int(found[2] or 0) == worse[right], label
    assert seen


def test_the_report_says_of_which_edition_its_population_is(sections, world) -> None:
    assert sections["00"]["population"].facts["edition"].missing  # nobody's projection
    real = world["poblacion"].assign(fuente="dane_proyecciones_epico")
    section = population(make_context(world | {"poblacion": real}, "00", names=NAMES))
    assert "anterior a la revisión del 30 de julio de 2025" in str(section.facts["edition"])
    two = real.assign(fuente=real["fuente"].where(real["periodo"] < 2019, "dane_proyecciones_2025"))
    section = population(make_context(world | {"poblacion": two}, "00", names=NAMES))
    assert str(section.facts["edition"]).count("la edición") == 1
    assert str(section.facts["edition"]).startswith("la revisión del 30 de julio de 2025 y la")
