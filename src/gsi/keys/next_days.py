"""Where the next service days reach most people not reached yet, against the present calendar."""

from __future__ import annotations

import pandas as pd

from gsi.context import Context
from gsi.keys import common
from gsi.measure.coverage import covered, covering_plan, haversine_km
from gsi.results import Column, Fact, Table, count, decimal, flag, percent, text

ROUNDING = 10  # weighted people are written in tens: the estimate is no finer than that


def next_days(
    identified: pd.DataFrame, withheld: set[str], context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    """Propose ``next_days`` micro-territories of the territory; adds table ``next``.

    Demand: weighted people identified and not reached, at the point of their micro-territory.
    Micro-territories whose counts are ``withheld`` rest on too few people to plan by: they bring
    no demand and are counted in ``next_withheld``.
    The present calendar is what repeating the latest days in their places would reach.
    """
    settings = context.params.keys.outreach
    own = identified[context.territory.owns(identified["municipio"]) & ~identified["reached"]]
    points = locations(context)
    few = {str(code) for code in own["microterritorio"].dropna()} & withheld
    known = own[~own["microterritorio"].isin(sorted(few))]
    demand = known.groupby("microterritorio").agg(people=("peso", "sum"), rows=("persona", "size"))
    placed = points.join(demand, how="left").fillna({"people": 0.0, "rows": 0})
    placed = placed.sort_index()
    if placed["rows"].sum() == 0:
        return {"next_known": flag(False)}
    near = haversine_km(*(placed[c].to_numpy() for c in ("lon", "lat", "lon", "lat")))
    covers = near <= settings.radius_km
    need = placed["people"].to_numpy()
    plan = covering_plan(need, covers, settings.next_days)
    total = float(known["peso"].sum())
    present = _latest(context, list(placed.index), settings.next_days)
    as_now = covered(need, covers, present)
    rows = []
    for order, (site, gain) in enumerate(zip(plan.sites, plan.gains, strict=True), start=1):
        place = placed.iloc[site]
        rows.append(
            {
                "order": order,
                "place": placed.index[site],
                "municipio": place["municipio"],
                "name": context.data.names[place["municipio"]],
                "lon": float(place["lon"]),
                "lat": float(place["lat"]),
                "gain": _tens(gain),
                "gain_share": gain / total * 100,
            }
        )
    frame = pd.DataFrame(rows)
    tables["next"] = Table(
        frame,
        {
            "order": Column("Orden", "count"),
            "place": Column("Microterritorio"),
            "name": Column("Municipio"),
            "gain": Column("Personas que se sumarían (aprox.)", "count"),
            "gain_share": Column("De las que faltan", "percent", 0),
        },
    )
    return {
        "next_known": flag(True),
        "next_days": count(len(plan.sites)),
        "next_first": text(f"{frame['place'].iloc[0]} ({frame['name'].iloc[0]})"),
        "next_gain": count(_tens(plan.covered)),
        "next_share": percent(plan.covered / total * 100, 0),
        "present_share": percent(as_now / total * 100, 0),
        "next_better": flag(plan.covered > as_now),
        "next_radius": decimal(settings.radius_km, 0),
        "next_withheld": count(len(few)),
        "any_withheld": flag(bool(few)),
        "next_unplaced": count(len(set(demand.index) - set(placed.index))),
        "any_unplaced": flag(bool(set(demand.index) - set(placed.index))),
    }


def locations(context: Context) -> pd.DataFrame:
    """Micro-territories of the territory with a point: index code; municipio, lon, lat.

    The point is the mean of its places of service (``escenarios``) or, without any, of its
    service days (``jornadas``).
    """
    found = []
    for table in ("escenarios", "jornadas"):
        rows = context.data.own(table).dropna(subset=["microterritorio", "lon", "lat"])
        found.append(
            rows.groupby("microterritorio").agg(
                municipio=("municipio", "first"), lon=("lon", "mean"), lat=("lat", "mean")
            )
        )
    both = pd.concat(found)
    return both[~both.index.duplicated()].sort_index()


def _latest(context: Context, places: list[str], days: int) -> list[int]:
    """Positions of the micro-territories of the latest service days."""
    held = common.until(context.data.own("jornadas"), "fecha", context)
    held = held[held["microterritorio"].isin(places)]
    latest = held.sort_values(["fecha", "jornada"], ascending=False).head(days)
    return sorted({places.index(code) for code in latest["microterritorio"]})


def _tens(people: float) -> float:
    return float(round(people / ROUNDING) * ROUNDING)
