"""C4: the places where people are served, their use, and places per child in need.

Children in need = incidence of multidimensional poverty × children of the ages the kind of place
serves (parameter ``comprehension.scenarios.ages``), municipality by municipality.

Only municipalities that reported places in the year count, in sums, needs and ranks: the others
were silent (:mod:`gsi.analysis.delivery`), which is not having none.

Facts: ``year``, ``places``, ``capacity``, ``served``, ``use``, ``children_in_need`` (0-17),
``poverty_year``, ``people_year``, who reported (``by``, ``partial``);
``has_lowest``, ``lowest_type``, ``lowest_rate`` (places per 100 children in need);
``lowest_compared``, ``lowest_municipalities`` and ``lowest_municipality_rate``: where the fewest
are, of several that reported and differ;
``nearest_*`` and ``farthest_*``: :mod:`gsi.analysis.comprehension.nearest`;
Tables: ``types``, ``coverage`` (municipality × kind), ``nearest`` (where a kind is missing),
``microterritories`` (municipalities).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.comprehension import people
from gsi.analysis.comprehension.nearest import nearest_places
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    decimal,
    flag,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step

LABELS = {
    "comedor_comunitario": "Comedores comunitarios",
    "colegio": "Colegios",
    "cdi": "Centros de desarrollo infantil (CDI)",
    "hogar_icbf": "Hogares de Bienestar Familiar (ICBF)",
    "microterritorio_salud": "Microterritorios de salud",
    "ips": "Instituciones prestadoras de salud",
    "comisaria_familia": "Comisarías de familia",
    "biblioteca": "Bibliotecas",
    "casa_cultura": "Casas de cultura",
    "otro": "Otros escenarios",
}


@step
def scenarios(context: Context) -> Section:
    """Supply, use and places per 100 children in need, by kind of place and municipality."""
    own = context.data.own("escenarios")
    if own.empty:
        why = "sin ella no se sabe dónde se atiende, con cuántos cupos, ni dónde no hay escenarios"
        return Section("scenarios", gaps=[Gap("escenarios", why)])
    when = people.period(own["periodo"], context.years.baseline)
    own = own[own["periodo"] == when]
    who = delivery.delivered(own, context)
    coverage = _coverage(context, own, who.reported)
    types = _types(coverage)
    poverty = people.poverty(context)
    gaps = []
    if types["necesidad"].isna().all():
        why = "sin pobreza y población por edad no se calculan cupos por niña o niño en necesidad"
        gaps.append(Gap("indicadores" if poverty.empty else "poblacion", why))
    need = people.in_need(context, people.NINEZ, when).reindex(who.reported)
    near_facts, near = nearest_places(context, LABELS, when, who.reported)
    facts: dict[str, Fact] = {
        "year": year(when),
        "places": count(len(own)),
        "capacity": count(own["capacidad"].sum()),
        "served": count(_known_sum(own["atendidos"])),
        "use": percent(_use(own)),
        "children_in_need": count(need.sum() if need.notna().any() else None),
        "poverty_year": year(int(poverty["periodo"].iloc[0]) if len(poverty) else None),
        "people_year": year(people.counted_in(context, when)),
        **delivery.facts(who, context),
        **_lowest(types, coverage),
        **near_facts,
    }
    shown = dict(_TYPE_COLUMNS)
    if not context.territory.is_department:
        del shown["sin_escenario"]
    tables = {
        "types": Table(types, shown),
        "coverage": Table(coverage, _COVERAGE_COLUMNS),
        **near,
    }
    if not context.territory.is_department and own["microterritorio"].notna().any():
        tables["microterritories"] = _microterritories(own)
    return Section("scenarios", facts, tables, gaps)


def _coverage(context: Context, own: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """Every municipality that reported × kind of place reported by any, also with none of it."""
    settings = context.params.comprehension.scenarios
    kinds = [kind for kind in LABELS if kind in set(own["tipo"])]
    when = int(own["periodo"].iloc[0])
    sums = own.groupby(["municipio", "tipo"]).agg(
        escenarios=("escenario", "nunique"),
        capacidad=("capacidad", "sum"),
        atendidos=("atendidos", _known_sum),
        used_capacity=("capacidad", lambda c: c[own.loc[c.index, "atendidos"].notna()].sum()),
    )
    grid = pd.MultiIndex.from_product([codes, kinds], names=["municipio", "tipo"])
    table = sums.reindex(grid).reset_index()
    filled = ["escenarios", "capacidad", "used_capacity"]
    table[filled] = table[filled].astype("float64").fillna(0)
    table["atendidos"] = table["atendidos"].astype("float64")
    table["uso"] = 100 * table["atendidos"] / table["used_capacity"].replace(0, np.nan)
    needs = {kind: people.in_need(context, settings.ages[kind], when) for kind in kinds}
    table["necesidad"] = [
        needs[kind].get(code, np.nan)
        for code, kind in zip(table["municipio"], table["tipo"], strict=True)
    ]
    table["tasa"] = 100 * table["capacidad"] / table["necesidad"].replace(0, np.nan)
    table.insert(1, "nombre", table["municipio"].map(context.data.names))
    table.insert(3, "etiqueta", table["tipo"].map(LABELS))
    limits = 100 * settings.saturated, 100 * settings.idle
    table["estado"] = [
        "sin escenario"
        if places == 0
        else "sin dato de uso"
        if pd.isna(use)
        else "lleno"
        if use >= limits[0]
        else "con cupos libres"
        if use < limits[1]
        else "en uso"
        for places, use in zip(table["escenarios"], table["uso"], strict=True)
    ]
    return table


def _types(coverage: pd.DataFrame) -> pd.DataFrame:
    by = coverage.groupby("tipo", sort=False)
    table = by.agg(
        escenarios=("escenarios", "sum"),
        capacidad=("capacidad", "sum"),
        atendidos=("atendidos", _known_sum),
        con_uso=("used_capacity", "sum"),
        necesidad=("necesidad", _known_sum),
        sin_escenario=("escenarios", lambda places: int((places == 0).sum())),
    ).reset_index()
    # Only municipalities whose need is known count on both sides of the rate.
    known = coverage[coverage["necesidad"].notna()].groupby("tipo")["capacidad"].sum()
    table["tasa"] = 100 * table["tipo"].map(known) / table["necesidad"].replace(0, np.nan)
    table["uso"] = 100 * table["atendidos"] / table["con_uso"].replace(0, np.nan)
    table.insert(1, "etiqueta", table["tipo"].map(LABELS))
    return table


def _lowest(types: pd.DataFrame, coverage: pd.DataFrame) -> dict[str, Fact]:
    rated = types[types["tasa"].notna() & (types["tipo"] != "otro")]
    if rated.empty:
        return {"has_lowest": flag(False)}
    kind = rated.sort_values(["tasa", "tipo"]).iloc[0]
    places = coverage[(coverage["tipo"] == kind["tipo"]) & coverage["tasa"].notna()]
    # As they are written: two that read the same are no order.
    rates = places["tasa"].round(1)
    worst = places[rates == rates.min()]
    return {
        "has_lowest": flag(True),
        "lowest_type": text(kind["etiqueta"]),
        "lowest_rate": decimal(kind["tasa"]),
        "lowest_compared": flag(len(worst) < len(places) and len(worst) <= delivery.MOST_NAMES),
        "lowest_municipalities": names(worst["nombre"].tolist()),
        "lowest_municipality_rate": decimal(float(worst["tasa"].iloc[0])),
    }


def _known_sum(values: pd.Series) -> float:
    """Sum of the reported values; NaN (not 0) when none was reported."""
    known = values.dropna()
    return float(known.sum()) if len(known) else np.nan


def _use(own: pd.DataFrame) -> float:
    known = own[own["atendidos"].notna()]
    capacity = float(known["capacidad"].sum())
    return 100 * float(known["atendidos"].sum()) / capacity if capacity else np.nan


def _microterritories(own: pd.DataFrame) -> Table:
    table = (
        own.assign(microterritorio=own["microterritorio"].fillna("sin microterritorio"))
        .groupby(["microterritorio", "tipo"])
        .agg(
            escenarios=("escenario", "nunique"),
            capacidad=("capacidad", "sum"),
            atendidos=("atendidos", _known_sum),
        )
        .reset_index()
    )
    table["etiqueta"] = table["tipo"].map(LABELS)
    return Table(
        table,
        {
            "microterritorio": Column("Microterritorio"),
            "etiqueta": Column("Escenario"),
            "escenarios": Column("Lugares", "count"),
            "capacidad": Column("Cupos", "count"),
            "atendidos": Column("Personas atendidas", "count"),
        },
    )


_TYPE_COLUMNS = {
    "etiqueta": Column("Escenario"),
    "escenarios": Column("Lugares", "count"),
    "capacidad": Column("Cupos", "count"),
    "atendidos": Column("Personas atendidas", "count"),
    "uso": Column("Uso de los cupos", "percent"),
    "tasa": Column("Cupos por 100 niñas y niños en necesidad", "decimal", 1),
    "sin_escenario": Column("Municipios que reportaron y no lo tienen", "count"),
}
_COVERAGE_COLUMNS = {
    "nombre": Column("Municipio"),
    "etiqueta": Column("Escenario"),
    "escenarios": Column("Lugares", "count"),
    "capacidad": Column("Cupos", "count"),
    "uso": Column("Uso", "percent"),
    "tasa": Column("Cupos por 100 en necesidad", "decimal", 1),
    "estado": Column("Estado"),
}
