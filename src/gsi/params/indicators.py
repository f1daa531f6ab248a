"""The indicator catalogue: one definition an indicator, read from ``params/indicators.yml``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gsi.errors import Finding, UserMistake
from gsi.params import read_yaml
from gsi.vocabulary import AGE_GROUPS, OBJECTIVES, RIGHTS

TRANSVERSAL = "transversal"
GROUPS = {
    "todos": "Toda la población",
    "familias": "Familias",
    "ninez": "Niñez y adolescencia (0-17)",
    **{key: label for key, (label, _, _) in AGE_GROUPS.items()},
}

# What a value can be, by the beginning of its unit (the first that fits).
UNIT_BOUNDS: tuple[tuple[str, tuple[float, float]], ...] = (
    ("%", (0, 100)),
    ("por cien mil", (0, 100_000)),
    ("por diez mil", (0, 10_000)),
    ("por mil", (0, 1_000)),
    ("puntos (0-100)", (0, 100)),
)


class PopulationBase(BaseModel):
    """Who stands in a denominator taken from the projections: sexes and completed ages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ages: tuple[int, int]
    sexes: tuple[Literal["hombre", "mujer"], ...] = ("hombre", "mujer")

    @model_validator(mode="after")
    def _ordered(self) -> PopulationBase:
        if not 0 <= self.ages[0] <= self.ages[1]:
            raise ValueError("las edades van de la menor a la mayor, ambas inclusive")
        return self


class Indicator(BaseModel):
    """One row of the catalogue. ``multiplier`` is 100 for shares, 1,000 or 100,000 for rates.

    ``series`` is the comparability group: values of different series are never subtracted.
    ``absent_is_zero``: the source covers the whole country every year it has, and writes no row
    where there was no case. ``bounds``: the least and the greatest value that can be (inclusive),
    where they are not those of the unit (:data:`UNIT_BOUNDS`): a coverage over projected people may
    pass 100 %. ``comparable``: false where the value of one place says nothing against
    another's; its state is then 'no comparable'. ``preference`` orders the sources (``fuente``)
    that may publish the same figure.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    right: str
    objective: str
    group: str
    numerator: str | None
    denominator: str | None
    multiplier: float | None = Field(gt=0)
    population: PopulationBase | None
    unit: str = Field(min_length=1)
    bounds: tuple[float, float] | None = None
    direction: Literal["lower", "higher"]
    source: str = Field(min_length=1)
    series: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    years: str
    target: float | None
    target_source: str | None
    smallest_denominator: int | None = Field(ge=1)
    absent_is_zero: bool = False
    comparable: bool = True
    minimum_coverage: float = Field(gt=0, le=1)
    preference: tuple[str, ...]
    in_index: bool
    note: str

    @property
    def is_share(self) -> bool:
        """True when the unit is percent; the values that can be are in :attr:`limits`."""
        return self.unit == "%"

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value that can be, in the indicator's unit, inclusive."""
        found = self.bounds or _of_unit(self.unit)
        assert found is not None  # the catalogue refuses a unit without bounds
        return found

    @model_validator(mode="after")
    def _coherent(self) -> Indicator:
        problems = []
        if self.right not in {*RIGHTS, TRANSVERSAL}:
            problems.append(f"right debe ser uno de {', '.join([*RIGHTS, TRANSVERSAL])}")
        if self.objective not in {*OBJECTIVES, TRANSVERSAL}:
            problems.append(f"objective debe ser uno de {', '.join([*OBJECTIVES, TRANSVERSAL])}")
        elif self.objective != TRANSVERSAL and OBJECTIVES[self.objective][0] != self.right:
            problems.append(
                f"el objetivo {self.objective} pertenece al derecho {OBJECTIVES[self.objective][0]}"
            )
        if self.group not in GROUPS:
            problems.append(f"group debe ser uno de {', '.join(GROUPS)}")
        if (self.target is None) != (self.target_source is None):
            problems.append("target y target_source van juntos")
        formula = (self.numerator, self.denominator, self.multiplier)
        if any(part is None for part in formula) != all(part is None for part in formula):
            problems.append("numerator, denominator y multiplier van juntos")
        if self.population is not None and self.numerator is None:
            problems.append("population exige numerator y denominator")
        bounds = self.bounds or _of_unit(self.unit)
        if bounds is None:
            problems.append(
                f"la unidad «{self.unit}» no tiene límites conocidos: escriba bounds, el menor y "
                "el mayor valor posibles"
            )
        elif not (all(math.isfinite(end) for end in bounds) and bounds[0] < bounds[1]):
            problems.append("bounds son dos números finitos, el menor y el mayor valor posibles")
        elif self.target is not None and not bounds[0] <= self.target <= bounds[1]:
            problems.append("target debe estar entre los límites del indicador (bounds)")
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _of_unit(unit: str) -> tuple[float, float] | None:
    return next((bounds for start, bounds in UNIT_BOUNDS if unit.startswith(start)), None)


def load_catalogue(path: Path, override: Path | None = None) -> list[Indicator]:
    """The catalogue in file order; a territory's ``override`` changes fields or adds indicators.

    Raises :class:`UserMistake` with every finding of both files at once.
    """
    base = read_yaml(path)
    defaults = base.get("defaults", {})
    merged: dict[str, dict[str, Any]] = {}
    origin: dict[str, str] = {}
    findings: list[Finding] = []
    for place, document in ((path, base), (override, read_yaml(override) if override else None)):
        if place is None or document is None:
            continue
        allowed = {"defaults", "indicators"} if place == path else {"indicators"}
        for key in sorted(set(document) - allowed):
            findings.append(
                Finding(
                    place.name,
                    f"las claves permitidas son {', '.join(sorted(allowed))}",
                    str(key),
                    "Elimine o corrija esa clave.",
                )
            )
        seen: set[str] = set()
        for position, row in enumerate(document.get("indicators") or [], start=1):
            where = f"{place.name}, indicador {position}"
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                findings.append(
                    Finding(where, "cada indicador es un bloque con id", "", "Escriba su id.")
                )
                continue
            name = row["id"]
            if name in seen:
                findings.append(
                    Finding(where, "cada id aparece una vez por archivo", name, "Deje uno solo.")
                )
                continue
            seen.add(name)
            merged[name] = {**defaults, **merged.get(name, {}), **row}
            origin[name] = f"{place.name}, indicador {name}"
    catalogue = []
    for name, row in merged.items():
        try:
            catalogue.append(Indicator.model_validate(row))
        except ValidationError as error:
            findings.extend(_explain(origin[name], error))
    if findings:
        raise UserMistake(findings)
    return catalogue


_RULES = {
    "missing": "el campo es obligatorio",
    "extra_forbidden": "el campo no existe en el catálogo",
}


def _explain(where: str, error: ValidationError) -> list[Finding]:
    findings = []
    for item in error.errors():
        field = ".".join(str(part) for part in item["loc"])
        rule = _RULES.get(item["type"], "el valor no es válido para este campo")
        if item["type"] == "value_error":
            rule = str(item["ctx"]["error"])
        elif item["type"] == "literal_error":
            rule = f"los valores permitidos son {item['ctx']['expected'].replace(' or ', ' o ')}"
        received = "" if item["type"] in {"missing", "value_error"} else str(item["input"])
        findings.append(
            Finding(
                f"{where}, campo {field}" if field else where,
                rule,
                received,
                "Corrija el archivo; los campos se explican en docs/indicadores.md.",
            )
        )
    return findings
