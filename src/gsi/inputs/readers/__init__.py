"""Published files and filled-in forms → tidy tables, with provenance.

The readers, with what they need for spreadsheets, are imported when one is asked for: most orders
find the inputs already read.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from gsi.inputs.records import Faulty, LeftOut, Reading, SetAside, SourceRecord, Substitute

if TYPE_CHECKING:
    from gsi.inputs.readers.reading import read_all, read_divipola

__all__ = [
    "Faulty",
    "LeftOut",
    "Reading",
    "SetAside",
    "SourceRecord",
    "Substitute",
    "read_all",
    "read_divipola",
]


def __getattr__(name: str) -> Any:
    if name in {"read_all", "read_divipola"}:
        return getattr(importlib.import_module("gsi.inputs.readers.reading"), name)
    raise AttributeError(name)
