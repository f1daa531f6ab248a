"""Figures of a part of a year: the date of their cut, told beside the year wherever it is.

The reader of such a figure writes the date in its note (:data:`NOTE`); one without it is of the
whole year, or of its end.
"""

from __future__ import annotations

import re
from datetime import date

from gsi.ground import locale

NOTE = "Corte parcial: {day}."
END = "31 de diciembre"
_DAY = re.compile(re.escape(NOTE).replace(r"\{day\}", r"(\d{1,2} de [a-z]+) de \d{4}"))


def note(cut: date) -> str:
    """What the note of a figure of that date says; '' of the end of a year."""
    whole = (cut.month, cut.day) == (12, 31)
    return "" if whole else NOTE.format(day=locale.date(cut))


def of(text: object) -> str:
    """The day of the cut that a note tells: ``30 de junio``; '' where it tells none."""
    found = _DAY.search(text) if isinstance(text, str) else None
    return found.group(1) if found else ""


def dated(year: float, text: object) -> str:
    """``2022``; ``2023, 30 de junio`` where the note tells a cut. To stand between brackets."""
    day = of(text)
    return f"{int(year)}, {day}" if day else f"{int(year)}"
