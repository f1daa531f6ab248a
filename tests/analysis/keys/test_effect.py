"""Key 4: the effect of service days on living conditions, over seeded worlds of known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from analysis.keys.worlds import NAMES, context
from example_department import World, households, truth

from gsi.analysis.context import Context
from gsi.analysis.keys import effect as subject
from gsi.analysis.keys.outreach import outreach
from gsi.analysis.results import Section
from gsi.contract import tables
from gsi.inputs.data import Data
from gsi.measure.effects import Effect

WORLDS = 100


def with_tables(base: Context, drawn: dict[str, pd.DataFrame]) -> Context:
    found = {name: tables.conform(name, rows) for name, rows in drawn.items()}
    return replace(base, data=Data(found, base.territory, NAMES))


def seen(base: Context, panel: households.Panel) -> Context:
    """Only what the effect reads; the first member at the baseline stands for a reached home."""
    people = panel.personas
    first = people[people["corte"] == truth.BASELINE].drop_duplicates("hogar")
    reached = panel.frame.loc[panel.frame["reached"], "hogar"]
    came = first[first["hogar"].isin(reached)]
    days = pd.DataFrame(
        {"persona": came["persona"], "jornada": "J-001", "servicio": "Vacunación",
         "municipio": truth.CAPITAL, "fecha": pd.Timestamp(2021, 5, 1)}
    )  # fmt: skip
    drawn = {"hogares": panel.hogares, "personas": panel.personas, "atenciones": days}
    return with_tables(base, drawn)


def estimates(ctx: Context) -> tuple[subject.Panel, dict[str, Effect]]:
    found = subject.panel(ctx)
    assert isinstance(found, subject.Panel)
    names = [name for name, _, _ in subject.OUTCOMES.values()]
    return found, {
        name: subject._estimate(found, f"{name}_before", f"{name}_after", ctx) for name in names
    }


@pytest.mark.slow
def test_the_interval_covers_the_planted_effect_and_no_effect_is_none() -> None:
    base = context()
    covered = {"privations": 0, "icv": 0}
    silent = {"privations": 0, "icv": 0}
    signs = {"privations": 0, "icv": 0}
    for seed in range(WORLDS):
        with_it, without = (
            estimates(seen(base, households.panel(World(seed=seed, effect=size))))
            for size in (truth.EFFECT, 0.0)
        )
        homes, never = with_it[0].homes, without[0].homes
        reached = homes["reached"].to_numpy()
        for name in covered:
            change = (homes[f"{name}_after"] - never[f"{name}_after"]).to_numpy()[reached]
            exact = float(np.average(change, weights=homes["peso"].to_numpy()[reached]))
            mine, none = with_it[1][name], without[1][name]
            covered[name] += mine.low <= exact <= mine.high
            silent[name] += none.low <= 0 <= none.high
            signs[name] += np.sign(mine.estimate) == np.sign(exact)
    for name in covered:
        assert covered[name] >= 90
        assert silent[name] >= 90
        assert signs[name] == WORLDS


def test_the_example_gives_the_sign_of_both_outcomes() -> None:
    facts = outreach(context(), Section("priority")).facts
    assert facts["effect_better"].value
    assert facts["effect"].value < 0 < facts["living"].value
    assert not facts["placebo_known"].value


def earlier(drift: float) -> Context:
    """The example with a cut before the baseline; reached homes improved by ``drift`` by then."""
    base = context()
    homes = base.data.department("hogares")
    first = homes[homes["corte"] == truth.BASELINE].copy()
    lacks = [name for name in first if name.startswith("p_")]
    reached = first["hogar"].isin(sorted(subject.reached_homes(base))).to_numpy()
    rng = np.random.default_rng(3)
    worse = rng.random((len(first), len(lacks))) < np.where(reached, drift, 0.0)[:, None]
    noise = rng.random((len(first), len(lacks))) < 0.03
    values = first[lacks].to_numpy(dtype=int)
    first[lacks] = np.where(noise, 1 - values, np.maximum(values, worse))
    first["corte"] = truth.BASELINE - 4
    drawn = {name: base.data.department(name) for name in ("personas", "atenciones")}
    return with_tables(base, {"hogares": pd.concat([first, homes]), **drawn})


def test_a_cut_before_shows_whether_both_groups_were_changing_alike() -> None:
    alike = subject.effect(earlier(0.0), {})
    assert alike["placebo_known"].value
    assert alike["placebo_clean"].value
    already: dict[str, subject.Table] = {}
    facts = subject.effect(earlier(0.25), already)
    assert facts["placebo_known"].value
    assert not facts["placebo_clean"].value
    assert facts["placebo"].value < 0
    assert "Placebo" in already["effect"].data["label"].iloc[-1]


def test_homes_of_a_municipality_with_one_kind_only_are_left_out_and_counted() -> None:
    base = context()
    attended = base.data.department("atenciones")
    drawn = {name: base.data.department(name) for name in ("hogares", "personas")}
    none = attended[~((attended["municipio"] == "00005") & attended["jornada"].notna())]
    found = subject.panel(with_tables(base, {**drawn, "atenciones": none}))
    assert isinstance(found, subject.Panel)
    assert "00005" not in set(found.homes["municipio"])
    assert found.alone == truth.HOUSEHOLDS_PER_MUNICIPALITY


@pytest.mark.parametrize(
    ("territory", "change", "why"),
    [
        ("00", {"keys__outreach__fewest_clusters": 10_000}, subject.FEW_CLUSTERS),
        ("00010", {"disclosure__threshold": 100}, subject.FEW),
    ],
)
def test_what_cannot_be_compared_says_why(territory: str, change: dict[str, int], why: str) -> None:
    found = subject.effect(context(territory, **change), {})
    assert not found["effect_known"].value
    assert found["effect_why"].value == why


def test_homes_reached_in_one_place_alone_conclude_nothing() -> None:
    base = context()
    attended = base.data.department("atenciones")
    members = base.data.department("personas").drop_duplicates("persona").set_index("persona")
    homes = base.data.department("hogares").drop_duplicates("hogar").set_index("hogar")
    place = attended["persona"].map(members["hogar"]).map(homes["microterritorio"])
    came = attended[attended["jornada"].notna()]
    # The place with most homes reached, and nobody reached elsewhere.
    most = place[came.index].value_counts().index[0]
    drawn = {name: base.data.department(name) for name in ("hogares", "personas")}
    alone = attended[attended["jornada"].isna() | (place == most)].reset_index(drop=True)
    found = subject.effect(with_tables(base, {**drawn, "atenciones": alone}), {})
    assert not found["effect_known"].value
    assert found["effect_why"].value == subject.ONE_PLACE


def test_one_cut_is_no_panel() -> None:
    base = context()
    homes = base.data.department("hogares")
    drawn = {name: base.data.department(name) for name in ("personas", "atenciones")}
    once = homes[homes["corte"] == truth.BASELINE]
    assert subject.panel(with_tables(base, {"hogares": once, **drawn})) == subject.NO_PANEL
