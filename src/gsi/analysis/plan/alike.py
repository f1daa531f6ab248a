"""Whether what is proposed resembles an action that the plan in force already has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gsi.contract.params.measures import Measure
from gsi.contract.params.plan import ResemblanceSettings
from gsi.ground.locale import fold


def covered(candidate: Mapping[str, Any], plan: pd.DataFrame) -> bool:
    """Whether the plan in force has an action on what the measure would change, or the measure."""
    actions = tuple({fold(candidate["measure"].action), fold(candidate["general"])})
    outcome = fold(candidate["outcome"])
    return any(
        fold(str(text)).startswith(actions) or fold(str(indicator)) == outcome
        for text, indicator in zip(plan["descripcion"], plan["indicador"], strict=True)
    )


def alike(measure: Measure, plan: pd.DataFrame, settings: ResemblanceSettings) -> list[str]:
    """Codes of the actions of the plan that follow the measure's product, or say what it says.

    What an action says are its description and its indicator: so many words of the measure's text
    in them as ``settings`` asks, or one where the key is the same and the indicator is named by it.
    It tells where to look, not that both are the same.
    """
    own = _words(measure.action, settings)
    found = []
    for row in plan.to_dict("records"):
        named = _words(str(row["indicador"]), settings)
        same = own & (_words(str(row["descripcion"]), settings) | named)
        by_name = int(row["clave"]) == measure.key and bool(own & named)
        if (
            len(same) >= settings.words
            or by_name
            or fold(str(row["indicador"])) == fold(measure.product)
        ):
            found.append(str(row["accion"]))
    return sorted(found)


def _words(text: str, settings: ResemblanceSettings) -> set[str]:
    """The beginnings of the words that tell an action."""
    words = re.findall(r"[a-z]{4,}", fold(text))
    return {w[: settings.letters] for w in words if not w.startswith(settings.of_all)}
