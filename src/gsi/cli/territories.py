"""``gsi territories``: codes and names of the input data."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import known_territories, out, raw_option, strict_option
from gsi.contract import places
from gsi.ground.errors import Finding, UserMistake


@click.command(options_metavar="[OPCIONES]")
@click.argument("text", metavar="[TEXTO]", required=False, default="")
@raw_option
@strict_option
def territories(text: str, raw: str | None) -> None:
    """Lista los territorios de los datos de entrada, o los que contienen TEXTO."""
    from gsi.ground.project import Project

    found = known_territories(Project.find(raw=raw)).search(text)
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
    for heading in ("Código", "Nombre", "Tipo", "Departamento"):
        table.add_column(heading)
    for place in found:
        owner = "" if place.is_department else place.department_name
        kind = places.kind_of(place)
        table.add_row(place.code, escape(place.name), escape(kind), escape(owner))
    out.print(table)
