"""The command ``gsi``: help, messages and errors in Spanish; exit codes 0, 1 and 2.

An order is a module of this package; it imports what it needs when it runs, so that the help is
quick.
"""

from __future__ import annotations

import gc
import gettext
import os
import signal
import sys
from pathlib import Path

# Before click is imported: its messages come from this catalogue.
os.environ["LANGUAGE"] = "es"
gettext.bindtextdomain("messages", str(Path(__file__).parent / "idioma"))

import click

from gsi import __version__
from gsi.cli import baseline, check, fetch, forms, plan, run, sources, status, territories
from gsi.cli.console import tell
from gsi.ground.errors import GsiError

EPILOG = (
    "Códigos de salida: 0 bien; 1 falló un territorio; 2 error en lo pedido o en la DIVIPOLA. Un "
    "archivo de datos con errores se aparta y se dice; con --strict termina con 2."
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
    options_metavar="[OPCIONES]",
    subcommand_metavar="ORDEN [ARGUMENTOS]...",
)
@click.version_option(__version__, prog_name="gsi")
def cli() -> None:
    """Cuaderno de análisis reproducible de la Gestión Social Integral.

    Convierte archivos oficiales y formularios municipales en dos informes para el consejo: la
    línea de base y el plan de acción con su seguimiento.
    """


for order in (
    run.run,
    check.check,
    baseline.baseline,
    forms.forms,
    plan.plan,
    fetch.fetch,
    sources.sources,
    status.status,
    territories.territories,
):
    cli.add_command(order)


def main() -> None:
    """Entry point: a person's mistake is told without a traceback."""
    # Told to end, it ends as with Ctrl-C: what is unfinished is put away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A short order is mostly imports, and what they make stays: seldom look for what does not.
    gc.set_threshold(50_000)
    try:
        cli(prog_name="gsi", standalone_mode=True)
    except GsiError as error:
        tell(error.findings)
        sys.exit(error.exit_code)
