"""``python -m benchmarks replay``: every past year judged as if it were today.

The noise of each indicator (education, births, deaths, violence) is estimated from the years up to
one, and the next ones are judged: how often the figure of the next year falls inside the band that
was stated for an unchanged place, and how many of the changes declared over two years still stand
one year later. The official files are those of ``GSI_REAL_DATA``; without it there is nothing to
replay.
"""

from __future__ import annotations

import os
import time

import numpy as np
import pandas as pd

from gsi import noise
from gsi.comprehension.changes import REPLAYED
from gsi.measure import change
from gsi.measure import noise as law
from gsi.params.indicators import Indicator, load_catalogue
from gsi.project import Project
from gsi.store import prepare

SERIES = ("men", "eevv", "eevv_residencia", "medicina_legal", "icbf_men")
LEVELS = (0.5, 0.8, 0.95)
STATED = 0.95  # what the reports state; the others are told

FEWEST_YEARS = 5
SPAN = 2
POINTS, STANDING, SAME = 3.0, 80.0, 1.0


def main(_repeat: int = 1) -> bool:
    """Print both promises and whether they hold; True where there is nothing to replay."""
    raw = os.environ.get("GSI_REAL_DATA")
    if not raw:
        print("GSI_REAL_DATA is not set: nothing to replay")
        return True
    start = time.perf_counter()
    panels = _panels(Project.find(raw=raw))
    inside, judged = replayed(panels)
    print(inside.groupby(["indicator", "level"])["inside"].mean().unstack().round(3).to_string())
    met: dict[str, bool] = {}
    for level in LEVELS:
        within = inside.loc[inside["level"] == level, "inside"]
        share = 100 * float(within.mean())
        if level == STATED:
            met["stated"] = abs(share - 100 * level) <= POINTS
            met["printed inside"] = abs(share - REPLAYED["inside"]) <= SAME
        print(f"stated {100 * level:.0f} %: {share:.1f} % of {len(within)}")
    stood = {}
    for word in ("improved", "worsened"):
        found = judged[judged["verdict"] == word]
        stood[word] = 100 * float(found["stands"].mean())
        print(f"{word}: {len(found)} declared; {stood[word]:.0f} % still stand a year later")
    reports = judged["reports"].iloc[0]
    share = judged["place_year"].nunique() / reports
    print(f"reports replayed: {reports}; with a change: {share:.3f}")
    print(f"{time.perf_counter() - start:.0f} s")
    met["standing"] = stood["improved"] >= STANDING
    every = 100 * float(judged["stands"].mean())
    met["printed standing"] = abs(every - REPLAYED["standing"]) <= SAME
    for name, held in met.items():
        print(f"{name}: {'met' if held else 'MISSED'}")
    return all(met.values())


def _panels(project: Project) -> dict[str, tuple[Indicator, noise.Panel]]:
    store = prepare(project)
    parts = [pd.read_feather(path) for path in sorted((store.folder / "indicadores").glob("*"))]
    table = pd.concat(parts, ignore_index=True).drop_duplicates()
    population = [pd.read_feather(p) for p in sorted((store.folder / "poblacion").glob("*"))]
    people = noise.sizes(pd.concat(population, ignore_index=True))
    rows = table[
        (table["municipio"].str.len() == 5) & (table["area"] == "total") & table["valor"].notna()
    ]
    found = {}
    for indicator in load_catalogue(project.params / "indicators.yml", None):
        own = rows[(rows["indicador"] == indicator.id) & (rows["serie"] == indicator.series)]
        if indicator.series in SERIES and own["periodo"].nunique() > FEWEST_YEARS:
            found[indicator.id] = (indicator, noise.Panel.of(own, people, indicator))
    return found


def replayed(
    panels: dict[str, tuple[Indicator, noise.Panel]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the bands of one year ahead, and the changes declared over two years."""
    years = sorted({int(y) for _, panel in panels.values() for y in panel.years})
    bands, declared = [], []
    reports = 0
    for origin in years:
        two = []
        for name, (indicator, panel) in panels.items():
            if origin not in panel.years or (panel.years <= origin).sum() < FEWEST_YEARS:
                continue
            known = panel.fitted(origin)
            if known is None:
                continue
            one = _rows(indicator, panel, known, origin, origin + 1)
            if one is not None:
                for level in LEVELS:
                    found = change.predicted(one, level)
                    found = found[found["difference"].notna() & found["p"].notna()]
                    within = found["difference"].between(
                        found["expected_low"] - 1e-9, found["expected_high"] + 1e-9
                    )
                    bands.append(
                        pd.DataFrame({"indicator": name, "level": level, "inside": within})
                    )
            rows = _rows(indicator, panel, known, origin, origin + SPAN)
            later = _rows(indicator, panel, known, origin, origin + SPAN + 1)
            if rows is not None and later is not None:
                after = change.predicted(later)
                two.append(change.predicted(rows).assign(
                    indicator=name, place=panel.places, direction=indicator.sign or 1,
                    later_net=after["net"], later_difference=after["difference"],
                ))  # fmt: skip
        if not two:
            continue
        table = pd.concat(two, ignore_index=True)
        table = table[table["difference"].notna() & table["p"].notna()]
        for place, own in table.groupby("place"):
            reports += 1
            found = change.verdicts(own, 0.05)
            real = found[found["verdict"].isin(["improved", "worsened"])]
            if len(real):
                stands = (real["later_net"] == real["net"]) & (
                    np.sign(real["later_difference"]) == np.sign(real["difference"])
                )
                known_later = real["later_difference"].notna()
                declared.append(
                    real.assign(stands=stands.where(known_later), place_year=f"{place}-{origin}")
                )
    judged = pd.concat(declared, ignore_index=True).assign(reports=reports)
    return pd.concat(bands, ignore_index=True), judged


def _rows(
    indicator: Indicator, panel: noise.Panel, known: law.Noise, first: int, last: int
) -> pd.DataFrame | None:
    if last not in panel.years or not indicator.comparable_years(first, last):
        return None
    if {first, last} & set(indicator.preliminary_years):
        return None
    a, b = (int(np.flatnonzero(panel.years == year)[0]) for year in (first, last))
    past = [_past(panel, known, place, a) for place in range(len(panel.places))]
    names = {
        "value": "valor", "numerator": "numerador", "denominator": "denominador",
        "error": "error_estandar",
    }  # fmt: skip
    sides = {
        f"{name}{side}": panel.wide[column][:, place]
        for name, column in names.items()
        for side, place in (("_a", a), ("_b", b))
    }
    return pd.DataFrame(
        sides
        | {
            "kind": panel.kind,
            "common_a": panel.common[a],
            "common_b": panel.common[b],
            "people_a": panel.people,
            "people_b": panel.people,
            "multiplier": indicator.multiplier or np.nan,
            "lag": last - first,
            "variance_size": known.size,
            "variance_level": known.level,
            "variance_walk": known.walk,
            "units": known.units,
            "factor": [factor for factor, _ in past],
            "freedom": [freedom for _, freedom in past],
        }
    )


def _past(panel: noise.Panel, known: law.Noise, place: int, last: int) -> tuple[float, float]:
    pairs = [bool(panel.comparable[k, k + 1]) for k in range(last)]
    squares = law.history(
        known,
        panel.g[place, : last + 1],
        panel.unit[place, : last + 1],
        panel.years[: last + 1],
        pairs,
    )
    return law.moderated(known, squares)
