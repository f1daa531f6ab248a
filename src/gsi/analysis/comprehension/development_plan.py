"""The plan de desarrollo in force: what it programmes for the objectives of policy, how it goes,
and whether it meets the needs that were measured.

It is the plan of the town hall or the government, not the council's. Which programmes and products
of the MGA answer the objectives is declared (``comprehension.development_plan.programmes``): some
are of the whole population. What was not reported is not zero: it is counted apart.

A *target* (meta de producto) is an indicator of product with its own code of SisPT. The plan has
those of all its years; a year's are those with something programmed in it. DNP's follow-up joins
targets with the same indicator in one row, whose codes it lists: what such a row says cannot be
told of any one of them, so it is no delay. Its money is preliminary, and only what DNP could join.

Facts: ``year`` (the last one up to the follow-up that the plan programmes), ``plan_years`` (its
first and last), ``plan_targets``, ``planned`` (programmed in the year), ``chosen_whole``,
``chosen`` (of the declared ones: in the plan, in the year), ``money``, ``chosen_money`` (pesos
programmed that year), ``chosen_share``, ``childhood`` (codes of the programmes whose name is of
childhood), ``childhood_money``, ``childhood_share`` and ``any_childhood``;
of the last follow-up report: ``has_report``, ``report_year``, ``report_cut``, ``report_day``, and
of the rows of targets that are declared: ``targets`` (programmed), ``reported``, ``unreported``,
``met``, ``late`` (under ``progress_low`` %), ``not_started``, both of rows of one target alone;
``joined_late`` (rows of several under it) and ``any_joined_late``;
of products of the MGA with money: ``paid_reported``, ``paid_unreported`` (with money programmed),
``obligated`` (pesos of all that has a report), ``programmed_reported``, ``unprogrammed`` (of what
is obligated, where no money was programmed) and ``any_unprogrammed``;
``unspent`` (products with money programmed and nothing obligated), ``unspent_money``…;
``has_later`` and ``later`` (years of the report after the follow-up);
``needs`` (objectives with an unfavourable figure), ``needs_data`` (years of the figures),
``needs_without`` (names of those without a target) and ``any_need_without``; ``unneeded`` (names of
objectives with targets and nothing unfavourable measured) and ``any_unneeded``.
Tables: ``programmes``, ``alerts``, ``unspent``, ``needs``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis.comprehension.states import COMPARED
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    date,
    flag,
    money,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS, Following
from gsi.ground.locale import enumeration

PLAN, PROGRESS = "plan_desarrollo", "avance_plan_desarrollo"
WHY = "sin él no se sabe qué programó la entidad para la niñez, la juventud y las familias"
MOST_ALERTS = 12


@step
def development_plan(context: Context, rights: Section) -> Section:
    """Targets of the declared programmes, their progress, and the needs they answer."""
    plan = context.data.own(PLAN)
    progress = _last_report(context.data.own(PROGRESS))
    if plan.empty and progress.empty:
        return Section("development_plan", gaps=[Gap(PLAN, WHY)])
    facts: dict[str, Fact] = {"has_plan": flag(not plan.empty)}
    tables: dict[str, Table] = {}
    gaps = []
    if plan.empty:
        gaps.append(Gap(PLAN, "sin él no se conocen las metas de todos los productos"))
    else:
        facts |= _planned(plan, context)
    facts |= _progress(progress, context, tables)
    tables["programmes"] = _programmes(plan, progress, context)
    facts["any_programme"] = flag(len(tables["programmes"].data) > 0)
    facts |= _needs(plan if len(plan) else progress, rights, context, tables)
    if progress.empty:
        gaps.append(Gap(PROGRESS, "sin él no se sabe cómo va el plan de desarrollo"))
    return Section("development_plan", facts, tables, gaps)


def _planned(plan: pd.DataFrame, context: Context) -> dict[str, Fact]:
    """Targets of the plan and of the year, and the year's money."""
    when = _year(plan, context)
    first, last = int(plan["periodo"].min()), int(plan["periodo"].max())
    now = plan[plan["periodo"] == when]
    chosen = _chosen(now, context)
    named = list(context.params.comprehension.development_plan.childhood)
    children = now[now["programa"].isin(named)]
    whole, mine, theirs = (rows["recursos"].sum() for rows in (now, chosen, children))
    return {
        "year": year(when),
        "plan_years": text(str(first) if first == last else f"{first}-{last}"),
        "plan_targets": count(plan["codigo_sispt"].nunique()),
        "planned": count(int((now["programado"] > 0).sum())),
        "chosen_whole": count(_chosen(plan, context)["codigo_sispt"].nunique()),
        "chosen": count(int((chosen["programado"] > 0).sum())),
        "money": money(whole),
        "chosen_money": money(mine),
        "chosen_share": percent(100 * mine / whole if whole > 0 else None),
        "childhood": names(sorted(children["programa"].unique())),
        "any_childhood": flag(len(children) > 0),
        "childhood_money": money(theirs),
        "childhood_share": percent(100 * theirs / whole if whole > 0 else None),
    }


def _last_report(progress: pd.DataFrame) -> pd.DataFrame:
    """What the last report says; one without a day is the oldest."""
    if progress.empty:
        return progress
    day = progress["fecha_informe"].fillna(pd.Timestamp.min)
    last: pd.DataFrame = progress[day == day.max()].reset_index(drop=True)
    return last


def _year(rows: pd.DataFrame, context: Context) -> int:
    """The follow-up's year, or the last one before it; else the first that there is."""
    years = sorted({int(value) for value in rows["periodo"]})
    known = [value for value in years if value <= context.years.follow_up]
    return known[-1] if known else years[0]


def _chosen(rows: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Rows of declared programmes and products, with the objectives of each (``objetivos``)."""
    settings = context.params.comprehension.development_plan
    pairs = zip(rows["programa"].astype("str"), rows["producto"].astype("str"), strict=True)
    found = pd.Series(
        [settings.objectives(*pair) for pair in pairs], index=rows.index, dtype=object
    )
    chosen: pd.DataFrame = rows.assign(objetivos=found)[found.notna()]
    return chosen


def _joined(rows: pd.DataFrame) -> pd.Series:
    """Rows in which the report joins several targets."""
    return rows["codigos_sispt"].fillna("").str.contains(";", regex=False).astype(bool)


def _progress(
    progress: pd.DataFrame, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    """Targets and money that are declared, in the report's year; tables ``alerts``, ``unspent``."""
    if progress.empty:
        return {"has_report": flag(False)}
    when = _year(progress, context)
    later = sorted({int(value) for value in progress["periodo"] if value > when})
    rows = _chosen(progress[progress["periodo"] == when], context)
    low = context.params.comprehension.development_plan.progress_low
    targets = rows[(rows["seguimiento"] == Following.PHYSICAL) & (rows["programado"] > 0)]
    told = targets[targets["reportado"] == 1]
    told = told.assign(avance=100 * told["ejecutado"] / told["programado"], varias=_joined(told))
    behind = told[told["avance"] < low]
    late = behind[~behind["varias"]].sort_values(
        ["avance", "programa", "codigos_sispt"], ignore_index=True
    )
    late["codigos"] = late["codigos_sispt"]
    tables["alerts"] = Table(late.head(MOST_ALERTS).drop(columns="objetivos"), _ALERTS)
    cuts = progress.loc[progress["periodo"] == when, "corte"].dropna()
    days = progress["fecha_informe"].dropna()
    return {
        "has_report": flag(True),
        "report_year": year(when),
        "report_cut": date(cuts.max().date() if len(cuts) else None),
        "report_day": date(days.max().date() if len(days) else None),
        "targets": count(len(targets)),
        "any_targets": flag(len(targets) > 0),
        "reported": count(len(told)),
        "unreported": count(len(targets) - len(told)),
        "any_unreported": flag(len(told) < len(targets)),
        "met": count(int((told["avance"] >= 100).sum())),
        "late": count(len(late)),
        "any_late": flag(len(late) > 0),
        "late_shown": count(min(len(late), MOST_ALERTS)),
        "late_cut": flag(len(late) > MOST_ALERTS),
        "joined_late": count(int(behind["varias"].sum())),
        "any_joined_late": flag(bool(behind["varias"].any())),
        "not_started": count(int((late["ejecutado"] == 0).sum())),
        "progress_low": percent(low, 0),
        "has_later": flag(bool(later)),
        "later": names([str(value) for value in later]),
        **_paid(rows, tables),
    }


def _paid(rows: pd.DataFrame, tables: dict[str, Table]) -> dict[str, Fact]:
    """Money of the declared products: all that has a report counts, programmed or not."""
    money_rows = rows[rows["seguimiento"] == Following.FINANCIAL]
    programmed = money_rows[money_rows["programado"] > 0]
    paid = money_rows[money_rows["reportado"] == 1]
    planned = paid[paid["programado"] > 0]
    other = paid.loc[~(paid["programado"] > 0), "obligado"].sum()
    still = planned[planned["obligado"] == 0].sort_values(
        ["programado", "codigos_sispt"], ascending=[False, True], ignore_index=True
    )
    still = still.assign(codigos=still["codigos_sispt"].str.replace(";", ", "))
    tables["unspent"] = Table(still.head(MOST_ALERTS).drop(columns="objetivos"), _UNSPENT)
    return {
        "paid_reported": count(len(planned)),
        "paid_unreported": count(len(programmed) - len(planned)),
        "any_paid": flag(len(paid) > 0),
        "obligated": money(paid["obligado"].sum()),
        "programmed_reported": money(planned["programado"].sum()),
        "unprogrammed": money(other),
        "any_unprogrammed": flag(bool(other > 0)),
        "unspent": count(len(still)),
        "any_unspent": flag(len(still) > 0),
        "unspent_money": money(still["programado"].sum()),
        "unspent_shown": count(min(len(still), MOST_ALERTS)),
        "unspent_cut": flag(len(still) > MOST_ALERTS),
    }


def _programmes(plan: pd.DataFrame, progress: pd.DataFrame, context: Context) -> Table:
    """One row a programme with declared products."""
    programmed = plan.iloc[:0]
    if len(plan):
        programmed = _chosen(plan[plan["periodo"] == _year(plan, context)], context)
    followed = progress.iloc[:0]
    if len(progress):
        followed = _chosen(progress[progress["periodo"] == _year(progress, context)], context)
    every = pd.concat([programmed, followed])
    called = dict(zip(every["programa"], every["programa_nombre"], strict=True))
    settings = context.params.comprehension.development_plan
    targets = followed[
        (followed["seguimiento"] == Following.PHYSICAL) & (followed["programado"] > 0)
    ]
    spent = followed[
        (followed["seguimiento"] == Following.FINANCIAL) & (followed["reportado"] == 1)
    ]
    records = []
    for code in sorted(called):
        mine = targets[targets["programa"] == code]
        told = mine[mine["reportado"] == 1]
        own = programmed[programmed["programa"] == code]
        obligated = spent.loc[spent["programa"] == code, "obligado"]
        records.append(
            {
                "programa": code,
                "nombre": called[code] if code in settings.whole else f"{called[code]} {IN_PART}",
                "planeadas": int((own["programado"] > 0).sum()) if len(plan) else np.nan,
                "recursos": own["recursos"].sum() if len(plan) else np.nan,
                "metas": len(mine) if len(progress) else np.nan,
                "con_reporte": len(told) if len(progress) else np.nan,
                "cumplidas": int((told["ejecutado"] >= told["programado"]).sum())
                if len(progress)
                else np.nan,
                "obligado": obligated.sum() if len(obligated) else np.nan,
            }
        )
    columns = dict(_PROGRAMMES)
    if plan.empty:
        del columns["planeadas"], columns["recursos"]
    if progress.empty:
        for name in ("metas", "con_reporte", "cumplidas", "obligado"):
            del columns[name]
    return Table(pd.DataFrame(records, columns=list(_RECORD)), columns)


def _needs(
    rows: pd.DataFrame, rights: Section, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    """Objectives with an unfavourable figure against the targets of the year that answer them;
    table ``needs``. Nothing where nothing was measured."""
    if "objectives" not in rights.tables:
        return {"needs_known": flag(False)}
    when = _year(rows, context)
    now = rows[(rows["periodo"] == when) & (rows["programado"] > 0)]
    if "seguimiento" in now:
        now = now[now["seguimiento"] == Following.PHYSICAL]
    now = _chosen(now, context)
    states = rights.tables["indicators"].data
    states = states[states["estado"].isin(COMPARED) & states["objetivo"].isin(list(OBJECTIVES))]
    records = []
    for row in rights.tables["objectives"].data.to_dict("records"):
        objective = str(row["objetivo"])
        if objective not in OBJECTIVES:
            continue
        found = now[[objective in listed for listed in now["objetivos"]]]
        worse = int(row["peor"]) > 0
        records.append(
            {
                "derecho": RIGHTS[OBJECTIVES[objective][0]],
                "objetivo": OBJECTIVES[objective][1],
                "medido": str(row["estado"]),
                "datos": _span(states.loc[states["objetivo"] == objective, "periodo"]) or "–",
                "peor": worse,
                "metas": len(found),
                "programas": enumeration(sorted(found["programa"].unique())) if len(found) else "–",
                "lectura": _reading(worse, int(row["comparables"]), len(found)),
            }
        )
    frame = pd.DataFrame(records)
    tables["needs"] = Table(frame, _NEEDS)
    without = frame[frame["peor"] & (frame["metas"] == 0)]
    unneeded = frame[~frame["peor"] & (frame["metas"] > 0)]
    return {
        "needs_known": flag(True),
        "needs": count(int(frame["peor"].sum())),
        "any_need": flag(bool(frame["peor"].any())),
        "needs_data": text(_span(states["periodo"])),
        "needs_without": names(without["objetivo"].tolist()),
        "any_need_without": flag(len(without) > 0),
        "unneeded": names(unneeded["objetivo"].tolist()),
        "any_unneeded": flag(len(unneeded) > 0),
        "needs_year": year(when),
    }


def _span(years: pd.Series) -> str | None:
    """``2018``, or ``2018-2022``; None without any."""
    if years.empty:
        return None
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first}-{last}"


def _reading(worse: bool, compared: int, targets: int) -> str:
    if worse:
        return "necesidad con metas" if targets else "necesidad sin metas"
    if not targets:
        return "sin metas"
    return "metas sin necesidad medida" if compared else "metas, y nada que comparar"


IN_PART = "(solo los productos declarados)"
_RECORD = ("programa", "nombre", "planeadas", "recursos", "metas", "con_reporte", "cumplidas",
           "obligado")  # fmt: skip
_PROGRAMMES = {
    "programa": Column("Código"),
    "nombre": Column("Programa"),
    "planeadas": Column("Metas programadas (SisPT)", "count"),
    "recursos": Column("Recursos programados", "money"),
    "metas": Column("Metas en el informe", "count"),
    "con_reporte": Column("Con reporte", "count"),
    "cumplidas": Column("Cumplidas", "count"),
    "obligado": Column("Obligado, al menos (preliminar)", "money"),
}
_ALERTS = {
    "codigos": Column("En SisPT"),
    "indicador_nombre": Column("Indicador de producto"),
    "programado": Column("Programado", "decimal", 1),
    "ejecutado": Column("Ejecutado", "decimal", 1),
    "avance": Column("Avance", "percent", 0),
}
_UNSPENT = {
    "codigos": Column("En SisPT"),
    "producto_nombre": Column("Producto"),
    "programado": Column("Programado", "money"),
    "comprometido": Column("Comprometido", "money"),
}
_NEEDS = {
    "derecho": Column("Derecho"),
    "objetivo": Column("Objetivo de política"),
    "medido": Column("Frente a la referencia"),
    "datos": Column("Años de las cifras"),
    "metas": Column("Metas programadas", "count"),
    "programas": Column("Programas"),
    "lectura": Column("Lectura"),
}
