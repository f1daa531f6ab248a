"""What the reports' check found, with the file and line a person wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gsi.ground.errors import Finding, GsiError, UserMistake


@dataclass(frozen=True, order=True)
class Place:
    """A line of a source file, its path seen from the project's folder."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, línea {self.line}"


class EngineError(GsiError):
    """Pandoc or Typst stopped on a report that passed every check: not the user's doing."""

    exit_code = 1

    def __init__(self, document: str, program: str, message: str) -> None:
        rule = f"{program} no pudo hacer el informe"
        super().__init__(Finding(document, rule, message, "Comunique este mensaje al equipo."))


def finding(place: Place | str, rule: str, received: str, remedy: str) -> Finding:
    """A finding at a place of the report's sources."""
    return Finding(str(place), rule, received, remedy)


def stop_if_any(findings: Iterable[Finding]) -> None:
    """Raise everything found at once, each thing once, in reading order."""
    unique = sorted(set(findings), key=_reading_order)
    if unique:
        raise UserMistake(unique)


def _reading_order(item: Finding) -> tuple[str, int, str, str]:
    file, _, line = item.where.partition(", línea ")
    return (file, int(line) if line.isdigit() else 0, item.rule, item.received)


def enumerate_names(names: Sequence[str]) -> str:
    """'a, b, c' for a remedy."""
    return ", ".join(names)
