"""Make ``lleno.xlsx`` and ``lleno.ods`` again: ``python -m forms.libreoffice.make_fixtures``.

From ``tests/``, with LibreOffice on the PATH and the Python that has its ``uno`` module in the
variable ``UNO_PYTHON`` (default ``/usr/bin/python3``). The tests only read the two files.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from inputs.forms.filled import FORMS, PLACE, good
from programs import profile

from gsi.contract import tables
from gsi.inputs import forms
from gsi.inputs.forms import layout

HERE = Path(__file__).parent
PORT = "2102"


def as_typed(value: Any) -> str:
    """What a person in Colombia types."""
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/%Y}"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def typed_rows() -> dict[str, dict[int, dict[int, str]]]:
    """Sheet → row → column → text; what is empty, and the code already there, is not typed."""
    return {
        layout.sheet_name(table): {
            layout.FIRST_ROW + n - 1: {
                column: as_typed(good(table, n)[spec.name])
                for column, spec in enumerate(layout.asked(table), start=2)
                if good(table, n)[spec.name] is not None and spec.name != "municipio"
            }
            for n in (1, 2)
        }
        for table in FORMS
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        form = work / "formulario.xlsx"
        blank = {name: tables.empty(name) for name in FORMS}
        forms.write_form(form, blank, PLACE, title="Prueba", rows=40, prefilled=20)
        typed = work / "escrito.json"
        typed.write_text(json.dumps(typed_rows(), ensure_ascii=False), encoding="utf-8")
        office = subprocess.Popen(
            ["soffice", profile(work), "--headless", "--norestore",
             f"--accept=socket,host=localhost,port={PORT};urp;"]
        )  # fmt: skip
        try:
            subprocess.run(
                [os.environ.get("UNO_PYTHON", "/usr/bin/python3"), str(HERE / "typed.py"),
                 str(form), str(typed), PORT, str(HERE / "lleno.xlsx"), str(HERE / "lleno.ods")],
                check=True, timeout=200,
            )  # fmt: skip
        finally:
            office.terminate()
            office.wait(timeout=60)


if __name__ == "__main__":
    main()
