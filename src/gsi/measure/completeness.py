"""Rates of vital events with what is not registered."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def corrected(rate: ArrayLike, events: ArrayLike, base: ArrayLike = 1.0) -> NDArray[np.float64]:
    """Rates as they would be with what is not registered: ``rate`` · ``base`` / ``events``.

    What is missed is taken to be like what is registered.

    Parameters:
        rate: registered rates, any unit.
        events, base: shares in (0, 1] of the cases and of the denominator that are registered
            (1: people of a projection, which no register counts); all three broadcast together.
    Returns:
        Corrected rates in the unit of ``rate``.
    Raises:
        ValueError: a share outside (0, 1].
    Source:
        United Nations, Manual X (1983), ch. V: a registered rate over its completeness.
    Example:
        >>> float(corrected(20.0, 0.8))
        25.0
    """
    value, seen, known = (np.asarray(part, dtype=np.float64) for part in (rate, events, base))
    if np.any((seen <= 0) | (seen > 1) | (known <= 0) | (known > 1)):
        raise ValueError("completeness must lie in (0, 1]")
    return np.asarray(value * known / seen, dtype=np.float64)
