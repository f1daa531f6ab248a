"""``gsi sources``: which official sources there are, which are in the folder, which are missing and
what each would fill."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import out, prepare, progress, raw_option, strict_option, tell
from gsi.contract import tables
from gsi.contract.vocabulary import Area
from gsi.ground import locale
from gsi.ground.errors import Finding, UserMistake

FIGURES = 12  # revised figures told with both values

if TYPE_CHECKING:
    from gsi.analysis.flips import Flip
    from gsi.analysis.quality.wanting import Standing
    from gsi.contract.params.sources import Source, Sources
    from gsi.ground.project import Project
    from gsi.inputs.changes import Difference
    from gsi.inputs.store import Store


@click.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="[TERRITORIO]", required=False)
@click.option(
    "--changes",
    is_flag=True,
    help="Con un TERRITORIO: qué cambian los archivos de hoy frente a su último informe.",
)
@raw_option
@strict_option
def sources(territory: str | None, changes: bool, raw: str | None) -> None:
    """Dice qué fuentes oficiales hay, cuáles están en la carpeta de datos y de qué años son.

    Con un TERRITORIO dice además cuáles le faltan, quién las tiene, qué llenaría cada una y cómo se
    obtiene, en el orden en que más ganaría el informe: la tabla «Qué falta y quién lo tiene».

    Con --changes dice, antes de publicar nada, qué cambian los archivos de la carpeta frente al
    último informe del territorio: filas nuevas, quitadas y revisadas de cada tabla, y qué
    veredictos y decisiones serían otros.
    """
    from gsi.contract.params.sources import load_sources
    from gsi.ground.project import Project

    project = Project.find(raw=raw)
    declared = load_sources(project.params)
    if changes and territory is None:
        raise UserMistake(
            Finding(
                "opción --changes",
                "se compara con el informe de un territorio",
                "ningún territorio",
                "Escríbalo: gsi sources TERRITORIO --changes.",
            )
        )
    store = prepare(project)
    if territory is not None and changes:
        _tell_changes(project, store, territory, raw)
        return
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


def _tell_changes(project: Project, store: Store, text: str, raw: str | None) -> None:
    from gsi.contract import params
    from gsi.contract.params.indicators import load_catalogue
    from gsi.run.rehearsal import rehearse, steps

    place = store.territories.resolve(text)
    settings, _ = params.load(project.params, place.department, place.code)
    given = os.path.relpath(project.raw, project.root) if raw else None
    with progress() as bar:
        task = bar.add_task("Comparando", total=steps(project))

        def say(what: str) -> None:
            bar.update(task, advance=1, description=escape(f"{place.name}: {what}"))

        found = rehearse(project, store, place, given, say)
    title = f"{place.name}, frente al último informe ({found.years})"
    out.print(f"[bold]{escape(title)}[/bold]")
    _tell_files(found.files)
    names = {one.id: one.name for one in load_catalogue(project.params / "indicators.yml")}
    _tell_tables(found.tables, settings.disclosure.threshold, names)
    if found.besides:
        out.print(f"También cambió: {escape('; '.join(found.besides))}.")
    if found.failed:
        out.print("Con los archivos de hoy no habría informe de este territorio:")
        tell(found.failed)
    elif found.stands:
        out.print("Nada de lo que lee el informe cambió: diría lo mismo.")
    elif not found.flips:
        out.print("Ningún veredicto ni ninguna decisión sería otra; pueden cambiar cifras.")
    else:
        _tell_flips(found.flips)
    out.print("No se publicó nada. Para hacer el informe: gsi run " + place.code)


def _tell_files(files: Mapping[str, str]) -> None:
    if not files:
        out.print("Los archivos son los mismos.")
        return
    for what, words in (
        ("nuevo", "Archivos nuevos"),
        ("cambió", "Archivos que cambiaron"),
        ("ya no está", "Archivos que ya no están"),
    ):
        names = [name for name, state in files.items() if state == what]
        if names:
            out.print(f"{words}: {escape(', '.join(names))}.")


def _tell_tables(
    found: Sequence[Difference] | None, threshold: int, names: Mapping[str, str]
) -> None:
    if found is None:
        out.print(
            "Las filas de entonces ya no se guardan: se comparan los archivos y lo que dice el "
            "informe."
        )
        return
    if not found:
        out.print("Ninguna fila que lea el informe cambió.")
        return
    table = Table(title="Filas: nuevas, quitadas y revisadas", title_justify="left")
    for heading in ("Tabla", "Del territorio", "De los demás que se leen"):
        table.add_column(heading, justify="left" if heading == "Tabla" else "right")
    for one in found:
        schema = tables.schema(one.table)
        least = threshold if schema.person_level else 0
        table.add_row(escape(schema.title), _counts(one.own, least), _counts(one.others, least))
    out.print(table)
    figures = [figure for one in found for figure in one.figures]
    for figure in figures[:FIGURES]:
        area = "" if figure.area == Area.TOTAL else f", {figure.area}"
        out.print(
            f"  {escape(names.get(figure.indicator, figure.indicator))}, {figure.place}{area}, "
            f"{figure.period}: "
            f"{locale.number(figure.before, 2)} → {locale.number(figure.after, 2)}"
        )
    if len(figures) > FIGURES:
        out.print(f"  y {locale.number(len(figures) - FIGURES)} cifras más.")


def _counts(counts: tuple[int, int, int], least: int) -> str:
    """``+12 −0 ~3``; a few people are not counted."""
    told = [f"<{least}" if 0 < count < least else locale.number(count) for count in counts]
    return f"+{told[0]}  \N{MINUS SIGN}{told[1]}  ~{told[2]}"


def _tell_flips(found: Sequence[Flip]) -> None:
    out.print("[bold]Lo que sería otro[/bold]")
    for words in dict.fromkeys(flip.words for flip in found):
        out.print(f"{escape(words)}:")
        for flip in found:
            if flip.words == words:
                out.print(f"  {escape(flip.name)}: {escape(flip.before)} → {escape(flip.after)}")
