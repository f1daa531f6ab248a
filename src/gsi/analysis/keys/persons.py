"""Persons of the follow-up cut, what targeting and outreach ask of each; never leaves memory."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys.common import until
from gsi.measure.poverty import Scheme, identify


def household_scores(context: Context) -> pd.DataFrame:
    """Households of every cut of the department: hogar, corte, score (0-100), poor.

    ``score`` is the weighted share of privations, missing where a privation is missing.
    """
    homes = context.data.department("hogares")
    settings = context.params.plan.poverty
    scheme = Scheme.of({k: p.weight for k, p in settings.privations.items()}, settings.k)
    who = identify(homes[list(settings.privations)], scheme)
    out = homes[["hogar", "corte", "municipio", "microterritorio", "upm", "peso"]].copy()
    out["score"] = np.nan
    out["poor"] = pd.array([pd.NA] * len(out), dtype="boolean")
    out.loc[who.complete, "score"] = who.score / scheme.total * 100
    out.loc[who.complete, "poor"] = who.poor
    return out


def persons(context: Context) -> pd.DataFrame:
    """One row a person of the department at the follow-up cut, with the home's weight and score.

    Columns: persona, hogar, municipio, microterritorio, upm, peso, edad, sexo, grupo_etnico,
    score, poor, vulnerable, attended (services received up to the reference date), served (any),
    reached (in a service day), times (service days attended). ``vulnerable`` and ``poor`` are
    missing where not reported. Only people of municipalities that reported attentions: of the
    others nobody knows whether they were attended.
    """
    members = context.data.department("personas")
    members = members[members["corte"] == context.years.follow_up]
    homes = household_scores(context)
    homes = homes[homes["corte"] == context.years.follow_up].drop(columns="corte")
    kept = ["persona", "hogar", "edad", "sexo", "grupo_etnico", "identificada_vulnerable"]
    rows = members[kept].merge(homes, on="hogar", how="inner")
    rows["vulnerable"] = rows.pop("identificada_vulnerable").astype("boolean")
    attended = until(context.data.department("atenciones"), "fecha", context)
    rows = rows[rows["municipio"].isin(attended["municipio"].unique())]
    rows = rows.sort_values("persona", ignore_index=True)
    rows["attended"] = rows["persona"].map(attended.groupby("persona").size()).fillna(0).astype(int)
    in_days = attended[attended["jornada"].notna()]
    times = in_days.groupby("persona")["jornada"].nunique()
    rows["times"] = rows["persona"].map(times).fillna(0).astype(int)
    rows["served"] = rows["attended"] > 0
    rows["reached"] = rows["times"] > 0
    return rows


def eligible(rows: pd.DataFrame, rule: str) -> pd.Series:
    """Who should receive services by the declared rule: boolean, missing where it is not known."""
    if rule == "vulnerable":
        return rows["vulnerable"]
    if rule == "ipm":
        return rows["poor"]
    return rows["vulnerable"] | rows["poor"]
