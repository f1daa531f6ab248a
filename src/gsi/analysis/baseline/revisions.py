"""A frozen baseline beside what the same figures are today: revisions, told apart from change.

When a source corrects its past, the baseline's figure moves although nothing happened in the
territory. A follow-up is therefore compared with the baseline's figure of the same vintage, and

    follow-up − frozen = (today's baseline − frozen: revision) + (follow-up − today's: change)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.analysis.frozen import Figure, Frozen
from gsi.analysis.results import (
    Column,
    Fact,
    Section,
    Table,
    count,
    flag,
    names,
    text,
    write_value,
    year,
)

# Two computations of one figure differ by rounding of the last bits, never by this much.
SAME = 1e-9
# Revisions that the report shows; the section keeps them all.
SHOWN = 8
RULES_DO_NOT_MATTER = ("seed", "years", "disclosure.threshold")


@dataclass(frozen=True)
class Revision:
    """A frozen figure that is another today; ``now`` is None when it can no longer be computed."""

    frozen: Figure
    now: Figure | None
    cause: str

    @property
    def difference(self) -> float:
        """Today's value minus the frozen one; NaN without today's."""
        return np.nan if self.now is None else self.now.value - self.frozen.value


def compare(frozen: Frozen, today: Frozen) -> list[Revision]:
    """Every frozen figure that has moved, the largest relative moves first."""
    changed = changed_files(frozen, today)
    found = []
    for key, before in frozen.figures.items():
        now = today.figures.get(key)
        if now is None or _moved(before, now):
            found.append(Revision(before, now, _cause(before, now, frozen, today, changed)))
    return sorted(found, key=lambda item: (-_size(item), item.frozen.key))


def changed_files(frozen: Frozen, today: Frozen) -> dict[str, list[str]]:
    """Source → its files whose content is not the frozen one (new, gone or altered)."""
    before, after = _files(frozen), _files(today)
    changed = {}
    for source in sorted({*before, *after}):
        old, new = before.get(source, {}), after.get(source, {})
        if set(old) != set(new):
            odd = {name for digest, name in new.items() if digest not in old}
            odd |= {name for digest, name in old.items() if digest not in new}
            changed[source] = sorted(odd)
    return changed


# The section ``frozen`` of a territory that froze nothing.
NONE = Section("frozen", {"exists": flag(False), "any": flag(False)})


def section(frozen: Frozen, today: Frozen) -> Section:
    """Section ``frozen``: whether the baseline stands, and every figure that was revised."""
    revised = compare(frozen, today)
    files = changed_files(frozen, today)
    titles = {item.source: item.title for item in (*frozen.origins, *today.origins)}
    facts: dict[str, Fact] = {
        "exists": flag(True),
        "year": year(frozen.year),
        "hash": text(frozen.sha256[:12]),
        "figures": count(len(frozen.figures)),
        "any": flag(bool(revised)),
        "revised": count(len(revised)),
        "shown": count(min(len(revised), SHOWN)),
        "lost": count(sum(item.now is None for item in revised)),
        "files_changed": flag(bool(files)),
        "sources": names([titles.get(source, source) for source in files]),
        "parameters": names(_parameters(frozen, today)),
        "replaced": flag(bool(frozen.replaces)),
        "reason": text(frozen.reason or None),
    }
    tables = {}
    if revised:
        # The territory's own figures before those of its municipalities.
        first = sorted(revised, key=lambda item: item.frozen.municipal)
        tables = {"revisions": _table(revised), "largest": _table(first[:SHOWN])}
    return Section("frozen", facts, tables)


def _table(revised: list[Revision]) -> Table:
    frame = pd.DataFrame(
        [
            {
                "key": item.frozen.key,
                "name": item.frozen.name,
                "year": item.frozen.year,
                "unit": item.frozen.unit,
                "frozen": item.frozen.value,
                "now": np.nan if item.now is None else item.now.value,
                "difference": item.difference,
                "cause": item.cause,
            }
            for item in revised
        ]
    )
    frame["frozen_text"] = [_written(value) for value in frame["frozen"]]
    frame["now_text"] = [_written(value) for value in frame["now"]]
    frame["difference_text"] = [
        ("+" if value > 0 else "") + _written(value) for value in frame["difference"]
    ]
    return Table(
        frame,
        {
            "name": Column("Cifra"),
            "year": Column("Año", "year"),
            "frozen_text": Column("Congelada"),
            "now_text": Column("Hoy"),
            "difference_text": Column("Revisión"),
            "cause": Column("Por qué"),
        },
    )


def _written(value: float) -> str:
    """Two decimals, or as many as a small difference needs to be seen."""
    if pd.isna(value):
        return "sin dato"
    digits = 2 if value == 0 or abs(value) >= 0.005 else 4
    return write_value(value, "decimal", digits)


def _files(frozen: Frozen) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for item in frozen.origins:
        found.setdefault(item.source, {})[item.sha256] = item.file
    return found


def _moved(before: Figure, now: Figure) -> bool:
    pairs = [(before.value, now.value), (before.low, now.low), (before.high, now.high)]
    if (before.year, before.series) != (now.year, now.series):
        return True
    return any(_differ(old, new) for old, new in pairs)


def _differ(old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return (old is None) != (new is None)
    return abs(old - new) > SAME * max(abs(old), abs(new), 1.0)


def _size(item: Revision) -> float:
    if item.now is None:
        return np.inf
    return abs(item.difference) / max(abs(item.frozen.value), 1e-12)


def _cause(
    before: Figure,
    now: Figure | None,
    frozen: Frozen,
    today: Frozen,
    changed: Mapping[str, list[str]],
) -> str:
    sources = {*before.sources, *(now.sources if now is not None else ())}
    files = sorted({name for source in sources for name in changed.get(source, [])})
    if files:
        shown = ", ".join(files[:3]) + (f" y {len(files) - 3} más" if len(files) > 3 else "")
        return f"La fuente cambió: {shown}."
    parameters = _parameters(frozen, today)
    if parameters:
        return f"Parámetros distintos: {', '.join(parameters[:3])}."
    if (frozen.version, frozen.code_hash) != (today.version, today.code_hash):
        return "El método de cálculo del cuaderno cambió."
    # A department's or the country's rows complete a figure; their files are the other ones.
    return "Cambió otra fuente de la que depende." if changed else "Causa no identificada."


def _parameters(frozen: Frozen, today: Frozen) -> list[str]:
    """Dotted names of the assumptions that are not the frozen ones."""
    before, after = dict(_flat(frozen.parameters)), dict(_flat(today.parameters))
    return sorted(
        name
        for name in {*before, *after}
        if before.get(name) != after.get(name) and not name.startswith(RULES_DO_NOT_MATTER)
    )


def _flat(tree: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in tree.items():
        path = f"{prefix}{key}"
        found += _flat(value, f"{path}.") if isinstance(value, Mapping) else [(path, value)]
    return found
