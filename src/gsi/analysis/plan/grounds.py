"""The figures that may ground a proposal or a decision, and how far behind they are.

What quality sets aside (:func:`gsi.analysis.quality.criteria.set_aside`) is none, nor is a rate of
one or two cases, nor a figure that is not judged (:mod:`gsi.analysis.comprehension.unfit`), nor
one that the catalogue compares with no other place's (deaths where they happened). Each
figure is the last final one of the baseline's own series; its verdict is that of the rights where
it is the baseline's figure, else the same test on the later one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.states import COMPARED, WORSE, compare
from gsi.analysis.context import Context
from gsi.analysis.plan.baseline import measured
from gsi.analysis.quality import criteria
from gsi.analysis.results import Section
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Verdict
from gsi.inputs.indicators import noise

# Indicator → its value, reference and gap, with the columns of its measured row.
Gaps = Mapping[str, Mapping[Any, Any]]
REFERENCES = {"department": "el departamento", "country": "el país", "target": "la meta"}


@dataclass(frozen=True)
class Grounds:
    """What a territory's measures may be called for by.

    ``known``: indicator → its measured row, those set aside left out; ``gaps``: of those behind
    their reference; ``worsened``: indicator → the years between which it did (``2018 a 2023``);
    ``among``: the level of the places (:mod:`gsi.inputs.indicators.noise`) whose spread is the unit
    of distances.
    """

    known: Gaps
    gaps: Gaps
    worsened: Mapping[str, str]
    among: str


def grounds(sections: Mapping[str, Section], context: Context) -> Grounds:
    """The territory's figures that may ground a proposal or a decision."""
    frame = measured(context, start=True)
    frame = frame[frame["value"].notna()]
    apart = criteria.set_aside(context)
    own = context.territory.is_department
    if own:
        frame = frame[~frame["indicator"].isin(list(apart))]
    else:
        # A municipality's own figure stands; the department's, which few make, is no reference.
        frame = frame.assign(
            department=frame["department"].mask(frame["indicator"].isin(list(apart)))
        )
    frame = _comparable(frame, context)
    known = {str(row["indicator"]): row for row in frame.to_dict("records")}
    counting = {item.id for item in context.catalogue if item.counts_reporting}
    out = counting | (set(apart) if own else set())
    worsened = {n: years for n, years in _worsened(sections).items() if n not in out}
    # Of its place alone, it is behind nobody, and half of a distance to others is no goal for it.
    lone = {item.id for item in context.catalogue if not item.comparable}
    behind = {n: row for n, row in known.items() if n not in counting | lone}
    place = context.territory
    owner = EXAMPLE_DEPARTMENT if place.fictional else COUNTRY
    level = noise.DEPARTMENT if own else noise.MUNICIPALITY
    spread = noise.spread(context.data.noise(), owner, level)
    gaps = _gaps(behind, _states(sections, context), spread, context)
    return Grounds(known, gaps, worsened, spread.level)


def _comparable(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Without references made in another way: a published figure of a department is not held
    against a mean that we make of municipalities and that is not known to be the published one."""
    approximate = [
        item.id
        for item in context.catalogue
        if item.is_approximate or item.aggregate in ("published", "none")
    ]
    other = (
        frame["indicator"].isin(approximate) & ~frame["calculated"] & frame["country_calculated"]
    )
    if not context.territory.is_department:
        return frame
    return frame.assign(country=frame["country"].mask(other))


def _gaps(known: Gaps, states: Mapping[str, str], spread: noise.Spread, context: Context) -> Gaps:
    """Each indicator behind its reference: limit, gap and group beside its row.

    ``gap`` is positive when worse than the reference; ``distance`` is the gap in units of the
    spread between places that year, NaN where it is not known: the one scale on which a share of
    homes, a rate of deaths and points of water can be held against each other, also where the
    reference is 0. ``group``: worse (beyond chance, as the rights say it), behind (it may be
    chance), norm (behind a norm's target only). ``judged``: whether the test could tell chance.
    """
    settings = context.params.plan.proposal
    above = "department" if context.against == "department" else "country"
    found = {}
    for name, row in known.items():
        if row["few_cases"] or row["unfit"]:
            continue
        for reference in REFERENCES:
            limit = float(row[reference])
            gap = (limit - row["value"]) * row["direction"]
            least = settings.worse_points if row["share"] else settings.worse_share * abs(limit)
            if np.isnan(gap) or gap < least or gap <= 0:
                continue
            if row["low"] <= limit <= row["high"]:
                # Not told apart from the reference: no gap to close that anybody could see closed.
                continue
            state = states.get(name) if reference == above else None
            unit = spread.sizes.get((name, row["own_series"], int(row["year"])), np.nan)
            found[name] = {
                **row,
                "reference": reference,
                "limit": limit,
                "gap": gap,
                "distance": gap / unit,
                "group": (
                    "norm" if reference == "target" else "worse" if state == WORSE else "behind"
                ),
                "judged": state in COMPARED,
            }
            break
    return found


def _states(sections: Mapping[str, Section], context: Context) -> dict[str, str]:
    """Indicator → the state of its figure against the place above.

    One figure has one verdict: that of section ``rights`` while the figure is the baseline's.
    """
    place = context.territory
    start = compare(context, [place.code], start=True)
    rights = sections.get("rights")
    told: dict[str, tuple[int, str]] = {}
    if rights is not None and "indicators" in rights.tables:
        before = rights.tables["indicators"].data
        verdicts = zip(before["periodo"], before["estado"], strict=True)
        told = dict(zip(before["indicador"], verdicts, strict=True))
    found = {}
    for name, when, state in zip(
        start["indicador"], start["periodo"], start["estado"], strict=True
    ):
        year, verdict = told.get(name, (None, None))
        found[str(name)] = str(verdict if year == when else state)
    return found


def _worsened(sections: Mapping[str, Section]) -> dict[str, str]:
    """The indicators that are worse than at their baseline, with the years of their own data."""
    change = sections.get("change")
    if change is None or "indicators" not in change.tables:
        return {}
    data = change.tables["indicators"].data
    rows = data[data["verdict"] == Verdict.WORSENED]
    return {
        str(name): f"{int(first)} a {int(last)}"
        for name, first, last in zip(rows["indicator"], rows["year_a"], rows["year_b"], strict=True)
    }
