"""What is no municipality is not called one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from analysis.keys.worlds import rows
from analysis.plan.test_monitor import action
from builders import make_context, people_of
from inputs.readers.made_files import DIVIPOLA

from gsi.analysis.comprehension.priority import priority
from gsi.analysis.plan.municipal import municipal_plans
from gsi.contract import divipola, places
from gsi.contract.territories import Territories
from gsi.contract.territory import Territory
from gsi.inputs.readers.divipola import read

AREA, ISLAND = divipola.AREA, divipola.ISLAND
VAUPES = {
    "97001": "Mitú", "97161": "Carurú", "97511": "Pacoa", "97666": "Taraira", "97777": "Papunahua",
    "97889": "Yavaraté",
}  # fmt: skip
AREAS = dict.fromkeys(("97511", "97777", "97889"), AREA)
ARCHIPELAGO = "Archipiélago de San Andrés, Providencia y Santa Catalina"


def kinds(names: dict[str, str], others: dict[str, str]) -> dict[str, str]:
    return {code: others.get(code, places.MUNICIPALITY) for code in names}


@pytest.mark.real
def test_the_country_has_as_many_of_each_kind_as_dane_says(real_data: Path) -> None:
    """DANE, DIVIPOLA: 1.103 municipios, 18 áreas no municipalizadas, la isla de San Andrés."""
    table = read(real_data / "dane" / "divipola_gdxc-w37w.csv").data
    assert table["tipo"].value_counts().to_dict() == {
        "municipio": 1103, AREA: 18, ISLAND: 1
    }  # fmt: skip
    every = Territories(table)
    found = {place.code: place.kind for place in every.municipalities("97")}
    assert found == kinds(VAUPES, AREAS)
    assert every.resolve("88001").kind == ISLAND


@pytest.mark.parametrize("written", ["", "tipo_municipio"])
def test_what_the_divipola_does_not_say_is_a_municipality(tmp_path: Path, written: str) -> None:
    """A file without the column, as the example's, or with the column and nothing in it."""
    path = tmp_path / "divipola.csv"
    lines = [line.split(",") for line in DIVIPOLA.splitlines()]
    head, *body = lines
    kept = [[*head[:4], written, *head[5:]], *([*r[:4], "", *r[5:]] for r in body)]
    if not written:
        kept = [[*r[:4], *r[5:]] for r in kept]
    path.write_text("\n".join(",".join(r) for r in kept) + "\n", encoding="utf-8")
    table = read(path).data
    assert table["tipo"].isna().all()
    assert {place.kind for place in Territories(table).municipalities("73")} == {"municipio"}


@pytest.mark.parametrize(
    ("names", "others", "whole", "many", "six"),
    [
        (VAUPES, AREAS, "3 municipios y 3 áreas no municipalizadas", "territorios",
         "6 territorios"),
        ({"88001": "San Andrés", "88564": "Providencia"}, {"88001": ISLAND},
         "1 municipio y la isla de San Andrés", "territorios", "6 territorios"),
        ({"73001": "Ibagué", "73067": "Ataco"}, {}, "2 municipios", "municipios", "6 municipios"),
        ({"94001": "Inírida", "94888": "Morichal"}, {"94888": AREA},
         "1 municipio y 1 área no municipalizada", "territorios", "6 territorios"),
    ],
)  # fmt: skip
def test_a_department_is_told_by_what_it_has(
    names: dict[str, str], others: dict[str, str], whole: str, many: str, six: str
) -> None:
    every = kinds(names, others)
    assert places.composition(every, names) == whole
    assert places.many(every) == many
    assert places.counted(6, every) == six and places.counted(1, every) == f"1 {many[:-1]}"


@pytest.mark.parametrize(
    ("place", "the", "of_name"),
    [
        (Territory("73", "Tolima", "department", "73", "Tolima"), "el departamento", "de Tolima"),
        (Territory("88", ARCHIPELAGO, "department", "88", ARCHIPELAGO), "el departamento",
         f"del {ARCHIPELAGO}"),
        (Territory("11", "Bogotá, D.C.", "department", "11", "Bogotá, D.C."),
         "el Distrito Capital", "de Bogotá, D.C."),
        (Territory("73067", "Ataco", "municipality", "73", "Tolima"), "el municipio", "de Ataco"),
        (Territory("97511", "Pacoa", "municipality", "97", "Vaupés", AREA),
         "el área no municipalizada", "de Pacoa"),
        (Territory("88001", "San Andrés", "municipality", "88", ARCHIPELAGO, ISLAND), "la isla",
         "de San Andrés"),
        (Territory("95025", "El Retorno", "municipality", "95", "Guaviare"), "el municipio",
         "de El Retorno"),
    ],
)  # fmt: skip
def test_a_place_is_called_by_what_it_is(place: Territory, the: str, of_name: str) -> None:
    assert places.the(place) == the
    said = places.words(place, {}, {})
    assert said["el_tipo"] == the and said["del_nombre"] == of_name


def test_whoever_has_no_council_is_asked_for_no_plan() -> None:
    none = make_context({}, "97", names=VAUPES, kinds=AREAS)
    facts = municipal_plans(none).facts
    assert str(facts["asked"]) == "3 municipios" and facts["several_ungoverned"].value
    told = str(facts["ungoverned"])
    assert "Pacoa" in told and not any(name in told for name in ("isla", "San Andrés"))
    plan = rows("plan_accion", action("a", municipio="97511", ponderador=100))
    one = make_context({"plan_accion": plan}, "97", names=VAUPES, kinds=AREAS)
    facts = municipal_plans(one).facts
    assert facts["with_plan"].value == 1 and str(facts["asked"]) == "4 territorios"


def test_why_nothing_is_compared_names_what_there_is() -> None:
    names = {"88001": "San Andrés", "88564": "Providencia"}
    world = {"poblacion": people_of(m88001=10, m88564=10)}
    island = make_context(world, "88", names=names, kinds={"88001": ISLAND})
    assert (
        priority(island)
        .gaps[0]
        .why.startswith("El departamento tiene 1 municipio y la isla de San Andrés: ")
    )
    capital = make_context({}, "11", names={"11001": "Bogotá, D.C."})
    assert priority(capital).gaps[0].why.startswith("El Distrito Capital no se divide")


def test_heads_of_columns_do_not_call_them_municipalities() -> None:
    plan = rows("plan_accion", action("a", municipio="97001", ponderador=100))

    def head(others: dict[str, str]) -> str:
        world = make_context({"plan_accion": plan}, "97", names=VAUPES, kinds=others)
        return municipal_plans(world).tables["municipal"].columns["name"].label

    assert (head(AREAS), head({})) == ("Territorio", "Municipio")


def test_types_are_read_whatever_their_case(tmp_path: Path) -> None:
    path = tmp_path / "divipola.csv"
    table = pd.DataFrame(
        [["97", "VAUPÉS", "97511", "PACOA", " Área no municipalizada ", "-71", "0.02"]],
        columns=DIVIPOLA.splitlines()[0].split(","),
    )
    table.to_csv(path, index=False)
    assert read(path).data["tipo"].tolist() == [AREA]


@pytest.mark.parametrize(
    ("place", "whole"),
    [
        (Territory("88", ARCHIPELAGO, "department", "88", ARCHIPELAGO),
         f"el departamento del {ARCHIPELAGO}"),
        (Territory("11", "Bogotá, D.C.", "department", "11", "Bogotá, D.C."), "Bogotá, D.C."),
        (Territory("73067", "Ataco", "municipality", "73", "Tolima"), "Ataco"),
    ],
)  # fmt: skip
def test_a_place_in_a_title(place: Territory, whole: str) -> None:
    assert places.whole(place) == whole
