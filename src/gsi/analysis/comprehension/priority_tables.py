"""Tables of the priority section: ranking, robustness, indicators, clusters, concentration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gsi.analysis.comprehension import priority_index as pi
from gsi.analysis.comprehension import priority_ranking as pr
from gsi.analysis.context import Context
from gsi.analysis.labels import cases
from gsi.analysis.results import Column, Fact, Table, write_value
from gsi.contract.params.indicators import TRANSVERSAL
from gsi.contract.params.priority import PrioritySettings
from gsi.contract.territory import Territory
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS
from gsi.ground import locale
from gsi.inputs.indicators import few_cases
from gsi.measure import concentration
from gsi.measure.composite import effective_weights

ASSUMPTIONS = {
    "weights": "Pesos de los indicadores",
    "normalisation": "Forma de llevarlos a una misma escala",
    "aggregation": "Forma de promediarlos",
    "left_out": "Un indicador menos",
    "sampling": "Error de las fuentes",
    "all": "Todos a la vez",
}
# Rates that a department's report shows; the workbook has them all.
MOST_RATES = 10


def ranking(ranking: pd.DataFrame, facts: Mapping[str, Fact]) -> Table:
    """Every municipality of the department, in the order of the index."""
    columns = {
        "rank": Column("Puesto", "count"),
        "name": Column("Municipio"),
        "need": Column("Índice (0-100)", "decimal", 1),
        "low": Column("Puesto posible: del", "count"),
        "high": Column("al", "count"),
        "probability": Column("Probabilidad de ser prioritario", "probability"),
        "status": Column("Estado"),
    }
    for name, column in (
        ("poverty", Column(f"Pobreza multidimensional, {facts['poverty_year']}", "percent", 1)),
        ("children", Column(f"Personas de 0 a 17 años, {facts['population_year']}", "count")),
    ):
        if ranking[name].notna().any():
            columns[name] = column
    return Table(ranking, columns)


def robustness(result: pr.PriorityIndex) -> Table:
    """What each assumption does to the ranking."""
    data = result.effects.rename_axis("assumption").reset_index()
    data.insert(1, "label", [ASSUMPTIONS[key] for key in data["assumption"]])
    # Estimates: chance may put them slightly outside. All together explain everything.
    data[["first", "total"]] = (100 * data[["first", "total"]]).clip(0, 100).fillna(100.0)
    return Table(
        data,
        {
            "label": Column("Supuesto que cambia"),
            "first": Column("Explica por sí solo", "percent", 0),
            "total": Column("Con sus interacciones", "percent", 0),
            "shift": Column("Puestos que se mueve un municipio, en promedio", "decimal", 1),
            "largest": Column("Mayor movimiento", "count"),
        },
    )


def without_each(
    result: pr.PriorityIndex, ranking: pd.DataFrame, settings: PrioritySettings
) -> Table | None:
    """For each indicator, the municipalities that lose the probability asked for when every draw
    leaves it out; most lost first, then by weight. None when nobody has it, or with one indicator.
    """
    limit = settings.certain
    reach = list(ranking.loc[ranking["probability"] >= 100 * limit, "municipio"])
    if not reach or result.without_each.empty:
        return None
    weights = 100 * effective_weights(result.matrix.tree)
    name = ranking.set_index("municipio")["name"]
    falls = result.without_each.loc[reach] < limit
    rows = []
    for i in result.matrix.used:
        lost = [code for code, fell in zip(reach, falls[i.id], strict=True) if fell]
        rows.append(
            {
                "indicator": i.id,
                "name": i.name,
                "weight": float(weights[i.id]),
                "kept": len(reach) - len(lost),
                "lost": len(lost),
                "names": [name[code] for code in lost],
                "written": locale.enumeration([name[code] for code in lost]) or "ninguno",
            }
        )
    data = pd.DataFrame(rows).sort_values(
        ["lost", "weight", "indicator"], ascending=[False, False, True], ignore_index=True
    )
    return Table(
        data,
        {
            "name": Column("Sin este indicador"),
            "weight": Column("Su peso", "percent", 1),
            "kept": Column("Siguen", "count"),
            "written": Column("Dejan de alcanzar la probabilidad exigida"),
        },
    )


def rates(context: Context, data: pi.Matrix) -> Table | None:
    """Rates of the index made from counts, raw and smoothed: one row a municipality and rate, the
    most smoothed first. None where the index has none."""
    parts = [
        table.dropna(subset="raw").assign(
            indicator=i.id, label=f"{i.name} ({i.unit})", multiplier=i.multiplier
        )
        for i in data.used
        if (table := data.helped.get(i.id)) is not None
    ]
    if not parts:
        return None
    found = pd.concat(parts).rename_axis("municipio").reset_index()
    found["name"] = found["municipio"].map(context.data.names)
    found["own"] *= 100
    few = few_cases(found["cases"], found["multiplier"])
    found["raw_text"] = [
        cases(number) if here else write_value(value, "decimal", 1)
        for value, number, here in zip(found["raw"], found["cases"], few, strict=True)
    ]
    found = found.sort_values(["own", "municipio", "indicator"], ignore_index=True)
    return Table(
        found,
        {
            "name": Column("Municipio"),
            "label": Column("Tasa"),
            "raw_text": Column("Con sus solos casos"),
            "smoothed": Column("Suavizada", "decimal", 1),
            "own": Column("Peso de lo propio", "percent", 0),
        },
    )


def smoothed(rates: Table | None, place: Territory) -> Table | None:
    """What a report shows of the rates: a municipality its own, a department the most smoothed.
    None without any."""
    if rates is None:
        return None
    data = rates.data
    own = data[data["municipio"] == place.code]
    shown = data.head(MOST_RATES) if place.is_department else own
    return None if shown.empty else Table(shown.reset_index(drop=True), rates.columns)


def indicators(data: pi.Matrix) -> Table:
    """The indicators of the index, their years and their weight in it."""
    weights = 100 * effective_weights(data.tree)
    rows = [
        {
            "indicator": i.id,
            "name": i.name,
            "right": RIGHTS.get(i.right, "Transversal"),
            "objective": OBJECTIVES[i.objective][1]
            if i.objective != TRANSVERSAL
            else "Condiciones de vida",
            "years": _span(data.years[i.id]),
            "weight": float(weights[i.id]),
            "source": i.source,
        }
        for i in data.used
    ]
    return Table(
        pd.DataFrame(rows),
        {
            "name": Column("Indicador"),
            "right": Column("Categoría de derechos"),
            "objective": Column("Objetivo de política"),
            "years": Column("Año"),
            "weight": Column("Peso", "percent", 1),
            "source": Column("Fuente"),
        },
    )


def _span(years: pd.Series) -> str:
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first}-{last}"


def clusters(
    context: Context, ranking: pd.DataFrame, groups: Sequence[Sequence[str]]
) -> Table | None:
    """Groups of neighbouring priority municipalities, largest first; None without any."""
    if not groups:
        return None
    table = ranking.set_index("municipio")
    rows = []
    for number, group in enumerate(groups, start=1):
        part = table.loc[list(group)]
        rows.append(
            {
                "cluster": number,
                "names": locale.enumeration([context.data.names[code] for code in group]),
                "size": len(group),
                "people": part["people"].sum(min_count=1),
                "children": part["children"].sum(min_count=1),
            }
        )
    return Table(
        pd.DataFrame(rows),
        {
            "cluster": Column("Grupo", "count"),
            "names": Column("Municipios vecinos entre sí"),
            "size": Column("Municipios", "count"),
            "people": Column("Habitantes", "count"),
            "children": Column("Personas de 0 a 17 años", "count"),
        },
    )


def curve(ranking: pd.DataFrame) -> Table | None:
    """Cumulative percentages from the highest index down; None without people or poverty."""
    table = ranking.set_index("municipio")
    poor = table["people"] * table["poverty"] / 100
    if table[["people", "children", "need"]].assign(poor=poor).dropna().empty:
        return None
    complete = table["need"].where(poor.notna() & table["children"].notna())
    curves = {
        key: concentration.curve(quantity, table["people"], complete)
        for key, quantity in (("poor", poor), ("children", table["children"]))
    }
    data = pd.DataFrame(
        {
            "municipio": curves["poor"]["territory"],
            "people": 100 * curves["poor"]["people"],
            "poor": 100 * curves["poor"]["quantity"],
            "children": 100 * curves["children"]["quantity"],
        }
    ).iloc[1:]
    data.insert(1, "name", list(table.loc[data["municipio"], "name"]))
    data.insert(2, "status", list(table.loc[data["municipio"], "status"]))
    return Table(
        data.reset_index(drop=True),
        {
            "name": Column("Hasta este municipio"),
            "people": Column("Habitantes acumulados", "percent", 1),
            "poor": Column("Personas en pobreza acumuladas", "percent", 1),
            "children": Column("Personas de 0 a 17 años acumuladas", "percent", 1),
        },
    )
