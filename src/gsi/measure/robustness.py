"""How far an index's ranking depends on the choices behind it: Monte Carlo over assumptions.

Saisana, Saltelli and Tarantola (2005), "Uncertainty and sensitivity analysis techniques as tools
for the quality assessment of composite indicators", J. R. Stat. Soc. A 168(2); OECD-JRC Handbook
(2008), step 7. A draw is one complete set of choices; :class:`Draws` keeps the inputs of each
assumption apart, so that one assumption can be varied alone, or exchanged between two samples for
variance-based effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from gsi.measure.sensitivity import sobol
from gsi.measure.simulation import ASSUMPTIONS, Draws, Model


def ranks(scores: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Ranks of every draw: 1 = lowest score (the most deprived).

    Parameters:
        scores: (d, n); a missing score ranks last; ``ties``: (d, n) order of equal scores.
    Returns:
        (d, n) ranks 1..n.
    Source:
        OECD-JRC Handbook (2008), step 7.
    Example:
        >>> ranks(np.array([[5.0, 1.0, 5.0]]), np.array([[0.2, 0.0, 0.1]])).tolist()
        [[3, 1, 2]]
    """
    # Sums in another order differ in the last digits and would break a tie by chance of storage.
    order = np.lexsort((ties, np.round(scores, 9)), axis=-1)
    out = np.empty_like(order)
    np.put_along_axis(out, order, np.arange(1, scores.shape[1] + 1)[None], axis=1)
    return out


def summarise(ranking: np.ndarray, group: int, index: pd.Index) -> pd.DataFrame:
    """What the draws say of each territory's rank.

    Parameters:
        ranking: (d, n) ranks; ``group``: how many are first; ``index``: territories.
    Returns:
        ``median`` rank and ``probability`` (0-1) of a rank within the first ``group``.
    Source:
        Saisana, Saltelli and Tarantola (2005), § 4.
    Example:
        >>> ranking = np.array([[1, 2], [1, 2], [2, 1]])
        >>> summarise(ranking, 1, pd.Index(["a", "b"]))["probability"].round(3).to_dict()
        {'a': 0.667, 'b': 0.333}
    """
    median = np.quantile(ranking, 0.5, axis=0, method="closest_observation")
    within = (ranking <= group).mean(axis=0)
    return pd.DataFrame({"median": median, "probability": within}, index=index)


def free(model: Model, draws: Draws, nodes: Sequence[str], rng: np.random.Generator) -> Draws:
    """The same draws with the weights of some nodes free.

    Every way to share the whole among them is as likely (a flat Dirichlet distribution, as
    exponentials in proportion).

    Parameters:
        model: of the draws; ``draws``: inputs; ``nodes``: codes; ``rng``: generator.
    Returns:
        As many draws.
    Source:
        Devroye (1986), *Non-Uniform Random Variate Generation*, ch. XI.
    Example:
        >>> from gsi.measure.composite import Composite
        >>> from gsi.measure.simulation import Assumptions
        >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
        ...                     index=["index", "a", "b"])
        >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
        >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
        >>> model = Model(Composite(values, meta), vary)
        >>> rng = np.random.default_rng(1)
        >>> drawn = free(model, model.draw(rng, 5), ["a", "b"], rng)
        >>> bool((drawn.weights[:, 1:] > 0).all())
        True
    """
    weights = draws.weights.copy()
    places = [model.tree.codes.index(node) for node in nodes]
    # The model multiplies by its own weights.
    weights[:, places] = rng.exponential(size=(len(draws), len(places))) / model.weights[places]
    return replace(draws, weights=weights)


def counted(ranking: np.ndarray) -> np.ndarray:
    """How often each territory takes each rank.

    Parameters:
        ranking: (d, n) ranks 1..n.
    Returns:
        (n, n) counts, rank 1 in the first column; each row sums to d.
    Source:
        Rank acceptabilities: Lahdelma, Hokkanen and Salminen (1998), EJOR 106(1), times d.
    Example:
        >>> counted(np.array([[1, 2], [1, 2], [2, 1]])).tolist()
        [[2, 1], [1, 2]]
    """
    n = ranking.shape[1]
    out = np.zeros((n, n), np.int32)
    for place in range(n):
        out[place] = np.bincount(ranking[:, place] - 1, minlength=n)
    return out


def within(counts: np.ndarray, group: int) -> np.ndarray:
    """Probability of a rank within the first ``group``.

    Parameters:
        counts: of :func:`counted`; ``group``: how many are first.
    Returns:
        (n,) 0-1.
    Source:
        Saisana, Saltelli and Tarantola (2005), § 4.
    Example:
        >>> within(np.array([[2, 1], [1, 2]]), 1).round(3).tolist()
        [0.667, 0.333]
    """
    share: np.ndarray = counts[:, :group].sum(axis=1) / counts.sum(axis=1)
    return share


def without_each(model: Model, draws: Draws) -> dict[str, np.ndarray]:
    """How often each territory takes each rank when an indicator is left out of every draw.

    Parameters:
        model, draws: of the index.
    Returns:
        Indicator → counts as of :func:`counted`; empty where there is one indicator only.
    Source:
        Jackknife of indicators: Saisana et al. (2005), § 4.
    Example:
        >>> from gsi.measure.composite import Composite
        >>> from gsi.measure.simulation import Assumptions
        >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
        ...                     index=["index", "a", "b"])
        >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
        >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
        >>> model = Model(Composite(values, meta), vary)
        >>> without_each(model, model.draw(np.random.default_rng(1), 20))["a"].tolist()
        [[20, 0, 0], [0, 20, 0], [0, 0, 20]]
    """
    if len(model.indicators) < 2:
        return {}
    found = {}
    for position, code in enumerate(model.indicators):
        sample = replace(draws, left_out=np.full(len(draws), position))
        found[code] = counted(ranks(model.scores(sample), draws.ties))
    return found


def effects(model: Model, draws: Draws, others: Draws) -> pd.DataFrame:
    """What each assumption does to the ranking.

    Parameters:
        model: of the index; ``draws``, ``others``: two independent samples of the same size.
    Returns:
        Index: :data:`ASSUMPTIONS`, then ``all``. ``shift``: mean absolute difference in ranks from
        the reference when it alone varies; ``largest``: the largest one. ``first`` and ``total``:
        its share of the variance of the ranks, alone and with every interaction
        (:func:`gsi.measure.sensitivity.sobol`; NaN for ``all``).
    Source:
        Saisana, Saltelli and Tarantola (2005), eq. 3, averaged over draws.
    Example:
        Both indicators agree: nothing moves a rank.

        >>> from gsi.measure.composite import Composite
        >>> from gsi.measure.simulation import Assumptions
        >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
        ...                     index=["index", "a", "b"])
        >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
        >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
        >>> model = Model(Composite(values, meta), vary)
        >>> rng = np.random.default_rng(1)
        >>> float(effects(model, model.draw(rng, 20), model.draw(rng, 20)).loc["all", "shift"])
        0.0
    """
    reference = model.reference()
    before = ranks(np.broadcast_to(reference, draws.ties.shape), draws.ties)

    def place(sample: Draws) -> np.ndarray:
        # The same tie-breaks on both sides: a tie is not a shift.
        return ranks(model.scores(sample), draws.ties)

    everything = place(draws)
    alone = {name: place(draws.only(name)) for name in ASSUMPTIONS} | {"all": everything}
    moved = {name: np.abs(after - before) for name, after in alone.items()}
    shifts = pd.DataFrame.from_dict(
        {
            name: {"shift": float(by.mean()), "largest": int(by.max(initial=0))}
            for name, by in moved.items()
        },
        orient="index",
    )
    exchanged = {name: place(draws.exchange(others, name)) for name in ASSUMPTIONS}
    return shifts.join(sobol(everything, place(others), exchanged))


def agreement(blocks: pd.DataFrame, permutations: int, rng: np.random.Generator) -> float:
    """Do blocks rank territories alike? A permutation form of Friedman's test.

    Statistic: variance over territories of the mean standardised score; null: each block's values
    shuffled among its known territories, independently of the others. Missing values and ties stay.

    Parameters:
        blocks: territory × objective, scores; ``permutations``: how many; ``rng``: generator.
    Returns:
        p; NaN when fewer than two blocks vary.
    Source:
        Friedman (1937), JASA 32(200).
    Example:
        >>> same = pd.DataFrame({"a": range(8), "b": range(8), "c": range(8)})
        >>> agreement(same, 99, np.random.default_rng(1))
        0.01
    """
    z = (blocks - blocks.mean()) / blocks.std(ddof=0)
    z = z.loc[:, blocks.std(ddof=0) > 0]
    if z.shape[1] < 2:
        return float("nan")
    columns = z.to_numpy(float)
    observed = np.nanvar(_row_mean(columns))
    as_large = 0
    for _ in range(permutations):
        shuffled = columns.copy()
        for j in range(columns.shape[1]):
            known = ~np.isnan(columns[:, j])
            shuffled[known, j] = rng.permutation(columns[known, j])
        as_large += np.nanvar(_row_mean(shuffled)) >= observed
    return float((1 + as_large) / (1 + permutations))


def _row_mean(x: np.ndarray) -> np.ndarray:
    known = (~np.isnan(x)).sum(axis=1)
    total = np.nansum(x, axis=1)
    out: np.ndarray = np.divide(total, known, out=np.full(len(x), np.nan), where=known > 0)
    return out
