"""No dead contract: a step declares its facts, each is read by somebody, and templates ask for no
other.

Names are looked for in the code itself, so that a fact of a rare territory counts too. A fact is
declared where its name is the key of something that writes it (``"coverage": percent(…)``); a name
made of parts (``f"{key}_share"``) declares all that have its form.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from jinja2 import nodes
from paths import ROOT

from gsi.report import captions, templates
from gsi.report.figures.picture import ends
from gsi.report.figures.registry import FIGURES, Entry

ANALYSIS = ROOT / "src" / "gsi" / "analysis"
DRAWINGS = ROOT / "src" / "gsi" / "report" / "figures"
CAPTIONS = ROOT / "reports" / captions.FOLDER
MADE = {"count", "decimal", "percent", "probability", "money", "date", "year", "text", "names",
        "flag", "Fact", "words", "kind"}  # fmt: skip
# What a run says of itself, and no section.
RUN = {"territorio", "cortes", "corrida", "parametros", "figures"}


def form(key: ast.expr | None) -> str | None:
    """A name as a regular expression; None where it is no text."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return re.escape(key.value)
    if isinstance(key, ast.JoinedStr):
        parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"\w*" for p in key.values]  # type: ignore[arg-type]
        return "".join(parts)
    return None


def writes(value: ast.expr) -> bool:
    """Whether an expression makes a fact."""
    if isinstance(value, ast.IfExp):
        return writes(value.body) or writes(value.orelse)
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in MADE


def pairs(tree: ast.AST) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """Every key and value: of dictionaries, and set one by one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from zip(node.keys, node.values, strict=True)
        elif isinstance(node, ast.DictComp):
            yield node.key, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            yield node.targets[0].slice, node.value


@cache
def declared() -> dict[str, str]:
    """Each declared name's form → the file it stands in."""
    found: dict[str, str] = {}
    for path in sorted(ANALYSIS.rglob("*.py")):
        for key, value in pairs(ast.parse(path.read_text(encoding="utf-8"))):
            name = form(key)
            if name is not None and writes(value):
                found.setdefault(name, path.relative_to(ANALYSIS).as_posix())
    return found


@cache
def drawings_declare() -> dict[str, frozenset[str]]:
    """Module of figures → the forms of the facts that its drawings tell of themselves."""
    return {
        path.name: frozenset(
            name
            for key, value in pairs(ast.parse(path.read_text(encoding="utf-8")))
            if (name := form(key)) is not None and (writes(value) or tells_parts(value))
        )
        for path in sorted(DRAWINGS.glob("*.py"))
    }


def tells_parts(value: ast.expr) -> bool:
    """Whether an expression makes facts of parts of a figure."""
    if isinstance(value, ast.IfExp):
        return tells_parts(value.body) or tells_parts(value.orelse)
    if isinstance(value, ast.ListComp):
        return isinstance(value.elt, ast.Dict)
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == ends.__name__


def named(path: Path) -> Iterator[tuple[str, str]]:
    """(section, fact) that a template names; ``figure`` and its parts, which a ``for`` goes
    through, are told as ``figure``, and so is what a macro was handed."""
    tree = templates.templates(ROOT / "reports").parse(path.read_text(encoding="utf-8"))
    own = {captions.OWN}
    for loop in tree.find_all(nodes.For):
        assert isinstance(loop.target, nodes.Name)
        own.add(loop.target.name)
    for macro in tree.find_all(nodes.Macro):
        own |= {argument.name for argument in macro.args}
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name not in {*RUN, "loop"}:
            of = node.node.name
            yield captions.OWN if of in own else of, node.attr


@cache
def asked() -> frozenset[tuple[str, str]]:
    """(section, fact) that templates name, those of figures' captions too."""
    folder = ROOT / "reports"
    found = {each for path in folder.glob("*.qmd") for each in named(path)}
    captioned = {each for path in CAPTIONS.glob("*.md") for each in named(path)}
    return frozenset(found | {each for each in captioned if each[0] != captions.OWN})


@cache
def texts() -> frozenset[str]:
    """Texts of the analysis that may be names set in a loop: members of tuples, lists, dicts."""
    found = set()
    for path in [*ANALYSIS.rglob("*.py"), ROOT / "src" / "gsi" / "contract" / "vocabulary.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            inside: list[ast.expr | None] = []
            if isinstance(node, ast.Tuple | ast.List | ast.Set):
                inside = list(node.elts)
            elif isinstance(node, ast.Dict):
                inside = [*node.keys, *node.values]
            elif isinstance(node, ast.Assign):
                inside = [node.value]
            elif isinstance(node, ast.Call):
                inside = list(node.args)
            found |= {e.value for e in inside if isinstance(e, ast.Constant)}
    return frozenset(text for text in found if isinstance(text, str))


def reads(tree: ast.AST) -> Iterator[str]:
    """Forms of the names that code looks up, hands over or compares; what it declares is none."""
    for node in ast.walk(tree):
        looked: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            looked = [node.slice]
        elif isinstance(node, ast.Call):
            looked = [*node.args, *(item.value for item in node.keywords)]
        elif isinstance(node, ast.Compare):
            looked = [node.left, *node.comparators]
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            looked = node.elts
        elif isinstance(node, ast.Dict):
            looked = list(node.values)
        elif isinstance(node, ast.Assign):
            looked = [node.value]
        elif isinstance(node, ast.IfExp):
            looked = [node.body, node.orelse]
        for item in looked:
            name = form(item)
            # A name of parts alone would read everything.
            if name is not None and re.search(r"[a-z]{2}", name.replace(r"\w*", "")):
                yield name


@cache
def read() -> frozenset[str]:
    """Names, or forms of names, that anything reads."""
    found = {fact for _, fact in asked()}
    for path in (ROOT / "params").glob("*.yml"):
        found |= set(re.findall(r"\b[a-z_]+\.([a-z_0-9]+)\b", path.read_text(encoding="utf-8")))
    for path in (ROOT / "src" / "gsi").rglob("*.py"):
        found |= set(reads(ast.parse(path.read_text(encoding="utf-8"))))
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                found |= set(reads(ast.parse(cell.source)))
    return frozenset(found)


def test_templates_ask_for_facts_that_a_step_declares() -> None:
    forms = [re.compile(name) for name in declared()]
    sections = {
        node.args[0].value
        for path in ANALYSIS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Section"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(asked()) > 500 and len(sections) > 20
    assert {section for section, _ in asked()} - sections == set()
    unknown = {
        f"{section}.{fact}"
        for section, fact in asked()
        if fact != "available"
        and not any(each.fullmatch(fact) for each in forms)
        and fact not in texts()
    }
    assert unknown == set()


def test_each_figure_has_its_template_and_each_template_its_figure() -> None:
    assert {path.stem for path in CAPTIONS.iterdir()} == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_caption_asks_for_facts_of_its_section_and_of_its_drawing(name: str) -> None:
    """And of no other section: it is written when that one alone is at hand."""
    entry = FIGURES[name]
    own = drawings_declare()[drawn_in(entry)] | drawings_declare()["picture.py"]
    for section, fact in named(CAPTIONS / f"{name}.md"):
        assert section in {entry.section, captions.OWN}, (section, fact)
        assert section != captions.OWN or any(re.fullmatch(each, fact) for each in own), fact


def test_every_fact_that_a_drawing_declares_is_read_by_its_captions() -> None:
    """Each name by a template of a figure of that module, or by a macro that it is handed to."""
    macros = {fact for _, fact in named(ROOT / "reports" / templates.SHARED)}
    asked_by = {module: set(macros) for module in drawings_declare()}
    for name, entry in FIGURES.items():
        asked_by[drawn_in(entry)] |= {fact for _, fact in named(CAPTIONS / f"{name}.md")}
    unread = [
        f"{module}: {name}"
        for module, names in drawings_declare().items()
        for name in names
        if not any(re.fullmatch(name, each) for each in asked_by[module])
    ]
    assert unread == []


def drawn_in(entry: Entry) -> str:
    return Path(inspect.getfile(entry.draw)).name


def test_every_fact_that_a_step_declares_is_read() -> None:
    names = read()
    plain = {name for name in names if r"\w*" not in name}
    parts = [re.compile(name) for name in names if r"\w*" in name]
    unread = [
        f"{place}: {name}"
        for name, place in declared().items()
        if name not in names
        and not any(re.fullmatch(name, each) for each in plain)
        and not any(each.fullmatch(name) for each in parts)
    ]
    assert unread == []


def test_a_name_that_is_only_declared_counts_as_unread() -> None:
    tree = ast.parse('facts = {"uno": count(1), f"{k}_dos": flag(True)}\nfacts["tres"] = text("x")')
    keys = [form(key) for key, value in pairs(tree) if writes(value)]
    assert sorted(map(str, keys)) == [r"\w*_dos", "tres", "uno"]
    assert not set(keys) & set(reads(tree))
    assert set(reads(ast.parse('facts["uno"]; f(f"{k}_dos")'))) == {"uno", r"\w*_dos"}
