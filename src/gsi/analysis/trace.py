"""What a policy step leaves of itself in a run: what it was, what it was given, what it read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a step may be given beside the context: sections, or several under names of their own.
Given = str | None | dict[str, str]


@dataclass(frozen=True)
class Step:
    """A step that was made: ``section`` is the name of what it returned.

    ``function`` is ``module:name``; ``given`` names the sections it was passed; ``reads`` are the
    marks ``table.own`` and ``table.department`` of what it read, each once and in order.

    What a notebook shows and does not save has the ``digest`` of what was made: a what-if, with its
    ``assumed`` parameters, and what it looked at, with no ``section``.
    """

    section: str
    function: str
    given: tuple[Given, ...]
    reads: tuple[str, ...]
    assumed: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Step:
        """A step from its JSON form."""
        return cls(
            document["section"],
            document["function"],
            tuple(document["given"]),
            tuple(document["reads"]),
            document.get("assumed", {}),
            document.get("digest", ""),
        )

    def json(self) -> dict[str, Any]:
        """The step as JSON has it."""
        lists = {"given": list(self.given), "reads": list(self.reads)}
        return vars(self) | lists | {"assumed": dict(self.assumed)}
