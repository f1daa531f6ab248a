"""The action plan in two versions and its two reports, ordinary but for what truth plants.

Values of the reports are the indicator's at the cut (running sums for ``acumulado``, levels for
``stock``, ``capacidad`` and the reductions); ``obligado`` is the share of the budget already
obligated. Plan of the whole department, 2024-2027; most actions spend in the first two years.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from example_department import truth
from example_department.actors import IN_ORDER
from gsi.contract.vocabulary import OBJECTIVES


@dataclass(frozen=True)
class Report:
    """What an action reported at a cut; ``programmed`` None is NP."""

    programmed: float | None
    executed: float
    obligated: float
    said: str


@dataclass(frozen=True)
class Action:
    """An action, its target, and its reports at both cuts (None: it did not report)."""

    code: str
    key: int
    objective: str
    what: str
    indicator: str
    kind: str
    base: float
    target: float
    unit: str
    responsible: str
    partners: str
    source: str
    budget: int
    start: str
    end: str
    weight: float
    reports: tuple[Report | None, Report | None]


# Names of the actors' table, so that plan and network speak of the same entities.
_NAMES = {actor.code: actor.name for actor in IN_ORDER}
HEALTH, EDUCATION, SOCIAL = _NAMES["SDS"], _NAMES["SED"], _NAMES["SDD"]
ICBF, REGISTRY, CHAMBER = _NAMES["ICBF"], _NAMES["REG"], _NAMES["CAM"]
FAMILY, HOSPITAL = _NAMES["COM-00001"], _NAMES["ESE-00001"]
UNIVERSITY, OMBUDSMAN, TRAINING = _NAMES["UNI"], _NAMES["DEF"], _NAMES["SENA"]
NEIGHBOURS, YOUTH = _NAMES["ORG-02"], _NAMES["ORG-05"]

ACTIONS = (
    Action("A01", 1, "todos_registrados", "Mantener al día el tablero social municipal",
           "Municipios con información unificada", "stock", 7, 11, "municipios", SOCIAL,
           f"{HEALTH};{EDUCATION};{ICBF}", "propios", 320_000_000, "2024-01-15", "2024-12-31", 8,
           (Report(11, 9, 0.45, "Nueve municipios enviaron sus tablas; faltan dos del sur."),
            Report(11, 10, 0.86, "Diez municipios con tablas al día."))),
    Action("A02", 1, "ninguno_desnutrido", "Hacer el tamizaje nutricional casa a casa",
           "Niñas y niños tamizados", "acumulado", 0, 6000, "niñas y niños", HEALTH,
           f"{ICBF};{HOSPITAL}", "sgp", 780_000_000, "2024-02-01", "2025-12-15", 8,
           (Report(1200, 1010, 0.42, "Se tamizó la zona centro; el invierno demoró el sur."),
            Report(2600, 2390, 0.70, "Se completó el norte y parte del sur."))),
    Action("A03", 2, "ninguno_maltratado", "Formar agentes comunitarios en rutas de protección",
           "Agentes comunitarios certificados", "acumulado", 0, 480, "personas", SOCIAL,
           f"{FAMILY};{ICBF}", "propios", 260_000_000, "2024-02-15", "2026-06-30", 7,
           (Report(90, 66, 0.40, "Dos cohortes terminadas; muchas personas no terminaron."),
            Report(210, 171, 0.62, "Cuatro cohortes terminadas."))),
    Action("A04", 3, "ninguno_sin_educacion", "Transportar a estudiantes de veredas lejanas",
           "Estudiantes con transporte en el año", "flujo", 380, 1400, "estudiantes", EDUCATION,
           SOCIAL, "sgp", 1_950_000_000, "2024-01-22", "2024-12-06", 9,
           (Report(700, 120, 0.72, "Contrato anticipado; el operador no llegó al sur."),
            Report(1400, 260, 0.93, "El operador incumplió rutas; hay proceso sancionatorio."))),
    Action("A05", 3, "todos_saludables", "Poner en marcha la ruta de seguridad alimentaria",
           "Casos con complemento entregado en el año", "flujo", 90, 300, "casos", ICBF,
           f"{HEALTH};{FAMILY}", "cofinanciacion", 640_000_000, "2024-02-01", "2024-12-20", 8,
           (Report(140, 118, 0.47, "Entregas en siete municipios."),
            Report(300, 262, 0.88, "Entregas en diez municipios."))),
    Action("A06", 3, "ninguno_maltratado", "Reducir el tiempo de la medida de protección",
           "Días entre la denuncia y la medida", "reduccion", 24, 10, "días", SOCIAL,
           f"{FAMILY};{ICBF}", "propios", 180_000_000, "2024-03-01", "2025-11-30", 7,
           (Report(20, 20.6, 0.44, "Turnos nuevos en cuatro comisarías."),
            Report(16, 17.2, 0.71, "Turnos nuevos en nueve comisarías."))),
    Action("A07", 4, "todos_vivos", "Realizar jornadas de servicios sociales integrados",
           "Jornadas realizadas", "acumulado", 0, 60, "jornadas", SOCIAL,
           f"{HEALTH};{EDUCATION};{ICBF}", "propios", 900_000_000, "2024-02-01", "2026-12-15", 9,
           (Report(10, 5, 0.04, "Jornadas con recursos de las entidades aliadas."),
            Report(24, 22, 0.05, "Las aliadas pusieron personal y transporte; no se contrató."))),
    Action("A08", 4, "todos_jugando", "Abrir espacios de juego en microterritorios",
           "Espacios de juego en uso", "capacidad", 14, 26, "espacios", SOCIAL,
           NEIGHBOURS, "sgr", 540_000_000, "2024-03-01", "2025-12-31", 6,
           (Report(17, 16, 0.41, "Dos espacios abiertos."),
            Report(20, 19, 0.69, "Cinco espacios abiertos."))),
    Action("A09", 4, "todos_registrados", "Llevar el registro civil a las veredas",
           "Niñas y niños registrados", "acumulado", 0, 900, "niñas y niños",
           REGISTRY, f"{SOCIAL};{HOSPITAL}", "propios", 150_000_000,
           "2024-02-05", "2025-06-30", 7,
           (Report(180, 170, 0.52, "Tres brigadas."),
            Report(400, 545, 0.94, "Seis brigadas; se registró a más niñas y niños que los "
                                   "previstos."))),
    Action("A10", 5, "todos_participando", "Sostener las mesas de participación de la niñez",
           "Mesas que sesionaron en el periodo", "stock", 4, 9, "mesas", SOCIAL,
           f"{OMBUDSMAN};{YOUTH}", "propios", 120_000_000, "2024-01-20", "2024-12-31", 6,
           (Report(6, 5, 0.40, "Cinco mesas con acta."),
            Report(9, 8, 0.66, "Ocho mesas con acta."))),
    Action("A11", 5, "ninguno_infractor", "Vincular empresas a la oferta para adolescentes",
           "Empresas vinculadas", "acumulado", 0, 40, "empresas",
           CHAMBER, f"{TRAINING};{SOCIAL}", "otro",
           95_000_000, "2024-02-20", "2026-12-15", 5,
           (Report(8, 6, 0.43, "Seis cartas de compromiso."), None)),
    Action("A12", 3, "ninguno_sin_familia", "Ampliar los hogares de paso",
           "Cupos en hogar de paso", "capacidad", 6, 18, "cupos", ICBF, FAMILY,
           "cofinanciacion", 700_000_000, "2024-07-15", "2027-06-30", 7,
           (Report(None, 0, 0.0, "Comienza en el segundo semestre."),
            Report(9, 8, 0.35, "Dos cupos abiertos; el tercero espera habilitación."))),
    Action("A13", 2, "todos_afectos", "Prevenir el embarazo adolescente en colegios y barrios",
           "Nacimientos por mil mujeres de 15 a 19 años", "reduccion_anual", 62, 50, "por mil",
           HEALTH, f"{EDUCATION};{FAMILY}", "sgp", 410_000_000, "2024-02-01", "2027-12-15", 6,
           (Report(60, 61.2, 0.10, "Talleres en doce colegios."),
            Report(58, 62.2, 0.22, "La tasa subió en Río Ámbar; se revisa la estrategia."))),
    Action("A14", 2, "ninguno_sin_educacion", "Formar docentes en permanencia escolar",
           "Docentes formados en el año", "flujo", 30, 120, "docentes", EDUCATION,
           f"{UNIVERSITY};{SOCIAL}", "sgp", 210_000_000, "2024-02-12", "2024-11-29", 7,
           (Report(50, 44, 0.46, "Dos grupos terminados."),
            Report(120, 104, 0.83, "Cuatro grupos terminados."))),
)  # fmt: skip


# What the second version changed, beside truth.ADJUSTED that says why.
_CHANGES: dict[str, dict[str, object]] = {
    "A04": {"partners": f"{SOCIAL};{OMBUDSMAN}"},
    "A06": {"end": "2026-06-30"},
    "A12": {"target": 14},
}


def plan() -> pd.DataFrame:
    """Table ``plan_accion``: one row an action and version; weights of a version add up to 100."""
    why = {action: reason for (action, _), reason in truth.ADJUSTED.items()}
    later = tuple(replace(a, **_CHANGES.get(a.code, {})) for a in ACTIONS)  # type: ignore[arg-type]
    rows = [
        (a.code, truth.DEPARTMENT, a.key, OBJECTIVES[a.objective][0], a.objective, a.what,
         a.indicator, a.kind, a.base, a.target, a.unit, a.responsible, a.partners, a.source,
         a.budget, dt.date.fromisoformat(a.start), dt.date.fromisoformat(a.end), a.weight,
         version, "vigente", why.get(a.code) if version > 1 else None,
         dt.date.fromisoformat(adopted), record)
        for version, (actions, (adopted, record)) in enumerate(
            zip((ACTIONS, later), truth.ADOPTED, strict=True), start=1
        )
        for a in actions
    ]  # fmt: skip
    columns = [
        "accion", "municipio", "clave", "categoria_derecho", "objetivo", "descripcion",
        "indicador", "tipo_meta", "linea_base", "meta", "unidad", "responsable",
        "corresponsables", "fuente", "presupuesto", "inicio", "fin", "ponderador", "version",
        "estado", "motivo_ajuste", "fecha_adopcion", "acta",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def progress() -> pd.DataFrame:
    """Table ``avances``: one row an action and cut it reported."""
    rows = [
        (action.code, dt.date.fromisoformat(cut), report.programmed, report.executed,
         round(action.budget * report.obligated), report.said, f"Informe {action.code} {cut}.pdf")
        for cut, position in zip(truth.CUTS, (0, 1), strict=True)
        for action in ACTIONS
        if (report := action.reports[position]) is not None
    ]  # fmt: skip
    columns = [
        "accion", "fecha_corte", "programado", "ejecutado", "obligado", "descripcion", "soporte",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
