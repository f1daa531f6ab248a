"""``gsi baseline``: freeze a baseline, show it beside today's figures, verify its seal."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from gsi.cli.console import (
    known_territories,
    open_territory,
    out,
    raw_option,
    shown,
    strict_option,
)
from gsi.ground.errors import Finding, UserMistake

year_option = click.option(
    "--baseline", type=int, metavar="AÑO", help="Año de la línea de base [el de los parámetros]."
)


@click.group(options_metavar="[OPCIONES]", subcommand_metavar="ORDEN [ARGUMENTOS]...")
def baseline() -> None:
    """Congela la línea de base de un territorio, la muestra o comprueba que nadie la cambió."""


@baseline.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@raw_option
@strict_option
@year_option
@click.option("--supersede", is_flag=True, help="Sustituye la que existe; exige --reason.")
@click.option("--reason", metavar="TEXTO", help="Por qué se sustituye; queda en la nueva.")
def freeze(
    territory: str, raw: str | None, baseline: int | None, supersede: bool, reason: str | None
) -> None:
    """Congela la línea de base de un TERRITORIO con los datos de hoy."""
    from gsi.analysis import frozen as record
    from gsi.run.freeze import freeze as make

    why = (reason or "").strip()
    if supersede != bool(why):
        raise UserMistake(
            Finding(
                "opciones --supersede y --reason",
                "van juntas: sustituir una línea de base exige decir por qué",
                "--supersede sin motivo" if supersede else "--reason sin --supersede",
                'Por ejemplo: --supersede --reason "El DANE corrigió las proyecciones"',
            )
        )
    frozen, folder = make(open_territory(territory, raw, baseline), reason=why or None)
    out.print(
        f"[bold]{escape(frozen.code)} {escape(frozen.name)}[/bold]: línea de base {frozen.year} "
        f"congelada, {len(frozen.figures)} cifras de {len(frozen.origins)} archivos."
    )
    out.print(f"  {escape(shown(folder))}")
    out.print(f"  huella {frozen.sha256}")
    reports = len(record.noted_reports(folder))
    if reports:
        out.print(f"  con ella quedan {reports} archivos del informe: ninguna orden los reemplaza")
    if frozen.replaces:
        out.print(f"  sustituye la de huella {frozen.replaces[:12]}: {escape(frozen.reason)}")


@baseline.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@raw_option
@strict_option
@year_option
def show(territory: str, raw: str | None, baseline: int | None) -> None:
    """Compara la línea de base congelada de un TERRITORIO con los datos de hoy."""
    from gsi.analysis.baseline import revisions
    from gsi.run import freeze as order

    book = open_territory(territory, raw, baseline)
    frozen = book.context.frozen
    if frozen is None:
        raise _absent(book.territory.name, book.context.years.baseline)
    section = revisions.section(frozen, order.take(book))
    out.print(
        f"[bold]{escape(frozen.code)} {escape(frozen.name)}[/bold]: línea de base {frozen.year}, "
        f"{len(frozen.figures)} cifras, huella {frozen.sha256[:12]}."
    )
    if "revisions" not in section.tables:
        out.print("Ninguna cifra ha sido revisada.")
        return
    written = section.tables["revisions"].written()
    table = Table(title="Cifras revisadas después de congelar", title_justify="left")
    for heading in written.columns:
        table.add_column(heading)
    for row in written.itertuples(index=False):
        table.add_row(*(escape(str(cell)) for cell in row))
    out.print(table)


@baseline.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="[TERRITORIO]", required=False)
@raw_option
@strict_option
def verify(territory: str | None, raw: str | None) -> None:
    """Comprueba los sellos de las líneas de base congeladas, todas o las de un TERRITORIO."""
    from gsi.analysis import frozen as record
    from gsi.ground.project import Project

    project = Project.find(raw=raw)
    code = "[0-9]*"
    if territory is not None:
        code = known_territories(project).resolve(territory).code
    found = sorted(
        path for path in project.processed.glob(f"{code}/{record.PREFIX}*") if path.is_dir()
    )
    if not found:
        out.print("No hay líneas de base congeladas. Congele una con: gsi baseline freeze")
        return
    problems: list[Finding] = []
    for path in found:
        try:
            frozen = record.read(path)
        except UserMistake as mistake:
            problems += mistake.findings
            continue
        state = "sustituida" if record.REPLACED in path.name else "vigente"
        name = f"{frozen.code} {frozen.name}"
        out.print(f"{escape(name)}, {frozen.year}: íntegra, {state}, huella {frozen.sha256[:12]}")
    if problems:
        raise UserMistake(problems)


def _absent(name: str, year: int) -> UserMistake:
    return UserMistake(
        Finding(
            f"línea de base {year} de {name}",
            "todavía no está congelada",
            "",
            "Congélela con: gsi baseline freeze TERRITORIO",
        )
    )
