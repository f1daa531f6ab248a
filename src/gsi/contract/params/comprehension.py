"""Parameters of the comprehension phase, apart from the priority index."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict
from gsi.contract.vocabulary import OBJECTIVES

Share = Annotated[float, Field(ge=0, le=1)]
Ages = tuple[Annotated[int, Field(ge=0, le=85)], Annotated[int, Field(ge=0, le=85)]]


Code = Annotated[str, Field(pattern=r"^\d{2}$")]
Registered = Annotated[float, Field(gt=0, le=1)]


class DepartmentCompleteness(Strict):
    """Shares of a department's births and deaths that are registered (0-1); who published them."""

    births: Registered | None = None
    deaths: Registered | None = None
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _of_something(self) -> DepartmentCompleteness:
        if self.births is None and self.deaths is None:
            raise ValueError("diga qué parte de los nacimientos o de las muertes se registra")
        return self


class Completeness(Strict):
    """What is registered of births and deaths (:mod:`gsi.analysis.comprehension.completeness`).

    ``least``: with a smaller share, no rate is called better. ``departments``: the published table,
    by code. ``undocumented``: departments where under-registration is documented and no figure of
    it is at hand: treated as below ``least`` until ``departments`` says otherwise.
    """

    least: Share
    departments: dict[Code, DepartmentCompleteness]
    undocumented: tuple[Code, ...]


class RightsSettings(Strict):
    """When a value is called better or worse than its reference.

    ``false_discovery``: over all facts of a report. ``indifference``: the part of the reference
    below which a difference between full counts does not matter. ``household_size``: people a
    household, for the chance in a full count of households. ``fewest_events``: with fewer cases no
    rate is called better. ``plausible_factor``: where neither so many times less than the reference
    nor so many times more would be told from it, the figure is not compared.
    ``completeness``: no rate of births or deaths is called better where they are not all
    registered.
    """

    confidence: float = Field(gt=0.5, lt=1)
    false_discovery: float = Field(gt=0, lt=0.5)
    indifference: Share
    household_size: float = Field(ge=1)
    fewest_events: int = Field(ge=0)
    plausible_factor: float = Field(gt=1)
    completeness: Completeness


class ScenarioSettings(Strict):
    """Which ages each kind of place serves, and which rate of use calls attention."""

    ages: dict[str, Ages]
    saturated: Share
    idle: Share

    @model_validator(mode="after")
    def _ordered(self) -> ScenarioSettings:
        if self.idle >= self.saturated:
            raise ValueError("idle debe ser menor que saturated")
        return self


class ReadingSettings(Strict):
    """When the actors, and when the data, are said to see a problem in a right."""

    actors_share: Share
    data_share: Share
    smallest_votes: int = Field(ge=1)
    top: int = Field(ge=1)


class PeerSettings(Strict):
    """Which municipalities are like one: features, how many, and from which distance (in standard
    deviations, median of them) none is called alike."""

    features: tuple[Literal["population", "density", "children_share", "older_share"], ...] = Field(
        min_length=1
    )
    number: int = Field(ge=3, le=20)
    far: float = Field(gt=0)


class ScopeSettings(Strict):
    """How many municipalities, and which share of evidence, the scope paragraph names."""

    named_municipalities: int = Field(ge=1)
    right_share: Share


class InvestmentSettings(Strict):
    """When investment lines overlap."""

    overlap_entities: int = Field(ge=2)


Programme = Annotated[str, Field(pattern=r"^\d{4}(\d{3})?$")]


class DevelopmentPlanSettings(Strict):
    """``programmes``: programmes of the MGA (4 digits), or some of their products (7), → the
    objectives of policy that they answer; a product's own entry counts before its programme's, and
    one without objectives answers none of them in particular. ``childhood``: programmes whose name
    says that they are for children, adolescents or youth. ``progress_low``: below this percentage a
    target is told as late.
    """

    programmes: dict[Programme, tuple[str, ...]] = Field(min_length=1)
    childhood: tuple[Programme, ...]
    progress_low: float = Field(gt=0, le=100)

    @model_validator(mode="after")
    def _known(self) -> DevelopmentPlanSettings:
        named = {name for listed in self.programmes.values() for name in listed}
        if named - set(OBJECTIVES):
            raise ValueError(f"no son objetivos: {', '.join(sorted(named - set(OBJECTIVES)))}")
        if set(self.childhood) - set(self.programmes):
            raise ValueError("childhood lleva programas que están en programmes")
        return self

    def objectives(self, programme: str, product: str) -> tuple[str, ...] | None:
        """The objectives that a product answers; None where it is not declared."""
        return self.programmes.get(product, self.programmes.get(programme))

    @property
    def whole(self) -> tuple[str, ...]:
        """Programmes that are declared whole, with all their products."""
        return tuple(code for code in self.programmes if len(code) == 4)


class ComprehensionSettings(Strict):
    """``poverty``: indicators of multidimensional poverty, first choice first."""

    poverty: tuple[str, ...] = Field(min_length=1)
    rights: RightsSettings
    scenarios: ScenarioSettings
    readings: ReadingSettings
    peers: PeerSettings
    scope: ScopeSettings
    investment: InvestmentSettings
    development_plan: DevelopmentPlanSettings
