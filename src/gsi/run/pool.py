"""Worker processes that take one task at a time; the death of one costs its task and no other.

The standard library's executor gives every task up when one worker dies, and leaves the workers
behind when its owner is killed; a country's run can afford neither.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

import psutil  # type: ignore[import-untyped]

Task = TypeVar("Task")
Result = TypeVar("Result")
Note = Any
Context = SpawnContext | ForkServerContext

PATIENCE = 15.0  # seconds for a worker to put its things away when told to stop
SETTLE = 0.01  # seconds in which a process that is held stands still


class Stopped(BaseException):
    """This worker was told to stop; it puts its things away and ends."""


class Died(Exception):
    """A worker could not finish its task; its text is the exception's kind or the exit code.

    Never the exception's own words, which may quote a row of data.
    """


@dataclass
class _Worker(Generic[Task]):
    process: BaseProcess
    connection: Connection
    left: int  # tasks until it goes; negative: it stays
    task: Task | None = None


def run(
    tasks: Sequence[Task],
    work: Callable[[Task, Callable[[Note], None]], Result],
    workers: int,
    context: Context,
    *,
    each: int | None = None,
    start: Callable[[], None] | None = None,
    stop: Callable[[], None] | None = None,
    halt: Callable[[], None] | None = None,
    on_note: Callable[[Task, Note], None] = lambda _task, _note: None,
) -> Generator[tuple[Task, Result | Died]]:
    """Each task with what ``work`` returned for it, as they end; :class:`Died` for a dead worker.

    Tasks begin in their order. A worker that has done ``each`` of them gives its place to a new
    one, and what its libraries remember goes with it. ``work`` is given a function whose argument
    reaches ``on_note`` in this process. In each worker ``start`` runs first, while it has a single
    thread, and ``stop`` before it ends, also when it is told to (``halt`` runs, its child processes
    are killed and :class:`Stopped` is raised in its work) or its owner was killed. Closing
    the iterator, or an exception in the caller, stops all workers.
    """
    waiting = list(reversed(tasks))
    crew: list[_Worker[Task]] = []

    def hire() -> None:
        mine, its = context.Pipe()
        process = context.Process(target=_serve, args=(its, work, start, stop, halt))
        process.start()
        its.close()
        crew.append(_Worker(process, mine, each or -1))

    try:
        for _ in range(min(workers, len(tasks))):
            hire()
        while waiting or any(worker.task is not None for worker in crew):
            for worker in crew:
                if worker.task is None and waiting:
                    worker.task = waiting.pop()
                    # A worker that is gone is noticed below, where its task is given up.
                    with contextlib.suppress(BrokenPipeError):
                        worker.connection.send(worker.task)
            busy = [worker for worker in crew if worker.task is not None]
            ready = wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in ready]:
                task = worker.task
                assert task is not None
                try:
                    kind, value = worker.connection.recv()
                except (EOFError, ConnectionResetError):
                    worker.process.join()
                    crew.remove(worker)
                    worker.connection.close()
                    yield task, Died(f"proceso terminado con {worker.process.exitcode}")
                    if waiting:
                        hire()
                    continue
                if kind == "note":
                    on_note(task, value)
                    continue
                worker.task = None
                worker.left -= 1
                if worker.left == 0:
                    crew.remove(worker)
                    _dismiss([worker])
                    if waiting:
                        hire()
                yield task, value
    finally:
        _dismiss(crew)


def _dismiss(crew: Sequence[_Worker[Any]]) -> None:
    """End every worker, and return when they are gone: idle ones at once, others when tidy."""
    for worker in crew:
        if worker.task is not None:
            worker.process.terminate()
        worker.connection.close()
    limit = time.monotonic() + PATIENCE
    for worker in crew:
        worker.process.join(max(0.0, limit - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.process.close()


def _serve(
    connection: Connection,
    work: Callable[[Any, Callable[[Note], None]], Any],
    start: Callable[[], None] | None,
    stop: Callable[[], None] | None,
    halt: Callable[[], None] | None,
) -> None:
    # Ctrl-C reaches every process of the terminal; the owner decides and tells the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, partial(_on_stop, halt))
    try:
        if start is not None:
            start()
        threading.Thread(target=_watch_owner, daemon=True).start()
        sending = threading.Lock()

        def note(value: Note) -> None:
            with sending:
                connection.send(("note", value))

        while True:
            try:
                task = connection.recv()
            except (EOFError, ConnectionResetError):
                return
            connection.send(("result", _done(work, task, note)))
    except (Stopped, BrokenPipeError):
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if stop is not None:
            stop()


def _done(work: Callable[[Any, Callable[[Note], None]], Any], task: Any, note: Any) -> Any:
    try:
        return work(task, note)
    except Exception as error:
        return Died(type(error).__name__)


def _on_stop(halt: Callable[[], None] | None, _number: int, _frame: Any) -> None:
    # Once: a second signal must not break into the tidying up.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # What this worker started, or would start yet, would go on writing into what is about to be
    # removed.
    if halt is not None:
        halt()
    _kill_descendants()
    raise Stopped


def _kill_descendants() -> None:
    """Kill all that this process started; held first, so that nothing is started meanwhile."""
    held: dict[int, psutil.Process] = {}
    while True:
        found = {child.pid: child for child in psutil.Process().children(recursive=True)}
        new = {pid: child for pid, child in found.items() if pid not in held}
        if not new:
            break
        held |= new
        for child in new.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.suspend()
        time.sleep(SETTLE)
    for child in held.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


def _watch_owner() -> None:
    """Stop this worker when the process that owns it is gone, however it went."""
    owner = parent_process()
    if owner is not None:
        wait([owner.sentinel])
        with contextlib.suppress(ProcessLookupError):
            os.kill(os.getpid(), signal.SIGTERM)
