"""What is said of a figure: its title and its alternative text, from a template of its own.

``reports/figuras/<name>.md`` has two headings, ``# Título`` and ``# Texto alternativo``, and under
each the words. They are plain text: what goes to a document escapes them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from gsi.analysis.context import Context
from gsi.analysis.results import Section
from gsi.ground.errors import Finding, UserMistake
from gsi.report import templates
from gsi.report.engine import origins
from gsi.report.engine.escape import plain

FOLDER = "figuras"
PARTS = ("Título", "Texto alternativo")
# What a figure itself tells of what it draws, beside the facts of its section.
OWN = "figure"
_HEADING = re.compile(rf"^# ({'|'.join(PARTS)})$", re.MULTILINE)
_ANY_HEADING = re.compile(r"^# .+$", re.MULTILINE)


class Caption(NamedTuple):
    """A figure's message and what it says to who does not see it."""

    title: str
    alt: str


def caption(
    reports: Path, name: str, section: Section, context: Context, own: templates.Facts
) -> Caption:
    """The words of figure ``name``, drawn from ``section``; ``own``: the figure's own facts.

    Raises :class:`UserMistake` with template, line and name for what the template asks and is not
    there, and for a template that has not its two parts.
    """
    file = f"{FOLDER}/{name}.md"
    asked = templates.territory(context, plain)
    asked |= {section.name: templates.told(section, plain)}
    asked |= {OWN: templates.facts(OWN, own, plain)}
    text = templates.render_plain(reports, file, asked)
    before, *rest = _HEADING.split(text)
    headings, texts = rest[::2], [plain(text) for text in rest[1::2]]
    if tuple(headings) != PARTS or before.strip() or not all(texts):
        raise UserMistake(
            Finding(
                f"{origins.HOME}/{file}",
                "La plantilla de una figura tiene dos partes con texto",
                ", ".join(_ANY_HEADING.findall(text)) or "ningún encabezado",
                "Escriba el título bajo «# Título» y después, bajo «# Texto alternativo», lo que "
                "la figura muestra.",
            )
        )
    return Caption(*texts)
