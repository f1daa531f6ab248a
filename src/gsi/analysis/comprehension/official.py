"""What published files say of a territory that filled in nothing: investment, places, students.

None of it is a report of the council's entities: it stands apart from their forms. Money is all
investment of the administration, of every sector: it is never called spending on childhood.

Facts, money: ``money_known``, ``money_year``, ``money_cut``, who is behind it (``money_by``,
``money_partial``…), ``appropriated``, ``obligated`` (pesos of the current year's budget),
``executed`` (their ratio; none where the appropriation is filled in wrongly), ``reserves`` and
``has_reserves`` (obligated of other years' budgets), ``unidentified`` (% of what is obligated whose
programme is not known), ``of_follow_up`` (it comes from DNP's follow-up, without financing source:
only what DNP could join to the plan);
``has_biggest``, ``biggest_line``, ``biggest_share``: the one line that is a large part of it, and
``biggest_insurance`` (it is paid with the sources of the subsidised health insurance);
``misfiled``, ``has_misfiled``: whose appropriation stands in one programme that they hardly spend
in; ``has_partial_year``, ``partial_year``, ``partial_cut``, ``partial_obligated`` and
``partial_by``: a later year up to the follow-up that is not whole.
Budgets after the follow-up: ``has_later_money``, ``later_money`` (years), ``later_money_year``.
Places and students: :mod:`gsi.analysis.comprehension.official_offer`.
Tables: ``funds``, ``programmes`` (those declared whole for the objectives of policy).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.comprehension import official_offer
from gsi.analysis.comprehension.investment import SOURCES
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    date,
    flag,
    money,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract import mga
from gsi.contract.tables import suites_folder
from gsi.ground.locale import fold

FOLLOW_UP = "dnp_seguimiento_pdt"
CURRENT = "actual"
# ADRES pays the subsidised health insurance without passing through the town hall's own money.
ADRES = "adres"
FUNDS = {**SOURCES, ADRES: "Salud: recursos administrados por la ADRES"}
_INSURANCE = r"\badres\b|regimen subsidiado"
# A line that is this part of the whole must be named: the rest is read through it.
LARGE = 100 / 3
# What a line says where it names no product.
NOTHING = mga.key("Sin producto")
# An appropriation in one programme, of which nearly nothing is obligated, is filled in wrongly.
ALL_IN_ONE, HARDLY = 0.9, 0.1


@step
def official(context: Context) -> Section:
    """Investment by source and programme; institutions of health and students."""
    facts: dict[str, Fact] = {}
    tables: dict[str, Table] = {}
    gaps = []
    spent = _spent(context)
    facts["money_known"] = flag(not spent.empty)
    if spent.empty:
        gaps.append(Gap("inversion", "sin el CUIPO no se sabe cuánto invierte la administración"))
    else:
        facts |= _money(spent, context, tables)
    facts |= official_offer.health(context) | official_offer.students(context) | _later(context)
    known = [f"{name}_known" for name in ("money", "health", "students", "part")]
    if not any(facts[name].value for name in (*known, "has_later_money")):
        return Section("official", gaps=gaps)
    return Section("official", facts, tables, gaps)


def _published(context: Context) -> pd.DataFrame:
    """Budget lines up to the follow-up; CUIPO before DNP's follow-up, which has the same money
    with less detail."""
    rows = context.data.published("inversion")
    rows = rows[(rows["vigencia"] <= context.years.follow_up) & rows["corte"].notna()]
    first = rows[rows["origen"] != FOLLOW_UP]
    return first if len(first) else rows


def _spent(context: Context) -> pd.DataFrame:
    """Lines of the last whole year, else of the last cut."""
    rows = _published(context)
    if rows.empty:
        return rows
    whole = rows[rows["corte"].dt.month == 12]
    chosen = whole if len(whole) else rows
    last: pd.DataFrame = chosen[chosen["corte"] == chosen["corte"].max()].reset_index(drop=True)
    return last


def _partial(told: pd.DataFrame, context: Context) -> dict[str, Fact]:
    """The year after the one told, up to the follow-up, of which only some months are there."""
    rows = _published(context)
    rows = rows[rows["corte"] > told["corte"].iloc[0]]
    if rows.empty:
        return {"has_partial_year": flag(False)}
    rows = rows[_current(rows) & (rows["corte"] == rows["corte"].max())]
    used = rows["obligado"].sum(min_count=1)
    return {
        "has_partial_year": flag(True),
        "partial_year": year(int(rows["vigencia"].iloc[0])),
        "partial_cut": date(rows["corte"].iloc[0].date()),
        "partial_obligated": money(float(used) if pd.notna(used) else None),
        "partial_by": text(delivery.delivered(rows, context).by(context)),
    }


def _current(rows: pd.DataFrame) -> pd.Series:
    """Lines of the year's own budget."""
    return rows["tipo_vigencia"].isna() | (rows["tipo_vigencia"] == CURRENT)


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
    now, before = rows[_current(rows)], rows[~_current(rows)]
    done = now[now["obligado"].notna()]
    given, used = now["apropiado"].sum(min_count=1), now["obligado"].sum(min_count=1)
    both = pd.notna(given) and pd.notna(used) and given > 0
    unknown = done.loc[done["programa"].isna(), "obligado"].sum()
    wrong = _misfiled(now)
    paid_by = done["fuente"].mask(_says(done["fuente_publicada"], ADRES), ADRES)
    funds = done.groupby(paid_by)["obligado"].sum().reindex(list(FUNDS)).dropna()
    table = funds.rename_axis("fuente").reset_index()
    table["etiqueta"] = table["fuente"].map(FUNDS)
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
        "executed": percent(100 * float(used) / float(given) if both and not wrong else None),
        "reserves": money(before["obligado"].sum()),
        "has_reserves": flag(bool(before["obligado"].sum() > 0)),
        "unidentified": percent(100 * unknown / used if pd.notna(used) and used > 0 else None),
        "any_unidentified": flag(bool(unknown > 0)),
        "of_follow_up": flag(bool((rows["origen"] == FOLLOW_UP).all())),
        "has_funds": flag(len(table) > 0),
        "has_programmes": flag(len(tables["programmes"].data) > 0),
        "misfiled": text(delivery.written(wrong, context) if wrong else None),
        "has_misfiled": flag(bool(wrong)),
        **_biggest(done),
        **_partial(rows, context),
    }


def _says(names_: pd.Series, words: str) -> pd.Series:
    return names_.fillna("").astype("str").map(fold).str.contains(words).astype(bool)


def _catalogue() -> Mapping[str, str]:
    return mga.load(suites_folder().parent / "params").names


def _misfiled(now: pd.DataFrame) -> list[str]:
    """Municipalities whose appropriation stands nearly whole in one programme in which nearly
    nothing was obligated: they filled in the programme wrongly."""
    found = []
    for place, rows in now.groupby("municipio"):
        given = rows.groupby("programa")["apropiado"].sum()
        whole, used = rows["apropiado"].sum(), rows["obligado"].sum()
        if given.empty or whole <= 0 or used <= 0 or given.max() < ALL_IN_ONE * whole:
            continue
        if rows.loc[rows["programa"] == given.idxmax(), "obligado"].sum() < HARDLY * used:
            found.append(str(place))
    return sorted(found)


def _biggest(done: pd.DataFrame) -> dict[str, Fact]:
    """The one line that is a large part of what was obligated."""
    sums = done.groupby(done["linea"].map(mga.key))["obligado"].sum().sort_values()
    whole = done["obligado"].sum()
    if sums.empty or whole <= 0 or 100 * sums.iloc[-1] / whole < LARGE or sums.index[-1] == NOTHING:
        return {"has_biggest": flag(False)}
    rows = done[done["linea"].map(mga.key) == sums.index[-1]]
    products = rows["producto"].dropna().unique()
    called = _catalogue().get(products[0]) if len(products) == 1 else None
    insurance = rows.loc[_says(rows["fuente_publicada"], _INSURANCE), "obligado"].sum()
    return {
        "has_biggest": flag(True),
        "biggest_line": text(called or str(sums.index[-1])),
        "biggest_share": percent(100 * sums.iloc[-1] / whole),
        "biggest_insurance": flag(bool(2 * insurance > sums.iloc[-1])),
    }


def _programmes(now: pd.DataFrame, context: Context) -> Table:
    # Budgets name programmes well and products badly: only those declared whole.
    whole = context.params.comprehension.development_plan.whole
    mine = now[now["programa"].isin(list(whole))]
    sums = mine.groupby("programa")[["apropiado", "obligado"]].sum(min_count=1).reset_index()
    called = _catalogue()
    sums["nombre"] = [called.get(code, code) for code in sums["programa"]]
    columns = dict(_PROGRAMMES)
    if sums["apropiado"].isna().all():
        del columns["apropiado"]
    return Table(sums, columns)


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
