"""What the catalogue says of an indicator's people, weight, contradictions and published figure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gsi.contract.params.base import Strict


class PopulationBase(Strict):
    """Who stands in a denominator taken from the projections: sexes and completed ages."""

    ages: tuple[int, int]
    sexes: tuple[Literal["hombre", "mujer"], ...] = ("hombre", "mujer")

    @model_validator(mode="after")
    def _ordered(self) -> PopulationBase:
        if not 0 <= self.ages[0] <= self.ages[1]:
            raise ValueError("las edades van de la menor a la mayor, ambas inclusive")
        return self


class Weight(Strict):
    """What a municipality counts for in a mean. ``name`` is printed with the mean (Spanish).

    ``population``: people of the projections; null: the ``denominador`` of the indicator's own row.
    """

    name: str = Field(min_length=1)
    population: PopulationBase | None


class Contradiction(Strict):
    """What the next year's ``indicator`` cannot pass: this one's value and those ``beside`` it.

    ``reason``: what it means when it does, after "Al año siguiente" (Spanish).
    """

    indicator: str
    beside: tuple[str, ...] = ()
    reason: str = Field(min_length=1)


class Official(Strict):
    """The published figure of departments and the country that a mean of ours stands for.

    ``figure``: the ``indicador`` of its rows, which no catalogue row has: it is shown, not judged.
    ``name``, ``survey``: what it is and of which survey. ``differs``: why the country's is another
    than the mean of the municipalities, in words that stand after a colon (Spanish).
    ``interval_years``: those in which its publisher gives its interval for every department that it
    gives one of; ``bare_years``: those in which it gives none.
    """

    figure: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    survey: str = Field(min_length=1)
    differs: str = Field(min_length=1)
    interval_years: tuple[int, ...] = ()
    bare_years: tuple[int, ...] = ()
