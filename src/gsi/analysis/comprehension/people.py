"""People of the department by municipality and age, and how many of them are in need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.contract import projections
from gsi.contract.vocabulary import AGE_GROUPS
from gsi.inputs import indicators

CENSUS = "ipm_censo"
OLDEST = 85  # stands for 85 and over
NINEZ = (0, 17)
GROUPS: dict[str, tuple[str, int, int]] = {
    **{key: AGE_GROUPS[key] for key in ("primera_infancia", "infancia", "adolescencia")},
    "ninez": ("Niñez y adolescencia (0-17)", *NINEZ),
    **{key: AGE_GROUPS[key] for key in ("jovenes_estrategia", "juventud_ley")},
}


def rows(context: Context) -> pd.DataFrame:
    """``poblacion`` of the department's municipalities, one area only (the total if given)."""
    table = context.data.department("poblacion")
    table = table[table["municipio"].isin(list(context.data.names))]
    return projections.total_area(table).reset_index(drop=True)


def period(years: pd.Series, year: int) -> int:
    """The latest of ``years`` up to ``year``; where there is none, the earliest after it."""
    before = years[years <= year]
    return int(before.max() if not before.empty else years.min())


def counts(
    population: pd.DataFrame, year: int, ages: tuple[int, int], sexes: Sequence[str] = ()
) -> pd.Series:
    """People of those ages (both inclusive) by municipality in exactly that year."""
    chosen = (population["periodo"] == year) & population["edad"].between(*ages)
    if sexes:
        chosen &= population["sexo"].isin(list(sexes))
    return population[chosen].groupby("municipio")["personas"].sum().astype("float64")


def poverty(context: Context) -> pd.DataFrame:
    """Incidence of multidimensional poverty by municipality for the baseline year.

    Index ``municipio``; columns ``valor`` (0-100), ``indicador``, ``periodo``. One indicator and
    year for the whole department, so that its municipalities can be compared: the first of the
    parameter ``comprehension.poverty`` that any of them has. Empty where none has.
    """
    table = context.data.department("indicadores")
    table = table[table["municipio"].isin(list(context.data.names))]
    values = indicators.at_one_year(table, context.years.baseline)
    for name in context.params.comprehension.poverty:
        chosen = values[values["indicador"] == name]
        if not chosen.empty:
            return chosen.set_index("municipio")[["valor", "indicador", "periodo"]].sort_index()
    return values.iloc[:0].set_index("municipio")[["valor", "indicador", "periodo"]]


def told(incidence: pd.DataFrame) -> str:
    """Which poverty :func:`poverty` found: ``pobreza multidimensional (censo de 2018)``."""
    census = incidence["indicador"].iloc[0] == CENSUS
    measure = "censo" if census else "estimación con encuesta y modelo"
    return f"pobreza multidimensional ({measure} de {int(incidence['periodo'].max())})"


def in_need(context: Context, ages: tuple[int, int], year: int) -> pd.Series:
    """Estimated people in poverty of those ages by municipality: incidence × people.

    It assumes that the incidence of the whole municipality holds at those ages: an approximation
    to be said wherever the number is shown. NaN where either part is missing.
    """
    share = poverty(context)["valor"] / 100
    population = rows(context)
    if population.empty:
        return pd.Series(np.nan, index=list(context.data.names), dtype="float64")
    people = counts(population, period(population["periodo"], year), ages)
    return (share * people).reindex(list(context.data.names))


def counted_in(context: Context, year: int) -> int | None:
    """The year of the people that :func:`in_need` counts for ``year``; None without any."""
    population = rows(context)
    return None if population.empty else period(population["periodo"], year)


def own_codes(context: Context) -> list[str]:
    """The territory's municipalities: all of the department's, or itself."""
    place = context.territory
    return list(context.data.names) if place.is_department else [place.code]
