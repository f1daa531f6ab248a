"""Rendering a staged Quarto project: with Quarto where it is, with Pandoc and Typst where not."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import move
from gsi.ground.machine import cores
from gsi.report.engine import embedded, origins, project, quarto
from gsi.report.engine.findings import enumerate_names
from gsi.report.engine.formats import FORMATS
from gsi.report.engine.stage import prepare

__all__ = ["Engine", "check", "prepare", "render"]

Engine = Literal["auto", "quarto", "embedded"]


def render(
    project_dir: Path,
    documents: Sequence[str],
    formats: Sequence[str],
    out: Path,
    engine: Engine = "auto",
    at_once: int | None = None,
    shared: Path | None = None,
) -> list[Path]:
    """Render ``documents`` (``linea-base.qmd``) of a staged project; the paths written in ``out``.

    ``auto`` takes Quarto when it is installed and the embedded engine otherwise. Once prepared, the
    project is only read, so several renders of it can run at once, and results are moved whole.
    ``at_once`` is how many programs of the embedded engine run at the same time; the cores this
    process may use, unless said. ``shared`` is a folder where many projects keep their fonts once.
    Raises :class:`gsi.ground.errors.UserMistake` with every problem of every document at once, each
    with its file and line; nothing is written then.
    """
    names = _documents(project_dir, documents)
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        rule, remedy = "Formato de informe desconocido", f"Use: {enumerate_names(list(FORMATS))}."
        raise UserMistake([Finding("--formats", rule, name, remedy) for name in unknown])
    if engine == "quarto":
        quarto.require()
    real = engine == "quarto" or (engine == "auto" and quarto.program() is not None)
    programs = at_once or cores()
    prepare(project_dir, shared)
    with origins.traced(project_dir), _scratch() as scratch:
        if real:
            embedded.check(project_dir, names, formats, programs, scratch)
            # Quarto writes in the project.
            folder = scratch / "proyecto"
            ignored = shutil.ignore_patterns("_output", ".quarto")
            shutil.copytree(project_dir, folder, ignore=ignored)
            made = quarto.render(folder, names, formats, _epoch(folder, names))
        else:
            made = embedded.check_and_render(project_dir, names, formats, programs, scratch)
        return [move(path, out / path.name) for path in made]


def check(
    project_dir: Path, documents: Sequence[str], formats: Sequence[str] = tuple(FORMATS)
) -> None:
    """Raise, all at once, everything of the documents outside the subset in docs/quarto.md."""
    names = _documents(project_dir, documents)
    prepare(project_dir)
    with origins.traced(project_dir), _scratch() as scratch:
        embedded.check(project_dir, names, formats, cores(), scratch)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gsi-informe-") as folder:
        yield Path(folder)


def _documents(folder: Path, documents: Sequence[str]) -> list[str]:
    names = [name if name.endswith(".qmd") else f"{name}.qmd" for name in documents]
    absent = [name for name in names if not (folder / name).is_file()]
    if absent:
        rule, remedy = "No existe el informe", "Corrija el nombre o prepare el proyecto de nuevo."
        raise UserMistake([Finding(name, rule, "", remedy) for name in absent])
    return names


def _epoch(folder: Path, names: Sequence[str]) -> int:
    """Noon of the first document's date, in seconds: the only clock a report knows."""
    dates = [project.document_date(folder, name) for name in names]
    day = next((value for value in dates if value is not None), dt.date(2000, 1, 1))
    return int(dt.datetime.combine(day, dt.time(12), dt.UTC).timestamp())
