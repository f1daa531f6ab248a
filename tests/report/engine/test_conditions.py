"""Hidden blocks are emptied before Pandoc reads them, and nothing else of a report changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import TERRITORY, Stage, html_text

from gsi.ground.errors import UserMistake
from gsi.report.engine.conditions import shown
from gsi.report.engine.rendering import check, render

METADATA = {"a": {"si": True, "no": False, "texto": "true"}}
KEPT = '::: {.content-visible when-meta="a.si"}\nSe ve.\n:::'


def left(text: str) -> str:
    return shown(text.split("\n"), METADATA).removesuffix("\n")


@pytest.mark.parametrize(
    ("opening", "hides"),
    [
        ('.content-visible when-meta="a.no"', True),
        ('.content-visible when-meta="a.falta"', True),
        ('.content-visible when-meta="a.texto"', True),
        ('.content-visible unless-meta="a.si"', True),
        ('.content-visible when-meta="a.si" when-meta="a.no" gsi-line="1"', True),
        ('.content-hidden when-meta="a.si"', True),
        ('.content-hidden unless-meta="a.no"', True),
        ('.content-visible when-meta="a.si"', False),
        ('.content-hidden when-meta="a.no"', False),
        ('.content-visible when-meta="a.no" when-format="html"', False),
        ('.content-visible when-profile="a.no"', False),
        (".content-visible", False),
        ('.aviso when-meta="a.no"', False),
    ],
)
def test_a_block_is_emptied_when_its_condition_hides_it_in_any_format(
    opening: str, hides: bool
) -> None:
    block = f"Antes.\n\n::: {{{opening}}}\nDentro.\n\n::: {{.aviso}}\nHondo.\n:::\n:::\n\nDespués."
    emptied = f"Antes.\n\n::: {{{opening}}}\n:::\n\nDespués."
    assert left(block) == (emptied if hides else block)


def test_hidden_blocks_are_found_inside_those_that_show() -> None:
    inner = '::: {.content-hidden when-meta="a.si"}\nNo.\n:::'
    text = KEPT.replace("Se ve.", f"Se ve.\n\n{inner}")
    assert left(text) == text.replace("No.\n", "")


@pytest.mark.parametrize(
    "inside",
    [
        "```\n:::\n```",
        "$$\nx\n$$",
        "<!--\n:::\n-->",
        "- a\n\n  ::: {.aviso}\n  b\n  :::",
        "Un párrafo\n::: {.aviso}\nque no se parte\n:::",
        "[enlace]: https://ejemplo.co",
        "[^nota]: Una nota.",
        "(@caso) Un ejemplo.",
        "# Título sin identificador",
        "Título\n------",
    ],
)
def test_a_block_whose_end_is_unsure_or_that_reaches_beyond_itself_is_left_alone(
    inside: str,
) -> None:
    text = f'::: {{.content-visible when-meta="a.no"}}\n{inside}\n:::\n\nDespués.'
    assert left(text) == text


@pytest.mark.parametrize(
    "text",
    [
        '~~~\n::: {.content-visible when-meta="a.no"}\nMuestra.\n:::\n~~~',
        'Texto\n::: {.content-visible when-meta="a.no"}\nque sigue.\n:::',
        '::: {.content-visible when-meta="a.no"}\nSin cierre.',
    ],
)
def test_what_is_no_block_is_left_alone(text: str) -> None:
    assert left(text) == text


def test_what_is_wrong_after_a_hidden_block_is_told_with_its_line(stage: Stage) -> None:
    body = (
        '::: {.content-visible when-meta="a.no"}\nUno.\n\nDos @fig-oculta.\n:::\n\n'
        "Tres @fig-nada.\n"
    )
    folder = stage("{{< include _parte.md >}}\n", {"_parte.md": body})
    with pytest.raises(UserMistake) as problem:
        check(folder, ["informe"], ["html"])
    assert [item.where for item in problem.value.findings] == ["_parte.md, línea 7"]


def test_a_wrong_condition_of_a_hidden_block_is_told(stage: Stage) -> None:
    territory = TERRITORY + "  texto: Palabras\n"
    body = '::: {.content-visible #x when-meta="gsi.texto"}\nUno.\n:::\n'
    with pytest.raises(UserMistake) as problem:
        check(stage(body, territory=territory), ["informe"], ["html"])
    rules = " ".join(item.rule for item in problem.value.findings)
    assert "no es sí o no" in rules
    assert "no lleva otra clase ni identificador" in rules


def test_lists_on_both_sides_of_a_hidden_block_stay_two(stage: Stage, tmp_path: Path) -> None:
    body = '- uno\n\n::: {.content-visible when-meta="a.no"}\nNada.\n:::\n\n- dos\n'
    (page,) = render(stage(body), ["informe"], ["html"], tmp_path / "out", "embedded")
    text = page.read_text(encoding="utf-8")
    assert "<li>uno</li>\n</ul>\n<ul>\n<li>dos</li>" in text
    assert "Nada." not in html_text(page)
