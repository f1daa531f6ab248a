"""Investment lines: money that does not follow need, and three entities paying the same thing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from example_department import truth
from example_department.indicators import CENSUS
from example_department.world import World, kind_of, logistic

# entidad, sector, línea, población, derecho, fuente, pesos por persona pobre
LINES = (
    ("Secretaría de Salud", "salud", "Atención primaria en salud", "todos", "existencia", "sgp",
     210_000),
    ("ICBF, centro zonal", "bienestar_social", "Complemento alimentario", "primera_infancia",
     "existencia", "otro", 165_000),
    ("ICBF, centro zonal", "bienestar_social", "Centros de desarrollo infantil",
     "primera_infancia", "desarrollo", "otro", 240_000),
    ("Secretaría de Educación", "educacion", "Alimentación y transporte escolar", "infancia",
     "desarrollo", "sgp", 195_000),
    ("Secretaría de Educación", "educacion", "Permanencia en la media", "adolescencia",
     "desarrollo", "propios", 70_000),
    ("Comisaría de Familia", "bienestar_social", "Prevención de la violencia familiar",
     "familias", "proteccion", "propios", 38_000),
    ("Secretaría de Desarrollo Social", "bienestar_social", "Plataformas de juventud",
     "juventud", "ciudadania", "propios", 16_000),
)  # fmt: skip
FOLLOWS_NEED = {"capital": 1.35, "other": 1.10, "moderate": 0.90, "priority": 0.75}
LITTLE = 0.22
OVERLAPPING = (
    ("Secretaría de Salud", "salud", "sgp"),
    ("Secretaría de Desarrollo Social", "bienestar_social", "propios"),
)
"""Who else pays complementary food where the overlap is planted."""
DEPARTMENT_LINES = (
    ("Gobernación, Secretaría de Desarrollo Social", "bienestar_social",
     "Política departamental de infancia y familia", "todos", "ciudadania", "propios",
     1_900_000_000),
    ("Gobernación, Secretaría de Salud", "salud", "Laboratorio y vigilancia en salud pública",
     "todos", "existencia", "sgr", 3_400_000_000),
    ("Gobernación, Secretaría de Educación", "educacion", "Residencias escolares",
     "adolescencia", "desarrollo", "cofinanciacion", 2_600_000_000),
)  # fmt: skip
YEARS = (2023, 2024)


def investment(world: World) -> pd.DataFrame:
    """Table ``inversion``: one row a territory, entity, line and fiscal year, in whole pesos."""
    rng = world.rng("investment")
    level, slope = CENSUS["ipm_censo"]
    rows = []
    for year in YEARS:
        for m in truth.MUNICIPALITIES:
            if m.code == truth.UNCLASSIFIABLE:
                continue
            condition = np.array(world.condition(m.code))
            poor = m.people * float(logistic(level + slope * condition))
            factor = LITTLE if m.code == truth.LITTLE_MONEY else FOLLOWS_NEED[kind_of(m.code)]
            for entity, sector, line, group, right, source, amount in LINES:
                money = poor * amount * factor * (1.04 if year == YEARS[-1] else 1.0)
                rows.append(_row(rng, m.code, entity, sector, line, group, right, source, year,
                                 money))  # fmt: skip
                if (m.code, group, right) == truth.OVERLAP:
                    rows.extend(
                        _row(rng, m.code, other, other_sector, line, group, right, other_source,
                             year, money * 0.3)
                        for other, other_sector, other_source in OVERLAPPING
                    )  # fmt: skip
        for entity, sector, line, group, right, source, amount in DEPARTMENT_LINES:
            rows.append(_row(rng, truth.DEPARTMENT, entity, sector, line, group, right, source,
                             year, amount))  # fmt: skip
    columns = [
        "municipio", "entidad", "sector", "linea", "poblacion", "categoria_derecho", "fuente",
        "vigencia", "apropiado", "obligado", "pagado",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _row(rng: np.random.Generator, *head: object) -> tuple[object, ...]:
    *labels, money = head
    funds = round(float(money) * rng.uniform(0.94, 1.06) / 1e5) * 100_000  # type: ignore[arg-type]
    obliged = round(funds * rng.uniform(0.80, 0.98) / 1e5) * 100_000
    paid = round(obliged * rng.uniform(0.85, 1.0) / 1e5) * 100_000
    return (*labels, funds, obliged, min(paid, obliged))
