"""``gsi fetch``: what is published openly, brought to the input folder.

Each file is downloaded beside the prepared inputs, looked at as its reader will look at it, and
only then put in its place, whole. A file that somebody put there, or changed, is never replaced.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from gsi.contract.divipola import department_of
from gsi.contract.params.sources import Address, Service, Socrata, Source, Sources
from gsi.contract.territories import Territories
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import move
from gsi.ground.project import Project
from gsi.inputs.fetch import arcgis, package, socrata, whole
from gsi.inputs.fetch.client import TOKEN, Client, FetchFailed, Unreachable
from gsi.inputs.fetch.look import look
from gsi.inputs.readers import read_divipola
from gsi.inputs.readers.catalog import reader_of

State = Literal["new", "same", "edited", "other", "failed"]
Told = Callable[[Source, int, int | None], None]
FOLDER = "_descargas"


@dataclass(frozen=True)
class Brought:
    """How a source ended.

    ``new``: its file is in its place; ``same``: the one there is still the published one;
    ``edited``: the one there is not as it was downloaded, and stays; ``other``: a file of the same
    source, ``path``, was put there by somebody; ``failed``: ``findings`` say why.
    """

    source: Source
    state: State
    path: str
    size: int = 0
    rows: int | None = None
    findings: tuple[Finding, ...] = ()


@dataclass
class _Way:
    """What a fetch goes with."""

    project: Project
    sources: Sources
    department: str
    client: Client
    told: Told
    noted: dict[str, dict[str, Any]]
    owners: dict[str, list[str]] = field(default_factory=dict)

    @property
    def raw(self) -> Path:
        return self.project.raw

    def work(self, source: Source) -> Path:
        """Where its file is downloaded, under the name that it will have."""
        folder = self.project.root / "data" / "processed" / FOLDER / source.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder / Path(source.path(self.department)).name


def bring(
    project: Project,
    sources: Sources,
    chosen: Sequence[Source],
    code: str,
    told: Told = lambda _source, _done, _all: None,
    ended: Callable[[Brought], None] = lambda _brought: None,
) -> list[Brought]:
    """Bring the ``chosen`` sources for the territory ``code``; one that fails stops no other.

    ``told`` hears how much of a source there is, ``ended`` how each ended. Raises
    :class:`UserMistake` where the DIVIPOLA, once there, does not have the code.
    """
    client = Client(
        sources.limits, portal=sources.portal, token=os.environ.get(TOKEN, "").strip() or None
    )
    way = _Way(project, sources, department_of(code), client, told, package.read(project.raw))
    way.owners = _owners(project.raw, way.noted)
    found = []
    try:
        for source in chosen:
            brought = _one(way, source)
            found.append(brought)
            ended(brought)
            if source.reader == "divipola" and brought.state != "failed":
                known_code(project.raw, code)
    finally:
        client.close()
    return found


def known_code(raw: Path, code: str) -> None:
    """Raise :class:`UserMistake` where the DIVIPOLA of the folder does not have the code."""
    divipola = read_divipola(raw)
    if divipola is not None and not divipola["municipio"].str.startswith(code).any():
        Territories(divipola).resolve(code)


def _owners(raw: Path, noted: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Reader → files that somebody put in the folder, and it would read."""
    found: dict[str, list[str]] = {}
    for path in sorted(raw.rglob("*")):
        name = path.relative_to(raw).as_posix()
        if not path.is_file() or name in noted or name.startswith("registros/"):
            continue
        if any(part.startswith((".", "~$")) for part in Path(name).parts):
            continue
        reader = reader_of(path)
        if reader is not None:
            found.setdefault(reader.source, []).append(name)
    return found


def _one(way: _Way, source: Source) -> Brought:
    path = source.path(way.department)
    noted = way.noted.get(path)
    stands = package.standing(way.raw, noted)
    if stands is False:
        return Brought(source, "edited", path)
    if stands is None and (way.raw / path).exists():
        return Brought(source, "other", path)
    others = _others(way, source)
    if others and stands is None:
        return Brought(source, "other", others[0])
    try:
        arrived = _arrived(way, source, noted if stands else None)
        if arrived is None:
            return Brought(source, "same", path, (way.raw / path).stat().st_size)
        file, address, more = arrived
        look(file, source)
        target = way.raw / path
        move(file, target)
        today = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
        way.noted[path] = package.resource(
            source, way.raw, path, today.replace("+00:00", "Z"), address, more
        )
        package.write(way.raw, way.noted)
        shutil.rmtree(file.parent, ignore_errors=True)
        return Brought(source, "new", path, target.stat().st_size, more.get("rows"))
    except FetchFailed as problem:
        return Brought(source, "failed", path, findings=tuple(_named(source, problem)))


def _others(way: _Way, source: Source) -> list[str]:
    """Files of the same reader that somebody put there, with rows of the department: two of one
    source that disagree are both set aside, so what is there is not added to."""
    found = way.owners.get(source.reader, [])
    return [name for name in found if _gives(way.raw / name, source, way.department)]


def _gives(path: Path, source: Source, department: str) -> bool:
    reader = reader_of(path)
    if reader is None:
        return False
    try:
        parts = reader.read(path)
    except UserMistake:
        return False  # it will be set aside
    for part in parts if isinstance(parts, tuple) else (parts,):
        wanted = set(source.indicators) if part.table == "indicadores" else set()
        if wanted and not wanted & set(part.data["indicador"]):
            continue
        if part.data["municipio"].str.startswith(department).any():
            return True
    return False


def _named(source: Source, problem: FetchFailed) -> list[Finding]:
    if isinstance(problem, Unreachable):
        return list(problem.findings)
    return [replace(found, where=f"{source.id}, {found.where}") for found in problem.findings]


def _arrived(
    way: _Way, source: Source, noted: dict[str, Any] | None
) -> tuple[Path, str, dict[str, Any]] | None:
    """The file, the address that it came from and what is noted of it; None where the one noted is
    still the published one."""

    def told(done: int, total: int | None) -> None:
        way.told(source, done, total)

    asked, file = source.obtain, way.work(source)
    if isinstance(asked, Socrata):
        if noted is not None:
            version = socrata.version(way.client, way.sources.portal, asked)
            if version.updated and version.updated == noted.get("version"):
                return None
        pulled = socrata.pull(
            way.client,
            way.sources.portal,
            asked,
            way.department,
            way.sources.limits,
            file,
            told,
        )
        more = {
            "rows": pulled.rows,
            "version": pulled.version.updated,
            "licence": pulled.version.licence,
        }
        return file, pulled.address, more
    if isinstance(asked, Service):
        rows = arcgis.layer(way.client, asked, way.department, file, told)
        return file, asked.address, {"rows": rows}
    assert isinstance(asked, Address)
    known = None
    if noted is not None and noted["sources"][0]["path"] == asked.address:
        known = whole.Mark(noted.get("etag", ""), noted.get("modified", ""))
    part = file.with_name(f"{file.name}.parte")
    mark = whole.download(way.client, asked.address, part, told, known)
    if mark is None:
        return None
    part.replace(file)
    return file, asked.address, {"etag": mark.etag, "modified": mark.modified}
