"""One run of the example department, shared by the tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import checkout, gsi

from gsi.ground.project import Project
from gsi.inputs import store
from gsi.inputs.store import Store


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which ``gsi run 00`` has ended well."""
    root = checkout(tmp_path_factory.mktemp("primera"))
    told = gsi(root, "run", "00")
    assert told.returncode == 0, told.stdout + told.stderr
    return root


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Store]:
    """The example's inputs, prepared; for tests that only read them."""
    root = checkout(tmp_path_factory.mktemp("clave"))
    project = Project(root, root / "data" / "raw", root / "processed", root / "out")
    return project, store.prepare(project)
