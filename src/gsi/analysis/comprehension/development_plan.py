"""The plan de desarrollo in force: what it programmes for childhood, youth and families, how it
goes, and whether it meets the needs that were measured.

It is the plan of the town hall or the government, not the council's. Which programmes speak of
childhood, youth and families, and the objectives of policy they answer, is declared
(``comprehension.development_plan.programmes``). What was not reported is not zero: it is counted
apart.

Facts: ``year`` (the last one up to the follow-up that the plan programmes), ``products``,
``chosen`` (products of declared programmes), ``money``, ``chosen_money`` (pesos programmed that
year), ``chosen_share``;
of the last follow-up report: ``has_report``, ``report_year``, ``report_cut``, ``report_day``, and
of the targets of declared programmes that year: ``targets`` (programmed), ``reported``,
``unreported``, ``met``, ``late`` (under ``progress_low`` %), ``not_started``; ``paid_reported``,
``paid_unreported`` (products with money programmed), ``obligated`` and ``programmed_reported``
(pesos of those reported), ``obligated_share``;
``has_later`` and ``later`` (years of the report after the follow-up);
``needs`` (objectives with an unfavourable figure), ``needs_without`` (names of those without a
product) and ``any_need_without``; ``unneeded`` (names of objectives with products and nothing
unfavourable measured) and ``any_unneeded``.
Tables: ``programmes``, ``alerts``, ``needs``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

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
    year,
)
from gsi.analysis.steps import step
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS
from gsi.ground.locale import enumeration

PLAN, PROGRESS = "plan_desarrollo", "avance_plan_desarrollo"
WHY = "sin él no se sabe qué programó la entidad para la niñez, la juventud y las familias"
MOST_ALERTS = 12


@step
def development_plan(context: Context, rights: Section) -> Section:
    """Products of the declared programmes, their progress, and the needs they answer."""
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
        when = _year(plan, context)
        programmed = plan[plan["periodo"] == when]
        chosen = _chosen(programmed, context)
        whole, mine = programmed["recursos"].sum(), chosen["recursos"].sum()
        facts |= {
            "year": year(when),
            "products": count(len(programmed)),
            "chosen": count(len(chosen)),
            "money": money(whole),
            "chosen_money": money(mine),
            "chosen_share": percent(100 * mine / whole if whole > 0 else None),
        }
    facts |= _progress(progress, context, tables)
    tables["programmes"] = _programmes(plan, progress, context)
    facts["any_programme"] = flag(len(tables["programmes"].data) > 0)
    facts |= _needs(plan if len(plan) else progress, rights, context, tables)
    if progress.empty:
        gaps.append(Gap(PROGRESS, "sin él no se sabe cómo va el plan de desarrollo"))
    return Section("development_plan", facts, tables, gaps)


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
    declared = context.params.comprehension.development_plan.programmes
    chosen: pd.DataFrame = rows[rows["programa"].isin(list(declared))]
    return chosen


def _progress(
    progress: pd.DataFrame, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    """Targets and money of the declared programmes in the report's year; table ``alerts``."""
    if progress.empty:
        return {"has_report": flag(False)}
    when = _year(progress, context)
    later = sorted({int(value) for value in progress["periodo"] if value > when})
    rows = _chosen(progress[progress["periodo"] == when], context)
    low = context.params.comprehension.development_plan.progress_low
    targets = rows[(rows["seguimiento"] == "fisico") & (rows["programado"] > 0)]
    told = targets[targets["reportado"] == 1]
    done = 100 * told["ejecutado"] / told["programado"]
    spent = rows[(rows["seguimiento"] == "financiero") & (rows["programado"] > 0)]
    paid = spent[spent["reportado"] == 1]
    planned, obligated = paid["programado"].sum(), paid["obligado"].sum()
    late = told.assign(avance=done)[done < low].sort_values(
        ["avance", "programa", "codigos_sispt"], ignore_index=True
    )
    late["codigos"] = late["codigos_sispt"].str.replace(";", ", ")
    tables["alerts"] = Table(late.head(MOST_ALERTS), _ALERTS)
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
        "met": count(int((done >= 100).sum())),
        "late": count(int((done < low).sum())),
        "any_late": flag(bool((done < low).any())),
        "late_shown": count(min(len(late), MOST_ALERTS)),
        "late_cut": flag(len(late) > MOST_ALERTS),
        "not_started": count(int((told["ejecutado"] == 0).sum())),
        "progress_low": percent(low, 0),
        "paid_reported": count(len(paid)),
        "paid_unreported": count(len(spent) - len(paid)),
        "any_paid": flag(len(paid) > 0),
        "programmed_reported": money(planned),
        "obligated": money(obligated),
        "obligated_share": percent(100 * obligated / planned if planned > 0 else None),
        "has_later": flag(bool(later)),
        "later": names([str(value) for value in later]),
    }


def _programmes(plan: pd.DataFrame, progress: pd.DataFrame, context: Context) -> Table:
    """Each declared programme that the plan or its follow-up has."""
    declared = context.params.comprehension.development_plan.programmes
    programmed = plan
    if len(plan):
        programmed = _chosen(plan[plan["periodo"] == _year(plan, context)], context)
    followed = progress.iloc[:0]
    if len(progress):
        followed = _chosen(progress[progress["periodo"] == _year(progress, context)], context)
    every = pd.concat([programmed, followed])
    called = dict(zip(every["programa"], every["programa_nombre"], strict=True))
    targets = followed[(followed["seguimiento"] == "fisico") & (followed["programado"] > 0)]
    spent = followed[(followed["seguimiento"] == "financiero") & (followed["reportado"] == 1)]
    records = []
    for code in sorted(called):
        mine = targets[targets["programa"] == code]
        told = mine[mine["reportado"] == 1]
        own = programmed[programmed["programa"] == code]
        obligated = spent.loc[spent["programa"] == code, "obligado"]
        records.append(
            {
                "programa": code,
                "nombre": called[code],
                "objetivos": enumeration([OBJECTIVES[name][1] for name in declared[code]]),
                "productos": len(own) if len(plan) else np.nan,
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
        del columns["productos"], columns["recursos"]
    if progress.empty:
        for name in ("metas", "con_reporte", "cumplidas", "obligado"):
            del columns[name]
    return Table(pd.DataFrame(records, columns=list(_RECORD)), columns)


def _needs(
    rows: pd.DataFrame, rights: Section, context: Context, tables: dict[str, Table]
) -> dict[str, Fact]:
    """Objectives with an unfavourable figure against the products of the programmes declared for
    them; table ``needs``. Nothing where nothing was measured."""
    if "objectives" not in rights.tables:
        return {"needs_known": flag(False)}
    declared = context.params.comprehension.development_plan.programmes
    when = _year(rows, context)
    now = rows[rows["periodo"] == when]
    if "seguimiento" in now:
        now = now[now["seguimiento"] == "fisico"]
    records = []
    for row in rights.tables["objectives"].data.to_dict("records"):
        objective = str(row["objetivo"])
        if objective not in OBJECTIVES:
            continue
        codes = [code for code, listed in declared.items() if objective in listed]
        found = now[now["programa"].isin(codes)]
        worse = int(row["peor"]) > 0
        records.append(
            {
                "derecho": RIGHTS[OBJECTIVES[objective][0]],
                "objetivo": OBJECTIVES[objective][1],
                "medido": str(row["estado"]),
                "peor": worse,
                "productos": len(found),
                "programas": enumeration(sorted(found["programa"].unique())) if len(found) else "–",
                "lectura": _reading(worse, int(row["comparables"]), len(found)),
            }
        )
    frame = pd.DataFrame(records)
    tables["needs"] = Table(frame, _NEEDS)
    without = frame[frame["peor"] & (frame["productos"] == 0)]
    unneeded = frame[~frame["peor"] & (frame["productos"] > 0)]
    return {
        "needs_known": flag(True),
        "needs": count(int(frame["peor"].sum())),
        "any_need": flag(bool(frame["peor"].any())),
        "needs_without": names(without["objetivo"].tolist()),
        "any_need_without": flag(len(without) > 0),
        "unneeded": names(unneeded["objetivo"].tolist()),
        "any_unneeded": flag(len(unneeded) > 0),
        "needs_year": year(when),
    }


def _reading(worse: bool, compared: int, products: int) -> str:
    if worse:
        return "necesidad con productos" if products else "necesidad sin producto"
    if not products:
        return "sin producto"
    return "productos sin necesidad medida" if compared else "productos, y nada que comparar"


_RECORD = ("programa", "nombre", "objetivos", "productos", "recursos", "metas", "con_reporte",
           "cumplidas", "obligado")  # fmt: skip
_PROGRAMMES = {
    "programa": Column("Código"),
    "nombre": Column("Programa"),
    "productos": Column("Productos", "count"),
    "recursos": Column("Recursos programados", "money"),
    "metas": Column("Metas del año", "count"),
    "con_reporte": Column("Con reporte", "count"),
    "cumplidas": Column("Cumplidas", "count"),
    "obligado": Column("Obligado, donde se reportó", "money"),
}
_ALERTS = {
    "codigos": Column("En SisPT"),
    "indicador_nombre": Column("Indicador de producto"),
    "programado": Column("Programado", "decimal", 1),
    "ejecutado": Column("Ejecutado", "decimal", 1),
    "avance": Column("Avance", "percent", 0),
}
_NEEDS = {
    "derecho": Column("Derecho"),
    "objetivo": Column("Objetivo de política"),
    "medido": Column("Frente a la referencia"),
    "productos": Column("Productos", "count"),
    "programas": Column("Programas"),
    "lectura": Column("Lectura"),
}
