"""Key 5: who takes part since when, and how actors rate the seven conditions of success."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from example_department import truth
from example_department.world import World


@dataclass(frozen=True)
class Actor:
    """A fictional actor; its code is what service days and ratings name."""

    code: str
    name: str
    kind: str
    sector: str
    level: str
    place: str


def _of(code: str) -> str:
    return truth.BY_CODE[code].name


WIDE = (
    Actor("SDS", "Secretaría Departamental de Salud", "entidad", "salud", "departamental", "00"),
    Actor("SDD", "Secretaría Departamental de Desarrollo Social", "entidad", "bienestar_social",
          "departamental", "00"),
    Actor("ICBF", "ICBF, regional Ejemplo", "entidad", "bienestar_social", "nacional", "00"),
    Actor("SED", "Secretaría Departamental de Educación", "entidad", "educacion",
          "departamental", "00"),
    Actor("REG", "Registraduría, delegación Ejemplo", "entidad", "gobierno", "nacional", "00"),
    Actor("CUL", "Secretaría Departamental de Cultura", "entidad", "cultura",
          "departamental", "00"),
    Actor("DEP", "Instituto Departamental de Deporte", "entidad", "deporte",
          "departamental", "00"),
    Actor("AGR", "Secretaría Departamental de Agricultura", "entidad", "agropecuario",
          "departamental", "00"),
    Actor("SENA", "SENA, regional Ejemplo", "entidad", "trabajo", "nacional", "00"),
    Actor("DEF", "Defensoría del Pueblo, regional Ejemplo", "entidad", "justicia",
          "nacional", "00"),
    Actor("UNI", "Universidad del Ejemplo", "academia", "ciencia", "departamental", "00"),
    Actor("CAM", "Cámara de Comercio de San Telmo", "privado", "trabajo", "departamental", "00"),
    Actor("COO", "Fundación Puentes & Caminos", "cooperacion", "bienestar_social",
          "nacional", "00"),
    Actor("POL", "Policía de Infancia y Adolescencia", "entidad", "justicia", "nacional", "00"),
)  # fmt: skip
HOSPITALS = tuple(
    Actor(f"ESE-{m.code}", f"ESE Hospital de {m.name}", "entidad", "salud", "municipal", m.code)
    for m in truth.MUNICIPALITIES
)
FAMILY = tuple(
    Actor(f"COM-{m.code}", f"Comisaría de Familia de {m.name}", "entidad", "bienestar_social",
          "municipal", m.code)
    for m in truth.MUNICIPALITIES
)  # fmt: skip
COMMUNITY = (
    Actor("ORG-01", f"Asociación de Madres Comunitarias de {_of('00003')}", "organizacion",
          "bienestar_social", "municipal", "00003"),
    Actor("ORG-02", f"Junta de Acción Comunal El Arrayán, {_of('00009')}", "comunidad",
          "comunidad", "municipal", "00009"),
    Actor("ORG-03", f"Cabildo indígena La Laguna, {_of('00010')}", "comunidad", "comunidad",
          "municipal", "00010"),
    Actor("ORG-04", f"Consejo comunitario Aguas Mansas, {_of('00011')}", "comunidad",
          "comunidad", "municipal", "00011"),
    Actor("ORG-05", f"Red juvenil Voces del Río, {_of('00007')}", "organizacion", "comunidad",
          "municipal", "00007"),
    Actor("ORG-06", f"Corporación Teatro al Parque, {_of('00001')}", "organizacion", "cultura",
          "municipal", "00001"),
    Actor("ORG-07", f"Asociación de Productores «La Ñapa», {_of('00002')}", "organizacion",
          "agropecuario", "municipal", "00002"),
    Actor("ORG-08", f"Mesa de niñas y niños de {_of('00005')}", "comunidad", "comunidad",
          "municipal", "00005"),
)  # fmt: skip
# In the order in which they were linked; the hospitals first, families' offices next.
IN_ORDER = (*WIDE[:8], *HOSPITALS[:6], *WIDE[8:11], *HOSPITALS[6:9], *FAMILY[:4], *HOSPITALS[9:],
            *FAMILY[4:8], *WIDE[11:], *COMMUNITY[:3], *FAMILY[8:], *COMMUNITY[3:])  # fmt: skip

RATERS = ("SDD", "SDS", "ICBF", "UNI")
RATED_ON = ("2023-06-15", "2024-06-20", "2024-12-05")
RATING = {1: 2.7, 2: 3.5, 3: 2.3, 4: 2.6, 5: 2.4, 6: 2.2, 7: 0.7}
EVIDENCE = {
    1: "Acuerdo del concejo y decreto del Consejo de Política Social",
    2: "Acta de designación de los líderes sectoriales",
    3: "Listado de asistencia a talleres de apropiación",
    4: "Informe de jornadas del semestre",
    5: "Acta de mesa técnica intersectorial",
    6: "Plan de acción con ajustes firmados",
    7: "No hay acta que muestre flujo de información entre niveles",
}


def actors(world: World) -> pd.DataFrame:
    """Table ``actores``: as many linked each year as ``truth.ACTORS_BY_YEAR`` says."""
    rng = world.rng("actors")
    rows = []
    linked = 0
    for year, total in truth.ACTORS_BY_YEAR.items():
        for actor in IN_ORDER[linked:total]:
            # The founders signed in the first months of the first year.
            days = int(rng.integers(10, 60 if year == truth.BASELINE else 330))
            day = dt.date(year, 1, 1) + dt.timedelta(days=days)
            rows.append((actor.code, actor.name, actor.kind, actor.sector, actor.level,
                         actor.place, day))  # fmt: skip
        linked = total
    columns = ["actor", "nombre", "tipo", "sector", "nivel", "municipio", "fecha_vinculacion"]
    return pd.DataFrame(rows, columns=columns)


def convening(world: World) -> pd.DataFrame:
    """Table ``convocatoria``: four department-wide raters three times, one rater a municipality."""
    rng = world.rng("convening")
    ratings = [(truth.DEPARTMENT, day, rater) for day in RATED_ON for rater in RATERS]
    ratings += [
        (m.code, RATED_ON[1], f"COM-{m.code}")
        for m in truth.MUNICIPALITIES
        if m.code != truth.UNCLASSIFIABLE
    ]
    rows = []
    for place, day, rater in ratings:
        for condition, mean in RATING.items():
            value = int(np.clip(np.rint(mean + rng.uniform(-0.7, 0.7)), 0, 4))
            rows.append((place, dt.date.fromisoformat(day), condition, value, rater,
                         EVIDENCE[condition]))  # fmt: skip
    columns = ["municipio", "fecha", "condicion", "valoracion", "actor", "evidencia"]
    return pd.DataFrame(rows, columns=columns)
