"""What a validation leaves: one verdict a rule, with its broken rows counted by municipality."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gsi.contract.divipola import department_of
from gsi.contract.tables import schema
from gsi.contract.vocabulary import Severity
from gsi.ground.errors import Finding
from gsi.ground.files import write_text

# Rows that say no municipality (or hang on a household or action nobody reported).
NOWHERE = ""


@dataclass(frozen=True)
class Verdict:
    """One rule on one table.

    ``unexpected`` rows broke it out of ``total`` examined; ``by_municipality`` splits them by the
    code each row carries, ``""`` for rows that carry none. No cell value is kept. ``verified`` is
    False when the table that the rule looks into was not reported: then nothing is known and
    ``unexpected`` counts the rows that could not be checked.
    """

    table: str
    rule: str
    severity: Severity
    column: str
    success: bool
    unexpected: int
    total: int
    by_municipality: dict[str, int]
    verified: bool = True

    def within(self, codes: Collection[str]) -> int:
        """Rows of the territories in ``codes`` that broke the rule."""
        return sum(n for code, n in self.by_municipality.items() if owned(self.table, code, codes))

    @property
    def unplaced(self) -> int:
        """Rows that broke the rule and are of no municipality: they are the file's."""
        return self.by_municipality.get(NOWHERE, 0)


@dataclass(frozen=True)
class Verdicts:
    """Every verdict, and the rows each table has by municipality code; ``published``: those of them
    that come from published files, of the tables that people fill in too."""

    items: tuple[Verdict, ...]
    rows: Mapping[str, dict[str, int]]
    published: Mapping[str, dict[str, int]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def failed(self) -> list[Verdict]:
        """Those whose rule was broken or could not be checked."""
        return [verdict for verdict in self.items if not verdict.success]

    def rows_within(self, table: str, codes: Collection[str]) -> int:
        """Rows of a table that belong to the territories in ``codes``."""
        rows = self.rows.get(table, {})
        if all(len(code) > 2 for code in codes):  # no department, so no code but these
            return sum(rows.get(code, 0) for code in set(codes))
        return sum(n for code, n in rows.items() if owned(table, code, codes))

    def reported(self, table: str, code: str) -> int:
        """Rows with this very code that people filled in."""
        published = self.published.get(table, {}).get(code, 0)
        return self.rows.get(table, {}).get(code, 0) - published

    def reported_within(self, table: str, codes: Collection[str]) -> int:
        """Rows that people filled in of the territories in ``codes``."""
        whole = self.rows_within(table, codes)
        given = self.published.get(table, {})
        return whole - sum(n for code, n in given.items() if owned(table, code, codes))

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all."""
        document = {
            "rows": self.rows,
            "published": self.published,
            "items": [asdict(verdict) for verdict in self.items],
        }
        write_text(path, json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    @classmethod
    def load(cls, path: Path) -> Verdicts:
        """Read back what :meth:`save` wrote."""
        document = json.loads(path.read_text(encoding="utf-8"))
        items = tuple(Verdict(**item) for item in document["items"])
        return cls(items, document["rows"], document["published"])


def owned(table: str, code: str, codes: Collection[str]) -> bool:
    """Whether a row's code is one of ``codes`` or, in a table whose facts add up, stands in one of
    their departments."""
    return code in codes or (
        len(code) > 2 and department_of(code) in codes and not schema(table).one_owner
    )


def critical_failures(verdicts: Verdicts, territory_codes: Collection[str]) -> list[Finding]:
    """What stops a territory, as findings: the rule, how many rows, one municipality as example.

    Rows without a municipality stop every territory: whose figures they change is not known.
    ``territory_codes`` holds municipality codes, or two-digit codes for whole departments.
    """
    findings = []
    for verdict in verdicts:
        if verdict.success or verdict.severity != Severity.CRITICAL or not verdict.verified:
            continue
        rows = verdict.within(territory_codes) + verdict.unplaced
        if rows:
            findings.append(
                Finding(
                    f"tabla {verdict.table} ({schema(verdict.table).title})",
                    verdict.rule.removesuffix("."),
                    _received(verdict, rows, territory_codes),
                    _remedy(verdict.table),
                )
            )
    return findings


def _remedy(table: str) -> str:
    # Only forms, which say why they are asked for, have a check that finds the rows.
    where = " Encuéntrelas con 'gsi forms check ARCHIVO...'." if schema(table).purpose else ""
    return f"Corrija esas filas en el archivo de origen y vuelva a ejecutar.{where}"


def _received(verdict: Verdict, rows: int, codes: Collection[str]) -> str:
    placed = {
        code: n
        for code, n in verdict.by_municipality.items()
        if code and owned(verdict.table, code, codes)
    }
    # Of tables with a row a person, not even a count is told: it may be one person.
    hidden = schema(verdict.table).person_level
    total = "filas de personas" if hidden else f"{rows} fila" if rows == 1 else f"{rows} filas"
    if not placed:
        return f"{total} sin un municipio reconocible"
    example = min(placed, key=lambda code: (-placed[code], code))
    if hidden or placed[example] == rows:
        return f"{total}, con el código {example}"
    return f"{total}; por ejemplo {placed[example]} con el código {example}"
