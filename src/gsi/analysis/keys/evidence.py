"""Evidence of the seven conditions of success, computed from what the other tables show.

Each value is in the unit its label in ``params`` names (sessions, or percent in 0-100); NaN where
the table it needs was not reported. Municipalities that reported nothing in it do not count.
"""

from __future__ import annotations

import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.delivery import delivered
from gsi.analysis.keys import common
from gsi.analysis.keys.governance import at_reference
from gsi.analysis.keys.training import AGENTS, MOMENTS
from gsi.contract.vocabulary import CommitmentState
from gsi.ground.locale import fold

NOTHING = float("nan")


def evidence(context: Context) -> dict[int, float]:
    """Condition (1-7) → value."""
    sectors = day_sectors(context)
    return {
        1: _sessions(context),
        2: _share([set(_nuclear(context)) <= present for present in sectors]),
        3: _appropriation(context),
        4: _results(context),
        5: _share(
            [len(present) >= context.params.keys.convening.sectors_together for present in sectors]
        ),
        6: _monitoring(context),
        7: _kept(context),
    }


def day_sectors(context: Context) -> list[set[str]]:
    """Sectors present in each service day of the territory; unknown entities have no sector."""
    days = common.until(context.data.own("jornadas"), "fecha", context)
    if days.empty:
        return []
    called, of = common.entity_names(context), common.entity_sectors(context)
    present = []
    for cell in days["entidades"]:
        entities = [called.get(fold(name), name) for name in common.split_list(cell)]
        present.append({of[fold(name)] for name in entities if fold(name) in of})
    return present


def whose_sessions(context: Context) -> str:
    """Whose sessions the first condition counts: the territory's own, or a mean of those of its
    municipalities that reported them."""
    rows = common.until(context.data.own("compromisos"), "sesion_fecha", context)
    if rows.empty or context.territory.code in set(rows["municipio"]):
        of = "departamento" if context.territory.is_department else "municipio"
        return f"del {of}"
    return "en promedio de los municipios que reportaron"


def _nuclear(context: Context) -> list[str]:
    return [common.sector_key(name) for name in context.params.keys.convening.nuclear_sectors]


def _share(conditions: list[bool]) -> float:
    return common.share(sum(conditions), len(conditions))


def _sessions(context: Context) -> float:
    """Sessions of the council in the follow-up year: the territory's own, else the mean of its
    municipalities that reported commitments."""
    rows = common.until(context.data.own("compromisos"), "sesion_fecha", context)
    if rows.empty:
        return NOTHING
    held = rows[
        (rows["instancia"] == "consejo") & (rows["sesion_fecha"].dt.year == context.years.follow_up)
    ]
    by_place = held.groupby("municipio")["sesion_fecha"].nunique()
    if context.territory.code in set(rows["municipio"]):
        return float(by_place.get(context.territory.code, 0))
    return float(by_place.reindex(delivered(rows, context).reported, fill_value=0).mean())


def _appropriation(context: Context) -> float:
    """Municipality × moment × kind of agent with somebody enrolled, of all there are where
    courses were reported."""
    rows = common.until(context.data.own("formacion"), "fecha_inicio", context)
    if rows.empty:
        return NOTHING
    places = delivered(rows, context).reported
    present = rows[(rows["inscritos"] > 0) & rows["municipio"].isin(places)]
    cells = present[["municipio", "momento_gestion", "tipo_agente"]].drop_duplicates()
    return common.share(len(cells), len(places) * len(MOMENTS) * len(AGENTS))


def _progress(context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    actions = context.data.own("plan_accion")
    return actions, common.until(context.data.own("avances"), "fecha_corte", context)


def _results(context: Context) -> float:
    """Actions of the plan already begun with something executed."""
    actions, reports = _progress(context)
    begun = actions[actions["inicio"] <= common.reference(context)]
    if begun.empty or reports.empty:
        return NOTHING
    done = set(reports.loc[reports["ejecutado"] > 0, "accion"])
    return common.share(int(begun["accion"].isin(sorted(done)).sum()), len(begun))


def _monitoring(context: Context) -> float:
    """Actions begun by each cut that have a report at it, over all cuts."""
    actions, reports = _progress(context)
    expected = given = 0
    for cut, rows in reports[reports["ejecutado"].notna()].groupby("fecha_corte"):
        begun = set(actions.loc[actions["inicio"] <= cut, "accion"])
        expected += len(begun)
        given += len(begun & set(rows["accion"]))
    return common.share(given, expected)


def _kept(context: Context) -> float:
    """Commitments due by the reference date that were fulfilled by it."""
    if not context.data.has("compromisos"):
        return NOTHING
    rows = at_reference(context.data.own("compromisos"), context)
    due = rows[rows["vence"] <= common.reference(context)]
    return common.share(int((due["state"] == CommitmentState.FULFILLED).sum()), len(due))
