"""What a territory is told of its information: rules broken, verdict a table and a source."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gsi.contract import tables
from gsi.contract.vocabulary import Severity
from gsi.ground import locale
from gsi.inputs.quality.verdicts import NOWHERE, Verdict, Verdicts

if TYPE_CHECKING:
    from gsi.inputs.records import SourceRecord

SEVERITIES: dict[Severity, str] = {
    Severity.CRITICAL: "Crítica",
    Severity.WARNING: "Advertencia",
    Severity.INFO: "Nota",
}
COMPLETE = "completo"
OBSERVED = "con observaciones"
INSUFFICIENT = "insuficiente"
ABSENT = "sin información"
ALL_READ = "se usan todas sus filas"
PART_READ = "se apartaron filas"
NOTHING_READ = "ninguna fila se pudo usar"
_WITHHELD = "no se muestra"
UNPLACED = "Filas sin un municipio reconocible"


@dataclass(frozen=True)
class Broken:
    """A rule that rows of the territory break. ``cases`` as it may be shown."""

    table: str
    title: str
    rule: str
    severity: Severity
    cases: str
    total: str
    verified: bool


@dataclass(frozen=True)
class TableVerdict:
    """How far a table can be used in the territory, and why."""

    table: str
    title: str
    rows: str
    verdict: str
    why: str


@dataclass(frozen=True)
class SourceFile:
    """A file, how much of it was used (``reading``), and why the rest was not.

    It is no verdict: that is of the source, whose figures count too
    (:mod:`gsi.analysis.quality.origins`).
    """

    record: SourceRecord
    reason: str
    reading: str


def shown_count(value: int, table: str, threshold: int | None) -> str:
    """A count in es-CO; of people, only from ``threshold`` on (never, when it is None)."""
    if value and tables.schema(table).person_level:
        if threshold is None:
            return _WITHHELD
        if value < threshold:
            return f"menos de {threshold}"
    return locale.number(value)


def broken_rules(verdicts: Verdicts, codes: Collection[str], threshold: int | None) -> list[Broken]:
    """The rules that rows of the territory break, worst first, then in the order of the
    dictionary. Rows of no municipality are the file's (:func:`unplaced_rules`)."""
    return _in_order(
        _broken(verdict, cases, verdicts.rows_within(verdict.table, codes), threshold)
        for verdict in verdicts.failed()
        if (cases := verdict.within(codes))
    )


def unplaced_rules(verdicts: Verdicts, threshold: int | None) -> list[Broken]:
    """The rules broken by rows that say no municipality, or that hang on a household or an action
    nobody reported; ``total``: the rows of the table that do. In the order of
    :func:`broken_rules`."""
    return _in_order(
        _broken(verdict, cases, verdicts.rows[verdict.table][NOWHERE], threshold)
        for verdict in verdicts.failed()
        if (cases := verdict.unplaced)
    )


def _broken(verdict: Verdict, cases: int, rows: int, threshold: int | None) -> Broken:
    return Broken(
        verdict.table,
        tables.schema(verdict.table).title,
        verdict.rule,
        verdict.severity,
        shown_count(cases, verdict.table, threshold),
        shown_count(rows, verdict.table, threshold),
        verdict.verified,
    )


def _in_order(found: Iterable[Broken]) -> list[Broken]:
    severities = list(SEVERITIES)
    order = {name: position for position, name in enumerate(tables.names())}
    return sorted(found, key=lambda item: (severities.index(item.severity), order[item.table]))


def nothing_read(verdicts: Verdicts, codes: Collection[str]) -> bool:
    """Whether no table but the DIVIPOLA has a row of the territories: no rule says anything."""
    return not any(
        verdicts.rows_within(name, codes) for name in tables.names() if name != "divipola"
    )


def failures(
    verdicts: Verdicts, code: str, threshold: int | None = None
) -> list[tuple[str, str, str, str]]:
    """Table, rule, severity and cases of what a territory breaks, as text for people; then of
    what rows without a municipality break, which say so."""
    return [
        (item.title, item.rule, SEVERITIES[item.severity], item.cases)
        for item in broken_rules(verdicts, [code], threshold)
    ] + [
        (item.title, f"{UNPLACED}: {item.rule}", SEVERITIES[item.severity], item.cases)
        for item in unplaced_rules(verdicts, threshold)
    ]


def table_verdicts(
    verdicts: Verdicts, codes: Collection[str], threshold: int | None
) -> list[TableVerdict]:
    """One verdict a table of the contract, the absent ones included.

    Rows set aside from a file do not count here: a national file has them for other territories.
    """
    broken = broken_rules(verdicts, codes, threshold)
    found = []
    for name in tables.names():
        rows = verdicts.rows_within(name, codes)
        mine = [item for item in broken if item.table == name]
        verdict, why = _judge(rows, mine)
        title = tables.schema(name).title
        found.append(TableVerdict(name, title, shown_count(rows, name, threshold), verdict, why))
    return found


def _judge(rows: int, broken: Sequence[Broken]) -> tuple[str, str]:
    critical = [item.rule for item in broken if item.severity == Severity.CRITICAL]
    observed = [
        item.rule for item in broken if item.severity == Severity.WARNING or not item.verified
    ]
    if critical:
        return INSUFFICIENT, _reasons(critical)
    if not rows:
        return ABSENT, "No se reportó."
    if observed:
        return OBSERVED, _reasons(observed)
    return COMPLETE, "Cumple las reglas."


def _reasons(rules: Sequence[str], most: int = 2) -> str:
    more = len(rules) - most
    text = " ".join(rules[:most])
    return f"{text} Otras reglas incumplidas: {more}." if more > 0 else text


def source_files(
    verdicts: Verdicts,
    records: Iterable[SourceRecord],
    codes: Collection[str],
) -> list[SourceFile]:
    """The files behind the tables that the territory has rows in; a blank sheet is behind none.

    Nothing here counts or hashes a file as a whole: rows of other territories would change it.
    """
    return [
        SourceFile(
            record,
            locale.clauses([part.reason for part in record.set_aside]),
            _reading(record),
        )
        for record in records
        if verdicts.rows_within(record.table, codes)
        and record.concerns(codes)
        and (record.rows_kept or record.set_aside)
    ]


def _reading(record: SourceRecord) -> str:
    if not record.rows_kept:
        return NOTHING_READ
    return PART_READ if record.set_aside else ALL_READ
