"""Jumps of the whole country that the catalogue does not declare: told before a change is read.

A new year on another population, or of another definition, moves every municipality at once. The
declared ones are ``breaks``, ``other_base`` and ``unusable_years``; what this finds is for a person
to look at, and stands among the notes of the source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from gsi.contract.divipola import is_fictional, is_municipal
from gsi.contract.params.indicators import Indicator
from gsi.contract.vocabulary import Area
from gsi.inputs.records import SourceRecord
from gsi.measure import jumps

# With fewer municipalities it is not the country that moves.
LEAST_PLACES = 100
NOTE = (
    "«{name}»: el municipio mediano salta entre {before} y {year} mucho más que en otros años, y "
    "el catálogo no declara una ruptura; revise si cambió la población o la definición."
)


def undeclared(indicadores: pd.DataFrame, catalogue: Sequence[Indicator]) -> list[tuple[str, str]]:
    """Source and note of each jump between years that the catalogue lets be compared."""
    rows = indicadores[(indicadores["area"] == Area.TOTAL) & indicadores["valor"].notna()]
    small = is_municipal(rows["municipio"])
    rows = rows[small & ~is_fictional(rows["municipio"])]
    groups = rows.groupby("indicador").indices
    found = []
    for indicator in catalogue:
        if indicator.id not in groups or indicator.direction == "none":
            continue
        mine = rows.iloc[groups[indicator.id]]
        mine = mine[mine["serie"] == indicator.series]
        if mine["municipio"].nunique() < LEAST_PLACES:
            continue
        wide = mine.pivot_table(index="municipio", columns="periodo", values="valor")
        source = str(Counter(mine["fuente"]).most_common(1)[0][0])
        found += [
            (source, NOTE.format(name=indicator.name, before=year - 1, year=year))
            for year in jumps.years(wide)
            if indicator.comparable_years(year - 1, year)
        ]
    return found


def noted(
    records: Sequence[SourceRecord],
    indicadores: pd.DataFrame | None,
    catalogue: Sequence[Indicator],
) -> list[SourceRecord]:
    """The records, the first of each source with the notes of :func:`undeclared`."""
    if indicadores is None:
        return list(records)
    notes: dict[str, list[str]] = {}
    for source, note in undeclared(indicadores, catalogue):
        notes.setdefault(source, []).append(note)
    out = []
    for record in records:
        more = notes.pop(record.source, [])
        out.append(replace(record, notes=(*record.notes, *more)) if more else record)
    return out
