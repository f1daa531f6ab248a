"""Every published source the workbook knows: the ones it reads and the ones it does not yet."""

from __future__ import annotations

from gsi.sources import (
    births,
    births_compiled,
    boundaries,
    census_poverty,
    divipola,
    education,
    population,
    small_area,
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
)

UNREAD: tuple[Unread, ...] = (
    Unread(
        "Necesidades básicas insatisfechas, CNPV 2018",
        lambda p: p.says("necesidades basicas insatisfechas"),
    ),
    Unread(
        "Nacimientos por peso al nacer, cuadro 6A",
        lambda p: p.says("nacimientos por peso al nacer"),
    ),
    Unread(
        "Defunciones por grupos de edad, cuadro 3",
        lambda p: p.says("defunciones por grupos de edad"),
    ),
    Unread(
        "Sisbén IV, muestra anonimizada de personas",
        lambda p: p.headed("FEX", "PER001", "I15", "H_5"),
    ),
    Unread("Indicadores de Medicina Legal o del INS por municipio", lambda p: p.headed("codmpio")),
    Unread(
        "Índice de riesgo de la calidad del agua", lambda p: p.headed("MunicipioCodigo", "IRCA")
    ),
    Unread(
        "Educación inicial, ICBF y MEN", lambda p: p.headed("COD_DANE_MUNICIPIO", "INDICADOR 1")
    ),
)
