"""The blank forms of a territory: one workbook a team, with its own codes and microterritories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gsi.contract import tables
from gsi.ground.errors import Finding, UserMistake
from gsi.inputs.forms.layout import Place
from gsi.inputs.forms.read import read_sheets
from gsi.inputs.forms.write import write_form

if TYPE_CHECKING:
    from gsi.contract.params.forms import BookSettings, FormsSettings
    from gsi.contract.territory import Territory
    from gsi.inputs.store import Store


def place_of(store: Store, territory: Territory) -> Place:
    """The codes a territory's rows may bear, and the microterritories its data name."""
    department = store.territories.resolve(territory.department)
    codes = [department, territory]
    if territory.is_department:
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
    """Write every workbook of ``settings`` into ``folder``; same inputs, same bytes.

    Raises :class:`UserMistake`, and writes nothing, where a form with data would be lost.
    """
    place = place_of(store, territory)
    written = [(folder / f"{territory.code}-{book.file}.xlsx", book) for book in settings.books]
    filled = [path for path, _ in written if path.exists() and _holds_data(path)]
    if filled:
        raise UserMistake(
            Finding(
                str(path),
                "un formulario que ya tiene datos no se reemplaza por uno en blanco",
                "un archivo con datos, o que no se puede leer",
                "Escriba los formularios en otra carpeta, o mueva ese archivo.",
            )
            for path in filled
        )
    for path, book in written:
        write_form(
            path,
            {table: tables.empty(table) for table in book.tables},
            place,
            title=book.title,
            team=book.team,
            rows=settings.rows,
            prefilled=settings.prefilled,
        )
    return written


def _holds_data(path: Path) -> bool:
    """Whether anything was written in a form; True as well of what is no blank form."""
    try:
        sheets, problems = read_sheets(path)
    except UserMistake:
        return True
    return bool(problems) or any(sheet.numbers for sheet in sheets)
