"""Every published source the workbook knows: the ones it reads and the ones it does not yet."""

from __future__ import annotations

from pathlib import Path

from gsi.ground.errors import UserMistake
from gsi.inputs.readers import (
    basic_needs,
    birth_weight,
    births,
    births_compiled,
    boundaries,
    budget_chip,
    budget_national,
    census_poverty,
    deaths,
    development_follow_up,
    development_plan,
    divipola,
    early_education,
    education,
    enrolment,
    ethnic_groups,
    health_places,
    malnutrition,
    population,
    population_wide,
    poverty_annex,
    protection_counts,
    public_places,
    sisben,
    small_area,
    terridata,
    violence,
    vital,
    water,
)
from gsi.inputs.readers.peek import kind_of, peek
from gsi.inputs.readers.registry import Reader, Unread, match

READERS: tuple[Reader, ...] = (
    divipola.READER,
    boundaries.READER,
    census_poverty.READER,
    small_area.READER,
    poverty_annex.READER,
    poverty_annex.MONETARY_READER,
    terridata.READER,
    population.READER,
    population_wide.READER,
    education.READER,
    births.READER,
    births_compiled.READER,
    birth_weight.READER,
    deaths.READER,
    basic_needs.READER,
    early_education.READER,
    vital.READER,
    violence.READER,
    violence.RECRUITMENT_READER,
    water.READER,
    malnutrition.READER,
    protection_counts.READER,
    ethnic_groups.READER,
    sisben.READER,
    development_plan.READER,
    development_follow_up.READER,
    budget_chip.READER,
    budget_national.READER,
    health_places.READER,
    enrolment.READER,
    *public_places.READERS,
)

UNREAD: tuple[Unread, ...] = (
    Unread(
        "proyecciones de población del DANE sin edades simples",
        lambda peek: peek.headed("DPMP", "MPIO") and peek.says("proyecciones de poblacion"),
        "no se leen; se leen las que van por área, sexo y edad (PPED-AreaSexoEdadMun)",
    ),
    Unread(
        "TerriData del DNP",
        lambda peek: peek.headed("Dimensión", "Subcategoría", "Indicador", "Dato Numérico"),
        "no se lee: no trae ninguno de los indicadores que el cuaderno toma de TerriData",
    ),
    Unread(
        "CUIPO de ingresos (CHIP)",
        lambda peek: (
            peek.headed("CODIGO", "NOMBRE", "TOTAL RECAUDO")
            or peek.headed(
                "CODIGO", "NOMBRE", "PRESUPUESTO DEFINITIVO", "NUMERO Y FECHA DE LA NORMA"
            )
        ),
        "no se lee; la inversión se lee del CUIPO de gastos",
    ),
    Unread(
        "coberturas de acueducto y alcantarillado de la Superservicios (SUI)",
        lambda peek: (
            peek.headed("codmpio", "anno", "tacued") or peek.headed("codmpio", "anno", "talcan")
        ),
        "no se leen: cambian de un año a otro como no cambia una red (Ataco, de 4,5 % a 65,1 % y "
        "a 34,1 %) y contradicen al censo; el agua se lee del censo y del IRCA",
    ),
    Unread(
        "CUIPO de programación de ingresos (CHIP)",
        lambda peek: peek.headed(
            "CODIGO", "NOMBRE", "PRESUPUESTO INICIAL", "PRESUPUESTO DEFINITIVO"
        ),
        "no se lee; la inversión se lee del CUIPO de gastos",
    ),
    Unread(
        "saldos contables o cierre fiscal (CHIP)",
        lambda peek: (
            peek.headed("CODIGO", "NOMBRE", "SALDO INICIAL", "SALDO FINAL")
            or peek.headed("CODIGO", "NOMBRE", "SALDO EN CAJA Y BANCOS")
        ),
        "no se leen: son de contabilidad; la inversión se lee del CUIPO de gastos",
    ),
    Unread(
        "apropiación del Sistema General de Regalías (SGR)",
        lambda peek: (
            peek.headed("FONDO", "CÓDIGO DANE", "APROPIACIÓN VIGENTE", "Periodo")
            or peek.headed("Periodo", "mpio_cdpmp", "NombreEntidad", "C1")
        ),
        "no se lee: es de bienios, y no se puede decir cuánto es de cada año",
    ),
    Unread(
        "Medición de Desempeño Municipal (DNP)",
        lambda peek: peek.headed("codigo_categoria", "codigo_variable", "codigo_entidad", "dato"),
        "no se lee: mide la gestión de la administración y no la situación de las personas",
    ),
    Unread(
        "Índice de Desempeño Fiscal (DNP)",
        lambda peek: peek.headed("Código", "Dotaciones Iniciales", "Endeudamiento (Total)"),
        "no se lee: mide las finanzas de la administración y no la situación de las personas",
    ),
    Unread(
        "proyectos de MapaInversiones (DNP)",
        lambda peek: peek.headed("Bpin", "Valor Total", "Localizaciones", "DIVIPOLA"),
        "no se leen: traen el valor total de cada proyecto y no lo de cada año",
    ),
    Unread(
        "registros de la Policía Nacional",
        lambda peek: (
            peek.headed("fecha_hecho", "cantidad")
            and (peek.headed("armas_medios") or peek.headed("arma_medio"))
        ),
        "no se leen: traen una fila por hecho; las violencias se leen de Medicina Legal",
    ),
    Unread(
        "reporte de hechos de la Unidad para las Víctimas",
        lambda peek: peek.headed("FECHA_CORTE", "HECHO", "PER_OCU", "PER_DECLA", "EVENTOS"),
        "no se lee: es de departamentos, y sus cinco conteos se traslapan",
    ),
    Unread(
        "cubos de SISPRO",
        lambda peek: peek.headed("anno", "departamento", "municipio", "regimen", "caracterizacion"),
        "no se leen",
    ),
    Unread(
        "capacidad instalada del REPS",
        lambda peek: peek.headed("nom_grupo_capacidad", "num_cantidad_capacidad_instalada"),
        "no se lee: suma camas, consultorios y ambulancias, que no son cupos; las sedes se leen de "
        "su lista",
    ),
    Unread("otro indicador por municipio (codmpio)", lambda peek: peek.headed("codmpio", "anno")),
)


def reader_of(path: Path) -> Reader | None:
    """The reader whose content a file has, told without reading it whole; None for anybody else's,
    or one that cannot be opened."""
    kind = kind_of(path)
    if kind is None:
        return None
    try:
        return match(peek(path, kind), READERS)
    except UserMistake:
        return None
