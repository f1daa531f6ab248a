"""What published files say of a territory that filled in nothing: investment, places, students.

None of it is a report of the council's entities: it stands apart from their forms. Money is all
investment of the administration, of every sector: it is never called spending on childhood.

Facts, money: ``money_known``, ``money_year``, ``money_cut``, who is behind it (``money_by``,
``money_partial``…), ``appropriated``, ``obligated`` (pesos of the current year's budget),
``executed`` (their ratio), ``reserves`` and ``has_reserves`` (obligated of other years' budgets),
``unidentified`` (% of what is obligated whose programme is not known), ``of_follow_up`` (it comes
from DNP's follow-up, without financing source).
Places: ``health_known``, ``health_sites``, ``health_year``, ``health_without``
(names of municipalities without any). Students: ``students_known``, ``students``,
``students_year``, ``students_official`` (%), ``all_official``.
Budgets after the follow-up: ``has_later_money``, ``later_money`` (years), ``later_money_year``.
Tables: ``funds``, ``programmes`` (those declared for childhood, youth and families).
"""

from __future__ import annotations

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.comprehension.investment import SOURCES
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
from gsi.contract import mga
from gsi.contract.tables import suites_folder

FOLLOW_UP = "dnp_seguimiento_pdt"
CURRENT = "actual"


@step
def official(context: Context) -> Section:
    """Investment by source and programme, institutions of health, students."""
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    gaps = []
    spent = _spent(context)
    facts["money_known"] = flag(not spent.empty)
    if spent.empty:
        gaps.append(Gap("inversion", "sin el CUIPO no se sabe cuánto invierte la administración"))
    else:
        facts |= _money(spent, context, tables)
    facts |= _health(context) | _students(context) | _later(context)
    known = [f"{name}_known" for name in ("money", "health", "students")]
    if not any(facts[name].value for name in (*known, "has_later_money")):
        return Section("official", gaps=gaps)
    return Section("official", facts, tables, gaps)


def _spent(context: Context) -> pd.DataFrame:
    """Budget lines of the last whole year up to the follow-up, else of the last one; CUIPO before
    DNP's follow-up, which has the same money with less detail."""
    rows = context.data.published("inversion")
    rows = rows[(rows["vigencia"] <= context.years.follow_up) & rows["corte"].notna()]
    if rows.empty:
        return rows
    first = rows[rows["origen"] != FOLLOW_UP]
    rows = first if len(first) else rows
    whole = rows[rows["corte"].dt.month == 12]
    chosen = whole if len(whole) else rows
    last: pd.DataFrame = chosen[chosen["corte"] == chosen["corte"].max()].reset_index(drop=True)
    return last


def _later(context: Context) -> dict[str, Fact]:
    """Years of budgets after the follow-up, which this report does not tell."""
    years = context.data.published("inversion")["vigencia"]
    later = sorted({int(value) for value in years if value > context.years.follow_up})
    return {
        "has_later_money": flag(bool(later)),
        "later_money": names([str(value) for value in later]),
        "later_money_year": year(later[-1] if later else None),
    }


def _money(rows: pd.DataFrame, context: Context, tables: dict[str, Table]) -> dict[str, Fact]:
    now = rows[rows["tipo_vigencia"].isna() | (rows["tipo_vigencia"] == CURRENT)]
    before = rows[rows["tipo_vigencia"].notna() & (rows["tipo_vigencia"] != CURRENT)]
    done = now[now["obligado"].notna()]
    given, used = now["apropiado"].sum(min_count=1), now["obligado"].sum(min_count=1)
    both = pd.notna(given) and pd.notna(used) and given > 0
    unknown = done.loc[done["programa"].isna(), "obligado"].sum()
    funds = done.groupby("fuente")["obligado"].sum().reindex(list(SOURCES)).dropna()
    table = funds.rename_axis("fuente").reset_index()
    table["etiqueta"] = table["fuente"].map(SOURCES)
    total = table["obligado"].sum()
    table["parte"] = 100 * table["obligado"] / total if total > 0 else float("nan")
    tables["funds"] = Table(table, _FUNDS)
    tables["programmes"] = _programmes(now, context)
    return {
        "money_year": year(int(rows["vigencia"].iloc[0])),
        "money_cut": date(rows["corte"].iloc[0].date()),
        **delivery.facts(delivery.delivered(rows, context), context, "money_"),
        "appropriated": money(float(given) if pd.notna(given) else None),
        "obligated": money(float(used) if pd.notna(used) else None),
        "executed": percent(100 * float(used) / float(given) if both else None),
        "reserves": money(before["obligado"].sum()),
        "has_reserves": flag(bool(before["obligado"].sum() > 0)),
        "unidentified": percent(100 * unknown / used if pd.notna(used) and used > 0 else None),
        "any_unidentified": flag(bool(unknown > 0)),
        "of_follow_up": flag(bool((rows["origen"] == FOLLOW_UP).all())),
        "has_funds": flag(len(table) > 0),
        "has_programmes": flag(len(tables["programmes"].data) > 0),
    }


def _programmes(now: pd.DataFrame, context: Context) -> Table:
    declared = context.params.comprehension.development_plan.programmes
    mine = now[now["programa"].isin(list(declared))]
    sums = mine.groupby("programa")[["apropiado", "obligado"]].sum(min_count=1).reset_index()
    called = mga.load(suites_folder().parent / "params").names
    sums["nombre"] = [called.get(code, code) for code in sums["programa"]]
    columns = dict(_PROGRAMMES)
    if sums["apropiado"].isna().all():
        del columns["apropiado"]
    return Table(sums, columns)


def _health(context: Context) -> dict[str, Fact]:
    rows = context.data.published("escenarios")
    rows = rows[(rows["tipo"] == "ips") & (rows["periodo"] <= context.years.follow_up)]
    if rows.empty:
        return {"health_known": flag(False)}
    last = int(rows["periodo"].max())
    rows = rows[rows["periodo"] == last]
    who = delivery.delivered(rows, context)
    return {
        "health_known": flag(True),
        "health_sites": count(len(rows)),
        "health_year": year(last),
        "health_without": names([context.data.names[code] for code in who.silent]),
        "any_health_without": flag(bool(who.silent)),
    }


def _students(context: Context) -> dict[str, Fact]:
    rows = context.data.published("servicios")
    rows = rows[(rows["origen"] == "men_matricula") & (rows["periodo"] <= context.years.follow_up)]
    if rows.empty:
        return {"students_known": flag(False)}
    last = int(rows["periodo"].max())
    rows = rows[rows["periodo"] == last]
    whole = float(rows["cupos_usados"].sum())
    state = float(rows.loc[rows["servicio"].str.startswith("men-oficial"), "cupos_usados"].sum())
    return {
        "students_known": flag(True),
        "students": count(whole),
        "students_year": year(last),
        "students_official": percent(100 * state / whole if whole > 0 else None),
        "all_official": flag(0 < whole == state),
    }


_FUNDS = {
    "etiqueta": Column("Fuente"),
    "obligado": Column("Obligado", "money"),
    "parte": Column("Parte del total", "percent"),
}
_PROGRAMMES = {
    "programa": Column("Código"),
    "nombre": Column("Programa"),
    "apropiado": Column("Apropiado", "money"),
    "obligado": Column("Obligado", "money"),
}
