"""One fictional world: the seed and the sizes that a test may change."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from example_department import truth


@dataclass(frozen=True)
class World:
    """``signal`` scales how far municipalities differ (0: not at all); ``effect`` is the change
    planted in households reached by service days. The same seed with another effect draws the
    same households, so the difference between both worlds is the exact effect on any measure.
    ``selection`` makes poorer households likelier to be reached: a unit less of the hidden
    condition multiplies their odds by its exponential (0: reached by lot).
    """

    seed: int = truth.SEED
    effect: float = truth.EFFECT
    signal: float = 1.0
    selection: float = 0.0

    def rng(self, theme: str) -> np.random.Generator:
        """A stream of its own for each theme: changing one theme leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(theme.encode())])

    def condition(self, code: str) -> float:
        """Mean hidden condition of a municipality at the baseline."""
        return truth.BY_CODE[code].condition * self.signal


def kind_of(code: str) -> str:
    """``priority``, ``moderate``, ``capital`` or ``other``: how the example treats a place."""
    if code in truth.PRIORITY:
        return "priority"
    if code == truth.CAPITAL:
        return "capital"
    return "moderate" if truth.BY_CODE[code].condition < 0 else "other"


def logistic(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + np.exp(-x))
