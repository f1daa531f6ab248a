"""What a reader must not find in the text of a report, whatever the territory."""

from __future__ import annotations

import html
import re
from pathlib import Path

from documents import html_text

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
    "a place of a few digits alone": r"\b(?:en|a|por) \d{5}-\d{2}\b",
}


def faults(text: str) -> list[str]:
    """Each fault of a report's whole text, with what stands around it."""
    plain = " ".join(text.split())
    found = [
        f"{name}: …{plain[max(0, hit.start() - 60) : hit.end() + 30]}…"
        for name, rule in _RULES.items()
        for hit in re.finditer(rule, plain)
    ]
    said = set(re.findall(r"\b([A-ZÁÉÍÓÚÑ]{2,}): ", plain.partition("Siglas. ")[2]))
    unsaid = set(_INITIALS.findall(plain)) - _WORDS - said
    return found + [f"initials that no list says: {word}" for word in sorted(unsaid)]


def faults_of(page: Path) -> list[str]:
    """The faults of a rendered page: of its text and of what is said of its pictures."""
    said = re.findall(r'alt="([^"]*)"', page.read_text(encoding="utf-8"))
    return faults(" ".join([*map(html.unescape, said), html_text(page)]))
