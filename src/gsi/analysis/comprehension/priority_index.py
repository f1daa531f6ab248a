"""The index of a department's municipalities: which indicators, which tree, how it is computed.

Indicators climb to their objective of policy, objectives to their category of rights (with a
'transversal' one for living conditions), categories to the index. Everything is oriented so that
more is better; the index that people read is 100 minus that, so that more is more need. Averaging
achievements rather than deprivations is what makes the geometric mean and Copeland's rule count a
severe deprivation fully instead of offsetting it.

Double counting: the census IPM is made from 15 privations that are also in the catalogue. Each
privation stands under its own objective; the IPM stands once, in the transversal category, because
it adds what the marginals do not hold (privations that meet in the same household). It is a
``summary``: the ranking without it is computed and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.quality import criteria
from gsi.contract.params.indicators import Indicator
from gsi.contract.params.priority import PrioritySettings
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs import indicators
from gsi.measure import composite as ci
from gsi.measure import robustness as rb
from gsi.measure import simulation as sm
from gsi.measure.ranks import Classes, classes, joint_range, rank_sets
from gsi.measure.smoothing import empirical_bayes

INDEX = "index"


@dataclass(frozen=True)
class Matrix:
    """Municipality × indicator at the baseline: ``values``, ``errors`` (standard errors, NaN where
    none), ``years``; ``tree``: meta table of the composite; ``used`` enter the index, ``thin`` have
    data for too few municipalities, ``constant`` tell no municipality from another. ``helped``:
    indicator → its rates raw and smoothed (:func:`gsi.measure.smoothing.empirical_bayes`, in the
    unit of the indicator); ``values`` and ``errors`` hold the smoothed ones."""

    values: pd.DataFrame
    errors: pd.DataFrame
    years: pd.DataFrame
    tree: pd.DataFrame
    used: list[Indicator]
    thin: list[Indicator]
    constant: list[Indicator]
    helped: Mapping[str, pd.DataFrame]


def matrix(context: Context, also: Sequence[str] = ()) -> Matrix:
    """Values of the index's indicators for every municipality of the department; ``also``, ids of
    indicators that the index leaves out, joins them.

    Raises :class:`UserMistake` when the parameters weigh an indicator the catalogue lacks.
    """
    settings = context.params.priority
    _check_weights(settings, context.catalogue)
    chosen = [i for i in context.catalogue if i.in_index or i.id in also]
    ids_chosen = [i.id for i in chosen]
    codes = list(context.data.names)
    rows = context.data.department("indicadores")
    rows = rows[rows["municipio"].isin(codes) & rows["indicador"].isin(ids_chosen)]
    # A column holds one year: what a municipality lacks of it is a gap.
    rows = indicators.at_one_year(rows, context.years.baseline)

    def wide(column: str) -> pd.DataFrame:
        table = rows.pivot(index="municipio", columns="indicador", values=column)
        return table.reindex(index=codes, columns=ids_chosen).astype("float64")

    values, errors = wide("valor"), wide("error_estandar")
    if not settings.robustness.sampling_error:
        errors[:] = np.nan
    if settings.robustness.count_error:
        errors = errors.combine_first(_count_errors(chosen, wide))[ids_chosen]
    helped = _helped(chosen, wide) if settings.smoothing else {}
    for name, table in helped.items():
        values[name] = table["smoothed"].fillna(values[name])
        if settings.robustness.count_error:
            errors[name] = table["error"].fillna(errors[name])
    cover = values.notna().mean()
    apart = criteria.scarce(context)
    used = [i for i in chosen if cover[i.id] >= settings.minimum_data and i.id not in apart]
    thin = [i for i in chosen if cover[i.id] > 0 and i not in used]
    used, constant = _telling(values, used, settings)
    ids = [i.id for i in used]
    return Matrix(
        values[ids],
        errors[ids],
        wide("periodo")[ids],
        tree(used, settings),
        used,
        thin,
        constant,
        {name: table for name, table in helped.items() if name in ids},
    )


def _telling(
    values: pd.DataFrame, used: list[Indicator], settings: PrioritySettings
) -> tuple[list[Indicator], list[Indicator]]:
    """The indicators that tell municipalities apart, and those that are the same in all that can
    be classified once their outliers are treated: weight given to one would separate nobody."""
    constant: list[Indicator] = []
    while used:
        ids = [i.id for i in used]
        treated = _treated(ci.Composite(values[ids], tree(used, settings)), settings).values
        spread = treated.max() - treated.min()
        flat = {name for name in ids if not spread[name] > 1e-9 * treated[name].abs().max()}
        if treated.empty or not flat:
            break
        constant += [i for i in used if i.id in flat]
        used = [i for i in used if i.id not in flat]
    return used, constant


def _helped(
    chosen: Sequence[Indicator], wide: Callable[[str], pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Rates made from counts, moved towards the department's as far as chance explains them."""
    base, counts = wide("denominador"), wide("numerador")
    found = {}
    for i in chosen:
        if i.multiplier is None or counts[i.id].notna().sum() < 2:
            continue
        table = empirical_bayes(counts[i.id], base[i.id], share=i.is_share)
        table[["raw", "smoothed", "error"]] *= i.multiplier
        table["cases"] = counts[i.id]
        found[i.id] = table
    return found


def _count_errors(chosen: Sequence[Indicator], wide: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Standard errors of rates made from counts (Poisson) and of shares (binomial)."""
    made = [i for i in chosen if i.multiplier is not None]
    ids = [i.id for i in made]
    base, counts = wide("denominador")[ids], wide("numerador")[ids]
    per_event = base.rdiv(1.0) * [i.multiplier for i in made]
    # One event stands in where none was seen: no count is known without error.
    variance = counts.clip(lower=1)
    shares = [i.id for i in made if i.is_share]
    variance[shares] *= (1 - counts[shares] / base[shares]).clip(lower=0)
    return per_event * variance**0.5


def _check_weights(settings: PrioritySettings, catalogue: Sequence[Indicator]) -> None:
    known = {i.id for i in catalogue}
    findings = [
        Finding(
            f"params, parámetro priority.{place}",
            "el indicador debe existir en el catálogo",
            name,
            "Use un id de params/indicators.yml.",
        )
        for place, names in (
            ("weights.indicators", settings.weights.indicators),
            ("summaries", settings.summaries),
            ("contested", settings.contested),
        )
        for name in sorted(names)
        if name not in known
    ]
    if findings:
        raise UserMistake(findings)


def tree(used: Sequence[Indicator], settings: PrioritySettings) -> pd.DataFrame:
    """Meta table of the composite: indicators, objectives, categories of rights, index."""
    weights = settings.weights
    rows: dict[str, tuple[str, float, int]] = {}
    for i in used:
        direction = 1 if i.direction == "higher" else -1
        weight = weights.indicators.get(i.id, 1.0)
        rows[i.id] = (_objective(i), weight, direction)
    for i in used:
        weight = weights.objectives.get(i.objective, 1.0)
        rows[_objective(i)] = (f"right:{i.right}", weight, 1)
    for i in used:
        rows[f"right:{i.right}"] = (INDEX, weights.rights.get(i.right, 1.0), 1)
    rows[INDEX] = ("", 1.0, 1)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["parent", "weight", "direction"])


def _objective(i: Indicator) -> str:
    # A category of rights may hold a 'transversal' objective of its own.
    return f"objective:{i.right}/{i.objective}"


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


def composite(data: Matrix) -> ci.Composite:
    """The raw values in their tree, every municipality included."""
    return ci.Composite(data.values, data.tree)


def screened(data: Matrix, settings: PrioritySettings) -> ci.Composite:
    """The municipalities with enough data, outliers treated, oriented."""
    return ci.orient(_treated(composite(data), settings))


def _treated(raw: ci.Composite, settings: PrioritySettings) -> ci.Composite:
    chain = ci.screen(raw, minimum_share=settings.minimum_data)
    return ci.treat_outliers(chain, **settings.index.outliers.model_dump())


def compute(data: Matrix, settings: PrioritySettings, seed: int) -> PriorityIndex:
    """Everything about the ranking of the municipalities of ``data``; deterministic in ``seed``."""
    prepared = screened(data, settings)
    scored = _rescored(prepared, settings)
    n = len(scored.values)
    group = int(np.ceil(settings.group_share * n - 1e-9))
    model = sm.Model(prepared, _assumptions(settings), data.errors, _bounds(data.used))
    # Each use of chance has its own stream: changing one leaves the others as they were.
    streams = np.random.default_rng(seed).spawn(5)
    draws = model.draw(streams[0], settings.robustness.draws)
    ranks = rb.ranks(model.scores(draws), draws.ties)
    ranking = rb.summarise(ranks, group, model.territories)
    ranking["low"], ranking["high"] = _possible(model, draws, ranks, settings.robustness.interval)
    rights = [str(code) for code, parent in prepared.meta["parent"].items() if parent == INDEX]
    free = rb.free(model, draws, rights, streams[4])
    ranking["free"] = rb.summarise(
        rb.ranks(model.scores(free), free.ties), group, model.territories
    )["probability"]
    achieved = scored.values[INDEX]
    ranking.insert(0, "need", 100 - achieved)
    order = np.lexsort((ranking.index, -ranking["probability"], achieved.round(9)))
    ranking["member"] = np.isin(np.arange(n), order[:group])
    ranking.insert(1, "rank", achieved.round(9).rank(method="min").astype(int))
    agreement, sources = _agreement(scored, data, settings, streams[1])
    part = draws.take(np.arange(min(len(draws), settings.robustness.without_draws)))
    return PriorityIndex(
        data,
        prepared,
        scored,
        ranking,
        group,
        classes(ranks, settings.classes.most, settings.classes.correct),
        rb.without_each(model, part, group),
        agreement,
        sources,
        rb.effects(model, *(model.draw(s, settings.robustness.effect_draws) for s in streams[2:4])),
        _without_summaries(prepared, settings, achieved),
    )


def _possible(
    model: sm.Model, draws: sm.Draws, ranks: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest possible rank of each municipality, for all at once with ``level``: those
    that the errors of the sources allow under the reference choices, and those that the draws of
    all choices keep. Each says what the other does not, so a rank possible in either is."""
    by_chance = rank_sets(model.reference(), model.scores(draws.only("sampling")), level)
    by_choice = joint_range(ranks, level)
    return np.minimum(by_chance[0], by_choice[0]), np.maximum(by_chance[1], by_choice[1])


def contested(catalogue: Sequence[Indicator], settings: PrioritySettings) -> list[str]:
    """Ids of what stays out because it also counts how much is reported, as the catalogue says, or
    because the parameters say so."""
    return [i.id for i in catalogue if i.counts_reporting or i.id in settings.contested]


def with_contested(
    context: Context, result: PriorityIndex, settings: PrioritySettings
) -> tuple[list[Indicator], float, int]:
    """The ranking if the contested indicators entered: which they are, Spearman correlation with
    the ranking without them, and how many of its priority group stay in it."""
    data = matrix(context, contested(context.catalogue, settings))
    added = [i for i in data.used if not i.in_index]
    if not added:
        return [], float("nan"), 0
    other = _rescored(screened(data, settings), settings).values[INDEX]
    both = result.ranking.join(other.rename("other"), how="inner")
    first = both.sort_values("other", kind="stable").index[: result.group_size]
    kept = int(result.ranking.loc[result.ranking.index.isin(first), "member"].sum())
    return added, float(both["rank"].corr(both["other"].rank())), kept


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


def _rescored(prepared: ci.Composite, settings: PrioritySettings) -> ci.Composite:
    scored = ci.normalise(prepared, method=settings.index.normalisation)
    return ci.aggregate(scored, method=settings.index.aggregation, floor=settings.index.floor)


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
    return float(achieved.rank().corr(_rescored(part, settings).values[INDEX].rank()))
