"""What a run's key hangs on beside the rows it read: nothing that it may look at is left out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from paths import ROOT

from gsi.analysis.frozen import DOCUMENT, Frozen, folder
from gsi.contract.territory import Territory, Years
from gsi.ground.project import Project
from gsi.inputs import departments, store
from gsi.inputs.data import DISAGREEMENTS, NOISE, Data
from gsi.inputs.store import Store
from gsi.run.basis import Basis, Reads

YEARS = Years(2018, 2024)
DEPARTMENT, TOWN, OTHER = "00", "00001", "00002"


@pytest.fixture
def project(prepared: tuple[Project, Store], tmp_path: Path) -> Project:
    """Parameters and results of its own over the same prepared inputs."""
    root = tmp_path / "copia"
    for name in ("notebooks", "params", "expectations", "reports"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("_output", "_site"))
    shutil.copytree(prepared[0].raw, root / "data" / "raw")
    return Project(root, root / "data" / "raw", root / "processed", root / "out")


def key(project: Project, store: Store, code: str, *reads: str) -> dict[str, Any]:
    place = store.territories.resolve(code)
    return Basis(project, store).key(place, YEARS, Reads(frozenset(reads)))


def differences(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {part for part in before if before[part] != after[part]}


def frozen(project: Project, code: str, year: int, name: str = "Lugar") -> None:
    document = Frozen(code, name, year, {}, (), {}, None, "1", "c")
    document.save(folder(project, code, year))


@pytest.mark.parametrize("code", [DEPARTMENT, TOWN])
def test_a_frozen_baseline_is_part_of_the_key(
    prepared: tuple[Project, Store], project: Project, code: str
) -> None:
    inputs = prepared[1]
    before = {place: key(project, inputs, place) for place in (DEPARTMENT, TOWN, OTHER)}
    frozen(project, code, 2016)
    assert all(key(project, inputs, place) == found for place, found in before.items())
    frozen(project, code, YEARS.baseline)
    after = {place: key(project, inputs, place) for place in before}
    told = {place for place in before if differences(before[place], after[place])}
    # A department's rules over its municipalities; a municipality's is its own.
    assert told == ({DEPARTMENT, TOWN, OTHER} if code == DEPARTMENT else {TOWN})
    assert differences(before[TOWN], after[TOWN]) == {"frozen", "files"}
    document = folder(project, code, YEARS.baseline) / DOCUMENT
    document.unlink()
    assert differences(after[TOWN], key(project, inputs, TOWN)) == {"frozen"}


def test_with_a_frozen_baseline_every_input_file_counts(
    prepared: tuple[Project, Store], project: Project
) -> None:
    inputs = prepared[1]
    frozen(project, TOWN, YEARS.baseline)
    before = key(project, inputs, TOWN), key(project, inputs, OTHER)
    (project.raw / "otro.txt").write_text("nuevo", encoding="utf-8")
    changed = Store(inputs.folder)
    changed.__dict__["_index"] = inputs._index | {"inputs": store.hashes(project.raw)}
    after = key(project, changed, TOWN), key(project, changed, OTHER)
    assert differences(before[0], after[0]) == {"files"}
    assert after[1] == before[1]


def test_the_register_that_the_parameters_name_is_part_of_the_key(
    prepared: tuple[Project, Store], project: Project
) -> None:
    inputs = prepared[1]
    settings = {
        "file": "registros/r.csv", "cut": 2024, "municipality": "m",
        "privations": {"p_agua": {"column": "a"}},
    }  # fmt: skip
    file = project.raw / "registros" / "r.csv"
    file.parent.mkdir()
    file.write_text("m,a\n00001,1\n", encoding="utf-8")
    undeclared = key(project, inputs, TOWN)
    assert undeclared["register"] == ""
    text = yaml.safe_dump({"plan": {"person_register": settings}})
    (project.params / "00.yml").write_text(text, encoding="utf-8")
    before = key(project, inputs, TOWN)
    file.write_text("m,a\n00001,0\n", encoding="utf-8")
    assert differences(before, key(project, inputs, TOWN)) == {"register"}
    # As a run sees it: the hash that the preparation of the inputs took.
    hashed = Store(inputs.folder)
    hashed.__dict__["_index"] = inputs._index | {"inputs": store.hashes(project.raw)}
    assert key(project, hashed, TOWN) == key(project, inputs, TOWN)
    file.unlink()
    assert key(project, inputs, TOWN)["register"] == ""


def test_contracts_and_catalogue_are_part_of_the_key(
    prepared: tuple[Project, Store], project: Project
) -> None:
    inputs = prepared[1]
    before = key(project, inputs, TOWN)
    contract = sorted(project.expectations.glob("*.json"))[0]
    contract.write_text(contract.read_text("utf-8") + "\n", encoding="utf-8")
    assert differences(before, key(project, inputs, TOWN)) == {"trust"}
    catalogue = project.params / "indicators.yml"
    catalogue.write_text(catalogue.read_text("utf-8") + "# nota\n", encoding="utf-8")
    assert differences(before, key(project, inputs, TOWN)) == {"trust", "catalogue"}


@pytest.mark.parametrize("name", ["measures.yml", "indicators-00.yml"])
def test_every_catalogue_is_part_of_the_key(
    prepared: tuple[Project, Store], project: Project, name: str
) -> None:
    before = key(project, prepared[1], TOWN)
    with (project.params / name).open("a", encoding="utf-8") as stream:
        stream.write("# nota\n")
    assert differences(before, key(project, prepared[1], TOWN)) == {"catalogue"}


def test_every_way_of_reading_leaves_its_mark(prepared: tuple[Project, Store]) -> None:
    noted: set[str] = set()
    place = prepared[1].territories.resolve(TOWN)
    data = prepared[1].data(place, lambda table, scope: noted.add(f"{table}.{scope}"))
    ways: list[tuple[Any, set[str]]] = [
        (lambda: data.own("poblacion"), {"poblacion.own"}),
        (lambda: data.department("poblacion"), {"poblacion.department"}),
        (lambda: data.has("atenciones"), {"atenciones.own"}),
        (lambda: data.own("personas"), {"personas.own", "hogares.own"}),
        (lambda: data.own("avances"), {"avances.own", "plan_accion.own"}),
        (data.versions, {"plan_accion.own"}),
        (lambda: data.versions(whole=True), {"plan_accion.department"}),
        (data.disagreements, {f"{DISAGREEMENTS}.own"}),
        (data.compared, {f"{DISAGREEMENTS}.own"}),
        (lambda: data.published("inversion"), {"inversion.own"}),
        (data.noise, {f"{NOISE}.department"}),
        (data.boundaries, {"limites.department"}),
    ]
    for read, marks in ways:
        noted.clear()
        read()
        assert noted == marks
    public = {
        name for name in vars(Data) if not name.startswith("_") and callable(vars(Data)[name])
    }
    reading = {"own", "department", "has", "versions", "disagreements", "noise", "boundaries"}
    assert public == reading | {"compared", "published", "noting", "unwatched"}
    noted.clear()
    data.boundaries()  # kept from before, and read all the same
    assert noted == {"limites.department"}


def test_a_departments_own_rows_do_not_hide_its_municipalities() -> None:
    """A department's code also marks rows of its own: their digest is not the department's."""
    table = pd.DataFrame({"municipio": ["00", "00001", "00002"], "valor": [1.0, 2.0, 3.0]})
    department = Territory(DEPARTMENT, "", "department", DEPARTMENT, "")
    town = replace(department, code=TOWN, level="municipality")

    def digests(frame: pd.DataFrame) -> list[str]:
        made = Store(Path("sin"))
        made.__dict__["digests"] = {"t": departments.digested(frame, frame["municipio"])}
        pairs = ((department, "own"), (department, "department"), (town, "own"))
        return [made.digest(*pair[:1], "t", pair[1]) for pair in pairs]

    before = digests(table)
    own, whole, theirs = (
        a != b for a, b in zip(before, digests(table.assign(valor=[1, 2, 9.0])), strict=True)
    )
    assert own and whole and not theirs


def test_a_disagreement_between_sources_is_watched_as_rows_are(
    prepared: tuple[Project, Store],
) -> None:
    assert DISAGREEMENTS in prepared[1].digests
    pairs = pd.DataFrame({"municipio": [TOWN, OTHER], "valor": [1.0, 2.0]})
    found = departments.digested(pairs, pairs["municipio"])
    changed = departments.digested(pairs.assign(valor=[1.0, 3.0]), pairs["municipio"])
    assert found["own"][TOWN] == changed["own"][TOWN]
    assert found["own"][OTHER] != changed["own"][OTHER]
    assert found["department"][DEPARTMENT] != changed["department"][DEPARTMENT]
