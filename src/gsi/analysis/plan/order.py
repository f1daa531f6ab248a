"""In which order actions are proposed, and the words that let a reader check it.

Groups first: what is known for sure to be behind comes before what may be chance, and a norm from
which everybody is far comes after both. Within a group, the largest first: distances of indicators
are in units of the spread between places of the country, those of a key or of attention the part
that is missing to what is expected; the bonuses of ``plan.proposal`` are added to either. Ties: the
catalogue's order. How many people are behind each gap is not used: homes, births, students and
cases of different years do not add up to one scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from gsi.analysis.context import Context
from gsi.analysis.results import write_value
from gsi.ground import locale
from gsi.inputs.indicators import noise

Group = Literal["worse", "attention", "key", "behind", "norm", "silence"]
LABELS: dict[Group, str] = {
    "worse": "Peor {than}",
    "attention": "Casos registrados que piden atención",
    "key": "Lejos de lo que se espera de una clave",
    "behind": "Detrás {of}; puede ser azar",
    "norm": "Lejos de la meta de una norma",
    "silence": "Por reportar",
}
UNJUDGED = "Detrás {of}; no se sabe si es azar"
NUMBERS = {group: number for number, group in enumerate(LABELS, start=1)}


def sort_key(candidate: Mapping[str, Any]) -> tuple[int, bool, float]:
    """Smaller goes first; sorting must be stable. ``score`` is the distance with its bonuses."""
    size = float(candidate.get("score", candidate["distance"]))
    return NUMBERS[candidate["group"]], bool(np.isnan(size)), -np.nan_to_num(size)


def basis(candidate: Mapping[str, Any], reference: str | None, context: Context) -> str:
    """``1. Peor que el departamento: 3,13 desviaciones``: what puts the action in its place."""
    group: Group = candidate["group"]
    unjudged = group == "behind" and not candidate["judged"]
    label = (UNJUDGED if unjudged else LABELS[group]).format(
        than=f"que {reference}",
        of=locale.contracted("de", reference or ""),
    )
    told = f"{NUMBERS[group]}. {label}"
    distance = float(candidate["distance"])
    if not np.isnan(distance):
        told += ": " + (
            f"{write_value(distance, 'decimal', 2)} desviaciones"
            if candidate["group"] in ("worse", "behind", "norm")
            else f"falta {write_value(100 * distance, 'percent', 0)} de lo esperado"
        )
    settings = context.params.plan.proposal
    added = [
        f"más {write_value(bonus, 'decimal', 2)}, {why}"
        for bonus, why, holds in (
            (settings.worsened_bonus, "porque empeoró", candidate["worsened"]),
            (settings.voice_bonus, "porque la nombran los actores", candidate["voiced"]),
        )
        if holds and bonus and not np.isnan(distance)
    ]
    return "; ".join([told, *added])


def among(level: str, context: Context) -> str:
    """The places whose spread is the unit of distances, after "entre"."""
    places = "departamentos" if level == noise.DEPARTMENT else "municipios"
    return f"los {places} {'del ejemplo' if context.territory.fictional else 'del país'}"
