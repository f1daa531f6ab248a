"""``gsi forms``: the Excel forms of a territory, and the check of those filled in."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape

from gsi.cli.console import err, out, prepare, raw_option, shown, strict_option, tell
from gsi.ground.errors import Finding, UserMistake


class _Forms(click.Group):
    """``gsi forms TERRITORIO`` makes the forms: what is no order is a territory."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Forms,
    options_metavar="",
    subcommand_metavar="TERRITORIO --to CARPETA | check ARCHIVO...",
)
def forms() -> None:
    """Hace los formularios de Excel de un TERRITORIO, o revisa los que ya se llenaron."""


@forms.command(options_metavar="[OPCIONES]")
@click.argument("territory", metavar="TERRITORIO")
@click.option(
    "--to",
    "folder",
    metavar="CARPETA",
    required=True,
    help="Carpeta donde se escriben los formularios.",
)
@raw_option
@strict_option
def make(territory: str, folder: str, raw: str | None) -> None:
    """Escribe los formularios en blanco de un TERRITORIO: un libro por equipo."""
    from gsi.contract import params
    from gsi.ground.project import Project
    from gsi.report.blank_forms import write_books

    project = Project.find(raw=raw)
    store = prepare(project)
    place = store.territories.resolve(territory)
    settings, _ = params.load(project.params, place.department, place.code)
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise UserMistake(
            Finding("opción --to", "debe ser una carpeta", folder, "Escriba otra carpeta.")
        )
    written = write_books(target, store, place, settings.forms)
    for path, book in written:
        out.print(f"{escape(shown(path.resolve()))}  [dim]{escape(book.team)}[/dim]")
    out.print("Cuando estén llenos, revíselos con: gsi forms check ARCHIVO...")


@forms.command(options_metavar="[OPCIONES]")
@click.argument(
    "files",
    metavar="ARCHIVO...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@raw_option
def check(files: tuple[Path, ...], raw: str | None) -> None:
    """Revisa formularios llenos: dice cada problema y lo marca en una copia del archivo.

    Los archivos se revisan juntos, como una sola entrega: pase en la misma orden los que se
    refieren unos a otros. La copia se llama ARCHIVO.revisado.xlsx y queda junto al original, que no
    se toca. Termina con 2 si hay algo que corregir y con 0 si no.
    """
    from gsi.ground.project import Project
    from gsi.inputs.forms.check import check as review_of
    from gsi.inputs.forms.mark import SUFFIX, write_marked
    from gsi.inputs.readers import read_divipola

    # 'formularios/*.xlsx' also names the copies that an earlier check left.
    copies = [path for path in files if path.name.endswith(SUFFIX)]
    for path in copies:
        out.print(f"{escape(path.name)}: copia marcada de una revisión; no se revisa.")
    files = tuple(path for path in files if path not in copies)
    _all_there(files)
    project = Project.find(raw=raw)
    review = review_of(files, read_divipola(project.raw))
    tell([problem.finding for problem in review.errors])
    for problem in review.advice:
        err.print(f"[yellow]![/yellow] {escape(str(problem.finding))}")
    for finding in review.unverified:
        err.print(f"[blue]·[/blue] {escape(str(finding))}")
    for (file, sheet), rows in review.rows.items():
        name = f"{file}, hoja {sheet}" if sheet else file
        out.print(f"{escape(name)}: {rows}.")
    for path in files:
        mine = [problem for problem in review.problems if problem.file == path.name]
        if any(problem.row is not None for problem in mine):
            copy = write_marked(path, mine)
            out.print(f"Copia con los problemas marcados: {escape(shown(copy.resolve()))}")
    out.print(f"Por corregir: {len(review.errors)}. Avisos: {len(review.advice)}.")
    if review.errors:
        sys.exit(2)


def _all_there(paths: tuple[Path, ...]) -> None:
    """Every file exists, has a format that is read, and a name of its own in the delivery."""
    from gsi.inputs.forms.grids import FORMATS

    problems = [
        Finding(str(path), "el archivo debe existir", "no se encontró", "Revise la ruta.")
        for path in paths
        if not path.is_file()
    ]
    problems += [
        Finding(
            path.name,
            f"un formulario es un archivo {', '.join(FORMATS)}",
            path.suffix or "sin extensión",
            "Ábralo en Excel o LibreOffice y guárdelo como libro de Excel (.xlsx).",
        )
        for path in paths
        if path.is_file() and path.suffix.lower() not in FORMATS
    ]
    names = [path.name for path in paths]
    problems += [
        Finding(
            name,
            "los archivos que se revisan juntos tienen nombres distintos",
            f"{names.count(name)} con ese nombre",
            "Cambie el nombre de uno.",
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if not paths:
        problems.append(
            Finding(
                "archivos",
                "se revisa el formulario original, no su copia marcada",
                "solo copias marcadas",
                "Indique el archivo original.",
            )
        )
    if problems:
        raise UserMistake(problems)
