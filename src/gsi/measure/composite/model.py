"""The object every step of a composite index takes and returns, and its log.

Shape of the design after R's COINr (Becker et al., 2022, JOSS 7(78), 4567): one verb a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pandas as pd

P = ParamSpec("P")


@dataclass(frozen=True)
class Step:
    """One verb applied.

    Attributes:
        verb: its name; ``arguments``: all but the object.
    Example:
        >>> Step("screen", {"minimum_share": 0.75}).verb
        'screen'
    """

    verb: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Composite:
    """Territories × indicators on their way to an index.

    Attributes:
        values: float, one row a territory, one column an indicator; aggregates are added as further
            columns.
        meta: one row a node of the tree (indicator or aggregate), index = its code, columns
            ``parent`` (code, '' at the root), ``weight`` (> 0, relative to its siblings) and
            ``direction`` (+1: more is better, −1: less is better).
        log: the steps so far.
    Source:
        Becker et al. (2022), JOSS 7(78), 4567 (COINr).
    Example:
        >>> meta = pd.DataFrame({"parent": ["", "index"], "weight": [1, 1], "direction": [1, 1]},
        ...                     index=["index", "water"])
        >>> print(Composite(pd.DataFrame({"water": [1.0, 2.0]}), meta))
        index: 2 territories, 1 indicator(s); no step yet
    """

    values: pd.DataFrame
    meta: pd.DataFrame
    log: tuple[Step, ...] = field(default=())

    def __str__(self) -> str:
        steps = " → ".join(step.verb for step in self.log) or "no step yet"
        size = f"{len(self.values)} territories, {len(self.indicators)} indicator(s)"
        return f"{self.root}: {size}; {steps}"

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
    """Write a step, with its arguments, into the log of what it returns.

    Parameters:
        function: Composite and named arguments → Composite.
    Returns:
        The step, which takes its arguments by name only.
    Raises:
        TypeError: at a call with arguments by position.
    Source:
        Becker et al. (2022), JOSS 7(78), 4567.
    Example:
        >>> meta = pd.DataFrame({"parent": ["", "index"], "weight": 1, "direction": 1},
        ...                     index=["index", "water"])
        >>> start = Composite(pd.DataFrame({"water": [1.0, 2.0]}), meta)
        >>> @verb
        ... def scale(composite: Composite, *, by: float) -> Composite:
        ...     return replace(composite, values=composite.values * by)
        >>> scale(start, by=2.0).log
        (Step(verb='scale', arguments={'by': 2.0}),)
    """
    name = function.__name__

    @wraps(function)
    def logged(composite: Composite, /, *args: P.args, **kwargs: P.kwargs) -> Composite:
        if args:
            raise TypeError(f"{name}() takes its arguments by name, so that the log can hold them")
        result = function(composite, *args, **kwargs)
        return replace(result, log=(*composite.log, Step(name, dict(kwargs))))

    return logged
