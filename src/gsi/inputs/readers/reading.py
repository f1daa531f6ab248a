"""Read a folder: every file to its reader, every problem of every file told at once.

What a faulty file stops is one policy (docs/fuentes.md): the DIVIPOLA, everything; any other file,
itself alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from gsi.contract.divipola import department_of, is_municipal
from gsi.contract.tables import ORIGIN
from gsi.contract.vocabulary import COUNTRY
from gsi.ground.errors import Finding, InputsChanged, UserMistake
from gsi.ground.files import sha256
from gsi.ground.locale import fold
from gsi.ground.project import PACKAGE
from gsi.inputs.readers import boundaries, divipola, former
from gsi.inputs.readers.catalog import READERS, UNREAD
from gsi.inputs.readers.characters import legible_part
from gsi.inputs.readers.forms import PUBLISHER, places_of, read_form, source_of
from gsi.inputs.readers.merge import concat, disagreeing, once, same_source
from gsi.inputs.readers.peek import Peek, kind_of, peek
from gsi.inputs.readers.problems import DOWNLOAD_AGAIN
from gsi.inputs.readers.registry import Reader, in_other_format, match, namesake
from gsi.inputs.records import Faulty, Part, Reading, SetAside, SourceRecord, span

CODES_SHOWN = 12
PLACES_KEPT = 60
FEW_DEPARTMENTS = 3  # a published file of more is of the country
# Registers of people stay where they are: they are measured out of core, never read as tables.
REGISTERS = "registros"
IS_REGISTER = "registro de personas: se mide donde está, con plan.person_register"
MARKED_COPY = ".revisado.xlsx"
_COPY = re.compile(r"\b(copia|copy)\b|\(\d+\)", re.IGNORECASE)
_NOTES = {"readme", "leame", "lea me", "license", "licencia"}
NO_READER = "sin lector en esta versión"
_KINDS = {"csv": "CSV", "xlsx": "XLSX", "xls": "XLS", "ods": "ODS", "geojson": "GeoJSON"}


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
        given = self.part.data["indicador"].unique() if self.part.table == "indicadores" else ()
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
            substitutes=self.part.substitutes,
            indicators=tuple(sorted(str(name) for name in given)),
            places=self._places(),
        )

    def _places(self) -> tuple[str, ...]:
        """Of whom its rows are: a form's, and a published file's of one territory or of few.

        A file of the country is everybody's, also of those without a row: of what it counts they
        have none.
        """
        if "municipio" not in self.part.data:
            return ()
        codes = sorted({str(code) for code in self.part.data["municipio"].dropna().unique()})
        departments = sorted({department_of(code) for code in codes})
        if self.reader is None or ORIGIN in self.part.data:
            return tuple(codes if len(codes) <= PLACES_KEPT else departments)
        national = COUNTRY in departments or len(departments) > FEW_DEPARTMENTS
        return () if national else tuple(departments)


def read_all(raw: Path, digests: Mapping[str, str] | None = None) -> Reading:
    """Every recognised file under ``raw`` (recursive, sorted by path), each table in one piece.

    ``digests``: path → SHA-256, where they are known. Files nobody recognises are listed in
    ``ignored`` with the reason; two copies of one file are read once. A file with mistakes is set
    aside whole, in ``faulty``, and so are files of one source that disagree. Rows of published
    files whose municipality the DIVIPOLA given does not have are set aside.

    Raises :class:`~gsi.ground.errors.UserMistake`, with the findings of all files, when the
    DIVIPOLA is faulty or lacks municipalities that other official files have; and
    :class:`~gsi.ground.errors.InputsChanged` when a file vanishes meanwhile.
    """
    taken, ignored, faulty = _take(raw, digests)
    if any(_is_divipola(raw / file.file) for file in faulty):
        raise UserMistake(finding for file in faulty for finding in file.findings)
    _only_known_places(taken)
    taken, misplaced = _in_their_place(taken, raw)
    faulty += misplaced
    tables: dict[str, list[pd.DataFrame]] = defaultdict(list)
    used: list[Taken] = []
    for group in _by_source(taken):
        table = group[0].part.table
        if group[0].reader is None or len(group) == 1:
            used += group
            tables[table] += [item.part.data for item in group]
            continue
        wrong = disagreeing(table, [(item.path.name, item.part.data) for item in group])
        if wrong and table == "divipola":
            raise UserMistake(dict.fromkeys(f for findings in wrong.values() for f in findings))
        faulty += [
            Faulty(group[position].path.relative_to(raw).as_posix(), tuple(findings))
            for position, findings in sorted(wrong.items())
        ]
        group = [item for position, item in enumerate(group) if position not in wrong]
        if not group:
            continue
        data, notes = same_source(table, [(item.path.name, item.part.data) for item in group])
        tables[table].append(data)
        last = group[-1]
        last.part = replace(last.part, notes=(*last.part.notes, *notes))
        used += group
    return Reading(
        {table: concat(tables[table]) for table in sorted(tables)},
        [item.record() for item in taken if any(item is other for other in used)],
        sorted(ignored),
        sorted(faulty, key=lambda file: file.file),
    )


def read_divipola(raw: Path) -> pd.DataFrame | None:
    """The contract's table ``divipola`` from the files under ``raw``; None where there is none.

    Only files named like it, or with its headings, are read: the rest of the folder may be large,
    or have mistakes that do not matter here. Raises :class:`~gsi.ground.errors.UserMistake` when
    none of them can be read.
    """
    found: list[pd.DataFrame] = []
    findings: list[Finding] = []
    for path in _files(raw):
        if path.relative_to(raw).parts[0] == REGISTERS:
            continue
        named = "divipola" in path.name.lower() and kind_of(path)
        if named or (kind_of(path) == "csv" and _is_divipola(path)):
            try:
                outcome = _read(path)
            except UserMistake as mistake:
                findings += mistake.findings
                continue
            parts = [] if isinstance(outcome, str) else outcome[1]
            found += [part.data for part in parts if part.table == "divipola"]
    if findings and not found:
        raise UserMistake(findings)
    return concat(found).drop_duplicates("municipio", ignore_index=True) if found else None


def _take(
    raw: Path, digests: Mapping[str, str] | None
) -> tuple[list[Taken], list[str], list[Faulty]]:
    """Every file read on its own, why others are not, and what is wrong."""
    taken: list[Taken] = []
    ignored: list[str] = []
    faulty: list[Faulty] = []
    first: dict[str, str] = {}
    for path in _files(raw):
        name = path.relative_to(raw).as_posix()
        if path.relative_to(raw).parts[0] == REGISTERS:
            ignored.append(f"{name}: {IS_REGISTER}")
            continue
        if digests is not None and name not in digests:
            raise InputsChanged(f"apareció {name}")
        try:
            digest = sha256(path) if digests is None else digests[name]
            if digest and digest in first and kind_of(path):
                ignored.append(f"{name}: copia idéntica de {first[digest]}; se lee una sola vez")
                continue
            first[digest] = name
            outcome = _read(path)
        except Exception as problem:
            if not path.exists():
                raise InputsChanged(f"desapareció {name}") from problem
            faulty.append(_set_aside(path, name, problem))
            continue
        if isinstance(outcome, str):
            ignored.append(f"{name}: {outcome}")
        else:
            reader, parts = outcome
            taken += [Taken(path, digest, reader, part) for part in parts]
    return taken, ignored, faulty


def _set_aside(path: Path, name: str, problem: Exception) -> Faulty:
    """What is wrong with a file that could not be read. Damage shows in as many ways as there are
    libraries that meet it: what no reader foresaw is told by its name."""
    if isinstance(problem, UserMistake):
        return Faulty(name, tuple(problem.findings), places_of(path))
    if isinstance(problem, MemoryError):  # the machine's fault, not the file's
        raise problem
    received = f"un archivo dañado o con un contenido inesperado ({type(problem).__name__})"
    remedy = "Ábralo y guárdelo de nuevo, descárguelo otra vez o retírelo de la carpeta de datos."
    if isinstance(problem, PermissionError):
        received, remedy = "un archivo sin permiso de lectura", "Dé permiso de lectura al archivo."
    return Faulty(
        name, (Finding(path.name, "debe poder leerse", received, remedy),), places_of(path)
    )


def _files(raw: Path) -> list[Path]:
    """Regular files; hidden ones, Office lock files and notes left out (README, of what was
    downloaded). Those named as copies come last, so that of two equal files the
    original is the one cited.
    """
    found = (
        path
        for path in raw.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "~$")) for part in path.relative_to(raw).parts)
        and not (kind_of(path) is None and fold(path.stem) in _NOTES)
        and path != raw / PACKAGE
    )
    return sorted(found, key=lambda path: (bool(_COPY.search(path.stem)), path))


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
        parts = reader.read(path)
        if isinstance(parts, Part):
            parts = (parts,)
        if parts[0].data.empty:
            raise UserMistake(_without_rows(path, parts[0]))
        given = [part for part in parts if not part.data.empty]
        return reader, [legible_part(_counted_once(path, part)) for part in given]
    known = next((unread for unread in UNREAD if unread.claims(seen)), None)
    if known:
        return f"{known.title}, {known.why}"
    filled = [legible_part(part) for part in read_form(seen)]
    return (None, filled) if filled else _nobodys(seen)


def _counted_once(path: Path, part: Part) -> Part:
    if part.table != "indicadores":  # the readers of the other tables refuse a repeated row
        return part
    data, notes, findings = once(part.data, path.name)
    if findings:
        raise UserMistake(findings)
    return replace(part, data=data, notes=(*part.notes, *notes))


def _without_rows(path: Path, part: Part) -> Finding:
    reasons = "; ".join(item.reason for item in part.set_aside)
    received = f"ninguna que sirva ({reasons})" if reasons else "solo encabezados"
    return Finding(path.name, "debe traer filas de datos", received, DOWNLOAD_AGAIN)


def _nobodys(seen: Peek) -> str:
    """Why a file is ignored; :class:`UserMistake` when it is an official one all the same: by its
    name, or by its content in another format."""
    official = namesake(seen, READERS)
    if official:
        raise UserMistake(
            Finding(
                seen.path.name,
                f"por su nombre parece «{official.title}», que trae {official.contents}",
                "un archivo sin ese contenido",
                "Descárguelo de nuevo del publicador, o cámbiele el nombre si es otra cosa.",
            )
        )
    official = in_other_format(seen, READERS)
    if official:
        kinds = " o ".join(_KINDS[kind] for kind in official.kinds)
        raise UserMistake(
            Finding(
                seen.path.name,
                f"parece «{official.title}», que se lee de un archivo {kinds}",
                f"un archivo {_KINDS[seen.kind]}",
                f"Descárguelo en {kinds} de la página del publicador, o guárdelo así.",
            )
        )
    return f"no es una fuente publicada conocida ni un formulario ({NO_READER})"


def _is_divipola(path: Path) -> bool:
    """Whether a file that could not be read is a DIVIPOLA, by its content or its name."""
    kind = kind_of(path)
    if kind not in divipola.READER.kinds:
        return False
    try:
        seen = peek(path, kind)
    except UserMistake:
        seen = Peek(path, kind, {})
    return divipola.claims(seen) or bool(divipola.READER.name.search(seen.name))


def _only_known_places(taken: list[Taken]) -> None:
    """Set aside published rows of municipalities that DIVIPOLA, if it is there, does not have, once
    those whose people another has are counted there (:mod:`.former`).

    A code that was abolished or created between two publications belongs to no territory that can
    be reported; a form with such a code is its author's mistake, which validation tells. Raises
    :class:`UserMistake` where it is DIVIPOLA that lacks them.
    """
    codes = [item for item in taken if item.part.table == "divipola"]
    if not codes:
        return
    known = set(pd.concat([item.part.data["municipio"] for item in codes]))
    lacking: dict[str, dict[str, str]] = defaultdict(dict)
    for item in taken:
        data = item.part.data
        if item.reader is None or item.part.table == "divipola" or "municipio" not in data:
            continue
        item.part = former.joined(item.part, known)
        data = item.part.data
        places = pd.Series(data["municipio"].unique(), dtype="str")
        strange = sorted(places[is_municipal(places) & ~places.isin(known)])
        for place in strange:
            lacking[place].setdefault(item.source, item.path.name)
        if strange:
            lost = data["municipio"].isin(strange)
            some = ", ".join(strange[:CODES_SHOWN]) + (" y otros" * (len(strange) > CODES_SHOWN))
            reason = f"Municipio que no está en DIVIPOLA: {some} (filas de la tabla)"
            item.part = replace(
                item.part,
                data=data[~lost].reset_index(drop=True),
                set_aside=(*item.part.set_aside, SetAside(reason, int(lost.sum()))),
            )
    wrong = divipola.incomplete(
        [item.path.name for item in codes],
        len(known),
        {code: sorted(owners.values()) for code, owners in lacking.items()},
    )
    if wrong:
        raise UserMistake(wrong)


def _in_their_place(taken: list[Taken], raw: Path) -> tuple[list[Taken], list[Faulty]]:
    """The parts of files that agree with DIVIPOLA on their places: boundaries are where it has the
    municipality, and the name that a form writes beside a code is the code's."""
    codes = [item.part.data for item in taken if item.part.table == "divipola"]
    if not codes:
        return taken, []
    known = pd.concat(codes)
    names = _names(known) if any(item.part.named for item in taken) else {}
    faulty: list[Faulty] = []
    for item in taken:
        findings = [each.finding for each in item.part.named if each.disagrees(names)]
        if item.part.table == "limites":
            findings = boundaries.elsewhere(item.part.data, known, item.path.name)
        name = item.path.relative_to(raw).as_posix()
        if findings and all(file.file != name for file in faulty):
            places = places_of(item.path) if item.part.named else ()
            faulty.append(Faulty(name, tuple(findings), places))
    gone = {file.file for file in faulty}
    return [item for item in taken if item.path.relative_to(raw).as_posix() not in gone], faulty


def _names(divipola: pd.DataFrame) -> dict[str, str]:
    from gsi.inputs.forms.named import names_of

    return names_of(divipola)


def _by_source(taken: list[Taken]) -> list[list[Taken]]:
    """Parts of one table and one source together, in a fixed order; forms after sources."""
    groups: dict[tuple[bool, str, str], list[Taken]] = defaultdict(list)
    for item in taken:
        groups[item.reader is None, item.part.table, item.source].append(item)
    return [groups[key] for key in sorted(groups)]
