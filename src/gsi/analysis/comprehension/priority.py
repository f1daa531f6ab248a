"""C1: the territories where poverty and unmet rights clearly concentrate, and how sure that is.

Municipalities of one department are compared with each other; a municipality's own report shows
the same comparison with its row singled out. Method and sources: docs/prioridad.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import people
from gsi.analysis.comprehension import priority_facts as facts_of
from gsi.analysis.comprehension import priority_index as pi
from gsi.analysis.comprehension import priority_ranking as pr
from gsi.analysis.comprehension import priority_space as space
from gsi.analysis.comprehension import priority_tables as tables
from gsi.analysis.comprehension.priority_status import (
    PRIORITY,
    UNCLASSIFIABLE,
    agree,
    status,
)
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Fact,
    Gap,
    Section,
    count,
    flag,
    percent,
    probability,
    text,
)
from gsi.analysis.steps import step
from gsi.contract import places
from gsi.contract.divipola import CAPITAL_DISTRICT
from gsi.contract.params.priority import PrioritySettings
from gsi.measure.composite import data_share


@step
def priority(context: Context) -> Section:
    """Priority territories of the department. Tables ``ranking``, ``clusters``, ``robustness``,
    ``indicators``, ``without_each``, ``rates`` (raw and smoothed) and those of them that are
    shown, ``smoothed``, ``concentration``; facts:

    - ``municipalities``, ``classifiable``, ``group_size``, ``indicators``, ``draws``: counts;
      ``heaviest_name`` and ``heaviest_weight``: the indicator that weighs most;
      ``interval``: confidence of the sets of ranks; ``first_year``, ``last_year`` of the data
      (``several_years``);
      ``constant_names``: indicators left out because they are the same everywhere;
      ``smoothed_names``: rates that entered smoothed.
    - ``priority_names`` (probability ≥ ``certain`` and sources that agree),
      ``to_confirm_names``, ``unclassifiable_names``, each with ``_count`` and flag
      (``has_priority``, ``has_to_confirm``, ``has_unclassifiable``); ``certain``, ``possible``:
      the thresholds.
    - ``top_names`` (``top_shared``: more than one, exactly equal; ``top_alone``: nobody else may
      be first).
    - ``surely_names``, ``surely_count``, ``possibly_count``: among the first ``group_size``, said
      of all municipalities at once; ``classes`` of the map of the index and
      ``classes_correct``, the mean probability of the true one.
    - ``reach_count``: municipalities with the probability ``certain``; ``free_kept`` of them keep
      it with the weights of the rights free; ``depends_on``, ``depends_weight``,
      ``depends_names``: the indicator without which most lose it; ``depends_any``: how many lose
      it without some one of ``depends_indicators`` indicators; ``weight_low``,
      ``weight_high``: what each weight is multiplied by otherwise.
    - ``agree``: the ``sources`` rank municipalities alike more than chance would;
      ``one_source``: there is nothing to agree.
    - ``moves``: some assumption moves a rank; ``most_sensitive``: the assumption with the largest
      total effect on the ranks;
      ``most_sensitive_total`` (% of their variance, with its interactions);
      ``contested_names``, ``contested_correlation``, ``contested_kept`` (of ``group_size``): the
      index with the indicators that it leaves out as contested.
    - ``poverty_year``, ``population_year``; of the municipalities called
      prioritarios: ``people_count``, ``people_share``, ``poor_count``, ``poor_share``,
      ``children_count``, ``children_share`` (0-17).
    - ``largest_cluster_names``, ``largest_cluster_size``; ``has_clusters``: two or more neighbours.
    - in a municipality's report: ``own_status``, ``own_rank`` (``own_shared``), ``own_low``,
      ``own_high``, ``own_probability``, ``own_data_share`` and the flags
      ``own_classifiable``, ``own_surely``, ``own_possibly``.

    A department with too few municipalities or indicators gives a named gap instead.
    """
    section = context.shared("comparison", _compared, ("indicadores", "poblacion", "limites"))
    if not section.available:
        return section
    facts, made = dict(section.facts), dict(section.tables)
    if not context.territory.is_department:
        facts |= _own_facts(context, made["ranking"].data, facts)
    helped = tables.smoothed(made.get("rates"), context.territory)
    if helped is not None:
        made["smoothed"] = helped
    facts["smoothed_shown"] = flag(helped is not None)
    return replace(section, facts=facts, tables=made)


def _compared(context: Context) -> Section:
    """What every report of the department says alike."""
    settings = context.params.priority
    data = pi.matrix(context)
    gap = _shortage(context, data, settings)
    if gap:
        return Section("priority", gaps=[gap])
    result = pr.compute(data, settings, pr.tried(context, data))
    ranking = _ranking(context, result)
    called = list(ranking.loc[ranking["status"] == PRIORITY, "municipio"])
    neighbours = context.kept(
        "neighbours",
        space.analyse,
        context.data.boundaries(),
        result.ranking["need"],
        called,
        settings.spatial,
        context.params.seed,
    )
    ranking = _placed(ranking, neighbours)
    facts: dict[str, Fact] = {
        **facts_of.of_data(context, result),
        **facts_of.of_status(ranking),
        **facts_of.of_sets(result, ranking),
        **facts_of.of_weights(result, ranking, settings),
        **facts_of.of_robustness(result, settings),
        **facts_of.of_contested(context, result),
        **facts_of.of_people(context, ranking, called),
        **facts_of.of_space(context, neighbours),
    }
    made = {
        "ranking": tables.ranking(ranking, facts),
        "robustness": tables.robustness(result),
        "indicators": tables.indicators(data),
        "without_each": tables.without_each(result, ranking, settings),
        "rates": tables.rates(context, data),
        "clusters": tables.clusters(context, ranking, neighbours.groups),
        "concentration": tables.curve(ranking),
    }
    kept = {name: table for name, table in made.items() if table is not None}
    return Section("priority", facts, kept, _gaps(context, neighbours))


def _shortage(context: Context, data: pi.Matrix, settings: PrioritySettings) -> Gap | None:
    total, least = len(context.data.names), settings.minimum_territories
    kinds = context.data.kinds
    if total == 1:
        # Nothing is missing: nobody is there to be compared with.
        alone = context.territory.department == CAPITAL_DISTRICT
        what = (
            "El Distrito Capital no se divide en municipios"
            if alone
            else f"El departamento tiene un solo {places.one(kinds)}"
        )
        return Gap(
            "", f"{what}: no hay entre cuáles priorizar. Sus indicadores se comparan con el país."
        )
    if total < least:
        return Gap(
            "",
            f"El departamento tiene {places.composition(kinds, context.data.names)}: son muy pocos "
            f"para compararlos entre sí (se necesitan al menos {least}).",
        )
    many = places.many(kinds)
    lacking = f"Sin información suficiente para comparar los {many}"
    if not data.used and data.constant:
        a = f"un {places.one(kinds)}"
        return Gap("", f"Ningún indicador distingue a {a} de otro: no se pueden ordenar.")
    if not data.used:
        share = percent(100 * settings.minimum_data, 0)
        return Gap(
            "indicadores",
            f"{lacking}: ningún indicador del índice tiene dato en al menos {share} de ellos.",
        )
    enough = len(pi.screened(data, settings).values)
    if enough < least:
        return Gap(
            "indicadores",
            f"{lacking}: con datos suficientes, {enough} de {total}; se necesitan al menos "
            f"{least}.",
        )
    return None


def _ranking(context: Context, result: pr.PriorityIndex) -> pd.DataFrame:
    """One row a municipality of the department, in the order of the index.

    ``probability``, ``free``, ``data_share`` and ``poverty`` in percent; ``people``, ``children``
    in persons; ``class``: part of the ranking, 1 that of most need.
    """
    settings = context.params.priority
    agreed = agree(result, settings)
    raw = pi.composite(result.matrix)
    out = result.ranking.reindex(list(context.data.names))
    out["status"] = [status(p, agreed, settings) for p in out["probability"]]
    out[["probability", "free"]] *= 100
    out["class"] = pd.Series(result.classes.member, result.ranking.index).reindex(out.index)
    out["data_share"] = 100 * data_share(raw)
    out["poverty"] = people.poverty(context)["valor"].reindex(out.index)
    population = people.rows(context)
    for column, ages in (("people", (0, people.OLDEST)), ("children", people.NINEZ)):
        out[column] = np.nan
        if not population.empty:
            moment = people.period(population["periodo"], context.years.baseline)
            out[column] = people.counts(population, moment, ages).reindex(out.index)
    out["member"] = out["member"].fillna(False).astype(bool)
    out.insert(0, "name", [context.data.names[code] for code in out.index])
    out = out.rename_axis("municipio").reset_index()
    return out.sort_values(["rank", "municipio"], ignore_index=True)


def _placed(ranking: pd.DataFrame, found: space.Space) -> pd.DataFrame:
    """``cluster``: number of the group of neighbouring priority municipalities (NaN outside any,
    or alone); ``hot_spot``: high need among neighbours of high need."""
    number = {
        code: place
        for place, group in enumerate(found.groups, start=1)
        for code in group
        if len(group) > 1
    }
    return ranking.assign(
        cluster=ranking["municipio"].map(number).astype("float64"),
        hot_spot=ranking["municipio"].isin(found.hot_spots),
    )


def _own_facts(
    context: Context, ranking: pd.DataFrame, facts: Mapping[str, Fact]
) -> dict[str, Fact]:
    row = ranking[ranking["municipio"] == context.territory.code].iloc[0]
    known = row["status"] != UNCLASSIFIABLE
    size = facts["group_size"].value
    return {
        "own_status": text(row["status"]),
        "own_classifiable": flag(known),
        "own_rank": count(int(row["rank"]) if known else None),
        "own_shared": flag(known and (ranking["rank"] == row["rank"]).sum() > 1),
        "own_low": count(int(row["low"]) if known else None),
        "own_high": count(int(row["high"]) if known else None),
        "own_surely": flag(known and row["high"] <= size),
        "own_possibly": flag(known and row["low"] <= size < row["high"]),
        "own_probability": probability(float(row["probability"])),
        "own_data_share": percent(float(row["data_share"]), 0),
    }


def _gaps(context: Context, found: space.Space) -> list[Gap]:
    gaps, many = [], places.many(context.data.kinds)
    if not found.mapped:
        gaps.append(
            Gap(
                "limites",
                f"Sin límites municipales no se puede ver si los {many} prioritarios son vecinos.",
            )
        )
    if people.rows(context).empty:
        gaps.append(
            Gap(
                "poblacion",
                "Sin población por edad no se sabe cuántas personas, ni cuántas niñas y niños, "
                f"viven en los {many} prioritarios.",
            )
        )
    return gaps
