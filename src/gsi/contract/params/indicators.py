"""The indicator catalogue: one definition an indicator, read from ``params/indicators.yml``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from gsi.contract.divipola import CAPITAL_DISTRICT, is_department
from gsi.contract.params import read_yaml
from gsi.contract.params.base import Strict
from gsi.contract.params.indicator_parts import Contradiction, Official, PopulationBase, Weight
from gsi.contract.vocabulary import AGE_GROUPS, OBJECTIVES, RIGHTS
from gsi.ground.errors import Finding, UserMistake

TRANSVERSAL = "transversal"
_SPAN = re.compile(r"\b(\d{4})(?:\s*-\s*(\d{4}))?\b")
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


class Indicator(Strict):
    """One row of the catalogue.

    What it is: ``numerator`` and ``denominator`` in words, ``multiplier`` (100 for shares, 1,000 or
    100,000 for rates) where the value is computed from both, and ``columns``, contract column →
    where the publisher has it. ``observed``: what is counted; ``place``: where (the residence of
    the person, where the event occurred, or where the service is given), null when it is not known.

    What may be done with it: ``series`` is the comparability group: values of different series are
    never subtracted. ``breaks``: a value of one of these years or later is not comparable with one
    before it; ``other_base``: years computed on another population, comparable only among
    themselves; ``break_reason``: why, in the words that every report uses after a colon, required
    with either; ``unusable_years`` are read without value; ``preliminary_years`` are marked
    (:meth:`comparable_years`; of a fictional place, :meth:`unbroken`). ``direction`` is 'none'
    where neither more nor less is known to be better, and then ``direction_reason`` says why.
    ``counts_reporting``: the figure also counts how much is reported, so that less of it may be
    silence. ``family``: indicators with one family are one fact of one source and count once when
    many are compared. ``full_count``: no sample was drawn, so there is no sampling interval.

    What a department and the country have: ``aggregate`` is 'sum' (numerators over denominators),
    'weighted' (mean by ``weight``), 'published' (only what the publisher gives) or 'none', in
    ``aggregate_years`` (null: all). ``weight_error``: the largest distance known, in the unit of
    the value, between that mean and the published figure; 0 where it reproduces it, null where none
    is known; ``weight_errors``: the same of the departments (or CO) where it is larger;
    ``published_for``: the departments that have a published figure, where not all have.
    ``error_correlation``: that of the errors of two municipalities of a department, the greatest
    that published departmental intervals show, so that none made here is narrower than they are;
    null: the mean has no error. ``official_departments``: who
    publishes them and how ours stands to it. ``official``: the published figure, where a file of
    it may be read; it takes the place of the mean.
    ``series_error``: by how much the values of a series may fall short, department or not, because
    its source counts the cases without the datum as if they did not have the trait: such a value is
    a minimum, and an interval of chance alone would not hold the true one. ``caution``:
    what a reader of any of its figures must know, one or two sentences printed beside every one
    (Spanish).

    ``contradicted_by``: the figure that shows a too low value to be one (cases not registered): it
    is then no merit. ``outgrown``: the same where the place's own two next years are more than so
    many times it, what the country moved apart. ``absent_is_zero``: the source covers the whole
    country every year it has, and writes no row where there was no case. ``bounds``: the least and
    the greatest value that can be (inclusive), where they are not those of the unit
    (:data:`UNIT_BOUNDS`): a coverage over projected people may pass 100 %. ``comparable``: false
    where the value of one place says nothing against another's; its state is then 'no comparable'.
    ``preference`` orders the sources (``fuente``) that may publish the same figure.
    """

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
    direction: Literal["lower", "higher", "none"]
    direction_reason: str | None = None
    observed: Literal["persons", "households", "births", "deaths", "students", "cases", "samples"]
    place: Literal["residence", "occurrence", "service"] | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)
    source: str = Field(min_length=1)
    series: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    years: str
    breaks: tuple[int, ...] = ()
    other_base: tuple[int, ...] = ()
    break_reason: str | None = None
    unusable_years: tuple[int, ...] = ()
    preliminary_years: tuple[int, ...] = ()
    family: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    counts_reporting: bool = False
    full_count: bool = False
    aggregate: Literal["sum", "weighted", "published", "none"]
    weight: Weight | None = None
    weight_error: float | None = Field(default=None, ge=0)
    weight_errors: Mapping[str, float] = Field(default_factory=dict)
    aggregate_years: str | None = None
    published_for: tuple[str, ...] = ()
    series_error: Mapping[str, float] = Field(default_factory=dict)
    error_correlation: float | None = Field(default=None, ge=0, le=1)
    official_departments: str | None = None
    official: Official | None = None
    caution: str | None = Field(default=None, min_length=1)
    target: float | None
    target_source: str | None
    smallest_denominator: int | None = Field(ge=1)
    absent_is_zero: bool = False
    contradicted_by: Contradiction | None = None
    outgrown: float | None = Field(default=None, gt=1)
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
    def sign(self) -> int:
        """1 where more is better, -1 where less is, 0 where nobody knows."""
        return {"higher": 1, "lower": -1, "none": 0}[self.direction]

    def finest(self, place: str, series: str, calculated: bool) -> float:
        """Differences up to this, in the value's unit, are not read: what the mean of a department
        (``calculated``) and the series are known to be off by."""
        weight = self.distance(place) if calculated else None
        return max(weight or 0.0, self.series_error.get(series, 0.0))

    def at_least(self, series: str) -> float | None:
        """By how much the published figure is known to pass a value of the series, which is then a
        minimum; None where it is not one."""
        return self.series_error.get(series)

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value that can be, in the indicator's unit, inclusive."""
        found = self.bounds or _of_unit(self.unit)
        assert found is not None  # the catalogue refuses a unit without bounds
        return found

    @property
    def is_approximate(self) -> bool:
        """True when a department's mean is not known to be what its publisher gives."""
        return self.aggregate == "weighted" and self.weight_error != 0

    def covers(self, year: int) -> bool | None:
        """Whether the source covers the year, zero cases included; None where it is not declared.

        ``years`` is written '2005-2023' or '2018, 2022'.
        """
        return _within(self.years, year)

    def aggregates(self, year: int) -> bool:
        """Whether a department's value of that year can be made from its municipalities."""
        if self.aggregate not in ("sum", "weighted") or year in self.unusable_years:
            return False
        return self.aggregate_years is None or bool(_within(self.aggregate_years, year))

    def reproduces(self, place: str) -> bool:
        """Whether the mean of a department (or CO) is known to be the figure published for it."""
        exact = self.distance(place) == 0
        return exact and (not self.published_for or place in self.published_for)

    def published(self, place: str, calculated: bool) -> bool:
        """Whether the figure of a department (or CO) is the one published for it: read as such, or
        ``calculated`` here by a mean that is known to be the same."""
        if calculated:
            return self.reproduces(place)
        return self.official is not None and is_department(place)

    def interval_given(self, place: str, year: int) -> bool | None:
        """Whether the publisher of the figure of a department gives its interval for a year; None
        where it is not known."""
        if self.official is None or not is_department(place):
            return None
        if self.published_for and place not in self.published_for:
            return False
        if year in self.official.bare_years:
            return False
        return True if year in self.official.interval_years else None

    def distance(self, place: str) -> float | None:
        """The largest known distance between a mean made here and the figure published for the
        department (or CO), in the unit of the value; None where it is not known."""
        if place == CAPITAL_DISTRICT:  # of one municipality: its figure is theirs
            return 0.0
        return self.weight_errors.get(place, self.weight_error)

    def unbroken(self) -> Indicator:
        """The same indicator in a fictional place: the breaks are events of the published series
        of Colombia, which invented figures do not have."""
        return self.model_copy(update={"breaks": (), "other_base": (), "break_reason": None})

    def comparable_years(self, first: int, second: int) -> bool:
        """Whether the values of two years may be subtracted: no break between them, one base."""
        early, late = sorted((first, second))
        if {early, late} & set(self.unusable_years):
            return False
        if (early in self.other_base) != (late in self.other_base):
            return False
        return not any(early < year <= late for year in self.breaks)

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, row: Any) -> Any:
        """An indicator is its own family, and adds up when it is made from counts."""
        if not isinstance(row, dict):
            return row
        made = row.get("multiplier") is not None
        plain = {
            "family": row.get("id"),
            "aggregate": "sum" if made else "none",
            "observed": "persons",
        }
        return {**plain, **row}

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
        if (self.numerator is None) != (self.denominator is None):
            problems.append("numerator y denominator van juntos")
        if self.multiplier is not None and self.numerator is None:
            problems.append("multiplier exige numerator y denominator")
        if self.population is not None and self.multiplier is None:
            problems.append("population exige numerator, denominator y multiplier")
        if (self.break_reason is None) != (not self.breaks and not self.other_base):
            problems.append("break_reason va con breaks u other_base, y solo con ellos")
        if self.direction == "none" and self.direction_reason is None:
            problems.append("direction: none exige direction_reason")
        if self.direction == "none" and (self.in_index or self.target is not None):
            problems.append("un indicador sin sentido conocido no entra al índice ni tiene meta")
        if (self.aggregate == "weighted") != (self.weight is not None):
            problems.append("weight va con aggregate: weighted, y solo con él")
        if self.aggregate == "sum" and self.multiplier is None:
            problems.append("aggregate: sum exige numerator, denominator y multiplier")
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _of_unit(unit: str) -> tuple[float, float] | None:
    return next((bounds for start, bounds in UNIT_BOUNDS if unit.startswith(start)), None)


def _within(years: str, year: int) -> bool | None:
    """Whether ``years`` ('2005-2023'; '2018, 2022') holds the year; None when it names none."""
    spans = _SPAN.findall(years)
    if not spans:
        return None
    return any(int(first) <= year <= int(last or first) for first, last in spans)


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
    "finite_number": "debe ser un número finito",
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
