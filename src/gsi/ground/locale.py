"""Numbers, dates and lists as Colombia writes them, through Babel (es_CO)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import get_decimal_symbol, get_group_symbol

LOCALE = "es_CO"
MISSING = "sin dato"
_APART = re.compile(r"(?<=\d) (?=%)")


@lru_cache(4096)
def number(value: float, digits: int = 0) -> str:
    """``1330187`` → ``1.330.187``; ``64.04`` with one digit → ``64,0`` (half away from zero)."""
    return f"{rounded(value, digits):,f}".translate(_signs())


def rounded(value: float, digits: int = 0) -> Decimal:
    """What :func:`number` writes, as a number."""
    # repr keeps the decimal digits a reader sees in the source: 2.675 rounds to 2,68, not 2,67.
    found = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return found if found else abs(found)  # no "-0,0"


def tied(text: str) -> str:
    """A text in which no number stands apart from its percent sign at the end of a line."""
    return _APART.sub("\N{NO-BREAK SPACE}", text)


def percent(value: float, digits: int = 0) -> str:
    """``62.1`` → ``62 %``, which no line ends between."""
    return f"{number(value, digits)}\N{NO-BREAK SPACE}%"


@cache
def _signs() -> dict[int, str]:
    """Python's signs of a number → the language's."""
    group, point = get_group_symbol(LOCALE), get_decimal_symbol(LOCALE)
    return str.maketrans({",": group, ".": point, "-": "\N{MINUS SIGN}"})


def date(value: dt.date) -> str:
    """``2025-03-04`` → ``4 de marzo de 2025``."""
    return format_date(value, format="long", locale=LOCALE)


def enumeration(items: Sequence[str]) -> str:
    """``[Ataco, Coyaima, Rioblanco]`` → ``Ataco, Coyaima y Rioblanco`` ('e' before an i sound)."""
    joined = format_list(list(items), locale=LOCALE)
    if len(items) > 1:
        last = items[-1]
        sound = fold(last).lstrip("«")
        if sound.startswith(("i", "hi")) and not sound.startswith(
            ("hie", "hia", "hio", "ia", "ie")
        ):
            joined = joined.removesuffix(f" y {last}") + f" e {last}"
    return joined


def clauses(parts: Sequence[str]) -> str:
    """``Meta cumplida``, ``Sin reporte``, ``DANE`` → ``Meta cumplida; sin reporte; DANE``: after a
    semicolon a sentence goes on."""
    first, *rest = parts or [""]
    return "; ".join([first, *(within(part) for part in rest)])


def within(text: str) -> str:
    """A text that goes on a sentence: ``Buscar a todas`` → ``buscar a todas``; ``DANE`` stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def contracted(preposition: str, name: str) -> str:
    """``a`` + ``el país`` → ``al país``; ``de`` + ``el departamento`` → ``del departamento``.

    The article of a proper name stays apart: ``a El Guamo``.
    """
    if preposition in ("a", "de") and name.startswith("el "):
        return f"{preposition}l {name.removeprefix('el ')}"
    return f"{preposition} {name}"


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: the form in which names are compared."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def western_digits(text: str) -> str:
    """``７３０６７`` and ``٧٣٠٦٧`` → ``73067``: a digit of any script is that digit."""
    if text.isascii():
        return text
    strange = {c for c in set(text) if c.isdecimal() and not c.isascii()}
    if not strange:
        return text
    return text.translate({ord(c): str(unicodedata.decimal(c)) for c in strange})
