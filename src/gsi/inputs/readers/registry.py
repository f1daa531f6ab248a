"""Whose file is it? One line here adds a source.

A file belongs to the reader whose content test it passes: its headings or its titles, never its
exact name. The name pattern only decides when two readers' contents match, and tells a damaged
official file (right name, wrong content) from one that is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gsi.inputs.readers.peek import Peek
from gsi.inputs.records import Part


@dataclass(frozen=True)
class Reader:
    """How one published file family is found and read.

    ``name``: searched in the file's name as compared text (no accents, case, '_' or '.').
    ``claims``: the content test. ``read``: the file → its table, or its tables, the one that it
    must give first; or :class:`~gsi.ground.errors.UserMistake` with every problem. ``contents``:
    what the file must hold, in Spanish, for the person whose file has the name but not the content.
    """

    source: str
    publisher: str
    title: str
    kinds: tuple[str, ...]
    name: re.Pattern[str]
    contents: str
    claims: Callable[[Peek], bool]
    read: Callable[[Path], Part | tuple[Part, ...]]


@dataclass(frozen=True)
class Unread:
    """A published file that is known but has no reader yet: never to be taken for a form.

    ``title`` names it in Spanish; ``why`` it is not read, and what to use in its place if there is
    something.
    """

    title: str
    claims: Callable[[Peek], bool]
    why: str = "no se lee"


def match(peek: Peek, readers: Sequence[Reader]) -> Reader | None:
    """The reader of this file, or None. Two content matches are told apart by the name."""
    claimed = [r for r in readers if peek.kind in r.kinds and r.claims(peek)]
    if len(claimed) > 1:
        claimed = [r for r in claimed if r.name.search(peek.name)] or claimed
    return claimed[0] if claimed else None


def namesake(peek: Peek, readers: Sequence[Reader]) -> Reader | None:
    """The reader whose name pattern the file has; asked only after :func:`match` found none."""
    return next((r for r in readers if peek.kind in r.kinds and r.name.search(peek.name)), None)


def in_other_format(peek: Peek, readers: Sequence[Reader]) -> Reader | None:
    """The reader whose content or name the file has, saved in a format which it does not read."""
    others = [r for r in readers if peek.kind not in r.kinds]
    claimed = next((r for r in others if r.claims(peek)), None)
    return claimed or next((r for r in others if r.name.search(peek.name)), None)
