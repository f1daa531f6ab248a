"""Each notebook, read from the top, explains numbers of the report from its data, and ends asking
what another assumption would say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from gsi.analysis.results import Section, Table, probability, write_value
from gsi.report.what_if import DIFFERENCE, OTHER, REPORT, SAME, WHAT

CUT = "2018-2024"
LAST = "supuesto"


class _Cells(HTMLParser):
    """The cells of a table, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data


class Executed:
    """An executed notebook of the example: what each cell shows."""

    def __init__(self, root: Path, name: str) -> None:
        path = root / "data" / "processed" / "00" / CUT / "notebooks" / f"{name}.ipynb"
        self.root = root
        self.cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
        self.sections = path.parents[1] / "sections"

    def section(self, name: str) -> Section:
        return Section.load(self.sections, name)

    def table(self, cell: str) -> pd.DataFrame:
        """The table that a cell shows, as text; its first column is the labels of its rows."""
        (data,) = [o["data"] for o in self.cells[cell].outputs if "text/html" in o.get("data", {})]
        parser = _Cells()
        parser.feed(data["text/html"])
        head, *rows = parser.rows
        return pd.DataFrame(rows, columns=["", *head[1:]])

    def text(self, cell: str) -> str:
        return "".join(o["data"]["text/plain"] for o in self.cells[cell].outputs)


def column(table: Table, key: str, by: str = "name") -> dict[str, str]:
    """A column of a section's table as it is written, by the name of each row."""
    written = [table.columns[key].write(value) for value in table.data[key]]
    return dict(zip(table.data[by], written, strict=True))


def shown(table: pd.DataFrame, name: str) -> dict[str, str]:
    return dict(zip(table[""], table[name], strict=True))


@pytest.fixture(scope="module")
def comprehension(example: Path) -> Executed:
    return Executed(example, "01_comprension")


def test_the_chain_ends_in_the_index_of_the_report(comprehension: Executed) -> None:
    ranking = comprehension.section("priority").tables["ranking"]
    need = {k: v for k, v in column(ranking, "need").items() if v != "sin dato"}
    assert len(need) == 11
    assert shown(comprehension.table("indice-agregar"), "Índice de necesidad") == need


def test_the_draws_end_in_the_probabilities_of_the_report(comprehension: Executed) -> None:
    section = comprehension.section("priority")
    data = section.tables["ranking"].data.dropna(subset="need").set_index("name")
    table = comprehension.table("indice-simular").set_index("")
    group = f"Veces entre los {section.facts['group_size']} de mayor necesidad"
    assert table[group].to_dict() == {
        name: str(probability(value)) for name, value in data["probability"].items()
    }
    for key, label in (
        ("low", "Puesto posible: del"),
        ("high", "al"),
        ("median", "Puesto mediano"),
    ):
        assert table[label].astype(int).to_dict() == data[key].astype(int).to_dict(), key


def test_matrix_and_weights_are_those_of_the_section(comprehension: Executed) -> None:
    indicators = comprehension.section("priority").tables["indicators"]
    weights = {k: v.replace("\N{NO-BREAK SPACE}%", "") for k, v in
               column(indicators, "weight").items()}  # fmt: skip
    assert shown(comprehension.table("indice-pesos"), "Peso (%)") == weights
    matrix = comprehension.table("indice-matriz")
    assert matrix[""].tolist() == indicators.data["name"].tolist()
    # It is the data as they came: nothing was done to them yet.
    folder = comprehension.root / "data" / "raw" / "ejemplo"
    source = pd.read_csv(folder / "indicadores.csv", dtype={"municipio": str})
    places = pd.read_csv(folder / "divipola.csv", dtype=str).set_index("municipio")["nombre"]
    poor = source.query("indicador == 'ipm_censo' and periodo == 2018 and area == 'total'")
    told = matrix.set_index("").loc["Personas en pobreza multidimensional (censo)"]
    assert told.to_dict() == {
        places[row.municipio]: write_value(row.valor, "decimal", 1)
        for row in poor.itertuples()
        if row.municipio in places and row.municipio != "00"
    }


def test_what_each_verb_does_shows_in_its_cell(comprehension: Executed) -> None:
    kept = shown(comprehension.table("indice-filtrar"), "Se puede clasificar")
    ranking = comprehension.section("priority").tables["ranking"].data
    assert kept == {
        row.name: "no" if row.status == "no clasificable" else "sí"
        for row in ranking[["name", "status"]].itertuples(index=False)
    }
    scaled = comprehension.table("indice-normalizar").set_index("")
    for _, row in scaled.iterrows():
        figures = [float(cell.replace(",", ".")) for cell in row if cell != "sin dato"]
        assert (min(figures), max(figures)) == (0.0, 100.0)
    turned = comprehension.table("indice-orientar").set_index("")
    worse = comprehension.table("indice-pesos").set_index("")["Más alto es"] == "peor"
    assert turned["Orientado: del"].str.startswith("\N{MINUS SIGN}").equals(worse)


def values(executed: Executed, cell: str) -> dict[str, str]:
    """A table of one column: label → value."""
    table = executed.table(cell)
    return dict(zip(table[""], table.iloc[:, 1], strict=True))


def test_poverty_is_counted_from_the_households_of_each_cut(example: Path) -> None:
    executed = Executed(example, "02_clave1_informacion")
    section = executed.section("information")
    facts = section.facts
    table = executed.table("ipm-estadistico").set_index("")
    labels = section.tables["poverty"].data.set_index("key")["label"]
    for cut, moment in (("2018", "baseline"), ("2024", "follow_up")):
        assert table[cut].to_dict() == {
            labels[measure]: str(facts[f"{key}_{moment}"]).removesuffix("\N{NO-BREAK SPACE}%")
            for measure, key in (("H", "h"), ("A", "a"), ("M0", "m0"))
        }
    # The frame is sums by zone, and they add up to the territory's.
    zones = section.tables["decomposition"].data.query("kind == 'area'")
    assert executed.table("ipm-marco")[""].tolist() == zones["label"].tolist()
    whole = section.tables["poverty"].data.set_index("key").loc["M0", "follow_up"]
    assert (zones["people_share"] * zones["M0"]).sum() / 100 == pytest.approx(whole)


def test_who_trains_where_need_is_shows_in_the_frame(example: Path) -> None:
    executed = Executed(example, "03_clave2_formacion")
    facts = executed.section("training").facts
    told = values(executed, "concentracion")
    assert told["Índice de concentración"] == str(facts["concentration"])
    assert str(facts["needy_half"]) in told.values()
    assert str(facts["priority_share"]) in told.values()
    # The covariance of the rate with the rank, from the frame as it is printed (O'Donnell, 8.2).
    frame = executed.table("concentracion-marco")
    rate, people = (
        frame[name].str.replace(".", "").str.replace(",", ".").astype(float)
        for name in ("Inscritos por 1.000 habitantes", "Habitantes")
    )
    rank = (people.cumsum() - people / 2) / people.sum()
    mean = (rate * people).sum() / people.sum()
    together = ((rate - mean) * (rank - (rank * people).sum() / people.sum()) * people).sum()
    assert 2 * together / people.sum() / mean == pytest.approx(
        facts["concentration"].value, abs=0.01
    )


def test_targeting_errors_follow_from_the_sums_shown(example: Path) -> None:
    executed = Executed(example, "04_clave3_servicios")
    facts = executed.section("services").facts
    told = values(executed, "focalizacion-estadistico")
    assert list(told.values()) == [str(facts["undercoverage"]), str(facts["leakage"])]
    served, missed, leaked = (
        float(cell.replace(".", ""))
        for cell in executed.table("focalizacion-marco")["Personas que representan"]
    )
    assert 100 * missed / (served + missed) == pytest.approx(facts["undercoverage"].value, abs=0.01)
    assert 100 * leaked / (served + leaked) == pytest.approx(facts["leakage"].value, abs=0.01)


def test_the_proposed_days_reach_what_the_report_says(example: Path) -> None:
    executed = Executed(example, "05_clave4_atencion")
    facts = executed.section("outreach").facts
    told = values(executed, "proximas-estadistico")
    assert told["Personas que alcanzarían las jornadas propuestas"] == str(facts["next_gain"])
    assert told["De todas las que faltan"] == str(facts["next_share"])


def test_bridges_of_each_sector_come_from_the_pairs(example: Path) -> None:
    executed = Executed(example, "06_clave5_convocatoria")
    sectors = executed.section("convening").tables["sectors"]
    assert shown(executed.table("red-estadistico"), "Parte de los puentes") == column(
        sectors, "bridging", "label"
    )


def test_intervals_are_made_again_from_what_is_shown(example: Path) -> None:
    executed = Executed(example, "07_linea_base")
    data = executed.section("baseline").tables["indicators"].data.set_index("name")
    table = executed.table("intervalos").set_index("")
    assert set(table.index) == set(data.index[data["low"].notna()])
    for name, row in table.iterrows():
        for label, key in (("Intervalo: del", "low"), ("al", "high")):
            assert row[label] == write_value(data.loc[name, key], "decimal", 1), name


def test_the_progress_of_the_plan_is_the_mean_of_its_rows(example: Path) -> None:
    executed = Executed(example, "08_plan_de_accion")
    facts = executed.section("plan").facts
    told = values(executed, "seguimiento-cuenta")
    assert list(told.values()) == [str(facts["physical"]), str(facts["financial"])]


def test_no_cell_shows_a_person(example: Path) -> None:
    """Identifiers of households and people stay in memory."""
    folder = example / "data" / "raw" / "ejemplo"
    people = pd.read_csv(folder / "personas.csv", dtype=str)
    names = {*people["persona"], *people["hogar"]}
    for name in WHAT_IFS:
        for cell in Executed(example, name).cells.values():
            for output in cell.get("outputs", []):
                words = set(re.findall(r"[\w-]+", output.get("data", {}).get("text/html", "")))
                assert not words & names, (name, cell.id)


# Notebook → the section whose facts its what-if shows.
WHAT_IFS = {
    "00_calidad": "quality",
    "01_comprension": "priority",
    "02_clave1_informacion": "information",
    "03_clave2_formacion": "training",
    "04_clave3_servicios": "services",
    "05_clave4_atencion": "outreach",
    "06_clave5_convocatoria": "convening",
    "07_linea_base": "baseline",
    "08_plan_de_accion": "proposal",
}


@pytest.mark.parametrize("name", WHAT_IFS)
def test_each_ends_with_what_another_assumption_would_move(example: Path, name: str) -> None:
    executed = Executed(example, name)
    assert list(executed.cells)[-1] == LAST
    source = executed.cells[LAST].source
    assert "overrides=" in source and "book.save" not in source
    table = executed.table(LAST)
    assert list(table.columns[1:]) == [WHAT, REPORT, OTHER, DIFFERENCE]
    assert table[WHAT].iloc[0].startswith("Parámetro ")
    assert table[REPORT].iloc[0] != table[OTHER].iloc[0]
    facts = table[~table[WHAT].str.startswith("Parámetro ")]
    assert len(facts) >= 3
    assert (facts[DIFFERENCE] != SAME).sum() >= 2, "the assumption moves nothing"
    # Beside it stands what the report says, as the run saved it.
    written = {str(fact) for fact in executed.section(WHAT_IFS[name]).facts.values()}
    assert set(facts[REPORT]) <= written
