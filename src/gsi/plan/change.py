"""What changed between baseline and follow-up, indicator by indicator, and whether it is real."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi import frames, indicators
from gsi.context import Context
from gsi.measure.change import decomposed, differences, verdicts, year_to_year
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
from gsi.steps import step
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
NEW_SERIES = "La fuente cambió de serie: lo posterior se midió de otra manera."
ALTERED = "El territorio del código {code} no es el mismo hasta {last} y después."
CREATED = "El código {code} se creó después de {last}: el dato anterior lo reconstruyó la fuente."
ABOLISHED = "El código {code} dejó de existir después de {last} y el total no lo incluye."
REVISED = "La fuente revisó el dato de base; la diferencia usa el revisado."
UNPUBLISHED = "Sin error publicado."
BY_SERIES = "Intervalo por su serie."
OTHER_PUBLICATION = "Dos publicaciones de la misma serie."
OVER_HUNDRED = "Valores de más de 100 %."
SHARED = "El país cambió parecido."
FEWEST_CUTS = 3
SAME = 1e-9


@step
def change(context: Context) -> Section:
    """Section ``change``: difference, interval and verdict of each indicator, or why there is none.

    Indicators without any figure are left to the baseline's table of missing ones.
    """
    if not context.data.has("indicadores"):
        return Section("change", gaps=[GAP])
    own = _rows(context, context.territory.code)
    frame = _judged(own, context)
    if frame.empty:
        return Section("change", gaps=[GAP])
    methods = _methods(own, context)
    revised = _revised(frame, context)
    series = _series(frame, own, context)
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
        "by_series": count(int((compared["basis"] == "series").sum())),
        "any_by_series": flag(bool((compared["basis"] == "series").any())),
        "series_years": count(context.params.plan.change.series_years),
        "frozen": flag(context.frozen is not None),
        "revised": count(len(revised)),
        "any_revised": flag(not revised.empty),
        "revised_names": names(list(revised["name"])),
        "any_series": flag(not series.data.empty),
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
            "revisions": _revisions_table(revised),
            "series": series,
        },
    )


def _rows(context: Context, code: str) -> pd.DataFrame:
    """A territory's rows of the total area."""
    rows = context.data.department("indicadores")
    return rows[(rows["municipio"] == code) & (rows["area"] == "total")]


def _judged(own: pd.DataFrame, context: Context) -> pd.DataFrame:
    """One row an indicator with any figure: both values, difference, verdict, reason, peers."""
    pairs = indicators.pair(own, context.years.baseline, context.years.follow_up)
    sides = {
        suffix: pairs[pairs["moment"] == moment].set_index("indicador")
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
    cuts = _cuts(own)
    frame = _with_noise(frame, cuts, settings.change.series_years)
    frame = _same_territory(frame, context)
    frame = differences(frame, settings.confidence)
    frame = verdicts(
        frame,
        false_discovery=settings.change.false_discovery,
        material_points=settings.change.material_points,
        material_share=settings.change.material_share,
    )
    for name, code in (("department", context.territory.department), ("country", COUNTRY)):
        frame[name] = _peer(frame, _rows(context, code))
    similar = settings.change.similar_share
    frame["frozen"] = _frozen(frame, context)
    frame["later_series"] = [_another_series(row, cuts) for row in frames.records(frame)]
    frame["reason"] = [_reason(row, similar) for row in frames.records(frame)]
    return frame


def _with_noise(
    frame: pd.DataFrame, cuts: Mapping[tuple[str, str], Mapping[int, float]], fewest: int
) -> pd.DataFrame:
    """``noise`` and ``freedom`` from the consecutive years of the series up to the first value."""
    found = []
    for row in frames.records(frame):
        values = cuts[row["indicator"], row["series_a"]]
        run: list[float] = []
        for period in itertools.count(int(row["year_a"]), -1):
            if np.isnan(values.get(period, np.nan)):
                break
            run.append(values[period])
        found.append(year_to_year(run[::-1]) if len(run) >= fewest else (np.nan, np.nan))
    return frame.assign(
        noise=[noise for noise, _ in found], freedom=[freedom for _, freedom in found]
    )


def _cuts(rows: pd.DataFrame) -> dict[tuple[str, str], dict[int, float]]:
    """Indicator and series → year → value, the last row of a year; rows of one territory."""
    cuts: dict[tuple[str, str], dict[int, float]] = {}
    columns = (frames.values(rows[name]) for name in ("indicador", "serie", "periodo", "valor"))
    for indicator, series, period, value in zip(*columns, strict=True):
        cuts.setdefault((indicator, series), {})[int(period)] = float(value)
    return cuts


def _same_territory(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """``code_note``, and no second value where the code's territory is another after ``last``."""
    out = frame.assign(code_note="", moved=False)
    for item in context.params.plan.change.codes:
        across = (out["year_a"] <= item.last) & (out["year_b"] > item.last)
        own = item.code == context.territory.code
        if own and item.kind == "altered":
            out.loc[across, "moved"] = True
            out.loc[across, "code_note"] = ALTERED.format(code=item.code, last=item.last)
            out.loc[across, "value_b"] = np.nan
        elif own and item.kind == "created":
            out.loc[across, "code_note"] = CREATED.format(code=item.code, last=item.last)
        elif item.kind == "abolished" and context.territory.code == item.code[:2]:
            summed = (out[["source_a", "source_b"]] == indicators.CALCULATED).any(axis=1)
            note = ABOLISHED.format(code=item.code, last=item.last)
            out.loc[across & summed, "code_note"] = note
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


def _another_series(
    row: Mapping[Any, Any], cuts: Mapping[tuple[str, str], Mapping[int, float]]
) -> bool:
    """True when later figures of the indicator exist, but of another series."""
    return any(
        max(values) > row["year_a"]
        for (indicator, series), values in cuts.items()
        if indicator == row["indicator"] and series != row["series_a"]
    )


def _peer(frame: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """The peer's difference over exactly the same years and series; NaN where it has none."""
    values: dict[tuple[str, str, int], float] = {}
    columns = (frames.values(rows[name]) for name in ("indicador", "serie", "periodo", "valor"))
    for indicator, series, period, value in zip(*columns, strict=True):
        values.setdefault((indicator, series, period), value)
    found = []
    names = ("indicator", "series_a", "year_a", "year_b")
    for indicator, series, *periods in zip(*(frames.values(frame[n]) for n in names), strict=True):
        first, last = (values.get((indicator, series, period), np.nan) for period in periods)
        found.append(last - first)
    return np.array(found, dtype="float64")


def _reason(row: Mapping[Any, Any], similar: float) -> str:
    """Why there is no difference, or what to know of it; '' when nothing.

    A change that the whole country shares may be one of method, or of the times: it is no merit
    or fault of the territory alone.
    """
    if row["verdict"] == "not_comparable":
        if row["moved"]:
            return str(row["code_note"])
        return NEW_SERIES if row["later_series"] else NO_FOLLOW_UP
    remarks = [text for text in (row["code_note"],) if text]
    if is_revised(row):
        remarks.append(REVISED)
    remarks += {"none": [UNPUBLISHED], "series": [BY_SERIES]}.get(row["basis"], [])
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


def is_revised(row: Mapping[Any, Any]) -> bool:
    """Whether today's first value is not the frozen one."""
    before = row["frozen"]
    return bool(abs(row["value_a"] - before) > SAME * max(abs(before), 1.0))


def _revised(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Compared indicators whose baseline the source corrected, and what that explains."""
    compared = frame[frame["verdict"] != "not_comparable"]
    moved = np.array([is_revised(row) for row in frames.records(compared)], dtype=bool)
    rows = compared[moved].reset_index(drop=True)
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


def _series(frame: pd.DataFrame, own: pd.DataFrame, context: Context) -> Table:
    """Every cut of the indicators measured three times or more, one column a year."""
    years = range(context.years.baseline, context.years.follow_up + 1)
    found = []
    cuts = _cuts(own[own["valor"].notna() & own["periodo"].isin(years)])
    for row in frames.records(frame):
        values = cuts.get((row["indicator"], row["series_a"]), {})
        if len(values) >= FEWEST_CUTS:
            found.append(
                {key: row[key] for key in ("indicator", "name", "unit")}
                | {str(year): values.get(year, np.nan) for year in years}
            )
    columns = ["indicator", "name", "unit", *(str(year) for year in years)]
    data = pd.DataFrame(found, columns=columns)
    shown = [str(year) for year in years if not data[str(year)].isna().all()]
    return Table(
        data,
        {"name": Column("Indicador"), "unit": Column("Unidad")}
        | {year: Column(year, "decimal", 1) for year in shown},
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
