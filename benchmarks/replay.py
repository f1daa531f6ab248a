"""``python -m benchmarks replay``: every past year judged as if it were today.

The noise of each indicator (education, births, deaths, violence) is estimated from the years up to
one, and the next ones are judged: how often the figure of the next year falls inside the band that
was stated for an unchanged place, against what that band states; and how many of the changes
declared over two years still stand one year later. The figures are held against those that reports
print (``src/gsi/analysis/comprehension/replayed.json``); ``python -m benchmarks.replay`` writes
them there. The official files are those of ``GSI_REAL_DATA``; without it there is nothing to
replay.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

import numpy as np
import pandas as pd

from gsi.analysis.comprehension import replayed as printed
from gsi.analysis.comprehension.replayed import FALSE_DISCOVERY, FEWEST_YEARS, LEVELS, SERIES, SPAN
from gsi.contract.params.indicators import Indicator, load_catalogue
from gsi.ground import frames
from gsi.ground.project import Project
from gsi.inputs.indicators import noise
from gsi.inputs.store import prepare
from gsi.measure import change
from gsi.measure import noise as law

STANDING, SAME = 80.0, 0.5
Panels = dict[str, tuple[Indicator, noise.Panel]]


def main(_repeat: int = 1) -> bool:
    """Print both promises and whether they hold; True where there is nothing to replay."""
    found = _measured()
    if found is None:
        return True
    met = {
        f"stated {100 * row['level']:.0f} %": abs(row["inside"] - row["stated"]) <= printed.POINTS
        for row in found["bands"]
    }
    met["standing"] = found["changes"]["improved"]["standing"] >= STANDING
    met["as printed"] = _alike(found, printed.table())
    for name, held in met.items():
        print(f"{name}: {'met' if held else 'MISSED'}")
    return all(met.values())


def write() -> None:
    """Replay, and keep the figures as those that reports print."""
    found = _measured()
    if found is not None:
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        printed.TABLE.write_text(text, encoding="utf-8")


def _measured() -> dict[str, Any] | None:
    raw = os.environ.get("GSI_REAL_DATA")
    if not raw:
        print("GSI_REAL_DATA is not set: nothing to replay")
        return None
    start = time.perf_counter()
    project = Project.find(raw=raw)
    catalogue = load_catalogue(project.params / "indicators.yml", None)
    panels = _panels(project, catalogue)
    inside, judged, reports = replayed(panels)
    held = inside.groupby(["indicator", "level"])[["stated", "inside"]].mean().mul(100).round(1)
    print(held.unstack().to_string())
    found: dict[str, Any] = {
        "inputs": printed.inputs(catalogue, list(panels)),
        "reports": reports,
        "last": max(int(panel.years.max()) for _, panel in panels.values()),
        "with_a_change": _percent(judged["place_year"].nunique() / reports),
        "bands": [_band(inside[inside["level"] == level], level) for level in LEVELS],
        "by_indicator": {
            str(row["indicator"]): [row["stated"], row["inside"]]
            for row in frames.records(held.reset_index())
            if row["level"] == printed.STATED
        },
        "changes": {
            name: {"declared": len(rows), "standing": _percent(rows["stands"].mean())}
            for name, rows in [
                ("improved", judged[judged["verdict"] == "improved"]),
                ("worsened", judged[judged["verdict"] == "worsened"]),
                ("all", judged),
            ]
        },
    }
    print(json.dumps({key: found[key] for key in found if key != "inputs"}, indent=1))
    print(f"{time.perf_counter() - start:.0f} s")
    return found


def _band(rows: pd.DataFrame, level: float) -> dict[str, float]:
    stated, inside = (_percent(rows[name].mean()) for name in ("stated", "inside"))
    return {"level": level, "stated": stated, "inside": inside, "figures": len(rows)}


def _percent(share: float) -> float:
    return round(100 * float(share), 1)


def _alike(found: dict[str, Any], known: dict[str, Any]) -> bool:
    """Same inputs, and figures within what another machine's rounding may move."""
    pairs = [
        (here["inside"], there["inside"])
        for here, there in zip(found["bands"], known["bands"], strict=True)
    ]
    pairs.append((found["changes"]["all"]["standing"], known["changes"]["all"]["standing"]))
    same = found["inputs"] == known["inputs"] and found["reports"] == known["reports"]
    return same and all(abs(here - there) <= SAME for here, there in pairs)


def _panels(project: Project, catalogue: list[Indicator]) -> Panels:
    store = prepare(project)
    parts = [pd.read_feather(path) for path in sorted((store.folder / "indicadores").glob("*"))]
    table = pd.concat(parts, ignore_index=True).drop_duplicates()
    population = [pd.read_feather(p) for p in sorted((store.folder / "poblacion").glob("*"))]
    people = noise.sizes(pd.concat(population, ignore_index=True))
    rows = table[
        (table["municipio"].str.len() == 5) & (table["area"] == "total") & table["valor"].notna()
    ]
    found = {}
    for indicator in catalogue:
        own = rows[(rows["indicador"] == indicator.id) & (rows["serie"] == indicator.series)]
        if indicator.series in SERIES and own["periodo"].nunique() > FEWEST_YEARS:
            found[indicator.id] = (indicator, noise.Panel.of(own, people, indicator))
    return found


def replayed(panels: Panels) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Rows of the bands of one year ahead, the changes declared over two years, and of how many
    reports."""
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
                bands += [_inside(one, level).assign(indicator=name) for level in LEVELS]
            rows = _rows(indicator, panel, known, origin, origin + SPAN)
            later = _rows(indicator, panel, known, origin, origin + SPAN + 1)
            if rows is not None and later is not None:
                after = change.predicted(later)
                two.append(change.predicted(rows).assign(
                    indicator=name, place=panel.places, direction=indicator.sign or 1,
                    later_net=after["net"], later_difference=after["difference"],
                ))  # fmt: skip
        if two:
            found, some = _declared(pd.concat(two, ignore_index=True), origin)
            declared.append(found)
            reports += some
    return pd.concat(bands, ignore_index=True), pd.concat(declared, ignore_index=True), reports


def _inside(one: pd.DataFrame, level: float) -> pd.DataFrame:
    found = change.predicted(one, level)
    found = found[found["difference"].notna() & found["p"].notna()]
    within = found["difference"].between(
        found["expected_low"] - 1e-9, found["expected_high"] + 1e-9
    )
    return pd.DataFrame({"level": level, "stated": found["stated"], "inside": within})


def _declared(table: pd.DataFrame, origin: int) -> tuple[pd.DataFrame, int]:
    """The changes that each place's report of that year declares, and whether they stand."""
    table = table[table["difference"].notna() & table["p"].notna()]
    parts, reports = [], 0
    for place, own in table.groupby("place"):
        reports += 1
        if not (own["p"] <= FALSE_DISCOVERY).any():
            continue
        found = change.verdicts(own, FALSE_DISCOVERY)
        real = found[found["verdict"].isin(["improved", "worsened"])]
        stands = (real["later_net"] == real["net"]) & (
            np.sign(real["later_difference"]) == np.sign(real["difference"])
        )
        known_later = real["later_difference"].notna()
        parts.append(real.assign(stands=stands.where(known_later), place_year=f"{place}-{origin}"))
    return pd.concat(parts, ignore_index=True) if parts else table.iloc[:0], reports


def _rows(
    indicator: Indicator, panel: noise.Panel, known: law.Noise, first: int, last: int
) -> pd.DataFrame | None:
    if last not in panel.years or not indicator.comparable_years(first, last):
        return None
    if {first, last} & set(indicator.preliminary_years):
        return None
    return panel.moves(known, first, last, indicator.multiplier)


if __name__ == "__main__":
    write()
