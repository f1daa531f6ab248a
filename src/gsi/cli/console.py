"""What every order shares: where it prints, the prepared data, how a mistake is told."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gsi.ground.errors import Finding

if TYPE_CHECKING:
    from gsi.contract.territories import Territories
    from gsi.ground.project import Project
    from gsi.inputs.records import LeftOut
    from gsi.inputs.store import Store
    from gsi.report.workbook import Workbook
    from gsi.run.publish import Kept

out = Console(highlight=False, soft_wrap=True)
_NAMED = 6  # territories told by name
err = Console(stderr=True, highlight=False, soft_wrap=True)

raw_option = click.option(
    "--raw", metavar="CARPETA", help="Carpeta con los archivos de entrada [data/raw]."
)


_STRICT = "gsi.strict"
strict_option = click.option(
    "--strict",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=lambda context, _option, value: context.meta.__setitem__(_STRICT, value),
    help="Termina con 2, sin hacer nada, si hay archivos con errores.",
)


def prepare(project: Project) -> Store:
    """Read and validate the inputs, or take them as they were prepared; tell what was set aside.

    Ends the order with 2 where it is ``--strict`` and a file has mistakes.
    """
    from gsi.inputs import store

    with progress() as bar:
        task = bar.add_task("Preparando los datos", total=None)
        found = store.prepare(project, lambda what: bar.update(task, description=what))
    tell_faulty(found.left_out)
    return found


def known_territories(project: Project) -> Territories:
    """Every territory of the inputs. Where they are not prepared, DIVIPOLA alone is read; all of
    them are where it is not found by itself, or ``--strict`` asks for files without mistakes."""
    from gsi.contract.territories import Territories
    from gsi.inputs import store
    from gsi.inputs.readers import read_divipola

    strict = click.get_current_context().meta.get(_STRICT)
    if strict or store.prepared(project) is not None:
        return prepare(project).territories
    divipola = read_divipola(project.raw)
    return prepare(project).territories if divipola is None else Territories(divipola)


def tell_faulty(left_out: LeftOut) -> None:
    """The files set aside for their mistakes, in one block of the standard error."""
    if not left_out.faulty:
        return
    from gsi.inputs.quality import left_out as words

    err.print(f"[yellow]{words.HEADING}: {len(left_out.faulty)}.[/yellow] Lo demás sí se usa.")
    for file in left_out.faulty:
        err.print(f"[red]✗[/red] {escape(file.file)}")
        for line in words.told(file):
            err.print(f"    {escape(line)}")
    if click.get_current_context().meta.get(_STRICT):
        err.print("Con --strict no se sigue mientras haya archivos con errores.")
        sys.exit(2)


def tell_ignored(left_out: LeftOut) -> None:
    """The files that nobody reads, by reason."""
    if not left_out.ignored:
        return
    from gsi.inputs.quality import left_out as words

    out.print(f"{words.UNREAD}: {len(left_out.ignored)}.")
    for reason, names in words.by_reason(left_out):
        out.print(f"  {escape(', '.join(names))}: {escape(reason)}.")


def open_territory(
    territory: str, raw: str | None, baseline: int | None = None, follow_up: int | None = None
) -> Workbook:
    """A territory by code or name, over the inputs in ``raw``, at the years given."""
    from gsi.ground.project import Project
    from gsi.report.workbook import Workbook

    project = Project.find(raw=raw)
    prepared = prepare(project)
    place = prepared.territories.resolve(territory)
    return Workbook.of(project, prepared, place, baseline, follow_up)


def progress() -> Progress:
    """A bar on the standard error, gone when it ends."""
    return Progress(
        TextColumn("{task.description}", markup=True),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("faltan"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        # Territories end minutes apart: an estimate over half a minute would know nothing.
        speed_estimate_period=3600,
    )


def tell_later(found: Mapping[str, Sequence[int]], cut: int, places: Sequence[str] = ()) -> None:
    """What there is for years after the asked ones (``gsi.analysis.later``), with the option to
    read it.

    ``places``: the territories that have it, where others of the same order do not.
    """
    if not found:
        return
    from gsi.analysis import later
    from gsi.ground.locale import enumeration

    whose = f" de {enumeration(places)}" if 0 < len(places) <= _NAMED else ""
    whose = whose or (f" de {len(places)} territorios" if places else "")
    out.print(
        f"Después del corte de {cut} hay datos{escape(whose)}: "
        f"{escape(', '.join(later.named(found)))}. No se usan; para usarlos: {later.option(found)}"
    )


def tell(findings: Sequence[Finding]) -> None:
    """Each finding on a line of the standard error."""
    for finding in findings:
        err.print(f"[red]✗[/red] {escape(str(finding))}")


def shown(path: Path) -> str:
    """Relative to where the person stands, when it is below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def left_in_place(kept: Kept) -> str:
    """Which file was not replaced, why, and where the new one is."""
    why = {
        "edited": "alguien lo cambió después de publicado",
        "frozen": "es de la línea de base congelada",
    }[kept.why]
    return f"{kept.path.name}: {why}. El de hoy es {kept.instead.name}."
