"""The catalogue of measures from which action plans are proposed: ``params/measures.yml``."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from gsi.contract.params import finding_of, read_yaml
from gsi.contract.params.base import Strict
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS, Level
from gsi.ground.errors import UserMistake

FILE = "measures.yml"
FactPath = str


class Trigger(Strict):
    """A fact of a section, ``section.fact``, and when it calls for a measure or a decision.

    Exactly one of: ``below`` or ``above`` a number, ``is`` a yes/no, or ``missing``: the section
    was computed without it because a table was not reported, or fewer than ``keys.quorum`` of the
    department reported one of its ``forms``.
    """

    fact: FactPath = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    below: float | None = None
    above: float | None = None
    equals: bool | None = None
    missing: bool | None = None
    forms: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_rule(self) -> Trigger:
        given = [self.below, self.above, self.equals, self.missing]
        if sum(value is not None for value in given) != 1:
            raise ValueError("cada disparador lleva una sola regla: below, above, equals o missing")
        if self.forms and not self.missing:
            raise ValueError("forms va con missing: true")
        return self


class Attention(Strict):
    """Cases to be attended, where the indicators that count them also count how much is reported.

    ``registers``: those indicators; that one of them holds cases calls for the measure. ``route``
    and ``step``: a route of the territory and words of the name of its step, whose share of cases
    within the deadline is the baseline where it is known.
    """

    registers: tuple[str, ...] = Field(min_length=1)
    route: str | None = None
    step: str | None = None

    @model_validator(mode="after")
    def _both(self) -> Attention:
        if (self.route is None) != (self.step is None):
            raise ValueError("route y step van juntos")
        return self


class Texts(Strict):
    """What a measure of several indicators is for one of them."""

    action: str = Field(min_length=1)
    product: str = Field(min_length=1)
    unit: str | None = None


class Measure(Strict):
    """What can be done: linked to an objective, a key, a sector and a product indicator.

    It is called for by the gap of an outcome indicator (``indicators``), by cases to be attended
    (``attention``), or by a fact of a key (``when``; its value is the baseline). ``target``: where
    the last two should be. With several indicators ``texts`` says the action and the product of
    each, so that an action names what its indicator measures (:meth:`of`). ``mga``: the first
    digits of the products of DNP's catalogue with which a plan de desarrollo could answer it.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    key: Literal[1, 2, 3, 4, 5]
    right: str
    objective: str
    sector: str
    partners: tuple[str, ...]
    action: str = Field(min_length=1)
    product: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    funding: Literal["sgp", "propios", "sgr", "cofinanciacion", "otro"]
    indicators: tuple[str, ...] = ()
    texts: dict[str, Texts] = Field(default_factory=dict)
    when: Trigger | None = None
    attention: Attention | None = None
    outcome: str | None = None
    outcome_unit: str | None = None
    target: float | None = None
    mga: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Measure:
        problems = []
        strange = [code for code in self.mga if not re.fullmatch(r"\d{4}|\d{7}", code)]
        if strange:
            problems.append(
                "mga lleva códigos de programa (cuatro dígitos) o de producto (siete): "
                + ", ".join(strange)
            )
        if self.right not in RIGHTS:
            problems.append(f"right debe ser uno de {', '.join(RIGHTS)}")
        if self.objective not in OBJECTIVES:
            problems.append(f"objective debe ser uno de {', '.join(OBJECTIVES)}")
        elif OBJECTIVES[self.objective][0] != self.right:
            problems.append(f"el objetivo pertenece al derecho {OBJECTIVES[self.objective][0]}")
        called = [bool(self.indicators), self.when is not None, self.attention is not None]
        if sum(called) != 1:
            problems.append("cada medida lleva indicators, attention o when, y solo uno")
        described = [self.outcome is not None, self.outcome_unit is not None]
        if any(described) != all(described) or bool(self.indicators) == all(described):
            problems.append("outcome y outcome_unit van con when o attention, y solo con ellos")
        several = set(self.indicators) if len(self.indicators) > 1 else set()
        if set(self.texts) != several:
            problems.append("con varios indicators, texts dice la acción y el producto de cada uno")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def of(self, indicator: str | None) -> Measure:
        """The measure as it is for that indicator."""
        own = self.texts.get(str(indicator))
        if own is None:
            return self
        unit = own.unit or self.unit
        said = {"action": own.action, "product": own.product, "unit": unit}
        return self.model_copy(update=said)


class Decision(Strict):
    """A decision asked of the council: all of ``when`` must hold; texts carry {section.fact}."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: tuple[Trigger, ...] = Field(min_length=1)
    level: Level | None = None
    text: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    responsible: str = Field(min_length=1)


class Catalogue(Strict):
    """Measures, decisions and what to do about each alert."""

    measures: tuple[Measure, ...] = Field(min_length=1)
    decisions: tuple[Decision, ...] = Field(min_length=1)
    adjustments: dict[str, str]

    @model_validator(mode="after")
    def _unique(self) -> Catalogue:
        for kind, items in (("medidas", self.measures), ("decisiones", self.decisions)):
            ids = [item.id for item in items]
            repeated = sorted({name for name in ids if ids.count(name) > 1})
            if repeated:
                raise ValueError(f"{kind} con el mismo id: {', '.join(repeated)}")
        return self


def facts_of(template: str) -> list[FactPath]:
    """The ``section.fact`` paths that a template names."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def load_measures(folder: Path) -> Catalogue:
    """Read ``measures.yml``; :class:`UserMistake` with every finding at once."""
    document = read_yaml(folder / FILE)
    try:
        return Catalogue.model_validate(document)
    except ValidationError as error:
        raise UserMistake(
            [finding_of(f"params/{FILE}", dict(item), Catalogue) for item in error.errors()]
        ) from None
