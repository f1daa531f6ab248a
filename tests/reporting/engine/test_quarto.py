"""Quarto, when it is there: how it is called, what counts as a failure, and the same words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from documents import Stage, docx_paragraphs, html_text, pdf_pages, squeezed, stage_conformance

from gsi.errors import UserMistake
from gsi.reporting.engine import quarto, render

SCRIPT = """#!/bin/sh
echo "$@" > "$GSI_TEST_CALL"
echo "$SOURCE_DATE_EPOCH" >> "$GSI_TEST_CALL"
ls *.qmd >> "$GSI_TEST_CALL"
mkdir -p _output
for kind in html pdf docx; do echo "$kind" > "_output/informe.$kind"; done
%s
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for Quarto that notes how it was called; ``QUARTO_PATH`` names it."""
    path = tmp_path / "bin" / "quarto"
    path.parent.mkdir()
    monkeypatch.setenv("QUARTO_PATH", str(path))
    monkeypatch.setenv("GSI_TEST_CALL", str(tmp_path / "call"))
    return path


def install(program: Path, last: str = "") -> None:
    program.write_text(SCRIPT % last, encoding="utf-8")
    program.chmod(0o755)


def test_one_call_for_all_formats_in_a_copy_of_the_project(
    stage: Stage, program: Path, tmp_path: Path
) -> None:
    install(program)
    folder = stage("Texto.\n", {"otro.qmd": "no se pidió\n", "_parte.qmd": "parte\n"})
    paths = render(folder, ["informe"], ["html", "pdf", "docx"], tmp_path / "out", "auto")
    assert [path.read_text() for path in paths] == ["html\n", "pdf\n", "docx\n"]
    call = (tmp_path / "call").read_text(encoding="utf-8").splitlines()
    assert call[0].startswith("render ") and "--to html,typst,docx" in call[0]
    assert str(folder) not in call[0]
    assert call[1:] == ["1795348800", "_parte.qmd", "informe.qmd"]  # noon of 2026-11-22
    assert not (folder / "_output").exists()


@pytest.mark.parametrize(
    "said",
    [
        'echo "WARNING: Unable to resolve crossref @fig-x" >&2',
        'echo "ERROR: Validation of YAML front matter failed" >&2; exit 1',
        "rm _output/informe.pdf",
    ],
)
def test_what_quarto_could_not_do_is_an_error_and_writes_nothing(
    stage: Stage, program: Path, tmp_path: Path, said: str
) -> None:
    install(program, said)
    folder = stage("Texto.\n")
    with pytest.raises(UserMistake):
        render(folder, ["informe"], ["html", "pdf"], tmp_path / "out", "quarto")
    assert not (tmp_path / "out").exists()


def test_the_subset_is_checked_before_quarto_runs(
    stage: Stage, program: Path, tmp_path: Path
) -> None:
    install(program)
    with pytest.raises(UserMistake, match=r"informe\.qmd, línea 6: La referencia no existe"):
        render(stage("La @fig-x.\n"), ["informe"], ["html"], tmp_path / "out", "quarto")
    assert not (tmp_path / "call").exists()


def test_without_quarto_its_engine_says_what_to_do_and_auto_goes_on(
    stage: Stage, program: Path, tmp_path: Path
) -> None:
    folder = stage("Texto.\n")
    with pytest.raises(UserMistake, match="use --engine embedded"):
        render(folder, ["informe"], ["html"], tmp_path / "out", "quarto")
    (path,) = render(folder, ["informe"], ["html"], tmp_path / "out", "auto")
    assert "Texto." in html_text(path)


def test_an_absent_document_and_an_unknown_format_are_named(stage: Stage, tmp_path: Path) -> None:
    folder = stage("Texto.\n")
    with pytest.raises(UserMistake, match=r"otro\.qmd: No existe el informe"):
        render(folder, ["otro"], ["html"], tmp_path / "out", "embedded")
    with pytest.raises(UserMistake, match="Formato de informe desconocido"):
        render(folder, ["informe"], ["odt"], tmp_path / "out", "embedded")  # type: ignore[list-item]


@pytest.mark.skipif(quarto.program() is None, reason="Quarto is not installed (PATH, QUARTO_PATH)")
def test_both_engines_say_the_same(tmp_path: Path) -> None:
    texts = {}
    for engine in ("quarto", "embedded"):
        folder = tmp_path / engine
        stage_conformance(folder / "proyecto")
        paths = render(
            folder / "proyecto",
            ["conformidad"],
            ["html", "pdf", "docx"],
            folder / "out",
            engine,  # type: ignore[arg-type]
        )
        html, pdf, docx = paths
        said = html_text(html).replace("Warning", "Advertencia")
        filled = [t for style, t in docx_paragraphs(docx) if not style.startswith("TOC")]
        texts[engine] = [
            squeezed(said),
            squeezed("".join(pdf_pages(pdf))),
            squeezed("".join(filled)),
        ]
    assert os.environ.get("QUARTO_PATH") or texts  # one run of each was made
    assert texts["quarto"] == texts["embedded"]
