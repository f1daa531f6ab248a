"""Whether published points are in their municipality: kept, put in order, or left out with why."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gsi.contract.geography import Municipalities
from gsi.contract.tables import ORIGIN
from gsi.ground.locale import number

SWAPPED = "La fuente traía cambiadas la longitud y la latitud."
ELSEWHERE = "El punto publicado está lejos de su municipio ({km} km más de lo tolerado): no se usa."


def placed(table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """``escenarios`` with the points of published rows that are where their municipality is.

    A point of another place is one of the list's mistakes, and no place may be drawn there; the
    row stays. What people wrote is judged by the contract, and told to them.
    """
    if ORIGIN not in table or "lon" not in table or "lat" not in table:
        return table
    where = table[ORIGIN].notna() & table["lon"].notna() & table["lat"].notna()
    if not where.any():
        return table
    known = Municipalities.of(tables)
    out = table.copy()
    out["nota"] = out["nota"].astype("object")
    for code, rows in out[where].groupby("municipio", observed=True):
        lons, lats = rows["lon"].to_numpy("float64"), rows["lat"].to_numpy("float64")
        away = known.kms_outside(str(code), lons, lats)
        swapped = (away > 0) & (known.kms_outside(str(code), lats, lons) == 0)
        gone = (away > 0) & ~swapped
        out.loc[rows.index[swapped], "lon"] = lats[swapped]
        out.loc[rows.index[swapped], "lat"] = lons[swapped]
        out.loc[rows.index[gone], ["lon", "lat"]] = float("nan")
        for row in rows.index[swapped]:
            out.at[row, "nota"] = _noted(out.at[row, "nota"], SWAPPED)
        for row, km in zip(rows.index[gone], away[gone], strict=True):
            out.at[row, "nota"] = _noted(out.at[row, "nota"], ELSEWHERE.format(km=number(km)))
    return out


def _noted(before: object, told: str) -> str:
    return f"{before} {told}" if isinstance(before, str) and before else told
