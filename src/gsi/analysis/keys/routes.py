"""The routes of access: how far cases get, how long they wait, what stops them, who is late.

Disclosure: municipalities' cases are few, so their reports give the number of cases (decided with
the department's), and beyond it only what stands out with at least the threshold of cases; the
department's own line of a table is protected as a table of one row. How far cases get is told in
tenths of all cases, where a tenth spans at least half the threshold: exact steps would give back
the few cases that stop between two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.results import write_value
from gsi.contract.vocabulary import BARRIERS, ROUTES, CaseState
from gsi.measure import survey
from gsi.measure.disclosure import suppress
from gsi.measure.survey import Estimate
from gsi.measure.survival import funnel, kaplan_meier_median, step_times

STATES = {CaseState.OPEN: "open", CaseState.DONE: "done", CaseState.LOST: "lost"}


@dataclass(frozen=True)
class Route:
    """One route as the territory may publish it; every table is small and already suppressed.

    ``cases``: number, NaN when withheld. ``steps``: step, label, order, entity, tenths (of ten
    cases that start, how many reach the step), lost, withheld. ``barriers``: barrier, label,
    cases, withheld, share. ``times``: from_label, to_label, median, low, high (days), enough.
    ``late``: step, label, entity, withheld, share. ``told``: cases whose fate at a deadline is
    known (entity, late), not to be published by row. The last four name what weighs most, or None.
    """

    key: str
    label: str
    cases: float
    steps: pd.DataFrame
    barriers: pd.DataFrame
    times: pd.DataFrame
    late: pd.DataFrame
    told: pd.DataFrame
    lost_step: str | None
    barrier: str | None
    late_step: str | None
    late_share: float


def routes(context: Context) -> list[Route]:
    """The four routes of the strategy in their order, then own ones, as far as they have steps."""
    everything = common.until(context.data.department("casos"), "fecha", context)
    defined = context.data.department("rutas")
    own = everything[context.territory.owns(everything["municipio"])]
    keys = sorted(set(defined["ruta"]) | set(own["ruta"]))
    ordered = [key for key in ROUTES if key in keys] + [key for key in keys if key not in ROUTES]
    found = []
    for key in ordered:
        steps = _steps(defined[defined["ruta"] == key])
        cases = everything[(everything["ruta"] == key) & everything["paso"].isin(steps["step"])]
        if not steps.empty and context.territory.owns(cases["municipio"]).any():
            found.append(_route(key, steps, cases.reset_index(drop=True), context))
    return found


def _steps(defined: pd.DataFrame) -> pd.DataFrame:
    """Steps of a route: the department's own definition, completed by its municipalities'."""
    rows = defined.assign(level=defined["municipio"].str.len()).sort_values(
        ["level", "orden", "municipio", "paso"], kind="stable"
    )
    rows = rows.drop_duplicates("paso").sort_values(["orden", "paso"], ignore_index=True)
    return pd.DataFrame(
        {
            "step": rows["paso"],
            "label": rows["nombre"],
            "order": range(1, len(rows) + 1),
            "entity": rows["entidad"],
            "due": rows["plazo_dias"],
        }
    )


def _route(key: str, steps: pd.DataFrame, cases: pd.DataFrame, context: Context) -> Route:
    rows = pd.DataFrame(
        {
            "case": cases["caso"],
            "step": cases["paso"],
            "day": cases["fecha"],
            "state": cases["estado"].map(STATES),
            "municipio": cases["municipio"],
        }
    )
    # A case belongs to the municipality of its first row: it must count in one place only.
    home = rows.sort_values(["day", "step"]).groupby("case")["municipio"].first()
    rows["municipio"] = rows["case"].map(home)
    once = rows.drop_duplicates("case").assign(cell="case")
    decided = common.decide(common.counts(once, "cell", context, cells=["case"]), context)
    total = common.row(decided, context)["case"]
    mine = rows[context.territory.owns(rows["municipio"])].reset_index(drop=True)
    reached = _funnel(mine, steps, context)
    met = cases[cases["barrera"].isin(list(BARRIERS))].drop_duplicates(["caso", "barrera"])
    met = met[context.territory.owns(met["caso"].map(home))]
    barriers = _barriers(met, context)
    times = step_times(mine, steps, common.reference(context))
    times = times[times["days"] >= 0]
    told = _told(times, steps)
    late = _late(told, steps, context)
    worst = late.sort_values("share", ascending=False, kind="stable", na_position="last")
    return Route(
        key,
        ROUTES.get(key, key.replace("_", " ").capitalize()),
        float("nan") if pd.isna(total) else float(total),
        reached,
        barriers,
        _times(times, steps, context),
        late,
        told[["entity", "late"]],
        common.largest(reached, "lost", "label"),
        common.largest(barriers, "cases", "label"),
        common.largest(late, "share", "label"),
        float(worst["share"].iloc[0]) if len(worst) else float("nan"),
    )


def _line(amounts: dict[Any, int], context: Context) -> dict[Any, Any]:
    """Counts of the territory by cell, NA where withheld.

    A department's line is protected as a table of one row with its total. Of a municipality only
    the largest cell is shown, and only when it reaches the threshold: nothing else is published
    that could be subtracted from the department's line.
    """
    threshold = context.params.disclosure.threshold
    if not context.territory.is_department:
        top = max(amounts, key=lambda cell: amounts[cell])
        return {
            cell: amount if cell == top and amount >= threshold else pd.NA
            for cell, amount in amounts.items()
        }
    table = pd.DataFrame([list(amounts.values())], columns=range(len(amounts)))
    published = suppress(table, threshold).counts.iloc[0]
    return dict(zip(amounts, published, strict=True))


def _funnel(mine: pd.DataFrame, steps: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Tenths of the cases that reach each step, and cases lost at it."""
    table = funnel(mine, steps)
    arrived = [int(n) for n in table["reached"]]
    cells: dict[Any, int] = {}
    for step, here, later, gone in zip(
        steps["step"], arrived, [*arrived[1:], 0], table["lost"], strict=True
    ):
        cells[step, "lost"] = int(gone)
        cells[step, "other"] = here - later - int(gone)
    published = _line(cells, context)
    started = arrived[0]
    enough = started >= 5 * context.params.disclosure.threshold
    lost = [published[step, "lost"] for step in steps["step"]]
    return steps[["step", "label", "order", "entity"]].assign(
        tenths=[
            float(np.floor(here / started * 10 + 0.5)) if enough else float("nan")
            for here in arrived
        ],
        lost=pd.array(lost, dtype="Int64"),
        withheld=[pd.isna(value) for value in lost],
    )


def _barriers(met: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Barriers met on the route, once a case and kind; a case may meet several."""
    amounts = {key: int((met["barrera"] == key).sum()) for key in BARRIERS}
    published = _line(amounts, context)
    total = sum(amounts.values())
    return pd.DataFrame(
        {
            "barrier": list(BARRIERS),
            "label": list(BARRIERS.values()),
            "cases": pd.array([published[key] for key in BARRIERS], dtype="Int64"),
            "withheld": [pd.isna(published[key]) for key in BARRIERS],
            "share": [common.share(published[key], total) for key in BARRIERS],
        }
    )


def _times(times: pd.DataFrame, steps: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Median days from each step to the next where enough cases of the territory are timed."""
    label: dict[Any, str] = dict(zip(steps["step"], steps["label"], strict=True))
    least = max(context.params.keys.services.smallest_cases, context.params.disclosure.threshold)
    rows = []
    for (step, following), group in times.groupby(["step", "next_step"], sort=False):
        duration = kaplan_meier_median(
            group["days"].to_numpy(dtype=float),
            group["event"].to_numpy(dtype=bool),
            context.params.keys.confidence,
        )
        enough = duration.events >= least
        rows.append(
            {
                "from_label": label[step],
                "to_label": label[following],
                "median": duration.median if enough else float("nan"),
                "low": duration.low if enough else float("nan"),
                "high": duration.high if enough else float("nan"),
                "enough": enough,
            }
        )
    columns = ["from_label", "to_label", "median", "low", "high", "enough"]
    return pd.DataFrame(rows, columns=columns)


def _told(times: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """Cases whose fate at a step's deadline is known: step, entity, late.

    A step's deadline runs until the next one is reached. A case counts once it moved on, or if it
    still waits past the deadline; one lost within it left before that could be told.
    """
    about = steps.set_index("step")
    rows = times.assign(
        # Of no case at all, what is mapped would be text.
        due=times["step"].map(about["due"]).astype("float64"),
        entity=times["step"].map(about["entity"]),
    ).dropna(subset=["due"])
    rows = rows[rows["event"] | (rows["days"] > rows["due"])]
    return rows.assign(late=(rows["days"] > rows["due"]).astype(bool))[["step", "entity", "late"]]


def _late(told: pd.DataFrame, steps: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Share of cases that left each step late."""
    about = steps.set_index("step")
    out = []
    for step in steps["step"]:
        here = told.loc[told["step"] == step, "late"]
        if len(here):
            share = late_share(here, context)
            out.append(
                {
                    "step": step,
                    "label": about.at[step, "label"],
                    "entity": about.at[step, "entity"],
                    "withheld": bool(np.isnan(share)),
                    "share": share,
                }
            )
    return pd.DataFrame(out, columns=["step", "label", "entity", "withheld", "share"])


def late_share(late: pd.Series, context: Context) -> float:
    """Percentage late; NaN unless both sides hold a threshold of cases, or one holds none: a share
    would give back a small count otherwise."""
    threshold = context.params.disclosure.threshold
    many = int(late.sum())
    few = any(0 < side < threshold for side in (many, len(late) - many))
    return float("nan") if few or len(late) < threshold else many / len(late) * 100


def _coarse(share: float, points: int) -> str:
    """A share rounded to ``points`` as it is written: ``5 %``, ``menos de 2,5 %``."""
    half = points / 2
    digits = int(half % 1 != 0)
    if share == 0:
        return f"menos de {write_value(half, 'percent', digits)}"
    if share == 100:
        return f"{write_value(100 - half, 'percent', digits)} o más"
    return write_value(share, "percent", 0)


def barrier_years(context: Context) -> tuple[pd.DataFrame, Estimate | None]:
    """Steps of all routes at which a case met a barrier, by year, and how much that changed.

    Table: kind ('any' first), label, year, share, text: percent of the steps that cases reached in
    the year, told in points that span at least half the threshold of steps (5 from ten thresholds
    on, 10 from five on); NaN and '' below. Nothing is told as none or as all: whether nobody met a
    barrier is not told apart from whether a few did. Change: share of the last
    year told minus that of the first, with a case's steps as one cluster; None with fewer than two
    years.
    """
    rows = common.until(context.data.own("casos"), "fecha", context)
    years = rows["fecha"].dt.year.to_numpy()
    threshold = context.params.disclosure.threshold
    out, told = [], []
    for year in sorted(set(years.tolist())):
        seen = rows.loc[years == year, "barrera"]
        base = len(seen)
        points = 5 if base >= 10 * threshold else 10
        if base >= 5 * threshold:
            told.append(year)
        for kind in ("any", *BARRIERS):
            met = int(seen.isin(list(BARRIERS)).sum() if kind == "any" else (seen == kind).sum())
            rounded = np.floor(met / base * 100 / points + 0.5) * points
            out.append(
                {
                    "kind": kind,
                    "label": "Alguna barrera" if kind == "any" else BARRIERS[kind],
                    "year": year,
                    "share": float(rounded) if base >= 5 * threshold else float("nan"),
                    "text": _coarse(float(rounded), points) if base >= 5 * threshold else "",
                }
            )
    frame = pd.DataFrame(out, columns=["kind", "label", "year", "share", "text"])
    if len(told) < 2:
        return frame, None
    design = survey.Design.of(np.ones(len(rows)), psu=rows["caso"])
    hindered = rows["barrera"].isin(list(BARRIERS)).to_numpy()
    last, first = (
        survey.ratio(hindered, None, design, years == year) for year in (told[-1], told[0])
    )
    return frame, survey.interval(last.minus(first), design, context.params.keys.confidence)
