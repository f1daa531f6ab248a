"""From territories to reports: each territory in its own process, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from queue import Empty
from typing import Any

from gsi import quality, reporting
from gsi.context import Territory
from gsi.errors import Finding, GsiError, TerritoryFailed
from gsi.files import replacing
from gsi.keys import households, registers
from gsi.project import Project
from gsi.reporting.engine import Engine, Format, render
from gsi.reporting.engine.versions import engine_versions
from gsi.store import Store
from gsi.workbook import RESULTS, Workbook, results_folder
from gsi.workflow import manifest, notebooks

FAILED = ".fallida"


@dataclass(frozen=True)
class Job:
    """Everything one process needs to report one territory."""

    project: Project
    store: Store
    territory: Territory
    baseline: int | None
    follow_up: int | None
    raw: str | None
    formats: tuple[Format, ...]
    engine: Engine


@dataclass(frozen=True)
class Outcome:
    """How a territory ended: the files written, or the findings that stopped it."""

    territory: Territory
    outputs: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return bool(self.findings)


def steps(project: Project) -> int:
    """Progress units of a territory: its notebooks and the rendering."""
    return len(notebooks.in_order(project.notebooks)) + 1


def run(
    jobs: Sequence[Job], workers: int, on_step: Callable[[Territory, str], None]
) -> list[Outcome]:
    """Run every job on ``workers`` processes; outcomes in the order of ``jobs``.

    ``on_step`` is told each step as it starts, in the caller's process. A territory that fails
    harms no other. Interrupting stops the workers and leaves finished territories whole.
    """
    context = get_context("spawn")
    with context.Manager() as manager:
        events: Any = manager.Queue()
        outcomes: dict[str, Outcome] = {}
        pool = ProcessPoolExecutor(workers, mp_context=context)
        try:
            futures = {pool.submit(report, job, events): job for job in jobs}
            waiting = set(futures)
            while waiting:
                _drain(events, on_step)
                done = {future for future in waiting if future.done()}
                for future in as_completed(done):
                    job = futures[future]
                    outcomes[job.territory.code] = _outcome(job, future)
                waiting -= done
            _drain(events, on_step, wait=False)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list((pool._processes or {}).values()):
                process.terminate()
            raise
        pool.shutdown()
    return [outcomes[job.territory.code] for job in jobs]


def _outcome(job: Job, future: Any) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    # A process that died (memory, a signal) is that territory's failure, not the run's.
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
            territory, what = events.get(timeout=0.2) if wait else events.get_nowait()
        except Empty:
            return
        on_step(territory, what)


def report(job: Job, events: Any) -> Outcome:
    """Notebooks, reports and manifest of one territory; runs in a worker process."""
    # One thread a kernel: the workers already fill the cores, and sums keep their order.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ["GSI_PROJECT"] = str(job.project.root)

    def say(what: str) -> None:
        events.put((job.territory, what))

    try:
        return Outcome(job.territory, outputs=_report(job, say))
    except GsiError as error:
        return Outcome(job.territory, findings=error.findings)


def _report(job: Job, say: Callable[[str], None]) -> list[Path]:
    project, place = job.project, job.territory
    critical = quality.critical_failures(job.store.verdicts, [place.code])
    if critical:
        raise TerritoryFailed(critical)
    workbook = Workbook.of(project, job.store, place, job.baseline, job.follow_up)
    # Mistakes that a notebook would meet are told in their own words, before anything runs.
    households.check_frozen(workbook.context)
    registers.check(workbook.context, project.raw)
    years = workbook.context.years
    final = results_folder(project, place, years)
    final.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{years}."))
    try:
        os.environ[RESULTS] = str(stage)  # for the kernels
        workbook = replace(workbook, results=stage)
        parameters = {
            "territory": place.code,
            "baseline": job.baseline,
            "follow_up": job.follow_up,
            "raw": job.raw,
            "processed": None,
        }
        for notebook in notebooks.in_order(project.notebooks):
            say(notebooks.title(notebook))
            notebooks.execute(notebook, stage / "notebooks" / notebook.name, parameters)
        say("informes")
        reporting.fill(workbook, stage / "informe")
        with tempfile.TemporaryDirectory(dir=final.parent, prefix=".informes-") as made:
            rendered = render(
                stage / "informe",
                reporting.documents(project.reports),
                list(job.formats),
                Path(made),
                job.engine,
            )
            outputs = [*rendered, *reporting.attachments(workbook, stage)]
            manifest.write(workbook, stage, outputs, engine_versions(job.engine), job.raw)
            return _publish(outputs, project.output / place.code, stage, final)
    except TerritoryFailed:
        _keep_failure(stage, final)
        raise
    finally:
        os.environ.pop(RESULTS, None)
        shutil.rmtree(stage, ignore_errors=True)


def _publish(outputs: Sequence[Path], folder: Path, stage: Path, final: Path) -> list[Path]:
    """Put the reports where they are read and the results where they are kept."""
    published = []
    for path in outputs:
        with replacing(folder / path.name) as temporary:
            shutil.copyfile(path, temporary)
        published.append(folder / path.name)
    stage.chmod(0o755)
    old = stage.with_name(stage.name + ".antes")
    if final.exists():
        final.replace(old)
    stage.replace(final)
    shutil.rmtree(old, ignore_errors=True)
    return published


def _keep_failure(stage: Path, final: Path) -> None:
    """The executed notebooks of a failed run stay beside the last good one, to be read."""
    kept = final.with_name(final.name + FAILED)
    shutil.rmtree(kept, ignore_errors=True)
    if (stage / "notebooks").is_dir():
        shutil.copytree(stage / "notebooks", kept)
