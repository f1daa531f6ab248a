"""Effect of an intervention between two cuts: matched difference-in-differences.

The compared units are balanced on what was seen before (:mod:`gsi.measure.balance`) and the mean
change of the treated is set against theirs (Angrist and Pischke, 2009, *Mostly Harmless
Econometrics*, ch. 5 and 8; Heckman, Ichimura and Todd, 1997, Review of Economic Studies 64(4)).
Errors: the cluster sandwich with the bias-reduced linearisation CR2 and Satterthwaite degrees of
freedom (Bell and McCaffrey, 2002, Survey Methodology 28(2); Pustejovsky and Tipton, 2018, Journal
of Business & Economic Statistics 36(4)): with tens of clusters the plain sandwich with a normal
quantile covers too seldom.

What counts is not how many clusters there are but how many hold treated units, and how many
compared ones (MacKinnon and Webb, 2018, Econometrics Journal 21(2)). With two of each or more, CR2
and its few degrees of freedom keep the false alarms at the level, in whatever part of the clusters
(a simulation of the tests); with one, its own shock is taken for the effect and the sandwich
cannot see it: no permutation of one cluster in twelve can tell either, so nothing is concluded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi.measure.balance import Array, entropy_balance

FEWEST_EFFECTIVE = 1.2
"""Clusters of one weight that the treated, or the compared, must be worth: (ΣW)²/ΣW² of their
weights by cluster (Carter, Schnepel and Steigerwald, 2017, Review of Economics and Statistics
99(4)). Two clusters, one of them with 4 % of the weight, are worth less: their false alarms pass
the level."""


class FewClusters(ValueError):
    """The treated, or the compared, are of one cluster or hardly more.

    Example:
        >>> issubclass(FewClusters, ValueError)
        True
    """


@dataclass(frozen=True)
class Coefficient:
    """A linear contrast with its t interval.

    Attributes:
        estimate, error, low, high: in the unit of the outcome.
        df: degrees of freedom of the interval; ``p_value``: two-sided.
    Source:
        Pustejovsky and Tipton (2018), J. Bus. Econ. Stat. 36(4).
    Example:
        >>> print(Coefficient(2.0, 0.5, 6.0, 0.8, 3.2, 0.007))
        2 ± 0.5 (0.8 to 3.2; 6.0 df), p = 0.007
    """

    estimate: float
    error: float
    df: float
    low: float
    high: float
    p_value: float

    def __str__(self) -> str:
        return _told(self)


@dataclass(frozen=True)
class Effect:
    """Mean effect on the treated in units of the outcome, with its interval.

    Attributes:
        estimate, low, high, p_value, error, df: of the balanced difference in differences.
        unmatched: difference of mean changes without balancing.
        baseline_gap: treated minus compared before, without balancing.
        imbalance, balance: largest difference of a covariate, in standard deviations, before and
            after balancing.
        effective: compared units after balancing, in equally weighted ones.
        treated, compared: units; ``clusters``: all; ``treated_clusters``: with any treated unit.
    Source:
        Heckman, Ichimura and Todd (1997), Review of Economic Studies 64(4).
    Example:
        >>> found = difference_in_differences(
        ...     before=[1, 1, 2, 2, 1, 1, 2, 2], after=[4, 5, 5, 6, 2, 3, 3, 4],
        ...     treated=[1, 1, 1, 1, 0, 0, 0, 0], weight=[1] * 8, cluster=[1, 1, 2, 2, 3, 3, 4, 4],
        ... )
        >>> str(found).split("; ")[-1]
        '4 treated in 2 cluster(s), 4 compared, 4 clusters in all'
    """

    estimate: float
    low: float
    high: float
    p_value: float
    error: float
    df: float
    unmatched: float
    baseline_gap: float
    imbalance: float
    balance: float
    effective: float
    treated: int
    compared: int
    clusters: int
    treated_clusters: int

    def __str__(self) -> str:
        return (
            f"{_told(self)}; {self.treated} treated in {self.treated_clusters} cluster(s), "
            f"{self.compared} compared, {self.clusters} clusters in all"
        )


def _told(found: Coefficient | Effect) -> str:
    return (
        f"{found.estimate:g} ± {found.error:g} ({found.low:g} to {found.high:g}; "
        f"{found.df:.1f} df), p = {found.p_value:.2g}"
    )


def difference_in_differences(
    before: ArrayLike,
    after: ArrayLike,
    treated: ArrayLike,
    weight: ArrayLike,
    cluster: ArrayLike,
    covariates: ArrayLike | None = None,
    level: float = 0.95,
) -> Effect:
    """Weighted mean change of the treated minus that of the compared, balanced on ``covariates``.

    The balanced covariates stay in the regression: they do not move the estimate, whose weights
    already balance them, and take out of the error what they explain.

    Parameters:
        before, after: (n,) outcome, one unit of measure; ``treated``: (n,) bool.
        weight: (n,) > 0; ``cluster``: (n,) labels.
        covariates: (n, k) from before; none by default. Nothing may be missing.
        level: in (0, 1).
    Returns:
        The effect and how well it is known.
    Raises:
        ValueError: a group is empty.
        FewClusters: a group is of one cluster (or, by weight, of hardly more).
        NotComparable: nothing balances.
    Source:
        Heckman, Ichimura and Todd (1997); Hainmueller (2012); Pustejovsky and Tipton (2018).
    Example:
        Both move by one, the treated by two more.

        >>> found = difference_in_differences(
        ...     [1, 2, 1, 2, 1, 2, 1, 2], [4, 5, 4, 5, 2, 3, 2, 3], [1, 1, 1, 1, 0, 0, 0, 0],
        ...     [1] * 8, [1, 1, 2, 2, 3, 3, 4, 4],
        ... )
        >>> round(found.estimate, 9)
        2.0
    """
    is_treated = np.asarray(treated, dtype=bool)
    codes = np.unique(np.asarray(cluster, dtype=str), return_inverse=True)[1]
    clusters = int(codes.max(initial=-1)) + 1
    if is_treated.all() or not is_treated.any():
        raise ValueError("both groups are needed")
    start = np.asarray(before, dtype=np.float64)
    change = np.asarray(after, dtype=np.float64) - start
    own = np.asarray(weight, dtype=np.float64)
    x = np.empty((len(change), 0)) if covariates is None else np.asarray(covariates, np.float64)
    balanced = entropy_balance(x, is_treated, own)
    for group in (is_treated, ~is_treated):
        if effective_clusters(balanced.weight[group], codes[group]) < FEWEST_EFFECTIVE:
            raise FewClusters("a group is of one cluster, or of hardly more")
    chosen = x[:, balanced.kept]
    centred = chosen - np.average(chosen, axis=0, weights=own) if chosen.size else chosen
    design = np.column_stack([is_treated.astype(np.float64), np.ones(len(change)), centred])
    found = clustered_contrast(change, design, balanced.weight, codes, level)
    return Effect(
        found.estimate,
        found.low,
        found.high,
        found.p_value,
        found.error,
        found.df,
        _difference(change, is_treated, own),
        _difference(start, is_treated, own),
        balanced.before,
        balanced.after,
        balanced.effective,
        int(is_treated.sum()),
        int((~is_treated).sum()),
        clusters,
        len(np.unique(codes[is_treated])),
    )


def effective_clusters(weight: Array, cluster: NDArray[np.int64]) -> float:
    """How many clusters of one weight these units are worth: (ΣW)²/ΣW² over clusters.

    Parameters:
        weight: (n,) > 0; ``cluster``: (n,) codes from 0.
    Returns:
        Between 1 and the number of clusters.
    Source:
        Carter, Schnepel and Steigerwald (2017), Review of Economics and Statistics 99(4).
    Example:
        >>> effective_clusters(np.array([1.0, 1.0, 2.0]), np.array([0, 0, 1]))
        2.0
    """
    total = np.bincount(cluster, weight)
    return float(total.sum() ** 2 / np.sum(total**2))


def clustered_contrast(
    outcome: Array, design: Array, weight: Array, cluster: NDArray[np.int64], level: float = 0.95
) -> Coefficient:
    """First coefficient of the weighted regression, with CR2 error and Satterthwaite t interval.

    The working model of the correction is independent errors of one variance; the sandwich itself
    does not need it to hold.

    Parameters:
        outcome: (n,); ``design``: (n, k) of full rank; ``weight``: (n,) > 0.
        cluster: (n,) codes from 0; ``level``: in (0, 1).
    Returns:
        The coefficient in the unit of the outcome.
    Source:
        Bell and McCaffrey (2002), Survey Methodology 28(2); Pustejovsky and Tipton (2018).
    Example:
        With clusters of one row, a mean has its usual error and n − 1 degrees of freedom.

        >>> found = clustered_contrast(
        ...     np.array([1.0, 2.0, 3.0, 4.0]), np.ones((4, 1)), np.ones(4), np.arange(4)
        ... )
        >>> round(found.estimate, 6), round(found.error, 4), round(found.df, 6)
        (2.5, 0.6455, 3.0)
    """
    from scipy.stats import t

    x, w = design, weight
    bread = np.linalg.pinv((x * w[:, None]).T @ x)
    beta = bread @ ((x * w[:, None]).T @ outcome)
    residual = outcome - x @ beta
    pull = (x * w[:, None]) @ bread[:, 0]  # how each row's error moves the coefficient
    hat = (x * w[:, None]) @ bread  # row i of H is x_i · bread · x'W
    meat = bread @ ((x * w[:, None]).T @ (x * w[:, None])) @ bread
    scores, shadows = [], []
    for code in range(int(cluster.max()) + 1):
        mine = np.flatnonzero(cluster == code)
        xg, hg = x[mine], x[mine] @ hat[mine].T
        spread = np.eye(len(mine)) - hg - hg.T + xg @ meat @ xg.T  # (I − H)(I − H)' of the cluster
        adjusted = _inverse_root(spread) @ pull[mine]
        scores.append(float(adjusted @ residual[mine]))
        # (I − H)' row by row: the shadow of this cluster's score on everybody's error.
        shadow = -hat @ (xg.T @ adjusted)
        shadow[mine] += adjusted
        shadows.append(shadow)
    variance = float(np.sum(np.square(scores)))
    gram = np.array(shadows) @ np.array(shadows).T
    df = float(np.trace(gram) ** 2 / np.sum(gram**2))
    error = float(np.sqrt(variance))
    half = float(t.ppf(0.5 + level / 2, df)) * error
    estimate = float(beta[0])
    p = float(2 * t.sf(abs(estimate) / error, df)) if error > 0 else float("nan")
    return Coefficient(estimate, error, df, estimate - half, estimate + half, p)


def _inverse_root(matrix: Array) -> Array:
    """Symmetric inverse square root; directions that the fit leaves no error in stay at zero."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    known = values > 1e-10 * max(float(values.max(initial=0.0)), 1.0)
    root = np.where(known, 1 / np.sqrt(np.where(known, values, 1.0)), 0.0)
    out: Array = (vectors * root) @ vectors.T
    return out


def _difference(values: Array, treated: NDArray[np.bool_], weight: Array) -> float:
    inside = np.average(values[treated], weights=weight[treated])
    return float(inside - np.average(values[~treated], weights=weight[~treated]))
