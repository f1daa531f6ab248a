"""What the preparation of the inputs hangs on."""

from __future__ import annotations

import ast
from pathlib import Path

from paths import ROOT

from gsi import store

PACKAGE = ROOT / "src"


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name for name in found if name.split(".")[0] == "gsi"}


def test_what_prepares_the_inputs_imports_nothing_that_a_change_leaves_prepared() -> None:
    """Else a changed reader could meet tables that its old self made."""
    modules = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    seen: set[str] = set()
    todo = {"gsi.store"}
    while todo:
        name = todo.pop()
        while name and name not in modules:
            name = name.rpartition(".")[0]
        if name and name not in seen:
            seen.add(name)
            todo |= _imports(modules[name]) | {name.rpartition(".")[0]}
    assert len(seen) > 40
    assert not {name for name in seen if store.READ_ONLY & set(name.split(".")[1:2])}
