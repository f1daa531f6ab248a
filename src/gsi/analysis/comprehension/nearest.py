"""How far the nearest place of each kind is: from each municipality, or each micro-territory.

Distances are straight lines over the sphere: the way there is longer. A municipality stands at a
point inside its boundary; a micro-territory, at the middle of its own places of service.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Table, count, decimal, flag, text
from gsi.measure.covering import haversine_km


def nearest_places(
    context: Context, labels: dict[str, str], when: int, reporters: list[str]
) -> tuple[dict[str, Fact], dict[str, Table]]:
    """Where a kind of place is missing in the year ``when``, the nearest one of the department.

    Only ``reporters`` can lack a place: where nothing was reported, nothing is known to be missing.
    Facts: ``farthest_from``, ``farthest_name``, ``farthest_km``; ``nearest_all``, and where they
    are more than fit a page (``nearest_cut``) ``nearest_shown``. Table ``nearest``, the farthest
    first. Nothing where no origin or place has coordinates.
    """
    unknown: dict[str, Fact] = {}
    reported = context.data.department("escenarios")
    reported = reported[reported["periodo"] == when]
    placed = reported.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    key = "municipio" if context.territory.is_department else "microterritorio"
    origins = _origins(context, placed, key, reporters)
    if origins.empty or placed.empty:
        return unknown, {}
    records = []
    for kind in [kind for kind in labels if kind != "otro" and (placed["tipo"] == kind).any()]:
        places = placed[placed["tipo"] == kind].reset_index(drop=True)
        # A place without coordinates is still a place: its origin lacks none.
        has = set(reported.loc[reported["tipo"] == kind, key].dropna())
        lacking = origins[~origins.index.isin(has)]
        if lacking.empty:
            continue
        far = haversine_km(
            *(lacking[c].to_numpy(float) for c in ("lon", "lat")),
            *(places[c].to_numpy(float) for c in ("lon", "lat")),
        )
        best = far.argmin(axis=1)
        records += [
            {
                "origen": code,
                "nombre": name,
                "tipo": kind,
                "etiqueta": labels[kind],
                "escenario": str(places.at[place, "nombre"]),
                "municipio": context.data.names.get(str(places.at[place, "municipio"])),
                "km": float(far[row, place]),
            }
            for row, (code, name, place) in enumerate(
                zip(lacking.index, lacking["nombre"], best, strict=True)
            )
        ]
    table = pd.DataFrame(records, columns=_COLUMNS).sort_values(
        ["km", "origen", "tipo"], ascending=[False, True, True], ignore_index=True
    )
    facts: dict[str, Fact] = {
        "has_nearest": flag(len(table) > 0),
    }
    if len(table):
        first = table.iloc[0]
        facts |= {
            "farthest_from": text(first["nombre"]),
            "farthest_name": text(first["escenario"]),
            "farthest_km": decimal(float(first["km"])),
        }
    facts |= {
        "nearest_all": count(len(table)),
        "nearest_shown": count(min(len(table), MOST_ROWS)),
        "nearest_cut": flag(len(table) > MOST_ROWS),
    }
    table = table.head(MOST_ROWS)
    start = "Municipio" if key == "municipio" else "Microterritorio"
    return facts, {"nearest": Table(table, {"nombre": Column(start), **_SHOWN})}


def _origins(
    context: Context, placed: pd.DataFrame, key: str, reporters: list[str]
) -> pd.DataFrame:
    """Index = code; columns nombre, lon, lat. Codes in order."""
    if key == "municipio":
        boundaries = context.data.boundaries()
        if boundaries is None:
            return pd.DataFrame()
        inside = boundaries.set_index("municipio").geometry.representative_point()
        inside = inside[inside.index.isin(reporters)].sort_index()
        return pd.DataFrame(
            {
                "nombre": [context.data.names[code] for code in inside.index],
                "lon": inside.x.to_numpy(),
                "lat": inside.y.to_numpy(),
            },
            index=inside.index,
        )
    mine = placed[context.territory.owns(placed["municipio"])].dropna(subset=[key])
    middle = mine.groupby(key)[["lon", "lat"]].mean()
    return middle.assign(nombre=np.asarray(middle.index, dtype=object))


MOST_ROWS = 20
_COLUMNS = ["origen", "nombre", "tipo", "etiqueta", "escenario", "municipio", "km"]
_SHOWN = {
    "etiqueta": Column("Escenario que no tiene"),
    "escenario": Column("El más cercano"),
    "municipio": Column("En"),
    "km": Column("Distancia en línea recta (km)", "decimal", 1),
}
