"""The example's documents in the programs that people open them with.

Chromium, LibreOffice and Poppler are Debian's; ``.ci/run`` installs them. Elsewhere a test whose
program is not there skips.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from documents import pdf_pages
from programs import converted, program, run

pytestmark = pytest.mark.slow
DOCUMENTS = ("linea-base", "plan-de-accion")
WIDTHS = (1280, 360)


@pytest.fixture(scope="module")
def output(example: Path) -> Path:
    """The folder of the example's reports."""
    return example / "reports" / "_output" / "00" / "2018-2024"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*DOCUMENTS, "calidad"])
def test_a_page_is_no_wider_than_the_screen(
    output: Path, tmp_path: Path, name: str, width: int
) -> None:
    """Tables and figures may scroll in their own boxes; the page itself may not."""
    chromium = program("chromium")
    page = html.escape((output / f"{name}.html").read_text(encoding="utf-8"), quote=True)
    frame = tmp_path / "marco.html"
    frame.write_text(
        f'<!doctype html><body><iframe width="{width}" height="900" frameborder="0" '
        f'srcdoc="{page}"></iframe><script>window.onload = () => {{ const inner = '
        "document.querySelector('iframe').contentDocument.documentElement;"
        "document.body.innerHTML = '<p id=ancho>' + inner.scrollWidth + ' de ' + "
        "inner.clientWidth + '</p>'; }</script></body>",
        encoding="utf-8",
    )
    shown = run(
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000",
        f"--user-data-dir={tmp_path / 'perfil'}", "--virtual-time-budget=20000", "--dump-dom",
        frame.as_uri(),
    )  # fmt: skip
    measured = re.search(r'<p id="ancho">(\d+) de (\d+)</p>', shown)
    assert measured, shown[-500:]
    wide, screen = map(int, measured.groups())
    assert screen >= width - 20
    assert wide <= screen, f"{name}.html is {wide} pixels wide on a screen of {screen}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_poppler_reads_the_words_of_the_pdf(output: Path, name: str) -> None:
    """What a screen reader or a search finds: the same pages, in the same order, with letters."""
    text = run(program("pdftotext"), "-enc", "UTF-8", output / f"{name}.pdf", "-")
    pages = text.rstrip("\f").split("\f")
    assert len(pages) == len(pdf_pages(output / f"{name}.pdf"))
    assert "�" not in text
    assert all(f"Página {n} de {len(pages)}" in " ".join(page.split())
               for n, page in enumerate(pages, 1))  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_libreoffice_opens_the_docx_whole(output: Path, tmp_path: Path, name: str) -> None:
    converted(output / f"{name}.docx", "pdf", tmp_path)
    made, ours = (pdf_pages(folder / f"{name}.pdf") for folder in (tmp_path, output))
    # Word's page is not ours, but the document does not grow or shrink by half.
    assert len(ours) / 2 < len(made) < 2 * len(ours)
    seen = " ".join(" ".join(made).split())
    for heading in ("Lo que este consejo decide", "Cuánto se puede confiar"):
        assert (heading in seen) == (heading in " ".join(" ".join(ours).split())), heading


def test_libreoffice_opens_the_attached_workbook(output: Path, tmp_path: Path) -> None:
    converted(output / "linea-base.xlsx", "csv:Text - txt - csv (StarCalc):59,34,76", tmp_path)
    rows = (tmp_path / "linea-base.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 20
    assert not [row for row in rows if "#NAME?" in row or "Err:5" in row or "#VALUE!" in row]
