"""A page that Pandoc wrote, its style sheets, fonts and pictures inside: it asks for nothing more.

Only for Pandoc's own HTML: there ``<``, ``>`` and ``"`` never stand bare in a text or an attribute.
"""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path

from gsi.report.engine.findings import finding, stop_if_any

_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]*)">')
_PICTURE = re.compile(r'<img ([^>]*?)src="([^"]*)"([^>]*)>')
_ALT = re.compile(r'alt="([^"]*)"')
_URL = re.compile(r"""url\(\s*(["']?)([^"')]*)\1\s*\)|(@import\b[^;]*)""")
_INSIDE = ("data:", "#")


def embed(path: Path, folder: Path) -> None:
    """Put into the page ``path`` what it names in ``folder``, the project's.

    Raises :class:`gsi.ground.errors.UserMistake` when a style sheet asks for what is not a file
    there.
    """
    page = path.read_text(encoding="utf-8")
    page = _SHEET.sub(lambda found: _sheet(folder, html.unescape(found[1])), page)
    page = _PICTURE.sub(lambda found: _picture(folder, *found.groups()), page)
    path.write_text(page, encoding="utf-8")


def _sheet(folder: Path, name: str) -> str:
    base = (folder / name).parent

    def inside(found: re.Match[str]) -> str:
        target = found[2] or ""
        if target.startswith(_INSIDE):
            return found.group()
        file = base / target
        if found[3] or not _within(file, folder):
            rule = "La hoja de estilo pide algo que no es un archivo del proyecto"
            stop_if_any([finding(name, rule, found.group(), "Cópielo al proyecto.")])
        return f"url({_data(file)})"

    text = _URL.sub(inside, (folder / name).read_text(encoding="utf-8"))
    # The one thing that would end the element early.
    return '<style type="text/css">' + text.replace("</", "<\\/") + "</style>"


def _picture(folder: Path, before: str, source: str, after: str) -> str:
    if source.startswith(_INSIDE):
        return f'<img {before}src="{source}"{after}>'
    words = _ALT.search(before + after)
    # What Pandoc gives a picture that it embeds itself.
    label = f'role="img" aria-label="{words[1]}" ' if words else ""
    return f'<img {label}{before}src="{_data(folder / html.unescape(source))}"{after}>'


def _within(file: Path, folder: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _data(file: Path) -> str:
    kind = _TYPES.get(file.suffix.lower(), "application/octet-stream")
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"
