"""A territory whose forms carry what no font has, what is not seen and what looks like a program:
all its documents come out, with every character or what visibly stands for it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from documents import docx_paragraphs, docx_parts, html_text, pdf_pages
from hostile import STRANGE, mark_example
from runs import checkout, gsi

pytestmark = pytest.mark.slow


def test_the_reports_of_hostile_forms(tmp_path: Path) -> None:
    root = checkout(tmp_path / "proyecto")
    put = mark_example(root / "data" / "raw" / "ejemplo")
    assert set(STRANGE) <= put
    told = gsi(root, "run", "00")
    assert told.returncode == 0, told.stderr
    folder = root / "reports" / "_output" / "00"
    texts = {path.name: html_text(path) for path in folder.rglob("*.html")}
    texts |= {path.name: "".join(pdf_pages(path)) for path in folder.rglob("*.pdf")}
    for path in folder.rglob("*.docx"):
        texts[path.name] = "\n".join(text for _, text in docx_paragraphs(path))
        # Headers and alternative texts are in other parts and attributes.
        parts = docx_parts(path)
        texts[f"{path.name} whole"] = "".join(
            parts[f"word/{part}.xml"].decode() for part in ("document", "header1", "footnotes")
        )
    for path in folder.rglob("*.xlsx"):
        cells = (cell for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row)
        texts[path.name] = "\n".join(str(cell.value) for cell in cells)
    assert len([name for name in texts if not name.endswith("whole")]) == 8
    for name, text in texts.items():
        for strange in "".join(STRANGE):
            assert strange not in text, (name, ascii(strange))
        if re.fullmatch(r"(linea-base|plan-de-accion)\.(html|pdf|docx)", name):
            for shown in ("[U+6F22][U+5B57]", "•", "✓", "$50.000 a $80.000", "#let {{< meta x >}}"):
                assert "".join(shown.split()) in "".join(text.split()), (name, shown)
    page = re.sub(r"\s+", " ", texts["calidad.html"])
    assert "Caracteres distintos que no se pueden mostrar en los informes: 11." in page
    for shown in ("U+F0B7: •", "U+F0FC: ✓", "U+6F22: [U+6F22]", "U+202E: nada, porque no se ve"):
        assert shown in page
