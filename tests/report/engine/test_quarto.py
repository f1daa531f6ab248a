"""Quarto, when it is there: how it is called, what counts as a failure, and the same words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from documents import Stage, docx_paragraphs, html_text, pdf_pages, squeezed, stage_conformance
from paths import ROOT
from quarto_fields import faults, front_matter, of_quarto
from quarto_project import STAND_IN, install

from gsi.ground.errors import UserMistake
from gsi.report.engine import quarto
from gsi.report.engine.programs import check_engine
from gsi.report.engine.rendering import prepare, render


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """``program(last)`` installs the stand-in; the file where it notes how it was called."""

    def made(last: str = "") -> Path:
        return install(tmp_path / "bin" / "quarto", monkeypatch, last)

    return made


Program = Callable[..., Path]


def called(noted: Path) -> dict[str, object]:
    """How the stand-in was called, and what it found in the folder it was given."""
    found: dict[str, object] = json.loads(noted.read_text(encoding="utf-8"))
    return found


def ask(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What the stand-in itself says of a project."""
    order = [sys.executable, str(STAND_IN), "render", str(folder), *options]
    return subprocess.run(order, capture_output=True, text=True, check=False)


def test_one_call_for_all_formats_in_a_copy_of_the_project(
    stage: Stage, program: Program, tmp_path: Path
) -> None:
    noted = program()
    folder = stage("Texto.\n", {"otro.qmd": "no se pidió\n", "_parte.qmd": "parte\n"})
    paths = render(folder, ["informe"], ["html", "pdf", "docx"], tmp_path / "out", "auto")
    assert [path.name for path in paths] == ["informe.html", "informe.pdf", "informe.docx"]
    call = called(noted)
    # Quarto knows no list of formats after --to; without it, it makes those of the project.
    assert call["arguments"][0] == "render"  # type: ignore[index]
    assert "--to" not in call["arguments"]  # type: ignore[operator]
    assert str(folder) not in call["arguments"]  # type: ignore[operator]
    assert call["epoch"] == "1795348800"  # noon of 2026-11-22
    assert call["documents"] == ["_parte.qmd", "informe.qmd"]
    assert call["formats"] == ["html", "typst", "docx"]
    assert not (folder / "_output").exists()


def test_only_the_formats_asked_for_are_made(
    stage: Stage, program: Program, tmp_path: Path
) -> None:
    noted = program()
    folder = stage("Texto.\n")
    before = (folder / "_quarto.yml").read_bytes()
    (path,) = render(folder, ["informe"], ["pdf"], tmp_path / "out", "quarto")
    assert path.name == "informe.pdf"
    assert called(noted)["formats"] == ["typst"]
    assert (folder / "_quarto.yml").read_bytes() == before


FAULTS = {
    # What stood in the staged projects before all facts had one key.
    "a map under one of Quarto's fields": (
        "_territorio.yml",
        "rights:\n  better: 3\n",
        'In file _territorio.yml\n(line 6, columns 3--6) Field "rights" has value better: 3, '
        "which must instead be a string",
    ),
    "an unknown key of the project": ("_quarto.yml", "project:\n  gsi: 1\n", "property name gsi"),
    "an unknown format": ("_quarto.yml", "format:\n  pdfx:\n    a: 1\n", "no possible value"),
    "a list for a text": ("informe.qmd", "---\ntitle: [a]\n---\n", 'Field "title" has value'),
    "a word for yes or no": ("_quarto.yml", "toc: quiza\n", "must instead be a boolean"),
    "a file that is not there": ("_quarto.yml", "metadata-files: [no.yml]\n", "was not found"),
    "a filter that is not there": ("_quarto.yml", "filters: [no.lua]\n", "was not found"),
    "a part that is not there": (
        "informe.qmd",
        "{{< include _no.md >}}\n",
        "could not find file",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_stand_in_refuses_what_quarto_refuses(stage: Stage, fault: str) -> None:
    folder = stage("Texto.\n")
    prepare(folder)
    assert ask(folder).returncode == 0
    name, text, said = FAULTS[fault]
    path = folder / name
    append = name == "_territorio.yml"
    path.write_text((path.read_text(encoding="utf-8") if append else "") + text, encoding="utf-8")
    answer = ask(folder)
    assert answer.returncode == 1
    assert answer.stderr.startswith("ERROR:")
    assert said in answer.stderr
    assert "Stack trace:" in answer.stderr


def test_the_stand_in_knows_no_list_of_formats(stage: Stage) -> None:
    folder = stage("Texto.\n")
    prepare(folder)
    assert ask(folder, "--to", "typst").returncode == 0
    answer = ask(folder, "--to", "html,typst,docx")
    assert answer.returncode == 1
    assert "ERROR: Unknown format html,typst,docx" in answer.stderr


def test_the_reports_hold_against_the_fields_of_quarto() -> None:
    """Every key of the project and of each document; a staged one adds only its facts."""
    options = yaml.safe_load((ROOT / "reports" / "_quarto.yml").read_text(encoding="utf-8"))
    assert list(faults(options, project=True)) == []
    # Every option of the project is one that Quarto knows: a slip would pass unchecked.
    assert set(options) == of_quarto(options)
    for name, chosen in options["format"].items():
        assert set(chosen) == of_quarto(chosen), name
    for path in (ROOT / "reports").glob("*.qmd"):
        header = front_matter(path)
        assert list(faults(header)) == [], path.name
        assert set(header) == of_quarto(header), path.name


def test_keys_of_ours_that_are_fields_of_quarto_are_seen() -> None:
    before = {"rights": {"better": 3}, "subtitle": "x", "title": "y"}
    assert [fault.path for fault in faults(before)] == ["rights"]
    assert of_quarto({"gsi": {}, "rights": {}, "sections": {}}) == {"rights"}


YAML_FAULT = """cat >&2 <<'FIN'
[1/2] informe.qmd
ERROR: Validation of YAML front matter failed.
ERROR: In file informe.qmd
(line 2, columns 8--9) Field "title" has value 5, which must instead be a string
1: ---
2: title: 5
         ~~
✖ The value 5 is of type number.
ℹ The error happened in location title.

ERROR: In file informe.qmd
(line 5, column 7) Field "lang" has value 7, which must instead be a string
4: toc: true
5: lang: 7
        ~
✖ The value 7 is of type number.
ℹ The error happened in location lang.

ERROR: Render failed due to invalid YAML.

Stack trace:
    at readAndValidateYamlFromFile (file:///quarto/validated-yaml.ts:51:11)
FIN
exit 1"""


def test_a_failure_is_told_with_its_file_and_line_and_without_its_stack(
    stage: Stage, program: Program, tmp_path: Path
) -> None:
    program(YAML_FAULT)
    with pytest.raises(UserMistake) as raised:
        render(stage("Texto.\n"), ["informe"], ["html"], tmp_path / "out", "quarto")
    first, second = raised.value.findings
    assert first.where == "informe.qmd, línea 2"
    assert first.received == (
        'Field "title" has value 5, which must instead be a string'
        " ✖ The value 5 is of type number. ℹ The error happened in location title"
    )
    assert second.where == "informe.qmd, línea 5"
    assert 'Field "lang" has value 7' in second.received
    assert not re.search(r"Stack trace|validated-yaml|\[1/2\]", str(raised.value))


def test_a_failure_without_a_line_is_told_from_its_error_to_its_stack(
    stage: Stage, program: Program, tmp_path: Path
) -> None:
    said = (
        "printf '[1/1] informe.qmd\\n\\033[31mERROR: Unknown format x\\033[0m\\nuse y\\n\\n"
        "Stack trace:\\n    at resolveFormats (file:///x.ts:606:13)\\n' >&2; exit 1"
    )
    program(said)
    with pytest.raises(UserMistake) as raised:
        render(stage("Texto.\n"), ["informe"], ["html"], tmp_path / "out", "quarto")
    (finding,) = raised.value.findings
    assert finding.where == "quarto render"
    assert finding.received == "ERROR: Unknown format x use y"


@pytest.mark.parametrize(
    "said",
    [
        'echo "WARNING: Unable to resolve crossref @fig-x" >&2',
        "rm _output/informe.pdf",
    ],
)
def test_what_quarto_could_not_do_is_an_error_and_writes_nothing(
    stage: Stage, program: Program, tmp_path: Path, said: str
) -> None:
    program(said)
    folder = stage("Texto.\n")
    with pytest.raises(UserMistake):
        render(folder, ["informe"], ["html", "pdf"], tmp_path / "out", "quarto")
    assert not (tmp_path / "out").exists()


def test_the_subset_is_checked_before_quarto_runs(
    stage: Stage, program: Program, tmp_path: Path
) -> None:
    noted = program()
    with pytest.raises(UserMistake, match=r"informe\.qmd, línea 6: La referencia no existe"):
        render(stage("La @fig-x.\n"), ["informe"], ["html"], tmp_path / "out", "quarto")
    assert not noted.exists()


def test_without_quarto_its_engine_says_what_to_do_and_auto_goes_on(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO_PATH", str(tmp_path / "nada"))
    folder = stage("Texto.\n")
    with pytest.raises(UserMistake, match="use --engine embedded"):
        render(folder, ["informe"], ["html"], tmp_path / "out", "quarto")
    (path,) = render(folder, ["informe"], ["html"], tmp_path / "out", "auto")
    assert "Texto." in html_text(path)


@pytest.mark.parametrize("body", ["echo 'no runtime' >&2\nexit 3", "exit 0", "not a program"])
@pytest.mark.parametrize("engine", ["auto", "quarto"])
def test_a_quarto_that_does_not_work_is_told_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, body: str
) -> None:
    broken = tmp_path / "quarto"
    broken.write_text(body if body.startswith("not") else f"#!/bin/sh\n{body}\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("QUARTO_PATH", str(broken))
    with pytest.raises(UserMistake) as caught:
        check_engine(engine)
    (told,) = caught.value.findings
    assert told.where == str(broken) and "--engine embedded" in told.remedy and told.received
    check_engine("embedded")  # which needs none


def test_an_absent_document_and_an_unknown_format_are_named(stage: Stage, tmp_path: Path) -> None:
    folder = stage("Texto.\n")
    with pytest.raises(UserMistake, match=r"otro\.qmd: No existe el informe"):
        render(folder, ["otro"], ["html"], tmp_path / "out", "embedded")
    with pytest.raises(UserMistake, match="Formato de informe desconocido"):
        render(folder, ["informe"], ["odt"], tmp_path / "out", "embedded")  # type: ignore[list-item]


@pytest.mark.parametrize("key", ["format", "filters", "metadata-files", "rights"])
def test_a_header_has_only_what_both_engines_follow(stage: Stage, tmp_path: Path, key: str) -> None:
    folder = stage("Texto.\n")
    path = folder / "informe.qmd"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("date:", f"{key}:\n  html: x\ndate:"), encoding="utf-8")
    with pytest.raises(UserMistake, match=r"informe\.qmd, línea 3: Opción de Quarto fuera"):
        render(folder, ["informe"], ["html"], tmp_path / "out", "embedded")


def test_the_territory_s_file_has_only_its_facts_and_its_title(
    stage: Stage, tmp_path: Path
) -> None:
    folder = stage("Texto.\n", {}, "gsi:\n  ejemplo: false\nrights:\n  better: 3\n")
    with pytest.raises(UserMistake, match=r"_territorio\.yml, línea 3: Opción de Quarto fuera"):
        render(folder, ["informe"], ["html"], tmp_path / "out", "embedded")


@pytest.mark.skipif(quarto.program() is None, reason="Quarto is not installed (PATH, QUARTO_PATH)")
def test_both_engines_say_the_same(tmp_path: Path) -> None:
    texts = {}
    for engine in ("quarto", "embedded"):
        folder = tmp_path / engine
        stage_conformance(folder / "proyecto")
        # Quarto needs another program to put an SVG into Word; the reports have PNG.
        text = folder / "proyecto" / "conformidad.qmd"
        text.write_text(text.read_text(encoding="utf-8").replace("barras.svg", "barras.png"))
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
        # Quarto's callouts carry an icon, a letter of a font of icons.
        texts[engine] = [
            re.sub("[\ue000-\uf8ff]", "", squeezed(text))
            for text in (said, "".join(pdf_pages(pdf)), "".join(filled))
        ]
    assert os.environ.get("QUARTO_PATH") or texts  # one run of each was made
    assert texts["quarto"] == texts["embedded"]
