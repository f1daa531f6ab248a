"""From territories to reports on this machine: as many at once as its cores and memory allow.

The workers are copies of one warm process (the standard library's ``forkserver``), and each makes
at its start a fork server of its own for its kernels, so that everything is imported once a run.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from gsi.contract.territory import Territory
from gsi.ground.errors import Finding
from gsi.ground.machine import cores
from gsi.run import pool
from gsi.run.job import Job, Outcome
from gsi.run.kernels import can_fork, refuse
from gsi.run.start import warm_up
from gsi.run.territory import report, sweep

# A worker, its kernels and its Pandocs at their peak, when it is about to give its place to a new
# one: Typst remembers what it set before.
WORKER_BYTES = 1200 * 2**20
EACH = 16  # territories of a worker
# Notebooks at once in a territory, at the least: one computes while another starts or ends.
OVERLAP = 2


def default_workers(territories: int) -> int:
    """Territories at once: the cores this process may use, less where memory would not do."""
    limits = [cores(), territories]
    free = _free_memory()
    if free is not None:
        limits.append(free // WORKER_BYTES)
    return max(1, min(limits))


def _free_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def run(
    jobs: Sequence[Job],
    workers: int,
    on_step: Callable[[Territory, str], None],
    on_end: Callable[[Outcome], None] = lambda _outcome: None,
) -> list[Outcome]:
    """Run every job on ``workers`` processes; outcomes in the order of ``jobs``.

    ``on_step`` is told each step as it starts and ``on_end`` each outcome, in the caller's process.
    A territory that fails harms no other. Interrupting stops the workers, which put their
    unfinished results away; finished territories stay whole, and the next run goes on from them.
    """
    if not jobs:
        return []
    at_once = max(OVERLAP, cores() // workers)
    tasks = [replace(job, at_once=at_once) for job in jobs]
    outcomes: dict[str, Outcome] = {}
    # All that workers and kernels leave in passing, connection files too, goes with this folder.
    with tempfile.TemporaryDirectory(prefix="gsi-") as scratch:
        done = pool.run(
            tasks,
            report,
            workers,
            warm_up(),
            each=EACH,
            start=partial(_start_worker, scratch),
            stop=partial(_stop_worker, scratch),
            halt=refuse,
            on_note=lambda job, what: on_step(job.territory, what),
        )
        try:
            for job, result in done:
                outcome = _died(job, result) if isinstance(result, pool.Died) else result
                outcomes[job.territory.code] = outcome
                on_end(outcome)
        except BaseException:
            done.close()
            # A worker that had to be killed could not put its things away.
            for job in jobs:
                if job.territory.code not in outcomes:
                    sweep(job)
            raise
    return [outcomes[job.territory.code] for job in jobs]


def _start_worker(scratch: str) -> None:
    os.environ |= {"TMPDIR": scratch, "JUPYTER_RUNTIME_DIR": scratch}
    tempfile.tempdir = None  # the warm process may have looked for it already
    if can_fork():
        from gsi.run.kernels import server

        server.adopt()


def _stop_worker(scratch: str) -> None:
    from gsi.run.kernels import server

    server.close_all()
    owner = multiprocessing.parent_process()
    if owner is None or not owner.is_alive():
        shutil.rmtree(scratch, ignore_errors=True)


def _died(job: Job, error: pool.Died) -> Outcome:
    """A process that died (memory, a signal) is its territory's failure, not the run's."""
    sweep(job)
    finding = Finding(
        job.territory.name,
        "el proceso del territorio debe terminar",
        str(error),
        "Repita la ejecución con --jobs 1; si persiste, informe el error.",
    )
    return Outcome(job.territory, findings=[finding])
