"""A notebook is run in a fresh kernel, saved whole, and its failure is told without its data."""

from __future__ import annotations

import os
import re
import shutil
import threading
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gsi.ground.errors import Finding, TerritoryFailed, UserMistake
from gsi.run import notebooks
from gsi.run.kernels import NotStarted, server


def write(path: Path, *cells: str) -> Path:
    parameters = new_code_cell(
        'territory = "00"', id="parametros", metadata={"tags": ["parameters"]}
    )
    rest = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(cells)]
    notebook = new_notebook(cells=[new_markdown_cell("# Prueba", id="titulo"), parameters, *rest])
    notebook.metadata.kernelspec = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    nbformat.write(notebook, path)
    return path


def test_parameters_reach_the_notebook_and_the_bytes_repeat(tmp_path: Path) -> None:
    source = write(tmp_path / "00_prueba.ipynb", "print(territory)")
    for name in ("a", "b"):
        notebooks.execute(source, tmp_path / name / "x.ipynb", {"territory": "73"})
    first, second = ((tmp_path / name / "x.ipynb").read_bytes() for name in ("a", "b"))
    assert first == second
    executed = nbformat.reads(first.decode(), as_version=4)
    assert executed.cells[-1].outputs[0].text == "73\n"
    assert str(tmp_path) not in first.decode()
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", first.decode()), "a time of day"


def test_a_failing_cell_is_named_and_its_data_is_not(tmp_path: Path) -> None:
    source = write(tmp_path / "00_prueba.ipynb", "1 + 1", 'raise ValueError("Juana Pérez")', "2")
    with pytest.raises(TerritoryFailed) as caught:
        notebooks.execute(source, tmp_path / "x.ipynb", {"territory": "73"})
    message = str(caught.value)
    assert "00_prueba.ipynb" in message
    assert "ValueError" in message
    assert "Juana" not in message
    assert caught.value.exit_code == 1
    saved = nbformat.read(tmp_path / "x.ipynb", as_version=4)
    assert any(o.get("ename") == "ValueError" for c in saved.cells for o in c.get("outputs", []))


def test_an_undeclared_parameter_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "00_prueba.ipynb", "1")
    with pytest.raises(UserMistake, match="municipio"):
        notebooks.execute(source, tmp_path / "x.ipynb", {"municipio": "73"})
    assert not (tmp_path / "x.ipynb").exists()


def named(folder: Path, after: dict[str, list[str] | None]) -> list[Path]:
    """Notebooks that do nothing, each with what it says it builds on."""
    paths = []
    for name, declared in after.items():
        notebook = new_notebook()
        if declared is not None:
            notebook.metadata["gsi"] = {"after": declared}
        nbformat.write(notebook, folder / f"{name}.ipynb")
        paths.append(folder / f"{name}.ipynb")
    return paths


def test_a_notebook_starts_when_those_it_builds_on_have_ended(tmp_path: Path) -> None:
    paths = named(tmp_path, {"00_a": [], "01_b": [], "02_c": ["00_a"], "03_d": None})
    both = threading.Barrier(2, timeout=20)
    told: list[str] = []

    def run(path: Path) -> None:
        told.append(f"{path.stem} empieza")
        if path.stem in {"00_a", "01_b"}:
            both.wait()  # only passed when the two are under way at once
        told.append(f"{path.stem} termina")

    notebooks.execute_all(paths, run, at_once=2)
    assert told.index("00_a termina") < told.index("02_c empieza")
    assert told[-2:] == ["03_d empieza", "03_d termina"]


def test_after_a_failure_none_is_started_and_all_failures_are_told(tmp_path: Path) -> None:
    paths = named(tmp_path, {"00_a": [], "01_b": [], "02_c": ["00_a"]})
    both = threading.Barrier(2, timeout=20)
    started = []

    def run(path: Path) -> None:
        started.append(path.stem)
        both.wait()
        raise TerritoryFailed(Finding(path.name, "regla", "recibido", "remedio"))

    with pytest.raises(TerritoryFailed) as caught:
        notebooks.execute_all(paths, run, at_once=2)
    assert sorted(started) == ["00_a", "01_b"]
    assert [finding.where for finding in caught.value.findings] == ["00_a.ipynb", "01_b.ipynb"]


def test_a_notebook_cannot_build_on_a_later_one(tmp_path: Path) -> None:
    paths = named(tmp_path, {"00_a": ["01_b"], "01_b": [], "02_c": ["otro"]})
    with pytest.raises(UserMistake, match="01_b"):
        notebooks.execute_all(paths, lambda _path: None)


@pytest.mark.slow
def test_each_notebook_of_the_workbook_needs_only_what_it_declares(
    example: Path, tmp_path: Path
) -> None:
    """Each runs over the results of those it builds on, and of no other."""
    order = notebooks.in_order(example / "notebooks")
    made: dict[str, Path] = {}
    for path in order:
        declared = nbformat.read(path, as_version=4).metadata["gsi"]["after"]
        folder = tmp_path / path.stem
        folder.mkdir()
        for name in declared:
            shutil.copytree(made[name], folder, dirs_exist_ok=True)
        environment = {**os.environ, "GSI_PROJECT": str(example), "GSI_RESULTS": str(folder)}
        notebooks.execute(path, tmp_path / path.name, {"territory": "00"}, "auto", environment)
        made[path.stem] = folder
    assert len(made) == 9
    server.close_all()


def test_a_kernel_that_does_not_start_is_tried_again() -> None:
    tries = []

    def execute(often: int) -> None:
        tries.append(often)
        if len(tries) < often:
            raise NotStarted

    notebooks._started(execute, 3)
    assert len(tries) == 3
    tries.clear()
    with pytest.raises(NotStarted):
        notebooks._started(execute, 4)
    assert len(tries) == 3
