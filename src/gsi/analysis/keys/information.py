"""Key 1: what information there is, and living conditions and poverty before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common, households, publications
from gsi.analysis.keys.common import FEW, RESERVED
from gsi.analysis.keys.decomposition import decomposition, dimensions
from gsi.analysis.keys.decomposition import facts as decomposed
from gsi.analysis.keys.households import Flags, Measured
from gsi.analysis.keys.privations import (
    AREAS,
    decide,
    few,
    privations,
    scores,
    sensitivity,
    withheld,
)
from gsi.analysis.labels import VERDICTS, with_interval
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
    text,
    write_value,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.vocabulary import Verdict
from gsi.measure import change, survey
from gsi.measure.disclosure import Suppression
from gsi.measure.survey import Ratio

UNMEASURED = "sin dato"
Pair = dict[int, Ratio | str]  # a withheld cut says why
GAP = Gap(
    "hogares",
    "sin hogares encuestados o registrados no se miden las condiciones de vida antes y después",
)

NO_LIVING = Gap(
    "hogares",
    "sus hogares no traen la vivienda ni los servicios (agua, excretas, paredes, pisos, cuartos): "
    "se mide la pobreza, pero no el índice de condiciones de vida",
)


@step
def information(context: Context) -> Section:
    """Section ``information``: sources and their disagreements, IPM and ICV by cut, difference."""
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    gaps: list[Gap] = []
    reported = publications.reported(context) if context.data.has("indicadores") else None
    if reported is not None and len(reported):
        conflicts = publications.conflicting(reported, context)
        facts |= publications.facts(reported, conflicts, context)
        tables |= {
            "sources": publications.sources(reported, context),
            "disagreements": publications.disagreements(conflicts, context),
        }
    else:
        gaps.append(Gap("indicadores", "sin indicadores no hay información pública que unificar"))
    facts["sources_available"] = flag("sources" in tables)
    if context.data.has("hogares"):
        measured = households.measured(context)
        found = _households(measured, context)
        facts |= found[0]
        tables |= found[1]
        if measured.scores is None:
            gaps.append(NO_LIVING)
    else:
        gaps.append(GAP)
        facts["living_available"] = flag(False)
        facts["households_available"] = flag(False)
        facts["compared"] = flag(False)
    return Section("information", facts, tables, gaps)


# ── households, before and after ─────────────────────────────────────────────────────────────


def _households(m: Measured, context: Context) -> tuple[dict[str, Fact], dict[str, Table]]:
    level = context.params.plan.confidence
    decided = {cut: decide(m, cut, context) for cut in m.cuts.years}
    groups = _summary(m, context, decided)
    living = None if m.scores is None else _living(m, context)
    compared = m.cuts.follow_up is not None and bool(m.domain(m.cuts.follow_up).any())
    facts = {
        "households_available": flag(True),
        "compared": flag(compared),
        "baseline_cut": year(m.cuts.baseline),
        "follow_up_cut": year(m.cuts.follow_up),
        "households": _sampled(m.domain(m.cuts.baseline), context),
        "households_follow_up": _sampled(m.domain(m.cuts.follow_up), context),
        "panel": flag(compared and m.panel),
        "confidence": percent(level * 100, 0),
        **_scoring(m, context),
    }
    for name, key in (("h", "H"), ("a", "A"), ("m0", "M0")):
        facts |= _before_after(name, groups.loc[groups["key"] == key].iloc[0], 1)
    if living is not None:
        facts |= _before_after("icv", living.loc[living["key"] == "total"].iloc[0], 1)
    parts = privations(m, context)
    tables = {
        "poverty": _change_table(groups[groups["kind"] == "measure"], "Medida", m),
        "poverty_areas": _change_table(groups[groups["kind"] == "area"], "Zona", m),
        "privations": parts,
        "dimensions": dimensions(parts, m),
        "decomposition": decomposition(m, context, decided),
        "sensitivity": sensitivity(m, context, decided),
    }
    if living is not None:
        tables |= {
            "living": _change_table(living, "Factor (puntos máximos)", m),
            "living_scores": scores(m, context),
        }
    facts |= decomposed(tables["decomposition"]) | _robust(tables["sensitivity"])
    figures = ["baseline", "follow_up"]
    deprived = tables["privations"].data[["baseline_raw", "follow_up_raw"]]
    scored = living is not None and bool(living[figures].notna().any(axis=None))
    facts |= {
        "poverty_shown": flag(bool(groups[figures].notna().any(axis=None))),
        "living_shown": flag(scored),
        "privations_hidden": flag(
            bool(
                (tables["privations"].data[["baseline_why", "follow_up_why"]] == RESERVED).any(
                    axis=None
                )
            )
        ),
        "privations_shown": flag(bool(deprived.notna().any(axis=None))),
    }
    if context.territory.is_department:
        tables["municipalities"] = _municipalities(m, context, decided)
    return facts, tables


def _sampled(domain: Flags, context: Context) -> Fact:
    """How many households were asked; of a handful, not how many."""
    asked, least = int(domain.sum()), context.params.disclosure.threshold
    return text(f"menos de {least}") if 0 < asked < least else count(asked)


def _scoring(m: Measured, context: Context) -> dict[str, Fact]:
    """Where the points of the ICV come from: frozen, an official table, or these households."""
    frozen = context.scored_by if m.scores is not None else None
    citation = m.scores.citation if m.scores is not None else ""
    return {
        "living_available": flag(m.scores is not None),
        "living_frozen": flag(frozen is not None),
        "living_frozen_hash": text(frozen.sha256[:12] if frozen is not None else None),
        "living_official": flag(bool(citation)),
        "living_estimated": flag(m.scores is not None and not citation),
        "living_citation": text(citation or None),
    }


def _robust(table: Table) -> dict[str, Fact]:
    """Whether the sign of the difference in H is the same at every cut-off k."""
    signs = np.sign(table.data["difference"].to_numpy(np.float64))
    known = bool(len(signs)) and not np.isnan(signs).any()
    return {
        "cutoffs_agree": flag(known and len(set(signs.tolist())) == 1),
        "cutoffs": count(len(signs)),
    }


def _before_after(name: str, row: pd.Series, digits: int) -> dict[str, Fact]:
    kind = percent if name in ("h", "a") else decimal
    verdict = str(row["verdict"])
    return {
        f"{name}_baseline": kind(_number(row["baseline"]), digits),
        f"{name}_baseline_low": kind(_number(row["baseline_low"]), digits),
        f"{name}_baseline_high": kind(_number(row["baseline_high"]), digits),
        f"{name}_follow_up": kind(_number(row["follow_up"]), digits),
        f"{name}_size": decimal(abs(_number(row["difference"])), digits),
        f"{name}_improved": flag(verdict == Verdict.IMPROVED),
        f"{name}_worsened": flag(verdict == Verdict.WORSENED),
        f"{name}_no_change": flag(verdict == Verdict.NO_CHANGE),
        f"{name}_unknown": flag(verdict == Verdict.NOT_COMPARABLE),
    }


def _summary(m: Measured, context: Context, decided: dict[int, Suppression]) -> pd.DataFrame:
    labels = {
        "H": "Personas en pobreza multidimensional (%)",
        "A": "Privaciones de las personas pobres (% del total)",
        "M0": "Pobreza ajustada (0-100)",
    }
    place = common.row_of(context)
    rows = []
    ratios = {cut: m.poverty(m.domain(cut)) for cut in m.cuts.years}
    hidden = {cut: withheld(decided[cut], place, list(AREAS)) for cut in m.cuts.years}
    for name, label in labels.items():
        pair: Pair = {
            cut: FEW
            if few(m.domain(cut), context)
            else common.RESERVED
            if hidden[cut]
            else ratios[cut][name]
            for cut in m.cuts.years
        }
        rows.append(_compared(m, pair, context, key=name, label=label, kind="measure"))
    for area, label in AREAS.items():
        where = (m.rows["area"] == area).to_numpy(bool)
        pair = {}
        for cut in m.cuts.years:
            domain = m.domain(cut, where)
            pair[cut] = _rate(m, domain, context, withheld(decided[cut], place, [area]))
        rows.append(_compared(m, pair, context, key=area, label=label, kind="area"))
    return _judged(pd.DataFrame(rows), context, lower_is_better=True)


def _rate(m: Measured, domain: Flags, context: Context, hide: bool) -> Ratio | str:
    """H of a domain, or why it is not published."""
    if few(domain, context):
        return FEW
    return common.RESERVED if hide else m.poverty(domain)["H"]


def _compared(
    m: Measured,
    pair: Pair,
    context: Context,
    *,
    scale: float = 100.0,
    bounded: bool = True,
    **labels: Any,
) -> dict[str, Any]:
    """A row with a ratio at both cuts and its difference; missing where withheld or too few."""
    level = context.params.plan.confidence
    row: dict[str, Any] = dict(labels)
    ratios: list[Ratio | None] = []
    for moment, cut in (("baseline", m.cuts.baseline), ("follow_up", m.cuts.follow_up)):
        ratio = pair[cut] if cut is not None else "sin dato"
        values, text = (np.nan, np.nan, np.nan), "sin dato"
        if isinstance(ratio, str):
            text = ratio
        elif not np.isnan(ratio.value):
            found = m.estimate(ratio, level, bounded=bounded)
            values = (found.value * scale, found.low * scale, found.high * scale)
            text = with_interval(*values)
        ratios.append(None if isinstance(ratio, str) else ratio)
        row |= dict(zip((moment, f"{moment}_low", f"{moment}_high"), values, strict=True))
        row[f"{moment}_text"] = text
    names = ("difference", "difference_low", "difference_high", "p")
    hidden = common.RESERVED in (row["baseline_text"], row["follow_up_text"])
    why = common.RESERVED if hidden else "sin dato"
    row |= dict.fromkeys(names, np.nan) | {"difference_text": why}
    first, second = ratios
    if first is not None and second is not None:
        found = m.estimate(second.minus(first), level, bounded=False)
        values = (found.value * scale, found.low * scale, found.high * scale)
        row |= dict(zip(names, (*values, survey.p_value(found)), strict=True))
        row["difference_text"] = with_interval(*values)
    return row


def _judged(frame: pd.DataFrame, context: Context, *, lower_is_better: bool) -> pd.DataFrame:
    """Adds ``p_adjusted``, ``verdict`` and its Spanish label."""
    adjusted = change.adjusted(frame["p"])
    real = adjusted <= context.params.plan.change.false_discovery
    better = (frame["difference"] < 0) if lower_is_better else (frame["difference"] > 0)
    moved = np.where(better, Verdict.IMPROVED, Verdict.WORSENED)
    verdict = np.where(real, moved, Verdict.NO_CHANGE)
    verdict = np.where(frame["difference"].isna(), Verdict.NOT_COMPARABLE, verdict)
    return frame.assign(
        p_adjusted=adjusted,
        verdict=verdict,
        verdict_text=[VERDICTS[v] for v in verdict],
    )


def _change_table(frame: pd.DataFrame, heading: str, m: Measured) -> Table:
    return Table(
        frame.reset_index(drop=True),
        {
            "label": Column(heading),
            "baseline_text": Column(f"Base, {m.cuts.baseline}"),
            "follow_up_text": Column(_follow_up_heading(m)),
            "difference_text": Column("Diferencia"),
            "verdict_text": Column("Lectura"),
        },
    )


def _follow_up_heading(m: Measured) -> str:
    return "Seguimiento" if m.cuts.follow_up is None else f"Seguimiento, {m.cuts.follow_up}"


def _municipalities(m: Measured, context: Context, decided: dict[int, Suppression]) -> Table:
    """H of people and ICV of households of each municipality at both cuts."""
    rows, living = [], []
    for code, name in context.data.names.items():
        where = (m.rows["municipio"] == code).to_numpy(bool)
        pair: Pair = {}
        points: Pair = {}
        for cut in m.cuts.years:
            domain = m.domain(cut, where)
            pair[cut] = _rate(m, domain, context, withheld(decided[cut], code, list(AREAS)))
            small = few(domain, context)
            points[cut] = FEW if small else UNMEASURED if m.scores is None else m.living(domain)
        if all(value == FEW for value in points.values()):
            continue
        rows.append(_compared(m, pair, context, municipio=code, label=name))
        living.append(
            _compared(m, points, context, scale=1.0, bounded=False, municipio=code, label=name)
        )
    columns = ["municipio", "label"]
    if not rows:
        return Table(pd.DataFrame(columns=columns), {"label": Column("Municipio")})
    frame = _judged(pd.DataFrame(rows), context, lower_is_better=True)
    points_frame = _judged(pd.DataFrame(living), context, lower_is_better=False)
    renamed = points_frame.drop(columns=columns).add_prefix("icv_")
    frame = pd.concat([frame, renamed], axis=1)
    return Table(
        frame.sort_values(["baseline", "municipio"], ascending=[False, True], ignore_index=True),
        {
            "label": Column("Municipio"),
            "baseline_text": Column(f"Personas pobres, {m.cuts.baseline} (%)"),
            "follow_up_text": Column(f"Personas pobres, {m.cuts.follow_up or 'seguimiento'} (%)"),
            "verdict_text": Column("Pobreza"),
            "icv_baseline": Column(f"ICV, {m.cuts.baseline}", "decimal", 1),
            "icv_follow_up": Column(f"ICV, {m.cuts.follow_up or 'seguimiento'}", "decimal", 1),
            "icv_verdict_text": Column("Condiciones de vida"),
        },
    )


def _living(m: Measured, context: Context) -> pd.DataFrame:
    """The ICV and its four factors at both cuts, with the points each can reach."""
    settings = context.params.plan.living_conditions
    assert m.scores is not None
    groups: dict[str, list[str]] = {"total": list(settings.variables)}
    for factor in settings.factors:
        groups[factor] = [n for n, v in settings.variables.items() if v.factor == factor]
    rows = []
    for key, variables in groups.items():
        most = sum(max(m.scores.points[name]) for name in variables)
        name = settings.factors.get(key, "Condiciones de vida (ICV)")
        pair: Pair = {
            cut: FEW if few(m.domain(cut), context) else m.living(m.domain(cut), variables)
            for cut in m.cuts.years
        }
        label = f"{name} ({write_value(most, 'decimal', 0)})"
        rows.append(
            _compared(m, pair, context, scale=1.0, bounded=False, key=key, label=label, name=name)
            | {"maximum": most}
        )
    return _judged(pd.DataFrame(rows), context, lower_is_better=False)


def _number(value: Any) -> float:
    return float(value)
