"""Why a figure, or what is read of it, is not judged: its own fault, or one that its family shows.

A coverage over 100 % shows that the people it is divided by are too few. Those of its family in the
same place and year are divided by people of the same projection: that they stand high, or rose, may
be only that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import Area, Verdict
from gsi.ground import frames
from gsi.ground.locale import enumeration, within
from gsi.inputs.indicators import unfit

CROWDED = (
    "En el mismo lugar y año, otra de las mismas tasas pasa de 100\N{NO-BREAK SPACE}% ({name}): la "
    "población por la que se dividen es menor que la real, y las hace ver más altas."
)

OF_ITS_PLACE = "El catálogo no compara el valor de un lugar con el de otro."
OF_REFERENCE = "La cifra con que se compararía: {why}"
MOVED = (Verdict.IMPROVED, Verdict.WORSENED, Verdict.CHANGED)


def reasons(rows: pd.DataFrame, known: Mapping[str, Indicator]) -> list[str]:
    """Why each figure (indicador, valor, nota) is not judged; '' where it may be."""
    return [
        unfit.why(value, note, known[name])
        for name, value, note in zip(rows["indicador"], rows["valor"], rows["nota"], strict=True)
    ]


def of_its_place(indicator: Indicator) -> str:
    """Why the value of one place says nothing against another's; '' where it does."""
    return "" if indicator.comparable else indicator.caution or OF_ITS_PLACE


def crowded(context: Context) -> dict[tuple[str, str, int], str]:
    """Place, family and year in which a share of the family passes 100 %, with the sentence that
    says so of the others."""
    return context.shared("crowded", _crowded, ("indicadores",))


def _crowded(context: Context) -> dict[tuple[str, str, int], str]:
    shares = {item.id: item for item in context.catalogue if item.is_share}
    rows = context.data.department("indicadores")
    rows = rows[(rows["area"] == Area.TOTAL) & (rows["valor"] > 100)]
    rows = rows[rows["indicador"].isin(list(shares))]
    found: dict[tuple[str, str, int], str] = {}
    for row in frames.records(rows.sort_values(["municipio", "periodo", "indicador"])):
        item = shares[row["indicador"]]
        place = (str(row["municipio"]), item.family, int(row["periodo"]))
        found.setdefault(place, CROWDED.format(name=within(item.name)))
    return found


def lifted(
    rows: Sequence[Mapping[Any, Any]], known: Mapping[str, Indicator], context: Context
) -> list[str]:
    """Why a high figure of each row (municipio, indicador, periodo) may be no merit; ''."""
    there = crowded(context)
    return [
        there.get((str(row["municipio"]), known[row["indicador"]].family, int(row["periodo"])), "")
        for row in rows
    ]


def beside_references(
    frame: pd.DataFrame, known: Mapping[str, Indicator], context: Context
) -> pd.DataFrame:
    """``own_unfit``: why each figure is not judged; ``unfit``: it or its reference; ``lifted`` and
    ``reference_lifted``: why that the one (the other) is the higher says nothing; '' where it may.

    ``frame``: municipio, indicador, periodo, valor, nota; of the reference, ``reference_place``,
    ``reference_value`` and ``reference_note``.
    """
    above = frame.assign(
        municipio=frame["reference_place"],
        valor=frame["reference_value"],
        nota=frame["reference_note"],
    )
    own, other = reasons(frame, known), reasons(above, known)
    return frame.assign(
        own_unfit=own,
        unfit=[
            mine or (OF_REFERENCE.format(why=within(theirs)) if theirs else "")
            for mine, theirs in zip(own, other, strict=True)
        ],
        lifted=lifted(frames.records(frame), known, context),
        reference_lifted=lifted(frames.records(above), known, context),
    )


def higher(row: Mapping[Any, Any]) -> str:
    """Of a row of :func:`beside_references` and its ``referencia``, why its difference may only be
    that the higher of both is divided by too few people; ''."""
    return str(row["lifted" if row["valor"] > row["referencia"] else "reference_lifted"])


def of_either(frame: pd.DataFrame, known: Mapping[str, Indicator]) -> list[str]:
    """Why the figures of each change are not judged, with the years of both where both are not; ''
    where both may.

    ``frame``: indicator and, with ``_a`` and ``_b``, value, note and year.
    """
    sides = []
    for suffix in ("_a", "_b"):
        rows = frame[["indicator", f"value{suffix}", f"note{suffix}"]]
        found = reasons(rows.set_axis(["indicador", "valor", "nota"], axis=1), known)
        sides.append(list(zip(frame[f"year{suffix}"], found, strict=True)))
    return [_dated(*both) for both in zip(*sides, strict=True)]


def _dated(*told: tuple[float, str]) -> str:
    """``En 2018 y 2024: pasa de 100 %…``: each reason once, with the years that have it."""
    years: dict[str, list[str]] = {}
    for when, why in told:
        if why:
            years.setdefault(why, []).append(str(int(when)))
    return " ".join(f"En {enumeration(when)}: {within(why)}" for why, when in years.items())


def risen(frame: pd.DataFrame, known: Mapping[str, Indicator], context: Context) -> pd.DataFrame:
    """``lifted``: why that the one of the two figures is the higher may be of the people it is
    divided by; no ``verdict`` of those."""
    later = np.where(frame["difference"] > 0, frame["year_b"], frame["year_a"])
    rows = frame.assign(
        municipio=context.territory.code, indicador=frame["indicator"], periodo=later
    )
    moved = frame["verdict"].isin(MOVED)
    found = lifted(frames.records(rows.assign(periodo=rows["periodo"].fillna(0))), known, context)
    told = pd.Series(found, frame.index, dtype="str").where(moved, "")
    return frame.assign(lifted=told, verdict=frame["verdict"].mask(told != "", Verdict.NOT_JUDGED))
