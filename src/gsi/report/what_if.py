"""What moves in a section when a parameter is another: both values and their difference.

Differences are between the numbers as they are written, so that a reader who subtracts gets the
same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from gsi.analysis.results import Fact, Section, text
from gsi.contract.params import Override
from gsi.ground import frames, locale

WHAT, REPORT, OTHER, DIFFERENCE = "Qué", "En el informe", "Con el supuesto", "Diferencia"
SAME = "sin cambio"
NOTHING = "Ninguno de estos datos se conoce en este territorio: el supuesto no mueve nada."
_NUMBERS = {"count", "decimal", "percent", "probability", "money", "year"}


def beside(
    report: Section, what_if: Section, words: Mapping[str, str], assumed: Sequence[Override]
) -> pd.DataFrame | list[str]:
    """One row a changed parameter, then one a fact of ``words`` (fact → what it is called): str
    columns :data:`WHAT`, :data:`REPORT`, :data:`OTHER`, :data:`DIFFERENCE`. What is missing, where
    none of these facts is known."""
    if not report.available:
        return report.missing()
    rows = [
        (f"Parámetro {change.path}", *(_setting(change.path, value) for value in both), "")
        for change in assumed
        for both in [(change.default, change.value)]
    ]
    pairs = {
        name: tuple(each.facts.get(key, text(None)) for each in (report, what_if))
        for key, name in words.items()
    }
    if all(fact.missing for pair in pairs.values() for fact in pair):
        return report.missing() or [NOTHING]
    rows += [
        (name, str(first), str(second), difference(first, second))
        for name, (first, second) in pairs.items()
    ]
    return frames.Shown(rows, columns=[WHAT, REPORT, OTHER, DIFFERENCE])


def difference(first: Fact, second: Fact) -> str:
    """What a fact gained or lost, in es-CO: '+3', '−1,5 puntos', 'entran: A; salen: B'."""
    if str(first) == str(second):
        return SAME
    if first.missing or second.missing:
        return "aparece" if first.missing else "desaparece"
    if first.kind == "names":
        came = [str(name) for name in second.value if name not in first.value]
        left = [str(name) for name in first.value if name not in second.value]
        parts = [
            f"{verb}: {locale.enumeration(names)}"
            for verb, names in (("entran", came), ("salen", left))
            if names
        ]
        return "; ".join(parts) or "cambia el orden"
    if first.kind not in _NUMBERS:
        return "cambia"
    gap = _written(second) - _written(first)
    if not gap:  # 'menos de 1 %' and 1 %
        return "cambia"
    sign = "+" if gap > 0 else ""
    number = f"{sign}{locale.number(float(gap), first.digits)}"
    if first.kind in ("percent", "probability"):
        one = abs(gap) == 1 and not first.digits
        return f"{number} {'punto' if one else 'puntos'}"
    return number


def _written(fact: Fact) -> Decimal:
    return locale.rounded(fact.value, fact.digits)


def _setting(path: str, value: Any) -> str:
    """A parameter's value as a reader says it."""
    if path.startswith("years."):
        return str(value)
    if value is None:
        return "sin fijar"
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, int | float):
        places = -int(Decimal(repr(value)).normalize().as_tuple().exponent)
        return locale.number(value, max(places, 0))
    if isinstance(value, Mapping):
        return (
            "; ".join(f"{key}: {_setting(path, item)}" for key, item in value.items())
            or "sin fijar"
        )
    if isinstance(value, list | tuple):
        return locale.enumeration([_setting(path, item) for item in value]) or "ninguno"
    return str(value)
