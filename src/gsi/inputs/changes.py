"""What other input files change: rows added, gone and revised, table by table.

A row is told by the key of its table; where the key stands on both sides with other values, the row
is revised. Rows that are alike on both sides are nobody's business, also where a table has the same
row twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gsi.contract import tables
from gsi.contract.territory import Territory
from gsi.inputs.data import Data
from gsi.inputs.store import Store

_FIGURE = ["indicador", "municipio", "periodo", "area"]


@dataclass(frozen=True)
class Figure:
    """A figure of an indicator that two preparations give otherwise."""

    indicator: str
    place: str
    period: int
    area: str
    before: float
    after: float


@dataclass(frozen=True)
class Difference:
    """Rows of a table: added, gone and revised, of the territory and of the others that it reads
    (its department's and the country's). ``figures``: its revised figures, where the table is of
    indicators; all of them."""

    table: str
    own: tuple[int, int, int]
    others: tuple[int, int, int]
    figures: tuple[Figure, ...] = ()

    @property
    def any(self) -> bool:
        """Whether something is not alike."""
        return any(self.own) or any(self.others)


def between(before: Store, after: Store, territory: Territory) -> list[Difference]:
    """The tables whose rows differ, in the order of the contract."""
    one, other = before.data(territory), after.data(territory)
    found = []
    for name in tables.names():
        if name == "divipola":
            continue  # its names and codes are those of the other tables
        old, new = _rows(one, name), _rows(other, name)
        if not (old.empty and new.empty):
            found.append(_difference(name, old, new, territory))
    return [difference for difference in found if difference.any]


def _rows(data: Data, name: str) -> pd.DataFrame:
    """Everything that a run of the territory may read of a table, with whose each row is."""
    schema = tables.schema(name)
    whole = data.versions(whole=True) if name == "plan_accion" else data.department(name)
    parts = [whole, data.published(name, whole=True)] if schema.mixed else [whole]
    rows = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    if "municipio" in rows:
        return rows.assign(_owner=rows["municipio"].astype("str"))
    key, parent = Data.PARENTS[name]
    owners = _rows(data, parent)[[key, "_owner"]].drop_duplicates(key)
    return rows.merge(owners, on=key, how="left").fillna({"_owner": ""})


def _difference(
    name: str, before: pd.DataFrame, after: pd.DataFrame, territory: Territory
) -> Difference:
    schema = tables.schema(name)
    columns = [column for column in schema.column_names if column in before or column in after]
    left, right = _only_here(before, after, columns)
    revised_left, revised_right = _paired(left, right, schema.key or columns)
    gone, added = left[~revised_left], right[~revised_right]
    revised = right[revised_right]

    def counts(own: bool) -> tuple[int, int, int]:
        ours = [_owned(part["_owner"], territory, name) == own for part in (added, gone, revised)]
        return int(ours[0].sum()), int(ours[1].sum()), int(ours[2].sum())

    figures: tuple[Figure, ...] = ()
    if name == "indicadores":
        mine = _owned(revised["_owner"], territory, name)
        figures = _figures(left[revised_left], revised[mine], schema.key)
    return Difference(name, counts(True), counts(False), figures)


def _owned(owner: pd.Series, territory: Territory, name: str) -> pd.Series:
    if tables.schema(name).one_owner:
        return owner == territory.code
    return territory.owns(owner)


def _only_here(
    before: pd.DataFrame, after: pd.DataFrame, columns: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that the other side does not have, each as often as it has it too few."""
    ours, theirs = _marks(before, columns), _marks(after, columns)
    left, right = ~ours.isin(set(theirs)), ~theirs.isin(set(ours))
    return before[left].reset_index(drop=True), after[right].reset_index(drop=True)


def _marks(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """A text a row, that only equal rows have; the second of two equal ones has another."""
    texts = frame.reindex(columns=list(columns)).astype("object").map(_text)
    joined = texts.agg("\x1f".join, axis="columns") if len(texts) else pd.Series([], dtype="str")
    again: pd.Series = joined.groupby(joined).cumcount().astype("str")
    return joined.str.cat(again, sep="\x1e")


def _text(value: object) -> str:
    """One text for what is one value, whatever type a preparation kept it in."""
    if isinstance(value, bytes):
        return value.hex()
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float) or hasattr(value, "item"):
        try:
            return repr(float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return str(value)
    return str(value)


def _paired(
    left: pd.DataFrame, right: pd.DataFrame, key: Sequence[str]
) -> tuple[pd.Series, pd.Series]:
    """Which rows of each side have their key on the other."""
    ours, theirs = _marks(left, key), _marks(right, key)
    return ours.isin(set(theirs)), theirs.isin(set(ours))


def _figures(before: pd.DataFrame, after: pd.DataFrame, key: Sequence[str]) -> tuple[Figure, ...]:
    both = before.merge(after, on=list(key), suffixes=("_a", "_b"))
    both = both[both["valor_a"].notna() & both["valor_b"].notna()]
    both = both[both["valor_a"] != both["valor_b"]].sort_values(_FIGURE)
    cells = both[[*_FIGURE, "valor_a", "valor_b"]].itertuples(index=False, name=None)
    return tuple(
        Figure(str(name), str(place), int(period), str(area), float(old), float(new))
        for name, place, period, area, old, new in cells
    )
