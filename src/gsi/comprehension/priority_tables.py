"""Tables of the priority section: ranking, robustness, indicators, clusters, concentration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from gsi import locale
from gsi.comprehension import priority_index as pi
from gsi.context import Context
from gsi.measure import concentration
from gsi.measure.composite import effective_weights
from gsi.params.indicators import TRANSVERSAL
from gsi.results import Column, Fact, Table
from gsi.vocabulary import OBJECTIVES, RIGHTS

ASSUMPTIONS = {
    "weights": "Pesos de los indicadores",
    "normalisation": "Forma de llevarlos a una misma escala",
    "aggregation": "Forma de promediarlos",
    "left_out": "Un indicador menos",
    "sampling": "Error de las fuentes",
    "all": "Todos a la vez",
}


def ranking(ranking: pd.DataFrame, facts: Mapping[str, Fact]) -> Table:
    """Every municipality of the department: first by status, then by the index."""
    columns = {
        "rank": Column("Puesto", "count"),
        "name": Column("Municipio"),
        "need": Column("Índice (0-100)", "decimal", 1),
        "low": Column("Puesto: entre", "count"),
        "high": Column("y", "count"),
        "probability": Column("Probabilidad de ser prioritario", "percent", 0),
        "status": Column("Estado"),
    }
    for name, column in (
        ("poverty", Column(f"Pobreza multidimensional, {facts['poverty_year']}", "percent", 1)),
        ("children", Column(f"Personas de 0 a 17 años, {facts['population_year']}", "count")),
    ):
        if ranking[name].notna().any():
            columns[name] = column
    return Table(ranking, columns)


def robustness(result: pi.PriorityIndex) -> Table:
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


def clusters(context: Context, ranking: pd.DataFrame, groups: Iterable[Sequence[str]]) -> Table:
    """Groups of neighbouring priority municipalities, largest first."""
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
