"""Read a folder: every file to its reader, every problem of every file told at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from gsi.errors import Finding, UserMistake
from gsi.files import sha256
from gsi.sources.catalog import READERS, UNREAD
from gsi.sources.forms import PUBLISHER, read_form, source_of
from gsi.sources.merge import concat, same_source
from gsi.sources.peek import Peek, kind_of, peek
from gsi.sources.records import Part, Reading, SetAside, SourceRecord, span
from gsi.sources.registry import Reader, match, namesake

CODES_SHOWN = 12
# Registers of people stay where they are: they are measured out of core, never read as tables.
REGISTERS = "registros"
IS_REGISTER = "registro de personas: se mide donde está, con plan.person_register"
MARKED_COPY = ".revisado.xlsx"
NO_READER = "sin lector en esta versión"


@dataclass
class Taken:
    """One part of one file; ``reader`` is None for a form."""

    path: Path
    digest: str
    reader: Reader | None
    part: Part

    @property
    def source(self) -> str:
        """What its rows carry in ``fuente``."""
        return self.reader.source if self.reader else source_of(self.path)

    def record(self) -> SourceRecord:
        """Its provenance."""
        return SourceRecord(
            source=self.source,
            publisher=self.reader.publisher if self.reader else PUBLISHER,
            title=self.reader.title if self.reader else self.part.title,
            file=self.path.name,
            sha256=self.digest,
            table=self.part.table,
            rows_read=self.part.rows_read,
            rows_kept=self.part.rows_kept,
            set_aside=self.part.set_aside,
            years=span(self.part.years),
            notes=self.part.notes,
        )


def read_all(raw: Path) -> Reading:
    """Every recognised file under ``raw`` (recursive, sorted by path), each table in one piece.

    Files nobody recognises are listed in ``ignored`` with the reason. Two copies of one file are
    read once. Rows of published files whose municipality the DIVIPOLA given does not have are set
    aside. Raises :class:`~gsi.errors.UserMistake` with the findings of all files: a damaged
    official file, a wrong form, two versions of one source that disagree.
    """
    taken, ignored, findings = _take(raw)
    _only_known_places(taken)
    tables: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for group in _by_source(taken):
        table = group[0].part.table
        files = [(item.path.name, item.part.data) for item in group]
        if group[0].reader is None or len(group) == 1:
            tables[table] += [data for _, data in files]
            continue
        data, notes, problems = same_source(table, files)
        findings += problems
        tables[table].append(data)
        last = group[-1]
        last.part = replace(last.part, notes=(*last.part.notes, *notes))
    if findings:
        raise UserMistake(findings)
    return Reading(
        {table: concat(tables[table]) for table in sorted(tables)},
        [item.record() for item in taken],
        ignored,
    )


def read_divipola(raw: Path) -> pd.DataFrame | None:
    """The contract's table ``divipola`` from the files under ``raw``; None where there is none.

    Only files named like it are looked at: the rest of the folder may be large, or have mistakes
    that do not matter here.
    """
    for path in _files(raw):
        if "divipola" in path.name.lower() and kind_of(path):
            try:
                outcome = _read(path)
            except UserMistake:
                continue
            parts = [] if isinstance(outcome, str) else outcome[1]
            found = [part.data for part in parts if part.table == "divipola"]
            if found:
                return found[0]
    return None


def _take(raw: Path) -> tuple[list[Taken], list[str], list[Finding]]:
    """Every file read on its own, why others are not, and what is wrong."""
    taken: list[Taken] = []
    ignored: list[str] = []
    findings: list[Finding] = []
    first: dict[str, str] = {}
    for path in _files(raw):
        name = path.relative_to(raw).as_posix()
        if path.relative_to(raw).parts[0] == REGISTERS:
            ignored.append(f"{name}: {IS_REGISTER}")
            continue
        digest = sha256(path)
        if digest in first and kind_of(path):
            ignored.append(f"{name}: copia idéntica de {first[digest]}; se lee una sola vez")
            continue
        first[digest] = name
        try:
            outcome = _read(path)
        except UserMistake as mistake:
            findings += mistake.findings
            continue
        if isinstance(outcome, str):
            ignored.append(f"{name}: {outcome}")
        else:
            reader, parts = outcome
            taken += [Taken(path, digest, reader, part) for part in parts]
    return taken, ignored, findings


def _files(raw: Path) -> list[Path]:
    """Regular files, hidden ones and Office lock files left out."""
    return sorted(
        path
        for path in raw.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "~$")) for part in path.relative_to(raw).parts)
    )


def _read(path: Path) -> tuple[Reader | None, list[Part]] | str:
    """The reader and its part; None and the form's parts; or why the file is not read."""
    kind = kind_of(path)
    if path.name.endswith(MARKED_COPY):
        return "copia marcada de un formulario revisado; se lee el original"
    if kind is None:
        return "formato que el cuaderno no lee"
    seen = peek(path, kind)
    reader = match(seen, READERS)
    if reader:
        return reader, [reader.read(path)]
    known = next((unread for unread in UNREAD if unread.claims(seen)), None)
    if known:
        return f"{known.title}: {NO_READER}"
    parts = read_form(seen)
    return (None, parts) if parts else _nobodys(seen)


def _nobodys(seen: Peek) -> str:
    """Why a file is ignored; :class:`UserMistake` when its name says it is an official one."""
    official = namesake(seen, READERS)
    if official is None:
        return f"no es una fuente publicada conocida ni un formulario ({NO_READER})"
    raise UserMistake(
        Finding(
            seen.path.name,
            f"por su nombre parece «{official.title}», que trae {official.contents}",
            "un archivo sin ese contenido",
            "Descárguelo de nuevo del publicador, o cámbiele el nombre si es otra cosa.",
        )
    )


def _only_known_places(taken: list[Taken]) -> None:
    """Set aside published rows of municipalities that DIVIPOLA, if it is there, does not have.

    A code that was abolished or created between two publications belongs to no territory that can
    be reported; a form with such a code is its author's mistake, which validation tells.
    """
    divipola = [item.part.data["municipio"] for item in taken if item.part.table == "divipola"]
    if not divipola:
        return
    known = set(pd.concat(divipola))
    for item in taken:
        data = item.part.data
        if item.reader is None or item.part.table == "divipola" or "municipio" not in data:
            continue
        places = pd.Series(data["municipio"].unique(), dtype="str")
        strange = sorted(places[(places.str.len() == 5) & ~places.isin(known)])
        if strange:
            lost = data["municipio"].isin(strange)
            some = ", ".join(strange[:CODES_SHOWN]) + (" y otros" * (len(strange) > CODES_SHOWN))
            reason = f"Municipio que no está en DIVIPOLA: {some} (filas de la tabla)"
            item.part = replace(
                item.part,
                data=data[~lost].reset_index(drop=True),
                set_aside=(*item.part.set_aside, SetAside(reason, int(lost.sum()))),
            )


def _by_source(taken: list[Taken]) -> list[list[Taken]]:
    """Parts of one table and one source together, in a fixed order; forms after sources."""
    groups: dict[tuple[bool, str, str], list[Taken]] = defaultdict(list)
    for item in taken:
        groups[item.reader is None, item.part.table, item.source].append(item)
    return [groups[key] for key in sorted(groups)]
