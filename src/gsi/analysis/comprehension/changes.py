"""What changed between baseline and follow-up: one judgement for every sentence of both reports.

Each indicator's move is held against what an unchanged place of its size would show, the country's
own movement removed (:mod:`gsi.measure.change`); the false discovery rate is controlled over all of
them. Where there is no judgement the row says why.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import subtracted, unfit
from gsi.analysis.comprehension.completeness import UNREGISTERED, contradicted, flattered
from gsi.analysis.comprehension.later_figures import emptied, of_another_series
from gsi.analysis.context import Context
from gsi.analysis.quality import criteria
from gsi.analysis.results import write_value
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, RIGHTS, Area, Verdict
from gsi.ground import frames
from gsi.inputs import indicators
from gsi.inputs.indicators import cuts, noise, zones
from gsi.measure import change as tested
from gsi.measure import noise as law

PARTS = {
    "value": "valor",
    "numerator": "numerador",
    "denominator": "denominador",
    "error": "error_estandar",
    "year": "periodo",
}
SUBTRACTED = ("difference", "expected_low", "expected_high", "department", "country")
NO_FOLLOW_UP = "Sin dato posterior de la misma serie."
OTHER_METHOD = "Otra fuente y otro método: restarlos mediría el cambio de método."
NEW_SERIES = "La fuente cambió de serie: lo posterior se midió de otra manera."
UNMEASURED = "Sin error publicado ni historia suficiente en el país para saber cuánto varía sola."
UNSIZED = "Sin población del territorio no se sabe cuánto varía sola una cifra de su tamaño."
NO_CASES = "El país no tiene casos en uno de los dos años: no hay con qué comparar."
SET_ASIDE = "La calidad de la cifra no alcanza para juzgarla."
PRELIMINARY = "El dato de {year} es preliminar."
NOT_YET = "El dato de {year} es preliminar y no se usa."
TWO_CUTS = (
    "Por municipios solo hay dos mediciones: lo que los lugares suelen moverse cuenta como azar."
)
ERROR_ONLY = "Se juzga solo con el error de la cifra."
OTHER_PUBLICATION = "Dos publicaciones de la misma serie."
SHARED = "Se movió con el país: a su nivel le correspondía {carried}."
MORE_REGISTERED = "Puede ser que solo se registre más: no se conoce qué parte se registra aquí."
BEHIND = "Cambió, pero menos que el país."
COARSE = "No pasa del error que tiene la propia cifra ({error})."
NO_DIRECTION = "No se sabe si más es mejor o peor: {reason}"


def _registered(
    frame: pd.DataFrame, known: Mapping[str, Indicator], context: Context
) -> pd.DataFrame:
    """``unregistered``: why less (more) may only be less (more) registered, or ''.
    ``unstarted``: why the first figure may be too low; what it grew since is not judged."""
    places = frame.assign(
        municipio=context.territory.code,
        indicador=frame["indicator"],
        periodo=frame["year_b"].fillna(0),
    )
    short = pd.Series(flattered(places, known, context), index=frame.index, dtype="str")
    verdict = frame["verdict"]
    fewer = (verdict == Verdict.IMPROVED) & (short != "")
    more = (verdict == Verdict.WORSENED) & (short == UNREGISTERED)
    doubted = contradicted(context)
    starts = zip(frame["indicator"], frame["year_a"].fillna(0), strict=True)
    low = pd.Series(
        [doubted.get((context.territory.code, name, int(when)), "") for name, when in starts],
        index=frame.index,
        dtype="str",
    )
    # More from a figure that is too low is more registered, whatever the test says of it.
    grown = (low != "") & (frame["difference"] > 0) & (verdict != Verdict.NOT_COMPARABLE)
    return frame.assign(
        verdict=verdict.mask(fewer | more, Verdict.CHANGED).mask(grown, Verdict.NOT_JUDGED),
        unregistered=short.where(fewer, "").mask(more, MORE_REGISTERED),
        unstarted=low.where(grown, ""),
    )


def dated_names(frame: pd.DataFrame) -> list[str]:
    """``Deserción (2018-2024)``: every change has the years of its own data."""
    return [
        f"{row['name']} ({int(row['year_a'])}-{cuts.dated(row['year_b'], row['note_b'])})"
        for row in frames.records(frame)
    ]


def undirected(indicator: Indicator) -> str:
    """The one sentence that says why nobody knows whether more of an indicator is better."""
    reason = indicator.direction_reason or ""
    return NO_DIRECTION.format(reason=reason[:1].lower() + reason[1:])


def rows_of(context: Context, code: str) -> pd.DataFrame:
    """A territory's rows of the total area."""
    rows = context.data.department("indicadores")
    return rows[(rows["municipio"] == code) & (rows["area"] == Area.TOTAL)]


def judged(context: Context) -> pd.DataFrame:
    """One row an indicator with any figure, in the catalogue's order.

    Columns: indicator, name, right, unit, series, share, direction (0: unknown); with ``_a`` and
    ``_b`` value, year, source, series, numerator, denominator, error; difference, expected_low,
    expected_high (of an unchanged place), p, p_adjusted, verdict (of
    :data:`gsi.measure.change.VERDICTS`), shared (the country moved alike), basis (kind of noise),
    department, country (their differences), code_note and reason. Of what is counted where it
    happened (``elsewhere``: the words) there is no verdict, and nothing is subtracted: the
    residents' figure may have gone the other way.
    """
    own = rows_of(context, context.territory.code)
    frame = _pairs(own, context)
    if frame.empty:
        return frame
    known = {indicator.id: indicator for indicator in context.catalogue}
    frame = subtracted.same_territory(frame, context)
    frame = _marked(subtracted.unbroken(frame, known), known, context.territory.code)
    frame = _with_noise(frame, own, known, context)
    settings = context.params.plan
    frame = tested.predicted(frame, settings.confidence)
    frame["apart"] = frame["indicator"].isin(list(criteria.set_aside(context)))
    frame["unfit"] = unfit.of_either(frame, known)
    frame["elsewhere"] = [unfit.of_its_place(known[name]) for name in frame["indicator"]]
    apart = frame["apart"] | frame["elsewhere"].ne("")
    unjudged = frame["preliminary"] | apart | ~frame["kind"].isin(law.KINDS)
    frame["p"] = frame["p"].mask(unjudged | frame["unfit"].ne(""))
    rate, factor = settings.change.false_discovery, settings.change.plausible_factor
    frame["false_discovery"] = rate
    limits = [known[name].limits for name in frame["indicator"]]
    frame[["lowest", "highest"]] = np.array(limits, dtype=np.float64)
    seen = tested.detectable(frame, rate, factor, frame["finest"])
    frame = tested.within(tested.verdicts(frame, rate, frame["finest"], seen))
    frame = unfit.risen(_registered(frame, known, context), known, context)
    for name, code in (("department", context.territory.department), ("country", COUNTRY)):
        frame[name] = np.nan if code == context.territory.code else _peer(frame, code, context)
    frame["shared"] = _shared(frame, settings.change.similar_share)
    frame["later_series"] = of_another_series(frame, own)
    frame["emptied"] = emptied(frame, own, context.years.follow_up)
    frame["reason"] = [_reason(row, known[row["indicator"]]) for row in frames.records(frame)]
    frame.loc[frame["elsewhere"].ne(""), list(SUBTRACTED)] = np.nan
    return frame


def _pairs(own: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Both values of each indicator with any figure: where the last one is preliminary and a final
    one goes before it, that one, and ``later``, the year left out."""
    years = context.years.baseline, context.years.follow_up
    early = indicators.preliminary(own, context.catalogue)
    sides = {
        suffix: pairs[pairs["moment"] == moment].set_index("indicador")
        for pairs in [indicators.pair(own, *years)]
        for suffix, moment in (("_a", "baseline"), ("_b", "follow_up"))
    }
    final = indicators.pair(own[~early], *years)
    first = final[final["moment"] == "baseline"].set_index("indicador")["periodo"]
    final = final[final["moment"] == "follow_up"].set_index("indicador")
    after = sides["_b"]
    doubted = after.index[indicators.preliminary(after.reset_index(), context.catalogue).to_numpy()]
    same = sides["_a"]["periodo"].reindex(doubted) == first.reindex(doubted)
    given = [name for name in doubted[same.to_numpy(dtype=bool)] if name in final.index]
    later = after["periodo"].reindex(given)
    sides["_b"] = pd.concat([after.drop(index=given), final.loc[given]])
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
            "direction": [i.sign for i in catalogue],
        }
    )
    if frame.empty:
        return frame
    frame["later"] = later.reindex(ids).to_numpy(dtype="float64", na_value=np.nan)
    for suffix, side in sides.items():
        side = side.reindex(ids)
        for part, column in PARTS.items():
            frame[part + suffix] = side[column].to_numpy(dtype="float64", na_value=np.nan)
        frame["source" + suffix] = side["fuente"].to_numpy()
        frame["series" + suffix] = side["serie"].to_numpy()
        frame["note" + suffix] = side["nota"].to_numpy()
    return frame


def _marked(frame: pd.DataFrame, known: Mapping[str, Indicator], place: str) -> pd.DataFrame:
    """``preliminary``, ``finest`` and ``minimum`` (:meth:`Indicator.at_least`)."""
    preliminary, finest, minimum = [], [], []
    for row in frames.records(frame):
        indicator = known[row["indicator"]]
        years = [row["year_a"], row["year_b"]]
        preliminary.append(any(when in indicator.preliminary_years for when in years))
        weighted = indicators.CALCULATED in (row["source_a"], row["source_b"])
        finest.append(indicator.finest(place, str(row["series_a"]), weighted))
        minimum.append(indicator.at_least(str(row["series_a"])) is not None)
    return frame.assign(preliminary=preliminary, finest=finest, minimum=minimum)


def _with_noise(
    frame: pd.DataFrame, own: pd.DataFrame, known: Mapping[str, Indicator], context: Context
) -> pd.DataFrame:
    """What :func:`gsi.measure.change.predicted` needs: the noise at this place's size, moderated by
    its own past, and the country's level in both years."""
    place = context.territory
    owner = EXAMPLE_DEPARTMENT if place.fictional else COUNTRY
    level = noise.DEPARTMENT if place.is_department else noise.MUNICIPALITY
    laws = noise.laws(context.data.noise(), owner, level)
    people = noise.sizes(context.data.department("poblacion")).get(place.code, np.nan)
    found = []
    for row in frames.records(frame):
        past = own[
            (own["indicador"] == row["indicator"])
            & (own["serie"] == row["series_a"])
            & own["valor"].notna()
        ]
        key = (row["indicator"], row["series_a"])
        found.append(_law(row, past, laws.get(key), float(people), known[row["indicator"]]))
    extra = pd.DataFrame(found, index=frame.index)
    return frame.join(extra).assign(
        people_a=people, people_b=people, lag=frame["year_b"] - frame["year_a"]
    )


def _law(
    row: Mapping[Any, Any],
    past: pd.DataFrame,
    known: noise.Law | None,
    people: float,
    indicator: Indicator,
) -> dict[str, Any]:
    kind = None if known is None else known.kind
    found = None if known is None else known.noise
    common = {} if known is None else known.common
    if not np.isnan(row["error_a"]) and not np.isnan(row["error_b"]):
        kind = "published"
        if found is None or found.kind != kind:
            found = law.published(units=UNKNOWN_UNITS, pairs=0)
    out: dict[str, Any] = {
        "kind": kind,
        "basis": kind if found is not None else "none",
        **law.columns(None, 1.0, np.nan),
        "common_a": common.get(row["year_a"], np.nan),
        "common_b": common.get(row["year_b"], np.nan),
    }
    if kind == "published" and np.isnan(out["common_a"] + out["common_b"]):
        # The country's movement is not known: the difference is judged as it is.
        out |= {"common_a": 0.0, "common_b": 0.0}
    if found is None:
        return out
    factor, freedom = _moderated(row, past, found, common, people, indicator)
    return out | law.columns(found, factor, freedom)


# A published error needs no panel; the country's level, if it has any, is no median of few.
UNKNOWN_UNITS = 10**6


def _moderated(
    row: Mapping[Any, Any],
    past: pd.DataFrame,
    found: law.Noise,
    common: Mapping[int, float],
    people: float,
    indicator: Indicator,
) -> tuple[float, float]:
    """Its own moves up to the first value say how restless this place is."""
    before = past[past["periodo"] <= row["year_a"]].sort_values("periodo")
    before = before.drop_duplicates("periodo", keep="last")
    years = before["periodo"].to_numpy(int)
    if len(years) < 2:
        return law.moderated(found, np.empty(0))
    g, unit = law.scaled(
        found.kind,
        value=before["valor"],
        numerator=before["numerador"],
        denominator=before["denominador"],
        error=before["error_estandar"],
        people=np.full(len(years), people),
        common=[common.get(int(when), np.nan) for when in years],
        multiplier=indicator.multiplier or np.nan,
    )
    comparable = [indicator.comparable_years(int(a), int(b)) for a, b in itertools.pairwise(years)]
    return law.moderated(found, law.history(found, g, unit, years, comparable))


def _peer(frame: pd.DataFrame, place: str, context: Context) -> np.ndarray:
    """The peer's difference over exactly the same years and series, of the same zone where the
    figures are of one alone; NaN where it has none."""
    table = context.data.department("indicadores")
    rows = table[table["municipio"] == place]
    sides = []
    for suffix in ("_a", "_b"):
        asked = {"indicador": "indicator", "serie": "series_a", "periodo": f"year{suffix}"}
        own = pd.DataFrame({name: frame[column] for name, column in asked.items()})
        own = own.assign(nota=frame[f"note{suffix}"])
        whole = rows[rows["area"] == Area.TOTAL].drop_duplicates(["indicador", "serie", "periodo"])
        values = whole.set_index(["indicador", "serie", "periodo"])["valor"]
        found = values.reindex(pd.MultiIndex.from_frame(own[list(asked)])).reset_index(drop=True)
        sides.append(zones.like_with_like(own, found, rows))
    return np.asarray(sides[1] - sides[0])


def _shared(frame: pd.DataFrame, similar: float) -> pd.Series:
    """Would have been a change of its own, had the country stood still."""
    difference, expected, carried = frame["difference"], frame["expected"], frame["carried"]
    down, up = expected - frame["expected_low"], frame["expected_high"] - expected
    beyond = difference.abs() > down.where(difference < 0, up)
    alike = (carried * difference > 0) & (carried.abs() >= similar * difference.abs())
    return (frame["verdict"] == Verdict.NO_CHANGE) & beyond & alike


def _reason(row: Mapping[Any, Any], indicator: Indicator) -> str:
    """Why there is no verdict, or what to know of it; '' when nothing."""
    verdict = row["verdict"]
    if verdict == Verdict.NOT_COMPARABLE:
        if row["moved"]:
            return str(row["code_note"])
        if row["broken"]:
            return str(row["broken"])
        if row["emptied"]:
            return str(row["emptied"])
        return NEW_SERIES if row["later_series"] else NO_FOLLOW_UP
    remarks = [text for text in (row["code_note"],) if text]
    if zone := zones.note(row["note_a"]):
        compared = not np.isnan(row["department"]) or not np.isnan(row["country"])
        remarks.append(f"{zone} {zones.ALIKE}." if compared else zone)
    if row["elsewhere"]:
        remarks.append(str(row["elsewhere"]))
    if told := subtracted.mixed(row):
        remarks.append(told)
    if verdict == Verdict.NOT_JUDGED:
        remarks.append(_unjudged(row, indicator))
    elif row["kind"] == "published" and row["variance_walk"] == 0:
        remarks.append(TWO_CUTS if row["variance_level"] > 0 else ERROR_ONLY)
    if not np.isnan(row["later"]):
        remarks.append(NOT_YET.format(year=int(row["later"])))
    if row["source_a"] != row["source_b"]:
        remarks.append(OTHER_PUBLICATION)
    if verdict in (Verdict.NO_CHANGE, Verdict.UNDETECTABLE):
        remarks += _unchanged(row)
    if row["unregistered"]:
        remarks.append(str(row["unregistered"]))
    elif verdict == Verdict.CHANGED and indicator.direction_reason:
        remarks.append(undirected(indicator))
    return " ".join(filter(None, remarks))


def _unjudged(row: Mapping[Any, Any], indicator: Indicator) -> str:
    if row["unstarted"]:
        told = str(row["unstarted"])
        return f"En {int(row['year_a'])} {told[:1].lower()}{told[1:]}"
    if row["apart"]:
        return SET_ASIDE
    if told := row["unfit"] or row["lifted"]:
        return str(told)
    if row["preliminary"]:
        marked = [
            int(row[side])
            for side in ("year_a", "year_b")
            if row[side] in indicator.preliminary_years
        ]
        return PRELIMINARY.format(year=marked[0])
    if row["elsewhere"]:
        return ""
    if np.isnan(row["variance_size"]):
        return UNMEASURED
    if row["kind"] == "value" and np.isnan(row["people_a"]):
        return UNSIZED
    if row["kind"] == "rate" and not row["common_a"] * row["common_b"] > 0:
        return NO_CASES
    return UNMEASURED


def _unchanged(row: Mapping[Any, Any]) -> list[str]:
    found = []
    if row["shared"]:
        found.append(SHARED.format(carried=write_value(row["carried"], "decimal", 1)))
    if row["p_adjusted"] <= row["false_discovery"]:
        if row["difference"] * row["net"] <= 0:
            found.append(BEHIND)
        else:
            found.append(COARSE.format(error=write_value(row["finest"], "decimal", 1)))
    return found
