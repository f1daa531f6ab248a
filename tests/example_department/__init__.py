"""The embedded example: a fictional department, ``00``, written from a seed with known truth.

``python -m example_department`` rewrites ``data/raw/ejemplo``; :mod:`example_department.truth` says
what is planted; :func:`tables` gives a world's tables in memory, also with no effect or no signal.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from example_department import (
    actors,
    council,
    days,
    households,
    indicators,
    money,
    output,
    plan,
    population,
    routes,
    services,
    territory,
    training,
    truth,
)
from example_department.world import World
from gsi.ground.files import write_text

__all__ = ["World", "tables", "truth", "write"]

PROVENANCE = {"indicadores": "fuente", "poblacion": "fuente"}
"""Columns that the reader of forms writes: files do not carry them."""
CSV = ("divipola", "indicadores", "poblacion", "hogares", "personas", "casos",
       "atenciones")  # fmt: skip
WORKBOOKS = {
    "formacion": ("formacion",),
    "servicios-y-rutas": ("servicios", "escenarios", "rutas"),
    "jornadas": ("jornadas",),
    "consejo-y-actores": ("actores", "lecturas", "convocatoria", "compromisos"),
    "inversion-social": ("inversion",),
    "plan-de-accion": ("plan_accion", "avances"),
}
BOUNDARIES = "limites.geojson"


def tables(world: World | None = None) -> dict[str, pd.DataFrame]:
    """Every table of the contract but ``limites``, with the contract's columns. About 2 s."""
    world = world or World()
    people = population.population(world)
    panel = households.panel(world)
    linked = actors.actors(world)
    calendar = days.days(world, linked)
    return {
        "divipola": territory.divipola(world),
        "indicadores": indicators.indicators(world, people),
        "poblacion": people,
        "hogares": panel.hogares,
        "personas": panel.personas,
        "escenarios": services.scenarios(world),
        "lecturas": council.readings(world),
        "actores": linked,
        "formacion": training.training(world),
        "servicios": services.services(world),
        "rutas": routes.routes(),
        "casos": routes.cases(world),
        "jornadas": calendar,
        "atenciones": days.attentions(world, panel, calendar),
        "convocatoria": actors.convening(world),
        "compromisos": council.commitments(world),
        "inversion": money.investment(world),
        "plan_accion": plan.plan(),
        "avances": plan.progress(),
    }


def write(folder: Path, world: World | None = None) -> list[Path]:
    """Write the example's files into ``folder``; the paths written, sorted. Same world, same bytes.

    Files of earlier versions are left as they are.
    """
    world = world or World()
    data = {
        name: table.drop(columns=PROVENANCE.get(name, []), errors="ignore")
        for name, table in tables(world).items()
    }
    written = [folder / BOUNDARIES]
    write_text(written[0], territory.boundaries(world))
    for name in CSV:
        written.append(folder / f"{name}.csv")
        output.write_csv(written[-1], data[name])
    for name, sheets in WORKBOOKS.items():
        written.append(folder / f"{name}.xlsx")
        output.write_workbook(written[-1], {sheet: data[sheet] for sheet in sheets})
    return sorted(written)
