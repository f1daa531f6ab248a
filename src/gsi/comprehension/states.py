"""An indicator of a territory against its reference and against itself later.

A value is compared with the same series, year and area of its reference: the department for a
municipality, the country for a department; a fictional place has a fictional country. Where the
source publishes the error, or numerator and denominator let it be computed, the reference must lie
outside the interval to be called different; elsewhere a relative difference (parameter
``comprehension.rights.indifference``) decides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gsi import frames, indicators
from gsi.context import Context
from gsi.measure.intervals import byar, difference, two_rates, wilson
from gsi.params.comprehension import RightsSettings
from gsi.params.indicators import Indicator
from gsi.quality import criteria
from gsi.vocabulary import COUNTRY

BETTER, WORSE, ALIKE = "mejor que", "peor que", "sin diferencia clara"
NO_DATA, NOT_COMPARABLE = "sin dato", "no comparable"
COMPARED = (BETTER, WORSE, ALIKE)
IMPROVES, WORSENS, STEADY = "mejora", "empeora", "sin cambio claro"
ONCE = "una sola medición"

_ERRORS = ["numerador", "denominador", "error_estandar", "inferior", "superior"]
_COLUMNS = [
    *("municipio", "indicador", "nombre", "derecho", "objetivo", "grupo", "valor", "periodo"),
    *("inferior", "superior", "intervalo", "meta", "brecha_meta", "departamento", "pais"),
    *("referencia", "estado", "gravedad", "tendencia", "cambio", "periodo_seguimiento"),
    *("valor_seguimiento", "unidad", "fuente", "nota"),
]


def compare(context: Context, codes: Sequence[str]) -> pd.DataFrame:
    """One row a territory and catalogue indicator with a value, and its state; catalogue order.

    Columns: municipio, indicador, nombre, derecho, objetivo, grupo, valor, periodo, inferior,
    superior, intervalo (publicado/calculado/''), meta, brecha_meta, departamento, pais,
    referencia, estado, gravedad (relative distance to the reference, worse is positive),
    tendencia, cambio, periodo_seguimiento, valor_seguimiento, unidad, fuente, nota.
    """
    rules = context.params.comprehension.rights
    table = context.data.department("indicadores")
    known = {indicator.id: indicator for indicator in context.catalogue}
    table = table[table["indicador"].isin(list(known)) & (table["area"] == "total")]
    own = table[table["municipio"].isin(list(codes))]
    chosen = indicators.pair(own, context.years.baseline, context.years.follow_up)
    frame = chosen[chosen["moment"] == "baseline"].reset_index(drop=True)
    after = chosen[chosen["moment"] == "follow_up"].set_index(["municipio", "indicador"])
    later = dict(zip(after.index, frames.records(after), strict=True))
    department = context.territory.department
    for column, owner in (("departamento", department), ("pais", COUNTRY)):
        link = ["indicador", "periodo", "serie"]
        rows = table[table["municipio"] == owner]
        if context.territory.fictional:
            # A fictional place is measured against its own fictional country only.
            rows = rows[rows["fuente"].isin(frame["fuente"].unique())]
        other = rows[[*link, "valor"]].drop_duplicates(link)
        frame = frame.merge(other.rename(columns={"valor": column}), on=link, how="left")
    small = frame["municipio"].str.len() == 5
    frame["departamento"] = frame["departamento"].where(small)
    frame["referencia"] = frame["departamento"].where(small, frame["pais"])
    # What the catalogue calls not comparable has its figures shown, and no verdict.
    # Nor does what quality sets aside: the figure of a department that most do not report.
    apart = frame["indicador"].isin(
        [
            *criteria.set_aside(context),
            *(k for k, item in known.items() if not item.comparable or item.direction == "none"),
        ]
    )
    frame["referencia"] = frame["referencia"].mask(apart)
    order = {indicator.id: place for place, indicator in enumerate(context.catalogue)}
    frame = frame.assign(_order=frame["indicador"].map(order))
    frame = frame.sort_values(["municipio", "_order"])
    records = []
    for row in frames.records(frame):
        indicator = known[row["indicador"]]
        low, high, kind = _interval(row, indicator, rules.confidence)
        follow = later.get((row["municipio"], row["indicador"]))
        trend, change = _trend(row, follow, indicator, rules)
        worse = 1 if indicator.direction == "lower" else -1
        gap = worse * (row["valor"] - row["referencia"])
        scale = abs(row["referencia"]) if row["referencia"] else np.nan
        target = np.nan if indicator.target is None else indicator.target
        records.append(
            {
                "municipio": row["municipio"],
                "indicador": indicator.id,
                "nombre": indicator.name,
                "derecho": indicator.right,
                "objetivo": indicator.objective,
                "grupo": indicator.group,
                "valor": row["valor"],
                "periodo": int(row["periodo"]),
                "inferior": low,
                "superior": high,
                "intervalo": kind,
                "meta": target,
                "brecha_meta": max(worse * (row["valor"] - target), 0.0),
                "departamento": row["departamento"],
                "pais": row["pais"],
                "referencia": row["referencia"],
                "estado": _state(row["valor"], row["referencia"], low, high, worse, rules),
                "gravedad": gap / scale,
                "tendencia": trend,
                "cambio": change,
                "periodo_seguimiento": np.nan if follow is None else int(follow["periodo"]),
                "valor_seguimiento": np.nan if follow is None else follow["valor"],
                "unidad": indicator.unit,
                "fuente": row["fuente"],
                "nota": row["nota"],
            }
        )
    return pd.DataFrame(records, columns=_COLUMNS)


def figures(context: Context, codes: Sequence[str]) -> pd.DataFrame:
    """The figures of :func:`compare` without a verdict: municipio, indicador, valor, periodo."""
    table = context.data.department("indicadores")
    table = table[table["municipio"].isin(list(codes))]
    order = {indicator.id: place for place, indicator in enumerate(context.catalogue)}
    found = indicators.at(table[table["indicador"].isin(list(order))], context.years.baseline)
    found = found.assign(_order=found["indicador"].map(order))
    found = found.sort_values(["municipio", "_order"], ignore_index=True)
    return found[["municipio", "indicador", "valor", "periodo"]]


def unfavourable(states: pd.DataFrame) -> float:
    """Share of the clear differences that are unfavourable; 0 with none clear, NaN with no row.

    Rates of rare events in small places seldom differ clearly from anything: counting those rows
    as favourable would let the number of such indicators decide.
    """
    if states.empty:
        return float("nan")
    worse = int((states["estado"] == WORSE).sum())
    clear = worse + int((states["estado"] == BETTER).sum())
    return worse / clear if clear else 0.0


def _interval(row: dict, indicator: Indicator, level: float) -> tuple[float, float, str]:
    """The published interval; else one from the counts; else none."""
    if pd.notna(row["inferior"]) and pd.notna(row["superior"]):
        return row["inferior"], row["superior"], "publicado"
    events, base, per = row["numerador"], row["denominador"], indicator.multiplier
    if per is None or pd.isna(events) or pd.isna(base) or base <= 0:
        return np.nan, np.nan, ""
    if per == 100 and events <= base:
        low, high = wilson(events, base, level)
        return float(low) * 100, float(high) * 100, "calculado"
    low, high = byar(events, base, per, level)
    return float(low), float(high), "calculado"


def _state(
    value: float, reference: float, low: float, high: float, worse: int, rules: RightsSettings
) -> str:
    if pd.isna(reference):
        return NOT_COMPARABLE
    if pd.notna(low) and pd.notna(high):
        different = not low <= reference <= high
    else:
        different = abs(value - reference) > rules.indifference * abs(reference)
    if not different:
        return ALIKE
    return WORSE if worse * (value - reference) > 0 else BETTER


def _trend(
    row: dict, follow: dict | None, indicator: Indicator, rules: RightsSettings
) -> tuple[str, float]:
    if follow is None:
        return ONCE, np.nan
    change = float(follow["valor"] - row["valor"])
    counts = [row["numerador"], row["denominador"], follow["numerador"], follow["denominador"]]
    if pd.notna(row["error_estandar"]) and pd.notna(follow["error_estandar"]):
        errors = row["error_estandar"], follow["error_estandar"]
        p = float(difference(row["valor"], errors[0], follow["valor"], errors[1])[3])
        real = p < 1 - rules.confidence
    elif indicator.multiplier is not None and all(pd.notna(value) for value in counts):
        real = float(two_rates(*counts)) < 1 - rules.confidence
    else:
        real = abs(change) > rules.indifference * abs(row["valor"])
    if indicator.direction == "none":
        return NOT_COMPARABLE, change
    if not real:
        return STEADY, change
    return (IMPROVES if (change < 0) == (indicator.direction == "lower") else WORSENS), change
