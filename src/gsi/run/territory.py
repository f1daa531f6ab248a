"""One territory: its notebooks, its reports and its manifest, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gsi.analysis.frozen import frozen_reports
from gsi.analysis.keys import households, registers
from gsi.ground.errors import GsiError, TerritoryFailed
from gsi.ground.project import Project
from gsi.inputs import quality
from gsi.report.attachments import attachments
from gsi.report.engine.programs import engine_versions
from gsi.report.engine.rendering import render
from gsi.report.fill import documents, fill
from gsi.report.workbook import READS, RESULTS, STORE, Workbook, reports_folder, results_folder
from gsi.run import freshness, manifest, notebooks
from gsi.run.basis import Basis, Reads
from gsi.run.job import Job, Outcome
from gsi.run.kernels.threads import one_thread
from gsi.run.publish import publish

FAILED = ".fallida"


def steps(project: Project) -> int:
    """Progress units of a territory: its notebooks and the rendering."""
    return len(notebooks.in_order(project.notebooks)) + 1


def report(job: Job, say: Callable[[str], None]) -> Outcome:
    """Report a territory; ``say`` is told each step as it starts. Its mistakes are its outcome."""
    try:
        if job.doubtful and freshness.confirm(Basis(job.project, job.store), job):
            return Outcome(job.territory, stands=True)
        return _report(job, say)
    except GsiError as error:
        return Outcome(job.territory, findings=error.findings)


def _report(job: Job, say: Callable[[str], None]) -> Outcome:
    project, place = job.project, job.territory
    critical = quality.critical_failures(job.store.verdicts, [place.code])
    if critical:
        raise TerritoryFailed(critical)
    own_reads: set[str] = set()
    workbook = Workbook.of(
        project,
        job.store,
        place,
        job.baseline,
        job.follow_up,
        on_read=lambda table, scope: own_reads.add(f"{table}.{scope}"),
    )
    # Mistakes that a notebook would meet are told in their own words, before anything runs.
    households.check_frozen(workbook.context)
    registers.check(workbook.context, project.raw)
    years = workbook.context.years
    # Looked at before anything runs: what is edited meanwhile must not pass for what ran.
    basis = Basis(project, job.store)
    made_from = basis.made_from(place, years)
    final = results_folder(project, place, years)
    final.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{years}."))
    try:
        (stage / READS).mkdir()
        workbook = replace(workbook, results=stage)
        executed(job, stage, say)
        say("informes")
        fill(workbook, stage / "informe")
        with tempfile.TemporaryDirectory(dir=final.parent, prefix=".informes-") as made:
            rendered = render(
                stage / "informe",
                documents(project.reports),
                list(job.formats),
                Path(made),
                job.engine,
                at_once=job.at_once,
                shared=job.store.folder.parent,
            )
            outputs = [*rendered, *attachments(workbook, stage)]
            reads = _reads(stage)
            reads = replace(reads, outside=reads.outside | own_reads)
            key = basis.rows(place, reads) | made_from
            engine = engine_versions(job.engine)
            given = basis.notebooks, basis.reports
            manifest.write(workbook, stage, outputs, engine, job.raw, job.asked, key, *given)
            folder = reports_folder(project, place, years)
            frozen = frozen_reports(project, place.code)
            return Outcome(place, *publish(outputs, folder, stage, final, frozen))
    except TerritoryFailed:
        _keep_failure(stage, final)
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def executed(job: Job, stage: Path, say: Callable[[str], None]) -> None:
    """Run a territory's notebooks; what they leave, and they themselves, go to ``stage``."""
    # For the kernels alone: this process may report several territories at once.
    environment = {
        **os.environ,
        "GSI_PROJECT": str(job.project.root),
        RESULTS: str(stage),
        STORE: str(job.store.folder),
    }
    one_thread(environment)
    parameters = {
        "territory": job.territory.code,
        **job.asked,
        "raw": job.raw,
        "processed": None,
    }

    def execute(notebook: Path) -> None:
        say(notebooks.title(notebook))
        target = stage / "notebooks" / notebook.name
        notebooks.execute(notebook, target, parameters, job.kernel, environment)

    notebooks.execute_all(notebooks.in_order(job.project.notebooks), execute, job.at_once)


def _reads(stage: Path) -> Reads:
    """What the notebooks read, from the marks they left, which go."""
    reads = Reads.left_in(stage / READS)
    shutil.rmtree(stage / READS)
    return reads


def sweep(job: Job) -> None:
    """Remove what a territory's killed process left unfinished, among results and reports."""
    code = job.territory.code
    results, reports = job.project.processed / code, job.project.output / code
    for folder in (results, reports, *reports.glob("[0-9]*-[0-9]*")):
        for path in folder.glob(".*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif not path.name.startswith(".~"):  # an open document's lock is its editor's
                path.unlink(missing_ok=True)


def _keep_failure(stage: Path, final: Path) -> None:
    """The executed notebooks of a failed run stay beside the last good one, to be read."""
    kept = final.with_name(final.name + FAILED)
    shutil.rmtree(kept, ignore_errors=True)
    if (stage / "notebooks").is_dir():
        shutil.copytree(stage / "notebooks", kept)
