"""What published files say of the offer and of who provides it, beside the keys of services and of
actors that nobody has reported.

None of it moves the state of a key: an institution in a register is not linked to the strategy, and
people attended by the plan de desarrollo are not the register of a service.

Facts, of DNP's follow-up, products that count people: ``services_known``, ``services_year``,
``services``, ``any_services_more`` and ``services_shown`` (the table is cut).
Of the register of providers (REPS), the last list: ``actors_known``, ``actors``,
``actors_public``, ``actors_private``, ``actors_cut``, ``actors_places`` (municipalities with some).
Of the lists of places, each kind in the last year that lists it: ``places_known``, ``places``
(«colegios, 53 (2016)»).
Tables: ``services``.
"""

from __future__ import annotations

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Section,
    Table,
    count,
    date,
    flag,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.ground.locale import number

FOLLOW_UP, REGISTER = "dnp_seguimiento_pdt", "minsalud_reps"
MOST = 12
# Institutions of health are told by gsi.analysis.comprehension.official.
KINDS = {
    "colegio": "sedes educativas",
    "comisaria_familia": "comisarías de familia",
    "biblioteca": "bibliotecas",
    "casa_cultura": "casas de cultura",
}


@step
def published_offer(context: Context) -> Section:
    """Section ``offer``: people attended by the plan de desarrollo, providers of health."""
    tables: dict[str, Table] = {}
    facts = _services(context, tables) | _actors(context) | _places(context)
    if not any(facts[name].value for name in ("services_known", "actors_known", "places_known")):
        return Section("offer")
    return Section("offer", facts, tables)


def _services(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    rows = context.data.published("servicios")
    rows = rows[(rows["origen"] == FOLLOW_UP) & (rows["periodo"] <= context.years.follow_up)]
    # Nobody programmed and nobody attended says nothing of a service.
    rows = rows[(rows["cupos"].fillna(0) > 0) | (rows["cupos_usados"].fillna(0) > 0)]
    if rows.empty:
        return {"services_known": flag(False)}
    last = int(rows["periodo"].max())
    rows = rows[rows["periodo"] == last].sort_values(
        ["cupos_usados", "servicio"], ascending=[False, True], ignore_index=True
    )
    rows["parte"] = 100 * rows["cupos_usados"] / rows["cupos"].where(rows["cupos"] > 0)
    tables["services"] = Table(rows.head(MOST)[list(_SERVICES)], _SERVICES)
    return {
        "services_known": flag(True),
        "services_year": year(last),
        "services": count(len(rows)),
        "services_shown": count(min(len(rows), MOST)),
        "any_services_more": flag(len(rows) > MOST),
    }


def _actors(context: Context) -> dict[str, Fact]:
    rows = context.data.published("actores")
    rows = rows[rows["origen"] == REGISTER]
    days = pd.to_datetime(rows["nota"].str.extract(r"(\d{4}-\d{2}-\d{2})", expand=False))
    known = days.notna() & (days.dt.year <= context.years.follow_up)
    rows, days = rows[known], days[known]
    if rows.empty:
        return {"actors_known": flag(False)}
    rows = rows[days == days.max()]
    return {
        "actors_known": flag(True),
        "actors": count(len(rows)),
        "actors_public": count(int((rows["tipo"] == "entidad").sum())),
        "actors_private": count(int((rows["tipo"] != "entidad").sum())),
        "actors_cut": date(days.max().date()),
        "actors_places": count(rows["municipio"].nunique()),
    }


def _places(context: Context) -> dict[str, Fact]:
    rows = context.data.published("escenarios")
    rows = rows[rows["periodo"] <= context.years.follow_up]
    told = []
    for kind, named in KINDS.items():
        mine = rows[rows["tipo"] == kind]
        if len(mine):
            last = int(mine["periodo"].max())
            told.append(f"{named}, {number(int((mine['periodo'] == last).sum()))} ({last})")
    return {"places_known": flag(bool(told)), "places": text("; ".join(told) or None)}


_SERVICES = {
    "nombre": Column("Producto del plan de desarrollo"),
    "sector": Column("Sector"),
    "cupos": Column("Personas programadas", "count"),
    "cupos_usados": Column("Personas atendidas", "count"),
    "parte": Column("Atendidas de las programadas", "percent"),
}
