"""Characters that a document cannot show, and what is written in their place.

A name is copied from Word, a phone or an old system: bullets of a symbol font, emoji, letters of
other scripts, control codes. One of them without a glyph stops a PDF, and one that XML does not
allow stops a DOCX or an XLSX. So every text of outside origin is written with the characters of
the documents' fonts, and the rest by the nearest sign, or by its code: ``[U+6F22]``.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import font_source_sans_pro

# Texts made of these are left as they are without looking at any font: Latin letters, usual signs.
_USUAL = re.compile(
    "[\t\n\r -~\u00a0-\u00ac\u00ae-\u017e\u2012-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2026\u2030\u2039\u203a\u20ac\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265]*"
)
# Where Word puts the bullets and marks of its fonts Symbol and Wingdings.
_WORD = {
    "\uf020": " ", "\uf02d": "-", "\uf06c": "●", "\uf06e": "■", "\uf06f": "□", "\uf071": "❑",
    "\uf075": "◆", "\uf076": "❖", "\uf0a1": "○", "\uf0a7": "▪", "\uf0a8": "□", "\uf0ae": "→",
    "\uf0b2": "□", "\uf0b7": "•", "\uf0d8": "➢", "\uf0e0": "→", "\uf0e8": "→", "\uf0f0": "→",
    "\uf0fb": "✗", "\uf0fc": "✓", "\uf0fd": "☒", "\uf0fe": "☑",
}  # fmt: skip
_EMOJI = {
    "✅": "✓", "❌": "✗", "❎": "✗", "⭐": "★", "➡": "→", "⬅": "←", "⬆": "↑", "⬇": "↓", "❗": "!",
    "❓": "?", "➕": "+", "➖": "−", "✨": "★", "👉": "→", "👍": "✓", "👎": "✗", "🔴": "●",
    "🟠": "●", "🟡": "●", "🟢": "●", "🔵": "●", "⚫": "●", "⚪": "○", "🟥": "■", "🟩": "■",
    "🟨": "■", "🟦": "■", "✖": "✗", "✕": "✗",
}  # fmt: skip
# Colours of skin, and the key around a digit: of a sign that is written already.
_MODIFIERS = dict.fromkeys("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff\u20e3", "")
_INSTEAD = {**_WORD, **_EMOJI, **_MODIFIERS}
# Not letters: controls, invisible formats, surrogates, each font's own, not assigned.
_NO_LETTER = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Signs that DejaVu Sans Mono has, but not as it is inside Typst.
_NOT_IN_TYPST = frozenset(map(ord, "☇☈⚰⚱✕✖✧✩"))
_MARKS = range(0x300, 0x370)  # accents that may stand on any letter
_BREAKS = "\t\n\r"
REMOVED = ""


def legible(text: str) -> str:
    """``text`` in characters that every document can show; the same text when it already is.

    White space stays white space, letters are composed (NFC). What is not seen (direction marks,
    joiners, variation selectors) is left out.
    """
    if _USUAL.fullmatch(text):
        return text
    return "".join(shown for _, shown in _pieces(text))


def substitutes(text: str) -> Iterator[tuple[str, str]]:
    """Each character of ``text`` that :func:`legible` does not keep, and what stands for it."""
    if not _USUAL.fullmatch(text):
        for character, shown in _pieces(text):
            if shown != character and not character.isspace():
                yield character, shown


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each character of the composed text and what is written of it."""
    # Two halves of one character, as some programs keep those beyond U+FFFF, are one again.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    letter = ""
    for character in unicodedata.normalize("NFC", whole):
        if not unicodedata.category(character).startswith("M"):
            letter = character
            yield character, _shown(character)
        elif _stands_on(character, letter):
            # One font has all that stands on a letter, or none is asked for more.
            letter += character
            yield character, character
        else:
            yield character, _shown(character, alone=True)


def _stands_on(mark: str, letter: str) -> bool:
    if ord(mark) not in _MARKS or not letter or _shown(letter[0]) != letter[0]:
        return False
    needed = {ord(mark), *map(ord, letter)}
    return any(needed <= font for font in _fonts())


@cache
def _shown(character: str, alone: bool = False) -> str:
    """What is written of a character; ``alone``, of a mark that cannot stand on a letter."""
    if character.isspace():
        return character if character in _BREAKS or _has_glyph(character) else " "
    if _has_glyph(character) and not alone:
        return character
    if character in _INSTEAD:
        return _INSTEAD[character]
    kind = unicodedata.category(character)
    if kind == "Cf" or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return REMOVED
    for other in (_of_windows(character), unicodedata.normalize("NFKC", character)):
        if other and other != character and all(map(_has_glyph, other)):
            return other
    return f"[U+{ord(character):04X}]"


def _of_windows(character: str) -> str:
    """A C1 control is a sign of Windows-1252 read as Latin-1, where that has one."""
    if not "\x80" <= character <= "\x9f":
        return ""
    return character.encode("latin-1").decode("cp1252", "ignore")


def _has_glyph(character: str) -> bool:
    if unicodedata.category(character) in _NO_LETTER:
        return False
    return any(ord(character) in font for font in _fonts())


@cache
def _fonts() -> tuple[frozenset[int], frozenset[int]]:
    """The code points of the documents' own font, and those of both that stand in for it: DejaVu
    Sans in figures, DejaVu Sans Mono in PDF."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    own = Path(font_source_sans_pro.font_files_ttf["SourceSansPro"])
    paths = (own, folder / "DejaVuSans.ttf", folder / "DejaVuSansMono.ttf")
    first, figures, pdf = [frozenset(TTFont(path, lazy=True).getBestCmap()) for path in paths]
    return first, (figures & pdf) - _NOT_IN_TYPST
