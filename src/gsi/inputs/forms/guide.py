"""The first sheet of a form: what to do, in the order in which it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from gsi.contract import tables
from gsi.inputs.forms import looks
from gsi.inputs.forms.layout import MARK, Place, sheet_name

_STEPS = (
    "Llene una hoja a la vez. Una fila es un hecho: un curso, una jornada, un compromiso.",
    "Ponga el cursor sobre un encabezado para leer qué significa la columna. Los encabezados con * "
    "son obligatorios; las demás celdas se dejan vacías si no se sabe. No invente datos.",
    "Donde la celda tiene una flecha, escoja de la lista. Las fechas van como día/mes/año; los "
    "números, sin palabras, con coma para los decimales.",
    "Puede pegar filas de otro archivo con «Pegado especial: solo valores». No deje filas de "
    "totales ni cambie los encabezados.",
    "Guarde el archivo como libro de Excel (.xlsx) o de LibreOffice (.ods), con el nombre que "
    "quiera, y entréguelo a quien hace el informe, que lo copia en la carpeta data/raw.",
    "Antes de entregarlo, quien hace el informe lo revisa con la orden «gsi forms check ARCHIVO»: "
    "dice hoja, fila y columna de cada problema y los marca en una copia.",
)
_PRIVACY = (
    "Este libro tiene datos de personas: {sheets}. Guárdelo solo en los equipos autorizados y no "
    "lo envíe por correo. Los informes no muestran filas de personas."
)


def write_guide(
    sheet: Worksheet, held: Sequence[str], place: Place, *, title: str, team: str, example: bool
) -> None:
    """Title, who fills it in, the steps, a line a sheet with what it is for, the privacy note."""
    sheet.sheet_view.showGridLines = False
    for letter, width in (("A", 4), ("B", 34), ("C", 44), ("D", 62)):
        sheet.column_dimensions[letter].width = width
    row = _line(sheet, 1, title, looks.TITLE, 30)
    owner = place.territory
    where = owner.name
    if not owner.is_department:
        where = f"{owner.name} ({owner.department_name})"
    row = _line(sheet, row, f"{where} · código {owner.code}", looks.HELP, 20)
    if owner.fictional:
        row = _line(sheet, row, "Datos de ejemplo, ficticios.", looks.HELP, 20)
    if team:
        row = _line(sheet, row, f"Lo llena: {team}.", looks.HELP, 20)
    row = _line(sheet, row + 1, "Cómo se llena", looks.HEADING, 22)
    steps = list(_STEPS)
    if example:
        steps.insert(
            1,
            f"La fila marcada {MARK} muestra cómo se llena. No se lee: escriba desde la fila que "
            "sigue y no borre ni cambie el ejemplo.",
        )
    for number, text in enumerate(steps, start=1):
        looks.dress(sheet.cell(row, 1, number), looks.BOLD)
        row = _line(sheet, row, text, looks.BODY, 34 if len(text) > 150 else 18, column=2)
    row = _line(sheet, row + 1, "Qué hay en cada hoja y para qué sirve", looks.HEADING, 22)
    for table in held:
        schema = tables.schema(table)
        name = sheet.cell(row, 2, sheet_name(table))
        looks.dress(name, looks.BOLD)
        looks.link(name, sheet_name(table), "A1")
        looks.dress(sheet.cell(row, 3, schema.description.replace("`", "")), looks.BODY)
        looks.dress(sheet.cell(row, 4, schema.purpose), looks.BODY)
        longest = max(len(schema.description) / 42, len(schema.purpose) / 60)
        sheet.row_dimensions[row].height = 17 * (int(longest) + 1)
        row += 1
    private = [sheet_name(table) for table in held if tables.schema(table).person_level]
    if private:
        _line(sheet, row + 1, _PRIVACY.format(sheets=", ".join(private)), looks.WARNING, 34)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "1"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _line(
    sheet: Worksheet, row: int, text: str, look: Mapping[str, Any], height: float, column: int = 1
) -> int:
    """A text across the sheet's columns; the row after it."""
    looks.dress(sheet.cell(row, column, text), look)
    sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=4)
    sheet.row_dimensions[row].height = height
    return row + 1
