"""What the table of proposed actions claims, each held against the prepared inputs.

:func:`problems` works out again, of every action proposed for a gap: that its figure is the last
final one of the baseline's series, that its reference is of the same year and series, that the
target is between both, how many deviations apart they are, whether an earlier year of its series
was already there; and of all, that they are in order.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import yaml
from headlines import Report, area_of

from gsi.ground import locale

PLACES = {"department": lambda code: code[:2], "country": lambda _code: "CO"}


def problems(report: Report) -> list[str]:
    """What is wrong with the proposal of a territory; nothing if every claim holds."""
    actions = report.table("proposal.actions")
    found = _out_of_order(actions)
    declared = yaml.safe_load((report.root / "params" / "indicators.yml").read_text("utf-8"))
    catalogue = {item["id"]: item for item in declared["indicators"]}
    for row in actions[actions["rule"] == "gap"].to_dict("records"):
        found += _wrong(report, row, catalogue[row["indicator"]])
        found += _others(report, row, catalogue)
    return found


def _others(report: Report, row: dict, catalogue: dict[str, dict]) -> list[str]:
    """Each «También lo pide» has the figure that the prepared inputs have of that year."""
    rows = report.prepared("indicadores")
    rows = rows[(rows["municipio"] == report.code) & (rows["area"] == "total")]
    ids = {item["name"]: item["id"] for item in catalogue.values()}
    found = []
    for name, value, year in re.findall(
        r"También lo pide «(.+?)»: (?:al menos )?([\d.,]+)\D[^;]*? en (\d{4})", row["why"]
    ):
        mine = rows[(rows["indicador"] == ids[name]) & (rows["periodo"] == int(year))]
        written = {locale.number(v, digits) for v in mine["valor"].dropna() for digits in (0, 1)}
        if value not in written or ids[name] == row["indicator"]:
            found.append(f"{row['indicator']}: {name} {value} ({year}) is not {written}")
    if row["why"].count("También lo pide") != len(re.findall(r"También lo pide «", row["why"])):
        found.append(f"{row['indicator']}: unread {row['why']!r}")
    return found


def _out_of_order(actions: pd.DataFrame) -> list[str]:
    """The group stands first in what is printed; within it, the printed numbers add up and fall."""
    sizes = []
    for told in actions["order_text"]:
        group = int(re.match(r"(\d)\. ", told)[1])  # type: ignore[index]
        numbers = re.findall(r"(?:: |falta |; más )(\d+(?:,\d+)?)", told)
        scale = 0.01 if "falta" in told else 1.0
        values = [float(number.replace(",", ".")) for number in numbers]
        size = sum(values[1:], values[0] * scale) if values else float("-inf")
        sizes.append((group, size))
    return [
        f"not in order: {first} before {second}"
        for first, second in pairwise(sizes)
        # Printed numbers are rounded.
        if first[0] > second[0] or (first[0] == second[0] and first[1] < second[1] - 0.011)
    ]


def _wrong(report: Report, row: dict, known: dict) -> list[str]:
    found = []
    rows = report.prepared("indicadores")
    every = rows[rows["indicador"] == known["id"]]
    rows = every[every["area"] == "total"]
    rows = rows[rows["valor"].notna() & (rows["periodo"] <= report.years[1])]
    base = report.table("baseline.indicators").set_index("indicator").loc[known["id"]]
    mine = rows[(rows["municipio"] == report.code) & (rows["serie"] == base["own_series"])]
    mine = mine[~mine["periodo"].isin(known.get("preliminary_years", []))]
    mine = mine.sort_values("periodo")
    # Of a part of a year only where the year before is not whole.
    half = mine["nota"].fillna("").str.contains("Corte parcial")
    whole = set(mine.loc[~half, "periodo"])
    mine = mine[~(half & (mine["periodo"] - 1).isin(whole))]
    last = mine.iloc[-1]
    if not known.get("comparable", True):
        found.append(f"{known['id']}: compared with no other place, and has a goal")
    found += _seen_before(row, mine, known)
    if (row["baseline"], row["year"]) != (last["valor"], last["periodo"]):
        found.append(f"{known['id']}: {row['baseline']} ({row['year']}) is not the last final one")
    reference = "target" if row["group"] == "norm" else row["reference"]
    if reference == "target":
        limit = known["target"]
    else:
        place = PLACES[reference](report.code)
        peer = every[(every["municipio"] == place) & (every["area"] == area_of(every, last))]
        peer = peer[(peer["periodo"] == last["periodo"]) & (peer["serie"] == last["serie"])]
        limit = peer["valor"].iloc[0]
    if not min(row["baseline"], limit) < row["target"] < max(row["baseline"], limit):
        found.append(f"{known['id']}: target {row['target']} is not between figure and {limit}")
    if locale.number(limit, 1) not in row["why"] and locale.number(limit) not in row["why"]:
        found.append(f"{known['id']}: {limit} is not in {row['why']!r}")
    if (last["valor"] - limit) * {"lower": 1, "higher": -1}[known["direction"]] <= 0:
        found.append(f"{known['id']}: not behind {limit}")
    distance = abs(last["valor"] - limit) / _deviation(report, last)
    if not np.isclose(row["distance"], distance, rtol=0.01):
        found.append(f"{known['id']}: {row['distance']} deviations, not {distance}")
    return found


def _seen_before(row: dict, mine: pd.DataFrame, known: dict) -> list[str]:
    """The year in which the territory is said to have been at the target, and no other, is its last
    there; looked for up to the first thing that parts the series."""
    if str(mine["municipio"].iloc[0]).startswith("00"):
        known = known | {
            "breaks": [],
            "other_base": [],
        }  # of Colombia's series, not of invented ones
    past, kept = mine.iloc[::-1], []
    for (_, after), (_, before) in pairwise(past.iterrows()):
        year = int(after["periodo"])
        other = set(known.get("other_base", []))
        crossed = range(int(before["periodo"]) + 1, year + 1)
        if set(crossed) & set(known.get("breaks", [])) or (year in other) != (year - 1 in other):
            break
        kept.append(before)
    sign = {"lower": -1, "higher": 1}[known["direction"]]
    there = [int(b["periodo"]) for b in kept if (b["valor"] - row["target"]) * sign >= 0]
    said = re.search(r"Ya estuvo en la meta en (\d{4}): ", row["why"])
    if said is None:
        # Notes and cases may part the series too: silence is judged where there are neither.
        plain = mine["nota"].fillna("").eq("").all() and mine["numerador"].isna().all()
        return [f"{known['id']}: was at its target in {there[0]}"] if there and plain else []
    value = mine.loc[mine["periodo"] == int(said[1]), "valor"].iloc[0]
    if int(said[1]) not in there or locale.number(value, 1) not in row["why"]:
        return [f"{known['id']}: was not at {row['target']} in {said[1]}"]
    return []


def _deviation(report: Report, last: pd.Series) -> float:
    """Between the departments, or for a municipality between the municipalities, by people."""
    rows = pd.concat(_everywhere(report, "indicadores"))
    rows = rows[(rows["indicador"] == last["indicador"]) & (rows["area"] == "total")]
    rows = rows[(rows["periodo"] == last["periodo"]) & (rows["serie"] == last["serie"])]
    values = (
        rows[rows["valor"].notna()].drop_duplicates("municipio").set_index("municipio")["valor"]
    )
    size = 5 if len(report.code) == 5 or report.code == "00" else 2
    values = values[(values.index.str.len() == size) & (values.index != "CO")]
    people = pd.concat(_everywhere(report, "poblacion"))
    people = people[people["municipio"].str.len() == 5]
    people = people[people["area"].isin(["total"])]
    years = people.groupby(["municipio", "periodo"])["personas"].sum()
    mean = years.groupby("municipio").mean()
    if size == 2:
        mean = mean.groupby(mean.index.str[:2]).sum()
    return float(np.sqrt(np.cov(values, aweights=mean.reindex(values.index), bias=True)))


def _everywhere(report: Report, name: str) -> list[pd.DataFrame]:
    """The prepared tables of every department (of the example alone, for the example)."""
    own = (report.root / "data" / "processed" / "_base").glob(f"*/{name}/{report.code[:2]}.arrow")
    newest = max(own, key=lambda path: path.stat().st_mtime_ns).parent
    return [
        pd.read_feather(path)
        for path in sorted(newest.glob("[0-9][0-9].arrow"))
        if (path.stem == "00") == report.code.startswith("00")
    ]
