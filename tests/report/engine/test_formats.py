"""What each format promises: accessible, self-contained, readable on every page, same bytes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pypdf
import pytest
from documents import HEADER, W, docx_parts, pdf_pages, style_into
from PIL import Image

from gsi.report.engine.fragments import figure, pipe_table
from gsi.report.engine.rendering import render

BANNER = "atos de ejemplo, ficticios"
ROWS = 70
BODY = """# En una página {#sec-uno}

Véase la @tbl-larga y la @fig-mapa.^[Una nota.] Fórmula $H = q/n$.

::: {.decision}
**Decidir**

- Uno
- Dos
:::

::: {.hecho}
Un dato.
:::

::: {.aviso}
Cuidado.
:::

::: {.sin-dato}
Sin información reportada.
:::

::: {.ejemplo}
Ficticio.
:::

{{< include _figura.md >}}

## Detalle {#sec-dos}

{{< include _tabla.md >}}

: Una tabla larga y ancha {#tbl-larga}
"""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Path]]:
    """The same report rendered in two places."""
    made = []
    for name in ("a", "b"):
        folder = tmp_path_factory.mktemp(name)
        project = folder / "proyecto"
        style_into(project)
        (project / "_territorio.yml").write_text(
            "gsi:\n  territorio:\n    nombre: Ejemplo\n    codigo: '00'\n  ejemplo: true\n"
            'subtitle: "Departamento de ejemplo"\n',
            encoding="utf-8",
        )
        data = {f"Columna {n}": [f"{n}.{row}" for row in range(ROWS)] for n in range(8)}
        table = pipe_table(data, ["left", *["right"] * 7])
        (project / "_tabla.md").write_text(table, encoding="utf-8")
        picture = figure("fig-mapa", "mapa.png", "El mapa", "Mapa con tres municipios")
        (project / "_figura.md").write_text(picture, encoding="utf-8")
        Image.new("RGB", (400, 200), "white").save(project / "mapa.png")
        (project / "informe.qmd").write_text(HEADER + BODY, encoding="utf-8")
        paths = render(
            project, ["informe.qmd"], ["html", "pdf", "docx"], folder / "out", "embedded"
        )
        made.append({path.suffix[1:]: path for path in paths})
    return made


@pytest.fixture(scope="module")
def html(twice: list[dict[str, Path]]) -> str:
    return twice[0]["html"].read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_same_input_same_bytes(twice: list[dict[str, Path]], kind: str) -> None:
    assert twice[0][kind].read_bytes() == twice[1][kind].read_bytes()


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_no_path_of_this_machine_is_in_the_result(twice: list[dict[str, Path]], kind: str) -> None:
    data = twice[0][kind].read_bytes()
    texts = list(docx_parts(twice[0][kind]).values()) if kind == "docx" else [data]
    for text in texts:
        assert b"/tmp/" not in text and b"gsi-informe-" not in text


def test_html_asks_no_host_for_anything(html: str) -> None:
    assert "<script" not in html
    loaded = re.findall(r'(?:src|srcset|poster|data)="([^"]*)"', html)
    loaded += re.findall(r'<link[^>]*href="([^"]*)"', html)
    loaded += re.findall(r"url\(([^)]*)\)", html)
    assert loaded
    assert all(target.strip("\"'").startswith("data:") for target in loaded)
    assert "@import" not in html
    assert set(re.findall(r"https?://[^\s\"'<>)]+", html)) <= {
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1998/Math/MathML",
    }


def test_html_is_accessible(html: str) -> None:
    assert '<html xmlns="http://www.w3.org/1999/xhtml" lang="es"' in html
    assert "<title>Línea de base</title>" in html
    assert html.index('class="saltar" href="#contenido"') < html.index("<header")
    assert html.count('<main id="contenido">') == html.count("</main>") == 1
    assert '<nav id="TOC"' in html and 'href="#sec-dos"' in html
    assert re.search(
        r'<img [^>]*src="data:image/png;base64,[^>]* alt="Mapa con tres municipios"', html
    )
    assert html.count('scope="col"') == 8
    assert html.count('scope="row"') == ROWS
    assert re.search(
        r'class="tabla-desplazable tabla-ancha"[^>]*role="region"[^>]*tabindex="0"'
        r'[^>]*aria-label="Tabla\s1: Una tabla larga y ancha"',
        html,
    )
    assert re.search(r"<caption>.*Tabla\s1: Una tabla larga y ancha.*</caption>", html)
    assert html.count(BANNER) == 1 and "position: sticky" in html
    for name in ("decision", "hecho", "aviso", "sin-dato", "ejemplo"):
        assert f'<div class="{name}" role="note">' in html


def test_html_colours_have_enough_contrast() -> None:
    css = (Path(__file__).parents[3] / "reports/_estilo/informe.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    pairs = [
        ("tinta", "#ffffff"),
        ("petroleo", "#ffffff"),
        ("gris", "#ffffff"),
        ("azul", "#ffffff"),
    ]
    pairs += [("tinta", colours["tinte"]), ("petroleo", colours["tinte"]), ("azul", "#e8f0f6")]
    for ink, paper in pairs:
        assert contrast(colours[ink], paper) >= 4.5, (ink, paper)
    assert contrast("#5a3a00", colours["banda"]) >= 7
    assert contrast("#cfe0ea", colours["azul"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_pdf_is_tagged_named_and_has_bookmarks(twice: list[dict[str, Path]]) -> None:
    reader = pypdf.PdfReader(twice[0]["pdf"])
    assert reader.metadata is not None and reader.metadata.title == "Línea de base"
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "es-CO"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()
    outline = reader.outline
    assert outline[0].title == "1 En una página"
    assert outline[1][0].title == "1.1 Detalle"
    fonts = {str(font) for page in reader.pages for font in _fonts(page)}
    assert any("SourceSansPro" in font for font in fonts)


def _fonts(page: pypdf.PageObject) -> list[object]:
    resources = page["/Resources"].get("/Font", {})
    return [font.get_object()["/BaseFont"] for font in resources.values()]


def test_every_pdf_page_says_what_it_is(twice: list[dict[str, Path]]) -> None:
    pages = pdf_pages(twice[0]["pdf"])
    assert len(pages) >= 3
    for number, text in enumerate(pages, start=1):
        assert BANNER in text
        assert f"Página {number} de {len(pages)}" in text
        if number > 1:
            assert "Línea de base" in text and "Ejemplo" in text
    assert "1 En una página" in pages[0] and "Decidir" in pages[0]  # the summary is on page one
    headed = [text for text in pages if "Columna 7" in text]
    assert len(headed) >= 2  # the table's heading is repeated on its second page


def test_docx_is_editable_and_accessible(twice: list[dict[str, Path]]) -> None:
    parts = docx_parts(twice[0]["docx"])
    document = ET.fromstring(parts["word/document.xml"])
    tables = {
        table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val"): table  # type: ignore[union-attr]
        for table in document.iter(f"{W}tbl")
    }
    assert set(tables) == {"Table", "Decision", "Hecho", "Aviso", "SinDato", "Ejemplo"}
    styles = ET.fromstring(parts["word/styles.xml"])
    known = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    used = {
        node.get(f"{W}val") for tag in ("pStyle", "tblStyle") for node in document.iter(f"{W}{tag}")
    }
    assert used <= known
    rows = list(tables["Table"].iter(f"{W}tr"))
    assert len(rows) == ROWS + 1
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    pictures = [node.get("descr") for node in document.iter() if node.tag.endswith("}docPr")]
    assert pictures == ["Mapa con tres municipios"]
    core = parts["docProps/core.xml"].decode()
    assert "<dc:title>Línea de base</dc:title>" in core and "<dc:language>es</dc:language>" in core
    assert document.find(f".//{W}headerReference") is not None
    assert BANNER.upper()[:-1] in parts["word/header1.xml"].decode().upper()
    footer = parts["word/footer1.xml"].decode()
    assert " PAGE " in footer and " NUMPAGES " in footer


def test_docx_contents_are_a_field_already_filled(twice: list[dict[str, Path]]) -> None:
    xml = docx_parts(twice[0]["docx"])["word/document.xml"].decode()
    field = xml[xml.index("TOC \\o") : xml.index("</w:sdt>")]
    anchors = re.findall(r'w:anchor="([^"]+)"', field)
    assert anchors and all(f'w:name="{name}"' in xml for name in anchors)
    assert "1. En una página" in field and "1.1 Detalle" not in field  # one level, as in the PDF
    begins, ends = xml.count('fldCharType="begin"'), xml.count('fldCharType="end"')
    assert begins == ends
