"""Parameters of household measures, baseline, change, proposal and monitoring."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict
from gsi.contract.params.registers import RegisterSettings

Share = Annotated[float, Field(ge=0, le=1)]
Confidence = Annotated[float, Field(gt=0.5, lt=1)]
Positive = Annotated[int, Field(ge=1)]
CutOff = Annotated[str, Field(pattern=r"^[0-9]+/[1-9][0-9]*$")]


class Privation(Strict):
    """An indicator of the IPM: its dimension and its weight in hundredths."""

    label: str = Field(min_length=1)
    dimension: str
    weight: Positive


class PovertySettings(Strict):
    """The multidimensional poverty measure: dimensions, privations, cut-offs k as fractions."""

    cutoff: CutOff
    sensitivity: tuple[CutOff, ...]
    dimensions: dict[str, str]
    privations: dict[str, Privation] = Field(min_length=1)
    smallest_households: Positive

    @property
    def k(self) -> Fraction:
        """The cut-off as an exact fraction."""
        return Fraction(self.cutoff)

    @model_validator(mode="after")
    def _coherent(self) -> PovertySettings:
        unknown = {p.dimension for p in self.privations.values()} - set(self.dimensions)
        if unknown:
            raise ValueError(f"dimensiones sin nombre: {', '.join(sorted(unknown))}")
        if not all(0 < Fraction(value) <= 1 for value in (self.cutoff, *self.sensitivity)):
            raise ValueError("cada corte k debe ser mayor que 0 y no pasar de 1")
        return self


class LivingVariable(Strict):
    """A variable of the ICV: ordered categories, or the cut points that make them.

    ``cuts`` are lower ends of every band but the first; ``descending`` when more is worse.
    """

    label: str = Field(min_length=1)
    factor: str
    cuts: tuple[float, ...] | None
    descending: bool

    @model_validator(mode="after")
    def _increasing(self) -> LivingVariable:
        if self.cuts is not None and (not self.cuts or list(self.cuts) != sorted(set(self.cuts))):
            raise ValueError("los cortes van de menor a mayor, sin repetir")
        return self


class OfficialScores(Strict):
    """A published score table of the ICV: who publishes it, and the points of every category.

    ``points``: variable → points of its categories, worst to best, never falling.
    """

    citation: str = Field(min_length=10)
    points: dict[str, tuple[Annotated[float, Field(ge=0, le=100)], ...]]

    @model_validator(mode="after")
    def _monotone(self) -> OfficialScores:
        falling = [name for name, v in self.points.items() if list(v) != sorted(v)]
        if falling:
            raise ValueError(
                "los puntos van de la peor categoría a la mejor y no bajan: "
                + ", ".join(sorted(falling))
            )
        highest = sum(max(values, default=0) for values in self.points.values())
        if not 99.5 <= highest <= 100.5:
            raise ValueError(f"los puntos máximos deben sumar 100; suman {highest:g}")
        return self


class LivingSettings(Strict):
    """The living conditions index: factors, variables and where its scores come from.

    ``official`` is None where no table is given: the scores are then estimated on the baseline.
    """

    factors: dict[str, str]
    variables: dict[str, LivingVariable] = Field(min_length=2)
    official: OfficialScores | None
    tolerance: float = Field(gt=0, lt=0.01)
    iterations: Positive

    @model_validator(mode="after")
    def _coherent(self) -> LivingSettings:
        unknown = {v.factor for v in self.variables.values()} - set(self.factors)
        if unknown:
            raise ValueError(f"factores sin nombre: {', '.join(sorted(unknown))}")
        if self.official is not None and set(self.official.points) != set(self.variables):
            raise ValueError("la tabla oficial debe dar puntos a las mismas variables del índice")
        for name, variable in self.variables.items():
            if self.official is None or variable.cuts is None:
                continue
            if len(self.official.points[name]) != len(variable.cuts) + 1:
                raise ValueError(f"official.points.{name}: {len(variable.cuts) + 1} categorías")
        return self


class BaselineSettings(Strict):
    """How old a figure may be, and how wide its interval, before the table remarks on it."""

    oldest_years: Positive
    wide_interval: Share


class QualitySettings(Strict):
    """When an indicator cannot be classified, and when it is remarked on (shares of 1).

    ``coverage``: least share of municipalities with the figure; ``disagreement`` and
    ``implausible``: largest shares of its figures that another source denies or that cannot be.
    """

    coverage: Share
    disagreement: Share
    implausible: Share


class CodeChange(Strict):
    """A DIVIPOLA code whose territory is not the same up to the year ``last`` and after it."""

    code: str = Field(pattern=r"^[0-9]{5}$")
    kind: Literal["created", "abolished", "altered"]
    last: int = Field(ge=1985, le=2100)


class ChangeSettings(Strict):
    """When a change is called real.

    ``false_discovery``: over all indicators of a report together. ``similar_share``: what part of
    its move the country must have made for it to be said to have moved alike. ``plausible_factor``:
    a place whose figure, so many times smaller or larger, would still pass for unchanged is not
    judged: nothing can be known of its change. ``codes``:
    territories that changed. ``same_concept`` groups indicators that measure one thing by methods
    that must not be subtracted from one another, under the name a reader knows it by.
    """

    false_discovery: Annotated[float, Field(gt=0, lt=0.5)]
    similar_share: Share
    plausible_factor: Annotated[float, Field(gt=1)]
    codes: tuple[CodeChange, ...]
    same_concept: dict[str, tuple[str, ...]]


class ResemblanceSettings(Strict):
    """When an action of the plan in force resembles a proposed one: how many ``words``, by their
    first ``letters``, both have, beside those that begin as ``of_all``, which every action has."""

    letters: Positive
    words: Positive
    of_all: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,}$")], ...]


class ProposalSettings(Strict):
    """How many actions are proposed, how far a target goes and how long the plan lasts."""

    actions: Positive
    decisions: Positive
    gap_share: Annotated[float, Field(gt=0, le=1)]
    years: Positive
    worse_points: float = Field(ge=0)
    worse_share: Share
    per_objective: Positive
    worsened_bonus: Share
    voice_bonus: Share
    resemblance: ResemblanceSettings


class Band(Strict):
    """A band of physical progress: from ``start`` percent up to the next band's."""

    start: float = Field(ge=0)
    label: str = Field(min_length=1)


class MonitorSettings(Strict):
    """Bands of progress, the levels, in percent, whose meeting raises an alert, and how sure a
    forecast must be."""

    bands: tuple[Band, ...] = Field(min_length=1)
    aggregate_cap: float = Field(gt=0)
    money_from: float = Field(gt=0)
    progress_below: float = Field(gt=0)
    progress_from: float = Field(gt=0)
    money_below: float = Field(gt=0)
    over: float = Field(ge=100)
    forecast_confidence: Confidence

    @model_validator(mode="after")
    def _ordered(self) -> MonitorSettings:
        starts = [band.start for band in self.bands]
        if starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("la primera banda comienza en 0 y las demás van de menor a mayor")
        return self

    def band(self, percent: float) -> str:
        """The label of a progress in percent; negative progress is in the first band."""
        reached = [band.label for band in self.bands if percent >= band.start]
        return reached[-1] if reached else self.bands[0].label

    def bands_text(self) -> str:
        """The bands as a reader needs them: ``crítico, menos de 40 %; bajo, de 40 a menos de 60 %``
        and so on."""
        ends = [band.start for band in self.bands[1:]]
        written = []
        for band, end in zip(self.bands, [*ends, None], strict=True):
            if end is None:
                span = f"{band.start:g}\N{NO-BREAK SPACE}% o más"
            elif band.start == 0:
                span = f"menos de {end:g}\N{NO-BREAK SPACE}%"
            else:
                span = f"de {band.start:g} a menos de {end:g}\N{NO-BREAK SPACE}%"
            written.append(f"{band.label}, {span}")
        return "; ".join(written)


class PlanSettings(Strict):
    """Everything key 1, the baseline, the change and the action plan assume.

    ``person_register`` is None where the territory has no register of people to measure.
    """

    confidence: Confidence
    poverty: PovertySettings
    person_register: RegisterSettings | None
    living_conditions: LivingSettings
    baseline: BaselineSettings
    quality: QualitySettings
    change: ChangeSettings
    proposal: ProposalSettings
    monitor: MonitorSettings
