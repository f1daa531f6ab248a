"""How words typed by people are matched with the contract's identifiers."""

from __future__ import annotations

import re

from gsi.contract.vocabulary import BARRIERS, KEYS, OBJECTIVES, RIGHTS, ROUTES
from gsi.ground.locale import fold

_LINKS = {"de", "del", "la", "las", "el", "los"}


def slug(text: str) -> str:
    """``Coordinación del Eje Social`` → ``coordinacion_eje_social``: no accents, no articles."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(text)).split()
    return "_".join([word for word in words if word not in _LINKS] or words)


def identifier(text: str) -> str:
    """The identifier of a word or of one of the strategy's labels (a route, an objective…)."""
    found = slug(text)
    return LABELS.get(found, found)


def header_slug(text: str) -> str:
    """A heading without required marks and without what stands in parentheses (units, help)."""
    return slug(re.sub(r"\([^)]*\)|\*", " ", text))


# What people read in the strategy → what tables hold.
LABELS = {
    slug(label): name
    for name, label in [
        *RIGHTS.items(),
        *((name, label) for name, (_, label) in OBJECTIVES.items()),
        *ROUTES.items(),
        *BARRIERS.items(),
        *((str(number), label) for number, label in KEYS.items()),
    ]
}
