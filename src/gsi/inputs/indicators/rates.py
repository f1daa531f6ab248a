"""From the rows that readers give to indicators that can be compared: rates, reconciliation,
aggregates of department and country, and the value that stands for a year.

Frames have the columns of the contract's table ``indicadores``; values are in the catalogue's unit
(percentages in 0-100, rates per multiplier).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.contract.divipola import departments_of, is_fictional, is_municipal
from gsi.contract.params.indicators import Indicator
from gsi.contract.projections import People
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Area
from gsi.ground import frames
from gsi.inputs.indicators import aggregates, reconciliation, totals, unification, zeros
from gsi.inputs.indicators.aggregates import CALCULATED as CALCULATED
from gsi.inputs.indicators.reconciliation import KEY, ROUNDING, added

NUMBERS = ["valor", "numerador", "denominador", "error_estandar", "inferior", "superior"]
TEXTS = ["fuente", "serie", "nota"]
ONLY_AGGREGATED = (aggregates.ESTIMATE, aggregates.ESTIMATE_ERROR)
COLUMNS = [*KEY[:3], *NUMBERS, "area", *TEXTS]

# Up to so many cases are told as cases, not as a rate.
FEW_CASES = 2


def unify(
    indicadores: pd.DataFrame, poblacion: pd.DataFrame | None, catalogue: Sequence[Indicator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rates computed, sources reconciled, department (2 digits) and country rows added; and what
    two sources give, alike or not (``unification.COLUMNS``).

    ``indicadores`` and ``poblacion`` follow the contract; one row a municipality, indicator, period
    and area comes out, sorted. Indicators outside the catalogue pass through without aggregates.
    Without ``poblacion`` no rate on projections and no aggregate is computed: the share of people
    that an aggregate covers would not be known.
    """
    people = People.of(poblacion) if poblacion is not None and not poblacion.empty else None
    frame = _usable(_without_fiction(_prepared(indicadores)), catalogue)
    del indicadores  # who asked may have let go of it
    if people is not None:
        frame = _with_zeros(frame, people, catalogue)
    frame, bases = _rates(frame, people, catalogue)
    frame, compared = reconciliation.compared(frame, catalogue)
    frame = aggregates.with_official(frame, catalogue)
    found = [part for part in (reconciliation.listed(compared), bases) if not part.empty]
    if people is not None:
        made = aggregates.make(frame, people, catalogue)
        frame = aggregates.beside(frame, made, catalogue)
        # What is published stands; a row without a value gives way to the one computed here.
        whole = frame[~is_municipal(frame["municipio"])]
        given = pd.MultiIndex.from_frame(whole.loc[whole["valor"].notna(), KEY])
        made = made[~pd.MultiIndex.from_frame(made[KEY]).isin(given)]
        there = pd.MultiIndex.from_frame(whole[KEY]).isin(pd.MultiIndex.from_frame(made[KEY]))
        frame = pd.concat([made, frame.drop(whole.index[there])], ignore_index=True)
        frame = totals.of_few(frame, people, catalogue)
    frame = _remarks(frame, catalogue)
    disagreements = pd.concat(found, ignore_index=True) if found else unification.empty()
    return (
        frame[COLUMNS].take(np.argsort(frames.order(frame, KEY))).reset_index(drop=True),
        disagreements.sort_values(unification.COLUMNS, ignore_index=True),
    )


def at(indicadores: pd.DataFrame, year: int, *, area: str = "total") -> pd.DataFrame:
    """The value that stands for ``year``: one row a municipality and indicator.

    The latest period up to ``year``; where there is none, the earliest after it. The period used is
    in ``periodo``: show it beside the value.
    """
    rows = indicadores[(indicadores["area"] == area) & indicadores["valor"].notna()]
    distance = np.where(
        rows["periodo"] <= year, year - rows["periodo"], 10_000 + rows["periodo"] - year
    )
    rows = rows.assign(_distance=distance).sort_values(
        ["municipio", "indicador", "_distance", "fuente"], ignore_index=True
    )
    return (
        rows.drop_duplicates(["municipio", "indicador"])
        .drop(columns="_distance")
        .reset_index(drop=True)
    )


def latest(
    indicadores: pd.DataFrame,
    baseline: int,
    follow_up: int,
    catalogue: Sequence[Indicator],
    *,
    area: str = "total",
) -> pd.DataFrame:
    """Where a plan starts from: the last final figure of the baseline's own series.

    One row a municipality and indicator: the last period up to ``follow_up`` of the series that
    stands at ``baseline``, else that of the baseline. Preliminary years are left out: the figure
    that a target is set from would be revised under it.
    """
    found = pair(indicadores[~preliminary(indicadores, catalogue)], baseline, follow_up, area=area)
    found = found.drop_duplicates(["municipio", "indicador"], keep="last")
    return found.drop(columns="moment").reset_index(drop=True)


def preliminary(rows: pd.DataFrame, catalogue: Sequence[Indicator]) -> pd.Series:
    """True for the figures of the years that the catalogue calls preliminary, not of a form."""
    return _of_years(rows, {i.id: i.preliminary_years for i in catalogue})


def few_cases(numerator: pd.Series, multiplier: pd.Series) -> pd.Series:
    """Whether a figure is a rate of one or two cases, which says that they were, not how often."""
    return multiplier.notna() & numerator.between(1, FEW_CASES)


def at_one_year(indicadores: pd.DataFrame, year: int, *, area: str = "total") -> pd.DataFrame:
    """:func:`at` with one period an indicator, so that its territories can be compared.

    The period is the nearest (up to ``year`` first) that at least half of the territories with any
    value have; where none is, the one that most have. A territory without a value of that period
    has no row: a gap is a gap.
    """
    rows = indicadores[(indicadores["area"] == area) & indicadores["valor"].notna()]
    number = rows.groupby(["indicador", "periodo"])["municipio"].nunique().reset_index()
    places = rows.groupby("indicador")["municipio"].nunique()
    half = number["indicador"].map(places / 2)
    most = number.groupby("indicador")["municipio"].transform("max")
    number = number[number["municipio"] >= np.minimum(half, most)]
    chosen: dict[str, int] = {}
    for name, periods in number.groupby("indicador")["periodo"]:
        past = periods[periods <= year]
        chosen[str(name)] = int(periods.min() if past.empty else past.max())
    same = rows["periodo"] == rows["indicador"].map(chosen)
    return at(rows[same.to_numpy(dtype=bool)], year, area=area)


def pair(
    indicadores: pd.DataFrame, baseline: int, follow_up: int, *, area: str = "total"
) -> pd.DataFrame:
    """Both moments of each municipality and indicator, long, column ``moment`` added.

    ``baseline`` rows are those of :func:`at`; ``follow_up`` rows are the latest period of the same
    series after the baseline's and not after ``follow_up``. An indicator with no such period has
    only its baseline row.
    """
    before = at(indicadores, baseline, area=area)
    link = ["municipio", "indicador", "serie"]
    rows = indicadores[
        (indicadores["area"] == area)
        & indicadores["valor"].notna()
        & (indicadores["periodo"] <= follow_up)
    ]
    start = dict(zip(_keys(before, link), frames.values(before["periodo"]), strict=True))
    since = [start.get(key, follow_up) for key in _keys(rows, link)]
    after = (
        rows[rows["periodo"] > np.array(since, dtype="int64")]
        .sort_values([*link, "periodo", "fuente"])
        .drop_duplicates(link, keep="last")
    )
    both = pd.concat(
        [before.assign(moment="baseline"), after.assign(moment="follow_up")], ignore_index=True
    )
    return both.sort_values(["municipio", "indicador", "moment"], ignore_index=True)


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(frames.values(rows[name]) for name in columns), strict=True)


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reindex(columns=[*COLUMNS, *ONLY_AGGREGATED])
    for column in (*NUMBERS, *ONLY_AGGREGATED):
        frame[column] = frame[column].astype("float64")
    for column in ["municipio", "indicador", "area", *TEXTS]:
        frame[column] = frame[column].astype("str").fillna("")
    frame["periodo"] = frame["periodo"].astype("int64")
    return frame.reset_index(drop=True)


def _without_fiction(frame: pd.DataFrame) -> pd.DataFrame:
    """The example's country rows go once real municipalities are read: there is one country."""
    place = frame["municipio"]
    fictional = is_fictional(place)
    real = is_municipal(place) & ~fictional
    only = {*frame.loc[fictional, "fuente"].unique()} - {*frame.loc[real, "fuente"].unique()}
    drop = (place == COUNTRY) & frame["fuente"].isin(sorted(only)) & bool(real.any())
    return frame[~drop].reset_index(drop=True)


def _usable(frame: pd.DataFrame, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    """Without the years that the catalogue calls unusable; what a form reports stays."""
    drop = _of_years(frame, {i.id: i.unusable_years for i in catalogue})
    return frame[~drop].reset_index(drop=True)


def _with_zeros(
    frame: pd.DataFrame, people: People, catalogue: Sequence[Indicator]
) -> pd.DataFrame:
    """Rows of no case, for the sources that write none: without them only the municipalities with
    cases would stand in a department's denominator. A form says nothing of who did not fill it.

    The years are those of the source that the catalogue declares covered. A file of the whole
    country covers every department; one of a few departments, only those.
    """
    departments = {str(code)[:2] for code in people.table.index.get_level_values("municipio")}
    departments -= {EXAMPLE_DEPARTMENT, COUNTRY}
    published = ~frame["fuente"].str.startswith(unification.FORM)
    parts = [frame]
    for indicator in catalogue:
        rows = frame[
            (frame["indicador"] == indicator.id) & published & (frame["area"] == Area.TOTAL)
        ]
        rows = rows[is_municipal(rows["municipio"])]
        if not indicator.absent_is_zero or rows.empty:
            continue
        covered = {*departments_of(rows["municipio"]).unique()}
        if len(covered & departments) > len(departments) / 2:
            covered |= departments
        place = people.table.index
        code = place.get_level_values("municipio")
        when = place.get_level_values("periodo")
        years = range(int(rows["periodo"].min()), int(rows["periodo"].max()) + 1)
        told = [year for year in years if indicator.covers(year) is not False]
        wanted = place[is_municipal(code) & departments_of(code).isin(covered) & when.isin(told)]
        absent = wanted.difference(pd.MultiIndex.from_frame(rows[["municipio", "periodo"]]))
        source = rows.sort_values("periodo").iloc[-1]
        new = absent.to_frame(index=False).assign(
            fuente=source["fuente"],
            serie=source["serie"],
            indicador=indicator.id,
            numerador=0.0,
            area="total",
            nota=zeros.NO_ROW,
        )
        parts.append(_prepared(new))
    return pd.concat(parts, ignore_index=True)


def _rates(
    frame: pd.DataFrame, people: People | None, catalogue: Sequence[Indicator]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rates on one population base, and where a source divides by other people."""
    bases = []
    parts = [frame[~frame["indicador"].isin({i.id for i in catalogue if i.multiplier})]]
    positions = frame.groupby("indicador").indices
    for indicator in catalogue:
        if indicator.multiplier is None or indicator.id not in positions:
            continue
        rows = frame.iloc[positions[indicator.id]]
        base, nota = rows["denominador"], rows["nota"]
        if people is not None and indicator.population is not None:
            counted = people.count(indicator.population.ages, indicator.population.sexes)
            places = pd.MultiIndex.from_frame(rows[["municipio", "periodo"]])
            projected = pd.Series(counted.reindex(places).to_numpy(), index=rows.index)
            projected = totals.of_whom_it_counts(rows, projected, counted)
            use = projected.notna() & rows["numerador"].notna() & (rows["area"] == Area.TOTAL)
            differs = use & base.notna() & ((base - projected).abs() > ROUNDING * projected)
            sentence = f"La fuente usa otro denominador; aquí, {unification.title(people.source)}."
            nota = added(nota, differs, sentence)
            bases.append(
                rows.loc[differs, KEY].assign(
                    que=unification.POPULATION,
                    usado=projected[differs],
                    fuente_usada=people.source,
                    otro=base[differs],
                    fuente_otra=rows.loc[differs, "fuente"],
                )[unification.COLUMNS]
            )
            base = projected.where(use, base)
        elif indicator.population is not None:
            # Without projections there is no base of every indicator: nothing is divided.
            base = base.where(rows["valor"].notna())
        computed = rows["numerador"] / base.where(base > 0) * indicator.multiplier
        published = rows["valor"]
        differs = (published - computed).abs() > ROUNDING * computed.abs() + 0.05
        own = differs & base.eq(rows["denominador"])
        nota = added(nota, own, "El valor publicado no coincide con su fórmula: se recalculó.")
        changed = computed.notna() & (differs | published.isna())
        errors = {c: rows[c].where(~changed) for c in ("error_estandar", "inferior", "superior")}
        parts.append(
            rows.assign(valor=computed.fillna(published), denominador=base, nota=nota, **errors)
        )
    listed = pd.concat(bases, ignore_index=True) if bases else unification.empty()
    return pd.concat(parts, ignore_index=True), listed


def _remarks(frame: pd.DataFrame, catalogue: Sequence[Indicator]) -> pd.DataFrame:
    smallest = _numbers(frame["indicador"], {i.id: i.smallest_denominator for i in catalogue})
    shares = frame["indicador"].isin([i.id for i in catalogue if i.is_share])
    few = frame["denominador"] < smallest
    nota = added(frame["nota"], few, "Denominador pequeño: léase con cautela.")
    # A source that explains its own excess is not explained again.
    told = frame["nota"].str.contains("de 100 %", regex=False, na=False)
    over = shares & (frame["valor"] > 100) & ~told
    nota = added(nota, over, "Más de 100 %: problema del denominador.")
    early = preliminary(frame, catalogue)
    return frame.assign(nota=added(nota, early, "Dato preliminar."))


def _of_years(frame: pd.DataFrame, years: Mapping[str, Sequence[int]]) -> pd.Series:
    """True for the rows of those indicators and years that a form does not report."""
    found = pd.Series(False, index=frame.index)
    for name, wanted in years.items():
        if wanted:
            found |= (frame["indicador"] == name) & frame["periodo"].isin(list(wanted))
    return found & ~frame["fuente"].str.startswith(unification.FORM)


def _numbers(ids: pd.Series, values: Mapping[str, float | None]) -> pd.Series:
    """One float an id, NaN where it has none; float also for no rows at all."""
    return frames.each(ids, values.get).astype("float64")
