"""Composite indices as a chain of verbs, each taking and returning a :class:`Composite`."""

from gsi.measure.composite.aggregation import aggregate
from gsi.measure.composite.model import Composite, Step
from gsi.measure.composite.prepare import (
    data_share,
    effective_weights,
    orient,
    screen,
    treat_outliers,
)
from gsi.measure.composite.scaling import normalise

__all__ = [
    "Composite",
    "Step",
    "aggregate",
    "data_share",
    "effective_weights",
    "normalise",
    "orient",
    "screen",
    "treat_outliers",
]
