from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from inputs.readers.made_files import DIVIPOLA
from paths import ROOT

from gsi.ground.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A DIVIPOLA of two municipalities, in a project of its own."""
    for name in ("params", "expectations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "divipola.csv").write_text(DIVIPOLA, encoding="utf-8")
    return Project(tmp_path, raw, tmp_path / "data" / "processed", tmp_path / "salida")
