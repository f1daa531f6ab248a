"""Adopted actions that follow a rate of the catalogue, whose reports give it another value.

One rate has one state: where the series and the reports of the plan differ, both are told together,
so that nobody adjusts a strategy for the one and a goal for the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.analysis.keys import common
from gsi.analysis.plan.alike import alike
from gsi.analysis.plan.baseline import measured
from gsi.analysis.plan.candidates import value_text
from gsi.analysis.plan.catalogue import measures
from gsi.ground import locale
from gsi.ground.locale import fold

BOTH = (
    "La serie de «{name}» da {figure} en {year}; el último reporte de {action}, {reported} "
    "({cut}): conviene aclarar cuál se mide."
)


def told(plan: pd.DataFrame, context: Context) -> dict[str, dict[str, str]]:
    """Action of ``plan`` → indicator → the sentence with both values, where they differ by more
    than what makes a gap (``plan.proposal``)."""
    reports = common.until(context.data.own("avances"), "fecha_corte", context)
    reports = reports[reports["ejecutado"].notna()].sort_values("fecha_corte")
    last = {str(row["accion"]): row for row in reports.to_dict("records")}
    actions = plan[plan["accion"].isin(list(last))]
    if actions.empty:
        return {}
    known = measured(context, start=True)
    known = known[known["value"].notna() & ~known["few_cases"].astype(bool)]
    rows = {str(row["indicator"]): row for row in known.to_dict("records")}
    found: dict[str, dict[str, str]] = {}
    for action in actions.to_dict("records"):
        code = str(action["accion"])
        report, reported = last[code], float(last[code]["ejecutado"])
        for name in _followed(action, rows, context):
            if _apart(rows[name], reported, context):
                sentence = BOTH.format(
                    name=rows[name]["name"],
                    figure=value_text(rows[name]["value"], rows[name]["unit"]),
                    year=int(rows[name]["year"]),
                    action=code,
                    reported=value_text(reported, str(action["unidad"])),
                    cut=locale.date(report["fecha_corte"].date()),
                )
                found.setdefault(code, {})[name] = sentence
    return found


def _followed(
    action: Mapping[Any, Any], rows: Mapping[str, Mapping[Any, Any]], context: Context
) -> list[str]:
    """The indicators that an action follows by their name; or by the words of a measure that they
    call for, the same ages and the same unit."""
    named = fold(str(action["indicador"]))
    settings = context.params.plan.proposal.resemblance
    alone = pd.DataFrame([dict(action)])
    found = [name for name, row in rows.items() if fold(str(row["name"])) == named]
    for measure in measures(context.kept).measures:
        for name in measure.indicators:
            if (
                name in rows
                and name not in found
                and _same_ages(action, rows[name])
                and alike(measure.of(name), alone, settings)
            ):
                found.append(name)
    return found


def _same_ages(action: Mapping[Any, Any], row: Mapping[Any, Any]) -> bool:
    ages = re.findall(r"\d+", str(action["indicador"]))
    units = [fold(str(unit)) for unit in (action["unidad"], row["unit"])]
    short, long = sorted(units, key=len)
    return bool(ages) and ages == re.findall(r"\d+", str(row["name"])) and long.startswith(short)


def _apart(row: Mapping[Any, Any], reported: float, context: Context) -> bool:
    settings = context.params.plan.proposal
    value = float(row["value"])
    least = settings.worse_points if row["share"] else settings.worse_share * abs(value)
    return bool(np.abs(reported - value) > least)
