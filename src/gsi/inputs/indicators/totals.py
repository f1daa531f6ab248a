"""Whom a published total of a department or the country counts: all its municipalities, or some."""

from __future__ import annotations

import pandas as pd

from gsi.contract.divipola import departments_of, is_departmental, is_fictional, is_municipal
from gsi.contract.vocabulary import COUNTRY, Area


def of_whom_it_counts(rows: pd.DataFrame, projected: pd.Series, counted: pd.Series) -> pd.Series:
    """``projected`` (people of each row's place and year) with a total that adds up the cases of
    some municipalities only divided by the people of those.

    A published total is such a sum when its cases are those of its source's municipalities, and
    these are fewer than the place has; one with more cases counts others too.
    """
    total = is_departmental(rows["municipio"]) & (rows["area"] == Area.TOTAL)
    local = is_municipal(rows["municipio"]) & (rows["area"] == Area.TOTAL)
    local &= rows["numerador"].notna() & projected.notna()
    if not total.any() or not local.any():
        return projected
    link = ["owner", "periodo", "fuente"]
    mine = rows[local].assign(people=projected[local], places=1)
    fiction = is_fictional(mine["municipio"])
    owned = pd.concat(
        [mine.assign(owner=departments_of(mine["municipio"])), mine[~fiction].assign(owner=COUNTRY)]
    )
    sums = owned.groupby(link)[["numerador", "people", "places"]].sum()
    code, when = (counted.index.get_level_values(name) for name in ("municipio", "periodo"))
    there = is_municipal(code) & counted.notna().to_numpy()
    real = there & ~is_fictional(code)
    every = pd.concat(
        [
            pd.Series(1, index=when[there])
            .groupby([departments_of(code[there]), when[there]])
            .sum(),
            pd.Series(1, index=when[real]).groupby([[COUNTRY] * real.sum(), when[real]]).sum(),
        ]
    )
    found = rows[total]
    place = pd.MultiIndex.from_frame(found[["municipio", "periodo", "fuente"]])
    part = sums.reindex(place).set_index(found.index)
    whole = every.reindex(place.droplevel("fuente")).set_axis(found.index)
    partial = (part["places"] < whole) & ((part["numerador"] - found["numerador"]).abs() < 0.5)
    return projected.where(~partial.reindex(rows.index, fill_value=False), part["people"])
