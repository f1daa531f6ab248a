"""The programs that people open documents with, for the tests that ask for them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def program(name: str) -> str:
    """The path of a program; the test that needs it skips where it is not installed."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*order: str | Path) -> str:
    """What a program wrote to its standard output."""
    done = subprocess.run(
        [str(part) for part in order], capture_output=True, text=True, check=True, timeout=240
    )
    return done.stdout


# What LibreOffice is told of the person's language: `es-CO` writes the day first, comma decimal.
_LANGUAGE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>{}</value></prop></item>
</oor:items>
"""


def profile(folder: Path, language: str = "es-CO") -> str:
    """The option that gives LibreOffice a profile of its own in ``folder``."""
    settings = folder / "perfil" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_LANGUAGE.format(language), encoding="utf-8")
    return f"-env:UserInstallation={(folder / 'perfil').as_uri()}"


def converted(document: Path, kind: str, folder: Path, language: str = "es-CO") -> None:
    """Have LibreOffice open a document and write it anew in ``folder``."""
    order = ["--headless", "--convert-to", kind, "--outdir", folder, document]
    run(program("soffice"), profile(folder, language), *order)
