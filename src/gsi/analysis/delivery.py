"""Who delivered what: the municipalities behind what a department says of its forms.

A municipality without rows in a form was silent: it did not say that it has nothing. So no sum,
rank, gap, zero or figure per person of a department counts it, and each names who stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.results import Column, Fact, Section, Table, count, flag, text
from gsi.analysis.steps import step
from gsi.contract import places
from gsi.contract import tables as contract
from gsi.contract.vocabulary import Area
from gsi.ground.locale import enumeration, number
from gsi.inputs.data import Data

# Forms behind the state of each key; the first needs none.
KEY_FORMS = {
    2: ("formacion",),
    3: ("servicios", "rutas", "casos", "personas", "atenciones"),
    4: ("jornadas", "personas", "atenciones"),
    5: ("actores", "convocatoria", "compromisos"),
}
MOST_NAMES = 6  # beyond them a list of municipalities is given by its number
YES, NO = "•", "–"
NOBODY = "nadie"


@dataclass(frozen=True)
class Delivery:
    """Codes of the territory's municipalities with rows and without, in order; ``own``: rows of
    the whole department (its two-digit code)."""

    reported: list[str]
    silent: list[str]
    own: bool

    def by(self, context: Context) -> str | None:
        """Who reported, to follow a colon: '2 de 47 municipios, Ataco y Planadas'; None nobody."""
        total = len(self.reported) + len(self.silent)
        if self.silent:
            some = f"{number(len(self.reported))} de {counted(total, context)}"
        else:
            only = f"su único {places.one(context.data.kinds)}"
            some = f"los {counted(total, context)}" if total > 1 else only
        few, missing = len(self.reported), len(self.silent)
        if missing and 0 < few <= MOST_NAMES:
            some += f", {written(self.reported, context)}"
        elif missing and few and missing <= MOST_NAMES:
            some += f", todos menos {written(self.silent, context)}"
        if not self.own and not self.silent and not context.territory.is_department:
            return places.the(context.territory)
        if self.own:
            return f"el departamento y {some}" if self.reported else "solo el departamento"
        return some if self.reported else None


def counted(size: int, context: Context) -> str:
    """``1 municipio``, ``47 municipios`` of the department
    (:func:`gsi.contract.places.counted`).
    """
    return places.counted(size, context.data.kinds)


def written(codes: Sequence[str], context: Context) -> str:
    """Municipalities by name, or how many where they are too many to name."""
    if len(codes) > MOST_NAMES:
        return counted(len(codes), context)
    return enumeration([context.data.names[code] for code in codes])


def delivered(rows: pd.DataFrame, context: Context) -> Delivery:
    """Who stands behind ``rows``, which have a column ``municipio``."""
    return of(rows["municipio"], context)


def of(codes: Iterable[str], context: Context) -> Delivery:
    """Who stands behind rows with these codes."""
    seen = {str(code) for code in codes}
    place = context.territory
    mine = list(context.data.names) if place.is_department else [place.code]
    return Delivery(
        [code for code in mine if code in seen],
        [code for code in mine if code not in seen],
        place.is_department and place.code in seen,
    )


def enough(found: Delivery, context: Context) -> bool:
    """Whether those who reported can speak for the territory: the department itself did, or
    ``keys.quorum`` of its municipalities, or municipalities with that part of its people."""
    reported = bool(found.reported)
    if found.own or not context.territory.is_department:
        return found.own or reported
    least = context.params.keys.quorum
    if not reported or len(found.reported) >= least * len(context.data.names):
        return reported
    people = context.data.department("poblacion")
    people = people[(people["area"] == Area.TOTAL) & people["municipio"].isin(context.data.names)]
    people = people[people["periodo"] <= context.years.follow_up]
    last = people[people["periodo"] == people["periodo"].max()]
    whole = int(last["personas"].sum())
    some = int(last.loc[last["municipio"].isin(found.reported), "personas"].sum())
    return bool(whole) and some >= least * whole


def facts(found: Delivery, context: Context, prefix: str = "") -> dict[str, Fact]:
    """``by`` (who reported, in words) and ``partial`` (some reported, and some municipality of the
    department was silent); each name after ``prefix``."""
    some = bool(found.reported) or found.own
    partial = context.territory.is_department and some and bool(found.silent)
    return {
        f"{prefix}by": text(found.by(context)),
        f"{prefix}partial": flag(partial),
    }


@step
def delivery(context: Context) -> Section:
    """Which forms each municipality reported.

    Facts: ``any``, ``shown`` (in a department with any), ``forms`` (asked), ``uneven``, ``fewest``,
    ``most`` and ``fewest_names`` (forms a municipality delivered), those of :func:`facts` over all
    forms, ``<form>_by`` and ``<form>_partial``, ``key_<n>_by`` and ``key_<n>_partial`` over the
    forms of a key; ``who`` and ``<form>_who``: the same, 'nadie' where nobody reported;
    ``<form>_enough`` (:func:`enough`).
    Tables of a department with any form: ``forms`` (a row a form, numbered) and ``matrix`` (a row a
    place that reported any, a column a number).
    """
    asked = list(context.params.forms.order)
    place = context.territory
    found = {name: delivered(placed(context.data, name), context) for name in asked}
    groups = {f"key_{key}": forms for key, forms in KEY_FORMS.items()} | {n: (n,) for n in asked}
    by = {
        name: together([found[each] for each in forms], context) for name, forms in groups.items()
    }
    everybody = together(found.values(), context)
    made: dict[str, Fact] = {
        "any": flag(any(each.reported or each.own for each in found.values())),
        "forms": count(len(asked)),
        **facts(everybody, context),
        **{f"{name}_by": text(each.by(context)) for name, each in by.items()},
        "who": text(everybody.by(context) or NOBODY),
        **{f"{name}_who": text(found[name].by(context) or NOBODY) for name in asked},
        **{f"{name}_enough": flag(enough(found[name], context)) for name in asked},
        **{f"{name}_partial": facts(each, context)["partial"] for name, each in by.items()},
    }
    made["shown"] = flag(place.is_department and bool(made["any"].value))
    if not place.is_department:
        return Section("delivery", made)
    if not made["shown"].value:
        return Section("delivery", made)
    made |= _range(found, everybody, context)
    return Section(
        "delivery",
        made,
        {"forms": _forms(found, context), "matrix": _matrix(found, everybody, context)},
    )


def _range(found: Mapping[str, Delivery], everybody: Delivery, context: Context) -> dict[str, Fact]:
    """The fewest and the most forms that a municipality delivered, of those that did any, and who
    delivered the fewest: that all reported something is not that all reported everything."""
    given = {code: sum(code in each.reported for each in found.values())
             for code in everybody.reported}  # fmt: skip
    least, most = min(given.values(), default=0), max(given.values(), default=0)
    fewest = [code for code, number in given.items() if number == least]
    return {
        "uneven": flag(least < most),
        "fewest": count(least),
        "most": count(most),
        "fewest_names": text(written(fewest, context) if fewest else None),
    }


def together(found: Iterable[Delivery], context: Context) -> Delivery:
    """Who stands behind any of several deliveries."""
    every = list(found)
    either = of([code for each in every for code in each.reported], context)
    return Delivery(either.reported, either.silent, any(each.own for each in every))


def placed(data: Data, name: str) -> pd.DataFrame:
    """The territory's rows of a form with the ``municipio`` they belong to."""
    rows = data.own(name)
    if "municipio" in rows.columns:
        return rows
    key, parent = Data.PARENTS[name]
    owners = data.versions() if parent == "plan_accion" else data.own(parent)
    place = owners.drop_duplicates(key).set_index(key)["municipio"]
    return rows.assign(municipio=rows[key].map(place)).dropna(subset=["municipio"])


def _title(name: str) -> str:
    return contract.schema(name).title


def _forms(found: dict[str, Delivery], context: Context) -> Table:
    """A row a form: its number in the matrix, whether the department filled one, and who did."""
    frame = pd.DataFrame(
        {
            "form": list(found),
            "number": range(1, len(found) + 1),
            "title": [_title(name) for name in found],
            "own": [YES if each.own else NO for each in found.values()],
            "municipalities": [len(each.reported) for each in found.values()],
            "who": [
                written(each.reported, context) if each.silent and each.reported else
                "todos" if each.reported else "ninguno"
                for each in found.values()
            ],
        }
    )  # fmt: skip
    return Table(
        frame,
        {
            "number": Column("N.º", "count"),
            "title": Column("Formulario"),
            "own": Column("Departamento"),
            "municipalities": Column("Municipios", "count"),
            "who": Column("Cuáles"),
        },
    )


def _matrix(found: dict[str, Delivery], everybody: Delivery, context: Context) -> Table:
    codes = [context.territory.code] * everybody.own + everybody.reported
    cells = np.array(
        [
            [each.own if code == context.territory.code else code in each.reported
             for each in found.values()]
            for code in codes
        ]
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "municipio": codes,
            "name": [context.data.names.get(code, "Departamento") for code in codes],
            "delivered": cells.sum(axis=1),
        }
    )
    numbers = {name: str(position) for position, name in enumerate(found, start=1)}
    for column, name in enumerate(found):
        frame[name] = [YES if cell else NO for cell in cells[:, column]]
    return Table(
        frame,
        {"name": Column("Quién"), "delivered": Column("Formularios", "count")}
        | {name: Column(label) for name, label in numbers.items()},
    )
