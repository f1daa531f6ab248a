"""Every figure of the phase says its message with the numbers of its table, and so does its
alternative text.

The notebook is run as it is; each title's numbers are worked out again from the tables and the
input data, not from the facts that the title was written with. A figure without its check fails.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from paths import ROOT
from runs import checkout

from gsi.analysis.comprehension import people
from gsi.analysis.comprehension.readings import AGREE, NEITHER, ONLY_ACTORS, ONLY_DATA, UNKNOWN
from gsi.analysis.context import Context
from gsi.ground import locale
from gsi.report.figures.rights import MOST_ROWS

pytestmark = pytest.mark.slow
NOTEBOOK = "01_comprension.ipynb"
MUNICIPALITY = "00010"


@dataclass
class Run:
    """The notebook of one territory: its context and what it left."""

    context: Context
    folder: Path

    def said(self, part: str) -> dict[str, str]:
        paths = sorted((self.folder / "figures").glob("*.json"))
        return {path.stem: json.loads(path.read_text("utf-8"))[part] for path in paths}

    @property
    def titles(self) -> dict[str, str]:
        return self.said("title")

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "sections" / f"{name}.parquet")

    @property
    def own(self) -> list[str]:
        return people.own_codes(self.context)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    root = checkout(tmp_path_factory.mktemp("titulos"))
    cells = json.loads((root / "notebooks" / NOTEBOOK).read_text("utf-8"))["cells"]
    before = {name: os.environ.get(name) for name in ("GSI_PROJECT", "GSI_RESULTS")}
    made = {}
    try:
        for code in ("00", MUNICIPALITY):
            folder = root / "resultados" / code
            os.environ |= {"GSI_PROJECT": str(root), "GSI_RESULTS": str(folder)}
            space: dict[str, Any] = {}
            for cell in cells:
                if cell["cell_type"] == "code":
                    exec(compile("".join(cell["source"]), cell["id"], "exec"), space)
                if "parameters" in cell["metadata"].get("tags", []):
                    space["territory"] = code
            made[code] = Run(space["context"], folder)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    return made


def numbers(title: str) -> list[str]:
    return re.findall(r"\$?\d+(?:\.\d+)*(?:,\d+)?", title)


def whole(value: float) -> str:
    return locale.number(value)


def tenth(value: float) -> str:
    return locale.number(value, 1)


def aged(run: Run, year: int, low: int, high: int) -> float:
    table = people.rows(run.context)
    chosen = table["municipio"].isin(run.own) & (table["periodo"] == year)
    return float(table[chosen & table["edad"].between(low, high)]["personas"].sum())


def priority_map(run: Run) -> list[str]:
    ranking = run.table("priority.ranking")
    called = (ranking["status"] == "prioritario").sum()
    together = ranking["cluster"].value_counts().max()
    return [whole(called), whole(ranking["need"].notna().sum()), whole(together)]


def priority_ranking(run: Run) -> list[str]:
    ranking = run.table("priority.ranking")
    if run.own == [MUNICIPALITY]:
        row = ranking[ranking["municipio"] == MUNICIPALITY].iloc[0]
        place = (ranking["need"] > row["need"]).sum() + 1
        within = [whole(row["low"]), whole(row["high"])]
        return [whole(place), whole(ranking["need"].notna().sum()), *within]
    # The group: a third of those compared in the example, rounded up.
    size = -(-ranking["need"].notna().sum() * 3 // 10)
    surely = (ranking["high"] <= size).sum()
    possibly = ((ranking["low"] <= size) & (ranking["high"] > size)).sum()
    confidence = whole(100 * run.context.params.priority.robustness.interval)
    return [whole(size), confidence, whole(surely), whole(possibly)]


def priority_concentration(run: Run) -> list[str]:
    ranking = run.table("priority.ranking")
    called = ranking["status"] == "prioritario"
    poor = ranking["people"] * ranking["poverty"]
    columns = (ranking["people"], poor, ranking["children"])
    base = run.context.years.baseline
    counted = people.rows(run.context)["periodo"]
    rows = run.context.data.department("indicadores")
    poverty = rows.loc[rows["indicador"] == "ipm_censo", "periodo"]
    return [
        *(tenth(100 * column[called].sum() / column.sum()) for column in columns),
        *(str(int(years[years <= base].max())) for years in (counted, poverty)),
    ]


def population_pyramid(run: Run) -> list[str]:
    pyramid = run.table("population.pyramid")
    first = int(pyramid["periodo"].min())
    total = pyramid[pyramid["periodo"] == first][["hombre", "mujer"]].sum().sum()
    return [str(first), tenth(100 * aged(run, first, 0, 17) / total), "18"]


def population_groups(run: Run) -> list[str]:
    ahead = run.table("population.groups").set_index("grupo")["horizonte"]
    parts = ahead[["primera_infancia", "infancia", "adolescencia"]].sum()
    written = ["0", "17"]  # the ages in the words
    for year in (2018, 2024):
        written += [whole(aged(run, year, 0, 17)), str(year)]
    return [*written, whole(parts), "2030"]


def rights_distances(run: Run) -> list[str]:
    facts = run.table("rights.facts")["estado"]
    rows = run.table("rights.facts")
    mixed = rows[facts == "en unos peor, en otros mejor"]
    written = [whole(len(facts)), whole((facts == "peor").sum()), whole((facts == "mejor").sum())]
    if len(mixed):
        written += [whole(len(mixed)), whole(mixed["peor"].sum()), whole(mixed["mejor"].sum())]
    states = run.table("rights.indicators")["estado"]
    compared = states.isin(["peor", "mejor", "sin diferencia clara"]).sum()
    return written if compared <= MOST_ROWS else [*written, whole(compared), whole(MOST_ROWS)]


def scenarios_coverage(run: Run) -> list[str]:
    coverage = run.table("scenarios.coverage")
    coverage = coverage[coverage["necesidad"].notna() & (coverage["tipo"] != "otro")]
    sums = coverage.groupby("etiqueta")[["capacidad", "necesidad"]].sum()
    rates = 100 * sums["capacidad"] / sums["necesidad"]
    assert run.titles["scenarios-coverage"].startswith(f"{rates.idxmin()}: ")
    return [tenth(rates.min()), "100", "2024"]


def readings_comparison(run: Run) -> list[str]:
    verdicts = run.table("readings.comparison")["lectura"]
    found = [(verdicts == word).sum() for word in (AGREE, ONLY_ACTORS, ONLY_DATA, NEITHER)]
    return [whole(number) for number in ((verdicts != UNKNOWN).sum(), *found)]


def investment_of_all(run: Run) -> pd.DataFrame:
    """Municipality → paid, vulnerable, of the whole department."""
    money = run.context.data.department("inversion")
    money = money[(money["vigencia"] == 2024) & (money["municipio"].str.len() == 5)]
    paid = money.groupby("municipio")["apropiado"].sum()
    ranking = run.table("priority.ranking").set_index("municipio")
    table = people.rows(run.context)
    inhabitants = table[table["periodo"] == 2024].groupby("municipio")["personas"].sum()
    vulnerable = inhabitants * ranking["poverty"] / 100
    return pd.DataFrame({"paid": paid, "vulnerable": vulnerable}).dropna()


def investment_need(run: Run) -> list[str]:
    both = investment_of_all(run)
    ranking = run.table("priority.ranking").set_index("municipio")
    called = set(ranking.index[ranking["status"] == "prioritario"])
    if run.own == [MUNICIPALITY]:
        # The figure draws its money alone.
        own = both.loc[MUNICIPALITY]
        return [f"${whole(own['paid'] / own['vulnerable'])}", "2024"]
    inside = both.index.isin(called)
    ratios = [
        part["paid"].sum() / part["vulnerable"].sum() for part in (both[inside], both[~inside])
    ]
    return [*(f"${whole(value)}" for value in ratios), "2024"]


def concept_map(run: Run) -> list[str]:
    states = run.table("concept_map.nodes")["state"]
    return [whole((states == "con evidencia").sum()), whole(len(states))]


CHECKS: dict[str, Callable[[Run], list[str]]] = {
    "priority-map": priority_map,
    "priority-ranking": priority_ranking,
    "priority-concentration": priority_concentration,
    "population-pyramid": population_pyramid,
    "population-groups": population_groups,
    "rights-distances": rights_distances,
    "scenarios-coverage": scenarios_coverage,
    "readings-comparison": readings_comparison,
    "investment-need": investment_need,
    "concept-map": concept_map,
}


def map_alternative(run: Run) -> list[str]:
    ranking = run.table("priority.ranking")
    states = ranking["status"].value_counts()
    found = whole_of(
        states.get("por confirmar", 0),
        states.get("no prioritario", 0),
        states.get("no clasificable", 0),
        ranking["class"].nunique(),
        ranking["cluster"].nunique(),
    )
    return found + (["99"] if run.own == [MUNICIPALITY] else [])  # more than that, it says


def ranking_alternative(run: Run) -> list[str]:
    ranking = run.table("priority.ranking").dropna(subset="rank").sort_values("rank")
    found = [whole(100 * run.context.params.priority.robustness.interval)]
    for row in ranking.head(3).to_dict("records"):
        found += whole_of(row["median"], row["low"], row["high"])
    if run.own == [MUNICIPALITY]:
        own = ranking[ranking["municipio"] == MUNICIPALITY].iloc[0]
        found += whole_of(own["low"], own["high"])
    return found


def concentration_alternative(run: Run) -> list[str]:
    """By hand: the municipalities of most need until half of the people is reached, and of the next
    the part that is left."""
    rows = run.table("priority.ranking").dropna(subset="need").sort_values("need", ascending=False)
    rows = rows.assign(poor=rows["people"] * rows["poverty"])
    left, found = rows["people"].sum() / 2, dict.fromkeys(("poor", "children"), 0.0)
    for row in rows.to_dict("records"):
        part = min(1.0, left / row["people"])
        left -= part * row["people"]
        for of in found:
            found[of] += part * row[of]
    return [whole(100 * found[of] / rows[of].sum()) for of in found]


def pyramid_alternative(run: Run) -> list[str]:
    found = []
    for year in (2018, 2024):
        bands = {low: aged(run, year, low, low + 4) for low in range(0, 80, 5)}
        most = max(bands, key=lambda low: bands[low])
        found += [str(year), str(most), str(most + 4), whole(bands[most])]
    return found


def groups_alternative(run: Run) -> list[str]:
    ahead = run.table("population.groups").set_index("grupo")["horizonte"]
    found = []
    for group, low, high in (
        ("primera_infancia", 0, 5), ("infancia", 6, 11), ("adolescencia", 12, 17),
        ("jovenes_estrategia", 18, 26),
    ):  # fmt: skip
        first, last, later = (*(aged(run, y, low, high) for y in (2018, 2024)), ahead[group])
        moved = [tenth(abs(100 * (b / a - 1))) for a, b in ((first, last), (last, later))]
        found += [str(low), str(high), whole(first), whole(last), moved[0], whole(later), moved[1]]
    return found


def distances_alternative(run: Run) -> list[str]:
    rows = run.table("rights.indicators")
    rows = rows[rows["estado"].isin(["peor", "mejor", "sin diferencia clara"])]
    rows = rows.assign(far=100 * rows["gravedad"])
    size = rows["far"].abs().sort_values(ascending=False, kind="stable")
    shown = rows.loc[size.index[:MOST_ROWS]]
    found = []
    for row in (shown.loc[shown["far"].idxmax()], shown.loc[shown["far"].idxmin()]):
        if (row["far"] > 0) == (not found):  # the second only where it is better
            found += [*numbers(row["nombre"]), whole(abs(row["far"]))]
            found += [tenth(row["valor"]), tenth(row["referencia"])]
    return found


def scenarios_alternative(run: Run) -> list[str]:
    if run.own == [MUNICIPALITY]:
        rows = run.table("scenarios.types")
        return ["100", *(tenth(v) for v in rows.loc[rows["tipo"] != "otro", "tasa"].dropna())]
    rows = run.table("scenarios.coverage")
    rates = rows.loc[rows["tipo"] != "otro", "tasa"].dropna()
    return ["100", whole(rates.min()), whole(rates.max())]


def readings_alternative(run: Run) -> list[str]:
    rows = run.table("readings.comparison")
    return [
        whole(((rows["derecho"] == right) & (rows["lectura"] == word)).sum())
        for right in ("existencia", "desarrollo", "ciudadania", "proteccion")
        for word in (AGREE, ONLY_ACTORS, ONLY_DATA)
    ]


def investment_alternative(run: Run) -> list[str]:
    rows = run.table("investment.municipalities")
    each = (rows["apropiado"] / rows["vulnerables"]).dropna()
    ends = [each.min(), each.max()] if len(each) > 1 else [each.iloc[0]]
    everyone = investment_of_all(run)
    return [*(f"${whole(value)}" for value in ends), whole(len(everyone)),
            f"${whole(everyone['paid'].sum() / everyone['vulnerable'].sum())}"]  # fmt: skip


def concept_alternative(run: Run) -> list[str]:
    nodes = run.table("concept_map.nodes")
    told = [(nodes["state"] == word).sum() for word in ("por confirmar", "sin dato")]
    return [*whole_of(*told), *numbers(" ".join(nodes["label"]))]


def whole_of(*values: float) -> list[str]:
    return [whole(value) for value in values]


ALTERNATIVES: dict[str, Callable[[Run], list[str]]] = {
    "priority-map": map_alternative,
    "priority-ranking": ranking_alternative,
    "priority-concentration": concentration_alternative,
    "population-pyramid": pyramid_alternative,
    "population-groups": groups_alternative,
    "rights-distances": distances_alternative,
    "scenarios-coverage": scenarios_alternative,
    "readings-comparison": readings_alternative,
    "investment-need": investment_alternative,
    "concept-map": concept_alternative,
}


@pytest.mark.parametrize("code", ["00", MUNICIPALITY])
@pytest.mark.parametrize("name", CHECKS)
def test_the_alternative_texts_numbers_are_the_tables(
    runs: dict[str, Run], name: str, code: str
) -> None:
    run = runs[code]
    said = run.said("alt")[name]
    assert numbers(said) == ALTERNATIVES[name](run), said


def test_every_figure_of_the_notebook_has_its_check(runs: dict[str, Run]) -> None:
    source = (ROOT / "notebooks" / NOTEBOOK).read_text("utf-8")
    cells = json.loads(source)["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    asked = re.findall(r'book\.figure\(\s*"([a-z-]+)"', code)
    assert sorted(asked) == sorted(CHECKS)
    for run in runs.values():
        assert sorted(run.titles) == sorted(CHECKS)


@pytest.mark.parametrize("code", ["00", MUNICIPALITY])
@pytest.mark.parametrize("name", CHECKS)
def test_the_titles_numbers_are_the_tables(runs: dict[str, Run], name: str, code: str) -> None:
    run = runs[code]
    assert numbers(run.titles[name]) == CHECKS[name](run), run.titles[name]


def test_a_municipality_without_enough_data_is_named_everywhere(runs: dict[str, Run]) -> None:
    """'no clasificable' in the ranking, on the map, and in the facts that the text is made of."""
    from example_department import truth

    from gsi.analysis.results import Section
    from gsi.report.figures.priority_map import priority_map as draw

    run = runs["00"]
    ranking = run.table("priority.ranking")
    apart = ranking[ranking["status"] == "no clasificable"]
    assert len(apart) == 1
    assert apart[["need", "rank", "low", "high", "probability"]].isna().all(axis=None)
    name = apart["name"].iloc[0]
    assert name == truth.BY_CODE[apart["municipio"].iloc[0]].name
    section = Section.load(run.folder / "sections", "priority")
    assert section.facts["unclassifiable_names"].value == [name]
    picture = draw(section, run.context)
    assert picture is not None and isinstance(picture.figure, Figure)
    figure = picture.figure
    words = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert "No clasificable: faltan datos" in words
    hatched = [
        collection
        for collection in figure.axes[0].collections
        if (collection.get_hatch() or "").startswith("x")
    ]
    assert len(hatched) == 1
    # One municipality is hatched, and it is that one.
    places = run.context.data.boundaries().set_index("municipio").geometry
    drawn = hatched[0].get_paths()[0].get_extents().get_points().ravel().tolist()
    assert drawn == pytest.approx(list(places[apart["municipio"].iloc[0]].bounds))
