"""One run of the example department, shared by the tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import checkout, gsi


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which ``gsi run 00`` has ended well."""
    root = checkout(tmp_path_factory.mktemp("primera"))
    told = gsi(root, "run", "00")
    assert told.returncode == 0, told.stdout + told.stderr
    return root
