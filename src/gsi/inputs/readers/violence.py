"""Violence against children and adolescents (Medicina Legal) and recruitment (CNMH)."""

from __future__ import annotations

import re
from pathlib import Path

from gsi.inputs.readers.counts import ONLY_CASES, Layout, layout_of, read_counts
from gsi.inputs.readers.grids import unreadable
from gsi.inputs.readers.peek import Peek, peek
from gsi.inputs.readers.registry import Reader
from gsi.inputs.records import Part

# The published denominators are the people of the age groups that had cases, others each year and
# place (Ataco 2019: 2,316, those of 12 to 17): no other count of the same people, so they are not
# read, and rates are of everybody of 0 to 17.
_BASE = (
    "La fuente divide por otras personas (de una edición anterior de las proyecciones, o solo las "
    "de las edades en que hubo casos, según el año); aquí, por todas las de 0 a 17 años."
)
# Which it is, by year, of those that the files were seen with: in 2019, 2022 and 2023 no place is
# divided by more people than it has of 0 to 17, and most are by the sum of some of their ages; in
# the other years many are divided by more, and hardly any by such a sum.
_OF_AGES = (
    "La fuente divide solo por las personas de las edades en que hubo casos; aquí, por todas las "
    "de 0 a 17 años."
)
_OF_EDITION = (
    "La fuente divide por {which} edición{of} de las proyecciones y, donde en algún grupo de edad "
    "no hubo casos, sin ese grupo; aquí, por todas las personas de 0 a 17 años de la edición usada."
)
_OF_YEAR = {
    **dict.fromkeys(range(2015, 2019), _OF_EDITION.format(which="una", of=" anterior")),
    **dict.fromkeys((2020, 2021), _OF_EDITION.format(which="otra", of="")),
    **dict.fromkeys((2019, 2022, 2023), _OF_AGES),
}
LAYOUTS = (
    Layout(
        "homicidio_0_17",
        {"numerador": "numerador"},
        says="homicidios en ninos",
        note=f"{ONLY_CASES} {_BASE}",
        row_note=_BASE,
        year_notes=_OF_YEAR,
    ),
    Layout(
        "delito_sexual_0_17",
        {"numerador": "numerador"},
        says="delito sexual",
        note=f"{ONLY_CASES} {_BASE}",
        row_note=_BASE,
        year_notes=_OF_YEAR,
    ),
    Layout(
        "violencia_intrafamiliar_0_17",
        {"numerador": "numerador"},
        says="violencia intrafamiliar",
        note=f"{ONLY_CASES} {_BASE}",
        row_note=_BASE,
        year_notes=_OF_YEAR,
    ),
    Layout(
        "violencia_interpersonal_0_17",
        {"numerador": "casos"},
        says="violencia interpersonal",
        note=f"{ONLY_CASES} {_BASE}",
        row_note=_BASE,
        year_notes=_OF_YEAR,
    ),
)
RECRUITMENT = Layout(
    "reclutamiento",
    {"numerador": "reclu"},
    note="Solo hay filas donde hubo casos conocidos; un año cubierto sin fila son cero.",
)


def claims(seen: Peek) -> bool:
    """The headings, and the indicator's name in its column."""
    return layout_of(seen, LAYOUTS) is not None


def read(path: Path) -> Part:
    """Table ``indicadores``: cases as numerador."""
    layout = layout_of(peek(path, "xlsx"), LAYOUTS)
    if layout is None:
        raise unreadable(path, "indicador de Medicina Legal")
    return read_counts(path, layout, fuente=READER.source, serie="medicina_legal")


def claims_recruitment(seen: Peek) -> bool:
    """The three headings."""
    return RECRUITMENT.fits(seen)


def read_recruitment(path: Path) -> Part:
    """Table ``indicadores``: cases as numerador."""
    return read_counts(path, RECRUITMENT, fuente=RECRUITMENT_READER.source, serie="cnmh")


READER = Reader(
    source="medicina_legal",
    publisher="Instituto Nacional de Medicina Legal (indicadores de la Procuraduría)",
    title="Violencias contra niñas, niños y adolescentes por municipio",
    kinds=("xlsx",),
    name=re.compile(r"\bya8 [1234]\b"),
    contents="las columnas codmpio, anno, Nombre del indicador y numerador o casos",
    claims=claims,
    read=read,
)

RECRUITMENT_READER = Reader(
    source="cnmh_reclutamiento",
    publisher="Centro Nacional de Memoria Histórica (compilación de la Procuraduría)",
    title="Reclutamiento y utilización de niñas, niños y adolescentes por municipio",
    kinds=("xlsx",),
    name=re.compile(r"\bya10 2\b"),
    contents="las columnas codmpio, anno y reclu",
    claims=claims_recruitment,
    read=read_recruitment,
)
