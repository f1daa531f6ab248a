"""The measures of poverty of a territory side by side: which one each is, and whose.

They count different people, at different times, by different methods; none is the others' change.
Facts (:func:`facts`): ``has_poverty``, ``poverty``, ``poverty_year``, ``poverty_name``,
``poverty_source``, ``poverty_reference``; ``census_poverty`` and ``cnpv_poverty`` (it is the
census's, DANE's of 2018), ``mean_poverty`` and ``reference_mean_poverty`` (made here from
municipalities); ``has_survey_poverty``, ``survey_poverty``, ``survey_poverty_year``,
``survey_poverty_low``, ``survey_poverty_high`` (the small-area estimate of the same territory), and
``survey_poverty_official``: the mean of the municipalities is the published departmental figure.
Table (:func:`measures`): every measure and year; :func:`told`: which there are.
"""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd

from gsi.analysis.comprehension.changes import not_subtracted
from gsi.analysis.context import Context
from gsi.analysis.labels import with_interval
from gsi.analysis.quality import criteria
from gsi.analysis.results import Column, Fact, Table, flag, percent, text, year
from gsi.contract.params.indicators import ONE_MUNICIPALITY, Indicator
from gsi.contract.places import many
from gsi.contract.vocabulary import COUNTRY
from gsi.ground import frames
from gsi.inputs import indicators

CENSUS, SURVEY = "ipm_censo", "ipm_sae"
MONETARY, NEEDS = "pobreza_monetaria_sae", "nbi"
MEASURES = (CENSUS, SURVEY, MONETARY, NEEDS)
CNPV = "dane_ipm_2018"
PUBLISHED, MODEL, WITHHELD = "publicada", "estimada con un modelo", "sin calidad: no se publica"
_SAME = "igual a la cifra publicada del departamento"
_COLUMNS = [
    *("indicador", "medida", "anio", "valor", "inferior", "superior", "valor_texto", "cuenta"),
    "obtenida",
]


def facts(context: Context, states: pd.DataFrame) -> dict[str, Fact]:
    """``states``: the rows of :func:`gsi.analysis.comprehension.states.compare` of the
    territory.
    """
    # What quality sets aside is no ground for a headline.
    apart = criteria.set_aside(context)
    known = {indicator.id: indicator for indicator in context.catalogue}
    official = {
        str(row["indicador"]): row
        for row in frames.records(states)
        if row["fuente"] == indicators.CALCULATED
        and known[row["indicador"]].reproduces(context.territory.code)
    }
    rows = frames.records(states[~states["indicador"].isin(list(apart))])
    found = {str(row["indicador"]): row for row in rows}
    chosen = next((n for n in context.params.comprehension.poverty if n in found), None)
    row = found.get(chosen or "")
    # A department's figure as published stands even where its municipalities' own do not.
    survey = official.get(SURVEY, found.get(SURVEY)) if chosen != SURVEY else None
    made = row is not None and row["fuente"] == indicators.CALCULATED and not context.alone
    result: dict[str, Fact] = {
        "has_poverty": flag(row is not None),
        "poverty": percent(None if row is None else row["valor"]),
        "poverty_year": year(None if row is None else row["periodo"]),
        "poverty_name": text(None if row is None else row["nombre"]),
        "poverty_source": text(None if row is None else row["fuente"]),
        "poverty_reference": percent(None if row is None else row["referencia"]),
        "census_poverty": flag(chosen == CENSUS),
        "cnpv_poverty": flag(chosen == CENSUS and not context.territory.fictional),
        "mean_poverty": flag(made),
        "reference_mean_poverty": flag(row is not None and _reference_made(context, row)),
        "has_survey_poverty": flag(survey is not None),
        "survey_poverty": percent(None if survey is None else survey["valor"]),
        "survey_poverty_year": year(None if survey is None else survey["periodo"]),
        "survey_poverty_low": percent(None if survey is None else survey["inferior"]),
        "survey_poverty_high": percent(None if survey is None else survey["superior"]),
        "survey_poverty_official": flag(survey is not None and SURVEY in official),
    }
    return result


def _reference_made(context: Context, row: dict[str, Any]) -> bool:
    """Whether the reference beside a figure is a mean made here."""
    table = context.data.department("indicadores")
    place = context.territory
    owner = place.department if place.level == "municipality" else COUNTRY
    same = (table["municipio"] == owner) & (table["indicador"] == row["indicador"])
    same &= (table["periodo"] == row["periodo"]) & (table["area"] == "total")
    return bool((table.loc[same, "fuente"] == indicators.CALCULATED).any())


def measures(context: Context) -> Table:
    """One row a measure and year of the territory, in the order of :data:`MEASURES`."""
    table = context.data.department("indicadores")
    place = context.territory.code
    rows = table[(table["municipio"] == place) & (table["area"] == "total")]
    rows = rows.sort_values(["indicador", "periodo"])
    known = {indicator.id: indicator for indicator in context.catalogue}
    records = []
    for name in MEASURES:
        for row in frames.records(rows[rows["indicador"] == name]):
            indicator = known[name]
            records.append(
                {
                    "indicador": name,
                    "medida": indicator.name,
                    "anio": int(row["periodo"]),
                    "valor": row["valor"],
                    "inferior": row["inferior"],
                    "superior": row["superior"],
                    "valor_texto": with_interval(
                        row["valor"], row["inferior"], row["superior"], unit="%"
                    ),
                    "cuenta": indicator.numerator,
                    "obtenida": _obtained(indicator, row, place, many(context.data.kinds)),
                }
            )
    return Table(
        pd.DataFrame(records, columns=_COLUMNS),
        {
            "medida": Column("Medida"),
            "anio": Column("Año", "year"),
            "valor_texto": Column("Valor"),
            "cuenta": Column("Qué cuenta"),
            "obtenida": Column("Cómo se obtiene"),
        },
    )


def told(table: Table, context: Context) -> dict[str, Fact]:
    """Which of the measures the table has, so that the report speaks of no other."""
    there = set(table.data["indicador"])
    return {
        "has_poverty_measures": flag(len(table.data) > 1),
        "has_census_measure": flag(CENSUS in there),
        "has_survey_measure": flag(SURVEY in there),
        "has_monetary_measure": flag(MONETARY in there),
        "monetary_break": text(_broken(table.data, context)),
        "has_needs_measure": flag(NEEDS in there),
    }


def _broken(data: pd.DataFrame, context: Context) -> str | None:
    """Why the years of monetary poverty are not subtracted; None where nothing keeps them apart."""
    rows = data[(data["indicador"] == MONETARY) & data["valor"].notna()]
    known = {indicator.id: indicator for indicator in context.catalogue}
    for first, last in itertools.pairwise(rows["anio"]):
        if not known[MONETARY].comparable_years(first, last):
            why = not_subtracted(known[MONETARY], first, last)
            return f"De la pobreza monetaria {why[:1].lower()}{why[1:]}"
    return None


def _obtained(indicator: Indicator, row: dict[str, Any], place: str, called: str) -> str:
    """How the figure of this territory comes to be; ``called``: what it consists of."""
    if pd.isna(row["valor"]):
        return WITHHELD
    if row["fuente"] == indicators.CALCULATED and place not in ONE_MUNICIPALITY:
        how = "igual a la publicada" if indicator.reproduces(place) else "aproximada"
        return f"media de los {called} por su población, {how}"
    if pd.isna(row["error_estandar"]):
        return PUBLISHED
    # The only municipality of a department has its department's figure.
    alone = place in ONE_MUNICIPALITY and indicator.aggregate == "weighted"
    return f"{MODEL}, {_SAME}" if alone and indicator.reproduces(place) else MODEL
