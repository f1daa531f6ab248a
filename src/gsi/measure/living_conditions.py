"""Living conditions index (ICV, 0-100) by non-linear principal components.

Every variable has ordered categories. One component is found by alternating least squares with
ordinal quantifications (PRINCALS): object scores x are the mean of the quantified variables
weighted by their loadings; each variable's categories are then re-quantified as the weighted
means of x, made non-decreasing by isotonic regression, and standardised. Category scores are never
invented: they come from the households of the baseline, are frozen, and follow-up households are
scored with them. Source: Gifi (1990), Nonlinear Multivariate Analysis, ch. 4; Young, Takane and de
Leeuw (1978), Psychometrika 43(2).

A missing category (a household with nobody of school age) is passive: it gets the variable's mean
quantification, 0, and so neither raises nor lowers the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
_NOTHING = 1e-9  # variance, of standardised variables, that is rounding


class NoCommonCondition(ValueError):
    """The variables do not go together: no component says more than one of them alone.

    Example:
        >>> issubclass(NoCommonCondition, ValueError)
        True
    """


@dataclass(frozen=True)
class Scores:
    """Frozen category scores in points.

    Attributes:
        points: of each variable, worst to best; 0 for the worst; the maxima add up to 100.
        neutral: what a missing category of a variable gets.
        loadings: correlation of each quantified variable with the component.
        explained: share of variance of the component, 0-1.
        households: those fitted; ``citation``: of a table given by someone else (see
            :func:`official`), which has neither loadings nor ``explained``.
    Source:
        Gifi (1990), ch. 4.
    Example:
        >>> print(Scores({"floor": (0.0, 60.0), "water": (0.0, 40.0)}, {}, {}, 0.8, 500))
        Scores of 2 variable(s) from 500 homes: floor 60.0, water 40.0 points at best
    """

    points: Mapping[str, tuple[float, ...]]
    neutral: Mapping[str, float]
    loadings: Mapping[str, float]
    explained: float | None
    households: int
    citation: str = ""

    def __str__(self) -> str:
        best = ", ".join(f"{name} {max(points):.1f}" for name, points in self.points.items())
        count = f"{len(self.points)} variable(s) from {self.households} homes"
        return f"Scores of {count}: {best} points at best"

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, to be kept with the baseline.

        Returns:
            The attributes by name.
        Source:
            The project's frozen baselines.
        Example:
            >>> kept = Scores({"floor": (0.0, 100.0)}, {"floor": 50.0}, {}, 1.0, 2)
            >>> Scores.from_dict(kept.as_dict()) == kept
            True
        """
        return {
            "points": {name: list(values) for name, values in self.points.items()},
            "neutral": dict(self.neutral),
            "loadings": dict(self.loadings),
            "explained": self.explained,
            "households": self.households,
            "citation": self.citation,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Scores:
        """What :meth:`as_dict` wrote.

        Parameters:
            document: the attributes by name; ``citation`` may be missing.
        Returns:
            The scores.
        Source:
            The project's frozen baselines.
        Example:
            >>> Scores.from_dict(Scores({"floor": (0.0, 100.0)}, {}, {}, None, 2).as_dict()).points
            {'floor': (0.0, 100.0)}
        """
        return cls(
            {name: tuple(values) for name, values in document["points"].items()},
            dict(document["neutral"]),
            dict(document["loadings"]),
            document["explained"],
            document["households"],
            document.get("citation", ""),
        )


def fit(
    categories: pd.DataFrame,
    sizes: Mapping[str, int],
    weight: ArrayLike,
    *,
    tolerance: float = 1e-9,
    iterations: int = 1000,
) -> Scores:
    """Category scores from baseline households.

    A category nobody was in takes the score of the nearest lower one (of the lowest seen, below
    it). A variable without variation scores 0 points.

    Parameters:
        categories: one column a variable, codes 0 (worst) .. size − 1 (best), missing allowed.
        sizes: how many categories each variable has, seen or not.
        weight: (n,) > 0, of the households.
        tolerance, iterations: where the alternation stops.
    Returns:
        The scores, to be frozen.
    Raises:
        NoCommonCondition: fewer than two variables vary, or no component explains more than one
            variable does (an eigenvalue of 1: they are opposed, or alone).
        ValueError: a weight that is not positive, a code outside its range, or explained variance
            that does not settle within ``iterations``.
    Source:
        Gifi (1990), ch. 4; Young, Takane and de Leeuw (1978), Psychometrika 43(2).
    Example:
        Two variables that always agree share the 100 points.

        >>> homes = pd.DataFrame({"floor": [0, 0, 1, 1], "water": [0, 0, 1, 1]})
        >>> found = fit(homes, {"floor": 2, "water": 2}, np.ones(4))
        >>> {name: tuple(round(p, 6) for p in points) for name, points in found.points.items()}
        {'floor': (0.0, 50.0), 'water': (0.0, 50.0)}
    """
    w = np.asarray(weight, dtype=np.float64)
    if len(w) == 0 or not (np.isfinite(w).all() and (w > 0).all()):
        raise ValueError("weights must be positive and finite, and there must be households")
    w = w / w.sum()
    variables = {name: _Variable(categories[name], size, w) for name, size in sizes.items()}
    active = [variable for variable in variables.values() if variable.seen > 1]
    if len(active) < 2:
        raise NoCommonCondition("at least two variables must vary among the households")
    # From all variables alike; where opposed ones cancel out, from each of them.
    for first in (None, *active):
        for variable in active:
            variable.restart(1.0 if first is None or variable is first else 0.0)
        explained = _alternate(active, w, tolerance, iterations)
        if explained * len(active) > 1 + np.sqrt(_NOTHING):
            return _frozen(variables, explained, len(w))
    raise NoCommonCondition("no component explains more than one variable alone")


def _alternate(
    active: Sequence[_Variable], weight: Array, tolerance: float, iterations: int
) -> float:
    """Fit the component in the variables; the share of variance it explains, 0 without one."""
    explained = 0.0
    for _ in range(iterations):
        x = _standardise(
            sum((v.loading * v.quantified for v in active), np.zeros(len(weight))), weight
        )
        if x is None:
            return 0.0
        for variable in active:
            variable.update(x)
        previous, explained = explained, sum(v.loading**2 for v in active) / len(active)
        if abs(explained - previous) < tolerance:
            return explained
    raise ValueError(f"the explained variance did not settle in {iterations} iterations")


def official(
    categories: pd.DataFrame,
    points: Mapping[str, Sequence[float]],
    weight: ArrayLike,
    citation: str,
) -> Scores:
    """Scores of a published table, as it gives them.

    A missing category gets the weighted mean points of the households of ``categories`` that have
    the variable, so that it moves nobody (0 where nobody has it).

    Parameters:
        categories: as in :func:`fit`; ``points``: of each variable's categories, worst first.
        weight: (n,) > 0; ``citation``: of the table.
    Returns:
        The scores, without loadings.
    Raises:
        ValueError: points that fall from a category to a better one or that are negative.
    Source:
        The table cited.
    Example:
        >>> homes = pd.DataFrame({"floor": [0, 1, 1, None]})
        >>> official(homes, {"floor": [0, 30]}, [1, 1, 1, 1], "Table 1").neutral
        {'floor': 20.0}
    """
    w = np.asarray(weight, dtype=np.float64)
    neutral = {}
    for name, values in points.items():
        table = np.asarray(values, dtype=np.float64)
        if not np.isfinite(table).all() or table.min() < 0 or (np.diff(table) < 0).any():
            raise ValueError(f"points of {name} must be non-negative and never fall")
        codes = _codes(categories[name], len(table))
        present = codes < len(table)
        mass = float(w[present].sum())
        neutral[name] = float((w[present] * table[codes[present]]).sum()) / mass if mass else 0.0
    return Scores(
        {name: tuple(float(value) for value in values) for name, values in points.items()},
        neutral, {}, None, len(w), citation,
    )  # fmt: skip


def score(categories: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """Points of each household and variable with frozen scores.

    Parameters:
        categories: codes as in :func:`fit`; ``scores``: frozen.
    Returns:
        Households × variables, points. Their row sum is the ICV: 0 with every variable at its
        worst category, 100 at its best.
    Raises:
        ValueError: a code outside its range.
    Source:
        Gifi (1990), ch. 4.
    Example:
        >>> frozen = Scores({"floor": (0.0, 60.0)}, {"floor": 25.0}, {}, None, 2)
        >>> score(pd.DataFrame({"floor": [1, None]}), frozen)["floor"].tolist()
        [60.0, 25.0]
    """
    columns = {}
    for name, points in scores.points.items():
        codes = _codes(categories[name], len(points))
        table = np.append(np.asarray(points, dtype=np.float64), scores.neutral[name])
        columns[name] = table[codes]
    return pd.DataFrame(columns, index=categories.index)


def banded(values: ArrayLike, cuts: Sequence[float], *, descending: bool = False) -> Array:
    """Ordered categories of a number: 0 below ``cuts[0]``, 1 from it on, …; missing stays.

    Parameters:
        values: (n,); ``cuts``: increasing, in their unit.
        descending: more is worse (children per household): the highest band becomes 0.
    Returns:
        (n,) codes as floats.
    Source:
        Categorisation before PRINCALS: Gifi (1990), ch. 4.
    Example:
        >>> banded([0, 1, 3, float("nan")], [1, 2]).tolist()
        [0.0, 1.0, 2.0, nan]
    """
    numbers = np.asarray(values, dtype=np.float64)
    codes = np.searchsorted(np.asarray(cuts, dtype=np.float64), numbers, side="right").astype(float)
    if descending:
        codes = len(cuts) - codes
    return np.where(np.isnan(numbers), np.nan, codes)


class _Variable:
    """A variable during the alternation: its codes, quantification and loading."""

    def __init__(self, values: pd.Series, size: int, weight: Array) -> None:
        self.codes = _codes(values, size)
        self.size = size
        self.weight = weight
        self.mass = np.bincount(self.codes, weight, minlength=size + 1)[:size]
        self.seen = int((self.mass > 0).sum())
        self.quantification = np.zeros(size)
        self.restart(1.0)

    def restart(self, loading: float) -> None:
        """Categories at equal steps, with a loading of one's own choice."""
        self.loading = loading
        if self.seen > 1:
            self._set(np.arange(self.size, dtype=np.float64))

    @property
    def quantified(self) -> Array:
        return np.append(self.quantification, 0.0)[self.codes]

    def update(self, x: Array) -> None:
        """Re-quantify from object scores ``x`` and recompute the loading."""
        from scipy.optimize import isotonic_regression

        present = self.mass > 0
        sums = np.bincount(self.codes, self.weight * x, minlength=self.size + 1)[: self.size]
        means = sums[present] / self.mass[present]
        ordered = np.zeros(self.size)
        ordered[present] = isotonic_regression(means, weights=self.mass[present]).x
        self._set(ordered)
        self.loading = float(np.sum(self.weight * x * self.quantified))

    def _set(self, values: Array) -> None:
        mean = float(np.sum(self.mass * values) / self.mass.sum())
        centred = np.where(self.mass > 0, values - mean, 0.0)
        # Over all households, a missing one counting as the mean: passive.
        deviation = float(np.sqrt(np.sum(self.mass * centred**2)))
        self.quantification = centred / deviation if deviation > 1e-12 else np.zeros(self.size)


def _frozen(variables: Mapping[str, _Variable], explained: float, households: int) -> Scores:
    lowest, values = {}, {}
    for name, variable in variables.items():
        seen = np.flatnonzero(variable.mass > 0)
        filled = variable.quantification.copy()
        for code in range(variable.size):
            lower = seen[seen <= code]
            if len(seen):
                filled[code] = variable.quantification[lower[-1] if len(lower) else seen[0]]
        # A variable that runs against the component flattens under isotonic regression; a
        # negative loading is then rounding.
        loading = max(variable.loading, 0.0) if variable.seen > 1 else 0.0
        values[name] = filled * loading
        lowest[name] = float(values[name].min())
    span = sum(float(v.max()) - lowest[name] for name, v in values.items())
    scale = 100 / span
    return Scores(
        {name: tuple(float(p) for p in (v - lowest[name]) * scale) for name, v in values.items()},
        {name: (0.0 - lowest[name]) * scale for name in values},
        {name: v.loading if v.seen > 1 else 0.0 for name, v in variables.items()},
        explained,
        households,
    )


def _codes(values: pd.Series, size: int) -> NDArray[np.int64]:
    """Integer codes; missing ones become ``size``."""
    numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
    known = numbers[~np.isnan(numbers)]
    if ((known < 0) | (known >= size) | (known != np.floor(known))).any():
        raise ValueError(f"category codes must be whole numbers from 0 to {size - 1}")
    return np.where(np.isnan(numbers), size, numbers).astype(np.int64)


def _standardise(x: Array, weight: Array) -> Array | None:
    """Mean 0 and variance 1; None where the scores do not vary: opposed variables cancel out."""
    centred = x - np.sum(weight * x)
    variance = float(np.sum(weight * centred**2))
    return centred / np.sqrt(variance) if variance > _NOTHING else None
