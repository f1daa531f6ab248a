"""Only what changed is run again; the bytes do not tell."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from runs import checkout, gsi

from gsi.contract.territory import Territory
from gsi.ground.kept import Kept
from gsi.inputs.departments import digested
from gsi.inputs.store import Store

DEPARTMENT, CHANGED, OTHER = "00", "00001", "00002"
ALL = (DEPARTMENT, CHANGED, OTHER)
OPTIONS = ("--formats", "html", "--jobs", "2")
ORDER, PAIR = ("run", *ALL, *OPTIONS), ("run", CHANGED, OTHER, *OPTIONS)


def written(root: Path) -> dict[str, int]:
    """When each territory was last run; a manifest is also renewed without a run."""
    section = "2018-2024/sections/quality.json"
    folder = root / "data" / "processed"
    return {code: (folder / code / section).stat().st_mtime_ns for code in ALL}


def content(root: Path, *codes: str) -> dict[str, bytes]:
    found = {}
    for folder in (root / "data" / "processed", root / "reports" / "_output"):
        for path in sorted(path for code in codes for path in (folder / code).rglob("*")):
            if path.is_file():
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def told_of(root: Path) -> str:
    """What ``gsi status`` says, on a terminal wide enough for a reason to stand on one line."""
    return gsi(root, "status", COLUMNS="200").stdout


def change_a_row(root: Path) -> None:
    """Places of a service of the changed municipality: its neighbours read them for their sums."""
    path = root / "data" / "raw" / "ejemplo" / "servicios-y-rutas.xlsx"
    book = openpyxl.load_workbook(path)
    row = next(row for row in book["servicios"].iter_rows() if row[4].value == CHANGED)
    row[8].value += 3
    book.save(path)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A department and two of its municipalities, done."""
    root = checkout(tmp_path_factory.mktemp("tres"))
    told = gsi(root, *ORDER)
    assert told.returncode == 0, told.stdout + told.stderr
    return root


@pytest.mark.slow
def test_only_what_changed_is_run_again_and_the_rest_is_what_a_run_would_give(
    three: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(three, tmp_path / "copia")
    before = written(root)
    told = gsi(root, *ORDER)
    assert "sin nada que rehacer: 3" in told.stdout
    assert written(root) == before
    change_a_row(root)
    state = told_of(root)
    assert state.count("datos de entrada distintos") == 2
    assert state.count("al día") == 1
    told = gsi(root, *ORDER)
    assert told.returncode == 0, told.stderr
    assert "sin nada que rehacer: 1" in told.stdout
    after = written(root)
    assert {code for code in ALL if after[code] != before[code]} == {DEPARTMENT, CHANGED}
    skipped = content(root, OTHER)
    page = root / "reports" / "_output" / OTHER / "2018-2024" / "linea-base.html"
    page.write_text("otro", encoding="utf-8")
    assert "informes modificados (linea-base.html)" in " ".join(
        gsi(root, "status", COLUMNS="200").stdout.split()
    )
    page.unlink()
    assert "faltan informes (linea-base.html)" in " ".join(
        gsi(root, "status", COLUMNS="200").stdout.split()
    )
    assert "sin nada que rehacer: 2" in gsi(root, *ORDER).stdout
    assert written(root)[OTHER] != after[OTHER]
    assert content(root, OTHER) == skipped


@pytest.mark.slow
def test_an_interrupted_run_leaves_nothing_half_done_and_goes_on(
    three: Path, tmp_path: Path
) -> None:
    root = checkout(tmp_path / "interrumpida")
    shutil.copytree(three / "data" / "processed" / "_base", root / "data" / "processed" / "_base")
    order = [sys.executable, "-c", "from gsi.cli import main; main()", *PAIR]
    environment = {**os.environ, "GSI_PROJECT": str(root)}
    running = subprocess.Popen(
        order, cwd=root, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    limit = time.monotonic() + 120
    while not list((root / "data" / "processed").glob("0*/.*/notebooks/*.ipynb")):
        assert time.monotonic() < limit
        assert running.poll() is None
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)  # as Ctrl-C does
    said, _ = running.communicate(timeout=60)
    assert running.returncode != 0
    assert "Sin terminar: 2. Repita la orden" in said
    hidden = [p for p in (root / "data" / "processed").rglob(".*") if "_base" not in p.parts]
    assert hidden == []
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert str(root) not in left
    told = gsi(root, *PAIR)
    assert told.returncode == 0, told.stderr
    assert content(root, CHANGED, OTHER) == content(three, CHANGED, OTHER)


def test_digests_change_with_the_owners_rows_alone() -> None:
    table = pd.DataFrame({"municipio": ["00001", "00002", "00001"], "valor": [1.0, 2.0, None]})
    before = digested(table, table["municipio"])["own"]
    changed = table.copy()
    changed.loc[2, "valor"] = 3.0
    after = digested(changed, changed["municipio"])["own"]
    assert set(before) == {"00001", "00002"}
    assert before["00002"] == after["00002"]
    assert before["00001"] != after["00001"]
    moved = table.iloc[[2, 1, 0]].reset_index(drop=True)
    assert digested(moved, moved["municipio"])["own"]["00001"] != before["00001"]
    named = table.rename(columns={"valor": "otro"})
    assert digested(named, named["municipio"])["own"]["00002"] != before["00002"]


def test_what_is_kept_is_the_value_and_hangs_on_every_input(tmp_path: Path) -> None:
    calls = []

    def compute(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
        calls.append(seed)
        return frame * seed

    frame = pd.DataFrame({"a": [0.1, 0.2], "b": [float("nan"), 1e-300]}, index=["x", "y"])
    kept = Kept(tmp_path)
    first, again = kept("doble", compute, frame, 2), kept("doble", compute, frame.copy(), 2)
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    pd.testing.assert_frame_equal(first, Kept()("doble", compute, frame, 2), check_exact=True)
    assert calls == [2, 2]
    kept("doble", compute, frame, 3)
    kept("doble", compute, frame + 1e-12, 2)
    kept("otra", compute, frame, 2)
    assert calls == [2, 2, 3, 2, 2]


@pytest.mark.slow
def test_municipalities_share_their_departments_comparison(three: Path) -> None:
    base = next((three / "data" / "processed" / "_base").glob("[!.]*"))
    kept = sorted(path.name.rpartition("-")[0] for path in Store(base).kept.iterdir())
    # One comparison for all, and one for the what-if of another baseline year; parameters as the
    # department and as its municipalities have them, of the report and of eight what-ifs.
    several = {"comparison": 2, "contradicted": 3, "crowded": 2, "neighbours": 2,
               "parameters": 2 * 9, "scarce": 4, "set_aside": 3}  # fmt: skip
    once = ["catalogue", "concentration", "features", "measures", "priority-map", "reached",
            "sources", "territories", "trials"]  # fmt: skip
    assert Counter(kept) == several | dict.fromkeys(once, 1)
    place = Territory(CHANGED, "", "municipality", DEPARTMENT, "")
    assert Store(base).digest(place, "poblacion", "own") != ""
    assert Store(base).digest(place, "poblacion", "department") != ""
