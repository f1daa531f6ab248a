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
    """Integer weights of the indicators and the poverty cut-off as a share of their total."""

    units: Mapping[str, int]
    cutoff: Fraction

    def __post_init__(self) -> None:
        if not self.units or min(self.units.values()) <= 0:
            raise ValueError("weights must be positive")
        if not 0 < self.cutoff <= 1:
            raise ValueError("the cut-off must lie in (0, 1]")

    @classmethod
    def of(cls, weights: Mapping[str, int | Fraction], cutoff: Fraction) -> Scheme:
        """Any exact weights (integers or fractions), brought to their smallest integers."""
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

    ``deprived`` n × indicators (bool), ``score`` n integers in 0..scheme.total, ``poor`` n bool,
    ``complete`` marks, of the rows given, the n that had every indicator.
    """

    scheme: Scheme
    deprived: Flags
    score: NDArray[np.int64]
    poor: Flags
    complete: Flags


def identify(deprivations: pd.DataFrame, scheme: Scheme) -> Identification:
    """Score rows of 0/1 deprivations (missing allowed) and find the poor, in integers.

    A row with any missing indicator is left out (complete cases), as the official measure does.
    Raises ``ValueError`` on a value other than 0, 1 or missing.
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
    """H, A and M0 of a domain as linearised ratios (their differences keep the covariance)."""
    censored = np.where(who.poor, who.score, 0) / who.scheme.total
    return {
        "H": survey.ratio(who.poor, None, design, domain),
        "A": survey.ratio(censored, who.poor, design, domain),
        "M0": survey.ratio(censored, None, design, domain),
    }


def measures(
    who: Identification, design: Design, domain: Flags | None = None, level: float = 0.95
) -> dict[str, Estimate]:
    """H, A and M0 (0-1) with standard errors and intervals of the survey design."""
    return {
        name: survey.interval(value, design, level, bounded=True)
        for name, value in ratios(who, design, domain).items()
    }


def indicators(
    who: Identification, design: Design, domain: Flags | None = None, level: float = 0.95
) -> pd.DataFrame:
    """One row an indicator: weight, raw and censored headcounts (0-1), errors, contribution.

    ``contribution`` adds to 1 over indicators; ``nan`` when nobody is poor.
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

    ``group`` holds the label of each complete row; rows with a missing label belong to none.
    One row a subgroup, sorted: rows, psus, population_share, and <measure>, <measure>_error,
    <measure>_low, <measure>_high. Σ population_share × M0 is the M0 of the labelled rows.
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


def sensitivity(
    deprivations: pd.DataFrame, scheme: Scheme, design: Design, cutoffs: list[Fraction]
) -> pd.DataFrame:
    """H, A and M0 under other cut-offs k: one row a cut-off (``k`` as a float)."""
    rows = []
    for cutoff in cutoffs:
        who = identify(deprivations, Scheme(scheme.units, cutoff))
        values = {name: value.value for name, value in ratios(who, design).items()}
        rows.append({"k": float(cutoff), **values})
    return pd.DataFrame(rows)


def normalised_gaps(achievements: pd.DataFrame, cutoffs: Mapping[str, float]) -> pd.DataFrame:
    """(z − y)/z where y < z, else 0: the gaps that M1 and M2 need; cut-offs must be positive."""
    limits = pd.Series(dict(cutoffs), dtype="float64")
    if not (limits > 0).all():
        raise ValueError("deprivation cut-offs must be positive")
    return (1 - achievements[limits.index] / limits).clip(lower=0)


def adjusted(gaps: pd.DataFrame, who: Identification, design: Design, alpha: float) -> float:
    """M_alpha: mean over everybody of the poor's weighted normalised gaps to the power alpha.

    ``alpha`` > 0 (1: adjusted poverty gap, 2: adjusted severity); M0 is in :func:`measures`.
    """
    shares = who.scheme.shares
    powered = gaps[list(shares)].to_numpy(dtype=np.float64) ** alpha
    personal = (powered @ np.array(list(shares.values()))) * who.poor
    return survey.ratio(personal, None, design).value
