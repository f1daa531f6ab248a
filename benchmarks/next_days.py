"""``python -m benchmarks.next_days``: covering plans of a very large department.

1,000 candidate sites and 50,000 people, drawn from a seed; prints, for each kind of plan, how many
points the model kept of all people, the gap, and its time as a multiple of the plain greedy choice.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

import numpy as np

from gsi.measure.coverage import covering_plan, grouped, haversine_km

SIDE = 1.6  # degrees: about the size of a department
TOWNS = 120


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


def main(_repeat: int = 1, arguments: Sequence[str] = ()) -> None:
    """Print, for each kind of plan, its coverage, its gap and its time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--radius", type=float, default=8.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args(arguments)
    demand, covers, cost = department(given.people, given.sites, 7, given.radius)
    points = len(grouped(demand, covers)[0])
    print(f"personas {given.people}, sitios {given.sites}, puntos del modelo {points}")
    budget = float(np.median(cost) * given.days * 0.8)
    room = float(demand.sum() / given.days / 3)
    plans = {
        "cobertura": {},
        "cobertura y presupuesto": {"cost": cost, "budget": budget},
        "capacidad": {"capacity": room},
        "capacidad y presupuesto": {"capacity": room, "cost": cost, "budget": budget},
    }
    start = time.perf_counter()
    covering_plan(demand, covers, given.days, seconds=0.0)
    least = time.perf_counter() - start
    for name, options in plans.items():
        start = time.perf_counter()
        plan = covering_plan(demand, covers, given.days, seconds=given.seconds, **options)
        spent = time.perf_counter() - start
        print(
            f"{name}: {plan.covered / demand.sum():.1%} de la demanda, distancia al óptimo "
            f"{plan.gap:.3%}, {spent / least:.1f} veces la elección simple ({spent:.0f} s)"
        )


if __name__ == "__main__":
    main(arguments=sys.argv[1:])
