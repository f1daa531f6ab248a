"""Up the tree: weighted arithmetic, geometric and harmonic means, and Copeland's rule.

Children are a list of arrays ``(1 or draws, territories)`` with weights ``(draws, children)``: one
draw gives the index, many give its robustness; a child with one draw is the same in all. A missing
child leaves the mean to its siblings; a parent with no child at all is missing. OECD-JRC Handbook
(2008), step 6; Copeland: Munda and Nardo (2009), Applied Economics 41(12), for the vote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from gsi.measure.composite.model import Composite, verb

METHODS = ("arithmetic", "geometric", "harmonic", "copeland")
# Majorities below this share of the weight are ties (single precision holds about 1e-7).
TIE = 1e-6
# Compared pairs held at once: 4 bytes each. A block of rows is compared in the processor's cache.
_PAIRS = 4_000_000
_ROWS = 64

Children: TypeAlias = Sequence[np.ndarray]


@dataclass(frozen=True)
class Tree:
    """Nodes by number.

    Attributes:
        codes: in the order of meta; ``leaves``: numbers of the indicators.
        steps: (parent, children) from the bottom up.
    Example:
        >>> meta = pd.DataFrame({"parent": ["", "index", "index"]}, index=["index", "a", "b"])
        >>> Tree.of(meta).steps
        [(0, [1, 2])]
    """

    codes: list[str]
    leaves: list[int]
    steps: list[tuple[int, list[int]]]

    @classmethod
    def of(cls, meta: pd.DataFrame) -> Tree:
        """Read the tree of a meta table.

        Parameters:
            meta: of a :class:`Composite`.
        Returns:
            The tree by numbers.
        Raises:
            ValueError: a loop among the parents.
        Source:
            Topological order: Kahn (1962), Commun. ACM 5(11).
        Example:
            >>> Tree.of(pd.DataFrame({"parent": ["", "index"]}, index=["index", "a"])).leaves
            [1]
        """
        codes = list(meta.index)
        number = {code: i for i, code in enumerate(codes)}
        children: dict[int, list[int]] = {}
        for code, parent in meta["parent"].items():
            if parent:
                children.setdefault(number[parent], []).append(number[code])
        leaves = [i for i in range(len(codes)) if i not in children]
        done, steps = set(leaves), []
        while len(done) < len(codes):
            ready = [p for p, c in children.items() if p not in done and done.issuperset(c)]
            if not ready:
                raise ValueError("the parents of meta form a loop")
            steps += [(p, children[p]) for p in ready]
            done.update(ready)
        return cls(codes, leaves, steps)


def arithmetic(children: Children, w: np.ndarray) -> np.ndarray:
    """Σwx / Σw over the known children: full compensation.

    Parameters:
        children: (1 or draws, territories) each; ``w``: (draws, children).
    Returns:
        (draws, territories).
    Source:
        OECD-JRC Handbook (2008), step 6.
    Example:
        >>> low, high = np.array([[1.0]]), np.array([[4.0]])
        >>> arithmetic([low, high], np.array([[1.0, 1.0]])).tolist()
        [[2.5]]
    """
    return _mean(children, w)


def geometric(children: Children, w: np.ndarray, floor: float) -> np.ndarray:
    """exp(Σw ln x / Σw): a low child is compensated only in part.

    Parameters:
        children, w: as in :func:`arithmetic`; ``floor``: least x, > 0.
    Returns:
        (draws, territories).
    Source:
        OECD-JRC Handbook (2008), step 6.
    Example:
        >>> low, high = np.array([[1.0]]), np.array([[4.0]])
        >>> geometric([low, high], np.array([[1.0, 1.0]]), 1.0).round(9).tolist()
        [[2.0]]
    """
    out: np.ndarray = np.exp(_mean([np.log(np.maximum(x, floor)) for x in children], w))
    return out


def harmonic(children: Children, w: np.ndarray, floor: float) -> np.ndarray:
    """Σw / Σ(w/x): compensates less than the geometric mean.

    Parameters:
        children, w: as in :func:`arithmetic`; ``floor``: least x, > 0.
    Returns:
        (draws, territories).
    Source:
        OECD-JRC Handbook (2008), step 6.
    Example:
        >>> low, high = np.array([[1.0]]), np.array([[4.0]])
        >>> harmonic([low, high], np.array([[1.0, 1.0]]), 1.0).tolist()
        [[1.6]]
    """
    return 1 / _mean([1 / np.maximum(x, floor) for x in children], w)


def _mean(children: Children, w: np.ndarray) -> np.ndarray:
    # One child at a time: no array of draws × territories × children is ever held.
    shape = len(w), children[0].shape[1]
    summed, total = np.zeros(shape), np.zeros(shape)
    for j, x in enumerate(children):
        known = ~np.isnan(x)
        if known.all():
            summed += w[:, [j]] * x
            total += w[:, [j]]
        else:
            summed += w[:, [j]] * np.where(known, x, 0)
            total += w[:, [j]] * known
    out: np.ndarray = np.divide(summed, total, out=np.full(shape, np.nan), where=total > 0)
    return out


def copeland(children: Children, w: np.ndarray) -> np.ndarray:
    """Net wins in the majority vote of the indicators: no compensation at all.

    A territory beats another when the indicators that place it higher weigh more than those that
    place it lower (ties and missing values abstain). Score = 50 + 50 · (wins − losses)/(n − 1).
    The votes of the indicators that are equal in all draws are compared once and weighed by one
    product of matrices; each of the others is compared in each draw. Only the order of values
    counts, so any increasing scale gives the same.

    Parameters:
        children, w: as in :func:`arithmetic`.
    Returns:
        (draws, territories), 0-100.
    Source:
        Munda and Nardo (2009), Applied Economics 41(12).
    Example:
        Two of three indicators place the second territory higher.

        >>> votes = [np.array([[1.0, 2.0]]), np.array([[1.0, 2.0]]), np.array([[99.0, 2.0]])]
        >>> copeland(votes, np.ones((1, 3))).tolist()
        [[0.0, 100.0]]
    """
    draws, n = len(w), children[0].shape[1]
    share = (w / w.sum(axis=1, keepdims=True)).astype(np.float32)
    still = [j for j, x in enumerate(children) if len(x) == 1]
    moving = [j for j, x in enumerate(children) if len(x) > 1]
    net = np.zeros((draws, n), np.int32)
    # A pair is compared once: the rows of a block with themselves and with those after them.
    for first in range(0, n, _ROWS):
        rows, later = slice(first, first + _ROWS), slice(first, n)
        many = min(_ROWS, n - first)
        once = np.empty((len(still), many * (n - first)), np.float32)
        for k, j in enumerate(still):
            once[k] = _beats(children[j][0], rows, later).ravel()
        size = max(1, _PAIRS // once.shape[1])
        for start in range(0, draws, size):
            block = slice(start, min(start + size, draws))
            votes = (share[block][:, still] @ once).reshape(-1, many, n - first)
            for d, vote in enumerate(votes, start):
                for j in moving:
                    vote += share[d, j] * _beats(children[j][d], rows, later)
                # Shares added up in another order differ in the last digits: a tie stays a tie.
                won, lost = vote > TIE, vote < -TIE
                net[d, rows] += won.sum(axis=1, dtype=np.int32) - lost.sum(axis=1, dtype=np.int32)
                # One's wins are the other's losses.
                won, lost = won[:, many:], lost[:, many:]
                net[d, first + many :] += lost.sum(axis=0, dtype=np.int32)
                net[d, first + many :] -= won.sum(axis=0, dtype=np.int32)
    score = 50 + 50 * net / max(n - 1, 1)
    missing = np.isnan(children[0])
    for x in children[1:]:
        missing = missing & np.isnan(x)
    return np.where(missing, np.nan, score)


def _beats(x: np.ndarray, rows: slice, columns: slice) -> np.ndarray:
    """1 where row beats column, −1 where it loses, 0 at ties and missing values; one byte each."""
    row, column = x[rows, None], x[columns]
    over, under = (row > column), (row < column)
    return over.view(np.int8) - under.view(np.int8)


def climb(
    leaves: Children, weights: np.ndarray, tree: Tree, method: str, floor: float, top: bool = False
) -> dict[int, np.ndarray]:
    """Scores of every aggregate.

    Copeland counts the indicators under each parent with their effective weights; the means climb
    level by level.

    Parameters:
        leaves: a (1 or draws, territories) array each, normalised, in the tree's order; one draw
            stands for all.
        weights: (draws, nodes), 0 leaves a node out; ``tree``: of the index.
        method: one of :data:`METHODS`; ``floor``: as in :func:`geometric`.
        top: only the last aggregate, the index, is wanted.
    Returns:
        Node number → (draws, territories).
    Raises:
        ValueError: an unknown method.
    Source:
        OECD-JRC Handbook (2008), step 6.
    Example:
        >>> tree = Tree(["index", "a", "b"], [1, 2], [(0, [1, 2])])
        >>> leaves = [np.array([[0.0, 10.0]]), np.array([[20.0, 30.0]])]
        >>> climb(leaves, np.ones((1, 3)), tree, "arithmetic", 1.0)[0].tolist()
        [[10.0, 20.0]]
    """
    if method == "copeland":
        return _climb_copeland(leaves, weights, tree, top)
    mean: Callable[[Children, np.ndarray], np.ndarray]
    match method:
        case "arithmetic":
            mean = arithmetic
        case "geometric":
            mean = lambda a, w: geometric(a, w, floor)  # noqa: E731
        case "harmonic":
            mean = lambda a, w: harmonic(a, w, floor)  # noqa: E731
        case _:
            raise ValueError(f"unknown aggregation '{method}'; known: {', '.join(METHODS)}")
    scores = dict(zip(tree.leaves, leaves, strict=True))
    for parent, children in tree.steps:
        scores[parent] = mean([scores[c] for c in children], weights[:, children])
    return {parent: scores[parent] for parent, _ in tree.steps}


def _climb_copeland(
    leaves: Children, weights: np.ndarray, tree: Tree, top: bool
) -> dict[int, np.ndarray]:
    # Node → positions of its leaves and their weights within it (0 where the leaf is left out).
    under: dict[int, tuple[list[int], np.ndarray]] = {
        node: ([i], (weights[:, [node]] > 0).astype(float)) for i, node in enumerate(tree.leaves)
    }
    out = {}
    for parent, children in tree.steps:
        # A branch whose leaves are all left out gives its weight to its siblings.
        alive = np.stack([under[child][1].sum(axis=1) > 0 for child in children], axis=1)
        w = weights[:, children] * alive
        total = w.sum(axis=1, keepdims=True)
        w = np.divide(w, total, out=np.zeros_like(w), where=total > 0)
        columns = [i for child in children for i in under[child][0]]
        parts = [under[child][1] * w[:, [k]] for k, child in enumerate(children)]
        under[parent] = (columns, np.concatenate(parts, axis=1))
        if not top or parent == tree.steps[-1][0]:
            out[parent] = copeland([leaves[i] for i in columns], under[parent][1])
    return out


@verb
def aggregate(composite: Composite, *, method: str, floor: float = 1.0) -> Composite:
    """Add a column for every aggregate of the tree.

    Parameters:
        composite: normalised; ``method``: one of :data:`METHODS`.
        floor: least value in a geometric or harmonic mean, whose logarithm or inverse is not
            defined at zero.
    Returns:
        The composite with more columns.
    Source:
        OECD-JRC Handbook (2008), step 6.
    Example:
        >>> meta = pd.DataFrame(
        ...     {"parent": ["", "index", "index"], "weight": [1, 3, 1], "direction": [1, 1, 1]},
        ...     index=["index", "a", "b"],
        ... )
        >>> scaled = Composite(pd.DataFrame({"a": [0.0, 100.0], "b": [100.0, 0.0]}), meta)
        >>> aggregate(scaled, method="arithmetic").values["index"].tolist()
        [25.0, 75.0]
    """
    tree = Tree.of(composite.meta)
    leaves = [composite.values[[code]].to_numpy(float).T for code in composite.indicators]
    weights = composite.meta["weight"].to_numpy(float)[None]
    scores = climb(leaves, weights, tree, method, floor)
    values = composite.values.copy()
    for node, score in scores.items():
        values[tree.codes[node]] = score[0]
    return replace(composite, values=values)
