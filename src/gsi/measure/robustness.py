"""How far an index's ranking depends on the choices behind it: Monte Carlo over assumptions.

Saisana, Saltelli and Tarantola (2005), "Uncertainty and sensitivity analysis techniques as tools
for the quality assessment of composite indicators", J. R. Stat. Soc. A 168(2); OECD-JRC Handbook
(2008), step 7. A draw is one complete set of choices; :class:`Draws` keeps the inputs of each
assumption apart, so that one assumption can be varied alone, or exchanged between two samples for
variance-based effects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gsi.measure.composite import aggregation as agg
from gsi.measure.composite import scaling as norm
from gsi.measure.composite.model import Composite
from gsi.measure.sensitivity import sobol

ASSUMPTIONS = ("weights", "normalisation", "aggregation", "left_out", "sampling")
# Simulated values of one indicator held at once.
_BLOCK = 2_000_000


@dataclass(frozen=True)
class Assumptions:
    """The reference choices and how each may vary.

    ``normalisation`` and ``aggregation``: methods to draw from, the reference one first.
    ``weight_noise`` f: every weight is multiplied by a uniform in [1−f, 1+f]. ``left_out``: drop
    one indicator a draw. ``sampling``: move values by their standard errors.
    """

    normalisation: tuple[str, ...]
    aggregation: tuple[str, ...]
    weight_noise: float
    left_out: bool
    sampling: bool
    floor: float = 1.0


@dataclass(frozen=True)
class Draws:
    """Inputs of ``d`` draws: ``weights`` (d, nodes) multipliers; ``normalisation``, ``aggregation``
    (d,) positions in the lists of methods; ``left_out`` (d,) leaf position or −1; ``sampling``
    (d,) seed of the standard normal deviates of the values with an error, or −1 for none; ``ties``
    (d, n) that order equal scores: at random, a territory that dominates others after them."""

    weights: np.ndarray
    normalisation: np.ndarray
    aggregation: np.ndarray
    left_out: np.ndarray
    sampling: np.ndarray
    ties: np.ndarray

    def __len__(self) -> int:
        return len(self.ties)

    def only(self, assumption: str) -> Draws:
        """The same draws with every other assumption at its reference."""
        still = {
            "weights": np.ones_like(self.weights),
            "normalisation": np.zeros_like(self.normalisation),
            "aggregation": np.zeros_like(self.aggregation),
            "left_out": np.full_like(self.left_out, -1),
            "sampling": np.full_like(self.sampling, -1),
        }
        still.pop(assumption)
        return replace(self, **still)

    def exchange(self, other: Draws, assumption: str) -> Draws:
        """The same draws with one assumption taken from ``other``."""
        return replace(self, **{assumption: getattr(other, assumption)})

    def take(self, which: np.ndarray) -> Draws:
        """The draws ``which`` (positions)."""
        return Draws(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})


class Model:
    """An oriented, treated :class:`Composite` whose index can be computed for many draws.

    ``errors``: standard errors of the values, same shape and labels (NaN: none published); an
    error does not depend on the orientation. ``bounds``: natural limits (low, high) of the
    oriented values per indicator, which simulated values respect.
    """

    def __init__(
        self,
        composite: Composite,
        assumptions: Assumptions,
        errors: pd.DataFrame | None = None,
        bounds: dict[str, tuple[float, float]] | None = None,
    ) -> None:
        codes = composite.indicators
        self.assumptions = assumptions
        self.territories = composite.values.index
        self.indicators = codes
        self.tree = agg.Tree.of(composite.meta)
        self.root = self.tree.codes.index(composite.root)
        self.weights = composite.meta["weight"].to_numpy(float)
        self.x = composite.values[codes].to_numpy(float)
        if errors is None:
            errors = composite.values[codes] * np.nan
        aligned = errors.reindex(index=self.territories, columns=codes).to_numpy(float)
        # Positions of the indicators with a published error; the others never move.
        self.noisy = np.flatnonzero((np.nan_to_num(aligned) > 0).any(axis=0))
        self.errors = np.nan_to_num(aligned[:, self.noisy])
        limits = [(bounds or {}).get(codes[j], (-np.inf, np.inf)) for j in self.noisy]
        self.below = dominated(self.x)
        self.low = np.array([low for low, _ in limits])
        self.high = np.array([high for _, high in limits])

    def draw(self, rng: np.random.Generator, draws: int) -> Draws:
        """``draws`` independent sets of choices; an assumption that may not vary keeps still."""
        a, (n, k) = self.assumptions, self.x.shape
        noise = rng.uniform(-1, 1, (draws, len(self.weights)))
        normalisation = rng.integers(0, len(a.normalisation), draws)
        aggregation = rng.integers(0, len(a.aggregation), draws)
        left_out = rng.integers(-1, k, draws)
        sampling = rng.integers(0, 2**63, draws)
        return Draws(
            weights=1 + a.weight_noise * noise,
            normalisation=normalisation,
            aggregation=aggregation,
            # Without its only indicator there would be no index.
            left_out=left_out if a.left_out and k > 1 else np.full(draws, -1),
            sampling=sampling if a.sampling and len(self.noisy) else np.full(draws, -1),
            # Chance decides between equal scores, but never against a dominance.
            ties=self.below + rng.uniform(size=(draws, n)),
        )

    def reference(self) -> np.ndarray:
        """(n,) index under the reference choices."""
        still = Draws(
            weights=np.ones((1, len(self.weights))),
            normalisation=np.zeros(1, int),
            aggregation=np.zeros(1, int),
            left_out=np.full(1, -1),
            sampling=np.full(1, -1),
            ties=np.zeros((1, len(self.x))),
        )
        index: np.ndarray = self.scores(still)[0]
        return index

    def scores(self, draws: Draws) -> np.ndarray:
        """(d, n) index of every draw; scales differ between methods, so compare within a draw."""
        out = np.empty((len(draws), len(self.x)))
        still = draws.sampling < 0
        size = max(1, _BLOCK // len(self.x))
        for scale, aggregation, chosen in self._combinations(draws):
            base = [column[None] for column in norm.apply(self.x, scale).T]
            for moves in (False, True):
                which = np.flatnonzero(chosen & (still != moves))
                for start in range(0, len(which), size):
                    part = which[start : start + size]
                    block = draws.take(part)
                    leaves = self._moved(base, block, scale) if moves else base
                    out[part] = self._climb(leaves, block, aggregation)
        return out

    def _combinations(self, draws: Draws) -> Iterator[tuple[str, str, np.ndarray]]:
        """Scale, aggregation and the draws (mask) that take them."""
        for j, aggregation in enumerate(self.assumptions.aggregation):
            taken = draws.aggregation == j
            if aggregation == "copeland":
                # A vote sees the order only, which no scale changes.
                yield self.assumptions.normalisation[0], aggregation, taken
                continue
            for i, scale in enumerate(self.assumptions.normalisation):
                yield scale, aggregation, taken & (draws.normalisation == i)

    def _moved(self, base: list[np.ndarray], draws: Draws, scale: str) -> list[np.ndarray]:
        shape = len(self.x), len(self.noisy)
        deviates = np.stack(
            [np.random.Generator(np.random.Philox(int(s))).standard_normal(shape)
             for s in draws.sampling]
        )  # fmt: skip
        moved = np.clip(self.x[:, self.noisy] + deviates * self.errors, self.low, self.high)
        moved = norm.apply(moved, scale)
        leaves = list(base)
        for place, j in enumerate(self.noisy):
            leaves[j] = moved[:, :, place]
        return leaves

    def _climb(self, leaves: list[np.ndarray], draws: Draws, aggregation: str) -> np.ndarray:
        weights = self.weights * draws.weights
        dropped = np.flatnonzero(draws.left_out >= 0)
        numbers = np.array(self.tree.leaves)
        weights[dropped, numbers[draws.left_out[dropped]]] = 0
        floor = self.assumptions.floor
        scores = agg.climb(leaves, weights, self.tree, aggregation, floor, top=True)
        return scores[self.root]


def dominated(x: np.ndarray) -> np.ndarray:
    """(n,) how many territories each one dominates: at least as good in every indicator (n, k),
    better in one. Who dominates another dominates more than it; missing values compare with missing
    ones only."""
    n, k = x.shape
    at_least, better = np.ones((n, n), bool), np.zeros((n, n), bool)
    for j in range(k):
        row, column = x[:, [j]], x[:, j]
        at_least &= (row >= column) | (np.isnan(row) & np.isnan(column))
        better |= row > column
    below: np.ndarray = (at_least & better).sum(axis=1)
    return below


def ranks(scores: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """(d, n) ranks 1..n, 1 = lowest score (the most deprived); equal scores in the order of
    ``ties``; a missing score ranks last."""
    # Sums in another order differ in the last digits and would break a tie by chance of storage.
    order = np.lexsort((ties, np.round(scores, 9)), axis=-1)
    out = np.empty_like(order)
    np.put_along_axis(out, order, np.arange(1, scores.shape[1] + 1)[None], axis=1)
    return out


def summarise(ranking: np.ndarray, group: int, index: pd.Index) -> pd.DataFrame:
    """Per territory: ``median`` rank and ``probability`` of a rank within the first ``group``."""
    median = np.quantile(ranking, 0.5, axis=0, method="closest_observation")
    within = (ranking <= group).mean(axis=0)
    return pd.DataFrame({"median": median, "probability": within}, index=index)


def free(model: Model, draws: Draws, nodes: Sequence[str], rng: np.random.Generator) -> Draws:
    """The same draws with the weights of ``nodes`` free: every way to share the whole among them
    is as likely (a flat Dirichlet distribution, as exponentials in proportion)."""
    weights = draws.weights.copy()
    places = [model.tree.codes.index(node) for node in nodes]
    # The model multiplies by its own weights.
    weights[:, places] = rng.exponential(size=(len(draws), len(places))) / model.weights[places]
    return replace(draws, weights=weights)


def without_each(model: Model, draws: Draws, group: int) -> pd.DataFrame:
    """Probability of a rank within the first ``group``, (territory × indicator), when that
    indicator is left out of every draw. Empty where there is one indicator only."""
    if len(model.indicators) < 2:
        return pd.DataFrame(index=model.territories)
    found = {}
    for position, code in enumerate(model.indicators):
        sample = replace(draws, left_out=np.full(len(draws), position))
        found[code] = (ranks(model.scores(sample), draws.ties) <= group).mean(axis=0)
    return pd.DataFrame(found, index=model.territories)


def effects(model: Model, draws: Draws, others: Draws) -> pd.DataFrame:
    """What each assumption does to the ranking. Index: :data:`ASSUMPTIONS`, then ``all``.

    ``shift``: mean absolute difference in ranks from the reference when it alone varies (Saisana et
    al., 2005, eq. 3, averaged over draws); ``largest``: the largest one. ``first`` and ``total``:
    its share of the variance of the ranks, alone and with every interaction
    (:func:`gsi.measure.sensitivity.sobol`; NaN for ``all``). ``draws`` and ``others`` are two
    independent samples of the same size.
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
    """p-value that the blocks (territory × objective scores) rank territories alike.

    Statistic: variance over territories of the mean standardised score; null: each block's values
    shuffled among its known territories, independently of the others (a permutation form of
    Friedman's test that keeps missing values and ties). NaN when fewer than two blocks vary.
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
    return (1 + as_large) / (1 + permutations)


def _row_mean(x: np.ndarray) -> np.ndarray:
    known = (~np.isnan(x)).sum(axis=1)
    total = np.nansum(x, axis=1)
    out: np.ndarray = np.divide(total, known, out=np.full(len(x), np.nan), where=known > 0)
    return out
