"""Design-based estimation of ratios: weights, strata and primary sampling units (PSU).

Variance by Taylor linearisation with ultimate clusters: a ratio R = Σwy/Σwx has influence
z_i = w_i (y_i − R x_i) / Σwx, summed within PSUs, and

    V(R) = Σ_h n_h/(n_h − 1) Σ_c (z_hc − z̄_h)²

Source: Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, § 5.5-5.7; Binder
(1983), International Statistical Review 51. A domain keeps the whole design: PSUs outside it count
in n_h with a total of 0. A stratum with one PSU is centred on the grand mean, which is 0 for a
linearised ratio (the rule 'adjust' of R's survey package), so it adds and never hides variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
# A share that is 1 comes out of sums as 1 give or take the last bits.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Design:
    """Sampling design of ``n`` rows: weight, PSU code of each row, stratum code of each PSU."""

    weight: Array
    psu: Codes
    stratum_of_psu: Codes
    psus_in_stratum: Codes

    @classmethod
    def of(
        cls,
        weight: ArrayLike,
        *,
        stratum: ArrayLike | pd.Series | None = None,
        psu: ArrayLike | pd.Series | None = None,
    ) -> Design:
        """A design from labels; without ``psu`` every row is its own, without ``stratum`` one.

        PSU labels may repeat from one stratum to another (they are nested). Missing labels form
        one class of their own. Raises ``ValueError`` on a weight that is not positive and finite.
        """
        w = np.asarray(weight, dtype=np.float64)
        if not (np.isfinite(w).all() and (w > 0).all()):
            raise ValueError("weights must be positive and finite")
        n = len(w)
        strata = np.zeros(n, dtype=np.int64) if stratum is None else _codes(stratum)
        if psu is None:
            nested: Codes = np.arange(n, dtype=np.int64)
        else:
            units = _codes(psu)
            nested = _codes(strata * (int(units.max(initial=0)) + 1) + units)
        size = int(nested.max(initial=-1)) + 1
        stratum_of_psu = np.zeros(size, dtype=np.int64)
        stratum_of_psu[nested] = strata
        return cls(w, nested, stratum_of_psu, np.bincount(stratum_of_psu).astype(np.int64))


@dataclass(frozen=True)
class Ratio:
    """An estimated ratio with its influence: ``psu`` codes present and their totals ``z``."""

    value: float
    psu: Codes
    influence: Array
    rows: int

    def minus(self, other: Ratio) -> Ratio:
        """``self − other`` within the same design: shared PSUs bring their covariance."""
        psu, inverse = np.unique(np.concatenate([self.psu, other.psu]), return_inverse=True)
        influence = _totals(inverse, np.concatenate([self.influence, -other.influence]))
        return Ratio(self.value - other.value, psu, influence, self.rows + other.rows)


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error and t interval; ``nan`` where the design gives none."""

    value: float
    error: float
    low: float
    high: float
    df: int
    rows: int
    psus: int


def ratio(
    numerator: ArrayLike,
    denominator: ArrayLike | None,
    design: Design,
    domain: NDArray[np.bool_] | None = None,
) -> Ratio:
    """Σwy/Σwx over the rows of ``domain`` (all by default); ``denominator`` None is 1 (a mean).

    The value is ``nan`` when the weighted denominator is 0.
    """
    rows = np.arange(len(design.weight)) if domain is None else np.flatnonzero(domain)
    y = np.asarray(numerator, dtype=np.float64)[rows]
    x = 1.0 if denominator is None else np.asarray(denominator, dtype=np.float64)[rows]
    w = design.weight[rows]
    base = float(np.sum(w * x))
    psu, inverse = np.unique(design.psu[rows], return_inverse=True)
    if base == 0:
        return Ratio(float("nan"), psu, np.full(len(psu), np.nan), len(rows))
    value = float(np.sum(w * y)) / base
    return Ratio(value, psu, _totals(inverse, w * (y - value * x) / base), len(rows))


def standard_error(estimate: Ratio, design: Design) -> float:
    """Linearised standard error; ``nan`` with fewer than two PSUs in the domain."""
    if len(estimate.psu) < 2:
        return float("nan")
    stratum = design.stratum_of_psu[estimate.psu]
    present, inverse = np.unique(stratum, return_inverse=True)
    return error_of(
        _totals(inverse, estimate.influence),
        _totals(inverse, estimate.influence**2),
        design.psus_in_stratum[present],
    )


def error_of(totals: ArrayLike, squares: ArrayLike, psus: ArrayLike) -> float:
    """Standard error from each stratum's Σz, Σz² and number of PSUs in the whole design."""
    total, square = np.asarray(totals, np.float64), np.asarray(squares, np.float64)
    n = np.asarray(psus, dtype=np.float64)
    single = n == 1
    within = np.maximum(square - total**2 / n, 0.0) * n / np.where(single, 1.0, n - 1)
    return float(np.sqrt(np.sum(np.where(single, square, within))))


def interval(
    estimate: Ratio, design: Design, level: float = 0.95, *, bounded: bool = False
) -> Estimate:
    """Estimate with a t interval on (PSUs − strata of the domain) degrees of freedom.

    ``bounded`` values (shares in 0-1) get the interval on the logit scale, so that it stays
    within 0-1 (Korn and Graubard, 1998); at exactly 0 or 1 it has no interval.
    """
    error = standard_error(estimate, design)
    strata = len(np.unique(design.stratum_of_psu[estimate.psu]))
    low, high, df = limits(estimate.value, error, len(estimate.psu), strata, level, bounded=bounded)
    return Estimate(estimate.value, error, low, high, df, estimate.rows, len(estimate.psu))


def limits(
    value: float, error: float, psus: int, strata: int, level: float, *, bounded: bool
) -> tuple[float, float, int]:
    """Lower and upper t limits and their degrees of freedom, as :func:`interval` gives them."""
    from scipy.stats import t

    df = max(psus - strata, 1)
    half = float(t.ppf(0.5 + level / 2, df)) * error
    if not bounded:
        return value - half, value + half, df
    if not ROUNDING < value < 1 - ROUNDING:
        return float("nan"), float("nan"), df
    centre, spread = np.log(value / (1 - value)), half / (value * (1 - value))
    low = float(1 / (1 + np.exp(spread - centre)))
    return low, float(1 / (1 + np.exp(-spread - centre))), df


def p_value(estimate: Estimate) -> float:
    """Two-sided p value that the estimated quantity is 0, by its t statistic."""
    from scipy.stats import t

    if not estimate.error > 0:
        return float("nan")
    return float(2 * t.sf(abs(estimate.value) / estimate.error, estimate.df))


def _codes(labels: Any) -> Codes:
    # factorize sends missing labels to -1; +1 gives them a class of their own.
    codes, _ = pd.factorize(np.asarray(labels), sort=True)
    return np.asarray(codes, dtype=np.int64) - int(min(codes.min(initial=0), 0))


def _totals(codes: Codes, values: Array) -> Array:
    return np.bincount(codes, weights=values).astype(np.float64)
