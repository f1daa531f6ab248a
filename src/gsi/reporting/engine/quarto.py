"""The real Quarto, when it is installed: one call for the whole staged project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gsi.errors import Finding, UserMistake
from gsi.reporting.engine.project import QUARTO_NAME, Format

# Quarto tells these and still ends with code 0; in a report they are missing words or numbers.
_LOST = re.compile(
    r"unable to resolve|\?@[a-z]+-|\?(?:var|meta|env):|shortcode .* not found|unknown (?:var|meta)"
    r"|could not (?:fetch|convert)|(?:crossref|citation) .* not found|missing (?:image|file)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def program() -> str | None:
    """Quarto's path: ``QUARTO_PATH`` (program or its folder), else the PATH, else None."""
    named = os.environ.get("QUARTO_PATH")
    if named:
        path = Path(named)
        candidate = path / "quarto" if path.is_dir() else path
        return str(candidate) if candidate.is_file() else None
    return shutil.which("quarto")


def require() -> str:
    """Quarto's path, or a :class:`gsi.errors.UserMistake` that says what to do without it."""
    found = program()
    if found is None:
        raise UserMistake(
            Finding(
                "--engine quarto",
                "El programa Quarto no está instalado",
                os.environ.get("QUARTO_PATH", "no está en el PATH"),
                "Instale Quarto 1.6 o posterior, corrija QUARTO_PATH o use --engine embedded.",
            )
        )
    return found


def render(
    folder: Path, documents: Sequence[str], formats: Sequence[Format], epoch: int
) -> list[Path]:
    """One ``quarto render`` in ``folder`` (a copy of the project); the files made.

    Raises :class:`gsi.errors.UserMistake` with what Quarto said when it fails or warns of a
    reference or a value it could not resolve.
    """
    for path in folder.glob("*.qmd"):
        if path.name not in documents and not path.name.startswith("_"):
            path.unlink()
    names = ",".join(QUARTO_NAME[name] for name in formats)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    done = subprocess.run(
        [require(), "render", str(folder), "--to", names, "--no-execute"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = _COLOUR.sub("", f"{done.stdout}\n{done.stderr}").splitlines()
    lost = [line.strip() for line in said if _LOST.search(line)]
    if done.returncode and not lost:
        lost = [line.strip() for line in said if line.strip()][-12:]
    if lost:
        rule, remedy = (
            "Quarto no pudo resolver el informe",
            "Corrija el informe y vuelva a generarlo.",
        )
        raise UserMistake([Finding("quarto render", rule, line, remedy) for line in lost])
    output = folder / "_output"
    made = [output / f"{Path(name).stem}.{format_}" for name in documents for format_ in formats]
    absent = [path.name for path in made if not path.is_file()]
    if absent:
        rule, remedy = "Quarto terminó sin este archivo", "Revise su versión: se necesita la 1.6."
        raise UserMistake([Finding("quarto render", rule, name, remedy) for name in absent])
    return made
