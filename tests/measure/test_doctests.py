"""Each public function of ``gsi.measure`` says what it takes, gives and comes from, by example."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from paths import ROOT

MEASURE = ROOT / "src" / "gsi" / "measure"
FILES = sorted(path for path in MEASURE.rglob("*.py") if path.name != "__init__.py")
Public = ast.FunctionDef | ast.ClassDef


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)


def _public(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, Public]]:
    for node in body:
        if isinstance(node, Public) and not node.name.startswith("_"):
            yield within + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{node.name}.")


def _is_property(node: Public) -> bool:
    marks = [mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)]
    return "property" in marks


def _told(text: str, part: str) -> str:
    """What stands under a heading of a docstring, up to the next heading."""
    return re.split(r"\n(?=[A-Z][a-z]+:\n)", text.split(f"{part}:\n", 1)[-1])[0]


def _missing(node: Public) -> list[str]:
    """Parts that a docstring must have and has not, and names that it does not tell."""
    text = ast.get_docstring(node) or ""
    if isinstance(node, ast.ClassDef):
        names = [
            inner.target.id
            for inner in node.body
            if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name)
        ]
        wanted = ["Example", *(["Attributes"] if names else [])]
        told = _told(text, "Attributes")
    elif _is_property(node):
        return [] if text else ["text"]
    else:
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = [arg.arg for arg in given if arg.arg not in ("self", "cls")]
        wanted = ["Returns", "Source", "Example", *(["Parameters"] if names else [])]
        if any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
            wanted.append("Raises")
        told = _told(text, "Parameters")
    lost = [part for part in wanted if f"\n{part}:\n" not in f"\n{text}"]
    return lost + [name for name in names if not re.search(rf"\b{name}\b", told)]


def _results(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Dataclasses that a function of the module returns."""
    given = {
        ast.unparse(node.returns)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.returns is not None
    }
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.decorator_list and node.name in given:
            yield node


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_every_public_function_says_what_it_takes_gives_and_comes_from(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lacking = {name: _missing(node) for name, node in _public(tree.body)}
    assert {name: parts for name, parts in lacking.items() if parts} == {}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_examples_give_what_they_show(path: Path) -> None:
    module = importlib.import_module(_name(path))
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


# What a function takes and gives on its way, no result to be read.
ON_THE_WAY = {"Scheme", "Draws", "Tree"}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_result_prints_its_own_summary(path: Path) -> None:
    for node in _results(ast.parse(path.read_text(encoding="utf-8"))):
        own = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
        assert "__str__" in own or node.name in ON_THE_WAY, node.name
