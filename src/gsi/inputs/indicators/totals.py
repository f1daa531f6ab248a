"""Whom a published total of a department or the country counts: all its municipalities, or some."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gsi.contract.divipola import departments_of, is_departmental, is_fictional, is_municipal
from gsi.contract.params.indicators import Indicator
from gsi.contract.projections import People
from gsi.contract.vocabulary import COUNTRY, Area
from gsi.ground import locale
from gsi.inputs.indicators import unfit, unification


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


def of_few(frame: pd.DataFrame, people: People, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    """``frame`` with, in the note of each published figure of a department whose municipalities
    with one have fewer of its people than ``minimum_coverage``, how many, and that it is not
    judged: in another year it is of others.

    Only of what its publisher alone can give for a department (``aggregate: published``), and of
    years in which it gives figures of municipalities.
    """
    least = {i.id: i.minimum_coverage for i in catalogue if i.aggregate == "published"}
    rows = frame[frame["indicador"].isin(list(least)) & frame["valor"].notna()]
    rows = rows[~rows["fuente"].map(unification.is_form).astype(bool)]
    local = rows[is_municipal(rows["municipio"]) & (rows["area"] == Area.TOTAL)]
    whole = rows[is_departmental(rows["municipio"]) & (rows["municipio"] != COUNTRY)]
    if local.empty or whole.empty:
        return frame
    everybody = people.count()
    years = np.sort(everybody.index.get_level_values("periodo").unique().to_numpy())
    link = ["indicador", "fuente", "periodo"]
    given = pd.MultiIndex.from_frame(local[link].drop_duplicates())
    whole = whole[pd.MultiIndex.from_frame(whole[link]).isin(given)]
    nearest = {p: int(years[np.abs(years - p).argmin()]) for p in whole["periodo"].unique()}
    local = local[local["periodo"].isin(list(nearest))]
    when = local["periodo"].map(nearest)
    counted = everybody.reindex(pd.MultiIndex.from_arrays([local["municipio"], when])).to_numpy()
    keys = [departments_of(local["municipio"]).rename("municipio"), *(local[name] for name in link)]
    there = pd.Series(counted, local.index).groupby(keys).sum()
    own = there.reindex(pd.MultiIndex.from_frame(whole[["municipio", *link]]), fill_value=0.0)
    place = pd.MultiIndex.from_arrays([whole["municipio"], whole["periodo"].map(nearest)])
    share = pd.Series(
        own.to_numpy() / everybody.reindex(place).to_numpy(dtype="float64"), whole.index
    )
    few = share[share < whole["indicador"].map(least)]
    told = [
        f"{note} {unfit.PARTIAL} {locale.percent(100 * part)} de las personas, y {unfit.WORDS}"
        for note, part in zip(frame.loc[few.index, "nota"], few, strict=True)
    ]
    out = frame.copy()
    out.loc[few.index, "nota"] = [text.strip() for text in told]
    return out
