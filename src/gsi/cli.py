"""The command ``gsi``: help, messages and errors in Spanish; exit codes 0, 1 and 2."""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Before click is imported: its messages come from this catalogue.
os.environ["LANGUAGE"] = "es"
gettext.bindtextdomain("messages", str(Path(__file__).parent / "idioma"))

import click  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.markup import escape  # noqa: E402
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402
from rich.table import Table  # noqa: E402

from gsi import __version__  # noqa: E402
from gsi.errors import Finding, GsiError, UserMistake  # noqa: E402

FORMATS = ("html", "pdf", "docx")
EPILOG = "Códigos de salida: 0 bien; 1 falló un territorio; 2 error en lo pedido o en los datos."
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
    options_metavar="[OPCIONES]",
    subcommand_metavar="ORDEN [ARGUMENTOS]...",
)
@click.version_option(__version__, prog_name="gsi")
def cli() -> None:
    """Cuaderno de análisis reproducible de la Gestión Social Integral.

    Convierte archivos oficiales y formularios municipales en dos informes para el consejo: la
    línea de base y el plan de acción con su seguimiento.
    """


raw_option = click.option(
    "--raw", metavar="CARPETA", help="Carpeta con los archivos de entrada [data/raw]."
)


@cli.command(options_metavar="[OPCIONES]")
@click.argument("territories", metavar="TERRITORIO...", nargs=-1, required=True)
@click.option("--municipalities", is_flag=True, help="También cada municipio del departamento.")
@raw_option
@click.option("--baseline", type=int, metavar="AÑO", help="Año de la línea de base.")
@click.option("--follow-up", type=int, metavar="AÑO", help="Año del seguimiento.")
@click.option(
    "--formats",
    default="html,pdf,docx",
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
    help="Territorios a la vez [los núcleos del equipo].",
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
) -> None:
    """Ejecuta los cuadernos y hace los informes de cada TERRITORIO.

    TERRITORIO es un código DIVIPOLA o un nombre, sin importar tildes ni mayúsculas: 73, Tolima,
    73067, ataco.
    """
    from gsi import params
    from gsi.project import Project
    from gsi.reporting.engine.versions import check_engine
    from gsi.workbook import cut_years
    from gsi.workflow import run as workflow

    project = Project.find(raw=raw, output=output)
    chosen = _formats(formats)
    check_engine(engine)
    store = _prepare(project)
    places = _places(store, territories, municipalities)
    problems: list[Finding] = []
    for codes in sorted({(place.department, place.code) for place in places}):
        try:
            settings, _ = params.load(project.params, *codes)
            cut_years(settings, baseline, follow_up)
        except UserMistake as mistake:
            problems += [finding for finding in mistake.findings if finding not in problems]
    if problems:
        raise UserMistake(problems)
    relative = os.path.relpath(project.raw, project.root) if raw else None
    todo = [
        workflow.Job(project, store, place, baseline, follow_up, relative, chosen, engine)
        for place in places
    ]
    workers = min(jobs or os.cpu_count() or 1, len(todo))
    total = workflow.steps(project)
    with _progress() as progress:
        overall = progress.add_task("Empezando", total=total * len(todo))
        started: set[str] = set()

        def on_step(place: Any, what: str) -> None:
            if place.code in started:
                progress.advance(overall)
            started.add(place.code)
            progress.update(overall, description=f"{escape(place.name)}: {what}")

        outcomes = workflow.run(todo, workers, on_step)
        progress.update(overall, completed=total * len(todo), description="Listo")
    _summary(outcomes)
    if any(outcome.failed for outcome in outcomes):
        sys.exit(1)


@cli.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@raw_option
@click.option("--out", "output", metavar="CARPETA", help="Carpeta de la página [reports/_output].")
def check(territory: str, raw: str | None, output: str | None) -> None:
    """Revisa la calidad de los datos de un TERRITORIO, sin ejecutar los cuadernos."""
    from gsi import params, quality
    from gsi.files import write_text
    from gsi.project import Project

    project = Project.find(raw=raw, output=output)
    store = _prepare(project)
    place = store.territories.resolve(territory)
    settings, _ = params.load(project.params, place.department, place.code)
    threshold = settings.disclosure.threshold
    page = project.output / place.code / "calidad.html"
    write_text(page, quality.page(store.verdicts, store.records, place, threshold))
    critical = quality.critical_failures(store.verdicts, [place.code])
    table = Table(title=escape(f"Calidad de los datos: {place.name}"), title_justify="left")
    for heading in ("Tabla", "Regla", "Gravedad", "Casos"):
        table.add_column(heading, justify="right" if heading == "Casos" else "left")
    for row in quality.failures(store.verdicts, place.code, threshold):
        table.add_row(*(escape(str(cell)) for cell in row))
    if table.row_count:
        out.print(table)
    else:
        out.print(escape(f"{place.name}: todas las reglas se cumplen."))
    out.print(f"Página de calidad: {escape(_shown(page))}")
    if critical:
        _tell(critical)
        sys.exit(1)


@cli.command(options_metavar="[OPCIONES]")
@raw_option
@click.option(
    "--out", "output", metavar="CARPETA", help="Carpeta de los informes [reports/_output]."
)
def status(raw: str | None, output: str | None) -> None:
    """Dice qué territorios tienen informe y cuáles están desactualizados, y por qué."""
    from gsi.project import Project
    from gsi.workflow.status import runs

    project = Project.find(raw=raw, output=output)
    found = runs(project, own_inputs=raw is None)
    if not found:
        out.print("Todavía no hay informes. Empiece con: gsi run TERRITORIO")
        return
    table = Table(title="Informes hechos", title_justify="left")
    for heading in ("Código", "Territorio", "Cortes", "Estado"):
        table.add_column(heading)
    for item in found:
        table.add_row(item.code, escape(item.name), item.years, escape(item.state))
    out.print(table)


@cli.command(options_metavar="[OPCIONES]")
@click.argument("text", metavar="[TEXTO]", required=False, default="")
@raw_option
def territories(text: str, raw: str | None) -> None:
    """Lista los territorios de los datos de entrada, o los que contienen TEXTO."""
    from gsi.project import Project

    store = _prepare(Project.find(raw=raw))
    found = store.territories.search(text)
    if not found:
        raise UserMistake(
            Finding(
                "territorio",
                "ningún territorio contiene el texto",
                repr(text),
                "Pruebe con menos letras, sin abreviaturas.",
            )
        )
    table = Table(box=None, pad_edge=False)
    for heading in ("Código", "Nombre", "Departamento"):
        table.add_column(heading)
    for place in found:
        owner = "" if place.level == "department" else place.department_name
        table.add_row(place.code, escape(place.name), escape(owner))
    out.print(table)


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


def _prepare(project: Any) -> Any:
    from gsi import store

    with _progress() as progress:
        task = progress.add_task("Preparando los datos", total=None)
        return store.prepare(project, lambda what: progress.update(task, description=what))


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


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=True),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )


def _summary(outcomes: Sequence[Any]) -> None:
    done = [outcome for outcome in outcomes if not outcome.failed]
    failed = [outcome for outcome in outcomes if outcome.failed]
    for outcome in done:
        out.print(f"[bold]{escape(outcome.territory.code)} {escape(outcome.territory.name)}[/bold]")
        for path in outcome.outputs:
            out.print(f"  {escape(_shown(path))}")
    for outcome in failed:
        err.print(
            f"[bold red]{escape(outcome.territory.code)} {escape(outcome.territory.name)}: "
            "no se hizo el informe[/bold red]"
        )
        _tell(outcome.findings)
    out.print(f"Territorios con informe: {len(done)}. Con error: {len(failed)}.")


def _tell(findings: Sequence[Finding]) -> None:
    for finding in findings:
        err.print(f"[red]✗[/red] {escape(str(finding))}")


def _shown(path: Path) -> str:
    """Relative to where the person stands, when it is below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def main() -> None:
    """Entry point: a person's mistake is told without a traceback."""
    try:
        cli(prog_name="gsi", standalone_mode=True)
    except GsiError as error:
        _tell(error.findings)
        sys.exit(error.exit_code)
