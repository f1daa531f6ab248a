"""``gsi run``: notebooks and reports of territories."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from gsi.cli.console import (
    err,
    left_in_place,
    out,
    prepare,
    progress,
    raw_option,
    shown,
    strict_option,
    tell,
    tell_ignored,
    tell_later,
)
from gsi.ground.errors import Finding, UserMistake
from gsi.report.engine.formats import FORMATS


@click.command(options_metavar="[OPCIONES]")
@click.argument("territories", metavar="TERRITORIO...", nargs=-1, required=True)
@click.option("--municipalities", is_flag=True, help="También cada municipio del departamento.")
@raw_option
@strict_option
@click.option("--baseline", type=int, metavar="AÑO", help="Año de la línea de base.")
@click.option("--follow-up", type=int, metavar="AÑO", help="Año del seguimiento.")
@click.option(
    "--formats",
    default=",".join(FORMATS),
    show_default=True,
    metavar="LISTA",
    help="Formatos de los informes, separados por comas.",
)
@click.option(
    "--engine",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "quarto", "embedded"]),
    help="Quarto, o el motor incluido (Pandoc y Typst).",
)
@click.option(
    "--out", "output", metavar="CARPETA", help="Carpeta de los informes [reports/_output]."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Territorios a la vez [los que permitan los núcleos y la memoria del equipo].",
)
@click.option("--force", is_flag=True, help="Rehace también los informes que están al día.")
@click.option(
    "--kernel",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "forked", "stock"]),
    help="Cómo arranca cada cuaderno: copia de un proceso ya listo (forked) o nuevo (stock).",
)
@click.option(
    "--scheduler",
    metavar="DIRECCIÓN",
    help="Reparte los territorios en un clúster de Dask, por ejemplo tcp://servidor:8786.",
)
@click.option(
    "--exchange",
    metavar="URL",
    help="Con --scheduler, si los equipos no comparten disco: carpeta (s3://, gs://, sftp://…) por "
    "la que van los datos y vuelven los informes.",
)
def run(
    territories: Sequence[str],
    municipalities: bool,
    raw: str | None,
    baseline: int | None,
    follow_up: int | None,
    formats: str,
    engine: Any,  # one of the choices, which click has checked
    output: str | None,
    jobs: int | None,
    force: bool,
    kernel: Any,
    scheduler: str | None,
    exchange: str | None,
) -> None:
    """Ejecuta los cuadernos y hace los informes de cada TERRITORIO.

    TERRITORIO es un código DIVIPOLA o un nombre, sin importar tildes ni mayúsculas: 73, Tolima,
    73067, ataco.
    """
    from gsi.ground.project import Project
    from gsi.run import start
    from gsi.run.kernels.threads import one_thread

    project = Project.find(raw=raw, output=output)
    chosen = _formats(formats)
    one_thread(os.environ)
    if scheduler is None and (force or start.surely_work(project, territories)):
        start.warm_up()  # while the imports below are made and the inputs looked at
    from gsi.analysis import frozen
    from gsi.contract import params
    from gsi.report.engine.programs import check_engine
    from gsi.report.workbook import cut_years
    from gsi.run import cluster
    from gsi.run.job import Job

    check_engine(engine)
    if exchange is not None and scheduler is None:
        raise UserMistake(
            Finding(
                "opción --exchange",
                "es para repartir el trabajo entre equipos",
                "falta --scheduler",
                "Agregue --scheduler DIRECCIÓN o quite --exchange.",
            )
        )
    if scheduler is not None:
        cluster.require()
    store = prepare(project)
    places = _places(store, territories, municipalities)
    problems: list[Finding] = []
    cuts: dict[str, int] = {}
    load = cache(lambda *given: params.load(project.params, *given)[0])
    for codes in sorted({(place.department, place.code) for place in places}):
        try:
            settings = load(*params.given(project.params, *codes))
            years = cut_years(settings, baseline, follow_up)
            for code in codes:
                frozen.load(project, code, years.baseline)
            cuts[codes[-1]] = years.follow_up
        except UserMistake as mistake:
            problems += [finding for finding in mistake.findings if finding not in problems]
    if problems:
        raise UserMistake(problems)
    relative = os.path.relpath(project.raw, project.root) if raw else None
    todo = [
        Job(project, store, place, baseline, follow_up, relative, chosen, engine, kernel)
        for place in places
    ]
    if not force:
        todo = _to_do(project, store, todo, exchange)
    outcomes: list[Any] = []
    try:
        if todo:
            _run(project, store, todo, jobs, scheduler, exchange, outcomes.append)
    except BaseException as problem:
        # Hours of work must not end without a word.
        if outcomes or isinstance(problem, KeyboardInterrupt):
            _summary(places, outcomes, len(places) - len(todo))
        raise
    _summary(places, outcomes, len(places) - len(todo))
    _tell_older(project, places)
    _tell_later(store, places, cuts)
    tell_ignored(store.left_out)
    if any(outcome.failed for outcome in outcomes):
        sys.exit(1)


def _to_do(project: Any, store: Any, jobs: Sequence[Any], exchange: str | None) -> list[Any]:
    """The jobs that are not up to date, or may not be: their worker will see.

    Workers at the other end of an ``exchange`` do not have the results, so it is seen here.
    """
    from gsi.run import freshness, manifest
    from gsi.run.basis import Basis

    basis = Basis(project, store)
    left = []
    for job in jobs:
        judged = freshness.judge_job(basis, job)
        if judged.doubtful and exchange is not None and freshness.confirm(basis, job):
            continue
        if judged.reasons or judged.doubtful:
            left.append(replace(job, doubtful=bool(judged.doubtful) and exchange is None))
            continue
        results = freshness.results_of(basis, job)
        found = manifest.read(results)
        if found is not None:
            freshness.renew(basis, found, results)
    basis.hashes.save()
    return left


def _run(
    project: Any,
    store: Any,
    todo: Sequence[Any],
    jobs: int | None,
    scheduler: str | None,
    exchange: str | None,
    on_outcome: Callable[[Any], None],
) -> None:
    """Run every job; ``on_outcome`` is told how each ended, a failure the person too."""
    from gsi.run import batch as workflow
    from gsi.run import cluster, freshness
    from gsi.run.basis import Basis
    from gsi.run.territory import steps

    workers = min(jobs, len(todo)) if jobs else workflow.default_workers(len(todo))
    total = steps(project)
    with progress() as bar:
        overall = bar.add_task("Empezando", total=total * len(todo))
        taken: dict[str, int] = {}

        def on_step(place: Any, what: str) -> None:
            taken[place.code] = taken.get(place.code, -1) + 1
            told = f"{escape(place.name)}: {what}"
            bar.update(overall, completed=sum(taken.values()), description=told)

        def on_end(outcome: Any) -> None:
            on_outcome(outcome)
            if outcome.failed:
                _tell_failed(outcome)
            taken[outcome.territory.code] = total
            bar.update(overall, completed=sum(taken.values()))

        if scheduler is None:
            workflow.run(todo, workers, on_step, on_end)
        else:
            cluster.run(todo, scheduler, on_step, on_end, exchange)
        freshness.remember(Basis(project, store), todo)


def _formats(text: str) -> tuple[Any, ...]:
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    wrong = [part for part in wanted if part not in FORMATS]
    if wrong or not wanted:
        raise UserMistake(
            Finding(
                "opción --formats",
                f"los formatos son {', '.join(FORMATS)}",
                ", ".join(wrong) or "ninguno",
                "Sepárelos con comas: --formats html,pdf",
            )
        )
    return tuple(dict.fromkeys(wanted))


def _places(store: Any, texts: Sequence[str], municipalities: bool) -> list[Any]:
    """Every territory asked for, once; all wrong names told together."""
    problems: list[Finding] = []
    places: dict[str, Any] = {}
    for text in texts:
        try:
            place = store.territories.resolve(text)
        except UserMistake as mistake:
            problems += mistake.findings
            continue
        places[place.code] = place
        if municipalities:
            for child in store.territories.municipalities(place.department):
                places[child.code] = child
    if problems:
        raise UserMistake(problems)
    return list(places.values())


def _tell_failed(outcome: Any) -> None:
    place = outcome.territory
    err.print(
        f"[bold red]{escape(place.code)} {escape(place.name)}: no se hizo el informe[/bold red]"
    )
    tell(outcome.findings)


def _tell_later(store: Any, places: Sequence[Any], cuts: Mapping[str, int]) -> None:
    """What there is after each territory's follow-up year, once for those that have the same."""
    from gsi.analysis import later

    alike: dict[tuple[int, tuple[tuple[str, tuple[int, ...]], ...]], list[str]] = {}
    for place in places:
        cut = cuts[place.code]
        found = later.after(store.data(place), cut)
        told = tuple((name, tuple(years)) for name, years in found.items())
        alike.setdefault((cut, told), []).append(place.name)
    for (cut, told), names in alike.items():
        tell_later(dict(told), cut, names if len(alike) > 1 else ())


def _tell_older(project: Any, places: Sequence[Any]) -> None:
    """Reports of before each cut had its folder: nothing touches them."""
    from gsi.report.fill import documents

    names = [Path(name).stem for name in documents(project.reports)]
    for place in places:
        folder = project.output / place.code
        found = [f"{name}.{kind}" for name in names for kind in FORMATS]
        older = [name for name in found if (folder / name).is_file()]
        if older:
            err.print(
                f"[yellow]Aviso:[/yellow] en {escape(shown(folder))} hay informes de una versión "
                f"anterior ({', '.join(older)}). No se tocan: los de hoy están en la carpeta de "
                "sus cortes."
            )


def _summary(places: Sequence[Any], outcomes: Sequence[Any], fresh: int) -> None:
    unfinished = len(places) - fresh - len(outcomes)
    order = {place.code: number for number, place in enumerate(places)}
    outcomes = sorted(outcomes, key=lambda outcome: order[outcome.territory.code])
    fresh += sum(outcome.stands for outcome in outcomes)
    done = [outcome for outcome in outcomes if not outcome.failed and not outcome.stands]
    failed = [outcome.territory.code for outcome in outcomes if outcome.failed]
    for outcome in done:
        out.print(f"[bold]{escape(outcome.territory.code)} {escape(outcome.territory.name)}[/bold]")
        for path in outcome.outputs:
            out.print(f"  {escape(shown(path))}")
        for left in outcome.kept:
            out.print(f"  [yellow]Se conserva[/yellow] {escape(left_in_place(left))}")
    if fresh:
        out.print(f"Territorios al día, sin nada que rehacer: {fresh}. Para rehacerlos: --force")
    which = f" ({', '.join(failed)})" if failed else ""
    out.print(f"Territorios con informe: {len(done) + fresh}. Con error: {len(failed)}{which}.")
    if unfinished:
        out.print(f"Sin terminar: {unfinished}. Repita la orden para seguir desde aquí.")
