"""Up the tree: weighted arithmetic, geometric and harmonic means, and Copeland's rule.

Arrays are ``(draws, territories, children)`` with weights ``(draws, children)``: one draw gives the
index, many give its robustness. A missing child leaves the mean to its siblings; a parent with no
child at all is missing. OECD-JRC Handbook (2008), step 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gsi.measure.composite.model import Composite, verb

METHODS = ("arithmetic", "geometric", "harmonic", "copeland")
# Majorities below this share of the weight are ties (single precision holds about 1e-7).
TIE = 1e-6


@dataclass(frozen=True)
class Tree:
    """Nodes by number: ``codes`` in the order of meta, ``leaves``, and ``steps`` (parent, children)
    from the bottom up."""

    codes: list[str]
    leaves: list[int]
    steps: list[tuple[int, list[int]]]

    @classmethod
    def of(cls, meta: pd.DataFrame) -> Tree:
        """Read the tree of a meta table; a loop among the parents is an error."""
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


def arithmetic(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Σwx / Σw over the known children: full compensation."""
    return _mean(x, w)


def geometric(x: np.ndarray, w: np.ndarray, floor: float) -> np.ndarray:
    """exp(Σw ln x / Σw), with x raised to ``floor``: a low child is compensated only in part."""
    return np.exp(_mean(np.log(np.maximum(x, floor)), w))


def harmonic(x: np.ndarray, w: np.ndarray, floor: float) -> np.ndarray:
    """Σw / Σ(w/x), with x raised to ``floor``: compensates less than the geometric mean."""
    return 1 / _mean(1 / np.maximum(x, floor), w)


def _mean(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    known = ~np.isnan(x)
    total = (known * w[:, None, :]).sum(axis=-1)
    summed = (np.where(known, x, 0) * w[:, None, :]).sum(axis=-1)
    return np.divide(summed, total, out=np.full(total.shape, np.nan), where=total > 0)


def copeland(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Net wins in the majority vote of the indicators, 0-100: no compensation at all.

    A territory beats another when the indicators that place it higher weigh more than those that
    place it lower (ties and missing values abstain). Score = 50 + 50 · (wins − losses)/(n − 1).
    ``x`` may have one draw while ``w`` has many; an indicator equal in all draws is compared once.
    """
    draws, n = w.shape[0], x.shape[1]
    share = (w / w.sum(axis=1, keepdims=True)).astype(np.float32)
    still = ((x == x[:1]) | (np.isnan(x) & np.isnan(x[:1]))).all(axis=(0, 1))
    votes = np.tensordot(share[:, still], _beats(x[:1, :, still])[0], axes=(1, 2))
    for j in np.flatnonzero(~still):
        votes += share[:, j, None, None] * _beats(x[:, :, [j]])[..., 0]
    # Shares that add up in another order differ in the last digits: a tie must stay a tie.
    votes[np.abs(votes) < TIE] = 0
    net = np.sign(votes).sum(axis=-1)
    score = 50 + 50 * net / max(n - 1, 1)
    missing = np.broadcast_to(np.isnan(x).all(axis=-1), (draws, n))
    return np.where(missing, np.nan, score)


def _beats(x: np.ndarray) -> np.ndarray:
    """(d, n, n, k): 1 where row beats column, −1 where it loses, 0 at ties and missing values."""
    over = x[:, :, None, :] > x[:, None, :, :]
    under = x[:, :, None, :] < x[:, None, :, :]
    return over.astype(np.float32) - under.astype(np.float32)


def climb(
    x: np.ndarray, weights: np.ndarray, tree: Tree, method: str, floor: float, top: bool = False
) -> dict[int, np.ndarray]:
    """Scores of every aggregate.

    ``x``: (1 or draws, territories, leaves) normalised; ``weights``: (draws, nodes), 0 leaves a
    node out. Returns node number → (draws, territories). Copeland counts the indicators under each
    parent with their effective weights; the means climb level by level. ``top``: only the last
    aggregate, the index, is wanted.
    """
    draws = weights.shape[0]
    if method == "copeland":
        return _climb_copeland(x, weights, tree, top)
    mean: Callable[[np.ndarray, np.ndarray], np.ndarray]
    match method:
        case "arithmetic":
            mean = arithmetic
        case "geometric":
            mean = lambda a, w: geometric(a, w, floor)  # noqa: E731
        case "harmonic":
            mean = lambda a, w: harmonic(a, w, floor)  # noqa: E731
        case _:
            raise ValueError(f"unknown aggregation '{method}'; known: {', '.join(METHODS)}")
    scores = {
        node: np.broadcast_to(x[:, :, i], (draws, x.shape[1])) for i, node in enumerate(tree.leaves)
    }
    for parent, children in tree.steps:
        stacked = np.stack([scores[c] for c in children], axis=-1)
        scores[parent] = mean(stacked, weights[:, children])
    return {parent: scores[parent] for parent, _ in tree.steps}


def _climb_copeland(
    x: np.ndarray, weights: np.ndarray, tree: Tree, top: bool
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
            out[parent] = copeland(x[:, :, columns], under[parent][1])
    return out


@verb
def aggregate(composite: Composite, *, method: str, floor: float = 1.0) -> Composite:
    """Add a column for every aggregate of the tree. ``floor``: least value in a geometric or
    harmonic mean, whose logarithm or inverse is not defined at zero."""
    tree = Tree.of(composite.meta)
    x = composite.values[composite.indicators].to_numpy(float)[None]
    weights = composite.meta["weight"].to_numpy(float)[None]
    scores = climb(x, weights, tree, method, floor)
    values = composite.values.copy()
    for node, score in scores.items():
        values[tree.codes[node]] = score[0]
    return replace(composite, values=values)
