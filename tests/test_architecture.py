"""What docs/architecture.md says of the house is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from paths import ROOT

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LONGEST = 400
# Shorter ones with a reason: a package's docstring or face, and what is imported alone on purpose.
SHORTEST = 25
SHORT = {
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


# Rooms where programs without types are made to do something: the list only shrinks.
NOT_STRICT = {
    "gsi.report.figures.renderer", "gsi.report.figures.style", "gsi.report.figures.priority_map",
    "gsi.run.kernels.*",
}  # fmt: skip


def test_types_are_strict_everywhere_but_where_others_have_none() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    loosened = {name for name in settings if name.startswith(("warn_", "disallow_", "check_"))}
    assert loosened == set()
    for override in settings["overrides"]:
        own = {name for name in override["module"] if name.startswith("gsi")}
        assert own <= NOT_STRICT
        assert not own or set(override) == {
            "module", "disallow_untyped_calls", "disallow_subclassing_any",
        }  # fmt: skip


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
