"""Whether a finished run still says what a new one would: the key of a territory's results.

A run depends on the rows it read, and no others. While its notebooks run they leave a mark for
each table they read and how far: the territory's ``own`` rows, or its whole ``department``'s
(``gsi.report.workbook``). The manifest keeps those marks with a digest of the rows behind them; as
long as every digest is the same, and so are parameters, notebooks, reports, code and libraries, the
same code would read the same rows and write the same bytes. What a run reads beside those tables is
in the key as a whole: the frozen baselines that it may be compared with and scored by (absent ones
too) and the register of people that its parameters name.

When only rows of neighbours changed, the steps that read them (``gsi.analysis.steps``) are made
again, and the run stands where their sections are byte for byte those it kept: notebooks, figures
and reports are made of sections. Its manifest is then written anew, because it names the input
files as they are now: what is left is what a new run would have left.
"""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gsi.analysis.results import Section
from gsi.analysis.steps import again, digest
from gsi.analysis.trace import Step
from gsi.contract.tables import schema
from gsi.contract.territory import Territory, Years
from gsi.ground.errors import UserMistake
from gsi.ground.files import sha256
from gsi.ground.project import Project
from gsi.inputs.data import DISAGREEMENTS, NOISE
from gsi.report.workbook import SECTIONS, Workbook, results_folder
from gsi.run import manifest
from gsi.run.basis import Basis, Reads
from gsi.run.job import Job

_OWN = ".own"


@dataclass(frozen=True)
class Judgement:
    """Whether a finished run stands. ``reasons``: why it does not, in Spanish.

    Without reasons, ``doubtful`` are the steps whose rows changed around the territory: it stands
    if they still say the same (:func:`remade`); ``rows`` names those rows.
    """

    reasons: list[str]
    doubtful: list[Step] = field(default_factory=list)
    rows: str = ""


def results_of(basis: Basis, job: Job) -> Path:
    """The folder that a job's results would be in."""
    settings = basis.settings(job.territory)["years"]
    years = Years(job.baseline or settings["baseline"], job.follow_up or settings["follow_up"])
    return results_folder(basis.project, job.territory, years)


def output_of(project: Project, found: Mapping[str, Any]) -> Path:
    """The folder that the reports of the manifest ``found`` were published in."""
    code: str = found["territory"]["code"]
    return project.output / code / str(_years(found))


def judge_job(basis: Basis, job: Job) -> Judgement:
    """Whether a territory has to be run: never run so, out of date, or in doubt."""
    results = results_of(basis, job)
    found = manifest.read(results)
    if found is None or found.get("raw") != job.raw or found.get("asked") != job.asked:
        return Judgement(["sin resultados de esta orden"])
    if found["engine"] != basis.engine(job.engine):
        return Judgement(["otro motor de informes"])
    made = {Path(name).suffix.removeprefix(".") for name in found["outputs"]}
    if not made.issuperset(job.formats):
        return Judgement(["faltan formatos"])
    return judge(basis, found, results, output_of(basis.project, found))


def judge(basis: Basis, found: dict[str, Any], results: Path, output: Path) -> Judgement:
    """Whether a finished run stands, as far as can be told without computing anything.

    ``found``: its manifest, in the folder ``results``. ``output``: the folder its reports were
    published in.
    """
    place = _place(basis, found)
    if place is None:
        return Judgement(["el territorio ya no está en DIVIPOLA"])
    kept = found.get("key")
    if not kept or "steps" not in kept:
        return Judgement([_OLDER])
    told, doubtful, rows = [], [], ""
    try:
        now = basis.key(place, _years(found), Reads.of(kept))
    except UserMistake:
        return Judgement(["parámetros con error", *_touched(basis, found, results, output)])
    if set(kept) != set(now):
        return Judgement([_OLDER])
    changed = {mark for mark in kept["rows"] if kept["rows"][mark] != now["rows"].get(mark)}
    if changed:
        files = _few(_changed_files(found["inputs"], basis.store.inputs))
        words = ", ".join(_few(_named(sorted(changed), place)))
        rows = f"datos de entrada distintos ({'; '.join([words, *files])})"
        if _certain(changed, kept, place):
            told.append(rows)
        else:
            doubtful = [made for made in Reads.of(kept).steps if changed.intersection(made.reads)]
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: kept["trust"] != now["trust"], "validación de los datos distinta"),
        (
            lambda: kept["catalogue"] != now["catalogue"],
            "catálogo de indicadores o de medidas distinto",
        ),
        (lambda: kept["frozen"] != now["frozen"], "otra línea de base congelada"),
        (lambda: kept["files"] != now["files"], "archivos de entrada distintos"),
        (lambda: kept["register"] != now["register"], "registro de personas distinto"),
        (lambda: kept["code"] != now["code"], "versión distinta del cuaderno"),
        (lambda: basis.settings(place) != found["parameters"], "parámetros distintos"),
        (lambda: found["notebooks"] != basis.notebooks, "cuadernos distintos"),
        (lambda: found["reports"] != basis.reports, "plantillas de los informes distintas"),
        (lambda: found["libraries"] != basis.libraries, "bibliotecas de otra versión"),
        (lambda: found["python"] != platform.python_version(), "otra versión de Python"),
    ]
    told += [words for differs, words in checks if differs()]
    told += _touched(basis, found, results, output)
    return Judgement(told, [] if told else doubtful, rows)


def _certain(changed: set[str], kept: Mapping[str, Any], place: Territory) -> bool:
    """Rows of its own, or read outside any step: not worth a second look."""
    own = any(mark.endswith(_OWN) for mark in changed)
    return place.is_department or own or not changed.isdisjoint(kept["outside"])


def reasons(basis: Basis, found: dict[str, Any], results: Path, output: Path) -> list[str]:
    """Why a finished run is out of date, in Spanish; empty when it is not.

    ``results``: the folder of its manifest ``found``. Steps in doubt are made again.
    """
    judged = judge(basis, found, results, output)
    if judged.doubtful and remade(basis, found, results, judged.doubtful) is None:
        return [judged.rows]
    return judged.reasons


def remade(
    basis: Basis, found: dict[str, Any], results: Path, doubtful: Sequence[Step]
) -> Reads | None:
    """What the run reads now, its ``doubtful`` steps made again; None if one says something else.

    A step that fails says something else.
    """
    place, years = basis.store.territories.resolve(found["territory"]["code"]), _years(found)
    made: list[Step] = []
    book = Workbook.of(
        basis.project,
        basis.store,
        place,
        years.baseline,
        years.follow_up,
        on_step=made.append,
    )
    sections = results / SECTIONS
    for step in doubtful:
        try:
            there = book.assuming(step.assumed) if step.assumed else book
            section = again(step, there.context, lambda name: Section.load(sections, name))
        except Exception:  # the run itself will tell what is wrong, and where
            return None
        if step.digest:
            if digest(section) != step.digest:
                return None
            continue
        prefix = f"{SECTIONS}/{step.section}."
        before = {k: v for k, v in found["results"].items() if k.startswith(prefix)}
        with tempfile.TemporaryDirectory(prefix="gsi-paso-") as scratch:
            after = {f"{SECTIONS}/{p.name}": sha256(p) for p in section.save(Path(scratch))}
        if after != before:
            return None
    kept = Reads.of(found["key"])
    return Reads(kept.outside, (*(s for s in kept.steps if s not in doubtful), *made))


def confirm(basis: Basis, job: Job) -> bool:
    """Whether a territory in doubt stands; its manifest is then brought up to date."""
    results = results_of(basis, job)
    found = manifest.read(results)
    if found is None:
        return False
    judged = judge(basis, found, results, output_of(basis.project, found))
    reads = None if judged.reasons else remade(basis, found, results, judged.doubtful)
    if reads is None:
        return False
    renew(basis, found, results, reads)
    return True


def renew(basis: Basis, found: dict[str, Any], results: Path, reads: Reads | None = None) -> None:
    """Bring the manifest of a run that stands up to date with the input files, if they changed.

    ``reads``: what it reads now, where that was looked at again.
    """
    if reads is None and found["inputs"] == basis.store.inputs:
        return
    place = basis.store.territories.resolve(found["territory"]["code"])
    key = basis.key(place, _years(found), reads or Reads.of(found["key"]))
    manifest.renew(results, found, basis.store, key)


def _years(found: Mapping[str, Any]) -> Years:
    return Years(found["years"]["baseline"], found["years"]["follow_up"])


_OLDER = "hecho con una versión anterior del cuaderno"


def _place(basis: Basis, found: dict[str, Any]) -> Territory | None:
    try:
        return basis.store.territories.resolve(found["territory"]["code"])
    except UserMistake:
        return None


def _changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def _few(names: Sequence[str], most: int = 3) -> list[str]:
    return [*names[:most], *([f"y {len(names) - most} más"] if len(names) > most else [])]


_TITLES = {
    DISAGREEMENTS: "desacuerdos entre fuentes",
    NOISE: "variación de las cifras de un año a otro",
}


def _named(marks: Collection[str], place: Territory) -> list[str]:
    names = []
    for mark in marks:
        table, scope = mark.split(".")
        whose = f" de {place.department_name}" if scope == "department" else ""
        title = _TITLES.get(table) or schema(table).title
        names.append(f"{title}{whose}")
    return names


def _touched(basis: Basis, found: dict[str, Any], results: Path, output: Path) -> list[str]:
    """What of a run's reports and sections is not there or not as it was written."""
    told = []
    for what, files in _kept_files(found, results, output).items():
        missing, altered = [], []
        for path, value in files.items():
            try:
                if basis.hashes.of(path) != value:
                    altered.append(path.name)
            except FileNotFoundError:
                missing.append(path.name)
        if missing:
            told.append(f"faltan {what} ({', '.join(_few(missing))})")
        if altered:
            told.append(f"{what} modificados ({', '.join(_few(altered))})")
    return told


def _kept_files(found: dict[str, Any], results: Path, output: Path) -> dict[str, dict[Path, str]]:
    """The files that must be as they were written: what people read, and what steps are given."""
    sections = [name for name in found["results"] if name.startswith(f"{SECTIONS}/")]
    return {
        "informes": {output / name: value for name, value in found["outputs"].items()},
        "resultados": {results / name: found["results"][name] for name in sections},
    }


def remember(basis: Basis, jobs: Sequence[Job]) -> None:
    """Hash what was just written, so that the next look need not read it."""
    for job in jobs:
        results = results_of(basis, job)
        found = manifest.read(results)
        if found is not None:
            _touched(basis, found, results, output_of(basis.project, found))
    basis.hashes.save()
