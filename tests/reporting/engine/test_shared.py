"""What is done once for many territories or many formats changes nothing in what a reader gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from documents import TERRITORY, Stage, html_text

from gsi.errors import UserMistake
from gsi.reporting.engine import check, prepare, render

FONTS = "_estilo/fuentes"


def fonts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / FONTS).iterdir())}


@pytest.mark.parametrize("links", [True, False])
def test_fonts_of_many_projects_are_one_copy_where_the_disk_can(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    folder, shared = stage("Texto.\n"), tmp_path / "comun"
    prepare(folder)
    alone = fonts(folder)
    if not links:

        def refuse(*_: object) -> None:
            raise OSError("this disk has no hard links")

        monkeypatch.setattr(os, "link", refuse)
    prepare(folder, shared)
    assert fonts(folder) == alone
    (kept,) = shared.iterdir()
    font = "SourceSansPro-Regular.woff"
    assert (folder / FONTS / font).samefile(kept / font) is links


def test_another_preparation_takes_the_fonts_that_are_kept(stage: Stage, tmp_path: Path) -> None:
    folder, shared = stage("Texto.\n"), tmp_path / "comun"
    prepare(folder, shared)
    (kept,) = shared.iterdir()
    before = kept.stat().st_mtime_ns
    prepare(folder, shared)
    assert list(shared.iterdir()) == [kept]
    assert kept.stat().st_mtime_ns == before


def test_every_fact_that_is_named_reaches_the_report(stage: Stage, tmp_path: Path) -> None:
    territory = TERRITORY + (
        "hechos:\n  uno: Primero\n  dos: true\n  hondo:\n    tres: Tercero\n  cuatro: Cuarto\n"
        "portada:\n  lema: El lema\n"
    )
    body = (
        "A {{< meta hechos.uno >}}.\n\n"
        '::: {.content-visible when-meta="hechos.dos"}\nDicho.\n:::\n\n'
        '::: {.content-visible when-format="html"}\nC {{< meta hechos.hondo.tres >}}.\n:::\n\n'
        '::: {.content-visible when-format="docx"}\nD {{< meta hechos.uno >}}.\n:::\n'
    )
    folder = stage(body, territory=territory)
    text = (folder / "informe.qmd").read_text(encoding="utf-8")
    head, rest = text.removeprefix("---\n").split("---\n", 1)
    kept = [line for line in head.splitlines() if not line.startswith("title:")]
    kept.append('title: "Informe {{< meta hechos.cuatro >}}"')
    lines = "\n".join(kept)
    (folder / "informe.qmd").write_text(f"---\n{lines}\n---\n{rest}", encoding="utf-8")
    partial = folder / "_estilo" / "title-block.html"
    partial.write_text(
        partial.read_text(encoding="utf-8") + "<p>$portada.lema$</p>\n", encoding="utf-8"
    )
    (page,) = render(folder, ["informe"], ["html"], tmp_path / "out", "embedded")
    shown = html_text(page)
    for words in ("A Primero.", "Dicho.", "C Tercero.", "Informe Cuarto", "El lema"):
        assert words in shown
    assert "D Primero." not in shown


@pytest.mark.parametrize(
    "line",
    [
        "Texto.^[Nota *con* [uno]{.content-visible} {#x a='b'}]",
        "| a |\n|---|\n| ![T](a.png) {#fig-a fig-alt='Algo'} |",
    ],
)
def test_braces_beside_nothing_are_told_wherever_they_are(stage: Stage, line: str) -> None:
    with pytest.raises(UserMistake) as problem:
        check(stage(f"{line}\n"), ["informe"], ["html"])
    rules = [finding.rule for finding in problem.value.findings]
    assert "Estas llaves no van junto a ningún elemento" in rules


def test_a_warning_of_the_shared_parse_stops_the_report(stage: Stage, tmp_path: Path) -> None:
    from gsi.reporting.engine.findings import EngineError

    folder = stage("Texto [ref].\n\n[a]: uno\n\n[a]: dos\n")
    with pytest.raises(EngineError) as problem:
        render(folder, ["informe"], ["html"], tmp_path / "out", "embedded")
    assert "Pandoc" in str(problem.value)
    assert not (tmp_path / "out").exists()
