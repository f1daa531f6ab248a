"""``python -m benchmarks first_answer``: how long the first order waits for the inputs.

Three processes in one run: one that only reads the same files (python-calamine the workbooks,
DuckDB the CSVs), one that prepares them from nothing, and one that answers ``gsi territories``. The
preparation may take ``MOST`` times the processor of the reading. The folder is that of
``GSI_REAL_DATA`` where it is set; of the embedded example, whose files are read in an instant, no
ratio is promised.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from gsi.ground.project import MARKERS, Project

MOST = 5.0  # times the reading's processor
ANSWER = 2.0  # seconds of processor of an order that needs the DIVIPOLA alone
MIB = 600


def read(raw: str) -> None:
    """Every workbook and every CSV, cell by cell, and nothing else."""
    import duckdb
    from python_calamine import CalamineWorkbook

    paths = sorted(path for path in Path(raw).rglob("*") if path.is_file())
    base = duckdb.connect()
    for path in paths:
        if path.suffix in (".xlsx", ".xls", ".ods"):
            book = CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()
        elif path.name.endswith((".csv", ".csv.gz")):
            base.execute(
                "create or replace table cells as select * from read_csv(?, all_varchar = true)",
                [str(path)],
            )


def prepare(raw: str) -> None:
    """The inputs prepared in a project without anything prepared before."""
    from gsi.inputs import store

    here = Project.find(raw=raw)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name in MARKERS:
            (root / name).symlink_to(here.root / name)
        store.prepare(Project(root, here.raw, root / "data", root / "salida"))


def answer(raw: str) -> None:
    """``gsi territories ataco`` before anything is prepared."""
    here = Project.find(raw=raw)
    with tempfile.TemporaryDirectory() as temporary:
        for name in MARKERS:
            (Path(temporary) / name).symlink_to(here.root / name)
        os.environ["GSI_PROJECT"] = temporary
        sys.argv = ["gsi", "territories", "a", "--raw", raw]
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
        from gsi.cli import main as gsi

        gsi()


def main(repeat: int = 3) -> bool:
    """Print processor, ratio and memory; False where a promise is missed on official files."""
    real = os.environ.get("GSI_REAL_DATA")
    raw = real or str(Project.find().raw)
    spent = {
        name: [_spent(name, raw) for _ in range(repeat)] for name in ("read", "prepare", "answer")
    }
    reading, preparing, answering = (
        statistics.median(seconds for seconds, _ in spent[name]) for name in spent
    )
    memory = max(size for _, size in spent["prepare"])
    print(f"  leer los mismos archivos: {reading:.2f} s de procesador")
    print(f"  preparar: {preparing:.2f} s, {preparing / reading:.1f} veces (hasta {MOST:g})")
    print(f"  memoria de la preparación: {memory:.0f} MiB (hasta {MIB})")
    print(f"  gsi territories sin preparar: {answering:.2f} s (hasta {ANSWER:g})")
    kept = preparing <= MOST * reading and memory <= MIB
    return answering <= ANSWER and (kept or not real)


def _spent(name: str, raw: str) -> tuple[float, float]:
    """Seconds of processor and MiB at most of one of the three, in a process of its own."""
    code = f"from benchmarks.first_answer import {name}; {name}({raw!r})"
    process = subprocess.Popen([sys.executable, "-c", code])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{name}: {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
