"""What official sources a territory has, which it lacks, who has them and what each would fill.

One list for the report's table «Qué falta y quién lo tiene» and for ``gsi sources``: the sources of
``params/sources.yml``, in the order in which the report would gain most. What a source would fill
is what the territory has nothing of: tables without a row, indicators without a figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from gsi.analysis.results import Column, Fact, Table, count, flag
from gsi.contract import tables
from gsi.contract.divipola import is_municipal, may_be_code
from gsi.contract.params.sources import FILE, Source, Sources, load_sources
from gsi.ground import locale

if TYPE_CHECKING:
    from gsi.contract.params.indicators import Indicator
    from gsi.contract.territory import Territory
    from gsi.ground.kept import Kept
    from gsi.inputs.data import Data
    from gsi.inputs.quality.verdicts import Verdicts
    from gsi.inputs.records import SourceRecord

NAMED = 3  # indicators told by name


@dataclass(frozen=True)
class Standing:
    """A source and a territory: its files in the folder, with the years that they are of, and what
    it would open (tables, by title) and give (indicators, by name) where it is not there."""

    source: Source
    files: tuple[str, ...] = ()
    years: str = ""
    opens: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()

    @property
    def there(self) -> bool:
        """Whether the folder has it, for this territory."""
        return bool(self.files)

    @property
    def gains(self) -> bool:
        """Whether the report would say more with it."""
        return bool(self.opens or self.gives)

    @property
    def last(self) -> int | None:
        """The last year that its files are of."""
        found = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", self.years)]
        return max(found, default=None)

    def filled(self) -> str:
        """What it would fill, in words: ``Plan de desarrollo``; ``indicadores: 9``."""
        parts = list(self.opens)
        if len(self.gives) > NAMED:
            parts.append(f"indicadores: {len(self.gives)}")
        else:
            parts += self.gives
        return locale.clauses(parts)


@cache
def declared(kept: Kept) -> Sources:
    """``params/sources.yml`` of the project that the contract's suites belong to."""
    folder = tables.suites_folder().parent / "params"
    return kept.parsed("sources", lambda: load_sources(folder), [folder / FILE])


def standings(
    sources: Sources,
    records: Sequence[SourceRecord],
    verdicts: Verdicts,
    catalogue: Sequence[Indicator],
    territory: Territory,
    data: Data,
) -> list[Standing]:
    """Every source: those in the folder as declared; then those that are not, by what the report
    gains, most first (tables before indicators).

    None for a territory that does not exist: nobody publishes anything of it.
    """
    if not may_be_code(territory.code):
        return []
    figures = _figures(data, territory)
    there, wanting = [], []
    for source in sources.sources:
        mine = [record for record in records if _is(record, source, territory)]
        if mine:
            years = dict.fromkeys(record.years for record in mine if record.years)
            there.append(
                Standing(
                    source,
                    tuple(dict.fromkeys(record.file for record in mine)),
                    ", ".join(sorted(years)),
                )
            )
            continue
        opens = [
            tables.schema(name).title
            for name in source.fills
            if not verdicts.rows_within(name, [territory.code])
        ]
        gives = [
            name for key, name in indicators_of(source, catalogue).items() if key not in figures
        ]
        wanting.append(Standing(source, opens=tuple(opens), gives=tuple(gives)))
    wanting.sort(key=lambda one: (-len(one.opens), -len(one.gives)))
    return there + wanting


def indicators_of(source: Source, catalogue: Sequence[Indicator]) -> dict[str, str]:
    """Indicator → name of those that a source gives: its own, else all of its reader's."""
    names = {indicator.id: indicator.name for indicator in catalogue}
    for indicator in catalogue:
        if indicator.official is not None:
            names.setdefault(indicator.official.figure, indicator.official.name)
    if source.indicators:
        return {key: names[key] for key in source.indicators if key in names}
    return {
        indicator.id: indicator.name
        for indicator in catalogue
        if source.reader in indicator.preference
        or any(place.startswith(f"{source.reader}:") for place in _columns(indicator))
    }


def _columns(indicator: Indicator) -> Sequence[str]:
    columns: Mapping[str, str] = indicator.columns or {}
    return list(columns.values())


def _figures(data: Data, territory: Territory) -> set[str]:
    """The indicators that the territory, or the department as a whole, has a figure of."""
    rows = data.department("indicadores")
    rows = rows[rows["valor"].notna()]
    owned = rows["municipio"].isin([territory.code, territory.department])
    if territory.is_department:
        owned = territory.owns(rows["municipio"])
    found = {str(name) for name in rows.loc[owned, "indicador"].unique()}
    # A figure of the department alone is none of the municipality's, but of what is only
    # published for departments.
    if not territory.is_department:
        own = set(rows.loc[rows["municipio"] == territory.code, "indicador"])
        municipal = set(rows.loc[is_municipal(rows["municipio"]), "indicador"])
        found -= municipal - own
    return found


def _is(record: SourceRecord, source: Source, territory: Territory) -> bool:
    """Whether a file of the folder is the source's, and has rows that may be the territory's."""
    if record.source != source.reader:
        return False
    if source.indicators and not set(source.indicators) & set(record.indicators):
        return False
    if not record.places:
        return True
    own = territory.code in record.places
    if source.scope == "entity":
        return own
    inside = any(place.startswith(territory.code) for place in record.places)
    return own or inside or territory.department in record.places


def told(found: Sequence[Standing]) -> tuple[dict[str, Fact], Table]:
    """The facts and the table of what is missing and would fill something."""
    missing = [one for one in found if not one.there and one.gains]
    columns = {
        "order": Column("Orden", "count"),
        "title": Column("Qué falta"),
        "holder": Column("Quién lo tiene"),
        "filled": Column("Qué llenaría"),
        "section": Column("Dónde se vería"),
    }
    rows = [
        {
            "order": position,
            "title": one.source.title,
            "holder": one.source.holder,
            "filled": one.filled(),
            "section": one.source.section,
            "source": one.source.id,
        }
        for position, one in enumerate(missing, start=1)
    ]
    facts = {"has_wanting": flag(bool(missing)), "wanting": count(len(missing))}
    return facts, Table(pd.DataFrame(rows, columns=[*columns, "source"]), columns)


def vintage(standing: Standing, cut: int) -> str:
    """How old its last year is at the cut: ``6 años antes del corte de 2024``."""
    if standing.last is None:
        return "sin fecha"
    behind = cut - standing.last
    if behind <= 0:
        return f"al corte de {cut}" if behind == 0 else f"después del corte de {cut}"
    return f"{locale.number(behind)} {'año' if behind == 1 else 'años'} antes del corte de {cut}"
