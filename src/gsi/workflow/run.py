"""From territories to reports on this machine: as many at once as its cores and memory allow.

The workers are copies of one warm process (the standard library's ``forkserver``), and each makes
at its start a fork server of its own for its kernels, so that everything is imported once a run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing.context import BaseContext
from pathlib import Path
from queue import Empty
from typing import Any

from gsi.context import Territory
from gsi.errors import Finding
from gsi.kernels import can_fork
from gsi.kernels.threads import one_thread
from gsi.machine import cores
from gsi.workflow.territory import Job, Outcome, report, sweep

# A worker, its kernel and its Pandocs at their peak, measured on the largest department.
WORKER_BYTES = 900 * 2**20
_PATIENCE = 15.0  # seconds for a worker to put its things away when told to stop


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


def warm_up() -> BaseContext:
    """How workers are started; begins importing for them at once, while the caller goes on."""
    one_thread(os.environ)
    if not can_fork():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gsi.workflow.warm"])
    forkserver.ensure_running()
    return context


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
    spare = max(1, cores() // min(workers, len(jobs)))
    jobs = [replace(job, at_once=spare) for job in jobs]
    context = warm_up()
    with context.Manager() as manager:
        events: Any = manager.Queue()
        outcomes: dict[str, Outcome] = {}
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
        try:
            futures = {pool.submit(_work, job, events): job for job in jobs}
            waiting = set(futures)
            while waiting:
                _drain(events, on_step)
                for future in [future for future in waiting if future.done()]:
                    outcome = _outcome(futures[future], future)
                    outcomes[outcome.territory.code] = outcome
                    on_end(outcome)
                    waiting.discard(future)
            _drain(events, on_step, wait=False)
        except BaseException:
            _stop(pool)
            raise
        pool.shutdown()
    return [outcomes[job.territory.code] for job in jobs]


class Stopped(BaseException):
    """The run was interrupted; this worker puts its things away and ends."""


def _start_worker() -> None:
    # Ctrl-C reaches every process of the terminal; the caller decides and tells the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _on_stop)
    if can_fork():
        from gsi.kernels import server

        server.adopt()


def _on_stop(_number: int, _frame: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def _work(job: Job, events: Any) -> Outcome:
    try:
        return report(job, lambda what: events.put((job.territory, what)))
    except Stopped:
        from gsi.kernels import server

        server.close_all()
        # Not back to the pool, which would hand this process another territory.
        os._exit(1)


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    limit = time.monotonic() + _PATIENCE
    for process in processes:
        process.join(max(0.0, limit - time.monotonic()))
        if process.is_alive():
            process.kill()


def _outcome(job: Job, future: Future[Outcome]) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    return died(job, error)


def died(job: Job, error: BaseException) -> Outcome:
    """A process that died (memory, a signal) is its territory's failure, not the run's."""
    sweep(job)
    finding = Finding(
        job.territory.name,
        "el proceso del territorio debe terminar",
        type(error).__name__,
        "Repita la ejecución con --jobs 1; si persiste, informe el error.",
    )
    return Outcome(job.territory, findings=[finding])


def _drain(events: Any, on_step: Callable[[Territory, str], None], wait: bool = True) -> None:
    while True:
        try:
            territory, what = events.get(timeout=0.1) if wait else events.get_nowait()
        except Empty:
            return
        on_step(territory, what)
