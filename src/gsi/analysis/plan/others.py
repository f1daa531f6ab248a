"""What else calls for a measure than the indicator that it is proposed for.

A measure of several indicators is proposed for the one that stands first in the order; the others
that are behind their reference are told beside it, so that no gap is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gsi.analysis.labels import least
from gsi.analysis.plan import order
from gsi.analysis.plan.candidates import APPROXIMATE, value_text
from gsi.analysis.plan.grounds import REFERENCES, Gaps
from gsi.ground.locale import enumeration, within
from gsi.inputs.indicators import cuts, zones

ALSO = "También lo pide «{name}»: {figure}; {reference}, {limit}{chance}."
WORDS = REFERENCES | {"target": "la meta de una norma"}


def behind(candidate: Mapping[str, Any], gaps: Gaps) -> list[Mapping[Any, Any]]:
    """The gaps of the measure's other indicators, the first in the order first; a norm from which
    everybody is far is one only beside another."""
    rows = [
        gaps[name]
        for name in candidate["measure"].indicators
        if name in gaps and name != candidate["indicator"]
    ]
    rows = [row for row in rows if row["group"] != "norm" or candidate["group"] == "norm"]
    return sorted(rows, key=order.sort_key)


def told(candidate: Mapping[str, Any], gaps: Gaps) -> list[str]:
    """A sentence for each, with its year, its reference and whether it may be chance."""
    return [_sentence(row) for row in behind(candidate, gaps)]


def named(candidate: Mapping[str, Any], gaps: Gaps) -> str:
    """The measure's text, with the names of the other indicators that call for it."""
    text = within(candidate["measure"].action)
    names = [within(str(row["name"])) for row in behind(candidate, gaps)]
    return f"{text} (también por {enumeration(names)})" if names else text


def _sentence(row: Mapping[Any, Any]) -> str:
    reference = str(row["reference"])
    norm = reference == "target"
    minimum = row["basis"] == "minimum"
    day = cuts.of(row["note"])
    value = least(value_text(row["value"], row["unit"]), minimum)
    zone = zones.SHORT.get(zones.note(row["note"]), "")
    limit = least(value_text(row["limit"], row["unit"]), minimum and not norm)
    doubt = "puede ser azar" if row["judged"] else "no se sabe si es azar"
    return ALSO.format(
        name=row["name"],
        figure=f"{value}{zone} en {int(row['year'])}{f' ({day})' if day else ''}"
        f"{_near(bool(row['approximate']))}",
        reference=WORDS[reference],
        limit=f"{limit}{_near(not norm and bool(row[f'{reference}_approximate']))}",
        chance=f"; {doubt}" if row["group"] == "behind" else "",
    )


def _near(made: bool) -> str:
    return f" ({APPROXIMATE})" if made else ""
