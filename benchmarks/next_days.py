"""``python -m benchmarks next_days``: covering plans of a very large department.

1,000 candidate sites and 50,000 people, drawn from a seed; prints, for each kind of plan, how many
points the model kept of all people, the gap, and its time as a multiple of the plain greedy choice.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from gsi.measure.covering import covering_plan, haversine_km
from gsi.measure.covering_model import grouped

SIDE = 1.6  # degrees: about the size of a department
TOWNS = 120
PEOPLE, SITES, DAYS, RADIUS_KM, SECONDS = 50_000, 1_000, 20, 8.0, 60.0


def department(
    people: int, sites: int, seed: int, radius_km: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Demand (points), who is within reach of which site, and the cost of a day at each site."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, SIDE, (TOWNS, 2))
    homes = towns[rng.integers(0, TOWNS, people)] + rng.normal(0, 0.06, (people, 2))
    places = homes[rng.choice(people, sites, replace=False)]
    covers = haversine_km(homes[:, 0], homes[:, 1], places[:, 0], places[:, 1]) <= radius_km
    return rng.integers(1, 5, people).astype(float), covers, rng.uniform(8, 20, sites)


def main(_repeat: int = 1) -> bool:
    """Print each plan's cover, gap and seconds; False where a plan takes much longer than asked."""
    demand, covers, cost = department(PEOPLE, SITES, 7, RADIUS_KM)
    points = len(grouped(demand, covers)[0])
    print(f"personas {PEOPLE}, sitios {SITES}, puntos del modelo {points}")
    budget = float(np.median(cost) * DAYS * 0.8)
    room = float(demand.sum() / DAYS / 3)
    plans: dict[str, dict[str, Any]] = {
        "cobertura": {},
        "cobertura y presupuesto": {"cost": cost, "budget": budget},
        "capacidad": {"capacity": room},
        "capacidad y presupuesto": {"capacity": room, "cost": cost, "budget": budget},
    }
    start = time.perf_counter()
    covering_plan(demand, covers, DAYS, seconds=0.0)
    least = time.perf_counter() - start
    kept = True
    for name, options in plans.items():
        start = time.perf_counter()
        plan = covering_plan(demand, covers, DAYS, seconds=SECONDS, **options)
        spent = time.perf_counter() - start
        kept &= np.isfinite(plan.gap) and spent <= 1.1 * SECONDS
        print(
            f"  {name}: {plan.covered / demand.sum():.1%} de la demanda, distancia al óptimo "
            f"{plan.gap:.3%}, {spent / least:.1f} veces la elección simple ({spent:.0f} s)"
        )
    return bool(kept)
