"""Words of outside origin come out literally in every format, wherever they stand."""

from __future__ import annotations

import string
from pathlib import Path

from documents import Stage, docx_paragraphs, html_text, pdf_pages, squeezed
from hypothesis import given, settings
from hypothesis import strategies as st

from gsi.report.engine.escape import markdown
from gsi.report.engine.fragments import figure, pipe_table
from gsi.report.engine.rendering import render
from gsi.report.engine.stage import unescaped

HOSTILE = [
    "<script>alert(1)</script>",
    "#let x = 1",
    "$a$ y $5.000",
    "*a* _b_ **c** ~d~ ^e^",
    "véase @fig-x y [@a; -@b]",
    "{{< meta x >}} {{< include /etc/passwd >}}",
    "C:\\tmp\\n y \\textbf{x}",
    "a | b || c",
    "![x](y.png){#fig-y}",
    "1. lista",
    "- guion",
    "# título",
    "::: {.decision}",
    "`código` ```{=html}",
    "«comillas» \"dobles\" 'simples' ...",
    "a -- b --- c",
    "&amp; &lt; &#64;",
    "https://x.org/?a=1&b=2",
    "[^1] ^[nota]",
    "{#sec-x .y z=1}",
    "64,0\u00a0% de 1.330.187 (2018-2024)",
    "Ñandú: año; así/o [sic]",
]


def test_plain_words_stay_readable() -> None:
    assert markdown("1.330.187 personas, 2018-2024") == "1.330.187 personas, 2018-2024"
    assert markdown("a*b") == r"a\*b"
    assert markdown("una\n línea\t más ") == "una línea más"


@given(st.text(alphabet=string.printable + "áéñ«»–“”€  "))
@settings(max_examples=300, deadline=None)
def test_escaping_is_undone_by_removing_backslashes(text: str) -> None:
    plain = unescaped(markdown(text))
    assert squeezed(plain) == squeezed("".join(c for c in text if c.isprintable() or c.isspace()))


def test_hostile_words_are_literal_in_every_place_and_format(stage: Stage, tmp_path: Path) -> None:
    data = {"Nombre | <b>": HOSTILE, "Valor *": [str(n) for n in range(len(HOSTILE))]}
    words = [markdown(text) for text in HOSTILE]
    prose = "\n\n".join(f"{text}\n\nA {text} Z\n{text}, **{text}.**" for text in words)
    body = (
        f"# Uno {{#sec-uno}}\n\n{prose}\n\n{{{{< include _tabla.md >}}}}\n\n"
        f": Título {markdown(HOSTILE[5])} {{#tbl-h}}\n\n{{{{< include _figura.md >}}}}\n"
    )
    picture = figure("fig-h", "a.png", HOSTILE[2], HOSTILE[17] + ' " \\ {x} ' + HOSTILE[0])
    folder = stage(body, {"_tabla.md": pipe_table(data, ["left", "right"]), "_figura.md": picture})
    from PIL import Image

    Image.new("RGB", (40, 20), "white").save(folder / "a.png")
    paths = render(folder, ["informe"], ["html", "pdf", "docx"], tmp_path / "out", "embedded")
    texts = {
        "html": html_text(paths[0]),
        "pdf": "".join(pdf_pages(paths[1])),
        "docx": "\n".join(text for _, text in docx_paragraphs(paths[2])),
    }
    for name, text in texts.items():
        # Page headings may fall inside a text of the PDF, never inside one line of it.
        said = squeezed(text)
        for words in HOSTILE:
            assert said.count(squeezed(words)) >= 5, (name, words)  # in prose, and in a cell
        assert squeezed("Nombre | <b>") in said
        assert squeezed(f"Tabla 1: Título {HOSTILE[5]}") in said
        assert squeezed(f"Figura 1: {HOSTILE[2]}") in said
    html = paths[0].read_text(encoding="utf-8")
    assert "<script" not in html
    assert (
        'alt="https://x.org/?a=1&amp;b=2 &quot; \\ {x} &lt;script&gt;alert(1)&lt;/script&gt;"'
        in html
    )
