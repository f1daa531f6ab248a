"""Key 2: training of public and community agents, and how it follows the moments of management."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.common import TOTAL
from gsi.analysis.keys.training_reach import concentration, population, reach
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    flag,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.measure.disclosure import Suppression
from gsi.measure.intervals import proportion

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


@step
def training(context: Context, priority: Section | None = None) -> Section:
    """Coverage, hours, completion and reach of training up to the reference date.

    ``priority``: the section of the priority index, for the reach where priorities are. Facts are
    of the territory; table ``coverage`` has one row a municipality of it that reported courses:
    those that reported none were silent (:mod:`gsi.analysis.delivery`) and count nowhere.
    """
    everything = common.until(context.data.department("formacion"), "fecha_inicio", context)
    mine = context.territory.owns(everything["municipio"])
    if not mine.any():
        return Section("training", gaps=[Gap("formacion", WHY)])
    everything = _usable(everything)
    own = everything[mine].reset_index(drop=True)
    decided = _decide(everything, context)
    who = delivery.delivered(own, context)
    facts = _facts(own, decided, who, context)
    facts |= reach(decided["tipo_agente"][0], who, context, priority) | concentration(
        everything, context, priority
    )
    missing = _missing(own, who, context)
    facts["any_missing"] = flag(not missing.data.empty)
    return Section(
        "training",
        facts,
        {
            "coverage": _coverage(own, decided, who, context),
            "groups": _groups(own, decided, context),
            "missing": missing,
            "years": _years(own),
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
    own: pd.DataFrame,
    decided: dict[str, tuple[Suppression, Suppression]],
    who: delivery.Delivery,
    context: Context,
) -> dict[str, Fact]:
    agents, ethnic, sexes = (
        common.row(decided[name][0], context) for name in ("tipo_agente", "grupo_etnico", "sexo")
    )
    certified = common.row(decided["tipo_agente"][1], context)[TOTAL]
    started = _finished_enrolled(own)
    completion, low, high = _completion(certified, started, context)
    places = common.places(context)
    trained = set(own.loc[own["inscritos"] > 0, "municipio"])
    idle = [code for code in who.reported if code not in trained]
    moments = set(own.loc[own["inscritos"] > 0, "momento_gestion"])
    ethnic_known = ethnic[TOTAL] - ethnic["ninguno"]
    return {
        "courses": count(int(own["curso"].nunique())),
        "enrolled": count(common.number_or_none(agents[TOTAL])),
        "completion": percent(completion),
        "completion_low": percent(low),
        "completion_high": percent(high),
        "community_share": percent(common.share(agents["comunitario"], agents[TOTAL])),
        "women_known": flag(not pd.isna(sexes["mujeres"])),
        "women_share": percent(common.share(sexes["mujeres"], sexes[TOTAL])),
        "ethnic_share": percent(common.share(ethnic_known, ethnic[TOTAL])),
        "moments": count(len(moments)),
        "moments_missing": names([MOMENTS[m].lower() for m in MOMENTS if m not in moments]),
        "all_moments": flag(len(moments) == len(MOMENTS)),
        "municipalities": count(len(trained & set(places))),
        "municipalities_total": count(len(places)),
        "municipalities_share": percent(common.share(len(trained & set(places)), len(places))),
        "any_idle": flag(bool(idle)),
        "idle_names": text(delivery.written(idle, context) if idle else None),
        "reporters": count(len(who.reported)),
        "silent_names": text(delivery.written(who.silent, context) if who.silent else None),
        **delivery.facts(who, context),
        "first_year": year(int(own["fecha_inicio"].dt.year.min())),
        "last_year": year(int(own["fecha_inicio"].dt.year.max())),
        "several_years": flag(own["fecha_inicio"].dt.year.nunique() > 1),
    }


def _finished_enrolled(rows: pd.DataFrame) -> int:
    return int(rows.loc[rows["certificados"].notna(), "inscritos"].sum())


def _completion(certified: Any, started: int, context: Context) -> tuple[float, float, float]:
    """Certified of the enrolled in finished courses, in percent, with its Wilson interval."""
    if pd.isna(certified) or started == 0:
        return float("nan"), float("nan"), float("nan")
    successes = int(certified)
    low, high = proportion(successes, started, context.params.keys.confidence)
    return successes / started * 100, float(low) * 100, float(high) * 100


def _coverage(
    own: pd.DataFrame,
    decided: dict[str, tuple[Suppression, Suppression]],
    who: delivery.Delivery,
    context: Context,
) -> Table:
    enrolled, certified = decided["tipo_agente"]
    people = population(context)
    rows = []
    for code in who.reported:
        mine = own[own["municipio"] == code]
        n: Any = enrolled.counts.at[code, TOTAL]
        done: Any = certified.counts.at[code, TOTAL]
        completion, low, high = _completion(done, _finished_enrolled(mine), context)
        rows.append(
            {
                "municipio": code,
                "name": context.data.names[code],
                "courses": int(mine["curso"].nunique()),
                "enrolled": n,
                "withheld": pd.isna(n),
                "people": float(people.get(code, np.nan)),
                "rate": common.share(n, people.get(code, np.nan)) * 10,
                "hours": _hours(mine),
                "completion": completion,
                "completion_text": _between(completion, low, high),
                "moments": int(mine.loc[mine["inscritos"] > 0, "momento_gestion"].nunique()),
            }
        )
    columns = [
        "municipio", "name", "courses", "enrolled", "withheld", "people", "rate", "hours",
        "completion", "completion_text", "moments",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype({"enrolled": "Int64"})
    frame["enrolled_text"] = common.shown(frame["enrolled"], frame["withheld"])
    return Table(
        frame,
        {
            "name": Column("Municipio"),
            "courses": Column("Cursos", "count"),
            "enrolled_text": Column("Inscritos"),
            "rate": Column("Inscritos por 1.000 habitantes", "decimal", 1),
            "hours": Column("Horas por persona", "decimal", 0),
            "completion_text": Column("Se certifican (entre)"),
            "moments": Column("Momentos cubiertos (de 4)", "count"),
        },
    )


def _hours(rows: pd.DataFrame) -> float:
    """Mean hours of the courses of each person enrolled; NaN without anybody."""
    known = rows.dropna(subset=["horas", "inscritos"])
    people = float(known["inscritos"].sum())
    return float((known["horas"] * known["inscritos"]).sum()) / people if people else float("nan")


def _between(value: float, low: float, high: float) -> str:
    """A percentage with its interval as text; a dash where there is none."""
    if np.isnan(value):
        return "–"
    return f"{percent(value, 0)} ({percent(low, 0)} a {percent(high, 0)})"


def _groups(
    own: pd.DataFrame, decided: dict[str, tuple[Suppression, Suppression]], context: Context
) -> Table:
    row = common.row_of(context)
    titles = DIMENSIONS | {"sexo": ("Sexo", SEX)}
    rows = []
    for column, (title, labels) in titles.items():
        enrolled, certified = decided[column]
        mine = common.row(enrolled, context)
        for key, label in labels.items():
            here = own.iloc[:0] if column == "sexo" else own[own[column] == key]
            certified_here: Any = certified.counts.at[row, key] if column != "sexo" else pd.NA
            # Zero certified of a few enrolled would tell how many there were.
            started = _finished_enrolled(here)
            few = bool(enrolled.mask.at[row, key]) or started < context.params.disclosure.threshold
            completion = _completion(pd.NA if few else certified_here, started, context)
            rows.append(
                {
                    "dimension": title,
                    "category": label,
                    "key": key,
                    "enrolled": mine[key],
                    "withheld": bool(enrolled.mask.at[row, key]),
                    "share": common.share(mine[key], mine[TOTAL]),
                    "certified": certified_here,
                    "hours": float("nan") if enrolled.mask.at[row, key] else _hours(here),
                    "completion": completion[0],
                    "completion_text": _between(*completion),
                }
            )
    frame = pd.DataFrame(rows).astype({"enrolled": "Int64", "certified": "Int64"})
    frame["enrolled_text"] = common.shown(frame["enrolled"], frame["withheld"])
    frame["share_text"] = common.shown(
        frame["share"], frame["withheld"] | frame["share"].isna(), "percent", 1
    )
    frame["hours_text"] = common.shown(frame["hours"], False).replace("sin dato", "–")
    return Table(
        frame,
        {
            "dimension": Column("Según"),
            "category": Column("Grupo"),
            "enrolled_text": Column("Inscritos"),
            "share_text": Column("Parte del total"),
            "hours_text": Column("Horas por persona"),
            "completion_text": Column("Se certifican (entre)"),
        },
    )


def _missing(own: pd.DataFrame, who: delivery.Delivery, context: Context) -> Table:
    """Who is missing where: municipalities that reported and whose moments, kinds of agent or
    groups lack training.

    An ethnic group is missing where the household table shows it (with at least the threshold of
    people, so that its presence tells of nobody) and no course reports anybody of it.
    """
    present = own[own["inscritos"] > 0]
    living = _ethnic_present(context)
    rows = []
    for code in who.reported:
        mine = present[present["municipio"] == code]
        moments = [MOMENTS[m] for m in MOMENTS if m not in set(mine["momento_gestion"])]
        agents = [AGENTS[a] for a in AGENTS if a not in set(mine["tipo_agente"])]
        enrolled = set(mine["grupo_etnico"])
        groups = [ETHNIC[g] for g in ETHNIC if g in living.get(code, set()) - enrolled]
        if moments or agents or groups:
            rows.append(
                {
                    "municipio": code,
                    "name": context.data.names[code],
                    "moments": ", ".join(moments) or "ninguno",
                    "agents": ", ".join(agents) or "ninguno",
                    "groups": ", ".join(groups) or "ninguno",
                    "lacking": len(moments) + len(agents) + len(groups),
                }
            )
    columns = ["municipio", "name", "moments", "agents", "groups", "lacking"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        ["lacking", "municipio"], ascending=[False, True], ignore_index=True
    )
    return Table(
        frame,
        {
            "name": Column("Municipio"),
            "moments": Column("Momentos sin formación"),
            "agents": Column("Agentes sin formación"),
            "groups": Column("Grupos étnicos que viven allí y no se han inscrito"),
        },
    )


def _ethnic_present(context: Context) -> dict[str, set[str]]:
    """Municipality → ethnic groups of its people at the latest cut up to the follow-up year."""
    people = context.data.department("personas")
    people = people[people["corte"] <= context.years.follow_up].dropna(subset=["grupo_etnico"])
    people = people[
        (people["corte"] == people["corte"].max()) & people["grupo_etnico"].ne("ninguno")
    ]
    homes = context.data.department("hogares")[["hogar", "municipio"]].drop_duplicates("hogar")
    town = people["hogar"].map(homes.set_index("hogar")["municipio"])
    number = Counter(zip(town.dropna(), people["grupo_etnico"][town.notna()], strict=True))
    found: dict[str, set[str]] = {}
    for (code, group), many in number.items():
        if many >= context.params.disclosure.threshold:
            found.setdefault(code, set()).add(group)
    return found


def _years(own: pd.DataFrame) -> Table:
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
