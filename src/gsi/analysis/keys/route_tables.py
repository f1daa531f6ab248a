"""Key 3: the routes as facts and tables: summaries, steps, barriers by year, times, deadlines."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.routes import Route, barrier_years, late_share
from gsi.analysis.results import Column, Fact, Table, count, flag, percent, text, year
from gsi.contract.vocabulary import ROUTES


def route_facts(found: list[Route], context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """What stands out in each route; adds the tables of the routes."""
    in_use = {route.key for route in found}
    facts: dict[str, Fact] = {
        "routes_known": flag(bool(found)),
        # Of cases that nobody reported it is not known whether there are none.
        "routes_in_use": count(len(found) if context.data.has("casos") else None),
        "routes_without_cases": text(
            ", ".join(label for key, label in ROUTES.items() if key not in in_use) or None
        ),
        "four_routes": flag(set(ROUTES) <= in_use),
    }
    facts["any_slow"] = flag(False)
    if not found:
        return facts
    facts |= _slowest(found)
    facts["routes_year"] = year(context.years.follow_up)
    frame = pd.DataFrame([_summary(route) for route in found])
    frame["cases_text"] = common.shown(frame["cases"], frame["cases"].isna())
    frame["finished_text"] = common.shown(frame["finished"], frame["finished"].isna())
    for name in ("barrier", "lost_step", "late_step"):
        frame[name] = frame[name].astype("str").where(frame[name].notna(), common.RESERVED)
    tables["routes"] = Table(
        frame,
        {
            "label": Column("Ruta"),
            "cases_text": Column("Casos"),
            "finished_text": Column("Terminan, de 10"),
            "lost_step": Column("Donde más se pierden"),
            "barrier": Column("Barrera mayor"),
            "late_step": Column("Paso con más demoras"),
        },
    )
    tables["waits"] = _waits(found)
    facts["any_times"] = flag(not tables["waits"].data.empty)
    facts |= _years(context, tables)
    tables["late_entities"] = _late_entities(found, context)
    for name, columns in _DETAIL.items():
        parts = [getattr(r, name).assign(route=r.key, route_label=r.label) for r in found]
        frame = pd.concat(parts, ignore_index=True)
        tables[name] = _detail(name, frame, columns)
    return facts


def _years(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """Whether cases meet fewer barriers than before; adds table ``barrier_years``."""
    long, change = barrier_years(context)
    told = long[long["share"].notna()]
    if change is None:
        return {"barriers_known": flag(False)}
    years = [int(each) for each in sorted(told["year"].unique())]
    frame = told.drop_duplicates("kind")[["kind", "label"]].reset_index(drop=True)
    for each in years:
        of_year = told[told["year"] == each].set_index("kind")
        frame[str(each)] = frame["kind"].map(of_year["share"])
        frame[f"{each}_text"] = frame["kind"].map(of_year["text"])
    tables["barrier_years"] = Table(
        frame,
        {"label": Column("Barrera")} | {f"{y}_text": Column(str(y)) for y in years},
    )
    ends = told[told["kind"] == "any"].set_index("year")["text"]
    return {
        "barriers_known": flag(True),
        "barriers_first_year": year(years[0]),
        "barriers_last_year": year(years[-1]),
        "barriers_first": text(ends[years[0]]),
        "barriers_last": text(ends[years[-1]]),
        "barriers_fell": flag(change.high < 0),
        "barriers_rose": flag(change.low > 0),
        "barriers_unclear": flag(change.low <= 0 <= change.high),
    }


def _late_entities(found: list[Route], context: Context) -> Table:
    """Cases that left each entity's steps late, over all routes; the latest first."""
    told = pd.concat([route.told for route in found], ignore_index=True)
    rows = [
        {"entity": str(entity), "steps": 0, "share": late_share(here["late"], context)}
        for entity, here in told.groupby("entity")
    ]
    frame = pd.DataFrame(rows, columns=["entity", "steps", "share"])
    frame["steps"] = [
        sum(int((route.late["entity"] == entity).sum()) for route in found)
        for entity in frame["entity"]
    ]
    frame = frame.sort_values(
        ["share", "entity"], ascending=[False, True], na_position="last", ignore_index=True
    )
    frame["share_text"] = common.shown(frame["share"], frame["share"].isna(), "percent", 0)
    return Table(
        frame,
        {
            "entity": Column("Entidad que responde"),
            "steps": Column("Pasos de rutas", "count"),
            "share_text": Column("Casos fuera de plazo"),
        },
    )


def _slowest(found: list[Route]) -> dict[str, Fact]:
    """The step of any route with the largest share of cases past its deadline."""
    late = pd.concat([route.late.assign(route=route.label) for route in found], ignore_index=True)
    late = late[late["share"].fillna(0) > 0].sort_values("share", ascending=False, kind="stable")
    if late.empty:
        return {}
    worst = late.iloc[0]
    return {
        "any_slow": flag(True),
        "slowest": text(f"{worst['label']} ({worst['route']})"),
        "slowest_share": percent(float(worst["share"]), 0),
        "slowest_entity": text(str(worst["entity"])),
    }


_DETAIL: dict[str, dict[str, Column]] = {
    "steps": {
        "route_label": Column("Ruta"),
        "label": Column("Paso"),
        "tenths_text": Column("Llegan, de cada 10 casos"),
        "lost_text": Column("Se pierden aquí"),
    },
    "barriers": {
        "route_label": Column("Ruta"),
        "label": Column("Barrera"),
        "cases_text": Column("Casos"),
        "share_text": Column("Parte de las barreras"),
    },
    "times": {
        "route_label": Column("Ruta"),
        "from_label": Column("Desde"),
        "to_label": Column("Hasta"),
        "median_text": Column("Días"),
        "interval_text": Column("Entre"),
    },
    "late": {
        "route_label": Column("Ruta"),
        "label": Column("Paso"),
        "entity": Column("Entidad"),
        "share_text": Column("Fuera de plazo"),
    },
}


def _detail(name: str, frame: pd.DataFrame, columns: dict[str, Column]) -> Table:
    if name == "steps":
        frame["tenths_text"] = common.shown(frame["tenths"], frame["tenths"].isna())
        frame["lost_text"] = common.shown(frame["lost"], frame["withheld"])
    elif name == "barriers":
        frame["cases_text"] = common.shown(frame["cases"], frame["withheld"])
        frame["share_text"] = common.shown(frame["share"], frame["share"].isna(), "percent", 0)
    elif name == "times":
        few = ~frame["enough"].astype(bool)
        median = common.shown(frame["median"], False)
        frame["median_text"] = median.where(~few, "pocos casos").where(
            few | frame["median"].notna(), "más de la mitad aún espera"
        )
        bounds = [
            "pocos casos"
            if rare
            else f"{_days(low, 'sin límite inferior')} a {_days(high, 'sin límite')}"
            for rare, low, high in zip(few, frame["low"], frame["high"], strict=True)
        ]
        frame["interval_text"] = pd.Series(bounds, index=frame.index, dtype="str")
    else:
        frame["share_text"] = common.shown(frame["share"], frame["withheld"], "percent", 0)
    return Table(frame.reset_index(drop=True), columns)


def _waits(found: list[Route]) -> Table:
    """The longest step of each route with enough cases."""
    parts = [route.times.assign(route_label=route.label) for route in found]
    frame = pd.concat(parts, ignore_index=True).dropna(subset=["median"])
    frame = frame.sort_values("median", ascending=False, kind="stable")
    frame = frame.drop_duplicates("route_label").reset_index(drop=True)
    frame["interval_text"] = [
        f"{_days(low, 'sin límite')} a {_days(high, 'sin límite')}"
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]
    return Table(
        frame,
        {
            "route_label": Column("Ruta"),
            "from_label": Column("Desde"),
            "to_label": Column("Hasta"),
            "median": Column("Días", "count"),
            "interval_text": Column("Entre"),
        },
    )


def _days(value: float, absent: str) -> str:
    return absent if pd.isna(value) else f"{value:.0f}"


def _summary(route: Route) -> dict[str, Any]:
    """What stands out in a route among what may be published; None where nothing may."""
    return {
        "route": route.key,
        "label": route.label,
        "cases": route.cases,
        "finished": float(route.steps["tenths"].iloc[-1]),
        "lost_step": route.lost_step,
        "barrier": route.barrier,
        "late_step": route.late_step,
        "late_share": route.late_share,
    }
