"""One call of the Pandoc that comes inside the ``pypandoc-binary`` wheel."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi.reporting.engine.findings import EngineError

LUA = Path(__file__).parent / "lua"
RESOLVE = LUA / "resolve.lua"
SUBSET = [RESOLVE, LUA / "check.lua", LUA / "crossref.lua"]
_MARK = "GSI-HALLAZGO "


@dataclass(frozen=True)
class Spotted:
    """What a Lua filter found: ``line`` of the expanded text (0 unknown) or a snippet of it."""

    line: int
    rule: str
    received: str
    remedy: str
    snippet: str


@dataclass(frozen=True)
class Ended:
    """How a call of Pandoc ended: what filters found, what Pandoc itself said, if it failed."""

    spotted: list[Spotted]
    messages: list[str]
    failed: bool


def run(arguments: Sequence[str], *, folder: Path, text: bytes, epoch: int) -> Ended:
    """Convert ``text`` with Pandoc in ``folder``.

    ``text`` is UTF-8: Markdown, or Pandoc's JSON, as the arguments say. ``epoch`` (seconds) stands
    for the clock.
    """
    import pypandoc

    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LUA_PATH": f"{LUA}/?.lua"}
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *arguments],
        cwd=folder,
        input=text,
        env=environment,
        capture_output=True,
        check=False,
    )
    found, messages = [], []
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        if line.startswith(_MARK):
            found.append(Spotted(**_fields(json.loads(line.removeprefix(_MARK)))))
        elif line.strip():
            messages.append(line)
    if done.returncode and not messages:
        messages = [f"código de salida {done.returncode}"]
    return Ended(found, messages, done.returncode != 0)


def spotted(name: str, calls: Sequence[Ended]) -> list[Spotted]:
    """What filters found in the calls that made one output of the document ``name``.

    Raises :class:`EngineError` when Pandoc failed or warned in one and no filter explains it.
    """
    found = [item for call in calls for item in call.spotted]
    messages = [message for call in calls for message in call.messages]
    if messages and not found:
        raise EngineError(name, "Pandoc", " ".join(messages))
    return found


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "line": int(values["line"])}
