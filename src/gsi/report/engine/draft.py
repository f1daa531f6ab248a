"""What Pandoc wrote of a document, and the options it was written with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Draft:
    """What Pandoc wrote of a document, before its format's last step.

    ``folder`` is the staged project, ``options`` those of the format, ``epoch`` the document's
    date in seconds.
    """

    path: Path
    document: str
    folder: Path
    options: Mapping[str, Any]
    epoch: int


def as_list(value: Any) -> list[str]:
    """One name or many, as a list."""
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
