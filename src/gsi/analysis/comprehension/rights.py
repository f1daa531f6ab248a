"""C3: the state of each policy objective, by category of rights.

How a value is compared with its reference: :mod:`gsi.analysis.comprehension.states`; what changed:
:mod:`gsi.analysis.comprehension.changes`, the same list as the section ``change`` tells.

Facts: ``reference`` (its name; ``reference_to`` after "a"),
``without_data`` (names); of indicators ``comparable``,
``compared_years``, ``worse``, ``better``, ``not_compared``;
of facts, each family of indicators once, ``facts``, ``facts_worse``, ``facts_better``,
``facts_mixed`` (of their indicators, ``mixed_worse``, ``mixed_better``), ``facts_alike``;
``worsening`` and ``improving`` (names with the years);
``births_15_19``, ``births_10_14``, ``births_<ages>_of`` (of how many
municipalities, where not of all); those of
:mod:`gsi.analysis.comprehension.poverty`, :mod:`gsi.analysis.comprehension.completeness` and
:mod:`gsi.analysis.comprehension.turned`.
Tables: ``objectives`` (the twelve and living conditions), ``indicators``, ``facts``,
``not_compared``, ``life_course`` (group × right), ``series``, ``poverty`` (the measures of poverty
side by side), ``completeness`` (the department's rates of births and deaths with what is not
registered).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import completeness, poverty, turned
from gsi.analysis.comprehension.changes import dated_names, judged
from gsi.analysis.comprehension.states import (
    ALIKE,
    BETTER,
    COMPARED,
    MIXED,
    NO_DATA,
    NOT_COMPARABLE,
    UNJUDGED,
    UNKNOWABLE,
    WORSE,
    compare,
    facts_of,
)
from gsi.analysis.comprehension.subtracted import stretches
from gsi.analysis.context import Context
from gsi.analysis.labels import VERDICTS, cases, least, span, with_interval
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    flag,
    names,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract import places
from gsi.contract.params.indicators import GROUPS, TRANSVERSAL
from gsi.contract.places import with_article
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS, Area, Verdict
from gsi.ground import frames, locale
from gsi.inputs import indicators
from gsi.inputs.indicators import zones


@step
def rights(context: Context) -> Section:
    """Every objective with its indicators, or named as 'sin dato'."""
    table = context.data.department("indicadores")
    why = (
        "sin ella no se conoce el estado de los derechos de la niñez, la adolescencia y la juventud"
    )
    place = context.territory
    if table.empty or not (table["municipio"] == place.code).any():
        return Section("rights", gaps=[Gap("indicadores", why)])
    changes = judged(context)
    states = _with_changes(compare(context, [place.code]), changes)
    states = turned.with_last(states, context)
    objectives = _objectives(states)
    real = objectives["objetivo"] != TRANSVERSAL
    empty = objectives.loc[real & (objectives["con_dato"] == 0), "etiqueta"].tolist()
    reference, name = _reference(context), _reference_name(context)
    facts: dict[str, Fact] = {
        "reference": text(name),
        "reference_to": text(None if name is None else locale.contracted("a", name)),
        "without_data": names(empty),
        "has_without_data": flag(bool(empty)),
        **_by_right(states),
        **turned.facts(states),
        **_changed(changes),
        **_births(context),
        **poverty.facts(context, states),
        **completeness.facts(states, context),
    }
    tables = {
        "objectives": Table(objectives, _objective_columns()),
        "indicators": Table(states, _indicator_columns(reference)),
        "facts": Table(facts_of(states), _FACTS),
        "not_compared": _not_compared(states),
        "life_course": _life_course(states),
        "series": _series(context, states),
        "poverty": poverty.measures(context),
        "completeness": completeness.adjusted(states, context),
    }
    facts |= poverty.told(tables["poverty"], context)
    gaps = [Gap("indicadores", f"ningún indicador mide el objetivo «{label}»") for label in empty]
    return Section("rights", facts, tables, gaps)


def _with_changes(states: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """The states with ``tendencia``, ``cambio``, ``follow_up_period``, ``follow_up_value``."""
    changes = changes.set_index("indicator").reindex(states["indicador"])
    words = [VERDICTS.get(word, VERDICTS[Verdict.NOT_COMPARABLE]) for word in changes["verdict"]]
    return states.assign(
        value_text=[
            least(with_interval(row["valor"], row["inferior"], row["superior"]), row["minimo"])
            + zones.SHORT.get(zones.note(row["nota"]), "")
            if np.isnan(row["casos"])
            else cases(row["casos"])
            for row in frames.records(states)
        ],
        tendencia=words,
        cambio=changes["difference"].to_numpy(np.float64),
        follow_up_period=changes["year_b"].to_numpy(np.float64),
        follow_up_value=changes["value_b"].to_numpy(np.float64),
    )


def _changed(changes: pd.DataFrame) -> dict[str, Fact]:
    """The same list, and the same names, as the section of change."""
    facts: dict[str, Fact] = {}
    for name, verdict in (("worsening", Verdict.WORSENED), ("improving", Verdict.IMPROVED)):
        found = changes[changes["verdict"] == verdict]
        facts[name] = names(dated_names(found))
        facts[f"has_{name}"] = flag(not found.empty)
    return facts


def _reference(context: Context) -> str:
    return "departamento" if context.against == "department" else "pais"


def _reference_name(context: Context) -> str | None:
    if context.against == "department":
        return with_article(context.territory.department_name)
    return "el país del ejemplo" if context.territory.fictional else "Colombia"


# What is of no single right stands in the table too: its rows add up to what the headline counts.
LIVING = "Condiciones de vida"
ASKED = {**OBJECTIVES, TRANSVERSAL: (TRANSVERSAL, "Pobreza y hogares (de todos los derechos)")}


def _objectives(states: pd.DataFrame) -> pd.DataFrame:
    records = []
    everything = frames.records(states)
    for key, (right, label) in ASKED.items():
        rows = [row for row in everything if row["objetivo"] == key]
        found, trend = (Counter(row[part] for row in rows) for part in ("estado", "tendencia"))
        compared = sum(found[state] for state in COMPARED)
        if not rows:
            state = NO_DATA
        elif not compared:
            state = _undecided(found)
        else:
            state = f"peor en {found[WORSE]} de {compared}"
        records.append(
            {
                "derecho": right,
                "right_label": RIGHTS.get(right, LIVING),
                "objetivo": key,
                "etiqueta": label,
                "con_dato": len(rows),
                "comparables": compared,
                "mejor": found[BETTER],
                "igual": found[ALIKE],
                "peor": found[WORSE],
                "empeora": trend[VERDICTS[Verdict.WORSENED]],
                "mejora": trend[VERDICTS[Verdict.IMPROVED]],
                "worst_indicator": _worst(rows) or _no_worst(len(rows), compared),
                "estado": state,
            }
        )
    return pd.DataFrame(records)


def _no_worst(known: int, compared: int) -> str | None:
    """What stands for the most unfavourable indicator where none is: none of those compared; of
    those with data none that is compared; None without any data."""
    if compared:
        return "ninguno"
    return "no se puede decir" if known else None


def _undecided(found: Mapping[str, int]) -> str:
    """The state of indicators none of which is told to be better, worse or alike: theirs, with how
    many have each where they differ. Not comparable is what is not compared at all."""
    states = [state for state in (UNKNOWABLE, UNJUDGED, NOT_COMPARABLE) if found[state]]
    if len(states) == 1:
        return states[0]
    return "; ".join(f"{state}, {found[state]}" for state in states)


def _worst(rows: Sequence[Mapping[Any, Any]]) -> str | None:
    """Name of the indicator that stands worst against its reference, the first of equals."""
    worse = [row for row in rows if row["estado"] == WORSE]
    if not worse:
        return None
    return str(max(worse, key=lambda row: np.nan_to_num(row["gravedad"], nan=-np.inf))["nombre"])


def _by_right(states: pd.DataFrame) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    compared = states[states["estado"].isin(COMPARED)]
    facts["indicators"] = count(len(states))
    facts["comparable"] = count(len(compared))
    facts["compared_years"] = text(span(compared["periodo"]))
    facts["any_comparable"] = flag(len(compared) > 0)
    facts["worse"] = count(int((compared["estado"] == WORSE).sum()))
    facts["better"] = count(int((compared["estado"] == BETTER).sum()))
    facts["not_compared"] = count(len(states) - len(compared))
    facts["any_not_compared"] = flag(len(states) > len(compared))
    families = facts_of(states)
    once = families["estado"]
    facts["facts"] = count(len(once))
    for name, state in (("worse", WORSE), ("better", BETTER), ("mixed", MIXED), ("alike", ALIKE)):
        facts[f"facts_{name}"] = count(int((once == state).sum()))
    facts["any_mixed"] = flag(bool((once == MIXED).any()))
    mixed = families[once == MIXED]
    facts["mixed_worse"] = count(int(mixed["peor"].sum()))
    facts["mixed_better"] = count(int(mixed["mejor"].sum()))
    facts["families"] = flag(len(once) < len(compared))
    return facts


def _births(context: Context) -> dict[str, Fact]:
    table = context.data.department("indicadores")
    fertility = {ages: f"fecundidad_{ages}" for ages in ("10_14", "15_19")}
    mine = (table["municipio"] == context.territory.code) & table["indicador"].isin(
        list(fertility.values())
    )
    values = indicators.at(table[mine], context.years.baseline)
    facts: dict[str, Fact] = {}
    for ages, name in fertility.items():
        row = values[values["indicador"] == name]
        has = not row.empty and pd.notna(row["numerador"].iloc[0])
        facts[f"births_{ages}"] = count(row["numerador"].iloc[0] if has else None)
        facts[f"births_{ages}_of"] = text(_counting(table, row, context) if has else None)
        facts[f"births_{ages}_year"] = year(int(row["periodo"].iloc[0]) if has else None)
    return facts


def _counting(table: pd.DataFrame, figure: pd.DataFrame, context: Context) -> str | None:
    """``11 de 12 municipios`` whose cases a department's figure adds up; None where it is all that
    had people then, and of a total that its publisher gives, which is whole."""
    if not context.territory.is_department:
        return None
    if figure["fuente"].iloc[0] != indicators.CALCULATED:
        return None
    rows = context.data.department("poblacion")
    rows = rows[(rows["periodo"] == figure["periodo"].iloc[0]) & (rows["personas"] > 0)]
    everyone = set(rows["municipio"]) & set(context.data.names) or set(context.data.names)
    same = table["municipio"].isin(list(everyone)) & table["numerador"].notna()
    for column in ("indicador", "periodo", "serie", "area"):
        same &= table[column] == figure[column].iloc[0]
    there = table.loc[same, "municipio"].nunique()
    if not 0 < there < len(everyone):
        return None
    return f"{there} de {places.counted(len(everyone), context.data.kinds)}"


def _not_compared(states: pd.DataFrame) -> Table:
    """The indicators with data that have no state against the reference: one row a reason."""
    rows = states[~states["estado"].isin(COMPARED)]
    records = [
        {
            "motivo": reason,
            "estado": state,
            "indicadores": len(part),
            "nombres": list(part["nombre"]),
        }
        for (reason, state), part in rows.groupby(["motivo", "estado"], sort=False)
    ]
    return Table(
        pd.DataFrame(records, columns=["motivo", "estado", "indicadores", "nombres"]),
        {
            "motivo": Column("Por qué no se compara"),
            "estado": Column("Frente a la referencia"),
            "indicadores": Column("Indicadores", "count"),
            "nombres": Column("Cuáles", "names"),
        },
    )


def _life_course(states: pd.DataFrame) -> Table:
    """Group × right: the indicator that stands worst against its reference, and how many are worse
    of those compared. Columns ``<right>`` (text), ``<right>_peores``, ``<right>_comparados``."""
    records = []
    parts: dict[tuple[str, str], list[dict[Any, Any]]] = {}
    for row in frames.records(states):
        parts.setdefault((row["grupo"], row["derecho"]), []).append(row)
    for group, label in GROUPS.items():
        record: dict[str, str | int] = {"grupo": group, "etiqueta": label}
        for right in RIGHTS:
            rows = parts.get((group, right))
            if rows is None:
                record |= {right: NO_DATA, f"{right}_peores": 0, f"{right}_comparados": 0}
                continue
            found = Counter(row["estado"] for row in rows)
            worse, compared = found[WORSE], sum(found[state] for state in COMPARED)
            if not compared:
                record[right] = _undecided(found)
            elif not worse:
                record[right] = f"peor en 0 de {compared}"
            else:
                name = _worst(sorted(rows, key=lambda row: str(row["indicador"])))
                record[right] = f"{name} (peor en {worse} de {compared})"
            record[f"{right}_peores"] = worse
            record[f"{right}_comparados"] = compared
        records.append(record)
    columns = {"etiqueta": Column("Grupo"), **{key: Column(RIGHTS[key]) for key in RIGHTS}}
    return Table(pd.DataFrame(records), columns)


def _series(context: Context, states: pd.DataFrame) -> Table:
    """Every period of the indicators shown, same series only: the lines of the trend figure.

    ``tramo``: values of one stretch compare with the one before; the line is cut between two. Where
    a year had one or two cases there is no level to follow, and no line.
    """
    known = {item.id: item for item in context.catalogue}
    table = context.data.department("indicadores")
    rows = table[
        (table["municipio"] == context.territory.code)
        & (table["area"] == Area.TOTAL)
        & table["valor"].notna()
        & table["indicador"].isin(states["indicador"].tolist())
    ].sort_values(["indicador", "serie", "periodo"], ignore_index=True)
    multipliers = rows["indicador"].map({key: item.multiplier for key, item in known.items()})
    few = indicators.few_cases(rows["numerador"], multipliers.astype("float64"))
    rows = rows[~rows["indicador"].isin(rows.loc[few, "indicador"])].reset_index(drop=True)
    rows = rows[
        ["indicador", "serie", "periodo", "valor", "inferior", "superior", "fuente", "nota"]
    ]
    rows.insert(1, "nombre", rows["indicador"].map({key: item.name for key, item in known.items()}))
    rows["tramo"] = 0
    for indicator, part in rows.groupby("indicador", sort=False):
        part = part.sort_values("periodo")
        rows.loc[part.index, "tramo"], _ = stretches(known[str(indicator)], part)
    return Table(
        rows.drop(columns="nota"),
        {
            "nombre": Column("Indicador"),
            "periodo": Column("Año", "year"),
            "valor": Column("Valor", "decimal", 1),
        },
    )


def _objective_columns() -> dict[str, Column]:
    return {
        "right_label": Column("Derecho"),
        "etiqueta": Column("Objetivo de política"),
        "con_dato": Column("Indicadores con dato", "count"),
        "estado": Column("Frente a la referencia"),
        "worst_indicator": Column("Indicador más desfavorable"),
    }


_FACTS = {
    "hecho": Column("Hecho"),
    "indicadores": Column("Indicadores", "count"),
    "peor": Column("De ellos, peores", "count"),
    "mejor": Column("Mejores", "count"),
    "state_text": Column("Frente a la referencia"),
}


def _indicator_columns(reference: str) -> dict[str, Column]:
    columns = {
        "nombre": Column("Indicador"),
        "periodo": Column("Año", "year"),
        "value_text": Column("Valor (intervalo)"),
        "unidad": Column("Unidad"),
        "meta": Column("Meta", "decimal", 0),
    }
    if reference == "departamento":
        columns["departamento"] = Column("Departamento", "decimal", 1)
    columns["pais"] = Column("País", "decimal", 1)
    columns["estado"] = Column("Estado")
    columns["tendencia"] = Column("Tendencia")
    return columns
