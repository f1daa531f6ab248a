"""F3: where the money goes, against where the need and the priority are.

Vulnerable people = incidence of multidimensional poverty × population of the municipality. Money is
the final appropriation of one fiscal year, in pesos of that year. Lines of the whole department
cannot be put in a municipality and are shown apart.

Only municipalities that reported lines of the year count, in sums, figures per person and ranks:
the others were silent (:mod:`gsi.analysis.delivery`), which is not having no money.

Facts: ``year``, ``total``, ``department_lines`` (its part of the whole department),
``executed`` (% obligated), ``entities``, ``lines``, who reported (``by``, ``partial``);
``vulnerable`` and ``per_vulnerable``: the people that the money is divided by, and the quotient;
``per_vulnerable_department`` and ``department_reporters`` (of several that reported);
``per_vulnerable_priority``, ``per_vulnerable_rest``, ``ratio_priority`` (priority ÷ rest) with
``priority_reporters``, ``rest_reporters`` and ``priority_silent`` (names);
``lowest_names``, ``lowest_value``, ``lowest_priority_names``, ``lowest_priority_value``: where the
least is, of several that reported and differ;
``overlaps``, ``overlap_money``, ``has_*`` flags.
Tables: ``municipalities``, ``overlaps``, ``without_money``, ``sources``, ``rights``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gsi.analysis import delivery
from gsi.analysis.comprehension import people
from gsi.analysis.comprehension.people import OLDEST
from gsi.analysis.context import Context
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    decimal,
    flag,
    money,
    names,
    percent,
    text,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.divipola import is_departmental, is_municipal
from gsi.contract.vocabulary import RIGHTS
from gsi.ground.locale import enumeration, fold

SOURCES = {
    "sgp": "Sistema General de Participaciones",
    "propios": "Recursos propios",
    "sgr": "Sistema General de Regalías",
    "cofinanciacion": "Cofinanciación",
    "otro": "Otras fuentes",
}
POPULATIONS = {
    "primera_infancia": "Primera infancia",
    "infancia": "Infancia",
    "adolescencia": "Adolescencia",
    "juventud": "Juventud",
    "familias": "Familias",
    "todos": "Toda la población",
}
PRIORITY = "prioritario"


@step
def investment(context: Context, priority: Section) -> Section:
    """Money per vulnerable person against priority, overlaps, and priorities without money."""
    own = context.data.own("inversion")
    if own.empty:
        why = (
            "sin ella no se pueden cruzar las líneas de inversión de las entidades con la necesidad"
        )
        return Section("investment", gaps=[Gap("inversion", why)])
    when = people.period(own["vigencia"], context.years.follow_up)
    whole = context.data.department("inversion")
    whole = whole[whole["vigencia"] == when]
    own = own[own["vigencia"] == when]
    local = own[is_municipal(own["municipio"])]
    table = _municipalities(context, whole, priority)
    poverty = people.poverty(context)
    who = delivery.delivered(own, context)
    mine = table[table["municipio"].isin(who.reported)].reset_index(drop=True)
    overlaps = _overlaps(context, local)
    missing = _without_money(context, local, mine)
    gaps = []
    if mine["vulnerables"].isna().all():
        why = "sin pobreza y población no se calcula la inversión por persona vulnerable"
        gaps.append(Gap("indicadores", why))
    obligated = own[own["obligado"].notna()]
    facts: dict[str, Fact] = {
        "year": year(when),
        "total": money(own["apropiado"].sum()),
        "department_lines": money(own.loc[is_departmental(own["municipio"]), "apropiado"].sum()),
        "has_department_lines": flag(who.own),
        **delivery.facts(who, context),
        "executed": percent(
            100 * obligated["obligado"].sum() / obligated["apropiado"].sum()
            if obligated["apropiado"].sum() > 0
            else None
        ),
        "entities": count(own["entidad"].nunique()),
        "lines": count(own["linea"].map(fold).nunique()),
        "vulnerable": count(_total(_divided(mine)["vulnerables"])),
        "per_vulnerable": money(_ratio(mine)),
        "people_year": year(people.counted_in(context, when)),
        "poverty_year": year(int(poverty["periodo"].iloc[0]) if len(poverty) else None),
        "undivided": names(_undivided(mine)),
        "any_undivided": flag(bool(_undivided(mine)) and len(_divided(mine)) > 0),
        "per_vulnerable_department": money(_ratio(table)),
        "department_reporters": count(len(_divided(table))),
        "has_department_reporters": flag(len(_divided(table)) > 1),
        **_against_priority(context, table),
        "overlaps": count(len(overlaps)),
        "has_overlaps": flag(len(overlaps) > 0),
        "overlap_money": money(overlaps["apropiado"].sum()),
        "has_without_money": flag(len(missing) > 0),
        "without_money_count": count(len(missing)),
    }
    tables = {
        "municipalities": Table(mine, _MUNICIPALITY),
        "overlaps": Table(overlaps, _OVERLAP),
        "without_money": Table(missing, _WITHOUT),
        "sources": _shares(own, "fuente", SOURCES, "Fuente"),
        "rights": _shares(own, "categoria_derecho", RIGHTS, "Derecho"),
    }
    return Section("investment", facts, tables, gaps)


def _municipalities(context: Context, whole: pd.DataFrame, priority: Section) -> pd.DataFrame:
    """Every municipality of the department: money, vulnerable people, and their ratio."""
    when = int(whole["vigencia"].iloc[0])
    paid = whole.groupby("municipio")["apropiado"].sum()
    table = pd.DataFrame({"municipio": list(context.data.names)})
    table["nombre"] = table["municipio"].map(context.data.names)
    table["apropiado"] = table["municipio"].map(paid).astype("float64")
    need = people.in_need(context, (0, OLDEST), when)
    table["vulnerables"] = table["municipio"].map(need).astype("float64")
    ratio = table["apropiado"] / table["vulnerables"].replace(0, np.nan)
    table["por_persona"] = ratio
    table["estado"] = "sin dato"
    table["probabilidad"] = np.nan
    if "ranking" in priority.tables:
        ranking = priority.tables["ranking"].data.set_index("municipio")
        table["estado"] = table["municipio"].map(ranking["status"]).fillna("sin dato")
        table["probabilidad"] = table["municipio"].map(ranking["probability"]).astype("float64")
    return table.sort_values(["por_persona", "municipio"], ignore_index=True)


def _total(values: pd.Series) -> float | None:
    return float(values.sum()) if values.notna().any() else None


def _divided(table: pd.DataFrame) -> pd.DataFrame:
    """Municipalities with both parts of the ratio: reported money and known people."""
    return table[table["apropiado"].notna() & table["vulnerables"].gt(0)]


def _undivided(table: pd.DataFrame) -> list[str]:
    """Municipalities whose money has no people to be divided by."""
    left = table[table["apropiado"].notna() & ~table["vulnerables"].gt(0)]
    return [str(name) for name in left["nombre"]]


def _ratio(table: pd.DataFrame) -> float | None:
    known = _divided(table)
    return float(known["apropiado"].sum() / known["vulnerables"].sum()) if len(known) else None


def _against_priority(context: Context, table: pd.DataFrame) -> dict[str, Fact]:
    """Money per person of priority municipalities and the rest, of those that reported."""
    called = table["estado"] == PRIORITY
    first, rest = _ratio(table[called]), _ratio(table[~called])
    ratio = first / rest if first is not None and rest else None
    silent = table.loc[called & table["apropiado"].isna(), "municipio"].tolist()
    facts: dict[str, Fact] = {
        "per_vulnerable_priority": money(first),
        "per_vulnerable_rest": money(rest),
        "priority_reporters": count(len(_divided(table[called]))),
        "priority_asked": count(int(called.sum())),
        "rest_reporters": count(len(_divided(table[~called]))),
        "priority_silent": text(delivery.written(silent, context) if silent else None),
        "has_priority_silent": flag(bool(silent)),
        "ratio_priority": decimal(ratio, 2),
        "has_priority_ratio": flag(ratio is not None),
        "priority_gets_less": flag(ratio is not None and ratio < 1),
    }
    for key, rows in (("lowest", table), ("lowest_priority", table[called])):
        known = _divided(rows)
        least = known[known["por_persona"].round() == known["por_persona"].round().min()]
        # The only one that reported, or all alike, is no order.
        ordered = context.territory.is_department and 0 < len(least) < len(known)
        facts[f"{key}_names"] = names(least["nombre"].tolist() if ordered else [])
        facts[f"{key}_value"] = money(float(least["por_persona"].iloc[0]) if ordered else None)
        facts[f"has_{key}"] = flag(ordered)
    return facts


def _overlaps(context: Context, local: pd.DataFrame) -> pd.DataFrame:
    """Lines that several entities pay for the same people in the same municipality."""
    least = context.params.comprehension.investment.overlap_entities
    by = ["municipio", "clave", "poblacion", "categoria_derecho"]
    groups = local.assign(clave=local["linea"].map(fold)).groupby(by, sort=True)
    table = groups.agg(
        linea=("linea", "first"),
        entidades=("entidad", lambda names_: enumeration(sorted(set(names_)))),
        cuantas=("entidad", "nunique"),
        apropiado=("apropiado", "sum"),
    ).reset_index()
    table = table[table["cuantas"] >= least].drop(columns="clave")
    table["nombre"] = table["municipio"].map(context.data.names)
    table["population_label"] = table["poblacion"].map(POPULATIONS)
    return table.sort_values(["apropiado", "municipio"], ascending=[False, True], ignore_index=True)


def _without_money(context: Context, local: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """Priority municipalities that reported (or the territory itself) × right without money."""
    codes = mine.loc[mine["estado"] == PRIORITY, "municipio"].tolist()
    if not context.territory.is_department:
        codes = [context.territory.code]
    funded = local[local["apropiado"] > 0]
    present = set(zip(funded["municipio"], funded["categoria_derecho"], strict=True))
    records = [
        {
            "municipio": code,
            "nombre": context.data.names[code],
            "derecho": right,
            "etiqueta": label,
        }
        for code in sorted(codes)
        for right, label in RIGHTS.items()
        if (code, right) not in present
    ]
    return pd.DataFrame(records, columns=["municipio", "nombre", "derecho", "etiqueta"])


def _shares(own: pd.DataFrame, column: str, labels: dict[str, str], heading: str) -> Table:
    table = own.groupby(column)[["apropiado", "obligado"]].sum(min_count=1)
    table = table.reindex(list(labels)).rename_axis("clave").reset_index()
    table["apropiado"] = table["apropiado"].fillna(0)
    table.insert(1, "etiqueta", table["clave"].map(labels))
    total = table["apropiado"].sum()
    table["parte"] = 100 * table["apropiado"] / total if total else np.nan
    return Table(
        table,
        {
            "etiqueta": Column(heading),
            "apropiado": Column("Apropiado", "money"),
            "parte": Column("Parte del total", "percent"),
        },
    )


_MUNICIPALITY = {
    "nombre": Column("Municipio"),
    "estado": Column("Prioridad"),
    "vulnerables": Column("Personas vulnerables", "count"),
    "apropiado": Column("Apropiado", "money"),
    "por_persona": Column("Por persona vulnerable", "money"),
}
_WITHOUT = {
    "nombre": Column("Municipio"),
    "etiqueta": Column("Derecho sin inversión reportada"),
}
_OVERLAP = {
    "nombre": Column("Municipio"),
    "linea": Column("Línea"),
    "population_label": Column("Población"),
    "entidades": Column("Entidades"),
    "apropiado": Column("Apropiado", "money"),
}
