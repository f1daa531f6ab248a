"""How a register of people is read: which column is what, and what makes a deprivation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict

Name = Annotated[str, Field(min_length=1)]
Value = int | float | str


class Condition(Strict):
    """What a column of a member must hold: one of some values, or a number within limits.

    ``at_least`` and ``at_most`` are inclusive, ``less_than`` is not; ``per`` divides the column by
    another one first (people per room). A missing value makes the condition unknown.
    """

    column: Name
    per: Name | None = None
    values: tuple[Value, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    less_than: float | None = None

    @model_validator(mode="after")
    def _something(self) -> Condition:
        limits = (self.at_least, self.at_most, self.less_than)
        if (self.values is None) == all(limit is None for limit in limits):
            raise ValueError("una condición tiene values, o límites (at_least, at_most, less_than)")
        if self.values is not None and (not self.values or self.per is not None):
            raise ValueError("values debe tener al menos un valor y no se usa con per")
        return self


class Rule(Strict):
    """What deprives a household; exactly one of three.

    ``column``: the file already says it (0 or 1). ``any_member``: some member meets every
    condition. ``mean``: the mean of a column over the members who meet ``among`` is below a limit
    (nobody to average: not deprived).
    """

    column: Name | None = None
    any_member: tuple[Condition, ...] | None = None
    mean: Name | None = None
    among: tuple[Condition, ...] = ()
    below: float | None = None

    @model_validator(mode="after")
    def _one(self) -> Rule:
        given = [self.column is not None, self.any_member is not None, self.mean is not None]
        if sum(given) != 1 or self.any_member == ():
            raise ValueError("una regla tiene column, any_member o mean, y solo una")
        if (self.mean is None) != (self.below is None) or (self.among and self.mean is None):
            raise ValueError("mean va con below; among solo va con mean")
        return self


class RegisterSettings(Strict):
    """A register of people, one row a person, in a CSV or Parquet file of the input folder.

    ``household`` names the columns that identify a household: the members that rules look at, and
    the sampling unit where ``psu`` is empty. ``groups``: name → column, for subgroups.
    """

    file: Name
    cut: int = Field(ge=1990, le=2100)
    municipality: Name
    weight: Name | None = None
    household: tuple[Name, ...] = ()
    stratum: tuple[Name, ...] = ()
    psu: tuple[Name, ...] = ()
    groups: dict[str, Name] = Field(default_factory=dict)
    privations: dict[str, Rule] = Field(min_length=1)
    memory: Annotated[str, Field(pattern=r"^[0-9]+(MB|GB)$")] = "1GB"
    threads: int = Field(default=2, ge=1, le=256)

    @model_validator(mode="after")
    def _members(self) -> RegisterSettings:
        if not self.household and any(rule.column is None for rule in self.privations.values()):
            raise ValueError("las reglas sobre los miembros necesitan household")
        return self
