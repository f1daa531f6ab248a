"""What a territory's reports would say with the input files as they are, without publishing it.

The notebooks are run into a folder that goes; neither the results nor the reports that are there
are touched. What they leave is compared with what the last run left.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gsi.analysis.flips import Flip, flips
from gsi.contract.territory import Territory
from gsi.ground.errors import Finding, TerritoryFailed, UserMistake
from gsi.ground.project import MANIFEST, Project
from gsi.inputs import quality
from gsi.inputs.changes import Difference, between
from gsi.inputs.store import Store
from gsi.report.workbook import READS, SECTIONS, Workbook
from gsi.run import freshness, manifest, notebooks
from gsi.run.basis import Basis
from gsi.run.job import Job
from gsi.run.territory import executed

# Reasons for a new run that are the input files themselves, or that only published files miss.
_OF_INPUTS = ("datos de entrada", "validación de", "archivos de entrada", "faltan informes",
              "informes modificados")  # fmt: skip


@dataclass(frozen=True)
class Rehearsal:
    """How the last run and one of today differ.

    ``years``: the run's cuts. ``files``: input file → ``nuevo``, ``cambió`` or ``ya no está``.
    ``tables``: None where the preparation that it was made from is not kept any more. ``flips``:
    None where the notebooks were not run: nothing that the run read is another (``stands``), or the
    new files do not let the territory be reported (``failed``). ``besides``: what else is other
    than in the last run, in words.
    """

    years: str
    files: dict[str, str]
    tables: list[Difference] | None
    flips: list[Flip] | None = None
    stands: bool = False
    failed: list[Finding] = field(default_factory=list)
    besides: list[str] = field(default_factory=list)


def rehearse(
    project: Project,
    store: Store,
    place: Territory,
    raw: str | None,
    say: Callable[[str], None],
) -> Rehearsal:
    """Compare the last run of ``place`` with what ``store`` would give; nothing is written.

    ``raw``: the input folder as the notebooks are given it, relative to the project. Raises
    :class:`UserMistake` where there is no run yet.
    """
    results = _last(project, store, place)
    found = manifest.read(results)
    assert found is not None
    basis = Basis(project, store)
    files = _files(found["inputs"], store.inputs)
    earlier = _earlier(project, found["inputs"])
    tables = None if earlier is None else between(earlier, store, place)
    judged = freshness.judge(basis, found, results, freshness.output_of(project, found))
    years = results.name
    besides = [reason for reason in judged.reasons if not reason.startswith(_OF_INPUTS)]
    if not judged.reasons and not judged.doubtful:
        return Rehearsal(years, files, tables, [], stands=True)
    critical = quality.critical_failures(store.verdicts, [place.code])
    if critical:
        return Rehearsal(years, files, tables, failed=critical, besides=besides)
    job = Job(
        project,
        store,
        place,
        found["years"]["baseline"],
        found["years"]["follow_up"],
        raw,
        (),
        "auto",
    )
    try:
        with _sections(job, say) as now:
            told = flips(results / SECTIONS, now)
    except TerritoryFailed as problem:
        return Rehearsal(years, files, tables, failed=problem.findings, besides=besides)
    return Rehearsal(years, files, tables, told, besides=besides)


def _last(project: Project, store: Store, place: Territory) -> Path:
    """The folder of the run of the years of the parameters; of the last years, without it."""
    folder = project.processed / place.code
    runs = sorted(path.parent for path in folder.glob(f"[0-9]*-[0-9]*/{MANIFEST}"))
    if not runs:
        raise UserMistake(
            Finding(
                "opción --changes",
                "se compara con el último informe del territorio",
                f"{place.code} {place.name} todavía no tiene",
                f"Hágalo con los archivos de antes: gsi run {place.code}.",
            )
        )
    years = str(Workbook.of(project, store, place).context.years)
    return next((run for run in runs if run.name == years), runs[-1])


def _files(before: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    found = {}
    for name in sorted({*before, *now}):
        if name not in before:
            found[name] = "nuevo"
        elif name not in now:
            found[name] = "ya no está"
        elif before[name] != now[name]:
            found[name] = "cambió"
    return found


def _earlier(project: Project, inputs: dict[str, str]) -> Store | None:
    """The preparation of just these files, the last one used, where it is kept."""
    found: list[Path] = []
    for path in project.base.glob("[0-9a-f]*/sources.json"):
        index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if index.get("inputs") == inputs:
            found.append(path.parent)
    return Store(max(found, key=lambda path: path.stat().st_mtime_ns)) if found else None


@contextmanager
def _sections(job: Job, say: Callable[[str], None]) -> Iterator[Path]:
    """The sections that the notebooks leave, while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="gsi-ensayo-") as scratch:
        stage = Path(scratch)
        (stage / READS).mkdir()
        executed(job, stage, say)
        yield stage / SECTIONS


def steps(project: Project) -> int:
    """Progress units of a rehearsal."""
    return len(notebooks.in_order(project.notebooks))
