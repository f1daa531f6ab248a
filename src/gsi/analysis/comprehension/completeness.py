"""How much of births and deaths is registered: what flatters the places that register least.

No department's completeness is shipped: none could be verified. Whoever has a published table puts
it in the parameters (``comprehension.rights.completeness.departments``), with its source. Where
less than the declared level is registered, or nothing is known of a department where
under-registration is documented (``undocumented`` in the parameters), no rate of births or deaths
is called better; and where it is known, the department's rate is shown with what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Table, flag, percent, text, write_value
from gsi.contract.divipola import department_of
from gsi.contract.params.comprehension import Completeness
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import COUNTRY, Area
from gsi.ground import frames
from gsi.measure.completeness import corrected

UNREGISTERED = "En su departamento no se registran todos: menos casos pueden ser menos registrados."
CONTRADICTED = "Puede faltar registro: al año siguiente {reason} ({later} y {most})."
OUTGROWN = (
    "Puede faltar registro: al año siguiente la cifra del mismo lugar fue {next}{after}; sin lo "
    "que cambió el país, más de {times} veces esta ({value})."
)
AFTER = " y un año después {after}"
# So many standard deviations of a count are no chance.
_BEYOND_CHANCE = 3.0
BIRTHS = "nacidos vivos"  # denominator of the catalogue's rates of births
EVENTS = ("births", "deaths")


def lacking(indicator: Indicator, department: str, rules: Completeness) -> bool:
    """Whether less of it may only be less registered. A share of births is not: both parts miss."""
    if indicator.observed not in EVENTS or indicator.is_share:
        return False
    known = rules.departments.get(department)
    share = None if known is None else getattr(known, indicator.observed)
    if share is None:
        return department in rules.undocumented
    return bool(share < rules.least)


def contradicted(context: Context) -> dict[tuple[str, str, int], str]:
    """Municipality or total, indicator and year of the figures that the next year's of another, or
    its own of the next two, show to be too low (:class:`Contradiction` and ``outgrown`` of the
    catalogue), with the sentence that says it.
    """
    return context.shared("contradicted", _contradicted, ("indicadores",))


def _contradicted(context: Context) -> dict[tuple[str, str, int], str]:
    rows = context.data.department("indicadores")
    rows = rows[(rows["area"] == Area.TOTAL) & rows["valor"].notna()]
    found: dict[tuple[str, str, int], str] = {}
    for item in context.catalogue:
        if item.outgrown is not None:
            found |= _outgrown(rows[rows["indicador"] == item.id], item)
        rule = item.contradicted_by
        if rule is None:
            continue
        values = {
            name: rows[rows["indicador"] == name]
            .drop_duplicates(["municipio", "periodo"])
            .set_index(["municipio", "periodo"])["valor"]
            for name in (item.id, *rule.beside, rule.indicator)
        }
        later = values.pop(rule.indicator)
        later.index = pd.MultiIndex.from_arrays(
            [later.index.get_level_values(0), later.index.get_level_values(1) - 1],
            names=["municipio", "periodo"],
        )
        most = sum(values[name] for name in rule.beside) + values[item.id]
        table = pd.DataFrame({"most": most, "later": later}).dropna()
        table = table[table["later"] > table["most"]].reset_index()
        for row in frames.records(table):
            found[str(row["municipio"]), item.id, int(row["periodo"])] = CONTRADICTED.format(
                reason=rule.reason,
                later=write_value(row["later"], "decimal", 1),
                most=write_value(row["most"], "decimal", 1),
            )
    return found


def _outgrown(rows: pd.DataFrame, item: Indicator) -> dict[tuple[str, str, int], str]:
    """The figures of one indicator that are far below the country's and that the same place's of
    the next two years (of the next, where there is no other) are more than so many times, each
    divided by the country's of its year. Where the people it is of are known, the cases missing are
    more than three standard deviations of those expected: a small school has years without any.
    """
    assert item.outgrown is not None
    rows = rows.drop_duplicates(["municipio", "periodo", "serie"])
    country = rows[rows["municipio"] == COUNTRY].set_index(["serie", "periodo"])["valor"]
    link = pd.MultiIndex.from_frame(rows[["serie", "periodo"]])
    level = country.reindex(link).to_numpy(np.float64)
    rows = rows.assign(level=np.where(level > 0, level, np.nan))
    rows["relative"] = rows["valor"] / rows["level"]
    values = rows.set_index(["municipio", "serie", "periodo"])[["valor", "relative"]]
    for name, years in (("next", 1), ("after", 2)):
        key = pd.MultiIndex.from_arrays(
            [rows["municipio"], rows["serie"], rows["periodo"] + years], names=values.index.names
        )
        rows[[name, f"{name}_relative"]] = values.reindex(key).to_numpy(np.float64)
    usual = rows["next_relative"].where(
        rows["after_relative"].isna(), rows[["next_relative", "after_relative"]].min(axis="columns")
    )
    people = rows["denominador"] / 100 if item.is_share else np.nan
    expected = usual * rows["level"] * people
    missing = expected - rows["valor"] * people
    low = (rows["relative"] < 1) & (usual > item.outgrown * rows["relative"])
    low &= missing.isna() | (missing > _BEYOND_CHANCE * expected**0.5)
    return {
        (str(row["municipio"]), item.id, int(row["periodo"])): OUTGROWN.format(
            next=write_value(row["next"], "decimal", 1),
            after=""
            if pd.isna(row["after"])
            else AFTER.format(after=write_value(row["after"], "decimal", 1)),
            times=write_value(item.outgrown, "decimal", 0),
            value=write_value(row["valor"], "decimal", 1),
        )
        for row in frames.records(rows[low])
    }


def flattered(rows: pd.DataFrame, known: Mapping[str, Indicator], context: Context) -> list[str]:
    """Why a low figure of each of ``rows`` (municipio, indicador, periodo) is no merit: cases may
    be missing from it; '' where nothing says so."""
    rules = context.params.comprehension.rights.completeness
    doubted = contradicted(context)
    return [
        UNREGISTERED
        if lacking(known[name], department_of(code), rules)
        else doubted.get((code, name, int(period)), "")
        for code, name, period in zip(
            rows["municipio"], rows["indicador"], rows["periodo"], strict=True
        )
    ]


def facts(states: pd.DataFrame, context: Context) -> dict[str, Fact]:
    """What the section tells: ``registration_unknown``, ``registration_low`` (flags),
    ``births_registered``, ``deaths_registered``, ``registration_least``, ``registration_source``.

    ``states``: of :func:`gsi.analysis.comprehension.states.compare`.
    """
    rules = context.params.comprehension.rights.completeness
    department = context.territory.department
    known = rules.departments.get(department)
    held = any(
        lacking(item, department, rules)
        for item in context.catalogue
        if item.comparable and item.id in set(states["indicador"])
    )
    low = held and not adjusted(states, context).data.empty
    return {
        "registration_unknown": flag(held and not low),
        "registration_low": flag(low),
        "registration_least": percent(100 * rules.least, 0),
        "births_registered": percent(_percent(known.births if known else None), 1),
        "deaths_registered": percent(_percent(known.deaths if known else None), 1),
        "registration_source": text(known.source if known else None),
    }


def adjusted(states: pd.DataFrame, context: Context) -> Table:
    """The department's rates of births and deaths, as published and with what is not registered."""
    rules = context.params.comprehension.rights.completeness
    known = rules.departments.get(context.territory.department)
    catalogue = {item.id: item for item in context.catalogue}
    rows = []
    for row in states.to_dict("records"):
        indicator = catalogue[row["indicador"]]
        if known is None or indicator.observed not in EVENTS or indicator.is_share:
            continue
        value = row["departamento"] if pd.notna(row["departamento"]) else row["valor"]
        events = getattr(known, indicator.observed)
        base = known.births if indicator.denominator == BIRTHS else 1.0
        if events is None or base is None:
            continue
        rows.append(
            {
                "nombre": indicator.name,
                "periodo": row["periodo"],
                "publicada": value,
                "registrado": 100 * events,
                "corregida": float(corrected(value, events, base)),
                "unidad": indicator.unit,
            }
        )
    columns = {
        "nombre": Column("Indicador"),
        "periodo": Column("Año", "year"),
        "publicada": Column("Cifra del departamento", "decimal", 1),
        "registrado": Column("De cada 100 casos se registran", "decimal", 1),
        "corregida": Column("Con los que faltan", "decimal", 1),
        "unidad": Column("Unidad"),
    }
    return Table(pd.DataFrame(rows, columns=list(columns)), columns)


def _percent(share: float | None) -> float | None:
    return None if share is None else float(np.round(100 * share, 6))
