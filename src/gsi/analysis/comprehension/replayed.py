"""How often judging changes was right: the table that ``python -m benchmarks replay`` made.

``replayed.json`` beside this module is the only place where those figures stand. It names its
inputs: what the catalogue declares of each series replayed, and the rules of judgement. A test
holds them against the code of today, so that a table of another way of judging is not printed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gsi.contract.params.indicators import Indicator
from gsi.measure import change, few_cases, noise, noise_fit

TABLE = Path(__file__).with_suffix(".json")
SERIES = ("men", "eevv", "eevv_residencia", "medicina_legal", "icbf_men")
LEVELS = (0.5, 0.8, 0.95)
STATED = 0.95  # what the reports state; the others are told
POINTS = 3  # within so many of what it states, a band keeps its promise
FEWEST_YEARS = 5
SPAN = 2
FALSE_DISCOVERY = 0.05


def table() -> dict[str, Any]:
    """The whole table: ``inputs``, ``reports``, ``last`` year, ``bands`` and ``changes``."""
    found: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def band(level: float = STATED) -> dict[str, float]:
    """Of one level: ``stated`` (mean of what the bands hold by their own law) and ``inside``, what
    they held a year later, both in percent; ``figures``, how many."""
    found: dict[str, float] = next(row for row in table()["bands"] if row["level"] == level)
    return found


def inputs(catalogue: Sequence[Indicator], replayed: Sequence[str]) -> dict[str, Any]:
    """What the figures depend on: the series' breaks, and the rules of noise and judgement."""
    known = {indicator.id: indicator for indicator in catalogue}
    return {
        "indicators": {
            name: {
                "series": known[name].series,
                "sign": known[name].sign,
                "breaks": [int(year) for year in known[name].breaks],
                "other_base": [int(year) for year in known[name].other_base],
                "unusable": [int(year) for year in known[name].unusable_years],
                "preliminary": [int(year) for year in known[name].preliminary_years],
            }
            for name in sorted(replayed)
            if name in known
        },
        "rules": {
            "levels": list(LEVELS),
            "fewest_years": FEWEST_YEARS,
            "span": SPAN,
            "false_discovery": FALSE_DISCOVERY,
            "few_events": change.FEW_EVENTS,
            "lags": list(noise_fit.LAGS),
            "shared_years": noise.SHARED_YEARS,
            "half_life": noise_fit.HALF_LIFE,
            "most_expected": few_cases.MOST_EXPECTED,
        },
    }
