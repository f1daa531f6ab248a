"""Governance: sessions of the two scenarios of the strategy, and what became of commitments."""

from __future__ import annotations

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    date,
    flag,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.vocabulary import CommitmentState

INSTANCES = {
    "consejo": "Consejo de Política Social",
    "coordinacion_eje_social": "Coordinación del Eje Social",
}
STATES = {
    CommitmentState.FULFILLED: "Cumplido",
    CommitmentState.UNDER_WAY: "En curso",
    CommitmentState.PENDING: "Pendiente",
    CommitmentState.BROKEN: "Incumplido",
}
WHY = (
    "Sin ella el consejo no puede ver qué acordó, quién responde ni qué está vencido, "
    "y cada sesión empieza de cero."
)


@step
def governance(context: Context) -> Section:
    """Sessions by year, commitments by state and entity, and the overdue at the reference date.

    ``own_known``: the territory reported sessions of its own. A department whose municipalities
    alone did has none to count, which is not none.
    """
    agreed = common.until(context.data.own("compromisos"), "sesion_fecha", context)
    if agreed.empty:
        return Section("governance", gaps=[Gap("compromisos", WHY)])
    rows = at_reference(agreed, context)
    sessions = rows.assign(year=rows["sesion_fecha"].dt.year).drop_duplicates(
        ["municipio", "instancia", "sesion_fecha"]
    )
    # The department's own instances. A commitment for one municipality may be of the same session,
    # so only those of other days are counted apart, each once.
    mine = sessions["municipio"] == context.territory.code
    meeting = ["instancia", "sesion_fecha"]
    elsewhere = sessions[~mine].merge(sessions.loc[mine, meeting], how="left", indicator=True)
    elsewhere = elsewhere[elsewhere["_merge"] == "left_only"]
    sessions = sessions[mine]
    this_year = sessions[sessions["year"] == context.years.follow_up]["instancia"].value_counts()
    overdue = rows[rows["overdue"]].sort_values(["vence", "compromiso"])
    due = rows[rows["vence"] <= common.reference(context)]
    own_known = not sessions.empty
    worst = _entities(rows).data.head(2)["overdue"].tolist()
    stands_out = len(worst) > 0 and worst[0] > (worst[1] if len(worst) > 1 else 0)
    facts: dict[str, Fact] = {
        "reference": date(common.reference(context).date()),
        "year": year(context.years.follow_up),
        "own_known": flag(own_known),
        "sessions_council": count(int(this_year.get("consejo", 0)) if own_known else None),
        "sessions_coordination": count(
            int(this_year.get("coordinacion_eje_social", 0)) if own_known else None
        ),
        **delivery.facts(delivery.delivered(rows, context), context),
        "commitments": count(len(rows)),
        "fulfilled": count(int(_fulfilled(rows).sum())),
        "due": count(len(due)),
        "kept": percent(common.share(int(_fulfilled(due).sum()), len(due)), 0),
        "late": count(int(rows["closed_late"].sum())),
        "overdue": count(len(overdue)),
        "any_overdue": flag(not overdue.empty),
        "oldest_due": date(overdue["vence"].min().date() if len(overdue) else None),
        "most_overdue": text(str(_entities(rows).data["entity"].iloc[0]) if stands_out else None),
        "any_most_overdue": flag(stands_out),
        "any_elsewhere": flag(bool((elsewhere["year"] == context.years.follow_up).any())),
        "sessions_elsewhere": count(int((elsewhere["year"] == context.years.follow_up).sum())),
        "listed": count(min(len(overdue), context.params.keys.governance.listed)),
    }
    tables = {
        "states": _states(rows),
        "entities": _entities(rows),
        "overdue": _overdue(overdue, context),
    }
    if own_known:
        tables["sessions"] = _sessions(sessions, rows["sesion_fecha"].dt.year)
    return Section("governance", facts, tables)


def at_reference(commitments: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Commitments agreed by the reference date, as they stood on it.

    Adds ``state`` (closed after the reference date: still open on it), ``overdue`` (due before it
    and not fulfilled) and ``closed_late`` (fulfilled after they were due).
    """
    day = common.reference(context)
    rows = common.until(commitments, "sesion_fecha", context)
    later = rows["fecha_cierre"].notna() & (rows["fecha_cierre"] > day)
    state = rows["estado"].where(
        ~(later & (rows["estado"] == CommitmentState.FULFILLED)), CommitmentState.UNDER_WAY
    )
    closed = state == CommitmentState.FULFILLED
    return rows.assign(
        state=state,
        overdue=(rows["vence"] < day) & ~closed,
        closed_late=closed & rows["fecha_cierre"].notna() & (rows["fecha_cierre"] > rows["vence"]),
    )


def _sessions(sessions: pd.DataFrame, years: pd.Series) -> Table:
    table = pd.crosstab(sessions["year"], sessions["instancia"])
    table = table.reindex(columns=list(INSTANCES), fill_value=0)
    table = table.reindex(range(int(years.min()), int(years.max()) + 1), fill_value=0)
    frame = table.rename_axis("year").reset_index()
    frame.columns.name = None
    return Table(
        frame,
        {"year": Column("Año", "year")}
        | {key: Column(label, "count") for key, label in INSTANCES.items()},
    )


def _states(rows: pd.DataFrame) -> Table:
    frame = pd.DataFrame(
        {
            "state": list(STATES),
            "label": list(STATES.values()),
            "commitments": [int((rows["state"] == key).sum()) for key in STATES],
            "overdue": [int((rows["overdue"] & (rows["state"] == key)).sum()) for key in STATES],
        }
    )
    return Table(
        frame,
        {
            "label": Column("Estado"),
            "commitments": Column("Compromisos", "count"),
            "overdue": Column("Vencidos", "count"),
        },
    )


def _fulfilled(rows: pd.DataFrame) -> pd.Series:
    return rows["state"] == CommitmentState.FULFILLED


def _entities(rows: pd.DataFrame) -> Table:
    frame = (
        rows.groupby("responsable")
        .agg(
            commitments=("compromiso", "size"),
            fulfilled=("state", lambda state: int((state == CommitmentState.FULFILLED).sum())),
            overdue=("overdue", "sum"),
        )
        .reset_index()
        .rename(columns={"responsable": "entity"})
        .sort_values(["overdue", "commitments", "entity"], ascending=[False, False, True])
        .reset_index(drop=True)
    )
    return Table(
        frame,
        {
            "entity": Column("Entidad que responde"),
            "commitments": Column("Compromisos", "count"),
            "fulfilled": Column("Cumplidos", "count"),
            "overdue": Column("Vencidos", "count"),
        },
    )


def _overdue(overdue: pd.DataFrame, context: Context) -> Table:
    shown = overdue.head(context.params.keys.governance.listed)
    day = common.reference(context)
    frame = pd.DataFrame(
        {
            "commitment": shown["compromiso"].to_list(),
            "place": [common.name_of(code, context) for code in shown["municipio"]],
            "what": shown["descripcion"].to_list(),
            "entity": shown["responsable"].to_list(),
            "due": [day.date().isoformat() for day in shown["vence"]],
            "days": [(day - due).days for due in shown["vence"]],
        },
        columns=["commitment", "place", "what", "entity", "due", "days"],
    )
    columns = {
        "what": Column("Compromiso"),
        "entity": Column("Entidad que responde"),
        "due": Column("Venció el", "date"),
        "days": Column("Días de atraso", "count"),
    }
    if context.territory.is_department:
        columns = {"place": Column("Territorio")} | columns
    return Table(frame, columns)
