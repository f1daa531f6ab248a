"""A checkout of its own for a test, and the command run in it as a person runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from paths import ROOT


def checkout(folder: Path) -> Path:
    """A copy of what a run reads, so that nothing can be written into the project."""
    for name in ("notebooks", "params", "expectations", "reports"):
        ignored = shutil.ignore_patterns("_output", "_site", ".quarto", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    return folder


def gsi(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command's exit code and what it told, in the checkout ``root``."""
    return subprocess.run(
        [sys.executable, "-c", "from gsi.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
        env={**os.environ, "GSI_PROJECT": str(root), "NO_COLOR": "1", "COLUMNS": "100"}
        | environment,
    )
