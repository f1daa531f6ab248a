"""Outputs are whole or they are not there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gsi import files


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


def test_parquet_keeps_values_and_bytes(tmp_path: Path) -> None:
    data = pd.DataFrame({"municipio": ["05001", "73067"], "valor": [1.5, None]}, index=[7, 9])
    files.write_parquet(data, tmp_path / "a.parquet")
    files.write_parquet(data, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    back = pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(back, data.reset_index(drop=True))
    assert files.sha256(tmp_path / "a.parquet") == files.sha256(tmp_path / "b.parquet")
