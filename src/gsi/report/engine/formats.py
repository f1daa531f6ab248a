"""The formats that a report is published in: a new one is an entry of :data:`FORMATS`.

What an entry needs beside its names is imported when a report is made: an order that only checks
what was asked stays quick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gsi.report.engine.draft import Draft, as_list

# Options of any format that ``_quarto.yml`` and a document's header may carry.
COMMON = frozenset({"toc", "toc-depth", "toc-title", "number-sections", "date-format"})


def _as_written(draft: Draft) -> Path:
    return draft.path


def _nothing(_folder: Path, _options: Mapping[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class OutputFormat:
    """How a format is written, by either engine.

    ``quarto`` is its name under ``format:`` of ``_quarto.yml``, which may give it ``options``
    beside :data:`COMMON`; ``fixed`` are the only values that both engines follow, ``partials`` the
    files that its ``template-partials`` must name. The embedded engine has Pandoc's ``writer``
    make a file ``.draft``, with the ``settings`` that the options ask for and the engine's
    ``template`` (a folder of it; Pandoc's own if none), and ``finish`` makes the document of it.
    ``pictures``: it shows SVG only with a PNG of it. ``after_quarto`` mends what Quarto wrote.
    """

    quarto: str
    writer: str
    draft: str
    options: frozenset[str] = frozenset()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    partials: frozenset[str] = frozenset()
    template: str | None = None
    pictures: bool = False
    settings: Callable[[Path, Mapping[str, Any]], dict[str, Any]] = _nothing
    finish: Callable[[Draft], Path] = _as_written
    after_quarto: Callable[[Path], None] = lambda _path: None


def _html_settings(folder: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    after = as_list(options.get("include-after-body"))
    return {
        "number_sections": bool(options.get("number-sections")),
        "section_divs": True,
        "html_math_method": "mathml",
        "variables": {
            "css": as_list(options.get("css")),
            "include-after": [(folder / name).read_text(encoding="utf-8") for name in after],
        },
    }


def _embedded(draft: Draft) -> Path:
    from gsi.report.engine import selfcontained

    selfcontained.embed(draft.path, draft.folder)
    return draft.path


def _typeset(draft: Draft) -> Path:
    from gsi.report.engine import typesetting

    return typesetting.pdf(draft)


def _word_settings(folder: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    reference = options.get("reference-doc")
    return {"reference_doc": str(folder / reference)} if reference else {}


def _word(path: Path) -> None:
    from gsi.report.engine import word

    word.finish(path)


def _finished_word(draft: Draft) -> Path:
    _word(draft.path)
    return draft.path


FORMATS: dict[str, OutputFormat] = {
    "html": OutputFormat(
        quarto="html",
        writer="html5",
        draft="html",
        options=frozenset(
            {"theme", "minimal", "embed-resources", "css", "template-partials"}
            | {"html-math-method", "include-after-body", "section-divs"}
        ),
        fixed={
            "theme": "none",
            "minimal": True,
            "embed-resources": True,
            "html-math-method": "mathml",
            "section-divs": True,
        },
        partials=frozenset({"title-block.html", "toc.html"}),
        template="html",
        settings=_html_settings,
        finish=_embedded,
    ),
    "pdf": OutputFormat(
        quarto="typst",
        writer="typst",
        draft="typ",
        options=frozenset(
            {"template-partials", "papersize", "margin", "mainfont", "fontsize", "font-paths"}
            | {"section-numbering"}
        ),
        partials=frozenset({"typst-template.typ", "typst-show.typ"}),
        template="pdf",
        finish=_typeset,
    ),
    "docx": OutputFormat(
        quarto="docx",
        writer="docx",
        draft="docx",
        options=frozenset({"reference-doc"}),
        pictures=True,
        settings=_word_settings,
        finish=_finished_word,
        after_quarto=_word,
    ),
}
