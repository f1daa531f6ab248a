"""What two figures of one indicator must have in common to be subtracted.

The series (:meth:`gsi.contract.params.indicators.Indicator.comparable_years`), the zone
(:mod:`gsi.inputs.indicators.zones`), the date of the year (:mod:`gsi.inputs.indicators.cuts`), the
territory of the code and, of a department's published figure, nearly all of its people.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.context import Context
from gsi.contract.divipola import department_of
from gsi.contract.params.indicators import Indicator
from gsi.ground import frames, locale
from gsi.inputs import indicators
from gsi.inputs.indicators import cuts, unfit, zones

TWO = re.compile(r"Zona (urbana, .*?): el total junta las muestras de las dos\.")
MIXED = "{zones}: el total junta las muestras de las dos."
BROKEN = "No se restan {first} y {last}: {reason}."
ZONES = "el dato de {first} es {one} y el de {last}, {other}"
CUTS = "el dato de {first} es del {one} y el de {last}, del {other}"
PARTIAL = "los municipios con dato tienen, de las personas, {shares}"
ALTERED = "El territorio del código {code} no es el mismo hasta {last} y después."
CREATED = "El código {code} se creó después de {last}: el dato anterior lo reconstruyó la fuente."
ABOLISHED = "El código {code} dejó de existir después de {last} y el total no lo incluye."


def apart(
    indicator: Indicator, first: int, last: int, notes: tuple[object, object] = ("", "")
) -> str:
    """Why the figures of two years, with their notes, are not subtracted, in words that stand after
    a colon; '' where they may be."""
    found = []
    if not indicator.comparable_years(first, last):
        found.append(indicator.break_reason or "")
    for words, told in ((ZONES, zones.said), (CUTS, _day)):
        one, other = (told(note) for note in notes)
        if one != other:
            found.append(words.format(first=first, last=last, one=one, other=other))
    few = [f"{share} en {year}" for year, note in zip((first, last), notes, strict=True)
           if (share := unfit.partial(note))]  # fmt: skip
    if few:
        found.append(PARTIAL.format(shares=locale.enumeration(few)))
    return "; además, ".join(filter(None, found))


def _day(note: object) -> str:
    return cuts.of(note) or cuts.END


def mixed(row: Mapping[Any, Any]) -> str:
    """What the total of each of both years hides, where two zones of other levels are in it: the
    difference may be how many samples are of each; '' where neither total says so."""
    told = []
    for side in ("a", "b"):
        note = row[f"note_{side}"]
        if found := TWO.search(note) if isinstance(note, str) else None:
            told.append(f"en {int(row[f'year_{side}'])}, zona {found.group(1)}")
    zones_of = "; ".join(told)
    return MIXED.format(zones=zones_of[:1].upper() + zones_of[1:]) if told else ""


def not_subtracted(indicator: Indicator, first: int, last: int) -> str:
    """The one sentence that says why two years across a declared break are not subtracted."""
    return BROKEN.format(first=first, last=last, reason=indicator.break_reason)


def stretches(indicator: Indicator, rows: pd.DataFrame) -> tuple[list[int], list[str]]:
    """The number of the stretch of each figure (``periodo``, ``valor``, ``nota``; years in order),
    and why each begins: a new one does at a figure that does not compare with the one before it, or
    where one of both is not judged ('' there: :func:`doubted` says which)."""
    years = [int(year) for year in rows["periodo"]]
    notes, unjudged = list(rows["nota"]), _unjudged(indicator, rows)
    found, reasons = [0] * len(years), [""] * len(years)
    for place, (a, b) in enumerate(itertools.pairwise(range(len(years))), start=1):
        why = apart(indicator, years[a], years[b], (notes[a], notes[b]))
        barred = not indicator.comparable_years(years[a], years[b]) or bool(why)
        barred = barred or bool(unjudged[a] or unjudged[b])
        found[place] = found[place - 1] + barred
        reasons[place] = why
    return found, reasons


def _unjudged(indicator: Indicator, rows: pd.DataFrame) -> list[str]:
    columns = (rows["valor"], rows["nota"])
    return [unfit.why(value, note, indicator) for value, note in zip(*columns, strict=True)]


def doubted(indicator: Indicator, rows: pd.DataFrame) -> list[str]:
    """Why figures of a series (as :func:`stretches` takes it) are not judged, with the years that
    it holds for: ``en 2021 y 2022, pasa de 100 %: … y no se juzga``."""
    years: dict[str, list[str]] = {}
    for year, why in zip(rows["periodo"], _unjudged(indicator, rows), strict=True):
        if why:
            years.setdefault(why, []).append(str(int(year)))
    return [
        f"en {locale.enumeration(when)}, {locale.within(why.rstrip('.'))}"
        for why, when in years.items()
    ]


def same_territory(frame: pd.DataFrame, context: Context) -> pd.DataFrame:
    """``code_note``, and no second value where the code's territory is another after ``last``."""
    out = frame.assign(code_note="", moved=False)
    for item in context.params.plan.change.codes:
        across = (out["year_a"] <= item.last) & (out["year_b"] > item.last)
        own = item.code == context.territory.code
        if own and item.kind == "altered":
            out.loc[across, "moved"] = True
            out.loc[across, "code_note"] = ALTERED.format(code=item.code, last=item.last)
            out.loc[across, "value_b"] = np.nan
        elif own and item.kind == "created":
            out.loc[across, "code_note"] = CREATED.format(code=item.code, last=item.last)
        elif item.kind == "abolished" and context.territory.code == department_of(item.code):
            summed = (out[["source_a", "source_b"]] == indicators.CALCULATED).any(axis=1)
            note = ABOLISHED.format(code=item.code, last=item.last)
            out.loc[across & summed, "code_note"] = note
    return out


def unbroken(frame: pd.DataFrame, known: Mapping[str, Indicator]) -> pd.DataFrame:
    """``broken``, the sentence that says why both figures are not subtracted ('' where they are),
    and no second value there."""
    told = []
    for row in frames.records(frame):
        later = not np.isnan(row["value_b"])
        years: Sequence[int] = [int(row["year_a"]), int(row["year_b"])] if later else []
        notes = (row["note_a"], row["note_b"])
        why = apart(known[row["indicator"]], years[0], years[1], notes) if later else ""
        told.append(BROKEN.format(first=years[0], last=years[1], reason=why) if why else "")
    out = frame.assign(broken=pd.Series(told, frame.index, dtype="str"))
    out["value_b"] = out["value_b"].mask(out["broken"] != "")
    return out
