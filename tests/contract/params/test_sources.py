"""``params/sources.yml``: what it may say, and the page that is made of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from paths import ROOT

from docs.pages import sources as pages
from gsi.contract.params.indicators import load_catalogue
from gsi.contract.params.sources import load_sources
from gsi.ground.errors import UserMistake

TEXT = (ROOT / "params" / "sources.yml").read_text(encoding="utf-8")


def broken(folder: Path, before: str, after: str) -> list[str]:
    assert before in TEXT
    (folder / "sources.yml").write_text(TEXT.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        load_sources(folder)
    return [str(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("    holder:", "    owner:", "owner"),
        ("portal: https://", "portal: http://", "debe ser una dirección https"),
        ("fills: [divipola]", "fills: [divipolas]", "tablas que no existen: divipolas"),
        ("    size: 66000\n", "", "dice su tamaño"),
        ("dataset: gdxc-w37w", "dataset: gdxc", "dataset"),
        ("  - id: mgn\n", "  - id: divipola\n", "fuentes con el mismo id: divipola"),
        ("dane/mgn_municipios_{department}", "dane/mgn_municipios", "va con {department}"),
        ("      how: socrata\n", "      how: ftp\n", "how"),
        ("  page: 50000", "  page: 60000", "page"),
    ],
)
def test_what_is_wrong_is_told(before: str, after: str, said: str, tmp_path: Path) -> None:
    assert any(said in finding for finding in broken(tmp_path, before, after))


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "sources.yml").write_text(
        TEXT.replace("    holder:", "    owner:").replace("  page: 50000", "  page: 0"), "utf-8"
    )
    with pytest.raises(UserMistake) as caught:
        load_sources(tmp_path)
    assert len(caught.value.findings) > 30


def test_what_a_source_shows_has_a_title_in_the_reports() -> None:
    reports = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "reports").glob("*.qmd"))
    )
    titles = set(re.findall(r"(?m)^#+ (.*?)(?: \{#|$)", reports))
    told = {source.section for source in load_sources(ROOT / "params").sources}
    assert told <= titles, told - titles


def test_indicators_are_of_the_catalogue() -> None:
    catalogue = load_catalogue(ROOT / "params" / "indicators.yml")
    known = {indicator.id for indicator in catalogue}
    known |= {indicator.official.figure for indicator in catalogue if indicator.official}
    for source in load_sources(ROOT / "params").sources:
        assert set(source.indicators) <= known, source.id


def test_the_page_is_the_one_that_is_made() -> None:
    written = (ROOT / "docs" / "descargas.md").read_text(encoding="utf-8")
    assert written == pages.page(load_sources(ROOT / "params")), "run: python -m docs.pages"
