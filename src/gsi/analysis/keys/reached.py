"""Which counts of people reached and not reached may be published: one decision for all tables.

People appear by municipality, by age group, sex and ethnic group, by micro-territory, and by
whether they came back. The tables share totals, so a total that one of them must withhold is
withheld in all: decisions are repeated until none changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.common import TOTAL
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
UNKNOWN = "sin_dato"
# Title of each dimension and its categories; a person without the datum is in the last one.
DIMENSIONS: dict[str, tuple[str, dict[str, str]]] = {
    "group": ("Edad", {key: label for key, (label, _, _) in GROUPS.items()}),
    "sexo": ("Sexo", {"mujer": "Mujeres", "hombre": "Hombres"}),
    "grupo_etnico": (
        "Grupo étnico",
        {"indigena": "Indígena", "afro": "Afrocolombiano", "rrom": "Rrom", "ninguno": "Ninguno"},
    ),
}
CONTACTS = ("once", "repeated")


@dataclass(frozen=True)
class Reached:
    """``rows``: the people, with a column for each dimension, ``fate``, ``contact`` and ``place``.

    Decisions by municipality (columns reached, missed, total), of each (dimension, fate), of
    contacts of those reached by municipality and, in each dimension, by (category, contact).
    ``place_mask``: micro-territory × reached, missed, total; ``back_mask``: × once, repeated.
    """

    rows: pd.DataFrame
    municipality: Suppression
    groups: dict[tuple[str, str], Suppression]
    repeated: Suppression
    contacts: dict[str, Suppression]
    place_mask: pd.DataFrame
    back_mask: pd.DataFrame


def decide_reached(identified: pd.DataFrame, context: Context) -> Reached:
    """Settle the disclosure of people identified; rows of the whole department."""
    rows = _classified(identified)
    columns = ["municipio", "place", "fate", "contact", *DIMENSIONS]
    threshold, codes = context.params.disclosure.threshold, sorted(context.data.names)
    # Every report of the department decides the same, and it is most of this key's time.
    told = context.kept(
        "reached", lambda *_key: _decided(rows, context), rows[columns], threshold, codes
    )
    return Reached(rows, *told)


def _decided(rows: pd.DataFrame, context: Context) -> tuple[Any, ...]:
    """What of :class:`Reached` follows its ``rows``, in its order."""
    by_place = common.counts(rows, "fate", context, cells=FATES)
    seen = rows[rows["fate"] == "reached"]
    cells = {name: [*labels, UNKNOWN] for name, (_, labels) in DIMENSIONS.items()}
    groups = {
        (name, fate): common.counts(rows[rows["fate"] == fate], name, context, cells=cells[name])
        for name in DIMENSIONS
        for fate in FATES
    }
    both = {name: list(product(cells[name], CONTACTS)) for name in DIMENSIONS}
    backs = {
        name: common.counts(seen, [name, "contact"], context, cells=both[name])
        for name in DIMENSIONS
    }
    contacts = common.counts(seen, "contact", context, cells=CONTACTS)
    # Every table has a row a municipality of the department, also those without people.
    codes = by_place.index
    agreed = pd.DataFrame(False, index=codes, columns=by_place.columns)
    again = pd.DataFrame(False, index=codes, columns=list(CONTACTS))
    threshold = context.params.disclosure.threshold
    while True:
        before, back_before = agreed.copy(), again.copy()
        municipality = common.decide(by_place, context, agreed)
        agreed = municipality.mask.copy()
        told: dict[tuple[str, str], Suppression] = {}
        returned: dict[str, Suppression] = {}
        for (name, fate), table in groups.items():
            whole = table.reindex(codes, fill_value=0)
            told[name, fate] = common.decide(whole, context, _totals(agreed[fate]))
            agreed[fate] |= told[name, fate].mask[TOTAL]
        repeated = common.decide(
            contacts.reindex(codes, fill_value=0),
            context,
            again.assign(**{TOTAL: agreed["reached"]}),
        )
        again |= repeated.mask[list(CONTACTS)]
        agreed["reached"] |= repeated.mask[TOTAL]
        for name, table in backs.items():
            whole = table.reindex(codes, fill_value=0)
            secret = pd.DataFrame(False, index=codes, columns=whole.columns)
            for category, contact in both[name]:
                secret[(category, contact)] = told[name, "reached"].mask[category]
            secret[TOTAL] = agreed["reached"]
            returned[name] = common.decide(whole, context, secret)
            agreed["reached"] |= returned[name].mask[TOTAL]
        places, back = [], []
        for code in sorted(set(rows["municipio"])):
            here = rows[rows["municipio"] == code]
            mask = _places(here, "fate", FATES, _told(agreed, code, FATES), None, threshold)
            agreed.loc[code] |= mask.loc[TOTAL]
            places.append(mask.drop(index=TOTAL))
            mine = here[here["fate"] == "reached"]
            if mine.empty:
                continue
            totals = _told(again, code, CONTACTS) | {TOTAL: bool(agreed.at[code, "reached"])}
            mask = _places(mine, "contact", CONTACTS, totals, mask["reached"], threshold)
            again.loc[code] |= mask.loc[TOTAL, list(CONTACTS)]
            agreed.loc[code, "reached"] |= mask.loc[TOTAL, TOTAL]
            back.append(mask.drop(index=TOTAL))
        if agreed.equals(before) and again.equals(back_before):
            again_there = pd.concat(back) if back else pd.DataFrame(columns=[*CONTACTS, TOTAL])
            return municipality, told, repeated, returned, pd.concat(places), again_there


def _classified(identified: pd.DataFrame) -> pd.DataFrame:
    last = [-1, *(end for _, _, end in GROUPS.values())]
    rows = identified.assign(
        fate=np.where(identified["reached"], *FATES),
        group=pd.cut(identified["edad"], last, labels=list(GROUPS)).astype("object"),
        contact=np.where(identified["times"] > 1, "repeated", "once"),
        place=identified["microterritorio"].astype("object").fillna(OUTSIDE),
    )
    for name, (_, labels) in DIMENSIONS.items():
        known = rows[name].isin(list(labels))
        rows[name] = rows[name].astype("object").where(known, UNKNOWN)
    return rows


def _totals(mask: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({TOTAL: mask})


def _told(mask: pd.DataFrame, code: Any, columns: tuple[str, ...]) -> dict[Any, bool]:
    present = [name for name in (*columns, TOTAL) if name in mask.columns]
    return {name: bool(mask.at[code, name]) for name in present}


def _places(
    here: pd.DataFrame,
    column: str,
    values: tuple[str, ...],
    totals: dict[Any, bool],
    secret: pd.Series | None,
    threshold: int,
) -> pd.DataFrame:
    """Mask of a municipality's micro-territories, its totals as the municipality's row says.

    ``secret``: micro-territories whose own total is already withheld.
    """
    table = pd.crosstab(here["place"], here[column]).reindex(columns=list(values), fill_value=0)
    table.columns.name = None
    table[TOTAL] = table.sum(axis=1)
    table.loc[TOTAL] = table.sum(axis=0)
    hidden = pd.DataFrame(False, index=table.index, columns=table.columns)
    if secret is not None:
        hidden[TOTAL] = secret.reindex(table.index, fill_value=False).to_numpy(dtype=bool)
    for name, withheld in totals.items():
        hidden.loc[TOTAL, name] = withheld
    return suppress(table, threshold, rows_total=TOTAL, columns_total=TOTAL, hidden=hidden).mask
