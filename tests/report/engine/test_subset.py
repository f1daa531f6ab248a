"""What is outside the subset is told with its file and line, all at once; nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import Stage, docx_paragraphs, html_text, pdf_pages

from gsi.ground.errors import UserMistake
from gsi.report.engine.escape import markdown
from gsi.report.engine.rendering import check, render

OFFSET = 6  # lines of the header that conftest puts before a body


def told(folder: Path, documents: tuple[str, ...] = ("informe",)) -> list[str]:
    with pytest.raises(UserMistake) as problem:
        check(folder, documents, ["html"])
    return [str(finding) for finding in problem.value.findings]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("{{< video a.mp4 >}}", "Shortcode fuera del subconjunto"),
        ("Son {{< meta gsi.x >}} personas.", "Shortcode fuera del subconjunto"),
        ("Son {{< var x >}} personas.", "Shortcode fuera del subconjunto"),
        ("Texto `{{< meta x >}}`.", "Shortcode fuera del subconjunto"),
        ("Texto $x = {{< meta x >}}$.", "Shortcode fuera del subconjunto"),
        ("Salta {{< pagebreak >}} aquí.", "va solo en su línea"),
        ("Incluye {{< include a.md >}}.", "va sola en su línea"),
        ("Texto {{< include a.md", "abre y cierra en la misma línea"),
        ("{{< include _no.qmd >}}", "No existe el archivo incluido"),
        ("{{< include ../fuera.qmd >}}", "debe estar dentro del proyecto"),
        ("Véase la @fig-nada.", "La referencia no existe"),
        ("Véase la @sec-nada.", "La referencia no existe"),
        ("Según @autor2020.", "Los informes no llevan citas"),
        ("Véase [-@fig-nada].", "Referencia fuera del subconjunto"),
        ("![Título](no.png){#fig-a fig-alt='Algo'}", "No existe la imagen"),
        (
            "![Título](https://x.org/a.png){#fig-a fig-alt='Algo'}",
            "debe ser un archivo del proyecto",
        ),
        ("![Título](a.png){#fig-a}", "Toda imagen lleva texto alternativo"),
        ("![Título](a.png){fig-alt='Algo'}", "Toda figura lleva su identificador"),
        ("![Título](a.png){#fig-a fig-alt='Algo' .lightbox}", "Clase fuera del subconjunto"),
        (
            "![Título](a.png){#fig-a fig-alt='Algo' fig-align='left'}",
            "Atributo fuera del subconjunto",
        ),
        ("![Título](a.png) {#fig-a fig-alt='Algo'}", "Estas llaves no van junto a ningún elemento"),
        ('A[ b]{.content-visible when-format="html"}.', "quita el espacio del borde"),
        ("Un [texto]{.verde}.", "Clase fuera del subconjunto admitido en un texto"),
        ("# Título {#sec-a .appendix}", "Clase fuera del subconjunto admitido en un título"),
        ("Un <b>texto</b>.", "Elemento fuera del subconjunto admitido: código en bruto"),
        ("Un \\textbf{texto}.", "Elemento fuera del subconjunto admitido: código en bruto"),
    ],
)
def test_a_line_outside_the_subset_is_named(stage: Stage, line: str, rule: str) -> None:
    found = told(stage(f"# Uno {{#sec-uno}}\n\nTexto.\n\n{line}\n"))
    place = f"informe.qmd, línea {OFFSET + 4}"
    assert any(text.startswith(place) and rule in text for text in found), found


@pytest.mark.parametrize(
    ("body", "line", "rule"),
    [
        ("::: {.panel-tabset}\nA\n:::\n", 0, "Clase de bloque fuera del subconjunto"),
        ("::: panel-tabset\nA\n:::\n", 0, "Clase de bloque fuera del subconjunto"),
        ("::: {.content-visible}\nA\n:::\n", 0, "necesita su condición"),
        ('::: {.content-visible when-profile="x"}\nA\n:::\n', 0, "Condición fuera del subconjunto"),
        (
            '::: {.content-visible when-meta="gsi.x"}\nA\n:::\n',
            0,
            "Condición fuera del subconjunto",
        ),
        ("::: {.decision}\n## Título\n:::\n", 0, "no va dentro de un bloque"),
        ("::: {layout-ncol=2}\nTexto.\n:::\n", 0, "solo van figuras"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n: Título {#tbl-a .striped}\n", 4, "en una tabla"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n: Título sin nombre\n", 4, "lleva su identificador"),
        ("```{python}\n1\n```\n", 0, "Bloque de código fuera del subconjunto"),
        ("```{=html}\n<b>x</b>\n```\n", 0, "Bloque de código fuera del subconjunto"),
        ("# Uno {#sec-a}\n\n# Dos {#sec-a}\n", 2, "está repetido"),
        ("# Uno {#sec-a .unnumbered}\n\nVéase la @sec-a.\n", 2, "no tiene número"),
    ],
)
def test_a_block_outside_the_subset_is_named(stage: Stage, body: str, line: int, rule: str) -> None:
    found = told(stage(body))
    place = f"informe.qmd, línea {OFFSET + line}:"
    assert any(text.startswith(place) and rule in text for text in found), found


def test_everything_is_told_at_once_through_includes_and_nothing_is_written(
    stage: Stage, tmp_path: Path
) -> None:
    folder = stage(
        "Uno {{< no.esta >}}.\n\n{{< include partes/_a.qmd >}}\n\nVéase la @fig-nada.\n",
        {
            "partes/_a.qmd": "Bien.\n\n{{< include _b.qmd >}}\n",
            "partes/_b.qmd": "\nLa @tbl-nada.\n",
        },
    )
    (folder / "otro.qmd").write_text("---\ntitle: Otro\n---\n\n{{< video x >}}\n", encoding="utf-8")
    with pytest.raises(UserMistake) as first:
        render(folder, ["informe", "otro"], ["html", "pdf"], tmp_path / "out", "embedded")
    places = [finding.where for finding in first.value.findings]
    assert places == ["informe.qmd, línea 6", "otro.qmd, línea 5"]

    (folder / "informe.qmd").write_text(
        (folder / "informe.qmd").read_text("utf-8").replace("{{< no.esta >}}", "1")
    )
    with pytest.raises(UserMistake) as second:
        render(folder, ["informe"], ["html", "pdf"], tmp_path / "out", "embedded")
    places = [finding.where for finding in second.value.findings]
    assert places == ["informe.qmd, línea 10", "partes/_b.qmd, línea 2"]
    assert not (tmp_path / "out").exists()


def test_an_include_in_a_circle_is_named(stage: Stage) -> None:
    folder = stage("{{< include _a.qmd >}}\n", {"_a.qmd": "{{< include _a.qmd >}}\n"})
    assert told(folder) == [
        "_a.qmd, línea 1: Los archivos se incluyen en círculo. "
        "Se recibió: informe.qmd → _a.qmd → _a.qmd. Quite una inclusión."
    ]


def test_options_outside_the_subset_are_named_with_their_line(stage: Stage) -> None:
    folder = stage("Texto.\n")
    path = folder / "_quarto.yml"
    text = path.read_text(encoding="utf-8").replace("lang: es\n", "lang: es\nbibliography: a.bib\n")
    path.write_text(text.replace("minimal: true", "minimal: false"), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    found = told(folder)
    for start in ("bibliography: a.bib", "    minimal: false"):
        assert any(
            item.startswith(f"_quarto.yml, línea {lines.index(start) + 1}:") for item in found
        )


def test_a_date_is_optional_and_is_iso(stage: Stage) -> None:
    check(stage(files={"informe.qmd": '---\ntitle: "T"\n---\n\nTexto.\n'}), ["informe"], ["html"])
    folder = stage(files={"informe.qmd": '---\ntitle: "T"\ndate: hoy\n---\n\nTexto.\n'})
    assert told(folder) == [
        "informe.qmd, línea 3: La fecha se escribe AAAA-MM-DD. Se recibió: hoy."
        " Corrija date: en el encabezado, o quítela."
    ]


def test_conditional_content_follows_the_format(stage: Stage, tmp_path: Path) -> None:
    body = (
        '::: {.content-visible when-format="html"}\nPantalla.\n:::\n\n'
        '::: {.content-hidden when-format="html"}\nPapel.\n\n'
        '::: {.content-visible when-format="html"}\nInterior @fig-nada.\n:::\n:::\n\n'
        '::: {.content-visible unless-format="docx"}\nNo Word.\n:::\n\n'
        'Frase [de pantalla]{.content-visible when-format="html"}'
        '[de papel[&#32;o de Word]{.content-visible unless-format="html"}]'
        '{.content-hidden when-format="html"}.\n'
    )
    paths = render(stage(body), ["informe"], ["html", "pdf", "docx"], tmp_path / "o", "embedded")
    html = html_text(paths[0])
    pdf = "".join(pdf_pages(paths[1]))
    docx = "\n".join(text for _, text in docx_paragraphs(paths[2]))
    assert "Pantalla." in html and "Papel." not in html and "Frase de pantalla." in html
    for text in (pdf, docx):
        assert "Pantalla." not in text and "Papel." in text and "Interior" not in text
        assert "Frase de papel o de Word." in text
    assert "No Word." in html and "No Word." in pdf and "No Word." not in docx


def test_what_only_one_format_shows_is_told_of_every_format(stage: Stage) -> None:
    body = "".join(
        f'::: {{.content-visible when-format="{name}"}}\nVéase la @fig-{name}.\n:::\n\n'
        for name in ("html", "typst", "docx")
    )
    with pytest.raises(UserMistake) as problem:
        check(stage(body), ["informe"], ["html", "docx"])
    told = {str(item.received) for item in problem.value.findings}
    assert told == {"@fig-html", "@fig-docx"}


def _docx(path: Path) -> str:
    return " ".join(text for _, text in docx_paragraphs(path))


def _pdf(path: Path) -> str:
    return " ".join(pdf_pages(path))


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_a_name_ends_a_sentence_with_its_own_point(stage: Stage, tmp_path: Path, kind: str) -> None:
    """'Bogotá, D.C.' has a point: wherever it comes last, the sentence needs no other."""
    body = (
        "Vive en LUGAR.\n\nVino a **LUGAR**. Y sigue…\n\n"
        "| Quién | Dónde |\n|---|---|\n| Uno | Casa de LUGAR. |\n\n"
        ": Los de LUGAR. Todos {#tbl-a}\n"
    ).replace("LUGAR", markdown("Bogotá, D.C."))
    folder = stage(body)
    (path,) = render(folder, ["informe"], [kind], tmp_path / "o", "embedded")
    reader = {"html": html_text, "pdf": _pdf, "docx": _docx}[kind]
    text = " ".join(reader(path).split())
    assert text.count("D.C.") == 4 and "D.C.." not in text
    assert "sigue…" in text
