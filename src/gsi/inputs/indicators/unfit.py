"""Figures that are shown and not judged: neither better nor worse, nor changed, nor with a target.

Who makes or reads such a figure writes why in its note, in a sentence that ends in :data:`WORDS`; a
share over 100 % is one whatever its note says.
"""

from __future__ import annotations

import re

from gsi.contract.params.indicators import Indicator

WORDS = "no se juzga."
OVER = (
    "Pasa de 100\N{NO-BREAK SPACE}%: la población por la que se divide es menor que la real, y "
    f"{WORDS}"
)
_SENTENCE = re.compile(r"(?<=\.) (?=[A-ZÁÉÍÓÚ])")


# How the note of a published figure begins to say that it is of few of the place's people.
PARTIAL = "Los municipios con dato tienen"


_SHARE = re.compile(rf"{PARTIAL} (\d+\s%)")


def partial(note: object) -> str:
    """Of how many of a department's people its published figure is, where they are few: ``24 %``;
    '' of one of nearly all."""
    found = _SHARE.search(note) if isinstance(note, str) else None
    return found.group(1) if found else ""


def sentences(note: object) -> list[str]:
    """A note's sentences, none of an empty one."""
    return _SENTENCE.split(note) if isinstance(note, str) and note else []


def why(value: float, note: object, indicator: Indicator) -> str:
    """The sentence that says why a figure is not judged; '' where it may be."""
    told = [sentence for sentence in sentences(note) if sentence.endswith(WORDS)]
    if told:
        return told[0]
    return OVER if indicator.is_share and value > 100 else ""
