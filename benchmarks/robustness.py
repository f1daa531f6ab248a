"""``python -m benchmarks robustness``: the whole country's index, 2,000 times.

1,122 municipalities × 45 indicators, six of them with a published error, every method of the
default parameters. The target is 20 seconds of processor and 2 GiB; the time is told in seconds and
as a multiple of a product of matrices made here, so that a slow machine can be told from slow code.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd

from gsi.contract import params
from gsi.contract.vocabulary import OBJECTIVES
from gsi.ground.project import Project
from gsi.measure import composite as ci
from gsi.measure import robustness as rb
from gsi.measure import simulation as sm

DRAWS, MUNICIPALITIES, INDICATORS, NOISY = 2_000, 1_122, 45, 6
SECONDS, GIB = 20.0, 2.0


def country(municipalities: int, indicators: int, noisy: int, seed: int) -> sm.Model:
    """A made-up country: the catalogue's tree, a fiftieth of the values missing."""
    settings = params.load(Project.find().params)[0].priority
    rng = np.random.default_rng(seed)
    leaves = [f"i{j}" for j in range(indicators)]
    objectives = list(OBJECTIVES)
    rows = {leaf: objectives[j % len(objectives)] for j, leaf in enumerate(leaves)}
    rows |= {key: f"right:{right}" for key, (right, _) in OBJECTIVES.items()}
    rows |= {f"right:{right}": "index" for right, _ in OBJECTIVES.values()}
    rows["index"] = ""
    tree = pd.DataFrame({"parent": rows, "weight": 1.0, "direction": 1}).loc[list(rows)]
    values = rng.normal(size=(municipalities, indicators))
    values[rng.uniform(size=values.shape) < 0.02] = np.nan
    index = [f"{n:05d}" for n in range(municipalities)]
    errors = pd.DataFrame(np.nan, index, leaves)
    errors[leaves[:noisy]] = 0.3
    chosen = settings.robustness
    return sm.Model(
        ci.Composite(pd.DataFrame(values, index, leaves), tree),
        sm.Assumptions(
            chosen.normalisation,
            chosen.aggregation,
            chosen.weight_noise,
            chosen.leave_one_out,
            chosen.sampling_error,
        ),
        errors,
    )


def unit(seed: int) -> float:
    """Processor seconds of the machine's yardstick: a product of two 3,000 × 3,000 matrices."""
    a = np.random.default_rng(seed).normal(size=(3000, 3000)).astype(np.float32)
    start = time.process_time()
    a @ a
    return time.process_time() - start


def main(repeat: int = 3) -> bool:
    """Print the seconds (least of ``repeat``), the multiple and the memory; False beyond them."""
    model = country(MUNICIPALITIES, INDICATORS, NOISY, seed=1)
    yardstick = min(unit(seed) for seed in range(3))
    spent = min(ranked(model) for _ in range(repeat))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{DRAWS} simulaciones × {MUNICIPALITIES} × {INDICATORS}: {spent:.1f} s (≤ {SECONDS})")
    print(f"  veces el producto de dos matrices de 3.000 × 3.000: {spent / yardstick:.1f}")
    print(f"  memoria máxima: {memory:.2f} GiB (≤ {GIB})")
    return spent <= SECONDS and memory <= GIB


def ranked(model: sm.Model) -> float:
    """Seconds of processor of all the draws: scores, ranks and their summary."""
    start = time.process_time()
    draws = model.draw(np.random.default_rng(2), DRAWS)
    ranking = rb.ranks(model.scores(draws), draws.ties)
    rb.summarise(ranking, MUNICIPALITIES // 4, model.territories)
    return time.process_time() - start
