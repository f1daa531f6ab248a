"""Reports where people read them: nothing that somebody changed, or that was frozen, is lost.

Each pair of cuts has a folder of its own, ``<output>/<code>/<baseline>-<follow-up>/``. Beside the
reports lies ``huellas.sha256``, as ``sha256sum`` writes it: the files as they were published. A
file in the way of a new one is replaced only if it is still the one that was published there; one
that somebody edited, or that belongs to a frozen baseline (``gsi.analysis.frozen``), stays, and the
new one is written beside it under the next free name (``linea-base-2.docx``).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal

from gsi.ground.files import move, replacing, sha256, write_text
from gsi.run import manifest

RECORD = "huellas.sha256"


@dataclass(frozen=True)
class Kept:
    """A file left as it was, why, and the new one that was written beside it."""

    path: Path
    instead: Path
    why: Literal["edited", "frozen"]


@dataclass(frozen=True)
class Shelf:
    """A folder of published files: which of them may be replaced.

    ``frozen``: SHA-256 of files that stay whatever happens. ``earlier``: name → SHA-256 that
    another record (a manifest) has of the folder.
    """

    folder: Path
    frozen: Collection[str] = ()
    earlier: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, str]:
        """Name → SHA-256 of every file as it was published."""
        path = self.folder / RECORD
        if not path.is_file():
            return {}
        lines = (line.split(None, 1) for line in path.read_text(encoding="utf-8").splitlines())
        return {parts[1]: parts[0] for parts in lines if len(parts) == 2}

    def place(self, name: str, digest: str) -> tuple[Path, Kept | None]:
        """Where a new file called ``name`` goes, and the file that it had to leave in place."""
        record, why = self.record(), None
        for number in count(1):
            path = self._numbered(name, number)
            if not path.exists():
                break
            found = sha256(path)
            if found == digest:
                break
            if found in self.frozen:
                why = why or "frozen"
            elif found in {record.get(path.name), self.earlier.get(path.name)}:
                break
            else:
                why = why or "edited"
        if why is None:
            return path, None
        return path, Kept(self.folder / name, path, "frozen" if why == "frozen" else "edited")

    def note(self, published: Mapping[str, str]) -> None:
        """Record what is published, name → SHA-256, and drop what no longer is: the copies that
        had to lie beside a file which is free again."""
        record = self.record()
        for name in set(record) - set(published):
            path, base = self.folder / name, _base(name)
            known = path.is_file() and sha256(path) == record[name]
            if not path.is_file():
                del record[name]
            elif known and base in published and record[name] not in self.frozen:
                path.unlink()
                del record[name]
        lines = sorted((record | dict(published)).items())
        write_text(self.folder / RECORD, "".join(f"{value}  {name}\n" for name, value in lines))

    def _numbered(self, name: str, number: int) -> Path:
        path = self.folder / name
        return path if number == 1 else path.with_stem(f"{path.stem}-{number}")


def _base(name: str) -> str:
    """The name that ``linea-base-2.docx`` was written beside."""
    path = Path(name)
    return re.sub(r"-\d+$", "", path.stem) + path.suffix


def publish(
    outputs: Sequence[Path],
    folder: Path,
    stage: Path,
    final: Path,
    frozen: Collection[str] = (),
) -> tuple[list[Path], list[Kept]]:
    """Put the reports where they are read and the results where they are kept.

    The reports, and the files that were left in their place. ``stage``, a folder beside ``final``,
    becomes ``final``; what is published from it stays there too. Its manifest tells the names
    under which the reports were published.
    """
    earlier = (manifest.read(final) or {}) if folder.is_dir() else {}
    shelf = Shelf(folder, frozen, earlier.get("outputs", {}))
    digests = {path: sha256(path) for path in outputs}
    placed = {path: shelf.place(path.name, digest) for path, digest in digests.items()}
    names = {path.name: target.name for path, (target, _) in placed.items()}
    if any(old != new for old, new in names.items()):
        manifest.renamed(stage, names)
    # Before the files: one that is already the new one is ours whenever this is interrupted.
    shelf.note({target.name: digests[path] for path, (target, _) in placed.items()})
    for path, (target, _) in placed.items():
        if path.is_relative_to(stage):
            with replacing(target) as temporary:
                shutil.copyfile(path, temporary)
        else:
            move(path, target)
    stage.chmod(0o755)
    old = stage.with_name(stage.name + ".antes")
    if final.exists():
        final.replace(old)
    stage.replace(final)
    shutil.rmtree(old, ignore_errors=True)
    kept = [left for _, left in placed.values() if left is not None]
    return [target for target, _ in placed.values()], kept


def beside(folder: Path, name: str, write: Callable[[Path], None]) -> tuple[Path, Kept | None]:
    """Publish one file that ``write`` makes at the path it is given."""
    folder.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
        made = Path(scratch) / name
        write(made)
        digest = sha256(made)
        target, kept = shelf.place(name, digest)
        shelf.note({target.name: digest})
        move(made, target)
    return target, kept
