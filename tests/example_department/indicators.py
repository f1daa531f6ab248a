"""Official-like indicators that agree in direction with the households of each municipality.

A share is ``100 / (1 + e^-(level + slope × condition))``; the country stands a little better than
the department in everything but child labour, so that the comparison has both directions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from example_department import truth
from example_department.population import SOURCE
from example_department.world import World, logistic

CODES = [m.code for m in truth.MUNICIPALITIES]
COUNTRY = "CO"
COUNTRY_ADVANTAGE = 0.30
COLUMNS = [
    "municipio", "indicador", "periodo", "valor", "numerador", "denominador", "error_estandar",
    "inferior", "superior", "area", "fuente", "serie", "nota",
]  # fmt: skip

# indicator → (level, slope over the hidden condition)
CENSUS = {
    "ipm_censo": (-1.05, -1.30),
    "bajo_logro": (0.50, -0.90),
    "analfabetismo": (-2.20, -0.85),
    "inasistencia": (-2.90, -0.80),
    "rezago": (-1.55, -0.65),
    "barreras_primera_infancia": (-2.60, -0.75),
    "trabajo_infantil": (-3.60, -0.80),
    "dependencia": (-0.90, -0.60),
    "trabajo_informal": (1.25, -0.90),
    "sin_aseguramiento": (-2.10, -0.60),
    "barreras_salud": (-2.60, -0.85),
    "sin_agua": (-1.60, -1.25),
    "excretas": (-1.70, -1.15),
    "pisos": (-2.40, -1.25),
    "paredes": (-3.20, -1.05),
    "hacinamiento": (-2.60, -0.90),
}
SMALL_AREA = {
    "ipm_sae": ("ipm_sae", -1.55, -1.15, -0.28),
    "pobreza_monetaria_sae": ("monetaria_sae", -0.40, -0.80, -0.15),
    "inseguridad_alimentaria": ("fies_sae", -0.80, -0.70, -0.14),
}
"""indicator → (series, level in 2022, slope, change of level to 2024)."""
EDUCATION = {
    "cobertura_neta": (2.30, 0.75, 0.02),
    "cobertura_neta_transicion": (0.55, 0.60, 0.03),
    "cobertura_neta_primaria": (1.90, 0.65, 0.01),
    "cobertura_neta_secundaria": (1.25, 0.80, 0.04),
    "cobertura_neta_media": (0.00, 0.80, 0.05),
    "desercion": (-3.10, -0.60, -0.03),
    "desercion_secundaria": (-2.90, -0.60, -0.03),
    "reprobacion": (-2.45, -0.40, -0.02),
    "repitencia": (-2.70, -0.40, 0.00),
}
"""indicator → (level in 2018, slope, change of level a year)."""
REPORTED = {
    "registro_civil": ("registro_civil", 3.00, 0.55),
    "participacion_ninez": ("participacion_ninez", -0.90, 0.20),
    "recreacion": ("recreacion_municipal", -0.20, 0.45),
}
"""What municipalities report themselves, in percent: indicator → (series, level, slope)."""
VIOLENCE = ("violencia_intrafamiliar_0_17", "medicina_legal", 260.0)
"""Family violence against 0-17 known to the authorities, cases per 100,000: not tied to poverty,
and lowest where actors say most that nobody reports it."""
FERTILITY = {"fecundidad_10_14": (2.4, -0.60, 10, 14), "fecundidad_15_19": (56.0, -0.40, 15, 19)}
FERTILITY_YEARS = range(2018, 2024)


def indicators(world: World, population: pd.DataFrame) -> pd.DataFrame:
    """Table ``indicadores``: municipalities, the department (``00``) and the country (``CO``)."""
    people = population.groupby(["municipio", "periodo"])["personas"].sum()
    parts = [
        _census(world, people),
        _small_area(world, people),
        _education(world, people),
        _reported(world, people),
        _fertility(world, population),
        _violence(world, population),
    ]
    table = pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)
    little = table["municipio"].eq(truth.UNCLASSIFIABLE)
    table = table[~little | table["indicador"].isin(truth.UNCLASSIFIABLE_HAS)]
    return table.reset_index(drop=True)


def _conditions(world: World) -> np.ndarray:
    return np.array([world.condition(code) for code in CODES])


def _rows(
    name: str, series: str, year: int, values: np.ndarray, weights: np.ndarray, country: float,
    area: str = "total",
) -> pd.DataFrame:  # fmt: skip
    """Municipal values in percent, their mean weighted by people, and the country's."""
    department = float(np.average(values, weights=weights))
    return pd.DataFrame(
        {
            "municipio": [*CODES, truth.DEPARTMENT, COUNTRY],
            "indicador": name,
            "periodo": year,
            "valor": np.round([*values, department, country], 2),
            "area": area,
            "fuente": SOURCE,
            "serie": series,
        }
    )


def _country(level: float, slope: float, mean: float, worse: bool = False) -> float:
    shift = -COUNTRY_ADVANTAGE if worse else COUNTRY_ADVANTAGE
    return float(100 * logistic(np.array(level + slope * (mean + shift))))


def _weights(people: pd.Series, year: int) -> np.ndarray:
    return np.array([people.loc[(code, year)] for code in CODES], dtype=float)


def _census(world: World, people: pd.Series) -> pd.DataFrame:
    condition = _conditions(world)
    weights = _weights(people, truth.BASELINE)
    mean = float(np.average(condition, weights=weights))
    rural = np.array([m.rural for m in truth.MUNICIPALITIES])
    parts = []
    for name, (level, slope) in CENSUS.items():
        noise = world.rng(f"census {name}").normal(0, 0.22, len(CODES))
        country = _country(level, slope, mean, worse=name == "trabajo_infantil")
        town = 100 * logistic(level + slope * (condition + 0.25 * world.signal) + noise)
        country_side = 100 * logistic(level + slope * (condition - 0.20 * world.signal) + noise)
        total = (1 - rural) * town + rural * country_side
        parts.append(_rows(name, "ipm_censo", truth.BASELINE, total, weights, country))
        if name == "ipm_censo":
            parts.append(_rows(name, "ipm_censo", truth.BASELINE, town, weights * (1 - rural),
                               country * 0.75, "cabecera"))  # fmt: skip
            parts.append(_rows(name, "ipm_censo", truth.BASELINE, country_side, weights * rural,
                               country * 1.7, "rural"))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _small_area(world: World, people: pd.Series) -> pd.DataFrame:
    condition = _conditions(world)
    size = np.array([m.people for m in truth.MUNICIPALITIES])
    parts: list[pd.DataFrame] = []
    for name, (series, level, slope, change) in SMALL_AREA.items():
        rng = world.rng(f"small area {name}")
        lasting = rng.normal(0, 0.16, len(CODES))
        for year in (2022, 2024):
            weights = _weights(people, year)
            mean = float(np.average(condition, weights=weights))
            now = level + (change if year == 2024 else 0.0)
            errors = np.clip(2.6 - 0.35 * np.log(size / 8000) + rng.uniform(-0.2, 0.2, len(CODES)),
                             0.7, 3.2)  # fmt: skip
            values = 100 * logistic(now + slope * condition + lasting)
            values += rng.normal(0, 0.3, len(CODES)) * errors
            if name == "inseguridad_alimentaria" and year == 2024:
                place = CODES.index(truth.WORSENED_FOOD_SECURITY)
                before = parts[-1]["valor"].iloc[place]
                values[place] = before + truth.FOOD_SECURITY_RISE * world.signal
                errors[place] = 1.60
            table = _rows(name, series, year, values, weights, _country(now, slope, mean))
            own = float(np.sqrt((weights**2 * errors**2).sum()) / weights.sum())
            table["error_estandar"] = np.round([*errors, own, 0.35], 2)
            table["inferior"] = (table["valor"] - 1.96 * table["error_estandar"]).round(2)
            table["superior"] = (table["valor"] + 1.96 * table["error_estandar"]).round(2)
            parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _education(world: World, people: pd.Series) -> pd.DataFrame:
    condition = _conditions(world)
    parts = []
    above, which, when = truth.COVERAGE_ABOVE_HUNDRED
    for name, (level, slope, yearly) in EDUCATION.items():
        rng = world.rng(f"education {name}")
        lasting = rng.normal(0, 0.22, len(CODES))
        for year in range(truth.BASELINE, truth.FOLLOW_UP + 1):
            weights = _weights(people, year)
            mean = float(np.average(condition, weights=weights))
            now = level + yearly * (year - truth.BASELINE)
            noise = rng.normal(0, 0.04, len(CODES))
            values = 100 * logistic(now + slope * condition + lasting + noise)
            if name == which and year in when:
                values[CODES.index(above)] = 102.6 + 0.9 * when.index(year)
            table = _rows(name, "men", year, values, weights, _country(now, slope, mean))
            parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _reported(world: World, people: pd.Series) -> pd.DataFrame:
    condition = _conditions(world)
    parts = []
    for name, (series, level, slope) in REPORTED.items():
        rng = world.rng(f"reported {name}")
        lasting = rng.normal(0, 0.15, len(CODES))
        for year in (truth.BASELINE, truth.FOLLOW_UP):
            weights = _weights(people, year)
            mean = float(np.average(condition, weights=weights))
            now = level + 0.03 * (year - truth.BASELINE)
            values = 100 * logistic(now + slope * condition + lasting)
            parts.append(_rows(name, series, year, values, weights, _country(now, slope, mean)))
    return pd.concat(parts, ignore_index=True)


def _violence(world: World, population: pd.DataFrame) -> pd.DataFrame:
    name, series, rate = VIOLENCE
    rng = world.rng("violence")
    children = population[population["edad"] <= 17]
    base = children.groupby(["municipio", "periodo"])["personas"].sum()
    level = rate * np.exp(rng.normal(0, 0.15, len(CODES)))
    level[CODES.index(truth.READING_ONLY_ACTORS[0])] = rate * 0.35
    parts = []
    for year in FERTILITY_YEARS:
        exposed = np.array([int(base.loc[(code, year)]) for code in CODES])
        cases = rng.poisson(level * exposed / 100_000)
        parts.append(_counts(name, series, year, cases, exposed, 100_000, 1.15))
    return pd.concat(parts, ignore_index=True)


def _counts(
    name: str, series: str, year: int, cases: np.ndarray, exposed: np.ndarray, per: int,
    country: float,
) -> pd.DataFrame:  # fmt: skip
    """Cases over people, with the department's sum and a country forty times as large."""
    reported = np.array([code != truth.UNCLASSIFIABLE for code in CODES])
    here, people = int(cases[reported].sum()), int(exposed[reported].sum())
    numerator = np.array([*cases, here, round(here * 40 * country)])
    denominator = np.array([*exposed, people, people * 40])
    return pd.DataFrame(
        {
            "municipio": [*CODES, truth.DEPARTMENT, COUNTRY],
            "indicador": name,
            "periodo": year,
            "valor": np.round(per * numerator / denominator, 2),
            "numerador": numerator,
            "denominador": denominator,
            "area": "total",
            "fuente": SOURCE,
            "serie": series,
        }
    )


def _fertility(world: World, population: pd.DataFrame) -> pd.DataFrame:
    women = population[population["sexo"] == "mujer"]
    parts = []
    for name, (rate, slope, youngest, oldest) in FERTILITY.items():
        rng = world.rng(f"fertility {name}")
        bearing = women[women["edad"].between(youngest, oldest)]
        base = bearing.groupby(["municipio", "periodo"])["personas"].sum()
        for year in FERTILITY_YEARS:
            births, exposed = [], []
            for code in CODES:
                expected = rate * np.exp(slope * world.condition(code))
                expected *= 0.965 ** (year - truth.BASELINE)
                if code == truth.READING_ONLY_DATA[0]:
                    expected *= truth.ADOLESCENT_FERTILITY_FACTOR**world.signal
                exposed.append(int(base.loc[(code, year)]))
                births.append(int(rng.poisson(expected * exposed[-1] / 1000)))
            parts.append(
                _counts(name, "eevv_residencia", year, np.array(births), np.array(exposed), 1000,
                        0.9)
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True)
