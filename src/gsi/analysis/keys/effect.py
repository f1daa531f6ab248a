"""Did living conditions change more where service days went? Matched difference-in-differences.

Homes measured at both cuts, reached by a service day up to the reference date against the others
of the same municipality, balanced on what they were at the baseline. Two outcomes: the weighted
privations of the IPM (0-100, less is better) and, where homes bring its variables, the ICV (0-100,
more is better).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common, households
from gsi.analysis.keys.persons import household_scores
from gsi.analysis.results import Column, Fact, Table, count, decimal, flag, text, year
from gsi.contract.vocabulary import Area
from gsi.measure.balance import NotComparable
from gsi.measure.effects import (
    FEWEST_EFFECTIVE,
    Effect,
    FewClusters,
    difference_in_differences,
    effective_clusters,
)

OUTCOMES = {
    "effect": ("privations", "Privaciones del hogar (IPM, menos es mejor)", -1),
    "living": ("icv", "Condiciones de vida (ICV, más es mejor)", 1),
}
NO_PANEL = "no hay hogares medidos en los dos cortes"
FEW = "hay muy pocos hogares alcanzados, o muy pocos con los que compararlos"
FEW_CLUSTERS = "hay muy pocos microterritorios o segmentos para medir la incertidumbre"
ONE_PLACE = (
    "los hogares alcanzados, o los que sirven para comparar, son casi todos de un solo lugar, y no "
    "se distingue lo que hicieron las jornadas de lo demás que pasó allí"
)
DIFFERENT = "los hogares alcanzados y los demás no se parecen lo bastante para compararlos"


@dataclass(frozen=True)
class Panel:
    """Homes of the territory at both cuts (index hogar) in municipalities with both kinds.

    ``homes``: municipio, cluster, peso, reached, and each outcome as ``<name>_before`` and
    ``<name>_after`` (and ``<name>_earlier`` with a cut before the baseline); ``covariates``: what
    they are balanced on, known before; ``alone``: homes left out because their municipality has
    homes of one kind only.
    """

    homes: pd.DataFrame
    covariates: pd.DataFrame
    alone: int


def effect(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """Facts of the effect on both outcomes, or ``effect_known`` false with ``effect_why``.

    Adds table ``effect``: one row an outcome, and the placebo where there is an earlier cut.
    """
    found = panel(context)
    if isinstance(found, str):
        return _untold(found)
    facts: dict[str, Fact] = {"effect_baseline": year(context.years.baseline)}
    rows = []
    for prefix, (name, label, better) in OUTCOMES.items():
        facts[f"{prefix}_known"] = flag(f"{name}_before" in found.homes)
        if f"{name}_before" not in found.homes:
            continue
        try:
            estimate = _estimate(found, f"{name}_before", f"{name}_after", context)
        except NotComparable:
            return _untold(DIFFERENT)
        except FewClusters:
            return _untold(ONE_PLACE)
        if estimate.effective < _least(context):
            return _untold(DIFFERENT)
        rows.append(_row(label, estimate))
        facts |= {
            prefix: decimal(estimate.estimate),
            f"{prefix}_size": decimal(abs(estimate.estimate)),
            f"{prefix}_low": decimal(estimate.low),
            f"{prefix}_high": decimal(estimate.high),
            f"{prefix}_better": flag((estimate.low if better > 0 else -estimate.high) > 0),
            f"{prefix}_worse": flag((-estimate.high if better > 0 else estimate.low) > 0),
            f"{prefix}_unclear": flag(estimate.low <= 0 <= estimate.high),
        }
    placebo = _placebo(found, context)
    if placebo is not None:
        rows.append(_row("Placebo: privaciones antes de las jornadas", placebo))
    facts |= {
        "effect_reached": count(estimate.treated),
        "effect_compared": count(estimate.compared),
        "effect_places": count(estimate.treated_clusters),
        "effect_imbalance": decimal(estimate.imbalance, 2),
        "placebo_known": flag(placebo is not None),
        "placebo_clean": flag(placebo is not None and placebo.low <= 0 <= placebo.high),
        "placebo": decimal(None if placebo is None else placebo.estimate),
    }
    tables["effect"] = Table(
        pd.DataFrame(rows),
        {
            "label": Column("Qué se mide"),
            "unmatched": Column("Sin emparejar", "decimal", 1),
            "estimate": Column("Emparejada", "decimal", 1),
            "interval": Column("Entre"),
            "homes": Column("Hogares alcanzados", "count"),
            "effective": Column("Comparados (equivalen a)", "count"),
        },
    )
    return facts


def _untold(why: str) -> dict[str, Fact]:
    return {"effect_known": flag(False), "effect_tried": flag(True), "effect_why": text(why)}


def panel(context: Context) -> Panel | str:
    """The homes to be compared, or why there are none."""
    scores = household_scores(context).dropna(subset=["score"])
    scores = scores[context.territory.owns(scores["municipio"])]
    cuts = {
        cut: scores[scores["corte"] == cut].set_index("hogar")
        for cut in sorted({int(each) for each in scores["corte"]})
    }
    before, after = context.years.baseline, context.years.follow_up
    if before not in cuts or after not in cuts:
        return NO_PANEL
    homes = cuts[before].rename(columns={"score": "privations_before"})
    homes = homes.join(cuts[after]["score"].rename("privations_after"), how="inner").sort_index()
    if homes.empty:
        return NO_PANEL
    earlier = [cut for cut in cuts if cut < before]
    if earlier:
        homes["privations_earlier"] = cuts[earlier[-1]]["score"].reindex(homes.index)
    living = _living(context, before, after)
    if living is not None:
        homes = homes.join(living, how="inner")
    homes["reached"] = homes.index.isin(sorted(reached_homes(context)))
    kinds = homes.groupby("municipio")["reached"].transform("nunique")
    alone = int((kinds < 2).sum())
    homes = homes[kinds == 2].copy()
    reached = int(homes["reached"].sum())
    if min(reached, len(homes) - reached) < _least(context):
        return FEW
    fewest = context.params.keys.outreach.fewest_clusters
    cluster = next(
        (
            homes[name]
            for name in ("microterritorio", "upm")
            if homes[name].notna().all() and homes[name].nunique() >= fewest
        ),
        None,
    )
    if cluster is None:
        return FEW_CLUSTERS
    homes["cluster"] = cluster
    # Days are held in a micro-territory: its segments had the same ones, and the same else.
    came = homes[homes["reached"]]
    place = came["microterritorio"].fillna(came["cluster"]).astype("str")
    codes = np.unique(place, return_inverse=True)[1]
    if effective_clusters(came["peso"].to_numpy(float), codes) < FEWEST_EFFECTIVE:
        return ONE_PLACE
    return Panel(homes, _covariates(homes, context), alone)


def reached_homes(context: Context) -> set[str]:
    """Homes with a member who attended a service day up to the reference date."""
    members = context.data.department("personas")
    attended = common.until(context.data.department("atenciones"), "fecha", context)
    seen = set(attended.loc[attended["jornada"].notna(), "persona"])
    return set(members.loc[members["persona"].isin(seen), "hogar"])


def _living(context: Context, before: int, after: int) -> pd.DataFrame | None:
    """Homes with ICV points at both cuts, scored with the baseline's frozen category scores; None
    where homes bring no variable of the ICV."""
    measured = households.measured(context)
    if measured.points is None:
        return None
    rows = measured.rows[["hogar", "corte"]].assign(icv=measured.points.sum(axis=1).to_numpy())
    wide = rows.pivot(index="hogar", columns="corte", values="icv").reindex(columns=[before, after])
    wide.columns = pd.Index(["icv_before", "icv_after"])
    return wide.dropna()


def _covariates(homes: pd.DataFrame, context: Context) -> pd.DataFrame:
    """What homes were before: both outcomes and their squares, area, people, identified, place."""
    rows = context.data.department("hogares")
    rows = rows[rows["corte"] == context.years.baseline].set_index("hogar").reindex(homes.index)
    members = context.data.department("personas")
    members = members[members["corte"] == context.years.baseline]
    marked = members["identificada_vulnerable"].fillna(0).astype(float)
    marked = marked.groupby(members["hogar"]).max().reindex(homes.index).fillna(0.0)
    out = pd.DataFrame(
        {
            "privations": homes["privations_before"],
            "privations_squared": homes["privations_before"] ** 2,
            "rural": (rows["area"] != Area.CABECERA).astype(float),
            "people": rows["personas"].astype(float).fillna(rows["personas"].astype(float).mean()),
            "identified": marked,
        }
    )
    if "icv_before" in homes:
        out["icv"] = homes["icv_before"]
        out["icv_squared"] = homes["icv_before"] ** 2
    for code in sorted(homes["municipio"].unique()):
        out[f"in_{code}"] = (homes["municipio"] == code).astype(float)
    return out


def _estimate(found: Panel, before: str, after: str, context: Context) -> Effect:
    homes = found.homes
    known = (homes[before].notna() & homes[after].notna()).to_numpy()
    homes, covariates = homes[known], found.covariates[known]
    return difference_in_differences(
        homes[before],
        homes[after],
        homes["reached"],
        homes["peso"],
        homes["cluster"],
        covariates,
        context.params.keys.confidence,
    )


def _placebo(found: Panel, context: Context) -> Effect | None:
    """The same comparison between the two cuts before the days, where nothing should show.

    It is balanced on what does not move between cuts: balancing on the baseline outcome would
    make the groups end alike by construction.
    """
    if "privations_earlier" not in found.homes:
        return None
    homes = found.homes[found.homes["privations_earlier"].notna()]
    reached = int(homes["reached"].sum())
    enough = min(reached, len(homes) - reached) >= _least(context)
    if not enough or homes["cluster"].nunique() < context.params.keys.outreach.fewest_clusters:
        return None
    fixed = [
        name for name in map(str, found.covariates) if name.startswith("in_") or name == "rural"
    ]
    start = homes["privations_earlier"]
    covariates = found.covariates.loc[homes.index, fixed].assign(start=start, squared=start**2)
    try:
        return difference_in_differences(
            start,
            homes["privations_before"],
            homes["reached"],
            homes["peso"],
            homes["cluster"],
            covariates,
            context.params.keys.confidence,
        )
    except (NotComparable, FewClusters):
        return None


def _least(context: Context) -> int:
    return max(context.params.disclosure.threshold, 2)


def _row(label: str, estimate: Effect) -> dict[str, object]:
    return {
        "label": label,
        "unmatched": estimate.unmatched,
        "estimate": estimate.estimate,
        "low": estimate.low,
        "high": estimate.high,
        "interval": f"{decimal(estimate.low)} a {decimal(estimate.high)}",
        "homes": estimate.treated,
        "effective": float(np.floor(estimate.effective)),
    }
