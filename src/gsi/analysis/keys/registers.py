"""Multidimensional poverty in the territory's register of people; only aggregates come here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.labels import with_interval
from gsi.analysis.results import Column, Fact, Section, Table, count, decimal, flag, percent, year
from gsi.contract.params.registers import RegisterSettings
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs import registers
from gsi.inputs.registers.engine import MUNICIPALITY
from gsi.measure.decomposition import WHOLE
from gsi.measure.disclosure import Suppression, suppress
from gsi.measure.poverty import Scheme

CELLS = ["poor", "other"]


def register(context: Context, raw: Path) -> Section:
    """Section ``register``: H, A and M0 of the people of the register that the parameters declare.

    ``raw``: the input folder. Without a declared register the section only says so. Raises
    :class:`UserMistake` when the file is not there or is not as declared.
    """
    settings = context.params.plan.person_register
    if settings is None:
        return Section("register", {"exists": flag(False)})
    check(context, raw)
    poverty = context.params.plan.poverty
    scheme = Scheme.of({name: item.weight for name, item in poverty.privations.items()}, poverty.k)
    path = _file(settings, raw)
    found = registers.breakdown(path, settings, scheme, context.params.plan.confidence)
    measures, privations = found.measures, found.indicators
    place = context.territory
    group, value = (WHOLE, WHOLE) if place.is_department else (MUNICIPALITY, place.code)
    own = measures[(measures["group"] == group) & (measures["value"] == value)]
    facts: dict[str, Fact] = {
        "exists": flag(True),
        "cut": year(settings.cut),
        "any": flag(not own.empty),
    }
    if own.empty:
        return Section("register", facts)
    decided = {name: _decide(measures, name, context) for name in (MUNICIPALITY, *settings.groups)}
    hidden = _withheld(decided[MUNICIPALITY], common.TOTAL if group == WHOLE else value)
    row = own.iloc[0]
    facts |= {
        "people": count(int(row["rows"])),
        "shown": flag(not hidden),
    }
    for key, name, kind in (("h", "H", percent), ("a", "A", percent), ("m0", "M0", decimal)):
        for end, column in (("", name), ("_low", f"{name}_low"), ("_high", f"{name}_high")):
            number = None if hidden else float(row[column]) * 100
            facts[f"{key}{end}"] = kind(number, 1)
    tables = {"privations": _privations(privations, group, value, context, hidden)}
    if place.is_department:
        tables["groups"] = _groups(measures, decided, context)
    return Section("register", facts, tables)


def check(context: Context, raw: Path) -> None:
    """:class:`UserMistake` when the declared register is not there or leaves privations unsaid."""
    settings = context.params.plan.person_register
    if settings is None:
        return
    _file(settings, raw)
    missing = [n for n in context.params.plan.poverty.privations if n not in settings.privations]
    if missing:
        raise UserMistake(
            Finding(
                "parámetros, plan.person_register.privations",
                "debe decir cómo se sabe cada privación del índice",
                f"faltan {', '.join(missing)}",
                "Agréguelas; docs/registros.md tiene ejemplos.",
            )
        )


def _file(settings: RegisterSettings, raw: Path) -> Path:
    path = (raw / settings.file).resolve()
    if not path.is_relative_to(raw.resolve()) or not path.is_file():
        raise UserMistake(
            Finding(
                "parámetros, plan.person_register.file",
                "el registro debe estar en la carpeta de datos, en la subcarpeta registros/",
                settings.file,
                "Copie el archivo allí o corrija su nombre.",
            )
        )
    return path


def _decide(measures: pd.DataFrame, group: str, context: Context) -> Suppression:
    """Disclosure control of poor and other people by the values of a group, with their totals."""
    rows = measures[measures["group"] == group]
    other = rows["rows"] - rows["poor_rows"]
    table = pd.DataFrame(
        {"poor": rows["poor_rows"].to_numpy(), "other": other.to_numpy()},
        index=[str(value) for value in rows["value"]],
    )
    table[common.TOTAL] = table.sum(axis=1)
    table.loc[common.TOTAL] = table.sum(axis=0)
    return suppress(
        table,
        context.params.disclosure.threshold,
        rows_total=common.TOTAL,
        columns_total=common.TOTAL,
    )


def _withheld(decided: Suppression, row: str) -> bool:
    return bool(decided.mask.loc[row, CELLS].any())


def _privations(
    privations: pd.DataFrame, group: str, value: Any, context: Context, hidden: bool
) -> Table:
    """Privation → people who have it (%) and its share of poverty (%); small counts withheld."""
    threshold = context.params.disclosure.threshold
    rows = privations[(privations["group"] == group) & (privations["value"] == value)]
    few = pd.Series(hidden, index=rows.index)
    for column in ("rows", "poor_rows"):
        few |= rows[column].between(1, threshold - 1)
    few |= (rows["rows"] - rows["poor_rows"]).between(1, threshold - 1)
    labels = {name: item.label for name, item in context.params.plan.poverty.privations.items()}
    frame = pd.DataFrame(
        {
            "indicator": rows["indicator"].to_numpy(),
            "label": [labels[name] for name in rows["indicator"]],
            "headcount": (rows["headcount"] * 100).mask(few).to_numpy(),
            "share": (rows["contribution"] * 100).mask(few).to_numpy(),
            "why": np.where(few, common.RESERVED, ""),
        }
    ).sort_values(["share", "indicator"], ascending=[False, True], ignore_index=True)
    for name, digits in (("headcount", 1), ("share", 0)):
        frame[f"{name}_text"] = common.explained(frame[name], frame["why"], digits=digits)
    return Table(
        frame,
        {
            "label": Column("Privación"),
            "headcount_text": Column("La tienen (%)"),
            "share_text": Column("Peso en la pobreza (%)"),
        },
    )


def _groups(
    measures: pd.DataFrame,
    decided: dict[str, Suppression],
    context: Context,
) -> Table:
    """One row a municipality and subgroup: people, H and M0 with limits, share of poverty."""
    rows = []
    for row in measures[measures["group"] != WHOLE].to_dict("records"):
        group, value = str(row["group"]), str(row["value"])
        hide = _withheld(decided[group], value)
        h, low, high = (100 * float(row[name]) for name in ("H", "H_low", "H_high"))
        rows.append(
            {
                "group": group,
                "value": value,
                "label": context.data.names.get(value, value) if group == MUNICIPALITY else value,
                "group_label": "Municipio" if group == MUNICIPALITY else group,
                "people": np.nan if hide else row["rows"],
                "H": np.nan if hide else h,
                "M0": np.nan if hide else 100 * row["M0"],
                "contribution": np.nan if hide else 100 * row["contribution"],
                "h_text": common.RESERVED if hide else with_interval(h, low, high),
                "why": common.RESERVED if hide else "",
            }
        )
    frame = pd.DataFrame(rows)
    frame["people_text"] = common.explained(frame["people"], frame["why"], "count")
    for name, digits in (("M0", 1), ("contribution", 0)):
        frame[f"{name.lower()}_text"] = common.explained(frame[name], frame["why"], digits=digits)
    return Table(
        frame,
        {
            "group_label": Column("Grupo"),
            "label": Column("Valor"),
            "people_text": Column("Personas"),
            "h_text": Column("Pobres (%)"),
            "m0_text": Column("Pobreza ajustada (0-100)"),
            "contribution_text": Column("De la pobreza (%)"),
        },
    )
