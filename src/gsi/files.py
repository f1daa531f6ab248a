"""Whole or not at all: every output is written beside its place and then renamed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the target's folder; renamed over ``path`` if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
        return file.read(use_threads=False).to_pandas(use_threads=False)


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
