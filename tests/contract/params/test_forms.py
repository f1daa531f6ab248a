"""The forms' parameters: every table once, and the docs say which workbook holds it."""

from __future__ import annotations

import pytest
from paths import ROOT
from pydantic import ValidationError

from gsi.contract import params, tables
from gsi.contract.params.forms import FormsSettings
from gsi.inputs.forms.layout import sheet_name

SETTINGS = params.load(ROOT / "params")[0].forms


def test_every_table_that_people_fill_in_has_its_workbook() -> None:
    held = [table for book in SETTINGS.books for table in book.tables]
    assert sorted(held) == sorted(n for n in tables.names() if tables.schema(n).purpose)
    assert SETTINGS.book_of("jornadas").file == "4-jornadas-y-atenciones"


def test_the_docs_say_what_each_workbook_holds() -> None:
    text = (ROOT / "docs" / "formularios.md").read_text(encoding="utf-8")
    for book in SETTINGS.books:
        sheets = ", ".join(sheet_name(table) for table in book.tables)
        assert f"| `{book.file}` | {book.team} | {sheets} |" in text


@pytest.mark.parametrize(
    "change",
    [
        {"order": ["plan_accion"]},
        {"prefilled": 5000},
        {"rows": 1},
        {"books": [SETTINGS.books[0].model_dump(), SETTINGS.books[0].model_dump()]},
    ],
)
def test_what_does_not_hold_together_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FormsSettings.model_validate(SETTINGS.model_dump() | change)
