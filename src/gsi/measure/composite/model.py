"""The object every step of a composite index takes and returns, and its log.

Shape of the design after R's COINr (Becker et al., 2022, JOSS 7(78), 4567): one verb a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pandas as pd

P = ParamSpec("P")

#: Verbs by name, so that a log can be replayed. Filled by :func:`verb`.
VERBS: dict[str, Callable[..., Composite]] = {}


@dataclass(frozen=True)
class Step:
    """One verb applied: its name and the arguments that differ from nothing but the object."""

    verb: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Composite:
    """Territories × indicators on their way to an index.

    ``values``: float, one row a territory, one column an indicator; aggregates are added as
    further columns. ``meta``: one row a node of the tree (indicator or aggregate), index = its
    code, columns ``parent`` (code, '' at the root), ``weight`` (> 0, relative to its siblings) and
    ``direction`` (+1: more is better, −1: less is better). ``log``: the steps so far.
    """

    values: pd.DataFrame
    meta: pd.DataFrame
    log: tuple[Step, ...] = field(default=())

    def __post_init__(self) -> None:
        missing = {"parent", "weight", "direction"} - set(self.meta.columns)
        if missing:
            raise ValueError(f"meta lacks columns {sorted(missing)}")
        unknown = [c for c in self.values.columns if c not in self.meta.index]
        if unknown:
            raise ValueError(f"values has columns that meta does not describe: {unknown}")
        orphans = set(self.meta["parent"]) - set(self.meta.index) - {""}
        if orphans:
            raise ValueError(f"meta names parents that it does not describe: {sorted(orphans)}")
        if (self.meta["weight"] <= 0).any() or self.meta["weight"].isna().any():
            raise ValueError("weights must be positive")

    @property
    def indicators(self) -> list[str]:
        """Codes of the leaves, in the order of ``meta``."""
        parents = set(self.meta["parent"])
        return [code for code in self.meta.index if code not in parents]

    @property
    def root(self) -> str:
        """Code of the index itself."""
        roots = list(self.meta.index[self.meta["parent"] == ""])
        if len(roots) != 1:
            raise ValueError(f"a tree has one root, not {roots}")
        return str(roots[0])


def verb(
    function: Callable[Concatenate[Composite, P], Composite],
) -> Callable[Concatenate[Composite, P], Composite]:
    """Register a step and write it, with its arguments, into the log of what it returns."""
    name = function.__name__

    @wraps(function)
    def logged(composite: Composite, /, *args: P.args, **kwargs: P.kwargs) -> Composite:
        if args:
            raise TypeError(f"{name}() takes its arguments by name, so that the log can hold them")
        result = function(composite, *args, **kwargs)
        return replace(result, log=(*composite.log, Step(name, dict(kwargs))))

    VERBS[name] = logged
    return logged


def replay(composite: Composite, log: Sequence[Step]) -> Composite:
    """Apply a log to raw values: the same result as the chain that wrote it."""
    for step in log:
        composite = VERBS[step.verb](composite, **step.arguments)
    return composite
