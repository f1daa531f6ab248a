"""An index computed for many sets of choices: the draws behind its robustness, and their model.

A draw is one complete set of choices; :class:`Draws` keeps the inputs of each assumption apart, so
that one assumption can be varied alone, or exchanged between two samples for variance-based
effects. Saisana, Saltelli and Tarantola (2005), J. R. Stat. Soc. A 168(2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gsi.measure.composite import aggregation as agg
from gsi.measure.composite import scaling as norm
from gsi.measure.composite.model import Composite

ASSUMPTIONS = ("weights", "normalisation", "aggregation", "left_out", "sampling")


# Simulated values of one indicator held at once.
_BLOCK = 2_000_000


@dataclass(frozen=True)
class Assumptions:
    """The reference choices and how each may vary.

    Attributes:
        normalisation, aggregation: methods to draw from, the reference one first.
        weight_noise: f; every weight is multiplied by a uniform in [1−f, 1+f].
        left_out: drop one indicator a draw; ``sampling``: move values by their standard errors.
        floor: least value in a geometric or harmonic mean.
    Source:
        Saisana, Saltelli and Tarantola (2005), J. R. Stat. Soc. A 168(2).
    Example:
        >>> Assumptions(("minmax",), ("arithmetic",), 0.25, False, False).floor
        1.0
    """

    normalisation: tuple[str, ...]
    aggregation: tuple[str, ...]
    weight_noise: float
    left_out: bool
    sampling: bool
    floor: float = 1.0


@dataclass(frozen=True)
class Draws:
    """Inputs of ``d`` draws, the inputs of each assumption apart.

    Attributes:
        weights: (d, nodes) multipliers.
        normalisation, aggregation: (d,) positions in the lists of methods.
        left_out: (d,) leaf position or −1.
        sampling: (d,) seed of the standard normal deviates of values with an error; −1: none.
        ties: (d, n) that order equal scores: at random, a territory that dominates others after
            them.
    Source:
        Saisana, Saltelli and Tarantola (2005).
    Example:
        >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
        ...                     index=["index", "a", "b"])
        >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
        >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
        >>> model = Model(Composite(values, meta), vary)
        >>> len(model.draw(np.random.default_rng(1), 7))
        7
    """

    weights: np.ndarray
    normalisation: np.ndarray
    aggregation: np.ndarray
    left_out: np.ndarray
    sampling: np.ndarray
    ties: np.ndarray

    def __len__(self) -> int:
        return len(self.ties)

    def only(self, assumption: str) -> Draws:
        """The same draws with every other assumption at its reference.

        Parameters:
            assumption: one of :data:`ASSUMPTIONS`.
        Returns:
            As many draws.
        Source:
            One at a time: Saisana et al. (2005), § 4.
        Example:
            >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
            ...                     index=["index", "a", "b"])
            >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
            >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
            >>> model = Model(Composite(values, meta), vary)
            >>> alone = model.draw(np.random.default_rng(1), 3).only("normalisation")
            >>> bool((alone.weights == 1).all())
            True
        """
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
        """The same draws with one assumption taken from another sample.

        Parameters:
            other: as many draws; ``assumption``: one of :data:`ASSUMPTIONS`.
        Returns:
            As many draws.
        Source:
            Saltelli et al. (2010), Comput. Phys. Commun. 181(2).
        Example:
            >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
            ...                     index=["index", "a", "b"])
            >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
            >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
            >>> model = Model(Composite(values, meta), vary)
            >>> rng = np.random.default_rng(1)
            >>> first, second = model.draw(rng, 3), model.draw(rng, 3)
            >>> bool((first.exchange(second, "weights").weights == second.weights).all())
            True
        """
        return replace(self, **{assumption: getattr(other, assumption)})

    def take(self, which: np.ndarray) -> Draws:
        """Some of the draws.

        Parameters:
            which: positions.
        Returns:
            Those draws.
        Source:
            None: a selection.
        Example:
            >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
            ...                     index=["index", "a", "b"])
            >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
            >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
            >>> model = Model(Composite(values, meta), vary)
            >>> len(model.draw(np.random.default_rng(1), 9).take(np.array([0, 4])))
            2
        """
        return Draws(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})


class Model:
    """An oriented, treated :class:`Composite` whose index can be computed for many draws.

    ``errors``: standard errors of the values, same shape and labels (NaN: none published); an
    error does not depend on the orientation. ``bounds``: natural limits (low, high) of the
    oriented values per indicator, which simulated values respect.

    Example:
        >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
        ...                     index=["index", "a", "b"])
        >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
        >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
        >>> model = Model(Composite(values, meta), vary)
        >>> model.reference().tolist()
        [0.0, 50.0, 100.0]
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
        """Independent sets of choices; an assumption that may not vary keeps still.

        Parameters:
            rng: generator; ``draws``: how many.
        Returns:
            The draws.
        Source:
            Saisana, Saltelli and Tarantola (2005), § 4.
        Example:
            >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
            ...                     index=["index", "a", "b"])
            >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
            >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
            >>> model = Model(Composite(values, meta), vary)
            >>> drawn = model.draw(np.random.default_rng(1), 100)
            >>> bool((abs(drawn.weights - 1) <= 0.25).all())
            True
        """
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
        """The index under the reference choices.

        Returns:
            (n,) scores, more is better.
        Source:
            OECD-JRC Handbook (2008), step 6.
        Example:
            >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
            ...                     index=["index", "a", "b"])
            >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
            >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
            >>> model = Model(Composite(values, meta), vary)
            >>> model.reference().tolist()
            [0.0, 50.0, 100.0]
        """
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
        """The index of every draw.

        Parameters:
            draws: inputs of ``d`` draws.
        Returns:
            (d, n) scores, more is better.
        Source:
            OECD-JRC Handbook (2008), step 7.
        Example:
            >>> meta = pd.DataFrame({"parent": ["", "index", "index"], "weight": 1, "direction": 1},
            ...                     index=["index", "a", "b"])
            >>> values = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]})
            >>> vary = Assumptions(("minmax",), ("arithmetic",), 0.25, False, False)
            >>> model = Model(Composite(values, meta), vary)
            >>> model.scores(model.draw(np.random.default_rng(1), 4)).shape
            (4, 3)
        """
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
    """How many territories each one dominates: as good in every indicator, better in one.

    Who dominates another dominates more than it; missing values compare with missing ones only.

    Parameters:
        x: (n, k), more is better.
    Returns:
        (n,) counts.
    Source:
        Pareto dominance: Munda (2008), *Social Multi-Criteria Evaluation*.
    Example:
        >>> dominated(np.array([[1, 1], [2, 1], [3, 0]])).tolist()
        [0, 1, 0]
    """
    n, k = x.shape
    at_least, better = np.ones((n, n), bool), np.zeros((n, n), bool)
    for j in range(k):
        row, column = x[:, [j]], x[:, j]
        at_least &= (row >= column) | (np.isnan(row) & np.isnan(column))
        better |= row > column
    below: np.ndarray = (at_least & better).sum(axis=1)
    return below
