"""An alternative text has the main numbers of what is drawn, each worked out again from tables.

Of figures of the keys and the plan, in the example's department and in one of its municipalities;
those of the comprehension are in ``analysis/comprehension/test_titles.py``, with their notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import pandas as pd
import pytest
from analysis.keys.worlds import context
from paths import ROOT
from prose import faults

from gsi.analysis.keys.convening import convening
from gsi.analysis.keys.governance import governance
from gsi.analysis.keys.information import information
from gsi.analysis.keys.outreach import outreach
from gsi.analysis.keys.services import services
from gsi.analysis.keys.training import training
from gsi.analysis.plan.baseline import baseline
from gsi.analysis.plan.change import change
from gsi.analysis.plan.monitor import monitor
from gsi.analysis.results import Section
from gsi.ground import locale
from gsi.report.captions import Caption, caption
from gsi.report.figures import registry

DEPARTMENT, MUNICIPALITY = "00", "00010"
STEPS: dict[str, Callable[[Any], Section]] = {
    "information": information,
    "training": training,
    "services": services,
    "outreach": lambda here: outreach(here, Section("priority")),
    "convening": convening,
    "governance": governance,
    "baseline": baseline,
    "change": change,
    "plan": monitor,
}
# Initials that the list of every report says.
SAID = frozenset(["ICV", "ICBF", "SENA", "ESE"])


@cache
def made(step: str, code: str) -> Section:
    return STEPS[step](context(code))


@cache
def words(name: str, code: str) -> Caption | None:
    section, here = made(registry.FIGURES[name].section, code), context(code)
    picture = registry.draw(name, section, here)
    if picture is None:
        return None
    return caption(ROOT / "reports", name, section, here, picture.facts)


def numbers(text: str) -> list[str]:
    return re.findall("\N{MINUS SIGN}?" + r"\d+(?:\.\d{3})*(?:,\d+)?", text)


def table(name: str, code: str) -> pd.DataFrame:
    step, _, key = name.partition(".")
    return made(step, code).tables[key].data


def whole(values: Iterable[float]) -> list[str]:
    return [locale.number(value) for value in values if not pd.isna(value)]


def tenths(values: Iterable[float]) -> list[str]:
    return [locale.number(value, 1) for value in values if not pd.isna(value)]


def alternating(*columns: Sequence[str]) -> list[str]:
    return [each for row in zip(*columns, strict=True) for each in row]


def training_coverage(code: str) -> list[str]:
    rate = table("training.coverage", code)["rate"].dropna()
    return ["1.000", *tenths([rate.min(), rate.max()]), *whole([(rate == 0).sum()])]


def training_moments(code: str) -> list[str]:
    rows = context(code).data.own("formacion")
    rows = rows[(rows["inscritos"] > 0) & (rows["fecha_inicio"].dt.year <= 2024)]
    places = rows.groupby("momento_gestion")["municipio"].nunique()
    four = rows.groupby("municipio")["momento_gestion"].nunique() == 4
    order = ("comprension", "formulacion", "ejecucion", "seguimiento")
    return whole([len(four), four.sum(), *(places.get(each, 0) for each in order)])


def services_targeting(code: str) -> list[str]:
    rows = table("services.targeting", code).dropna(subset=["undercoverage"])
    return tenths(
        [
            end
            for name in ("undercoverage", "leakage")
            for end in (rows[name].min(), rows[name].max())
        ]
    )


def services_cascade(code: str) -> list[str]:
    return whole(table("services.cascade", code)["share"])


def services_barriers(code: str) -> list[str]:
    return whole(table("services.barriers", code).groupby("route", sort=False)["share"].max())


def services_barrier_years(code: str) -> list[str]:
    rows = table("services.barrier_years", code)
    rows = rows[rows["kind"] != "any"]
    years = [name for name in rows if name.isdigit()]
    texts = rows[[f"{years[0]}_text", f"{years[-1]}_text"]]
    return numbers(" ".join(texts.to_numpy().ravel()))


def outreach_groups(code: str) -> list[str]:
    rows = table("outreach.groups", code)
    rows = rows[(rows["dimension"] == "Edad") & rows["share"].notna()]
    return alternating_ages(rows["place"], whole(rows["share"]))


def alternating_ages(labels: Iterable[str], values: Sequence[str]) -> list[str]:
    return [
        n for label, value in zip(labels, values, strict=True) for n in (*numbers(label), value)
    ]


def outreach_calendar(code: str) -> list[str]:
    facts = made("outreach", code).facts
    return [numbers(str(facts[name]))[0] for name in ("present_share", "next_share")]


def convening_conditions(code: str) -> list[str]:
    rows = table("convening.conditions", code)
    return ["0", "4", *tenths(rows[["rating", "score"]].to_numpy().ravel())]


def convening_growth(code: str) -> list[str]:
    rows = table("convening.growth", code)
    return alternating([str(year) for year in rows["year"]], whole(rows["actors"]))


def convening_network(code: str) -> list[str]:
    edges, nodes = table("convening.edges", code), table("convening.entities", code)
    entities = set(edges["a"]) | set(edges["b"])
    degree = pd.concat([edges["a"], edges["b"]]).value_counts()
    found = [len(entities), nodes["label"].nunique(), len(edges)]
    between = nodes["betweenness"].sort_values(ascending=False)
    if between.iloc[0] > 0 and between.iloc[0] > between.iloc[1:].max():
        found.append(degree[nodes.loc[between.index[0], "node"]])
    return whole(found)


def governance_commitments(code: str) -> list[str]:
    rows = context(code).data.own("compromisos")
    drawn = table("governance.entities", code)
    total, fulfilled, overdue = (drawn[c].sum() for c in ("commitments", "fulfilled", "overdue"))
    assert total == len(rows)
    return whole([len(drawn), fulfilled, total - fulfilled - overdue, overdue])


def baseline_profile(code: str) -> list[str]:
    rows = table("baseline.indicators", code)
    rows = rows[rows["share"] & ~rows["few_cases"].astype(bool)]
    against = "country" if code == DEPARTMENT else "department"
    both = rows.dropna(subset=[against])
    apart = both["value"].round(1) - both[against].round(1)
    named = [rows.loc[rows["value"].idxmin()], rows.loc[rows["value"].idxmax()]]
    found = whole([len(rows)])
    for end in named:
        found += [*tenths([end["value"]]), *numbers(end["name"])]
    return found + whole([len(both), (apart > 0).sum(), (apart < 0).sum()])


def plan_progress(code: str) -> list[str]:
    rows = table("plan.keys", code)
    return [
        number
        for label, one, other in zip(
            rows["label"], rows["physical"], rows["financial"], strict=True
        )
        for number in (*numbers(label), *whole([one, other]))
    ]


def plan_alerts(code: str) -> list[str]:
    rows = table("plan.progress", code)
    rows = rows[rows["physical"].notna() & rows["financial"].notna()]
    named = rows[rows["accion"].isin(table("plan.adjust", code)["accion"])]
    found = whole([len(rows)])
    for code_, one, other in zip(
        named["accion"], named["physical"], named["financial"], strict=True
    ):
        found += [*numbers(code_), *whole([one, other])]
    return found


CHECKS: dict[str, Callable[[str], list[str]]] = {
    "training-coverage": training_coverage,
    "training-moments": training_moments,
    "services-targeting": services_targeting,
    "services-cascade": services_cascade,
    "services-barriers": services_barriers,
    "services-barrier-years": services_barrier_years,
    "outreach-groups": outreach_groups,
    "outreach-calendar": outreach_calendar,
    "convening-conditions": convening_conditions,
    "convening-growth": convening_growth,
    "convening-network": convening_network,
    "governance-commitments": governance_commitments,
    "baseline-profile": baseline_profile,
    "plan-progress": plan_progress,
    "plan-alerts": plan_alerts,
}
OF_STEPS = [name for name, entry in registry.FIGURES.items() if entry.section in STEPS]


@pytest.mark.parametrize("code", [DEPARTMENT, MUNICIPALITY])
@pytest.mark.parametrize("name", CHECKS)
def test_the_numbers_of_an_alternative_text_are_the_tables(name: str, code: str) -> None:
    said = words(name, code)
    if said is None:
        assert code == MUNICIPALITY
        return
    assert numbers(said.alt) == CHECKS[name](code), said.alt


@pytest.mark.parametrize("name", OF_STEPS)
def test_an_alternative_text_is_of_its_territory(name: str) -> None:
    """It tells more than the kind of figure, in the words of the reports' rules."""
    here, there = words(name, DEPARTMENT), words(name, MUNICIPALITY)
    assert here is not None
    assert there is None or here.alt != there.alt
    for said in filter(None, (here, there)):
        assert faults(said.alt, SAID) == [] and faults(said.title, SAID) == []
        assert said.alt.endswith(".") and not said.title.endswith(".")
