"""Subgroup decomposition: the tables of the adjusted headcount from sums of each subgroup.

Alkire and Foster (2011), Journal of Public Economics 95(7-8), § 4. Sums add up, so that people may
be passed in parts, or in another program: only the sums of weights come here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gsi.measure import survey
from gsi.measure.poverty import MEASURES, Scheme

Array = NDArray[np.float64]


WHOLE = ""


@dataclass(frozen=True)
class Breakdown:
    """Figures of everybody (``group`` and ``value`` empty) and of each value of each group.

    Attributes:
        measures: group, value, rows, poor_rows, psus, population_share, H, A, M0 (0-1) with _error,
            _low and _high, contribution (0-1, of the group to M0).
        indicators: group, value, indicator, rows and poor_rows (people deprived, and poor and
            deprived, not weighted), headcount, censored (0-1), contribution (0-1, of the indicator
            to the group's M0).
        incomplete: people left out because an indicator was missing.
    Source:
        Alkire and Foster (2011), Journal of Public Economics 95(7-8).
    Example:
        >>> from fractions import Fraction
        >>> from gsi.measure.breakdown import breakdown
        >>> rows = pd.DataFrame({"water": [1, 0, 1, 1]})
        >>> print(breakdown(rows, Scheme({"water": 1}, Fraction(1)), [1] * 4, rows[[]]))
        H 0.750, A 1.000, M0 0.750 of 4 rows (0 left out), 0 subgroup(s)
    """

    measures: pd.DataFrame
    indicators: pd.DataFrame
    incomplete: int

    def __str__(self) -> str:
        whole = self.measures.iloc[0]
        told = ", ".join(f"{name} {whole[name]:.3f}" for name in MEASURES)
        return (
            f"{told} of {whole['rows']} rows ({self.incomplete} left out), "
            f"{len(self.measures) - 1} subgroup(s)"
        )


@dataclass(frozen=True)
class Sums:
    """Sums of one domain: of every indicator, and by stratum of its PSUs, for three ratios.

    Attributes:
        group, value: of the domain; ``rows``, ``poor_rows``, ``psus``: how many.
        weight, poor, score: weighted counts (``score`` in shares of 1).
        headcounts: by indicator, weighted people deprived, poor and deprived, and the same two not
            weighted.
        totals, squares, fourths: measure → Σz, Σz² and Σz⁴ of each stratum present.
        psus_in_stratum: PSUs of those strata in the whole design.
    Source:
        Särndal, Swensson and Wretman (1992), § 5.7.
    Example:
        >>> [field for field in Sums.__dataclass_fields__][:3]
        ['group', 'value', 'rows']
    """

    group: str
    value: Any
    rows: int
    poor_rows: int
    psus: int
    weight: float
    poor: float
    score: float
    headcounts: Sequence[Array]
    totals: Mapping[str, Array]
    squares: Mapping[str, Array]
    fourths: Mapping[str, Array]
    psus_in_stratum: Array


def assembled(found: Sequence[Sums], scheme: Scheme, level: float, incomplete: int) -> Breakdown:
    """The tables of figures from the sums of the whole (first) and of every subgroup.

    Parameters:
        found: sums, the whole first; ``scheme``: weights and cut-off; ``level``: in (0, 1).
        incomplete: people left out.
    Returns:
        The figures.
    Source:
        Alkire and Foster (2011), § 4.
    Example:
        >>> from fractions import Fraction
        >>> one = np.array([1.0])
        >>> whole = Sums("", "", 2, 1, 2, 2.0, 1.0, 1.0, [one] * 4, dict.fromkeys(MEASURES, one),
        ...              *[dict.fromkeys(MEASURES, one)] * 2, np.array([2.0]))
        >>> assembled([whole], Scheme({"water": 1}, Fraction(1)), 0.95, 0).measures["H"].tolist()
        [0.5]
    """
    whole = found[0]
    labelled: dict[str, tuple[float, float]] = {}
    for part in found:
        weight, score = labelled.get(part.group, (0.0, 0.0))
        labelled[part.group] = (weight + part.weight, score + part.score)
    measures, indicators = [], []
    shares = scheme.shares
    for part in found:
        weight, score = labelled[part.group] if part is not whole else (whole.weight, whole.score)
        row: dict[str, Any] = {"group": part.group, "value": part.value, "rows": part.rows}
        row |= {"poor_rows": part.poor_rows}
        row |= {"psus": part.psus, "population_share": _share(part.weight, weight)}
        values = {
            "H": _share(part.poor, part.weight),
            "A": _share(part.score, part.poor),
            "M0": _share(part.score, part.weight),
        }
        strata = len(part.psus_in_stratum)
        for name in MEASURES:
            error = (
                survey.error_of(part.totals[name], part.squares[name], part.psus_in_stratum)
                if part.psus > 1
                else float("nan")
            )
            df = survey.freedom(
                max(part.psus - strata, 1), float(part.squares[name].sum()),
                float(part.fourths[name].sum()), float(part.psus_in_stratum.sum()),
            )  # fmt: skip
            low, high = survey.limits(values[name], error, df, level, bounded=True)
            row |= {name: values[name], f"{name}_error": error}
            row |= {f"{name}_low": low, f"{name}_high": high}
        measures.append(row | {"contribution": _share(part.score, score)})
        raw, some, raw_rows, poor_rows = part.headcounts
        for place, (name, share) in enumerate(shares.items()):
            censored = _share(some[place], part.weight)
            indicators.append(
                {
                    "group": part.group,
                    "value": part.value,
                    "indicator": name,
                    "rows": int(raw_rows[place]),
                    "poor_rows": int(poor_rows[place]),
                    "headcount": _share(raw[place], part.weight),
                    "censored": censored,
                    "contribution": _share(share * censored, values["M0"]),
                }
            )
    return Breakdown(pd.DataFrame(measures), pd.DataFrame(indicators), incomplete)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
