"""A page takes inside the files it names, and refuses to ask for anything else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from gsi.ground.errors import UserMistake
from gsi.report.engine.selfcontained import embed

PICTURE, FONT = b"\x89PNG of the test", b"wOFF of the test"
DATA_PICTURE = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
DATA_FONT = "data:font/woff;base64," + base64.b64encode(FONT).decode()


def page(folder: Path, body: str = "", css: str = "") -> str:
    """The page of ``body`` and ``css`` after embedding; the sheet stands in a folder of its own."""
    (folder / "estilo").mkdir()
    (folder / "estilo" / "hoja.css").write_text(css, encoding="utf-8")
    (folder / "estilo" / "letra.woff").write_bytes(FONT)
    (folder / "a&b.png").write_bytes(PICTURE)
    path = folder / "p.html"
    head = '<link rel="stylesheet" href="estilo/hoja.css">\n'
    path.write_text(head + body, encoding="utf-8")
    embed(path, folder)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_a_font_is_sought_beside_its_style_sheet(tmp_path: Path, quote: str) -> None:
    shown = page(tmp_path, css=f"@font-face {{ src: url({quote}letra.woff{quote}) }}")
    assert shown == f'<style type="text/css">@font-face {{ src: url({DATA_FONT}) }}</style>\n'


def test_a_picture_keeps_its_attributes_and_its_words_become_its_label(tmp_path: Path) -> None:
    shown = page(tmp_path, '<img src="a&amp;b.png" style="width:50%" alt="Un &quot;mapa&quot;" />')
    label = 'role="img" aria-label="Un &quot;mapa&quot;"'
    kept = 'style="width:50%" alt="Un &quot;mapa&quot;"'
    assert f'<img {label} src="{DATA_PICTURE}" {kept} />' in shown


@pytest.mark.parametrize(
    "css",
    [
        "a { background: url(https://example.org/a.png) }",
        "a { background: url(//example.org/a.png) }",
        "a { background: url('../../fuera.png') }",
        "a { background: url(no-existe.png) }",
        '@import "otra.css";',
    ],
)
def test_a_style_sheet_that_asks_for_more_is_told(tmp_path: Path, css: str) -> None:
    (tmp_path / "fuera.png").write_bytes(PICTURE)
    project = tmp_path / "proyecto"
    project.mkdir()
    with pytest.raises(UserMistake, match=r"hoja\.css"):
        page(project, css=css)


def test_what_is_inside_already_stays(tmp_path: Path) -> None:
    css = "a { fill: url(#trama); background: url(data:image/gif;base64,AA==) }"
    assert css in page(tmp_path, css=css)


def test_a_style_sheet_cannot_end_its_element(tmp_path: Path) -> None:
    shown = page(tmp_path, css='a::after { content: "</style><b>" }')
    assert shown.count("</style>") == 1
