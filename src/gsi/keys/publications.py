"""What public information there is of a territory, and where its sources disagree."""

from __future__ import annotations

import pandas as pd

from gsi import indicators
from gsi.context import Context
from gsi.keys import common
from gsi.results import Column, Fact, Table, count, flag, percent, year

OTHER_SOURCE = "Otra fuente"
FORM = "formulario:"


def facts(context: Context) -> dict[str, Fact]:
    """Indicators with data, publications, years and disagreements."""
    own = _reported(context)
    known = {indicator.id for indicator in context.catalogue}
    present = set(own["indicador"]) & known
    return {
        "indicators": count(len(present)),
        "catalogue": count(len(known)),
        "indicators_share": percent(common.share(len(present), len(known)), 0),
        "publications": count(own["fuente"].nunique()),
        "first_year": year(int(own["periodo"].min())),
        "last_year": year(int(own["periodo"].max())),
        "disagreements": count(int(_conflicting(context).shape[0])),
        "disagree": flag(not _conflicting(context).empty),
    }


def _reported(context: Context) -> pd.DataFrame:
    """Rows of the territory's municipalities as their sources give them, total area."""
    rows = context.data.own("indicadores")
    return rows[rows["fuente"] != indicators.CALCULATED].reset_index(drop=True)


def _conflicting(context: Context) -> pd.DataFrame:
    """Figures that two sources publish differently; the note of the kept row names the other."""
    own = _reported(context)
    kept, _ = indicators.reconcile(own.assign(nota=own["nota"].fillna("")), context.catalogue)
    return kept[kept["nota"].str.contains(OTHER_SOURCE, regex=False)]


def sources(context: Context) -> Table:
    """One row a publication: indicators, years, municipalities with data."""
    own = _reported(context)
    publishers = {item.id: item.source for item in context.catalogue}
    places = common.places(context)
    rows = []
    for source, part in own.groupby("fuente", sort=True):
        cited = sorted({publishers[name] for name in part["indicador"] if name in publishers})
        reached = part.loc[part["municipio"].isin(places), "municipio"].nunique()
        rows.append(
            {
                "fuente": source,
                "publisher": _publisher(str(source), cited),
                "indicators": part["indicador"].nunique(),
                "first": int(part["periodo"].min()),
                "last": int(part["periodo"].max()),
                "municipalities": reached,
                "coverage": common.share(reached, len(places)),
            }
        )
    return Table(
        pd.DataFrame(rows),
        {
            "publisher": Column("Fuente"),
            "indicators": Column("Indicadores", "count"),
            "first": Column("Desde", "year"),
            "last": Column("Hasta", "year"),
            "coverage": Column("Municipios con dato", "percent", 0),
        },
    )


def _publisher(source: str, cited: list[str]) -> str:
    """Who publishes a source: what the catalogue cites; a form is the territory's own report."""
    if source.startswith(FORM):
        return f"Formulario del territorio ({source.removeprefix(FORM)})"
    return cited[0] if cited else source


def disagreements(context: Context) -> Table:
    """One row an indicator: figures that differ between sources, and the note of the last."""
    rows = _conflicting(context).sort_values(["indicador", "periodo", "municipio"])
    labels = {item.id: item.name for item in context.catalogue}
    grouped = rows.groupby("indicador", sort=True)
    frame = grouped.agg(
        figures=("valor", "size"), last=("periodo", "max"), note=("nota", "last")
    ).reset_index()
    frame["name"] = frame["indicador"].map(labels).fillna(frame["indicador"]).astype("str")
    return Table(
        frame[["indicador", "name", "figures", "last", "note"]],
        {
            "name": Column("Indicador"),
            "figures": Column("Datos en desacuerdo", "count"),
            "last": Column("Último año", "year"),
            "note": Column("Ejemplo"),
        },
    )
