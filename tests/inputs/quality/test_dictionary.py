"""The data dictionary in docs/ is the one the suites give."""

from __future__ import annotations

from pathlib import Path

from docs.pages.dictionary import markdown
from gsi.contract import tables


def test_dictionary_is_up_to_date(project_root: Path) -> None:
    written = (project_root / "docs" / "diccionario.md").read_text(encoding="utf-8")
    assert written == markdown(), "run: python -m docs.pages"


def test_dictionary_names_every_table_column_and_rule() -> None:
    text = markdown()
    for name in tables.names():
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for spec in tables.schema(name).columns:
            assert f"| `{spec.name}` | {spec.label} |" in section
        for rule in tables.suite(name)["expectations"]:
            assert rule["meta"]["regla"] in section
