"""Rows added, gone and revised between two preparations, against what was written into them."""

from __future__ import annotations

from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.changes import Difference, Figure, between
from gsi.inputs.store import Store

HEAD = "compromiso,municipio,instancia,sesion_fecha,descripcion,responsable,vence,estado\n"
LINE = "{},{},consejo,2024-03-01,Revisar,Salud,2024-12-31,{}\n"
WATER = "DepartamentoCodigo,MunicipioCodigo,Año,IRCA,IRCAurbano,IRCArural\n"


def given(
    project: Project, commitments: list[tuple[str, str, str]], water: dict[tuple[str, int], str]
) -> Store:
    text = HEAD + "".join(LINE.format(*one) for one in commitments)
    (project.raw / "compromisos.csv").write_text(text, encoding="utf-8")
    lines = [f"73,{place},{year},{value},ND,ND\n" for (place, year), value in water.items()]
    (project.raw / "irca.csv").write_text(WATER + "".join(lines), encoding="utf-8")
    made = store.prepare(project)
    assert made.left_out.faulty == ()
    return made


BEFORE = [
    ("X-1", "73067", "pendiente"),
    ("X-2", "73067", "pendiente"),
    ("Y-1", "73001", "cumplido"),
]
AFTER = [("X-3", "73067", "pendiente"), ("X-2", "73067", "cumplido"), ("X-1", "73067", "pendiente")]
WATER_BEFORE = {("73067", 2022): "3.2", ("73067", 2023): "5.0", ("73001", 2023): "1.0"}
WATER_AFTER = {("73067", 2023): "6.5", ("73067", 2024): "4.0", ("73001", 2023): "1.1"}


def test_rows_are_told_of_the_territory_and_of_the_others(project: Project) -> None:
    one = given(project, BEFORE, WATER_BEFORE)
    other = given(project, AFTER, WATER_AFTER)
    ataco = other.territories.resolve("73067")
    found = {difference.table: difference for difference in between(one, other, ataco)}
    assert set(found) == {"indicadores", "compromisos"}
    assert found["compromisos"] == Difference("compromisos", (1, 0, 1), (0, 1, 0))
    water = found["indicadores"]
    assert (water.own, water.others) == ((1, 1, 1), (0, 0, 1))
    assert water.figures == (Figure("irca", "73067", 2023, "total", 5.0, 6.5),)
    tolima = other.territories.resolve("73")
    found = {difference.table: difference for difference in between(one, other, tolima)}
    assert (found["compromisos"].own, found["compromisos"].others) == ((1, 1, 1), (0, 0, 0))
    assert [figure.place for figure in found["indicadores"].figures] == ["73001", "73067"]


def test_the_other_way_round_what_came_is_gone(project: Project) -> None:
    one = given(project, BEFORE, WATER_BEFORE)
    other = given(project, AFTER, WATER_AFTER)
    ataco = other.territories.resolve("73067")
    there = {d.table: d for d in between(one, other, ataco)}
    back = {d.table: d for d in between(other, one, ataco)}
    for table, difference in there.items():
        for mine, theirs in ((difference.own, back[table].own),
                             (difference.others, back[table].others)):  # fmt: skip
            assert mine == (theirs[1], theirs[0], theirs[2])


def test_the_same_rows_in_another_order_are_no_difference(project: Project) -> None:
    one = given(project, BEFORE, WATER_BEFORE)
    other = given(project, BEFORE[::-1], dict(reversed(WATER_BEFORE.items())))
    assert one.folder != other.folder
    assert between(one, other, other.territories.resolve("73067")) == []
