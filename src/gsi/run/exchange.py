"""Between machines that share no disk: what a worker needs and what it made, through one URL.

Everything travels as archives under a URL of any storage that fsspec knows (``s3://``, ``gs://``,
``abfs://``, ``sftp://``, ``file://`` …). A *parcel* is a department's share of the project: its
prepared tables, the notebooks, parameters, contracts and report sources, the frozen baselines. It
is named by its content, so it is sent once and a worker unpacks it once. What a territory made
comes back under a name of its own, told by the task that made it, and is taken whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from gsi.analysis.frozen import PREFIX, frozen_reports
from gsi.contract import params
from gsi.contract.territory import Years
from gsi.contract.vocabulary import COUNTRY
from gsi.ground.errors import Finding, UserMistake
from gsi.ground.files import link, sha256
from gsi.ground.project import MARKERS, Project
from gsi.inputs.store import Store
from gsi.report.workbook import cut_years, reports_folder, results_folder
from gsi.run.basis import Basis
from gsi.run.job import Job, Outcome
from gsi.run.publish import publish
from gsi.run.territory import FAILED

# Made by a person's tools or by a run, and read by none.
_NOT_SENT = {"_output", "_site", "__pycache__", ".ipynb_checkpoints"}
_RESULTS, _OUTPUTS = "resultados", "informes"  # folders of what comes back
_RAW = "data/raw"  # a project's inputs, if no others are named
_FAST = 1  # compression: tables shrink to a tenth at once, and pictures have theirs


class Damaged(Exception):
    """What came through the URL is not what was sent."""


@dataclass(frozen=True)
class Parcel:
    """A department's share of the project under a URL.

    ``project``, ``raw`` and ``store`` are folders in the unpacked parcel. ``raw`` lies from
    ``project`` as it does at the caller's, because results name that way. ``registers``: path in
    ``raw`` → SHA-256, each a file of its own under the URL.
    """

    digest: str
    project: str
    raw: str
    store: str
    registers: Mapping[str, str]


@dataclass(frozen=True)
class Delivery:
    """Where a territory's results were left under the URL, and their SHA-256."""

    name: str
    sha256: str


class Exchange:
    """Both ends of a URL: the caller sends and collects, the workers receive and deliver."""

    def __init__(self, url: str) -> None:
        """Raises :class:`UserMistake` when the URL cannot be opened or written to."""
        from fsspec.core import url_to_fs

        try:
            self._files, self._root = url_to_fs(url)
            self._files.makedirs(self._root, exist_ok=True)
        except Exception as error:  # each storage has its own
            raise UserMistake(
                Finding(
                    "opción --exchange",
                    "debe ser la dirección de una carpeta donde se pueda escribir",
                    f"{url} ({type(error).__name__})",
                    "Revise la dirección, los permisos y que esté instalado el paquete de ese "
                    "almacenamiento (s3fs, gcsfs, adlfs…), aquí y en cada equipo.",
                )
            ) from error

    # The caller's end.

    def send(self, jobs: Sequence[Job]) -> Parcel:
        """Put what ``jobs``, all of one department, need under the URL, unless it is there."""
        first = jobs[0]
        root = PurePosixPath(*_levels(first.raw), "proyecto")
        raw = os.path.normpath(root / (first.raw or _RAW))
        store = root / "data" / "processed" / "_base" / first.store.folder.name
        found = {
            **{str(root / name): path for name, path in _project_files(first.project)},
            **{str(root / name): path for name, path in _baselines(first)},
            **{str(store / name): path for name, path in _tables(first)},
        }
        content = {name: sha256(path) for name, path in found.items()}
        registers = _registers(jobs)
        parcel = Parcel(_digest(content), str(root), raw, str(store), registers)
        for name, digest in registers.items():
            self._put(first.project.raw / name, _register(digest))
        if not self._files.exists(self._at(_archive(parcel))):
            with tempfile.TemporaryDirectory(prefix="gsi-") as temporary:
                packed = Path(temporary) / "paquete.tar.gz"
                with tarfile.open(packed, "w:gz", compresslevel=_FAST, dereference=True) as archive:
                    for name, path in sorted(found.items()):
                        archive.add(path, arcname=name)
                self._put(packed, _archive(parcel))
        return parcel

    def collect(self, job: Job, outcome: Outcome, delivery: Delivery | None) -> Outcome:
        """Put a territory's results in place here, as a run on this machine would.

        Raises :class:`Damaged` when they are not those that were delivered.
        """
        if delivery is None:
            return outcome
        final = _final(job)
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=final.parent, prefix=".traer-") as temporary:
            packed = Path(temporary) / "resultados.tar.gz"
            self._files.get_file(self._at(delivery.name), str(packed))
            if sha256(packed) != delivery.sha256:
                raise Damaged(delivery.name)
            made = _unpacked(packed, Path(temporary) / "contenido")
            if outcome.failed:
                kept = final.with_name(final.name + FAILED)
                shutil.rmtree(kept, ignore_errors=True)
                (made / _RESULTS).replace(kept)
            else:
                reports = [made / _OUTPUTS / path.name for path in outcome.outputs]
                folder = reports_folder(job.project, job.territory, _years(job))
                frozen = frozen_reports(job.project, job.territory.code)
                # Out of the temporary folder first: what is published is renamed, not copied.
                stage = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{final.name}."))
                (made / _RESULTS).replace(stage)
                outputs, left = publish(reports, folder, stage, final, frozen)
                outcome = replace(outcome, outputs=outputs, kept=left)
        self._files.rm(self._at(delivery.name))
        return outcome

    # A worker's end.

    def receive(self, parcel: Parcel, local: Path) -> Path:
        """The parcel's folder in ``local``, unpacked on first use.

        Raises :class:`Damaged` when it is not what its name says.
        """
        folder = local / parcel.digest / _digest({**parcel.registers, "": parcel.raw})
        if folder.is_dir():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=local, prefix=".") as temporary:
            packed = Path(temporary) / "paquete.tar.gz"
            self._files.get_file(self._at(_archive(parcel)), str(packed))
            stage = _unpacked(packed, Path(temporary) / "contenido")
            content = {path.relative_to(stage).as_posix(): sha256(path) for path in _files(stage)}
            if _digest(content) != parcel.digest:
                raise Damaged(parcel.digest)
            # A project has its own folder of inputs, whichever is used.
            for raw in (f"{parcel.project}/{_RAW}", parcel.raw):
                (stage / raw).mkdir(parents=True, exist_ok=True)
            for name, digest in parcel.registers.items():
                link(self._fetched(digest, local), stage / parcel.raw / name)
            try:
                stage.replace(folder)
            except OSError:
                # Another task of this worker was first; its copy is the same.
                if not folder.is_dir():
                    raise
        return folder

    def deliver(self, job: Job, outcome: Outcome) -> Delivery | None:
        """Leave what ``job`` made under the URL and remove it here; None when it made nothing."""
        final = _final(job)
        results = final.with_name(final.name + FAILED) if outcome.failed else final
        if not results.is_dir():
            return None
        name = f"{_RESULTS}/{job.territory.code}-{uuid.uuid4().hex}.tar.gz"
        with tempfile.TemporaryDirectory(prefix="gsi-") as temporary:
            packed = Path(temporary) / "resultados.tar.gz"
            with tarfile.open(packed, "w:gz", compresslevel=_FAST) as archive:
                archive.add(results, arcname=_RESULTS)
                for path in outcome.outputs:
                    archive.add(path, arcname=f"{_OUTPUTS}/{path.name}")
            delivery = Delivery(name, sha256(packed))
            self._put(packed, name)
        shutil.rmtree(results)
        shutil.rmtree(job.project.output / job.territory.code, ignore_errors=True)
        return delivery

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _put(self, path: Path, name: str) -> None:
        """Under its name only when whole; what has the name already is the same."""
        target = self._at(name)
        if self._files.exists(target):
            return
        part = f"{target}.{uuid.uuid4().hex}.parte"
        self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._files.put_file(str(path), part)
        self._files.mv(part, target)

    def _fetched(self, digest: str, local: Path) -> Path:
        """A register's own copy in ``local``."""
        kept = local / _register(digest)
        if not kept.is_file():
            part = kept.with_name(f".{kept.name}.{uuid.uuid4().hex}")
            self._files.get_file(self._at(_register(digest)), str(part))
            if sha256(part) != digest:
                part.unlink()
                raise Damaged(digest)
            part.replace(kept)
        return kept


def at(job: Job, parcel: Parcel, folder: Path) -> Job:
    """``job`` on the machine where its parcel is unpacked in ``folder``."""
    root = folder / parcel.project
    project = Project(
        root,
        Path(os.path.normpath(folder / parcel.raw)),
        root / "data" / "processed",
        root / "reports" / "_output",
    )
    return replace(job, project=project, store=Store(folder / parcel.store))


def _levels(raw: str | None) -> list[str]:
    """Folders above the project, as many as the way to ``raw`` climbs."""
    return [f"n{i}" for i, part in enumerate(Path(raw or ".").parts) if part == ".."]


def _project_files(project: Project) -> Iterator[tuple[str, Path]]:
    for marker in MARKERS:
        for path in _files(project.root / marker):
            relative = path.relative_to(project.root)
            if not _NOT_SENT.intersection(relative.parts):
                yield relative.as_posix(), path


def _baselines(job: Job) -> Iterator[tuple[str, Path]]:
    """Frozen baselines of the department and of all its municipalities."""
    processed = job.project.processed
    for folder in processed.glob(f"{job.territory.department}*/{PREFIX}*"):
        for path in _files(folder):
            yield f"data/processed/{path.relative_to(processed).as_posix()}", path


def _tables(job: Job) -> Iterator[tuple[str, Path]]:
    """The prepared inputs that a territory of the department opens."""
    store = job.store
    owners = {f"{job.territory.department}.arrow", f"{COUNTRY}.arrow"}
    for path in _files(store.folder):
        relative = path.relative_to(store.folder)
        if len(relative.parts) == 1 or (
            path.name in owners and relative.parts[0] != store.kept.parent.name
        ):
            yield relative.as_posix(), path


def _registers(jobs: Sequence[Job]) -> dict[str, str]:
    """Registers of people that the parameters name: path in the input folder → SHA-256.

    One that is not where it should be is not sent: its territory says so as it would here.
    """
    project = jobs[0].project
    basis = Basis(project, jobs[0].store)
    found: dict[str, str] = {}
    for job in jobs:
        declared = basis.settings(job.territory)["plan"]["person_register"]
        if declared is None or declared["file"] in found:
            continue
        path = (project.raw / declared["file"]).resolve()
        if path.is_relative_to(project.raw.resolve()) and path.is_file():
            found[declared["file"]] = basis.register(job.territory)
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(content: Mapping[str, str]) -> str:
    """Of names and hashes, whatever their order."""
    text = "".join(f"{name}\0{value}\n" for name, value in sorted(content.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _archive(parcel: Parcel) -> str:
    return f"{parcel.digest}/paquete.tar.gz"


def _register(digest: str) -> str:
    return f"{digest}.registro"


def _unpacked(packed: Path, folder: Path) -> Path:
    """The archive's content in ``folder``; none of it can land elsewhere."""
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _final(job: Job) -> Path:
    return results_folder(job.project, job.territory, _years(job))


def _years(job: Job) -> Years:
    place = job.territory
    settings, _ = params.load(job.project.params, place.department, place.code)
    return cut_years(settings, job.baseline, job.follow_up)
