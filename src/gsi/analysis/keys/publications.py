"""What public information there is of a territory, and where its sources disagree."""

from __future__ import annotations

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.results import Column, Fact, Table, count, flag, names, percent, write_value, year
from gsi.inputs import indicators
from gsi.inputs.indicators import unification, zeros

FORM = unification.FORM
POPULATION = unification.POPULATION


def facts(own: pd.DataFrame, conflicts: pd.DataFrame, context: Context) -> dict[str, Fact]:
    """Indicators with data, publications, years and disagreements.

    The indicators with data are those of the baseline (``baseline.known``), whose figure of the
    territory may be a zero that no source writes: ``unwritten_names`` are those that are nothing
    else in any year. ``own`` are rows of :func:`reported`, ``conflicts`` of :func:`conflicting`.
    """
    catalogue = {indicator.id: indicator.name for indicator in context.catalogue}
    present = set(_known(context)) & set(catalogue)
    written = set(own["indicador"]) & set(catalogue)
    unwritten = [name for key, name in catalogue.items() if key in present - written]
    return {
        "indicators": count(len(present)),
        "catalogue": count(len(catalogue)),
        "indicators_share": percent(common.share(len(present), len(catalogue)), 0),
        "unwritten_names": names(unwritten),
        "has_unwritten": flag(bool(unwritten)),
        "publications": count(own["fuente"].nunique()),
        "counted_twice": flag(
            int(own.groupby("fuente")["indicador"].nunique().sum()) > len(written)
        ),
        "first_year": year(int(own["periodo"].min())),
        "last_year": year(int(own["periodo"].max())),
        **_differences(conflicts),
    }


def _differences(rows: pd.DataFrame) -> dict[str, Fact]:
    """How many figures two sources give differently, and the usual difference of a population."""
    people = rows[rows["que"] == POPULATION]
    usual = float(people["gap"].median()) if len(people) else None
    return {
        "disagreements": count(len(rows)),
        "disagree": flag(not rows.empty),
        "disagree_values": count(int((rows["que"] == unification.VALUE).sum())),
        "disagree_values_any": flag(bool((rows["que"] == unification.VALUE).any())),
        "disagree_people": count(len(people)),
        "disagree_people_any": flag(not people.empty),
        "disagree_people_median": percent(usual, 0),
    }


def _known(context: Context) -> pd.Series:
    """The indicators with a figure of the territory that stands for the baseline."""
    rows = context.data.own("indicadores")
    rows = rows[rows["municipio"] == context.territory.code]
    return indicators.at(rows, context.years.baseline)["indicador"]


def reported(context: Context) -> pd.DataFrame:
    """Rows of the territory's municipalities that their sources write, total area: a zero counted
    where a source writes nothing is no figure of it."""
    rows = context.data.own("indicadores")
    rows = rows[(rows["fuente"] != indicators.CALCULATED) & ~zeros.supplied(rows["nota"])]
    return rows.reset_index(drop=True)


def conflicting(own: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Disagreements of the territory's sources (``unification.COLUMNS``) and ``gap`` in percent."""
    rows = context.data.disagreements()
    if own.duplicated(indicators.KEY).any():
        # Tables that have not been through the store still hold every source.
        _, found = indicators.unify(own, None, context.catalogue)
        found = found[~found["que"].isin(unification.AGREED)]
        rows = found if rows.empty else pd.concat([rows, found], ignore_index=True)
    return rows.assign(gap=unification.size(rows))


def sources(own: pd.DataFrame, context: Context) -> Table:
    """One row a publication: indicators, years, municipalities with data."""
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
    frame = pd.DataFrame(rows)
    # Two files of one publisher are told apart by what each of them is.
    same = frame["publisher"].duplicated(keep=False)
    named = frame["fuente"].astype("str").map(unification.title)
    columns = {
        "publisher": Column("Fuente"),
        "indicators": Column("Indicadores", "count"),
        "first": Column("Desde", "year"),
        "last": Column("Hasta", "year"),
        "coverage": Column("Municipios con dato en algún año", "percent", 0),
    }
    if len(places) == 1:  # all of one has its data, or there is no row
        columns.pop("coverage")
    return Table(frame.assign(publisher=frame["publisher"].mask(same, named)), columns)


def _publisher(source: str, cited: list[str]) -> str:
    """Who publishes a source: what the catalogue cites; a form is the territory's own report."""
    if source.startswith(FORM):
        return f"Formulario del territorio ({source.removeprefix(FORM)})"
    return cited[0] if cited else source


def disagreements(rows: pd.DataFrame, context: Context) -> Table:
    """One row an indicator and pair of sources: how many figures differ, how much, and where most.

    The largest differences first. ``gap`` is of the larger figure, in percent.
    """
    labels = {item.id: item.name for item in context.catalogue}
    labels |= {unification.EVERYBODY: "Población"}
    found = []
    for (name, what, used, other), part in rows.groupby(
        ["indicador", "que", "fuente_usada", "fuente_otra"], sort=True
    ):
        worst = part.sort_values(["gap", "municipio", "periodo"], ascending=[False, True, True])
        first = worst.iloc[0]
        label = labels.get(str(name), str(name))
        place = common.name_of(str(first["municipio"]), context)
        digits = 1 if what == unification.VALUE else 0
        figures = [write_value(float(first[n]), "decimal", digits) for n in ("usado", "otro")]
        found.append(
            {
                "indicador": name,
                "name": f"{label} (denominador)" if what == POPULATION else label,
                "what": what,
                "used": unification.title(str(used)),
                "other": unification.title(str(other)),
                "figures": len(part),
                "median": float(part["gap"].median()),
                "gap": float(first["gap"]),
                "last": int(part["periodo"].max()),
                "example": f"{place}, {int(first['periodo'])}: {figures[0]} y {figures[1]}",
            }
        )
    columns = [
        "indicador", "name", "what", "used", "other", "figures", "median", "gap", "last", "example",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns).sort_values(
        ["gap", "indicador", "other"], ascending=[False, True, True], ignore_index=True
    )
    return Table(
        frame,
        {
            "name": Column("Dato"),
            "used": Column("Se usa"),
            "other": Column("Otra fuente"),
            "figures": Column("Datos", "count"),
            "median": Column("Diferencia usual (% de la mayor)", "decimal", 0),
            "gap": Column("La más grande (% de la mayor)", "decimal", 0),
            "example": Column("La más grande, en"),
        },
    )
