"""``gsi plan``: propose a plan as a form, adopt it as a version, see how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import (
    err,
    left_in_place,
    open_territory,
    out,
    prepare,
    raw_option,
    shown,
    strict_option,
    tell_later,
)
from gsi.ground.errors import Finding, UserMistake

if TYPE_CHECKING:
    from gsi.analysis import results
    from gsi.ground.project import Project
    from gsi.report.workbook import Workbook

SHOWN = (
    ("versions", "Plan de acción de {name}", ("version", "adopted_on", "record", "actions")),
    ("adjustments", "Ajustes", ("adopted_on", "accion", "change_text", "reason")),
    ("cuts", "Cortes de seguimiento", ("cut", "version", "physical", "financial", "reported")),
    ("adjust", "Alertas del último corte", ("accion", "alert_text", "times", "remedy")),
    ("progress", "Acciones", ("accion", "physical_text", "financial", "outlook_text")),
)
follow_up_option = click.option(
    "--follow-up", type=int, metavar="AÑO", help="Año del seguimiento [el de los parámetros]."
)


@click.group(options_metavar="[OPCIONES]", subcommand_metavar="ORDEN [ARGUMENTOS]...")
def plan() -> None:
    """Propone el plan de acción como formulario, lo adopta y dice cómo va."""


@plan.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@raw_option
@strict_option
@follow_up_option
@click.option("--adjust", is_flag=True, help="Solo el plan vigente, para ajustarlo.")
@click.option("--to", metavar="ARCHIVO", help="Formulario que se escribe [en reports/_output].")
def propose(
    territory: str, raw: str | None, follow_up: int | None, adjust: bool, to: str | None
) -> None:
    """Escribe el formulario del plan de un TERRITORIO: lo edita el consejo y luego lo adopta.

    Trae las acciones que propone el último informe, después de las del plan vigente si lo hay. El
    consejo borra las propuestas que no quiera. Con --adjust trae solo el plan vigente.
    """
    from gsi.analysis.plan import form
    from gsi.analysis.plan.adopt import write_plan
    from gsi.report.workbook import reports_folder
    from gsi.run.publish import beside

    book = open_territory(territory, raw, follow_up=follow_up)
    project = book.project
    place = book.territory
    if adjust:
        if not book.context.data.has("plan_accion"):
            raise UserMistake(
                Finding(
                    f"plan de {place.name}",
                    "para ajustar un plan debe haber uno adoptado",
                    "ninguno en los datos",
                    f"Escriba una propuesta con: gsi plan propose {place.code}",
                )
            )
        rows, kind = form.to_adjust(book.context), "ajuste"
    else:
        _say_stale(project, book)
        rows, kind = form.proposed(book.context, book.load("proposal")), "propuesta"
    if rows.empty:
        raise UserMistake(
            Finding(
                f"plan de {place.name}",
                "se proponen acciones donde hay brechas medidas",
                "el informe no propone ninguna",
                "Complete los datos y repita: gsi run " + place.code,
            )
        )
    title = "Plan de acción para ajustar" if adjust else "Plan de acción propuesto"
    path, left = Path(to or ""), None
    if to:
        if path.exists():
            raise UserMistake(
                Finding(
                    str(path),
                    "no se escribe sobre un archivo que ya existe: puede estar editado",
                    "ya existe",
                    "Escriba otro nombre en --to, o mueva el que está.",
                )
            )
        write_plan(path, rows, place, title=title)
    else:
        # The form that the council is editing is not written over.
        path, left = beside(
            reports_folder(project, place, book.context.years),
            f"plan-de-accion-{kind}.xlsx",
            lambda made: write_plan(made, rows, place, title=title),
        )
    out.print(f"[bold]{escape(place.code)} {escape(place.name)}[/bold]: acciones, {len(rows)}.")
    out.print(f"  {escape(shown(path.resolve()))}")
    if left is not None:
        out.print(f"  [yellow]Se conserva[/yellow] {escape(left_in_place(left))}")
    out.print(
        "Edítelo, escriba la fecha y el acta de adopción"
        + (" y el motivo de cada ajuste" if adjust else " y el presupuesto de cada acción")
        + f". Después: gsi plan adopt {escape(path.name)}"
    )


@plan.command(options_metavar="[OPCIONES]")
@click.argument("file", metavar="ARCHIVO")
@raw_option
@strict_option
def adopt(file: str, raw: str | None) -> None:
    """Adopta el plan del ARCHIVO como versión nueva y la guarda con los datos de entrada.

    Si algo no cuadra dice todo lo que hay que corregir y no guarda nada.
    """
    from gsi.analysis.plan.adopt import adopt as keep
    from gsi.contract.versions import kept
    from gsi.ground.project import Project

    project = Project.find(raw=raw)
    done = keep(project, prepare(project), Path(file))
    out.print(
        f"[bold]{escape(done.place.code)} {escape(done.place.name)}[/bold]: versión "
        f"{done.version} del plan adoptada. Acciones: {int(kept(done.plan).sum())}."
    )
    out.print(f"  {escape(shown(done.path))}")
    for row in done.changed.itertuples(index=False):
        out.print(f"  {escape(f'{row.accion}. {row.change_text}. {row.reason}')}")


@plan.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@raw_option
@strict_option
@follow_up_option
def status(territory: str, raw: str | None, follow_up: int | None) -> None:
    """Dice cómo va el plan de un TERRITORIO: versiones, ajustes, cortes, alertas y pronóstico."""
    from gsi.analysis import later
    from gsi.analysis.plan.monitor import monitor
    from gsi.analysis.plan.municipal import municipal_plans

    book = open_territory(territory, raw, follow_up=follow_up)
    section = monitor(book.context)
    cut = book.context.years.follow_up
    afterwards = later.after(book.context.data, cut)
    place = book.territory
    municipal = municipal_plans(book.context)
    if "versions" not in section.tables:
        out.print(f"{escape(place.name)} no ha reportado un plan adoptado.")
        tell_later(afterwards, cut)
        out.print(f"Escriba una propuesta con: gsi plan propose {place.code}")
        _show_municipal(municipal)
        return
    for name, title, columns in SHOWN:
        found = section.tables.get(name)
        if found is not None and not found.data.empty:
            _show(found, title.format(name=place.name), columns)
    for gap in section.gaps:
        out.print(
            f"Sin información reportada hasta {cut}: falta la tabla {gap.table}; {escape(gap.why)}."
        )
    tell_later(afterwards, cut)
    _show_municipal(municipal)


def _show_municipal(section: results.Section) -> None:
    found = section.tables.get("municipal")
    if found is not None:
        _show(found, "Planes de los municipios", ("name", "adopted_on", "actions", "physical"))


def _show(found: results.Table, title: str, columns: Sequence[str]) -> None:
    # A terminal has 80 columns: what is not asked for there is in the report.
    kept = {name: found.columns[name] for name in columns}
    written = replace(found, columns=kept).written()
    table = Table(title=escape(title), title_justify="left")
    for heading in written.columns:
        table.add_column(escape(str(heading)))
    for row in written.itertuples(index=False, name=None):
        table.add_row(*(escape(str(cell)) for cell in row))
    out.print(table)


def _say_stale(project: Project, book: Workbook) -> None:
    """On the standard error, when the report the proposal comes from is not up to date."""
    from gsi.run.status import runs

    years = str(book.context.years)
    for item in runs(project, own_inputs=False):
        if (item.code, item.years) == (book.territory.code, years) and item.state != "al día":
            err.print(f"[yellow]Aviso:[/yellow] el informe está {escape(item.state)}.")
