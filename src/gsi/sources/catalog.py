"""Every published source the workbook knows: the ones it reads and the ones it does not yet."""

from __future__ import annotations

from gsi.sources import (
    basic_needs,
    births,
    births_compiled,
    boundaries,
    census_poverty,
    divipola,
    early_education,
    education,
    population,
    sisben,
    small_area,
    violence,
    vital,
    water,
)
from gsi.sources.registry import Reader, Unread

READERS: tuple[Reader, ...] = (
    divipola.READER,
    boundaries.READER,
    census_poverty.READER,
    small_area.READER,
    population.READER,
    education.READER,
    births.READER,
    births_compiled.READER,
    basic_needs.READER,
    early_education.READER,
    vital.READER,
    violence.READER,
    violence.RECRUITMENT_READER,
    water.READER,
    sisben.READER,
)

UNREAD: tuple[Unread, ...] = (
    Unread(
        "Nacimientos por peso al nacer (cuadro 6A)",
        lambda peek: peek.says("nacimientos por peso al nacer"),
    ),
    Unread(
        "Defunciones por grupos de edad (cuadro 3)",
        lambda peek: peek.says("defunciones por grupos de edad"),
    ),
    Unread("Otro indicador por municipio (codmpio)", lambda peek: peek.headed("codmpio", "anno")),
)
