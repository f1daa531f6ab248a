"""``gsi check``: the quality of a territory's data."""

from __future__ import annotations

import sys

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import (
    out,
    prepare,
    raw_option,
    shown,
    strict_option,
    tell,
    tell_ignored,
    tell_later,
)


@click.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@raw_option
@strict_option
@click.option("--out", "output", metavar="CARPETA", help="Carpeta de la página [reports/_output].")
def check(territory: str, raw: str | None, output: str | None) -> None:
    """Revisa la calidad de los datos de un TERRITORIO, sin ejecutar los cuadernos."""
    from gsi.analysis import later
    from gsi.contract import params
    from gsi.ground.files import write_text
    from gsi.ground.project import Project
    from gsi.inputs import quality
    from gsi.report import quality_page

    project = Project.find(raw=raw, output=output)
    store = prepare(project)
    place = store.territories.resolve(territory)
    settings, _ = params.load(project.params, place.department, place.code)
    threshold = settings.disclosure.threshold
    page = project.output / place.code / "calidad.html"
    left_out = store.left_out.of(place.code)
    write_text(page, quality_page.page(store.verdicts, store.records, place, threshold, left_out))
    critical = quality.critical_failures(store.verdicts, [place.code])
    table = Table(title=escape(f"Calidad de los datos: {place.name}"), title_justify="left")
    for heading in ("Tabla", "Regla", "Gravedad", "Casos"):
        table.add_column(heading, justify="right" if heading == "Casos" else "left")
    for row in quality.failures(store.verdicts, place.code, threshold):
        table.add_row(*(escape(str(cell)) for cell in row))
    if table.row_count:
        out.print(table)
    elif quality.nothing_read(store.verdicts, [place.code]):
        out.print(
            escape(
                f"{place.name}: no se leyó información de este territorio, solo la DIVIPOLA; no "
                "hay reglas que comprobar."
            )
        )
    else:
        out.print(escape(f"{place.name}: todas las reglas se cumplen."))
    cut = settings.years.follow_up
    tell_later(later.after(store.data(place), cut), cut)
    tell_ignored(store.left_out)
    out.print(f"Página de calidad: {escape(shown(page))}")
    if critical:
        tell(critical)
        sys.exit(1)
