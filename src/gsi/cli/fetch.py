"""``gsi fetch``: what is published openly, downloaded to the input folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from gsi.cli.console import out, progress, raw_option, tell
from gsi.contract.divipola import department_of
from gsi.ground.errors import Finding, UserMistake

if TYPE_CHECKING:
    from gsi.contract.params.sources import Source, Sources
    from gsi.ground.project import Project
    from gsi.inputs.fetch.bring import Brought

STATES = {
    "new": ("[green]descargado[/green]", ""),
    "same": ("al día", "es el publicado"),
    "edited": (
        "[yellow]se conserva[/yellow]",
        "no es como se descargó: si quiere el publicado, retírelo y repita la orden",
    ),
    "other": (
        "[yellow]se conserva[/yellow]",
        "ya hay un archivo de esta fuente: si quiere el publicado, retírelo y repita la orden",
    ),
    "failed": ("[red]no se pudo[/red]", ""),
}


@click.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@click.option(
    "--only", "only", metavar="FUENTE", multiple=True,
    help="Solo esta fuente; se puede repetir. Los nombres los dice --dry-run.",
)  # fmt: skip
@click.option(
    "--dry-run",
    is_flag=True,
    help="Dice qué se descargaría, de quién, cuánto pesa y con qué licencia, sin descargar.",
)
@raw_option
def fetch(territory: str, only: Sequence[str], dry_run: bool, raw: str | None) -> None:
    """Descarga lo que se publica abiertamente para un TERRITORIO a la carpeta de datos.

    Lo nacional se baja entero; los límites, el dinero, los lugares y los hogares, del departamento.
    Cada archivo se revisa antes de ponerlo en su sitio, y queda anotado en datapackage.json. Lo que
    no se puede descargar (SisPT, CHIP) se dice con los pasos para obtenerlo.
    """
    from gsi.contract.params.sources import load_sources
    from gsi.ground.project import Project

    project = Project.find(raw=raw)
    sources = load_sources(project.params)
    chosen = _chosen(sources, only)
    code = _code(project, territory)
    if dry_run:
        _tell_plan(chosen, code)
        _tell_steps(chosen)
        return
    found = _bring(project, sources, [source for source in chosen if source.fetched], code)
    _tell_steps(chosen)
    failed = [brought for brought in found if brought.state == "failed"]
    counted = {state: sum(one.state == state for one in found) for state in STATES}
    out.print(
        f"Descargados: {counted['new']}. Al día: {counted['same']}. Se conservan: "
        f"{counted['edited'] + counted['other']}. Con error: {counted['failed']}."
    )
    if failed:
        sys.exit(1)


def _chosen(sources: Sources, only: Sequence[str]) -> list[Source]:
    known = {source.id: source for source in sources.sources}
    wrong = [name for name in only if name not in known]
    if wrong:
        raise UserMistake(
            Finding(
                "opción --only",
                f"las fuentes son {', '.join(known)}",
                ", ".join(wrong),
                "Escriba el nombre de una fuente de la lista.",
            )
        )
    return [source for source in sources.sources if not only or source.id in only]


def _code(project: Project, text: str) -> str:
    """The code meant: one of the DIVIPOLA in the folder, or that may be in the one to come."""
    from gsi.contract.divipola import may_be_code
    from gsi.contract.territories import Territories
    from gsi.inputs.readers import read_divipola

    divipola = read_divipola(project.raw)
    wanted = text.strip()
    if may_be_code(wanted):
        has = (
            divipola is not None
            and divipola["municipio"].str.startswith(department_of(wanted)).any()
        )
        if divipola is None or not has:
            return wanted
    elif divipola is None or divipola["municipio"].str.startswith("00").all():
        raise UserMistake(
            Finding(
                "territorio",
                "sin la DIVIPOLA en la carpeta de datos, el territorio se dice con su código "
                "(2 dígitos para departamento, 5 para municipio)",
                text,
                "Escriba el código: por ejemplo, gsi fetch 73067.",
            )
        )
    code = Territories(divipola).resolve(text).code
    if not may_be_code(code):
        raise UserMistake(
            Finding(
                "territorio",
                "solo hay archivos publicados de departamentos y municipios que existen",
                f"{code}, que es de ejemplo",
                "Escriba el código de un territorio real.",
            )
        )
    return code


def _bring(
    project: Project, sources: Sources, chosen: Sequence[Source], code: str
) -> list[Brought]:
    from gsi.inputs.fetch.bring import bring

    down: set[Finding] = set()
    with progress() as bar:
        overall = bar.add_task("Empezando", total=len(chosen))
        tasks = {}

        def told(source: Source, done: int, total: int | None) -> None:
            if source.id not in tasks:
                tasks[source.id] = bar.add_task(escape(source.title), total=total)
            bar.update(tasks[source.id], completed=done, total=total)

        def ended(brought: Brought) -> None:
            bar.advance(overall)
            bar.update(overall, description=escape(brought.source.title))
            if brought.source.id in tasks:
                bar.remove_task(tasks[brought.source.id])
            state, why = STATES[brought.state]
            rows = f", {brought.rows} filas" if brought.rows is not None else ""
            size = f"{_size(brought.size)}{rows}" if brought.size else ""
            words = "; ".join(filter(None, [size, why]))
            out.print(f"{state} {escape(brought.path)}" + (f" ({words})" if words else ""))
            # A host that does not answer is told once, not for each of its files.
            tell([one for one in brought.findings if one not in down])
            down.update(brought.findings)

        return bring(project, sources, chosen, code, told, ended)


def _tell_plan(chosen: Sequence[Source], code: str) -> None:
    there = [source for source in chosen if source.fetched]
    if there:
        out.print(f"[bold]Lo que se descargaría para {code}[/bold]")
        for source in there:
            parts = (
                source.holder,
                _size(source.size or 0),
                source.licence,
                source.path(department_of(code)),
            )
            out.print(f"[bold]{source.id}[/bold]: {escape(source.title)}")
            out.print(f"  {escape(' | '.join(parts))}")
        total = _size(sum(source.size or 0 for source in there))
        out.print(f"Archivos: {len(there)}. Tamaño aproximado: {total}. No se descargó nada.")


def _tell_steps(chosen: Sequence[Source]) -> None:
    """What a program cannot download, and how to get it."""
    by_hand = [source for source in chosen if not source.fetched]
    if not by_hand:
        return
    out.print("[bold]Lo que no se puede descargar con una orden[/bold]")
    for source in by_hand:
        out.print(f"[bold]{escape(source.title)}[/bold] ({source.id}). Lo tiene: "
                  f"{escape(source.holder)}. {source.page}")  # fmt: skip
        for number, step in enumerate(getattr(source.obtain, "steps", ()), start=1):
            out.print(f"  {number}. {escape(step)}")


def _size(value: int) -> str:
    """``66 kB``, ``2,8 MB``: thousands of bytes, as files are shown."""
    from gsi.ground.locale import number

    if value < 1_000_000:
        return f"{max(1, round(value / 1000))} kB"
    return f"{number(value / 1_000_000, 1)} MB"
