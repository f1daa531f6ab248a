"""Key 4: service days, the people they attended, and the services given outside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from example_department import truth
from example_department.actors import IN_ORDER
from example_department.households import Panel
from example_department.services import OFFER
from example_department.territory import places
from example_department.world import World, kind_of

# Row of the map → entities of the department that go there. Only health goes everywhere.
ZONES = {
    0: ("SDS", "CUL", "DEP"),
    1: ("SDS", "SDD", "SENA"),
    2: ("SDS", "SDD", "AGR"),
    3: ("SDS", "ICBF", "REG", "DEF"),
}
RARE_ENTITY, RARE_ZONE = "SED", 1
GIVEN = {
    "salud": ("Control de crecimiento y desarrollo", "Vacunación", "Salud oral"),
    "bienestar_social": ("Complemento alimentario", "Acompañamiento familiar"),
    "educacion": ("Permanencia escolar",),
    "gobierno": ("Registro civil y tarjeta de identidad",),
    "cultura": ("Taller de lectura",),
    "deporte": ("Recreación dirigida",),
    "agropecuario": ("Huerta casera",),
    "trabajo": ("Orientación laboral",),
    "justicia": ("Orientación en derechos",),
}
ACTORS = {actor.code: actor for actor in IN_ORDER}
FIRST_DAY = dt.date(2021, 2, 6)
CALENDAR = 1290
ATTENDS = 0.55
COMES_BACK = 0.35
TAKES_TWO = 0.25


def days(world: World, actors: pd.DataFrame) -> pd.DataFrame:
    """Table ``jornadas``: every micro-territory but one had a day, most of them a second one."""
    rng = world.rng("days")
    points = places(world)
    linked = actors.set_index("actor")["fecha_vinculacion"].to_dict()
    rows = []
    for m in truth.MUNICIPALITIES:
        for place in m.places:
            start = FIRST_DAY + dt.timedelta(days=int(rng.integers(0, CALENDAR)))
            again, gap = rng.random() < 0.6, int(rng.integers(45, 130))
            joins = rng.random(2)
            costs = rng.uniform(9, 16, 2)
            if place == truth.NEVER_REACHED:
                continue
            for turn, kind in enumerate(("simultanea", "continuidad")[: 2 if again else 1]):
                day = start + dt.timedelta(days=gap * turn)
                present = _present(m.row, m.code, turn, float(joins[turn]))
                present = [code for code in present if linked[code] <= day]
                lon, lat = points[place]
                rows.append((m.code, place, lon, lat, day, kind,
                             ";".join(ACTORS[code].name for code in present),
                             ";".join(_services(present)),
                             _cost(costs[turn], len(present))))  # fmt: skip
    columns = ["municipio", "microterritorio", "lon", "lat", "fecha", "tipo", "entidades",
               "servicios", "costo"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table = table.sort_values(["fecha", "microterritorio"], ignore_index=True)
    table.insert(0, "jornada", [f"J-{n + 1:03d}" for n in range(len(table))])
    return table


def _present(row: int, code: str, turn: int, luck: float) -> list[str]:
    present = [*ZONES[row], f"ESE-{code}"]
    if row == RARE_ZONE and turn == 0 and luck < 0.5:
        present.append(RARE_ENTITY)
    if row > 0:
        present.append(f"COM-{code}")
    # A day of continuity brings the ones that must follow up, not everybody.
    return [present[0], *present[2:]] if turn else present


def _cost(base: float, entities: int) -> int:
    """Pesos, to the hundred thousand: more entities, more transport."""
    return int(np.rint(base * (1 + 0.25 * entities))) * 100_000


def _services(present: list[str]) -> list[str]:
    sectors = dict.fromkeys(ACTORS[code].sector for code in present)
    return [name for sector in sectors for name in GIVEN[sector]]


def attentions(world: World, panel: Panel, days: pd.DataFrame) -> pd.DataFrame:
    """Table ``atenciones``: members of reached homes in service days; targeted services outside."""
    people = panel.personas.sort_values(["corte", "persona"]).drop_duplicates("persona")
    people = people.assign(born=people["corte"] - people["edad"])
    homes = panel.frame[["hogar", "municipio", "microterritorio", "reached", "vulnerable"]]
    members = people.merge(homes, on="hogar")
    table = pd.concat(
        [_in_days(world, members, days), _outside(world, members)], ignore_index=True
    ).sort_values(["fecha", "persona", "servicio"], ignore_index=True)
    table.insert(0, "atencion", [f"T{n + 1:05d}" for n in range(len(table))])
    return table


COLUMNS = ["persona", "jornada", "servicio", "municipio", "microterritorio", "fecha", "sector",
           "satisfaccion"]  # fmt: skip


def _in_days(world: World, members: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
    rng = world.rng("attentions")
    where = dict(list(days.groupby("microterritorio", sort=True)))
    rows = []
    for _, home in members[members["reached"]].groupby("hogar", sort=True):
        visits = where[home["microterritorio"].iloc[0]]
        came = rng.random(len(home)) < ATTENDS
        # Somebody who was already there, so that the home was reached.
        there = np.flatnonzero(home["corte"] == truth.BASELINE)
        came[there[int(rng.integers(len(there)))]] = True
        for person in _each(home[came]):
            backs = rng.random() < COMES_BACK
            for visit in _each(visits):
                if (visit.tipo == "continuidad" and not backs) or person.born >= visit.fecha.year:
                    continue
                offered = visit.servicios.split(";")
                count = min(2 if rng.random() < TAKES_TWO else 1, len(offered))
                for index in sorted(rng.choice(len(offered), size=count, replace=False)):
                    service = offered[int(index)]
                    rows.append((person.persona, visit.jornada, service, person.municipio,
                                 person.microterritorio, visit.fecha, _sector_of(service),
                                 _satisfaction(rng, visit.tipo == "continuidad")))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _outside(world: World, members: pd.DataFrame) -> pd.DataFrame:
    rng = world.rng("attentions outside")
    kind = members["municipio"].map(kind_of)
    chance = np.where(
        members["vulnerable"],
        kind.map(truth.SERVED_ELIGIBLE),
        kind.map(truth.SERVED_NOT_ELIGIBLE),
    )
    served = members[rng.random(len(members)) < chance]
    rows = []
    for person in _each(served):
        _, service, sector, *_ = OFFER[int(rng.integers(len(OFFER)))]
        day = dt.date(2022, 1, 10) + dt.timedelta(days=int(rng.integers(0, 1050)))
        satisfaction = _satisfaction(rng, False)
        if person.born >= day.year:
            continue
        rows.append((person.persona, None, service, person.municipio, person.microterritorio,
                     day, sector, satisfaction))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _each(table: pd.DataFrame) -> Iterator[Any]:
    return table.itertuples(index=False)


def _sector_of(service: str) -> str:
    return next(sector for sector, names in GIVEN.items() if service in names)


def _satisfaction(rng: np.random.Generator, better: bool) -> int | None:
    value, silent = rng.random(2)
    if silent < 0.08:
        return None
    bounds = (0.02, 0.06, 0.20, 0.62) if better else (0.03, 0.10, 0.33, 0.76)
    return int(np.searchsorted(bounds, value)) + 1
