"""The figures of a baseline as a run finds them today, ready to be frozen or compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gsi import __version__
from gsi.analysis.context import Context
from gsi.analysis.frozen import Figure, Frozen, Origin
from gsi.analysis.keys import households
from gsi.analysis.plan.baseline import measured as baseline_figures
from gsi.analysis.results import Section
from gsi.contract.divipola import is_municipal
from gsi.ground.files import code_digest
from gsi.inputs import indicators
from gsi.inputs.records import SourceRecord
from gsi.measure.living_conditions import Scores

# The floors that compute figures: a change of method can be told from others.
COMPUTES = ("measure", "inputs", "analysis")
HOUSEHOLD_TABLES = ("hogares", "personas")
UNITS = {"h": "% de las personas", "a": "% de las privaciones", "m0": "0-100", "icv": "puntos"}
NAMES = {
    "h": "Personas en pobreza multidimensional",
    "a": "Privaciones de las personas pobres",
    "m0": "Pobreza ajustada",
    "icv": "Condiciones de vida (ICV)",
}


def take(context: Context, records: Iterable[SourceRecord], information: Section) -> Frozen:
    """The baseline of ``context`` at its baseline year, not frozen yet (``sha256`` empty).

    ``information``: the section of key 1, whose figures have been through disclosure control; only
    what may be published is frozen. ``records``: where every table came from.
    """
    known = list(records)
    figures = [*_indicators(context), *_households(context, information, known)]
    used = {source for figure in figures for source in figure.sources}
    origins = {
        Origin(item.source, item.title, item.table, item.file, item.sha256)
        for item in known
        if item.source in used
    }
    return Frozen(
        context.territory.code,
        context.territory.name,
        context.years.baseline,
        {figure.key: figure for figure in figures},
        tuple(sorted(origins, key=lambda o: (o.table, o.source, o.file, o.sha256))),
        context.params.model_dump(mode="json"),
        _scores(context),
        __version__,
        code_digest(*COMPUTES),
    )


def _scores(context: Context) -> Scores | None:
    if not context.data.has("hogares"):
        return None
    return households.measured(context).scores


def _indicators(context: Context) -> list[Figure]:
    if not context.data.has("indicadores"):
        return []
    rows = context.data.department("indicadores")
    at = indicators.at(rows, context.years.baseline)
    own = at[at["municipio"] == context.territory.code]
    from_source = dict(zip(own["indicador"], own["fuente"], strict=True))
    periods = dict(zip(own["indicador"], own["periodo"], strict=True))
    people = sorted(context.data.own("poblacion")["fuente"].unique())
    on_people = {item.id for item in context.catalogue if item.population is not None}
    frame = baseline_figures(context)
    found = []
    for row in frame[frame["value"].notna()].to_dict("records"):
        name = str(row["indicator"])
        source = str(from_source[name])
        sources = {source}
        if source == indicators.CALCULATED:
            sources = _behind(context, rows, name, int(periods[name]))
        if name in on_people or source == indicators.CALCULATED:
            sources |= set(people)
        found.append(
            Figure(
                f"indicator.{name}",
                "indicator",
                str(row["name"]),
                str(row["unit"]),
                float(row["value"]),
                _number(row["low"]),
                _number(row["high"]),
                int(row["year"]),
                str(row["series"]),
                tuple(sorted(sources)),
            )
        )
    if context.territory.is_department:
        found += _municipal(context, at, set(people) if people else set(), on_people)
    return found


def _municipal(
    context: Context, at: pd.DataFrame, people: set[str], on_people: set[str]
) -> list[Figure]:
    """The figures of a department's municipalities, which rank them and say where poverty is."""
    known = {item.id: item for item in context.catalogue}
    rows = at[at["municipio"].isin(list(context.data.names)) & at["indicador"].isin(list(known))]
    return [
        Figure(
            f"indicator.{row['indicador']}.{row['municipio']}",
            "indicator",
            f"{known[row['indicador']].name}, {context.data.names[row['municipio']]}",
            known[row["indicador"]].unit,
            float(row["valor"]),
            _number(row["inferior"]),
            _number(row["superior"]),
            int(row["periodo"]),
            str(row["serie"]),
            tuple(
                sorted({str(row["fuente"])} | (people if row["indicador"] in on_people else set()))
            ),
        )
        for row in rows.to_dict("records")
    ]


def _behind(context: Context, rows: pd.DataFrame, name: str, period: int) -> set[str]:
    """The sources of the municipal figures that an aggregate made here adds up."""
    parts = rows[
        (rows["indicador"] == name)
        & (rows["periodo"] == period)
        & is_municipal(rows["municipio"])
        & context.territory.owns(rows["municipio"])
    ]
    return {str(source) for source in parts["fuente"].unique()}


def _households(
    context: Context, information: Section, records: list[SourceRecord]
) -> list[Figure]:
    facts = information.facts
    if not context.data.has("hogares") or facts["baseline_cut"].missing:
        return []
    sources = tuple(sorted({item.source for item in records if item.table in HOUSEHOLD_TABLES}))
    cut = int(facts["baseline_cut"].value)
    found = [
        Figure(
            f"households.{name}",
            "households",
            label,
            UNITS[name],
            float(facts[f"{name}_baseline"].value),
            _number(facts[f"{name}_baseline_low"].value),
            _number(facts[f"{name}_baseline_high"].value),
            cut,
            "hogares",
            sources,
        )
        for name, label in NAMES.items()
        if f"{name}_baseline" in facts and not facts[f"{name}_baseline"].missing
    ]
    for table, kind, unit in (
        ("poverty_areas", "area", UNITS["h"]),
        ("living", "living", UNITS["icv"]),
        ("municipalities", "municipality", UNITS["h"]),
    ):
        if table in information.tables:
            found += _rows(information.tables[table].data, kind, unit, cut, sources)
    return found


def _rows(
    data: pd.DataFrame, kind: str, unit: str, cut: int, sources: tuple[str, ...]
) -> list[Figure]:
    key = "municipio" if kind == "municipality" else "key"
    titles = {"area": NAMES["h"], "living": "Condiciones de vida", "municipality": NAMES["h"]}
    return [
        Figure(
            f"households.{kind}.{row[key]}",
            "households",
            f"{titles[kind]}: {row.get('name', row['label'])}",
            unit,
            float(row["baseline"]),
            _number(row["baseline_low"]),
            _number(row["baseline_high"]),
            cut,
            "hogares",
            sources,
        )
        for row in data.to_dict("records")
        if "baseline" in row and not pd.isna(row["baseline"]) and row[key] != "total"
    ]


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
