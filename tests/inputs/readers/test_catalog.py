"""The page of sources tells every reader; every indicator read is in the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gsi.inputs.readers.catalog import READERS, UNREAD
from gsi.inputs.records import Reading


@pytest.fixture(scope="module")
def page(project_root: Path) -> str:
    return (project_root / "docs" / "fuentes.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.source)
def test_the_page_tells_the_reader(page: str, reader: object) -> None:
    assert f"### `{reader.source}` — {reader.publisher}" in page  # type: ignore[attr-defined]
    assert f"**{reader.title.split(',')[0]}" in page  # type: ignore[attr-defined]


def test_the_page_tells_no_other(page: str) -> None:
    told = re.findall(r"^### `(\w+)`", page, flags=re.MULTILINE)
    assert sorted(told) == sorted(reader.source for reader in READERS)


def test_the_page_lists_what_is_known_but_not_read(page: str) -> None:
    last = page[page.index("## Conocidas") : page.index("## Agregar")]
    assert re.findall(r"^- (.+)$", last, flags=re.MULTILINE) == [item.title for item in UNREAD]


@pytest.mark.real
def test_indicators_are_the_catalogues_and_the_pages(
    reading: Reading, project_root: Path, page: str
) -> None:
    document = yaml.safe_load((project_root / "params" / "indicators.yml").read_text("utf-8"))
    catalogue = {item["id"]: item for item in document["indicators"]}
    table = reading.tables["indicadores"]
    pairs = table[["indicador", "serie"]].drop_duplicates()
    for name, series in pairs.itertuples(index=False):
        told = {catalogue[name]["series"], *catalogue[name].get("series_error", {})}
        assert series in told, name
        assert f"`{name}`" in page, name
