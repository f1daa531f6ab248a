"""Which indicators stand elsewhere against the reference by their last figure than at the baseline.

The last figure is the one a plan starts from (:func:`gsi.analysis.comprehension.states.compare`):
the diagnosis and the plan tell one indicator of two years, and page 1 says where they part.
"""

from __future__ import annotations

import pandas as pd

from gsi.analysis.comprehension.states import BETTER, COMPARED, WORSE, compare
from gsi.analysis.context import Context
from gsi.analysis.labels import span
from gsi.analysis.results import Fact, count, flag, text


def with_last(states: pd.DataFrame, context: Context) -> pd.DataFrame:
    """``states`` with ``last_period`` and ``last_state`` (estado) of the last figure of each
    indicator; its own where there is none later."""
    last = compare(context, [context.territory.code], start=True).set_index("indicador")
    last = last.reindex(states["indicador"])
    later = last["periodo"].to_numpy() > states["periodo"].to_numpy()
    return states.assign(
        last_period=states["periodo"].mask(later, last["periodo"].to_numpy()).astype("int64"),
        last_state=states["estado"].mask(later, last["estado"].to_numpy()),
    )


def facts(states: pd.DataFrame) -> dict[str, Fact]:
    """``any_turned``; of the indicators better at the baseline, those that no longer are
    (``better_before``, ``any_better_before``) and that are worse (``better_now_worse``); so
    ``worse_before`` and ``worse_now_better``; ``turned_years``, of their last figures. What cannot
    be compared by its last figure has not turned.

    ``states``: of :func:`with_last`.
    """
    moved = states["last_state"].isin(COMPARED) & (states["last_state"] != states["estado"])
    rows = states[moved & states["estado"].isin((BETTER, WORSE))]
    found: dict[str, Fact] = {
        "any_turned": flag(not rows.empty),
        "turned_years": text(span(rows["last_period"])),
    }
    for name, before, after in (("better", BETTER, WORSE), ("worse", WORSE, BETTER)):
        mine = rows[rows["estado"] == before]
        opposite = "worse" if after == WORSE else "better"
        found[f"{name}_before"] = count(len(mine))
        found[f"any_{name}_before"] = flag(not mine.empty)
        found[f"{name}_now_{opposite}"] = count(int((mine["last_state"] == after).sum()))
    return found
