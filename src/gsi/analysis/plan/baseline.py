"""The baseline table (P1): every indicator of the catalogue with its year, interval, remarks."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import unfit
from gsi.analysis.comprehension.completeness import contradicted
from gsi.analysis.comprehension.later_figures import starting
from gsi.analysis.context import Context
from gsi.analysis.labels import BASES, cases, least, near_text, span, with_interval
from gsi.analysis.plan import remarks
from gsi.analysis.quality import criteria
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
    year,
)
from gsi.analysis.steps import step
from gsi.contract.params.indicators import TRANSVERSAL, Indicator
from gsi.contract.places import many
from gsi.contract.vocabulary import COUNTRY, OBJECTIVES, RIGHTS, Area
from gsi.ground import frames, spreadsheet
from gsi.ground.locale import clauses
from gsi.inputs import indicators
from gsi.inputs.indicators import aggregates, unification, zones
from gsi.measure.change import with_intervals

FILES = ("linea-base.csv", "linea-base.xlsx")
FILE_DECIMALS = 6  # more are what sums of binary fractions leave
MADE = re.compile(r"^(?:Suma|Media) de los municipios.*?personas\.")
ONLY_ONE = "El valor es el del único municipio."
GAP = Gap("indicadores", "sin indicadores no hay una línea de base con la cual comparar después")
CROSS_CUTTING = "Transversal"
TYPED = "Formulario"
DIRECTIONS = {"higher": 1, "lower": -1, "none": 0}


@step
def baseline(context: Context) -> Section:
    """Section ``baseline``: one row an indicator, with the department and the country beside it."""
    if not context.data.has("indicadores"):
        return Section("baseline", gaps=[GAP])
    frame = measured(context)
    known = frame[frame["value"].notna()]
    missing = frame[frame["value"].isna()]
    facts: dict[str, Fact] = {
        "year": year(context.years.baseline),
        "indicators": count(len(frame)),
        "known": count(len(known)),
        "missing": count(len(missing)),
        "complete": flag(missing.empty),
        "any": flag(not known.empty),
        # A rate of one or two cases is told as its cases, without an interval.
        "with_interval": count(int((known["low"].notna() & ~known["few_cases"]).sum())),
        "wide": percent(100 * context.params.plan.baseline.wide_interval, 0),
        "calculated": count(int(known["calculated"].sum())),
        "any_calculated": flag(bool(known["calculated"].any())),
        "alone": flag(context.territory.is_department and context.alone),
        "any_near": flag(
            bool((known["country"].notna() & known["country_approximate"]).any())
            or bool((known["department"].notna() & known["department_approximate"]).any())
        ),
        "later": count(int((known["year"] > context.years.baseline).sum())),
        "old": count(int(known["old"].sum())),
        "oldest_year": year(int(known["year"].min()) if len(known) else None),
        "newest_year": year(int(known["year"].max()) if len(known) else None),
        "years": text(span(known["year"])),
        "rights_without_data": names(_rights_without_data(frame)),
        "every_right_has_data": flag(not _rights_without_data(frame)),
    }
    return Section(
        "baseline",
        facts,
        {"indicators": _table(known, context), "missing": _missing(missing)},
    )


def measured(context: Context, *, start: bool = False) -> pd.DataFrame:
    """Every indicator of the catalogue at the baseline: value (NaN: no data), interval.

    ``start``: the figure that a plan starts from instead
    (:func:`gsi.analysis.comprehension.later_figures.starting`).

    Columns: indicator, name, right, objective, unit, direction, share, target, value, year, low,
    high, error, basis, numerator, denominator, multiplier, source, series, own_series (that of the
    figure), old, few_cases (a rate of one or two cases), remark, department, country (of the same
    year and series), note (the row's own), unfit (why the figure is not judged; ''),
    calculated (an aggregate of municipalities made here), approximate (its weight, where it is not
    known to be what is published); of both references,
    <reference>_calculated, <reference>_approximate and <reference>_cases (where one or two).
    ``source`` is the publisher, or :data:`TYPED` where the territory reported the figure itself.
    """
    rows = context.data.department("indicadores")
    place, years = context.territory, context.years
    rows = rows[rows["municipio"].isin([place.code, place.department, COUNTRY])]
    when = years.follow_up if start else years.baseline
    mine = rows[rows["municipio"] == place.code]
    at = starting(mine, context) if start else indicators.at(mine, when)
    own = at.set_index("indicador").reindex([item.id for item in context.catalogue]).reset_index()
    frame = pd.DataFrame([_described(indicator) for indicator in context.catalogue])
    for name, column in (
        ("value", "valor"),
        ("numerator", "numerador"),
        ("denominator", "denominador"),
        ("error", "error_estandar"),
        ("low", "inferior"),
        ("high", "superior"),
        ("year", "periodo"),
    ):
        frame[name] = own[column].to_numpy(dtype="float64", na_value=np.nan)
    frame["own_series"] = own["serie"].to_numpy(dtype=object)
    frame["note"] = own["nota"].fillna("").to_numpy(dtype=object)
    known = {item.id: item for item in context.catalogue}
    frame["unfit"] = unfit.reasons(own, known)
    frame = with_intervals(frame, context.params.plan.confidence)
    frame = _possible(_without_sampling(frame, context), context)
    for name, code in (("department", place.department), ("country", COUNTRY)):
        # A reference of another year or series would be read as a gap that is not there.
        peer = _beside(rows[rows["municipio"] == code], own)
        beside = rows[rows["municipio"] == code]
        frame[name] = zones.like_with_like(own, peer["valor"], beside)
        peer_cases = peer["numerador"].to_numpy(dtype="float64", na_value=np.nan)
        frame[f"{name}_cases"] = np.where(
            indicators.few_cases(pd.Series(peer_cases), frame["multiplier"]), peer_cases, np.nan
        )
        made = (peer["fuente"] == indicators.CALCULATED).to_numpy(dtype=bool)
        frame[f"{name}_calculated"] = made
        frame[f"{name}_approximate"] = [
            bool(own_made and remarks.approximate(indicator, code))
            for indicator, own_made in zip(context.catalogue, made, strict=True)
        ]
    if place.is_department:
        frame[["department", "department_cases"]] = np.nan
    # What a territory typed is its report, whoever publishes figures of that kind.
    typed = own["fuente"].map(lambda name: isinstance(name, str) and unification.is_form(name))
    frame["source"] = frame["source"].mask(typed.to_numpy(dtype=bool), TYPED)
    frame["calculated"] = (own["fuente"] == indicators.CALCULATED).to_numpy(dtype=bool)
    frame["note"] = own["nota"].fillna("").to_numpy(dtype=object)
    # Nobody published the error of a mean that is made here of places with theirs.
    made_error = frame["calculated"] | frame["note"].map(aggregates.error_made).astype(bool)
    joined = made_error & (frame["basis"] == "published") & (not context.alone)
    frame["basis"] = frame["basis"].mask(joined, "joined")
    frame["approximate"] = [
        remarks.approximate(indicator, place.code) if made else ""
        for indicator, made in zip(context.catalogue, frame["calculated"], strict=True)
    ]
    frame["few_cases"] = indicators.few_cases(frame["numerator"], frame["multiplier"])
    frame["old"] = frame["year"] < (when - context.params.plan.baseline.oldest_years)
    unusable = criteria.scarce(context) if place.is_department else {}
    apart = criteria.set_aside(context)
    doubted = contradicted(context)
    frame["remark"] = [
        " ".join(
            filter(
                None,
                [
                    remarks.apart(
                        unusable.get(str(row["indicator"])),
                        str(row["indicator"]) not in apart,
                    ),
                    remarks.of(row, known[str(row["indicator"])], when, context),
                    doubted.get((place.code, str(row["indicator"]), _year(row["year"]))),
                ],
            )
        )
        for row in frames.records(frame)
    ]
    if context.alone and place.is_department:  # of one there is no sum, nor a mean
        frame["note"] = [re.sub(MADE, ONLY_ONE, note) for note in frame["note"]]
    return frame


def _year(value: float) -> int:
    """0 where there is none."""
    return 0 if np.isnan(value) else int(value)


def write_files(section: Section, folder: Path) -> list[Path]:
    """The table of ``baseline`` as CSV and XLSX for the council; the paths written.

    Of one or two cases they hold the cases and no rate, as the reports do.
    """
    table = section.tables["indicators"]
    columns = {
        "right": "Categoría de derechos",
        "objective": "Objetivo de política",
        "name": "Indicador",
        "shown_value": "Valor",
        "shown_cases": "Casos, donde son uno o dos",
        "unit": "Unidad",
        "year": "Año",
        "shown_low": "Límite inferior",
        "shown_high": "Límite superior",
        "basis_text": "Origen del intervalo",
        "shown_department": "Departamento",
        "department_made": "Departamento, aproximado",
        "shown_country": "País",
        "country_made": "País, aproximado",
        "target": "Meta",
        "source": "Fuente",
        "remark": "Observación",
        "note": "Nota de la fuente",
    }
    data = table.data[list(columns)].astype({"year": "int64"})
    numbers = data.select_dtypes("float64").columns
    data[numbers] = data[numbers].round(FILE_DECIMALS)
    csv, xlsx = (folder / name for name in FILES)
    spreadsheet.write_csv(csv, data, list(columns.values()))
    spreadsheet.write_xlsx(xlsx, data, list(columns.values()), sheet="Línea de base")
    return [csv, xlsx]


def _described(indicator: Indicator) -> dict[str, object]:
    return {
        "indicator": indicator.id,
        "name": indicator.name,
        "right": RIGHTS.get(indicator.right, CROSS_CUTTING),
        "right_id": indicator.right,
        "objective": (
            CROSS_CUTTING
            if indicator.objective == TRANSVERSAL
            else OBJECTIVES[indicator.objective][1]
        ),
        "unit": indicator.unit,
        "direction": DIRECTIONS[indicator.direction],
        "share": indicator.is_share,
        "multiplier": np.nan if indicator.multiplier is None else indicator.multiplier,
        "target": np.nan if indicator.target is None else indicator.target,
        "source": indicator.source.split(",")[0],
        "series": indicator.series,
    }


def _without_sampling(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Whoever was counted in full was not drawn: what the publisher gives no error has none. Nor
    has a minimum, or a figure that is not judged: chance alone would put bounds around what may be
    farther off than that."""
    made = frame["basis"] != "published"
    full = frame["indicator"].isin([i.id for i in context.catalogue if i.full_count]) & made
    known = {item.id: item for item in context.catalogue}
    minimum = pd.Series(
        [
            isinstance(series, str) and known[name].at_least(series) is not None
            for name, series in zip(frame["indicator"], frame["own_series"], strict=True)
        ],
        index=frame.index,
        dtype=bool,
    )
    apart = frame["unfit"].ne("") & frame["basis"].isin(("proportion", "rate"))
    columns = ["low", "high", "error"]
    basis = frame["basis"].mask(full, "full_count").mask(apart, "unfit").mask(minimum, "minimum")
    return frame.assign(
        **{name: frame[name].mask(full | minimum | apart) for name in columns}, basis=basis
    )


def _possible(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """No interval goes beyond what the indicator can be."""
    limits = np.array([item.limits for item in context.catalogue], dtype=np.float64)
    bounds = {name: frame[name].clip(*limits.T) for name in ("low", "high")}
    return frame.assign(**bounds)


def _beside(rows: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """The rows of a reference at the indicator, year and series of each of ``own``, in its order;
    empty where there is none."""
    link = ["indicador", "periodo", "serie"]
    rows = rows[(rows["area"] == Area.TOTAL) & rows["valor"].notna()].drop_duplicates(link)
    return rows.set_index(link).reindex(pd.MultiIndex.from_frame(own[link])).reset_index()


def _rights_without_data(frame: pd.DataFrame) -> list[str]:
    known = set(frame.loc[frame["value"].notna(), "right_id"])
    return [label for right, label in RIGHTS.items() if right not in known]


def _table(known: pd.DataFrame, context: Context) -> Table:
    order = {right: place for place, right in enumerate([*RIGHTS, TRANSVERSAL])}
    called = many(context.data.kinds)
    objectives = {label: place for place, (_, label) in enumerate(OBJECTIVES.values())}
    frame = known.assign(
        _right=known["right_id"].map(order),
        _objective=known["objective"].map(objectives).fillna(len(objectives)),
        basis_text=[BASES[basis].format(places=called) for basis in known["basis"]],
        value_text=[
            cases(row["numerator"])
            if row["few_cases"]
            else least(
                with_interval(row["value"], row["low"], row["high"], unit=row["unit"]),
                row["basis"] == "minimum",
            )
            for row in frames.records(known)
        ],
        remark_text=known["remark"].where(known["remark"] != "", "—"),
        shown_cases=known["numerator"].where(known["few_cases"]).astype("Int64"),
        **{f"shown_{n}": known[n].mask(known["few_cases"]) for n in ("value", "low", "high")},
    )
    frame["basis_text"] = frame["basis_text"].mask(frame["few_cases"], "—")
    for name in ("department", "country"):
        few = frame[f"{name}_cases"].notna()
        frame[f"shown_{name}"] = frame[name].mask(few)
        near = frame[f"{name}_approximate"].astype(bool)
        frame[f"{name}_made"] = [
            "" if np.isnan(value) else "sí" if made else "no"
            for value, made in zip(frame[name], near, strict=True)
        ]
        frame[f"{name}_text"] = [
            cases(number) if here else near_text(value, near)
            for value, number, here, near in zip(
                frame[name],
                frame[f"{name}_cases"],
                few,
                frame[f"{name}_approximate"],
                strict=True,
            )
        ]
    frame = frame.sort_values(["_right", "_objective", "name"], ignore_index=True)
    columns = {
        "right": Column("Derecho"),
        "name": Column("Indicador"),
        "value_text": Column("Valor (intervalo)"),
        "year": Column("Año", "year"),
        "department_text": Column("Departamento"),
        "country_text": Column("País"),
        "source": Column("Fuente"),
        "remark_text": Column("Observación"),
    }
    if context.against == "country":
        columns.pop("department_text")
    return Table(frame.drop(columns=["_right", "_objective"]), columns)


def _missing(missing: pd.DataFrame) -> Table:
    """One row a publisher: the indicators that it could give and that nobody reported."""
    frame = pd.DataFrame(
        [
            {
                "source": source,
                "names": clauses(list(part["name"])),
                "rights": ", ".join(dict.fromkeys(part["right"])),
                "indicators": len(part),
            }
            for source, part in missing.groupby("source", sort=True)
        ],
        columns=["source", "names", "rights", "indicators"],
    ).sort_values(["indicators", "source"], ascending=[False, True], ignore_index=True)
    return Table(
        frame,
        {"source": Column("Quién lo publica o reporta"), "names": Column("Indicadores sin dato")},
    )
