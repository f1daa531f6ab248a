"""The panel: coherent rows, a condition that can be measured, an effect of known size."""

import numpy as np
import pandas as pd
import pytest
from example_department import World, households, truth
from example_department.households import ASSETS, PRIVATIONS, Panel

WEIGHTS = dict(zip(PRIVATIONS, (10, 10, 5, 5, 5, 5, 10, 10, 10, 10, 4, 4, 4, 4, 4), strict=True))


def scores(panel: Panel) -> pd.DataFrame:
    """Weighted privations in hundredths: one row a home, one column a cut."""
    homes = panel.hogares
    score = sum(homes[name] * weight for name, weight in WEIGHTS.items())
    return homes.assign(score=score).pivot(index="hogar", columns="corte", values="score")


def reached(panel: Panel) -> pd.Series:
    return panel.frame.set_index("hogar")["reached"].sort_index()


def difference_in_differences(panel: Panel) -> tuple[float, float]:
    """Estimate and standard error, homes as units."""
    table, treated = scores(panel), reached(panel)
    change = table[2024] - table[2018]
    yes, no = change[treated], change[~treated]
    error = np.sqrt(yes.var() / len(yes) + no.var() / len(no))
    return yes.mean() - no.mean(), float(error)


def test_same_homes_at_both_cuts_with_a_usable_design(panel: Panel) -> None:
    homes = panel.hogares
    cuts = homes.groupby("corte")["hogar"].agg(set)
    assert cuts[2018] == cuts[2024]
    assert homes.groupby(["municipio", "corte"]).size().eq(120).all()
    assert set(homes["municipio"]) == set(truth.BY_CODE) - {truth.UNCLASSIFIABLE}
    assert homes.groupby("estrato")["upm"].nunique().min() >= 2
    assert homes.groupby("upm")["estrato"].nunique().max() == 1
    assert (homes["peso"] > 0).all()
    people = (homes["peso"] * homes["personas"])[homes["corte"] == 2018].sum()
    expected = sum(m.people for m in truth.MUNICIPALITIES if m.code != truth.UNCLASSIFIABLE)
    assert people == pytest.approx(expected, rel=0.05)


def test_persons_agree_with_their_home(panel: Panel) -> None:
    people = panel.personas
    sizes = people.groupby(["hogar", "corte"]).size()
    homes = panel.hogares.set_index(["hogar", "corte"])
    assert sizes.sort_index().equals(homes["personas"].sort_index().rename(None))
    heads = people[people["parentesco"] == "jefe"].groupby(["hogar", "corte"]).size()
    assert heads.eq(1).all() and len(heads) == len(homes)
    assert people["edad"].between(0, 99).all()
    assert (people["anos_educacion"].fillna(0) <= people["edad"]).all()
    expecting = people[people["gestante"] == 1]
    assert expecting["sexo"].eq("mujer").all() and expecting["edad"].between(14, 48).all()


def test_nobody_gets_younger_and_traits_stay(panel: Panel) -> None:
    both = panel.personas.pivot(index="persona", columns="corte")
    both = both.dropna(subset=[("edad", 2018), ("edad", 2024)])
    assert (both[("edad", 2024)] - both[("edad", 2018)] == 6).all()
    for trait in ("sexo", "grupo_etnico", "hogar", "parentesco"):
        assert both[(trait, 2018)].equals(both[(trait, 2024)].rename((trait, 2018)))
    newcomers = set(panel.personas.query("corte == 2024")["persona"]) - set(
        panel.personas.query("corte == 2018")["persona"]
    )
    ages = panel.personas.query("corte == 2024").set_index("persona").loc[sorted(newcomers), "edad"]
    assert len(ages) > 100 and ages.between(0, 5).all()


def test_privations_follow_from_what_the_form_asks(panel: Panel) -> None:
    homes = panel.hogares.set_index(["hogar", "corte"]).sort_index()
    people = panel.personas
    town = homes["area"] == "cabecera"

    def some(rows: pd.Series) -> pd.Series:
        keys = [people["hogar"], people["corte"]]
        return rows.fillna(False).astype(bool).groupby(keys).any().sort_index()

    age, years = people["edad"], people["anos_educacion"]
    adults = people[age >= 15]
    derived = {
        "p_agua": homes["agua"].isin(["rio_o_lluvia", "pozo"])
        | (town & (homes["agua"] != "acueducto")),
        "p_excretas": homes["excretas"].isin(["sin_servicio", "letrina"])
        | (town & (homes["excretas"] != "alcantarillado")),
        "p_pisos": homes["pisos"] == "tierra",
        "p_paredes": (homes["paredes"] == "sin_paredes_o_desechos")
        | (town & (homes["paredes"] == "guadua_o_madera")),
        "p_hacinamiento": homes["personas"] / homes["cuartos"] > 3,
        "p_bajo_logro": adults.groupby(["hogar", "corte"])["anos_educacion"]
        .mean()
        .reindex(homes.index)
        < 9,
        "p_analfabetismo": some((age >= 15) & (people["alfabeta"] == 0)),
        "p_inasistencia": some(age.between(6, 16) & (people["asiste"] == 0)),
        "p_rezago": some(age.between(7, 17) & (years < age - 6)),
        "p_trabajo_infantil": some(age.between(12, 17) & (people["ocupacion"] == "informal")),
        "p_informal": some((age >= 18) & (people["ocupacion"] == "informal")),
        "p_aseguramiento": some(people["afiliado_salud"] == 0),
    }
    for name, flag in derived.items():
        assert (flag.astype(bool) == (homes[name] == 1)).all(), name
    without_small = ~some(age <= 5)
    assert homes.loc[without_small[without_small].index, "p_primera_infancia"].eq(0).all()


def test_hidden_condition_can_be_read_from_the_assets(panel: Panel) -> None:
    """First principal component of category ranks, by hand: what an ICV has to find."""
    base = panel.hogares[panel.hogares["corte"] == 2018].set_index("hogar")
    ranks = pd.DataFrame({n: base[n].map(list(v).index) for n, v in ASSETS.items()})
    ranks["rooms"] = base["cuartos"] / base["personas"]
    standard = (ranks - ranks.mean()) / ranks.std()
    _, _, axes = np.linalg.svd(standard.to_numpy(), full_matrices=False)
    component = pd.Series(standard.to_numpy() @ axes[0], index=base.index)
    hidden = panel.frame.set_index("hogar")["condition_2018"].loc[base.index]
    assert abs(component.corr(hidden, method="spearman")) > 0.9


def test_reached_homes_are_those_of_visited_places(panel: Panel) -> None:
    share = panel.frame.groupby("microterritorio")["reached"].mean()
    assert share[truth.NEVER_REACHED] == 0
    assert share.drop(truth.NEVER_REACHED).min() > 0
    assert panel.frame["reached"].mean() == pytest.approx(truth.REACH, abs=0.05)


def test_planted_change_of_the_hidden_condition(panel: Panel) -> None:
    change = panel.frame["condition_2024"] - panel.frame["condition_2018"]
    treated = panel.frame["reached"]
    assert change[~treated].mean() == pytest.approx(truth.TREND, abs=0.02)
    assert change[treated].mean() - change[~treated].mean() == pytest.approx(truth.EFFECT, abs=0.03)


def test_worlds_that_differ_in_effect_differ_by_it_only(
    panel: Panel, without_effect: Panel
) -> None:
    with_, without = scores(panel), scores(without_effect)
    assert with_[2018].equals(without[2018])
    gain = with_[2024] - without[2024]
    assert gain[~reached(panel)].eq(0).all()
    assert (gain[reached(panel)] <= 0).all()
    assert gain[reached(panel)].mean() < -3


def test_difference_in_differences_finds_the_effect(panel: Panel, without_effect: Panel) -> None:
    truth_of_sample = (scores(panel)[2024] - scores(without_effect)[2024])[reached(panel)].mean()
    estimate, error = difference_in_differences(panel)
    assert abs(estimate - truth_of_sample) < 2 * error
    assert estimate < -4 * error
    nothing, error = difference_in_differences(without_effect)
    assert abs(nothing) < 2 * error


def test_difference_in_differences_is_right_in_most_worlds() -> None:
    """Homes are reached by lot, so over seeds the estimate stays near the sample's own truth."""
    right = unmoved = 0
    gaps = []
    for seed in range(12):
        with_ = households.panel(World(seed=seed))
        without = households.panel(World(seed=seed, effect=0.0))
        gain = (scores(with_)[2024] - scores(without)[2024])[reached(with_)].mean()
        estimate, error = difference_in_differences(with_)
        nothing, error_without = difference_in_differences(without)
        right += abs(estimate - gain) < 2 * error
        unmoved += abs(nothing) < 2 * error_without
        gaps.append(estimate - gain)
    assert right >= 10
    assert unmoved >= 10
    assert abs(np.mean(gaps)) < 0.5  # a tenth of the effect on the score


def test_signal_zero_makes_municipalities_alike() -> None:
    spread = {
        signal: households.hidden(World(signal=signal))
        .groupby("municipio")["condition_2018"]
        .mean()
        .std()
        for signal in (0.0, 1.0)
    }
    assert spread[0.0] < 0.15 < 0.5 < spread[1.0]
