"""Where multidimensional poverty is and what it is made of: M0 by group and by dimension.

M0 = Σ_g (share of people of g) × M0_g, and a group's contribution is its term over the sum; the
same sum runs over dimensions with weight × censored headcount. Source: Alkire et al. (2015),
Multidimensional Poverty Measurement and Analysis, ch. 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.households import Measured
from gsi.analysis.keys.privations import AREAS, few, withheld
from gsi.analysis.labels import with_interval
from gsi.analysis.results import Column, Fact, Table, flag, percent
from gsi.measure.disclosure import Suppression

FIGURES = ("H", "M0", "M0_low", "M0_high", "contribution")
COLUMNS = ("kind", "key", "label", "people_share", *FIGURES, "m0_text")


def decomposition(m: Measured, context: Context, decided: dict[int, Suppression]) -> Table:
    """One row a group (areas; municipalities of a department) at the latest cut.

    ``people_share`` and ``contribution`` (0-100), ``H``, ``M0`` (0-100) with limits. Groups that
    may not be published have no figures and say why in ``m0_text``.
    """
    cut = m.cuts.years[-1]
    level = context.params.plan.confidence
    whole = m.domain(cut)
    weight = m.people.weight
    total = float(weight[whole].sum())
    m0 = m.poverty(whole)["M0"].value
    place = common.row_of(context)
    groups: list[tuple[str, str, str, Any, bool]] = [
        ("area", key, label, (m.rows["area"] == key).to_numpy(bool),
         withheld(decided[cut], place, [key]))
        for key, label in AREAS.items()
    ]  # fmt: skip
    if context.territory.is_department:
        groups += [
            ("municipality", code, name, (m.rows["municipio"] == code).to_numpy(bool),
             withheld(decided[cut], code, list(AREAS)))
            for code, name in context.data.names.items()
        ]  # fmt: skip
    rows = []
    for kind, key, label, where, hide in groups:
        domain = whole & where
        if not domain.any():
            continue
        share = float(weight[domain].sum()) / total
        row = {"kind": kind, "key": key, "label": label, "people_share": share * 100}
        row |= dict.fromkeys(FIGURES, np.nan)
        if few(domain, context):
            row["m0_text"] = common.FEW
        elif hide:
            row["m0_text"] = common.RESERVED
        else:
            found = m.poverty(domain)
            limits = m.estimate(found["M0"], level, bounded=True)
            value, low, high = (100 * limits.value, 100 * limits.low, 100 * limits.high)
            contribution = 100 * share * found["M0"].value / m0 if m0 > 0 else np.nan
            row |= {"H": found["H"].value * 100, "M0": value, "M0_low": low, "M0_high": high}
            row |= {"contribution": contribution, "m0_text": with_interval(value, low, high)}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["kind", "contribution", "key"], ascending=[True, False, True], ignore_index=True
    )
    for name, digits in (("H", 1), ("contribution", 0)):
        frame[f"{name.lower()}_text"] = common.explained(
            frame[name], frame["m0_text"], digits=digits
        )
    return Table(
        frame,
        {
            "label": Column("Grupo"),
            "people_share": Column("De las personas (%)", "decimal", 0),
            "h_text": Column("Pobres (%)"),
            "m0_text": Column("Pobreza ajustada (0-100)"),
            "contribution_text": Column("De la pobreza (%)"),
        },
    )


def facts(table: Table) -> dict[str, Fact]:
    """Which area has more poverty than people, as the report tells it; missing where withheld."""
    rows = table.data[(table.data["kind"] == "area") & table.data["contribution"].notna()]
    heavier = rows[rows["contribution"] > rows["people_share"]]
    known = len(rows) > 1 and not heavier.empty
    row = heavier.iloc[0] if known else None
    return {
        "concentrated": flag(known),
        "concentrated_rural": flag(row is not None and row["key"] == "rural"),
        "concentrated_people": percent(None if row is None else float(row["people_share"]), 0),
        "concentrated_poverty": percent(None if row is None else float(row["contribution"]), 0),
    }


def dimensions(privations: Table, m: Measured) -> Table:
    """Contribution of each dimension of the IPM to M0 (0-100) at both cuts, from its
    ``privations``."""
    parts = privations.data
    # A withheld privation leaves its dimension without a figure: a sum would give it back.
    moments = ["baseline_share", "follow_up_share"]
    frame = pd.DataFrame(
        [
            {"dimension": name}
            | {moment: part[moment].sum(skipna=False) for moment in moments}
            | {f"{moment}_why": _why(part, moment) for moment in moments}
            for name, part in parts.groupby("dimension", sort=False)
        ]
    )
    for moment in moments:
        frame[f"{moment}_text"] = common.explained(frame[moment], frame[f"{moment}_why"])
    frame = frame.sort_values(
        ["baseline_share", "dimension"], ascending=[False, True], ignore_index=True
    )
    first, second = m.cuts.baseline, m.cuts.follow_up or "seguimiento"
    return Table(
        frame,
        {
            "dimension": Column("Dimensión"),
            "baseline_share_text": Column(f"Peso en la pobreza, {first} (%)"),
            "follow_up_share_text": Column(f"Peso en la pobreza, {second} (%)"),
        },
    )


def _why(part: pd.DataFrame, moment: str) -> str:
    """Why a dimension has no figure: the first reason among its privations."""
    reasons = part[f"{moment.removesuffix('_share')}_why"]
    return next((str(reason) for reason in reasons if reason), "")
