"""Staged projects for the engine's tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import HEADER, TERRITORY, Stage, style_into


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A project with the reports' own style: ``stage(body, {name: text}, territory=yaml)``."""

    def make(
        body: str = "", files: dict[str, str] | None = None, territory: str = TERRITORY
    ) -> Path:
        folder = tmp_path / "proyecto"
        style_into(folder)
        (folder / "_territorio.yml").write_text(territory, encoding="utf-8")
        if body:
            (folder / "informe.qmd").write_text(HEADER + body, encoding="utf-8")
        for name, text in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return make
