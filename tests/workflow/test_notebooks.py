"""A notebook is run in a fresh kernel, saved whole, and its failure is told without its data."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gsi.errors import TerritoryFailed, UserMistake
from gsi.workflow import notebooks


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
