"""Multidimensional poverty by the Alkire-Foster method.

A person's score is the weighted count of deprivations; poor is who reaches the cut-off k.
H = share of poor; A = mean score of the poor; M0 = H × A; censored headcount of an indicator =
share of people both poor and deprived in it; its contribution to M0 = weight × censored headcount
/ M0. Source: Alkire and Foster (2011), Journal of Public Economics 95(7-8); Alkire et al. (2015),
Multidimensional Poverty Measurement and Analysis, ch. 5 and 8.

Weights and cut-off are exact: shares become integer units, so that a score of 0.33 (.10 + .10 +
.05 + .04 + .04) is told from one third without floating point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gsi.measure import survey
from gsi.measure.survey import Design, Estimate

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
MEASURES = ("H", "A", "M0")


@dataclass(frozen=True)
class Scheme:
    """Integer weights of the indicators and the poverty cut-off.

    Attributes:
        units: indicator → whole weight > 0; ``cutoff``: share of their total, in (0, 1].
    Source:
        Alkire and Foster (2011), Journal of Public Economics 95(7-8).
    Example:
        >>> scheme = Scheme.of({"school": Fraction(1, 2), "water": Fraction(1, 4),
        ...                     "floor": Fraction(1, 4)}, Fraction(1, 3))
        >>> dict(scheme.units), scheme.total, scheme.least
        ({'school': 2, 'water': 1, 'floor': 1}, 4, 2)
    """

    units: Mapping[str, int]
    cutoff: Fraction

    def __post_init__(self) -> None:
        if not self.units or min(self.units.values()) <= 0:
            raise ValueError("weights must be positive")
        if not 0 < self.cutoff <= 1:
            raise ValueError("the cut-off must lie in (0, 1]")

    @classmethod
    def of(cls, weights: Mapping[str, int | Fraction], cutoff: Fraction) -> Scheme:
        """Any exact weights, brought to their smallest integers.

        Parameters:
            weights: indicator → integer or fraction; ``cutoff``: in (0, 1].
        Returns:
            The scheme.
        Source:
            Alkire et al. (2015), ch. 5.
        Example:
            >>> dict(Scheme.of({"a": 10, "b": 20}, Fraction(1, 3)).units)
            {'a': 1, 'b': 2}
        """
        exact = {name: Fraction(weight) for name, weight in weights.items()}
        scale = lcm(*(weight.denominator for weight in exact.values()))
        units = {name: int(weight * scale) for name, weight in exact.items()}
        divisor = gcd(*units.values())
        return cls({name: unit // max(divisor, 1) for name, unit in units.items()}, cutoff)

    @property
    def total(self) -> int:
        """Sum of the integer weights: the score of who is deprived in everything."""
        return sum(self.units.values())

    @property
    def least(self) -> int:
        """The lowest integer score of who is poor."""
        return -(-self.cutoff.numerator * self.total // self.cutoff.denominator)

    @property
    def shares(self) -> dict[str, float]:
        """Weights as shares of 1."""
        return {name: unit / self.total for name, unit in self.units.items()}


@dataclass(frozen=True)
class Identification:
    """Who is deprived, in what, and who is poor, for ``n`` complete rows.

    Attributes:
        scheme: weights and cut-off.
        deprived: (n, indicators) bool; ``score``: (n,) integers in 0..scheme.total.
        poor: (n,) bool; ``complete``: of the rows given, which had every indicator.
    Source:
        Alkire and Foster (2011).
    Example:
        >>> scheme = Scheme({"a": 1, "b": 2}, Fraction(1, 2))
        >>> print(identify(pd.DataFrame({"a": [1, 1, None], "b": [0, 1, 1]}), scheme))
        1 poor of 2 complete rows (1 left out), cut-off 1/2 of 2 indicators
    """

    scheme: Scheme
    deprived: Flags
    score: NDArray[np.int64]
    poor: Flags
    complete: Flags

    def __str__(self) -> str:
        return (
            f"{int(self.poor.sum())} poor of {len(self.poor)} complete rows "
            f"({int((~self.complete).sum())} left out), cut-off {self.scheme.cutoff} "
            f"of {len(self.scheme.units)} indicators"
        )


def identify(deprivations: pd.DataFrame, scheme: Scheme) -> Identification:
    """Score rows of deprivations and find the poor, in integers.

    A row with any missing indicator is left out (complete cases), as the official measure does.

    Parameters:
        deprivations: 0/1 columns of ``scheme`` (missing allowed); ``scheme``: weights and cut-off.
    Returns:
        Who is deprived and who is poor.
    Raises:
        ValueError: a value other than 0, 1 or missing.
    Source:
        Alkire and Foster (2011).
    Example:
        >>> scheme = Scheme({"a": 1, "b": 2}, Fraction(1, 2))
        >>> identify(pd.DataFrame({"a": [1, 0], "b": [0, 1]}), scheme).poor.tolist()
        [False, True]
    """
    values = deprivations[list(scheme.units)].to_numpy(dtype=np.float64, na_value=np.nan)
    complete = ~np.isnan(values).any(axis=1)
    values = values[complete]
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError("deprivations must be 0, 1 or missing")
    deprived = values.astype(bool)
    score = deprived.astype(np.int64) @ np.array(list(scheme.units.values()), dtype=np.int64)
    poor = score >= scheme.least
    return Identification(scheme, deprived, score, poor, complete)


def ratios(
    who: Identification, design: Design, domain: Flags | None = None
) -> dict[str, survey.Ratio]:
    """H, A and M0 of a domain as linearised ratios (their differences keep the covariance).

    Parameters:
        who: of :func:`identify`; ``design``: of its complete rows; ``domain``: (n,) bool.
    Returns:
        Measure → ratio, 0-1.
    Source:
        Alkire et al. (2015), ch. 8.
    Example:
        >>> scheme = Scheme({"a": 1, "b": 1}, Fraction(1, 2))
        >>> who = identify(pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 0, 0, 0]}), scheme)
        >>> {name: found.value for name, found in ratios(who, Design.of([1] * 4)).items()}
        {'H': 0.5, 'A': 0.75, 'M0': 0.375}
    """
    censored = np.where(who.poor, who.score, 0) / who.scheme.total
    return {
        "H": survey.ratio(who.poor, None, design, domain),
        "A": survey.ratio(censored, who.poor, design, domain),
        "M0": survey.ratio(censored, None, design, domain),
    }


def measures(
    who: Identification, design: Design, domain: Flags | None = None, level: float = 0.95
) -> dict[str, Estimate]:
    """H, A and M0 with standard errors and intervals of the survey design.

    Parameters:
        who, design, domain: as in :func:`ratios`; ``level``: in (0, 1).
    Returns:
        Measure → estimate, 0-1.
    Source:
        Alkire et al. (2015), ch. 8.
    Example:
        >>> scheme = Scheme({"a": 1}, Fraction(1))
        >>> who = identify(pd.DataFrame({"a": [1, 0, 1, 1]}), scheme)
        >>> measures(who, Design.of([1] * 4))["H"].value
        0.75
    """
    return {
        name: survey.interval(value, design, level, bounded=True)
        for name, value in ratios(who, design, domain).items()
    }


def indicators(
    who: Identification, design: Design, domain: Flags | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Headcounts of each indicator and what it contributes to M0.

    Parameters:
        who, design, domain: as in :func:`ratios`; ``level``: in (0, 1).
    Returns:
        One row an indicator: indicator, weight (share of 1), headcount (deprived) and censored
        (deprived and poor) with errors and limits, contribution; all 0-1.
        Contributions add up to 1.
    Source:
        Alkire et al. (2015), ch. 5.
    Example:
        >>> scheme = Scheme({"a": 1, "b": 1}, Fraction(1, 2))
        >>> who = identify(pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 0, 0, 0]}), scheme)
        >>> indicators(who, Design.of([1] * 4))["contribution"].round(3).tolist()
        [0.667, 0.333]
    """
    m0 = ratios(who, design, domain)["M0"].value
    rows = []
    for column, (name, share) in enumerate(who.scheme.shares.items()):
        deprived = who.deprived[:, column]
        raw = survey.interval(
            survey.ratio(deprived, None, design, domain), design, level, bounded=True
        )
        censored = survey.interval(
            survey.ratio(deprived & who.poor, None, design, domain), design, level, bounded=True
        )
        rows.append(
            {
                "indicator": name,
                "weight": share,
                "headcount": raw.value,
                "headcount_error": raw.error,
                "censored": censored.value,
                "censored_error": censored.error,
                "censored_low": censored.low,
                "censored_high": censored.high,
                "contribution": share * censored.value / m0 if m0 > 0 else np.nan,
            }
        )
    return pd.DataFrame(rows)


def subgroups(
    who: Identification, design: Design, group: pd.Series, level: float = 0.95
) -> pd.DataFrame:
    """H, A and M0 by subgroup with errors, population share and contribution to M0.

    Parameters:
        who, design: as in :func:`ratios`; ``level``: in (0, 1).
        group: label of each complete row; rows with a missing label belong to none.
    Returns:
        One row a subgroup, sorted: rows, psus, population_share, and <measure>, <measure>_error,
        <measure>_low, <measure>_high. Σ population_share × M0 is the M0 of the labelled rows.
    Source:
        Subgroup decomposition: Alkire and Foster (2011), § 4.
    Example:
        >>> scheme = Scheme({"a": 1}, Fraction(1))
        >>> who = identify(pd.DataFrame({"a": [1, 0, 1, 1]}), scheme)
        >>> found = subgroups(who, Design.of([1] * 4), pd.Series(["n", "n", "s", "s"]))
        >>> found[["group", "M0", "contribution"]].round(3).values.tolist()
        [['n', 0.5, 0.333], ['s', 1.0, 0.667]]
    """
    labels = group.reset_index(drop=True)
    labelled = labels.notna().to_numpy()
    weight = design.weight
    everyone = weight[labelled].sum()
    m0 = survey.ratio(
        np.where(who.poor, who.score, 0) / who.scheme.total, None, design, labelled
    ).value
    rows = []
    for label in sorted(labels[labelled].unique()):
        domain = (labels == label).to_numpy(dtype=bool, na_value=False)
        share = float(weight[domain].sum() / everyone)
        row: dict[str, object] = {"group": label, "population_share": share}
        for name, estimate in measures(who, design, domain, level).items():
            row |= {
                "rows": estimate.rows,
                "psus": estimate.psus,
                name: estimate.value,
                f"{name}_error": estimate.error,
                f"{name}_low": estimate.low,
                f"{name}_high": estimate.high,
            }
        row["contribution"] = share * float(row["M0"]) / m0 if m0 > 0 else np.nan  # type: ignore[arg-type]
        rows.append(row)
    return pd.DataFrame(rows)
