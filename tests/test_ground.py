"""The ground: one set of versions, no host, notebooks without outputs, sources that lint."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
import yaml
from paths import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
RENAMED = {
    "matplotlib-base": "matplotlib",
    "python-duckdb": "duckdb",
    "jupyter_client": "jupyter-client",
    "jupyter_core": "jupyter-core",
}


def locked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, pin in re.findall(r"^([\w.-]+)==([^ \\;]+)", LOCK, re.M):
        found.setdefault(name.lower(), set()).add(pin)
    return found


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    blocks = re.split(r"\n(?=[\w.-]+==)", LOCK.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.match(r"[\w.-]+", item).group().lower() for item in declared}  # type: ignore[union-attr]
    assert names <= set(locked())


def test_conda_gets_the_versions_of_the_lock() -> None:
    document = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, last = document["dependencies"]
    pins = [item.split("=", 1) for item in conda if "=" in item and ">" not in item]
    pins += [item.split("==") for item in last["pip"]]
    checked = {RENAMED.get(name, name): pin for name, pin in pins if name != "python"}
    assert len(checked) > 25
    for name, pin in checked.items():
        assert pin in locked()[name], f"environment.yml: {name}={pin}"
        assert pin == version(name), f"{name}: the tests run on {version(name)}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert {re.match(r"[\w.-]+", item).group().lower() for item in declared} == set(checked)  # type: ignore[union-attr]
    assert any(str(item).startswith("quarto") for item in conda)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebooks_are_committed_without_outputs_and_with_parameters(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    declared = re.findall(r"^(\w+) *(?::[^=]*)?=", tagged[0].source, re.M)
    assert declared == ["territory", "baseline", "follow_up", "raw", "processed"]
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert notebook.cells[0].cell_type == "markdown"


def test_all_nine_notebooks_are_there() -> None:
    numbers = [path.name[:2] for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    assert numbers == [f"{number:02}" for number in range(9)]


def test_the_command_catalogue_is_compiled_from_its_text(tmp_path: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    folder = ROOT / "src" / "gsi" / "cli" / "idioma" / "es" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as source:
        catalogue = read_po(source)
    with (tmp_path / "messages.mo").open("wb") as target:
        write_mo(target, catalogue)
    assert (tmp_path / "messages.mo").read_bytes() == (folder / "messages.mo").read_bytes()


def test_official_files_are_not_in_the_project() -> None:
    names = subprocess.run(
        ["git", "ls-files", "data"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not names:
        pytest.skip("not a git checkout")
    assert all(name.startswith("data/raw/ejemplo/") or name.endswith("README.md") for name in names)


def test_no_figure_is_taller_than_a_page() -> None:
    from gsi.report.figures.style import TALLEST, new_figure

    width, height = new_figure(40).get_size_inches()
    assert height == pytest.approx(width * TALLEST)
    assert tuple(new_figure(3, width=6).get_size_inches()) == (6, 3)


def test_every_benchmark_can_be_run_by_name() -> None:
    for path in sorted((ROOT / "benchmarks").glob("[!_]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        mains = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "main"]
        assert len(mains) == 1, path.name
        given = mains[0].args
        # One number is given: how many times to repeat.
        assert len(given.args) >= 1, path.name
        assert len(given.args) - len(given.defaults) <= 1, path.name
