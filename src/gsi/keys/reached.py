"""Which counts of people reached and not reached may be published: one decision for all tables.

People appear by municipality, by age group and by micro-territory. The tables share totals, so a
total that one of them must withhold is withheld in all: decisions are repeated until none changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gsi.context import Context
from gsi.keys import common
from gsi.keys.common import TOTAL
from gsi.measure.disclosure import Suppression, suppress

FATES = ("reached", "missed")
# A partition in completed years: groups that overlapped could not be protected together.
GROUPS = {
    "primera_infancia": ("Primera infancia (0-5)", 0, 5),
    "infancia": ("Infancia (6-11)", 6, 11),
    "adolescencia": ("Adolescencia (12-17)", 12, 17),
    "jovenes": ("Jóvenes (18-26)", 18, 26),
    "adultos": ("27 años y más", 27, 200),
}
OUTSIDE = "sin microterritorio"


@dataclass(frozen=True)
class Reached:
    """Decisions by municipality (columns reached, missed, total), by age group for each fate,
    by number of contacts, and ``place_mask`` (micro-territory × reached, missed, total)."""

    municipality: Suppression
    groups: dict[str, Suppression]
    repeated: Suppression
    place_mask: pd.DataFrame


def decide_reached(identified: pd.DataFrame, context: Context) -> Reached:
    """Settle the disclosure of people identified; rows of the whole department."""
    rows = identified.assign(
        fate=np.where(identified["reached"], *FATES),
        group=pd.cut(
            identified["edad"],
            [-1, *(last for _, _, last in GROUPS.values())],
            labels=list(GROUPS),
        ).astype("str"),
        contact=np.where(identified["times"] > 1, "repeated", "once"),
        place=identified["microterritorio"].astype("object").fillna(OUTSIDE),
    )
    by_place = common.counts(rows, "fate", context, cells=FATES)
    tables = {
        fate: common.counts(rows[rows["fate"] == fate], "group", context, cells=GROUPS)
        for fate in FATES
    }
    contacts = common.counts(rows[rows["reached"]], "contact", context, cells=["once", "repeated"])
    # Every table has a row a municipality of the department, also those without people.
    codes = by_place.index
    tables = {fate: table.reindex(codes, fill_value=0) for fate, table in tables.items()}
    contacts = contacts.reindex(codes, fill_value=0)
    hidden = pd.DataFrame(False, index=by_place.index, columns=by_place.columns)
    while True:
        municipality = common.decide(by_place, context, hidden)
        agreed = municipality.mask.copy()
        groups = {}
        for fate, table in tables.items():
            groups[fate] = common.decide(table, context, _totals(agreed[fate]))
            agreed[fate] |= groups[fate].mask[TOTAL]
        repeated = common.decide(contacts, context, _totals(agreed["reached"]))
        agreed["reached"] |= repeated.mask[TOTAL]
        places = []
        for code, here in rows.groupby("municipio"):
            told = {str(name): bool(agreed.at[code, name]) for name in (*FATES, TOTAL)}
            mask = _places(here, told, context.params.disclosure.threshold)
            agreed.loc[code] |= mask.loc[TOTAL]
            places.append(mask.drop(index=TOTAL))
        if agreed.equals(municipality.mask):
            return Reached(municipality, groups, repeated, pd.concat(places))
        hidden = agreed


def _totals(mask: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({TOTAL: mask})


def _places(here: pd.DataFrame, totals: dict[Any, bool], threshold: int) -> pd.DataFrame:
    """Mask of a municipality's micro-territories, its totals as the municipality's row says."""
    table = pd.crosstab(here["place"], here["fate"]).reindex(columns=list(FATES), fill_value=0)
    table.columns.name = None
    table[TOTAL] = table.sum(axis=1)
    table.loc[TOTAL] = table.sum(axis=0)
    hidden = pd.DataFrame([totals], index=[TOTAL])
    return suppress(table, threshold, rows_total=TOTAL, columns_total=TOTAL, hidden=hidden).mask
