"""Every character has a glyph in the documents, or something visible in its place."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import font_source_sans_pro
import openpyxl
import pandas as pd
import pypdf
import pytest
import typst
from documents import HEADER, TERRITORY, docx_paragraphs, html_text, pdf_pages, squeezed, style_into
from hostile import LIVE, STRANGE
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gsi.ground.legible import legible, substitutes
from gsi.ground.spreadsheet import write_csv, write_xlsx
from gsi.report.engine.escape import markdown
from gsi.report.engine.fragments import figure, pipe_table
from gsi.report.engine.rendering import prepare, render

WRITTEN = {
    "Uno\uf0b7 dos\uf0a7 tres\uf0fc": "Uno• dos▪ tres✓",
    "Sí ✅ no ❌": "Sí ✓ no ✗",
    "Fundación 漢字": "Fundación [U+6F22][U+5B57]",
    "Casa 😀": "Casa [U+1F600]",
    "Casa \ud83d\ude00": "Casa [U+1F600]",
    "Mitad \ud83d": "Mitad [U+D83D]",
    "👍🏽 1️⃣": "✓ 1",
    # Windows-1252 read as Latin-1; 0x81 is no sign of it.
    "1991\x962024 \x93así\x94 \x81": "1991–2024 “así” [U+0081]",
    "a\x01b\x7f": "a[U+0001]b[U+007F]",
    "a\u200bb\u202ec\u2066\ufeff\u00ad": "abc",
    "\ue123 \U000f0000": "[U+E123] [U+F0000]",
    "ＡＢ": "AB",
    "e\u0301 n\u0303": "é ñ",
    "a\u2028b\u3000c": "a b c",
    "ʉ̃ embera": "ʉ̃ embera",
    "o\u064b": "o[U+064B]",
    "Ñandú “x” 64,0\u00a0% → β Ж ✓ ⚠": "Ñandú “x” 64,0\u00a0% → β Ж ✓ ⚠",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_written(text: str) -> None:
    assert legible(text) == WRITTEN[text]
    assert legible(WRITTEN[text]) == WRITTEN[text]


def test_what_is_substituted_is_told_and_the_rest_is_not() -> None:
    assert list(substitutes("a\uf0b7 b\u200b ñ\u3000✓")) == [("\uf0b7", "•"), ("\u200b", "")]
    assert list(substitutes("64,0 % de β")) == []


@given(st.text(st.characters()))
@settings(max_examples=300, deadline=None)
def test_any_text_becomes_one_that_stays(text: str) -> None:
    shown = legible(text)
    assert legible(shown) == shown
    shown.encode("utf-8")
    for character in shown:
        assert character in "\t\n\r" or unicodedata.category(character) not in {"Cc", "Cf", "Co"}
    # Nothing that is seen goes away.
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.category(character)[0] in "LN":
            assert shown


def kept() -> list[str]:
    """Every character that stays as it is."""
    every = (chr(code) for code in range(0x20, sys.maxunicode) if not 0xD800 <= code < 0xE000)
    return [character for character in every if legible(character) == character]


def test_the_pdf_has_a_glyph_of_all_that_is_kept(tmp_path: Path) -> None:
    """PDF/UA refuses a character without a glyph, so a document of all of them is the proof."""
    letters = kept()
    assert len(letters) > 3000
    accents = [f"{letter}{chr(mark)}" for mark in range(0x300, 0x370) for letter in "oʉβЖ✓ﬁ("]
    style_into(tmp_path)
    prepare(tmp_path)
    strings = ["".join(f"\\u{{{ord(c):x}}}" for c in legible(text)) for text in letters + accents]
    source = '#set document(title: "x")\n#set text(lang: "es", font: "Source Sans Pro")\n'
    source += "\n".join(f'#text("{text}")' for text in strings)
    (tmp_path / "a.typ").write_text(source, encoding="utf-8")
    compiler = typst.Compiler(
        tmp_path / "a.typ",
        font_paths=[str(tmp_path / "_estilo" / "fuentes")],
        ignore_system_fonts=True,
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    (tmp_path / "a.pdf").write_bytes(made)
    assert len(pypdf.PdfReader(tmp_path / "a.pdf").pages) > 1


def test_the_figures_have_a_glyph_of_all_that_is_kept(recwarn: pytest.WarningsRecorder) -> None:
    from gsi.report.figures.style import new_figure, png

    letters = "".join(kept())
    picture = new_figure(3.0)
    for start in range(0, len(letters), 100):
        picture.text(0, start / len(letters), letters[start : start + 100])
    png(picture)
    assert [str(item.message) for item in recwarn if "lyph" in str(item.message)] == []


def test_strange_words_are_in_every_format(tmp_path: Path) -> None:
    """In prose, cells, titles and alternative texts; today one stops a territory's report."""
    words = [f"Nombre {text}" for text in (*STRANGE, *LIVE, "\x01 y \ud83d")]
    data = {"Nombre \uf0b7": words, "N.º": [str(n) for n in range(len(words))]}
    prose = "\n\n".join(markdown(text) for text in words)
    table = pipe_table(data, ["left", "right"]) + f"\n: Título {markdown(words[0])} {{#tbl-a}}\n"
    picture = figure("fig-a", "a.png", words[3], words[6])
    body = f"{prose}\n\n{{{{< include _t.md >}}}}\n\n{{{{< include _f.md >}}}}\n"
    folder = tmp_path / "proyecto"
    style_into(folder)
    files = {"_t.md": table, "_f.md": picture, "_territorio.yml": TERRITORY}
    for name, text in {**files, "informe.qmd": HEADER + body}.items():
        (folder / name).write_text(text, encoding="utf-8")
    Image.new("RGB", (40, 20), "white").save(folder / "a.png")
    html, pdf, docx = render(
        folder, ["informe"], ["html", "pdf", "docx"], tmp_path / "out", "embedded"
    )
    texts = {
        "html": html_text(html),
        "pdf": "".join(pdf_pages(pdf)),
        "docx": "\n".join(text for _, text in docx_paragraphs(docx)),
    }
    for name, text in texts.items():
        for word in words:
            assert squeezed(text).count(squeezed(legible(word))) >= 2, (name, ascii(word))
        assert not any(strange[0] in text for strange in STRANGE), name


def test_spreadsheets_take_any_text(tmp_path: Path) -> None:
    words = [*STRANGE, *LIVE, "\x01\x00", "\ud83d", "=1+1\x02"]
    data = pd.DataFrame({"a": pd.Series(words, dtype="object")})
    write_xlsx(tmp_path / "a.xlsx", data, ["Nombre"], sheet="x")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    found = [row[0] for row in page.iter_rows(min_row=2, values_only=True)]
    assert [text or "" for text in found] == [legible(word) for word in words]
    write_csv(tmp_path / "a.csv", data, ["Nombre"])
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "[U+0001][U+0000]" in text
    assert "'=1+1[U+0002]" in text


def test_the_usual_letters_are_of_our_font() -> None:
    """The texts that are not looked into have all their glyphs in the reports' own font."""
    from fontTools.ttLib import TTFont

    from gsi.ground.legible import _USUAL

    own = TTFont(font_source_sans_pro.font_files_ttf["SourceSansPro"]).getBestCmap()
    usual = [code for code in range(0x20, 0x3000) if _USUAL.fullmatch(chr(code))]
    assert len(usual) > 300
    assert [hex(code) for code in usual if code not in own] == []
