"""What the preparation of the inputs hangs on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from inputs.readers.made_files import DIVIPOLA
from paths import ROOT

from gsi.contract import tables
from gsi.ground.errors import InputsChanged, UserMistake
from gsi.ground.project import Project
from gsi.inputs import readers as sources
from gsi.inputs import store
from gsi.inputs.records import Reading

PACKAGE = ROOT / "src"


COMMITMENTS = (
    "compromiso,municipio,instancia,sesion_fecha,descripcion,responsable,vence,estado\n"
    "X-1,73067,consejo,31/02/2024,Revisar,Salud,2024-12-31,pendiente\n"
)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were read, not remembered."""
    seen: list[Path] = []
    read = sources.read_all

    def watched(raw: Path, digests: dict[str, str]) -> Reading:
        seen.append(raw)
        return read(raw, digests)

    monkeypatch.setattr(store.sources, "read_all", watched, raising=False)
    return seen


def test_a_faulty_file_is_remembered_and_read_once(project: Project, readings: list[Path]) -> None:
    (project.raw / "compromisos.csv").write_text(COMMITMENTS, encoding="utf-8")
    first, again = store.prepare(project), store.prepare(project)
    assert len(readings) == 1
    assert first.left_out == again.left_out
    (file,) = again.left_out.faulty
    assert (file.file, file.places) == ("compromisos.csv", ("73067",))
    assert "31/02/2024" in file.findings[0].received
    assert again.left_out.of("73001").faulty == ()


def test_a_reading_that_failed_is_remembered(project: Project, readings: list[Path]) -> None:
    path = project.raw / "divipola.csv"
    path.write_text(DIVIPOLA.replace("73067", "7306"), encoding="utf-8")
    told = []
    for _ in range(2):
        with pytest.raises(UserMistake) as caught:
            store.prepare(project)
        told.append(caught.value.findings)
    assert told[0] == told[1] and "divipola.csv" in told[0][0].where
    assert len(readings) == 1
    path.write_text(DIVIPOLA, encoding="utf-8")
    assert store.prepare(project).territories.resolve("Ataco").code == "73067"


@pytest.mark.parametrize("change", ["desapareció", "apareció", "cambió"])
def test_files_that_change_while_they_are_read_are_told_and_nothing_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = project.raw / "compromisos.csv"
    path.write_text(COMMITMENTS, encoding="utf-8")
    read = sources.read_all

    def meanwhile(raw: Path, digests: dict[str, str]) -> Reading:
        found = read(raw, digests)
        if change == "desapareció":
            path.unlink()
        else:
            (path if change == "cambió" else raw / "nuevo.csv").write_text(
                "a,b\n", encoding="utf-8"
            )
        return found

    monkeypatch.setattr(store.sources, "read_all", meanwhile, raising=False)
    with pytest.raises(InputsChanged, match=change):
        store.prepare(project)
    assert [kept for kept in project.base.iterdir() if not kept.name.startswith(".")] == []


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name for name in found if name.split(".")[0] == "gsi"}


def test_what_prepares_the_inputs_imports_nothing_that_a_change_leaves_prepared() -> None:
    """Else a changed reader could meet tables that its old self made."""
    modules = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    seen: set[str] = set()
    todo = {"gsi.inputs.store"}
    while todo:
        name = todo.pop()
        while name and name not in modules:
            name = name.rpartition(".")[0]
        if name and name not in seen:
            seen.add(name)
            todo |= _imports(modules[name]) | {name.rpartition(".")[0]}
    assert len(seen) > 40
    floors = {name.split(".")[1] for name in seen if "." in name}
    assert floors <= set(store.PREPARES)


def test_rows_of_published_files_are_nobodys_report(project: Project) -> None:
    """A list of the REPS alone: its rows stand whole, apart, and no form was delivered."""
    (project.raw / "reps.csv").write_text(
        "idmpio,nombre,codigohabilitacion,najunombre,fecha_corte_REPS\n"
        "73067,HOSPITAL,7306700100,Pública,Fecha corte REPS: Mar 6 2021 9:12PM\n",
        encoding="utf-8",
    )
    made = store.prepare(project)
    data = made.data(made.territories.resolve("73067"))
    for name in ("escenarios", "actores"):
        assert len(data.published(name)) == 1
        assert data.published(name)["origen"].tolist() == ["minsalud_reps"]
        assert data.own(name).empty and data.department(name).empty and not data.has(name)
        assert list(data.own(name).columns) == tables.schema(name).column_names
    assert made.verdicts.reported_within("actores", ["73067"]) == 0
    assert made.verdicts.rows_within("actores", ["73067"]) == 1
    assert [v.rule for v in made.verdicts.failed() if v.table in ("escenarios", "actores")] == []
