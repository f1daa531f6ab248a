"""A staged project held against what Quarto checks: its fields, and the stand-in's render."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from paths import ROOT
from quarto_fields import faults, front_matter, of_quarto

from gsi.report.engine.rendering import render

DOCUMENTS = ("linea-base", "plan-de-accion")
FORMATS = ("html", "pdf", "docx")
STAND_IN = ROOT / "tests" / "quarto_stand_in.py"


def install(program: Path, monkeypatch: pytest.MonkeyPatch, last: str = "") -> Path:
    """The stand-in as the program ``QUARTO_PATH`` names; ``last`` are shell lines after it.

    Returns the file where it notes how it was called.
    """
    program.parent.mkdir(parents=True, exist_ok=True)
    text = f'#!/bin/sh\n"{sys.executable}" "{STAND_IN}" "$@" || exit $?\n{last}\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    noted = program.with_name("llamada.json")
    monkeypatch.setenv("QUARTO_PATH", str(program))
    monkeypatch.setenv("GSI_TEST_CALL", str(noted))
    return noted


def hold_against_quarto(staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key of a territory's staged project, then both reports in all formats, in one call."""
    text = (staged / "_territorio.yml").read_text(encoding="utf-8")
    territory = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert set(territory) == {"gsi", "subtitle"}
    assert of_quarto(territory) == {"subtitle"}
    assert list(faults(territory)) == []
    project = yaml.safe_load((staged / "_quarto.yml").read_text(encoding="utf-8"))
    assert list(faults(project, project=True)) == []
    for path in staged.glob("*.qmd"):
        assert list(faults(front_matter(path))) == [], path.name
    folder = shutil.copytree(staged, tmp_path / "informe")
    noted = install(tmp_path / "bin" / "quarto", monkeypatch)
    made = render(folder, DOCUMENTS, FORMATS, tmp_path / "out", "quarto")
    assert [path.name for path in made] == [
        f"{doc}.{kind}" for doc in DOCUMENTS for kind in FORMATS
    ]
    call = json.loads(noted.read_text(encoding="utf-8"))
    assert "--to" not in call["arguments"]
    assert call["formats"] == ["html", "typst", "docx"]
