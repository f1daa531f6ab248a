"""Figures of a municipality that are those of one of its zones, and what they are held against."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Area of the table -> what the note of a figure of that zone alone says.
ONLY = {
    "cabecera": "Solo la zona urbana: de la rural no hay dato.",
    "rural": "Solo la zona rural: de la urbana no hay dato.",
}
SHORT = {ONLY["cabecera"]: " (zona urbana)", ONLY["rural"]: " (zona rural)"}
# The same in words that stand after 'es', and those of the figure of a whole place.
_SAID = {ONLY["cabecera"]: "solo de la zona urbana", ONLY["rural"]: "solo de la zona rural"}
WHOLE = "de las dos zonas"
ALIKE = "La referencia es la de la misma zona"

_LINK = ["indicador", "periodo", "serie"]


def note(text: object) -> str:
    """What a row's note says of the one zone it speaks of; '' where it speaks of no single one."""
    found = [told for told in ONLY.values() if isinstance(text, str) and told in text]
    return found[0] if found else ""


def said(text: object) -> str:
    """``solo de la zona urbana``; :data:`WHOLE` where the note names no zone."""
    return _SAID.get(note(text), WHOLE)


def like_with_like(
    own: pd.DataFrame, reference: pd.Series, rows: pd.DataFrame
) -> NDArray[np.float64]:
    """``reference`` (of each row of ``own``, in its order) with that of the same zone where the
    figure is of one zone alone: missing where it is not published.

    ``own``: indicador, periodo, serie and nota; ``rows``: those of the reference, of every area.
    """
    values = reference.to_numpy(dtype="float64", na_value=np.nan).copy()
    notes = own["nota"].map(note)
    for area, told in ONLY.items():
        mine = (notes == told).to_numpy(dtype=bool)
        if mine.any():
            zone = rows[rows["area"] == area].drop_duplicates(_LINK).set_index(_LINK)["valor"]
            at = zone.reindex(pd.MultiIndex.from_frame(own.loc[mine, _LINK]))
            values[mine] = at.to_numpy(dtype="float64", na_value=np.nan)
    return values
