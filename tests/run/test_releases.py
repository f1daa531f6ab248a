"""What a release wrote, or had people write, is read by today's code: nothing of a user's is lost.

``releases/<version>/`` holds one of each, of the fictional department, as that release left it: a
frozen baseline, an adopted plan, filled forms, and a territory's parameters with every setting that
the release had. Each later release adds a folder and changes none.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from inputs.forms.filled import DIVIPOLA, FORMS, good
from paths import ROOT

from gsi.analysis import frozen
from gsi.analysis.plan.adopt import FOLDER, adopt, write_plan
from gsi.contract import params, tables, versions
from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.forms.check import check, read_sheets

HERE = ROOT / "tests" / "releases"
RELEASES = sorted(path.name for path in HERE.iterdir())
EXAMPLE = ROOT / "data" / "raw" / "ejemplo"


@pytest.fixture(params=RELEASES)
def kept(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


def _project(root: Path, *inputs: Path) -> Project:
    for name in ("params", "expectations", "reports", "notebooks"):
        (root / name).symlink_to(ROOT / name)
    raw = root / "raw"
    raw.mkdir()
    for path in inputs:
        shutil.copyfile(path, raw / path.name)
    return Project(root, raw, root / "processed", root / "out")


def test_every_release_keeps_one_of_each(kept: Path) -> None:
    for name in ("linea-base-2018/linea-base.json", "params/00.yml", "formularios", "planes"):
        assert (kept / name).exists(), name
    kinds = {path.suffix for path in (kept / "formularios").iterdir()}
    assert kinds == {".xlsx", ".ods", ".csv"}


def test_a_frozen_baseline_is_read_with_every_figure(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "processed" / "00010" / "linea-base-2018"
    shutil.copytree(kept / "linea-base-2018", target)
    project = Project(ROOT, tmp_path, tmp_path / "processed", tmp_path / "out")
    found = frozen.load(project, "00010", 2018)
    assert found is not None
    written = json.loads((target / frozen.DOCUMENT).read_text(encoding="utf-8"))
    assert (found.code, found.year) == ("00010", 2018)
    assert found.sha256 == (target / frozen.SEAL).read_text(encoding="utf-8").split()[0]
    assert len(found.figures) == len(written["figures"]) > 40
    told = {figure["key"]: figure["value"] for figure in written["figures"]}
    assert {key: figure.value for key, figure in found.figures.items()} == told


def test_an_adopted_plan_is_read_and_the_next_version_continues_it(
    kept: Path, tmp_path: Path
) -> None:
    project = _project(tmp_path, EXAMPLE / "divipola.csv", EXAMPLE / "plan-de-accion.xlsx")
    (project.raw / FOLDER).mkdir()
    (plan,) = (kept / "planes").iterdir()
    shutil.copyfile(plan, project.raw / FOLDER / plan.name)
    prepared = store.prepare(project)
    place = prepared.territories.resolve("00")
    history = prepared.data(place).versions()
    assert sorted(versions.version_of(history).unique()) == [1, 2, 3]
    in_force = prepared.data(place).own("plan_accion").set_index("accion")
    # What the person had written in that form.
    assert in_force.loc["A02", "meta"] == 5500.5
    assert in_force.loc["A15", "unidad"] == "ludotecas"
    after = in_force.reset_index().assign(
        version=None, fecha_adopcion=pd.Timestamp("2025-06-30"), acta="Acta 05 de 2025",
        motivo_ajuste=None,
    )  # fmt: skip
    after.loc[after["accion"] == "A02", ["meta", "motivo_ajuste"]] = [5600.0, "Se abrió una vía."]
    form = tmp_path / "plan.xlsx"
    write_plan(form, tables.conform("plan_accion", after), place, title="Plan")
    done = adopt(project, prepared, form)
    assert done.version == 4
    assert done.plan.set_index("accion").loc["A02", "meta"] == 5600.0


def test_filled_forms_are_read_without_a_finding(kept: Path) -> None:
    for path in sorted((kept / "formularios").iterdir()):
        review = check([path], DIVIPOLA)
        assert [str(problem.finding) for problem in review.problems] == [], path.name
        sheets, _ = read_sheets(path)
        read = {sheet.table: sheet.frame for sheet in sheets}
        assert sorted(read) == (["actores"] if path.suffix == ".csv" else sorted(FORMS))
        actors = read["actores"]
        assert actors["actor"].tolist() == ["ACT-1", "ACT-2"]
        assert set(actors["municipio"]) == {good("actores", 1)["municipio"][:5]}


def test_a_territorys_parameters_are_read_as_they_were_set(kept: Path, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "params" / "defaults.yml", tmp_path / "defaults.yml")
    text = (kept / "params" / "00.yml").read_text(encoding="utf-8")
    # A decision of one's own among them.
    (tmp_path / "00.yml").write_text(
        text.replace("  group_share: 0.25\n", "  group_share: 0.34\n"), encoding="utf-8"
    )
    read, changed = params.load(tmp_path, "00")
    assert read.priority.group_share == 0.34
    assert "priority.group_share" in {override.path for override in changed}


def test_reports_without_a_folder_of_cuts_stay_and_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They were published in ``<code>/`` once; today's stand in ``<code>/<years>/``."""
    from gsi.cli import run

    project = _project(tmp_path, EXAMPLE / "divipola.csv")
    place = store.prepare(project).territories.resolve("00")
    old = project.output / "00" / "linea-base.html"
    old.parent.mkdir(parents=True)
    old.write_text("informe", encoding="utf-8")
    run._tell_older(project, [place])
    told = " ".join(capsys.readouterr().err.split())
    assert "hay informes de una versión anterior (linea-base.html)" in told
    assert old.read_text(encoding="utf-8") == "informe"
