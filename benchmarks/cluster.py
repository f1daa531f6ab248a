"""Two workers of a cluster against one: the same territories, in one run.

Each cluster is of this machine's processes, one thread each, and has made a territory a worker
before the clock starts: what is measured is the work and its sharing out, not the start. Promised:
two workers at least 1.7 times as fast as one. That needs two free cores. Then the same two workers
without a shared disk, through a folder's URL. Other data and sizes:
``python -m benchmarks.cluster --territory 73 --raw FOLDER --size 12``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gsi.ground.project import Project
from gsi.inputs import store
from gsi.report.engine.formats import FORMATS
from gsi.run import cluster
from gsi.run.job import Job, Outcome

TWO = 1.7  # times one worker, at least


def measured(workers: int, todo: Sequence[Job], repeat: int, exchange: str | None = None) -> float:
    """Median seconds of ``todo`` on so many workers; raises when a territory fails."""
    from distributed import LocalCluster

    with (
        tempfile.TemporaryDirectory() as scratch,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=":0",
            host="127.0.0.1",
            local_directory=scratch,
        ) as found,
    ):

        def run(some: Sequence[Job]) -> None:
            cluster.run(some, found.scheduler_address, _quiet, _well, exchange)

        run(todo[:workers])
        spent = []
        for _ in range(repeat):
            start = time.perf_counter()
            run(todo)
            spent.append(time.perf_counter() - start)
        return statistics.median(spent)


def _quiet(*_told: Any) -> None:
    """No progress line in a measurement."""


def _well(outcome: Outcome) -> None:
    if outcome.failed:
        raise RuntimeError(str(outcome.findings[0]))


def main(repeat: int = 3, territory: str = "00", raw: str | None = None, size: int = 8) -> bool:
    """Print the ratios; whether the promise was kept."""
    original = Project.find(raw=raw)
    prepared = store.prepare(original)
    known = prepared.territories
    place = known.resolve(territory)
    places = [place, *known.municipalities(place.department)]
    places = list({place.code: place for place in places}.values())[:size]
    given = os.path.relpath(original.raw, original.root) if raw else None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        project = Project(original.root, original.raw, folder / "processed", folder / "out")
        todo = [
            Job(project, prepared, place, None, None, given, tuple(FORMATS), "embedded")
            for place in places
        ]
        one, two = (measured(workers, todo, repeat) for workers in (1, 2))
        through = measured(2, todo, repeat, f"file://{folder}/exchange")
    print(f"{len(todo)} territorios; un trabajador: {one / len(todo):.2f} s por territorio")
    print(f"un trabajador / dos: {one / two:.2f} (≥ {TWO:g})")
    print(f"dos por una URL / dos con disco compartido: {through / two:.2f}")
    return one / two >= TWO


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--territory", default="00")
    parser.add_argument("--raw", help="input folder [data/raw]")
    parser.add_argument("--size", type=int, default=8, help="how many territories")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    sys.exit(0 if main(given.repeat, given.territory, given.raw, given.size) else 1)
