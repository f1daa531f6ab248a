"""Fixed words of the strategy: categories of rights, objectives of policy, keys.

Source: the strategy's own chapter (rights, keys, conditions of success) and, for the twelve
objectives, the Guía para los Alcaldes (DNP, ICBF, MEN, MPS, UNFPA, 2007) as carried by the
Plan Nacional para la Niñez y la Adolescencia 2009-2019. Identifiers are what tables hold; labels
are what people read.
"""

from __future__ import annotations

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
