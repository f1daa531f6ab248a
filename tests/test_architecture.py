"""What docs/architecture.md says of the house is so."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import itertools
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version
from paths import ROOT

from benchmarks.lines import lines_of_code
from gsi.run.kernels import forked

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LONGEST = 400
# Shorter ones with a reason: a package's docstring or face, and what is imported alone on purpose.
SHORTEST = 25
SHORT = {
    "src/gsi/contract/params/base.py": "what every module of parameters stands on",
    "src/gsi/ground/machine.py": "the cores a process may use",
    "src/gsi/analysis/plan/catalogue.py": "the catalogue of measures, read once",
    "src/gsi/report/attachments.py": "what is published beside the reports",
    "src/gsi/inputs/latest.py": "what the last list of a publisher says",
    "src/gsi/run/kernels/environment.py": "what kernels of one server share",
    "src/gsi/run/warm.py": "importing it is its work",
    "src/gsi/run/kernels/threads.py": "imported before any library is",
}


def _rows(heading: str) -> list[list[str]]:
    body = ARCHITECTURE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in body.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def _code(cell: str) -> str:
    return cell.strip().removeprefix("`").removesuffix("`")


def test_each_change_has_a_file_that_holds_what_it_says() -> None:
    rows = _rows("Where a change belongs")
    assert len(rows) == 12
    for change, file, held in rows:
        path = ROOT / _code(file)
        assert path.is_file(), (change, file)
        assert _code(held) in path.read_text(encoding="utf-8"), (change, file)


def test_the_floors_are_those_of_the_package_and_of_the_contract_of_imports() -> None:
    told = [_code(row[0]) for row in _rows("The eight floors")]
    there = {p.name for p in (ROOT / "src" / "gsi").iterdir() if (p / "__init__.py").is_file()}
    assert set(told) == there
    layers = re.search(r"layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.S)
    assert layers and re.findall(r'"(\w+)"', layers[1]) == told


def test_types_are_strict_everywhere() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    loosened = {name for name in settings if name.startswith(("warn_", "disallow_", "check_"))}
    assert loosened == set()
    for override in settings["overrides"]:
        assert not any(name.startswith("gsi") for name in override["module"])
        assert set(override) == {"module", "ignore_missing_imports"}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_too_long_and_none_too_short_without_a_reason() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): _lines(path)
        for path in sorted((ROOT / "src" / "gsi").rglob("*.py"))
        if path.name not in {"__init__.py", "__main__.py"}
    }
    assert {name: lines for name, lines in found.items() if lines > LONGEST} == {}
    short = {name for name, lines in found.items() if lines < SHORTEST}
    assert short == set(SHORT)


SOURCES = sorted((ROOT / "src" / "gsi").rglob("*.py"))
HOOKED = ROOT / "src" / "gsi" / "run" / "kernels" / "forked.py"
# Of os, for the child of a fork; of named tuples; of Jinja's Undefined, for who writes one.
DOCUMENTED = {
    "_exit", "_asdict", "_undefined_hint", "_undefined_name", "_undefined_obj",
    "_fail_with_undefined_error",
}  # fmt: skip


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name.strip("_") != ""


def _made_here(tree: ast.AST) -> Iterator[str]:
    """The private names that a module gives: functions, classes, variables, attributes of self."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id in {"self", "cls"}
        ):
            yield node.attr


def test_private_names_of_other_libraries_stand_in_one_module() -> None:
    """A private attribute or import that no module of ours makes is somebody else's."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    ours = {name for path, tree in trees.items() if path != HOOKED for name in _made_here(tree)}
    found = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Attribute):
                names = [node.attr]
            elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("gsi"):
                names = [*(node.module or "").split("."), *(item.name for item in node.names)]
            strange = [name for name in names if _is_private(name) and name not in ours]
            found += [
                f"{path.relative_to(ROOT)}:{node.lineno} {name}"
                for name in strange
                if name not in DOCUMENTED and path != HOOKED
            ]
    assert found == []


def test_no_class_replaces_a_private_method_of_another_library() -> None:
    importlib.import_module("papermill")  # which imports our engine, and not the other way round
    found = []
    for path in SOURCES:
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        if path == HOOKED or path.name in {"__main__.py", "warm.py"}:
            continue
        module = importlib.import_module(name.removesuffix(".__init__"))
        for kind in vars(module).values():
            if not inspect.isclass(kind) or kind.__module__ != module.__name__:
                continue
            foreign = [
                base
                for base in kind.__mro__[1:]
                if base.__module__.partition(".")[0] not in {"gsi", *sys.stdlib_module_names}
            ]
            found += [
                f"{kind.__module__}.{kind.__qualname__}.{attribute}"
                for attribute, value in vars(kind).items()
                if callable(value) or isinstance(value, property)
                if _is_private(attribute) and any(attribute in vars(base) for base in foreign)
                if attribute not in DOCUMENTED
            ]
    assert sorted(found) == []


def test_the_hooks_are_there_and_no_version_is_taken_that_nobody_tried() -> None:
    """When this fails, a library has changed: see whether its kernel still lists every module as it
    starts. If it does not, the hook goes; if it does elsewhere, the hook moves. ``HOOKS`` and the
    upper bound in pyproject.toml follow, and docs/performance.md says what it is worth."""
    text = HOOKED.read_text(encoding="utf-8")
    used = {
        node.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and _is_private(node.attr)
    }
    listed = {name for _, names in forked.HOOKS.values() for name in names}
    assert used - listed == {"_run_exitfuncs"}  # of Python itself
    assert listed <= used
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = project["dependencies"]
    bounds = {item.name: item.specifier for item in map(Requirement, needed)}
    for library, (untried, names) in forked.HOOKS.items():
        assert not bounds[library].contains(untried), library
        assert bounds[library].contains(importlib.metadata.version(library))
        assert Version(importlib.metadata.version(library)) < Version(untried)
        package = importlib.import_module({"ipython": "IPython"}.get(library, library))
        source = "".join(
            path.read_text(encoding="utf-8") for path in Path(package.__path__[0]).rglob("*.py")
        )
        assert all(name in source for name in names), library


def test_no_line_stands_where_nothing_comes_to_it() -> None:
    """What is behind a ``return`` is never done: it was meant to be done before."""
    ends = (ast.Return, ast.Raise, ast.Continue, ast.Break)
    found = [
        f"{path.relative_to(ROOT)}:{behind.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for block in ("body", "orelse", "finalbody")
        if isinstance(lines := getattr(node, block, None), list)
        for line, behind in itertools.pairwise(lines)
        if isinstance(line, ends)
    ]
    assert found == []


def test_parameters_have_one_base_and_a_percentage_one_way_to_be_written() -> None:
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in SOURCES}
    based = {name for name, text in texts.items() if "ConfigDict(" in text}
    assert based == {"src/gsi/contract/params/base.py"}
    written = re.compile(r"\bnumber\([^{}]*\)\}( |\\N\{NO-BREAK SPACE\})%")
    assert {name for name, text in texts.items() if written.search(text)} == {
        "src/gsi/ground/locale.py"
    }


def test_a_line_of_code_is_no_blank_no_comment_and_no_docstring() -> None:
    text = '''"""A module.

In two paragraphs.
"""

# What follows.
NAMES = (
    "one",  # said

    "two",
)


def done() -> str:
    """Nothing."""
    return """a text
    of two lines"""
'''
    # The tuple's four (its blank line is none), the head, and the text's two.
    assert lines_of_code(text) == 7
