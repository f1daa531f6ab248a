"""Key 1: what the generator hid in the households is found, and nothing else is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, rows, world
from builders import make_context
from example_department import World
from example_department.households import panel
from paths import ROOT

from gsi.analysis.comprehension.concept_map import concept_map
from gsi.analysis.comprehension.rights import rights
from gsi.analysis.context import Context
from gsi.analysis.keys import households, publications
from gsi.analysis.keys.information import information
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.results import Section
from gsi.contract import tables
from gsi.ground.errors import UserMistake
from gsi.inputs.indicators import unification, zeros
from gsi.measure import poverty
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Design


@pytest.fixture(scope="module")
def department() -> Context:
    return context("00")


@pytest.fixture(scope="module")
def whole(department: Context) -> Section:
    return information(department)


@pytest.fixture(scope="module")
def measured(department: Context) -> households.Measured:
    return households.measured(department)


@pytest.fixture(scope="module")
def hidden() -> pd.DataFrame:
    """The generator's hidden living condition: one row a household and cut."""
    frame = panel(World()).frame
    long = frame.melt(["hogar"], ["condition_2018", "condition_2024"], "cut", "condition")
    return long.assign(corte=long["cut"].str[-4:].astype(int))


def changed(**tables: pd.DataFrame) -> Context:
    return make_context(world() | tables, "00", names=NAMES)


@pytest.mark.parametrize("cut", [2018, 2024])
def test_the_icv_orders_households_as_the_hidden_condition(
    measured: households.Measured, hidden: pd.DataFrame, cut: int
) -> None:
    index = measured.rows[["hogar", "corte"]].assign(icv=measured.points.sum(axis=1))
    both = index[index["corte"] == cut].merge(hidden, on=["hogar", "corte"])
    assert both["icv"].corr(both["condition"], method="spearman") >= 0.9


def test_the_planted_improvement_is_found(whole: Section) -> None:
    facts = whole.facts
    assert facts["compared"].value and facts["panel"].value
    for name in ("h", "m0", "icv"):
        assert facts[f"{name}_improved"].value, name
    poverty = whole.tables["poverty"].data.set_index("key")
    living = whole.tables["living"].data.set_index("key")
    assert poverty.loc["H", "difference_high"] < 0 < living.loc["total", "difference_low"]
    assert (
        facts["h_baseline_low"].value < facts["h_baseline"].value < facts["h_baseline_high"].value
    )


def test_frozen_scores_find_what_the_condition_was_worth_and_new_ones_do_not(
    department: Context, measured: households.Measured, hidden: pd.DataFrame
) -> None:
    """Services and dwelling follow the condition alone, so that their change can be predicted
    from the baseline: what households that stood at each condition scored then."""
    variables = [
        name
        for name, variable in department.params.plan.living_conditions.variables.items()
        if variable.factor in ("servicios", "vivienda")
    ]
    late = (measured.rows["corte"] == 2024).to_numpy()
    ratios = [measured.living(measured.own & mask, variables) for mask in (~late, late)]
    found = measured.estimate(ratios[1].minus(ratios[0]), 0.95, bounded=False)

    def predicted(points: pd.DataFrame) -> float:
        index = measured.rows[["hogar", "corte", "peso"]].assign(score=points.sum(axis=1))
        both = index.merge(hidden, on=["hogar", "corte"])
        before, after = both[both["corte"] == 2018], both[both["corte"] == 2024]
        curve = np.polynomial.Polynomial.fit(before["condition"], before["score"], 5)
        return float(
            np.average(curve(after["condition"]), weights=after["peso"])
            - np.average(curve(before["condition"]), weights=before["peso"])
        )

    expected = predicted(measured.points[variables])
    assert found.low <= expected <= found.high
    people = department.data.department("personas")
    codes = households.living_categories(measured.rows, people, department)
    renewed = households.living_conditions.fit(
        codes[late], households.living_sizes(department), measured.rows.loc[late, "peso"]
    )
    again = households.living_conditions.score(codes[late], renewed)[variables].sum(axis=1)
    weight = measured.rows["peso"].to_numpy()
    biased = np.average(again, weights=weight[late]) - ratios[0].value
    assert abs(biased - expected) > abs(found.value - expected)
    assert not found.low <= biased <= found.high


def test_scores_are_frozen_at_the_baseline(whole: Section) -> None:
    homes = world()["hogares"]
    later = homes["corte"] == 2024
    worse = homes.copy()
    worse.loc[later, "agua"] = "rio_o_lluvia"
    first, second = whole, information(changed(hogares=worse))
    pd.testing.assert_frame_equal(
        first.tables["living_scores"].data, second.tables["living_scores"].data
    )
    assert first.facts["icv_baseline"].value == second.facts["icv_baseline"].value
    assert second.facts["icv_follow_up"].value < first.facts["icv_follow_up"].value


def test_poverty_by_hand() -> None:
    """Homes of 30 and 70 people; the second lacks education and health (40 of 100): poor."""
    homes = world()["hogares"].iloc[[0, 1]].assign(personas=[30, 70], peso=10.0)
    privations = [column for column in homes.columns if column.startswith("p_")]
    homes[privations] = 0
    lacking = ["p_bajo_logro", "p_analfabetismo", "p_aseguramiento", "p_salud"]
    homes.loc[homes.index[1], lacking] = 1
    settings = context("00").params.plan.poverty
    scheme = Scheme.of({n: p.weight for n, p in settings.privations.items()}, settings.k)
    who = poverty.identify(homes, scheme)
    design = Design.of(homes["peso"] * homes["personas"])
    found = {name: ratio.value for name, ratio in poverty.ratios(who, design).items()}
    assert found == pytest.approx({"H": 0.70, "A": 0.40, "M0": 0.28})


def test_a_municipality_says_what_the_departments_report_says_of_it(whole: Section) -> None:
    table = whole.tables["municipalities"].data.set_index("municipio")
    for code in ("00010", "00001", "00007"):
        own = information(context(code)).tables["poverty"].data.set_index("key").loc["H"]
        told = table.loc[code]
        assert own["baseline_text"] == told["baseline_text"]
        assert own["follow_up_text"] == told["follow_up_text"]
        assert own["difference"] == pytest.approx(told["difference"], nan_ok=True)


def test_few_people_are_withheld_in_every_report() -> None:
    """Where only a few people are poor, neither the municipality nor the department tells."""
    homes = world()["hogares"].copy()
    here = (homes["municipio"] == "00003") & (homes["corte"] == 2018)
    privations = [c for c in homes.columns if c.startswith("p_")]
    homes.loc[here, privations] = 0
    first = homes.index[here & (homes["area"] == "rural") & (homes["personas"] <= 4)][:1]
    homes.loc[first, privations] = 1
    seen = information(changed(hogares=homes))
    told = seen.tables["municipalities"].data.set_index("municipio").loc["00003"]
    assert told["baseline_text"] == "reservado" and np.isnan(told["difference"])
    own = information(make_context(world() | {"hogares": homes}, "00003", names=NAMES))
    assert own.facts["h_baseline"].missing and own.facts["h_unknown"].value
    assert own.tables["sensitivity"].data["baseline"].isna().all()
    areas = own.tables["poverty_areas"].data.set_index("key")
    assert areas.loc["rural", "baseline_text"] == "reservado"
    # There is a figure, withheld: no cell of any table says that there is none.
    parts = own.tables["privations"]
    assert parts.data["baseline_raw"].isna().any() and own.facts["privations_hidden"].value
    for name in ("privations", "dimensions", "sensitivity", "decomposition"):
        written = own.tables[name].written()
        assert not (written == "sin dato").any(axis=None), name
    assert (parts.written() == "reservado").any(axis=None)


def test_a_small_sample_is_not_published() -> None:
    homes = world()["hogares"]
    few = homes[(homes["municipio"] != "00007") | homes["hogar"].isin(
        homes.loc[homes["municipio"] == "00007", "hogar"].unique()[:20])]  # fmt: skip
    seen = information(changed(hogares=few))
    assert "00007" not in set(seen.tables["municipalities"].data["municipio"])
    own = information(make_context(world() | {"hogares": few}, "00007", names=NAMES))
    assert own.tables["poverty"].data["baseline_text"].eq("muestra pequeña").all()


def test_one_cut_is_no_comparison() -> None:
    homes = world()["hogares"]
    section = information(changed(hogares=homes[homes["corte"] == 2018]))
    assert not section.facts["compared"].value
    assert section.facts["follow_up_cut"].missing
    assert section.tables["poverty"].data["difference"].isna().all()
    assert not section.facts["h_improved"].value


def test_no_households_is_a_named_gap() -> None:
    section = information(changed(hogares=world()["hogares"].iloc[:0]))
    assert [gap.table for gap in section.gaps] == ["hogares"]
    assert not section.facts["households_available"].value
    assert section.facts["sources_available"].value


def test_nothing_reported_leaves_both_gaps() -> None:
    section = information(make_context({}, "00"))
    assert [gap.table for gap in section.gaps] == ["indicadores", "hogares"]


def test_two_sources_of_one_fact_are_listed() -> None:
    def reported(value: float, source: str) -> dict[str, object]:
        return {
            "municipio": "00001", "indicador": "cobertura_neta", "periodo": 2018, "valor": value,
            "area": "total", "fuente": source, "serie": "men",
        }  # fmt: skip

    table = rows(
        "indicadores", reported(91.0, "men_estadisticas"), reported(84.0, "formulario:mio.csv")
    )
    section = information(make_context({"indicadores": table}, "00001"))
    assert section.facts["disagreements"].value == 1
    listed = section.tables["disagreements"].data
    assert listed["example"].iloc[0].endswith(", 2018: 91,0 y 84,0")
    assert listed["gap"].iloc[0] == pytest.approx(100 * 7 / 91)
    assert listed["used"].iloc[0] == "MEN, estadísticas por municipio"
    assert section.facts["publications"].value == 2
    publishers = set(section.tables["sources"].data["publisher"])
    assert "Formulario del territorio (mio.csv)" in publishers


def test_a_source_has_the_years_and_places_that_it_writes() -> None:
    """Cases of one place in 1999 and 2013; the other years and the other place are zeros made
    here."""

    def row(code: str, year: int, note: str = "") -> dict[str, object]:
        return {
            "municipio": code, "indicador": "reclutamiento", "periodo": year, "valor": 0.0,
            "area": "total", "fuente": "cnmh_reclutamiento", "serie": "cnmh", "nota": note,
        }  # fmt: skip

    written = [row("00001", 1999), row("00001", 2013)]
    made = [row("00002", year, zeros.NO_ROW) for year in (1999, 2013, 2017)]
    empty = [row("00001", 2017, zeros.NO_ROW)]
    names = {"00001": "A", "00002": "B"}
    context = make_context({"indicadores": rows("indicadores", *written, *made, *empty)}, "00",
                           names=names)  # fmt: skip
    section = information(context)
    source = section.tables["sources"].data.iloc[0]
    assert (source["first"], source["last"], source["coverage"]) == (1999, 2013, 50)
    assert section.facts["last_year"].value == 2013
    nothing = make_context({"indicadores": rows("indicadores", *made)}, "00", names=names)
    section = information(nothing)
    assert not section.facts["sources_available"].value
    assert "indicadores" in [gap.table for gap in section.gaps]


def test_an_indicator_of_nothing_but_supplied_zeros_has_data_everywhere_or_nowhere() -> None:
    """Two figures and one zero that no source writes: the base line tells three, and so does the
    key, its share, and the map; the table of sources, the two that are written."""

    def row(name: str, source: str, note: str = "") -> dict[str, object]:
        return {
            "municipio": "00001", "indicador": name, "periodo": 2017, "valor": 0.0,
            "area": "total", "fuente": source, "serie": source, "nota": note,
        }  # fmt: skip

    table = rows(
        "indicadores",
        row("reclutamiento", "cnmh", zeros.NO_ROW),
        row("cobertura_neta", "men"),
        row("desercion", "men"),
    )
    context = make_context({"indicadores": table}, "00001")
    section = information(context)
    assert section.facts["indicators"].value == 3
    assert section.facts["indicators"].value == baseline(context).facts["known"].value
    assert section.facts["indicators_share"].value == 100 * 3 / len(context.catalogue)
    assert section.facts["unwritten_names"].value == [
        next(item.name for item in context.catalogue if item.id == "reclutamiento")
    ]
    assert section.tables["sources"].data["indicators"].sum() == 2
    assert not section.facts["counted_twice"].value
    nodes = concept_map(context, rights(context)).tables["nodes"].data.set_index("id")
    assert nodes.loc["key_1", "detail"] == "indicadores: 3"


def test_households_with_a_missing_privation_are_left_out_and_counted() -> None:
    homes = world()["hogares"].copy()
    homes["p_agua"] = homes["p_agua"].astype("Int64")
    homes.loc[homes.index[:5], "p_agua"] = pd.NA
    whole, fewer = households.measured(context("00")), households.measured(changed(hogares=homes))
    assert (fewer.incomplete, len(whole.rows) - len(fewer.rows)) == (5, 5)


def test_contributions_add_up_and_say_where_poverty_is(whole: Section) -> None:
    table = whole.tables["decomposition"].data
    for _, part in table.groupby("kind"):
        assert part["people_share"].sum() == pytest.approx(100)
    areas = table[table["kind"] == "area"].set_index("key")
    m0 = whole.facts["m0_follow_up"].value
    assert (areas["people_share"] * areas["M0"]).sum() / 100 == pytest.approx(m0)
    assert areas["contribution"].sum() == pytest.approx(100)
    known = table[table["contribution"].notna()]
    expected = known["people_share"] * known["M0"] / m0
    assert known["contribution"].tolist() == pytest.approx(expected.tolist())
    assert table["m0_text"].isin(["reservado", "muestra pequeña"]).sum() == len(table) - len(known)
    assert whole.facts["concentrated_rural"].value
    assert whole.facts["concentrated_poverty"].value > whole.facts["concentrated_people"].value
    parts = whole.tables["dimensions"].data
    assert parts["baseline_share"].sum() == pytest.approx(100)
    assert whole.facts["cutoffs_agree"].value and whole.facts["cutoffs"].value == 4


def official(context: Context) -> dict[str, object]:
    """A made-up table of points: equal steps, the maxima adding up to 100."""
    sizes = households.living_sizes(context)
    top = 100 / len(sizes)
    points = {name: [top * i / (size - 1) for i in range(size)] for name, size in sizes.items()}
    return {"citation": "Tabla inventada para la prueba", "points": points}


def test_an_official_table_of_points_is_used_and_cited(department: Context) -> None:
    given = context("00", plan__living_conditions__official=official(department))
    section = information(given)
    assert section.facts["living_official"].value and not section.facts["living_estimated"].value
    assert str(section.facts["living_citation"]) == "Tabla inventada para la prueba"
    points = section.tables["living_scores"].data
    assert points.groupby("variable")["points"].max().sum() == pytest.approx(100)
    assert section.facts["icv_improved"].value


def test_an_official_table_of_other_categories_is_refused(department: Context) -> None:
    table = official(department)
    points = dict(table["points"])  # type: ignore[call-overload]
    points["agua"] = [0, 0, 0, 0, points["agua"][-1]]
    given = context("00", plan__living_conditions__official=table | {"points": points})
    with pytest.raises(UserMistake, match=r"official\.points\.agua.*4 categorías"):
        information(given)


def test_households_without_a_dwelling_have_poverty_and_no_icv() -> None:
    homes = world()["hogares"].copy()
    dwelling = ["agua", "excretas", "combustible", "basuras", "paredes", "pisos", "cuartos"]
    homes = tables.conform("hogares", homes.drop(columns=dwelling))
    people = world()["personas"].iloc[:0]
    section = information(changed(hogares=homes, personas=people))
    assert section.facts["h_improved"].value
    assert not section.facts["living_available"].value
    assert "living" not in section.tables
    assert any("índice de condiciones de vida" in gap.why for gap in section.gaps)


def test_differences_of_the_population_are_not_differences_of_the_figure() -> None:
    """1,016 denominators that differ and no value that does: nothing is 'of which'."""

    def told(values: int, people: int) -> dict[str, Any]:
        kinds = [unification.VALUE] * values + [unification.POPULATION] * people
        rows = pd.DataFrame({"que": kinds, "gap": [10.0] * len(kinds)})
        return {name: fact.value for name, fact in publications._differences(rows).items()}

    only_people = told(0, 1016)
    assert only_people["disagree"] and not only_people["disagree_values_any"]
    assert (only_people["disagree_values"], only_people["disagree_people"]) == (0, 1016)
    both = told(3, 5)
    assert (both["disagree_values"], both["disagree_people"], both["disagreements"]) == (3, 5, 8)
    template = (ROOT / "reports" / "_clave1.qmd").read_text(encoding="utf-8")
    assert "de ellos la fuente" not in template
