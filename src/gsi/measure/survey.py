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
    """Sampling design of ``n`` rows and ``m`` primary sampling units (PSU).

    Attributes:
        weight: (n,) people or homes that a row stands for, > 0.
        psu: (n,) code of each row's PSU.
        stratum_of_psu: (m,) code of each PSU's stratum.
        psus_in_stratum: PSUs of each stratum.
    Source:
        Särndal, Swensson and Wretman (1992), ch. 4.
    Example:
        >>> print(Design.of([1, 1, 2], stratum=["a", "a", "b"], psu=[1, 2, 1]))
        Design of 3 rows: 3 PSU(s) in 2 stratum/strata
    """

    weight: Array
    psu: Codes
    stratum_of_psu: Codes
    psus_in_stratum: Codes

    def __str__(self) -> str:
        return (
            f"Design of {len(self.weight)} rows: {len(self.stratum_of_psu)} PSU(s) "
            f"in {len(self.psus_in_stratum)} stratum/strata"
        )

    @classmethod
    def of(
        cls,
        weight: ArrayLike,
        *,
        stratum: ArrayLike | pd.Series | None = None,
        psu: ArrayLike | pd.Series | None = None,
    ) -> Design:
        """A design from labels; without ``psu`` every row is its own, without ``stratum`` one.

        Parameters:
            weight: (n,) > 0.
            stratum, psu: (n,) labels. PSU labels may repeat from one stratum to another (they are
                nested); missing labels form one class of their own.
        Returns:
            The design, with codes in place of labels.
        Raises:
            ValueError: a weight that is not positive and finite.
        Source:
            Särndal, Swensson and Wretman (1992), § 4.3.
        Example:
            >>> Design.of([1, 1, 1], stratum=["a", "b", "b"], psu=[1, 1, 1]).psu.tolist()
            [0, 1, 1]
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
    """An estimated ratio with its influence.

    Attributes:
        value: Σwy/Σwx.
        psu: codes of the PSUs present.
        influence: their totals of the linearised variable z.
        rows: those of the domain.
    Source:
        Binder (1983), International Statistical Review 51.
    Example:
        >>> print(ratio([1, 0, 1, 0], None, Design.of([1, 1, 1, 1])))
        Ratio 0.5 of 4 rows in 4 PSU(s)
    """

    value: float
    psu: Codes
    influence: Array
    rows: int

    def __str__(self) -> str:
        return f"Ratio {self.value:g} of {self.rows} rows in {len(self.psu)} PSU(s)"

    def minus(self, other: Ratio) -> Ratio:
        """``self − other`` within the same design: shared PSUs bring their covariance.

        Parameters:
            other: a ratio of the same design.
        Returns:
            The difference as a ratio.
        Source:
            Binder (1983): influences add up.
        Example:
            A figure less itself has no error.

            >>> design = Design.of([1, 1, 1])
            >>> mean = ratio([1, 2, 6], None, design)
            >>> standard_error(mean.minus(mean), design)
            0.0
        """
        psu, inverse = np.unique(np.concatenate([self.psu, other.psu]), return_inverse=True)
        influence = _totals(inverse, np.concatenate([self.influence, -other.influence]))
        return Ratio(self.value - other.value, psu, influence, self.rows + other.rows)


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error and t interval; NaN where the design gives none.

    Attributes:
        value, error, low, high: in the unit of the ratio.
        df: degrees of freedom of the t interval.
        rows, psus: of the domain.
    Source:
        Korn and Graubard (1998), Survey Methodology 24(2).
    Example:
        >>> print(Estimate(0.5, 0.1, 0.3, 0.7, 9, 40, 10))
        0.5 ± 0.1 (0.3 to 0.7; 9 df, 40 rows, 10 PSU)
    """

    value: float
    error: float
    low: float
    high: float
    df: float
    rows: int
    psus: int

    def __str__(self) -> str:
        return (
            f"{self.value:g} ± {self.error:g} ({self.low:g} to {self.high:g}; "
            f"{self.df:g} df, {self.rows} rows, {self.psus} PSU)"
        )


def ratio(
    numerator: ArrayLike,
    denominator: ArrayLike | None,
    design: Design,
    domain: NDArray[np.bool_] | None = None,
) -> Ratio:
    """Σwy/Σwx over the rows of a domain.

    Parameters:
        numerator: y, (n,); ``denominator``: x, (n,), or None for 1 (a mean).
        design: of the whole sample; ``domain``: (n,) bool, all rows by default.
    Returns:
        The ratio and its influences; NaN when the weighted denominator is 0.
    Source:
        Särndal, Swensson and Wretman (1992), § 5.6.
    Example:
        >>> ratio([1, 0], None, Design.of([3, 1])).value
        0.75
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
    """Linearised standard error of a ratio.

    Parameters:
        estimate: of :func:`ratio`; ``design``: the same.
    Returns:
        In the unit of the ratio; NaN with fewer than two PSUs in the domain.
    Source:
        The module's formula.
    Example:
        A mean of n rows alike in weight has the error s/√n.

        >>> design = Design.of([1, 1, 1, 1])
        >>> round(standard_error(ratio([1, 2, 3, 4], None, design), design), 4)
        0.6455
    """
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
    """Standard error from sums by stratum.

    Parameters:
        totals, squares: Σz and Σz² of each stratum; ``psus``: its PSUs in the whole design.
    Returns:
        √Σ n/(n − 1) (Σz² − (Σz)²/n); a stratum of one PSU is centred on 0.
    Source:
        The module's formula.
    Example:
        >>> round(error_of([0.0], [0.3125], [4]), 4)
        0.6455
    """
    total, square = np.asarray(totals, np.float64), np.asarray(squares, np.float64)
    n = np.asarray(psus, dtype=np.float64)
    single = n == 1
    within = np.maximum(square - total**2 / n, 0.0) * n / np.where(single, 1.0, n - 1)
    return float(np.sqrt(np.sum(np.where(single, square, within))))


def interval(
    estimate: Ratio, design: Design, level: float = 0.95, *, bounded: bool = False
) -> Estimate:
    """An estimate with a t interval on (PSUs − strata of the domain) degrees of freedom; a share's,
    on those that its clusters with cases tell (:func:`freedom`).

    ``bounded`` values (shares in 0-1) get the interval on the logit scale, so that it stays within
    0-1; at exactly 0 or 1 it has no interval.

    Parameters:
        estimate: of :func:`ratio`; ``design``: the same; ``level``: in (0, 1).
        bounded: a share, in 0-1.
    Returns:
        Value, error, limits, degrees of freedom and sizes.
    Source:
        Korn and Graubard (1998), Survey Methodology 24(2).
    Example:
        >>> design = Design.of([1, 1, 1, 1])
        >>> found = interval(ratio([1, 2, 3, 4], None, design), design)
        >>> round(found.low, 3), round(found.high, 3)
        (0.446, 4.554)
    """
    error = standard_error(estimate, design)
    present = np.unique(design.stratum_of_psu[estimate.psu])
    df = float(max(len(estimate.psu) - len(present), 1))
    if bounded:
        z, psus = estimate.influence, float(design.psus_in_stratum[present].sum())
        df = freedom(df, float((z**2).sum()), float((z**4).sum()), psus)
    low, high = limits(estimate.value, error, df, level, bounded=bounded)
    return Estimate(estimate.value, error, low, high, df, estimate.rows, len(estimate.psu))


def freedom(most: float, squares: float, fourths: float, psus: float) -> float:
    """Degrees of freedom of a linearised variance, as many as its influences tell.

    Few cases in few clusters make a few large influences: the variance is then known by those and
    not by all the clusters that have none. Satterthwaite's rule for a mean of squares with their
    kurtosis k: 2 C/(k − 1).

    Parameters:
        most: PSUs − strata; ``squares``, ``fourths``: Σz² and Σz⁴ of the PSUs' influences.
        psus: C, PSUs of the strata in the whole design.
    Returns:
        From 1 to ``most``; ``most`` where there is no variance.
    Source:
        Satterthwaite (1946), Biometrics Bulletin 2(6); Cochran (1977), Sampling Techniques, § 5.4.
    Example:
        Ten equal influences tell all; one of ten that has them all, next to nothing.

        >>> freedom(9, 10, 10, 10), round(freedom(9, 1, 1, 10), 2)
        (9.0, 2.22)
    """
    if not squares > 0:
        return float(most)
    excess = psus * fourths / squares**2 - 1
    return float(min(most, max(2 * psus / excess, 1.0))) if excess > 0 else float(most)


def limits(
    value: float, error: float, df: float, level: float, *, bounded: bool
) -> tuple[float, float]:
    """Lower and upper t limits, as :func:`interval` gives them.

    Parameters:
        value, error: of the estimate; ``df``: its degrees of freedom.
        level: in (0, 1); ``bounded``: a share in 0-1.
    Returns:
        ``low`` and ``high``; NaN of a share that is 0 or 1.
    Source:
        Korn and Graubard (1998), Survey Methodology 24(2).
    Example:
        >>> low, high = limits(0.5, 0.1, 10, 0.95, bounded=True)
        >>> round(low, 3), round(high, 3)
        (0.291, 0.709)
    """
    from scipy.stats import t

    half = float(t.ppf(0.5 + level / 2, df)) * error
    if not bounded:
        return value - half, value + half
    if not ROUNDING < value < 1 - ROUNDING:
        return float("nan"), float("nan")
    centre, spread = np.log(value / (1 - value)), half / (value * (1 - value))
    low = float(1 / (1 + np.exp(spread - centre)))
    return low, float(1 / (1 + np.exp(-spread - centre)))


def p_value(estimate: Estimate) -> float:
    """Two-sided p value that the estimated quantity is 0, by its t statistic.

    Parameters:
        estimate: with its error and degrees of freedom.
    Returns:
        p; NaN without a positive error.
    Source:
        Korn and Graubard (1990), The American Statistician 44(4).
    Example:
        2.228 is the t quantile of 0.95 with ten degrees of freedom.

        >>> round(p_value(Estimate(2.228, 1.0, 0.0, 4.456, 10, 11, 11)), 3)
        0.05
    """
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
