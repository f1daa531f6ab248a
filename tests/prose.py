"""What a reader must not find in the text of a report, whatever the territory."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path

from documents import html_text
from lxml.html import fromstring
from openpyxl import load_workbook
from PIL import Image

from gsi.contract import tables

# Capitals that are no initials, and those of licences and of the order that repeats a report.
_WORDS = frozenset(
    [
        "GESTIÓN",
        "SOCIAL",
        "INTEGRAL",
        "CARPETA",
        "README",
        "NACIONAL",
        "SHA",
        "MIT",
        "CC",
        "BY",
        "II",
        "III",
    ]
)
_INITIALS = re.compile(r"(?<![\w«.-])[A-ZÁÉÍÓÚÑ]{2,}(?![\w-])(?!\.\w)")
_TABLES = "|".join(sorted(tables.names(), key=len, reverse=True))
_ONE = (
    "acción", "acta", "caso", "compromiso", "curso", "dato", "fuente", "hecho", "hogar",
    "indicador", "jornada", "municipio", "persona", "territorio", "tabla",
)  # fmt: skip
_RULES = {
    "two points": r"\w\.\.(?![.\w])",
    "no contraction": r"\b(?:de|a) el\b",
    "a table by its name in the code": rf"\btablas? (?:{_TABLES})\b",
    "a name of the code": r"(?<![\w./-])[a-z]+(?:_[a-z0-9]+)+(?![\w./-])|\bcvlog\b",
    "one of several": r"(?<![\w.,:/-])1 (?!más\b|menos\b|es\b|mes\b)[a-záéíóúñ]+s\b(?! de\b)",
    "several of one": r"(?<![\w.,:/-])(?!(?:19|20)\d\d)(?:[2-9]|[1-9][\d.]*\d)"
    rf" (?:{'|'.join(_ONE)})\b",
    "a capital after a semicolon": r"; [A-ZÁÉÍÓÚ][a-záéíóú]+ [a-z]+ [a-z]+",
    "a singular of several": r"\b\d+ de \d+ peor\b(?! en\b)",
    "a word of the street": r"\bplata\b",
    "a past year called today": r"\b[Hh]oy \((?:19|20)\d\d\)",
    "a certainty that no data give": r"\bProbabilidad:? (?:de )?100 %|\bsolo lo ven los datos\b"
    r"|\bse volvió costumbre\b",
    "a place of a few digits alone": r"\b(?:en|a|por) \d{5}-\d{2}\b",
}


def faults(text: str, said: frozenset[str] = frozenset()) -> list[str]:
    """Each fault of a report's whole text, with what stands around it.

    ``said``: initials that the report says which this text goes with.
    """
    plain = " ".join(text.split())
    found = [
        f"{name}: …{plain[max(0, hit.start() - 60) : hit.end() + 30]}…"
        for name, rule in _RULES.items()
        for hit in re.finditer(rule, plain)
    ]
    unsaid = set(_INITIALS.findall(plain)) - _WORDS - _said(plain) - said
    return found + [f"initials that no list says: {word}" for word in sorted(unsaid)]


def _said(text: str) -> frozenset[str]:
    """The initials of the list at the end of a report."""
    return frozenset(re.findall(r"\b([A-ZÁÉÍÓÚÑ]{2,}): ", text.partition("Siglas. ")[2]))


def faults_of(page: Path) -> list[str]:
    """The faults of a rendered page: of its text and of what is said of its pictures, and of the
    initials on its first page that are not said where they first stand."""
    text = page.read_text(encoding="utf-8")
    said = re.findall(r'alt="([^"]*)"', text)
    words = " ".join([*map(html.unescape, said), html_text(page)])
    return faults(words) + unexplained(text) + broken(words)


def broken(text: str) -> list[str]:
    """Where a line of a report may end between a number and its percent sign."""
    return [f"a space that breaks: {hit}" for hit in re.findall(r".{0,40}\d %.{0,10}", text)]


def unexplained(page: str) -> list[str]:
    """The initials of section ``sec-pagina`` that first stand there without their words, which put
    them between parentheses."""
    found = fromstring(page).xpath('//*[@id="sec-pagina"]')
    text = " ".join(found[0].text_content().split()) if found else ""
    first: dict[str, int] = {}
    for hit in _INITIALS.finditer(text):
        first.setdefault(hit[0], hit.start())
    return [
        f"initials of page 1 without their words: {word}"
        for word, at in first.items()
        if word not in _WORDS and text[at - 1 : at + len(word) + 1] != f"({word})"
    ]


def faults_beside(folder: Path) -> list[str]:
    """The faults of what goes with the report of ``folder``: the page of quality and the baseline
    as CSV and as a workbook."""
    said = _said(" ".join(html_text(folder / "linea-base.html").split()))
    with (folder / "linea-base.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows[0]) > 5
    sheets = load_workbook(folder / "linea-base.xlsx", read_only=True).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
    texts = {
        "calidad.html": html_text(folder / "calidad.html"),
        # A cell is a sentence of its own.
        "linea-base.csv": " | ".join(cell for row in rows for cell in row),
        "linea-base.xlsx": " | ".join(cell for cell in cells if isinstance(cell, str)),
    }
    found = [f"{name}: {each}" for name, text in texts.items() for each in faults(text, said)]
    return found + broken(texts["calidad.html"])


def faults_drawn(figures: Path, page: Path) -> list[str]:
    """The faults of every figure of a run: of the words drawn in it, its title and what is said of
    it to who does not see it. ``page``: a report of the same run, whose list says the initials."""
    said = _said(" ".join(html_text(page).split()))
    found = []
    for path in sorted(figures.glob("*.png")):
        with Image.open(path) as picture:
            drawn = str(picture.info["Description"])
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        text = " | ".join([drawn, told["title"], told["alt"]])
        found += [f"{path.stem}: {each}" for each in faults(text, said)]
    return found
