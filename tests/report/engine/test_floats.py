"""How Quarto hands titled tables and figures over, and what the reports' style makes of them: the
same as of the embedded engine's. The shapes are those of Quarto 1.6 to 1.11."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pypandoc
import pypdf
import pytest
import typst
from documents import W, docx_parts
from paths import ROOT
from PIL import Image

FILTER = ROOT / "reports" / "_filtros" / "gsi.lua"
TEMPLATE = ROOT / "reports" / "_estilo" / "typst-template.typ"
# Quarto gives filters a table of its own; that is how ours know it.
AS_IN_QUARTO = f"""
function Pandoc(doc)
  local globals = setmetatable({{ FORMAT = FORMAT, quarto = {{}} }}, {{ __index = _G }})
  return pandoc.utils.run_lua_filter(doc, '{FILTER}', globals)
end
"""
DATA = "| Municipio | IPM |\n|:----------|----:|\n| Ataco | 64 |\n"
CENTRED = '`<w:pPr>\n<w:jc w:val="left"/>\n<w:pStyle w:val="ImageCaption" />\n</w:pPr>`{=openxml}'


def converted(tmp_path: Path, text: str, extension: str) -> Path:
    """What Pandoc writes of ``text`` through our filter, called as Quarto calls it."""
    (tmp_path / "f.lua").write_text(AS_IN_QUARTO, encoding="utf-8")
    path = tmp_path / f"informe.{extension}"
    subprocess.run(
        [pypandoc.get_pandoc_path(), "--wrap=none", "--lua-filter=f.lua", f"--output={path}"],
        input=text,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    return path


def raw(html: str) -> str:
    return f"```{{=html}}\n{html}\n```\n\n"


def html_table(identifier: str, title: str) -> str:
    return (
        f"::::: {{#{identifier} .quarto-float .quarto-figure}}\n"
        + raw('<figure class="quarto-float quarto-float-tbl">')
        + ":::: {.quarto-scaffold}\n"
        + raw(f'<figcaption class="quarto-float-caption-top" id="{identifier}-caption-0">')
        + f"{title}\n\n"
        + raw("</figcaption>")
        + f"::::\n\n:::: {{aria-describedby={identifier}-caption-0}}\n{DATA}\n::::\n\n"
        + raw("</figure>")
        + ":::::\n\n"
    )


def cell(content: str) -> str:
    """A table of one cell, without heading."""
    lines = content.splitlines()
    width = max(map(len, lines))
    edge = f"+{'-' * (width + 2)}+\n"
    return edge + "".join(f"| {line.ljust(width)} |\n" for line in lines) + edge + "\n"


def docx_float(identifier: str, title: str, content: str, *, above: bool) -> str:
    caption = f"{CENTRED}{title}\n"
    parts = [caption, content] if above else [content, caption]
    return cell(f"::: {{#{identifier}}}\n" + "\n".join(parts) + "\n:::\n")


def test_html_tables_have_their_title_as_caption_and_as_name(tmp_path: Path) -> None:
    text = (
        html_table("tbl-a", "Tabla 1: Pobreza *rural*")
        + f"{DATA}\n"
        + f"::: {{.decision}}\n{html_table('tbl-b', 'Tabla 2: En bloque')}:::\n"
    )
    html = converted(tmp_path, text, "html").read_text(encoding="utf-8")
    names = re.findall(r'role="region" tabindex="0" aria-label="([^"]*)"', html)
    assert names == ["Tabla 1: Pobreza rural", "Tabla sin título 1", "Tabla 2: En bloque"]
    assert re.search(r'<table id="tbl-a">\s*<caption><span class="rotulo">Tabla 1: Pob', html)
    assert html.count("<caption>") == 2
    # Nothing of the title is left beside the table, so its gap is the style's.
    assert "figcaption" not in html
    assert html.count("Tabla 1: Pobreza") == 2
    assert html.count('scope="row"') == 3


def test_word_has_no_table_in_a_table_and_one_alignment_a_cell(tmp_path: Path) -> None:
    inside = docx_float("tbl-b", "Tabla 2: En bloque", DATA, above=True)
    text = (
        docx_float("tbl-a", "Tabla 1: Pobreza", DATA, above=True)
        + f"::: {{.decision}}\nTexto.\n\n{inside}:::\n"
    )
    xml = docx_parts(converted(tmp_path, text, "docx"))["word/document.xml"].decode()
    # The block of our own is the one table around another.
    assert xml.count("<w:tbl>") == 3
    assert xml.index('<w:tblStyle w:val="Decision"') > xml.index("</w:tbl>")
    properties = re.findall(r"<w:pPr>.*?</w:pPr>", xml, re.DOTALL)
    assert max(item.count("<w:jc ") for item in properties) == 1
    assert 'w:val="ImageCaption"' not in xml
    assert xml.count('<w:pStyle w:val="TableCaption" />') == 1
    assert xml.count('<w:bookmarkStart w:id="') >= 2
    assert '<w:tblCaption w:val="Tabla 1: Pobreza" />' in xml


def test_word_pictures_keep_their_alternative_text(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "white").save(tmp_path / "a.png")
    picture = '![](a.png){fig-alt="Barras: Ataco 64"}\n'
    text = docx_float("fig-a", "Figura 1: Ataco", picture, above=False)
    xml = docx_parts(converted(tmp_path, text, "docx"))["word/document.xml"].decode()
    assert "<w:tbl>" not in xml
    assert 'descr="Barras: Ataco 64"' in xml
    assert '<w:pStyle w:val="CaptionedFigure" />' in xml
    assert '<w:pStyle w:val="ImageCaption" />' in xml


def test_a_block_of_our_own_stays_a_box(tmp_path: Path) -> None:
    text = "::: {.aviso}\nTexto.\n:::\n"
    xml = docx_parts(converted(tmp_path, text, "docx"))["word/document.xml"].decode()
    assert xml.count('<w:tblStyle w:val="Aviso"') == 1
    assert xml.count(f"{W}tbl>") == 0


@pytest.mark.parametrize("kind", ["tbl", "fig"])
def test_pdf_titles_have_one_space_and_references_look_like_links(
    tmp_path: Path, kind: str
) -> None:
    label = {"tbl": "Tabla", "fig": "Figura"}[kind]
    body = {"tbl": "#table(columns: 2, [Municipio], [IPM])", "fig": "#rect()"}[kind]
    text = TEMPLATE.read_text(encoding="utf-8") + (
        '\n#show: doc => informe(title: [T], font: "Libertinus Serif", doc)\n'
        f"Véase #ref(<{kind}-a>, supplement: [{label}]).\n\n"
        f"#figure([\n{body}\n], caption: figure.caption(\nposition: top, \n[\nPobreza\n]), \n"
        f'kind: "quarto-float-{kind}", \nsupplement: "{label}", \n)\n<{kind}-a>\n'
    )
    source = tmp_path / "a.typ"
    source.write_text(text, encoding="utf-8")
    compiler = typst.Compiler(source, ignore_system_fonts=True)
    (tmp_path / "a.pdf").write_bytes(compiler.compile(format="pdf"))
    said = pypdf.PdfReader(tmp_path / "a.pdf").pages[0].extract_text().replace("\u00a0", " ")
    assert f"{label} 1: Pobreza" in said
    assert f"{label} 1." in said
    # Petrol is the colour of letters only in links and references here.
    assert b'fill="#0b6e75"' in compiler.compile(format="svg")


def test_the_style_needs_the_sections_that_quarto_is_asked_for() -> None:
    style = (ROOT / "reports" / "_estilo" / "informe.css").read_text(encoding="utf-8")
    options = (ROOT / "reports" / "_quarto.yml").read_text(encoding="utf-8")
    assert "section > h1" in style
    assert re.search(r"^    section-divs: true$", options, re.MULTILINE)
    # Quarto marks the numbers of the contents with the headings' class; only theirs have the look.
    rules = re.findall(r"^(.*\.header-section-number.*?) \{", style, re.MULTILINE)
    assert rules == [":is(h1, h2, h3, h4) > .header-section-number"]
