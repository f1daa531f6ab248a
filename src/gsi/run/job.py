"""What a process is given to report one territory, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gsi.contract.territory import Territory
from gsi.ground.errors import Finding
from gsi.ground.project import Project
from gsi.inputs.store import Store
from gsi.report.engine.rendering import Engine
from gsi.run.kernels import Kernel
from gsi.run.publish import Kept


@dataclass(frozen=True)
class Job:
    """Everything a process needs to report one territory."""

    project: Project
    store: Store
    territory: Territory
    baseline: int | None
    follow_up: int | None
    raw: str | None
    formats: tuple[str, ...]
    engine: Engine
    kernel: Kernel = "auto"
    # Notebooks and renderings of this territory at the same time.
    at_once: int = 1
    # Made already, but rows of its neighbours changed: see whether it stands before running it.
    doubtful: bool = False

    @property
    def asked(self) -> dict[str, int | None]:
        """The years that the order named, as the notebooks are given them."""
        return {"baseline": self.baseline, "follow_up": self.follow_up}


@dataclass(frozen=True)
class Outcome:
    """How a territory ended: the files written, or the findings that stopped it.

    ``stands``: nothing was run, because the results that were there would be the same. ``kept``:
    reports that somebody changed or froze, left in place; the new ones lie beside them.
    """

    territory: Territory
    outputs: list[Path] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    stands: bool = False

    @property
    def failed(self) -> bool:
        return bool(self.findings)
