"""Institutions of health and students that published files have of a territory.

Health: the last cut of the REPS up to the follow-up. Lists of IPS have one row a provider, by its
main site (codes of 10 digits); only the lists of sites (12 digits) have posts and centres too.
Students: those that the ministry's coverage stands on (people of 5-16 × gross coverage, of any
age). A compilation by sector counts as enrolment only where it has about as many as those: it may
hold only a part of them, and another part of each sector.

Facts, health: ``health_known``, ``health_places``, ``health_of_sites`` (each site, else each
provider), ``health_year``, ``health_cut`` (its day), ``health_without`` (names of municipalities
without any), ``any_health_without``.
Students: ``students_known``, ``students``, ``students_year``, ``students_of`` (of how many places,
where not of all), ``by_sector`` (the compilation is whole), ``students_official`` (%),
``all_official``; ``part_known`` (a compilation that is not used), ``part``, ``part_year``,
``part_share`` (% of the students of that year; missing where they are not known).
"""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.results import Fact, count, date, flag, names, percent, text, year
from gsi.inputs.readers import education
from gsi.inputs.readers.enrolment import SOURCE as BY_SECTOR

SITE = re.compile(r"reps-\d{12}")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
# A compilation that has so many times the ministry's students is the same thing counted otherwise.
ALIKE = (0.8, 1.2)


def health(context: Context) -> dict[str, Fact]:
    """Places of the last list: its sites, or its providers where it has no sites."""
    rows = context.data.published("escenarios")
    rows = rows[(rows["tipo"] == "ips") & (rows["periodo"] <= context.years.follow_up)]
    if rows.empty:
        return {"health_known": flag(False)}
    cuts = rows["nota"].fillna("").astype("str").map(_cut)
    rows = rows.assign(corte=cuts).sort_values(["periodo", "corte", "escenario"])
    last = rows[rows["periodo"] == rows["periodo"].max()]
    last = last[last["corte"] == last["corte"].max()]
    of_sites = last["escenario"].astype("str").map(lambda name: bool(SITE.fullmatch(name)))
    last = last[of_sites] if of_sites.any() else last
    day = last["corte"].iloc[0]
    who = delivery.delivered(last, context)
    return {
        "health_known": flag(True),
        "health_places": count(last["escenario"].nunique()),
        "health_of_sites": flag(bool(of_sites.any())),
        "health_year": year(int(last["periodo"].iloc[0])),
        "health_cut": date(dt.date.fromisoformat(day) if day else None),
        "health_without": names([context.data.names[code] for code in who.silent]),
        "any_health_without": flag(bool(who.silent)),
    }


def _cut(note: str) -> str:
    """The day that a row's note says its list is of, ISO; empty where it says none."""
    found = _DAY.search(note)
    return found[0] if found else ""


def students(context: Context) -> dict[str, Fact]:
    """Students of the last year with coverage, by sector where a compilation has them all."""
    whole = _by_year(_enrolled(context))
    listed = context.data.published("servicios")
    listed = listed[
        (listed["origen"] == BY_SECTOR) & (listed["periodo"] <= context.years.follow_up)
    ]
    facts: dict[str, Fact] = {
        "students_known": flag(bool(whole)),
        "by_sector": flag(False),
        "part_known": flag(False),
    }
    if whole:
        last = max(whole)
        places, people = whole[last]
        known = len(_places(context))
        facts |= {
            "students": count(people),
            "students_year": year(last),
            "students_of": text(
                f"{places} de {delivery.counted(known, context)}" if places < known else None
            ),
        }
    if listed.empty:
        return facts
    when = int(listed["periodo"].max())
    listed = listed[listed["periodo"] == when]
    total = float(listed["cupos_usados"].sum())
    official = listed["servicio"].str.startswith("men-oficial")
    state = float(listed.loc[official, "cupos_usados"].sum())
    share = total / whole[when][1] if when in whole else None
    if share is not None and ALIKE[0] <= share <= ALIKE[1] and when == max(whole) and total > 0:
        return facts | {
            "by_sector": flag(True),
            "students_official": percent(100 * state / total),
            "all_official": flag(state == total),
        }
    return facts | {
        "part_known": flag(True),
        "part": count(total),
        "part_year": year(when),
        "part_share": percent(None if share is None else 100 * share, 0),
    }


def _places(context: Context) -> list[str]:
    place = context.territory
    return list(context.data.names) if place.is_department else [place.code]


def _enrolled(context: Context) -> pd.DataFrame:
    """Rows of the ministry whose denominator is the whole enrolment of a municipality."""
    rows = context.data.department("indicadores")
    found: pd.DataFrame = rows[
        (rows["indicador"] == "desercion")
        & (rows["fuente"] == education.READER.source)
        & rows["municipio"].isin(_places(context))
        & (rows["periodo"] <= context.years.follow_up)
        & rows["denominador"].notna()
    ]
    return found


def _by_year(rows: pd.DataFrame) -> dict[int, tuple[int, float]]:
    """Year → how many municipalities, and their students."""
    found = rows.groupby("periodo").agg(
        places=("municipio", "nunique"), people=("denominador", "sum")
    )
    return {
        int(when): (int(places), float(people))
        for when, places, people in zip(found.index, found["places"], found["people"], strict=True)
    }
