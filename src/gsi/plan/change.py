"""What changed between baseline and follow-up, indicator by indicator, and whether it is real."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from gsi import indicators
from gsi.context import Context
from gsi.measure.change import differences, verdicts
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
    names,
    percent,
    write_value,
    year,
)
from gsi.vocabulary import COUNTRY, RIGHTS

GAP = Gap("indicadores", "sin indicadores de dos momentos no se sabe qué cambió")
PARTS = {
    "value": "valor",
    "numerator": "numerador",
    "denominator": "denominador",
    "error": "error_estandar",
    "low": "inferior",
    "high": "superior",
    "year": "periodo",
}
NO_FOLLOW_UP = "Sin dato posterior de la misma serie."
OTHER_METHOD = "Otra fuente y otro método: restarlos mediría el cambio de método."
UNPUBLISHED = "Sin error publicado."
OTHER_PUBLICATION = "Dos publicaciones de la misma serie."
OVER_HUNDRED = "Valores de más de 100 %."
SHARED = "El país cambió parecido."


def change(context: Context) -> Section:
    """Section ``change``: difference, interval and verdict of each indicator, or why there is none.

    Indicators without any figure are left to the baseline's table of missing ones.
    """
    if not context.data.has("indicadores"):
        return Section("change", gaps=[GAP])
    frame = _judged(context)
    if frame.empty:
        return Section("change", gaps=[GAP])
    methods = _methods(context)
    verdict = frame["verdict"]
    compared = frame[verdict != "not_comparable"]
    facts: dict[str, Fact] = {
        "baseline": year(context.years.baseline),
        "follow_up": year(context.years.follow_up),
        "indicators": count(len(frame)),
        "compared": count(len(compared)),
        "tested": count(int(compared["p"].notna().sum())),
        "untested": count(int(compared["p"].isna().sum())),
        "any": flag(not compared.empty),
        "any_untested": flag(bool(compared["p"].isna().any())),
        "false_discovery": percent(100 * context.params.plan.change.false_discovery, 0),
        "material_points": decimal(context.params.plan.change.material_points, 1),
        "material_share": percent(100 * context.params.plan.change.material_share, 0),
        "methods": count(len(methods)),
        "any_method": flag(not methods.empty),
    }
    for name in VERDICTS:
        found = frame[verdict == name]
        facts[name] = count(len(found))
        facts[f"any_{name}"] = flag(not found.empty)
        facts[f"{name}_names"] = names(list(found["name"]))
    return Section(
        "change",
        facts,
        {
            "indicators": _table(compared, context),
            "not_comparable": _reasons(frame[verdict == "not_comparable"]),
            "methods": _methods_table(methods),
        },
    )


def _judged(context: Context) -> pd.DataFrame:
    """One row an indicator with any figure: both values, difference, verdict, reason, peers."""
    rows = context.data.department("indicadores")
    own = indicators.pair(
        rows[rows["municipio"] == context.territory.code],
        context.years.baseline,
        context.years.follow_up,
    )
    sides = {
        suffix: own[own["moment"] == moment].set_index("indicador")
        for suffix, moment in (("_a", "baseline"), ("_b", "follow_up"))
    }
    catalogue = [i for i in context.catalogue if i.id in sides["_a"].index]
    ids = [i.id for i in catalogue]
    frame = pd.DataFrame(
        {
            "indicator": ids,
            "name": [i.name for i in catalogue],
            "right": [RIGHTS.get(i.right, "Transversal") for i in catalogue],
            "unit": [i.unit for i in catalogue],
            "series": [i.series for i in catalogue],
            "multiplier": [np.nan if i.multiplier is None else i.multiplier for i in catalogue],
            "share": [i.is_share for i in catalogue],
            "direction": [1 if i.direction == "higher" else -1 for i in catalogue],
        }
    )
    if frame.empty:
        return frame
    for suffix, side in sides.items():
        side = side.reindex(ids)
        for part, column in PARTS.items():
            frame[part + suffix] = side[column].to_numpy(dtype="float64", na_value=np.nan)
        frame["source" + suffix] = side["fuente"].to_numpy()
        frame["series" + suffix] = side["serie"].to_numpy()
    settings = context.params.plan
    frame = differences(frame, settings.confidence)
    frame = verdicts(
        frame,
        false_discovery=settings.change.false_discovery,
        material_points=settings.change.material_points,
        material_share=settings.change.material_share,
    )
    for name, code in (("department", context.territory.department), ("country", COUNTRY)):
        frame[name] = _peer(frame, rows[rows["municipio"] == code])
    similar = settings.change.similar_share
    frame["reason"] = [_reason(row, similar) for _, row in frame.iterrows()]
    return frame


def _peer(frame: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """The peer's difference over exactly the same years and series; NaN where it has none."""
    rows = rows[rows["area"] == "total"]
    values = rows.drop_duplicates(["indicador", "serie", "periodo"]).set_index(
        ["indicador", "serie", "periodo"]
    )["valor"]
    found = []
    for row in frame.itertuples(index=False):
        ends = [
            values.get((row.indicator, row.series_a, period), np.nan)
            for period in (row.year_a, row.year_b)
        ]
        found.append(float(ends[1]) - float(ends[0]))
    return np.array(found, dtype="float64")


def _reason(row: pd.Series, similar: float) -> str:
    """Why there is no difference, or what to know of it; '' when nothing.

    A change that the whole country shares may be one of method, or of the times: it is no merit
    or fault of the territory alone.
    """
    if row["verdict"] == "not_comparable":
        return NO_FOLLOW_UP
    remarks = [UNPUBLISHED] if row["basis"] == "none" else []
    if row["source_a"] != row["source_b"]:
        remarks.append(OTHER_PUBLICATION)
    if row["share"] and max(row["value_a"], row["value_b"]) > 100:
        remarks.append(OVER_HUNDRED)
    shared = row["country"] * row["difference"] > 0
    if (
        row["verdict"] != "no_change"
        and shared
        and (abs(row["country"]) >= similar * abs(row["difference"]))
    ):
        remarks.append(SHARED)
    return " ".join(remarks)


def _methods(context: Context) -> pd.DataFrame:
    """Figures of one thing by different methods: shown apart, with the reason, never subtracted."""
    rows = context.data.department("indicadores")
    own = rows[(rows["municipio"] == context.territory.code) & rows["valor"].notna()]
    own = own[own["area"] == "total"]
    labels = {i.id: i.name for i in context.catalogue}
    found: list[dict[str, Any]] = []
    for concept, members in sorted(context.params.plan.change.same_concept.items()):
        present = [name for name in members if name in set(own["indicador"]) and name in labels]
        for first, second in pairwise(present):
            a, b = (own[own["indicador"] == name] for name in (first, second))
            before = a.sort_values("periodo").iloc[0]
            after = b.sort_values("periodo").iloc[-1]
            found.append(
                {
                    "concept": concept,
                    "first": first,
                    "second": second,
                    "first_text": _cited(labels[first], before),
                    "second_text": _cited(labels[second], after),
                    "reason": OTHER_METHOD,
                    "verdict": "not_comparable",
                    "verdict_text": VERDICTS["not_comparable"],
                }
            )
    columns = [
        "concept", "first", "second", "first_text", "second_text", "reason", "verdict",
        "verdict_text",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def _cited(label: str, row: pd.Series) -> str:
    return f"{label}: {write_value(row['valor'], 'decimal', 1)} ({int(row['periodo'])})"


def _table(compared: pd.DataFrame, context: Context) -> Table:
    order = {"worsened": 0, "improved": 1, "no_change": 2}
    frame = compared.assign(
        _order=compared["verdict"].map(order),
        verdict_text=[VERDICTS[v] for v in compared["verdict"]],
        baseline_text=_dated(compared["value_a"], compared["year_a"]),
        follow_up_text=_dated(compared["value_b"], compared["year_b"]),
        difference_text=[
            with_interval(d, low, high)
            for d, low, high in zip(
                compared["difference"],
                compared["difference_low"],
                compared["difference_high"],
                strict=True,
            )
        ],
        reason_text=compared["reason"].where(compared["reason"] != "", "—"),
    ).sort_values(["_order", "right", "name"], ignore_index=True)
    columns = {
        "name": Column("Indicador"),
        "baseline_text": Column("Antes (año)"),
        "follow_up_text": Column("Después (año)"),
        "difference_text": Column("Diferencia (intervalo)"),
        "verdict_text": Column("Lectura"),
        "department": Column("Departamento", "decimal", 1),
        "country": Column("País", "decimal", 1),
        "reason_text": Column("Observación"),
    }
    if context.territory.level == "department":
        columns.pop("department")
    return Table(frame.drop(columns="_order"), columns)


def _dated(values: pd.Series, periods: pd.Series) -> list[str]:
    return [
        f"{write_value(value, 'decimal', 1)} ({int(period)})"
        for value, period in zip(values, periods, strict=True)
    ]


def _reasons(frame: pd.DataFrame) -> Table:
    data = frame[["indicator", "name", "value_a", "year_a", "reason"]].reset_index(drop=True)
    return Table(
        data.assign(baseline_text=_dated(data["value_a"], data["year_a"])),
        {
            "name": Column("Indicador"),
            "baseline_text": Column("Único dato (año)"),
            "reason": Column("Por qué no se compara"),
        },
    )


def _methods_table(methods: pd.DataFrame) -> Table:
    return Table(
        methods,
        {
            "concept": Column("Qué mide"),
            "first_text": Column("Primera medición"),
            "second_text": Column("Otra medición"),
            "verdict_text": Column("Lectura"),
            "reason": Column("Por qué"),
        },
    )
