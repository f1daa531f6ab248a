"""Composite indices as a chain of verbs, each taking and returning a :class:`Composite`."""

from gsi.measure.composite.aggregation import aggregate
from gsi.measure.composite.model import Composite, Step, replay
from gsi.measure.composite.prepare import (
    data_share,
    denominate,
    effective_weights,
    impute_group_mean,
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
    "denominate",
    "effective_weights",
    "impute_group_mean",
    "normalise",
    "orient",
    "replay",
    "screen",
    "treat_outliers",
]
