"""The text a reader finds in each format, and the reports' style for a staged project."""

from __future__ import annotations

import re
import shutil
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import yaml
from paths import ROOT

REPORTS = ROOT / "reports"
CONFORMANCE = ROOT / "tests" / "report" / "engine" / "conformidad"
HEADER = '---\ntitle: "Línea de base"\ndate: "2026-11-22"\n---\n\n'
TERRITORY = "gsi:\n  territorio:\n    nombre: Ejemplo\n    codigo: '00'\n  ejemplo: false\n"
STYLE = ("_quarto.yml", "_filtros", "_estilo")

Stage = Callable[..., Path]


def style_into(folder: Path) -> None:
    """The reports' ``_quarto.yml``, filters and style, without their texts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in STYLE:
        source = REPORTS / name
        if source.is_dir():
            shutil.copytree(source, folder / name, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, folder / name)


def stage_conformance(folder: Path) -> None:
    """The conformance document in the reports' style, with its contents two levels deep."""
    style_into(folder)
    for path in CONFORMANCE.iterdir():
        if path.suffix in {".qmd", ".png", ".svg"}:
            shutil.copyfile(path, folder / path.name)
    options = yaml.safe_load((folder / "_quarto.yml").read_text(encoding="utf-8"))
    options["format"]["typst"].pop("toc-depth")
    (folder / "_quarto.yml").write_text(yaml.safe_dump(options, allow_unicode=True))
    (folder / "_territorio.yml").write_text(TERRITORY.replace("Ejemplo", "Tolima"))


class _Reader(HTMLParser):
    """Visible text, a space for every tag; TeX annotations of formulas are not visible."""

    HIDDEN = frozenset({"style", "script", "title", "annotation"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in self.HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in self.HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def html_text(path: Path) -> str:
    """Every visible word of an HTML file, in order."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return "".join(reader.parts)


def pdf_pages(path: Path) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def docx_parts(path: Path) -> dict[str, bytes]:
    """Every part of a DOCX by its name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def docx_paragraphs(path: Path) -> list[tuple[str, str]]:
    """(style, text) of each paragraph in order, tables and formulas included, then notes."""
    found = []
    parts = docx_parts(path)
    for name in ("word/document.xml", "word/footnotes.xml"):
        for paragraph in ET.fromstring(parts[name]).iter(f"{W}p"):
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            text = "".join(node.text or "" for node in paragraph.iter() if node.tag in _TEXT)
            found.append(("" if style is None else style.get(f"{W}val", ""), text))
    return found


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXT = {f"{W}t", f"{M}t"}


def squeezed(text: str) -> str:
    """Without white space and with compatibility letters plain: what is compared is the words."""
    plain = unicodedata.normalize("NFKC", text).replace("\u2060", "").replace("\ufe0e", "")
    return re.sub(r"\s+", "", plain)
