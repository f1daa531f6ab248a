"""The noise of every indicator, estimated once from all municipalities of the country.

A table of one row an indicator, series, level of territory and year, owned by the country (or by
the fictional department of the example, which is a country of its own): ``comun`` is the level that
all share that year, ``dispersion`` how far its places stand from each other (a standard deviation
of the values weighted by people, in the indicator's unit); the parameters of
:class:`gsi.measure.noise.Noise` repeat in each row. Where a panel is too small to say how much
years differ, the parameters are missing, except of figures with published error, whose error is
known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from gsi.contract import projections
from gsi.contract.divipola import departments_of, is_fictional, is_municipal
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import COUNTRY, EXAMPLE_DEPARTMENT, Area
from gsi.ground import frames
from gsi.measure import noise, noise_fit
from gsi.measure.noise import Kind, Noise

MUNICIPALITY, DEPARTMENT = "municipio", "departamento"
# Of the table's columns, the field of :class:`gsi.measure.noise.Noise`.
FIELDS = {
    "por_tamano": "size", "entre_anos": "level", "deriva": "walk", "exponente": "growth",
    "entre_lugares": "between", "libertad": "freedom", "unidades": "units", "pares": "pairs",
}  # fmt: skip
PARAMETERS = list(FIELDS)
COUNTED = ("unidades", "pares")
COLUMNS = [
    *("municipio", "indicador", "serie", "nivel", "periodo", "comun", "clase"),
    "dispersion",
    *PARAMETERS,
]
# Digits kept of parameters: one municipality's correction must not move them.
DIGITS = 3
# With fewer places of a level, how far they stand from each other is not told.
FEWEST_PLACES = 8


def empty() -> pd.DataFrame:
    """The table with no row."""
    return pd.DataFrame({name: pd.Series(dtype=_type(name)) for name in COLUMNS})


def estimated(
    table: pd.DataFrame, poblacion: pd.DataFrame | None, catalogue: Sequence[Indicator]
) -> pd.DataFrame:
    """The noise of ``table`` (of :func:`gsi.inputs.indicators.build`): rows of :data:`COLUMNS`,
    sorted.

    Without ``poblacion`` the size of a place is not known, and figures without counts or published
    error have no noise.
    """
    needed = ["municipio", "indicador", "serie", "periodo", *_COLUMNS.values()]
    rows = table.loc[(table["area"] == Area.TOTAL) & table["valor"].notna(), needed]
    people = sizes(poblacion)
    known = {indicator.id: indicator for indicator in catalogue}
    parts = []
    for owner, own in _countries(rows):
        invented = owner == EXAMPLE_DEPARTMENT
        kind = own["municipio"].str.len().map({5: MUNICIPALITY, 2: DEPARTMENT})
        for panel, where in own.groupby(["indicador", "serie", kind]).indices.items():
            name, series, of = (str(part) for part in cast(tuple[Any, ...], panel))
            if name in known:
                indicator = known[name].unbroken() if invented else known[name]
                made = _of_panel(_of_most(own.iloc[where]), people, indicator)
                parts.append(made.assign(municipio=owner, indicador=name, serie=series, nivel=of))
    if not parts:
        return empty()
    made = pd.concat(parts, ignore_index=True)[COLUMNS]
    made = made.astype({name: _type(name) for name in COLUMNS})
    return made.sort_values(COLUMNS[:5], ignore_index=True)


def _of_most(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the years of a few places, where others are of many: the department of one
    municipality has years that no other has, and a level of one is not a country's."""
    places = rows.groupby("periodo")["municipio"].nunique()
    few = places.index[places < FEWEST_PLACES]
    return rows if len(few) == len(places) else rows[~rows["periodo"].isin(few)]


def sizes(poblacion: pd.DataFrame | None) -> pd.Series:
    """People of each municipality and department: mean of the years projected."""
    if poblacion is None or poblacion.empty:
        return pd.Series(dtype="float64")
    rows = projections.total_area(poblacion)
    rows = rows[is_municipal(rows["municipio"])]
    years = rows.groupby(["municipio", "periodo"], observed=True)["personas"].sum()
    years = years.astype("float64").rename(index=str, level=0)
    mean = years.groupby(level=0).mean()
    return pd.concat([mean, mean.groupby(departments_of(mean.index)).sum()])


@dataclass(frozen=True)
class Law:
    """What is known of one indicator and series at one level: its noise, and the years' levels."""

    kind: Kind
    noise: Noise | None
    common: dict[int, float]


@dataclass(frozen=True)
class Spread:
    """``level``: between which places; ``sizes``: indicator, series and year → the distance, in the
    indicator's unit."""

    level: str
    sizes: dict[tuple[str, str, int], float]


def spread(table: pd.DataFrame, owner: str, level: str) -> Spread:
    """How far the places of a country stand from each other, at one level for all indicators.

    Of a country with too few departments to tell, it is that of its municipalities. Indicators
    whose places are all alike are left out.
    """
    rows = table[(table["municipio"] == owner) & (table["dispersion"] > 0)]
    told = level if (rows["nivel"] == level).any() else MUNICIPALITY
    rows = rows[rows["nivel"] == told]
    columns = (frames.values(rows[name]) for name in ("indicador", "serie", "periodo"))
    keys = zip(*columns, strict=True)
    return Spread(told, dict(zip(keys, frames.values(rows["dispersion"]), strict=True)))


def laws(table: pd.DataFrame, owner: str, level: str) -> dict[tuple[str, str], Law]:
    """Indicator and series → :class:`Law` for one level of territory, out of the table.

    A department of a country with too few departments to tell is judged as a municipality of its
    size: noise that does not average out is not left out.
    """
    rows = table[table["municipio"] == owner]
    found: dict[tuple[str, str], Law] = {}
    for wanted in (MUNICIPALITY, level):
        chosen = rows[rows["nivel"] == wanted]
        for (indicator, series), part in chosen.groupby(["indicador", "serie"], sort=True):
            key = (str(indicator), str(series))
            first = part.iloc[0]
            kind: Kind = first["clase"]
            law = None
            if pd.notna(first["unidades"]):
                values: dict[str, Any] = {
                    field: int(first[name]) if name in COUNTED else float(first[name])
                    for name, field in FIELDS.items()
                }
                law = Noise(kind, **values)
            years, shared = part["periodo"].astype(int), part["comun"].astype(float)
            common = dict(zip(years, shared, strict=True))
            if law is not None or key not in found:
                found[key] = Law(kind, law, common)
    return found


def _countries(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    places = rows[rows["municipio"] != COUNTRY]
    fictional = is_fictional(places["municipio"])
    yield COUNTRY, places[~fictional]
    yield EXAMPLE_DEPARTMENT, places[fictional]


_COLUMNS = {
    "value": "valor", "numerator": "numerador", "denominator": "denominador",
    "error": "error_estandar",
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One indicator and series at one level of territory: matrices place × year.

    ``wide``: the contract's columns; ``g`` and ``unit`` of :func:`gsi.measure.noise.scaled`;
    ``common``: the level all share each year; ``comparable``: year × year.
    """

    kind: Kind
    places: pd.Index
    years: np.ndarray
    wide: dict[str, np.ndarray]
    people: np.ndarray
    common: np.ndarray
    g: np.ndarray
    unit: np.ndarray
    comparable: np.ndarray

    @classmethod
    def of(cls, rows: pd.DataFrame, people: pd.Series, indicator: Indicator) -> Panel:
        """From the rows of one indicator and series, of places of one level."""
        kind = kind_of(rows, indicator)
        panel = rows.drop_duplicates(["municipio", "periodo"])
        place, places = pd.factorize(panel["municipio"], sort=True)
        when, known = pd.factorize(panel["periodo"], sort=True)
        years = known.to_numpy(dtype=int)
        wide = {}
        for name in _COLUMNS.values():
            wide[name] = np.full((len(places), len(years)), np.nan)
            wide[name][place, when] = panel[name]
        multiplier = indicator.multiplier or np.nan
        common = noise.common_levels(
            kind, wide["valor"], wide["numerador"], wide["denominador"], multiplier
        )
        size = people.reindex(places).to_numpy(np.float64)
        g, unit = noise.scaled(
            kind,
            value=wide["valor"],
            numerator=wide["numerador"],
            denominator=wide["denominador"],
            error=wide["error_estandar"],
            people=np.repeat(size[:, None], len(years), axis=1),
            common=common,
            multiplier=multiplier,
        )
        comparable = np.array(
            [[indicator.comparable_years(int(a), int(b)) for b in years] for a in years]
        )
        return cls(kind, places, years, wide, size, common, g, unit, comparable)

    def spread(self) -> np.ndarray:
        """Standard deviation of each year's values between places, by people where all are known;
        NaN of fewer than :data:`FEWEST_PLACES`."""
        values = self.wide["valor"]
        weights = np.ones_like(self.people) if np.isnan(self.people).any() else self.people
        known = ~np.isnan(values)
        inside = np.where(known, weights[:, None], 0.0)
        total = inside.sum(axis=0)
        total = np.where((known.sum(axis=0) >= FEWEST_PLACES) & (total > 0), total, np.nan)
        mean = np.nansum(inside * values, axis=0) / total
        out: np.ndarray = np.sqrt(np.nansum(inside * (values - mean) ** 2, axis=0) / total)

        return out

    def fitted(self, last: int | None = None) -> Noise | None:
        """Its noise, from the years up to ``last`` (all)."""
        known = self.years <= (self.years.max() if last is None else last)
        return noise_fit.fitted(
            self.kind,
            self.g[:, known],
            self.unit[:, known],
            self.years[known],
            self.comparable[np.ix_(known, known)],
        )

    def moves(self, known: Noise, first: int, last: int, multiplier: float | None) -> pd.DataFrame:
        """Every place's figures of two years, ready for :func:`gsi.measure.change.predicted`: the
        noise ``known`` at its size, moderated by its own past up to ``first``."""
        a, b = (int(np.flatnonzero(self.years == year)[0]) for year in (first, last))
        sides = {
            f"{name}{side}": self.wide[column][:, at]
            for name, column in _COLUMNS.items()
            for side, at in (("_a", a), ("_b", b))
        }
        past = [self._past(known, place, a) for place in range(len(self.places))]
        factor, freedom = (np.array(part) for part in zip(*past, strict=True))
        return pd.DataFrame(
            {
                **sides,
                **noise.columns(known, factor, freedom),
                "kind": self.kind,
                "common_a": self.common[a],
                "common_b": self.common[b],
                "people_a": self.people,
                "people_b": self.people,
                "multiplier": np.nan if multiplier is None else multiplier,
                "lag": last - first,
            }
        )

    def _past(self, known: Noise, place: int, last: int) -> tuple[float, float]:
        upto = slice(0, last + 1)
        together = np.diagonal(self.comparable, 1)[:last]
        squares = noise.history(
            known, self.g[place, upto], self.unit[place, upto], self.years[upto], together
        )
        return noise.moderated(known, squares)


def _of_panel(rows: pd.DataFrame, people: pd.Series, indicator: Indicator) -> pd.DataFrame:
    """``periodo``, ``comun``, ``clase`` and the parameters of one panel."""
    panel = Panel.of(rows, people, indicator)
    law = panel.fitted()
    made = pd.DataFrame({"periodo": panel.years, "comun": panel.common, "clase": panel.kind})
    made["dispersion"] = [_rounded(each) for each in panel.spread()]
    values = {
        name: np.nan if law is None else float(getattr(law, field))
        for name, field in FIELDS.items()
    }
    return made.assign(
        **{name: v if name in COUNTED else _rounded(v) for name, v in values.items()}
    )


def kind_of(rows: pd.DataFrame, indicator: Indicator) -> Kind:
    """By what most rows have: a published error, counts, or a value alone."""
    if rows["error_estandar"].notna().mean() > 0.5:
        return "published"
    counted = rows["numerador"].notna() & rows["denominador"].gt(0)
    if indicator.multiplier is None or counted.mean() <= 0.5:
        return "value"
    inside = rows["numerador"] <= rows["denominador"]
    return "share" if indicator.is_share and inside[counted].all() else "rate"


def _rounded(value: float) -> float:
    """To :data:`DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}")


def _type(name: str) -> str:
    if name == "periodo":
        return "int64"
    return "str" if name in {"municipio", "indicador", "serie", "nivel", "clase"} else "float64"
