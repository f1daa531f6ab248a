"""The errors a person can cause, and how they are told: in Spanish, all at once, no traceback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One problem: where it is, which rule it breaks, what was received, what to do.

    ``where`` names file, sheet, row and column as far as they apply
    ("formacion.xlsx, hoja formacion, fila 4, columna fecha_inicio").
    ``received`` never carries person-level data.
    """

    where: str
    rule: str
    received: str
    remedy: str

    def __str__(self) -> str:
        received = f" Se recibió: {self.received}." if self.received else ""
        return f"{self.where}: {self.rule}.{received} {self.remedy}"


class GsiError(Exception):
    """Base of every error the workbook raises on purpose; ``exit_code`` is the command's."""

    exit_code = 1

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings = [findings] if isinstance(findings, Finding) else list(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[GsiError], tuple[list[Finding]]]:
        return type(self), (self.findings,)  # as it was made, on its way between processes


class UserMistake(GsiError):
    """A wrong code, a bad cell, a missing file, an unknown parameter: exit code 2."""

    exit_code = 2


class InputsChanged(UserMistake):
    """Files of the input folder came, went or changed while they were read: nothing to remember."""

    def __init__(self, what: str) -> None:
        super().__init__(
            Finding(
                "carpeta de datos",
                "los archivos no deben cambiar mientras se leen",
                what,
                "Repita la orden cuando nadie esté copiando, sincronizando o borrando archivos.",
            )
        )

    def __reduce__(self) -> tuple[type[GsiError], tuple[str]]:  # type: ignore[override]
        return type(self), (self.findings[0].received,)


class TerritoryFailed(GsiError):
    """A territory could not be reported (critical data quality, a failed notebook): exit code 1."""

    exit_code = 1
