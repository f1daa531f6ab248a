"""The committed files are what the generator writes, and a reader finds nothing wrong in them."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import example_department as example
import pandas as pd
import pytest
from example_department import truth
from paths import ROOT

from gsi.contract import tables as contract
from gsi.inputs import forms, quality
from gsi.inputs.readers import boundaries

FILES = ROOT / "data" / "raw" / "ejemplo"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def read() -> dict[str, pd.DataFrame]:
    found = {}
    for path in sorted(FILES.iterdir()):
        if path.suffix == ".geojson":
            found["limites"] = boundaries.table(path, "municipio").data
            continue
        for name, table in forms.read(path).items():
            assert name not in found, f"{name} in two files"
            found[name] = table
    for name in ("indicadores", "poblacion"):
        found[name] = found[name].assign(fuente=f"formulario:{name}.csv")
    return found


def test_regenerating_gives_the_committed_bytes(tmp_path: Path) -> None:
    written = example.write(tmp_path)
    assert [path.name for path in written] == sorted(contents(FILES))
    assert contents(tmp_path) == contents(FILES)


def test_command_writes_the_same_under_another_hash_seed_and_time_zone(tmp_path: Path) -> None:
    paths = os.pathsep.join(str(ROOT / name) for name in ("src", "tests"))
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-m", "example_department", str(tmp_path)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert contents(tmp_path) == contents(FILES)
    assert all(name in done.stdout for name in contents(tmp_path))


def test_another_seed_writes_another_department(tmp_path: Path) -> None:
    example.write(tmp_path, example.World(seed=truth.SEED + 1))
    same = [name for name, data in contents(tmp_path).items() if data == contents(FILES)[name]]
    assert same == ["plan-de-accion.xlsx"]  # written by hand, no draw in it


def test_files_are_small_enough_to_keep_in_the_project() -> None:
    sizes = {path.name: path.stat().st_size for path in FILES.iterdir()}
    assert max(sizes.values()) < 900_000
    assert sum(sizes.values()) < 2_500_000


def test_workbooks_carry_no_clock() -> None:
    for path in FILES.glob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert core.count("2025-01-15T08:00:00Z") == 2


def test_every_table_of_the_contract_is_there(read: dict[str, pd.DataFrame]) -> None:
    # The plan de desarrollo is only in files of SisPT and DNP.
    assert sorted(read) == sorted(
        set(contract.names()) - {"plan_desarrollo", "avance_plan_desarrollo"}
    )
    assert all(len(table) > 0 for table in read.values())


def test_what_a_form_gives_is_what_was_generated(
    read: dict[str, pd.DataFrame], data: dict[str, pd.DataFrame]
) -> None:
    for name, table in data.items():
        hashed = [column for table_, column in forms.identity.IDENTIFIERS if table_ == name]
        provenance = example.PROVENANCE.get(name, [])
        expected = contract.conform(name, table).drop(columns=[*hashed, provenance]
                                                      if provenance else hashed)  # fmt: skip
        actual = read[name][expected.columns]
        assert len(actual) == len(expected), name
        pd.testing.assert_frame_equal(
            actual.reset_index(drop=True), expected, check_dtype=False, obj=name
        )


def test_only_the_planted_warnings_are_found(read: dict[str, pd.DataFrame]) -> None:
    failed = [v for v in quality.validate(read) if not v.success]
    found = {(v.table, v.severity, tuple(sorted(v.by_municipality.items()))) for v in failed}
    where, _, years = truth.COVERAGE_ABOVE_HUNDRED
    assert found == {
        ("indicadores", "warning", ((where, len(years)),)),
        ("servicios", "warning", ((truth.OVERUSED_SERVICE[0], 1),)),
    }
