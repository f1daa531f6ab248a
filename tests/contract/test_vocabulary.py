"""The states, verdicts and kinds that tables hold are compared by their names."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from paths import ROOT

from gsi.contract import tables, vocabulary
from gsi.measure import change, forecast, progress

ENUMS = [
    kind
    for kind in vars(vocabulary).values()
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum) and kind is not enum.StrEnum
]
# Words that also mean something else elsewhere: only beside these they are the enumeration's.
BESIDE = {
    vocabulary.Area: r"\barea\b",
    vocabulary.ColumnKind: r"\.kind\b|\btipo\b",
    vocabulary.Level: r"\.level\b",
    vocabulary.OutlookState: r"outlook",
    vocabulary.Severity: r"severity",
    vocabulary.Verdict: r"verdict",
}
# Statistics stand apart from the contract: their words are types of their own, checked by mypy.
# Readers compare what publishers write.
APART = ("measure", "inputs/readers")
SOURCES = [
    path
    for path in sorted((ROOT / "src" / "gsi").rglob("*.py"))
    if not path.relative_to(ROOT / "src" / "gsi").as_posix().startswith(APART)
    and path.name != "vocabulary.py"
]


def compared(tree: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    """Each literal text that something is compared with, and what it is compared to."""
    for node in ast.walk(tree):
        sides: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("isin", "eq", "ne"):
                sides = [node.func.value, *node.args]
        elif isinstance(node, ast.Match):
            patterns = [part for case in node.cases for part in ast.walk(case.pattern)]
            sides = [node.subject, *(p.value for p in patterns if isinstance(p, ast.MatchValue))]
        literals = [
            item
            for side in sides
            for item in (side.elts if isinstance(side, ast.List | ast.Tuple | ast.Set) else [side])
            if isinstance(item, ast.Constant) and isinstance(item.value, str)
        ]
        beside = " ".join(ast.unparse(side) for side in sides if side not in literals)
        yield from ((literal, beside) for literal in literals)


def literals_of_the_vocabulary(path: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{literal.lineno} {kind.__name__}({literal.value!r})"
        for literal, beside in compared(ast.parse(path.read_text(encoding="utf-8")))
        for kind in ENUMS
        if literal.value in set(kind) and re.search(BESIDE.get(kind, ""), beside)
    ]


def test_no_word_of_the_vocabulary_is_compared_as_a_literal() -> None:
    assert [found for path in SOURCES for found in literals_of_the_vocabulary(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        'rows[rows["verdict"] == "improved"]',
        'rows["estado"].isin(["retirada"])',
        'match column.kind:\n    case "fecha": pass',
        'place.level != "department"',
    ],
)
def test_a_literal_would_be_found(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "module.py"
    path.write_text(line, encoding="utf-8")
    assert literals_of_the_vocabulary(path)


def test_the_words_are_those_of_the_statistics_and_of_the_contract() -> None:
    assert list(vocabulary.Verdict) == list(change.VERDICTS)
    assert list(vocabulary.OutlookState) == list(forecast.STATES)
    assert list(vocabulary.ProgressState) == list(get_args(progress.State))
    for kind, table, column in (
        (vocabulary.CommitmentState, "compromisos", "estado"),
        (vocabulary.CaseState, "casos", "estado"),
        (vocabulary.ActionState, "plan_accion", "estado"),
        (vocabulary.ServiceDay, "jornadas", "tipo"),
        (vocabulary.Following, "avance_plan_desarrollo", "seguimiento"),
        (vocabulary.Area, "indicadores", "area"),
    ):
        assert set(kind) == set(tables.schema(table).column(column).values or ()), (table, column)
