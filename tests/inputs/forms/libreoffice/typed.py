"""Fill a form as a person does in LibreOffice: each cell typed as text, in the office's language.

Run by the Python that has LibreOffice's ``uno`` module, see ``make_fixtures.py``. Arguments: the
form, a JSON file {sheet: {row: {column: typed text}}}, and where to save it, as .xlsx and as .ods.
The locked cells of the form are not touched: writing in one stops the script.
"""

import contextlib
import json
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}


def value(name, content):
    found = PropertyValue()
    found.Name, found.Value = name, content
    return found


def desktop(port):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(60):
        try:
            there = resolver.resolve(
                f"uno:socket,host=localhost,port={port};urp;StarOffice.ComponentContext"
            )
            return there.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", there
            )
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice did not answer")


def main():
    form, typed, port, *targets = sys.argv[1:]
    office = desktop(port)
    book = office.loadComponentFromURL(
        Path(form).resolve().as_uri(), "_blank", 0, (value("Hidden", True),)
    )
    for name, rows in json.loads(Path(typed).read_text(encoding="utf-8")).items():
        sheet = book.Sheets.getByName(name)
        if not sheet.isProtected():
            raise SystemExit(f"{name}: the sheet should be protected")
        for row, cells in rows.items():
            for column, text in cells.items():
                cell = sheet.getCellByPosition(int(column) - 1, int(row) - 1)
                if cell.CellProtection.IsLocked:
                    raise SystemExit(f"{name} {row},{column}: a cell to fill in is locked")
                cell.FormulaLocal = text
    for target in targets:
        path = Path(target).resolve()
        book.storeToURL(path.as_uri(), (value("FilterName", FILTERS[path.suffix]),))
    book.close(True)
    with contextlib.suppress(Exception):  # it hangs up while it answers
        office.terminate()


main()
