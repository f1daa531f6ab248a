"""Births by weight and the mother's municipality of residence (DANE, cuadro 6A)."""

from __future__ import annotations

import re
from pathlib import Path

from gsi.ground import locale
from gsi.inputs.indicators import unfit
from gsi.inputs.readers.department_sheets import Counts, Layout, read_sheets
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SOURCE = "dane_eevv_cuadro6a"
LIGHT = {
    "less_1000": "Menos de 1.000",
    "from_1000": "1.000 - 1.499",
    "from_1500": "1.500 - 1.999",
    "from_2000": "2.000 - 2.499",
}
LAYOUT = Layout({**LIGHT, "unknown": "Sin información"})
# Of each 100 births, so many without weight and no more: beyond it, the weights that are not known
# decide which side of a reference a share of about 9 % is on, and no interval of chance says so.
MOST_UNKNOWN = 5
LEAST_SHOWN, LEAST_WRITTEN = 0.05, "0,1"
NOTE = "Sobre los nacidos vivos con peso conocido. El cuadro no trae la edad gestacional."


def claims(peek: Peek) -> bool:
    """The table's own title."""
    return peek.says("nacimientos por peso al nacer", "residencia de la madre")


def _ratio(counts: Counts) -> tuple[float, float]:
    return sum(counts[key] for key in LIGHT), counts["total"] - counts["unknown"]


def _doubt(counts: Counts) -> str:
    """How many have no weight; beyond :data:`MOST_UNKNOWN`, between what values the share would be
    with theirs (none of them light; all), and that it is not judged."""
    unknown, total = counts["unknown"], counts["total"]
    if not unknown > 0 or not total > 0:
        return ""
    part = 100 * unknown / total
    share = locale.number(part, 1) if part >= LEAST_SHOWN else f"menos de {LEAST_WRITTEN}"
    told = (
        f"Sin peso registrado: {locale.number(unknown)} de {locale.number(total)} "
        f"({share}\N{NO-BREAK SPACE}%)"
    )
    if part <= MOST_UNKNOWN:
        return f"{told}."
    light, _ = _ratio(counts)
    least, most = (locale.number(100 * n / total, 1) for n in (light, light + unknown))
    span = f"{least} y {most}\N{NO-BREAK SPACE}%"
    return f"{told}: según el peso de ellos, el valor estaría entre {span}, y {unfit.WORDS}"


def read(path: Path) -> Part:
    """Table ``indicadores``: live births under 2,500 g of those of known weight."""
    return read_sheets(
        path, LAYOUT, indicator="bajo_peso", ratio=_ratio,
        source=SOURCE, series="eevv_peso_conocido", note=NOTE,
        doubt=_doubt,
    )  # fmt: skip


READER = Reader(
    source=SOURCE,
    publisher="DANE",
    title="Estadísticas Vitales, cuadro 6A: nacimientos por peso al nacer, según departamento, "
    "municipio y área de residencia de la madre",
    kinds=("xls", "xlsx"),
    name=re.compile(r"nacimientos cuadro ?6a"),
    contents="el título «Nacimientos por peso al nacer» y una hoja por departamento",
    claims=claims,
    read=read,
)
