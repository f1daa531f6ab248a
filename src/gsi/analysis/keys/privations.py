"""Inside the household measures: what may be published, privations, cut-offs and scores."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common, households
from gsi.analysis.keys.households import Flags, Measured
from gsi.analysis.results import Column, Table
from gsi.measure import poverty
from gsi.measure.disclosure import Suppression
from gsi.measure.poverty import Scheme

AREAS = {"cabecera": "Cabecera municipal", "rural": "Zona rural"}
POOR = {True: "poor", False: "not_poor"}


def decide(m: Measured, cut: int, context: Context) -> Suppression:
    """What may be published of people by municipality, area and poverty at a cut."""
    states = [POOR[bool(poor)] for poor in m.who.poor]
    rows = m.rows.assign(cell=[_cell(a, s) for a, s in zip(m.rows["area"], states, strict=True)])
    cells = [_cell(area, state) for area in AREAS for state in POOR.values()]
    table = common.counts(
        rows[rows["corte"] == cut], "cell", context, cells=cells, value="personas"
    )
    return common.decide(table, context)


def _cell(area: str, state: str) -> str:
    return f"{area} {state}"


def withheld(decided: Suppression, row: str, areas: Sequence[str]) -> bool:
    """True when a poverty rate of these areas would give back a withheld count."""
    cells = [_cell(area, state) for area in areas for state in POOR.values()]
    return bool(decided.mask.loc[row, cells].any())


def few(domain: Flags, context: Context) -> bool:
    """True with fewer sampled households than may be published."""
    return int(domain.sum()) < context.params.plan.poverty.smallest_households


def privations(m: Measured, context: Context) -> Table:
    """Privation → people deprived, people poor and deprived, contribution to M0, by cut."""
    level = context.params.plan.confidence
    privations = context.params.plan.poverty.privations
    frame = pd.DataFrame(
        {
            "indicator": list(privations),
            "label": [item.label for item in privations.values()],
            "dimension": [
                context.params.plan.poverty.dimensions[item.dimension]
                for item in privations.values()
            ],
        }
    )
    for moment, cut in (("baseline", m.cuts.baseline), ("follow_up", m.cuts.follow_up)):
        domain = m.domain(cut)
        if few(domain, context):
            frame = frame.assign(**{f"{moment}_{c}": np.nan for c in ("raw", "share")})
            frame[f"{moment}_why"] = common.FEW if domain.any() else ""
        else:
            found = poverty.indicators(m.who, m.people, domain, level)
            hide = np.array([_small(m, cut, column, context) for column in range(len(frame))])
            frame[f"{moment}_raw"] = np.where(hide, np.nan, found["headcount"] * 100)
            frame[f"{moment}_share"] = np.where(hide, np.nan, found["contribution"] * 100)
            frame[f"{moment}_why"] = np.where(hide, common.RESERVED, "")
        for name, digits in (("raw", 1), ("share", 0)):
            frame[f"{moment}_{name}_text"] = common.explained(
                frame[f"{moment}_{name}"], frame[f"{moment}_why"], digits=digits
            )
    first, second = m.cuts.baseline, m.cuts.follow_up or "seguimiento"
    return Table(
        frame.sort_values(
            ["baseline_share", "indicator"], ascending=[False, True], ignore_index=True
        ),
        {
            "label": Column("Privación"),
            "baseline_raw_text": Column(f"La tienen, {first} (%)"),
            "follow_up_raw_text": Column(f"La tienen, {second} (%)"),
            "baseline_share_text": Column(f"Peso en la pobreza, {first} (%)"),
            "follow_up_share_text": Column(f"Peso en la pobreza, {second} (%)"),
        },
    )


def _small(m: Measured, cut: int | None, column: int, context: Context) -> bool:
    """True when the people with a privation (or, poor and with it) are too few to publish."""
    marks = m.rows.assign(
        state=[
            ("poor" if poor else "other") if lacks else "none"
            for lacks, poor in zip(m.who.deprived[:, column], m.who.poor, strict=True)
        ]
    )
    marks = marks[marks["corte"] == cut]
    table = common.counts(
        marks, "state", context, cells=["poor", "other", "none"], value="personas"
    )
    decided = common.decide(table, context)
    return bool(decided.mask.loc[common.row_of(context)].any())


def sensitivity(m: Measured, context: Context, decided: dict[int, Suppression]) -> Table:
    """H and M0 at both cuts under other poverty cut-offs k."""
    settings = context.params.plan.poverty
    place = common.row_of(context)
    rows = []
    for text in sorted({settings.cutoff, *settings.sensitivity}, key=Fraction):
        scheme = Scheme(m.who.scheme.units, Fraction(text))
        who = poverty.identify(m.rows, scheme)
        row: dict[str, Any] = {"k": float(scheme.cutoff), "label": text.replace("/", " de cada ")}
        for moment, cut in (("baseline", m.cuts.baseline), ("follow_up", m.cuts.follow_up)):
            domain = m.domain(cut)
            small = few(domain, context)
            hide = small or _few_poor(m, who, domain, context)
            # What is withheld at the official cut-off would be bounded by its neighbours.
            hide |= cut is not None and withheld(decided[cut], place, list(AREAS))
            value = np.nan if hide else poverty.ratios(who, m.people, domain)["H"].value * 100
            row[moment] = value
            why = common.FEW if small else common.RESERVED
            row[f"{moment}_why"] = why if hide and domain.any() else ""
        row["difference"] = row["follow_up"] - row["baseline"]
        row["difference_why"] = row["baseline_why"] or row["follow_up_why"]
        rows.append(row)
    frame = pd.DataFrame(rows)
    for name in ("baseline", "follow_up", "difference"):
        frame[f"{name}_text"] = common.explained(frame[name], frame[f"{name}_why"], digits=1)
    return Table(
        frame,
        {
            "label": Column("Pobre desde (privaciones)"),
            "baseline_text": Column("Personas pobres, base (%)"),
            "follow_up_text": Column("Personas pobres, seguimiento (%)"),
            "difference_text": Column("Diferencia (puntos)"),
        },
    )


def _few_poor(m: Measured, who: poverty.Identification, domain: Flags, context: Context) -> bool:
    people = m.rows["personas"].to_numpy(np.float64)
    threshold = context.params.disclosure.threshold
    counts = [float(people[domain & mask].sum()) for mask in (who.poor, ~who.poor)]
    return any(0 < value < threshold for value in counts)


def scores(m: Measured, context: Context) -> Table:
    """The frozen category scores: what the follow-up is measured with."""
    settings = context.params.plan.living_conditions
    points_of = m.scores.points if m.scores is not None else {}
    rows = [
        {
            "variable": name,
            "variable_label": settings.variables[name].label,
            "factor": settings.factors[settings.variables[name].factor],
            "position": position,
            "category": category,
            "points": points,
        }
        for name, labels in households.living_labels(context).items()
        for position, (category, points) in enumerate(zip(labels, points_of[name], strict=True))
    ]
    return Table(
        pd.DataFrame(rows),
        {
            "factor": Column("Factor"),
            "variable_label": Column("Variable"),
            "category": Column("Categoría"),
            "points": Column("Puntos", "decimal", 2),
        },
    )
