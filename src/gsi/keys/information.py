"""Key 1: what information there is, and living conditions and poverty before and after."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from gsi import indicators
from gsi.context import Context
from gsi.keys import common, households
from gsi.keys.households import Flags, Measured
from gsi.measure import change, poverty, survey
from gsi.measure.disclosure import Suppression
from gsi.measure.poverty import Scheme
from gsi.measure.survey import Ratio
from gsi.plan.labels import VERDICTS, with_interval
from gsi.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    decimal,
    flag,
    percent,
    write_value,
    year,
)

AREAS = {"cabecera": "Cabecera municipal", "rural": "Zona rural"}
POOR = {True: "poor", False: "not_poor"}
OTHER_SOURCE = "Otra fuente"
FORM = "formulario:"
FEW = "muestra pequeña"
Pair = dict[int, Ratio | str]  # a withheld cut says why
GAP = Gap(
    "hogares",
    "sin hogares encuestados o registrados no se miden las condiciones de vida antes y después",
)


def information(context: Context) -> Section:
    """Section ``information``: sources and their disagreements, IPM and ICV by cut, difference."""
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    gaps: list[Gap] = []
    if context.data.has("indicadores"):
        facts |= _source_facts(context)
        tables |= {"sources": _sources(context), "disagreements": _disagreements(context)}
    else:
        gaps.append(Gap("indicadores", "sin indicadores no hay información pública que unificar"))
    facts["sources_available"] = flag("sources" in tables)
    if context.data.has("hogares"):
        measured = households.measure(context)
        found = _households(measured, context)
        facts |= found[0]
        tables |= found[1]
    else:
        gaps.append(GAP)
        facts["households_available"] = flag(False)
        facts["compared"] = flag(False)
    return Section("information", facts, tables, gaps)


# ── what public information there is ─────────────────────────────────────────────────────────


def _source_facts(context: Context) -> dict[str, Fact]:
    own = _reported(context)
    known = {indicator.id for indicator in context.catalogue}
    present = set(own["indicador"]) & known
    return {
        "indicators": count(len(present)),
        "catalogue": count(len(known)),
        "indicators_share": percent(common.share(len(present), len(known)), 0),
        "publications": count(own["fuente"].nunique()),
        "first_year": year(int(own["periodo"].min())),
        "last_year": year(int(own["periodo"].max())),
        "disagreements": count(int(_conflicting(context).shape[0])),
        "disagree": flag(not _conflicting(context).empty),
    }


def _reported(context: Context) -> pd.DataFrame:
    """Rows of the territory's municipalities as their sources give them, total area."""
    rows = context.data.own("indicadores")
    return rows[rows["fuente"] != indicators.CALCULATED].reset_index(drop=True)


def _conflicting(context: Context) -> pd.DataFrame:
    """Figures that two sources publish differently; the note of the kept row names the other."""
    own = _reported(context)
    kept, _ = indicators.reconcile(own.assign(nota=own["nota"].fillna("")), context.catalogue)
    return kept[kept["nota"].str.contains(OTHER_SOURCE, regex=False)]


def _sources(context: Context) -> Table:
    """One row a publication: indicators, years, municipalities with data."""
    own = _reported(context)
    publishers = {item.id: item.source for item in context.catalogue}
    places = common.places(context)
    rows = []
    for source, part in own.groupby("fuente", sort=True):
        cited = sorted({publishers[name] for name in part["indicador"] if name in publishers})
        reached = part.loc[part["municipio"].isin(places), "municipio"].nunique()
        rows.append(
            {
                "fuente": source,
                "publisher": _publisher(str(source), cited),
                "indicators": part["indicador"].nunique(),
                "first": int(part["periodo"].min()),
                "last": int(part["periodo"].max()),
                "municipalities": reached,
                "coverage": common.share(reached, len(places)),
            }
        )
    return Table(
        pd.DataFrame(rows),
        {
            "publisher": Column("Fuente"),
            "indicators": Column("Indicadores", "count"),
            "first": Column("Desde", "year"),
            "last": Column("Hasta", "year"),
            "coverage": Column("Municipios con dato", "percent", 0),
        },
    )


def _publisher(source: str, cited: list[str]) -> str:
    """Who publishes a source: what the catalogue cites; a form is the territory's own report."""
    if source.startswith(FORM):
        return f"Formulario del territorio ({source.removeprefix(FORM)})"
    return cited[0] if cited else source


def _disagreements(context: Context) -> Table:
    """One row an indicator: figures that differ between sources, and the note of the last."""
    rows = _conflicting(context).sort_values(["indicador", "periodo", "municipio"])
    labels = {item.id: item.name for item in context.catalogue}
    grouped = rows.groupby("indicador", sort=True)
    frame = grouped.agg(
        figures=("valor", "size"), last=("periodo", "max"), note=("nota", "last")
    ).reset_index()
    frame["name"] = frame["indicador"].map(labels).fillna(frame["indicador"]).astype("str")
    return Table(
        frame[["indicador", "name", "figures", "last", "note"]],
        {
            "name": Column("Indicador"),
            "figures": Column("Datos en desacuerdo", "count"),
            "last": Column("Último año", "year"),
            "note": Column("Ejemplo"),
        },
    )


# ── households, before and after ─────────────────────────────────────────────────────────────


def _households(m: Measured, context: Context) -> tuple[dict[str, Fact], dict[str, Table]]:
    level = context.params.plan.confidence
    decided = {cut: _decide(m, cut, context) for cut in m.cuts.years}
    groups = _summary(m, context, decided)
    living = _living(m, context)
    facts = {
        "households_available": flag(True),
        "compared": flag(m.cuts.follow_up is not None and bool(m.domain(m.cuts.follow_up).any())),
        "baseline_cut": year(m.cuts.baseline),
        "follow_up_cut": year(m.cuts.follow_up),
        "households": count(int(m.domain(m.cuts.baseline).sum())),
        "households_follow_up": count(int(m.domain(m.cuts.follow_up).sum())),
        "panel": flag(m.panel),
        "incomplete": count(m.incomplete),
        "confidence": percent(level * 100, 0),
        "living_explained": percent(m.scores.explained * 100, 0),
    }
    for name, table, digits in (("h", groups, 1), ("a", groups, 1), ("m0", groups, 1),
                                ("icv", living, 1)):  # fmt: skip
        key = {"h": "H", "a": "A", "m0": "M0", "icv": "total"}[name]
        row = table.loc[table["key"] == key].iloc[0]
        facts |= _before_after(name, row, digits)
    tables = {
        "poverty": _change_table(groups[groups["kind"] == "measure"], "Medida", m),
        "poverty_areas": _change_table(groups[groups["kind"] == "area"], "Zona", m),
        "privations": _privations(m, context),
        "sensitivity": _sensitivity(m, context, decided),
        "living": _change_table(living, "Factor (puntos máximos)", m),
        "living_scores": _scores(m, context),
    }
    if context.territory.level == "department":
        tables["municipalities"] = _municipalities(m, context, decided)
    return facts, tables


def _before_after(name: str, row: pd.Series, digits: int) -> dict[str, Fact]:
    kind = percent if name in ("h", "a") else decimal
    verdict = str(row["verdict"])
    return {
        f"{name}_baseline": kind(_number(row["baseline"]), digits),
        f"{name}_baseline_low": kind(_number(row["baseline_low"]), digits),
        f"{name}_baseline_high": kind(_number(row["baseline_high"]), digits),
        f"{name}_follow_up": kind(_number(row["follow_up"]), digits),
        f"{name}_follow_up_low": kind(_number(row["follow_up_low"]), digits),
        f"{name}_follow_up_high": kind(_number(row["follow_up_high"]), digits),
        f"{name}_difference": decimal(_number(row["difference"]), digits),
        f"{name}_size": decimal(abs(_number(row["difference"])), digits),
        f"{name}_difference_low": decimal(_number(row["difference_low"]), digits),
        f"{name}_difference_high": decimal(_number(row["difference_high"]), digits),
        f"{name}_improved": flag(verdict == "improved"),
        f"{name}_worsened": flag(verdict == "worsened"),
        f"{name}_no_change": flag(verdict == "no_change"),
        f"{name}_unknown": flag(verdict == "not_comparable"),
    }


def _decide(m: Measured, cut: int, context: Context) -> Suppression:
    """What may be published of people by municipality, area and poverty at a cut."""
    states = [POOR[bool(poor)] for poor in m.who.poor]
    rows = m.rows.assign(cell=[_cell(a, s) for a, s in zip(m.rows["area"], states, strict=True)])
    cells = [_cell(area, state) for area in AREAS for state in POOR.values()]
    table = common.counts(
        rows[rows["corte"] == cut], "cell", context, cells=cells, value="personas"
    )
    return common.decide(table, context)


def _cell(area: str, state: str) -> str:
    return f"{area} {state}"


def _withheld(decided: Suppression, row: str, areas: Sequence[str]) -> bool:
    """True when a poverty rate of these areas would give back a withheld count."""
    cells = [_cell(area, state) for area in areas for state in POOR.values()]
    return bool(decided.mask.loc[row, cells].any())


def _summary(m: Measured, context: Context, decided: dict[int, Suppression]) -> pd.DataFrame:
    labels = {
        "H": "Personas en pobreza multidimensional (%)",
        "A": "Privaciones de las personas pobres (% del total)",
        "M0": "Pobreza ajustada (0-100)",
    }
    place = common.row_of(context)
    rows = []
    ratios = {cut: m.poverty(m.domain(cut)) for cut in m.cuts.years}
    withheld = {cut: _withheld(decided[cut], place, list(AREAS)) for cut in m.cuts.years}
    for name, label in labels.items():
        pair: Pair = {
            cut: FEW
            if _few(m, m.domain(cut), context)
            else common.RESERVED
            if withheld[cut]
            else ratios[cut][name]
            for cut in m.cuts.years
        }
        rows.append(_compared(m, pair, context, key=name, label=label, kind="measure"))
    for area, label in AREAS.items():
        where = (m.rows["area"] == area).to_numpy(bool)
        pair = {}
        for cut in m.cuts.years:
            domain = m.domain(cut, where)
            pair[cut] = _rate(m, domain, context, _withheld(decided[cut], place, [area]))
        rows.append(_compared(m, pair, context, key=area, label=label, kind="area"))
    return _judged(pd.DataFrame(rows), context, lower_is_better=True)


def _few(m: Measured, domain: Flags, context: Context) -> bool:
    return int(domain.sum()) < context.params.plan.poverty.smallest_households


def _rate(m: Measured, domain: Flags, context: Context, withheld: bool) -> Ratio | str:
    """H of a domain, or why it is not published."""
    if _few(m, domain, context):
        return FEW
    return common.RESERVED if withheld else m.poverty(domain)["H"]


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
    row |= dict.fromkeys(names, np.nan) | {"difference_text": "sin dato"}
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
    verdict = np.where(real, np.where(better, "improved", "worsened"), "no_change")
    verdict = np.where(frame["difference"].isna(), "not_comparable", verdict)
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


def _privations(m: Measured, context: Context) -> Table:
    """Privation → people deprived, people poor and deprived, contribution to M0, by cut."""
    level = context.params.plan.confidence
    privations = context.params.plan.poverty.privations
    frame = pd.DataFrame(
        {
            "indicator": list(privations),
            "label": [item.label for item in privations.values()],
            "dimension": [
                context.params.plan.poverty.dimensions[item.dimension]
                for item in privations.values()
            ],
        }
    )
    for moment, cut in (("baseline", m.cuts.baseline), ("follow_up", m.cuts.follow_up)):
        domain = m.domain(cut)
        if _few(m, domain, context):
            frame = frame.assign(**{f"{moment}_{c}": np.nan for c in ("raw", "share")})
            continue
        found = poverty.indicators(m.who, m.people, domain, level)
        hide = np.array([_small(m, cut, column, context) for column in range(len(frame))])
        frame[f"{moment}_raw"] = np.where(hide, np.nan, found["headcount"] * 100)
        frame[f"{moment}_share"] = np.where(hide, np.nan, found["contribution"] * 100)
    first, second = m.cuts.baseline, m.cuts.follow_up or "seguimiento"
    return Table(
        frame.sort_values(
            ["baseline_share", "indicator"], ascending=[False, True], ignore_index=True
        ),
        {
            "label": Column("Privación"),
            "baseline_raw": Column(f"La tienen, {first} (%)", "decimal", 1),
            "follow_up_raw": Column(f"La tienen, {second} (%)", "decimal", 1),
            "baseline_share": Column(f"Peso en la pobreza, {first} (%)", "decimal", 0),
            "follow_up_share": Column(f"Peso en la pobreza, {second} (%)", "decimal", 0),
        },
    )


def _small(m: Measured, cut: int | None, column: int, context: Context) -> bool:
    """True when the people with a privation (or, poor and with it) are too few to publish."""
    marks = m.rows.assign(
        state=[
            ("poor" if poor else "other") if lacks else "none"
            for lacks, poor in zip(m.who.deprived[:, column], m.who.poor, strict=True)
        ]
    )
    marks = marks[marks["corte"] == cut]
    table = common.counts(
        marks, "state", context, cells=["poor", "other", "none"], value="personas"
    )
    decided = common.decide(table, context)
    return bool(decided.mask.loc[common.row_of(context)].any())


def _sensitivity(m: Measured, context: Context, decided: dict[int, Suppression]) -> Table:
    """H and M0 at both cuts under other poverty cut-offs k."""
    settings = context.params.plan.poverty
    place = common.row_of(context)
    rows = []
    for text in sorted({settings.cutoff, *settings.sensitivity}, key=Fraction):
        scheme = Scheme(m.who.scheme.units, Fraction(text))
        who = poverty.identify(m.rows, scheme)
        row: dict[str, Any] = {"k": float(scheme.cutoff), "label": text.replace("/", " de cada ")}
        for moment, cut in (("baseline", m.cuts.baseline), ("follow_up", m.cuts.follow_up)):
            domain = m.domain(cut)
            hide = _few(m, domain, context) or _few_poor(m, who, domain, context)
            # What is withheld at the official cut-off would be bounded by its neighbours.
            hide |= cut is not None and _withheld(decided[cut], place, list(AREAS))
            value = np.nan if hide else poverty.ratios(who, m.people, domain)["H"].value * 100
            row[moment] = value
        rows.append(row | {"difference": row["follow_up"] - row["baseline"]})
    return Table(
        pd.DataFrame(rows),
        {
            "label": Column("Pobre desde (privaciones)"),
            "baseline": Column("Personas pobres, base (%)", "decimal", 1),
            "follow_up": Column("Personas pobres, seguimiento (%)", "decimal", 1),
            "difference": Column("Diferencia (puntos)", "decimal", 1),
        },
    )


def _few_poor(m: Measured, who: poverty.Identification, domain: Flags, context: Context) -> bool:
    people = m.rows["personas"].to_numpy(np.float64)
    threshold = context.params.disclosure.threshold
    counts = [float(people[domain & mask].sum()) for mask in (who.poor, ~who.poor)]
    return any(0 < value < threshold for value in counts)


def _municipalities(m: Measured, context: Context, decided: dict[int, Suppression]) -> Table:
    """H of people and ICV of households of each municipality at both cuts."""
    rows, living = [], []
    for code, name in context.data.names.items():
        where = (m.rows["municipio"] == code).to_numpy(bool)
        pair: Pair = {}
        points: Pair = {}
        for cut in m.cuts.years:
            domain = m.domain(cut, where)
            pair[cut] = _rate(m, domain, context, _withheld(decided[cut], code, list(AREAS)))
            points[cut] = FEW if _few(m, domain, context) else m.living(domain)
        if all(isinstance(value, str) for value in points.values()):
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
    groups: dict[str, list[str]] = {"total": list(settings.variables)}
    for factor in settings.factors:
        groups[factor] = [n for n, v in settings.variables.items() if v.factor == factor]
    rows = []
    for key, variables in groups.items():
        most = sum(max(m.scores.points[name]) for name in variables)
        name = settings.factors.get(key, "Condiciones de vida (ICV)")
        pair: Pair = {
            cut: FEW if _few(m, m.domain(cut), context) else m.living(m.domain(cut), variables)
            for cut in m.cuts.years
        }
        label = f"{name} ({write_value(most, 'decimal', 0)})"
        rows.append(
            _compared(m, pair, context, scale=1.0, bounded=False, key=key, label=label, name=name)
            | {"maximum": most}
        )
    return _judged(pd.DataFrame(rows), context, lower_is_better=False)


def _scores(m: Measured, context: Context) -> Table:
    """The frozen category scores: what the follow-up is measured with."""
    settings = context.params.plan.living_conditions
    rows = [
        {
            "variable": name,
            "variable_label": settings.variables[name].label,
            "factor": settings.factors[settings.variables[name].factor],
            "position": position,
            "category": category,
            "points": points,
        }
        for name, labels in households.living_labels(context).items()
        for position, (category, points) in enumerate(
            zip(labels, m.scores.points[name], strict=True)
        )
    ]
    return Table(
        pd.DataFrame(rows),
        {
            "factor": Column("Factor"),
            "variable_label": Column("Variable"),
            "category": Column("Categoría"),
            "points": Column("Puntos", "decimal", 2),
        },
    )


def _number(value: Any) -> float:
    return float(value)
