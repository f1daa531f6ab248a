"""Whether what is proposed resembles an action that the plan in force already has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from gsi.contract.params.measures import Measure
from gsi.ground.locale import fold

LETTERS = 5  # of a word that tell it from others: ``adolescente``, ``adolescencia``
COMMON = 2  # words of the measure that an action alike has too
# Whom every plan is for, and how every action is told: they tell no action from another.
OF_ALL = frozenset(
    [
        "ninas",
        "ninos",
        "ninez",
        "adoles",
        "joven",
        "jovene",
        "person",
        "hogare",
        "famili",
        "munici",
        "depart",
        "territ",
        "atenci",
        "atende",
        "hacer",
        "reali",
        "donde",
        "desde",
        "hasta",
        "sobre",
        "entre",
        "todas",
        "todos",
        "quiene",
        "tiene",
        "nuevo",
        "nueva",
        "social",
        "servi",
        "antes",
        "despu",
        "cada",
        "para",
        "tiempo",
        "cupos",
        "sesio",
    ]
)


def covered(candidate: Mapping[str, Any], plan: pd.DataFrame) -> bool:
    """Whether the plan in force has an action on what the measure would change, or the measure."""
    actions = tuple({fold(candidate["measure"].action), fold(candidate["general"])})
    outcome = fold(candidate["outcome"])
    return any(
        fold(str(text)).startswith(actions) or fold(str(indicator)) == outcome
        for text, indicator in zip(plan["descripcion"], plan["indicador"], strict=True)
    )


def alike(measure: Measure, plan: pd.DataFrame) -> list[str]:
    """Codes of the actions of the plan that follow the measure's product, or say what it says.

    What an action says are its description and its indicator: :data:`COMMON` words of the measure's
    text in them, or one where the key is the same and the indicator is named by it. It tells where
    to look, not that both are the same.
    """
    own = _words([measure.action])
    found = []
    for row in plan.to_dict("records"):
        named = _words([str(row["indicador"])])
        same = own & (_words([str(row["descripcion"])]) | named)
        by_name = int(row["clave"]) == measure.key and bool(own & named)
        if len(same) >= COMMON or by_name or fold(str(row["indicador"])) == fold(measure.product):
            found.append(str(row["accion"]))
    return sorted(found)


def _words(texts: Iterable[str]) -> set[str]:
    """The beginnings of the words that tell an action."""
    words = (w for text in texts for w in re.findall(r"[a-z]{4,}", fold(text)))
    return {w[:LETTERS] for w in words if not any(w.startswith(common) for common in OF_ALL)}
