"""Fixed words of the strategy: categories of rights, objectives of policy, keys; and the states,
verdicts and kinds that columns of tables hold, each compared by its name here.

Source: the strategy's own chapter (rights, keys, conditions of success) and, for the twelve
objectives, the Guía para los Alcaldes (DNP, ICBF, MEN, MPS, UNFPA, 2007) as carried by the
Plan Nacional para la Niñez y la Adolescencia 2009-2019. Identifiers are what tables hold; labels
are what people read.
"""

from __future__ import annotations

from enum import StrEnum

RIGHTS = {
    "existencia": "Existencia",
    "desarrollo": "Desarrollo",
    "ciudadania": "Ciudadanía",
    "proteccion": "Protección",
}

# objective → (right, label)
OBJECTIVES = {
    "todos_vivos": ("existencia", "Todos vivos"),
    "ninguno_sin_familia": ("existencia", "Ninguno sin familia"),
    "todos_saludables": ("existencia", "Todos saludables"),
    "ninguno_desnutrido": ("existencia", "Ninguno desnutrido"),
    "ninguno_sin_educacion": ("desarrollo", "Ninguno sin educación"),
    "todos_jugando": ("desarrollo", "Todos jugando"),
    "todos_afectos": ("desarrollo", "Todos capaces de manejar afectos, emociones y sexualidad"),
    "todos_registrados": ("ciudadania", "Todos registrados"),
    "todos_participando": ("ciudadania", "Todos participando en espacios sociales"),
    "ninguno_maltratado": ("proteccion", "Ninguno sometido a maltrato o abuso"),
    "ninguno_actividad_perjudicial": ("proteccion", "Ninguno en una actividad perjudicial"),
    "ninguno_infractor": (
        "proteccion",
        "Ninguno impulsado a violar la ley, o acusado sin debido proceso",
    ),
}

KEYS = {
    1: "Información, análisis y seguimiento",
    2: "Formación para agentes públicos y comunitarios",
    3: "Prestación de servicios articulados",
    4: "Atención al mayor número posible de personas",
    5: "Convocatoria permanente a más actores",
}

ROUTES = {
    "seguridad_alimentaria": "Seguridad alimentaria",
    "adolescentes_gestantes": "Adolescentes gestantes",
    "discapacidad": "Niños y niñas en situación de discapacidad",
    "violencia_sexual_familiar": "Violencia sexual y familiar",
}

BARRIERS = {
    "economica": "Económica",
    "geografica": "Geográfica",
    "cultural": "Cultural",
    "administrativa": "Administrativa",
    "informacion": "De información",
    "oferta": "De oferta",
}

# Age bands in completed years, both ends included. The strategy names 0-17 and 18-26;
# Ley 1622 de 2013 art. 5 names youth 14-28, so groups overlap and are never added up.
AGE_GROUPS = {
    "primera_infancia": ("Primera infancia (0-5)", 0, 5),
    "infancia": ("Infancia (6-11)", 6, 11),
    "adolescencia": ("Adolescencia (12-17)", 12, 17),
    "jovenes_estrategia": ("Jóvenes de la estrategia (18-26)", 18, 26),
    "juventud_ley": ("Juventud, Ley 1622 (14-28)", 14, 28),
}

EXAMPLE_DEPARTMENT = "00"
COUNTRY = "CO"


class Level(StrEnum):
    """What a territory is: of two digits or of five."""

    DEPARTMENT = "department"
    MUNICIPALITY = "municipality"


class Area(StrEnum):
    """DANE's areas of a municipality."""

    TOTAL = "total"
    CABECERA = "cabecera"
    RURAL = "rural"


class ColumnKind(StrEnum):
    """What a column of the contract holds."""

    CODE = "codigo"
    TEXT = "texto"
    WHOLE = "entero"
    NUMBER = "numero"
    DATE = "fecha"
    LIST = "lista"
    BINARY = "binario"
    GEOMETRY = "geometria"


class Severity(StrEnum):
    """What breaking a rule of quality does: the run stops, it is told, it is noted."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class PriorityStatus(StrEnum):
    """How sure it is that a municipality is among those of most need."""

    PRIORITY = "prioritario"
    TO_CONFIRM = "por confirmar"
    NOT_PRIORITY = "no prioritario"
    UNCLASSIFIABLE = "no clasificable"


class Verdict(StrEnum):
    """What may be said of a change (``gsi.measure.change``)."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    CHANGED = "changed"
    NO_CHANGE = "no_change"
    UNDETECTABLE = "undetectable"
    NOT_JUDGED = "not_judged"
    NOT_COMPARABLE = "not_comparable"


class ProgressState(StrEnum):
    """Whether an action's progress at a cut can be computed (``gsi.measure.progress``)."""

    MEASURED = "measured"
    NOT_PROGRAMMED = "not_programmed"
    NOT_REPORTED = "not_reported"
    MET_AT_BASE = "met_at_base"
    UNDEFINED = "undefined"


class OutlookState(StrEnum):
    """Where an action's progress leads (``gsi.measure.forecast``)."""

    MET = "met"
    UNMET = "unmet"
    LIKELY = "likely"
    UNLIKELY = "unlikely"
    UNCERTAIN = "uncertain"
    SINGLE = "single"
    NONE = "none"


class ActionState(StrEnum):
    """An action in a version of the plan."""

    IN_FORCE = "vigente"
    WITHDRAWN = "retirada"


class CommitmentState(StrEnum):
    PENDING = "pendiente"
    UNDER_WAY = "en_curso"
    FULFILLED = "cumplido"
    BROKEN = "incumplido"


class CaseState(StrEnum):
    """A case at a step of a route of attention."""

    OPEN = "abierto"
    DONE = "cumplido"
    LOST = "perdido"


class ServiceDay(StrEnum):
    """What kind of day of services in the field."""

    SIMULTANEOUS = "simultanea"
    CONTINUITY = "continuidad"


class Following(StrEnum):
    """What the follow-up of a development plan measures."""

    PHYSICAL = "fisico"
    FINANCIAL = "financiero"
