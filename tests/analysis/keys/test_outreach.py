"""Key 4: who was reached, what may be told of it, where next, and the planted effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context, world
from builders import make_context
from example_department import truth

from gsi.analysis.comprehension.priority_status import NOT_PRIORITY, PRIORITY
from gsi.analysis.keys.next_days import locations
from gsi.analysis.keys.outreach import outreach
from gsi.analysis.keys.persons import household_scores, persons
from gsi.analysis.keys.reached import CONTACTS, DIMENSIONS, FATES, decide_reached
from gsi.analysis.results import Column, Section, Table
from gsi.measure.covering import haversine_km

UNRANKED = Section("priority")


def ranked(*first: str) -> Section:
    """The comparison of municipalities, with these called prioritarios."""
    words = [PRIORITY if code in first else NOT_PRIORITY for code in NAMES]
    data = pd.DataFrame({"municipio": list(NAMES), "status": words})
    return Section("priority", {}, {"ranking": Table(data, {"status": Column("Estado")})})


def identified(ctx):  # type: ignore[no-untyped-def]
    rows = persons(ctx)
    return rows[rows["vulnerable"].fillna(False).astype(bool)].reset_index(drop=True)


def test_the_place_never_visited_is_named() -> None:
    section = outreach(context(), UNRANKED)
    assert section.facts["unvisited"].value == [truth.NEVER_REACHED]
    lagging = section.tables["lagging"].data
    assert lagging["place"].iloc[0] == truth.NEVER_REACHED
    assert lagging["share"].iloc[0] == 0


def test_the_next_days_include_the_place_never_visited_and_beat_the_calendar() -> None:
    section = outreach(context(), UNRANKED)
    assert truth.NEVER_REACHED in section.tables["next"].data["place"].tolist()
    assert section.facts["next_share"].value > section.facts["present_share"].value


def test_next_days_are_within_reach_and_no_pair_counts_twice() -> None:
    ctx = context("00010", keys__outreach__radius_km=1.0, keys__outreach__capacity=1e6)
    chosen = outreach(ctx, UNRANKED).tables["next"].data
    assert chosen["gain_share"].sum() <= 100 + 1e-9
    assert chosen["place"].is_unique
    points = locations(ctx).loc[chosen["place"]]
    near = haversine_km(*(points[c].to_numpy() for c in ("lon", "lat", "lon", "lat")))
    assert (near[~np.eye(len(near), dtype=bool)] > 0).all()


def test_a_day_attends_no_more_than_the_median_day_and_the_fewest_reached_go_first() -> None:
    section = outreach(context(), UNRANKED)
    facts, chosen = section.facts, section.tables["next"].data
    rows = persons(context())
    seen = world()["atenciones"].dropna(subset=["jornada"]).drop_duplicates(["jornada", "persona"])
    weight = dict(zip(rows["persona"], rows["peso"], strict=True))
    by_day: dict[str, float] = {}
    for day, person in zip(seen["jornada"], seen["persona"], strict=True):
        by_day[day] = by_day.get(day, 0.0) + weight.get(person, 0.0)
    median = np.median([total for total in by_day.values() if total > 0])
    assert facts["next_capacity"].value == pytest.approx(median, abs=5)
    assert (chosen["gain"] <= facts["next_capacity"].value).all()
    assert chosen["place"].iloc[0] == truth.NEVER_REACHED
    assert facts["days_needed"].value >= len(chosen) * 100 / facts["next_share"].value - 1


def test_days_are_shared_out_over_everybody_who_is_missing() -> None:
    """One denominator: those identified and not reached, as the section counts them."""
    section = outreach(context(), UNRANKED)
    facts, chosen = section.facts, section.tables["next"].data
    missing = identified(context()).query("~reached")["peso"].sum()
    assert facts["not_reached"].value == pytest.approx(missing)
    assert facts["next_share"].value == pytest.approx(100 * chosen["gain"].sum() / missing, abs=0.1)
    assert chosen["gain_share"].sum() == pytest.approx(facts["next_share"].value)
    assert facts["days_needed"].value == np.ceil(missing / facts["next_capacity"].value)


def test_days_go_first_to_priority_municipalities_and_say_why_they_leave_them() -> None:
    plain = outreach(context(), UNRANKED).tables["next"].data
    # A municipality that the plan leaves out although it has as many people to reach.
    first = next(code for code in NAMES if code not in set(plain["municipio"]))
    section = outreach(context(), ranked(first))
    chosen = section.tables["next"].data
    assert first in set(chosen["municipio"])
    where = section.facts["next_where"].value
    inside = int((chosen["municipio"] == first).sum())
    if inside == len(chosen):
        assert where == "todas a municipios prioritarios"
    else:
        assert f"({inside} de {len(chosen)})" in where
        assert "porque allí se alcanza a más personas" in where
        assert all(name in where for name in chosen.loc[chosen["municipio"] != first, "name"])
    # The order costs nobody: what is lost is within the solver's indifference.
    assert chosen["gain"].sum() >= plain["gain"].sum() * 0.99
    assert outreach(context(), UNRANKED).facts["next_where"].value.startswith("adonde")


def test_the_next_days_cost_no_more_than_the_budget() -> None:
    free = outreach(context(), UNRANKED).facts
    tight = outreach(context(keys__outreach__budget=8e6), UNRANKED).facts
    assert not free["budget_known"].value
    assert tight["next_cost"].value <= 8e6 < free["next_cost"].value
    assert tight["next_days"].value < free["next_days"].value
    assert tight["next_gain"].value <= free["next_gain"].value
    # Costs of the days held in the place itself.
    days = world()["jornadas"]
    table = outreach(context(), UNRANKED).tables["next"].data.set_index("place")
    held = days.groupby("microterritorio")["costo"].median()
    shared = table.index.intersection(held.index)
    assert len(shared) > 0
    assert (table.loc[shared, "cost"] == held[shared]).all()


def test_reports_of_both_levels_agree_and_hide_the_same() -> None:
    whole = outreach(context(), UNRANKED).tables["microterritories"].data.set_index("place")
    for code in ("00003", "00010"):
        own = outreach(context(code), UNRANKED).tables["microterritories"].data.set_index("place")
        same = whole.loc[own.index]
        assert (own["withheld"] == same["withheld"]).all()
        assert np.allclose(own["share"], same["share"], equal_nan=True)


def test_no_withheld_count_is_a_difference_of_published_ones() -> None:
    ctx = context()
    rows = identified(ctx)
    decided = decide_reached(rows, ctx)
    base = decided.municipality
    shown = base.counts.to_numpy(dtype=float, na_value=np.nan)
    assert not ((shown > 0) & (shown < 10)).any()
    # Every table with the same people withholds the same totals.
    for fate in FATES:
        for name in DIMENSIONS:
            assert (decided.groups[name, fate].mask["total"] <= base.mask[fate]).all()
    for name in DIMENSIONS:
        assert (decided.contacts[name].mask["total"] <= base.mask["reached"]).all()
    for code, back in decided.back_mask.groupby(decided.back_mask.index.str[:5]):
        for contact in CONTACTS:
            if not decided.repeated.mask.loc[code, contact]:
                assert int(back[contact].sum()) != 1
    for code, places in decided.place_mask.groupby(decided.place_mask.index.str[:5]):
        for fate in FATES:
            if not base.mask.loc[code, fate]:
                assert int(places[fate].sum()) != 1


def test_scores_are_the_hundredths_of_the_measure() -> None:
    homes = world()["hogares"]
    scores = household_scores(context())
    first = homes.iloc[0]
    weights = {
        "p_bajo_logro": 10, "p_analfabetismo": 10, "p_inasistencia": 5, "p_rezago": 5,
        "p_primera_infancia": 5, "p_trabajo_infantil": 5, "p_desempleo": 10, "p_informal": 10,
        "p_aseguramiento": 10, "p_salud": 10, "p_agua": 4, "p_excretas": 4, "p_pisos": 4,
        "p_paredes": 4, "p_hacinamiento": 4,
    }  # fmt: skip
    assert sum(weights.values()) == 100
    expected = sum(int(first[name]) * weight for name, weight in weights.items())
    assert scores["score"].iloc[0] == pytest.approx(expected)


def exact_effect() -> float:
    """Mean change that the intervention made in reached homes: the same homes in both worlds."""
    ctx, without = context(), context(effect=0.0)
    reached = set(persons(ctx).loc[persons(ctx)["reached"], "hogar"])
    ends = []
    for seen in (ctx, without):
        scores = household_scores(seen)
        end = scores[(scores["corte"] == truth.FOLLOW_UP) & scores["hogar"].isin(reached)]
        ends.append(float(np.average(end["score"], weights=end["peso"])))
    return ends[0] - ends[1]


def test_the_effect_has_the_planted_sign_and_size() -> None:
    facts = outreach(context(), UNRANKED).facts
    exact = exact_effect()
    assert exact < 0
    assert facts["effect_better"].value
    assert facts["effect_low"].value <= exact <= facts["effect_high"].value


def test_a_world_without_effect_says_so() -> None:
    facts = outreach(context(effect=0.0), UNRANKED).facts
    assert facts["effect_unclear"].value


def test_with_few_clusters_no_effect_is_told() -> None:
    facts = outreach(context(keys__outreach__fewest_clusters=10_000), UNRANKED).facts
    assert not facts["effect_known"].value
    assert "effect" not in facts


def test_without_tables_every_gap_is_named() -> None:
    section = outreach(make_context({}, "73", names={"73001": "Ibagué"}), UNRANKED)
    assert not section.available
    assert {gap.table for gap in section.gaps} == {"jornadas", "atenciones", "personas"}


def test_days_without_people_still_give_a_section() -> None:
    tables = {"jornadas": world()["jornadas"], "actores": world()["actores"]}
    section = outreach(make_context(tables, "00"), UNRANKED)
    assert section.available
    assert section.facts["days"].value == len(world()["jornadas"])
    assert not section.facts["people_known"].value


def test_groups_and_satisfaction_are_weighted_shares_of_people() -> None:
    section = outreach(context(), UNRANKED)
    rows = identified(context())
    groups = section.tables["groups"].data
    women = groups[groups["key"] == "mujer"].iloc[0]
    mine = rows[rows["sexo"] == "mujer"]
    reached = mine[mine["reached"]]
    assert women["share"] == pytest.approx(reached["peso"].sum() / mine["peso"].sum() * 100)
    assert women["back_share"] == pytest.approx(
        reached.loc[reached["times"] > 1, "peso"].sum() / reached["peso"].sum() * 100
    )
    assert set(groups["dimension"]) == {"Edad", "Sexo", "Grupo étnico"}
    # Days of continuity are rated better in the generator.
    rated = section.tables["satisfaction"].data.set_index("kind")
    assert rated.at["continuidad", "share"] > rated.at["simultanea", "share"]
    given = world()["atenciones"].dropna(subset=["jornada", "satisfaccion"])
    kind = given["jornada"].map(world()["jornadas"].set_index("jornada")["tipo"])
    mean = given.loc[kind == "continuidad", "satisfaccion"].astype(float).mean()
    assert rated.at["continuidad", "mean"] == pytest.approx(mean)


def test_a_place_nobody_came_back_to_has_no_share_of_those_reached() -> None:
    places = outreach(context("00010"), UNRANKED).tables["microterritories"].data.set_index("place")
    assert places.at[truth.NEVER_REACHED, "back_text"] == "–"
