"""How often each interval that the product prints holds the truth, by simulation or exactly.

Nominal 0.95. Counts take few values, so that no interval holds every single rate in exactly 0.95:
what is asked is the mean over places around that many expected cases, as municipalities of unequal
size are, and that no single rate falls far below. The bands of a change are in
`test_calibration.py`, waiting times in `test_survival.py`, forecasts in `test_forecast.py`, rates
that are helped in `test_smoothing.py`, sets of ranks in `test_ranks.py`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from paths import ROOT
from scipy.stats import binom, poisson

from gsi.contract.params.indicators import load_catalogue
from gsi.contract.projections import People
from gsi.inputs.indicators import aggregates
from gsi.measure import intervals, survey, targeting

POINT = 0.01
SMALLEST = 0.91  # of any single rate or share: 0.84 is what a plain score interval comes to


def around(events: float) -> np.ndarray:
    """Expected cases of places of half to half as much again that size."""
    return events * np.linspace(0.5, 1.5, 801)


@pytest.mark.parametrize("events", [1, 3, 10, 50])
def test_rates(events: int) -> None:
    counts = np.arange(500)
    low, high = intervals.rate(counts, np.ones(len(counts)))
    found = np.array([
        poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum() for mean in around(events)
    ])  # fmt: skip
    assert found.mean() == pytest.approx(0.95, abs=POINT)
    assert found.min() >= SMALLEST


@pytest.mark.parametrize("n", [100, 500, 5000])
@pytest.mark.parametrize("events", [1, 3, 10, 50])
def test_shares(events: int, n: int) -> None:
    counts = np.arange(n + 1)
    low, high = intervals.proportion(counts, np.full(n + 1, n))
    shares = around(events) / n
    shares = shares[shares < 0.9]
    found = np.array([
        binom.pmf(counts, n, share)[(low <= share) & (share <= high)].sum() for share in shares
    ])  # fmt: skip
    assert found.mean() == pytest.approx(0.95, abs=POINT)
    assert found.min() >= SMALLEST


@pytest.mark.parametrize("events", [0.02, 0.1, 0.3])
def test_where_hardly_anything_happens_it_holds_more_and_never_less(events: float) -> None:
    """Nearly every count is 0 there: an interval that holds 0 cannot hold just 0.95."""
    counts = np.arange(100)
    low, high = intervals.rate(counts, np.ones(len(counts)))
    found = np.array([
        poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum() for mean in around(events)
    ])  # fmt: skip
    assert 0.95 <= found.mean() <= 0.995


@pytest.mark.parametrize("n", [5, 10, 20, 50])
def test_small_denominators(n: int) -> None:
    """Mean over every share, as a course of so many people may have any."""
    counts = np.arange(n + 1)
    low, high = intervals.proportion(counts, np.full(n + 1, n))
    found = np.array([
        binom.pmf(counts, n, share)[(low <= share) & (share <= high)].sum()
        for share in np.linspace(0.001, 0.999, 999)
    ])  # fmt: skip
    assert found.mean() == pytest.approx(0.95, abs=0.02 if n < 10 else POINT)
    assert found.min() >= SMALLEST


def test_small_area_figure_of_a_department() -> None:
    """Estimates of its municipalities err together; their correlation is the catalogue's."""
    indicator = next(
        i for i in load_catalogue(ROOT / "params" / "indicators.yml", None) if i.error_correlation
    )
    correlation = indicator.error_correlation
    assert correlation is not None
    random = np.random.default_rng(8)
    places, worlds = 20, 1500
    people = pd.DataFrame(
        {
            "municipio": [f"73{i:03}" for i in range(1, places + 1)], "periodo": 2022,
            "sexo": "mujer", "edad": 20, "area": "total", "fuente": "f",
            "personas": np.exp(random.normal(9.5, 1, places)).round(),
        }
    )  # fmt: skip
    truth, error = random.uniform(10, 40, places), random.uniform(2, 6, places)
    share = people["personas"] / people["personas"].sum()
    goal = float((share * truth).sum())
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "municipio": people["municipio"], "indicador": indicator.id, "periodo": 2022,
                    "valor": truth + error * shock, "numerador": np.nan, "denominador": np.nan,
                    "error_estandar": error, "inferior": np.nan, "superior": np.nan,
                    "area": "total", "fuente": "f", "serie": f"{indicator.series}{world}",
                    "nota": "",
                }
            )
            for world in range(worlds)
            for shock in [
                np.sqrt(correlation) * random.standard_normal()
                + np.sqrt(1 - correlation) * random.standard_normal(places)
            ]
        ],
        ignore_index=True,
    )  # fmt: skip
    made = aggregates.make(rows, People.of(people), [indicator])
    made = made[made["municipio"] == "73"]
    assert len(made) == worlds
    inside = made["inferior"].le(goal) & made["superior"].ge(goal)
    assert inside.mean() == pytest.approx(0.95, abs=POINT + 0.006)
    # Independent errors, as before, would have held much less.
    alone = np.sqrt(((share * error) ** 2).sum())
    assert made["valor"].sub(goal).abs().le(1.96 * alone).mean() < 0.9


def drawn(
    random: np.random.Generator, share: float, rho: float, psus: int, size: int = 25
) -> tuple[np.ndarray, survey.Design]:
    """Three strata of unequal level; ``rho``: how alike people of one cluster are."""
    levels = share * np.repeat((0.7, 1.0, 1.3), psus)
    alike = 1 / rho - 1
    of_cluster = random.beta(levels * alike, (1 - levels) * alike)
    y = (random.random((3 * psus, size)) < of_cluster[:, None]).ravel().astype(float)
    cluster = np.repeat(np.arange(3 * psus), size)
    design = survey.Design.of(np.ones(len(y)), stratum=cluster // psus, psu=cluster)
    return y, design


@pytest.mark.parametrize(
    ("cases", "rho", "least", "most"),
    [
        # Of 900 people. From twenty cases on it holds its level within the simulation's error.
        (20, 0.01, 0.94, 0.96), (20, 0.1, 0.94, 0.965), (50, 0.01, 0.94, 0.96),
        (50, 0.1, 0.94, 0.96), (50, 0.3, 0.935, 0.96), (270, 0.01, 0.94, 0.96),
        (270, 0.1, 0.94, 0.96),
        # Up to ten: few clusters have any, so that few degrees of freedom stand, and it holds more.
        # With all clusters' it held 0.91 and 0.85 of ten.
        (1, 0.01, 0.95, 0.99), (1, 0.3, 0.95, 0.99), (3, 0.01, 0.95, 0.99), (3, 0.3, 0.95, 0.99),
        (10, 0.01, 0.94, 0.98), (10, 0.1, 0.95, 0.99), (10, 0.3, 0.95, 0.995),
    ],
)  # fmt: skip
def test_shares_of_a_household_survey(cases: int, rho: float, least: float, most: float) -> None:
    random = np.random.default_rng(3)
    draws, inside, known = 1200, 0, 0
    share = cases / 900
    slack = 1.5 * np.sqrt(0.05 * 0.95 / draws)
    for _ in range(draws):
        y, design = drawn(random, share, rho, psus=12)
        found = survey.interval(survey.ratio(y, None, design), design, bounded=True)
        known += not np.isnan(found.low)
        inside += found.low <= share <= found.high
    assert least - slack <= inside / known <= most + slack


def test_cgh() -> None:
    """Fifty clusters of 30 people out of 4,000: no finite population to correct for."""
    random = np.random.default_rng(12)
    towns, people, draws = 4000, 30, 600
    level = random.normal(0, 1, towns)
    welfare = (level[:, None] + random.normal(0, 1, (towns, people))).round(1)
    served = random.random((towns, people)) < 1 / (1 + np.exp(0.5 + 0.8 * welfare))
    truth = targeting.cgh(served.ravel(), welfare.ravel(), poorest=0.4)
    inside = 0
    for _ in range(draws):
        some = random.choice(towns, 50, replace=False)
        h, scores = served[some].ravel(), welfare[some].ravel()
        design = survey.Design.of(np.ones(len(h)), psu=np.repeat(np.arange(50), people))
        found = survey.interval(targeting.cgh_ratio(h, scores, design, poorest=0.4), design)
        inside += found.low <= truth <= found.high
    assert inside / draws == pytest.approx(0.95, abs=POINT + 0.012)
