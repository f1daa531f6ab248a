"""Whether a territory was already where a target would take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from gsi.analysis.comprehension.changes import rows_of
from gsi.analysis.comprehension.subtracted import stretches
from gsi.analysis.context import Context
from gsi.analysis.plan import remarks
from gsi.inputs import indicators


class Reached(NamedTuple):
    """The last year at the target or beyond it, its figure, and whether that is a mean made here
    that is not known to be what is published."""

    year: int
    value: float
    approximate: bool


def before(row: Mapping[Any, Any], target: float, context: Context) -> Reached | None:
    """When the indicator of a measured ``row`` (:func:`gsi.analysis.plan.baseline.measured`) was
    last at its ``target`` or beyond, before the year of the row; None if never.

    Only figures that compare with that of the row: of its series and of the stretch it ends
    (:func:`gsi.analysis.comprehension.subtracted.stretches`), final, of the same territory, and not
    a rate of one or two cases.
    """
    if np.isnan(target):
        return None
    indicator = next(item for item in context.catalogue if item.id == row["indicator"])
    own = rows_of(context, context.territory.code)
    own = own[(own["indicador"] == indicator.id) & (own["serie"] == row["own_series"])]
    own = own[own["valor"].notna() & (own["periodo"] <= row["year"])]
    own = own[~indicators.preliminary(own, context.catalogue)]
    own = own.drop_duplicates("periodo", keep="last").sort_values("periodo", ignore_index=True)
    parts, _ = stretches(indicator, own)
    same = np.array(parts) == parts[-1]
    for code in context.params.plan.change.codes:
        if code.code == context.territory.code and code.kind == "altered":
            same &= (own["periodo"] > code.last).to_numpy() | (row["year"] <= code.last)
    multiplier = own["valor"] * 0 + row["multiplier"]
    there = own[
        same
        & (own["periodo"] < row["year"])
        & ~indicators.few_cases(own["numerador"], multiplier)
        & ((own["valor"] - target) * row["direction"] >= 0)
    ]
    if there.empty:
        return None
    last = there.iloc[-1]
    made = last["fuente"] == indicators.CALCULATED
    near = bool(made and remarks.approximate(indicator, context.territory.code))
    return Reached(int(last["periodo"]), float(last["valor"]), near)
