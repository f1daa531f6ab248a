"""One run of the example department, shared by the tests that look at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT


def checkout(folder: Path) -> Path:
    """A copy of what a run reads, at a path of its own."""
    for name in ("notebooks", "params", "expectations", "reports"):
        ignored = shutil.ignore_patterns("_output", "_site", ".quarto", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    return folder


def gsi(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, run as a person runs it."""
    return subprocess.run(
        [sys.executable, "-c", "from gsi.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
        env={**os.environ, "GSI_PROJECT": str(root), "NO_COLOR": "1", "COLUMNS": "100"}
        | environment,
    )


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which ``gsi run 00`` has ended well."""
    root = checkout(tmp_path_factory.mktemp("primera"))
    told = gsi(root, "run", "00")
    assert told.returncode == 0, told.stdout + told.stderr
    return root
