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


def composite(data: Matrix) -> ci.Composite:
    """The raw values in their tree, every municipality included."""
    return ci.Composite(data.values, data.tree)


def screened(data: Matrix, settings: PrioritySettings) -> ci.Composite:
    """The municipalities with enough data, outliers treated, oriented."""
    return ci.orient(_treated(composite(data), settings))


def _treated(raw: ci.Composite, settings: PrioritySettings) -> ci.Composite:
    chain = ci.screen(raw, minimum_share=settings.minimum_data)
    return ci.treat_outliers(chain, **settings.index.outliers.model_dump())


def contested(catalogue: Sequence[Indicator], settings: PrioritySettings) -> list[str]:
    """Ids of what stays out because it also counts how much is reported, as the catalogue says, or
    because the parameters say so."""
    return [i.id for i in catalogue if i.counts_reporting or i.id in settings.contested]


def rescored(prepared: ci.Composite, settings: PrioritySettings) -> ci.Composite:
    """Prepared values on one scale, and every aggregate up to the index."""
    scored = ci.normalise(prepared, method=settings.index.normalisation)
    return ci.aggregate(scored, method=settings.index.aggregation, floor=settings.index.floor)
