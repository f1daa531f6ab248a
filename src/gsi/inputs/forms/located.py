"""A finding and the cell it is about, so that it can be told and also marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gsi.ground.errors import Finding

Weight = Literal["Error", "Aviso"]


@dataclass(frozen=True)
class Located:
    """``row`` is the file's (1-based), ``column`` its position (0-based); None where it has none.

    ``weight``: an error must be corrected; an advice ('Aviso') may be right as it is.
    """

    finding: Finding
    file: str
    sheet: str | None = None
    row: int | None = None
    column: int | None = None
    weight: Weight = "Error"


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA, as Excel names its columns."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
