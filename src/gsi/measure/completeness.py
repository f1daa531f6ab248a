"""Rates of vital events with what is not registered."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def corrected(rate: ArrayLike, events: ArrayLike, base: ArrayLike = 1.0) -> NDArray[np.float64]:
    """``rate`` · ``base`` / ``events``: shares in (0, 1] of the cases and of the denominator that
    are registered (1: people of a projection, which no register counts).

    Source: United Nations, Manual X (1983), ch. V: a registered rate over its completeness. What is
    missed is taken to be like what is registered.
    """
    value, seen, known = (np.asarray(part, dtype=np.float64) for part in (rate, events, base))
    if np.any((seen <= 0) | (seen > 1) | (known <= 0) | (known > 1)):
        raise ValueError("completeness must lie in (0, 1]")
    return np.asarray(value * known / seen, dtype=np.float64)
