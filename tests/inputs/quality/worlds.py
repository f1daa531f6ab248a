"""Rows that keep every rule, and how each rule is broken: one municipality a broken rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import shapely

from gsi.contract import tables

DAY = dt.timedelta(days=1)


def code(number: int) -> str:
    """A municipality of the fictional department 10."""
    return f"10{number:03d}"


def good_row(table: str, n: int) -> dict[str, Any]:
    """Row ``n`` of a table, in municipality ``code(n)``, every column filled in."""
    place = code(n)
    day = dt.datetime(2024, 3, 1)
    micro = f"{place}-01"
    rows: dict[str, dict[str, Any]] = {
        "divipola": {
            "nombre": "Uno",
            "departamento": "10",
            "nombre_departamento": "Diez",
            "lon": -75.5,
            "lat": 3.5,
        },
        "limites": {"geometry": shapely.to_wkb(shapely.box(-76, 3, -74, 5))},
        "indicadores": {
            "indicador": "cobertura_neta",
            "periodo": 2018,
            "valor": 90.0,
            "numerador": 90.0,
            "denominador": 100.0,
            "error_estandar": 1.0,
            "inferior": 88.0,
            "superior": 92.0,
            "area": "total",
            "fuente": "men",
            "serie": "men",
            "nota": "sin nota",
        },
        "poblacion": {
            "periodo": 2018,
            "sexo": "mujer",
            "edad": 4,
            "area": "total",
            "personas": 12.0,
            "fuente": "x",
        },
        "hogares": dict(
            hogar=f"h{n}",
            microterritorio=micro,
            area="rural",
            corte=2018,
            peso=1.5,
            estrato="1",
            upm="1",
            agua="pozo",
            excretas="letrina",
            combustible="kerosene",
            basuras="recoleccion",
            paredes="bahareque",
            pisos="tierra",
            cuartos=2,
            personas=4,
            **{
                spec.name: 0
                for spec in tables.schema("hogares").columns
                if spec.name.startswith("p_")
            },
        ),
        "personas": {
            "persona": f"p{n}",
            "hogar": f"h{n}",
            "corte": 2018,
            "sexo": "mujer",
            "edad": 20,
            "parentesco": "jefe",
            "grupo_etnico": "ninguno",
            "discapacidad": 0,
            "gestante": 1,
            "asiste": 0,
            "anos_educacion": 11,
            "alfabeta": 1,
            "afiliado_salud": 1,
            "ocupacion": "hogar",
            "identificada_vulnerable": 0,
        },
        "escenarios": {
            "escenario": f"e{n}",
            "nombre": "CDI",
            "tipo": "cdi",
            "microterritorio": micro,
            "lon": -75.0,
            "lat": 4.0,
            "entidad": "ICBF",
            "capacidad": 50,
            "atendidos": 40,
            "periodo": 2024,
        },
        "lecturas": {
            "fecha": day,
            "microterritorio": micro,
            "actor": "Junta",
            "tipo_actor": "comunidad",
            "tema": "necesidad",
            "categoria_derecho": "existencia",
            "objetivo": "todos_vivos",
            "enunciado": f"Falta agua {n}",
            "votos": 3,
            "participantes": 20,
        },
        "actores": {
            "actor": f"a{n}",
            "nombre": "Alcaldía",
            "tipo": "entidad",
            "sector": "salud",
            "nivel": "municipal",
            "fecha_vinculacion": day,
        },
        "formacion": {
            "curso": f"c{n}",
            "nombre": "Curso",
            "fecha_inicio": day,
            "fecha_fin": day + DAY,
            "momento_gestion": "ejecucion",
            "tipo_agente": "publico",
            "horas": 20.0,
            "inscritos": 30,
            "certificados": 20,
            "mujeres": 15,
            "grupo_etnico": "ninguno",
            "tema": "rutas",
        },
        "servicios": {
            "servicio": f"s{n}",
            "nombre": "Salud",
            "sector": "salud",
            "entidad": "ESE",
            "contenido": "consulta",
            "procedimiento": "cita",
            "oportunidad": 3.0,
            "cupos": 100,
            "cupos_usados": 80,
            "periodo": 2024,
        },
        "rutas": {
            "ruta": "discapacidad",
            "paso": "identificar",
            "nombre": "Identificar",
            "orden": 1,
            "entidad": "Alcaldía",
            "sector": "salud",
            "plazo_dias": 5.0,
        },
        "casos": {
            "caso": f"k{n}",
            "ruta": "discapacidad",
            "paso": "identificar",
            "microterritorio": micro,
            "fecha": day,
            "estado": "cumplido",
            "barrera": "ninguna",
        },
        "jornadas": {
            "jornada": f"j{n}",
            "microterritorio": micro,
            "lon": -75.0,
            "lat": 4.0,
            "fecha": day,
            "tipo": "simultanea",
            "entidades": "ICBF;ESE",
            "servicios": "salud",
            "costo": 1e6,
        },
        "atenciones": {
            "atencion": f"t{n}",
            "persona": f"p{n}",
            "jornada": f"j{n}",
            "servicio": "salud",
            "microterritorio": micro,
            "fecha": day,
            "sector": "salud",
            "satisfaccion": 4,
        },
        "convocatoria": {
            "fecha": day,
            "condicion": 1,
            "valoracion": 3,
            "actor": "Consejo",
            "evidencia": "acta",
        },
        "compromisos": {
            "compromiso": f"m{n}",
            "instancia": "consejo",
            "sesion_fecha": day,
            "descripcion": "Ampliar cupos",
            "responsable": "Salud",
            "vence": day + DAY,
            "estado": "cumplido",
            "fecha_cierre": day + DAY,
        },
        "inversion": {
            "entidad": "Alcaldía",
            "sector": "salud",
            "linea": f"Línea {n}",
            "poblacion": "todos",
            "categoria_derecho": "existencia",
            "fuente": "sgp",
            "vigencia": 2024,
            "apropiado": 100.0,
            "obligado": 80.0,
            "pagado": 60.0,
            "programa": "1905",
            "producto": "1905027",
            "tipo_vigencia": "actual",
            "comprometido": 90.0,
        },
        "plan_accion": {
            "accion": f"x{n}",
            "clave": 1,
            "categoria_derecho": "existencia",
            "objetivo": "todos_vivos",
            "descripcion": "Hacer",
            "indicador": "casos",
            "tipo_meta": "reduccion",
            "linea_base": 10.0,
            "meta": 5.0,
            "unidad": "casos",
            "responsable": "Salud",
            "corresponsables": "ICBF",
            "fuente": "SGP",
            "presupuesto": 1e6,
            "inicio": day,
            "fin": day + DAY,
            "ponderador": 100.0,
            "version": 1,
            "estado": "vigente",
            "motivo_ajuste": "se cambió",
            "fecha_adopcion": day,
            "acta": "Acta 1",
        },
        "avances": {
            "accion": f"x{n}",
            "fecha_corte": day,
            "programado": 5.0,
            "ejecutado": 4.0,
            "obligado": 1e5,
            "descripcion": "se hizo",
            "soporte": "acta",
        },
        "plan_desarrollo": {
            "codigo_sispt": f"IP-{n}",
            "linea": "Vida plena",
            "sector": "Inclusión social",
            "programa": "4102",
            "programa_nombre": "Desarrollo integral",
            "producto": "4102001",
            "producto_nombre": "Atención integral",
            "indicador": "410200100",
            "indicador_nombre": "Niños atendidos",
            "personalizacion": "Niños del municipio",
            "unidad": "Número",
            "acumulacion": "no_acumulativo",
            "principal": 1,
            "meta_cuatrienio": 100.0,
            "periodo": 2024,
            "programado": 25.0,
            "recursos": 100.0,
            "recursos_propios": 60.0,
            "recursos_sgp": 40.0,
            "recursos_credito": 0.0,
            "recursos_cofinanciacion": 0.0,
            "recursos_otros": 0.0,
            "bpin": "2024000010001",
            "origen": "sispt",
        },
        "avance_plan_desarrollo": {
            "seguimiento": "fisico",
            "codigos_sispt": f"IP-{n}",
            "sector": "Inclusión social",
            "programa": "4102",
            "programa_nombre": "Desarrollo integral",
            "producto": "4102001",
            "producto_nombre": "Atención integral",
            "indicador": "410200100",
            "indicador_nombre": "Niños atendidos",
            "unidad": "Número",
            "acumulacion": "no_acumulativo",
            "meta_cuatrienio": 100.0,
            "periodo": 2024,
            "corte": day,
            "programado": 25.0,
            "ejecutado": 20.0,
            "comprometido": 90.0,
            "obligado": 80.0,
            "pagado": 70.0,
            "reportado": 1,
            "explicacion": "por debajo de lo programado",
            "bpin": "2024000010001",
            "fecha_informe": day,
            "origen": "dnp",
        },
    }
    row = rows[table]
    return {"municipio": place, **row} if _placed(table) else row


def _placed(table: str) -> bool:
    return "municipio" in tables.schema(table).column_names


def good_tables(rows: int) -> dict[str, pd.DataFrame]:
    """Every table with ``rows`` rows that break no rule."""
    return {
        name: tables.conform(name, pd.DataFrame([good_row(name, n) for n in range(rows)]))
        for name in tables.names()
    }


# Rules that need more than one changed cell: (table, text the rule has) → cells to set.
CELLS: dict[tuple[str, str], dict[str, Any]] = {
    ("escenarios", "debe estar en su municipio"): {"lon": -67.0, "lat": 12.0},
    ("jornadas", "debe estar en su municipio"): {"lon": -67.0, "lat": 12.0},
    ("indicadores", "salir de los límites"): {"valor": 301.0},
    ("divipola", "dos primeros dígitos"): {"departamento": "11"},
    ("indicadores", "traer el valor"): {"valor": None, "numerador": None},
    ("indicadores", "cobertura neta"): {"valor": 120.0, "superior": 130.0},
    ("hogares", "personas por cuarto"): {"personas": 30, "cuartos": 1},
    ("personas", "una sola persona jefe"): {"parentesco": "hijo"},
    ("personas", "el hogar de la persona"): {"corte": 2024},
    ("personas", "figurar como gestantes"): {"sexo": "hombre"},
    ("casos", "debe estar en la tabla «Rutas de atención»"): {"paso": "otro"},
    ("casos", "perdido debería"): {"estado": "perdido", "barrera": None},
    ("plan_accion", "sumar 100"): {"ponderador": 60.0},
    ("plan_accion", "meta de reducción"): {"meta": 11.0},
    ("plan_accion", "meta de capacidad"): {"tipo_meta": "capacidad", "meta": 9.0},
    ("plan_accion", "categoría de derechos indicada"): {"categoria_derecho": "proteccion"},
    ("lecturas", "categoría de derechos indicada"): {"categoria_derecho": "proteccion"},
}


def broken_rows(table: str, rule: dict[str, Any], n: int) -> list[dict[str, Any]]:
    """Rows of municipality ``code(n)`` that break one rule."""
    row = good_row(table, n)
    kwargs, kind, text = rule["kwargs"], rule["type"], rule["meta"]["regla"].lower()
    for (name, part), cells in CELLS.items():
        if name == table and part.lower() in text:
            return [row | cells]
    if text.startswith("un caso no puede llegar"):
        later = row | {"paso": "atender", "fecha": row["fecha"] - DAY}
        return [row, later]
    if kind.endswith("_to_be_unique"):
        columns = kwargs.get("column_list") or [kwargs["column"]]
        key = tables.schema(table).key
        other = {column: f"otro{n}" for column in key if column not in columns}
        return [row, row | other]
    if kind == "expect_column_pair_values_a_to_be_greater_than_b":
        high, low = kwargs["column_A"], kwargs["column_B"]
        step = DAY if isinstance(row[high], dt.datetime) else 1
        return [row | {low: row[high] + step}]
    column = kwargs["column"]
    if kind == "expect_column_values_to_not_be_null":
        return [row | {column: None}]
    if kind == "expect_column_values_to_match_regex":
        return [row | {column: "X1"}]
    if kind == "expect_column_values_to_be_in_set":
        binary = tables.schema(table).column(column).kind == "binario"
        return [row | {column: 7 if binary else "99999"}]
    assert kind == "expect_column_values_to_be_between", kind
    if isinstance(kwargs.get("min_value"), str):
        return [row | {column: dt.datetime(1900, 1, 1)}]
    low = kwargs.get("min_value")
    return [row | {column: low - 1 if low is not None else kwargs["max_value"] + 1}]
