"""What each adopted version of a plan changed: which action, which figure, when and why."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from gsi.analysis.results import Column, Table, write_value
from gsi.contract import tables, versions
from gsi.contract.vocabulary import ColumnKind

VERSIONING = ("version", "fecha_adopcion", "acta", "motivo_ajuste")
"""What a version says of itself: a difference in these is no adjustment of an action."""
IDENTITY = ("accion", "municipio", *VERSIONING, "estado")
ADDED, REMOVED, CHANGED = "added", "withdrawn", "changed"
NO_REASON = "sin motivo escrito"
COLUMNS = ["version", "adopted_on", "record", "accion", "descripcion", "change", "column", "before",
           "after", "change_text", "reason"]  # fmt: skip


def compared_columns() -> list[str]:
    """The columns of an action that a council may adjust, in the contract's order."""
    return [name for name in tables.schema("plan_accion").column_names if name not in IDENTITY]


def adjusted(plan: pd.DataFrame) -> pd.DataFrame:
    """One row a figure that a version changed, an action it added or one it withdrew.

    ``plan``: every version of one territory. Sorted by version and action. An action that a later
    version no longer lists counts as withdrawn.
    """
    number = versions.version_of(plan)
    parts = [plan[number == value].set_index("accion") for value in sorted(number.unique())]
    rows: list[dict[str, Any]] = []
    for old, new in pairwise(parts):
        standing = old[versions.kept(old)]
        for code in sorted({*standing.index, *new.index}):
            rows += _of_action(code, standing, new)
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_action(code: str, old: pd.DataFrame, new: pd.DataFrame) -> list[dict[str, Any]]:
    head = new.iloc[0]
    row = new.loc[code] if code in new.index else old.loc[code]
    common = {
        "version": int(head["version"]) if pd.notna(head["version"]) else 1,
        "adopted_on": None if pd.isna(head["fecha_adopcion"]) else head["fecha_adopcion"].date(),
        "record": head["acta"] if pd.notna(head["acta"]) else "",
        "accion": code,
        "descripcion": row["descripcion"],
        "column": "",
        "before": "",
        "after": "",
        "reason": row["motivo_ajuste"]
        if code in new.index and pd.notna(row["motivo_ajuste"])
        else NO_REASON,
    }
    here = code in new.index and bool(versions.kept(new.loc[[code]]).iloc[0])
    if not here:
        if code not in old.index:
            return []
        return [common | {"change": REMOVED, "change_text": "Se retiró del plan"}]
    if code not in old.index:
        return [common | {"change": ADDED, "change_text": "Se agregó al plan"}]
    found = []
    for name in differing(old.loc[[code]].iloc[0], new.loc[[code]].iloc[0]):
        label = tables.schema("plan_accion").column(name).label
        before, after = written(name, old.loc[code, name]), written(name, new.loc[code, name])
        found.append(
            common
            | {
                "change": CHANGED,
                "column": name,
                "before": before,
                "after": after,
                "change_text": f"{label}: {_told(name, before, after)}",
            }
        )
    return found


def _told(column: str, before: str, after: str) -> str:
    """What changed: of a list, who joins and who leaves."""
    if tables.schema("plan_accion").column(column).kind == ColumnKind.LIST:
        old, new = before.split("; "), after.split("; ")
        joins = [name for name in new if name not in old]
        leaves = [name for name in old if name not in new]
        if joins or leaves:
            words = [f"entra {', '.join(joins)}"] if joins else []
            return "; ".join(words + ([f"sale {', '.join(leaves)}"] if leaves else []))
    return f"antes {before}; ahora {after}"


def differing(old: pd.Series, new: pd.Series) -> list[str]:
    """Columns whose value is not the same; two empty cells are the same."""
    return [
        name
        for name in compared_columns()
        if not (
            (pd.isna(old[name]) and pd.isna(new[name]))
            or (pd.notna(old[name]) and pd.notna(new[name]) and old[name] == new[name])
        )
    ]


def written(column: str, value: Any) -> str:
    """A cell of the plan as people read it; 'vacío' when there is nothing."""
    if pd.isna(value):
        return "vacío"
    match tables.schema("plan_accion").column(column).kind:
        case ColumnKind.DATE:
            return write_value(value.date(), "date")
        case ColumnKind.NUMBER | ColumnKind.WHOLE:
            digits = 0 if float(value).is_integer() else 2
            return write_value(float(value), "decimal", digits)
        case ColumnKind.LIST:
            return "; ".join(str(value).split(";"))
        case _:
            return str(value)


def log_table(changed: pd.DataFrame) -> Table:
    """The log of adjustments as the report shows it."""
    return Table(
        changed,
        {
            "adopted_on": Column("Cuándo", "date"),
            "accion": Column("Acción"),
            "change_text": Column("Qué cambió"),
            "reason": Column("Por qué"),
        },
    )


def versions_table(plan: pd.DataFrame) -> Table:
    """The adopted versions: number, day, record, actions in the plan and their budget."""
    rows = []
    for number, part in plan.groupby(versions.version_of(plan), sort=True):
        standing = part[versions.kept(part)]
        day, record = part["fecha_adopcion"].min(), part["acta"].dropna()
        rows.append(
            {
                "version": int(str(number)),
                "adopted_on": None if pd.isna(day) else day.date(),
                "record": "" if record.empty else str(record.iloc[0]),
                "actions": len(standing),
                "budget": float(standing["presupuesto"].sum()),
            }
        )
    return Table(
        pd.DataFrame(rows, columns=["version", "adopted_on", "record", "actions", "budget"]),
        {
            "version": Column("Versión", "count"),
            "adopted_on": Column("Adoptada el", "date"),
            "record": Column("Acta"),
            "actions": Column("Acciones", "count"),
            "budget": Column("Presupuesto", "money"),
        },
    )
