"""What changed between baseline and follow-up, indicator by indicator, and whether it is real.

The judgement is :mod:`gsi.analysis.comprehension.changes`; here it is told, with what a frozen
baseline adds: what looks like change but is a revision of the source.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import replayed
from gsi.analysis.comprehension.changes import OTHER_METHOD, dated_names, judged, rows_of
from gsi.analysis.context import Context
from gsi.analysis.labels import NEAR, VERDICTS, between, cases, least, near_text, span, subtracts
from gsi.analysis.plan import remarks
from gsi.analysis.plan.series import (
    broken,
    elsewhere_series,
    rare_series,
    series_table,
    uncalculated,
)
from gsi.analysis.results import (
    Column,
    Fact,
    Gap,
    Section,
    Table,
    count,
    flag,
    names,
    percent,
    text,
    write_value,
    year,
)
from gsi.analysis.steps import step
from gsi.contract.vocabulary import COUNTRY, Verdict
from gsi.ground import frames
from gsi.inputs import indicators
from gsi.inputs.indicators import cuts
from gsi.measure.change import VERDICTS as ALL
from gsi.measure.change import decomposed

GAP = Gap("indicadores", "sin indicadores de dos momentos no se sabe qué cambió")
REVISED = "La fuente revisó el dato de base; la diferencia usa el revisado."
UNKNOWN = (Verdict.UNDETECTABLE, Verdict.NOT_JUDGED)  # no verdict, and not counted as judged
PEERS = ("department", "country")
NEARS = ("baseline", "follow_up", "difference", *PEERS)
SAME = 1e-9


@step
def change(context: Context) -> Section:
    """Section ``change``: difference and verdict of each indicator, or why there is none.

    Indicators without any figure are left to the baseline's table of missing ones.
    """
    if not context.data.has("indicadores"):
        return Section("change", gaps=[GAP])
    frame = judged(context)
    if frame.empty:
        return Section("change", gaps=[GAP])
    own = rows_of(context, context.territory.code)
    frame = _with_revisions(frame, context)
    methods = _methods(own, context)
    revised = _revised(frame)
    series = series_table(frame, own, context)
    verdict = frame["verdict"]
    compared = frame[verdict != Verdict.NOT_COMPARABLE]
    tested = compared[~compared["verdict"].isin(UNKNOWN)]
    settings = context.params.plan
    table = _table(compared, context)
    facts: dict[str, Fact] = {
        "baseline": year(context.years.baseline),
        "follow_up": year(context.years.follow_up),
        "indicators": count(len(frame)),
        "compared": count(len(compared)),
        "any": flag(not compared.empty),
        "judged": count(len(tested)),
        "any_judged": flag(not tested.empty),
        "shared": count(int(frame["shared"].sum())),
        "any_shared": flag(bool(frame["shared"].any())),
        "false_discovery": percent(100 * settings.change.false_discovery, 0),
        "plausible_factor": count(settings.change.plausible_factor),
        "false_reports": count(math.ceil(100 * settings.change.false_discovery)),
        "confidence": percent(100 * settings.confidence, 0),
        **_replayed(),
        "methods": count(len(methods)),
        "any_method": flag(not methods.empty),
        "frozen": flag(context.frozen is not None),
        "revised": count(len(revised)),
        "any_revised": flag(not revised.empty),
        "revised_names": names(list(revised["name"])),
        "any_series": flag(not series.data.empty),
        "elsewhere_series": names(elsewhere_series(series, context)),
        "rare_series": names(rare_series(frame, own, context)),
        "broken_series": text(". ".join(broken(series))),
        "rounded": flag(not bool(table.data["as_written"].all())),
        "any_near": flag(bool(table.data[[f"{name}_near" for name in NEARS]].any(axis=None))),
        "series_near": flag(bool(series.data["near"].any())),
        "series_uncalculated": text(". ".join(uncalculated(series)) or None),
        "judged_years": text(span([*tested["year_a"], *tested["year_b"]])),
    }
    for name in ALL:
        found = frame[verdict == name]
        facts[name] = count(len(found))
        facts[f"any_{name}"] = flag(not found.empty)
    worsened = frame[verdict == Verdict.WORSENED]
    facts["worsened_dated"] = names(dated_names(worsened))
    return Section(
        "change",
        facts,
        {
            "indicators": table,
            "not_comparable": _reasons(frame[verdict == Verdict.NOT_COMPARABLE]),
            "methods": _methods_table(methods),
            "revisions": _revisions_table(revised),
            "series": series,
        },
    )


def _with_revisions(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """``frozen`` and ``revised``, and the remark where the base was revised."""
    out = frame.assign(frozen=_frozen(frame, context))
    out["revised"] = [is_revised(row) for row in frames.records(out)]
    told = out["revised"] & (out["verdict"] != Verdict.NOT_COMPARABLE)
    out["reason"] = out["reason"].mask(told, (REVISED + " " + out["reason"]).str.strip())
    return out


def _frozen(frame: pd.DataFrame, context: Context) -> list[float]:
    """The first value as it was frozen, where it is the same figure (year and series)."""
    if context.frozen is None:
        return [np.nan] * len(frame)
    found = []
    columns = (frames.values(frame[name]) for name in ("indicator", "year_a", "series_a"))
    for name, period, series in zip(*columns, strict=True):
        figure = context.frozen.indicator(str(name))
        same = figure is not None and (figure.year, figure.series) == (period, series)
        found.append(figure.value if figure is not None and same else np.nan)
    return found


def is_revised(row: Mapping[Any, Any]) -> bool:
    """Whether today's first value is not the frozen one."""
    before = row["frozen"]
    return bool(abs(row["value_a"] - before) > SAME * max(abs(before), 1.0))


def _revised(frame: pd.DataFrame) -> pd.DataFrame:
    """Compared indicators whose baseline the source corrected, and what that explains."""
    rows = frame[frame["revised"] & (frame["verdict"] != Verdict.NOT_COMPARABLE)].reset_index(
        drop=True
    )
    parts = decomposed(rows["frozen"], rows["value_a"], rows["value_b"])
    return rows[["indicator", "name", "frozen", "value_a", "value_b", "verdict"]].join(parts)


def _revisions_table(revised: pd.DataFrame) -> Table:
    return Table(
        revised.assign(verdict_text=[VERDICTS[v] for v in revised["verdict"]]),
        {
            "name": Column("Indicador"),
            "frozen": Column("Base congelada", "decimal", 1),
            "value_a": Column("Base revisada", "decimal", 1),
            "value_b": Column("Después", "decimal", 1),
            "seen": Column("Diferencia aparente", "decimal", 1),
            "revision": Column("Por la revisión", "decimal", 1),
            "real": Column("Cambio", "decimal", 1),
            "verdict_text": Column("Lectura"),
        },
    )


def _methods(own: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Figures of one thing by different methods: shown apart, with the reason, never subtracted."""
    own = own[own["valor"].notna()]
    labels = {i.id: i.name for i in context.catalogue}
    found: list[dict[str, Any]] = []
    for concept, members in sorted(context.params.plan.change.same_concept.items()):
        present = [name for name in members if name in set(own["indicador"]) and name in labels]
        for first, second in itertools.pairwise(present):
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
                    "verdict": Verdict.NOT_COMPARABLE,
                    "verdict_text": VERDICTS[Verdict.NOT_COMPARABLE],
                }
            )
    columns = [
        "concept", "first", "second", "first_text", "second_text", "reason", "verdict",
        "verdict_text",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def _cited(label: str, row: pd.Series) -> str:
    return f"{label}: {write_value(row['valor'], 'decimal', 1)} ({int(row['periodo'])})"


def _replayed() -> dict[str, Fact]:
    """How often this way of judging was right over past years."""
    found, band = replayed.table(), replayed.band()
    return {
        "replayed_reports": count(found["reports"]),
        "replayed_last": year(found["last"]),
        "replayed_stated": percent(band["stated"], 1),
        "replayed_inside": percent(band["inside"], 1),
        "replayed_standing": percent(found["changes"]["all"]["standing"], 0),
        "replayed_improved": percent(found["changes"]["improved"]["standing"], 0),
    }


def _table(compared: pd.DataFrame, context: Context) -> Table:
    order = {verdict: place for place, verdict in enumerate((Verdict.WORSENED, *ALL))}
    # Of one or two cases there is no level to subtract, nor of what is counted where it happened.
    elsewhere = compared["elsewhere"].ne("")
    few_cases = _few(compared, "_a") | _few(compared, "_b")
    rare = few_cases | elsewhere
    values = (compared[name] for name in ("value_a", "value_b", "difference"))
    frame = compared.assign(
        as_written=[few or subtracts(*parts) for few, *parts in zip(rare, *values, strict=True)],
        _order=compared["verdict"].map(order),
        few_cases=few_cases,
        verdict_text=[VERDICTS[v] for v in compared["verdict"]],
        baseline_text=_dated(compared, "_a"),
        follow_up_text=_dated(compared, "_b"),
        difference_text=[
            "—" if few else write_value(value, "decimal", 1)
            for value, few in zip(compared["difference"], rare, strict=True)
        ],
        expected_text=[
            "—" if few else between(low, high)
            for low, high, few in zip(
                compared["expected_low"], compared["expected_high"], rare, strict=True
            )
        ],
        reason_text=compared["reason"].where(compared["reason"] != "", "—"),
    )
    own = _made_here(frame, context.territory.code, context)
    near = {moment: own[side] for moment, side in (("baseline", "_a"), ("follow_up", "_b"))}
    near["difference"] = near["baseline"] | near["follow_up"]
    for name, mark in near.items():
        # One or two cases were counted: nobody's mean.
        frame[f"{name}_near"] = mark & ~few_cases & frame[f"{name}_text"].ne("—")
        frame[f"{name}_text"] = [
            f"{NEAR}\N{NO-BREAK SPACE}" * made + written
            for made, written in zip(frame[f"{name}_near"], frame[f"{name}_text"], strict=True)
        ]
    for name, code in (("department", context.territory.department), ("country", COUNTRY)):
        made = _made_here(frame, code, context)
        frame[f"{name}_near"] = (made["_a"] | made["_b"]) & frame[name].notna()
        frame[f"{name}_text"] = [
            "—" if apart else near_text(value, near)
            for value, near, apart in zip(
                frame[name], frame[f"{name}_near"], elsewhere, strict=True
            )
        ]
    if context.territory.is_department:
        frame["department_near"] = False
    frame = frame.sort_values(["_order", "right", "name"], ignore_index=True)
    columns = {
        "name": Column("Indicador"),
        "baseline_text": Column("Antes (año)"),
        "follow_up_text": Column("Después (año)"),
        "difference_text": Column("Diferencia"),
        "expected_text": Column("Sin cambio propio, entre"),
        "verdict_text": Column("Lectura"),
        "department_text": Column("Cambio en el departamento"),
        "country_text": Column("Cambio en el país"),
        "reason_text": Column("Observación"),
    }
    if context.territory.is_department:
        columns.pop("department_text")
    return Table(frame.drop(columns="_order"), columns)


def _made_here(frame: pd.DataFrame, code: str, context: Context) -> dict[str, pd.Series]:
    """By side, where the figure of a department or of the country is a mean made here that is not
    known to be the published one."""
    known = {item.id: item for item in context.catalogue}
    made = rows_of(context, code)
    made = made[made["fuente"] == indicators.CALCULATED]
    cells = set(zip(made["indicador"], made["serie"], made["periodo"].astype(int), strict=True))
    records = frames.records(frame)
    near = [bool(remarks.approximate(known[row["indicator"]], code)) for row in records]
    found = {
        side: [
            mean and (row["indicator"], row["series_a"], int(row[f"year{side}"])) in cells
            for mean, row in zip(near, records, strict=True)
        ]
        for side in ("_a", "_b")
    }
    return {side: pd.Series(marks, index=frame.index, dtype=bool) for side, marks in found.items()}


def _few(frame: pd.DataFrame, side: str) -> pd.Series:
    return indicators.few_cases(frame[f"numerator{side}"], frame["multiplier"])


def _dated(frame: pd.DataFrame, side: str) -> list[str]:
    """``58,0 (2018)``, ``31,7 (2023, 30 de junio)``; ``1 caso (2018)`` of a rate of one or two."""
    columns = (frame[f"{name}{side}"] for name in ("value", "numerator", "year", "note"))
    found = []
    for value, number, period, note, minimum, few in zip(
        *columns, frame["minimum"], _few(frame, side), strict=True
    ):
        figure = cases(number) if few else least(write_value(value, "decimal", 1), minimum)
        found.append(f"{figure} ({cuts.dated(period, note)})")
    return found


def _reasons(frame: pd.DataFrame) -> Table:
    data = frame[["indicator", "name", "value_a", "year_a", "reason"]]
    return Table(
        data.assign(baseline_text=_dated(frame, "_a")).reset_index(drop=True),
        {
            "name": Column("Indicador"),
            "baseline_text": Column("Dato de base (año)"),
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
