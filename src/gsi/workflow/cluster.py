"""The same run on many machines: each territory is one task of a Dask cluster.

The workers see the project's folder under the path it has here (a shared disk), read the prepared
inputs from it and put results in place on it, whole or not at all, as on one machine. A task whose
worker dies is given to another; Dask gives up on a task that has ended three workers.
"""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from gsi.context import Territory
from gsi.errors import Finding, UserMistake
from gsi.workflow.run import died
from gsi.workflow.territory import Job, Outcome, report, sweep

_CONNECT = 20  # seconds to reach the scheduler


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
) -> list[Outcome]:
    """Run every job on the cluster at ``scheduler``; outcomes in the order of ``jobs``.

    Raises :class:`UserMistake` when nothing answers there.
    """
    from distributed import Client, as_completed

    if not jobs:
        return []
    name = f"gsi-{uuid.uuid4().hex[:12]}"
    places = {job.territory.code: job.territory for job in jobs}
    outcomes: dict[str, Outcome] = {}

    def heard(event: tuple[Any, dict[str, str]]) -> None:
        on_step(places[event[1]["code"]], event[1]["what"])

    try:
        client = Client(scheduler, timeout=_CONNECT, set_as_default=False, name=name)
    except (OSError, ValueError) as error:
        raise UserMistake(
            Finding(
                "opción --scheduler",
                "debe ser la dirección de un planificador de Dask que responda",
                scheduler,
                "Revise la dirección y que el planificador esté en marcha: dask scheduler",
            )
        ) from error
    with client:
        client.subscribe_topic(name, heard)
        futures = {
            # Not pure: what it leaves on disk is the result, so none is ever taken from memory.
            client.submit(_work, job, name, key=f"{name}-{job.territory.code}", pure=False): job
            for job in jobs
        }
        try:
            for future in as_completed(futures, loop=client.loop):
                job = futures[future]
                problem = future.exception()
                outcome = future.result() if problem is None else died(job, problem)
                outcomes[job.territory.code] = outcome
                on_end(outcome)
        finally:
            client.cancel(list(futures))
            client.unsubscribe_topic(name)
    # A worker that was killed could not put its unfinished folder away.
    for job in jobs:
        sweep(job)
    return [outcomes[job.territory.code] for job in jobs]


def _work(job: Job, topic: str) -> Outcome:
    from distributed import get_worker

    worker = get_worker()
    code = job.territory.code
    return report(job, lambda what: worker.log_event(topic, {"code": code, "what": what}))
