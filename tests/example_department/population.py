"""People by single age and sex, 2018-2024: younger where people are poorer, growing slowly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from example_department import truth
from example_department.world import World

YEARS = range(truth.BASELINE, truth.FOLLOW_UP + 1)
OLDEST = 85
SOURCE = "ejemplo"


def population(world: World) -> pd.DataFrame:
    """Table ``poblacion``: one row a municipality, year, sex and completed age (85: and over)."""
    ages = np.arange(OLDEST + 1)
    frames = []
    for m in truth.MUNICIPALITIES:
        rng = world.rng(f"population {m.code}")
        condition = world.condition(m.code)
        texture = rng.normal(1, 0.02, (2, OLDEST + 1))
        for year in YEARS:
            # The pyramid narrows at its base year by year, faster where people live better.
            slope = 0.0085 - 0.0055 * condition - 0.0005 * (year - truth.BASELINE)
            shape = np.exp(-slope * ages) / (1 + np.exp((ages - 72) / 7.5))
            shape[OLDEST] *= 4.0
            total = m.people * (1 + 0.006 + 0.004 * condition) ** (year - truth.BASELINE)
            women = shape * texture[0] * np.where(ages > 55, 1.06, 0.995)
            men = shape * texture[1] * np.where(ages > 55, 0.94, 1.005)
            scale = total / (women.sum() + men.sum())
            for sex, people in (("hombre", men), ("mujer", women)):
                frames.append(
                    pd.DataFrame(
                        {
                            "municipio": m.code,
                            "periodo": year,
                            "sexo": sex,
                            "edad": ages,
                            "area": "total",
                            "personas": np.rint(people * scale).astype(int),
                            "fuente": SOURCE,
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True)
