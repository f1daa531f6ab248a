"""What a staged project needs beside its sources: fonts and Word's reference document."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

from gsi.ground.files import link, write_bytes, write_text
from gsi.report.engine import project, word

FONTS = Path("_estilo") / "fuentes"
REFERENCE = Path("_estilo") / "reference.docx"
# (file of the package, CSS weight, CSS style)
_FACES = (
    ("SourceSansPro", 400, "normal"),
    ("SourceSansProIt", 400, "italic"),
    ("SourceSansProSemibold", 600, "normal"),
    ("SourceSansProBold", 700, "normal"),
)
# Latin letters, punctuation, arrows and the mathematical signs of running text.
_SCREEN = [*range(0x20, 0x180), *range(0x2010, 0x2040), 0x20AC, *range(0x2190, 0x2194), 0x2212]
_SCREEN += [0x2248, 0x2260, 0x2264, 0x2265]


def prepare(folder: Path, shared: Path | None = None) -> None:
    """Complete a staged project so that it renders with either engine; same input, same bytes.

    Writes the fonts (TTF for Typst, a small WOFF for the HTML) and the DOCX reference, whose page
    header carries the territory and, when ``gsi.ejemplo`` is true, the banner of the example data.
    ``shared`` is a folder where the fonts of many projects are kept once: theirs are hard links to
    it where the file system has them, copies where not.
    """
    if shared is None:
        for name, data in _fonts().items():
            write_bytes(folder / FONTS / name, data)
    else:
        for path in sorted(_kept_fonts(shared).iterdir()):
            link(path, folder / FONTS / path.name)
    write_text(folder / FONTS / "fuentes.css", _style_sheet())
    metadata = project.read_metadata(folder)
    facts = metadata.get("gsi")
    facts = facts if isinstance(facts, dict) else {}
    place = facts.get("territorio")
    named = (
        str(place.get("completo") or place.get("nombre") or "") if isinstance(place, dict) else ""
    )
    header = " · ".join(text for text in ("Gestión Social Integral", unescaped(named)) if text)
    fictional = facts.get("ejemplo") is True
    write_bytes(folder / REFERENCE, word.reference(header, fictional=fictional))


def unescaped(text: str) -> str:
    """Markdown-escaped words as plain text."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def _kept_fonts(shared: Path) -> Path:
    """The folder in ``shared`` with the files of :func:`_fonts`, made if it is not there."""
    # Hidden, so that whoever tidies the folder's own contents leaves it.
    kept = shared / f".fuentes-{_fonts_key()}"
    if not kept.is_dir():
        shared.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=shared, prefix=".") as temporary:
            made = Path(temporary) / "fuentes"
            for name, data in _fonts().items():
                write_bytes(made / name, data)
            try:
                made.replace(kept)
            except OSError:
                # Another process was first, with the same bytes.
                if not kept.is_dir():
                    raise
    return kept


@cache
def _fonts_key() -> str:
    import font_source_sans_pro as package

    digest = hashlib.sha256(f"{version('fonttools')} {_FACES} {_SCREEN}".encode())
    for name, _, _ in _FACES:
        digest.update(Path(package.font_files_ttf[name]).read_bytes())
    return digest.hexdigest()[:16]


@cache
def _fonts() -> dict[str, bytes]:
    import font_source_sans_pro as package
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    files = {}
    for name, _, _ in _FACES:
        path = Path(package.font_files_ttf[name])
        files[path.name] = path.read_bytes()
        font = TTFont(path, recalcTimestamp=False)
        options = subset.Options(flavor="woff", recalc_timestamp=False, layout_features=["*"])
        maker = subset.Subsetter(options)
        maker.populate(unicodes=_SCREEN)
        maker.subset(font)
        font.flavor = "woff"
        stream = io.BytesIO()
        font.save(stream)
        files[f"{path.stem}.woff"] = stream.getvalue()
    licence = Path(package.font_files_ttf["SourceSansPro"]).with_name("LICENSE.txt")
    files["LICENSE.txt"] = licence.read_bytes()
    return files


def _style_sheet() -> str:
    import font_source_sans_pro as package

    rules = []
    for name, weight, style in _FACES:
        file = Path(package.font_files_ttf[name]).stem
        rules.append(
            f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; '
            f'font-style: {style}; src: url("{file}.woff") format("woff"); }}\n'
        )
    return "".join(rules)
