"""Parameters of the priority territories: index, robustness, agreement, space."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict
from gsi.contract.vocabulary import OBJECTIVES, RIGHTS

# Same word as gsi.contract.params.indicators.TRANSVERSAL, which cannot be imported from here.
TRANSVERSAL = "transversal"
Share = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Normalisation = Literal["minmax", "zscore", "rank"]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "copeland"]


class OutlierSettings(Strict):
    """When an indicator's extreme values are winsorised."""

    skewness: Positive
    kurtosis: Positive
    max_points: int = Field(ge=0)


class IndexSettings(Strict):
    """The reference index, before its assumptions are varied."""

    normalisation: Normalisation
    aggregation: Aggregation
    floor: Positive
    outliers: OutlierSettings


class WeightSettings(Strict):
    """Weights that differ from 1, relative to the siblings in the same level of the tree."""

    rights: dict[str, Positive]
    objectives: dict[str, Positive]
    indicators: dict[str, Positive]

    @model_validator(mode="after")
    def _known(self) -> WeightSettings:
        for given, known, name in (
            (self.rights, {*RIGHTS, TRANSVERSAL}, "rights"),
            (self.objectives, {*OBJECTIVES, TRANSVERSAL}, "objectives"),
        ):
            unknown = sorted(set(given) - known)
            if unknown:
                raise ValueError(
                    f"{name} no conoce {', '.join(unknown)}; conoce {', '.join(sorted(known))}"
                )
        return self


class RobustnessSettings(Strict):
    """Which assumptions each draw varies, and how much."""

    draws: int = Field(ge=100, le=100_000)
    effect_draws: int = Field(ge=50, le=20_000)
    without_draws: int = Field(ge=50, le=20_000)
    weight_noise: float = Field(ge=0, lt=1)
    normalisation: tuple[Normalisation, ...] = Field(min_length=1)
    aggregation: tuple[Aggregation, ...] = Field(min_length=1)
    leave_one_out: bool
    sampling_error: bool
    count_error: bool
    interval: Share


class AgreementSettings(Strict):
    """The permutation test that independent sources point to the same territories.

    ``one_source``: a register, or the family that stands for it → the families made from it.
    """

    permutations: int = Field(ge=99)
    alpha: Share
    one_source: dict[str, tuple[str, ...]]

    def witness(self, family: str) -> str:
        """What the indicators of a family come from: those of one witness count as one source."""
        return next((name for name, more in self.one_source.items() if family in more), family)


class ClassSettings(Strict):
    """The most classes of the map of the index, and the mean probability of the true one that
    they must have."""

    most: int = Field(ge=2, le=5)
    correct: Share


class SpatialSettings(Strict):
    """Permutations and false discovery rate of Moran's I."""

    permutations: int = Field(ge=99)
    alpha: Share


class PrioritySettings(Strict):
    """Who belongs to the priority group and how sure that must be.

    ``summaries`` lists indicators made from other indicators of the index (the IPM from its
    privations): they stay in it, and the report says how much
    the ranking changes without them. ``contested`` lists indicators that stay out besides those
    that also count how much is reported (the catalogue's ``counts_reporting``): the report says how
    much the ranking would change with all of them.
    ``smoothing``: rates made from counts enter smoothed towards the department's.
    """

    group_share: Share
    minimum_data: Share
    minimum_territories: int = Field(ge=5)
    certain: Share
    possible: Share
    summaries: tuple[str, ...]
    contested: tuple[str, ...]
    smoothing: bool
    classes: ClassSettings
    index: IndexSettings
    weights: WeightSettings
    robustness: RobustnessSettings
    agreement: AgreementSettings
    spatial: SpatialSettings

    @model_validator(mode="after")
    def _ordered(self) -> PrioritySettings:
        if self.possible >= self.certain:
            raise ValueError("possible debe ser menor que certain")
        return self
