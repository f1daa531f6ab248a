"""Deaths by age and the municipality where they occurred (DANE, cuadro 3).

The place is that of the death, often a hospital in another municipality than the family's, and no
published table has births by that place: a mortality rate of residents cannot be made from it. What
numerator and denominator share is all the deaths of the place.
"""

from __future__ import annotations

import re
from pathlib import Path

from gsi.inputs.readers.department_sheets import Counts, Layout, read_sheets
from gsi.inputs.readers.peek import Peek
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

SOURCE = "dane_eevv_cuadro3"
UNDER_5 = {"under_1": "Menor 1 año", "from_1_to_4": "De 1-4 años"}
LAYOUT = Layout({**UNDER_5, "unknown": "Edad desconocida"}, width=3)
NOTE = (
    "Por municipio donde ocurrió la muerte, que puede ser el del hospital y no el de la familia: "
    "no se divide por los nacimientos, que son por residencia. Sobre las muertes de edad conocida."
)


def claims(peek: Peek) -> bool:
    """The table's own title."""
    return peek.says("defunciones por grupos de edad", "donde ocurrio la defuncion")


def _ratio(counts: Counts) -> tuple[float, float]:
    return sum(counts[key] for key in UNDER_5), counts["total"] - counts["unknown"]


def read(path: Path) -> Part:
    """Table ``indicadores``: deaths under 5 years of all deaths of known age."""
    return read_sheets(
        path, LAYOUT, indicator="defunciones_5", ratio=_ratio,
        source=SOURCE, series="eevv_ocurrencia", note=NOTE,
    )  # fmt: skip


READER = Reader(
    source=SOURCE,
    publisher="DANE",
    title="Estadísticas Vitales, cuadro 3: defunciones por grupos de edad y sexo, según "
    "departamento, municipio y área donde ocurrió la defunción",
    kinds=("xls", "xlsx"),
    name=re.compile(r"defunciones cuadro ?3"),
    contents="el título «Defunciones por grupos de edad y sexo» y una hoja por departamento",
    claims=claims,
    read=read,
)
