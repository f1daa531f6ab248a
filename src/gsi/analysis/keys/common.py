"""What every key needs: the reference date, sectors, and small counts decided once.

Small counts are decided on the table of the whole department, municipalities by cells, so that the
department's report and its municipalities' reports withhold the same cells.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Kind, Section, write_value
from gsi.contract.vocabulary import PriorityStatus
from gsi.ground.locale import fold
from gsi.measure.disclosure import Suppression, suppress

TOTAL = "total"
RESERVED = "reservado"
FEW = "muestra pequeña"

SECTOR_LABELS = {
    "bienestar_social": "Bienestar social",
    "salud": "Salud",
    "educacion": "Educación",
    "proteccion": "Protección",
    "agricultura": "Agricultura",
    "agropecuario": "Agropecuario",
    "trabajo": "Trabajo",
    "ciencia": "Ciencia",
    "cultura": "Cultura",
    "deporte": "Deporte",
    "justicia": "Justicia",
    "agua_potable": "Agua potable",
    "vivienda": "Vivienda",
    "inclusion_social": "Inclusión social",
    "planeacion": "Planeación",
    "gobierno": "Gobierno",
    "comunidad": "Comunidad",
    "academia": "Academia",
    "participacion": "Participación",
    "cooperacion": "Cooperación",
}


def reference(context: Context) -> pd.Timestamp:
    """31 December of the follow-up year: what is open, due or overdue is told at this day."""
    return pd.Timestamp(context.years.follow_up, 12, 31)


def until(rows: pd.DataFrame, column: str, context: Context) -> pd.DataFrame:
    """Rows dated on or before the reference date."""
    return rows[rows[column] <= reference(context)].reset_index(drop=True)


def sector_key(name: str) -> str:
    """``Bienestar social`` and ``bienestar_social`` are the same sector."""
    return fold(name.replace("_", " ")).replace(" ", "_")


def sector_label(name: str) -> str:
    """A sector as people read it."""
    key = sector_key(name)
    return SECTOR_LABELS.get(key, key.replace("_", " ").capitalize())


def entity_sectors(context: Context) -> dict[str, str]:
    """Folded entity name → sector key, from the tables that say it (the actors' table first)."""
    found: dict[str, str] = {}
    for table, column in (
        ("actores", "nombre"),
        ("actores", "actor"),
        ("servicios", "entidad"),
        ("rutas", "entidad"),
        ("inversion", "entidad"),
    ):
        rows = context.data.department(table)
        if rows.empty:
            continue
        rows = rows[[column, "sector"]].dropna()
        for name, sector in rows.sort_values([column, "sector"]).itertuples(index=False, name=None):
            found.setdefault(fold(str(name)), sector_key(str(sector)))
    return found


def entity_names(context: Context) -> dict[str, str]:
    """Folded actor code or name → the actor's name: tables may cite either."""
    actors = context.data.department("actores").sort_values("actor")
    found = {fold(name): name for name in actors["nombre"]}
    codes = zip(actors["actor"], actors["nombre"], strict=True)
    return found | {fold(code): name for code, name in codes}


def split_list(text: object) -> list[str]:
    """``"Alcaldía; Hospital"`` → ``["Alcaldía", "Hospital"]``; empty for a missing value."""
    if not isinstance(text, str):
        return []
    return [part.strip() for part in text.split(";") if part.strip()]


def counts(
    rows: pd.DataFrame,
    cell: str | Sequence[str],
    context: Context,
    *,
    cells: Iterable[Hashable],
    value: str | None = None,
) -> pd.DataFrame:
    """Municipalities and their total by cells and their total: rows, or the sum of ``value``.

    ``cell``: one column, or several whose values form tuples. Municipalities without rows are 0.
    """
    names = list(cells)
    columns = [cell] if isinstance(cell, str) else list(cell)
    parts = rows[columns].itertuples(index=False, name=None)
    keys = [part[0] if isinstance(cell, str) else part for part in parts]
    position = {name: number for number, name in enumerate(names)}
    codes = sorted({*context.data.names, *rows["municipio"]})
    line = {code: number for number, code in enumerate(codes)}
    amounts = [1] * len(rows) if value is None else rows[value].fillna(0).astype(int).tolist()
    added = np.zeros((len(codes), len(names)), dtype=np.int64)
    for municipio, key, amount in zip(rows["municipio"], keys, amounts, strict=True):
        if key in position:
            added[line[municipio], position[key]] += amount
    # One object index: tuples must stay labels, not become a MultiIndex.
    table = pd.DataFrame(
        added, index=codes, columns=pd.Index(names, dtype=object, tupleize_cols=False)
    )
    table[TOTAL] = table.sum(axis=1)
    table.loc[TOTAL] = table.sum(axis=0)
    return table


def decide(
    table: pd.DataFrame, context: Context, hidden: pd.DataFrame | None = None
) -> Suppression:
    """Disclosure control of a table of :func:`counts`."""
    return suppress(
        table,
        context.params.disclosure.threshold,
        rows_total=TOTAL,
        columns_total=TOTAL,
        hidden=hidden,
    )


def row_of(context: Context) -> str:
    """The row of a decided table that is the territory's own."""
    return TOTAL if context.territory.is_department else context.territory.code


def row(decided: Suppression, context: Context) -> dict[Any, Any]:
    """The territory's own row of a decided table: cell → count, NA where withheld."""
    return dict(decided.counts.loc[row_of(context)].items())


def places(context: Context) -> list[str]:
    """Codes of the territory's municipalities (itself, when it is one)."""
    if not context.territory.is_department:
        return [context.territory.code]
    return list(context.data.names)


def share(part: Any, whole: Any) -> float:
    """Percentage in 0-100; NaN when a count is withheld or the base is 0."""
    if pd.isna(part) or pd.isna(whole) or whole == 0:
        return float("nan")
    return float(part) / float(whole) * 100


def largest(rows: pd.DataFrame, by: str, label: str) -> str | None:
    """The label of the row with the largest positive ``by`` (first of ties); None without one."""
    known = rows[rows[by].notna() & (rows[by].fillna(0) > 0)]
    if known.empty:
        return None
    return str(known.sort_values(by, ascending=False, kind="stable")[label].iloc[0])


def number_or_none(value: Any) -> float | None:
    """A count as a number, None where it is withheld or missing."""
    return None if pd.isna(value) else float(value)


def shown(
    values: pd.Series, withheld: pd.Series | bool, kind: Kind = "count", digits: int = 0
) -> pd.Series:
    """Cells as text: withheld ones say so, which is not the same as having no data."""
    mask = pd.Series(withheld, index=values.index) if isinstance(withheld, bool) else withheld
    return pd.Series(
        [
            RESERVED
            if bool(hide)
            else ("sin dato" if pd.isna(value) else write_value(value, kind, digits))
            for value, hide in zip(values, mask, strict=True)
        ],
        index=values.index,
        dtype="str",
    )


def explained(
    values: pd.Series, reasons: pd.Series, kind: Kind = "decimal", digits: int = 0
) -> pd.Series:
    """Cells as text: those without a value say their reason (:data:`RESERVED`, :data:`FEW`), or
    'sin dato' where there is none ('')."""
    return pd.Series(
        [
            write_value(value, kind, digits) if pd.notna(value) else reason or "sin dato"
            for value, reason in zip(values, reasons, strict=True)
        ],
        index=values.index,
        dtype="str",
    )


def priority_codes(priority: Section | None) -> list[str]:
    """Municipalities that the section 'priority' calls prioritarios; empty without the section."""
    if priority is None or "ranking" not in priority.tables:
        return []
    ranking = priority.tables["ranking"].data
    return sorted(
        ranking.loc[ranking["status"] == PriorityStatus.PRIORITY, "municipio"].astype(str)
    )


def name_of(code: str, context: Context) -> str:
    """A municipality's name; the department's for its two-digit code."""
    if code == context.territory.department:
        return f"{context.territory.department_name} (departamento)"
    return context.data.names.get(code, code)
