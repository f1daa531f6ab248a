"""Step 1 and governance: what actors said in the workshops and what the councils agreed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from example_department import truth
from example_department.world import World, kind_of
from gsi.contract.vocabulary import OBJECTIVES

# objetivo, tema, enunciado
STATEMENTS = {
    "escuela": ("ninguno_sin_educacion", "situacion",
                "Muchas niñas y niños dejan la escuela antes de terminar la secundaria."),
    "distancia": ("ninguno_sin_educacion", "necesidad",
                  "Hace falta transporte: la escuela queda a más de una hora a pie."),
    "media": ("ninguno_sin_educacion", "interes",
              "Las y los jóvenes quieren terminar el bachillerato cerca de su casa."),
    "juego": ("todos_jugando", "necesidad",
              "No hay parques ni lugares seguros para jugar por la tarde."),
    "embarazo": ("todos_afectos", "situacion",
                 "Hay niñas que quedan en embarazo antes de los quince años."),
    "agua": ("todos_saludables", "situacion",
             "El agua llega sucia y los niños se enferman del estómago."),
    "hambre": ("ninguno_desnutrido", "situacion",
               "Hay familias que comen una sola vez al día al final del mes."),
    "violencia": ("ninguno_maltratado", "situacion",
                  "En muchas casas se castiga con golpes y nadie denuncia."),
    "abuso": ("ninguno_maltratado", "relacion",
              "Cuando alguien denuncia un abuso, la respuesta tarda meses."),
    "trabajo": ("ninguno_actividad_perjudicial", "situacion",
                "En cosecha hay adolescentes que cambian el colegio por el jornal."),
    "pandilla": ("ninguno_infractor", "relacion",
                 "Grupos armados buscan a los muchachos a la salida del colegio."),
    "registro": ("todos_registrados", "necesidad",
                 "En las veredas hay niños que todavía no tienen registro civil."),
    "voz": ("todos_participando", "interes",
            "Las niñas y los niños quieren que el concejo los escuche."),
}  # fmt: skip
# statement → share of those present who voted for it
VOTES = {
    "priority": {"escuela": 0.80, "distancia": 0.75, "media": 0.55, "agua": 0.40, "trabajo": 0.42,
                 "violencia": 0.40, "registro": 0.25},
    "moderate": {"escuela": 0.62, "distancia": 0.55, "violencia": 0.50, "hambre": 0.28,
                 "juego": 0.30, "voz": 0.22},
    "other": {"escuela": 0.50, "violencia": 0.52, "abuso": 0.38, "juego": 0.36, "voz": 0.26,
              "embarazo": 0.20},
    "capital": {"pandilla": 0.50, "violencia": 0.48, "media": 0.46, "juego": 0.40, "voz": 0.30,
                "embarazo": 0.24, "hambre": 0.16},
}  # fmt: skip
VOTES_ONLY_ACTORS = {"violencia": 0.88, "abuso": 0.80, "pandilla": 0.62, "escuela": 0.28,
                     "voz": 0.15}  # fmt: skip
SPEAKERS = (
    ("Madres comunitarias", "comunidad"),
    ("Docentes y directivos", "entidad"),
    ("Jóvenes de la plataforma de juventud", "organizacion"),
    ("Juntas de acción comunal", "comunidad"),
    ("Personal de salud", "entidad"),
    ("Comerciantes y productores", "privado"),
    ("Estudiantes de práctica social", "academia"),
)

# Quarterly sessions, alternating both scenarios.
SESSIONS = (
    "2023-03-16", "2023-05-25", "2023-08-24", "2023-11-16", "2024-02-15", "2024-04-18",
    "2024-06-13", "2024-08-22", "2024-10-17", "2024-11-28",
)  # fmt: skip
AGREED = (
    ("Entregar el censo de niñas y niños sin registro civil", "Registraduría"),
    ("Programar jornadas en los microterritorios sin atención", "Secretaría de Salud"),
    ("Compartir el listado de estudiantes que desertaron", "Secretaría de Educación"),
    ("Presentar el cruce de líneas de inversión social", "Secretaría de Planeación"),
    ("Nombrar el equipo de la Comisaría de Familia", "Alcaldía"),
    ("Actualizar la ruta de atención a la violencia sexual y familiar", "Comisaría de Familia"),
    ("Completar los cupos del centro de desarrollo infantil", "ICBF, centro zonal"),
    ("Enviar el informe de seguimiento nutricional", "ESE hospital local"),
    ("Poner en marcha el transporte escolar rural", "Secretaría de Educación"),
    ("Convocar a la mesa de participación de niñas y niños", "Secretaría de Desarrollo Social"),
)
COMMITMENTS = 40
# id → (vence, estado, fecha de cierre): everything that was not done on time.
LATE: dict[str, tuple[str, str, str | None]] = {
    "C-009": ("2024-03-29", "cumplido", "2024-09-13"),
    "C-014": ("2024-05-31", "en_curso", None),
    "C-021": ("2024-06-14", "pendiente", None),
    "C-027": ("2024-09-30", "incumplido", None),
    "C-033": ("2024-11-15", "en_curso", None),
    "C-038": ("2024-12-13", "pendiente", None),
}


def readings(world: World) -> pd.DataFrame:
    """Table ``lecturas``: one workshop a municipality before the plan, six or seven statements."""
    rng = world.rng("readings")
    rows = []
    for number, m in enumerate(truth.MUNICIPALITIES):
        if m.code == truth.UNCLASSIFIABLE:
            continue
        day = dt.date(2024, 1, 17) + dt.timedelta(days=3 * number)
        present = int(rng.integers(24, 52))
        # In the south the workshop was held in a hamlet; elsewhere it was for the municipality.
        place = m.places[1] if m.code in truth.PRIORITY else None
        votes = VOTES[kind_of(m.code)]
        if m.code == truth.READING_ONLY_ACTORS[0]:
            votes = VOTES_ONLY_ACTORS
        for turn, (key, share) in enumerate(votes.items()):
            objective, topic, sentence = STATEMENTS[key]
            speaker, kind = SPEAKERS[(turn + number) % len(SPEAKERS)]
            voted = int(np.clip(np.rint(present * (share + rng.uniform(-0.05, 0.05))), 1, present))
            rows.append((day, m.code, place, speaker, kind, topic, OBJECTIVES[objective][0],
                         objective, sentence, voted, present))  # fmt: skip
    columns = [
        "fecha", "municipio", "microterritorio", "actor", "tipo_actor", "tema",
        "categoria_derecho", "objetivo", "enunciado", "votos", "participantes",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def commitments(world: World) -> pd.DataFrame:
    """Table ``compromisos``: four a session; late or open ones exactly as ``truth.OVERDUE``."""
    rng = world.rng("commitments")
    last = dt.date.fromisoformat(truth.CUTS[-1])
    rows = []
    for number in range(COMMITMENTS):
        name = f"C-{number + 1:03d}"
        session = dt.date.fromisoformat(SESSIONS[number * len(SESSIONS) // COMMITMENTS])
        due = session + dt.timedelta(days=int(rng.integers(50, 110)))
        early = dt.timedelta(days=int(rng.integers(2, 25)))
        place = truth.MUNICIPALITIES[int(rng.integers(len(truth.MUNICIPALITIES)))].code
        place = place if number % 3 == 2 else truth.DEPARTMENT
        what, who = AGREED[number % len(AGREED)]
        if name in LATE:
            vence, state, closing = LATE[name]
            due = dt.date.fromisoformat(vence)
            closed = dt.date.fromisoformat(closing) if closing else None
        elif due - early <= last:
            state, closed = "cumplido", due - early
        else:
            state, closed = ("en_curso" if number % 2 else "pendiente"), None
        instance = "consejo" if (number * len(SESSIONS) // COMMITMENTS) % 2 == 0 else (
            "coordinacion_eje_social")  # fmt: skip
        rows.append((name, place, instance, session, what, who, due, state, closed))
    columns = [
        "compromiso", "municipio", "instancia", "sesion_fecha", "descripcion", "responsable",
        "vence", "estado", "fecha_cierre",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
