"""What the report says of the priority territories: facts from their ranking and its trials."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import people
from gsi.analysis.comprehension import priority_ranking as pr
from gsi.analysis.comprehension import priority_space as space
from gsi.analysis.comprehension import priority_tables as tables
from gsi.analysis.comprehension.priority_status import PRIORITY, TO_CONFIRM, UNCLASSIFIABLE, agree
from gsi.analysis.context import Context
from gsi.analysis.results import Fact, count, decimal, flag, names, percent, probability, text, year
from gsi.contract.params.priority import PrioritySettings
from gsi.measure import concentration
from gsi.measure.composite import effective_weights


def of_data(context: Context, result: pr.PriorityIndex) -> dict[str, Fact]:
    used = result.matrix.used
    years = result.matrix.years
    settings = context.params.priority
    weights = effective_weights(result.matrix.tree)
    constant = [i.name for i in result.matrix.constant]
    return {
        "municipalities": count(len(context.data.names)),
        "classifiable": count(len(result.ranking)),
        "group_size": count(result.group_size),
        "indicators": count(len(used)),
        "draws": count(settings.robustness.draws),
        "interval": percent(100 * settings.robustness.interval, 0),
        "certain": percent(100 * settings.certain, 0),
        "possible": percent(100 * settings.possible, 0),
        "several_years": flag(bool(years.min().min() < years.max().max())),
        "first_year": year(int(years.min().min())),
        "last_year": year(int(years.max().max())),
        "heaviest_name": text(next(i.name for i in used if i.id == weights.idxmax())),
        "heaviest_weight": percent(100 * float(weights.max())),
        "constant_names": names(constant),
        "has_constant": flag(bool(constant)),
        "smoothed_names": names([i.name for i in used if i.id in result.matrix.helped]),
        "has_smoothed": flag(bool(result.matrix.helped)),
    }


def of_status(ranking: pd.DataFrame) -> dict[str, Fact]:
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
    ranked = ranking.dropna(subset="rank").sort_values(["rank", "municipio"])
    top = ranked[ranked["rank"] == 1]
    first = top.iloc[0]
    facts["top_names"] = names(list(top["name"]))
    facts["top_shared"] = flag(len(top) > 1)
    facts["top_alone"] = flag(bool(first["high"] == 1))
    return facts


def of_sets(result: pr.PriorityIndex, ranking: pd.DataFrame) -> dict[str, Fact]:
    """Who is surely and who is possibly among the first, said of all at once."""
    surely = ranking.loc[ranking["high"] <= result.group_size, "name"]
    possibly = int((ranking["low"] <= result.group_size).sum())
    found = result.classes
    return {
        "surely_names": names(list(surely)),
        "surely_count": count(len(surely)),
        "has_surely": flag(len(surely) > 0),
        "possibly_count": count(possibly - len(surely)),
        "has_possibly": flag(possibly > len(surely)),
        "classes": count(found.number),
        "classes_correct": probability(100 * found.correct if found.number > 1 else None),
    }


def of_weights(
    result: pr.PriorityIndex, ranking: pd.DataFrame, settings: PrioritySettings
) -> dict[str, Fact]:
    """How many keep the probability asked for with free weights, and without each indicator."""
    limit = 100 * settings.certain
    reach = ranking[ranking["probability"] >= limit]
    noise = settings.robustness.weight_noise
    facts = {
        "weight_low": decimal(1 - noise, 2),
        "weight_high": decimal(1 + noise, 2),
        "reach_count": count(len(reach)),
        "reach_names": names(list(reach["name"])),
        "has_reach": flag(len(reach) > 0),
        "several_reach": flag(len(reach) > 1),
        "free_kept": count(int((reach["free"] >= limit).sum())),
    }
    alone = tables.without_each(result, ranking, settings)
    if alone is None:
        return facts | {"without_known": flag(False), "depends": flag(False)}
    most = alone.data.iloc[0]
    return facts | {
        "without_known": flag(True),
        "depends": flag(bool(most["lost"] > 0)),
        "depends_on": text(str(most["name"])),
        "depends_weight": percent(float(most["weight"])),
        "depends_names": names(list(most["names"])),
        "depends_any": count(len({name for lost in alone.data["names"] for name in lost})),
        "depends_indicators": count(int((alone.data["lost"] > 0).sum())),
    }


def of_robustness(result: pr.PriorityIndex, settings: PrioritySettings) -> dict[str, Fact]:
    effects = result.effects
    alone = effects.drop("all")
    most = str(alone.sort_values(["total", "shift"], ascending=False).index[0])
    found = {name: float(effects[name].to_dict()[most]) for name in ("first", "total", "shift")}
    return {
        "agree": flag(agree(result, settings)),
        "sources": count(result.sources),
        "one_source": flag(result.sources < 2),
        "moves": flag(bool(effects["largest"].max() > 0)),
        "most_sensitive": text(tables.ASSUMPTIONS[most]),
        "most_sensitive_total": percent(_percent(found["total"]), 0),
    }


def _percent(share: float) -> float:
    """An estimated share of variance, in 0-100: chance may put it slightly outside."""
    return float(np.clip(100 * share, 0, 100))


def of_contested(context: Context, result: pr.PriorityIndex) -> dict[str, Fact]:
    added, correlation, kept = pr.with_contested(context, result, context.params.priority)
    return {
        "has_contested": flag(bool(added)),
        "contested_names": names([indicator.name.lower() for indicator in added]),
        "contested_correlation": decimal(correlation if added else None, 2),
        "contested_kept": count(kept if added else None),
    }


def of_people(context: Context, ranking: pd.DataFrame, called: list[str]) -> dict[str, Fact]:
    table = ranking.set_index("municipio")
    poor = table["people"] * table["poverty"] / 100
    incidence = people.poverty(context)
    population = people.rows(context)
    facts = {
        "poverty_told": text(None if incidence.empty else people.told(incidence)),
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


def of_space(context: Context, found: space.Space) -> dict[str, Fact]:
    called = context.data.names
    joined = [group for group in found.groups if len(group) > 1]
    largest = joined[0] if joined else []
    return {
        "has_clusters": flag(bool(joined)),
        "several_clusters": flag(len(joined) > 1),
        "largest_cluster_names": names([called[code] for code in largest]),
        "largest_cluster_size": count(len(largest)) if found.mapped else count(None),
    }
