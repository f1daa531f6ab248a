"""Key 2: whether training arrives where the priority and the need are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.common import TOTAL
from gsi.analysis.results import Fact, Section, count, decimal, flag, percent, text, year
from gsi.contract.vocabulary import Area
from gsi.measure.disclosure import Suppression
from gsi.measure.targeting import cgh, concentration_index

FEWEST_PLACES = 3  # municipalities below which an order by need says nothing


def reach(
    decided: Suppression,
    who: delivery.Delivery,
    context: Context,
    priority: Section | None,
) -> dict[str, Fact]:
    """Share of enrolled people in priority municipalities beside their share of the population,
    among the municipalities that reported; unknown unless there are some of both kinds."""
    called = set(common.priority_codes(priority))
    codes = [code for code in who.reported if code in called]
    several = 0 < len(codes) < len(who.reported)
    if not context.territory.is_department or not several:
        return {"reach_known": flag(False)}
    silent = [code for code in who.silent if code in called]
    enrolled = decided.counts[TOTAL]
    published = enrolled.reindex(codes)
    in_priority = common.share(
        np.nan if published.isna().any() else published.sum(), enrolled[TOTAL]
    )
    people = population(context).reindex(who.reported)
    living = common.share(people.reindex(codes).sum(min_count=1), people.sum(min_count=1))
    known = not (np.isnan(in_priority) or np.isnan(living))
    return {
        "reach_known": flag(known),
        "priority_reporters": count(len(codes)),
        "priority_share": percent(in_priority),
        "priority_population_share": percent(living),
        "population_year": year(int(known_people(context)["periodo"].max()) if known else None),
        "priority_behind": flag(known and in_priority < living),
        "has_priority_silent": flag(bool(silent)),
        "priority_silent": text(delivery.written(silent, context) if silent else None),
    }


def concentration(
    rows: pd.DataFrame, context: Context, priority: Section | None
) -> dict[str, Fact]:
    """Concentration of enrolments over the priority index: negative where training seeks need.

    People of each municipality that reported, ordered by its index (the neediest first), against
    what they got. A complete count has no sampling error; the order of the municipalities has its
    own uncertainty, told with the index. ``needy_half``: enrolments of the neediest half of people.
    """
    if not context.territory.is_department or priority is None:
        return {"concentration_known": flag(False)}
    if "ranking" not in priority.tables:
        return {"concentration_known": flag(False)}
    ranking = priority.tables["ranking"].data
    need = ranking.set_index(ranking["municipio"].astype(str))["need"].astype(float).dropna()
    people = population(context).astype(float)
    enrolled = rows.groupby("municipio")["inscritos"].sum().astype(float)
    frame = pd.DataFrame({"need": need, "people": people.reindex(need.index)}).dropna()
    frame["enrolled"] = enrolled.reindex(frame.index)
    frame = frame[(frame["people"] > 0) & frame["enrolled"].notna()]
    if len(frame) < FEWEST_PLACES or frame["enrolled"].sum() == 0:
        return {"concentration_known": flag(False)}
    rate = frame["enrolled"] / frame["people"]
    index = concentration_index(rate, -frame["need"], frame["people"])
    return {
        "concentration_known": flag(True),
        "concentration": decimal(index, 2),
        "needy_half": percent(cgh(rate, -frame["need"], frame["people"], poorest=0.5) * 50, 0),
    }


def population(context: Context) -> pd.Series:
    """Municipality → people in the last year known up to the follow-up one."""
    return known_people(context).groupby("municipio")["personas"].sum()


def known_people(context: Context) -> pd.DataFrame:
    """The rows of people of the last year known up to the follow-up one."""
    people = context.data.department("poblacion")
    people = people[
        (people["area"] == Area.TOTAL)
        & (people["periodo"] <= context.years.follow_up)
        & people["municipio"].isin(list(context.data.names))
    ]
    latest: pd.DataFrame = people[people["periodo"] == people["periodo"].max()]
    return latest
