"""Key 3: articulated services: whom they reach, how sectors fit together, and the routes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.keys.cascade import ACCEPTABLE, cascade
from gsi.analysis.keys.persons import eligible, persons
from gsi.analysis.keys.route_tables import route_facts
from gsi.analysis.keys.routes import routes
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    decimal,
    flag,
    percent,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.params.keys import ServicesSettings
from gsi.ground.locale import fold
from gsi.measure import survey
from gsi.measure.disclosure import Suppression
from gsi.measure.targeting import cgh_ratio, targeting

WHY = {
    "servicios": "Sin la oferta de cada sector no se puede ver qué servicios se articulan "
    "ni cuántos cupos quedan sin usar.",
    "personas": "Sin personas identificadas no se sabe a quién deja por fuera la oferta.",
    "atenciones": "Sin atenciones no se sabe a quién llegan los servicios.",
    "rutas": "Sin los pasos de cada ruta una familia no sabe adónde ir y nadie responde "
    "por los plazos.",
    "casos": "Sin casos no se sabe en qué paso de la ruta se pierden las personas, ni por qué.",
}
CELLS = ("eligible_served", "eligible_missed", "other_served", "other")


@step
def services(context: Context) -> Section:
    """Targeting, use and articulation of the offer, and the routes, up to the reference date."""
    gaps = [Gap(name, why) for name, why in WHY.items() if not context.data.has(name)]
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    if context.data.has("personas") and context.data.has("atenciones"):
        facts |= _targeting(context, tables)
    facts["targeting_known"] = flag("targeting" in tables)
    if "cascade" in tables:
        gaps.append(ACCEPTABLE)
    if context.data.has("servicios"):
        facts |= _offer(context, tables)
    facts["offer_known"] = flag("places" in tables)
    steps, told = context.data.has("rutas"), context.data.has("casos")
    facts["only_cases"] = flag(told and not steps)
    facts["only_routes"] = flag(steps and not told)
    facts["no_routes"] = flag(not steps and not told)
    cases = common.until(context.data.own("casos"), "fecha", context)
    facts |= delivery.facts(delivery.delivered(cases, context), context, "routes_")
    found = routes(context) if context.data.has("casos") else []
    facts |= route_facts(found, context, tables)
    if not tables:
        return Section("services", gaps=gaps)
    return Section("services", facts, tables, gaps)


def targeted(context: Context) -> tuple[pd.DataFrame, Suppression]:
    """People of the department whose eligibility is known (``eligible``, ``served``, ``peso``…),
    and how many of each of :data:`CELLS` may be told of each municipality."""
    rows = persons(context)
    rows = rows.assign(eligible=eligible(rows, context.params.keys.services.eligible))
    rows = rows[rows["eligible"].notna()].astype({"eligible": bool}).reset_index(drop=True)
    kind = rows["eligible"].map({True: "eligible", False: "other"})
    fate = kind + rows["served"].map({True: "_served", False: "_missed"})
    rows["cell"] = fate.replace("other_missed", "other")
    return rows, common.decide(common.counts(rows, "cell", context, cells=CELLS), context)


def own_targeted(context: Context) -> tuple[pd.DataFrame, dict[Any, Any]]:
    """Of :func:`targeted`, the territory's own people (``eligible``, ``served``, ``cell``,
    ``peso``) and how many of each cell may be told: nothing of a neighbour."""
    rows, decided = targeted(context)
    own = rows[context.territory.owns(rows["municipio"])].reset_index(drop=True)
    return own[["eligible", "served", "cell", "peso"]], common.row(decided, context)


def _targeting(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    settings = context.params.keys.services
    rows, decided = targeted(context)
    own = rows[context.territory.owns(rows["municipio"])].reset_index(drop=True)
    if own.empty:
        return {}
    mine = common.row(decided, context)
    facts = _errors(own, mine, context)
    facts |= cascade(rows, decided.mask, context, tables)
    scored = own[own["score"].notna()]
    if not pd.isna(mine["eligible_served"]) and not scored.empty:
        facts |= _concentration(scored, context)
    facts |= {
        "poorest": percent(settings.poorest * 100, 0),
        "rule_vulnerable": flag(settings.eligible == "vulnerable"),
        "rule_ipm": flag(settings.eligible == "ipm"),
        "rule_either": flag(settings.eligible == "either"),
        **delivery.facts(delivery.delivered(own, context), context, "people_"),
    }
    lines = []
    for code in common.places(context):
        here = rows[rows["municipio"] == code]
        if here.empty:
            continue
        counted = decided.counts.loc[code]
        result = targeting(here["eligible"], here["served"], here["peso"])
        hide_missed = counted[["eligible_served", "eligible_missed"]].isna().any()
        hide_leaked = counted[["eligible_served", "other_served"]].isna().any()
        lines.append(
            {
                "municipio": code,
                "name": context.data.names[code],
                "undercoverage": float("nan") if hide_missed else result.undercoverage * 100,
                "leakage": float("nan") if hide_leaked else result.leakage * 100,
                "undercoverage_withheld": bool(hide_missed),
                "leakage_withheld": bool(hide_leaked),
            }
        )
    frame = pd.DataFrame(lines)
    for name in ("undercoverage", "leakage"):
        frame[f"{name}_text"] = common.shown(frame[name], frame[f"{name}_withheld"], "percent", 0)
    tables["targeting"] = Table(
        frame,
        {
            "name": Column("Municipio"),
            "undercoverage_text": Column("Elegibles sin atender"),
            "leakage_text": Column("Atendidos no elegibles"),
        },
    )
    if len(frame) > 1:
        facts |= {}
    return facts


def _concentration(scored: pd.DataFrame, context: Context) -> dict[str, Fact]:
    """CGH ratio of those served, poorer homes first, with its interval."""
    settings, level = context.params.keys.services, context.params.keys.confidence
    design = survey.Design.of(scored["peso"], stratum=scored["municipio"], psu=scored["upm"])
    ratio = survey.interval(
        cgh_ratio(scored["served"], -scored["score"], design, poorest=settings.poorest),
        design,
        level,
    )
    return {
        "concentration_known": flag(not math.isnan(ratio.value)),
        "cgh": decimal(ratio.value, 2),
        "cgh_low": decimal(ratio.low, 2),
        "cgh_high": decimal(ratio.high, 2),
        "pro_poor": flag(ratio.low > 1),
        "by_lot": flag(ratio.low <= 1 <= ratio.high),
        "pro_rich": flag(ratio.high < 1),
    }


def _errors(own: pd.DataFrame, mine: dict[Any, Any], context: Context) -> dict[str, Fact]:
    """Weighted targeting errors of the territory with design-based intervals."""
    level = context.params.keys.confidence
    design = survey.Design.of(own["peso"], stratum=own["municipio"], psu=own["upm"])
    facts: dict[str, Fact] = {"year": year(context.years.follow_up), "errors_known": flag(False)}
    can_miss = not (pd.isna(mine["eligible_served"]) or pd.isna(mine["eligible_missed"]))
    can_leak = not (pd.isna(mine["eligible_served"]) or pd.isna(mine["other_served"]))
    is_eligible, is_served = own["eligible"].to_numpy(), own["served"].to_numpy()
    if can_miss and is_eligible.any():
        missed = survey.interval(
            survey.ratio(is_eligible & ~is_served, is_eligible, design),
            design,
            level,
            bounded=True,
        )
        facts |= {
            "undercoverage": percent(missed.value * 100),
            "undercoverage_low": percent(missed.low * 100),
            "undercoverage_high": percent(missed.high * 100),
            "covered": percent((1 - missed.value) * 100),
        }
    if can_leak and is_served.any():
        leaked = survey.interval(
            survey.ratio(is_served & ~is_eligible, is_served, design), design, level, bounded=True
        )
        facts |= {
            "errors_known": flag("undercoverage" in facts),
            "leakage": percent(leaked.value * 100),
            "leakage_low": percent(leaked.low * 100),
            "leakage_high": percent(leaked.high * 100),
        }
    return facts


def _offer(context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    """Places used in the last year reported, and articulation between sectors."""
    own = context.data.own("servicios")
    own = own[own["periodo"] <= context.years.follow_up]
    if own.empty:
        return {}
    last = int(own["periodo"].max())
    offers = own[own["periodo"] == last].assign(sector=lambda f: f["sector"].map(common.sector_key))
    offers = articulation(offers, context.params.keys.services)
    known = offers.dropna(subset=["cupos", "cupos_usados"])
    by_sector = offers.groupby("sector").agg(
        offers=("servicio", "nunique"),
        content=("content", "mean"),
        procedure=("procedure", "mean"),
        timely=("timely", "mean"),
        articulated=("articulated", "mean"),
    )
    used = known.groupby("sector")[["cupos", "cupos_usados"]].sum()
    by_sector = by_sector.join(used).reset_index()
    by_sector["use"] = by_sector["cupos_usados"] / by_sector["cupos"].where(by_sector["cupos"] > 0)
    by_sector["label"] = by_sector["sector"].map(common.sector_label)
    percents = ["content", "procedure", "timely", "articulated", "use"]
    by_sector[percents] = by_sector[percents].astype("float64") * 100
    tables["places"] = Table(
        by_sector,
        {
            "label": Column("Sector"),
            "offers": Column("Servicios", "count"),
            "cupos": Column("Cupos", "count"),
            "use": Column("Cupos usados", "percent", 0),
        },
    )
    tables["articulation"] = Table(
        by_sector,
        {
            "label": Column("Sector"),
            "offers": Column("Servicios", "count"),
            "content": Column("Comparten contenido", "percent", 0),
            "procedure": Column("Comparten procedimiento", "percent", 0),
            "timely": Column("A tiempo", "percent", 0),
            "articulated": Column("Articulados", "percent", 0),
        },
    )
    offered, told = int(offers["cupos"].sum()), int(known["cupos"].sum())
    taken, left = int(known["cupos_usados"].sum()), known["cupos"] - known["cupos_usados"]
    return {
        **delivery.facts(delivery.delivered(offers, context), context, "offer_"),
        "offers": count(int(offers["servicio"].nunique())),
        "offer_sectors": count(int(offers["sector"].nunique())),
        "offer_year": year(last),
        "places": count(offered),
        # Used are those of the services that say how many; free less over is what is not used.
        "use_known": flag(told > 0),
        "use_partial": flag(told < offered),
        "places_told": count(told),
        "places_taken": count(taken),
        "places_used": percent(common.share(taken, told)),
        "places_free": count(int(left.clip(lower=0).sum())),
        "places_over": count(int(-left.clip(upper=0).sum())),
        "overused": count(int((left < 0).sum())),
        "any_overused": flag(bool((left < 0).any())),
        "timely": percent(float(offers["timely"].mean()) * 100, 0),
        "timely_days": count(context.params.keys.services.timely_days),
        "articulated": percent(float(offers["articulated"].mean()) * 100, 0),
    }


def articulation(offers: pd.DataFrame, settings: ServicesSettings) -> pd.DataFrame:
    """Add content, procedure, timely, articulated (bool) to the services of one year.

    By the declared rule: the content is shared when what the person receives names a matter of
    another sector (``content_words``); the procedure is shared when what the person must do goes
    through another sector's referral or a common window (``procedure_words``); a service is
    timely when it is accessed within ``timely_days``. Articulated: content or procedure shared,
    and timely. Words are compared without case or accents; a blank never matches, and a service
    without days to access is not called timely.
    """
    out = offers.copy()
    words = {sector: _folded(listed) for sector, listed in settings.content_words.items()}
    joint = _folded(settings.procedure_words)
    out["content"] = [
        any(
            word in fold(said)
            for other, listed in words.items()
            if other != common.sector_key(sector)
            for word in listed
        )
        for said, sector in zip(out["contenido"].fillna(""), out["sector"], strict=True)
    ]
    out["procedure"] = [
        any(word in fold(said) for word in joint) for said in out["procedimiento"].fillna("")
    ]
    out["timely"] = (out["oportunidad"] <= settings.timely_days).fillna(False).astype(bool)
    out["articulated"] = (out["content"] | out["procedure"]) & out["timely"]
    return out


def _folded(words: Sequence[str]) -> list[str]:
    return [fold(word) for word in words]
