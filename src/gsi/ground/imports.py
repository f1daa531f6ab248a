"""Importing a library without the costly part of it that nobody here uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# jsonschema compiles the grammar of international addresses (a second of processor, more than
# most libraries) to check a format that no notebook and no chart has; it does without where the
# package is not installed.
ADDRESSES = "rfc3987_syntax"


@contextmanager
def without(name: str) -> Iterator[None]:
    """What is imported inside finds ``name`` not installed, unless it is imported already.

    The name is given back at the end.
    """
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[name]
