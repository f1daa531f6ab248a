"""Markdown fragments the reports include: pipe tables and figures, their text already safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from gsi.report.engine.escape import markdown

Align = Literal["left", "right"]
Columns = Mapping[str, Sequence[str]]

# Pandoc reads relative column widths from the dashes only when a line is longer than 72
# characters; a rule of this many dashes always is, so a table looks alike whatever its cells.
RULE = 120
# Characters that fit across the page (a table of more than six columns is set smaller), and the
# most a column asks of them.
LINE, LINE_SMALL, SMALL_FROM = 104, 120, 7
_LONGEST_WEIGHT = 44


def pipe_table(data: Columns, align: Sequence[Align], widths: Sequence[float] | None = None) -> str:
    """A pipe table of already written cells: headings and cells escaped, one line a row.

    ``data`` has a heading and its cells for each column. ``align`` and ``widths`` (relative, any
    unit) have one value a column; without ``widths`` they follow the text. Raises ValueError when
    the lengths differ or a width is not positive.
    """
    columns = list(data)
    if len(align) != len(columns):
        raise ValueError(f"{len(columns)} columns, {len(align)} alignments")
    shares = list(widths) if widths is not None else text_widths(data)
    if len(shares) != len(columns) or any(share <= 0 for share in shares):
        raise ValueError(f"{len(columns)} columns need as many positive widths")
    lines = [_row(columns), "|" + "|".join(_rules(shares, align)) + "|"]
    lines += [_row(row) for row in zip(*data.values(), strict=True)]
    return "\n".join(lines) + "\n"


def text_widths(data: Columns) -> list[float]:
    """Relative widths: every column has room for its longest word; long texts share the rest."""
    least, wanted = [], []
    for name, cells in data.items():
        longest_word = max(map(len, " ".join((name, *cells)).split(" ")))
        longest_cell = max(map(len, cells), default=1)
        # The cell's own margins take about two characters, a bold heading a little more.
        least.append(max(longest_word, 4) + 3)
        wanted.append(max(longest_word, min(longest_cell, _LONGEST_WEIGHT), 4) + 3)
    line = LINE if len(least) < SMALL_FROM else LINE_SMALL
    spare, excess = line - sum(least), sum(wanted) - sum(least)
    share = min(1.0, max(0.0, spare / excess)) if excess else 0.0
    return [low + share * (high - low) for low, high in zip(least, wanted, strict=True)]


def figure(identifier: str, path: str, title: str, alt: str) -> str:
    """An image with its caption and alternative text, both escaped; ``path`` from the report."""
    return f'![{markdown(title)}]({path}){{#{identifier} fig-alt="{markdown(alt)}"}}\n'


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown(cell) for cell in cells) + " |"


def _rules(shares: Sequence[float], align: Sequence[Align]) -> list[str]:
    total = sum(shares)
    dashes = [max(3, round(RULE * share / total)) for share in shares]
    return [
        "-" * (count - 1) + ":" if side == "right" else ":" + "-" * (count - 1)
        for count, side in zip(dashes, align, strict=True)
    ]
