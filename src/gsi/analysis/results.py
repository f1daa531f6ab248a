"""What a policy step returns: facts with their kind, tables with labels, named gaps.

A :class:`Section` is small, holds no person-level row, and is saved beside the executed notebook.
The report reads facts by path (``<< training.coverage >>``) and tables as fragments, so a number
exists once: here, as a number, with the kind that says how it is written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from gsi.ground import frames, locale
from gsi.ground.files import read_parquet, write_parquet, write_text

Kind = Literal[
    "count", "decimal", "percent", "probability", "money", "date", "year", "text", "names", "flag"
]


@dataclass(frozen=True)
class Fact:
    """A value and how it is written. ``percent`` and ``probability`` are already in 0-100."""

    value: Any
    kind: Kind
    digits: int = 0

    @property
    def missing(self) -> bool:
        """True when there is no value (None, NaN, empty list): written 'sin dato'."""
        if self.value is None or (isinstance(self.value, list | str) and not self.value):
            return True
        return isinstance(self.value, float) and math.isnan(self.value)

    def __str__(self) -> str:
        return locale.MISSING if self.missing else write_value(self.value, self.kind, self.digits)


def write_value(value: Any, kind: Kind, digits: int = 0) -> str:
    """One non-missing value in es-CO, as reports and notebooks show it."""
    match kind:
        case "count":
            return locale.number(value)
        case "decimal":
            return locale.number(value, digits)
        case "percent":
            return locale.percent(value, digits)
        case "probability":
            return _probability(value)
        case "money":
            return f"${locale.number(value)}"
        case "date":
            return locale.date(
                value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
            )
        case "year":
            return str(int(value))
        case "names":
            return locale.enumeration([str(item) for item in value])
        case "flag":
            return "sí" if value else "no"
        case "text":
            return str(value)


def _probability(value: float) -> str:
    """No simulation makes anything certain: the ends are never written as 0 or 100."""
    if value > 99:
        return "más de 99\N{NO-BREAK SPACE}%"
    if value < 1:
        return "menos de 1\N{NO-BREAK SPACE}%"
    return locale.percent(value)


def count(value: float | None) -> Fact:
    """People, cases, places: whole units."""
    return Fact(value, "count")


def decimal(value: float | None, digits: int = 1) -> Fact:
    """A rate, an index, days: ``digits`` decimals."""
    return Fact(value, "decimal", digits)


def percent(value: float | None, digits: int = 1) -> Fact:
    """A percentage given in 0-100."""
    return Fact(value, "percent", digits)


def probability(value: float | None) -> Fact:
    """An estimated probability given in 0-100: 'más de 99 %', 'menos de 1 %' at the ends."""
    return Fact(value, "probability")


def money(value: float | None) -> Fact:
    """Colombian pesos, whole."""
    return Fact(value, "money")


def date(value: dt.date | None) -> Fact:
    """A calendar date."""
    return Fact(value, "date")


def year(value: int | None) -> Fact:
    """A year, never with a thousands separator."""
    return Fact(value, "year")


def text(value: str | None) -> Fact:
    """Words, possibly of outside origin: escaped when rendered."""
    return Fact(value, "text")


def names(values: Sequence[str]) -> Fact:
    """A list written as 'a, b y c'."""
    return Fact(list(values), "names")


def flag(value: bool) -> Fact:
    """A condition the report can ask: ``{% if training.partial %}``."""
    return Fact(bool(value), "flag")


@dataclass(frozen=True)
class Column:
    """A table column: its Spanish heading and how its cells are written."""

    label: str
    kind: Kind = "text"
    digits: int = 0

    def write(self, value: Any) -> str:
        """One cell in es-CO; missing values as 'sin dato'."""
        if isinstance(value, np.ndarray):  # a list, back from Parquet
            value = value.tolist()
        missing = not value if isinstance(value, list | str) else pd.isna(value)
        return locale.MISSING if missing else write_value(value, self.kind, self.digits)


@dataclass(frozen=True)
class Table:
    """A DataFrame with the columns a reader sees, in order. Columns not listed are not shown."""

    data: pd.DataFrame
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        absent = [name for name in self.columns if name not in self.data.columns]
        if absent:
            raise KeyError(f"columns named but absent: {absent}")

    def cells(self) -> dict[str, list[str]]:
        """The table as text: the heading of each shown column and its cells."""
        return {
            column.label: [column.write(value) for value in frames.values(self.data[name])]
            for name, column in self.columns.items()
        }

    def written(self) -> pd.DataFrame:
        """The table as text, headings included: one str column a shown column."""
        return frames.Shown(self.cells())


@dataclass(frozen=True)
class Gap:
    """A named absence: which table is missing or insufficient and why it matters (Spanish).

    ``table`` is '' where no table would help: ``why`` then says it all.
    """

    table: str
    why: str


@dataclass(frozen=True)
class Section:
    """One part of the mission, computed: ``name`` is the path root in the report ('training')."""

    name: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()

    @property
    def available(self) -> bool:
        """False when a gap leaves nothing to show."""
        return bool(self.tables or self.facts)

    def missing(self) -> list[str]:
        """What is not reported and why it matters, a line each, for a notebook."""
        return [f"Falta {gap.table}: {gap.why}" if gap.table else gap.why for gap in self.gaps]

    def show(self, table: str) -> pd.DataFrame | list[str]:
        """A table as a reader sees it, or what is missing to have it."""
        return self.tables[table].written() if table in self.tables else self.missing()

    def save(self, folder: Path) -> list[Path]:
        """Write ``<name>.json`` and ``<name>.<table>.parquet``; the paths written."""
        written = []
        schema: dict[str, Any] = {}
        for key in sorted(self.tables):
            table = self.tables[key]
            path = folder / f"{self.name}.{key}.parquet"
            write_parquet(table.data, path)
            written.append(path)
            schema[key] = {
                column: [spec.label, spec.kind, spec.digits]
                for column, spec in table.columns.items()
            }
        document = {
            "name": self.name,
            "facts": {key: _fact_out(self.facts[key]) for key in sorted(self.facts)},
            "tables": schema,
            "gaps": [[gap.table, gap.why] for gap in self.gaps],
        }
        path = folder / f"{self.name}.json"
        write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return [*written, path]

    def digest(self) -> str:
        """Of what :meth:`save` would write."""
        found = hashlib.sha256()
        with tempfile.TemporaryDirectory(prefix="gsi-seccion-") as scratch:
            for path in self.save(Path(scratch)):
                found.update(path.name.encode() + path.read_bytes())
        return found.hexdigest()[:32]

    @classmethod
    def load(cls, folder: Path, name: str) -> Section:
        """Read back what :meth:`save` wrote; each table when it is first asked for."""
        document = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return cls(
            name,
            {key: Fact(*value) for key, value in document["facts"].items()},
            _Saved(folder / name, document["tables"]),
            [Gap(*gap) for gap in document["gaps"]],
        )


class _Saved(Mapping[str, Table]):
    """A section's tables on disk: who builds on a section needs few of them, often none."""

    def __init__(self, stem: Path, columns: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        self._stem = stem
        self._columns = columns
        self._read: dict[str, Table] = {}

    def __getitem__(self, key: str) -> Table:
        if key not in self._read:
            columns = {name: Column(*spec) for name, spec in self._columns[key].items()}
            data = read_parquet(self._stem.with_name(f"{self._stem.name}.{key}.parquet"))
            self._read[key] = Table(data, columns)
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return key in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _fact_out(fact: Fact) -> list[Any]:
    value = fact.value
    if fact.missing:
        value = None
    elif isinstance(value, dt.date):
        value = value.isoformat()
    elif hasattr(value, "item"):
        value = value.item()
    return [value, fact.kind, fact.digits]
