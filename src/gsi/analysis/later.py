"""What a territory reported after the asked years: it is there, and an option reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gsi.contract import tables
from gsi.ground import frames
from gsi.inputs.records import span

if TYPE_CHECKING:
    from gsi.inputs.data import Data


def after(data: Data, follow_up: int) -> dict[str, list[int]]:
    """Table → the years after ``follow_up`` that the territory has rows of; those with any."""
    found: dict[str, list[int]] = {}
    for name, column in tables.DATED.items():
        rows = data.versions() if name == "plan_accion" else data.own(name)
        if rows.empty:
            continue
        later = [year for year in frames.years(rows[column]) if year > follow_up]
        if later:
            found[name] = later
    return found


def named(found: Mapping[str, Sequence[int]]) -> list[str]:
    """``Avances (2025)``, a text a table."""
    return [f"{tables.schema(name).title} ({span(years)})" for name, years in found.items()]


def last(found: Mapping[str, Sequence[int]]) -> int:
    """The last of those years."""
    return max(max(years) for years in found.values())


def option(found: Mapping[str, Sequence[int]]) -> str:
    """The option that reads all of it."""
    return f"--follow-up {last(found)}"
