"""What a reading leaves behind: tables, and for every file where they came from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import pandas as pd

from gsi.ground.errors import Finding


def same_place(written: str, known: str) -> bool:
    """'Bogotá, D.C.' and 'Bogotá' are one place."""
    return written.startswith(known) or known.startswith(written)


@dataclass(frozen=True)
class Named:
    """A code with the name written beside it, and what would be wrong if they disagreed."""

    code: str
    name: str
    finding: Finding

    def disagrees(self, known: dict[str, str]) -> bool:
        """Whether DIVIPOLA has the code under another name; ``known``: code → compared name."""
        return self.code in known and not same_place(self.name, known[self.code])


@dataclass(frozen=True)
class SetAside:
    """Rows of a file that were not used, and why (Spanish)."""

    reason: str
    rows: int


@dataclass(frozen=True)
class Substitute:
    """A character of a file that no document can show: its code (``U+F0B7``), and what is written
    in its place (nothing, of one that is not seen)."""

    character: str
    written: str


@dataclass(frozen=True)
class SourceRecord:
    """Provenance of one table of one file.

    ``source`` is the identifier rows carry in ``fuente``. ``rows_read`` and ``rows_kept`` count
    rows of the file, not of the long table made from them. ``years`` is written for people
    ("2011-2024"; "2018, 2022"). ``indicators``: those that it gives, of the table of indicators.
    ``places``: the territories it has rows of, where that is kept: codes, or departments where they
    are many.
    """

    source: str
    publisher: str
    title: str
    file: str
    sha256: str
    table: str
    rows_read: int
    rows_kept: int
    set_aside: tuple[SetAside, ...] = ()
    years: str = ""
    notes: tuple[str, ...] = ()
    substitutes: tuple[Substitute, ...] = ()
    indicators: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def concerns(self, codes: Collection[str]) -> bool:
        """Whether it may have rows of one of these territories."""
        return not self.places or any(
            place.startswith(code) or code.startswith(place)
            for place in self.places
            for code in codes
        )


@dataclass(frozen=True)
class Part:
    """What one reader took from one file, before provenance is attached.

    ``table``: the contract table's name; ``data`` its rows; ``title`` only for forms, whose reader
    has none of its own, and ``named``: the places whose code and name a form writes together.
    """

    table: str
    data: pd.DataFrame
    rows_read: int
    rows_kept: int
    set_aside: tuple[SetAside, ...] = ()
    years: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    title: str = ""
    substitutes: tuple[Substitute, ...] = ()
    named: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Faulty:
    """A file set aside whole for what is wrong with it.

    ``file``: its path in the input folder. ``places``: the codes that a form says it is of; empty
    for a file that may be anyone's.
    """

    file: str
    findings: tuple[Finding, ...]
    places: tuple[str, ...] = ()

    def concerns(self, code: str) -> bool:
        """Whether the territory with this code, or a municipality of it, may miss the file."""
        return not self.places or any(
            place.startswith(code) or code.startswith(place) for place in self.places
        )


@dataclass(frozen=True)
class LeftOut:
    """The files of the input folder that gave no row: ``faulty`` ones, and those that are
    ``ignored`` because no reader is theirs ("file: why")."""

    faulty: tuple[Faulty, ...] = ()
    ignored: tuple[str, ...] = ()

    def of(self, code: str) -> LeftOut:
        """What a territory's reports must tell."""
        return LeftOut(tuple(file for file in self.faulty if file.concerns(code)), self.ignored)

    def reasons(self) -> list[tuple[str, str]]:
        """File and reason of each ignored file."""
        return [(file, why) for file, _, why in (line.partition(": ") for line in self.ignored)]


@dataclass
class Reading:
    """Every table read, where each came from, the files set aside for their mistakes, and those
    that were not read ("file: why")."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    records: list[SourceRecord] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    faulty: list[Faulty] = field(default_factory=list)


def set_aside(reasons: Iterable[tuple[str, int]]) -> tuple[SetAside, ...]:
    """The reasons that apply: those with at least one row."""
    return tuple(SetAside(reason, int(rows)) for reason, rows in reasons if rows)


def span(years: Iterable[int]) -> str:
    """``[2011, 2012, 2013]`` → ``2011-2013``; ``[2018, 2022]`` → ``2018, 2022``."""
    ordered = sorted(set(years))
    runs: list[list[int]] = []
    for year in ordered:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
