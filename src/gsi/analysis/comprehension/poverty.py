"""The measures of poverty of a territory side by side: which one each is, and whose.

They count different people, at different times, by different methods; none is the others' change.
Facts (:func:`facts`): ``has_poverty``, ``poverty``, ``poverty_year``,
``poverty_reference``; ``census_poverty`` and ``cnpv_poverty`` (it is the
census's, DANE's of 2018), ``mean_poverty`` and ``reference_mean_poverty`` (made here from
municipalities); ``has_survey_poverty``, ``survey_poverty``, ``survey_poverty_year``,
``survey_poverty_low``, ``survey_poverty_high`` (the small-area estimate of the same territory),
``survey_poverty_last`` and its ``_year``, ``_low``, ``_high`` (a later one, where there is),
``survey_poverty_official``: it is the published departmental figure, read or equal to the mean of
the municipalities; ``survey_same_year`` as the census's; ``official_reference``: the one published
of the reference, that year.
Table (:func:`measures`): every measure and year; :func:`told`: which there are.
"""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd

from gsi.analysis.comprehension.subtracted import not_subtracted
from gsi.analysis.context import Context
from gsi.analysis.labels import with_interval
from gsi.analysis.quality import criteria
from gsi.analysis.results import Column, Fact, Table, flag, percent, text, year
from gsi.contract.divipola import CAPITAL_DISTRICT, department_of, is_department
from gsi.contract.params.indicator_parts import Official
from gsi.contract.params.indicators import Indicator
from gsi.contract.places import many
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Area
from gsi.ground import frames
from gsi.inputs import indicators
from gsi.inputs.indicators import aggregates, unification

CENSUS, SURVEY = "ipm_censo", "ipm_sae"
MONETARY, NEEDS = "pobreza_monetaria_sae", "nbi"
MEASURES = (CENSUS, SURVEY, MONETARY, NEEDS)
PUBLISHED, MODEL, WITHHELD = "publicada", "estimada con un modelo", "sin calidad: no se publica"
_INTERVAL = "; el intervalo se calculó aquí con los errores de cada uno"
# By whether the publisher gives one of that place and year; None: not known.
_BESIDE = {
    True: ", y el que publica el DANE puede ser hasta 1,4 veces más ancho o más angosto",
    False: ", y el DANE no publica el intervalo",
    None: "",
}
_SAME = "igual a la cifra publicada del departamento"
_COLUMNS = [
    *("indicador", "medida", "anio", "valor", "inferior", "superior", "value_text", "cuenta"),
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
        # What a territory typed of itself nobody published.
        if not unification.is_form(str(row["fuente"]))
        and known[row["indicador"]].published(
            context.territory.code, row["fuente"] == indicators.CALCULATED
        )
    }
    rows = frames.records(states[~states["indicador"].isin(list(apart))])
    found = {str(row["indicador"]): row for row in rows}
    chosen = next((n for n in context.params.comprehension.poverty if n in found), None)
    row = found.get(chosen or "")
    # A department's figure as published stands even where its municipalities' own do not.
    survey = official.get(SURVEY, found.get(SURVEY)) if chosen != SURVEY else None
    when = context.years.baseline if row is None else int(row["periodo"])
    read = _figures(context, SURVEY, context.territory.code)
    if chosen != SURVEY and not read.empty:
        # The published series has the census's year too: the two are told of one year.
        survey = official[SURVEY] = indicators.at(read, when).iloc[0].to_dict()
    made = row is not None and row["fuente"] == indicators.CALCULATED and not context.alone
    last = None if survey is None else _last(context, survey, read)
    result: dict[str, Fact] = {
        "has_poverty": flag(row is not None),
        "poverty": percent(None if row is None else row["valor"]),
        "poverty_year": year(None if row is None else row["periodo"]),
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
        "survey_poverty_last": percent(None if last is None else last["valor"]),
        "survey_poverty_last_year": year(None if last is None else last["periodo"]),
        "survey_poverty_last_low": percent(None if last is None else last["inferior"]),
        "survey_poverty_last_high": percent(None if last is None else last["superior"]),
        "survey_poverty_official": flag(survey is not None and SURVEY in official),
        "survey_same_year": flag(
            row is not None and survey is not None and survey["periodo"] == row["periodo"]
        ),
        "official_reference": percent(_official_reference(context, chosen, when)),
    }
    return result


def _figures(context: Context, name: str, place: str) -> pd.DataFrame:
    """The published figures of a department or the country that the catalogue says stand for the
    means of an indicator: rows of the prepared table; none of a municipality."""
    indicator = next((item for item in context.catalogue if item.id == name), None)
    table = context.data.department("indicadores")
    if indicator is None or indicator.official is None or not is_department(place):
        return table.iloc[:0]
    rows = table[(table["municipio"] == place) & (table["area"] == Area.TOTAL)]
    return rows[(rows["indicador"] == indicator.official.figure) & rows["valor"].notna()]


def _official_reference(context: Context, chosen: str | None, when: int) -> float | None:
    """The published figure of what the census's is compared with, in its year."""
    if chosen != CENSUS:
        return None
    rows = _figures(context, SURVEY, _owner(context))
    found = rows.loc[rows["periodo"] == when, "valor"]
    return None if found.empty else float(found.iloc[0])


def _owner(context: Context) -> str:
    place = context.territory
    return COUNTRY if place.is_department else place.department


def _last(context: Context, survey: dict[Any, Any], read: pd.DataFrame) -> dict[Any, Any] | None:
    """The last figure after ``survey``, up to the follow-up, of those ``read`` as published, else
    of the small-area series; None without it."""
    rows = read
    if rows.empty:
        series = next(item.series for item in context.catalogue if item.id == SURVEY)
        rows = context.data.department("indicadores")
        rows = rows[(rows["municipio"] == context.territory.code) & (rows["area"] == Area.TOTAL)]
        rows = rows[(rows["indicador"] == SURVEY) & (rows["serie"] == series)]
    later = (rows["periodo"] > survey["periodo"]) & (rows["periodo"] <= context.years.follow_up)
    found = rows[later & rows["valor"].notna()].sort_values("periodo")
    return None if found.empty else frames.records(found)[-1]


def _reference_made(context: Context, row: dict[str, Any]) -> bool:
    """Whether the reference beside a figure is a mean made here."""
    table = context.data.department("indicadores")
    same = (table["municipio"] == _owner(context)) & (table["indicador"] == row["indicador"])
    same &= (table["periodo"] == row["periodo"]) & (table["area"] == Area.TOTAL)
    return bool((table.loc[same, "fuente"] == indicators.CALCULATED).any())


def measures(context: Context) -> Table:
    """One row a measure and year of the territory, in the order of :data:`MEASURES`."""
    table = context.data.department("indicadores")
    place = context.territory.code
    rows = table[(table["municipio"] == place) & (table["area"] == Area.TOTAL)]
    rows = rows.sort_values(["indicador", "periodo"])
    known = {indicator.id: indicator for indicator in context.catalogue}
    records = []
    shown = set(rows.loc[rows["indicador"].isin(MEASURES), "periodo"])
    for name in MEASURES:
        indicator = known[name]
        own = rows[rows["indicador"] == name]
        called = many(context.data.kinds)
        found = [
            _measure(row, name, indicator.name, indicator, _obtained(indicator, row, place, called))
            for row in frames.records(own)
        ]
        # Of the years that another measure has; where ours is the published one, it is told once.
        figures = _figures(context, name, place).sort_values("periodo")
        there = own.loc[own["valor"].notna(), "periodo"]
        figures = figures[figures["periodo"].isin(shown) & ~figures["periodo"].isin(there)]
        official = indicator.official
        if official is not None:
            found += [
                _measure(row, official.figure, official.name, indicator, _published(official))
                for row in frames.records(figures)
            ]
            for record in found:
                if record["obtenida"] == _published(official):
                    record["medida"] = official.name
        records += sorted(found, key=lambda record: record["anio"])
    return Table(
        pd.DataFrame(records, columns=_COLUMNS),
        {
            "medida": Column("Medida"),
            "anio": Column("Año", "year"),
            "value_text": Column("Valor"),
            "cuenta": Column("Qué cuenta"),
            "obtenida": Column("Cómo se obtiene"),
        },
    )


def _measure(
    row: dict[str, Any], name: str, called: str, indicator: Indicator, obtained: str
) -> dict[str, Any]:
    return {
        "indicador": name,
        "medida": called,
        "anio": int(row["periodo"]),
        "valor": row["valor"],
        "inferior": row["inferior"],
        "superior": row["superior"],
        "value_text": with_interval(row["valor"], row["inferior"], row["superior"], unit="%"),
        "cuenta": indicator.numerator,
        "obtenida": obtained,
    }


def _published(official: Official) -> str:
    return f"{PUBLISHED}, {official.survey}"


def told(table: Table, context: Context) -> dict[str, Fact]:
    """Which of the measures the table has, so that the report speaks of no other."""
    read = table.data["obtenida"].str.startswith(f"{PUBLISHED}, ")
    there = set(table.data.loc[~read, "indicador"])
    return {
        "has_official_measure": flag(bool(read.any())),
        "has_poverty_measures": flag(len(table.data) > 1),
        "has_census_measure": flag(CENSUS in there),
        "has_survey_measure": flag(SURVEY in there),
        "has_monetary_measure": flag(MONETARY in set(table.data["indicador"])),
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


def _made_interval(indicator: Indicator, row: dict[str, Any], place: str) -> str:
    """What is said of an interval that nobody published."""
    fictional = department_of(place) == EXAMPLE_DEPARTMENT
    given = None if fictional else indicator.interval_given(place, int(row["periodo"]))
    return _INTERVAL + _BESIDE[given]


def _obtained(indicator: Indicator, row: dict[str, Any], place: str, called: str) -> str:
    """How the figure of this territory comes to be; ``called``: what it consists of."""
    if pd.isna(row["valor"]):
        return WITHHELD
    made = row["fuente"] == indicators.CALCULATED
    typed = unification.is_form(str(row["fuente"]))
    if indicator.official is not None and not (made or typed) and indicator.published(place, made):
        given = _published(indicator.official)
        if not aggregates.error_made(row["nota"]):
            return given
        return given + _made_interval(indicator, row, place).replace("cada uno", f"los {called}")
    if made and place != CAPITAL_DISTRICT:
        how = "igual a la publicada" if indicator.reproduces(place) else "aproximada"
        interval = "" if pd.isna(row["inferior"]) else _made_interval(indicator, row, place)
        return f"media de los {called} por su población, {how}{interval}"
    if pd.isna(row["error_estandar"]):
        return PUBLISHED
    # The only municipality of a department has its department's figure.
    alone = place == CAPITAL_DISTRICT and indicator.aggregate == "weighted"
    return f"{MODEL}, {_SAME}" if alone and indicator.reproduces(place) else MODEL
