"""Zeros that no source writes: where it has no row, or an empty cell, of a year that it covers.

They are cases counted as none, and enter sums and rates; they are no figure of the source, so that
what counts its figures (years, municipalities with data, completeness) asks :func:`supplied`.
"""

from __future__ import annotations

import pandas as pd

# How the two say so in the note of their row.
ABSENT = "Sin fila en la fuente"
EMPTY = "Celda vacía en la fuente"
NO_ROW = f"{ABSENT}, que cubre el año: cero casos."
NO_CELL = f"{EMPTY}: cero casos, porque la fuente cubre el año y nunca escribe 0."


def absent(notes: pd.Series) -> pd.Series:
    """True for the rows made here, that the source has not."""
    return notes.fillna("").str.contains(ABSENT, regex=False)


def supplied(notes: pd.Series) -> pd.Series:
    """True for every zero that the source does not write."""
    return absent(notes) | notes.fillna("").str.contains(EMPTY, regex=False)


def told(rows: int, cells: int, size: str) -> str:
    """What the note of a sum says of its zeros (``size``: how many it is of, written)."""
    if not rows + cells:
        return ""
    where = {
        (True, False): ABSENT,
        (False, True): "Con la celda vacía en la fuente",
        (True, True): "Sin fila o con la celda vacía en la fuente",
    }[rows > 0, cells > 0]
    return f"{where}, que cubre el año, y contados como cero: {rows + cells} de {size}."
