"""The same run on many machines: each territory is one task of a Dask cluster.

The workers see the project's folder under the path it has here (a shared disk), or get what they
need and give back what they made through a URL (:mod:`gsi.run.exchange`). A territory's
results are put in place whole or not at all, as on one machine. A task whose worker dies is given
to another; Dask gives up on one that has ended four workers.

As many tasks are handed over as the workers have threads: a worker that dies takes with it, and
Dask holds responsible, what it was running and not what was waiting behind it; and a run that is
interrupted leaves nothing behind to be cancelled but that.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import platform
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future as Fetched
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from gsi import __version__
from gsi.contract.territory import Territory
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs.store import Store
from gsi.report.engine.programs import engine_versions
from gsi.report.engine.rendering import Engine
from gsi.run import basis, manifest
from gsi.run.exchange import Delivery, Exchange, Parcel, at
from gsi.run.job import Job, Outcome
from gsi.run.kernels import FORKED, Kernel, kernel_name
from gsi.run.kernels.threads import one_thread
from gsi.run.territory import report, sweep

if TYPE_CHECKING:
    from distributed import Client, Future, Worker

_CONNECT = 20.0  # seconds to reach the scheduler
_WORKERS = 60.0  # seconds without a single worker before giving up
_LOOK = 1.0  # seconds between two looks at which workers there are
_HANDS = 8  # results fetched at once
_RETRIES = 2  # of a task that failed for another reason than its territory: the storage, a disk

Identity = Mapping[str, str]


def require() -> None:
    """Raise :class:`UserMistake` where the extra ``cluster`` is not installed."""
    if importlib.util.find_spec("distributed") is None:
        raise UserMistake(
            Finding(
                "opción --scheduler",
                "repartir el trabajo necesita Dask",
                "no está instalado",
                "Instálelo aquí y en cada equipo del clúster: pip install 'gsi[cluster]'",
            )
        )


def run(
    jobs: Sequence[Job],
    scheduler: str,
    on_step: Callable[[Territory, str], None],
    on_end: Callable[[Outcome], None] = lambda _outcome: None,
    exchange: str | None = None,
) -> list[Outcome]:
    """Run every job on the cluster at ``scheduler``; outcomes in the order of ``jobs``.

    ``exchange``: the URL through which inputs and results travel; without one, every machine sees
    the project's folder where it is here. Interrupting cancels what has not begun; what is under
    way ends at its next notebook and leaves nothing.

    Raises :class:`UserMistake` when nothing answers at ``scheduler``, when it has no workers, when
    a worker has other versions, or when the URL does not serve.
    """
    if not jobs:
        return []
    way = None if exchange is None else Exchange(exchange)
    with _connected(scheduler) as client:
        expected = identity(jobs[0].engine)
        _wait_for_workers(client)
        _check_workers(client, expected, jobs[0], exchange)
        outcomes = _Run(client, jobs, on_step, on_end, exchange, way, expected).outcomes()
    # A worker that was killed could not put its unfinished things away. (After an interruption the
    # next run does this: now it would take from a worker what it is still at.)
    for job in jobs:
        sweep(job)
    return outcomes


def identity(engine: Engine) -> Identity:
    """What must be the same everywhere for the same bytes: name → version, the code's first."""
    return {
        "gsi": f"{__version__}, código {basis.code()}",
        "python": platform.python_version(),
        **manifest.libraries(),
        **engine_versions(engine),
    }


def _connected(scheduler: str) -> Client:
    from distributed import Client

    # What a person can do something about is told in a message of ours, once and in Spanish.
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(scheduler, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise UserMistake(
            Finding(
                "opción --scheduler",
                "debe ser la dirección de un planificador de Dask que responda",
                scheduler,
                "Revise la dirección y que el planificador esté en marcha: dask scheduler",
            )
        ) from error


def _wait_for_workers(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=_WORKERS)
    except TimeoutError:
        raise _no_workers() from None


def _no_workers() -> UserMistake:
    return UserMistake(
        Finding(
            "opción --scheduler",
            "el clúster debe tener al menos un trabajador",
            f"ninguno durante {_WORKERS:.0f} segundos",
            "Arranque los trabajadores (dask worker DIRECCIÓN --nthreads 1) y repita la orden.",
        )
    )


def _lost() -> UserMistake:
    return UserMistake(
        Finding(
            "opción --scheduler",
            "el planificador debe responder hasta el final",
            "dejó de responder",
            "Revise que siga en marcha y repita la orden: lo terminado no se rehace.",
        )
    )


def _check_workers(client: Client, expected: Identity, job: Job, exchange: str | None) -> None:
    """Refuse before anything is sent; :func:`_work` asks again, for workers that come later."""
    told = client.run(_greet, job.engine, job.kernel, exchange, on_error="return")
    for address, answer in told.items():
        if isinstance(answer, UserMistake):
            raise answer
        if isinstance(answer, BaseException):
            # Without this package, or with one that does not know how to answer.
            answer = {"gsi": f"otra versión ({type(answer).__name__})"}
        _check_identity(expected, answer, address)


def _check_identity(expected: Identity, found: Identity, address: str) -> None:
    for name in {**expected, **found}:
        here, there = expected.get(name, "no está"), found.get(name, "no está")
        if here != there:
            raise UserMistake(
                Finding(
                    "opción --scheduler",
                    "los equipos deben tener las mismas versiones que este",
                    f"{name}: aquí {here}; en {address}, {there}",
                    "Instale en todos lo mismo (requirements.lock y este código) y reinicie los "
                    "trabajadores.",
                )
            )


class _Run:
    """A run's tasks: some handed over, the others waiting here."""

    def __init__(
        self,
        client: Client,
        jobs: Sequence[Job],
        on_step: Callable[[Territory, str], None],
        on_end: Callable[[Outcome], None],
        exchange: str | None,
        way: Exchange | None,
        expected: Identity,
    ) -> None:
        self._client, self._jobs = client, jobs
        self._on_step, self._on_end = on_step, on_end
        self._url, self._way, self._expected = exchange, way, expected
        self._name = f"gsi-{uuid.uuid4().hex[:12]}"
        self._places = {job.territory.code: job.territory for job in jobs}
        self._waiting = deque(jobs)
        self._running: dict[Future[Any], Job] = {}
        self._found: dict[str, Outcome] = {}
        self._parcels: dict[str, Parcel] = {}
        # What has happened elsewhere and is to be seen to in the caller's thread.
        self._events: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="gsi-collect")
        self._seen = time.monotonic()  # when there was a worker

    def outcomes(self) -> list[Outcome]:
        """Every job's, in their order."""
        self._client.subscribe_topic(self._name, self._heard)
        try:
            while len(self._found) < len(self._jobs):
                self._hand_over()
                try:
                    event = self._events.get(timeout=_LOOK)
                except Empty:
                    continue
                event()
        finally:
            self._hands.shutdown(cancel_futures=True)
            if self._client.status == "running":
                self._client.cancel(list(self._running))
                self._client.unsubscribe_topic(self._name)
        return [self._found[job.territory.code] for job in self._jobs]

    def _heard(self, event: tuple[Any, dict[str, str]]) -> None:
        self._on_step(self._places[event[1]["code"]], event[1]["what"])

    def _hand_over(self) -> None:
        """As many tasks as there are threads for them."""
        try:
            threads = sum(self._client.nthreads().values())
        except (OSError, RuntimeError):
            raise _lost() from None
        if threads:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _WORKERS:
            raise _no_workers()
        while self._waiting and len(self._running) < threads:
            self._submit(self._waiting.popleft())

    def _submit(self, job: Job) -> None:
        parcel = self._parcel(job)
        # What the store has read here is not sent along: a worker opens it from its folder.
        sent = replace(job, store=Store(job.store.folder))
        future = self._client.submit(
            _work,
            sent,
            self._name,
            self._expected,
            self._url,
            parcel,
            key=f"{self._name}-{job.territory.code}",
            # Not pure: what it leaves is the result, so none is ever taken from memory.
            pure=False,
            retries=_RETRIES,
        )
        self._running[future] = job
        future.add_done_callback(lambda done: self._events.put(partial(self._ended, done)))

    def _parcel(self, job: Job) -> Parcel | None:
        if self._way is None:
            return None
        department = job.territory.department
        if department not in self._parcels:
            theirs = [one for one in self._jobs if one.territory.department == department]
            self._parcels[department] = self._way.send(theirs)
        return self._parcels[department]

    def _ended(self, future: Future[Any]) -> None:
        """A task is over: its results are fetched while its worker gets another."""
        job = self._running.pop(future)
        if future.status in ("cancelled", "lost"):
            raise _lost()
        problem = future.exception()
        if isinstance(problem, UserMistake):
            raise problem  # of the cluster, not of the territory
        fetched = self._hands.submit(self._outcome, job, future, problem)
        fetched.add_done_callback(lambda done: self._events.put(partial(self._settled, done)))

    def _outcome(self, job: Job, future: Future[Any], problem: BaseException | None) -> Outcome:
        if problem is not None:
            return _failed(job, problem)
        outcome: Outcome
        outcome, delivery = future.result()
        if self._way is None:
            return outcome
        try:
            return self._way.collect(job, outcome, delivery)
        except Exception as error:  # each storage has its own
            return _failed(job, error)

    def _settled(self, fetched: Fetched[Outcome]) -> None:
        outcome = fetched.result()
        self._found[outcome.territory.code] = outcome
        self._on_end(outcome)


def _failed(job: Job, problem: BaseException) -> Outcome:
    """What is not the territory's mistake is its failure all the same, and not the run's."""
    from distributed import KilledWorker

    if isinstance(problem, KilledWorker):
        received = f"murieron {problem.allowed_failures + 1} trabajadores con este territorio"
        remedy = "Deles más memoria (1,5 GiB por trabajador) y vea sus registros."
    else:
        received = type(problem).__name__
        remedy = "Repita la orden; si persiste, vea los registros de los trabajadores."
    finding = Finding(job.territory.name, "la tarea debe llegar al final", received, remedy)
    return Outcome(job.territory, findings=[finding])


# On a worker.


class _Unwanted(Exception):
    """The caller has gone or was interrupted: nobody waits for this territory."""


def _greet(engine: Engine, kernel: Kernel, exchange: str | None, dask_worker: Worker) -> Identity:
    """What this worker is, while its fork server begins to import; the URL opened once."""
    _settle(dask_worker)
    if exchange is not None:
        Exchange(exchange)
    if kernel_name(kernel) == FORKED:
        from gsi.run.kernels import server

        environment = dict(os.environ)
        one_thread(environment)
        server.client(environment)
    return identity(engine)


def _settle(worker: Worker) -> Path:
    """Where this worker keeps what it received, beside everything temporary.

    In the worker's own folder, which Dask removes at its end or, if it was killed, when another
    starts there. A kernel's connection file has its place in it too.
    """
    local = Path(worker.local_directory) / "gsi"
    temporary = local / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = str(temporary)
    tempfile.tempdir = None  # asked anew
    return local


def _work(
    job: Job, topic: str, expected: Identity, exchange: str | None, parcel: Parcel | None
) -> tuple[Outcome, Delivery | None]:
    from distributed import get_worker

    worker = get_worker()
    _check_identity(expected, _identity(job.engine), worker.address)
    key = worker.get_current_task()
    code = job.territory.code

    def say(what: str) -> None:
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise _Unwanted
        worker.log_event(topic, {"code": code, "what": what})

    local = _settle(worker)
    if exchange is None or parcel is None:
        return _report(job, say), None
    way = Exchange(exchange)
    here = at(job, parcel, way.receive(parcel, local))
    outcome = _report(here, say)
    return outcome, way.deliver(here, outcome)


def _report(job: Job, say: Callable[[str], None]) -> Outcome:
    """One territory at a time and one process at a time: the machine's other workers fill it."""
    # A worker that died with this territory, wherever it ran, could not put its things away.
    sweep(job)
    return report(replace(job, store=_opened(job.store.folder)), say)


# A worker outlives its tasks: what does not change while it lives is looked at once.
_identity = cache(identity)
_opened = cache(Store)
