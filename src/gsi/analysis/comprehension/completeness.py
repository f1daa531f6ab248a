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
from gsi.contract.vocabulary import Area
from gsi.ground import frames
from gsi.measure.completeness import corrected

UNREGISTERED = "En su departamento no se registran todos: menos casos pueden ser menos registrados."
CONTRADICTED = "Puede faltar registro: al año siguiente {reason} ({later} y {most})."
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
    """Municipality or total, indicator and year of the figures that the next year's of another
    shows to be too low (:class:`Contradiction` of the catalogue), with the sentence that says it.
    """
    return context.shared("contradicted", _contradicted, ("indicadores",))


def _contradicted(context: Context) -> dict[tuple[str, str, int], str]:
    rows = context.data.department("indicadores")
    rows = rows[(rows["area"] == Area.TOTAL) & rows["valor"].notna()]
    found = {}
    for item in context.catalogue:
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
