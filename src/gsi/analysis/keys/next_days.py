"""Where the next service days reach most people not reached yet, against the present calendar.

Among plans that reach the same number of people, days go first to priority municipalities and then
to the places where fewest were reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.priority_status import PRIORITY
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.results import (
    Column,
    Fact,
    Section,
    Table,
    count,
    decimal,
    flag,
    money,
    percent,
    text,
)
from gsi.contract.places import many
from gsi.ground.locale import enumeration, fold
from gsi.measure.covering import covered, covering_plan, haversine_km

ROUNDING = 10  # weighted people are written in tens: the estimate is no finer than that
NO_PEOPLE = (
    "ninguna persona identificada y sin atender tiene microterritorio, o son muy pocas en cada uno"
)
NO_POINTS = (
    "falta un punto de cada microterritorio (tablas «Escenarios de atención» o «Jornadas de "
    "servicios»)"
)
NO_DAY = "ninguna jornada cabe en el presupuesto o alcanza a alguien más"
FEWEST = 3  # days held before their median says what a day attends


@dataclass(frozen=True)
class Means:
    """What the next days may spend: people a day attends and pesos, None where not limited.

    ``cost``: pesos of a day in each place of the territory, None when no day reports its cost.
    """

    capacity: float | None
    cost: pd.Series | None
    budget: float | None


def next_days(
    identified: pd.DataFrame,
    everybody: pd.DataFrame,
    withheld: set[str],
    context: Context,
    tables: dict[str, Table],
    priority: Section,
    *,
    shown: bool,
) -> dict[str, Fact]:
    """Propose ``next_days`` days in micro-territories of the territory; adds table ``next``.

    Demand: weighted people ``identified`` and not reached, at the point of their micro-territory.
    Micro-territories whose counts are ``withheld`` rest on too few people to plan by: they bring
    no demand and are counted in ``next_withheld``. ``everybody``: all people, for how many a day
    attends. The present calendar is what repeating the latest days in their places would reach.
    Shares are of everybody identified and not reached, whether a day can be planned for them or
    not; where that number is withheld (few people behind it), so are the shares. ``priority`` says
    which municipalities come first (table ``ranking``; none where there is no such comparison).
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
        lacking = NO_PEOPLE if demand.empty else NO_POINTS
        return {"next_known": flag(False), "next_why": text(lacking)}
    near = haversine_km(*(placed[c].to_numpy() for c in ("lon", "lat", "lon", "lat")))
    covers = near <= settings.radius_km
    need = placed["people"].to_numpy()
    have = means(everybody, placed, context)
    here = identified.groupby("microterritorio")["peso"].sum().reindex(placed.index)
    plan = covering_plan(
        need,
        covers,
        settings.next_days,
        capacity=have.capacity,
        cost=None if have.cost is None else have.cost.to_numpy(),
        budget=have.budget,
        prefer=_preferred(
            placed["municipio"].isin(first := _first(priority)).to_numpy(),
            _unreached(placed["people"], here, have.capacity, settings.next_days),
        ),
    )
    if not plan.sites:
        return {"next_known": flag(False), "next_why": text(NO_DAY)}
    unreported = set(placed.index[here.isna()])
    total = float(own["peso"].sum())
    present = _latest(context, list(placed.index), settings.next_days)
    as_now = covered(need, covers, present, have.capacity)
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
                "priority": place["municipio"] in first,
                "gain": _tens(gain),
                "gain_share": gain / total * 100,
                "cost": np.nan if have.cost is None else float(have.cost.iloc[site]),
            }
        )
    frame = pd.DataFrame(rows)
    columns = {
        "order": Column("Orden", "count"),
        "place": Column("Microterritorio"),
        "name": Column("Municipio"),
        "gain": Column("Personas que se sumarían, a lo sumo", "count"),
    }
    if shown:
        columns["gain_share"] = Column("De todas las que faltan", "percent", 1)
    else:
        frame["gain_share"] = np.nan
    if have.cost is not None:
        columns["cost"] = Column("Costo estimado", "money")
    tables["next"] = Table(frame, columns)
    held = settings.capacity is None
    return {
        "next_known": flag(True),
        "next_days": count(len(plan.sites)),
        "next_first": text(f"{frame['place'].iloc[0]} ({frame['name'].iloc[0]})"),
        # What the rows of the table add up to, as they are written.
        "next_gain": count(float(frame["gain"].sum())),
        "next_share_known": flag(shown),
        "next_share": percent(plan.covered / total * 100 if shown else None),
        "present_share": percent(as_now / total * 100 if shown else None),
        "next_where": text(_where(frame, bool(first), context)),
        "next_radius": decimal(settings.radius_km, 0),
        "capacity_known": flag(have.capacity is not None),
        "capacity_seen": flag(have.capacity is not None and held),
        "next_capacity": count(have.capacity),
        "budget_known": flag(have.budget is not None),
        "next_budget": money(have.budget),
        "cost_known": flag(have.cost is not None),
        "next_cost": money(None if have.cost is None else plan.cost),
        "present_cost": money(None if have.cost is None else float(have.cost.iloc[present].sum())),
        "several_needed": flag(bool(have.capacity and shown and total > have.capacity)),
        "days_needed": count(np.ceil(total / have.capacity) if have.capacity and shown else None),
        "next_gap": percent(plan.gap * 100, 1),
        "any_gap": flag(plan.gap > 0),
        "next_withheld": count(len(few)),
        "any_withheld": flag(bool(few)),
        "next_unreported": count(len(unreported)),
        "any_unreported": flag(bool(unreported)),
        "next_unplaced": count(len(set(demand.index) - set(placed.index))),
        "any_unplaced": flag(bool(set(demand.index) - set(placed.index))),
    }


def means(everybody: pd.DataFrame, placed: pd.DataFrame, context: Context) -> Means:
    """Capacity, costs and budget of the next days, from ``params`` or from the days held.

    Without a declared capacity a day attends what the median day of the department attended
    (weighted people, in tens, with at least ``FEWEST`` days). A day costs the median of those held
    in its micro-territory or, without any, in its municipality or the department; a budget binds
    only where costs are known.
    """
    settings = context.params.keys.outreach
    capacity = settings.capacity
    if capacity is None:
        attended = common.until(context.data.department("atenciones"), "fecha", context)
        attended = attended.dropna(subset=["jornada"]).drop_duplicates(["jornada", "persona"])
        weight = everybody.set_index("persona")["peso"]
        by_day = attended["persona"].map(weight).groupby(attended["jornada"]).sum()
        by_day = by_day[by_day > 0]
        seen = _tens(float(by_day.median())) if len(by_day) >= FEWEST else 0.0
        capacity = seen or None
    held = common.until(context.data.department("jornadas"), "fecha", context)
    priced = held[held["costo"] > 0]
    if priced.empty:
        return Means(capacity, None, None)
    place = priced.groupby("microterritorio")["costo"].median()
    town = priced.groupby("municipio")["costo"].median()
    index = placed.index.to_series()
    cost = index.map(place).fillna(placed["municipio"].map(town)).fillna(priced["costo"].median())
    return Means(capacity, cost.astype("float64"), settings.budget)


def _where(frame: pd.DataFrame, ranked: bool, context: Context) -> str:
    """Where the days go and, where not to priority municipalities, why: as words after 'van'."""
    rest = frame.loc[~frame["priority"], "name"]
    if not context.territory.is_department or not ranked:
        return "adonde se alcanza a más personas"
    several = many(context.data.kinds)
    if rest.empty:
        return f"todas a {several} prioritarios"
    others = enumeration(sorted(set(rest), key=fold))
    if len(rest) == len(frame):
        return f"a {others}, porque allí se alcanza a más personas que en los prioritarios"
    inside = len(frame) - len(rest)
    return (
        f"a {several} prioritarios ({inside} de {len(frame)}) y a {others}, porque allí se "
        "alcanza a más personas"
    )


def _first(priority: Section) -> set[str]:
    """Codes of the municipalities called prioritarios."""
    if "ranking" not in priority.tables:
        return set()
    ranking = priority.tables["ranking"].data
    return set(ranking.loc[ranking["status"] == PRIORITY, "municipio"])


def _preferred(first: np.ndarray, unreached: np.ndarray) -> np.ndarray:
    """(sites, days) in 0-1: any day in a priority municipality before any other."""
    out: np.ndarray = (first[:, None] + unreached) / 2
    return out


def _unreached(
    missing: pd.Series, identified: pd.Series, capacity: float | None, days: int
) -> np.ndarray:
    """Share of a place's identified people not reached before its first, second… day (0-1).

    Among plans that reach the same number of people, days go where fewest have been reached.
    """
    turns = np.arange(days)[None, :] * (0.0 if capacity is None else capacity)
    left = np.maximum(missing.to_numpy()[:, None] - turns, 0.0)
    whole = identified.fillna(0.0).to_numpy()[:, None]
    return np.asarray(np.where(whole > 0, left / np.where(whole > 0, whole, 1.0), 0.0))


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
    return [places.index(code) for code in latest["microterritorio"]]


def _tens(people: float) -> float:
    return float(round(people / ROUNDING) * ROUNDING)
