"""What is done once for many territories or many formats changes nothing in what a reader gets."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from documents import TERRITORY, Stage, docx_paragraphs, docx_parts, html_text, pdf_pages, squeezed
from PIL import Image

from gsi.ground.errors import UserMistake
from gsi.report.engine.rendering import check, prepare, render

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


def test_what_the_look_reads_of_a_territory_reaches_it(stage: Stage, tmp_path: Path) -> None:
    folder = stage("Texto.\n", territory=TERRITORY + "  portada:\n    lema: El lema\n")
    partial = folder / "_estilo" / "title-block.html"
    partial.write_text(
        partial.read_text(encoding="utf-8") + "<p>$gsi.portada.lema$</p>\n", encoding="utf-8"
    )
    (page,) = render(folder, ["informe"], ["html"], tmp_path / "out", "embedded")
    assert "El lema" in html_text(page) and "DIVIPOLA 00" in html_text(page)


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
    from gsi.report.engine.findings import EngineError

    folder = stage("Texto [ref].\n\n[a]: uno\n\n[a]: dos\n")
    with pytest.raises(EngineError) as problem:
        render(folder, ["informe"], ["html"], tmp_path / "out", "embedded")
    assert "Pandoc" in str(problem.value)
    assert not (tmp_path / "out").exists()


def test_rendering_only_reads_a_prepared_project(stage: Stage, tmp_path: Path) -> None:
    conformance = Path(__file__).parent / "conformidad"
    folder = stage('![Barras](barras.svg){#fig-barras fig-alt="Barras"}\n')
    shutil.copyfile(conformance / "barras.svg", folder / "barras.svg")
    prepare(folder)

    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    before = files()
    made = render(folder, ["informe"], ["html", "pdf", "docx"], tmp_path / "out", "embedded")
    assert files() == before
    (document,) = [path for path in made if path.suffix == ".docx"]
    pictures = [name for name in docx_parts(document) if name.startswith("word/media/")]
    assert [Path(name).suffix for name in pictures] == [".png"]


def test_what_blocks_hold_is_numbered_and_referred_to(stage: Stage, tmp_path: Path) -> None:
    picture = '![{0} con @tbl-t]({0}.png){{#fig-{0} fig-alt="Dibujo"}}'
    body = (
        "::: {.callout-note}\n## Nota de @fig-b\n\n| A | B |\n|---|---|\n| 1 | @fig-a |\n\n"
        ": Título {#tbl-t}\n\n::: {.aviso}\n::: {layout-ncol=2}\n<!-- dos -->\n\n"
        f"{picture.format('a')}\n\n{picture.format('b')}\n:::\n:::\n:::\n"
    )
    folder = stage(body)
    for name in ("a", "b"):
        Image.new("RGB", (40, 20), "white").save(folder / f"{name}.png")
    made = render(folder, ["informe"], ["html", "pdf", "docx"], tmp_path / "out", "embedded")
    page, printed, document = sorted(
        made, key=lambda path: ["html", "pdf", "docx"].index(path.suffix[1:])
    )
    texts = [
        html_text(page),
        "".join(pdf_pages(printed)),
        "".join(text for _, text in docx_paragraphs(document)),
    ]
    for text in map(squeezed, texts):
        for words in ("Nota de Figura 2", "1 Figura 1", "Tabla 1: Título"):
            assert squeezed(words) in text
        for number, name in enumerate("ab", start=1):
            assert squeezed(f"Figura {number}: {name} con Tabla 1") in text
