"""An indicator of a territory against its reference.

A value is compared with the same series, year and area of its reference: the department for a
municipality, the country for a department; a fictional place has a fictional country. Both have an
error and many are compared (:mod:`gsi.measure.reference`); a figure that nothing gives an error to
has no state. What a territory changed is :mod:`gsi.analysis.comprehension.changes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import unfit
from gsi.analysis.comprehension.changes import undirected
from gsi.analysis.comprehension.completeness import flattered
from gsi.analysis.comprehension.later_figures import starting
from gsi.analysis.context import Context
from gsi.analysis.quality import criteria
from gsi.analysis.results import write_value
from gsi.contract.divipola import is_municipal
from gsi.contract.params.comprehension import RightsSettings
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Area
from gsi.ground import frames
from gsi.inputs import indicators
from gsi.inputs.indicators import noise, zones
from gsi.measure import noise as law
from gsi.measure.intervals import proportion, rate
from gsi.measure.reference import compared, detectable, different, lone_level

BETTER, WORSE, ALIKE = "mejor", "peor", "sin diferencia clara"
NO_DATA, NOT_COMPARABLE, UNJUDGED = "sin dato", "no comparable", "no se puede juzgar"
UNKNOWABLE = "no se puede saber"
COMPARED = (BETTER, WORSE, ALIKE)
MIXED = "en unos peor, en otros mejor"
# Why a figure is not compared.
NO_REFERENCE = "La referencia no tiene cifra del mismo año y la misma serie."
NO_ERROR = "Nada dice cuánto error tiene la cifra."
FEW = "Uno o dos casos no son un nivel que se pueda comparar."
NO_CASES = "La referencia no tiene casos ese año: no hay con qué comparar."
BLIND = (
    "Ni una cifra {factor} veces menor que la referencia ni una {factor} veces mayor se "
    "distinguiría de ella."
)

_COLUMNS = [
    *("municipio", "indicador", "nombre", "derecho", "objetivo", "grupo", "familia", "valor"),
    *("periodo", "inferior", "superior", "intervalo", "meta", "target_gap", "departamento"),
    *("pais", "referencia", "p", "estado", "motivo", "gravedad", "unidad", "fuente", "nota"),
    *("casos", "minimo"),
]
_PARTS = {
    "value": "valor",
    "numerator": "numerador",
    "denominator": "denominador",
    "error": "error_estandar",
}


def compare(context: Context, codes: Sequence[str], *, start: bool = False) -> pd.DataFrame:
    """One row a territory and catalogue indicator with a value, and its state; catalogue order.

    ``start``: of the figures that a plan starts from instead of those of the baseline.

    Columns: municipio, indicador, nombre, derecho, objetivo, grupo, familia, valor, periodo,
    inferior, superior, intervalo (publicado/calculado/''), meta, target_gap, departamento, pais,
    referencia, p (of no difference), estado, motivo (why it is not compared; '' where it is),
    gravedad (relative distance to the reference, worse is positive), unidad, fuente, nota, casos
    (where they are one or two, which is no level), minimo (the figure is known to be one).
    Many comparisons are controlled within each territory.
    """
    rules = context.params.comprehension.rights
    known = {indicator.id: indicator for indicator in context.catalogue}
    frame = _beside_references(context, codes, known, start)
    frame = unfit.beside_references(frame, known, context)
    tested = _tested(frame, known, context)
    frame["p"] = pd.Series(compared(tested), index=frame.index).mask(frame["unfit"] != "")
    frame[["different", "level"]] = False, np.nan
    for _, rows in frame.groupby("municipio", sort=False):
        families = [known[name].family for name in rows["indicador"]]
        frame.loc[rows.index, "different"] = different(rows["p"], families, rules.false_discovery)
        frame.loc[rows.index, "level"] = lone_level(rows["p"], families, rules.false_discovery)
    frame["finest"] = [_finest(row, known[row["indicador"]]) for row in frames.records(frame)]
    factor = rules.plausible_factor
    frame["seen"] = detectable(tested, frame["level"], factor, frame["finest"])
    multipliers = frame["indicador"].map({key: item.multiplier for key, item in known.items()})
    frame["few"] = indicators.few_cases(frame["numerador"], multipliers.astype("float64"))
    frame["flattered"] = flattered(frame, known, context)
    apart = criteria.set_aside(context)
    records = []
    for row in frames.records(frame):
        indicator = known[row["indicador"]]
        low, high, kind = _interval(row, indicator, rules.confidence)
        worse = -indicator.sign
        gap = worse * (row["valor"] - row["referencia"])
        scale = abs(row["referencia"]) if row["referencia"] else np.nan
        state = _state(row, gap, indicator, rules)
        target = np.nan if indicator.target is None else indicator.target
        records.append(
            {
                "municipio": row["municipio"],
                "indicador": indicator.id,
                "nombre": indicator.name,
                "derecho": indicator.right,
                "objetivo": indicator.objective,
                "grupo": indicator.group,
                "familia": indicator.family,
                "valor": row["valor"],
                "periodo": int(row["periodo"]),
                "inferior": low,
                "superior": high,
                "intervalo": kind,
                "meta": target,
                "target_gap": max(worse * (row["valor"] - target), 0.0),
                "departamento": row["departamento"],
                "pais": row["pais"],
                "referencia": row["referencia"],
                "p": row["p"],
                "estado": state,
                "motivo": _why(row, state, indicator, rules, apart),
                "gravedad": gap / scale if worse else np.nan,
                "unidad": indicator.unit,
                "fuente": row["fuente"],
                "nota": row["nota"],
                "casos": row["numerador"] if row["few"] else np.nan,
                "minimo": indicator.at_least(row["serie"]) is not None,
            }
        )
    return pd.DataFrame(records, columns=_COLUMNS)


def _beside_references(
    context: Context, codes: Sequence[str], known: Mapping[str, Indicator], start: bool
) -> pd.DataFrame:
    """Each figure with ``departamento``, ``pais``, ``referencia`` and the parts of the reference
    (``reference_``), sorted by territory and catalogue."""
    table = context.data.department("indicadores")
    every = table[table["indicador"].isin(list(known))]
    table = every[every["area"] == Area.TOTAL]
    own = table[table["municipio"].isin(list(codes))]
    frame = starting(own, context) if start else indicators.at(own, context.years.baseline)
    # An only municipality has the figures of its department: it is held against the country.
    small = is_municipal(frame["municipio"]) & (not context.alone)
    link = ["indicador", "periodo", "serie"]
    sides = {}
    for column, owner in (("departamento", context.territory.department), ("pais", COUNTRY)):
        rows = table[table["municipio"] == owner]
        if context.territory.fictional:
            # A fictional place is measured against its own fictional country only.
            rows = rows[rows["fuente"].isin(frame["fuente"].unique()) | (column != "pais")]
        other = rows.drop_duplicates(link).set_index(link)
        sides[column] = other.reindex(pd.MultiIndex.from_frame(frame[link])).reset_index()
        beside = every[every["municipio"] == owner]
        sides[column]["valor"] = zones.like_with_like(frame, sides[column]["valor"], beside)
        frame[column] = sides[column]["valor"].to_numpy(np.float64)
    for part, column in (*_PARTS.items(), ("source", "fuente"), ("note", "nota")):
        pick = (sides["departamento"][column], sides["pais"][column])
        frame[f"reference_{part}"] = pick[0].where(small, pick[1])
    frame["departamento"] = frame["departamento"].where(small)
    above = np.where(small, context.territory.department, COUNTRY)
    frame["reference_place"] = above.astype(object)
    # What the catalogue calls not comparable, or of no direction, has its figures shown, and no
    # verdict; nor does what quality sets aside: the figure of a department that most do not report.
    apart = [key for key, item in known.items() if not item.comparable or not item.sign]
    apart += criteria.set_aside(context)
    frame["referencia"] = frame["reference_value"].mask(frame["indicador"].isin(apart))
    order = {indicator.id: place for place, indicator in enumerate(context.catalogue)}
    frame = frame.assign(_order=frame["indicador"].map(order))
    return frame.sort_values(["municipio", "_order"], ignore_index=True)


def _tested(frame: pd.DataFrame, known: Mapping[str, Indicator], context: Context) -> pd.DataFrame:
    """What :func:`gsi.measure.reference.compared` needs of each figure."""
    place = context.territory
    owner = EXAMPLE_DEPARTMENT if place.fictional else COUNTRY
    table = context.data.noise()
    small, large = (noise.laws(table, owner, n) for n in (noise.MUNICIPALITY, noise.DEPARTMENT))
    people = noise.sizes(context.data.department("poblacion"))
    whole = people.get(place.department, np.nan)
    household = context.params.comprehension.rights.household_size
    found = []
    for row in frames.records(frame):
        indicator = known[row["indicador"]]
        municipal = len(row["municipio"]) == 5
        inside = municipal and row["reference_place"] == place.department
        key = (row["indicador"], row["serie"])
        own = (small if municipal else large).get(key)
        above = large.get(key) if inside else None
        size = float(people.get(row["municipio"], np.nan))
        kind = _kind(row, own, indicator)
        moves = None if own is None or own.kind != kind else own.noise
        above_moves = None if above is None or above.kind != kind else above.noise
        counted = kind in ("rate", "share")
        homes = kind == "households"
        found.append(
            {
                "kind": kind,
                **{name: row[column] for name, column in _PARTS.items()},
                **{f"reference_{name}": row[f"reference_{name}"] for name in _PARTS},
                "people": size,
                "reference_people": whole if inside else np.nan,
                "multiplier": indicator.multiplier,
                **dict(zip(("lowest", "highest"), indicator.limits, strict=True)),
                # A department's row is the sum of its municipalities; the country's, of all.
                "part": True,
                "weight": size / whole if inside else np.nan,
                "variance_size": moves.size if moves else 1.0 if counted else np.nan,
                "variance_level": moves.level if moves else 0.0 if counted else np.nan,
                "freedom": moves.freedom if moves else law.NORMAL,
                "reference_size": above_moves.size if above_moves else np.nan,
                "reference_level": above_moves.level if above_moves else np.nan,
                **(
                    {
                        "denominator": size / household,
                        "reference_denominator": whole / household if inside else np.nan,
                    }
                    if homes
                    else {}
                ),
            }
        )
    return pd.DataFrame(found, index=frame.index)


def _kind(row: Mapping[Any, Any], known: noise.Law | None, indicator: Indicator) -> str:
    """By what the figure itself has; a share of a full count has as many chances as households."""
    if pd.notna(row["error_estandar"]):
        return "published"
    if indicator.multiplier and row["numerador"] >= 0 and row["denominador"] > 0:
        inside = indicator.is_share and row["numerador"] <= row["denominador"]
        return "share" if inside else "rate"
    if known is not None and known.noise is not None:
        return known.kind
    return "households" if indicator.full_count and indicator.is_share else "none"


def facts_of(states: pd.DataFrame) -> pd.DataFrame:
    """The compared ``states`` with each family once: municipio, familia, hecho (its first indicator
    and how many more), indicadores, peor, mejor, estado, state_text (in how many of several).

    A family is worse when some of its indicators are clearly worse and none better, better the
    other way round, and mixed when it has both: the indicators of one census are one fact, told in
    several ways.
    """
    rows = states[states["estado"].isin(COMPARED)]
    sums = (
        rows.assign(peor=rows["estado"] == WORSE, mejor=rows["estado"] == BETTER)
        .groupby(["municipio", "familia"], sort=False)
        .agg(
            hecho=("nombre", "first"),
            indicadores=("nombre", "size"),
            peor=("peor", "sum"),
            mejor=("mejor", "sum"),
        )
        .reset_index()
    )
    worse, better = sums["peor"] > 0, sums["mejor"] > 0
    state = np.select([worse & better, worse, better], [MIXED, WORSE, BETTER], ALIKE)
    names = [
        name if several == 1 else f"{name} y {several - 1} más de la misma familia"
        for name, several in zip(sums["hecho"], sums["indicadores"], strict=True)
    ]
    columns = (sums["indicadores"], sums["peor"], sums["mejor"])
    words = [
        _of_several(kind, *numbers) for kind, *numbers in zip(state.tolist(), *columns, strict=True)
    ]
    return sums.assign(hecho=names, estado=state.astype(object), state_text=words)


def _of_several(state: str, several: int, worse: int, better: int) -> str:
    """``mejor en 1 de 5``: a family is not said to be more than its indicators are."""
    if several == 1 or state == ALIKE:
        return state
    if state == MIXED:
        return f"{WORSE} en {worse} y {BETTER} en {better}, de {several}"
    return f"{state} en {worse if state == WORSE else better} de {several}"


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


def _interval(
    row: Mapping[Any, Any], indicator: Indicator, level: float
) -> tuple[float, float, str]:
    """The published interval, inside what can be; else one from the counts; else none, as for a
    minimum (:attr:`Indicator.series_error`) and what is not judged."""
    if pd.notna(row["inferior"]) and pd.notna(row["superior"]):
        low, high = np.clip((row["inferior"], row["superior"]), *indicator.limits)
        return float(low), float(high), "publicado"
    if indicator.at_least(row["serie"]) is not None or row["own_unfit"]:
        return np.nan, np.nan, ""
    events, base, per = row["numerador"], row["denominador"], indicator.multiplier
    if indicator.full_count or per is None or pd.isna(events) or pd.isna(base) or base <= 0:
        return np.nan, np.nan, ""
    if per == 100 and events <= base:
        low, high = proportion(events, base, level)
        return float(low) * 100, float(high) * 100, "calculado"
    low, high = rate(events, base, per, level)
    return float(low), float(high), "calculado"


def _state(row: Mapping[Any, Any], gap: float, indicator: Indicator, rules: RightsSettings) -> str:
    if pd.isna(row["referencia"]):
        return NOT_COMPARABLE
    if pd.isna(row["p"]):
        return UNJUDGED
    if row["few"]:
        return UNKNOWABLE
    distance = abs(row["valor"] - row["referencia"])
    # Of a full count any difference is beyond chance somewhere: it must also matter.
    small = indicator.full_count and distance <= rules.indifference * abs(row["referencia"])
    if not row["different"] or distance <= row["finest"] or small:
        return ALIKE if row["seen"] else UNKNOWABLE
    if unfit.higher(row):
        return UNJUDGED
    if gap > 0:
        return WORSE
    if row["flattered"]:
        return UNKNOWABLE
    # No or hardly any case in one year is no merit to found a claim on.
    counted = row["numerador"] if indicator.multiplier else np.nan
    return ALIKE if counted < rules.fewest_events else BETTER


def _finest(row: Mapping[Any, Any], indicator: Indicator) -> float:
    calculated = row["reference_source"] == indicators.CALCULATED
    return indicator.finest(str(row["reference_place"]), str(row["serie"]), calculated)


def _why(
    row: Mapping[Any, Any],
    state: str,
    indicator: Indicator,
    rules: RightsSettings,
    apart: Mapping[str, str],
) -> str:
    """Why a figure is not compared; '' where it is."""
    if state in COMPARED:
        return ""
    if state == UNJUDGED:
        if told := row["unfit"] or ("" if pd.isna(row["p"]) else unfit.higher(row)):
            return str(told)
        return NO_CASES if indicator.multiplier and row["reference_numerator"] == 0 else NO_ERROR
    if state == UNKNOWABLE:
        told = row["different"] and row["seen"] and not row["few"]
        if told and row["flattered"]:
            return str(row["flattered"])
        factor = write_value(rules.plausible_factor, "decimal", 0)
        return FEW if row["few"] else BLIND.format(factor=factor)
    if not indicator.comparable:
        return unfit.of_its_place(indicator)
    if indicator.direction_reason:
        return undirected(indicator)
    if indicator.id in apart:
        return f"{criteria.UNUSABLE.capitalize()}: {apart[indicator.id]}."
    return NO_REFERENCE
