"""The documents: each whole in one language, naming only what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from paths import ROOT

from gsi.cli import cli

# For councils and technicians; the rest is for developers and researchers.
SPANISH = [
    "README.md",
    *(
        f"docs/{name}.md"
        for name in (
            *(
                "claves",
                "comprension",
                "descargas",
                "diccionario",
                "estrategia",
                "formularios",
                "fuentes",
                "indicadores",
            ),
            *("linea-base-congelada", "linea-base-y-plan", "ordenes", "prioridad", "registros"),
        )
    ),
]
ENGLISH = [
    *("CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "SECURITY.md"),
    *(f"docs/{name}.md" for name in ("architecture", "cluster", "method", "performance", "quarto")),
]
DOCUMENTS = [*SPANISH, *ENGLISH]
# Words without which a paragraph is hardly written, and that the other language does not have.
WORDS = {
    "es": "el la los las de del que y en es son con por una un para se al su sus lo como más o",
    "en": "the of and is are with from which that to in by it its for be or as than where each",
}
FEWEST = 6
# Metadata of a notebook, and what modules were called in the release before.
NO_MODULE = {"gsi.after", "gsi.sources", "gsi.workflow", "gsi.freeze", "gsi.measure.coverage"}
MOST_FOREIGN = 0.2
FOLDERS = "src|docs|tests|params|reports|notebooks|expectations|benchmarks"


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _paragraphs(text: str) -> Iterator[str]:
    """Prose alone: without code, links, quotations and titles in italics."""
    text = re.sub(r"(?ms)^[ ]*```.*?^[ ]*```", "", text)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", " ", text)
    for block in re.split(r"\n\s*\n|\n(?=\s*[-|\d#])", text):
        yield re.sub(r"«[^»]*»|“[^”]*”|\"[^\"]*\"|'[^']*'|\*[^*]+\*", " ", block)


def _counts(paragraph: str, language: str) -> int:
    words = re.findall(r"[^\W\d_]+", paragraph.lower())
    return sum(word in WORDS[language].split() for word in words)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_is_whole_in_one_language(path: str) -> None:
    own, other = ("es", "en") if path in SPANISH else ("en", "es")
    wrong = []
    for paragraph in _paragraphs(_text(path)):
        mine, foreign = _counts(paragraph, own), _counts(paragraph, other)
        if mine + foreign >= FEWEST and foreign > MOST_FOREIGN * (mine + foreign):
            wrong.append(" ".join(paragraph.split())[:200])
    assert wrong == []


def test_every_document_has_its_language() -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")}
    there |= {path.name for path in ROOT.glob("*.md")}
    assert there == set(DOCUMENTS)


def test_a_paragraph_in_the_other_language_is_found() -> None:
    (found,) = _paragraphs("Los municipios que reportaron se cuentan en la tabla de la clave.")
    assert _counts(found, "es") >= FEWEST and _counts(found, "en") == 0
    (found,) = _paragraphs("What is computed, by which rule, and what it is of the whole of it.")
    assert _counts(found, "en") >= FEWEST and _counts(found, "es") == 0


def _codes(path: str) -> list[str]:
    """What stands in code: lines of blocks and pieces of a line."""
    text = _text(path)
    blocks = re.findall(r"(?ms)^[ ]*```(?:sh|console|bash)?\n(.*?)^[ ]*```", text)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    rest = re.sub(r"(?ms)^[ ]*```.*?^[ ]*```", "", text)
    return lines + re.findall(r"`([^`\n]+)`", rest)


def _order(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that ``gsi words`` names, and the words left over."""
    command: click.Command = cli
    while words and isinstance(command, click.Group) and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_names_orders_and_options_that_exist(path: str) -> None:
    wrong = []
    for code in _codes(path):
        found = re.match(r"(?:\S*/)?gsi (.*)", code.removeprefix("$ "))
        if not found:
            continue
        words = found[1].split()
        command, rest = _order(words)
        if isinstance(command, click.Group) and rest and re.fullmatch("[a-z]+", rest[0]):
            wrong.append(code)
        # A group may stand for its first order: `gsi forms 73` makes them.
        meant = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
        known = {name for one in meant for option in one.params for name in option.opts}
        known |= {"-h", "--help"}
        named = {word.split("=")[0].rstrip(".,;)") for word in rest if word.startswith("--")}
        if named - known:
            wrong.append(code)
    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_names_files_and_modules_that_exist(path: str) -> None:
    targets = re.findall(r"(?m)^([a-z-]+(?: [a-z-]+)*):", _text("Makefile"))
    targets = " ".join(targets).split()
    wrong = []
    for code in _codes(path):
        if re.fullmatch(rf"(?:{FOLDERS})/[\w./-]+", code):
            made = "_output" in code or "_generado" in code
            of_a_territory = re.fullmatch(r"params/\d+\.yml", code)
            there = (ROOT / code).exists() or list(ROOT.glob(f"{code}.*"))
            if not (made or of_a_territory or there):
                wrong.append(code)
        elif re.fullmatch(r"gsi(\.[a-z_]+)+", code) and code not in NO_MODULE:
            parts = code.split(".")
            file = ROOT / "src" / Path(*parts)
            parent = ROOT / "src" / Path(*parts[:-1])
            module = file.with_suffix(".py").is_file() or file.is_dir()
            home = parent.with_suffix(".py") if not parent.is_dir() else parent / "__init__.py"
            inside = home.is_file() and re.search(rf"\b{parts[-1]}\b", home.read_text("utf-8"))
            if not module and not inside:
                wrong.append(code)
        elif (named := re.fullmatch(r"make ([a-z-]+)(?: .*)?", code)) and named[1] not in targets:
            wrong.append(code)
    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_of_a_document_lead_somewhere(path: str) -> None:
    wrong = []
    text = re.sub(r"(?ms)^[ ]*```.*?^[ ]*```|`[^`\n]*`", "", _text(path))
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        there = (ROOT / path).parent.joinpath(target).exists()
        if not there and not re.match(r"https?:|mailto:", target):
            wrong.append(target)
    assert wrong == []
