"""The priority section: the planted truth is found, chance is not called priority, real Tolima."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from builders import make_context
from matplotlib.figure import Figure
from paths import ROOT
from shapely.geometry import box

from gsi.analysis.comprehension import priority_index as pi
from gsi.analysis.comprehension import priority_ranking as pr
from gsi.analysis.comprehension.priority import priority
from gsi.analysis.comprehension.priority_status import status
from gsi.analysis.context import Context
from gsi.analysis.results import Section
from gsi.contract import params
from gsi.contract.params.indicators import load_catalogue
from gsi.ground.errors import UserMistake
from gsi.inputs import indicators
from gsi.report.figures import priority as figures
from gsi.report.figures import priority_map as maps
from gsi.report.figures import registry

CATALOGUE = load_catalogue(ROOT / "params" / "indicators.yml", None)
USED = [i for i in CATALOGUE if i.in_index]
QUICK = {
    "priority.robustness.draws": 200,
    "priority.robustness.effect_draws": 200,
    "priority.spatial.permutations": 999,
}
FICTIONAL = {f"00{n:03d}": f"Lugar {n}" for n in range(1, 21)}
POOR = ["00001", "00002", "00006", "00007", "00020"]


def indicadores(values: pd.DataFrame, year: int = 2018, **columns: float) -> pd.DataFrame:
    """Long table of the contract from a municipality × indicator frame."""
    long = values.rename_axis(index="municipio", columns="indicador").stack().rename("valor")
    long = long.reset_index().assign(periodo=year, area="total", fuente="prueba", nota="")
    long["serie"] = long["indicador"].map({i.id: i.series for i in CATALOGUE})
    for name in ("numerador", "denominador", "error_estandar", "inferior", "superior"):
        long[name] = columns.get(name, np.nan)
    return long


def fictional(poor: list[str], seed: int = 1, gap: float = 12.0) -> pd.DataFrame:
    """20 municipalities, every indicator N(40, 6) on its own; ``poor`` are ``gap`` worse."""
    rng = np.random.default_rng(seed)
    codes = list(FICTIONAL)
    values = pd.DataFrame(
        rng.normal(40, 6, (len(codes), len(USED))), codes, [i.id for i in USED]
    ).clip(1, 99)
    worse = pd.Series([1 if i.direction == "lower" else -1 for i in USED], values.columns)
    values.loc[poor] += gap * worse
    return values


def poblacion(children: float = 10.0) -> pd.DataFrame:
    rows = [
        (code, 2018, sex, age, "total", children if age < 18 else 5.0, "prueba")
        for code in FICTIONAL
        for sex in ("hombre", "mujer")
        for age in (5, 15, 30, 60)
    ]
    columns = ["municipio", "periodo", "sexo", "edad", "area", "personas", "fuente"]
    return pd.DataFrame(rows, columns=columns)


def limites() -> pd.DataFrame:
    """A grid of 5 columns: 00001 00002 … 00005 / 00006 …"""
    cells = [box(n % 5, -(n // 5), n % 5 + 1, -(n // 5) + 1) for n in range(len(FICTIONAL))]
    return pd.DataFrame(
        {"municipio": list(FICTIONAL), "geometry": gpd.GeoSeries(cells).to_wkb().to_numpy()}
    )


def world(
    values: pd.DataFrame, territory: str = "00", *, maps: bool = True, **overrides: object
) -> Context:
    tables = {"indicadores": indicadores(values), "poblacion": poblacion()}
    if maps:
        tables["limites"] = limites()
    return make_context(tables, territory, names=FICTIONAL, overrides={**QUICK, **overrides})


@pytest.fixture(scope="module")
def planted() -> tuple[Section, Context]:
    context = world(fictional(POOR))
    return priority(context), context


def called(section: Section) -> list[str]:
    data = section.tables["ranking"].data
    return sorted(data.loc[data["status"] == "prioritario", "municipio"])


def test_planted_municipalities_are_found(planted: tuple[Section, Context]) -> None:
    section, _ = planted
    assert called(section) == POOR
    ranking = section.tables["ranking"].data.set_index("municipio")
    assert (ranking.loc[POOR, "probability"] >= 80).all()
    assert section.facts["agree"].value
    assert section.facts["group_size"].value == 5
    assert section.facts["priority_count"].value == 5
    assert section.facts["has_to_confirm"].value == bool(section.facts["to_confirm_count"].value)


def test_planted_cluster_is_named(planted: tuple[Section, Context]) -> None:
    facts = planted[0].facts
    assert facts["largest_cluster_names"].value == ["Lugar 1", "Lugar 2", "Lugar 6", "Lugar 7"]
    clusters = planted[0].tables["clusters"].data
    assert list(clusters["size"]) == [4, 1]
    assert list(clusters["children"]) == [160, 40]


def test_shares_are_those_of_the_called_municipalities(planted: tuple[Section, Context]) -> None:
    section, context = planted
    # Equal populations: 5 of 20 municipalities hold a quarter of people and of children.
    assert section.facts["people_share"].value == pytest.approx(25)
    assert section.facts["children_share"].value == pytest.approx(25)
    assert section.facts["children_count"].value == 5 * 40
    poverty = indicators.at(context.data.department("indicadores"), 2018)
    poverty = poverty[poverty["indicador"] == "ipm_censo"].set_index("municipio")["valor"]
    expected = 100 * poverty[POOR].sum() / poverty.sum()
    assert section.facts["poor_share"].value == pytest.approx(expected)


def test_table_and_facts_say_the_same(planted: tuple[Section, Context]) -> None:
    section, _ = planted
    ranking = section.tables["ranking"].data
    first = ranking[ranking["rank"] == 1].iloc[0]
    assert section.facts["top_names"].value == [first["name"]]
    assert section.facts["priority_names"].value == list(
        ranking.loc[ranking["status"] == "prioritario", "name"]
    )
    weights = section.tables["indicators"].data["weight"]
    assert weights.sum() == pytest.approx(100)
    assert section.facts["heaviest_weight"].value == weights.max()


def test_the_assumption_named_is_the_one_that_explains_most(
    planted: tuple[Section, Context],
) -> None:
    section, _ = planted
    table = section.tables["robustness"].data.set_index("label")
    alone = table.drop(index="Todos a la vez")
    assert section.facts["most_sensitive"].value == alone["total"].idxmax()
    assert section.facts["most_sensitive_total"].value == alone["total"].max()
    # Alone it explains no more than with its interactions, but for the chance of the draws.
    assert (alone["first"] <= alone["total"] + 10).all()
    assert (table.loc["Todos a la vez", ["first", "total"]] == 100).all()
    # No source publishes an error here: sampling moves nothing.
    assert (alone.loc["Error de las fuentes", ["first", "total", "shift"]] == 0).all()


def test_contested_indicators_stay_out_and_the_report_says_what_they_would_change(
    planted: tuple[Section, Context],
) -> None:
    assert not planted[0].facts["has_contested"].value
    values = fictional(POOR)
    contested = ["homicidio_0_17", "violencia_intrafamiliar_0_17"]
    used = [i.id for i in USED]
    for name, where in zip(contested, (POOR, ["00012", "00013", "00014", "00015"]), strict=True):
        values[name] = 10.0
        values.loc[where, name] = 90.0
    section = priority(world(values))
    assert set(section.tables["indicators"].data["indicator"]) == set(used)
    assert section.facts["has_contested"].value
    assert len(section.facts["contested_names"].value) == 2
    ranking = section.tables["ranking"].data.set_index("municipio")
    without = priority(world(values, **{"priority.contested": []}))
    assert without.tables["ranking"].data.set_index("municipio")["need"].equals(ranking["need"])
    # That it counts reporting is said once, in the catalogue.
    assert len(without.facts["contested_names"].value) == 1
    catalogued = {i.id for i in CATALOGUE if i.counts_reporting}
    assert not catalogued & set(params.load(ROOT / "params")[0].priority.contested)
    # The other index, as a catalogue that takes them in computes it.
    context = world(values)
    catalogue = [
        i.model_copy(update={"in_index": True}) if i.id in contested else i
        for i in context.catalogue
    ]
    other = priority(replace(context, catalogue=catalogue)).tables["ranking"].data
    other = other.set_index("municipio")["need"].reindex(ranking.index)
    size = int(section.facts["group_size"].value)
    kept = set(ranking["need"].nlargest(size).index) & set(other.nlargest(size).index)
    assert section.facts["contested_kept"].value == len(kept)
    expected = ranking["need"].corr(other, method="spearman")
    assert section.facts["contested_correlation"].value == pytest.approx(expected)


def test_curve_ends_at_everybody(planted: tuple[Section, Context]) -> None:
    curve = planted[0].tables["concentration"].data
    assert len(curve) == 20
    assert curve[["people", "poor", "children"]].iloc[-1].tolist() == pytest.approx([100] * 3)
    assert (curve[["people", "poor", "children"]].diff().dropna() >= 0).all(axis=None)


def test_same_context_same_section(planted: tuple[Section, Context]) -> None:
    again = priority(planted[1])
    assert again.facts == planted[0].facts
    for key, table in again.tables.items():
        pd.testing.assert_frame_equal(table.data, planted[0].tables[key].data)


def test_section_can_be_saved(planted: tuple[Section, Context], tmp_path: Path) -> None:
    planted[0].save(tmp_path)
    back = Section.load(tmp_path, "priority")
    written = {key: str(fact) for key, fact in back.facts.items()}
    assert written == {key: str(fact) for key, fact in planted[0].facts.items()}
    for key, table in planted[0].tables.items():
        pd.testing.assert_frame_equal(back.tables[key].written(), table.written())


def test_municipality_sees_its_own_row_in_the_same_ranking(
    planted: tuple[Section, Context],
) -> None:
    own = priority(world(fictional(POOR), "00020"))
    pd.testing.assert_frame_equal(own.tables["ranking"].data, planted[0].tables["ranking"].data)
    row = own.tables["ranking"].data.set_index("municipio").loc["00020"]
    assert own.facts["own_status"].value == "prioritario"
    assert own.facts["own_rank"].value == row["rank"]
    assert own.facts["own_probability"].value == row["probability"]
    assert "own_status" not in planted[0].facts


def test_too_little_data_is_not_classified() -> None:
    values = fictional(POOR)
    values.loc["00003", [i.id for i in USED if i.right != "existencia"]] = np.nan
    section = priority(world(values, "00003"))
    assert section.facts["unclassifiable_names"].value == ["Lugar 3"]
    assert section.facts["classifiable"].value == 19
    row = section.tables["ranking"].data.iloc[-1]
    assert row["municipio"] == "00003"
    assert row["status"] == "no clasificable"
    assert row[["need", "rank", "probability"]].isna().all()
    assert section.facts["own_rank"].missing
    assert not section.facts["own_classifiable"].value


def test_an_indicator_of_few_municipalities_stays_out() -> None:
    values = fictional(POOR)
    values.loc[values.index[5:], "trabajo_infantil"] = np.nan
    section = priority(world(values))
    assert "trabajo_infantil" not in set(section.tables["indicators"].data["indicator"])
    assert section.facts["indicators"].value == len(USED) - 1


def test_unrelated_indicators_call_nobody_more_often_than_chance() -> None:
    """Without signal the agreement test fails once in twenty; only then may anyone be called."""
    context = world(fictional([]))
    settings, data = context.params.priority, pi.matrix(context)
    settings = settings.model_copy(
        update={
            "agreement": settings.agreement.model_copy(update={"permutations": 99}),
            "robustness": settings.robustness.model_copy(update={"draws": 100, "effect_draws": 50}),
        }
    )
    worlds = 60
    false = 0
    for seed in range(worlds):
        values = fictional([], seed)[list(data.values.columns)]
        drawn = replace(data, values=values)
        result = pr.compute(drawn, settings, pr.trials(drawn, settings, seed))
        agree = bool(result.agreement <= settings.agreement.alpha)
        words = [status(p, agree, settings) for p in result.ranking["probability"]]
        false += "prioritario" in words
    # Binomial(60, 0.05): mean 3, P(> 10) = 0.0002
    assert false <= 10


def test_signal_of_every_size_is_called_by_its_probability() -> None:
    """The stronger the signal, the more planted municipalities are called; never a strong false."""
    found = []
    for gap in (2.0, 6.0, 14.0):
        context = world(fictional(POOR, seed=3, gap=gap))
        found.append(len(set(called(priority(context))) & set(POOR)))
    assert found == sorted(found)
    assert found[-1] == 5


def test_weights_of_the_parameters_move_the_index() -> None:
    values = fictional([])
    values.loc["00009", "trabajo_infantil"] = 99.0
    plain = priority(world(values)).tables["ranking"].data.set_index("municipio")
    heavy = world(values, **{"priority.weights.rights": {"proteccion": 8.0}})
    weighed = priority(heavy).tables["ranking"].data.set_index("municipio")
    assert weighed.loc["00009", "need"] > plain.loc["00009", "need"]
    assert weighed.loc["00009", "rank"] < plain.loc["00009", "rank"]


def test_a_weight_for_an_unknown_indicator_is_told() -> None:
    context = world(fictional([]), **{"priority.weights.indicators": {"inventado": 2.0}})
    with pytest.raises(UserMistake, match="inventado"):
        priority(context)


def test_published_errors_widen_the_intervals() -> None:
    values = fictional(POOR)
    widths = []
    for error in (0.0, 8.0):
        tables = {"indicadores": indicadores(values, error_estandar=error)}
        context = make_context(tables, "00", names=FICTIONAL, overrides=QUICK)
        data = priority(context).tables["ranking"].data
        widths.append((data["high"] - data["low"]).mean())
    assert widths[1] > widths[0]


def test_rates_of_few_events_are_uncertain() -> None:
    """100 births of 1,000 women: rate 100 per thousand, Poisson error 10."""
    values = fictional([])[["fecundidad_15_19"]]
    tables = {"indicadores": indicadores(values, numerador=100.0, denominador=1000.0)}
    raw = {"priority.smoothing": False}
    data = pi.matrix(make_context(tables, "00", names=FICTIONAL, overrides=raw))
    assert (data.errors["fecundidad_15_19"] == 10).all()
    off = raw | {"priority.robustness.count_error": False}
    data = pi.matrix(make_context(tables, "00", names=FICTIONAL, overrides=off))
    assert data.errors["fecundidad_15_19"].isna().all()


def test_without_boundaries_the_gap_is_named_and_the_rest_goes_on() -> None:
    context = world(fictional(POOR), maps=False)
    section = priority(context)
    assert [gap.table for gap in section.gaps] == ["limites"]
    assert called(section) == POOR
    assert section.facts["largest_cluster_size"].missing
    assert "clusters" not in section.tables
    assert maps.priority_map(section, context) is None


def test_without_population_the_gap_is_named() -> None:
    tables = {"indicadores": indicadores(fictional(POOR)), "limites": limites()}
    context = make_context(tables, "00", names=FICTIONAL, overrides=QUICK)
    section = priority(context)
    assert [gap.table for gap in section.gaps] == ["poblacion"]
    assert section.facts["children_share"].missing
    assert registry.draw("priority-concentration", section, context) is None


@pytest.mark.parametrize("size", [1, 2, 4])
def test_few_municipalities_are_not_compared(size: int) -> None:
    names = dict(list(FICTIONAL.items())[:size])
    values = fictional([]).loc[list(names)]
    section = priority(make_context({"indicadores": indicadores(values)}, "00", names=names))
    assert not section.available
    # Nothing is missing, and no table would help.
    (gap,) = section.gaps
    assert gap.table == ""
    word = "un solo municipio: no hay entre cuáles priorizar" if size == 1 else f"{size} municipios"
    assert word in gap.why
    assert section.missing() == [gap.why]


def test_no_indicators_is_a_gap() -> None:
    section = priority(make_context({}, "00", names=FICTIONAL))
    assert not section.available
    assert section.gaps[0].table == "indicadores"


def test_figures_are_drawn(planted: tuple[Section, Context]) -> None:
    section, context = planted
    drawn = maps.priority_map(section, context)
    assert drawn is not None and isinstance(drawn.figure, Figure)
    shown = {t.get_text() for axis in drawn.figure.axes for t in axis.texts}
    assert {"Lugar 1", "Lugar 20"} <= shown
    # The four neighbours bear their group's number; the one alone does not.
    assert [t.get_text() for t in drawn.figure.axes[2].texts] == ["1"] * 4
    key = {text.get_text() for legend in drawn.figure.legends for text in legend.get_texts()}
    assert {"1: grupo de vecinos", "Prioritario sin vecino prioritario"} <= key
    ranking = figures.ranking(section, context).figure
    assert isinstance(ranking, Figure)
    labels = [t.get_text() for t in ranking.axes[0].texts if t.get_text() != "Probabilidad"]
    assert len(labels) == 20
    assert labels[0].startswith(f"1. {section.facts['top_names']}")
    picture = figures.concentration(section, context).figure
    assert isinstance(picture, bytes)
    assert picture.startswith(b"\x89PNG")
    curve = figures.curves(section.tables["concentration"].data, section.facts)
    assert f"{section.facts['poor_share']}" in curve.axes[0].texts[0].get_text()


@pytest.fixture(scope="module")
def tolima(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Context:
    from gsi.inputs.readers import read_all

    folder = tmp_path_factory.mktemp("raw")
    patterns = (
        "dane/divipola*", "dane/mgn2018*", "dane/anexo-censal*", "dane/estimaciones*",
        "dane/epico*", "dane/nacimientos_mujer*", "men/*.csv",
    )  # fmt: skip
    for pattern in patterns:
        for path in sorted(real_data.glob(pattern)):
            (folder / path.name).symlink_to(path)
    tables = read_all(folder).tables
    mine = {
        name: table[table["municipio"].str.startswith("73")].reset_index(drop=True)
        for name, table in tables.items()
        if "municipio" in table.columns
    }
    mine["indicadores"] = indicators.unify(mine["indicadores"], mine["poblacion"], CATALOGUE)[0]
    places = mine["divipola"]
    names = dict(zip(places["municipio"], places["nombre"], strict=True))
    return make_context(mine, "73", names=names)


@pytest.mark.real
def test_southern_tolima_is_found_by_its_data(tolima: Context) -> None:
    section = priority(tolima)
    # Ataco, Coyaima, Rioblanco, Planadas
    assert {"73067", "73217", "73616", "73555"} <= set(called(section))
    ranking = section.tables["ranking"].data.set_index("municipio")
    assert ranking.loc["73067", "poverty"] == 64.0
    assert ranking.loc["73067", "children"] == 7201
    assert ranking["children"].sum() == 371_547
    assert ranking.loc["73001", "rank"] == 47
    assert section.facts["municipalities"].value == 47
    assert section.facts["group_size"].value == 12
    assert section.facts["poor_share"].value > section.facts["children_share"].value
    assert section.facts["children_share"].value > section.facts["people_share"].value


def example_world(signal: float, **overrides: object) -> Context:
    import example_department as example

    tables = example.tables(example.World(signal=signal))
    tables["indicadores"] = indicators.unify(tables["indicadores"], tables["poblacion"], CATALOGUE)[
        0
    ]
    places = tables["divipola"]
    names = dict(zip(places["municipio"], places["nombre"], strict=True))
    return make_context(tables, "00", names=names, overrides=overrides)


def test_example_runner_up_is_to_confirm_in_a_larger_group() -> None:
    from example_department import truth

    section = priority(example_world(1.0, **{"priority.group_share": 0.34}))
    ranking = section.tables["ranking"].data.set_index("municipio")
    assert ranking.loc[truth.TO_CONFIRM, "status"] == "por confirmar"
    assert called(section) == sorted(truth.PRIORITY)


def test_example_department_gives_back_what_was_planted() -> None:
    from example_department import truth

    section = priority(example_world(1.0))
    assert called(section) == sorted(truth.PRIORITY)
    assert section.facts["agree"].value
    assert section.facts["largest_cluster_size"].missing  # no boundaries among these tables
    assert section.facts["unclassifiable_count"].value == 1


def test_example_department_without_signal_calls_nobody() -> None:
    assert called(priority(example_world(0.0))) == []
