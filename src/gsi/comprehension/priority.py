"""C1: the territories where poverty and unmet rights clearly concentrate, and how sure that is.

Municipalities of one department are compared with each other; a municipality's own report shows
the same comparison with its row singled out. Method and sources: docs/prioridad.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from gsi.comprehension import people
from gsi.comprehension import priority_index as pi
from gsi.comprehension import priority_space as space
from gsi.comprehension import priority_tables as tables
from gsi.context import Context
from gsi.measure import concentration
from gsi.measure.composite import data_share, effective_weights
from gsi.params.priority import PrioritySettings
from gsi.results import (
    Fact,
    Gap,
    Section,
    count,
    decimal,
    flag,
    names,
    percent,
    text,
    year,
)
from gsi.steps import step
from gsi.vocabulary import RIGHTS

PRIORITY = "prioritario"
TO_CONFIRM = "por confirmar"
NOT_PRIORITY = "no prioritario"
UNCLASSIFIABLE = "no clasificable"
STATUSES = (PRIORITY, TO_CONFIRM, NOT_PRIORITY, UNCLASSIFIABLE)


@step
def priority(context: Context) -> Section:
    """Priority territories of the department. Tables ``ranking``, ``clusters``, ``robustness``,
    ``indicators``, ``concentration``; facts:

    - ``municipalities``, ``classifiable``, ``group_size``, ``indicators``, ``draws``: counts;
      ``heaviest_name`` and ``heaviest_weight``: the indicator that weighs most;
      ``interval``: coverage of the rank intervals; ``first_year``, ``last_year`` of the data;
      ``rights_without_data``: categories with no indicator in the index.
    - ``priority_names`` (probability ≥ ``certain`` and indicators that agree),
      ``to_confirm_names``, ``unclassifiable_names``, each with ``_count`` and flag
      (``has_priority``, ``has_to_confirm``, ``has_unclassifiable``); ``certain``, ``possible``:
      the thresholds.
    - ``top_name``, ``top_index``, ``top_probability``; ``lowest_name``: the ends of the index.
    - ``agree``: the objectives rank municipalities alike more than chance would; ``agreement_p``.
    - ``most_sensitive``: the assumption with the largest total effect on the ranks;
      ``most_sensitive_total``, ``most_sensitive_first`` (% of their variance, with and without its
      interactions), ``most_sensitive_shift``, ``all_shift``: mean ranks moved;
      ``without_summaries``: rank correlation (Spearman) with the index without its summaries;
      ``contested_names``, ``contested_correlation``, ``contested_kept`` (of ``group_size``): the
      index with the indicators that it leaves out as contested.
    - ``poverty_name``, ``poverty_year``, ``population_year``; of the municipalities called
      prioritarios: ``people_count``, ``people_share``, ``poor_count``, ``poor_share``,
      ``children_count``, ``children_share`` (0-17).
    - ``has_boundaries``, ``has_moran``, ``moran``, ``moran_p``, ``moran_clustered``; ``clusters``,
      ``largest_cluster_names``, ``largest_cluster_size``, ``alone_names``, ``hot_spot_names``, with
      flags ``has_clusters`` (two or more neighbours), ``has_alone``, ``has_hot_spots``.
    - in a municipality's report: ``own_status``, ``own_rank``, ``own_low``, ``own_high``,
      ``own_probability``, ``own_index``, ``own_data_share`` and the flags ``own_classifiable``,
      ``own_priority``, ``own_to_confirm``.

    A department with too few municipalities or indicators gives a named gap instead.
    """
    section = context.shared("comparison", _compared, ("indicadores", "poblacion", "limites"))
    if not section.available:
        return section
    own = _own_facts(context, section.tables["ranking"].data)
    return replace(section, facts={**section.facts, **own})


def _compared(context: Context) -> Section:
    """What every report of the department says alike."""
    settings = context.params.priority
    data = pi.matrix(context)
    gap = _shortage(context, data, settings)
    if gap:
        return Section("priority", gaps=[gap])
    result = context.kept("priority", pi.compute, data, settings, context.params.seed)
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
    indicator_table = tables.indicators(data)
    facts: dict[str, Fact] = {
        **_data_facts(context, result),
        **_status_facts(ranking, settings),
        **_robustness_facts(result, settings),
        **_contested_facts(context, result),
        **_people_facts(context, ranking, called),
        **_space_facts(context, neighbours),
    }
    made = {
        "ranking": tables.ranking(ranking, facts),
        "robustness": tables.robustness(result),
        "indicators": indicator_table,
    }
    if neighbours.groups:
        made["clusters"] = tables.clusters(context, ranking, neighbours.groups)
    curve = tables.curve(ranking)
    if curve is not None:
        made["concentration"] = curve
    return Section("priority", facts, made, _gaps(context, neighbours))


def _shortage(context: Context, data: pi.Matrix, settings: PrioritySettings) -> Gap | None:
    total = len(context.data.names)
    if total < settings.minimum_territories:
        return Gap(
            "indicadores",
            f"Municipios del departamento: {total}. Para compararlos entre sí se necesitan al "
            f"menos {settings.minimum_territories}.",
        )
    if not data.used:
        return Gap(
            "indicadores",
            "Sin indicadores para la mayoría de los municipios no se sabe dónde se concentran las "
            "carencias.",
        )
    enough = len(pi.screened(data, settings).values)
    if enough < settings.minimum_territories:
        return Gap(
            "indicadores",
            f"Municipios con datos suficientes: {enough} de {total}. Para compararlos entre sí se "
            f"necesitan al menos {settings.minimum_territories}.",
        )
    return None


def status(probability: float, agree: bool, settings: PrioritySettings) -> str:
    """The word for a probability (0-1); without agreement among the indicators none is certain."""
    if np.isnan(probability):
        return UNCLASSIFIABLE
    if probability >= settings.certain and agree:
        return PRIORITY
    return TO_CONFIRM if probability >= settings.possible else NOT_PRIORITY


def _agree(result: pi.PriorityIndex, settings: PrioritySettings) -> bool:
    return bool(result.agreement <= settings.agreement.alpha)


def _ranking(context: Context, result: pi.PriorityIndex) -> pd.DataFrame:
    """One row a municipality of the department: by status, then in the order of the index.

    ``probability``, ``data_share`` and ``poverty`` in percent; ``people``, ``children`` in persons.
    """
    settings = context.params.priority
    agree = _agree(result, settings)
    raw = pi.composite(result.matrix)
    out = result.ranking.reindex(list(context.data.names))
    out["status"] = [status(p, agree, settings) for p in out["probability"]]
    out["probability"] *= 100
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
    # A close index may come with a clearly lower probability: the status says more than the place.
    out["_place"] = out["status"].map({word: i for i, word in enumerate(STATUSES)})
    out = out.sort_values(["_place", "rank", "municipio"], ignore_index=True)
    return out.drop(columns="_place")


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


def _data_facts(context: Context, result: pi.PriorityIndex) -> dict[str, Fact]:
    used = result.matrix.used
    years = result.matrix.years
    absent = [label for key, label in RIGHTS.items() if key not in {i.right for i in used}]
    settings = context.params.priority
    weights = effective_weights(result.matrix.tree)
    return {
        "municipalities": count(len(context.data.names)),
        "classifiable": count(len(result.ranking)),
        "group_size": count(result.group_size),
        "indicators": count(len(used)),
        "draws": count(settings.robustness.draws),
        "interval": percent(100 * settings.robustness.interval, 0),
        "certain": percent(100 * settings.certain, 0),
        "possible": percent(100 * settings.possible, 0),
        "first_year": year(int(years.min().min())),
        "last_year": year(int(years.max().max())),
        "heaviest_name": text(next(i.name for i in used if i.id == weights.idxmax())),
        "heaviest_weight": percent(100 * float(weights.max())),
        "rights_without_data": names(absent),
        "has_rights_without_data": flag(bool(absent)),
    }


def _status_facts(ranking: pd.DataFrame, settings: PrioritySettings) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for key, word in (
        ("priority", PRIORITY),
        ("to_confirm", TO_CONFIRM),
        ("unclassifiable", UNCLASSIFIABLE),
    ):
        chosen = list(ranking.loc[ranking["status"] == word, "name"])
        facts[f"{key}_names"] = names(chosen)
        facts[f"{key}_count"] = count(len(chosen))
        facts[f"has_{key}"] = flag(bool(chosen))
    ranked = ranking.dropna(subset="rank").sort_values("rank")
    top, lowest = ranked.iloc[0], ranked.iloc[-1]
    facts["top_name"] = text(top["name"])
    facts["top_index"] = decimal(float(top["need"]))
    facts["top_probability"] = percent(float(top["probability"]), 0)
    facts["lowest_name"] = text(lowest["name"])
    return facts


def _robustness_facts(result: pi.PriorityIndex, settings: PrioritySettings) -> dict[str, Fact]:
    effects = result.effects
    alone = effects.drop("all")
    most = str(alone.sort_values(["total", "shift"], ascending=False).index[0])
    found = {name: float(effects[name].to_dict()[most]) for name in ("first", "total", "shift")}
    return {
        "agree": flag(_agree(result, settings)),
        "agreement_p": decimal(result.agreement, 3),
        "most_sensitive": text(tables.ASSUMPTIONS[most]),
        "most_sensitive_total": percent(_percent(found["total"]), 0),
        "most_sensitive_first": percent(_percent(found["first"]), 0),
        "most_sensitive_shift": decimal(found["shift"]),
        "all_shift": decimal(float(effects["shift"].to_dict()["all"])),
        "without_summaries": decimal(result.without, 2),
        "has_summaries": flag(not np.isnan(result.without)),
    }


def _percent(share: float) -> float:
    """An estimated share of variance, in 0-100: chance may put it slightly outside."""
    return float(np.clip(100 * share, 0, 100))


def _contested_facts(context: Context, result: pi.PriorityIndex) -> dict[str, Fact]:
    added, correlation, kept = pi.with_contested(context, result, context.params.priority)
    return {
        "has_contested": flag(bool(added)),
        "contested_names": names([indicator.name.lower() for indicator in added]),
        "contested_correlation": decimal(correlation if added else None, 2),
        "contested_kept": count(kept if added else None),
    }


def _people_facts(context: Context, ranking: pd.DataFrame, called: list[str]) -> dict[str, Fact]:
    table = ranking.set_index("municipio")
    poor = table["people"] * table["poverty"] / 100
    incidence = people.poverty(context)
    label = {i.id: i.name for i in context.catalogue}
    population = people.rows(context)
    facts = {
        "poverty_name": text(
            None if incidence.empty else label.get(str(incidence["indicador"].iloc[0]))
        ),
        "poverty_year": year(None if incidence.empty else int(incidence["periodo"].max())),
        "population_year": year(
            None
            if population.empty
            else people.period(population["periodo"], context.years.baseline)
        ),
    }
    for key, quantity in (
        ("people", table["people"]),
        ("poor", poor),
        ("children", table["children"]),
    ):
        known = bool(called) and quantity.notna().any()
        inside = float(quantity.reindex(called).sum()) if known else None
        facts[f"{key}_count"] = count(inside)
        facts[f"{key}_share"] = percent(
            100 * concentration.share_in(quantity, called) if known else None
        )
    return facts


def _space_facts(context: Context, found: space.Space) -> dict[str, Fact]:
    called = context.data.names
    joined = [group for group in found.groups if len(group) > 1]
    alone = [called[group[0]] for group in found.groups if len(group) == 1]
    largest = joined[0] if joined else []
    facts = {
        "has_boundaries": flag(found.mapped),
        "has_moran": flag(found.moran is not None),
        "clusters": count(len(joined)) if found.mapped else count(None),
        "has_clusters": flag(bool(joined)),
        "largest_cluster_names": names([called[code] for code in largest]),
        "largest_cluster_size": count(len(largest)) if found.mapped else count(None),
        "alone_names": names(alone),
        "has_alone": flag(bool(alone)),
        "hot_spot_names": names([called[code] for code in found.hot_spots]),
        "has_hot_spots": flag(bool(found.hot_spots)),
        "moran": decimal(None, 2),
        "moran_p": decimal(None, 4),
        "moran_clustered": flag(False),
    }
    if found.moran is not None:
        facts["moran"] = decimal(found.moran.I, 2)
        facts["moran_p"] = decimal(found.moran.p, 4)
        above = found.moran.expected < found.moran.I
        facts["moran_clustered"] = flag(
            above and found.moran.p <= context.params.priority.spatial.alpha
        )
    return facts


def _own_facts(context: Context, ranking: pd.DataFrame) -> Mapping[str, Fact]:
    if context.territory.level == "department":
        return {}
    row = ranking[ranking["municipio"] == context.territory.code].iloc[0]
    known = row["status"] != UNCLASSIFIABLE
    return {
        "own_status": text(row["status"]),
        "own_classifiable": flag(known),
        "own_priority": flag(row["status"] == PRIORITY),
        "own_to_confirm": flag(row["status"] == TO_CONFIRM),
        "own_rank": count(int(row["rank"]) if known else None),
        "own_low": count(int(row["low"]) if known else None),
        "own_high": count(int(row["high"]) if known else None),
        "own_probability": percent(float(row["probability"]), 0),
        "own_index": decimal(float(row["need"])),
        "own_data_share": percent(float(row["data_share"]), 0),
    }


def _gaps(context: Context, found: space.Space) -> list[Gap]:
    gaps = []
    if not found.mapped:
        gaps.append(
            Gap(
                "limites",
                "Sin límites municipales no se puede ver si los municipios prioritarios son "
                "vecinos.",
            )
        )
    if people.rows(context).empty:
        gaps.append(
            Gap(
                "poblacion",
                "Sin población por edad no se sabe cuántas personas, ni cuántas niñas y niños, "
                "viven en los municipios prioritarios.",
            )
        )
    return gaps
