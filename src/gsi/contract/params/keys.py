"""Parameters of the five keys and of governance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]

LEVELS = ("incipiente", "en_desarrollo", "consolidada")
CONDITIONS = (1, 2, 3, 4, 5, 6, 7)


class ServicesSettings(Strict):
    """Who is eligible for services and when two sectors are said to articulate them."""

    eligible: Literal["vulnerable", "ipm", "either"]
    poorest: float = Field(gt=0, lt=1)
    timely_days: float = Field(gt=0)
    content_words: dict[str, list[str]]
    procedure_words: list[str]
    smallest_cases: int = Field(ge=2)
    satisfied_from: int = Field(ge=1, le=5)


class OutreachSettings(Strict):
    """Reach and cost of the next service days, and when an effect may be estimated."""

    radius_km: float = Field(gt=0, le=500)
    next_days: int = Field(ge=1, le=100)
    capacity: Positive | None
    budget: Positive | None
    fewest_clusters: int = Field(ge=4)


class EvidenceSettings(Strict):
    """``full``: the value at which the evidence of a condition of success counts as complete."""

    full: Positive
    label: str = Field(min_length=1)


class ConveningSettings(Strict):
    """The seven conditions of success: how ratings are held against evidence."""

    nuclear_sectors: list[str] = Field(min_length=1)
    sectors_together: int = Field(ge=2)
    disagreement: float = Field(gt=0, le=4)
    sufficient: Share
    evidence: dict[int, EvidenceSettings]

    @model_validator(mode="after")
    def _all_conditions(self) -> ConveningSettings:
        if tuple(sorted(self.evidence)) != CONDITIONS:
            raise ValueError("evidence debe tener las siete condiciones, del 1 al 7")
        return self


class GovernanceSettings(Strict):
    """How many overdue commitments the report lists, the oldest first."""

    listed: int = Field(ge=1)


class Requirement(Strict):
    """A fact (``section.fact``) and the least value that meets it; ``lift`` says how to get there.

    ``evidence`` names the fact for readers. A fact that is missing does not meet its requirement.
    ``forms``: those that the fact is told by. In a department a value that few reported does not
    meet it either (:attr:`KeysSettings.quorum`).
    """

    fact: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    at_least: float
    evidence: str = Field(min_length=1)
    lift: str = Field(min_length=1)
    forms: tuple[str, ...] = ()


class KeyRules(Strict):
    """What a key must meet for each state; a state also needs those below it.

    ``unreported``: what to do first where nothing says whether there is anything.
    """

    unreported: str = Field(min_length=1)
    incipiente: list[Requirement] = Field(min_length=1)
    en_desarrollo: list[Requirement] = Field(min_length=1)
    consolidada: list[Requirement] = Field(min_length=1)


class KeysSettings(Strict):
    """Everything declared about the five keys.

    ``quorum``: the part of a department's municipalities, or of its people, that must have reported
    for a key to be in a state beyond the first by what forms tell.
    """

    confidence: float = Field(gt=0.5, lt=1)
    quorum: Share
    services: ServicesSettings
    outreach: OutreachSettings
    convening: ConveningSettings
    governance: GovernanceSettings
    states: dict[int, KeyRules]

    @model_validator(mode="after")
    def _five_keys(self) -> KeysSettings:
        if sorted(self.states) != [1, 2, 3, 4, 5]:
            raise ValueError("states debe tener las cinco claves, de la 1 a la 5")
        return self
