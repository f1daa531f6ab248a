"""``docs/estrategia.md``: the strategy's own words, and places that exist."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from paths import ROOT

from gsi.contract import tables

DOCUMENT = (ROOT / "docs" / "estrategia.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCUMENT.splitlines()
    if line.startswith("| ") and not line.startswith("| La estrategia dice")
]
PLACES = sorted(set(re.findall(r"`((?:sec|tbl)-[a-z0-9-]+)`", DOCUMENT)))
# The shortest run of the strategy's words that a row must quote from a sentence to answer it.
RUN = 5


def _flat(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


@pytest.fixture(scope="module")
def strategy() -> str:
    """The strategy's chapter, as it was written."""
    given = os.environ.get("GSI_MISSION")
    folder = Path(given) if given else ROOT.parent / "shared" / "mission"
    path = folder / "estrategia-gestion-social-integral.txt"
    if not path.is_file():
        pytest.skip("GSI_MISSION is not set and the strategy is not beside the project")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", PLACES)
def test_each_named_place_is_in_the_reports(place: str) -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "reports").glob("*.qmd")]
    assert any(f"{{#{place}" in page for page in pages)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_row_quotes_says_where_and_with_what_or_what_is_not_there(row: list[str]) -> None:
    quoted, where, data, lacking = row
    assert "«" in quoted and (where or lacking)
    named = [name for name in re.findall(r"`([a-z_]+)`", data) if "_" in name or name.islower()]
    assert set(named) <= set(tables.names())


def test_every_table_that_people_fill_in_is_named() -> None:
    named = set(re.findall(r"`([a-z_]+)`", DOCUMENT))
    asked = {name for name in tables.names() if tables.schema(name).purpose}
    assert asked - named == set()


@pytest.mark.real
def test_quotations_are_the_strategys_and_leave_no_sentence_out(strategy: str) -> None:
    body = _flat(strategy[strategy.index("La Gestión Social Integral es un") :])
    quotations = [_flat(quote) for row in ROWS for quote in re.findall("«([^»]+)»", row[0])]
    assert [quote for quote in quotations if quote not in body] == []
    runs = {
        " ".join(words[start : start + RUN])
        for words in (quote.split() for quote in quotations)
        for start in range(max(1, len(words) - RUN + 1))
    }
    sentences = [_flat(text) for text in re.split(r"[.:;](?:\s|\d)|\n\s*\n", strategy)]
    unanswered = [
        text
        for text in sentences
        if len(text.split()) > 12 and not any(run in text for run in runs)
    ]
    print(*unanswered, sep="\n")
    assert len(unanswered) <= 4
