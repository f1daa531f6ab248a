"""Whom a published total of a department or the country counts: all its municipalities, or some."""

from __future__ import annotations

import pandas as pd

from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Area


def of_whom_it_counts(rows: pd.DataFrame, projected: pd.Series, counted: pd.Series) -> pd.Series:
    """``projected`` (people of each row's place and year) with a total that adds up the cases of
    some municipalities only divided by the people of those.

    A published total is such a sum when its cases are those of its source's municipalities, and
    these are fewer than the place has; one with more cases counts others too.
    """
    total = (rows["municipio"].str.len() == 2) & (rows["area"] == Area.TOTAL)
    local = (rows["municipio"].str.len() == 5) & (rows["area"] == Area.TOTAL)
    local &= rows["numerador"].notna() & projected.notna()
    if not total.any() or not local.any():
        return projected
    link = ["owner", "periodo", "fuente"]
    mine = rows[local].assign(people=projected[local], places=1)
    fiction = mine["municipio"].str.startswith(EXAMPLE_DEPARTMENT)
    owned = pd.concat(
        [mine.assign(owner=mine["municipio"].str[:2]), mine[~fiction].assign(owner=COUNTRY)]
    )
    sums = owned.groupby(link)[["numerador", "people", "places"]].sum()
    code, when = (counted.index.get_level_values(name) for name in ("municipio", "periodo"))
    there = (code.str.len() == 5) & counted.notna().to_numpy()
    real = there & ~code.str.startswith(EXAMPLE_DEPARTMENT)
    every = pd.concat(
        [
            pd.Series(1, index=when[there]).groupby([code[there].str[:2], when[there]]).sum(),
            pd.Series(1, index=when[real]).groupby([[COUNTRY] * real.sum(), when[real]]).sum(),
        ]
    )
    found = rows[total]
    place = pd.MultiIndex.from_frame(found[["municipio", "periodo", "fuente"]])
    part = sums.reindex(place).set_index(found.index)
    whole = every.reindex(place.droplevel("fuente")).set_axis(found.index)
    partial = (part["places"] < whole) & ((part["numerador"] - found["numerador"]).abs() < 0.5)
    return projected.where(~partial.reindex(rows.index, fill_value=False), part["people"])
