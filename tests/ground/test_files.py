"""Outputs are whole or they are not there."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from gsi.ground import files


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    files.write_text(target, "antes")
    with pytest.raises(ValueError, match="a medias"), files.replacing(target) as temporary:
        temporary.write_text("después")
        raise ValueError("a medias")
    assert target.read_text() == "antes"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_written_files_can_be_read_by_others(tmp_path: Path) -> None:
    files.write_text(tmp_path / "a.txt", "x")
    assert (tmp_path / "a.txt").stat().st_mode & 0o444 == 0o444


@pytest.mark.parametrize("same_disk", [True, False])
def test_a_moved_file_is_at_its_new_place_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same_disk: bool
) -> None:
    source, target = tmp_path / "de" / "a.txt", tmp_path / "a" / "b.txt"
    files.write_text(source, "nuevo")
    files.write_text(target, "viejo")
    if not same_disk:
        rename = Path.replace

        def refuse(path: Path, other: Path) -> Path:
            if path == source:
                raise OSError(errno.EXDEV, "another disk")
            return rename(path, other)

        monkeypatch.setattr(Path, "replace", refuse)
    assert files.move(source, target) == target
    assert target.read_text() == "nuevo"
    assert not source.exists()
    assert list(target.parent.iterdir()) == [target]


def test_parquet_keeps_values_and_bytes(tmp_path: Path) -> None:
    data = pd.DataFrame({"municipio": ["05001", "73067"], "valor": [1.5, None]}, index=[7, 9])
    files.write_parquet(data, tmp_path / "a.parquet")
    files.write_parquet(data, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    back = pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(back, data.reset_index(drop=True))
    assert files.sha256(tmp_path / "a.parquet") == files.sha256(tmp_path / "b.parquet")


def test_arrow_keeps_values_types_and_bytes(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {
            "municipio": ["05001", None],
            "valor": [1.5, None],
            "personas": pd.array([1, None], dtype="Int64"),
            "sexo": pd.Categorical(["mujer", "hombre"], categories=["hombre", "mujer", "otro"]),
            "fecha": pd.to_datetime(["2024-01-31", None]).astype("datetime64[us]"),
        },
        index=[7, 9],
    )
    files.write_arrow(data, tmp_path / "a.arrow")
    files.write_arrow(data, tmp_path / "b.arrow")
    assert (tmp_path / "a.arrow").read_bytes() == (tmp_path / "b.arrow").read_bytes()
    back = files.read_arrow(tmp_path / "a.arrow")
    pd.testing.assert_frame_equal(back, data.reset_index(drop=True))
    # The file's pages are not to be written to: a table of its own is.
    back["valor"] = back["valor"].fillna(0.0)
    back.loc[0, "municipio"] = "73067"
    again = files.read_arrow(tmp_path / "a.arrow")
    pd.testing.assert_frame_equal(again, data.reset_index(drop=True))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose content was hashed."""
    names: list[str] = []
    real = files.sha256

    def noting(path: Path) -> str:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(files, "sha256", noting)
    # Files of a test are always young: here none is too young.
    monkeypatch.setattr(files.Hashes, "SETTLED", -(10**12))
    return names


def test_a_file_that_nothing_touched_is_not_read_again(tmp_path: Path, read: list[str]) -> None:
    path, memory = tmp_path / "a.csv", tmp_path / "memoria.json"
    path.write_text("uno")
    first = files.Hashes(memory, tmp_path)
    value = first.of(path)
    first.save()
    assert files.Hashes(memory, tmp_path).of(path) == value
    assert read == ["a.csv"]


def test_a_file_of_the_same_size_and_date_is_read_again(tmp_path: Path, read: list[str]) -> None:
    path, memory = tmp_path / "a.csv", tmp_path / "memoria.json"
    path.write_text("uno")
    before = path.stat()
    known = files.Hashes(memory, tmp_path)
    value = known.of(path)
    known.save()
    path.write_text("dos")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert files.Hashes(memory, tmp_path).of(path) != value


def test_a_file_too_young_or_a_memory_that_broke_is_read_again(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, memory = tmp_path / "a.csv", tmp_path / "memoria.json"
    path.write_text("uno")
    monkeypatch.setattr(files.Hashes, "SETTLED", 10**12)
    young = files.Hashes(memory, tmp_path)
    assert young.of(path) == young.of(path)
    young.save()
    assert read == ["a.csv", "a.csv"]
    assert not memory.exists()
    memory.write_text("{roto")
    assert files.Hashes(memory, tmp_path).of(path) == young.of(path)


def test_files_that_went_are_forgotten(tmp_path: Path, read: list[str]) -> None:
    memory = tmp_path / "memoria.json"
    known = files.Hashes(memory, tmp_path)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(name)
        known.of(tmp_path / name)
    (tmp_path / "a.csv").unlink()
    known.save()
    assert list(json.loads(memory.read_text())) == ["b.csv"]
