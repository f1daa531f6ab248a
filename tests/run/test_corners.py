"""Territories that are not like the others: a district, an archipelago, areas without a mayor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import html_text
from prose import faults_beside, faults_drawn, faults_of
from runs import checkout, gsi

pytestmark = [pytest.mark.real, pytest.mark.slow]

ORDER = ("11", "88", "97", "97511")
DOCUMENTS = ("linea-base", "plan-de-accion")


@pytest.fixture(scope="module")
def corners(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = checkout(tmp_path_factory.mktemp("esquinas"))
    told = gsi(root, "run", *ORDER, "--raw", str(real_data), "--formats", "html")
    assert told.returncode == 0, told.stdout + told.stderr
    return root


def output(root: Path, code: str, name: str) -> Path:
    return root / "reports" / "_output" / code / "2018-2024" / f"{name}.html"


def text(root: Path, code: str, name: str) -> str:
    return " ".join(html_text(output(root, code, name)).split())


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("code", ORDER)
def test_nothing_is_written_as_no_one_would(corners: Path, code: str, name: str) -> None:
    assert faults_of(output(corners, code, name)) == []
    assert faults_beside(output(corners, code, name).parent) == []


@pytest.mark.parametrize("code", ORDER)
def test_no_figure_says_what_no_one_would(corners: Path, code: str) -> None:
    figures = corners / "data" / "processed" / code / "2018-2024" / "figures"
    assert list(figures.glob("*.png"))
    assert faults_drawn(figures, output(corners, code, "linea-base")) == []


def test_recruitment_in_the_archipelago_is_counted_alike_everywhere(corners: Path) -> None:
    """No source writes a figure of it: 46 on page 1 and 45 in the first key and its share."""
    baseline, plan = (text(corners, "88", name) for name in DOCUMENTS)
    pairs = re.findall(r"[Hh]ay dato de (\d+) indicadores de (\d+)", baseline + plan)
    asked = re.findall(
        r"De (\d+) indicadores (?:que pide el cuaderno, )?hay dato de (\d+)", baseline
    )
    ((known, every),) = {*pairs, *((have, whole) for whole, have in asked)}
    assert len(pairs) == len(asked) == 2
    assert f"hay dato de {known} ({100 * int(known) / int(every):.0f} %) para la" in baseline
    written = "lo que la fuente no escribe de ningún año, y se cuenta como cero porque los cubre: "
    assert f"{written}Reclutamiento de niñas, niños y adolescentes." in baseline


def test_areas_without_a_mayor_are_not_called_municipalities(corners: Path) -> None:
    baseline, plan = (text(corners, "97", name) for name in DOCUMENTS)
    assert "Se compararon los territorios de Vaupés (3 municipios y 3 áreas no munici" in baseline
    # Pacoa: both of its sources (the census, MEN) point to it.
    assert "Territorios prioritarios: 1 de 6 comparados" in baseline
    assert "unicipios prioritarios" not in baseline + plan
    # Mitú, Carurú and Taraira are municipalities; Pacoa, Papunahua and Yavaraté are not.
    assert "plan propio: 0 de 3 municipios del departamento" in plan


def test_an_area_is_told_who_decides_for_it(corners: Path) -> None:
    for name in DOCUMENTS:
        assert (
            "Pacoa es un área no municipalizada: no tiene alcaldía ni concejo. Lo que este informe "
            "pide al consejo lo decide el Consejo de Política Social de Vaupés."
        ) in text(corners, "97511", name)


def test_the_archipelago_has_its_article_and_an_island(corners: Path) -> None:
    baseline = text(corners, "88", "linea-base")
    assert "El departamento tiene 1 municipio y la isla de San Andrés: " in baseline
    for word in ("En", "en", "de", "a"):
        assert f" {word} Archipiélago" not in baseline


def test_the_capital_is_no_department_of_one_municipality(corners: Path) -> None:
    baseline = text(corners, "11", "linea-base")
    assert "El Distrito Capital no se divide en municipios" in baseline
    assert "departamento de Bogotá" not in baseline
