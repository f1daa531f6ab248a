"""Freezing a baseline: once, whole, and again only when someone says why."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from gsi.analysis import frozen as record
from gsi.analysis.baseline import revisions, snapshot
from gsi.analysis.frozen import REPLACED, Frozen
from gsi.analysis.keys.information import information
from gsi.analysis.results import Section
from gsi.ground.errors import Finding, TerritoryFailed, UserMistake
from gsi.ground.files import sha256
from gsi.inputs import quality
from gsi.report.workbook import Workbook

BASELINE_REPORT = "linea-base"  # how the names of its files begin


def take(book: Workbook) -> Frozen:
    """Today's figures of an open territory at its baseline year."""
    return today(book, information(book.context))


def today(book: Workbook, section: Section) -> Frozen:
    """The same, from the section of key 1 already computed."""
    return snapshot.take(book.context, book.store.records, section)


def revised(book: Workbook, section: Section) -> Section:
    """Section ``frozen``: the frozen baseline, if there is one, beside the figures of today."""
    frozen = book.context.frozen
    return revisions.NONE if frozen is None else revisions.section(frozen, today(book, section))


def reports(book: Workbook) -> dict[str, str]:
    """The baseline reports published for the year, in any cut: path in the territory's folder →
    SHA-256."""
    published = book.project.output / book.territory.code
    found = sorted(published.glob(f"{book.context.years.baseline}-*/{BASELINE_REPORT}*"))
    return {
        path.relative_to(published).as_posix(): sha256(path) for path in found if path.is_file()
    }


def freeze(book: Workbook, *, reason: str | None = None) -> tuple[Frozen, Path]:
    """Freeze the baseline of ``book`` and return it with the folder it stands in.

    The baseline reports that are published for the year are frozen with it: no run replaces them.
    With a ``reason`` an existing baseline is replaced: it is kept beside the new one, which cites
    its hash, and the ICV scores are made anew. Without one, raises :class:`UserMistake` when a
    baseline of the territory and year exists, or when there is nothing to freeze.
    """
    place, year = book.territory, book.context.years.baseline
    target = record.folder(book.project, place.code, year)
    existing = record.load(book.project, place, year)
    if existing is not None and reason is None:
        raise UserMistake(
            Finding(
                f"línea de base {year} de {place.name}",
                "una línea de base congelada no se reemplaza en silencio",
                f"ya existe, huella {existing.sha256[:12]}",
                "Para sustituirla diga por qué: gsi baseline freeze "
                f'{place.code} --supersede --reason "motivo". La anterior se conserva.',
            )
        )
    if existing is None and reason is not None:
        raise UserMistake(
            Finding(
                "opción --supersede",
                "solo se sustituye una línea de base que ya existe",
                f"{place.name} no tiene una de {year}",
                "Quite --supersede y --reason para congelarla por primera vez.",
            )
        )
    critical = quality.critical_failures(book.store.verdicts, [place.code])
    if critical:
        raise TerritoryFailed(critical)
    if existing is not None and book.context.scored_by == existing:
        # Its own scores go with it: they are estimated again on today's households.
        book = replace(book, context=replace(book.context, scored_by=None))
    found = take(book)
    if not found.figures:
        raise UserMistake(
            Finding(
                f"línea de base {year} de {place.name}",
                "debe haber al menos una cifra que congelar",
                "ni indicadores ni hogares del territorio",
                "Agregue a la carpeta de datos las fuentes o los formularios del territorio.",
            )
        )
    if existing is not None:
        found = replace(found, replaces=existing.sha256, reason=reason or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        digest = found.save(stage)
        record.note_reports(stage, reports(book))
        stage.chmod(0o755)
        if existing is not None:
            target.replace(target.with_name(f"{target.name}.{REPLACED}{existing.sha256[:12]}"))
        stage.replace(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return replace(found, sha256=digest), target
