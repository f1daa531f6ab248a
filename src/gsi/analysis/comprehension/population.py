"""C2: who lives here: ages, sexes, the groups of the strategy, their weight and their families.

Facts: ``known`` (there is a population), ``edition`` (of DANE's projections), ``seam`` (the year in
which its file joins two series, between both years shown, where that shows here: ``seam_growth``
and ``seam_beside``, %), ``year``,
``follow_up_year``, ``total``; for each group of
:data:`gsi.analysis.comprehension.people.GROUPS` (``ninez`` is 0-17) its people, ``_share`` (% of
the total), ``_follow_up`` and ``_change`` (%); ``horizon_year`` and, where ``horizon_known``, for
each group ``_horizon`` and ``_horizon_share``;
``horizon_own``: the projection is the workbook's own, as no source publishes that year, with the
births trend or without it, whichever erred less for 0-17 one interval earlier: one form for all
groups, so that they add up (``has_back_test``, ``back_test_year``, ``back_test_error`` of 0-17 in
%; ``born_ages``: who is repeated without the
trend); ``families_*`` where households are known. Tables: ``groups``, ``pyramid``,
``municipalities`` (departments), ``families``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import people, projection
from gsi.analysis.comprehension.people import GROUPS, OLDEST
from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Gap, Section, Table, count, flag, percent, text, year
from gsi.analysis.steps import step
from gsi.contract.places import with_article
from gsi.inputs.indicators import unification
from gsi.measure.disclosure import suppress

BAND = 5
FAMILY_GROUPS = ("primera_infancia", "infancia", "adolescencia", "ninez")


@step
def population(context: Context) -> Section:
    """Pyramid, groups and change from the projections; families from the households."""
    table = people.rows(context)
    own = table[table["municipio"].isin(people.own_codes(context))]
    family_facts, family_tables, gaps = _families(context)
    if own.empty:
        why = "sin ella no se sabe cuántas niñas, niños y jóvenes viven en el territorio"
        known = family_facts if family_tables else {}
        return Section("population", known, family_tables, [Gap("poblacion", why), *gaps])
    first = people.period(own["periodo"], context.years.baseline)
    last = people.period(own["periodo"], context.years.follow_up)
    horizon, ahead, computed = projection.horizon(own, first, last)
    tested = projection.back_test(own, first, last) if computed else {}
    groups = _groups(table, own, first, last).assign(
        horizonte=[
            projection.ahead(ahead, tested.get(key), low, high)
            for key, (_, low, high) in GROUPS.items()
        ],
        error=[tested[key].error if key in tested else np.nan for key in GROUPS],
    )
    everybody = projection.ahead(ahead, tested.get(projection.EVERYBODY), 0, OLDEST)
    groups["share_ahead"] = 100 * groups["horizonte"] / everybody
    before, after = groups["personas_seguimiento"], groups["horizonte"]
    groups["change_ahead"] = [projection.change(*pair) for pair in zip(before, after, strict=True)]
    total = float(people.counts(own, first, (0, OLDEST)).sum())
    facts: dict[str, Fact] = {
        "year": year(first),
        "follow_up_year": year(last),
        "known": flag(True),
        "projected": flag(last > first),
        "source": text(", ".join(sorted(own["fuente"].unique()))),
        "edition": text(_edition(own)),
        **projection.seam(own, first, last),
        "total": count(total),
        "horizon_year": year(horizon),
        "horizon_known": flag(ahead is not None),
        "horizon_own": flag(computed),
        "has_back_test": flag(bool(tested)),
        "back_test_year": year(first - projection.span(last - first) if last > first else None),
        "ratios_year": year(last - projection.span(last - first) if last > first else None),
        "back_test_error": percent(abs(tested["ninez"].error) if tested else None),
        "back_test_over": flag(bool(tested) and tested["ninez"].error > 0),
        # Of the children not born yet nothing else is known.
        "births_kept": flag(computed and not (tested and tested["ninez"].births_trend)),
        "early_error": percent(abs(tested["primera_infancia"].error) if tested else None),
        "early_over": flag(bool(tested) and tested["primera_infancia"].error > 0),
        **(projection.born(first, last) if computed else {}),
        **(projection.distance(own, first, last) if computed else {}),
    }
    for row in groups.to_dict("records"):
        key = row["grupo"]
        facts[key] = count(row["personas"])
        facts[f"{key}_share"] = percent(row["peso"])
        facts[f"{key}_follow_up"] = count(row["personas_seguimiento"])
        facts[f"{key}_change"] = percent(row["cambio"])
        facts[f"{key}_horizon"] = count(row["horizonte"])
        facts[f"{key}_horizon_share"] = percent(row["share_ahead"])
    tables = {
        "groups": Table(
            groups,
            _group_columns(
                context, first, last, horizon if ahead is not None else None, bool(tested)
            ),
        ),
        "pyramid": _pyramid(own, first, last),
        **family_tables,
    }
    if context.territory.is_department:
        tables["municipalities"] = _municipalities(context, own, first)
    return Section("population", {**facts, **family_facts}, tables, gaps)


def _sizes(frame: pd.DataFrame) -> Callable[..., float]:
    """People of ``frame`` in a year, of ages (both inclusive) and, if named, of one sex; asked many
    times, over plain arrays."""
    period, age = frame["periodo"].to_numpy(), frame["edad"].to_numpy()
    number = frame["personas"].to_numpy("float64")
    of_sex = {sex: (frame["sexo"] == sex).to_numpy(bool) for sex in ("hombre", "mujer")}

    def size(when: int, ages: tuple[int, int], sex: str | None = None) -> float:
        chosen = (period == when) & (age >= ages[0]) & (age <= ages[1])
        return float(number[chosen if sex is None else chosen & of_sex[sex]].sum())

    return size


def _groups(table: pd.DataFrame, own: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    # The whole department over decades would be searched for every group.
    department = _sizes(table[table["periodo"] == first])
    size = _sizes(own[own["periodo"].isin([first, last])])
    total, whole = size(first, (0, OLDEST)), department(first, (0, OLDEST))
    records = []
    for key, (label, low, high) in GROUPS.items():
        ages = (low, high)
        here, then = size(first, ages), size(last, ages)
        records.append(
            {
                "grupo": key,
                "etiqueta": label,
                "hombres": size(first, ages, "hombre"),
                "mujeres": size(first, ages, "mujer"),
                "personas": here,
                "peso": 100 * here / total,
                "department_share": 100 * department(first, ages) / whole,
                "personas_seguimiento": then,
                "cambio": projection.change(here, then),
            }
        )
    return pd.DataFrame(records)


def _group_columns(
    context: Context, first: int, last: int, horizon: int | None, tested: bool
) -> dict[str, Column]:
    columns = {
        "etiqueta": Column("Grupo"),
        "personas": Column(f"Personas {first}", "count"),
        "peso": Column(f"Peso en {with_article(context.territory.name)}", "percent", 1),
    }
    if not context.territory.is_department:
        columns["department_share"] = Column(
            f"Peso en {with_article(context.territory.department_name)}", "percent", 1
        )
    if last > first:
        columns["personas_seguimiento"] = Column(f"Personas {last}", "count")
        columns["cambio"] = Column("Cambio", "percent", 1)
    if horizon is not None:
        columns["horizonte"] = Column(f"Personas {horizon}", "count")
        columns["change_ahead"] = Column(f"Cambio desde {last}", "percent", 1)
    if tested:
        columns["error"] = Column(f"Error al probarlo en {last}", "percent", 1)
    return columns


def _pyramid(own: pd.DataFrame, first: int, last: int) -> Table:
    chosen = own[own["periodo"].isin([first, last])]
    band = (chosen["edad"] // BAND * BAND).clip(upper=OLDEST)
    every = pd.MultiIndex.from_product(
        [sorted(chosen["periodo"].unique()), range(0, OLDEST + 1, BAND)], names=["periodo", "desde"]
    )
    table = (
        chosen.assign(desde=band)
        .groupby(["periodo", "desde", "sexo"])["personas"]
        .sum()
        .unstack("sexo")
        # Ages that the table does not tell of have their row, without people.
        .reindex(index=every, columns=["hombre", "mujer"])
        .reset_index()
    )
    table["edades"] = [
        f"{start} y más" if start == OLDEST else f"{start}-{start + BAND - 1}"
        for start in table["desde"]
    ]
    table["age_order"] = table.pop("desde")
    return Table(
        table,
        {
            "periodo": Column("Año", "year"),
            "edades": Column("Edades"),
            "hombre": Column("Hombres", "count"),
            "mujer": Column("Mujeres", "count"),
        },
    )


def _municipalities(context: Context, own: pd.DataFrame, first: int) -> Table:
    def counted(low: int, high: int) -> pd.Series:
        # Codes as text: categories of two selections need not be the same.
        found = people.counts(own, first, (low, high))
        return found.set_axis(found.index.astype("str"))

    table = pd.DataFrame({"total": counted(0, OLDEST)})
    for key, (_, low, high) in GROUPS.items():
        table[key] = counted(low, high).reindex(table.index)
    table["children_share"] = 100 * table["ninez"] / table["total"]
    table = table.rename_axis("municipio").reset_index()
    table.insert(1, "nombre", table["municipio"].map(context.data.names))
    table = table.sort_values(["children_share", "municipio"], ascending=[False, True])
    return Table(
        table.reset_index(drop=True),
        {
            "nombre": Column("Municipio"),
            "total": Column(f"Personas {first}", "count"),
            "ninez": Column("0 a 17 años", "count"),
            "children_share": Column("Peso de 0 a 17", "percent", 1),
            "jovenes_estrategia": Column("18 a 26 años", "count"),
            "juventud_ley": Column("14 a 28 años", "count"),
        },
    )


def _families(context: Context) -> tuple[dict[str, Fact], dict[str, Table], list[Gap]]:
    """Households with children, weighted; decided on the department so reports agree."""
    homes = context.data.department("hogares")
    members = context.data.department("personas")
    why = "sin ellas no se sabe cuántas familias tienen niñas, niños y adolescentes"
    if homes.empty or members.empty or not context.data.has("hogares"):
        missing = "hogares" if homes.empty or not context.data.has("hogares") else "personas"
        return {"families_available": flag(False)}, {}, [Gap(missing, why)]
    cut = people.period(homes["corte"], context.years.baseline)
    homes = homes[homes["corte"] == cut].set_index("hogar")
    if not homes["municipio"].isin(people.own_codes(context)).any():
        return {"families_available": flag(False)}, {}, [Gap("hogares", why)]
    members = members[members["corte"] == cut]
    counted = pd.DataFrame(index=homes.index)
    for key in FAMILY_GROUPS:
        _, low, high = GROUPS[key]
        inside = members.loc[members["edad"].between(low, high), "hogar"]
        counted[key] = counted.index.isin(inside)
    by = homes["municipio"]
    weight = homes["peso"].astype("float64")
    sample = by.value_counts().sort_index()
    table = pd.DataFrame(
        {"hogares": sample, "estimated_homes": weight.groupby(by).sum()}
    ).rename_axis("municipio")
    sums = {"hogares": sample.sum(), "estimated_homes": weight.sum()}
    department = context.territory.department
    table.loc[department] = sums
    threshold = context.params.disclosure.threshold
    for key in FAMILY_GROUPS:
        yes = counted[key].groupby(by).sum().reindex(sample.index).astype("int64")
        cells = pd.DataFrame({"con": yes, "sin": sample - yes, "hogares": sample})
        cells.loc[department] = cells.sum()
        rule = suppress(cells, threshold, rows_total="hogares", columns_total=department)
        expanded = (weight * counted[key]).groupby(by).sum()
        expanded[department] = expanded.sum()
        withheld = rule.mask[["con", "sin", "hogares"]].any(axis=1)
        table[f"{key}_hogares"] = expanded.mask(withheld)
        table[f"{key}_parte"] = 100 * table[f"{key}_hogares"] / table["estimated_homes"]
        table.loc[rule.mask["hogares"], ["hogares", "estimated_homes"]] = np.nan
    table = table.reset_index()
    names = {**context.data.names, department: context.territory.department_name}
    table.insert(1, "nombre", table["municipio"].map(names))
    place = context.territory
    shown = table[table["municipio"].isin([place.code, department])]
    own = table[table["municipio"] == place.code].iloc[0]
    told = own[["hogares", "ninez_parte", "primera_infancia_parte"]]
    facts = {
        "families_available": flag(True),
        "families_shown": flag(bool(told.notna().all())),
        "families_year": year(cut),
        "families_sample": count(own["hogares"]),
        "families_ninez_share": percent(own["ninez_parte"]),
        "families_primera_infancia_share": percent(own["primera_infancia_parte"]),
    }
    listed = table if place.is_department else shown
    columns = {
        "nombre": Column("Territorio"),
        "hogares": Column("Hogares encuestados", "count"),
        "ninez_parte": Column("Con personas de 0 a 17", "percent", 1),
        "primera_infancia_parte": Column("Con personas de 0 a 5", "percent", 1),
        "adolescencia_parte": Column("Con personas de 12 a 17", "percent", 1),
    }
    return facts, {"families": Table(listed.reset_index(drop=True), columns)}, []


def _edition(rows: pd.DataFrame) -> str | None:
    """Which edition of the projections the people are of; None where it is not DANE's."""
    found = [unification.EDITIONS[name] for name in sorted(rows["fuente"].unique())
             if name in unification.EDITIONS]  # fmt: skip
    return " y ".join(found) or None
