"""Whatever a territory lacks, its notebooks run to the end and its reports show what there is."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from run import poor

from gsi.analysis.results import Section
from gsi.ground.project import Project
from gsi.inputs.store import Store

DEPARTMENT, MUNICIPALITY = "00", "00004"
OFFICIAL = ("divipola", "limites", "indicadores", "poblacion")
LEFT: dict[str, poor.Edit] = {
    "nothing": poor.only(),
    "the official tables": poor.only(*OFFICIAL),
    "no official table": poor.without(*OFFICIAL),
    "one row a table": poor.first_rows(1),
    "one row a form": poor.first_rows(1, *OFFICIAL),
    "three rows a form": poor.first_rows(3, *OFFICIAL),
    "no neighbour": poor.alone,
    # As a municipality younger than the census: what is counted every year, no measure of poverty.
    "no measure of poverty": poor.indicators("cobertura_neta", "mortalidad_infantil"),
}
SEEDS = range(8)
# Where "sin dato" is the word for it: the evidence of a key, and what the report counts as such.
SAID = re.compile(r"Estado: |Indicadores sin dato|.*Sin dato: no se")
RIGHT = re.compile(r"(existencia|desarrollo|ciudadanía|protección) \(sin dato\)")


def sentences(page: Path) -> list[str]:
    """The paragraphs and points of a page, outside its tables."""
    text = re.sub(r"(?s)<(table|nav).*?</\1>|<style.*?</style>", "", page.read_text("utf-8"))
    found = re.findall(r"(?s)<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", text)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", item)).split()) for item in found]


def broken(folder: Path) -> list[str]:
    """Sentences written around a value that is not there, or about none of something."""
    pages = [folder / "informes" / name for name in ("linea-base.html", "plan-de-accion.html")]
    return [
        words
        for page in pages
        for words in sentences(page)
        if re.search(r"sin dato\b|\bDe 0 ", RIGHT.sub("", words)) and not SAID.match(words)
    ]


@pytest.mark.parametrize("code", [DEPARTMENT, MUNICIPALITY])
@pytest.mark.parametrize("edit", LEFT.values(), ids=list(LEFT))
def test_a_territory_with_next_to_nothing_has_its_reports(
    prepared: tuple[Project, Store], tmp_path: Path, code: str, edit: poor.Edit
) -> None:
    book = poor.make(*prepared, code, edit, tmp_path / "resultados")
    assert Section.load(book.sections, "keys").available
    assert broken(book.results) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_that_are_whole_missing_or_begun_by_chance(
    prepared: tuple[Project, Store], tmp_path: Path, seed: int
) -> None:
    code = (DEPARTMENT, MUNICIPALITY, "00001", "00011")[seed % 4]
    book = poor.make(*prepared, code, poor.chance(seed), tmp_path / "resultados")
    assert broken(book.results) == []
