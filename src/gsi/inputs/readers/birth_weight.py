"""Births by weight and the mother's municipality of residence (DANE, cuadro 6A)."""

from __future__ import annotations

import re
from pathlib import Path

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
NOTE = "Sobre los nacidos vivos con peso conocido. El cuadro no trae la edad gestacional."


def claims(peek: Peek) -> bool:
    """The table's own title."""
    return peek.says("nacimientos por peso al nacer", "residencia de la madre")


def _ratio(counts: Counts) -> tuple[float, float]:
    return sum(counts[key] for key in LIGHT), counts["total"] - counts["unknown"]


def read(path: Path) -> Part:
    """Table ``indicadores``: live births under 2,500 g of those of known weight."""
    return read_sheets(
        path, LAYOUT, indicator="bajo_peso", ratio=_ratio,
        source=SOURCE, series="eevv_peso_conocido", note=NOTE,
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
