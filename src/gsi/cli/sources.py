"""``gsi sources``: which official sources there are, which are in the folder, which are missing and
what each would fill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import out, prepare, raw_option, strict_option
from gsi.ground.errors import Finding, UserMistake

if TYPE_CHECKING:
    from gsi.analysis.quality.wanting import Standing
    from gsi.contract.params.sources import Source, Sources
    from gsi.ground.project import Project
    from gsi.inputs.store import Store


@click.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="[TERRITORIO]", required=False)
@raw_option
@strict_option
def sources(territory: str | None, raw: str | None) -> None:
    """Dice qué fuentes oficiales hay, cuáles están en la carpeta de datos y de qué años son.

    Con un TERRITORIO dice además cuáles le faltan, quién las tiene, qué llenaría cada una y cómo se
    obtiene, en el orden en que más ganaría el informe: la tabla «Qué falta y quién lo tiene».
    """
    from gsi.contract.params.sources import load_sources
    from gsi.ground.project import Project

    project = Project.find(raw=raw)
    declared = load_sources(project.params)
    store = prepare(project)
    if territory is None:
        _tell_all(declared, store)
        return
    _tell_of(project, declared, store, territory)


def _tell_all(declared: Sources, store: Store) -> None:
    """Every source, with what the folder has of it, whoever's it is."""
    table = Table(title="Fuentes oficiales", title_justify="left")
    for heading in ("Fuente", "Qué es", "Años en la carpeta", "Se obtiene"):
        table.add_column(heading)
    for source in declared.sources:
        years = [
            record.years or "sin fecha"
            for record in store.records
            if record.source == source.reader
            and (not source.indicators or set(source.indicators) & set(record.indicators))
        ]
        told = ", ".join(dict.fromkeys(sorted(years))) or "no está"
        how = "gsi fetch" if source.fetched else "a mano"
        table.add_row(source.id, escape(source.title), told, how)
    out.print(table)
    out.print("Qué le falta a un territorio y quién lo tiene: gsi sources TERRITORIO")


def _tell_of(project: Project, declared: Sources, store: Store, text: str) -> None:
    from gsi.analysis.quality import wanting
    from gsi.report.workbook import Workbook

    place = store.territories.resolve(text)
    book = Workbook.of(project, store, place)
    found = wanting.standings(
        declared, store.records, store.verdicts, book.context.catalogue, place, book.context.data
    )
    if not found:
        raise UserMistake(
            Finding(
                "territorio",
                "solo hay fuentes oficiales de territorios que existen",
                f"{place.code} {place.name}, que es de ejemplo",
                "Escriba el código de un territorio real.",
            )
        )
    cut = book.context.years.follow_up
    there = [one for one in found if one.there]
    missing = [one for one in found if not one.there and one.gains]
    rest = [one for one in found if not one.there and not one.gains]
    if there:
        table = Table(title=escape(f"En la carpeta, de {place.name}"), title_justify="left")
        for heading in ("Fuente", "Años", "Último dato"):
            table.add_column(heading)
        for one in there:
            table.add_row(
                escape(one.source.title), one.years or "sin fecha", wanting.vintage(one, cut)
            )
        out.print(table)
    _tell_missing(missing, place.code)
    if rest:
        names = ", ".join(one.source.id for one in rest)
        out.print(f"No están, y no llenarían nada que falte: {names}.")


def _tell_missing(missing: Sequence[Standing], code: str) -> None:
    if not missing:
        out.print("No falta ninguna fuente que llene algo nuevo.")
        return
    out.print("[bold]Qué falta y quién lo tiene[/bold], en el orden en que más ganaría el informe")
    for number, one in enumerate(missing, start=1):
        source = one.source
        out.print(f"{number}. [bold]{escape(source.title)}[/bold]. {escape(source.holder)}.")
        out.print(f"   Llenaría: {escape(one.filled())}. Se vería en «{escape(source.section)}».")
        out.print(f"   Se obtiene: {_how(source, code)}")


def _how(source: Source, code: str) -> str:
    if source.fetched:
        return f"gsi fetch {code} --only {source.id}"
    return escape(" ".join(getattr(source.obtain, "steps", ())))
