"""Blocks that their conditions hide, emptied before Pandoc reads them.

``lua/resolve.lua`` takes hidden blocks out of the syntax tree before anything is checked or
numbered; reading what they hold, half of a report, is for nothing. Only a block that plainly ends
where it seems to is emptied, and only when nothing in it reaches beyond it. The block itself stays:
what is wrong with its condition is told as ever, and what stands before and after it stays apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gsi.report.engine.source import FENCE, flatten

_OPENING = re.compile(r":{3,}\s*\{([^{}]*)\}[\s:]*")
_CLOSING = re.compile(r":{3,}\s*")
_CONDITION = re.compile(
    r"\s*\.content-(visible|hidden)((?:\s+(?:when-meta|unless-meta|gsi-line)=\"[\w.-]+\")+)\s*"
)
_TEST = re.compile(r"(when|unless)-meta=\"([\w.-]+)\"")
# What makes the end of a block uncertain (code, formulas, comments, fences out of line), and what
# the rest of the document sees of it: definitions of links and notes, numbered examples, headings
# whose identifier Pandoc makes up.
_REACHING = re.compile(
    r"""\s*(?:`{3,}|~{3,}) | .*(?:<!--|-->|\$\$) | [\s>]*:{3,} | \s*\[[^\]]+\]: | \s*\(@
    | \#{1,6}\s(?!.*\{\#) | (?:=+|-+)\s*$""",
    re.VERBOSE,
)


def shown(lines: Sequence[str], metadata: Mapping[str, Any]) -> str:
    """The expanded text ``lines`` of a document without what its conditions hide in any format."""
    kept: list[str] = []
    code = ""
    position = 0
    while position < len(lines):
        line = lines[position]
        end = None
        if fence := FENCE.match(line):
            if not code:
                code = fence[1]
            elif fence[1].startswith(code) and not fence[2].strip():
                code = ""
        elif not code and _hides(line, metadata) and _opens(lines, position):
            end = _end(lines, position)
        kept.append(line)
        position = position + 1 if end is None else end
    return "\n".join(kept) + "\n"


def _hides(line: str, metadata: Mapping[str, Any]) -> bool:
    """Whether a line opens a block whose condition depends on no format and hides it."""
    opening = _OPENING.fullmatch(line)
    condition = _CONDITION.fullmatch(opening[1]) if opening else None
    tests = _TEST.findall(condition[2]) if condition else []
    if condition is None or not tests:
        return False
    holds = all((flatten(metadata, key) is True) == (word == "when") for word, key in tests)
    return holds != (condition[1] == "visible")


def _end(lines: Sequence[str], start: int) -> int | None:
    """The line that closes the block opened at ``start``; None where it cannot be emptied."""
    depth = 1
    for position in range(start + 1, len(lines)):
        line = lines[position]
        if _CLOSING.fullmatch(line):
            depth -= 1
            if depth == 0:
                return position
        elif _OPENING.fullmatch(line) and _opens(lines, position):
            depth += 1
        elif _REACHING.match(line):
            return None
    return None


def _opens(lines: Sequence[str], position: int) -> bool:
    """Whether an opening fence stands where Pandoc takes it as one, not as part of a paragraph."""
    before = lines[position - 1] if position else ""
    return not before.strip() or before.startswith(":::")
