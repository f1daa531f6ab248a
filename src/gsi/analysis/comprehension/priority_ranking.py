"""The ranking of a department's municipalities and how far it depends on the choices behind it.

What the draws say is computed once, whatever the size of the group and the probability asked for:
another group is then read off the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.priority_index import (
    INDEX,
    Matrix,
    contested,
    matrix,
    rescored,
    screened,
)
from gsi.analysis.context import Context
from gsi.contract.params.indicators import Indicator
from gsi.contract.params.priority import PrioritySettings
from gsi.measure import composite as ci
from gsi.measure import robustness as rb
from gsi.measure import simulation as sm
from gsi.measure.ranks import Classes, classes, joint_range, rank_sets

# Of the parameters ``priority``, those on which no draw depends.
UNTRIED = {"group_share", "minimum_territories", "certain", "possible", "contested", "spatial"}


@dataclass(frozen=True)
class PriorityIndex:
    """The index computed and tried under every assumption. Index of all frames: municipality code.

    ``scored``: the composite with its aggregates, classifiable municipalities only. ``ranking``:
    ``need`` (0-100, more is more need), ``rank`` (equal indices share it), ``median``, ``low`` and
    ``high`` (possible ranks, for all at once), ``probability`` (0-1), ``member`` of the
    reference priority group, ``free`` (its probability with the weights of the rights free).
    ``classes``: equal parts of the ranking that the data tell apart, in the order of ``ranking``.
    ``without_each``: probability (0-1) with each indicator left out of every draw. ``agreement``:
    p-value that the sources rank municipalities alike (NaN: cannot be tested) and ``sources``, how
    many there are. ``effects``: see :func:`gsi.measure.robustness.effects`. ``without``: Spearman
    correlation with the ranking without the summaries (NaN when there is none).
    """

    matrix: Matrix
    prepared: ci.Composite
    scored: ci.Composite
    ranking: pd.DataFrame
    group_size: int
    classes: Classes
    without_each: pd.DataFrame
    agreement: float
    sources: int
    effects: pd.DataFrame
    without: float


@dataclass(frozen=True)
class Trials:
    """What the draws of all choices say, whatever the size of the group is. Arrays are in the order
    of the territories of ``prepared``.

    ``ranks`` and ``free`` (with the weights of the rights free): (draws, n); ``low``, ``high``:
    possible ranks; ``without``: indicator left out of every draw → (n, n), how often each
    territory takes each rank; the others: see :class:`PriorityIndex`.
    """

    ranks: np.ndarray
    free: np.ndarray
    low: np.ndarray
    high: np.ndarray
    classes: Classes
    without: Mapping[str, np.ndarray]
    agreement: float
    sources: int
    effects: pd.DataFrame

    def __str__(self) -> str:
        return f"{len(self.ranks)} draws of {self.ranks.shape[1]} territories"


def trials(data: Matrix, settings: PrioritySettings, seed: int) -> Trials:
    """The index of ``data`` under every assumption; deterministic in ``seed``."""
    prepared = screened(data, settings)
    model = sm.Model(prepared, _assumptions(settings), data.errors, _bounds(data.used))
    # Each use of chance has its own stream: changing one leaves the others as they were.
    streams = np.random.default_rng(seed).spawn(5)
    draws = model.draw(streams[0], settings.robustness.draws)
    ranks = rb.ranks(model.scores(draws), draws.ties)
    low, high = _possible(model, draws, ranks, settings.robustness.interval)
    rights = [str(code) for code, parent in prepared.meta["parent"].items() if parent == INDEX]
    free = rb.free(model, draws, rights, streams[4])
    agreement, sources = _agreement(rescored(prepared, settings), data, settings, streams[1])
    part = draws.take(np.arange(min(len(draws), settings.robustness.without_draws)))
    smallest = np.int16 if ranks.shape[1] < 2**15 else np.int32
    return Trials(
        ranks.astype(smallest),
        rb.ranks(model.scores(free), free.ties).astype(smallest),
        low,
        high,
        classes(ranks, settings.classes.most, settings.classes.correct),
        rb.without_each(model, part),
        agreement,
        sources,
        rb.effects(model, *(model.draw(s, settings.robustness.effect_draws) for s in streams[2:4])),
    )


def tried(context: Context, data: Matrix) -> Trials:
    """:func:`trials` under the context's parameters, computed once a department: they do not hang
    on who is in the group, nor on the probability that is asked for."""
    settings = context.params.priority
    return context.kept(
        "trials",
        lambda data, _chosen, seed: trials(data, settings, seed),
        data,
        settings.model_dump(mode="json", exclude=UNTRIED),
        context.params.seed,
    )


def simulated(context: Context) -> Trials:
    """:func:`trials` of the department's matrix."""
    return tried(context, matrix(context))


def compute(data: Matrix, settings: PrioritySettings, found: Trials) -> PriorityIndex:
    """The ranking of the municipalities of ``data`` and its group, with what ``found`` says."""
    prepared = screened(data, settings)
    scored = rescored(prepared, settings)
    places = scored.values.index
    n = len(places)
    group = group_size(n, settings)
    ranking = rb.summarise(found.ranks.astype(np.int64), group, places)
    ranking["low"], ranking["high"] = found.low, found.high
    ranking["free"] = rb.summarise(found.free, group, places)["probability"]
    achieved = scored.values[INDEX]
    ranking.insert(0, "need", 100 - achieved)
    order = np.lexsort((ranking.index, -ranking["probability"], achieved.round(9)))
    ranking["member"] = np.isin(np.arange(n), order[:group])
    ranking.insert(1, "rank", achieved.round(9).rank(method="min").astype(int))
    without = {name: rb.within(counts, group) for name, counts in found.without.items()}
    return PriorityIndex(
        data,
        prepared,
        scored,
        ranking,
        group,
        found.classes,
        pd.DataFrame(without, index=places),
        found.agreement,
        found.sources,
        found.effects,
        _without_summaries(prepared, settings, achieved),
    )


def group_size(n: int, settings: PrioritySettings) -> int:
    """How many of ``n`` municipalities the group has."""
    return int(np.ceil(settings.group_share * n - 1e-9))


def _possible(
    model: sm.Model, draws: sm.Draws, ranks: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest possible rank of each municipality, for all at once with ``level``: those
    that the errors of the sources allow under the reference choices, and those that the draws of
    all choices keep. Each says what the other does not, so a rank possible in either is."""
    by_chance = rank_sets(model.reference(), model.scores(draws.only("sampling")), level)
    by_choice = joint_range(ranks, level)
    return np.minimum(by_chance[0], by_choice[0]), np.maximum(by_chance[1], by_choice[1])


def _assumptions(settings: PrioritySettings) -> sm.Assumptions:
    r, index = settings.robustness, settings.index

    def first(reference: str, methods: Sequence[str]) -> tuple[str, ...]:
        return (reference, *(m for m in methods if m != reference))

    return sm.Assumptions(
        normalisation=first(index.normalisation, r.normalisation),
        aggregation=first(index.aggregation, r.aggregation),
        weight_noise=r.weight_noise,
        left_out=r.leave_one_out,
        sampling=r.sampling_error or r.count_error,
        floor=index.floor,
    )


def _bounds(used: Sequence[Indicator]) -> dict[str, tuple[float, float]]:
    """Natural limits after orientation: no share below 0 or above 100, no negative rate."""
    out = {}
    for i in used:
        high = 100.0 if i.is_share else np.inf
        out[i.id] = (0.0, high) if i.direction == "higher" else (-high, 0.0)
    return out


def _agreement(
    scored: ci.Composite, data: Matrix, settings: PrioritySettings, rng: np.random.Generator
) -> tuple[float, int]:
    """p-value that independent sources rank municipalities alike, and how many sources there are.

    An error of one register moves all that is counted in it, and all that is modelled on it: its
    indicators are one witness, however many families and objectives they belong to.
    """
    weights = ci.effective_weights(data.tree)
    witness = pd.Series({i.id: settings.agreement.witness(i.family) for i in data.used})
    blocks = {}
    for source, ids in witness.groupby(witness).groups.items():
        values, weight = scored.values[list(ids)], weights[list(ids)]
        blocks[source] = (values * weight).sum(axis=1, min_count=1) / (values.notna() * weight).sum(
            axis=1
        )
    table = pd.DataFrame(blocks)
    return rb.agreement(table, settings.agreement.permutations, rng), table.shape[1]


def _without_summaries(
    prepared: ci.Composite, settings: PrioritySettings, achieved: pd.Series
) -> float:
    present = [c for c in settings.summaries if c in prepared.indicators]
    part = _pruned(prepared, present)
    if not present or not part.indicators:
        return float("nan")
    return float(achieved.rank().corr(rescored(part, settings).values[INDEX].rank()))


def _pruned(prepared: ci.Composite, drop: Sequence[str]) -> ci.Composite:
    """The same composite without some indicators and the aggregates left empty."""
    leaves = prepared.indicators
    keep = [c for c in leaves if c not in drop]
    meta = prepared.meta.drop(index=[c for c in leaves if c in drop])
    while True:
        parents = set(meta["parent"])
        empty = [c for c in meta.index if c not in parents and c not in keep and c != INDEX]
        if not empty:
            return ci.Composite(prepared.values[keep], meta, prepared.log)
        meta = meta.drop(index=empty)


def with_contested(
    context: Context, result: PriorityIndex, settings: PrioritySettings
) -> tuple[list[Indicator], float, int]:
    """The ranking if the contested indicators entered: which they are, Spearman correlation with
    the ranking without them, and how many of its priority group stay in it."""
    data = matrix(context, contested(context.catalogue, settings))
    added = [i for i in data.used if not i.in_index]
    if not added:
        return [], float("nan"), 0
    other = rescored(screened(data, settings), settings).values[INDEX]
    both = result.ranking.join(other.rename("other"), how="inner")
    first = both.sort_values("other", kind="stable").index[: result.group_size]
    kept = int(result.ranking.loc[result.ranking.index.isin(first), "member"].sum())
    return added, float(both["rank"].corr(both["other"].rank())), kept
