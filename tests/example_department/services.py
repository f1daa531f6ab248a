"""Key 3 and scenarios: what is offered where, how much of it is used, how long it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from example_department import truth
from example_department.territory import places
from example_department.world import World, kind_of

REFERRAL = "Remisión del puesto de salud o de la jornada"
# clave, nombre, sector, entidad, contenido, procedimiento, cupos por mil habitantes
OFFER = (
    ("SAL", "Control de crecimiento y desarrollo", "salud", "ESE hospital local",
     "Valoración integral, vacunación y desparasitación",
     "Cita por teléfono o en la jornada; documento del niño o la niña", 42),
    ("NUT", "Complemento alimentario", "bienestar_social", "ICBF, centro zonal",
     "Paquete alimentario mensual y seguimiento nutricional",
     REFERRAL, 26),
    ("FAM", "Acompañamiento familiar", "bienestar_social", "Comisaría de Familia",
     "Visitas, orientación psicosocial y restablecimiento de derechos",
     "Solicitud verbal, remisión o denuncia", 9),
    ("EDU", "Permanencia escolar", "educacion", "Secretaría de Educación",
     "Transporte, refuerzo y alimentación escolar",
     "Matrícula y solicitud del establecimiento educativo", 61),
    ("REG", "Registro civil y tarjeta de identidad", "gobierno", "Registraduría municipal",
     "Inscripción y expedición del documento",
     "Presentarse con certificado de nacido vivo o dos testigos", 18),
)  # fmt: skip
WAIT = {"capital": (4, 12), "other": (6, 18), "moderate": (12, 28), "priority": (24, 55)}
SCENARIOS = {
    "comedor_comunitario": ("Comedor comunitario", "Alcaldía, Secretaría de Desarrollo Social", 7),
    "colegio": ("Institución educativa", "Secretaría de Educación", 165),
    "cdi": ("Centro de desarrollo infantil", "ICBF, centro zonal", 16),
    "hogar_icbf": ("Hogar comunitario", "ICBF, centro zonal", 8),
    "microterritorio_salud": ("Microterritorio de salud", "ESE hospital local", 120),
    "otro": ("Ludoteca", "Alcaldía, Secretaría de Cultura", 5),
}
"""Kind → (name, entity, places per thousand inhabitants)."""
NAMES = (
    "El Retoño", "La Esperanza", "Semillas", "Los Girasoles", "El Arrayán", "Caminos Nuevos",
    "La Cosecha", "Pasitos", "El Samán", "Nueva Luz", "Sueños & Juegos", "La Ñapa",
)  # fmt: skip
DEFICIT_FACTOR = 0.12
YEARS = (2023, 2024)


def services(world: World) -> pd.DataFrame:
    """Table ``servicios``: one row an offer and year. One offer is used beyond its places."""
    rng = world.rng("services")
    rows = []
    for m in truth.MUNICIPALITIES:
        if m.code == truth.UNCLASSIFIABLE:
            continue
        kind = kind_of(m.code)
        low, high = WAIT[kind]
        for key, name, sector, entity, content, procedure, rate in OFFER:
            wait = int(rng.integers(low, high + 1))
            # Health and complementary food share one referral, but not where people are poorest.
            if key == "SAL" and kind in {"capital", "other"}:
                procedure = REFERRAL
            for year in YEARS:
                factor = 0.62 if kind == "priority" else 1.0
                slots = int(np.rint(m.people * rate / 1000 * factor * (1 + 0.03 * (year - 2023))))
                used = int(np.rint(slots * rng.uniform(0.68, 0.96)))
                if (m.code, sector, year) == (*truth.OVERUSED_SERVICE, YEARS[-1]):
                    used = int(np.rint(slots * 1.09))
                rows.append(
                    (f"{key}-{m.code}", name, sector, entity, m.code, content, procedure,
                     max(1, wait - 2 * (year - 2023)), slots, used, year)
                )  # fmt: skip
    columns = [
        "servicio", "nombre", "sector", "entidad", "municipio", "contenido", "procedimiento",
        "oportunidad", "cupos", "cupos_usados", "periodo",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def scenarios(world: World) -> pd.DataFrame:
    """Table ``escenarios`` (2024): one row a place; the deficit is in one kind and place."""
    rng = world.rng("scenarios")
    points = places(world)
    rows = []
    for m in truth.MUNICIPALITIES:
        kind = kind_of(m.code)
        for scenario, (label, entity, rate) in SCENARIOS.items():
            everywhere = scenario == "microterritorio_salud"
            if scenario == "otro" and kind in {"priority", "moderate"}:
                continue
            sites = m.places if everywhere else m.places[:1] + m.places[2:3]
            total = m.people * rate / 1000 * rng.uniform(0.9, 1.1)
            if (m.code, scenario) == truth.SCENARIO_DEFICIT:
                total, sites = total * DEFICIT_FACTOR, sites[:1]
            for number, place in enumerate(sites, start=1):
                capacity = max(6, int(np.rint(total / len(sites))))
                use = rng.uniform(0.86, 1.0) if kind == "priority" else rng.uniform(0.60, 0.93)
                name = NAMES[int(rng.integers(len(NAMES)))]
                lon, lat = points[place]
                rows.append(
                    (f"{scenario[:3].upper()}-{m.code}-{number}", f"{label} {name}", scenario,
                     m.code, place, lon, lat, entity, capacity, int(capacity * use),
                     truth.FOLLOW_UP)
                )  # fmt: skip
    columns = [
        "escenario", "nombre", "tipo", "municipio", "microterritorio", "lon", "lat", "entidad",
        "capacidad", "atendidos", "periodo",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
