"""Key 2: courses, given mostly where they are needed least."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from example_department import truth
from example_department.members import ETHNIC
from example_department.world import World, kind_of

# curso, nombre, momento, agente, horas, tema, primer día
COURSES = (
    ("F01", "Enfoque de derechos y gestión social integral", "comprension", "publico", 40,
     "Derechos de la niñez", "2019-03-11"),
    ("F02", "Lectura participativa del territorio", "comprension", "comunitario", 24,
     "Diagnóstico participativo", "2019-08-05"),
    ("F03", "Formulación de política pública de infancia y familia", "formulacion", "publico", 60,
     "Política pública", "2020-02-17"),
    ("F04", "Presupuesto participativo y control social", "formulacion", "comunitario", 30,
     "Participación", "2021-04-12"),
    ("F05", "Rutas de atención a la violencia sexual y familiar", "ejecucion", "publico", 32,
     "Protección", "2021-09-06"),
    ("F06", "Crianza respetuosa y prevención del maltrato", "ejecucion", "comunitario", 20,
     "Protección", "2022-03-14"),
    ("F07", "Vigilancia nutricional comunitaria", "ejecucion", "comunitario", 28,
     "Seguridad alimentaria", "2022-08-08"),
    ("F08", "Inclusión de niñas y niños con discapacidad", "ejecucion", "publico", 36,
     "Discapacidad", "2023-02-20"),
    ("F09", "Derechos sexuales y reproductivos con adolescentes", "ejecucion", "comunitario", 24,
     "Sexualidad", "2023-07-17"),
    ("F10", "Uso de indicadores para el seguimiento social", "seguimiento", "publico", 24,
     "Información", "2024-03-04"),
)  # fmt: skip
OFFERED = {"capital": 1.0, "other": 0.80, "moderate": 0.40, "priority": 0.25}
PLACES = {"capital": (28, 46), "other": (14, 27), "moderate": (9, 16), "priority": (5, 10)}
COMPLETION = {"publico": 0.84, "comunitario": 0.63}
FIRST_FOR_PRIORITY = "F02"
"""Given in the priority municipalities that had any course, so that 'none' is planted only once."""


def training(world: World) -> pd.DataFrame:
    """Table ``formacion``: one row a course, municipality, kind of agent and ethnic group."""
    rng = world.rng("training")
    rows = []
    for course, name, moment, agent, hours, topic, start in COURSES:
        first = dt.date.fromisoformat(start)
        last = first + dt.timedelta(days=7 * max(2, hours // 6))
        for m in truth.MUNICIPALITIES:
            kind = kind_of(m.code)
            chance = rng.random()
            given = chance < OFFERED[kind] or (kind == "priority" and course == FIRST_FOR_PRIORITY)
            low, high = PLACES[kind]
            places = int(rng.integers(low, high + 1))
            luck = rng.random(4)
            if not given or m.code == truth.NO_TRAINING:
                continue
            for group, enrolled in _groups(m.code, places, agent):
                certified = int(np.rint(enrolled * (COMPLETION[agent] + 0.16 * (luck[0] - 0.5))))
                women = int(np.rint(enrolled * (0.52 + 0.22 * luck[1])))
                rows.append(
                    (course, name, m.code, first, last, moment, agent, hours, enrolled,
                     min(certified, enrolled), min(women, enrolled), group, topic)
                )  # fmt: skip
    columns = [
        "curso", "nombre", "municipio", "fecha_inicio", "fecha_fin", "momento_gestion",
        "tipo_agente", "horas", "inscritos", "certificados", "mujeres", "grupo_etnico", "tema",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _groups(code: str, places: int, agent: str) -> list[tuple[str, int]]:
    """Community courses report the ethnic group of those enrolled where there is one."""
    if agent == "publico" or code not in ETHNIC:
        return [("ninguno", places)]
    name, share = ETHNIC[code]
    others = max(1, int(np.rint(places * share)))
    return [("ninguno", places - others), (name, others)]
