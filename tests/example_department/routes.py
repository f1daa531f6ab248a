"""Key 3: the four routes of care, their cases, where they wait and where they are lost.

A row of ``casos`` is the day a case reached a step. A step's deadline runs from that day to the
day the case reaches the next one. What has not happened by the last cut is open (censored).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from example_department import truth
from example_department.world import World
from gsi.contract.vocabulary import BARRIERS

# route → steps: paso, nombre, entidad, sector, plazo en días
STEPS = {
    "seguridad_alimentaria": (
        ("identificacion", "Identificación del hogar en riesgo alimentario",
         "Alcaldía, enlace de infancia", "bienestar_social", 5),
        ("remision", "Remisión al puesto de salud", "Alcaldía, enlace de infancia",
         "bienestar_social", 8),
        ("valoracion", "Valoración nutricional", "ESE hospital local", "salud", 10),
        ("entrega", "Entrega del complemento alimentario", "ICBF, centro zonal",
         "bienestar_social", 30),
        ("seguimiento", "Seguimiento de peso y talla", "ESE hospital local", "salud", 60),
        ("cierre", "Cierre por recuperación", "ESE hospital local", "salud", None),
    ),
    "adolescentes_gestantes": (
        ("captacion", "Captación de la adolescente gestante",
         "Institución educativa o puesto de salud", "educacion", 8),
        ("control_prenatal", "Ingreso al control prenatal", "ESE hospital local", "salud", 15),
        ("psicosocial", "Acompañamiento psicosocial", "Comisaría de Familia",
         "bienestar_social", 20),
        ("permanencia", "Acuerdo de permanencia escolar", "Secretaría de Educación",
         "educacion", 30),
        ("cierre", "Cierre con plan de vida", "Comisaría de Familia", "bienestar_social", None),
    ),
    "discapacidad": (
        ("identificacion", "Identificación de la niña o el niño", "Puesto de salud", "salud", 10),
        ("valoracion", "Valoración y certificado", "ESE hospital local", "salud", 30),
        ("rehabilitacion", "Inicio de la rehabilitación", "Secretaría de Salud", "salud", 20),
        ("inclusion", "Ajustes razonables y matrícula", "Secretaría de Educación",
         "educacion", 45),
        ("cierre", "Cierre con plan individual", "ICBF, centro zonal", "bienestar_social", None),
    ),
    "violencia_sexual_familiar": (
        ("denuncia", "Recepción de la denuncia", "Comisaría de Familia", "bienestar_social", 2),
        ("atencion", "Atención en salud", "ESE hospital local", "salud", 4),
        ("medida", "Medida de protección", "Comisaría de Familia", "bienestar_social", 10),
        ("restablecimiento", "Restablecimiento de derechos", "ICBF, centro zonal",
         "bienestar_social", 30),
        ("seguimiento", "Seguimiento a la medida", "Comisaría de Familia",
         "bienestar_social", 60),
        ("cierre", "Cierre del caso", "ICBF, centro zonal", "bienestar_social", None),
    ),
}  # fmt: skip
FIRST_DAY, LAST_DAY = dt.date(2022, 7, 1), dt.date.fromisoformat(truth.CUTS[-1])
LOST, LOST_AT_PLANTED = 0.04, 0.30
SHARE_OF_DEADLINE, SHARE_WHEN_LATE = 0.42, 1.25
SPREAD = 7
"""Shape of the gamma wait: about three in five cases miss the planted deadline, others hardly."""
HINDERED_BY_PLANTED = 0.68


def routes() -> pd.DataFrame:
    """Table ``rutas``: one row a step of each of the four routes, for the whole department."""
    rows = [
        (route, truth.DEPARTMENT, step, name, number, entity, sector, days)
        for route, steps in STEPS.items()
        for number, (step, name, entity, sector, days) in enumerate(steps, start=1)
    ]
    columns = [
        "ruta", "municipio", "paso", "nombre", "orden", "entidad", "sector", "plazo_dias",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"plazo_dias": "Int64"})


def cases(world: World) -> pd.DataFrame:
    """Table ``casos``: one row a case and step reached, up to the last cut."""
    homes = [m for m in truth.MUNICIPALITIES if m.code != truth.UNCLASSIFIABLE]
    # Cases come from where people are poorer, not from where more people live.
    pull = np.exp(-0.55 * np.array([world.condition(m.code) for m in homes]))
    pull /= pull.sum()
    rows = []
    for route, planted in truth.ROUTES.items():
        rng = world.rng(f"cases {route}")
        for number in range(1, planted.cases + 1):
            home = homes[int(rng.choice(len(homes), p=pull))]
            place = home.places[int(rng.integers(home.micro_territories))]
            start = FIRST_DAY + dt.timedelta(days=int(rng.integers(0, 908)))
            case = f"{_initials(route)}-{number:03d}"
            for step, day, state, barrier in _history(rng, route, start):
                rows.append((case, route, step, home.code, place, day, state, barrier))
    columns = ["caso", "ruta", "paso", "municipio", "microterritorio", "fecha", "estado", "barrera"]
    return pd.DataFrame(rows, columns=columns)


def _history(
    rng: np.random.Generator, route: str, start: dt.date
) -> list[tuple[str, dt.date, str, str]]:
    planted = truth.ROUTES[route]
    day = start
    rows = []
    for step, _, _, _, deadline in STEPS[route]:
        barrier = _barrier(rng, planted.dominant_barrier, day.year)
        lost = rng.random() < (LOST_AT_PLANTED if step == planted.losing_step else LOST)
        share = SHARE_WHEN_LATE if step == planted.late_step else SHARE_OF_DEADLINE
        wait = max(1, round(rng.gamma(SPREAD, (deadline or 1) * share / SPREAD)))
        if deadline is None:
            rows.append((step, day, "cumplido", "ninguna"))
        elif lost:
            # Nobody is lost without something in the way.
            barrier = planted.dominant_barrier if barrier == "ninguna" else barrier
            rows.append((step, day, "perdido", barrier))
            break
        elif day + dt.timedelta(days=wait) > LAST_DAY:
            rows.append((step, day, "abierto", barrier))
            break
        else:
            rows.append((step, day, "cumplido", barrier))
            day += dt.timedelta(days=wait)
    return rows


def _barrier(rng: np.random.Generator, dominant: str, year: int) -> str:
    hindered, which, other = rng.random(3)
    if hindered > truth.HINDERED[year]:
        return "ninguna"
    if which < HINDERED_BY_PLANTED:
        return dominant
    rest = [name for name in BARRIERS if name != dominant]
    return rest[int(other * len(rest))]


def _initials(route: str) -> str:
    return "".join(word[0] for word in route.split("_")).upper()
