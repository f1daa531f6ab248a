"""Words of outside origin, written so that Markdown, shortcodes and tables leave them alone."""

from __future__ import annotations

import re
from functools import lru_cache

from gsi.ground.legible import legible
from gsi.ground.locale import tied

# Every ASCII sign that Pandoc's Markdown or Quarto's shortcodes can read as markup, also inside
# a pipe-table cell or a quoted attribute. A backslash before ASCII punctuation is always literal
# in Pandoc's Markdown (`all_symbols_escapable`), and `\{\{\<` no longer looks like a shortcode.
_SIGNS = re.compile(r"""[\\`*_{}\[\]()<>#+\-.!|~^$@"'=&:;/]""")
# Between letters or digits these open nothing, and escaping them would make every number and
# every period of years unreadable in the fragments.
_INNER = re.compile(r"(?<=\w)\\([.:;/-])(?=\w)")
_BREAK = re.compile(r"[\t\n\r]+")


@lru_cache(4096)  # the same few words and small numbers fill most cells
def markdown(text: str) -> str:
    r"""``text`` as inline Markdown that shows exactly its characters, on one line (but for the
    space of a percentage, which does not break).

    Runs of white space (line breaks too) become one space, as in any Markdown text; characters
    that a document cannot show are written as :func:`gsi.ground.legible.legible` does. Safe as a
    whole paragraph, in a pipe-table cell, in a caption, in a quoted attribute and as a metadata
    string, in Pandoc and in Quarto: ``a*b`` → ``a\*b``.
    """
    escaped = _SIGNS.sub(lambda found: "\\" + found.group(), plain(text))
    return _INNER.sub(r"\1", escaped)


def plain(text: str) -> str:
    """``text`` on one line, in characters that every document can show; no sign is escaped.

    A number keeps its percent sign beside it.
    """
    # No-break spaces are content ('64,0 %'); only ordinary white space is joined.
    return tied(re.sub(r" +", " ", _BREAK.sub(" ", legible(text))).strip(" "))
