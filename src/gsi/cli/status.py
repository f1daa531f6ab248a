"""``gsi status``: which reports there are, and which are stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import out, progress, raw_option, strict_option, tell_faulty

if TYPE_CHECKING:
    from gsi.inputs.records import LeftOut


@click.command(options_metavar="[OPCIONES]")
@raw_option
@strict_option
@click.option(
    "--out", "output", metavar="CARPETA", help="Carpeta de los informes [reports/_output]."
)
def status(raw: str | None, output: str | None) -> None:
    """Dice qué territorios tienen informe y cuáles están desactualizados, y por qué."""
    from gsi.ground.project import Project
    from gsi.run.status import runs

    project = Project.find(raw=raw, output=output)
    with progress() as bar:
        task = bar.add_task("Comparando", total=None)
        left_out: list[LeftOut] = []
        found = runs(
            project,
            raw is None,
            lambda what: bar.update(task, description=what),
            lambda store: left_out.append(store.left_out),
        )
    for aside in dict.fromkeys(left_out):
        tell_faulty(aside)
    if not found:
        out.print("Todavía no hay informes. Empiece con: gsi run TERRITORIO")
        return
    table = Table(title="Informes hechos", title_justify="left")
    for heading in ("Código", "Territorio", "Cortes", "Estado"):
        table.add_column(heading)
    for item in found:
        table.add_row(item.code, escape(item.name), item.years, escape(item.state))
    out.print(table)
