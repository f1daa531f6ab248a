"""The department of Tolima from the official files: what its council reads, against the sources."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pandas as pd
import pytest
from headline_rules_plan import RULES
from headlines import Report, problems
from proposals import problems as wrong_proposals
from prose import faults_beside, faults_drawn, faults_of
from quarto_project import hold_against_quarto
from runs import checkout, gsi

from gsi.analysis.results import probability
from gsi.contract import tables

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="session")
def tolima(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = checkout(tmp_path_factory.mktemp("tolima"))
    told = gsi(root, "run", "Tolima", "73067", "--raw", str(real_data), "--formats", "html")
    assert told.returncode == 0, told.stdout + told.stderr
    return root


def output(root: Path, code: str, name: str) -> Path:
    return root / "reports" / "_output" / code / "2018-2024" / f"{name}.html"


def words(root: Path, code: str, name: str = "linea-base") -> str:
    page = output(root, code, name).read_text(encoding="utf-8")
    body = re.sub(r"<style.*?</style>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("name", ["linea-base", "plan-de-accion"])
@pytest.mark.parametrize("code", ["73", "73067"])
def test_nothing_is_written_as_no_one_would(tolima: Path, code: str, name: str) -> None:
    assert faults_of(output(tolima, code, name)) == []
    assert faults_beside(output(tolima, code, name).parent) == []


@pytest.mark.parametrize("code", ["73", "73067"])
def test_no_figure_says_what_no_one_would(tolima: Path, code: str) -> None:
    figures = tolima / "data" / "processed" / code / "2018-2024" / "figures"
    assert len(list(figures.glob("*.png"))) >= 8
    assert faults_drawn(figures, output(tolima, code, "linea-base")) == []


def test_the_scope_has_the_form_of_the_strategy(tolima: Path) -> None:
    text = words(tolima, "73")
    found = re.search(
        r"Producto del cruce de distintas variables sociales, se priorizaron en el departamento de"
        r" Tolima los municipios de (.*?) \(muy probable\).*?; poblaciones: personas de 0 a 17 años"
        r" de edad \([^)]+\) y de 18 a 26 \([^)]+\), y sus familias.*?; escenarios: .*?;"
        r" y categorías de derechos: ",
        text,
    )
    assert found
    for name in ("Ataco", "Coyaima", "Rioblanco", "Planadas"):
        assert name in found.group(1)
    assert "Ibagué" not in found.group(1)


def test_the_priority_group_its_neighbours_and_its_children_are_told(tolima: Path) -> None:
    """Worked out again from the section's ranking, and found in the words of the report."""
    text = words(tolima, "73")
    folder = tolima / "data" / "processed" / "73" / "2018-2024" / "sections"
    ranking = pd.read_parquet(folder / "priority.ranking.parquet")
    called = ranking[ranking["status"] == "prioritario"]
    assert (called["probability"] >= 80).all()
    for row in called.to_dict("records"):
        chance = r"\s".join(str(probability(row["probability"])).split())
        assert re.search(rf"{row['name']}\s+prioritario\s+{chance}", text)
    share = 100 * called["children"].sum() / ranking["children"].sum()
    assert f"También el {share:.1f}".replace(".", ",") in text
    assert f"{called['children'].sum():,.0f} personas de 0 a 17".replace(",", ".") in text
    together = called[called["cluster"] == 1]["name"].sort_values().tolist()
    assert len(together) >= 2
    several = called["cluster"].dropna().value_counts().gt(1).sum() > 1
    group = "el grupo más grande" if several else "un grupo"
    sentence = re.search(rf"{group} lo forman (.*?)\. Una acción", text)
    assert sentence
    assert sorted(re.split(r", | y ", sentence.group(1))) == together
    # No list of names decides: each southern municipality stands where its data put it.
    southern = ranking[ranking["municipio"].isin(
        ["73067", "73555", "73616", "73168", "73217", "73504", "73483", "73675", "73622"]
    )]  # fmt: skip
    assert len(southern) == 9
    assert southern["status"].nunique() > 1


def test_published_figures_stand_with_their_year(tolima: Path) -> None:
    text = words(tolima, "73")
    assert re.search(r"Ataco\s+prioritario\s+(más de )?9\d\s%\s+64,0\s%", text)
    assert re.search(r"En 2018 vivían[^.]* 371\.547 (tenían de|personas de) 0 a 17", text)
    assert re.search(r"15 a 19 años \(?(en )?2018\)?: 3\.684", text)
    assert "1.330.187" in text


@pytest.mark.parametrize("code", ["73", "73067"])
def test_every_proposed_action_holds_against_the_inputs(tolima: Path, code: str) -> None:
    assert wrong_proposals(Report(tolima, code)) == []


@pytest.mark.parametrize("name", ["linea-base", "plan-de-accion"])
@pytest.mark.parametrize("code", ["73", "73067"])
def test_every_number_of_a_headline_is_its_tables(tolima: Path, code: str, name: str) -> None:
    report = Report(tolima, code)
    assert problems(report, report.page(name), RULES) == []


def test_census_and_model_poverty_are_never_subtracted(tolima: Path) -> None:
    folder = tolima / "data" / "processed" / "73" / "2018-2024" / "sections"
    changes = pd.read_parquet(folder / "change.indicators.parquet").set_index("indicator")
    assert "ipm_censo" not in changes.index
    assert (changes["series_a"] == changes["series_b"]).all()
    assert changes.loc["ipm_sae", ["year_a", "year_b"]].tolist() == [2022, 2024]
    methods = pd.read_parquet(folder / "change.methods.parquet")
    assert methods[["first", "second"]].to_numpy().tolist() == [["ipm_censo", "ipm_sae"]]
    text = words(tolima, "73", "plan-de-accion")
    assert "no comparable" in text
    assert "restarlos mediría el cambio de método" in text


def test_what_is_not_reported_is_a_named_gap(tolima: Path) -> None:
    text = words(tolima, "73")
    for table in ("escenarios", "lecturas", "formacion", "servicios", "jornadas", "compromisos",
                  "inversion", "hogares"):  # fmt: skip
        title = tables.schema(table).title
        assert re.search(rf"(falta|faltan|hacen falta)[^.]{{0,80}}«{title}»", text), table
    assert "falta la tabla «Plan de acción»" in words(tolima, "73", "plan-de-accion")


def test_a_municipality_reads_of_itself(tolima: Path) -> None:
    text = words(tolima, "73067")
    assert "Ataco queda como prioritario entre los municipios de Tolima" in text
    assert "7.201" in text
    assert "64,0" in text
    # Beside those of the department most like it, by size and structure.
    folder = tolima / "data" / "processed" / "73067" / "2018-2024" / "sections"
    peers = pd.read_parquet(folder / "peers.municipalities.parquet")["nombre"].tolist()
    assert peers[0] == "Ataco"
    for name in peers[1:]:
        assert re.search(rf"más se le parecen en tamaño y estructura son [^.]*{name}", text)


def test_a_municipality_without_forms_is_told_which_to_fill_first(tolima: Path) -> None:
    text = words(tolima, "73067")
    assert "Todavía no se ha entregado ningún formulario." in text
    assert "El primer formulario que debe llenarse es Plan de acción." in text
    assert "73067-6-plan-e-inversion.xlsx" in text
    assert "Faltan 16 de 16 formularios" in text


@pytest.mark.parametrize("code", ["73", "73067"])
def test_the_staged_project_holds_against_quarto(
    tolima: Path, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = tolima / "data" / "processed" / code / "2018-2024" / "informe"
    hold_against_quarto(staged, tmp_path, monkeypatch)
