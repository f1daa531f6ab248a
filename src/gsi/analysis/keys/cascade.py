"""Coverage step by step: where services stop on their way to the people who should receive them.

Tanahashi (1978), "Health service coverage and its evaluation", Bulletin of the World Health
Organization 56(2): availability, accessibility, acceptability, contact and effective coverage, each
over the same target population. Which table gives each step is declared in ``STEPS``; a step that
no table gives is a named gap, not a zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.results import Column, Fact, Gap, Table, flag, percent
from gsi.measure import survey

STEPS = {
    "available": ("Hay cupo para ellas en el año", "servicios: cupos del año por persona elegible"),
    "accessible": ("El cupo se da a tiempo", "servicios: cupos de servicios oportunos"),
    "acceptable": ("Aceptan el servicio como se presta", "ninguna tabla lo pregunta"),
    "contact": ("Han recibido algún servicio", "personas y atenciones"),
    "effective": ("Han recibido uno que calificaron bien", "atenciones: satisfacción"),
}
ACCEPTABLE = Gap(
    "aceptabilidad",
    "Ninguna tabla pregunta a las personas si aceptan los servicios como se prestan. Sin eso no se "
    "distingue a quien no llegó de quien no quiso; las barreras culturales de las rutas dan una "
    "señal.",
)
CELLS = ("effective", "contact_only")


def cascade(
    rows: pd.DataFrame, hidden: pd.DataFrame, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    """Facts of the five steps; adds table ``cascade``.

    ``rows``: people of the department with ``eligible`` and ``served``; ``hidden``: cells of the
    targeting table (municipality × eligible_served, eligible_missed) already withheld.
    """
    target = rows[rows["eligible"]].reset_index(drop=True)
    own = target[context.territory.owns(target["municipio"])].reset_index(drop=True)
    if own.empty:
        return {"cascade_known": flag(False)}
    shares = _offered(own, context) | _received(target, own, hidden, context)
    lines: list[dict[str, Any]] = []
    for step, (label, source) in STEPS.items():
        value, low, high, withheld = shares.get(step, (np.nan, np.nan, np.nan, False))
        lines.append(
            {
                "step": step,
                "label": label,
                "source": source,
                "share": value,
                "low": low,
                "high": high,
                "withheld": withheld,
            }
        )
    frame = pd.DataFrame(lines)
    frame["share_text"] = common.shown(frame["share"], frame["withheld"], "percent", 0)
    frame["interval_text"] = [
        "–" if np.isnan(low) else f"{percent(low, 0)} a {percent(high, 0)}"
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]
    tables["cascade"] = Table(
        frame,
        {
            "label": Column("De las personas que deberían recibir servicios"),
            "share_text": Column("Parte"),
            "interval_text": Column("Entre"),
            "source": Column("De dónde sale"),
        },
    )
    shares_known = [line for line in lines if not np.isnan(line["share"])]
    facts: dict[str, Fact] = {"cascade_known": flag(len(shares_known) > 1)}
    facts |= {f"cascade_{line['step']}": percent(line["share"], 0) for line in lines}
    # Places and people are counted apart: fewer can be said only of those who received.
    facts["cascade_received"] = flag(
        {"contact", "effective"} <= {line["step"] for line in shares_known}
    )
    return facts


def _offered(own: pd.DataFrame, context: Context) -> dict[str, tuple[float, float, float, bool]]:
    """People with a place, and with one given in time: no place serves two, none crosses a border.

    Municipalities that reported no places are left out of both sides.
    """
    offers = context.data.department("servicios")
    offers = offers[(offers["periodo"] <= context.years.follow_up) & offers["cupos"].notna()]
    if offers.empty:
        return {}
    offers = offers[offers["periodo"] == offers["periodo"].max()]
    people = own.groupby("municipio")["peso"].sum()
    all_places = offers.groupby("municipio")["cupos"].sum().astype(float)
    timely = offers[offers["oportunidad"] <= context.params.keys.services.timely_days]
    in_time = timely.groupby("municipio")["cupos"].sum().astype(float)
    people = people[people.index.isin(all_places.index)]
    if people.empty:
        return {}
    found = {}
    for step, places in (("available", all_places), ("accessible", in_time)):
        served = np.minimum(places.reindex(people.index, fill_value=0.0), people)
        found[step] = (float(served.sum() / people.sum() * 100), np.nan, np.nan, False)
    return found


def _received(
    target: pd.DataFrame, own: pd.DataFrame, hidden: pd.DataFrame, context: Context
) -> dict[str, tuple[float, float, float, bool]]:
    """Contact and effective coverage, weighted, with design-based intervals."""
    level, good = context.params.keys.confidence, context.params.keys.services.satisfied_from
    attended = common.until(context.data.department("atenciones"), "fecha", context)
    pleased = set(attended.loc[attended["satisfaccion"] >= good, "persona"])
    effective = target["persona"].isin(sorted(pleased))
    reached = target[target["served"]].assign(
        cell=np.where(effective[target["served"]], "effective", "contact_only")
    )
    counted = common.counts(reached, "cell", context, cells=CELLS)
    withheld = hidden[["eligible_served"]].rename(columns={"eligible_served": common.TOTAL})
    withheld = withheld.reindex(counted.index, fill_value=False)
    mine = common.row(common.decide(counted, context, withheld), context)
    row = hidden.loc[common.row_of(context)]
    secret = {
        "contact": bool(row["eligible_served"] or row["eligible_missed"]),
        "effective": bool(
            row["eligible_served"]
            or row["eligible_missed"]
            or any(pd.isna(mine[cell]) for cell in CELLS)
        ),
    }
    design = survey.Design.of(own["peso"], stratum=own["municipio"], psu=own["upm"])
    own = own.assign(effective=own["persona"].isin(sorted(pleased)))
    outcomes = {"contact": "served", "effective": "effective"}
    if not attended["satisfaccion"].notna().any():
        del outcomes["effective"]
    found = {}
    for step, column in outcomes.items():
        if secret[step]:
            found[step] = (np.nan, np.nan, np.nan, True)
            continue
        share = survey.interval(
            survey.ratio(own[column].to_numpy(), None, design), design, level, bounded=True
        )
        found[step] = (share.value * 100, share.low * 100, share.high * 100, False)
    return found
