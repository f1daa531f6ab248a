"""The blank forms of a territory: one workbook a team, with its own codes and microterritories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gsi import tables
from gsi.forms.layout import Place
from gsi.forms.write import write_form

if TYPE_CHECKING:
    from gsi.context import Territory
    from gsi.params.forms import BookSettings, FormsSettings
    from gsi.store import Store


def place_of(store: Store, territory: Territory) -> Place:
    """The codes a territory's rows may bear, and the microterritories its data name."""
    department = store.territories.resolve(territory.department)
    codes = [department, territory]
    if territory.level == "department":
        codes += store.territories.municipalities(territory.code)
    data = store.data(territory)
    named: set[str] = set()
    for table in tables.names():
        if "microterritorio" in tables.schema(table).column_names:
            named |= set(data.own(table)["microterritorio"].dropna().astype(str))
    return Place.of(territory, codes, sorted(named))


def write_books(
    folder: Path, store: Store, territory: Territory, settings: FormsSettings
) -> list[tuple[Path, BookSettings]]:
    """Write every workbook of ``settings`` into ``folder``; same inputs, same bytes."""
    place = place_of(store, territory)
    written = []
    for book in settings.books:
        path = folder / f"{territory.code}-{book.file}.xlsx"
        write_form(
            path,
            {table: tables.empty(table) for table in book.tables},
            place,
            title=book.title,
            team=book.team,
            rows=settings.rows,
            prefilled=settings.prefilled,
        )
        written.append((path, book))
    return written
