"""Key 5: conditions of success, actors and their network."""

from __future__ import annotations

from dataclasses import replace

import pytest
from analysis.keys.worlds import NAMES, context, rows, world
from builders import make_context
from example_department import World, truth
from example_department.actors import actors
from example_department.days import days

from gsi.analysis.keys.convening import CONDITIONS, convening
from gsi.analysis.keys.evidence import evidence
from gsi.contract.tables import conform
from gsi.inputs.data import Data


def test_what_is_planted_in_the_conditions_is_seen() -> None:
    section = convening(context())
    facts = section.facts
    rated = section.tables["conditions"].data.dropna(subset="rating").set_index("label")["rating"]
    assert rated.idxmin() == CONDITIONS[truth.LOW_CONDITION]
    assert CONDITIONS[truth.OVERRATED_CONDITION].lower() in facts["overrated"].value


def test_the_connecting_sector_is_found_and_the_net_falls_apart_without_it() -> None:
    tables = {key: rows for key, rows in world().items() if key in ("jornadas", "actores")}
    days_only = convening(make_context(tables, "00")).facts
    assert days_only["connecting_sector"].value == "Salud"
    assert days_only["connecting_breaks"].value
    assert convening(context()).facts["connecting_sector"].value == "Salud"
    assert truth.CONNECTING_SECTOR == "salud"


def test_actors_grow_as_planted() -> None:
    growth = convening(context()).tables["growth"].data
    assert dict(zip(growth["year"], growth["actors"], strict=True)) == truth.ACTORS_BY_YEAR


def actor(code: str, sector: str) -> dict[str, object]:
    return {
        "actor": code, "nombre": f"Entidad {code}", "tipo": "entidad", "sector": sector,
        "nivel": "municipal", "municipio": "73001", "fecha_vinculacion": "2020-05-01",
    }  # fmt: skip


def day(code: str, entities: str) -> dict[str, object]:
    return {
        "jornada": code, "municipio": "73001", "fecha": "2024-02-01", "tipo": "simultanea",
        "entidades": entities,
    }  # fmt: skip


def rating(who: str, when: str, value: int) -> dict[str, object]:
    return {
        "municipio": "73001", "fecha": when, "condicion": 5, "valoracion": value, "actor": who,
    }  # fmt: skip


def small() -> dict[str, object]:
    return {
        "actores": rows(
            "actores", actor("A", "salud"), actor("B", "Educación"), actor("C", "Bienestar social")
        ),
        "jornadas": rows("jornadas", day("J1", "A; B;C"), day("J2", "Entidad A;B"), day("J3", "A")),
        "convocatoria": rows(
            "convocatoria",
            rating("A", "2023-01-01", 0),
            rating("A", "2024-01-01", 4),
            rating("B", "2024-01-01", 3),
        ),
    }


def test_evidence_by_hand() -> None:
    found = evidence(make_context(small(), "73001"))
    # One day in three has the three nuclear sectors, which are also the three sectors together.
    assert found[2] == pytest.approx(100 / 3)
    assert found[5] == pytest.approx(100 / 3)
    assert found[1] != found[1]  # no commitments: no evidence, which is not zero


def test_the_sessions_counted_say_whose_they_are() -> None:
    """Three sessions of the department, with its municipalities': the figure is its own."""
    rows_ = convening(context("00")).tables["conditions"].data.set_index("condition")
    assert str(rows_.loc[1, "evidence_label"]).endswith(", del departamento")
    wide = world() | {"compromisos": world()["compromisos"].query("municipio != '00'")}
    found = convening(make_context(wide, "00", names=NAMES)).tables["conditions"].data
    assert str(found["evidence_label"].iloc[0]).endswith("de los municipios que reportaron")


def test_only_the_latest_rating_of_an_actor_counts() -> None:
    table = convening(make_context(small(), "73001")).tables["conditions"].data
    row = table[table["condition"] == 5].iloc[0]
    assert row["rating"] == pytest.approx(3.5)
    assert row["raters"] == 2
    # 33.3 % of a full value of 80 %, on the scale 0-4.
    assert row["score"] == pytest.approx(100 / 3 / 80 * 4)
    assert row["reading"] == "los actores ven más de lo que se registra"


def test_a_missing_nuclear_sector_is_flagged() -> None:
    tables = small()
    actors = tables["actores"]
    tables["actores"] = actors[actors["actor"] != "C"].reset_index(drop=True)  # type: ignore[index]
    facts = convening(make_context(tables, "73001")).facts
    assert facts["nuclear_missing"].value == ["Bienestar social"]
    assert facts["nuclear_present"].value == 2


def test_names_and_codes_are_the_same_entity() -> None:
    nodes = convening(make_context(small(), "73001")).tables["entities"].data
    assert sorted(nodes["node"]) == ["Entidad A", "Entidad B", "Entidad C"]


def test_without_tables_every_gap_is_named() -> None:
    section = convening(make_context({}, "73", names={"73001": "Ibagué"}))
    assert not section.available
    assert {gap.table for gap in section.gaps} == {"actores", "convocatoria"}


def test_nuclear_sectors_are_followed_to_the_days_they_attend() -> None:
    table = convening(make_context(small(), "73001")).tables["nuclear"].data.set_index("sector")
    assert table["entities"].tolist() == [1, 1, 1]
    # Health at the three days, education at two, wellbeing at one.
    assert table["days"].to_dict() == pytest.approx(
        {"bienestar_social": 100 / 3, "salud": 100, "educacion": 200 / 3}
    )


def test_the_rare_nuclear_sector_is_named() -> None:
    facts = convening(context()).facts
    assert [name.split(" (")[0] for name in facts["absent"].value] == ["Educación"]
    assert truth.RARE_SECTOR == "educacion"
    table = convening(context()).tables["nuclear"].data.set_index("sector")
    assert table.at["educacion", "own"] == 0  # only the department has an office of education


def test_pairs_of_levels_by_hand() -> None:
    tables = small()
    actors = tables["actores"]
    actors["nivel"] = ["municipal", "municipal", "nacional"]  # type: ignore[index]
    table = convening(make_context(tables, "73001")).tables["levels"].data.set_index("label")
    # A-B twice (both municipal), A-C and B-C once (municipal and national).
    assert table.loc["Municipal"].tolist() == [1, 2]
    assert table.loc["Municipal y nacional"].tolist() == [2, 2]
    assert table["pairs"].sum() == 3


@pytest.mark.slow
def test_the_connecting_sector_is_found_in_most_worlds() -> None:
    base = context()
    found = 0
    for seed in range(20):
        drawn = World(seed=seed)
        linked = actors(drawn)
        tables = {
            "actores": conform("actores", linked),
            "jornadas": conform("jornadas", days(drawn, linked)),
        }
        facts = convening(replace(base, data=Data(tables, base.territory, NAMES))).facts
        found += facts["connecting_sector"].value == "Salud" and facts["connecting_breaks"].value
    assert found >= 18
