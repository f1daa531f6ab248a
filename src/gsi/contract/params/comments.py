"""What each parameter is, in the words of the comment over it in ``params/defaults.yml``."""

from __future__ import annotations

import re

_KEY = re.compile(r"( *)([A-Za-z_0-9]+):")
_COMMENT = re.compile(r" *#\s?(.*)")


def comments(text: str) -> dict[str, str]:
    """Dotted path → the comment right above its key in a block of YAML.

    Keys that follow one another under one comment share it (``certain``, ``possible``); a key
    without any is not there.
    """
    found: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    above: list[str] = []
    shared: dict[str, str] = {}  # of the keys just before, by their parent
    for line in text.splitlines():
        if comment := _COMMENT.fullmatch(line):
            above.append(comment[1])
            continue
        if (key := _KEY.match(line)) is None:
            above = []
            continue
        depth = len(key[1])
        while parents and parents[-1][0] >= depth:
            parents.pop()
        owner = ".".join(name for _, name in parents)
        parents.append((depth, key[2]))
        words = " ".join(above) or shared.get(owner, "")
        above, shared = [], {owner: words}
        if words:
            found[".".join(name for _, name in parents)] = words
    return found
