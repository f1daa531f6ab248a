"""Typst from its wheel: the PDF of a draft, and a picture of a drawing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gsi.report.engine.draft import Draft, as_list
from gsi.report.engine.findings import EngineError

if TYPE_CHECKING:
    import typst


def pdf(draft: Draft) -> Path:
    """The PDF (PDF/UA-1) of a ``.typ`` by Pandoc, beside it.

    Raises :class:`~gsi.report.engine.findings.EngineError` with what Typst said.
    """
    import typst

    fonts = [str(draft.folder / name) for name in as_list(draft.options.get("font-paths"))]
    compiler = typst.Compiler(root=draft.folder, font_paths=fonts, ignore_system_fonts=True)
    text = draft.path.read_bytes()
    try:
        made = _set(compiler, text, pdf_standards=["ua-1"], timestamp=draft.epoch)
    except typst.TypstError as problem:
        detail = str(getattr(problem, "diagnostic", None) or problem)
        # What Typst calls a text that it was given without a file.
        detail = detail.replace("__typst_py_bytes__.typ", draft.path.name)
        raise EngineError(draft.document, "Typst", detail) from problem
    output = draft.path.with_suffix(".pdf")
    output.write_bytes(made)
    return output


def picture(folder: Path, name: str, scratch: Path) -> Path:
    """A PNG, at print resolution, of the SVG ``name`` of the project in ``folder``."""
    import typst

    page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("/{name}")\n'
    path = scratch / f"{hashlib.sha256(name.encode()).hexdigest()[:8]}.png"
    path.write_bytes(_set(typst.Compiler(root=folder), page.encode(), format="png", ppi=200))
    return path


def _set(compiler: typst.Compiler, text: bytes, **options: Any) -> bytes:
    """What Typst makes of ``text``, which names its pictures as seen from the compiler's root."""
    made = compiler.compile(text, **options)
    if not isinstance(made, bytes):
        raise TypeError("a picture has one page")
    return made
