"""The products of the plan de desarrollo that could answer a proposed action, and those that no
measured need asks for.

Which products of the MGA answer a measure is declared beside it (``mga`` in
``params/measures.yml``): the first digits of their codes. That a product is there says neither that
it is enough nor that it reaches who needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Table, count, flag, text, write_value
from gsi.contract.params.measures import Measure
from gsi.contract.vocabulary import Following
from gsi.ground.locale import MISSING, enumeration, fold, within

PLAN, PROGRESS = "plan_desarrollo", "avance_plan_desarrollo"
MOST = 3  # products of an action that are shown: those with most money
UNREPORTED = "sin reporte"
# How a plan says that the indicator is the catalogue's own, and the number of its target in it.
_EMPTY = re.compile(r"META\s*\d+|(?:no )?personali[sz]a\w*\s*:?", re.IGNORECASE)


def in_force(context: Context) -> pd.DataFrame:
    """One row a product of the territory's own plan in SisPT, with its money of all years and its
    progress in the last year that DNP's follow-up tells, up to the follow-up.

    ``advance``: percent of what was programmed that year; NaN where it was not reported, nothing
    was programmed or it is joined with other targets, told apart in ``progress``.
    """
    plan = context.data.own(PLAN)
    if plan.empty:
        return plan.assign(advance=np.nan, progress="")
    whole = plan.groupby("codigo_sispt", sort=False)["recursos"].sum()
    years = plan.groupby("codigo_sispt", sort=False)["periodo"].agg(["min", "max"])
    rows = plan.drop_duplicates("codigo_sispt").set_index("codigo_sispt")
    rows = rows.assign(recursos=whole, first=years["min"], last=years["max"]).reset_index()
    told = _told(context)
    known = [told.get(code, (np.nan, "")) for code in rows["codigo_sispt"]]
    return rows.assign(advance=[one for one, _ in known], progress=[word for _, word in known])


def _told(context: Context) -> dict[str, tuple[float, str]]:
    """Local code of a product → its progress, and that with its year in words.

    What DNP joins of several targets says nothing of one of them alone: it is told as theirs.
    """
    rows = context.data.own(PROGRESS)
    rows = rows[
        (rows["seguimiento"] == Following.PHYSICAL) & (rows["periodo"] <= context.years.follow_up)
    ]
    if rows.empty:
        return {}
    day = rows["fecha_informe"].fillna(pd.Timestamp.min)
    rows = rows[day == day.max()]
    rows = rows[rows["periodo"] == rows["periodo"].max()]
    found: dict[str, tuple[float, str]] = {}
    for row in rows.to_dict("records"):
        when, codes = int(row["periodo"]), str(row["codigos_sispt"]).split(";")
        if row["reportado"] != 1:
            outcome = (np.nan, f"{UNREPORTED} ({when})")
        elif not row["programado"] > 0:
            outcome = (np.nan, f"nada programado ({when})")
        else:
            share = 100 * float(row["ejecutado"]) / float(row["programado"])
            told = write_value(share, "percent", 0)
            together = f"{told} de {len(codes)} metas sumadas ({when})"
            outcome = (share, f"{told} ({when})") if len(codes) == 1 else (np.nan, together)
        for code in codes:
            found[code.strip()] = outcome
    return found


def answering(measure: Measure, products: pd.DataFrame) -> pd.DataFrame:
    """The products whose code begins as one that the measure declares, those with most money
    first."""
    if products.empty or not measure.mga:
        return products.iloc[:0]
    mine = products[products["indicador"].fillna("").str.startswith(measure.mga)]
    ordered: pd.DataFrame = mine.sort_values(
        ["recursos", "indicador", "codigo_sispt"], ascending=[False, True, True], ignore_index=True
    )
    return ordered


def cited(found: pd.DataFrame) -> str:
    """The products shown, as an action of the council's plan cites them; '' without any."""
    return "; ".join(
        f"{row['indicador']} ({row['codigo_sispt']}), {within(_named(row))}: {_described(row)}"
        for row in found.head(MOST).to_dict("records")
    )


def named(found: pd.DataFrame) -> str:
    """The same products by name and local code, for the evidence of a decision; '' without any."""
    return enumeration(
        [f"«{_named(row)}» ({row['codigo_sispt']})" for row in found.head(MOST).to_dict("records")]
    )


def tables(
    measures: Sequence[Measure], products: pd.DataFrame
) -> tuple[dict[str, Table], dict[str, Fact]]:
    """Table ``products``: of each action (by its place in the order), those that could answer it;
    and the facts about them. ``measures`` are the actions' own, in that order."""
    asked = [(place, measure) for place, measure in enumerate(measures, 1) if measure.mga]
    rows, without = [], []
    for place, measure in asked:
        found = answering(measure, products)
        if found.empty:
            without.append(within(measure.action))
        rows += [
            {
                "order": place,
                "action": measure.action,
                "code": row["indicador"],
                "local": row["codigo_sispt"],
                "name": _named(row),
                "target": _target(row),
                "money": float(row["recursos"]),
                "progress": row["progress"] or MISSING,
                "more": len(found) - MOST,
            }
            for row in found.head(MOST).to_dict("records")
        ]
    there = not products.empty
    cut = sum(len(answering(measure, products)) > MOST for _, measure in asked)
    facts = {
        "has_development_plan": flag(there),
        "asked": count(len(asked)),
        "any_asked": flag(bool(asked)),
        "with_products": count(len(asked) - len(without)),
        "any_products": flag(bool(rows)),
        "without_products": text("; ".join(without) if there and without else None),
        "any_without_products": flag(there and bool(without)),
        "products_shown": count(MOST),
        "any_more_products": flag(cut > 0),
        "products_years": text(_span(products)),
    }
    made = {"products": Table(pd.DataFrame(rows), _PRODUCTS)} if rows else {}
    return made, facts


def _span(products: pd.DataFrame) -> str | None:
    if products.empty:
        return None
    first, last = int(products["first"].min()), int(products["last"].max())
    return str(first) if first == last else f"{first}-{last}"


def _named(row: Mapping[Any, Any]) -> str:
    """The indicator of product, and what the territory made of it where it says so."""
    name, own = str(row["indicador_nombre"]), row.get("personalizacion")
    said = _EMPTY.sub(" ", own) if isinstance(own, str) else ""
    said = " ".join(said.split()).strip(" .:;-")
    return f"{name} ({said})" if said and fold(said) != fold(name) else name


def _target(row: Mapping[Any, Any]) -> str:
    value = float(row["meta_cuatrienio"])
    if np.isnan(value):
        return MISSING
    unit = str(row["unidad"] or "").strip()
    figure = write_value(value, "decimal", 0 if value.is_integer() else 1)
    counted = fold(unit) in ("", "none", "numero")
    return figure if counted else f"{figure} ({within(unit)})"


def _described(row: Mapping[Any, Any]) -> str:
    parts = [
        f"meta del cuatrienio, {_target(row)}",
        f"programado, {write_value(float(row['recursos']), 'money')}",
    ]
    if row["progress"]:
        parts.append(f"avance, {row['progress']}")
    return enumeration(parts)


_PRODUCTS = {
    "order": Column("Acción", "count"),
    "code": Column("Código MGA"),
    "local": Column("En SisPT"),
    "name": Column("Indicador de producto"),
    "target": Column("Meta del cuatrienio (unidad)"),
    "money": Column("Recursos programados", "money"),
    "progress": Column("Avance de la meta del año"),
}
