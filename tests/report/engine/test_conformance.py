"""The embedded engine says what real Quarto said of the conformance document: same words, labels,
numbers, captions and order. Each known difference is named here and in docs/quarto.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import (
    CONFORMANCE,
    docx_paragraphs,
    html_text,
    pdf_pages,
    squeezed,
    stage_conformance,
)

from gsi.report.engine.rendering import render

OURS = "Gestión Social Integral"  # the series' name, part of our look


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conformidad")
    stage_conformance(folder / "proyecto")
    out = folder / "out"
    render(folder / "proyecto", ["conformidad"], ["html", "pdf", "docx"], out, "embedded")
    return out


def expected(name: str) -> str:
    return (CONFORMANCE / name).read_text(encoding="utf-8")


def test_html_has_the_words_of_quarto_in_their_order(rendered: Path) -> None:
    # Quarto's minimal HTML titles an untitled callout in English; its PDF and DOCX, and we, do not.
    wanted = expected("conformidad.html.txt").replace("Warning", "Advertencia")
    said = html_text(rendered / "conformidad.html")
    for own in ("Saltar al contenido", f"{OURS} · DIVIPOLA 00"):
        assert said.count(own) == 1
        said = said.replace(own, "")
    assert squeezed(said) == squeezed(wanted)


def test_pdf_has_the_words_of_quarto_in_their_order(rendered: Path) -> None:
    wanted = expected("conformidad.pdf.txt")
    wanted = re.sub(r"(?m)^\s+\d+\s*$", "", wanted)  # page numbers; ours say 'Página 1 de 3'
    wanted = re.sub(r"[\ue000-\uf8ff]", "", wanted)  # icons of Quarto's callouts
    pages = pdf_pages(rendered / "conformidad.pdf")
    for number, text in enumerate(pages, start=1):
        foot = squeezed(f"{OURS}Página {number} de {len(pages)}")
        head = squeezed("Línea de baseTolima") if number > 1 else squeezed(f"{OURS} · DIVIPOLA 00")
        page = squeezed(text)
        assert page.casefold().startswith(head.casefold())
        assert page.endswith(foot)
        pages[number - 1] = page[len(head) : -len(foot)]
    assert _without_leaders("".join(pages)) == _without_leaders(squeezed(wanted))


def _without_leaders(text: str) -> str:
    """Entries of the contents without dots and page numbers: pages depend on the paper."""
    return re.sub(r"\.{3,}\d+", "", text)


def test_docx_has_the_words_of_quarto_in_their_order(rendered: Path) -> None:
    wanted = expected("conformidad.docx.txt")
    wanted = re.sub(r"\[\d*\]", "", wanted)  # marks of notes and of pictures
    wanted = re.sub(r"(?m)^\d\.\s{2}", "", wanted)  # numbers that Word makes for a list
    # Our contents come filled; Quarto leaves them for Word to make.
    paragraphs = docx_paragraphs(rendered / "conformidad.docx")
    said = "\n".join(text for style, text in paragraphs if not style.startswith("TOC"))
    assert ("TOCHeading", "Tabla de contenidos") in paragraphs
    assert _words(f"Tabla de contenidos {said.removeprefix(_TITLE)}") == _words(wanted)


_TITLE = "Línea de base\nTolima, corte 2018-2024\n22 de noviembre de 2026\n"


def _words(text: str) -> str:
    """Without the frames that the expected text draws around tables."""
    return re.sub(r"[^\w.,%()×/]", "", squeezed(text))


def test_captions_stand_where_quarto_puts_them(rendered: Path) -> None:
    html = (rendered / "conformidad.html").read_text(encoding="utf-8")
    assert re.search(r"<figure[^>]*fig-barras.*?<img.*?<figcaption.*?</figure>", html, re.DOTALL)
    assert re.search(r"<table[^>]*tbl-ipm.*?<caption.*?<thead", html, re.DOTALL)
    assert re.search(r"width:\s*60%", html)  # tbl-colwidths="[60,40]"
    paragraphs = docx_paragraphs(rendered / "conformidad.docx")
    styles = {text.replace("\u00a0", " "): style for style, text in paragraphs}
    texts = list(styles)
    assert texts.index("Tabla 1: Pobreza multidimensional 2018") < texts.index("Municipio")
    assert styles["Figura 1: En Ataco 64 de cada 100 personas son pobres"] == "ImageCaption"
    assert styles["Tabla 1: Pobreza multidimensional 2018"] == "TableCaption"
