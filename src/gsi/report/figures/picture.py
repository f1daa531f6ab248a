"""What a drawing gives: the picture, and the facts of what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from gsi.analysis.context import Context
from gsi.analysis.results import Fact, Section, flag, text
from gsi.ground import frames
from gsi.ground.locale import enumeration, number, within
from gsi.report.figures.style import png
from gsi.report.templates import Facts

# Of those that share a value, how many are named.
MOST_NAMED = 3


class Picture(NamedTuple):
    """A figure, or its PNG where a department's territories share it, and what its title and its
    alternative text say of it that its section does not: worked out from the rows drawn.

    A list in ``facts`` has the facts of each thing drawn: a bar, a row, a point with its name.
    """

    figure: Figure | bytes
    facts: Facts = MappingProxyType({})

    @property
    def png(self) -> bytes:
        return self.figure if isinstance(self.figure, bytes) else png(self.figure)


# None where the section has nothing to draw for this territory.
Draw = Callable[[Section, Context], Picture | None]


def ends(values: pd.Series, called: pd.Series, kind: Callable[[float], Fact]) -> dict[str, Fact]:
    """The ``lowest`` and the ``highest`` of one value or more, none missing, and who has them
    (``lowest_names``, ``highest_names``); ``differ``: whether they are two."""
    low, high = float(values.min()), float(values.max())
    return {
        "lowest": kind(low),
        "lowest_names": text(_some(called[values == low])),
        "highest": kind(high),
        "highest_names": text(_some(called[values == high])),
        "differ": flag(low < high),
    }


def _some(called: pd.Series) -> str:
    every = [str(name) for name in frames.values(called)]
    shown, rest = every[:MOST_NAMED], len(every) - MOST_NAMED
    return enumeration([*shown, f"{number(rest)} más"] if rest > 0 else shown)


def in_a_row(labels: Iterable[str]) -> list[str]:
    """Labels as they stand one after the other in a sentence: ``Salud``, ``educación inicial``."""
    return [within(label) if number else label for number, label in enumerate(labels)]
