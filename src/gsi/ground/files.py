"""Whole or not at all: every output is written beside its place and then renamed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the target's folder; renamed over ``path`` if the block succeeds.

    The block makes the file there, which anybody may read; its name is nobody else's.
    """
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays: some writers choose their format by it.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """UTF-8, Unix line ends, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Bytes, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_parquet(data: pd.DataFrame, path: Path, *, row_group_size: int | None = None) -> None:
    """A DataFrame without its index; same data, same bytes."""
    table = pa.Table.from_pandas(data, preserve_index=False)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", row_group_size=row_group_size)


def read_parquet(path: Path) -> pd.DataFrame:
    """What :func:`write_parquet` wrote: one file, without the search for the parts of a data set
    that pandas begins with."""
    with pq.ParquetFile(path) as file:
        frame: pd.DataFrame = file.read(use_threads=False).to_pandas(use_threads=False)
    return frame


def write_arrow(data: pd.DataFrame, path: Path) -> None:
    """A DataFrame without its index, as memory holds it; same data, same bytes."""
    table = pa.Table.from_pandas(data, preserve_index=False)
    with replacing(path) as temporary, pa.ipc.new_file(temporary, table.schema) as file:
        file.write_table(table)


def read_arrow(path: Path) -> pd.DataFrame:
    """What :func:`write_arrow` wrote: the file's own pages, which processes share, in place of a
    copy to be decoded in each."""
    with pa.memory_map(str(path)) as file:
        frame: pd.DataFrame = pa.ipc.open_file(file).read_all().to_pandas(use_threads=False)
    return frame


def link(source: Path, target: Path) -> None:
    """``source`` under the name ``target`` too: a hard link, or a copy on a disk without them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def move(source: Path, target: Path) -> Path:
    """``source`` under the name ``target`` alone, whole or not at all, also on another disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        return source.replace(target)
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
    source.unlink()
    return target


class Hashes:
    """SHA-256 of files, remembered in ``memory`` while nothing touched them.

    A file is taken as untouched when its size, times of change (of content and of record), device
    and number are those that were remembered. One touched within ``SETTLED`` of being read is not
    remembered: a second writing within the clock's step would not show. Paths are remembered
    relative to ``root``.
    """

    SETTLED = 2 * 10**9  # nanoseconds; the coarsest times are of two seconds (FAT)

    def __init__(self, memory: Path, root: Path) -> None:
        self._memory = memory
        self._root = root
        self._changed = False

    @cached_property
    def _known(self) -> dict[str, list[Any]]:
        try:
            found: dict[str, list[Any]] = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def of(self, path: Path) -> str:
        """The file's SHA-256, read only if it was touched."""
        name = _below(str(path), f"{self._root}{os.sep}")
        mark = _mark(path)
        known = self._known.get(name)
        if known is not None and known[:-1] == mark:
            return str(known[-1])
        now = time.time_ns()
        value = sha256(path)
        # Touched while it was read, or too shortly before: read it again next time.
        if _mark(path) == mark and max(mark[1:3]) + self.SETTLED < now:
            self._known[name] = [*mark, value]
            self._changed = True
        return value

    def save(self) -> None:
        """Remember for the next process; those of files that went are forgotten."""
        if not self._changed:
            return
        kept = {k: v for k, v in self._known.items() if (self._root / k).is_file()}
        write_text(self._memory, json.dumps(kept, sort_keys=True, separators=(",", ":")))
        self._changed = False


def _below(path: str, root: str) -> str:
    """``path`` relative to ``root``; quickly in the usual case, for thousands of files."""
    return path[len(root) :] if path.startswith(root) else os.path.relpath(path, root)


def _mark(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_dev, found.st_ino]


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def code_digest(*floors: str) -> str:
    """Hexadecimal SHA-256 of the package's modules: those of some floors, or all."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for floor in floors or ("",):
        for path in sorted((root / floor).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
