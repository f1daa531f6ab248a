"""Key 2: training of public and community agents, and how it follows the moments of management."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gsi.context import Context
from gsi.keys import common
from gsi.keys.common import TOTAL
from gsi.measure.disclosure import Suppression
from gsi.measure.intervals import wilson
from gsi.results import (
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
    year,
)

MOMENTS = {
    "comprension": "Comprensión",
    "formulacion": "Formulación",
    "ejecucion": "Ejecución",
    "seguimiento": "Seguimiento",
}
AGENTS = {"publico": "Agentes públicos", "comunitario": "Agentes comunitarios"}
ETHNIC = {"indigena": "Indígena", "afro": "Afrocolombiano", "rrom": "Rrom", "ninguno": "Ninguno"}
SEX = {"mujeres": "Mujeres", "hombres": "Hombres"}
DIMENSIONS = {
    "tipo_agente": ("Tipo de agente", AGENTS),
    "momento_gestion": ("Momento de la gestión", MOMENTS),
    "grupo_etnico": ("Grupo étnico", ETHNIC),
}

WHY = (
    "Sin ella no se sabe si los agentes públicos y comunitarios se están formando, "
    "ni si la formación llega a los territorios prioritarios."
)


def training(context: Context, priority: Section | None = None) -> Section:
    """Coverage, hours, completion and reach of training up to the reference date.

    ``priority``: the section of the priority index, for the reach where priorities are. Facts are
    of the territory; table ``coverage`` has one row a municipality of the territory.
    """
    everything = common.until(context.data.department("formacion"), "fecha_inicio", context)
    everything = _usable(everything)
    own = everything[context.territory.owns(everything["municipio"])].reset_index(drop=True)
    if own.empty:
        return Section("training", gaps=[Gap("formacion", WHY)])
    decided = _decide(everything, context)
    facts = _facts(own, decided, context) | _reach(everything, decided, context, priority)
    facts["any_missing"] = flag(not _missing(own, context).data.empty)
    return Section(
        "training",
        facts,
        {
            "coverage": _coverage(own, decided, context),
            "groups": _groups(decided, context),
            "missing": _missing(own, context),
            "years": _years(own, context),
        },
    )


def _usable(rows: pd.DataFrame) -> pd.DataFrame:
    """More certified, or more women, than enrolled cannot be: the figure counts as not reported.

    The quality page tells the row; a wrong subtotal must not take the whole key down.
    """
    return rows.assign(
        **{
            name: rows[name].where(rows[name] <= rows["inscritos"])
            for name in ("certificados", "mujeres")
        }
    )


def _decide(rows: pd.DataFrame, context: Context) -> dict[str, tuple[Suppression, Suppression]]:
    """A dimension → decisions on people enrolled and on people certified of finished courses.

    Certified are part of the enrolled, so a cell withheld for one is withheld for the other.
    """
    finished = rows[rows["certificados"].notna()]
    by_sex = rows[rows["mujeres"].notna()]
    by_sex = pd.concat(
        [
            by_sex.assign(sexo="mujeres", inscritos=by_sex["mujeres"]),
            by_sex.assign(sexo="hombres", inscritos=by_sex["inscritos"] - by_sex["mujeres"]),
        ]
    )
    decided = {}
    for column, (_, labels) in DIMENSIONS.items():
        enrolled = common.decide(
            common.counts(rows, column, context, cells=labels, value="inscritos"), context
        )
        certified = common.decide(
            common.counts(finished, column, context, cells=labels, value="certificados"),
            context,
            hidden=enrolled.mask,
        )
        decided[column] = (enrolled, certified)
    sexes = common.decide(
        common.counts(by_sex, "sexo", context, cells=SEX, value="inscritos"), context
    )
    decided["sexo"] = (sexes, sexes)
    return decided


def _facts(
    own: pd.DataFrame, decided: dict[str, tuple[Suppression, Suppression]], context: Context
) -> dict[str, Fact]:
    agents, ethnic, sexes = (
        common.row(decided[name][0], context) for name in ("tipo_agente", "grupo_etnico", "sexo")
    )
    certified = common.row(decided["tipo_agente"][1], context)[TOTAL]
    started = _finished_enrolled(own)
    completion, low, high = _completion(certified, started, context)
    places = common.places(context)
    trained = set(own.loc[own["inscritos"] > 0, "municipio"])
    moments = set(own.loc[own["inscritos"] > 0, "momento_gestion"])
    ethnic_known = ethnic[TOTAL] - ethnic["ninguno"]
    return {
        "courses": count(int(own["curso"].nunique())),
        "enrolled": count(common.number_or_none(agents[TOTAL])),
        "certified": count(common.number_or_none(certified)),
        "completion": percent(completion),
        "completion_low": percent(low),
        "completion_high": percent(high),
        "person_hours": count(float((own["horas"] * own["inscritos"]).sum())),
        "public": count(common.number_or_none(agents["publico"])),
        "community": count(common.number_or_none(agents["comunitario"])),
        "community_share": percent(common.share(agents["comunitario"], agents[TOTAL])),
        "women_known": flag(not pd.isna(sexes["mujeres"])),
        "ethnic_known": flag(not pd.isna(ethnic["ninguno"])),
        "women_share": percent(common.share(sexes["mujeres"], sexes[TOTAL])),
        "ethnic_share": percent(common.share(ethnic_known, ethnic[TOTAL])),
        "moments": count(len(moments)),
        "moments_missing": names([MOMENTS[m].lower() for m in MOMENTS if m not in moments]),
        "all_moments": flag(len(moments) == len(MOMENTS)),
        "municipalities": count(len(trained & set(places))),
        "municipalities_total": count(len(places)),
        "municipalities_share": percent(common.share(len(trained & set(places)), len(places))),
        "municipalities_missing": names(
            [context.data.names[code] for code in places if code not in trained]
        ),
        "all_municipalities": flag(set(places) <= trained),
        "first_year": year(int(own["fecha_inicio"].dt.year.min())),
        "last_year": year(int(own["fecha_inicio"].dt.year.max())),
    }


def _reach(
    rows: pd.DataFrame,
    decided: dict[str, tuple[Suppression, Suppression]],
    context: Context,
    priority: Section | None,
) -> dict[str, Fact]:
    """Share of enrolled people in priority municipalities beside their share of the population."""
    codes = common.priority_codes(priority)
    if context.territory.level != "department" or not codes:
        return {"reach_known": flag(False)}
    enrolled = decided["tipo_agente"][0].counts[TOTAL]
    published = enrolled.reindex(codes)
    in_priority = common.share(
        np.nan if published.isna().any() else published.sum(), enrolled[TOTAL]
    )
    people = _population(context)
    population = common.share(people.reindex(codes).sum(min_count=1), people.sum(min_count=1))
    untrained = sorted(set(codes) - set(rows.loc[rows["inscritos"] > 0, "municipio"]))
    known = not (np.isnan(in_priority) or np.isnan(population))
    return {
        "reach_known": flag(known),
        "priority_share": percent(in_priority),
        "priority_population_share": percent(population),
        "reach_ratio": decimal(in_priority / population if known else None, 2),
        "priority_behind": flag(known and in_priority < population),
        "priority_missing": names([context.data.names.get(code, code) for code in untrained]),
    }


def _population(context: Context) -> pd.Series:
    """Municipality → people in the last year known up to the follow-up one."""
    people = context.data.department("poblacion")
    people = people[
        (people["area"] == "total")
        & (people["periodo"] <= context.years.follow_up)
        & people["municipio"].isin(list(context.data.names))
    ]
    people = people[people["periodo"] == people["periodo"].max()]
    return people.groupby("municipio")["personas"].sum()


def _finished_enrolled(rows: pd.DataFrame) -> int:
    return int(rows.loc[rows["certificados"].notna(), "inscritos"].sum())


def _completion(certified: Any, started: int, context: Context) -> tuple[float, float, float]:
    """Certified of the enrolled in finished courses, in percent, with its Wilson interval."""
    if pd.isna(certified) or started == 0:
        return float("nan"), float("nan"), float("nan")
    successes = int(certified)
    low, high = wilson(successes, started, context.params.keys.confidence)
    return successes / started * 100, float(low) * 100, float(high) * 100


def _coverage(
    own: pd.DataFrame, decided: dict[str, tuple[Suppression, Suppression]], context: Context
) -> Table:
    enrolled, certified = decided["tipo_agente"]
    people = _population(context)
    rows = []
    for code in common.places(context):
        mine = own[own["municipio"] == code]
        n: Any = enrolled.counts.at[code, TOTAL]
        done: Any = certified.counts.at[code, TOTAL]
        completion, _, _ = _completion(done, _finished_enrolled(mine), context)
        rows.append(
            {
                "municipio": code,
                "name": context.data.names[code],
                "courses": int(mine["curso"].nunique()),
                "enrolled": n,
                "withheld": pd.isna(n),
                "rate": common.share(n, people.get(code, np.nan)) * 10,
                "completion": completion,
                "moments": int(mine.loc[mine["inscritos"] > 0, "momento_gestion"].nunique()),
            }
        )
    frame = pd.DataFrame(rows).astype({"enrolled": "Int64"})
    frame["enrolled_text"] = common.shown(frame["enrolled"], frame["withheld"])
    return Table(
        frame,
        {
            "name": Column("Municipio"),
            "courses": Column("Cursos", "count"),
            "enrolled_text": Column("Inscritos"),
            "rate": Column("Inscritos por 1.000 habitantes", "decimal", 1),
            "completion": Column("Se certifican", "percent", 0),
            "moments": Column("Momentos cubiertos (de 4)", "count"),
        },
    )


def _groups(decided: dict[str, tuple[Suppression, Suppression]], context: Context) -> Table:
    row = common.row_of(context)
    titles = DIMENSIONS | {"sexo": ("Sexo", SEX)}
    rows = []
    for column, (title, labels) in titles.items():
        enrolled, certified = decided[column]
        mine = common.row(enrolled, context)
        for key, label in labels.items():
            rows.append(
                {
                    "dimension": title,
                    "category": label,
                    "key": key,
                    "enrolled": mine[key],
                    "withheld": bool(enrolled.mask.at[row, key]),
                    "share": common.share(mine[key], mine[TOTAL]),
                    "certified": pd.NA if column == "sexo" else certified.counts.at[row, key],
                }
            )
    frame = pd.DataFrame(rows).astype({"enrolled": "Int64", "certified": "Int64"})
    frame["enrolled_text"] = common.shown(frame["enrolled"], frame["withheld"])
    frame["share_text"] = common.shown(
        frame["share"], frame["withheld"] | frame["share"].isna(), "percent", 1
    )
    return Table(
        frame,
        {
            "dimension": Column("Según"),
            "category": Column("Grupo"),
            "enrolled_text": Column("Inscritos"),
            "share_text": Column("Parte del total"),
        },
    )


def _missing(own: pd.DataFrame, context: Context) -> Table:
    """Who is missing where: municipalities whose moments or kinds of agent lack training."""
    present = own[own["inscritos"] > 0]
    rows = []
    for code in common.places(context):
        mine = present[present["municipio"] == code]
        moments = [MOMENTS[m] for m in MOMENTS if m not in set(mine["momento_gestion"])]
        agents = [AGENTS[a] for a in AGENTS if a not in set(mine["tipo_agente"])]
        if moments or agents:
            rows.append(
                {
                    "municipio": code,
                    "name": context.data.names[code],
                    "moments": ", ".join(moments) or "ninguno",
                    "agents": ", ".join(agents) or "ninguno",
                    "lacking": len(moments) + len(agents),
                }
            )
    columns = ["municipio", "name", "moments", "agents", "lacking"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        ["lacking", "municipio"], ascending=[False, True], ignore_index=True
    )
    return Table(
        frame,
        {
            "name": Column("Municipio"),
            "moments": Column("Momentos sin formación"),
            "agents": Column("Agentes sin formación"),
        },
    )


def _years(own: pd.DataFrame, context: Context) -> Table:
    """Courses and municipalities by year: places, not people, so nothing is withheld."""
    frame = (
        own.assign(year=own["fecha_inicio"].dt.year)
        .groupby("year")
        .agg(courses=("curso", "nunique"), municipalities=("municipio", "nunique"))
        .reset_index()
    )
    return Table(
        frame,
        {
            "year": Column("Año", "year"),
            "courses": Column("Cursos", "count"),
            "municipalities": Column("Municipios", "count"),
        },
    )
